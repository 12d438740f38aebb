//! The keys of one mapping: each is asked for by name; what nobody asked for is a mistake.

use std::collections::BTreeSet;

use super::raw::Nullable;
use super::tree::{Map, Style, Tree, TreeKind, Written};
use crate::segment::language::suggest::{did_you_mean, listed};
use crate::segment::language::{Diagnostic, Span};

/// The entries of a mapping that are still to be taken.
pub(super) struct Fields<'t> {
    owner: &'static str,
    pub(super) span: Span,
    map: &'t Map,
    taken: Vec<bool>,
    known: Vec<&'static str>,
}

/// The scalar of a tree.
pub(super) fn scalar(tree: &Tree) -> Option<&Written> {
    if let TreeKind::Scalar(written) = &tree.kind { Some(written) } else { None }
}

impl<'t> Fields<'t> {
    /// The keys of what must be a mapping; `owner` says of what: `a segment`.
    pub(super) fn of(tree: &'t Tree, owner: &'static str, mistakes: &mut Vec<Diagnostic>) -> Option<Self> {
        let TreeKind::Map(map) = &tree.kind else {
            let message = format!("{owner} is a mapping, this is {}", tree.described());
            mistakes.push(Diagnostic::error("wrong-shape", tree.span, message).help("write `key: value` pairs"));
            return None;
        };
        let mut seen = BTreeSet::new();
        for (key, _) in &map.entries {
            match scalar(key) {
                None => mistakes.push(Diagnostic::error("wrong-shape", key.span, "a key is a single value")),
                Some(name) if !seen.insert(name.text.as_str()) => {
                    let message = format!("the key `{}` stands here twice", name.text);
                    mistakes.push(Diagnostic::error("duplicate-key", name.span, message).label("again here"));
                }
                Some(_) => {}
            }
        }
        let taken = vec![false; map.entries.len()];
        Some(Self { owner, span: tree.span, map, taken, known: Vec::new() })
    }

