//! What a cluster says of its topics, and making topics.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;

use super::client::{ClientError, Connection, Witness};
use super::door::{NotLetIn, knock};

/// What went wrong when the cluster was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AdminError {
    /// No broker answered.
    #[error("no broker of `{brokers}` answers ({reason}): is the address right, and is Kafka running?")]
    Unreachable {
        /// The addresses that were tried.
        brokers: String,
        /// What the library said.
        reason: String,
    },
    /// A broker is there, and the door stays shut.
    #[error("the brokers of `{brokers}` do not let this process in: {why}")]
    NotLetIn {
        /// The addresses that were tried.
        brokers: String,
        /// Why, and what to do.
        why: NotLetIn,
    },
    /// The cluster said no.
    #[error("the cluster refused to {what}: {reason}")]
    Refused {
        /// What it was asked for.
        what: String,
        /// Its reason.
        reason: String,
    },
}

/// The settings of a topic, by their names in Kafka.
pub type TopicSettings = BTreeMap<String, String>;

/// A client for administration.
pub struct Admin {
    client: AdminClient<Witness>,
    connection: Connection,
}

impl Admin {
    /// How long one question waits for its answer.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// A client; it connects on its own.
    pub fn open(connection: &Connection) -> Result<Self, ClientError> {
        use rdkafka::config::FromClientConfigAndContext;
        let client = AdminClient::from_config_and_context(&connection.administrator(), Witness::default());
        let client = client.map_err(|error| ClientError::new("administration", &error))?;
        Ok(Self { client, connection: connection.clone() })
    }

    /// How many partitions a topic has; none where there is no such topic.
    pub fn partitions(&self, topic: &str) -> Result<Option<i32>, AdminError> {
        let metadata = self.client.inner().fetch_metadata(Some(topic), Self::PATIENCE);
        let metadata = metadata.map_err(|error| self.unreachable(&error))?;
        let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else { return Ok(None) };
        match found.error().map(RDKafkaErrorCode::from) {
            None => Ok(i32::try_from(found.partitions().len()).ok().filter(|count| *count > 0)),
            Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => Ok(None),
            Some(RDKafkaErrorCode::LeaderNotAvailable) => {
                Ok(i32::try_from(found.partitions().len()).ok().filter(|count| *count > 0))
            }
            Some(code) => {
                Err(AdminError::Refused { what: format!("describe topic `{topic}`"), reason: code.to_string() })
            }
        }
    }

    /// The settings of a topic that exists.
    pub async fn settings(&self, topic: &str) -> Result<TopicSettings, AdminError> {
        let what = || format!("tell the settings of topic `{topic}`");
        let asked = self.client.describe_configs(&[ResourceSpecifier::Topic(topic)], &Self::options()).await;
        let answers = asked.map_err(|error| self.unreachable(&error))?;
        let answer = answers.into_iter().next();
        let resource = answer.ok_or_else(|| AdminError::Refused { what: what(), reason: "no answer".to_owned() })?;
        let resource = resource.map_err(|code| AdminError::Refused { what: what(), reason: code.to_string() })?;
        Ok(resource.entries.into_iter().filter_map(|entry| Some((entry.name, entry.value?))).collect())
    }

    /// A setting that every broker of the cluster should share, as one of them has it; none where it does not say.
    pub async fn broker_setting(&self, name: &str) -> Result<Option<String>, AdminError> {
        let metadata = self.client.inner().fetch_metadata(None, Self::PATIENCE);
        let metadata = metadata.map_err(|error| self.unreachable(&error))?;
        let Some(broker) = metadata.brokers().first() else { return Ok(None) };
        let asked = self.client.describe_configs(&[ResourceSpecifier::Broker(broker.id())], &Self::options()).await;
        let answers = asked.map_err(|error| self.unreachable(&error))?;
        let entries = answers.into_iter().filter_map(Result::ok).flat_map(|resource| resource.entries);
        Ok(entries.filter(|entry| entry.name == name).find_map(|entry| entry.value))
    }

    /// Makes a topic with the cluster's own replication; one that exists already stays as it is.
    pub async fn create(&self, topic: &str, partitions: i32, settings: &[(&str, &str)]) -> Result<(), AdminError> {
        /// Asks for the cluster's default.
        const REPLICATION_DEFAULT: i32 = -1;
        let what = || format!("create topic `{topic}`");
        let mut wanted = NewTopic::new(topic, partitions, TopicReplication::Fixed(REPLICATION_DEFAULT));
        for (name, value) in settings {
            wanted = wanted.set(name, value);
        }
        let asked = self.client.create_topics([&wanted], &Self::options()).await;
        let answers = asked.map_err(|error| self.unreachable(&error))?;
        match answers.into_iter().next() {
            None | Some(Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => Ok(()),
            Some(Err((_, code))) => Err(AdminError::Refused { what: what(), reason: code.to_string() }),
        }
    }

    fn options() -> AdminOptions {
        AdminOptions::new().request_timeout(Some(Self::PATIENCE)).operation_timeout(Some(Self::PATIENCE))
    }

    fn unreachable(&self, error: &KafkaError) -> AdminError {
        let brokers = self.connection.brokers().to_owned();
        match knock(&self.connection) {
            Some(why) => AdminError::NotLetIn { brokers, why },
            None => AdminError::Unreachable { brokers, reason: error.to_string() },
        }
    }
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admin").field("brokers", &self.connection.brokers()).finish_non_exhaustive()
    }
}
