//! Random segments, ladders and scores that ask about each other.
//!
//! Each may ask about those made before it, so no cycle arises; names are given in either direction, so that the order
//! of names says nothing of the order in which they are decided.

use compact_str::{CompactString, format_compact};
use spicchio_core::timer::Zone;

use super::repertoire::has;
use super::{Author, Random, Scale, vocabulary};
use crate::build::{definitions, segment};
use crate::definition::{
    Declarations, Definitions, LadderDefinition, Latch, Rungs, ScoreDefinition, SegmentDefinition,
};
use crate::given::shop;

/// How deep a random condition goes.
const DEPTH_MAX: i64 = 4;

/// One to four segments over one shop, and now and then ladders and scores beside them.
pub(super) fn catalog(random: &mut Random, scale: &Scale) -> Definitions {
    let declarations = shop();
    let many = random.between(1, 4);
    let is_ascending = random.chance(50);
    let mut made = definitions(Vec::new());
    for number in 0..many {
        let place = if is_ascending { number } else { many - number };
        let mut making = Making { random: &mut *random, scale, declarations: &declarations, made: &mut made };
        let kinds = [("segment", 10), ("ladder", 3), ("score", 4)];
        let kinds = kinds.map(|(kind, weight)| (if kind == "segment" || has(kind) { weight } else { 0 }, kind));
        match making.random.weighted(&kinds) {
            "ladder" => making.ladder(format_compact!("l{place}")),
            "score" => making.score(format_compact!("p{place}")),
            _ => making.segment(&format!("s{place}")),
        }
    }
    if made.segments.is_empty() {
        Making { random, scale, declarations: &declarations, made: &mut made }.segment("s9");
    }
    made.with(definitions(Vec::new()))
}

/// What is made, and with what.
struct Making<'a> {
    random: &'a mut Random,
    scale: &'a Scale,
    declarations: &'a Declarations,
    made: &'a mut Definitions,
}

impl Making<'_> {
    fn zone(&mut self) -> Zone {
        if self.random.chance(85) { self.scale.zone.clone() } else { Zone::UTC }
    }

    /// An author who may ask about what was made before.
    fn author(&mut self) -> Author<'_> {
        let mut author = Author::new(self.random, self.scale, self.declarations);
        author.segments = self.made.segments.iter().map(|segment| segment.name.clone()).collect();
        author.ladders = self.made.ladders.iter().map(|ladder| (ladder.name.clone(), stages(ladder))).collect();
        author.scores = self.made.scores.iter().map(|score| score.name.clone()).collect();
        author
    }

    fn depth(&mut self, most: i64) -> u8 {
        u8::try_from(self.random.between(0, most)).unwrap_or(0)
    }

    fn segment(&mut self, name: &str) {
        let depth = self.depth(DEPTH_MAX);
        let condition = self.author().condition(depth);
        let latch = (has("latch") && self.random.chance(25)).then(|| self.latch());
        let zone = self.zone();
        self.made.segments.push(SegmentDefinition { latch, ..segment(name, condition, zone) });
    }

    fn latch(&mut self) -> Latch {
        let scale = self.scale;
        let leave = self.random.chance(60).then(|| self.author().condition(1));
        let mut length = |percent| {
            let longest = *self.random.pick(&[5, 40, 150]);
            let ticks = self.random.between(1, longest);
            self.random.chance(percent).then(|| scale.length(ticks))
        };
        let stay = length(60);
        // A latch says something.
        let rest = length(if leave.is_none() && stay.is_none() { 100 } else { 50 });
        Latch { leave, stay, rest }
    }

    fn ladder(&mut self, name: CompactString) {
        let named = |number: i64| format_compact!("stage{number}");
        let many = self.random.between(1, 3);
        let rungs = if self.random.chance(65) {
            Rungs::First((0..many).map(|number| (named(number), self.author().condition(1))).collect())
        } else {
            let scores = (0..=many).map(|number| (named(number), self.author().number(1))).collect();
            let minimum = self.random.chance(50).then(|| vocabulary::number(self.random, 0, 3));
            Rungs::Best { scores, minimum }
        };
        let otherwise = self.random.chance(60).then(|| "otherwise".into());
        let zone = self.zone();
        self.made.ladders.push(LadderDefinition { name, rungs, otherwise, zone });
    }

    fn score(&mut self, name: CompactString) {
        let value = self.author().number(2);
        let zone = self.zone();
        self.made.scores.push(ScoreDefinition { name, value, zone });
    }
}

/// The names of all stages of a ladder.
fn stages(ladder: &LadderDefinition) -> Vec<CompactString> {
    let (Rungs::First(named) | Rungs::Best { scores: named, .. }) = &ladder.rungs;
    named.iter().map(|(name, _)| name).chain(&ladder.otherwise).cloned().collect()
}
