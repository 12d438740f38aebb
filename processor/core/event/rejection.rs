//! Every reason for which a record is refused.
//!
//! Which one is a function of the record and its topic's rules alone, never of the definitions, the clock or other
//! records: a replay refuses the same. The codes are published in dead letters and metrics, and never change meaning.

use std::borrow::Cow;
use std::fmt;

/// Why a record is refused. The first that applies is given, in this order; `internal` is no check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Its value is longer than a record may be.
    TooLarge,
    /// It has no key, so it stands on a partition by chance.
    NoKey,
    /// It calls itself a `CloudEvent`, but is a batch, or a header of it is not UTF-8.
    BadCloudEvent,
    /// It has no value, or one of no bytes.
    Empty,
    /// Its value is not UTF-8.
    NotUtf8,
    /// Its JSON nests deeper than allowed.
    TooDeep,
    /// Its value is not exactly one JSON object, or a text in it holds half a surrogate pair.
    NotJson,
    /// It has no type, or an empty one.
    NoType,
    /// Its type is not a text.
    BadType,
    /// Its type is longer than a type may be.
    TypeTooLong,
    /// It would erase a customer, but its topic is not the one configured as `control`.
    NotControl,
    /// It has no customer, or an empty one.
    NoCustomer,
    /// Its customer is neither a text nor an integer, or a key that is not UTF-8.
    BadCustomer,
    /// Its customer is longer than a customer id may be.
    CustomerTooLong,
    /// Its key and its customer differ.
    KeyMismatch,
    /// It has no time.
    NoTime,
    /// Its time is neither RFC 3339 with an offset nor integer milliseconds, or lies outside the years 1 to 9999.
    BadTime,
    /// Its time is further after the record's Kafka timestamp than `max_ahead` allows.
    TimeInFuture,
    /// Its time is further before the record's Kafka timestamp than `max_late` allows.
    TooLate,
    /// Its id is neither a text nor an integer.
    BadId,
    /// Its id is longer than an id may be.
    IdTooLong,
    /// Its properties are not an object.
    BadProperties,
    /// Deciding about it failed: a defect of this program. The record is kept as a dead letter and skipped.
    Internal,
}

impl Reason {
    /// All reasons, in the order of the checks.
    pub const ALL: [Self; 23] = [
        Self::TooLarge,
        Self::NoKey,
        Self::BadCloudEvent,
        Self::Empty,
        Self::NotUtf8,
        Self::TooDeep,
        Self::NotJson,
        Self::NoType,
        Self::BadType,
        Self::TypeTooLong,
        Self::NotControl,
        Self::NoCustomer,
        Self::BadCustomer,
        Self::CustomerTooLong,
        Self::KeyMismatch,
        Self::NoTime,
        Self::BadTime,
        Self::TimeInFuture,
        Self::TooLate,
        Self::BadId,
        Self::IdTooLong,
        Self::BadProperties,
        Self::Internal,
    ];

    /// The published code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::NoKey => "no_key",
            Self::BadCloudEvent => "bad_cloud_event",
            Self::Empty => "empty",
            Self::NotUtf8 => "not_utf8",
            Self::TooDeep => "too_deep",
            Self::NotJson => "not_json",
            Self::NoType => "no_type",
            Self::BadType => "bad_type",
            Self::TypeTooLong => "type_too_long",
            Self::NotControl => "not_control",
            Self::NoCustomer => "no_customer",
            Self::BadCustomer => "bad_customer",
            Self::CustomerTooLong => "customer_too_long",
            Self::KeyMismatch => "key_mismatch",
            Self::NoTime => "no_time",
            Self::BadTime => "bad_time",
            Self::TimeInFuture => "time_in_future",
            Self::TooLate => "too_late",
            Self::BadId => "bad_id",
            Self::IdTooLong => "id_too_long",
            Self::BadProperties => "bad_properties",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A record refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Why.
    pub reason: Reason,
    /// What its producer has to change; at most [`Rejection::DETAIL_BYTES_MAX`] bytes. Never holds text of the record.
    pub detail: Cow<'static, str>,
}

impl Rejection {
    /// The longest detail, in bytes; a longer one is cut.
    pub const DETAIL_BYTES_MAX: usize = 256;

    /// A rejection with its detail.
    pub fn new(reason: Reason, detail: impl Into<Cow<'static, str>>) -> Self {
        let mut detail = detail.into();
        if detail.len() > Self::DETAIL_BYTES_MAX {
            let end = detail.floor_char_boundary(Self::DETAIL_BYTES_MAX);
            detail.to_mut().truncate(end);
        }
        Self { reason, detail }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.detail)
    }
}
