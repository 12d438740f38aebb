//! Random histories: ties, late events, duplicates, missing and wrong values, undeclared types, traits.

use std::collections::BTreeMap;

use crate::definition::{Declarations, Type};

use spicchio_core::event::Number;
use spicchio_core::timer::Date;

use super::{Random, Scale, vocabulary};
use crate::given::{GivenEvent, Json};

/// How many input topics there are.
pub const TOPICS: u8 = 3;

/// Events in the order in which they are read, of which the types in `read` are the most frequent.
///
/// Ids are unique but for duplicates, which repeat an event of their own topic, so any interleaving of the topics
/// counts the same events.
pub fn history(random: &mut Random, scale: &Scale, declarations: &Declarations, read: &[String]) -> Vec<GivenEvent> {
    let many = random.between(5, 30);
    let customers = ["c", "d", "\u{e9}"];
    let customers = &customers[..=random.place(customers.len())];
    let mut events = Vec::<GivenEvent>::new();
    for number in 0..many {
        let time = match events.last() {
            Some(event) if random.chance(25) => event.time,
            _ => scale.at(random.between(0, scale.ticks * 3 / 4)),
        };
        let kind = kind(random, read);
        let id = random.chance(65).then(|| format!("{:04x}-{number}", random.bits() & 0xFFFF));
        let topic = u8::try_from(random.between(0, i64::from(TOPICS) - 1)).unwrap_or(0);
        let customer = (*random.pick(customers)).to_owned();
        let properties = properties(random, scale, declarations, &kind);
        events.push(GivenEvent { topic, id, kind, customer, time, properties });
    }
    let mut read = delayed(random, scale, events);
    if !scale.is_calendar {
        repeat(random, &mut read);
    }
    read
}

fn kind(random: &mut Random, read: &[String]) -> String {
    let known = match random.between(0, 19) {
        0..=13 if !read.is_empty() => return random.pick(read).clone(),
        0..=15 => *random.pick(&vocabulary::READ),
        16..=18 => "profile",
        _ => *random.pick(&vocabulary::UNDECLARED),
    };
    known.to_owned()
}

/// In the order of their times, but for those that come late; of equal times in any order.
fn delayed(random: &mut Random, scale: &Scale, mut events: Vec<GivenEvent>) -> Vec<GivenEvent> {
    random.shuffle(&mut events);
    let percent = *random.pick(&[0, 20, 50]);
    let mut arriving = Vec::new();
    for event in events {
        let delay = if random.chance(percent) { random.between(0, scale.ticks / 3) } else { 0 };
        arriving.push((event.time.plus(delay * scale.tick_millis), event));
    }
    arriving.sort_by_key(|(arrival, _)| *arrival);
    arriving.into_iter().map(|(_, event)| event).collect()
}

/// Repeats a few events later on, now and then with other contents under the same id.
fn repeat(random: &mut Random, events: &mut Vec<GivenEvent>) {
    for _ in 0..random.between(0, 2) {
        let place = random.place(events.len());
        let mut copy = events[place].clone();
        if copy.id.is_none() && random.chance(80) {
            continue;
        }
        if copy.id.is_some() && random.chance(30) {
            copy.properties.clear();
        }
        let later = place + 1 + random.place(events.len() - place);
        events.insert(later.min(events.len()), copy);
    }
}

fn properties(random: &mut Random, scale: &Scale, declarations: &Declarations, kind: &str) -> BTreeMap<String, Json> {
    let mut properties = BTreeMap::new();
    let declared = declarations.events.iter().filter(|event| event.name == kind);
    let declared = declared.flat_map(|event| event.properties.iter()).map(|(path, property)| (path, &property.ty));
    if kind == "profile" && random.chance(15) {
        let said = if random.chance(50) { Json::Null } else { Json::from("x") };
        properties.insert((*random.pick(&["plan", "address"])).to_owned(), said);
    }
    let (traits, percent) = if kind == "profile" { (Some(&declarations.traits), 35) } else { (None, 75) };
    for (path, ty) in declared.chain(traits.into_iter().flatten()) {
        if random.chance(percent) {
            let value = value(random, scale, path, ty);
            nest(&mut properties, path, value);
        }
    }
    if random.chance(10) {
        properties.insert("note".to_owned(), Json::from(i64::from(random.chance(50))));
    }
    properties
}

