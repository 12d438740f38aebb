//! Many bent inputs against one law, and the smallest input that breaks it.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use spicchio_testkit::shop::Seeded;

use crate::mutation::{Dictionary, bent};

/// Inputs of a short campaign.
const INPUTS: u64 = 4_000;
/// What is wrong where a law did not come to an end.
const PANICKED: &str = "it panicked, as said above";
/// How often a long campaign says how far it has come.
const TELL_EVERY: Duration = Duration::from_mins(1);

/// What a law says of an input that meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Its reader took it.
    Accepted,
    /// Its reader refused it, with reasons.
    Refused,
}

/// Something that must hold for every input, and what it is tried on.
#[derive(Debug)]
pub(crate) struct Campaign {
    /// What is tried, for messages.
    pub(crate) name: &'static str,
    /// Inputs to begin with.
    pub(crate) corpus: Vec<Vec<u8>>,
    /// What is written into them.
    pub(crate) dictionary: Dictionary,
    /// What is wrong with the answer to an input, in words.
    pub(crate) law: fn(&[u8]) -> Result<Answer, String>,
}

impl Campaign {
    /// Tries the law on the corpus as it is, then on bent inputs.
    ///
    /// # Panics
    /// Where the law is broken, or no input was accepted or none refused: such a campaign shows nothing.
    pub(crate) fn run(&self) {
        let number = |name| env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
        let lasting = number("SPICCHIO_FUZZ_MINUTES").map(|minutes| Duration::from_secs(60 * minutes));
        let first = number("SPICCHIO_SEED").unwrap_or(0);
        let (begun, mut told) = (Instant::now(), Duration::ZERO);
        let (mut accepted, mut refused) = (0_u64, 0_u64);
        let mut count = |answer| match answer {
            Answer::Accepted => accepted += 1,
            Answer::Refused => refused += 1,
        };
        for input in &self.corpus {
            count(self.answer(input, "the corpus"));
        }
        let mut tried = 0;
        while lasting.map_or(tried < INPUTS, |lasting| begun.elapsed() < lasting) {
            let seed = first + tried;
            let input = bent(&self.corpus, &self.dictionary, &mut Seeded::new(seed));
            count(self.answer(&input, &format!("seed {seed}")));
            tried += 1;
            if lasting.is_some() && begun.elapsed() >= told + TELL_EVERY {
                told = begun.elapsed();
                println!("{}: {tried} inputs in {} s", self.name, told.as_secs());
            }
        }
        println!("{}: {tried} inputs from seed {first}, {accepted} accepted, {refused} refused", self.name);
        assert!(accepted > 0 && refused > 0, "{}: one of the two answers never came", self.name);
    }

    fn answer(&self, input: &[u8], origin: &str) -> Answer {
        self.tried(input).unwrap_or_else(|wrong| {
            let small = self.shrunk(input.to_vec(), &wrong);
            let wrong = self.tried(&small).err().unwrap_or(wrong);
            panic!("{}, {origin}: {wrong}\nthe input: b\"{}\"", self.name, small.escape_ascii())
        })
    }

    fn tried(&self, input: &[u8]) -> Result<Answer, String> {
        catch_unwind(AssertUnwindSafe(|| (self.law)(input))).unwrap_or_else(|_| Err(PANICKED.to_owned()))
    }

    /// As much cut out of the input as can be; a panic stays a panic, a broken law a broken law.
    fn shrunk(&self, mut input: Vec<u8>, wrong: &str) -> Vec<u8> {
        let panics = wrong == PANICKED;
        let fails = |input: &[u8]| self.tried(input).err().is_some_and(|now| (now == PANICKED) == panics);
        let mut size = input.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at < input.len() {
                let mut without = input.clone();
                without.drain(at..(at + size).min(input.len()));
                if fails(&without) {
                    input = without;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
        input
    }
}
