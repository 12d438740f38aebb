//! Random courses: a few segments, a few customers, and time for what they decide to run out.

use spicchio_core::segment::{Definitions, Form, Selection, Window};
use spicchio_core::timer::{Length, Unit, Zone};

use super::{Author, Random, Scale, history};
use crate::build::{definitions, forms, segment, selections, window_of};
use crate::drive::Course;
use crate::given::shop;

/// How deep a random condition goes.
const DEPTH_MAX: i64 = 4;

/// The course of a seed.
pub fn course(seed: u64) -> Course {
    let mut random = Random::new(seed);
    let is_calendar = random.chance(8);
    let scale = if is_calendar { Scale::of_the_calendar(&mut random) } else { Scale::of_milliseconds(&mut random) };
    let definitions = segments(&mut random, &scale);
    let events = history(&mut random, &scale, &definitions.declarations, &types_read(&definitions));
    let until = scale.at(if random.chance(90) { scale.ticks } else { 0 });
    let forgets = !is_calendar && random.chance(25);
    let forget_after = forgets.then(|| {
        let shortest = longest_length(&definitions).max(1);
        Length::fixed(shortest.max(random.between(1, 200)))
    });
    Course { definitions, events, until, forget_after, tick_millis: scale.tick_millis }
}

/// One to four segments over one shop.
fn segments(random: &mut Random, scale: &Scale) -> Definitions {
    let declarations = shop();
    let many = random.between(1, 4);
    let mut segments = Vec::new();
    for number in 0..many {
        let depth = u8::try_from(random.between(0, DEPTH_MAX)).unwrap_or(0);
        let condition = Author::new(random, scale, &declarations).condition(depth);
        let zone = if random.chance(85) { scale.zone.clone() } else { Zone::UTC };
        segments.push(segment(&format!("s{number}"), condition, zone));
    }
    definitions(segments)
}

/// The names of the types that some form selects.
fn types_read(definitions: &Definitions) -> Vec<String> {
    let forms = definitions.segments.iter().flat_map(|segment| forms(&segment.condition));
    let selections = forms.flat_map(selections);
    let names = selections.flat_map(|events| match &events.selection {
        Selection::Any => Vec::new(),
        Selection::Types(types) => types.iter().map(ToString::to_string).collect(),
    });
    let mut names = names.collect::<Vec<_>>();
    names.sort();
    names.dedup();
    names
}

/// The longest window or `within`, in milliseconds: nobody may be forgotten before it has passed.
fn longest_length(definitions: &Definitions) -> i64 {
    let forms = definitions.segments.iter().flat_map(|segment| forms(&segment.condition));
    let lengths = forms.map(|form| {
        let within = match form {
            Form::Sequence { within, .. } => within.map_or(0, Length::millis_at_most),
            Form::Count(..)
            | Form::Days(..)
            | Form::Sum(..)
            | Form::Average(..)
            | Form::Minimum(..)
            | Form::Maximum(..)
            | Form::Distinct(..)
            | Form::Moment(..)
            | Form::Pick(..) => 0,
        };
        within.max(window_length(window_of(form)))
    });
    lengths.max().unwrap_or(0)
}

/// A length that no such unit of a calendar exceeds.
const fn longest(unit: Unit) -> Length {
    match unit {
        Unit::Day | Unit::Week => Length::fixed(8 * 86_400_000),
        Unit::Month | Unit::Year => Length::new(13, 0),
    }
}

fn window_length(window: &Window) -> i64 {
    match window {
        Window::Life | Window::Between { .. } => 0,
        Window::Last { from, .. } => from.millis_at_most(),
        Window::Period(period) => 2 * longest(period.unit).millis_at_most(),
        Window::After(_, _, inner) => window_length(inner),
    }
}
