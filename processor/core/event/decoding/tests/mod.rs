//! How the decoder is tried: every hostile record we know of, through one door, and laws that hold for all bytes.

mod acceptance;
mod cloudevents;
mod columns;
mod laws;
mod mapped;

use crate::event::{Column, Decoder, Event, Interest, Kind, KindInterest, Record, Rejection, TopicRules};
use crate::segment::Type;
use crate::timer::Instant;

/// The Kafka timestamp of the records here, and the time of their events.
const RECORDED: &str = "2026-11-21T10:00:00.000Z";

const EVENT: &str = concat!(
    r#"{"id":"e-1","type":"purchase","customer_id":"c-1","time":"2026-11-21T10:00:00.000Z","#,
    r#""properties":{"order_id":"o-9","total":120.50,"items":[{"product_id":"A","price":60.25}]}}"#
);

/// The types that exist here: the rank is the position.
const KINDS: [&str; 3] = ["profile", "purchase", "erase"];

fn recorded() -> Option<Instant> {
    Instant::parse(RECORDED)
}

fn keyed<'a>(key: &'a [u8], value: &'a [u8]) -> Record<'a> {
    Record { key: Some(key), value: Some(value), headers: &[], timestamp: recorded() }
}

fn column(path: &str, ty: Type) -> Column {
    let path = path.split('.').map(Into::into).collect();
    Column { path, ty, nonnegative: false, spread: false }
}

/// Every declared type reads these columns.
fn interest(columns: &[Column]) -> Interest {
    Interest { kinds: KINDS.map(|name| KindInterest { name: name.into(), columns: columns.to_vec() }).into() }
}

fn decode(record: &Record<'_>, columns: &[Column], rules: &TopicRules) -> Result<Event, Rejection> {
    Decoder::new(&interest(columns), rules).decode(record)
}

/// The event on one line, or the code of the reason.
fn outcome(decoded: &Result<Event, Rejection>) -> String {
    match decoded {
        Err(rejection) => rejection.reason.to_string(),
        Ok(event) => {
            let kind = match &event.kind {
                Kind::Declared(rank) => KINDS[usize::from(*rank)],
                Kind::Other(name) => name,
            };
            format!("{kind} of {} at {}, {:?}", event.customer, event.time, event.identity)
        }
    }
}
