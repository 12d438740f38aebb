//! What is computed of an audience, against the slowest way to find it out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Overlaps, edges, leaving, measured, per_day, per_member_and_day, soon};
use crate::customer::{CustomerId, Place};
use crate::event::{Decoder, Number, Record, TopicRules};
use crate::replay::{Replay, settings};
use crate::segment::Catalog;
use crate::segment::language::{Source, load};
use crate::timer::{Instant, Length};
use crate::transition::Transition;

/// Windows, ladders, memories and what asks for them, in a zone whose summer time ends within the histories.
const DEFINITIONS: &str = r#"
zone: Europe/Rome
segments:
  - {segment: viewed, when: 'count(page_view, 6h) > 0'}
  - {segment: viewed-thrice, when: 'count(page_view, 6h) >= 3'}
  - {segment: same, when: 'since(last(page_view)) < 6h'}
  - {segment: quiet, when: 'since(last(any)) >= 2h and since(last(any)) < 20h'}
  - {segment: month, when: 'count(purchase, 1mo) > 0'}
  - {segment: evening, when: 'hour() between 18 and 21'}
  - segment: hot
    enter when: count(page_view, 1h) >= 2
    leave when: since(last(page_view)) >= 3h
    stay: 5h
    rest: 1d
  - {segment: hot-buyers, when: 'member("hot") and count(purchase, 12h) > 0'}
  - {segment: reentered, when: 'hour() in [1, 3, 5, 7, 9, 11]'}
ladders:
  - ladder: pace
    stages:
      - {stage: fast, when: 'count(page_view, 2h) >= 2'}
      - {stage: slow, when: 'count(page_view, 10h) >= 1'}
    otherwise: still
scores:
  - {score: views, value: 'count(page_view, 1d)'}
  - {score: spent, value: 'sum(purchase.total)'}
  - {score: hours, value: 'since(last(purchase)) / 1h'}
"#;

const KINDS: [&str; 4] = ["page_view", "page_view", "purchase", "search"];

/// 25 October 2026, 00:00 in Rome; summer time ends at 03:00.
const START: i64 = 1_792_879_200_000;

/// A history of 40 customers over a day and a half, another one for each seed.
fn history(seed: u64) -> Replay {
    let sources = [Source { name: "audience.yaml".to_owned(), text: DEFINITIONS.to_owned() }];
    let catalog = Arc::new(Catalog::measuring(&load(&sources).unwrap().definitions));
    let rules = TopicRules { key_required: false, ..TopicRules::default() };
    let decoder = Decoder::new(catalog.interest(), &rules);
    let mut replay = Replay::new(catalog, &settings(None));
    let (mut state, mut time) = (seed, START);
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for number in 0..400 {
        time += i64::try_from(random(600_000)).unwrap();
        let kind = KINDS[usize::try_from(random(4)).unwrap()];
        let line = format!(
            r#"{{"id":"{number}","type":"{kind}","customer_id":"c-{}","time":{time},"properties":{{"total":{}}}}}"#,
            random(40),
            random(50)
        );
        let event = decoder.decode(&Record { value: Some(line.as_bytes()), ..Record::default() }).unwrap();
        replay.event(0, event, drop);
    }
    replay.finish(Instant::from_millis(time), drop);
    replay
}

fn catalog_of(replay: &Replay) -> Arc<Catalog> {
    Arc::clone(replay.catalog())
}

/// Who is in what, by id and name.
fn inside(replay: &Replay) -> BTreeSet<(CustomerId, usize)> {
    let mut all = BTreeSet::new();
    for id in replay.table().ids() {
        let read = |customer: &crate::customer::Customer| {
            let standings = customer.memberships.iter().filter(|(_, place, _)| *place != Place::Outside);
            standings.map(|(index, ..)| index).collect::<Vec<_>>()
        };
        for index in replay.table().read(id.as_str(), read).unwrap() {
            all.insert((id.clone(), index));
        }
    }
    all
}

/// The first time each member leaves, as the engine decides it when the clock moves on.
fn lived(mut replay: Replay, until: Instant) -> BTreeMap<(CustomerId, usize), Instant> {
    let catalog = catalog_of(&replay);
    let members = inside(&replay);
    let mut left = BTreeMap::new();
    replay.finish(until, |transition: Transition| {
        let index = catalog.segments().iter().position(|segment| segment.name == transition.segment).unwrap();
        let key = (transition.customer, index);
        if members.contains(&key) {
            left.entry(key).or_insert(transition.at);
        }
    });
    left
}

#[test]
fn departures_are_those_that_the_engine_decides_when_time_goes_on() {
    let mut seen = 0;
    for seed in 1..=4 {
        let replay = history(seed);
        let (catalog, clock) = (catalog_of(&replay), replay.clock().unwrap());
        for (ahead, since) in [(1, 3_600_000), (24, 86_400_000), (24 * 5, 86_400_000 * 5)] {
            let until = clock.plus(since);
            let mut foreseen = BTreeMap::new();
            for id in replay.table().ids() {
                let follow = |customer: &crate::customer::Customer| {
                    leaving(&catalog, id.as_str(), customer, customer.now(clock), (until, None))
                };
                let departures = replay.table().read(id.as_str(), follow).unwrap();
                assert!(departures.complete);
                foreseen.extend(departures.at.into_iter().map(|(index, at)| ((id.clone(), index), at)));
            }
            let lived = lived(history(seed), until);
            assert_eq!(foreseen, lived, "seed {seed}, {ahead} hours ahead");
            seen += lived.len();
        }
        let soon = soon(&catalog, replay.table(), clock, None, usize::MAX);
        assert!(soon.complete);
        for (counts, millis) in [(&soon.hour, 3_600_000), (&soon.day, 86_400_000)] {
            let lived = lived(history(seed), clock.plus(millis));
            let expected = (0..catalog.segments().len()).map(|index| lived.keys().filter(|(_, i)| *i == index).count());
            assert_eq!(*counts, expected.map(|count| count as u64).collect::<Vec<_>>(), "seed {seed}");
        }
    }
    assert!(seen > 300, "only {seen} departures were compared");
}

