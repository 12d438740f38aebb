//! A look at the processor through its own HTTP server, as a monitoring system has it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long one look may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most that is read of an answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 16 << 20;

/// How many events the processor has taken in; nothing while it does not answer.
pub(super) fn events_folded(address: SocketAddr) -> Option<u64> {
    metric(&answer(address, "/metrics")?, "spicchio_events_folded_total")
}

fn answer(address: SocketAddr, path: &str) -> Option<String> {
    let mut connection = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    connection.set_read_timeout(Some(PATIENCE)).ok()?;
    write!(connection, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    connection.take(ANSWER_BYTES_MAX).read_to_string(&mut answer).ok()?;
    answer.starts_with("HTTP/1.1 200").then_some(answer)
}

/// The value of a metric without labels.
fn metric(exposition: &str, name: &str) -> Option<u64> {
    let value = exposition.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_found_by_its_whole_name() {
        let exposition = "# HELP a_total x\na_total_more 3\na_total{b=\"c\"} 4\na_total 17\n";
        assert_eq!(metric(exposition, "a_total"), Some(17));
        assert_eq!(metric(exposition, "b_total"), None);
    }
}
