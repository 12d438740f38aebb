//! Where scores part the customers of a replay into equal parts, and scores of fixed edges to paste.

use serde::Serialize;
use spicchio_core::audience::{Measured, edges, measured};
use spicchio_core::event::Number;
use spicchio_core::replay::Replay as Engine;
use spicchio_core::timer::Instant;

use super::super::exit::Failure;
use super::super::terminal::{Format, Terminal};
use super::figure::Figure;

/// The edges of one score.
#[derive(Debug, Serialize)]
pub(super) struct Edges {
    score: String,
    /// Customers that have a value.
    customers: usize,
    /// Customers that have none.
    none: u64,
    /// The least value of each part but the first, ascending: equal ones where a value is so frequent that it fills a
    /// part.
    #[serde(rename = "edges")]
    least: Vec<Figure>,
    /// A condition's `if` that gives each customer its part by these edges, 1 for the lowest.
    paste: Option<String>,
}

/// The edges of all scores over all customers at the end of a replay.
pub(super) fn of(engine: &Engine, parts: usize) -> Vec<Edges> {
    let catalog = engine.catalog();
    let measured = measured(catalog, engine.table(), engine.clock().unwrap_or(Instant::MIN));
    let of = |((name, _), Measured { values, none }): (&(std::sync::Arc<str>, _), &Measured)| {
        let found = edges(values, parts);
        Edges {
            score: name.to_string(),
            customers: values.len(),
            none: *none,
            paste: values.first().and_then(|lowest| pasted(name, *lowest, &found)),
            least: found.into_iter().map(|edge| Figure(Some(edge))).collect(),
        }
    };
    catalog.scores().iter().zip(&measured).map(of).collect()
}

/// `if score("s") >= 9 then 3 else if score("s") >= 4 then 2 else 1`. Equal edges are one, and one at the lowest value
/// of all parts nobody from anybody; nothing where none is left.
fn pasted(name: &str, lowest: Number, edges: &[Number]) -> Option<String> {
    let mut distinct: Vec<Number> = edges.iter().copied().filter(|edge| *edge > lowest).collect();
    distinct.dedup();
    let highest = distinct.len() + 1;
    let steps = distinct.iter().rev().zip((2..=highest).rev());
    let steps: Vec<String> = steps.map(|(edge, part)| format!("if score(\"{name}\") >= {edge} then {part}")).collect();
    (!steps.is_empty()).then(|| format!("{} else 1", steps.join(" else ")))
}

/// Writes edges to standard error.
pub(super) fn say(edges: &[Edges], format: Format, terminal: Terminal) -> Result<(), Failure> {
    if let Format::Json = format {
        let text = serde_json::to_string(&serde_json::json!({"edges": edges}));
        terminal.say(&text.map_err(|error| Failure::Output(error.into()))?);
        return Ok(());
    }
    for Edges { score, customers, none, least, paste } in edges {
        terminal.say(&format!("score {score}: {customers} customers, {none} without a value"));
        if let Some(paste) = paste {
            let least: Vec<String> = least.iter().map(ToString::to_string).collect();
            terminal.say(&format!("  edges: {}\n  value: {paste}", least.join(", ")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_that_part_nobody_are_not_pasted() {
        let edges = ["1", "1", "2.5", "9"].map(|text| Number::parse(text).unwrap());
        let text =
            "if score(\"s\") >= 9 then 4 else if score(\"s\") >= 2.5 then 3 else if score(\"s\") >= 1 then 2 else 1";
        let lowest = Number::parse("0.5").unwrap();
        assert_eq!(pasted("s", lowest, &edges).as_deref(), Some(text));
        let text = "if score(\"s\") >= 9 then 3 else if score(\"s\") >= 2.5 then 2 else 1";
        assert_eq!(pasted("s", edges[0], &edges).as_deref(), Some(text));
        assert_eq!(pasted("s", edges[3], &edges), None);
    }
}