/// Puts a value at its path; a parent that is something else already stays what it is.
fn nest(properties: &mut BTreeMap<String, Json>, path: &[compact_str::CompactString], value: Json) {
    match path {
        [] => {}
        [name] => {
            properties.entry(name.to_string()).or_insert(value);
        }
        [name, rest @ ..] => {
            let parent = properties.entry(name.to_string()).or_insert_with(|| Json::object([]));
            if let Json::Object(members) = parent {
                nest(members, rest, value);
            }
        }
    }
}

/// A value of the type, or what counts as missing.
fn value(random: &mut Random, scale: &Scale, path: &[compact_str::CompactString], ty: &Type) -> Json {
    match random.between(0, 19) {
        0 => return Json::Null,
        1 => return Json::from(true),
        2 => return Json::from("x"),
        3 => return Json::Number("0.12345678".to_owned()),
        4 => return Json::object([("level", Json::from(1))]),
        _ => {}
    }
    let tick = random.between(0, scale.ticks);
    match path.first().map(compact_str::CompactString::as_str) {
        Some("born") => return Json::Text(born(random, scale, tick)),
        Some("order_id") => return Json::from(*random.pick(&["o-1", "o-2", "o-3", "o-4"])),
        Some("interests") => return Json::List((0..random.between(0, 3)).map(|_| interest(random)).collect()),
        Some(_) | None => {}
    }
    match ty {
        Type::Boolean => Json::from(random.chance(50)),
        Type::Number => Json::Number(vocabulary::number(random, -1, 5).to_string()),
        Type::Text => Json::from(*random.pick(&vocabulary::TEXTS)),
        Type::Instant => Json::Text(scale.at(tick).to_string()),
        Type::Date => Json::Text(scale.zone.date(scale.at(tick)).to_string()),
        Type::List if random.chance(50) => Json::List((0..random.between(0, 3)).map(|_| item(random)).collect()),
        Type::List => Json::List((0..random.between(0, 3)).map(|_| line_item(random)).collect()),
        Type::Point => {
            let (latitude, longitude) = *random.pick(&vocabulary::PLACES);
            let degrees = |millionths| Json::Number(Number::from_millionths(millionths).to_string());
            Json::object([("lat", degrees(latitude)), ("lon", degrees(longitude))])
        }
        Type::Duration | Type::Distance => Json::Null,
    }
}

/// A date some years before one within reach: often 29 February, where that is near.
fn born(random: &mut Random, scale: &Scale, tick: i64) -> String {
    let years = random.between(0, 3) * 4;
    let day = scale.zone.date(scale.at(if random.chance(50) { tick } else { scale.ticks / 2 }));
    let leap = i32::try_from(years / 4 * 1_461).unwrap_or(0);
    let day = Date::from_days(day.days() - leap - i32::from(random.chance(30)) * 365);
    if random.chance(20) { "2024-02-29".to_owned() } else { day.to_string() }
}

fn interest(random: &mut Random) -> Json {
    let mut members = BTreeMap::new();
    if random.chance(85) {
        members.insert("key".to_owned(), Json::from(*random.pick(&vocabulary::TEXTS)));
    }
    if random.chance(85) {
        members.insert("value".to_owned(), Json::Number(vocabulary::number(random, -1, 5).to_string()));
    }
    Json::Object(members)
}

fn item(random: &mut Random) -> Json {
    if random.chance(70) { Json::from(*random.pick(&vocabulary::TEXTS)) } else { Json::from(random.between(0, 3)) }
}

fn line_item(random: &mut Random) -> Json {
    let mut members = BTreeMap::new();
    if random.chance(80) {
        members.insert("product_id".to_owned(), Json::from(*random.pick(&vocabulary::TEXTS)));
    }
    if random.chance(40) {
        members.insert("category".to_owned(), Json::from(*random.pick(&vocabulary::TEXTS)));
    }
    if random.chance(60) {
        members.insert("price".to_owned(), Json::Number(vocabulary::number(random, 0, 5).to_string()));
    }
    Json::Object(members)
}