#[test]
fn who_is_forgotten_leaves_everything() {
    let replay = history(1);
    let (catalog, clock) = (catalog_of(&replay), replay.clock().unwrap());
    let id = replay.table().ids().into_iter().next().unwrap();
    let after = Length::fixed(86_400_000 * 2);
    replay.table().read(id.as_str(), |customer| {
        let at = customer.newest.plus(86_400_000 * 2);
        let departures = leaving(&catalog, id.as_str(), customer, clock, (at, Some(after)));
        let inside = customer.memberships.iter().filter(|(_, place, _)| *place != Place::Outside).count();
        assert_eq!(departures.at.len(), inside, "{departures:?}");
        let before = leaving(&catalog, id.as_str(), customer, clock, (at.plus(-1), Some(after)));
        assert!(before.at.len() < inside && before.at.iter().all(|(_, left)| *left < at));
    });
}

#[test]
fn a_bound_on_who_is_followed_is_told() {
    let replay = history(3);
    let (catalog, clock) = (catalog_of(&replay), replay.clock().unwrap());
    let bounded = soon(&catalog, replay.table(), clock, None, 2);
    assert!(!bounded.complete);
    let all = soon(&catalog, replay.table(), clock, None, usize::MAX);
    assert!(bounded.day.iter().zip(&all.day).all(|(least, all)| least <= all));
}

#[test]
fn overlaps_are_those_of_sets_of_customers() {
    let mut equal = 0;
    for seed in 1..=12 {
        let replay = history(seed);
        let catalog = catalog_of(&replay);
        let mut sets: BTreeMap<(usize, Option<usize>), BTreeSet<CustomerId>> = BTreeMap::new();
        let mut overlaps = Overlaps::new(&catalog).unwrap();
        for id in replay.table().ids() {
            replay.table().read(id.as_str(), |customer| {
                overlaps.add(customer);
                for (index, place, _) in customer.memberships.iter().filter(|(_, place, _)| *place != Place::Outside) {
                    sets.entry((index, place.index())).or_default().insert(id.clone());
                }
            });
        }
        let mut expected = Vec::new();
        for (one, ones) in &sets {
            for (other, others) in sets.range(one..).skip(1) {
                let both = ones.intersection(others).count();
                let smaller = ones.len().min(others.len());
                if both * 10 > smaller * 9 {
                    let (low, high) = if ones.len() <= others.len() { (one, other) } else { (other, one) };
                    expected.push((*low, *high, both));
                    equal += usize::from(ones == others);
                }
            }
        }
        expected.sort_unstable();
        let found = overlaps.found();
        let key = |audience: super::Audience| (audience.segment, audience.place.index());
        let mut pairs: Vec<_> =
            found.iter().map(|o| (key(o.smaller), key(o.larger), usize::try_from(o.both).unwrap())).collect();
        pairs.sort_unstable();
        assert_eq!(pairs, expected, "seed {seed}");
        for overlap in found {
            let same = sets[&key(overlap.smaller)] == sets[&key(overlap.larger)];
            assert_eq!(overlap.is_equal(), same);
        }
    }
    assert!(equal > 10, "two segments of these are always the same");
}

#[test]
fn edges_part_the_population() {
    let replay = history(5);
    let measured = measured(&catalog_of(&replay), replay.table(), replay.clock().unwrap());
    assert_eq!(measured.len(), 3);
    for score in &measured {
        assert_eq!(score.values.len() as u64 + score.none, replay.table().len() as u64);
        for parts in [2, 4, 5, 10] {
            // The greatest value below which there are no more than `part / parts` of all.
            let naive = (1..parts).filter_map(|part| {
                let below = |value: &&Number| score.values.iter().filter(|other| other < value).count();
                score.values.iter().filter(|value| below(value) * parts <= part * score.values.len()).max().copied()
            });
            assert_eq!(edges(&score.values, parts), naive.collect::<Vec<_>>(), "{parts} parts");
        }
    }
    assert!(measured.iter().any(|score| score.none > 0), "somebody never bought");
    assert_eq!(edges(&[], 5), []);
}

#[test]
fn rates_are_exact_quotients() {
    let number = |text| Some(Number::parse(text).unwrap());
    assert_eq!(per_day(3, 86_400_000 * 2), number("1.5"));
    assert_eq!(per_day(1, 86_400_000 * 3), number("0.333333"));
    assert_eq!(per_day(1, 0), None);
    assert_eq!(per_member_and_day(6, 86_400_000 * 2, 4), number("0.75"));
    assert_eq!(per_member_and_day(6, 86_400_000, 0), None);
}
