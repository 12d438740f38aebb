//! Definitions with their tests, as files that a marketer can read: the examples, and the corners of the language.
//!
//! They run through the same code as `spicchio test`. Expected instants are derived by hand from what the documentation
//! says of the language, never from what the engine answered. A scenario file stands alone; the examples are one
//! catalog, as in a shop.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, and says why")]

mod causes;
mod files;

use spicchio_core::replay::{Outcome, run};
use spicchio_core::segment::language::Scenario;

use crate::files::Loaded;

/// What is not as a test says, a line each.
fn differences(loaded: &Loaded, scenario: &Scenario, outcome: &Outcome) -> Vec<String> {
    let place = format!("{}: {}", loaded.place(scenario), scenario.name);
    let mut lines = Vec::new();
    let mut add = |line: String| lines.push(format!("{place}: {line}"));
    outcome.refused.iter().for_each(|(at, reason)| add(format!("the event given at {at} is refused: {reason}")));
    outcome.missing.iter().for_each(|change| add(format!("expected, did not happen: {change}")));
    outcome.unexpected.iter().for_each(|change| add(format!("happened, not expected: {change}")));
    outcome.members.iter().for_each(|wrong| add(format!("other members than expected: {wrong:?}")));
    if let Some(why) = &outcome.why {
        add(format!("why, for {} and {} at {}:\n{}", why.customer, why.segment, why.at, why.explanation));
    }
    lines
}

/// Runs every test of these files, and fails with everything that is not as they say.
fn hold(loaded: &Loaded) {
    let mut wrong = Vec::new();
    for scenario in &loaded.scenarios {
        let outcome = run(&loaded.catalog, scenario);
        if !outcome.passed() {
            wrong.extend(differences(loaded, scenario, &outcome));
        }
    }
    assert!(wrong.is_empty(), "{} of the tests' claims do not hold:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_examples_hold() {
    hold(&Loaded::together("schemas/examples/segments"));
}

#[test]
fn every_scenario_holds() {
    for loaded in Loaded::each("tests/scenarios") {
        hold(&loaded);
    }
}

/// A run that nothing can fail would prove nothing.
#[test]
fn a_wrong_claim_is_found() {
    let claim = "segments: [{segment: s, when: \"count(search, 1h) > 0\"}]\n\
                 tests: [{test: t, given: [{at: 2026-01-05T10:00:00Z, customer: c, type: search}], \
                 expect: [{at: 2026-01-05T10:00:00Z, customer: c, entered: s}], until: 2026-01-06}]\n";
    let loaded = Loaded::of(vec![files::Source { name: "claim.yaml".to_owned(), text: claim.to_owned() }]);
    let [scenario] = loaded.scenarios.as_slice() else { panic!("one test") };
    let outcome = run(&loaded.catalog, scenario);
    let lines = differences(&loaded, scenario, &outcome);
    assert!(lines.iter().any(|line| line.contains("not expected: 2026-01-05T11:00:00.000Z c exited s")), "{lines:?}");
}
