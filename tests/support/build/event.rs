//! Events, one word after the other: `event("purchase", at).by("c").with("total", 5)`.

use std::collections::BTreeMap;

use spicchio_core::timer::Instant;

use crate::given::{GivenEvent, Json};

/// An event of customer `c` without id and properties.
pub fn event(kind: &str, time: Instant) -> GivenEvent {
    GivenEvent {
        topic: 0,
        id: None,
        kind: kind.to_owned(),
        customer: "c".to_owned(),
        time,
        properties: BTreeMap::new(),
    }
}

impl GivenEvent {
    /// The same of another customer.
    #[must_use]
    pub fn by(self, customer: &str) -> Self {
        Self { customer: customer.to_owned(), ..self }
    }

    /// The same with an id.
    #[must_use]
    pub fn called(self, id: &str) -> Self {
        Self { id: Some(id.to_owned()), ..self }
    }

    /// The same with one more property.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.properties.insert(name.to_owned(), value.into());
        self
    }
}
