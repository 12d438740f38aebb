//! Which librdkafka properties are not the user's to set, and which are secret.

use std::collections::BTreeMap;

/// Properties that the processor decides, each with the reason.
const DECIDED: [(&str, &str); 18] = [
    ("bootstrap.servers", "set `kafka.brokers` instead"),
    ("metadata.broker.list", "set `kafka.brokers` instead"),
    ("group.id", "set `kafka.group` instead"),
    ("group.instance.id", "set `kafka.instance` instead"),
    ("enable.auto.commit", "offsets are committed in the transaction that holds what follows from them"),
    ("enable.auto.offset.store", "offsets are committed in the transaction that holds what follows from them"),
    ("auto.commit.interval.ms", "offsets are committed in the transaction that holds what follows from them"),
    ("auto.offset.reset", "a missing offset is never guessed: `spicchio init --from` says where to start"),
    ("isolation.level", "records of an aborted transaction never happened, so only committed ones are read"),
    ("enable.partition.eof", "the end of a partition must be told, or time would not move"),
    ("transactional.id", "each worker has its own, made of the group and its slot"),
    ("transaction.timeout.ms", "it is 10 s: a transaction holds at most 2 s of work"),
    ("enable.idempotence", "exactly-once output needs it"),
    ("acks", "exactly-once output needs all in-sync replicas"),
    ("request.required.acks", "exactly-once output needs all in-sync replicas"),
    ("partitioner", "a record goes to the partition with the number of the input's"),
    (
        "allow.auto.create.topics",
        "a topic made by accident has the wrong settings: `spicchio init` creates what is missing",
    ),
    ("statistics.interval.ms", "the metrics depend on it"),
];

/// Properties that keep partition p of every input together, and the only value that does.
const ASSIGNORS: [&str; 2] = ["partition.assignment.strategy", "group.remote.assignor"];

/// Why the processor does not take that value for that property from the user.
pub(super) fn refusal(name: &str, value: &str) -> Option<String> {
    if ASSIGNORS.contains(&name) && value != "range" {
        return Some("can only be `range`: no other assignor keeps partition p of all inputs together".to_owned());
    }
    let reason = DECIDED.iter().find(|(decided, _)| *decided == name)?.1;
    Some(format!("is not yours to set: {reason}"))
}

/// Whether these properties would send a password over a connection that everybody on the way can read.
pub(super) fn expose_password(properties: &BTreeMap<String, String>) -> bool {
    let is = |names: [&str; 2], wanted: &str| {
        names.iter().filter_map(|name| properties.get(*name)).any(|value| value.eq_ignore_ascii_case(wanted))
    };
    is(["security.protocol", "security.protocol"], "sasl_plaintext")
        && (is(["sasl.mechanism", "sasl.mechanisms"], "PLAIN"))
}

/// Whether a property's value must not be shown or given on a command line.
pub(super) fn is_secret(name: &str) -> bool {
    const SECRET: [&str; 6] = ["password", "secret", "key.pem", "oauthbearer.config", "assertion.jwt", "private.key"];
    SECRET.iter().any(|part| name.contains(part))
}
