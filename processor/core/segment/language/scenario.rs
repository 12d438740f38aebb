//! Tests of definitions, as data: events, and the transitions expected of them.
//!
//! Not here: running them.

use std::collections::BTreeSet;

use compact_str::CompactString;

use super::check::Names;
use super::file::{ExpectEntry, GivenEntry, MembersEntry, Nullable, TestEntry, Written};
use super::suggest::did_you_mean;
use super::{Diagnostic, Span};
use crate::customer::CustomerId;
use crate::segment::Declarations;
use crate::timer::{Date, Instant, Zone};
use crate::transition::Change;

/// A test: what happens, and what is expected to come of it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it claims.
    pub name: String,
    /// The name of its file.
    pub file: String,
    /// Its name in that file.
    pub span: Span,
    /// The events, in the order of the file.
    pub given: Vec<GivenEvent>,
    /// The transitions expected, in the order of the file.
    pub expect: Vec<ExpectedTransition>,
    /// Memberships expected.
    pub members_at: Vec<ExpectedMembers>,
    /// The segments it is about: those of its file and those it names, or all of them where its file defines none.
    /// Of others nothing is expected, so that a file's tests stay true whatever is loaded beside it.
    pub about: About,
    /// Whether transitions that nobody expected are fine.
    pub partial: bool,
    /// How far time goes on after the last event, that instant included.
    pub until: Option<Instant>,
}

/// Which segments a test is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Every segment there is.
    All,
    /// These alone.
    These(BTreeSet<CompactString>),
}

impl About {
    /// Whether a segment is among them.
    pub fn covers(&self, segment: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(segments) => segments.contains(segment),
        }
    }
}

/// An event of a test.
#[derive(Clone, Debug)]
pub struct GivenEvent {
    /// When it happens.
    pub at: Instant,
    /// Whose it is.
    pub customer: CustomerId,
    /// Its type.
    pub kind: CompactString,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Its properties; the traits, for a `profile` event.
    pub properties: serde_json::Map<String, serde_json::Value>,
    /// Where it stands.
    pub span: Span,
}

/// A transition that a test expects.
#[derive(Clone, Debug)]
pub struct ExpectedTransition {
    /// The instant of the change.
    pub at: Instant,
    /// Whose membership changes.
    pub customer: CustomerId,
    /// The segment or ladder, one that is defined.
    pub segment: CompactString,
    /// Which way.
    pub change: Change,
    /// On a ladder, from where to where.
    pub moved: Option<ExpectedMove>,
    /// Where it stands.
    pub span: Span,
}

/// A move that a test expects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpectedMove {
    /// The stage left, nothing for the first; where the test says nothing about it, any will do.
    pub from: Option<Option<CompactString>>,
    /// The stage reached, nothing for the last.
    pub to: Option<CompactString>,
}

/// Who is in a segment at an instant.
#[derive(Clone, Debug)]
pub struct ExpectedMembers {
    /// The instant.
    pub at: Instant,
    /// The segment or ladder, one that is defined.
    pub segment: CompactString,
    /// Of a ladder, the stage.
    pub stage: Option<CompactString>,
    /// Exactly these.
    pub customers: BTreeSet<CustomerId>,
    /// Where it stands.
    pub span: Span,
}

