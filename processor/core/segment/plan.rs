//! All definitions compiled together: features shared, an index from event type to what it touches.

use std::sync::Arc;

use crate::event::Interest;
use crate::segment::Definitions;

/// The compiled set of definitions in force; immutable.
#[derive(Debug)]
pub struct Catalog {
    interest: Arc<Interest>,
    hash: Arc<str>,
    segments: Vec<CompiledSegment>,
}

/// A compiled segment.
#[derive(Debug)]
pub struct CompiledSegment {
    /// Its name.
    pub name: Arc<str>,
    /// What it is for.
    pub description: Option<String>,
    /// The canonical text of its condition.
    pub condition: String,
    /// Its hash: `sha256:` and 64 hexadecimal digits; a comment or layout changes nothing.
    pub hash: Arc<str>,
}

impl Catalog {
    /// Compiles definitions that the front end accepted.
    pub fn compile(_definitions: &Definitions) -> Self {
        Self { interest: Arc::default(), hash: "sha256:".into(), segments: Vec::new() }
    }

    /// Which properties its definitions read: what a decoder needs to know.
    pub fn interest(&self) -> &Arc<Interest> {
        &self.interest
    }

    /// The hash of all its segments.
    pub fn hash(&self) -> &Arc<str> {
        &self.hash
    }

    /// The segments, sorted by name; their positions are the order of [`crate::engine::Engine::members`].
    pub fn segments(&self) -> &[CompiledSegment] {
        &self.segments
    }
}
