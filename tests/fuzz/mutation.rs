//! How an input is bent: bytes and words change, parts are taken from another input, repeated, nested, cut off.

use spicchio_testkit::shop::Seeded;

/// The longest input, in bytes; a longer one is cut off.
pub(crate) const BYTES_MAX: usize = 1 << 14;
/// The most changes to one input.
const CHANGES_MAX: u64 = 6;
/// The deepest nesting that one change adds.
const NESTING_MAX: usize = 2_000;

/// Bytes that mean something to some reader of text.
const BYTES: &[u8] = b"\0\n\r\t \"'\\,.:;(){}[]<>=!+-*/%&|#@~$_09aZ\x7f\x80\xc0\xed\xf4\xff";

/// What a mutation may write in, beside parts of other inputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dictionary {
    /// Words that the reader of these inputs knows.
    pub(crate) words: &'static [&'static str],
    /// What opens a nesting, and what closes it.
    pub(crate) nestings: &'static [(&'static str, &'static str)],
}

/// One of the inputs, bent.
pub(crate) fn bent(corpus: &[Vec<u8>], dictionary: &Dictionary, random: &mut Seeded) -> Vec<u8> {
    let mut input = chosen(corpus, random).clone();
    let changes = 1 + random.below(CHANGES_MAX);
    for _ in 0..=random.below(changes) {
        change(&mut input, corpus, dictionary, random);
        input.truncate(BYTES_MAX);
    }
    input
}

fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], dictionary: &Dictionary, random: &mut Seeded) {
    let (from, to) = stretch(input, random);
    match random.below(9) {
        0 => drop(input.splice(from..to, [])),
        1 => {
            let repeated = input[from..to].to_vec();
            input.splice(to..to, repeated);
        }
        2 => {
            let other = chosen(corpus, random);
            let (start, end) = stretch(other, random);
            input.splice(from..to, other[start..end].iter().copied());
        }
        3 => {
            let word = chosen(dictionary.words, random);
            input.splice(from..from, word.bytes());
        }
        4 => {
            let word = chosen(dictionary.words, random);
            input.splice(from..to, word.bytes());
        }
        5 => {
            let (open, close) = chosen(dictionary.nestings, random);
            let depth = below(if random.chance(20) { NESTING_MAX } else { 4 }, random);
            input.splice(to..to, close.repeat(depth).into_bytes());
            input.splice(from..from, open.repeat(depth).into_bytes());
        }
        6 => input.truncate(from),
        7 => {
            if let Some(byte) = input.get_mut(from) {
                *byte ^= 1 << random.below(8);
            }
        }
        _ => {
            let byte = *chosen(BYTES, random);
            input.splice(from..from, [byte]);
        }
    }
}

fn chosen<'a, T>(from: &'a [T], random: &mut Seeded) -> &'a T {
    &from[below(from.len(), random)]
}

/// A stretch of an input; mostly a short one.
fn stretch(input: &[u8], random: &mut Seeded) -> (usize, usize) {
    let from = below(input.len() + 1, random);
    let left = input.len() - from;
    let longest = if random.chance(80) { left.min(12) } else { left };
    (from, from + below(longest + 1, random))
}

/// An index below `end`, which is at least 1.
fn below(end: usize, random: &mut Seeded) -> usize {
    usize::try_from(random.below(end as u64)).unwrap_or(0)
}
