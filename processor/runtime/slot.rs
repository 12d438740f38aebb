//! The name under which this process commits: the stem of its transactional ids.
//!
//! It should be the same after a restart, since a producer with the same id ends at once what a dead one left open,
//! which otherwise takes until that transaction times out. And it must not be another process's, or the two fence
//! each other. A host's name with the port on which this process listens is both: a host has one listener per port.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher as _;

/// Where Linux tells the host's name; in a container, the container's.
const HOST_NAMES: [&str; 2] = ["/proc/sys/kernel/hostname", "/etc/hostname"];

/// The slot of this process: the configured instance, else host and port, else one that nobody else has.
pub(crate) fn slot(instance: Option<&str>, port: u16) -> String {
    if let Some(instance) = instance {
        return instance.to_owned();
    }
    let read = |path: &&str| fs::read_to_string(path).ok().map(|name| name.trim().to_owned());
    match HOST_NAMES.iter().find_map(read).filter(|name| !name.is_empty()) {
        Some(host) => format!("{host}-{port}"),
        None => format!("{:016x}", RandomState::new().hash_one(port)),
    }
}
