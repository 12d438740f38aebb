//! Decides about one record after another of one topic: an event, or the reason why it is refused.
//!
//! Total and pure: every byte string has an answer, the same on every machine and at every time. Acceptance depends on
//! the record and its topic's rules; the definitions only say which properties are read of what was accepted. Not
//! here: repeated ids ([`crate::event::Dedup`]), which depend on what was read before.

use std::borrow::Cow;
use std::collections::BTreeMap;

use compact_str::CompactString;

use super::envelope::{Envelope, Layout, Part};
use super::mapping::TypeRule;
use super::properties::{self, Columns};
use super::scalar::{self, Tally};
use super::scan;
use crate::customer::CustomerId;
use crate::event::{Event, Identity, Interest, Kind, Reason, Record, Rejection, Slot, TopicRules};
use crate::timer::Instant;

/// The type that erases a customer.
const ERASE: &str = "erase";

/// Decodes the records of one topic.
#[derive(Clone, Debug)]
pub struct Decoder {
    layout: Layout,
    /// What a type's name in a record means, sorted by that name; a name that is not here is a type nobody declared.
    kinds: Vec<(CompactString, Named)>,
    fixed: Option<Named>,
    default: Option<Named>,
    /// By rank.
    columns: Vec<Columns>,
    max_ahead_millis: Option<i64>,
    max_late_millis: Option<i64>,
    control: bool,
    key_required: bool,
}

/// A type by the name it has here.
#[derive(Clone, Debug)]
struct Named {
    kind: Kind,
    erases: bool,
}

impl Decoder {
    /// The longest name of a type, in bytes.
    pub const TYPE_BYTES_MAX: usize = 128;
    /// The longest id, in bytes.
    pub const ID_BYTES_MAX: usize = 256;

    /// A decoder of one topic that reads what `interest` names.
    pub fn new(interest: &Interest, rules: &TopicRules) -> Self {
        let ranks = interest.kinds.iter().zip(0u16..).map(|(kind, rank)| (kind.name.as_str(), rank)).collect();
        let named = |name: &str| Named::new(name, &ranks);
        let mut kinds = ranks.keys().map(|name| (CompactString::from(*name), named(name))).collect::<BTreeMap<_, _>>();
        kinds.insert(ERASE.into(), named(ERASE));
        kinds.extend(rules.mapping.types.iter().map(|(from, to)| (from.clone(), named(to))));
        let (fixed, default) = match &rules.mapping.kind {
            TypeRule::Fixed(name) => (Some(named(name)), None),
            TypeRule::Read { default, .. } => (None, default.as_deref().map(named)),
        };
        Self {
            layout: Layout::new(&rules.mapping),
            kinds: kinds.into_iter().collect(),
            fixed,
            default,
            columns: interest.kinds.iter().map(Columns::new).collect(),
            max_ahead_millis: rules.max_ahead_millis,
            max_late_millis: rules.max_late_millis,
            control: rules.control,
            key_required: rules.key_required,
        }
    }

    /// The event of a record, or why it is refused.
    pub fn decode(&self, record: &Record<'_>) -> Result<Event, Rejection> {
        let value = record.value.unwrap_or_default();
        if value.len() > Record::VALUE_BYTES_MAX {
            return Err(Rejection::new(Reason::TooLarge, "the value has more than 1 MiB"));
        }
        if self.key_required && record.key.is_none_or(<[u8]>::is_empty) {
            return Err(Rejection::new(Reason::NoKey, "the record has no key: produce it keyed by the customer id"));
        }
        let parts = self.layout.read(record)?;
        let kind = self.kind(parts.kind)?;
        let customer = customer(parts.customer, record.key)?;
        let time = self.time(parts.time, record.timestamp)?;
        let identity = identity(parts.id, value)?;
        let mut tally = Tally::default();
        let slots = self.slots(&kind, &parts, &mut tally)?;
        Ok(Event {
            customer,
            kind,
            time,
            identity,
            slots,
            numbers_out_of_range: tally.numbers_out_of_range,
            values_of_wrong_type: tally.values_of_wrong_type,
        })
    }

    fn kind(&self, part: Option<Part<'_>>) -> Result<Kind, Rejection> {
        let text = match (&self.fixed, part) {
            (Some(fixed), _) => return self.permitted(fixed),
            (None, Some(part)) => {
                text(part).ok_or_else(|| Rejection::new(Reason::BadType, "the type is not a text"))?
            }
            (None, None) => Cow::Borrowed(""),
        };
        if text.is_empty() {
            let no_type = || Rejection::new(Reason::NoType, "the event has no type");
            return self.default.as_ref().map_or_else(|| Err(no_type()), |default| self.permitted(default));
        }
        if text.len() > Self::TYPE_BYTES_MAX {
            let detail = format!("the type has {} bytes; {} are allowed", text.len(), Self::TYPE_BYTES_MAX);
            return Err(Rejection::new(Reason::TypeTooLong, detail));
        }
        let position = self.kinds.binary_search_by(|(name, _)| name.as_str().cmp(&text));
        match position.ok().and_then(|position| self.kinds.get(position)) {
            Some((_, named)) => self.permitted(named),
            None => Ok(Kind::Other(text.into())),
        }
    }

