//! One partition while it is ours: partition p of every input, and the engine that decides about its customers.
//!
//! It is moved on by one worker alone. What it decides goes into a draft; sealed, the draft is the one batch under
//! way, and what is decided meanwhile goes into the next draft, which is sealed only after that is committed. Not
//! here: reading, committing (`worker`), and how it came to be (`recovery`).

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use spicchio_core::engine::{Effects, Engine, Input};
use spicchio_core::timer::Instant;
use spicchio_core::transition::Transition;
use spicchio_core::wire::{Announced, ControlWord};

use super::commit::{Batch, Budget, Draft, Lease, Style};
use super::halt::{Halt, panic_message};
use super::intake::{Content, Intake, Waiting};
use super::parked::Parked;
use super::registry::View;
use super::tenancy::Newcomer;
use crate::broker::{Outgoing, TopicPartition};
use crate::snapshot::Subject;

/// What a partition is made of.
#[derive(Debug)]
pub struct Parts {
    /// The right to commit for it, and what is shown of it.
    pub newcomer: Newcomer,
    /// Its customers.
    pub engine: Engine,
    /// What was read of it; its clock stands where the control word says.
    pub intake: Intake,
    /// What is committed.
    pub word: ControlWord,
    /// How transitions are written.
    pub style: Arc<Style>,
    /// What recovery leaves to be said.
    pub owed: Owed,
}

/// What recovery leaves to be said.
#[derive(Debug, Default)]
pub struct Owed {
    /// What consumers were not told yet, or were told otherwise.
    pub effects: Effects,
    /// Ends of memberships in segments that are no longer defined; said in as many batches as it takes.
    pub exits: VecDeque<Transition>,
    /// Dead letters of history.
    pub letters: Vec<Outgoing>,
    /// Whether history was interrupted to write them: it is read on after the commit.
    pub interrupted: bool,
}

/// A partition that is held.
#[derive(Debug)]
pub struct Tuple {
    newcomer: Newcomer,
    engine: Engine,
    intake: Intake,
    word: ControlWord,
    style: Arc<Style>,
    effects: Effects,
    exits: VecDeque<Transition>,
    draft: Draft,
    batch: Option<Arc<Batch>>,
    told: Instant,
    due_left: bool,
    interrupted: bool,
    unsaid: bool,
    /// Since when the clock has stood still with nothing left to fold.
    still: Option<Moment>,
}

impl Tuple {
    /// How many records are folded between two looks at the clock on the wall.
    const STRIDE: usize = 64;

    /// A partition whose state is that of its control word.
    pub fn new(parts: Parts) -> Self {
        let Parts { newcomer, mut engine, mut intake, word, style, owed } = parts;
        let Owed { mut effects, exits, letters, interrupted } = owed;
        let number = word.batch + 1;
        engine.begin_batch(number);
        let mut draft = Draft::new(newcomer.lease.partition(), number, Arc::clone(&style));
        for letter in letters {
            draft.refuse(letter);
        }
        for transition in effects.transitions.drain(..) {
            draft.announce(&transition);
        }
        let due_left = std::mem::take(&mut effects.more_due);
        let told = intake.advance();
        Self {
            newcomer,
            engine,
            intake,
            unsaid: word.announced != Announced::Everything,
            word,
            style,
            effects,
            exits,
            draft,
            batch: None,
            told,
            due_left,
            interrupted,
            still: None,
        }
    }

    /// Its number.
    pub fn number(&self) -> i32 {
        self.newcomer.lease.partition()
    }

    /// The right to commit for it.
    pub fn lease(&self) -> &Arc<Lease> {
        &self.newcomer.lease
    }

    /// What was read of it.
    pub fn intake(&mut self) -> &mut Intake {
        &mut self.intake
    }

    /// What the registry shows of it.
    pub fn view(&self) -> &Arc<View> {
        &self.newcomer.view
    }

    /// The partition as it is recovered on, where its history was interrupted and everything up to there is committed.
    pub fn goes_back(&self) -> Option<&Newcomer> {
        (self.interrupted && self.batch.is_none() && self.draft.records() == 0).then_some(&self.newcomer)
    }

    /// What was committed last.
    pub fn word(&self) -> &ControlWord {
        &self.word
    }

    /// Its partitions of all inputs, with the offsets at which reading goes on.
    pub fn expected(&self) -> Vec<(TopicPartition, i64)> {
        let partition = self.number();
        let expected = self.intake.expected();
        expected.into_iter().enumerate().map(|(topic, next)| (TopicPartition { topic, partition }, next)).collect()
    }

