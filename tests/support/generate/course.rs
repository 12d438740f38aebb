//! Random courses: a few segments, a few customers, and time for what they decide to run out.

use crate::definition::{Definitions, Form, Selection, Window};
use spicchio_core::timer::Length;

use super::catalog::catalog;
use super::{Random, Scale, history};
use crate::build::forms;
use crate::drive::Course;

/// The course of a seed.
pub fn course(seed: u64) -> Course {
    let mut random = Random::new(seed);
    let is_calendar = random.chance(11);
    let scale = if is_calendar { Scale::of_the_calendar(&mut random) } else { Scale::of_milliseconds(&mut random) };
    let definitions = catalog(&mut random, &scale);
    let events = history(&mut random, &scale, &definitions.declarations, &types_read(&definitions));
    let until = scale.at(if random.chance(90) { scale.ticks } else { 0 });
    let forgets = !is_calendar && random.chance(25);
    let forget_after = forgets.then(|| {
        let shortest = longest_length(&definitions).max(1);
        Length::fixed(shortest.max(random.between(1, 200)))
    });
    Course { definitions, events, until, forget_after, tick_millis: scale.tick_millis }
}

/// The names of the types that some form selects.
fn types_read(definitions: &Definitions) -> Vec<String> {
    let selections = definitions.expressions().flat_map(forms).flat_map(Form::selections);
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
    let forms = definitions.expressions().flat_map(forms);
    let lengths = forms.map(|form| {
        let within = match form {
            Form::Sequence { steps, all_within, .. } => {
                let steps = steps.iter().filter_map(|step| step.within).map(Length::millis_at_most).sum::<i64>();
                steps.max(all_within.map_or(0, Length::millis_at_most))
            }
            Form::Visits(_, gap, _) | Form::TimeSpent(_, gap, _) => gap.millis(),
            Form::Count(..)
            | Form::Days(..)
            | Form::Sum(..)
            | Form::Average(..)
            | Form::Minimum(..)
            | Form::Maximum(..)
            | Form::Distinct(..)
            | Form::Values(..)
            | Form::Top(..)
            | Form::Net(..)
            | Form::Moment(..)
            | Form::Pick(..) => 0,
        };
        within.max(window_length(form.window()))
    });
    lengths.max().unwrap_or(0)
}

fn window_length(window: &Window) -> i64 {
    let years = |many: i32| Length::new(many * 12, 0).millis_at_most();
    match window {
        Window::Life | Window::Between { .. } => 0,
        Window::Last { from, .. } => from.millis_at_most(),
        Window::After(_, _, _, inner) => window_length(inner),
        Window::During(period) => years(1 - period.offset),
    }
}