    fn permitted(&self, named: &Named) -> Result<Kind, Rejection> {
        if named.erases && !self.control {
            let detail = "`erase` is accepted from the topic configured as `control` alone";
            return Err(Rejection::new(Reason::NotControl, detail));
        }
        Ok(named.kind.clone())
    }

    /// The event's time, within the topic's bounds around the record's.
    fn time(&self, part: Option<Part<'_>>, timestamp: Option<Instant>) -> Result<Instant, Rejection> {
        let part = part.ok_or_else(|| Rejection::new(Reason::NoTime, "the event has no time"))?;
        let time = match part {
            Part::Json(raw) => scalar::instant(raw),
            Part::Text(text) => Instant::parse(text),
            Part::Key(_) => None,
        };
        let bad = "the time is neither RFC 3339 with an offset nor integer milliseconds, in the years 1 to 9999";
        let time = time.ok_or_else(|| Rejection::new(Reason::BadTime, bad))?;
        let Some(recorded) = timestamp else { return Ok(time) };
        let ahead = time.millis().saturating_sub(recorded.millis());
        if self.max_ahead_millis.is_some_and(|most| ahead > most) {
            let detail = format!("the event's time is {ahead} ms after the record's: check the producer's clock");
            return Err(Rejection::new(Reason::TimeInFuture, detail));
        }
        if self.max_late_millis.is_some_and(|most| ahead.saturating_neg() > most) {
            let detail = format!("the event's time is {} ms before the record's", ahead.saturating_neg());
            return Err(Rejection::new(Reason::TooLate, detail));
        }
        Ok(time)
    }

    fn slots(&self, kind: &Kind, parts: &Envelope<'_>, tally: &mut Tally) -> Result<Slots, Rejection> {
        if parts.properties.is_some_and(|raw| !raw.trim_start().starts_with('{')) {
            return Err(Rejection::new(Reason::BadProperties, "the properties are not an object"));
        }
        let columns = match kind {
            Kind::Declared(rank) => self.columns.get(usize::from(*rank)),
            Kind::Other(_) => None,
        };
        Ok(match (columns, parts.properties) {
            (Some(columns), Some(raw)) if !columns.is_empty() => columns.read(raw, tally),
            (Some(columns), _) => properties::absent(columns),
            (None, _) => Slots::new(),
        })
    }
}

type Slots = smallvec::SmallVec<[Slot; 4]>;

impl Named {
    fn new(name: &str, ranks: &BTreeMap<&str, u16>) -> Self {
        let kind = ranks.get(name).map_or_else(|| Kind::Other(name.into()), |rank| Kind::Declared(*rank));
        Self { kind, erases: name == ERASE }
    }
}

/// Text as it is; nothing for a JSON value that is none.
fn text(part: Part<'_>) -> Option<Cow<'_, str>> {
    match part {
        Part::Json(raw) => scan::string(raw),
        Part::Text(text) => Some(Cow::Borrowed(text)),
        Part::Key(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

/// Text, or an integer as it is written.
fn text_or_integer(part: Part<'_>) -> Option<Cow<'_, str>> {
    let integer = |raw: &str| raw.strip_prefix('-').unwrap_or(raw).bytes().all(|byte| byte.is_ascii_digit());
    match part {
        Part::Json(raw) if integer(raw) => Some(Cow::Borrowed(raw)),
        Part::Json(_) | Part::Text(_) | Part::Key(_) => text(part),
    }
}

fn customer(part: Option<Part<'_>>, key: Option<&[u8]>) -> Result<CustomerId, Rejection> {
    let no_customer = || Rejection::new(Reason::NoCustomer, "the event names no customer");
    let part = part.ok_or_else(no_customer)?;
    let bad = || Rejection::new(Reason::BadCustomer, "the customer is neither a text nor an integer");
    let id = text_or_integer(part).ok_or_else(bad)?;
    if id.is_empty() {
        return Err(no_customer());
    }
    let customer = CustomerId::new(&id).ok_or_else(|| {
        let detail = format!("the customer has {} bytes; {} are allowed", id.len(), CustomerId::BYTES_MAX);
        Rejection::new(Reason::CustomerTooLong, detail)
    })?;
    if key.is_some_and(|key| key != id.as_bytes()) {
        return Err(Rejection::new(Reason::KeyMismatch, "the record's key is not the event's customer"));
    }
    Ok(customer)
}

/// An empty id is none: producers that fill every field would otherwise repeat one id for ever.
fn identity(part: Option<Part<'_>>, value: &[u8]) -> Result<Identity, Rejection> {
    let Some(part) = part else { return Ok(Identity::of_record(value)) };
    let bad = || Rejection::new(Reason::BadId, "the id is neither a text nor an integer");
    let id = text_or_integer(part).ok_or_else(bad)?;
    if id.len() > Decoder::ID_BYTES_MAX {
        return Err(Rejection::new(Reason::IdTooLong, format!("the id has {} bytes; 256 are allowed", id.len())));
    }
    Ok(if id.is_empty() { Identity::of_record(value) } else { Identity::of_id(&id) })
}
