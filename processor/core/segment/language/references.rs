//! Which definitions name which others: no circles, and not too much in all.

use std::collections::{BTreeMap, BTreeSet};

use compact_str::CompactString;

use super::Diagnostic;
use super::ast::About;
use super::prepare::Prepared;
use crate::segment::{Definitions, Expression, Term};

/// How many parts a definition may have with everything that it names written out.
const PARTS_MAX: usize = 20_000;

/// A definition by what it is and its name.
type Key = (About, CompactString);

/// Reports definitions that name themselves, directly or through others, and those that come to too much.
pub(super) fn check(catalog: &[Prepared<'_>], definitions: &Definitions, diagnostics: &mut Vec<Diagnostic>) {
    let graph = graph(definitions);
    let mut sizes: BTreeMap<&Key, usize> = BTreeMap::new();
    let mut reported = BTreeSet::new();
    for key in graph.keys() {
        let mut path = Vec::new();
        if let Err(circle) = visit(key, &graph, &mut path, &mut sizes) {
            let least = circle.iter().min();
            if let Some(least) = least.filter(|least| reported.insert((*least).clone())) {
                diagnostics.extend(report(catalog, least, &circle));
            }
        } else if sizes.get(key).is_some_and(|size| *size > PARTS_MAX) && reported.insert(key.clone()) {
            let message = format!("this {} has more than {PARTS_MAX} parts with all that it names", key.0.noun());
            diagnostics.extend(mistake(catalog, key, "too-many", message, "name fewer definitions in it"));
        }
    }
}

fn graph(definitions: &Definitions) -> BTreeMap<Key, (usize, Vec<Key>)> {
    let mut graph = BTreeMap::new();
    let mut add = |about: About, name: &CompactString, expressions: &mut dyn Iterator<Item = &Expression>| {
        let (mut size, mut named) = (0, Vec::new());
        expressions.for_each(|expression| collect(expression, &mut size, &mut named));
        graph.insert((about, name.clone()), (size, named));
    };
    for segment in &definitions.segments {
        let leave = segment.latch.iter().filter_map(|latch| latch.leave.as_ref());
        add(About::Segment, &segment.name, &mut std::iter::once(&segment.condition).chain(leave));
    }
    for ladder in &definitions.ladders {
        add(About::Ladder, &ladder.name, &mut ladder.stages.iter().map(|(_, condition)| condition));
    }
    for score in &definitions.scores {
        add(About::Score, &score.name, &mut std::iter::once(&score.value));
    }
    graph
}

fn collect(expression: &Expression, size: &mut usize, named: &mut Vec<Key>) {
    *size += 1;
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other term names a definition")]
    match &expression.term {
        Term::Member(name) => named.push((About::Segment, name.clone())),
        Term::Stage(name) => named.push((About::Ladder, name.clone())),
        Term::Score(name) => named.push((About::Score, name.clone())),
        _ => {}
    }
    expression.parts().into_iter().for_each(|part| collect(part, size, named));
}

/// The size of a definition with all that it names, noted; or the circle that it is part of or leads to.
fn visit<'a>(
    key: &'a Key,
    graph: &'a BTreeMap<Key, (usize, Vec<Key>)>,
    path: &mut Vec<&'a Key>,
    sizes: &mut BTreeMap<&'a Key, usize>,
) -> Result<usize, Vec<Key>> {
    if let Some(size) = sizes.get(key) {
        return Ok(*size);
    }
    if let Some(start) = path.iter().position(|earlier| *earlier == key) {
        return Err(path.iter().skip(start).map(|key| (*key).clone()).collect());
    }
    let Some((own, named)) = graph.get(key) else { return Ok(0) };
    path.push(key);
    let mut size = *own;
    for other in named {
        size = size.saturating_add(visit(other, graph, path, sizes)?);
    }
    path.pop();
    sizes.insert(key, size);
    Ok(size)
}

fn report(catalog: &[Prepared<'_>], least: &Key, circle: &[Key]) -> Option<Diagnostic> {
    let start = circle.iter().position(|key| key == least).unwrap_or(0);
    let round = circle.iter().cycle().skip(start).take(circle.len() + 1);
    let names: Vec<String> = round.map(|(about, name)| format!("{}(\"{name}\")", about.form())).collect();
    let message = format!("definitions name each other in a circle: {}", names.join(", which asks "));
    mistake(catalog, least, "circular-definition", message, "one of them has to be written without the others")
}

fn mistake(
    catalog: &[Prepared<'_>],
    key: &Key,
    code: &'static str,
    message: String,
    help: &'static str,
) -> Option<Diagnostic> {
    let prepared = catalog.iter().find(|one| one.about() == key.0 && one.name.text.as_str() == key.1.as_str())?;
    Some(prepared.of_file(Diagnostic::error(code, prepared.name.span, message).help(help)))
}