    /// The value under a key.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'t Tree> {
        self.asked(key).map(|(_, tree)| tree)
    }

    fn asked(&mut self, key: &'static str) -> Option<(usize, &'t Tree)> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.index(key)
    }

    fn index(&mut self, key: &str) -> Option<(usize, &'t Tree)> {
        let mut found = None;
        for (index, (name, tree)) in self.map.entries.iter().enumerate() {
            if scalar(name).is_some_and(|name| name.text == key) {
                if let Some(taken) = self.taken.get_mut(index) {
                    *taken = true;
                }
                found = found.or(Some((index, tree)));
            }
        }
        found
    }

    /// The text under a key.
    pub(super) fn text(&mut self, key: &'static str, mistakes: &mut Vec<Diagnostic>) -> Option<Written> {
        self.asked(key).and_then(|(index, tree)| self.text_at(index, key, tree, mistakes))
    }

    /// The text of an entry; where there is nothing, the key is the place of the mistake.
    fn text_at(&self, index: usize, key: &str, tree: &Tree, mistakes: &mut Vec<Diagnostic>) -> Option<Written> {
        let nothing = scalar(tree).is_some_and(Written::is_null);
        let place = self.map.entries.get(index).filter(|_| nothing).map_or(tree.span, |(key, _)| key.span);
        text_of(tree, place, &format!("`{key}`"), mistakes)
    }

    /// The text under a key that must be there.
    pub(super) fn required(&mut self, key: &'static str, mistakes: &mut Vec<Diagnostic>) -> Option<Written> {
        if let Some((index, tree)) = self.asked(key) {
            return self.text_at(index, key, tree, mistakes);
        }
        let first = self.map.entries.first().map_or(self.span, |(key, _)| key.span);
        let message = format!("{} has no `{key}`", self.owner);
        mistakes.push(Diagnostic::error("missing-key", first, message).help(format!("add `{key}: ..`")));
        None
    }

    /// The expression under a key.
    pub(super) fn expression(&mut self, key: &'static str, mistakes: &mut Vec<Diagnostic>) -> Option<Written> {
        let (index, tree) = self.asked(key)?;
        let written = self.text_at(index, key, tree, mistakes)?;
        let strays = strays(self.map, index);
        if strays == 0 {
            return Some(written);
        }
        for taken in self.taken.iter_mut().skip(index + 1).take(strays) {
            *taken = true;
        }
        mistakes.push(cut_by_comma(written.span));
        None
    }

    /// The expression under a key that must be there.
    pub(super) fn required_expression(&mut self, key: &'static str, mistakes: &mut Vec<Diagnostic>) -> Option<Written> {
        if self.asked(key).is_some() { self.expression(key, mistakes) } else { self.required(key, mistakes) }
    }

    /// The text under a key, or the nothing written there.
    pub(super) fn nullable(&mut self, key: &'static str, mistakes: &mut Vec<Diagnostic>) -> Option<Nullable> {
        let tree = self.take(key)?;
        if scalar(tree).is_some_and(Written::is_null) {
            return Some(Nullable::Nothing);
        }
        Some(Nullable::Text(text(tree, "a stage", mistakes)?))
    }

    /// The items under a key; none where the key is missing or holds nothing.
    pub(super) fn list(&mut self, key: &'static str, mistakes: &mut Vec<Diagnostic>) -> &'t [Tree] {
        let Some(tree) = self.take(key) else { return &[] };
        match &tree.kind {
            TreeKind::List(items) => items,
            TreeKind::Scalar(written) if written.is_null() => &[],
            TreeKind::Scalar(_) | TreeKind::Map(_) => {
                let message = format!("`{key}` is a list, this is {}", tree.described());
                mistakes.push(Diagnostic::error("wrong-shape", tree.span, message).help("begin each item with `- `"));
                &[]
            }
        }
    }

    /// The entries of the mapping under a key, keys unique; none where the key is missing or holds nothing.
    pub(super) fn entries(&mut self, key: &'static str, mistakes: &mut Vec<Diagnostic>) -> Option<&'t Map> {
        let tree = self.take(key)?;
        if scalar(tree).is_some_and(Written::is_null) {
            return None;
        }
        Fields::of(tree, "this", mistakes).map(|fields| fields.map)
    }

    /// The keys that nobody asked for, with their values.
    pub(super) fn rest(&self) -> impl Iterator<Item = (&'t Written, &'t Tree)> {
        let map = self.map;
        let taken = self.taken.clone();
        let untaken = map.entries.iter().zip(taken).filter(|(_, taken)| !taken);
        untaken.filter_map(|((key, value), _)| Some((scalar(key)?, value)))
    }

    /// Reports the keys that nobody asked for.
    pub(super) fn finish(self, mistakes: &mut Vec<Diagnostic>) {
        for (key, _) in self.rest() {
            let message = format!("{} has no key `{}`", self.owner, key.text);
            let help = did_you_mean(&key.text, self.known.iter().copied())
                .unwrap_or_else(|| format!("its keys are {}", listed(&self.known, "and")));
            mistakes.push(Diagnostic::error("unknown-key", key.span, message).help(help));
        }
    }
}

/// The text of a value that must be a single one.
pub(super) fn text(tree: &Tree, owner: &str, mistakes: &mut Vec<Diagnostic>) -> Option<Written> {
    text_of(tree, tree.span, owner, mistakes)
}

fn text_of(tree: &Tree, place: Span, owner: &str, mistakes: &mut Vec<Diagnostic>) -> Option<Written> {
    match scalar(tree) {
        Some(written) if !written.is_null() => Some(written.clone()),
        Some(_) | None => {
            let message = format!("{owner} is a text, this is {}", tree.described());
            let quotes = matches!(tree.kind, TreeKind::Map(_) | TreeKind::List(_));
            let help = quotes.then(|| "put it in quotes, or in a block: `>` and the text indented below".to_owned());
            mistakes.push(Diagnostic::error("wrong-shape", place, message).help_if(help));
            None
        }
    }
}

/// How many entries after this one are the rest of its expression: braces end an unquoted value at a comma.
pub(super) fn strays(map: &Map, index: usize) -> usize {
    let Some((_, value)) = map.entries.get(index) else { return 0 };
    let plain = scalar(value).filter(|written| map.flow && written.style == Style::Plain);
    let Some(written) = plain else { return 0 };
    let mut open = opened(&written.text);
    let mut count = 0;
    for (key, value) in map.entries.iter().skip(index + 1) {
        let (Some(key), Some(value)) = (scalar(key), scalar(value)) else { break };
        if open <= 0 || !value.is_null() {
            break;
        }
        open += opened(&key.text);
        count += 1;
    }
    count
}

/// The mistake of an expression that ended at a comma.
pub(super) fn cut_by_comma(span: Span) -> Diagnostic {
    Diagnostic::error("yaml-comma", span, "YAML ends this expression at its comma, because it stands in braces")
        .label("cut off here")
        .help("put the whole expression in single quotes")
}

/// How many parentheses and brackets stay open.
fn opened(text: &str) -> i64 {
    text.chars()
        .map(|c| match c {
            '(' | '[' => 1,
            ')' | ']' => -1,
            _ => 0,
        })
        .sum()
}
