//! How far time has come for one partition, and which record is folded next.
//!
//! A partition reads one or more topics. Each has a bound: nothing of it that is still unread, other than late records,
//! is older. The clock is the least bound minus the grace, and never goes back. Nothing is folded while a topic that is
//! not at its proven end has no record in memory, and then the record of least time is folded.
//!
//! Not here: asking a broker where a topic ends, and for how long such a proof holds (`spicchio-runtime`); what happens
//! when the clock moves on (`engine`).

use super::Instant;

/// What moves time where no record is left to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// The proof that a topic had nothing more to read at some instant.
    Wall,
    /// Records alone: a topic at its proven end holds nobody up, and time stands still when all of them are.
    Events,
}

/// The record of a topic that is folded next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its place among the other topics' heads: its event time, or for a refused record the time the broker gave it.
    pub order: Instant,
    /// Its event time; a refused record has none and moves no clock.
    pub time: Option<Instant>,
}

/// What is known of one topic.
#[derive(Clone, Copy, Debug, Default)]
struct Topic {
    newest: Option<Instant>,
    head: Option<Head>,
    proof: Option<Instant>,
    at_end: bool,
}

impl Topic {
    /// The bound while something may be unread: what was read, what was proved, what is next.
    fn bound_by_records(&self) -> Option<Instant> {
        let next = self.head.and_then(|head| head.time);
        self.newest.max(next)
    }

    fn is_exhausted(&self) -> bool {
        self.head.is_none() && self.at_end
    }
}

/// The clock of one partition.
#[derive(Clone, Debug)]
pub struct PartitionClock {
    pace: Pace,
    grace_millis: i64,
    topics: Vec<Topic>,
    now: Instant,
}

impl PartitionClock {
    /// A clock over that many topics that stands at `now`; nothing is known of any topic yet.
    pub fn new(pace: Pace, grace_millis: i64, topics: usize, now: Instant) -> Self {
        Self { pace, grace_millis, topics: vec![Topic::default(); topics], now }
    }

    /// Where it stands.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// The record of `topic` that is next, or that none is in memory.
    pub fn next_is(&mut self, topic: usize, head: Option<Head>) {
        if let Some(known) = self.topics.get_mut(topic) {
            known.head = head;
        }
    }

    /// A record of `topic` was folded.
    pub fn was_read(&mut self, topic: usize, time: Instant) {
        if let Some(known) = self.topics.get_mut(topic) {
            known.newest = known.newest.max(Some(time));
        }
    }

    /// Whatever `topic` held at the instant `sent` has been read. An older proof than the last changes nothing.
    pub fn end_was_proved(&mut self, topic: usize, sent: Instant) {
        if let Some(known) = self.topics.get_mut(topic) {
            known.proof = known.proof.max(Some(sent));
            known.at_end = true;
        }
    }

    /// The last proof is too old, or there is more to read than is in memory: `topic` holds the others up.
    pub fn end_is_unknown(&mut self, topic: usize) {
        if let Some(known) = self.topics.get_mut(topic) {
            known.at_end = false;
        }
    }

    /// The topic whose head is folded next; none while some topic has to be waited for, or when nothing is in memory.
    /// Of two heads of the same time the topic that was named first comes first.
    pub fn turn(&self) -> Option<usize> {
        if self.topics.iter().any(|topic| topic.head.is_none() && !topic.at_end) {
            return None;
        }
        let heads = self.topics.iter().enumerate().filter_map(|(index, topic)| Some((topic.head?.order, index)));
        heads.min().map(|(_, index)| index)
    }

    /// Moves on as far as the bounds allow, and says where it stands then.
    pub fn advance(&mut self) -> Instant {
        if let Some(bound) = self.least_bound() {
            self.now = self.now.max(bound.plus(-self.grace_millis));
        }
        self.now
    }

    fn least_bound(&self) -> Option<Instant> {
        match self.pace {
            Pace::Wall => self.topics.iter().map(Self::bound_by_proof).min().flatten(),
            Pace::Events => {
                let open = self.topics.iter().filter(|topic| !topic.is_exhausted());
                let newest = || self.topics.iter().filter_map(|topic| topic.newest).max();
                open.map(Topic::bound_by_records).min().unwrap_or_else(newest)
            }
        }
    }

