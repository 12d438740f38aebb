//! Prepared definitions to typed ones: every expression checked against all declarations and all names.

use compact_str::CompactString;

use super::check::{self, Checker, Names, Traits};
use super::prepare::{Body, Parsed, Prepared};
use super::{Diagnostic, best};
use crate::segment::{
    Declarations, Definitions, Expression, LadderDefinition, LatchDefinition, ScoreDefinition, SegmentDefinition,
};

/// The typed definitions, sorted by name, and all traits with their types. What has mistakes is left out.
pub(super) fn define(
    catalog: &[Prepared<'_>],
    declarations: &Declarations,
    names: &Names,
    diagnostics: &mut Vec<Diagnostic>,
) -> Definitions {
    let mut traits = Traits::new(declarations.traits.clone());
    let mut definitions = loop {
        let mut author = Author { declarations, names, traits, definitions: Definitions::default(), found: Vec::new() };
        for prepared in catalog {
            author.define(prepared);
        }
        traits = author.traits;
        if !traits.again() {
            diagnostics.append(&mut author.found);
            break author.definitions;
        }
    };
    definitions.segments.sort_by(|one, other| one.name.cmp(&other.name));
    definitions.ladders.sort_by(|one, other| one.name.cmp(&other.name));
    definitions.scores.sort_by(|one, other| one.name.cmp(&other.name));
    definitions.declarations = Declarations { events: declarations.events.clone(), traits: traits.all() };
    definitions
}

/// One round over all definitions.
struct Author<'a> {
    declarations: &'a Declarations,
    names: &'a Names,
    traits: Traits,
    definitions: Definitions,
    found: Vec<Diagnostic>,
}

/// How an expression is checked.
type Check = fn(&mut Checker<'_>, &super::ast::Node) -> Option<Expression>;

impl Author<'_> {
    fn define(&mut self, prepared: &Prepared<'_>) {
        let name = prepared.name.text.as_str().into();
        let Prepared { description, grace_millis, labels, zone, .. } = prepared;
        let (description, labels, zone) = (description.clone(), labels.clone(), zone.clone());
        let grace_millis = *grace_millis;
        match &prepared.body {
            Body::Segment { enter, latch } => {
                let condition = enter.as_ref().and_then(|enter| self.checked(prepared, enter, check::condition));
                let latch = latch.as_ref().map(|latch| LatchDefinition {
                    leave: latch.leave.as_ref().and_then(|leave| self.checked(prepared, leave, check::condition)),
                    stay: latch.stay,
                    rest: latch.rest,
                });
                let attach = self.attach(prepared);
                let Some(condition) = condition else { return };
                let segment =
                    SegmentDefinition { name, description, condition, latch, grace_millis, attach, labels, zone };
                self.definitions.segments.push(segment);
            }
            Body::Ladder { stages, otherwise } => {
                let stages = stages.iter().filter_map(|(name, parsed)| {
                    Some((name.clone(), self.checked(prepared, parsed, check::condition)?))
                });
                let (stages, otherwise) = (stages.collect(), otherwise.clone());
                let attach = self.attach(prepared);
                let ladder =
                    LadderDefinition { name, description, stages, otherwise, grace_millis, attach, labels, zone };
                self.definitions.ladders.push(ladder);
            }
            Body::Best { candidates, minimum, otherwise } => {
                let scores: Vec<_> = candidates
                    .iter()
                    .filter_map(|(name, parsed)| Some((name.clone(), self.checked(prepared, parsed, check::number)?)))
                    .collect();
                let (stages, otherwise) = (best::stages(&scores, *minimum), otherwise.clone());
                let attach = self.attach(prepared);
                let ladder =
                    LadderDefinition { name, description, stages, otherwise, grace_millis, attach, labels, zone };
                self.definitions.ladders.push(ladder);
            }
            Body::Score(value) => {
                let Some(value) = self.checked(prepared, value, check::number) else { return };
                self.definitions.scores.push(ScoreDefinition { name, description, value, zone });
            }
        }
    }

    fn attach(&mut self, prepared: &Prepared<'_>) -> Vec<(CompactString, Expression)> {
        prepared
            .attach
            .iter()
            .filter_map(|(name, parsed)| Some((name.clone(), self.checked(prepared, parsed, check::value)?)))
            .collect()
    }

    fn checked(&mut self, prepared: &Prepared<'_>, parsed: &Parsed, check: Check) -> Option<Expression> {
        let mut checker = Checker::new(&self.declarations.events, &mut self.traits, &prepared.zone, self.names);
        let expression = check(&mut checker, &parsed.node);
        let found = checker.diagnostics;
        self.found.extend(prepared.of_expression(found, parsed));
        expression
    }
}
