//! Where Java and the jars of Apache Kafka are.

use std::path::PathBuf;
use std::process::Command;

use crate::process::Folder;

/// Names a folder of jars other than `target/kafka/jars`.
const JARS: &str = "SPICCHIO_KAFKA_JARS";

/// A command that runs a class of Apache Kafka.
///
/// Fails the test, with the remedy, when Java or the jars are missing: a system test that did not run must not pass.
pub(super) fn kafka_class(class: &str, flags: &[&str]) -> Command {
    let jars = std::env::var_os(JARS).map_or_else(|| Folder::target().join("kafka/jars"), PathBuf::from);
    let has_jars = std::fs::read_dir(&jars)
        .is_ok_and(|mut files| files.any(|f| f.is_ok_and(|f| f.file_name().as_encoded_bytes().starts_with(b"kafka_"))));
    assert!(
        has_jars,
        "no Apache Kafka in {}: run `tests/run`, which fetches it, or name a folder with its jars in {JARS}",
        jars.display()
    );
    let java = java();
    let answers = Command::new(&java).arg("-version").output().is_ok_and(|o| o.status.success());
    assert!(answers, "no Java at {}: install a Java 17 or later runtime, or set JAVA_HOME", java.display());
    let mut command = Command::new(java);
    command.args(flags).arg("-cp").arg(jars.join("*")).arg(class);
    command
}

fn java() -> PathBuf {
    std::env::var_os("JAVA_HOME")
        .map(|home| PathBuf::from(home).join("bin/java"))
        .filter(|java| java.exists())
        .unwrap_or_else(|| PathBuf::from("java"))
}
