//! The smallest parts of a row: numbers, values, where an event stands.
//!
//! A value is a run of tokens in the order in which one reads it, a list or object first and then what is in it, so
//! that reading one back cannot go deeper than [`DEPTH_MAX`]. A sorted list of moments is written as the first and the
//! distances.

use compact_str::CompactString;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

use crate::event::{Identity, Number, Point, Value};
use crate::feature::{Moment, Position};
use crate::timer::{Date, Instant};

/// How deep lists and objects may lie in each other: deeper than any that decoding lets through.
const DEPTH_MAX: usize = 16;

#[derive(Serialize, Deserialize)]
enum Token<'a> {
    Boolean(bool),
    Number(i64),
    Text(&'a str),
    Instant(i64),
    Date(i32),
    Point(i64, i64),
    /// So many values follow.
    List(u32),
    /// So many names follow, each with its value.
    Object(u32),
    Name(&'a str),
}

type Tokens<'a> = SmallVec<[Token<'a>; 1]>;

/// A value in a row.
#[derive(Clone)]
pub(super) struct ValueRow<V>(pub(super) V);

impl Serialize for ValueRow<&Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tokens = Tokens::new();
        flatten(self.0, &mut tokens);
        serializer.collect_seq(tokens)
    }
}

impl<'de> Deserialize<'de> for ValueRow<Value> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tokens = Vec::<Token<'de>>::deserialize(deserializer)?;
        let mut tokens = tokens.into_iter();
        let value = unflatten(&mut tokens, DEPTH_MAX).filter(|_| tokens.next().is_none());
        value.map(Self).ok_or_else(|| D::Error::custom("no value"))
    }
}

fn flatten<'a>(value: &'a Value, tokens: &mut Tokens<'a>) {
    let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    tokens.push(match value {
        Value::Boolean(boolean) => Token::Boolean(*boolean),
        Value::Number(number) => Token::Number(number.millionths()),
        Value::Text(text) => Token::Text(text),
        Value::Instant(instant) => Token::Instant(instant.millis()),
        Value::Date(date) => Token::Date(date.days()),
        Value::Point(point) => Token::Point(point.latitude.millionths(), point.longitude.millionths()),
        Value::List(items) => {
            tokens.push(Token::List(count(items.len())));
            return items.iter().for_each(|item| flatten(item, tokens));
        }
        Value::Object(fields) => {
            tokens.push(Token::Object(count(fields.len())));
            return fields.iter().for_each(|(name, value)| {
                tokens.push(Token::Name(name));
                flatten(value, tokens);
            });
        }
    });
}

fn unflatten<'a>(tokens: &mut impl Iterator<Item = Token<'a>>, depth: usize) -> Option<Value> {
    let number = Number::from_millionths;
    Some(match tokens.next()? {
        Token::Boolean(boolean) => Value::Boolean(boolean),
        Token::Number(millionths) => Value::Number(number(millionths)),
        Token::Text(text) => Value::Text(text.into()),
        Token::Instant(millis) => Value::Instant(Instant::from_millis(millis)),
        Token::Date(days) => Value::Date(Date::from_days(days)),
        Token::Point(latitude, longitude) => {
            Value::Point(Point { latitude: number(latitude), longitude: number(longitude) })
        }
        Token::List(count) => {
            let depth = depth.checked_sub(1)?;
            let items: Option<Vec<Value>> = (0..count).map(|_| unflatten(tokens, depth)).collect();
            Value::List(items?.into())
        }
        Token::Object(count) => {
            let depth = depth.checked_sub(1)?;
            let field = |_| {
                let Some(Token::Name(name)) = tokens.next() else { return None };
                Some((CompactString::from(name), unflatten(tokens, depth)?))
            };
            let fields: Option<Vec<(CompactString, Value)>> = (0..count).map(field).collect();
            Value::Object(fields?.into())
        }
        Token::Name(_) => return None,
    })
}

/// Where an event stands: its moment, and its identity where that is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct PositionRow<'a> {
    moment: u64,
    #[serde(borrow)]
    identity: Option<&'a [u8]>,
}

impl<'a> From<&'a Position> for PositionRow<'a> {
    fn from(position: &'a Position) -> Self {
        Self { moment: position.moment.word(), identity: position.identity.as_ref().map(Identity::bytes) }
    }
}

impl From<PositionRow<'_>> for Position {
    fn from(row: PositionRow<'_>) -> Self {
        Self { moment: Moment::of_word(row.moment), identity: row.identity.map(Identity::restored) }
    }
}

/// Writes moments in order as distances.
#[derive(Default)]
pub(super) struct Distances {
    last: u64,
}

impl Distances {
    /// The distance of the next moment; moments out of order wrap, and come back all the same.
    pub(super) fn to(&mut self, moment: Moment) -> u64 {
        let distance = moment.word().wrapping_sub(self.last);
        self.last = moment.word();
        distance
    }

    /// The moment at the next distance.
    pub(super) fn from(&mut self, distance: u64) -> Moment {
        self.last = self.last.wrapping_add(distance);
        Moment::of_word(self.last)
    }
}
