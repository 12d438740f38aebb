//! What is written comes back, and what is no row is refused.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::customer::{Customer, CustomerId, Place};
use crate::event::{Dedup, Identity, Number, Point, Sighting, Value};
use crate::feature::{
    Amounts, Edge, Entries, Entry, FeatureSet, History, Keyed, KeyedValue, Latest, Moment, Moments, Peaks, Position,
    Register, State,
};
use crate::timer::{Date, Instant};

fn number() -> impl Strategy<Value = Number> {
    any::<i64>().prop_map(Number::from_millionths)
}

fn moment() -> impl Strategy<Value = Moment> {
    any::<u64>().prop_map(Moment::of_word)
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        number().prop_map(Value::Number),
        ".{0,40}".prop_map(|text| Value::Text(text.into())),
        any::<i64>().prop_map(|millis| Value::Instant(Instant::from_millis(millis))),
        any::<i32>().prop_map(|days| Value::Date(Date::from_days(days))),
        (number(), number()).prop_map(|(latitude, longitude)| Value::Point(Point { latitude, longitude })),
    ];
    scalar.prop_recursive(4, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| Value::List(items.into())),
            prop::collection::vec(("[a-z]{0,4}", inner), 0..4).prop_map(|fields| {
                let fields: Vec<_> = fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
                Value::Object(Arc::from(fields))
            }),
        ]
    })
}

fn position() -> impl Strategy<Value = Position> {
    let identity = prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Identity::restored(&bytes));
    (moment(), prop::option::of(identity)).prop_map(|(moment, identity)| Position { moment, identity })
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

fn flat_state() -> impl Strategy<Value = State> {
    let few = 0..6_usize;
    let pairs = || prop::collection::vec((moment(), number()), 0..6).prop_map(sorted);
    let optional = || prop::option::of(value());
    let entries = prop::collection::vec((position(), optional()), few.clone());
    prop_oneof![
        any::<u64>().prop_map(State::Total),
        any::<(i128, u64)>().prop_map(|tally| State::Tally(Box::new(tally))),
        number().prop_map(State::Record),
        moment().prop_map(State::Moment),
        (position(), optional()).prop_map(|(position, value)| State::Edge(Box::new(Edge { position, value }))),
        (prop::collection::vec(moment(), few.clone()).prop_map(sorted), any::<bool>())
            .prop_map(|(kept, truncated)| State::Moments(Box::new(Moments::restored(kept, truncated).unwrap()))),
        (pairs(), any::<bool>(), any::<bool>()).prop_map(|(kept, truncated, shortened)| {
            State::Amounts(Box::new(Amounts::restored(kept, truncated, shortened).unwrap()))
        }),
        (pairs(), any::<bool>())
            .prop_map(|(kept, truncated)| State::Peaks(Box::new(Peaks::restored(kept, truncated).unwrap()))),
        (entries, any::<bool>()).prop_map(|(kept, truncated)| {
            let kept = kept.into_iter().map(|(position, value)| Entry { position, value }).collect();
            State::Entries(Box::new(Entries::restored(sorted(kept), truncated).unwrap()))
        }),
        (prop::collection::vec((moment(), value()), few), any::<bool>()).prop_map(|(kept, truncated)| {
            State::Latest(Box::new(Latest::restored(sorted(kept), truncated).unwrap()))
        }),
        (prop::collection::vec((position(), optional()), 0..6), prop::option::of(any::<i64>())).prop_map(
            |(mut assigned, began)| {
                assigned.sort_by(|a, b| a.0.cmp(&b.0));
                State::History(Box::new(History::restored(assigned, began.map(Instant::from_millis)).unwrap()))
            }
        ),
        (position(), optional()).prop_map(|(assigned, value)| State::Register(Box::new(Register { assigned, value }))),
    ]
}

fn features<S: Strategy<Value = State>>(state: S) -> impl Strategy<Value = FeatureSet> {
    prop::collection::btree_map(0..200_usize, state, 0..5).prop_map(|states| {
        let mut features = FeatureSet::default();
        for (index, state) in states {
            assert!(features.put_back(index, state));
        }
        features
    })
}

