//! `held`, and the forms about other definitions.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;

use super::Checker;
use super::typed::Typed;
use crate::segment::language::ast::{About, Name};
use crate::segment::language::suggest::did_you_mean;
use crate::segment::language::{Diagnostic, Span};
use crate::segment::{Expression, Term, Type};

/// What other definitions of the catalog are called.
#[derive(Clone, Debug, Default)]
pub(in crate::segment::language) struct Names {
    /// The segments.
    pub(in crate::segment::language) segments: BTreeSet<CompactString>,
    /// The ladders with the names of their stages.
    pub(in crate::segment::language) ladders: BTreeMap<CompactString, Vec<CompactString>>,
    /// The scores.
    pub(in crate::segment::language) scores: BTreeSet<CompactString>,
}

impl Checker<'_> {
    /// `held(profile.a)`: how long it has had its value.
    pub(super) fn held(&mut self, names: &[Name], span: Span) -> Option<Typed> {
        let typed = self.customer_trait(names, span)?;
        let Expression { term, ty } = self.settled(typed).expression();
        let Term::Trait(path) = term else { return None };
        let since = Expression { term: Term::SetAt(path, ty), ty: Type::Instant };
        Some(Typed::new(Term::Since(Box::new(since)), Type::Duration, span).moving(true))
    }

    /// `member("a")`, `stage("a")`, `score("a")`
    pub(super) fn reference(&mut self, about: About, name: &Name, span: Span) -> Option<Typed> {
        if self.reads.is_some() {
            let message = format!("`{}` says something about the customer, not about one value", about.form());
            let help = "move it out of `for some`: `member(..) and for some ..`";
            return self.fail(Diagnostic::error("not-in-for-some", span, message).help(help));
        }
        let names = self.names;
        let segments = || names.segments.iter().map(CompactString::as_str).collect::<Vec<_>>();
        let ladders = || names.ladders.keys().map(CompactString::as_str).collect::<Vec<_>>();
        let scores = || names.scores.iter().map(CompactString::as_str).collect::<Vec<_>>();
        let known = match about {
            About::Segment => segments(),
            About::Ladder => ladders(),
            About::Score => scores(),
        };
        let text = &name.text;
        if !known.contains(&text.as_str()) {
            let message = format!("there is no {} `{text}`", about.noun());
            let elsewhere = [(About::Segment, segments()), (About::Ladder, ladders()), (About::Score, scores())];
            let other = elsewhere.iter().find(|(_, names)| names.contains(&text.as_str()));
            let help =
                other.map(|(other, _)| format!("`{text}` is a {}: write `{}(\"{text}\")`", other.noun(), other.form()));
            let help = help.or_else(|| did_you_mean(text, known.iter().copied()));
            return self.fail(Diagnostic::error("unknown-definition", name.span, message).help_if(help));
        }
        let name = text.clone();
        Some(match about {
            About::Segment => Typed::new(Term::Member(name), Type::Boolean, span),
            About::Ladder => Typed::new(Term::Stage(name), Type::Text, span),
            About::Score => Typed::new(Term::Score(name), Type::Number, span),
        })
    }

    /// Refuses a stage compared with a name that none of its stages has.
    pub(super) fn known_stage(&mut self, stage: &Typed, other: &Typed) -> Option<()> {
        let (Term::Stage(ladder), Term::Constant(crate::event::Value::Text(text))) = (&stage.term, &other.term) else {
            return Some(());
        };
        let stages = self.names.ladders.get(ladder).map_or(&[][..], Vec::as_slice);
        if stages.contains(text) {
            return Some(());
        }
        let help = did_you_mean(text, stages.iter().map(CompactString::as_str));
        let message = format!("the ladder `{ladder}` has no stage `{text}`");
        self.fail(Diagnostic::error("unknown-stage", other.span, message).help_if(help))
    }
}