    /// The earliest deadline of a customer, where nothing waits to be folded: then a proof of the ends lets it fire.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.intake.is_empty().then(|| self.engine.next_deadline()).flatten()
    }

    /// Whether a record waits for a newer proof that the other topics have ended.
    pub fn wants_proof(&self) -> bool {
        self.intake.wants_proof()
    }

    /// Whether there is work that needs no further record.
    pub fn is_busy(&self) -> bool {
        !self.is_held_up() && (self.due_left || !self.exits.is_empty() || self.intake.is_ready())
    }

    /// Whether nothing may be decided now: history goes on elsewhere, or the partition leaves with what is under way.
    fn is_held_up(&self) -> bool {
        self.interrupted || (self.batch.is_some() && self.lease().is_leaving())
    }

    /// Folds records and lets deadlines fire until the budget is spent or nothing is left to do.
    pub fn advance(&mut self, budget: &mut Budget, customers_max: u64) -> Result<(), Halt> {
        if self.is_held_up() {
            return Ok(());
        }
        let customers = self.engine.table().len();
        if self.intake.is_ready() && u64::try_from(customers).unwrap_or(u64::MAX) >= customers_max {
            return Err(Halt::Full { customers });
        }
        self.announce_exits(budget);
        let mut steps = 0;
        while !budget.is_spent() {
            self.tell_time(budget)?;
            if self.due_left || budget.is_spent() {
                break;
            }
            let Some((topic, waiting)) = self.intake.take() else { break };
            self.take_in(topic, waiting, budget)?;
            steps += 1;
            if steps % Self::STRIDE == 0 && Moment::now() >= budget.until {
                break;
            }
        }
        Ok(())
    }

    /// Whether something was decided that must be said as soon as possible.
    pub fn has_something_to_say(&self) -> bool {
        self.draft.records() > 0
    }

    /// Whether anything moved that is not committed.
    pub fn has_moved(&self) -> bool {
        let moved = self.draft.folded() > 0 || self.engine.clock() > self.word.clock;
        self.batch.is_some() || self.has_something_to_say() || self.unsaid || moved
    }

    /// Makes the draft the batch under way, unless there is one already, and returns that.
    pub fn seal(&mut self, catalog: &str) -> Arc<Batch> {
        let batch = self.batch.take().unwrap_or_else(|| Arc::new(self.next_batch(catalog)));
        self.batch = Some(Arc::clone(&batch));
        batch
    }

    /// What the draft holds: records and bytes to be written.
    pub fn drafted(&self) -> (usize, usize) {
        (self.draft.records(), self.draft.bytes())
    }

    /// The batch under way is committed: the next one may begin.
    pub fn committed(&mut self) {
        self.batch = None;
        self.unsaid = self.word.announced != Announced::Everything && !self.interrupted;
        self.show();
    }

    /// Its state, to be taken up again soon; none where something is not committed.
    pub fn park(self) -> Option<Parked> {
        let settled = !self.has_moved() && !self.due_left && self.exits.is_empty();
        settled.then(|| Parked { word: self.word, next: self.intake.passed(), engine: self.engine })
    }

    /// The partition as a snapshot sees it, between two records.
    pub fn subject(&self) -> Subject<'_> {
        let drafted = self.draft.records() > 0 || self.draft.folded() > 0 || self.engine.clock() > self.word.clock;
        let owes = self.interrupted || self.due_left || !self.exits.is_empty();
        Subject {
            engine: &self.engine,
            passed: self.intake.passed(),
            began: &self.word.began,
            batch: if drafted { self.draft.number() } else { self.word.batch },
            committed: self.word.batch - u64::from(self.batch.is_some()),
            is_settled: self.word.announced == Announced::Everything && !owes,
        }
    }

    /// Brings what the registry shows up to date.
    pub fn show(&self) {
        let committed = if self.batch.is_some() { self.word.batch - 1 } else { self.word.batch };
        self.newcomer.view.show(self.engine.clock(), committed, self.intake.behind(), self.engine.members());
    }

    fn next_batch(&mut self, catalog: &str) -> Batch {
        let number = self.draft.number();
        let announced = match self.word.announced {
            Announced::Nothing if self.interrupted => Announced::Nothing,
            Announced::Nothing | Announced::Partly if self.due_left => Announced::Partly,
            Announced::Nothing | Announced::Partly | Announced::Everything => Announced::Everything,
        };
        self.word = ControlWord {
            batch: number,
            clock: self.engine.clock(),
            cursor: self.engine.cursor().map(str::to_owned),
            catalog: catalog.to_owned(),
            catalog_cursor: None,
            announced,
            began: std::mem::take(&mut self.word.began),
        };
        self.engine.begin_batch(number + 1);
        let next = Draft::new(self.number(), number + 1, Arc::clone(&self.style));
        std::mem::replace(&mut self.draft, next).seal(self.intake.passed(), self.word.encode())
    }

    fn announce_exits(&mut self, budget: &mut Budget) {
        while let Some(exit) = self.exits.front().filter(|_| !budget.is_spent()) {
            let before = (self.draft.records(), self.draft.bytes());
            self.draft.announce(exit);
            budget.spend(self.draft.records() - before.0, self.draft.bytes() - before.1);
            self.exits.pop_front();
        }
    }

    fn tell_time(&mut self, budget: &mut Budget) -> Result<(), Halt> {
        let clock = self.intake.advance();
        if clock <= self.told && !self.due_left {
            return Ok(());
        }
        self.told = clock;
        self.still = None;
        self.apply(Input::Clock(clock), budget).map_err(|panic| Halt::Clock { clock, panic })?;
        self.due_left = std::mem::take(&mut self.effects.more_due);
        Ok(())
    }

    fn take_in(&mut self, topic: usize, waiting: Waiting, budget: &mut Budget) -> Result<(), Halt> {
        self.draft.pass(waiting.recorded);
        let offset = waiting.offset;
        match waiting.content {
            Content::Event(event) => {
                self.apply(Input::Event { topic, event }, budget).map_err(|panic| Halt::Record { topic, offset, panic })
            }
            Content::Refused(letter) => {
                if let Some(letter) = letter {
                    budget.spend(1, letter.bytes());
                    self.draft.refuse(*letter);
                }
                Ok(())
            }
        }
    }

    /// What the engine holds after a panic is not looked at again: the partition stops.
    fn apply(&mut self, input: Input, budget: &mut Budget) -> Result<(), String> {
        let (engine, effects) = (&mut self.engine, &mut self.effects);
        catch_unwind(AssertUnwindSafe(|| engine.apply(input, effects))).map_err(|panic| panic_message(&*panic))?;
        let before = (self.draft.records(), self.draft.bytes());
        for transition in self.effects.transitions.drain(..) {
            self.draft.announce(&transition);
        }
        for (customer, segment) in self.effects.deleted.drain(..) {
            self.draft.delete(customer.as_str(), &segment);
        }
        budget.spend(self.draft.records() - before.0, self.draft.bytes() - before.1);
        Ok(())
    }

    /// For how long time has stood still, where it moves by the wall clock; asked about once a second.
    pub fn stands_still(&mut self) -> Duration {
        self.still.get_or_insert_with(Moment::now).elapsed()
    }

    /// What the engine counted since the last call.
    pub fn take_facts(&mut self) -> spicchio_core::engine::Facts {
        std::mem::take(&mut self.effects.facts)
    }
}

