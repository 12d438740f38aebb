//! The tree of a file matched with what a definition file may hold.

use super::fields::{Fields, cut_by_comma, scalar, strays, text};
use super::ladder::{ladder, score};
use super::raw::{AttachEntry, Bounded, DefinitionFile, Labels, PropertyEntry, SegmentEntry, TypeEntry};
use super::tests_section;
use super::tree::{self, Tree, TreeKind, Written};
use crate::segment::language::suggest::{did_you_mean, listed};
use crate::segment::language::{Diagnostic, Span};

/// How many segments, ladders or scores one file may define.
const SEGMENTS_MAX: usize = 100_000;
/// How many values the transitions of a segment may carry.
const ATTACH_MAX: usize = 100;

/// Reads a definition file as far as it can be read, and reports what does not fit.
pub(in crate::segment::language) fn definition_file(file: &str, mistakes: &mut Vec<Diagnostic>) -> DefinitionFile {
    let tree = match tree::read(file) {
        Ok(tree) => tree,
        Err(mistake) => {
            mistakes.push(*mistake);
            return DefinitionFile::default();
        }
    };
    if scalar(&tree).is_some_and(Written::is_null) {
        return DefinitionFile::default();
    }
    let Some(mut fields) = Fields::of(&tree, "a definition file", mistakes) else { return DefinitionFile::default() };
    let zone = fields.text("zone", mistakes);
    let events = events(&mut fields, mistakes);
    let traits = traits(&mut fields, mistakes);
    let entries = fields.list("segments", mistakes);
    let segments = bounded(entries, SEGMENTS_MAX, "segments", mistakes);
    let segments = segments.iter().filter_map(|tree| segment(tree, mistakes)).collect();
    let tests = tests_section::tests(fields.list("tests", mistakes), mistakes);
    let entries = bounded(fields.list("ladders", mistakes), SEGMENTS_MAX, "ladders", mistakes);
    let ladders = entries.iter().filter_map(|tree| ladder(tree, mistakes)).collect();
    let entries = bounded(fields.list("scores", mistakes), SEGMENTS_MAX, "scores", mistakes);
    let scores = entries.iter().filter_map(|tree| score(tree, mistakes)).collect();
    fields.finish(mistakes);
    DefinitionFile { zone, events, traits, segments, ladders, scores, tests }
}

/// The entries, or none with a mistake where there are too many.
pub(super) fn bounded<'t>(entries: &'t [Tree], limit: usize, what: &str, mistakes: &mut Vec<Diagnostic>) -> &'t [Tree] {
    if let Some(beyond) = entries.get(limit) {
        let message = format!("there are no more than {limit} {what} in a file");
        mistakes.push(Diagnostic::error("too-many", beyond.span, message).help("split the file into several"));
        return &[];
    }
    entries
}

fn events(fields: &mut Fields<'_>, mistakes: &mut Vec<Diagnostic>) -> Vec<(Written, Vec<(Written, PropertyEntry)>)> {
    let Some(map) = fields.entries("events", mistakes) else { return Vec::new() };
    let mut events = Vec::new();
    for (key, value) in &map.entries {
        let Some(name) = scalar(key) else { continue };
        let mut properties = Vec::new();
        if !scalar(value).is_some_and(Written::is_null) {
            let Some(fields) = Fields::of(value, "an event type", mistakes) else { continue };
            for (key, value) in fields.rest() {
                if let Some(entry) = property(value, mistakes) {
                    properties.push((key.clone(), entry));
                }
            }
        }
        events.push((name.clone(), properties));
    }
    events
}

fn traits(fields: &mut Fields<'_>, mistakes: &mut Vec<Diagnostic>) -> Vec<(Written, TypeEntry)> {
    let Some(map) = fields.entries("traits", mistakes) else { return Vec::new() };
    let entries = map.entries.iter();
    entries.filter_map(|(key, value)| Some((scalar(key)?.clone(), type_entry(value, mistakes)?))).collect()
}

