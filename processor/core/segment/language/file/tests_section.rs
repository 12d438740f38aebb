//! The `tests:` of a definition file.

use super::decode::bounded;
use super::fields::{Fields, scalar, text};
use super::json::json;
use super::raw::{ExpectEntry, GivenEntry, MembersEntry, TestEntry};
use super::tree::{Tree, TreeKind, Written};
use crate::segment::language::Diagnostic;

/// How many tests one file may hold, and how many entries each list of a test.
const ENTRIES_MAX: usize = 100_000;

/// Reads all tests as far as they can be read.
pub(super) fn tests(entries: &[Tree], mistakes: &mut Vec<Diagnostic>) -> Vec<TestEntry> {
    bounded(entries, ENTRIES_MAX, "tests", mistakes).iter().filter_map(|tree| test(tree, mistakes)).collect()
}

fn test(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<TestEntry> {
    let mut fields = Fields::of(tree, "a test", mistakes)?;
    let test = fields.required("test", mistakes);
    let given = entries(&mut fields, "given", given, mistakes);
    let expect = entries(&mut fields, "expect", expect, mistakes);
    let members_at = entries(&mut fields, "members_at", members, mistakes);
    let until = fields.text("until", mistakes);
    let partial = match fields.take("partial") {
        None => false,
        Some(tree) => scalar(tree).and_then(Written::boolean).unwrap_or_else(|| {
            let message = "`partial` is `true` or `false`";
            mistakes.push(Diagnostic::error("wrong-shape", tree.span, message));
            false
        }),
    };
    fields.finish(mistakes);
    Some(TestEntry { test: test?, given, expect, partial, until, members_at })
}

fn entries<T>(
    fields: &mut Fields<'_>,
    key: &'static str,
    read: fn(&Tree, &mut Vec<Diagnostic>) -> Option<T>,
    mistakes: &mut Vec<Diagnostic>,
) -> Vec<T> {
    let entries = fields.list(key, mistakes);
    bounded(entries, ENTRIES_MAX, key, mistakes).iter().filter_map(|tree| read(tree, mistakes)).collect()
}

fn given(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<GivenEntry> {
    let mut fields = Fields::of(tree, "a given event", mistakes)?;
    let at = fields.required("at", mistakes);
    let customer = fields.required("customer", mistakes);
    let kind = fields.required("type", mistakes);
    let id = fields.text("id", mistakes);
    let mut properties = serde_json::Map::new();
    if let Some(map) = fields.entries("properties", mistakes) {
        for (key, value) in &map.entries {
            if let Some(key) = scalar(key) {
                properties.insert(key.text.clone(), json(value));
            }
        }
    }
    for (key, value) in fields.rest() {
        if properties.insert(key.text.clone(), json(value)).is_some() {
            let message = format!("the property `{}` stands here and under `properties:`", key.text);
            mistakes.push(Diagnostic::error("duplicate-key", key.span, message));
        }
    }
    Some(GivenEntry { at: at?, customer: customer?, kind: kind?, id, properties, span: tree.span })
}

fn expect(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<ExpectEntry> {
    let mut fields = Fields::of(tree, "an expected transition", mistakes)?;
    let at = fields.required("at", mistakes);
    let customer = fields.required("customer", mistakes);
    let entered = fields.text("entered", mistakes);
    let exited = fields.text("exited", mistakes);
    let moved = fields.text("moved", mistakes);
    let from = fields.nullable("from", mistakes);
    let to = fields.nullable("to", mistakes);
    fields.finish(mistakes);
    let changes: Vec<&Written> = [&entered, &exited, &moved].into_iter().flatten().collect();
    if changes.len() != 1 {
        let span = changes.get(1).map_or(tree.span, |second| second.span);
        let message = "an expected transition has one of `entered`, `exited` and `moved`";
        mistakes.push(Diagnostic::error("wrong-shape", span, message).help("write `entered: segment-name`"));
        return None;
    }
    if moved.is_some() != to.is_some() || (from.is_some() && moved.is_none()) {
        let message = "an expected move names the ladder and the stage it leads to";
        let help = "write `moved: ladder-name` and `to: stage`, and `from: stage` if it matters";
        mistakes.push(Diagnostic::error("wrong-shape", tree.span, message).help(help));
        return None;
    }
    Some(ExpectEntry { at: at?, customer: customer?, entered, exited, moved, from, to, span: tree.span })
}

fn members(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<MembersEntry> {
    let mut fields = Fields::of(tree, "an entry of `members_at`", mistakes)?;
    let at = fields.required("at", mistakes);
    let segment = fields.required("segment", mistakes);
    let stage = fields.text("stage", mistakes);
    let customers = fields.take("customers");
    fields.finish(mistakes);
    let items = match customers.map(|tree| &tree.kind) {
        Some(TreeKind::List(items)) => items,
        Some(TreeKind::Scalar(_) | TreeKind::Map(_)) | None => {
            let span = customers.map_or(tree.span, |tree| tree.span);
            let message = "`customers` is the list of all who are in the segment then";
            mistakes.push(Diagnostic::error("missing-key", span, message).help("write `customers: [c1]`, or `[]`"));
            return None;
        }
    };
    let customers = items.iter().filter_map(|item| text(item, "a customer", mistakes)).collect();
    Some(MembersEntry { at: at?, segment: segment?, stage, customers, span: tree.span })
}