    fn bound_by_proof(topic: &Topic) -> Option<Instant> {
        match topic.head {
            Some(_) => topic.bound_by_records(),
            None if topic.at_end => topic.proof,
            None => topic.newest.max(topic.proof),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds a script to a clock over `topics` and says where it stands after each step, and whose turn it is.
    /// Steps: `a next 5`, `a none`, `a refused 5` (a head without event time), `a read 5`, `a end 9`, `a unknown`.
    fn run(pace: Pace, grace: i64, topics: usize, script: &str) -> String {
        let mut clock = PartitionClock::new(pace, grace, topics, Instant::from_millis(0));
        let mut told = Vec::new();
        for step in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = step.split(' ').collect();
            let topic = usize::from(words[0].as_bytes()[0] - b'a');
            let at = words.get(2).map(|text| Instant::from_millis(text.parse().unwrap()));
            match words[1] {
                "next" => clock.next_is(topic, at.map(|order| Head { order, time: Some(order) })),
                "refused" => clock.next_is(topic, at.map(|order| Head { order, time: None })),
                "none" => clock.next_is(topic, None),
                "read" => clock.was_read(topic, at.unwrap()),
                "end" => clock.end_was_proved(topic, at.unwrap()),
                "unknown" => clock.end_is_unknown(topic),
                other => panic!("no step is called {other}"),
            }
            let turn = clock.turn().map_or('-', |index| char::from(b'a' + u8::try_from(index).unwrap()));
            told.push(format!("{}{turn}", clock.advance().millis()));
        }
        told.join(" ")
    }

    #[test]
    fn a_record_moves_time_and_a_proof_moves_it_where_there_is_none() {
        let script = "a next 100\n a read 100\n a none\n a end 500\n a end 900\n a end 700";
        assert_eq!(run(Pace::Wall, 10, 1, script), "90a 90a 90- 490- 890- 890-");
    }

    #[test]
    fn it_never_goes_back() {
        let script = "a end 1000\n a next 200\n a read 200\n a none\n a unknown\n a end 1001";
        assert_eq!(run(Pace::Wall, 0, 1, script), "1000- 1000a 1000a 1000- 1000- 1001-");
    }

    #[test]
    fn a_topic_that_may_hold_more_holds_the_clock_and_the_others() {
        let script = "a next 100\n a next 300\n b next 200\n b read 200\n b none\n b end 1000";
        assert_eq!(run(Pace::Wall, 0, 2, script), "0- 0- 200b 200b 200- 300a");
    }

    #[test]
    fn a_proof_that_grew_too_old_holds_the_others_up_but_takes_nothing_back() {
        let script = "b end 500\n a next 600\n b unknown\n b end 700";
        assert_eq!(run(Pace::Wall, 0, 2, script), "0- 500a 500- 600a");
    }

    #[test]
    fn the_least_time_is_folded_first_and_ties_go_to_the_topic_named_first() {
        let script = "a next 5\n b next 4\n b next 5\n b next 6";
        assert_eq!(run(Pace::Wall, 0, 2, script), "0- 4b 5a 5a");
    }

    #[test]
    fn a_refused_record_has_a_place_but_no_time() {
        let script = "a read 10\n b next 50\n a refused 40\n a none\n a end 45";
        assert_eq!(run(Pace::Wall, 0, 2, script), "0- 10- 10a 10- 45b");
    }

    #[test]
    fn with_records_alone_an_exhausted_topic_holds_nobody_up_and_the_last_record_is_the_end() {
        let script = "a next 100\n b end 1\n a read 100\n a none\n a end 9999\n b read 140";
        assert_eq!(run(Pace::Events, 0, 2, script), "0- 100a 100a 100- 100- 140-");
    }

    #[test]
    fn a_clock_nobody_told_anything_stands_still() {
        let mut clock = PartitionClock::new(Pace::Wall, 0, 2, Instant::from_millis(7));
        assert_eq!((clock.advance(), clock.turn()), (Instant::from_millis(7), None));
    }
}
