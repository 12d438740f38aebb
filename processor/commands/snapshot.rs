//! `spicchio snapshot`: what a store holds of a group, whether it is intact, and who is in it.

use std::io::Write as _;

use clap::{Args, Subcommand, ValueEnum};
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::json;
use spicchio_core::customer::{Customer, CustomerId, Place};
use spicchio_core::timer::Instant;
use spicchio_runtime::snapshot::{Found, Manifest, Shelf, Store, found, read};

use super::configured::Configured;
use super::exit::{Exit, Failure};
use super::terminal::{self, Format, Terminal};

/// Look at the snapshots of a group, while the processor runs or not
#[derive(Debug, Args)]
pub(crate) struct Snapshot {
    #[command(subcommand)]
    look: Look,
}

#[derive(Debug, Subcommand)]
enum Look {
    /// Which snapshots there are, newest first
    List(Where),
    /// Whether every byte of every snapshot is as it was written; fails when one is not
    Verify(Where),
    /// The customers of the newest snapshot of each partition, one a line
    Export(Export),
}

/// Which snapshots.
#[derive(Debug, Args)]
struct Where {
    #[command(flatten)]
    configured: Configured,
    /// Only this partition
    #[arg(long, value_name = "N")]
    partition: Option<i32>,
    /// How to write the report
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

/// Which snapshots, and as what.
#[derive(Debug, Args)]
struct Export {
    #[command(flatten)]
    configured: Configured,
    /// Only this partition
    #[arg(long, value_name = "N")]
    partition: Option<i32>,
    /// JSON lines, or CSV with a heading
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Lines,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Lines {
    #[default]
    Ndjson,
    Csv,
}

/// One snapshot in a report.
#[derive(Serialize)]
struct Row<'a> {
    partition: i32,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<&'a Manifest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wrong: Option<String>,
}

impl Snapshot {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        match self.look {
            Look::List(wanted) => look(wanted, terminal, |_, _| None),
            Look::Verify(wanted) => look(wanted, terminal, |shelf, found| {
                let manifest = found.manifest.as_ref().ok()?;
                read(shelf, &found.name, manifest, |_, _| ()).err().map(|refusal| refusal.to_string())
            }),
            Look::Export(wanted) => export(wanted, terminal),
        }
    }
}

