//! The catalog, its sizes, and what is wrong with them: segments nobody is in, small ones, and on request who leaves.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use spicchio_core::segment::CompiledSegment;

use super::leaving::{self, Departures, Leaving};
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
    /// Nobody is in it, and this instance announced nobody since it started.
    never_entered: bool,
    /// It has fewer members here than were asked for.
    small: bool,
    /// Who leaves soon, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaving: Option<Leaving>,
}

/// What is asked about segments.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// Fewer members than this are few.
    #[serde(default = "Asked::few")]
    small: u64,
    /// Whether to count who leaves within the hour and the day: that takes a while.
    #[serde(default)]
    leaving: bool,
}

impl Asked {
    /// Fewer members than this are few, unless the request says otherwise.
    const fn few() -> u64 {
        100
    }
}

/// A stage of a ladder and how many are in it.
#[derive(Debug, Serialize)]
struct Stage {
    stage: String,
    members: u64,
}

pub(super) async fn all(State(shown): State<Shown>, Query(asked): Query<Asked>) -> Result<Json<Segments>, Problem> {
    let catalog = shown.partitions.catalog();
    let look = Look::taken(&shown, &asked).await?;
    let items = catalog.segments().iter().map(|segment| one(&shown, segment, &look)).collect();
    Ok(Json(Segments { catalog: catalog.hash().to_string(), items }))
}

pub(super) async fn named(
    State(shown): State<Shown>,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Segment>, Problem> {
    let catalog = shown.partitions.catalog();
    let segment =
        catalog.segments().iter().find(|segment| *segment.name == *name).ok_or_else(|| {
            Problem::new(StatusCode::NOT_FOUND, "no segment has that name: /api/v1/segments lists them")
        })?;
    Ok(Json(one(&shown, segment, &Look::taken(&shown, &asked).await?)))
}

/// One look at the customers, for all segments that are shown.
struct Look {
    members: BTreeMap<Arc<str>, Vec<u64>>,
    small: u64,
    departures: Option<Departures>,
}

impl Look {
    async fn taken(shown: &Shown, asked: &Asked) -> Result<Self, Problem> {
        let departures = if asked.leaving { Some(leaving::counted(shown).await?) } else { None };
        Ok(Self { members: members(&shown.partitions.assigned()), small: asked.small, departures })
    }
}

fn one(shown: &Shown, segment: &CompiledSegment, look: &Look) -> Segment {
    let [entered, exited, moved] = shown.metrics.changes_of(&segment.name);
    let members = look.members.get(&segment.name).map_or(&[][..], Vec::as_slice);
    let stage = |(index, name): (usize, &Arc<str>)| Stage {
        stage: name.to_string(),
        members: members.get(index).copied().unwrap_or(0),
    };
    let inside: u64 = members.iter().sum();
    Segment {
        name: segment.name.to_string(),
        description: segment.description.clone(),
        condition: segment.text.clone(),
        definition: segment.hash.to_string(),
        labels: segment.labels.clone(),
        members: inside,
        stages: segment.stages().iter().enumerate().map(stage).collect(),
        entered,
        exited,
        moved,
        never_entered: inside == 0 && entered == 0 && moved == 0,
        small: inside < look.small,
        leaving: look.departures.as_ref().map(|departures| departures.of(&segment.name)),
    }
}
