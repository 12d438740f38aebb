//! A customer as a row.

use serde::{Deserialize, Serialize};

use super::RowError;
use super::leaf::ValueRow;
use super::output::append;
use super::state::{FeaturesRow, features, features_row};
use crate::customer::{Customer, CustomerId, Memberships, Place};
use crate::event::Value;
use crate::timer::Instant;

/// Its deadline is not written: it follows from the rest.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "ValueRow<V>: Deserialize<'de>", serialize = "ValueRow<V>: Serialize"))]
struct CustomerRow<'a, V> {
    id: &'a str,
    newest: i64,
    batch: u64,
    memberships: Vec<MembershipRow>,
    #[serde(borrow)]
    features: FeaturesRow<'a, V>,
}

#[derive(Serialize, Deserialize)]
struct MembershipRow {
    segment: u16,
    place: PlaceRow,
    since: i64,
}

#[derive(Serialize, Deserialize)]
enum PlaceRow {
    Outside,
    Inside,
    Stage(u16),
}

impl From<Place> for PlaceRow {
    fn from(place: Place) -> Self {
        match place {
            Place::Outside => Self::Outside,
            Place::Inside => Self::Inside,
            Place::Stage(stage) => Self::Stage(stage),
        }
    }
}

impl From<PlaceRow> for Place {
    fn from(row: PlaceRow) -> Self {
        match row {
            PlaceRow::Outside => Self::Outside,
            PlaceRow::Inside => Self::Inside,
            PlaceRow::Stage(stage) => Self::Stage(stage),
        }
    }
}

/// Appends the row of a customer.
///
/// # Errors
/// Never, for a customer that folding led to.
pub fn write_customer(out: &mut Vec<u8>, id: &CustomerId, customer: &Customer) -> Result<(), RowError> {
    let membership = |(segment, place, since): (usize, Place, Instant)| {
        Some(MembershipRow { segment: u16::try_from(segment).ok()?, place: place.into(), since: since.millis() })
    };
    append(
        out,
        &CustomerRow {
            id: id.as_str(),
            newest: customer.newest.millis(),
            batch: customer.batch,
            memberships: customer.memberships.iter().filter_map(membership).collect(),
            features: features_row(&customer.features),
        },
    )
}

/// Reads the first of some rows; the customer without its deadline, and the rows after it.
///
/// # Errors
/// Where the bytes do not begin with a row.
pub fn read_customer(bytes: &[u8]) -> Result<(CustomerId, Customer, &[u8]), RowError> {
    let (row, rest) = postcard::take_from_bytes::<CustomerRow<'_, Value>>(bytes)?;
    let mut memberships = Memberships::default();
    for one in row.memberships {
        memberships.set(usize::from(one.segment), one.place.into(), Instant::from_millis(one.since));
    }
    let customer = Customer {
        newest: Instant::from_millis(row.newest),
        batch: row.batch,
        features: features(row.features)?,
        memberships,
        ..Customer::new()
    };
    let id = CustomerId::new(row.id).ok_or(RowError::Content("a customer without a valid id"))?;
    Ok((id, customer, rest))
}