/// Lists snapshots; `check` says what is wrong with one beyond its manifest.
fn look(wanted: Where, terminal: Terminal, check: fn(&Shelf, &Found) -> Option<String>) -> Result<Exit, Failure> {
    let shelf = shelf(wanted.configured)?;
    let all = found(&shelf, wanted.partition).map_err(|error| Failure::Broken(error.to_string()))?;
    // It draws on a terminal alone.
    let bar = ProgressBar::new(all.len() as u64);
    let mut wrong = Vec::new();
    for found in &all {
        wrong.push(found.manifest.as_ref().err().map(ToString::to_string).or_else(|| check(&shelf, found)));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let rows = all.iter().zip(&wrong).map(|(found, wrong)| Row {
        partition: found.partition,
        name: &found.name,
        manifest: found.manifest.as_ref().ok(),
        wrong: wrong.clone(),
    });
    match wanted.output {
        Format::Json => terminal::json(&rows.collect::<Vec<_>>())?,
        Format::Text => {
            let mut data = terminal::data();
            for row in rows {
                writeln!(data, "{}", line(&row))?;
            }
            data.flush()?;
        }
    }
    let damaged = wrong.iter().flatten().count();
    if damaged == 0 {
        return Ok(Exit::Fine);
    }
    terminal.error(&format!("{damaged} of {} snapshots cannot be used; recovery takes the one before", all.len()));
    Ok(Exit::Bad)
}

fn line(row: &Row<'_>) -> String {
    let Row { partition, name, manifest, wrong } = row;
    let about = manifest.map(|manifest| {
        let bytes: u64 = manifest.parts.iter().map(|part| part.bytes).sum();
        let written = Instant::from_millis(manifest.written);
        format!("batch {}, {} customers, {bytes} bytes, written {written}", manifest.batch, manifest.customers)
    });
    let what = wrong.as_ref().map(|wrong| format!("WRONG: {wrong}")).or(about).unwrap_or_default();
    format!("partition {partition}  {name}  {what}")
}

fn export(wanted: Export, terminal: Terminal) -> Result<Exit, Failure> {
    let shelf = shelf(wanted.configured)?;
    let all = found(&shelf, wanted.partition).map_err(|error| Failure::Broken(error.to_string()))?;
    let (mut data, mut last, mut broken) = (terminal::data(), None, None);
    if wanted.format == Lines::Csv {
        writeln!(data, "partition,customer,newest_event,segment,stage,since")?;
    }
    for found in all {
        let Ok(manifest) = &found.manifest else { continue };
        if last == Some(found.partition) {
            continue;
        }
        last = Some(found.partition);
        let written = read(&shelf, &found.name, manifest, |id, customer| {
            let lines = match wanted.format {
                Lines::Ndjson => vec![ndjson(manifest, id, customer)],
                Lines::Csv => csv(manifest, id, customer),
            };
            for line in lines {
                broken = broken.take().or(writeln!(data, "{line}").err());
            }
        });
        if let Some(error) = broken {
            return Err(error.into());
        }
        written.map_err(|refusal| Failure::Broken(format!("snapshot {}: {refusal}", found.name)))?;
    }
    data.flush()?;
    if last.is_none() {
        terminal.say("there is no snapshot that can be read");
    }
    Ok(Exit::Fine)
}

/// Where a customer is inside: the segment or ladder, the stage by its number, and since when.
fn standings(manifest: &Manifest, customer: &Customer) -> Vec<(String, Option<u16>, Instant)> {
    let named = |segment: usize| manifest.segments.get(segment).cloned().unwrap_or_else(|| segment.to_string());
    let standing = |(segment, place, since): (usize, Place, Instant)| match place {
        Place::Outside => None,
        Place::Inside => Some((named(segment), None, since)),
        Place::Stage(stage) => Some((named(segment), Some(stage), since)),
    };
    customer.memberships.iter().filter_map(standing).collect()
}

fn ndjson(manifest: &Manifest, id: &CustomerId, customer: &Customer) -> String {
    let standing = |(segment, stage, since): (String, Option<u16>, Instant)| {
        let since = since.to_string();
        json!({"segment": segment, "stage": stage, "since": since})
    };
    let memberships: Vec<_> = standings(manifest, customer).into_iter().map(standing).collect();
    let newest = customer.newest.to_string();
    json!({"partition": manifest.partition, "customer_id": id.as_str(), "newest_event": newest, "in": memberships})
        .to_string()
}

/// A line for each segment that the customer is in, and one with empty columns for who is in none.
fn csv(manifest: &Manifest, id: &CustomerId, customer: &Customer) -> Vec<String> {
    let head = format!("{},{},{}", manifest.partition, quoted(id.as_str()), customer.newest);
    let standings = standings(manifest, customer);
    if standings.is_empty() {
        return vec![format!("{head},,,")];
    }
    let line = |(segment, stage, since): (String, Option<u16>, Instant)| {
        let stage = stage.map(|stage| stage.to_string()).unwrap_or_default();
        format!("{head},{},{stage},{since}", quoted(&segment))
    };
    standings.into_iter().map(line).collect()
}

/// A field of RFC 4180. One that a spreadsheet would take for a formula is quoted, too, with a mark before it.
fn quoted(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if mark.is_empty() && !text.contains(['"', ',', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

fn shelf(configured: Configured) -> Result<Shelf, Failure> {
    let config = configured.load()?.config;
    let none = || Failure::Configuration("`snapshots.store` is not set: there are no snapshots".to_owned());
    let wanted = config.snapshots.ok_or_else(none)?;
    let store = Store::open(&wanted.store).map_err(|error| Failure::Configuration(error.to_string()))?;
    Ok(Shelf::new(store, &config.kafka.group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_quoted_where_it_must_be() {
        for (text, field) in [
            ("c-1", "c-1"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(quoted(text), field);
        }
    }
}
