//! The broker's configuration file.

use std::fmt::Write as _;
use std::path::Path;

/// `server.properties` of a node that is broker and controller.
///
/// Nothing expires (tests write events of years ago), no topic appears by itself, groups form without a pause, and a
/// member that was killed is missed after seconds, as far as its client asks for that.
pub(super) fn server_properties(data: &Path, port: u16, controller_port: u16) -> String {
    format!(
        "process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
log.retention.ms=-1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2000
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=6000
group.consumer.min.session.timeout.ms=1000
group.consumer.heartbeat.interval.ms=1000
group.consumer.min.heartbeat.interval.ms=100
log.cleaner.dedupe.buffer.size=8388608
log.cleaner.backoff.ms=1000
",
        data = data.display()
    )
}

/// The same with a second port that takes SASL/SCRAM over TLS alone; `identity` is the file with key and certificate.
pub(super) fn guarded(mut properties: String, address: &str, identity: &Path) -> String {
    const SCRAM: &str = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
    properties = properties.replace("\nlisteners=", &format!("\nlisteners=SASL_SSL://{address},"));
    let map = "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL";
    let _ = write!(
        properties,
        "listener.security.protocol.map={map}
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={SCRAM}
ssl.keystore.type=PEM
ssl.keystore.location={identity}
",
        identity = identity.display()
    );
    properties
}
