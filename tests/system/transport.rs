//! Over TLS, and as a user with a password: what is configured works, what is not lets nobody in, and no secret shows.
//!
//! Proves: through a port that takes SASL/SCRAM over TLS alone, with the password in a file of its own, an event goes
//! in and its transition comes out; with a wrong password, and with an authority that did not sign the broker's
//! certificate, the start is refused (exit code 78) with the settings to look at; neither password is ever written.

use std::time::Duration;

use spicchio_testkit::announced::Announced;
use spicchio_testkit::kafka::{Authority, Broker, Isolation, Load, Reader, USER, load};
use spicchio_testkit::process::until_some;
use spicchio_testkit::processor::{Program, Setup};

use crate::scene::BINARY;

const SEGMENTS: &str = "segments: [{segment: buyer, when: count(purchase) >= 1}]\n";
const PATIENCE: Duration = Duration::from_mins(1);
const WRONG_PASSWORD: &str = "not-the-password-that-was-set";
/// 2026-01-05T10:00:00Z
const TIME: i64 = 1_767_607_200_000;

/// A deployment that goes through the guarded port with that password, trusting that authority.
fn guarded(broker: &Broker, name: &str, password: &str, trusted: &Authority) -> Program {
    let mut setup = Setup::new(name, broker, SEGMENTS);
    broker.guarded_port().clone_into(&mut setup.brokers);
    setup.properties.extend([
        ("security.protocol", "sasl_ssl"),
        ("sasl.mechanisms", "SCRAM-SHA-512"),
        ("sasl.username", USER),
        ("sasl.password", "${file:password}"),
        ("ssl.ca.location", "authority.pem"),
    ]);
    let program = Program::new(BINARY, &setup);
    program.folder().write("password", &format!("{password}\n"));
    program.folder().write("authority.pem", &trusted.certificate());
    program
}

fn assert_refused(program: &Program, password: &str, words: &[&str]) {
    let run = program.command(&["run", "--from", "earliest"]);
    assert_eq!(run.code, Some(78), "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is not named in: {}", run.stderr);
    }
    assert!(!run.stderr.contains(password) && !run.stdout.contains(password), "the password shows: {}", run.stderr);
}

#[test]
fn a_user_with_a_password_over_tls() {
    let authority = Authority::new();
    let (broker, password) = Broker::start_guarded(&authority);
    let setup = Setup::new("transport", &broker, SEGMENTS);
    setup.create_inputs(&broker, 2);
    assert_refused(
        &guarded(&broker, "transport", WRONG_PASSWORD, &authority),
        WRONG_PASSWORD,
        &["sasl.password", "sasl.username", broker.guarded_port()],
    );
    assert_refused(
        &guarded(&broker, "transport", &password, &Authority::new()),
        &password,
        &["ssl.ca.location", "certificate", broker.guarded_port()],
    );

    let mut program = guarded(&broker, "transport", &password, &authority);
    program.start_with(&["--from", "earliest"]);
    program.wait_until_ready();
    let json = format!(r#"{{"id":"1","type":"purchase","customer_id":"c","time":{TIME}}}"#);
    load(&broker, [Load::new(setup.events(), "c", json).at(TIME)]);
    let mut reader = Reader::new(&broker, &setup.transitions(), Isolation::ReadCommitted);
    let told = until_some("the transition", PATIENCE, || {
        assert!(program.is_running(), "the processor ended:\n{}", program.output());
        reader.read_on();
        reader.records().first().map(Announced::from_record)
    });
    assert_eq!((told.customer.as_str(), told.segment.as_str(), told.change.as_str()), ("c", "buyer", "entered"));
    let metrics = program.get("/metrics").map(|answer| answer.body).unwrap_or_default();
    assert!(program.terminate().success(), "{}", program.output());
    let written = program.output() + &metrics;
    assert!(!written.contains(&password), "the password shows:\n{written}");
}