/// What tests are read against.
pub(super) struct Reader<'a> {
    pub(super) file: &'a str,
    pub(super) zone: &'a Zone,
    pub(super) declarations: &'a Declarations,
    pub(super) names: &'a Names,
    /// The segments and ladders of the same file.
    pub(super) own: &'a BTreeSet<CompactString>,
    pub(super) mistakes: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// The test, unless something in it cannot be read.
    pub(super) fn scenario(&mut self, entry: &TestEntry) -> Option<Scenario> {
        let before = self.mistakes.len();
        let given = entry.given.iter().filter_map(|given| self.given(given)).collect();
        let expect: Vec<_> = entry.expect.iter().filter_map(|expect| self.expected(expect)).collect();
        let members_at: Vec<_> = entry.members_at.iter().filter_map(|members| self.members(members)).collect();
        let named =
            expect.iter().map(|expect| &expect.segment).chain(members_at.iter().map(|members| &members.segment));
        let about =
            if self.own.is_empty() { About::All } else { About::These(named.chain(self.own).cloned().collect()) };
        let until = entry.until.as_ref().and_then(|until| self.instant(until));
        let scenario = Scenario {
            name: entry.test.text.clone(),
            file: self.file.to_owned(),
            span: entry.test.span,
            given,
            expect,
            members_at,
            about,
            partial: entry.partial,
            until,
        };
        let readable = !self.mistakes.iter().skip(before).any(|m| m.severity == super::Severity::Error);
        readable.then_some(scenario)
    }

    fn given(&mut self, entry: &GivenEntry) -> Option<GivenEvent> {
        let at = self.instant(&entry.at);
        let customer = self.customer(&entry.customer);
        if self.declarations.rank(&entry.kind.text).is_none() {
            let known = self.declarations.events.iter().map(|event| event.name.as_str());
            let message = format!("nobody declared the event type `{}`: it counts under `any` alone", entry.kind.text);
            let advice = Diagnostic::advice("unknown-event-type", entry.kind.span, message);
            self.mistakes.push(advice.help_if(did_you_mean(&entry.kind.text, known)));
        }
        Some(GivenEvent {
            at: at?,
            customer: customer?,
            kind: entry.kind.text.as_str().into(),
            id: entry.id.as_ref().map(|id| id.text.clone()),
            properties: entry.properties.clone(),
            span: entry.span,
        })
    }

    fn expected(&mut self, entry: &ExpectEntry) -> Option<ExpectedTransition> {
        let at = self.instant(&entry.at);
        let customer = self.customer(&entry.customer);
        let (change, segment) = match (&entry.entered, &entry.exited, &entry.moved) {
            (Some(entered), ..) => (Change::Entered, self.segment(entered)),
            (None, Some(exited), _) => (Change::Exited, self.segment(exited)),
            (None, None, Some(moved)) => (Change::Moved, self.ladder(moved)),
            (None, None, None) => return None,
        };
        let segment = segment?;
        let moved = match &entry.to {
            None => None,
            Some(to) => {
                let mut stage = |written: &Nullable| match written {
                    Nullable::Nothing => Some(None),
                    Nullable::Text(written) => self.stage(&segment, written).map(Some),
                };
                let from = match &entry.from {
                    None => None,
                    Some(from) => Some(stage(from)?),
                };
                Some(ExpectedMove { from, to: stage(to)? })
            }
        };
        Some(ExpectedTransition { at: at?, customer: customer?, segment, change, moved, span: entry.span })
    }

    fn members(&mut self, entry: &MembersEntry) -> Option<ExpectedMembers> {
        let at = self.instant(&entry.at);
        let customers = entry.customers.iter().filter_map(|customer| self.customer(customer)).collect();
        let (segment, stage) = match &entry.stage {
            None => (self.segment(&entry.segment)?, None),
            Some(stage) => {
                let ladder = self.ladder(&entry.segment)?;
                let stage = self.stage(&ladder, stage)?;
                (ladder, Some(stage))
            }
        };
        Some(ExpectedMembers { at: at?, segment, stage, customers, span: entry.span })
    }

    fn instant(&mut self, written: &Written) -> Option<Instant> {
        let text = written.text.as_str();
        let instant = Date::parse(text).map(|date| self.zone.start_of(date)).or_else(|| Instant::parse(text));
        if instant.is_none() {
            let message = format!("`{text}` is no date and no instant");
            let help = "write `2026-01-01` or `2026-01-01T10:00:00Z`";
            self.mistakes.push(Diagnostic::error("broken-instant", written.span, message).help(help));
        }
        instant
    }

    fn customer(&mut self, written: &Written) -> Option<CustomerId> {
        let customer = CustomerId::new(&written.text);
        if customer.is_none() {
            let message = format!("a customer id has 1 to {} bytes", CustomerId::BYTES_MAX);
            self.mistakes.push(Diagnostic::error("wrong-name", written.span, message));
        }
        customer
    }

    fn segment(&mut self, written: &Written) -> Option<CompactString> {
        let names = self.names;
        if names.ladders.contains_key(written.text.as_str()) {
            let message = format!("`{}` is a ladder", written.text);
            let help = "write `moved: ladder` with `to: stage`; with `members_at`, add `stage:`";
            self.mistakes.push(Diagnostic::error("unknown-segment", written.span, message).help(help));
            return None;
        }
        self.known(written, "segment", names.segments.iter())
    }

    fn ladder(&mut self, written: &Written) -> Option<CompactString> {
        let names = self.names;
        self.known(written, "ladder", names.ladders.keys())
    }

    fn stage(&mut self, ladder: &CompactString, written: &Written) -> Option<CompactString> {
        let names = self.names;
        self.known(written, "stage", names.ladders.get(ladder).into_iter().flatten())
    }

    fn known<'n>(
        &mut self,
        written: &Written,
        noun: &str,
        names: impl Iterator<Item = &'n CompactString> + Clone,
    ) -> Option<CompactString> {
        let found = names.clone().find(|name| name.as_str() == written.text).cloned();
        if found.is_none() {
            let message = format!("there is no {noun} `{}`", written.text);
            let help = did_you_mean(&written.text, names.map(CompactString::as_str));
            self.mistakes.push(Diagnostic::error("unknown-segment", written.span, message).help_if(help));
        }
        found
    }
}