#[cfg(test)]
mod tests {
    use spicchio_core::engine::Settings;
    use spicchio_core::event::{Decoder, Record, TopicRules};
    use spicchio_core::segment::Catalog;
    use spicchio_core::segment::language::{Source, load};
    use spicchio_core::timer::{Pace, PartitionClock};

    use super::*;
    use crate::partition::Lease;

    const SEGMENTS: &str = "segments: [{segment: two, when: 'count(page_view) >= 2'}]";

    fn tuple() -> (Tuple, Decoder) {
        let loaded = load(&[Source { name: "segments.yaml".to_owned(), text: SEGMENTS.to_owned() }]).unwrap();
        let catalog = Arc::new(Catalog::compile(&loaded.definitions));
        let settings = Settings { dedup_millis: vec![0], grace_millis: Some(0), forget_after: None, seed: 0 };
        let clock = PartitionClock::new(Pace::Wall, 0, 1, Instant::MIN);
        let lease = Lease::new(3);
        let parts = Parts {
            newcomer: Newcomer { view: View::new(3, Arc::clone(&catalog)), lease },
            engine: Engine::new(Arc::clone(&catalog), &settings),
            intake: Intake::new(clock, &[0]),
            word: ControlWord {
                batch: 6,
                clock: Instant::MIN,
                cursor: None,
                catalog: String::new(),
                catalog_cursor: None,
                announced: Announced::Everything,
                began: vec![("events".to_owned(), 0)],
            },
            style: Arc::new(Style { group: "g".into(), source: "s".into(), value_bytes_max: 1 << 18 }),
            owed: Owed::default(),
        };
        (Tuple::new(parts), Decoder::new(catalog.interest(), &TopicRules::default()))
    }

