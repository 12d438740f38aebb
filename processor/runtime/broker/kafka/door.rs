//! Why no broker answers: asked once one did not, of a client that does nothing but knock.
//!
//! The library tells reasons as events of a client and not as results of its calls. What it says never holds a
//! password; no more do the reasons here.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::types::RDKafkaErrorCode;

use super::client::{Connection, Witness};

/// Why the brokers do not let this process in; trying again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotLetIn {
    /// They do not take the user or its password.
    #[error(
        "they refuse the user or its password: look at `sasl.username`, `sasl.password` and `sasl.mechanisms` in \
        `kafka.properties`, and at the users of the cluster (`kafka-configs --describe --entity-type users`)"
    )]
    User,
    /// No encrypted connection comes about.
    #[error(
        "no TLS connection comes about ({0}): let `ssl.ca.location` in `kafka.properties` name the certificate of the \
        authority that signed the brokers' certificates, which must name the hosts in `kafka.brokers`, and see that \
        the port takes `security.protocol`"
    )]
    Tls(String),
}

/// How long to wait for a reason.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one look for it lasts.
const LOOK: Duration = Duration::from_millis(50);
/// How much of the library's reason is told, in bytes.
const REASON_BYTES_MAX: usize = 300;

/// Knocks, and says why nobody opens; none where they do, or do not say.
pub(super) fn knock(connection: &Connection) -> Option<NotLetIn> {
    let witness = Witness::default();
    let config = connection.inquirer("read_uncommitted");
    let client: BaseConsumer<Witness> = config.create_with_context(witness.clone()).ok()?;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if client.fetch_metadata(None, LOOK).is_ok() {
            return None;
        }
        // Reasons are told while somebody polls.
        drop(client.poll(LOOK));
        if let Some((code, reason)) = witness.refusal() {
            return reason_for(code, &reason);
        }
    }
    None
}

fn reason_for(code: RDKafkaErrorCode, reason: &str) -> Option<NotLetIn> {
    if code == RDKafkaErrorCode::Authentication {
        return Some(NotLetIn::User);
    }
    // What follows the brace are figures of the connection.
    let told = reason.split(" (after ").next().unwrap_or_default();
    let end = told.floor_char_boundary(REASON_BYTES_MAX);
    (code == RDKafkaErrorCode::SSL).then(|| NotLetIn::Tls(told.get(..end).unwrap_or_default().to_owned()))
}