fn type_entry(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<TypeEntry> {
    let written = text(tree, "a type", mistakes)?;
    let known = TypeEntry::ALL.iter().find(|(name, _)| *name == written.text);
    if known.is_none() {
        let names = TypeEntry::ALL.map(|(name, _)| name);
        let synonym = match written.text.as_str() {
            "string" | "str" => Some("text"),
            "integer" | "int" | "float" | "decimal" | "double" => Some("number"),
            "bool" => Some("boolean"),
            "datetime" | "timestamp" | "time" => Some("instant"),
            "array" => Some("list"),
            _ => None,
        };
        let help = synonym
            .map(|name| format!("did you mean `{name}`?"))
            .or_else(|| did_you_mean(&written.text, names))
            .unwrap_or_else(|| format!("the types are {}", listed(&names, "and")));
        let message = format!("there is no type `{}`", written.text);
        mistakes.push(Diagnostic::error("unknown-type", written.span, message).help(help));
    }
    known.map(|(_, entry)| *entry)
}

fn property(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<PropertyEntry> {
    if !matches!(tree.kind, TreeKind::Map(_)) {
        return type_entry(tree, mistakes).map(PropertyEntry::Type);
    }
    let mut fields = Fields::of(tree, "a property", mistakes)?;
    let ty = if let Some(tree) = fields.take("type") {
        type_entry(tree, mistakes)
    } else {
        let message = "a property has no `type`";
        mistakes.push(Diagnostic::error("missing-key", tree.span, message).help("add `type: number`"));
        None
    };
    let minimum = fields.text("minimum", mistakes);
    fields.finish(mistakes);
    if let Some(written) = &minimum {
        let zero = crate::event::Number::parse(&written.text) == Some(crate::event::Number::default());
        let number = ty.is_none_or(|ty| ty == TypeEntry::Number);
        if !zero || !number {
            let message = if zero { "`minimum` is for numbers" } else { "`minimum` can only be 0" };
            mistakes.push(Diagnostic::error("wrong-minimum", written.span, message));
            return None;
        }
    }
    Some(PropertyEntry::Bounded(Bounded { ty: ty?, minimum: minimum.map(|_| 0) }))
}

fn segment(tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<SegmentEntry> {
    let mut fields = Fields::of(tree, "a segment", mistakes)?;
    let segment = fields.required("segment", mistakes);
    let description = fields.text("description", mistakes);
    let conditions = ["when", "enter when", "leave when"].map(|key| fields.take(key).map(|tree| tree.span));
    let when = fields.expression("when", mistakes);
    let enter_when = fields.expression("enter when", mistakes);
    let leave_when = fields.expression("leave when", mistakes);
    let span = segment.as_ref().map_or_else(|| first_key(tree), |name| name.span);
    mistakes.extend(wrong_conditions(conditions, span));
    let stay = fields.text("stay", mistakes);
    let rest = fields.text("rest", mistakes);
    let grace = fields.text("grace", mistakes);
    let attach = attach(&mut fields, mistakes);
    let labels = labels(&mut fields, mistakes);
    fields.finish(mistakes);
    let segment = segment?;
    Some(SegmentEntry { segment, description, when, enter_when, leave_when, stay, rest, grace, attach, labels })
}

/// A segment has `when`, or both `enter when` and `leave when`; `conditions` are the places of the three.
fn wrong_conditions(conditions: [Option<Span>; 3], segment: Span) -> Option<Diagnostic> {
    let (span, message, help) = match conditions {
        [Some(_), None, None] | [None, Some(_), Some(_)] => return None,
        [None, None, None] => (segment, "this segment has no condition", "add `when:` and a condition"),
        [Some(_), Some(other), _] | [Some(_), None, Some(other)] => {
            (other, "a segment has either `when`, or `enter when` and `leave when`", "leave `when` out")
        }
        [None, Some(enter), None] => (enter, "this segment is entered and never left", "add `leave when:`"),
        [None, None, Some(leave)] => (leave, "this segment is left and never entered", "add `enter when:`"),
    };
    Some(Diagnostic::error("missing-key", span, message).help(help))
}

fn first_key(tree: &Tree) -> Span {
    match &tree.kind {
        TreeKind::Map(map) => map.entries.first().map_or(tree.span, |(key, _)| key.span),
        TreeKind::Scalar(_) | TreeKind::List(_) => tree.span,
    }
}

pub(super) fn attach(fields: &mut Fields<'_>, mistakes: &mut Vec<Diagnostic>) -> Vec<AttachEntry> {
    let Some(map) = fields.entries("attach", mistakes) else { return Vec::new() };
    let mut entries = Vec::new();
    let mut index = 0;
    while let Some((key, value)) = map.entries.get(index) {
        let strays = strays(map, index);
        index += 1 + strays;
        if strays > 0 {
            mistakes.push(cut_by_comma(value.span));
            continue;
        }
        let value = text(value, "an expression", mistakes);
        if let (Some(name), Some(value)) = (scalar(key), value) {
            entries.push(AttachEntry { name: name.clone(), value });
        }
    }
    if let Some(beyond) = entries.get(ATTACH_MAX) {
        let message = format!("a segment attaches no more than {ATTACH_MAX} values");
        mistakes.push(Diagnostic::error("too-many", beyond.name.span, message));
    }
    entries
}

pub(super) fn labels(fields: &mut Fields<'_>, mistakes: &mut Vec<Diagnostic>) -> Labels {
    let Some(map) = fields.entries("labels", mistakes) else { return Labels::new() };
    let mut labels = Labels::new();
    for (key, value) in &map.entries {
        if let (Some(name), Some(value)) = (scalar(key), text(value, "a label", mistakes)) {
            labels.insert(name.text.clone(), value.text);
        }
    }
    labels
}
