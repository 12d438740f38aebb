//! What is wrong with a deployment is said at the start, with the remedy, and nothing is written until it is right.
//!
//! Proves: a mistake in the configuration, inputs that cannot be read in step, an input that compaction thins out, a
//! topic that does not exist, more inputs than their progress has room for, a group that was never told where to
//! begin: each is refused with exit code 78 and a message that names the setting or the topic. A broker that does not
//! answer is waited for, with a message. `init` creates missing output topics with the settings they need, is
//! harmless when repeated, and `run --from` does both.

use std::time::Duration;

use spicchio_testkit::kafka::{Broker, create_topic, setting, topic_partitions};
use spicchio_testkit::process::{free_port, until};
use spicchio_testkit::processor::{Finished, Program, Setup};

use crate::scene::BINARY;

/// The exit code of a refused configuration.
const REFUSED: Option<i32> = Some(78);
const SEGMENTS: &str = "segments: [{segment: buyer, when: count(purchase) >= 1}]\n";
const PATIENCE: Duration = Duration::from_mins(1);

fn init(setup: &Setup) -> Finished {
    Program::new(BINARY, setup).command(&["init", "--from", "earliest"])
}

/// Fails the test unless the end is a refusal whose message holds all of `words`.
fn assert_refused(finished: &Finished, words: &[&str]) {
    assert_eq!(finished.code, REFUSED, "exit code; standard error: {}", finished.stderr);
    for word in words {
        assert!(finished.stderr.contains(word), "`{word}` is not named in: {}", finished.stderr);
    }
    assert!(finished.stdout.is_empty(), "what is wrong belongs on standard error: {}", finished.stdout);
}

#[test]
fn an_unknown_setting_is_refused_with_its_place() {
    let broker = Broker::shared();
    let mut setup = Setup::new("startup-unknown", &broker, SEGMENTS);
    setup.create_inputs(&broker, 1);
    setup.settings.push("grase: 2s".to_owned());
    assert_refused(&init(&setup), &["grase", "grace", "config.yaml:"]);
}

#[test]
fn definitions_with_a_mistake_are_refused() {
    let broker = Broker::shared();
    let setup = Setup::new("startup-segments", &broker, "segments: [{segment: a, when: count(purchas) >= 1}]\n");
    setup.create_inputs(&broker, 1);
    let program = Program::new(BINARY, &setup);
    let run = program.command(&["run", "--from", "earliest"]);
    assert_refused(&run, &["purchas", "purchase", "segments.yaml"]);
}

#[test]
fn a_topic_that_does_not_exist_is_refused_by_name() {
    let broker = Broker::shared();
    let setup = Setup::new("startup-absent", &broker, SEGMENTS);
    assert_refused(&init(&setup), &["startup-absent.events"]);
    assert_eq!(topic_partitions(&broker, &setup.transitions()), None, "a refused start writes nothing");
}

#[test]
fn inputs_with_unequal_partitions_are_refused_with_both_counts() {
    let broker = Broker::shared();
    let setup = Setup::new("startup-unequal", &broker, SEGMENTS).and_reading("others");
    create_topic(&broker, "startup-unequal.events", 3, &[]);
    create_topic(&broker, "startup-unequal.others", 2, &[]);
    assert_refused(&init(&setup), &["startup-unequal.events", "startup-unequal.others", "3", "2"]);
}

#[test]
fn a_compacted_input_is_refused_with_the_setting() {
    let broker = Broker::shared();
    let setup = Setup::new("startup-compacted", &broker, SEGMENTS);
    create_topic(&broker, setup.events(), 1, &[("cleanup.policy", "compact")]);
    assert_refused(&init(&setup), &[setup.events(), "cleanup.policy", "delete"]);
}

#[test]
fn more_inputs_than_a_committed_offset_has_room_for_are_refused_with_the_setting() {
    let broker = Broker::shared();
    let mut setup = Setup::new("startup-wide", &broker, SEGMENTS);
    for number in 0..20 {
        setup = setup.and_reading(&format!("{}-{number}", "a".repeat(200)));
    }
    setup.create_inputs(&broker, 1);
    assert_refused(&init(&setup), &["21 inputs", "offset.metadata.max.bytes", "4096", "fewer topics"]);
    assert_eq!(topic_partitions(&broker, &setup.transitions()), None, "a refused start writes nothing");
}

#[test]
fn a_group_that_never_began_is_refused_with_the_command() {
    let broker = Broker::shared();
    let setup = Setup::new("startup-new-group", &broker, SEGMENTS);
    setup.create_inputs(&broker, 1);
    let run = Program::new(BINARY, &setup).command(&["run"]);
    assert_refused(&run, &["init", "--from"]);
}

#[test]
fn init_creates_the_outputs_and_is_harmless_when_repeated() {
    let broker = Broker::shared();
    let setup = Setup::new("startup-init", &broker, SEGMENTS);
    setup.create_inputs(&broker, 3);
    let first = init(&setup);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    for topic in [setup.transitions(), setup.memberships(), setup.dead_letters()] {
        assert_eq!(topic_partitions(&broker, &topic), Some(3), "as many partitions as the input has: {topic}");
    }
    assert_eq!(setting(&broker, &setup.memberships(), "cleanup.policy").as_deref(), Some("compact"));
    assert_eq!(setting(&broker, &setup.transitions(), "cleanup.policy").as_deref(), Some("delete"));
    let second = init(&setup);
    assert!(second.stderr.contains(&setup.name), "a group that has begun is named: {}", second.stderr);
    let mut program = Program::new(BINARY, &setup);
    program.start();
    program.wait_until_ready();
    assert!(program.terminate().success(), "{}", program.output());
}

#[test]
fn run_from_prepares_a_new_group() {
    let broker = Broker::shared();
    let setup = Setup::new("startup-run-from", &broker, SEGMENTS);
    setup.create_inputs(&broker, 2);
    let mut program = Program::new(BINARY, &setup);
    for _ in 0..2 {
        program.start_with(&["--from", "earliest"]);
        program.wait_until_ready();
        assert!(program.terminate().success(), "{}", program.output());
    }
    assert_eq!(topic_partitions(&broker, &setup.transitions()), Some(2));
}

#[test]
fn a_broker_that_does_not_answer_is_waited_for() {
    let broker = Broker::shared();
    let mut setup = Setup::new("startup-nobody", &broker, SEGMENTS);
    let nobody = format!("127.0.0.1:{}", free_port());
    setup.brokers.clone_from(&nobody);
    let mut program = Program::new(BINARY, &setup);
    program.start_with(&["--from", "earliest"]);
    until("the silent broker is named", PATIENCE, || {
        assert!(program.is_running(), "it gave up instead of waiting:\n{}", program.output());
        program.output().contains(&nobody)
    });
    assert!(program.get("/readyz").is_none_or(|answer| answer.status == 503), "not ready without a broker");
    program.terminate();
}
