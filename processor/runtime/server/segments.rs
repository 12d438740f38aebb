//! The catalog and its sizes.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use spicchio_core::segment::CompiledSegment;

use super::problem::Problem;
use super::{Shown, members};

/// All segments, by name.
#[derive(Debug, Serialize)]
pub(super) struct Segments {
    /// The hash of all definitions together.
    catalog: String,
    items: Vec<Segment>,
}

/// A segment and how many are in it.
#[derive(Debug, Serialize)]
pub(super) struct Segment {
    name: String,
    description: Option<String>,
    /// The canonical text of its condition.
    condition: String,
    /// The hash of the compiled segment, as in its transitions.
    definition: String,
    /// Labels of the author's.
    labels: BTreeMap<String, String>,
    /// Customers in it, or in any of its stages, in the partitions of this instance.
    members: u64,
    /// Of a ladder, its stages in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stages: Vec<Stage>,
    /// Entries announced by this instance since it started.
    entered: u64,
    /// Exits announced by this instance since it started.
    exited: u64,
    /// Moves from stage to stage announced by this instance since it started.
    moved: u64,
}

/// A stage of a ladder and how many are in it.
#[derive(Debug, Serialize)]
struct Stage {
    stage: String,
    members: u64,
}

pub(super) async fn all(State(shown): State<Shown>) -> Json<Segments> {
    let catalog = shown.partitions.catalog();
    let members = members(&shown.partitions.assigned());
    let items = catalog.segments().iter().map(|segment| one(&shown, segment, &members)).collect();
    Json(Segments { catalog: catalog.hash().to_string(), items })
}

pub(super) async fn named(State(shown): State<Shown>, Path(name): Path<String>) -> Result<Json<Segment>, Problem> {
    let catalog = shown.partitions.catalog();
    let segment =
        catalog.segments().iter().find(|segment| *segment.name == *name).ok_or_else(|| {
            Problem::new(StatusCode::NOT_FOUND, "no segment has that name: /api/v1/segments lists them")
        })?;
    Ok(Json(one(&shown, segment, &members(&shown.partitions.assigned()))))
}

fn one(shown: &Shown, segment: &CompiledSegment, members: &BTreeMap<Arc<str>, Vec<u64>>) -> Segment {
    let [entered, exited, moved] = shown.metrics.changes_of(&segment.name);
    let members = members.get(&segment.name).map_or(&[][..], Vec::as_slice);
    let stage = |(index, name): (usize, &Arc<str>)| Stage {
        stage: name.to_string(),
        members: members.get(index).copied().unwrap_or(0),
    };
    Segment {
        name: segment.name.to_string(),
        description: segment.description.clone(),
        condition: segment.text.clone(),
        definition: segment.hash.to_string(),
        labels: segment.labels.clone(),
        members: members.iter().sum(),
        stages: segment.stages().iter().enumerate().map(stage).collect(),
        entered,
        exited,
        moved,
    }
}
