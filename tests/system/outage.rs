//! What happened while the processor was down is known before anything is decided about that time.
//!
//! Proves: a purchase that was written during an outage, and is unread when the processor comes back long after the
//! deadline, prevents a false "cart abandoned"; an entry that became true during the outage is announced with the
//! instant at which it became true, and says that it was decided later.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use spicchio_core::timer::Instant;
use spicchio_testkit::announced::Announced;
use spicchio_testkit::kafka::{Broker, Isolation, Load, Reader, committed, load};
use spicchio_testkit::process::{until, until_some};
use spicchio_testkit::processor::{Program, Setup};

use crate::scene::BINARY;

const SEGMENTS: &str = "
segments:
  - segment: abandoned
    when: since(last(cart_add)) >= 8s and count(purchase, since last(cart_add)) == 0
";
/// The segment's deadline, in milliseconds after the cart.
const DEADLINE: i64 = 8_000;
const PATIENCE: Duration = Duration::from_mins(1);

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970");
    i64::try_from(since.as_millis()).expect("the clock is before the year 292 million")
}

fn event(topic: &str, customer: &str, kind: &str, time: i64) -> Load {
    let json = format!(r#"{{"id":"{kind}-{customer}","type":"{kind}","customer_id":"{customer}","time":{time}}}"#);
    Load::new(topic, customer, json).at(time)
}

fn wait_until_read(broker: &Broker, setup: &Setup, offset: i64) {
    until("the carts are read and committed", PATIENCE, || {
        committed(broker, &setup.name, &[setup.events()]).iter().any(|c| c.offset >= Some(offset))
    });
}

#[test]
fn a_purchase_during_the_outage_counts() {
    let broker = Broker::shared();
    let setup = Setup::new("outage", &broker, SEGMENTS).on_wall_clock();
    setup.create_inputs(&broker, 1);
    let mut program = Program::new(BINARY, &setup);
    program.init_from_the_beginning();
    program.start();
    program.wait_until_ready();

    let cart = now();
    let carts = ["buyer", "leaver"].map(|customer| event(setup.events(), customer, "cart_add", cart));
    load(&broker, carts);
    wait_until_read(&broker, &setup, 2);
    program.kill();
    // Its deadline is the last: when it has been announced, the buyer's has passed.
    load(&broker, [event(setup.events(), "last", "cart_add", cart + 2_000)]);
    load(&broker, [event(setup.events(), "buyer", "purchase", cart + 1_000)]);
    until("all deadlines have passed during the outage", PATIENCE, || now() > cart + 2_000 + DEADLINE + 2_000);
    program.start();

    let mut reader = Reader::new(&broker, &setup.transitions(), Isolation::ReadCommitted);
    let announced: Vec<Announced> = until_some("the last deadline is announced", PATIENCE, || {
        reader.read_on();
        let all: Vec<Announced> = reader.records().iter().map(Announced::from_record).collect();
        all.iter().any(|one| one.customer == "last").then_some(all)
    });
    let told: Vec<(&str, &str, Instant)> =
        announced.iter().map(|one| (one.customer.as_str(), one.change.as_str(), one.at)).collect();
    let at = |offset: i64| Instant::from_millis(cart + offset + DEADLINE);
    assert_eq!(told, [("leaver", "entered", at(0)), ("last", "entered", at(2_000))], "decided while down?");
    let late = announced.iter().all(|one| one.decided_at > Some(at(2_000)) && one.cause == "time");
    assert!(late, "an entry does not say that it was decided after the outage: {announced:?}");
}