fn state() -> impl Strategy<Value = State> {
    let values = prop::collection::btree_map(value(), (moment(), features(flat_state())), 0..3);
    let keyed = (values, any::<bool>()).prop_map(|(values, truncated)| {
        let one = |(value, (latest, features))| KeyedValue { value, latest, features };
        State::Keyed(Box::new(Keyed { values: values.into_iter().map(one).collect(), truncated }))
    });
    prop_oneof![8 => flat_state(), 1 => keyed]
}

fn customer() -> impl Strategy<Value = (CustomerId, Customer)> {
    let memberships = prop::collection::btree_map(0..300_usize, any::<i64>(), 0..4);
    (".{1,60}", any::<i64>(), any::<u64>(), memberships, features(state())).prop_map(
        |(id, newest, batch, memberships, features)| {
            let mut customer = Customer { newest: Instant::from_millis(newest), batch, features, ..Customer::new() };
            for (segment, since) in memberships {
                let place = [Place::Inside, Place::Outside, Place::stage(segment)][segment % 3];
                customer.memberships.set(segment, place, Instant::from_millis(since));
            }
            (CustomerId::new(&id).unwrap(), customer)
        },
    )
}

proptest! {
    #[test]
    fn customers_come_back(customers in prop::collection::vec(customer(), 0..4)) {
        let mut rows = Vec::new();
        for (id, customer) in &customers {
            write_customer(&mut rows, id, customer).unwrap();
        }
        let mut rest = rows.as_slice();
        for (id, customer) in &customers {
            let (read_id, read, after) = read_customer(rest).unwrap();
            prop_assert_eq!((&read_id, &read), (id, customer));
            rest = after;
        }
        prop_assert!(rest.is_empty());
    }

    #[test]
    fn damaged_rows_are_refused_or_read_but_never_panic(
        (id, customer) in customer(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        short in any::<bool>(),
    ) {
        let mut row = Vec::new();
        write_customer(&mut row, &id, &customer).unwrap();
        let place = place.index(row.len());
        if short {
            row.truncate(place);
            prop_assert!(read_customer(&row).is_err());
        } else {
            row[place] = byte;
            let _ = read_customer(&row);
        }
    }

    #[test]
    fn ids_come_back(mut seen in prop::collection::vec((any::<u128>(), 0..1_000_i64), 0..20), time in 0..1_000_i64) {
        seen.sort_by_key(|(_, at)| *at);
        seen.dedup_by_key(|(hash, _)| *hash);
        let mut dedup = Dedup::new(i64::MAX, 1);
        let sighting = |(hash, at): &(u128, i64)| Sighting { hash: *hash, at: Instant::from_millis(*at) };
        dedup.restore(Instant::from_millis(time), seen.iter().map(sighting));
        let mut row = Vec::new();
        write_dedup(&mut row, &dedup).unwrap();
        let mut read = Dedup::new(i64::MAX, 2);
        read_dedup(&row, &mut read).unwrap();
        prop_assert_eq!(read.topic_time(), dedup.topic_time());
        prop_assert!(read.sightings().eq(dedup.sightings()));
        row.push(0);
        prop_assert_eq!(read_dedup(&row, &mut Dedup::new(i64::MAX, 2)), Err(RowError::Layout));
    }
}

#[test]
fn values_that_lie_too_deep_in_each_other_are_refused() {
    let mut customer = Customer::new();
    let deep = |levels| (0..levels).fold(Value::Boolean(true), |inner, _| Value::List(Arc::from([inner])));
    let id = CustomerId::new("c").unwrap();
    for (levels, read) in [(16, true), (17, false), (1_000, false)] {
        let position = Position { moment: Moment::of_word(1), identity: None };
        customer.features = FeatureSet::default();
        customer.features.put_back(0, State::Edge(Box::new(Edge { position, value: Some(deep(levels)) })));
        let mut row = Vec::new();
        write_customer(&mut row, &id, &customer).unwrap();
        assert_eq!(read_customer(&row).is_ok(), read, "{levels} levels");
    }
}
