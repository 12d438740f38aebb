//! Event types and traits: built in, and declared by the files of one catalog together.

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::Diagnostic;
use super::builtin::{self, ERASE, PROFILE};
use super::file::{DefinitionFile, Written};
use super::load::Opened;
use crate::segment::{Declarations, EventType, Path, Type};

/// How many event types one catalog may know.
const EVENT_TYPES_MAX: usize = 10_000;
/// How many names lead to a nested property or trait at the most.
const PATH_NAMES_MAX: usize = 16;

/// All declarations of these files, with the built-in ones; mistakes name their file.
pub(super) fn declare(files: &[(&Opened<'_>, DefinitionFile)], mistakes: &mut Vec<Diagnostic>) -> Declarations {
    let mut declarations = builtin::declarations();
    let mut places = Places::default();
    for (source, file) in files {
        let mut found = Vec::new();
        for (name, properties) in &file.events {
            if let Some(event) = event_type(name, &mut declarations.events, &mut found) {
                for (key, entry) in properties {
                    declare_property(event, key, entry.property(), source, &mut places, &mut found);
                }
            }
        }
        for (key, entry) in &file.traits {
            declare_trait(&mut declarations.traits, key, entry.declared(), source, &mut places, &mut found);
        }
        mistakes.extend(source.own(found));
    }
    declarations
}

/// Where names were declared first, by what they belong to: an event type, or nothing for traits.
#[derive(Default)]
struct Places(BTreeMap<(CompactString, Path), String>);

impl Places {
    fn first(&mut self, owner: &str, path: &Path, source: &Opened<'_>, key: &Written) {
        let place = || source.place(key.span.start);
        self.0.entry((owner.into(), path.clone())).or_insert_with(place);
    }

    fn of(&self, owner: &str, path: &Path) -> &str {
        self.0.get(&(owner.into(), path.clone())).map_or("the built-in event types", String::as_str)
    }
}

fn event_type<'e>(
    name: &Written,
    events: &'e mut Vec<EventType>,
    mistakes: &mut Vec<Diagnostic>,
) -> Option<&'e mut EventType> {
    let plain = name.text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap_or(&name.text);
    let wrong = if plain == PROFILE {
        Some(("the properties of `profile` are traits", "declare them under `traits:`"))
    } else if plain == ERASE {
        Some(("`erase` has no properties", "leave it out"))
    } else if !is_name(plain) {
        Some(("this is no name of an event type", "a name has no backtick and no line break"))
    } else {
        None
    };
    if let Some((message, help)) = wrong {
        mistakes.push(Diagnostic::error("wrong-name", name.span, message).help(help));
        return None;
    }
    let index = events.iter().position(|event| event.name == plain).unwrap_or(events.len());
    if index == EVENT_TYPES_MAX {
        let message = format!("there are no more than {EVENT_TYPES_MAX} event types");
        mistakes.push(Diagnostic::error("too-many", name.span, message));
        return None;
    }
    if index == events.len() {
        events.push(EventType { name: plain.into(), properties: BTreeMap::new() });
    }
    events.get_mut(index)
}

fn declare_property(
    event: &mut EventType,
    key: &Written,
    property: crate::segment::Property,
    source: &Opened<'_>,
    places: &mut Places,
    mistakes: &mut Vec<Diagnostic>,
) {
    let Some(path) = path_of(key, mistakes) else { return };
    match event.properties.get_mut(&path) {
        Some(before) if before.ty != property.ty => {
            let owner = format!("`{}` of `{}`", key.text, event.name);
            mistakes.push(conflict(key, &owner, &before.ty, &property.ty, places.of(&event.name, &path)));
        }
        // Whoever bounds a property bounds it for all.
        Some(before) => before.nonnegative |= property.nonnegative,
        None => {
            places.first(&event.name, &path, source, key);
            event.properties.insert(path, property);
        }
    }
}

fn declare_trait(
    traits: &mut BTreeMap<Path, Type>,
    key: &Written,
    ty: Type,
    source: &Opened<'_>,
    places: &mut Places,
    mistakes: &mut Vec<Diagnostic>,
) {
    let Some(path) = path_of(key, mistakes) else { return };
    match traits.get(&path) {
        Some(before) if *before != ty => {
            mistakes.push(conflict(key, &format!("the trait `{}`", key.text), before, &ty, places.of("", &path)));
        }
        Some(_) => {}
        None => {
            places.first("", &path, source, key);
            traits.insert(path, ty);
        }
    }
}

fn conflict(key: &Written, owner: &str, before: &Type, now: &Type, place: &str) -> Diagnostic {
    let message = format!("{owner} is {} here and {} in {place}", now.described(), before.described());
    Diagnostic::error("conflicting-type", key.span, message).help("a property or trait has one type in all files")
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['`', '\n', '\r'])
}

/// The names of a key such as `score.total`; a name that holds a dot stands in backticks.
fn path_of(key: &Written, mistakes: &mut Vec<Diagnostic>) -> Option<Path> {
    let mut path = Path::new();
    let mut rest = key.text.as_str();
    loop {
        let (name, after) = match rest.strip_prefix('`') {
            Some(quoted) => quoted.split_once('`').unwrap_or(("", quoted)),
            None => rest.split_at(rest.find('.').unwrap_or(rest.len())),
        };
        let next = after.strip_prefix('.');
        if !is_name(name) || (next.is_none() && !after.is_empty()) || path.len() == PATH_NAMES_MAX {
            let message = format!("`{}` is no name of a property or trait", key.text.escape_debug());
            let help = "a nested one is written with dots, `score.total`, no more than 16 names; one that holds \
                        a dot stands in backticks";
            mistakes.push(Diagnostic::error("wrong-name", key.span, message).help(help));
            return None;
        }
        path.push(name.into());
        match next {
            Some(following) => rest = following,
            None => return Some(path),
        }
    }
}
