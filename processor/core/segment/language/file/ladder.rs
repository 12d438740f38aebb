//! The `ladders:` and `scores:` of a definition file: their keys and shapes.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::Written;
use super::decode::{attach, bounded, labels};
use super::fields::Fields;
use super::raw::{AttachEntry, Labels};
use super::tree::Tree;
use crate::segment::language::Diagnostic;

/// How many stages a ladder may have; as many candidates may compete for a customer.
const STAGES_MAX: usize = 100;

/// Stages of which each customer is in one, by `stages` or by `best`.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::segment::language) struct LadderEntry {
    /// Its name, unique among the segments and ladders of all files.
    pub(in crate::segment::language) ladder: Written,
    /// What it is for.
    pub(in crate::segment::language) description: Option<Written>,
    /// The stages: a customer is in the first whose condition holds.
    #[schemars(default)]
    pub(in crate::segment::language) stages: Vec<StageEntry>,
    /// Instead of stages, candidates: a customer is with the one of the greatest score; of equals the first.
    #[schemars(default)]
    pub(in crate::segment::language) best: Vec<CandidateEntry>,
    /// With `best`: the least score that counts.
    pub(in crate::segment::language) minimum: Option<Written>,
    /// The stage of whom nothing else holds for.
    pub(in crate::segment::language) otherwise: Option<Written>,
    /// How much longer to wait for late events before announcing what time alone decides, such as `30s`.
    pub(in crate::segment::language) grace: Option<Written>,
    /// Values evaluated at the transition and carried by it: a name and an expression each.
    #[schemars(with = "BTreeMap<String, Written>", default)]
    pub(in crate::segment::language) attach: Vec<AttachEntry>,
    /// Labels of the author's own.
    #[schemars(default)]
    pub(in crate::segment::language) labels: Labels,
}

/// A stage.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::segment::language) struct StageEntry {
    /// Its name.
    pub(in crate::segment::language) stage: Written,
    /// Whom it holds for.
    pub(in crate::segment::language) when: Written,
}

/// A candidate.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::segment::language) struct CandidateEntry {
    /// Its name.
    pub(in crate::segment::language) name: Written,
    /// How well it fits a customer: a number.
    pub(in crate::segment::language) score: Written,
}

/// A number per customer.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::segment::language) struct ScoreEntry {
    /// Its name, unique among the scores of all files.
    pub(in crate::segment::language) score: Written,
    /// What it is for.
    pub(in crate::segment::language) description: Option<Written>,
    /// The number.
    pub(in crate::segment::language) value: Written,
}

/// Reads a ladder as far as it can be read.
pub(super) fn ladder(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<LadderEntry> {
    let mut fields = Fields::of(tree, "a ladder", mistakes)?;
    let ladder = fields.required("ladder", mistakes);
    let description = fields.text("description", mistakes);
    let by_stages = fields.take("stages").map(|tree| tree.span);
    let stages = bounded(fields.list("stages", mistakes), STAGES_MAX, "stages", mistakes);
    let stages: Vec<StageEntry> = stages.iter().filter_map(|tree| stage(tree, mistakes)).collect();
    let by_best = fields.take("best").map(|tree| tree.span);
    let best = bounded(fields.list("best", mistakes), STAGES_MAX, "candidates", mistakes);
    let best: Vec<CandidateEntry> = best.iter().filter_map(|tree| candidate(tree, mistakes)).collect();
    let minimum = fields.text("minimum", mistakes);
    let otherwise = fields.text("otherwise", mistakes);
    let grace = fields.text("grace", mistakes);
    let attach = attach(&mut fields, mistakes);
    let labels = labels(&mut fields, mistakes);
    fields.finish(mistakes);
    let place = ladder.as_ref().map_or(tree.span, |name| name.span);
    match (by_stages, by_best) {
        (None, None) => {
            let help = "add `stages:` with `- {stage: .., when: ..}`, or `best:` with `- {name: .., score: ..}`";
            mistakes.push(Diagnostic::error("missing-key", place, "this ladder has no stages").help(help));
        }
        (Some(_), Some(best)) => {
            let message = "a ladder has either `stages` or `best`, not both";
            mistakes.push(Diagnostic::error("wrong-shape", best, message));
        }
        (Some(_), None) | (None, Some(_)) => {}
    }
    if let (Some(minimum), None) = (&minimum, by_best) {
        let message = "`minimum` is the least score that counts for `best`";
        mistakes.push(Diagnostic::error("wrong-shape", minimum.span, message).help("leave it out"));
    }
    let ladder = ladder?;
    Some(LadderEntry { ladder, description, stages, best, minimum, otherwise, grace, attach, labels })
}

fn stage(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<StageEntry> {
    let mut fields = Fields::of(tree, "a stage", mistakes)?;
    let stage = fields.required("stage", mistakes);
    let when = fields.required_expression("when", mistakes);
    fields.finish(mistakes);
    Some(StageEntry { stage: stage?, when: when? })
}

fn candidate(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<CandidateEntry> {
    let mut fields = Fields::of(tree, "a candidate", mistakes)?;
    let name = fields.required("name", mistakes);
    let score = fields.required_expression("score", mistakes);
    fields.finish(mistakes);
    Some(CandidateEntry { name: name?, score: score? })
}

/// Reads a score as far as it can be read.
pub(super) fn score(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<ScoreEntry> {
    let mut fields = Fields::of(tree, "a score", mistakes)?;
    let score = fields.required("score", mistakes);
    let description = fields.text("description", mistakes);
    let value = fields.required_expression("value", mistakes);
    fields.finish(mistakes);
    Some(ScoreEntry { score: score?, description, value: value? })
}
