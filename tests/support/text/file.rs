//! Definitions as files, one for each zone: what a subject is given to read.

use std::fmt::Write as _;

use super::{condition, word};
use crate::definition::{Declarations, Definitions, Rungs, Type};

/// The text of the files, each with its name; declarations stand in the first.
pub fn files(definitions: &Definitions) -> Vec<(String, String)> {
    let segments = definitions.segments.iter().map(|segment| &segment.zone);
    let others = definitions.ladders.iter().map(|ladder| &ladder.zone);
    let zones = segments.chain(others).chain(definitions.scores.iter().map(|score| &score.zone));
    let mut names = zones.map(|zone| zone.name().to_owned()).collect::<Vec<_>>();
    names.sort();
    names.dedup();
    let declared = declarations(&definitions.declarations);
    let declared = std::iter::once(declared.as_str()).chain(std::iter::repeat(""));
    let file = |(name, declared): (String, &str)| {
        let text = format!("zone: {name}\n{declared}{}", of_zone(definitions, &name));
        (format!("{}.yaml", name.replace('/', "-")), text)
    };
    names.into_iter().zip(declared).map(file).collect()
}

fn of_zone(definitions: &Definitions, zone: &str) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    let mut segments = definitions.segments.iter().filter(|segment| segment.zone.name() == zone).peekable();
    if segments.peek().is_some() {
        line("segments:".to_owned());
    }
    for segment in segments {
        line(format!("  - segment: {}", segment.name));
        let latch = segment.latch.as_ref();
        let leave = latch.and_then(|latch| latch.leave.as_ref());
        let when = if leave.is_some() { "enter when" } else { "when" };
        line(format!("    {when}: {}", quoted(&condition(&segment.condition))));
        if let Some(leave) = leave {
            line(format!("    leave when: {}", quoted(&condition(leave))));
        }
        for (key, length) in [("stay", latch.and_then(|l| l.stay)), ("rest", latch.and_then(|l| l.rest))] {
            if let Some(length) = length {
                line(format!("    {key}: {length}"));
            }
        }
    }
    let mut ladders = definitions.ladders.iter().filter(|ladder| ladder.zone.name() == zone).peekable();
    if ladders.peek().is_some() {
        line("ladders:".to_owned());
    }
    for ladder in ladders {
        line(format!("  - ladder: {}", ladder.name));
        match &ladder.rungs {
            Rungs::First(stages) => {
                line("    stages:".to_owned());
                for (name, when) in stages {
                    line(format!("      - {{stage: {name}, when: {}}}", quoted(&condition(when))));
                }
            }
            Rungs::Best { scores, minimum } => {
                line("    best:".to_owned());
                for (name, score) in scores {
                    line(format!("      - {{name: {name}, score: {}}}", quoted(&condition(score))));
                }
                if let Some(minimum) = minimum {
                    line(format!("    minimum: {minimum}"));
                }
            }
        }
        if let Some(otherwise) = &ladder.otherwise {
            line(format!("    otherwise: {otherwise}"));
        }
    }
    let mut scores = definitions.scores.iter().filter(|score| score.zone.name() == zone).peekable();
    if scores.peek().is_some() {
        line("scores:".to_owned());
    }
    for score in scores {
        line(format!("  - {{score: {}, value: {}}}", score.name, quoted(&condition(&score.value))));
    }
    out
}

fn declarations(declarations: &Declarations) -> String {
    let mut out = "events:\n".to_owned();
    for event in declarations.events.iter().filter(|event| !event.properties.is_empty()) {
        let _ = writeln!(out, "  {}:", event.name);
        for (path, property) in &event.properties {
            let ty = named(&property.ty);
            let ty = if property.nonnegative { format!("{{type: {ty}, minimum: 0}}") } else { ty.to_owned() };
            let _ = writeln!(out, "    {}: {ty}", dotted(path));
        }
    }
    out.push_str("traits:\n");
    for (path, ty) in &declarations.traits {
        let _ = writeln!(out, "  {}: {}", dotted(path), named(ty));
    }
    out
}

fn dotted(path: &[compact_str::CompactString]) -> String {
    path.iter().map(|name| word(name)).collect::<Vec<_>>().join(".")
}

const fn named(ty: &Type) -> &'static str {
    match ty {
        Type::Boolean => "boolean",
        Type::Number => "number",
        Type::Text => "text",
        Type::Instant => "instant",
        Type::Date => "date",
        Type::Duration => "duration",
        Type::List => "list",
        Type::Point => "point",
        Type::Distance => "distance",
    }
}

/// A scalar between single quotes, in which nothing but such a quote means anything.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
