//! From a record to what waits in a queue: an event, or a dead letter.

use std::sync::Arc;

use spicchio_core::event::{Decoder, Interest};
use spicchio_core::wire::{Origin, dead_letter};

use super::intake::{Content, Waiting};
use crate::broker::{Arrival, Destination, Outgoing};
use crate::config::InputTopic;
use crate::metrics::Metrics;

/// A decoder for each input, in the order of the configuration.
#[derive(Debug)]
pub struct Sorting {
    inputs: Vec<(String, Decoder)>,
    metrics: Arc<Metrics>,
}

impl Sorting {
    /// Decoders of these topics that read what the definitions name.
    pub fn new(inputs: &[InputTopic], interest: &Interest, metrics: Arc<Metrics>) -> Self {
        let decoder = |input: &InputTopic| (input.topic.clone(), Decoder::new(interest, &input.rules));
        Self { inputs: inputs.iter().map(decoder).collect(), metrics }
    }

    /// How many inputs there are.
    pub fn topics(&self) -> usize {
        self.inputs.len()
    }

    /// The name of an input.
    pub fn topic(&self, index: usize) -> &str {
        self.inputs.get(index).map_or("", |(topic, _)| topic)
    }

    /// What a record that was just read is; counted.
    pub fn sort(&self, arrival: &Arrival<'_>) -> Waiting {
        let waiting = self.decode(arrival, true);
        let topic = self.topic(arrival.from.topic);
        self.metrics.records_read.with_label_values(&[topic]).inc();
        waiting
    }

    /// The same for a record that was read before: its dead letter was written then.
    pub fn sort_again(&self, arrival: &Arrival<'_>) -> Waiting {
        self.decode(arrival, false)
    }

    fn decode(&self, arrival: &Arrival<'_>, first_time: bool) -> Waiting {
        let (offset, recorded) = (arrival.offset, arrival.record.timestamp);
        let Some((topic, decoder)) = self.inputs.get(arrival.from.topic) else {
            return Waiting { offset, recorded, content: Content::Refused(None) };
        };
        let rejection = match decoder.decode(&arrival.record) {
            Ok(event) => return Waiting { offset, recorded, content: Content::Event(event) },
            Err(rejection) => rejection,
        };
        if !first_time {
            return Waiting { offset, recorded, content: Content::Refused(None) };
        }
        self.metrics.records_rejected.with_label_values(&[topic.as_str(), rejection.reason.as_str()]).inc();
        let origin = Origin { topic, partition: arrival.from.partition, offset };
        let (headers, value) = dead_letter(&rejection, &origin, &arrival.record);
        let key = arrival.record.key.map(|key| key.get(..KEY_BYTES_MAX).unwrap_or(key).to_vec());
        let letter = Outgoing { to: Destination::DeadLetters, key, value: Some(value), headers };
        Waiting { offset, recorded, content: Content::Refused(Some(Box::new(letter))) }
    }
}

/// The most of a refused record's key that becomes the key of its dead letter, in bytes.
const KEY_BYTES_MAX: usize = 1024;
