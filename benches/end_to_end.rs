//! What goes through one real Apache Kafka, exactly once, from event to transition: `cargo bench --bench end_to_end`.
//!
//! A broker, the program as it is deployed, a producer and a consumer, all on this machine. First the program reads a
//! backlog: how many events a second it commits. Then events come at half and at a quarter of that rate on a
//! schedule, and a careful consumer takes the time from the instant at which an event was *to be* sent, so a pause
//! anywhere shows. Before the time is taken they come at that rate for a while: the broker's Java compiles what it
//! runs often. Arguments: customers, events, seconds, and one rate in place of the two (`-- 200000 1000000 20
//! 10000`). Needs Java and the jars of Apache Kafka, which `tests/run` fetches.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench prints its figures, and stops where something is lost"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts, rates and instants of a bench are far from the bounds of their types"
)]

mod through_kafka;
mod workload;

use std::time::{Duration, Instant as Wall};

use hdrhistogram::Histogram;
use through_kafka::{Deployment, GRACE_MILLIS, Heard, Listener, PARTITIONS, ProcessorTime, Sender, wall_micros};

/// The backlog's events are spread over so many days, which end when the bench begins.
const BACKLOG_DAYS: i64 = 7;
const PATIENCE: Duration = Duration::from_mins(5);
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// For so long events come at the rate before the time is taken.
const WARM_UP: Duration = Duration::from_secs(20);
/// After the last event: for what time decides, with the grace, the segment's own two seconds and some to spare.
const AFTERMATH: Duration = Duration::from_millis(GRACE_MILLIS as u64 + 3_000);

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let customers = numbers.next().unwrap_or(200_000);
    let backlog = numbers.next().unwrap_or(1_000_000);
    let lasting = Duration::from_secs(numbers.next().unwrap_or(20));
    let asked_rate = numbers.next();
    describe_machine();
    let mut deployment = Deployment::prepare();
    let seeded = workload::Events::new(7, customers);
    let mut sender = Sender::new(&deployment.broker, deployment.setup.events(), seeded);
    let producible = produce_backlog(&mut sender, backlog);
    let capacity = measure_capacity(&mut deployment, backlog);
    let part = |divisor: f64| (capacity.min(producible) / divisor) as u64;
    for rate in asked_rate.map_or_else(|| vec![part(2.0), part(4.0)], |rate| vec![rate]) {
        let heard = measure_latency(&mut deployment, &mut sender, rate.max(1), lasting);
        prove_nothing_lost(&mut deployment, &sender, &heard);
    }
    deployment.end();
}

fn describe_machine() {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    println!("{cores} cores, load before {}; one Apache Kafka, {PARTITIONS} partitions, 101 segments", load.join(" "));
}

/// Events a second that the broker took.
fn produce_backlog(sender: &mut Sender, count: u64) -> f64 {
    let begun = Wall::now();
    let now = wall_micros() / 1_000;
    sender.flood(count, now - BACKLOG_DAYS * 86_400_000, now);
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    println!("backlog: {count} events over {BACKLOG_DAYS} days of event time, written at {rate:.0} events/s");
    rate
}

/// Events a second from the first look at the topic to the commit of the last.
fn measure_capacity(deployment: &mut Deployment, count: u64) -> f64 {
    deployment.run();
    let before = wait_for(|| deployment.metric("spicchio_records_read_total").filter(|read| *read > 0));
    let (begun, used) = (Wall::now(), ProcessorTime::now());
    wait_for(|| (deployment.committed() == count).then_some(()));
    let took = begun.elapsed();
    let transitions = deployment.metric("spicchio_transitions_total").unwrap_or(0);
    // What had been read at the first look was not read in the time that is measured.
    let rate = (count - before) as f64 / took.as_secs_f64();
    let spoken = transitions as f64 / took.as_secs_f64();
    println!("capacity: {rate:.0} events/s, {spoken:.0} transitions/s ({transitions} in {:.1} s)", took.as_secs_f64());
    print_used(ProcessorTime::now().since(used), took, count);
    print_transactions(deployment);
    rate
}

fn measure_latency(deployment: &mut Deployment, sender: &mut Sender, rate: u64, lasting: Duration) -> Heard {
    let listener = Listener::start(&deployment.broker, &deployment.setup.transitions(), lasting);
    // Meanwhile the listener catches up with what came before.
    sender.keep_schedule(rate, WARM_UP, wall_micros());
    let from = wall_micros();
    listener.measure_from(from);
    let (begun, used) = (Wall::now(), ProcessorTime::now());
    let (behind, stored) = sender.keep_schedule(rate, lasting, from);
    let (took, used) = (begun.elapsed(), ProcessorTime::now().since(used));
    let sent = sender.sent();
    wait_for(|| (deployment.committed() == sent).then_some(()));
    std::thread::sleep(AFTERMATH);
    let heard = listener.stop();
    println!("latency at {rate} events/s for {} s, in milliseconds:", lasting.as_secs());
    print_quantiles("events sent late by", &behind);
    print_quantiles("stored by the broker", &stored);
    print_quantiles("event to transition", &heard.by_event);
    print_quantiles("due by time, past grace", &heard.by_time);
    println!("    {} transitions of events that came later than the grace", heard.late);
    print_used(used, took, rate * lasting.as_secs());
    print_transactions(deployment);
    heard
}

fn prove_nothing_lost(deployment: &mut Deployment, sender: &Sender, heard: &Heard) {
    let sent = sender.sent();
    assert_eq!(deployment.committed(), sent, "every event is committed as read");
    for (name, expected) in [
        ("spicchio_events_folded_total", sent),
        ("spicchio_records_rejected_total", 0),
        ("spicchio_events_duplicate_total", 0),
        ("spicchio_transitions_total", heard.total),
    ] {
        assert_eq!(deployment.metric(name), Some(expected), "{name}");
    }
    println!("nothing lost, nothing twice: {sent} events committed, {} transitions heard", heard.total);
}

fn print_quantiles(what: &str, micros: &Histogram<u64>) {
    let at = |quantile| micros.value_at_quantile(quantile) as f64 / 1_000.0;
    let max = micros.max() as f64 / 1_000.0;
    println!(
        "    {what:<24} {:>8}: p50 {:.1}  p99 {:.1}  p99.9 {:.1}  max {max:.1}",
        micros.len(),
        at(0.5),
        at(0.99),
        at(0.999)
    );
}

fn print_used(used: ProcessorTime, took: Duration, events: u64) {
    let cores = |time: Duration| time.as_secs_f64() / took.as_secs_f64();
    let others = used.machine.saturating_sub(used.processor + used.broker + used.bench);
    println!(
        "    cores used: processor {:.2}, broker {:.2}, bench {:.2}, others {:.2}; {:.0} events per processor second",
        cores(used.processor),
        cores(used.broker),
        cores(used.bench),
        cores(others),
        events as f64 / used.processor.as_secs_f64()
    );
}

fn print_transactions(deployment: &Deployment) {
    let (sum, count) = ("spicchio_transaction_duration_seconds_sum", "spicchio_transaction_duration_seconds_count");
    let (seconds, count) = (deployment.metric(sum).unwrap_or(0), deployment.metric(count).unwrap_or(0));
    println!("    transactions so far {count}, {seconds} s in all");
}

fn wait_for<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let begun = Wall::now();
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain");
        std::thread::sleep(LOOK_EVERY);
    }
}