    fn view(tuple: &mut Tuple, decoder: &Decoder, offset: i64) {
        let json = format!(r#"{{"type":"page_view","customer_id":"c","time":{},"id":"{offset}"}}"#, 1000 + offset);
        let record = Record { key: Some(b"c"), value: Some(json.as_bytes()), ..Record::default() };
        let content = Content::Event(decoder.decode(&record).unwrap());
        tuple.intake().arrive(0, Moment::now(), Waiting { offset, recorded: None, content });
    }

    fn budget(records: usize) -> Budget {
        Budget { records, bytes: Budget::BYTES_MAX, until: Moment::now() + Duration::from_mins(1) }
    }

    fn written(batch: &Batch) -> (u64, Vec<Outgoing>, Vec<i64>, String) {
        (batch.number(), batch.records().to_vec(), batch.next().to_vec(), batch.word().to_owned())
    }

    #[test]
    fn a_batch_under_way_does_not_change_and_the_next_waits_for_it() {
        let (mut tuple, decoder) = tuple();
        view(&mut tuple, &decoder, 0);
        view(&mut tuple, &decoder, 1);
        tuple.advance(&mut budget(100), 10).unwrap();
        let first = written(&tuple.seal("catalog"));
        assert_eq!((first.0, first.1.len(), &first.2), (7, 2, &vec![2]), "a transition and a membership");
        view(&mut tuple, &decoder, 2);
        tuple.advance(&mut budget(100), 10).unwrap();
        assert_eq!(written(&tuple.seal("catalog")), first, "nothing that is decided later is in it");
        tuple.committed();
        let second = written(&tuple.seal("catalog"));
        assert_eq!((second.0, second.1.len(), &second.2), (8, 0, &vec![3]));
    }

    #[test]
    fn the_control_word_says_what_the_batch_stands_for() {
        let (mut tuple, decoder) = tuple();
        view(&mut tuple, &decoder, 0);
        tuple.advance(&mut budget(100), 10).unwrap();
        let word = ControlWord::parse(tuple.seal("catalog").word()).unwrap();
        assert_eq!((word.batch, word.catalog.as_str(), word.clock.millis()), (7, "catalog", 1000));
        assert_eq!((word.announced, word.began_at("events")), (Announced::Everything, Some(0)));
    }

    #[test]
    fn a_spent_budget_leaves_the_rest_for_the_next_transaction() {
        let (mut tuple, decoder) = tuple();
        for offset in 0..4 {
            view(&mut tuple, &decoder, offset);
        }
        tuple.advance(&mut budget(1), 10).unwrap();
        assert_eq!(tuple.intake().passed(), [2], "the second record announces something, and then it is full");
        assert!(tuple.is_busy() && tuple.has_something_to_say());
    }

    #[test]
    fn nobody_is_taken_in_beyond_the_limit_and_nobody_dropped() {
        let (mut tuple, decoder) = tuple();
        view(&mut tuple, &decoder, 0);
        tuple.advance(&mut budget(100), 1).unwrap();
        view(&mut tuple, &decoder, 1);
        assert!(matches!(tuple.advance(&mut budget(100), 1), Err(Halt::Full { customers: 1 })));
    }

    #[test]
    fn only_what_is_committed_is_kept_for_later() {
        let (mut tuple, decoder) = tuple();
        view(&mut tuple, &decoder, 0);
        tuple.advance(&mut budget(100), 10).unwrap();
        assert!(tuple.has_moved());
        assert!(tuple.park().is_none(), "a record was folded that is not committed");
        let (mut tuple, decoder) = self::tuple();
        view(&mut tuple, &decoder, 0);
        tuple.advance(&mut budget(100), 10).unwrap();
        tuple.seal("catalog");
        tuple.committed();
        let parked = tuple.park().unwrap();
        assert_eq!((parked.word.batch, parked.next, parked.engine.table().len()), (7, vec![1], 1));
    }
}
