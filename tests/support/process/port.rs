//! Ports nobody listens on.

use std::net::{Ipv4Addr, TcpListener};

/// A port of the loopback interface that was free a moment ago.
///
/// Another process may take it before its user does; what starts a server on it tries again with another one then.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("the loopback interface has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
