//! The manifest: what a snapshot is of, and which bytes belong to it. Without one, parts are nothing.
//!
//! It is JSON for people, and a last line with the xxh3 (64 bits) of all before it. Its `format` is read before
//! anything else; a reader knows its own and those before it.

use serde::{Deserialize, Serialize};
use spicchio_core::timer::Instant;
use spicchio_core::wire::row::ROWS_VERSION;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::failure::Damage;

/// The version of manifests and parts that is written, and the newest that is read.
pub(super) const FORMAT: u32 = 1;

/// What a snapshot is of, and which bytes belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// `FORMAT`.
    pub format: u32,
    /// The version of the rows in the parts.
    pub rows: u16,
    /// The version of the program that wrote it; for people.
    pub program: String,
    /// The consumer group.
    pub group: String,
    /// The partition.
    pub partition: i32,
    /// The batch with the newest effect in it. It was committed before the manifest was written.
    pub batch: u64,
    /// The partition clock at the last cut, in milliseconds since 1970.
    pub clock: i64,
    /// When it was written, by the wall clock, in milliseconds since 1970.
    pub written: i64,
    /// The hash of the definitions.
    pub catalog: String,
    /// The hash of what the state means.
    pub layout: String,
    /// The names of its segments and ladders, in the order of their numbers; for people.
    pub segments: Vec<String>,
    /// The inputs in the order of its numbers.
    pub inputs: Vec<Input>,
    /// Where shards were cut, ascending; the last one is the snapshot's own end.
    pub cuts: Vec<Cut>,
    /// The memberships topic, and the offset before which everything announced is in the rows.
    pub memberships: (String, i64),
    /// How many customers.
    pub customers: u64,
    /// How many bytes of rows.
    pub bytes: u64,
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// One input topic of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its name.
    pub topic: String,
    /// Where the group began to read it.
    pub began: i64,
    /// Its ids were cut before this offset: from here on it is read again.
    pub from: i64,
    /// A record before that offset, by which a topic that was created anew is noticed; none where there was none.
    pub anchor: Option<Anchor>,
}

/// What one record was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Where it stands.
    pub offset: i64,
    /// Its Kafka timestamp.
    pub timestamp: Option<i64>,
    /// The xxh3 (64 bits) of key and value, in hexadecimal.
    pub hash: String,
}

/// Shards that were cut at the same place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The last of them; they begin after those of the cut before.
    pub last_shard: u8,
    /// The next offset of each input: everything before is in the rows, and nothing after.
    pub next: Vec<i64>,
}

/// An object with blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name, below the snapshot's.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Its xxh3 (128 bits), in hexadecimal.
    pub xxh3: String,
}

impl Part {
    /// What the manifest says of these bytes.
    pub fn of(name: String, bytes: &[u8]) -> Self {
        Self { name, bytes: bytes.len() as u64, xxh3: format!("{:032x}", xxh3_128(bytes)) }
    }
}

#[derive(Deserialize)]
struct Versions {
    format: u32,
    rows: u16,
}

impl Manifest {
    /// Its bytes.
    pub fn encode(&self) -> Result<Vec<u8>, Damage> {
        let mut text = serde_json::to_string_pretty(self).map_err(|error| Damage::Manifest(error.to_string()))?;
        text.push('\n');
        let last = last_line(&text);
        Ok((text + &last).into_bytes())
    }

    /// Reads what [`Manifest::encode`] wrote.
    pub fn parse(bytes: &[u8]) -> Result<Self, Damage> {
        let is_not = |what: &str| Damage::Manifest(what.to_owned());
        let text = std::str::from_utf8(bytes).map_err(|_| is_not("is not UTF-8"))?;
        let end = text.trim_end_matches('\n').rfind('\n').ok_or_else(|| is_not("is cut off"))? + 1;
        let (content, last) = text.split_at_checked(end).ok_or_else(|| is_not("is cut off"))?;
        if last != last_line(content) {
            return Err(is_not("has a wrong checksum"));
        }
        let unreadable = |error: serde_json::Error| Damage::Manifest(format!("cannot be read: {error}"));
        let versions: Versions = serde_json::from_str(content).map_err(unreadable)?;
        if versions.format > FORMAT || versions.rows != ROWS_VERSION {
            let Versions { format, rows } = versions;
            return Err(Damage::Manifest(format!(
                "is of format {format} with rows {rows}, and this program reads format {FORMAT} with rows \
                 {ROWS_VERSION}: another version of it wrote the snapshot"
            )));
        }
        serde_json::from_str(content).map_err(unreadable)
    }

    /// Where a shard was cut; nothing where the manifest does not say.
    pub fn cut(&self, shard: u8) -> Option<&[i64]> {
        let cut = self.cuts.get(self.cuts.partition_point(|cut| cut.last_shard < shard))?;
        (cut.next.len() == self.inputs.len()).then_some(&*cut.next)
    }

    /// Where the last shard was cut: everything in the snapshot is before.
    pub fn end(&self) -> Option<&[i64]> {
        self.cut(u8::MAX)
    }

    /// The clock at the last cut.
    pub fn clock(&self) -> Instant {
        Instant::from_millis(self.clock)
    }
}

fn last_line(content: &str) -> String {
    format!("xxh3 {:016x}\n", xxh3_64(content.as_bytes()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::snapshot) fn manifest() -> Manifest {
        Manifest {
            format: FORMAT,
            rows: ROWS_VERSION,
            program: "0.1.0".to_owned(),
            group: "shop".to_owned(),
            partition: 3,
            batch: 41,
            clock: -5,
            written: 1_700_000_000_000,
            catalog: "sha256:ab".to_owned(),
            layout: "sha256:cd".to_owned(),
            segments: vec!["new".to_owned()],
            inputs: vec![Input { topic: "events".to_owned(), began: 0, from: 90, anchor: None }],
            cuts: vec![Cut { last_shard: 9, next: vec![95] }, Cut { last_shard: 255, next: vec![100] }],
            memberships: ("memberships".to_owned(), 7),
            customers: 2,
            bytes: 300,
            parts: vec![Part::of("00000".to_owned(), b"blocks")],
        }
    }

    #[test]
    fn what_is_written_is_read_back_and_no_byte_changes_unnoticed() {
        let bytes = manifest().encode().unwrap();
        assert_eq!(Manifest::parse(&bytes), Ok(manifest()));
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[place] ^= 1 << bit;
                assert!(Manifest::parse(&damaged).is_err(), "bit {bit} of byte {place} may change unnoticed");
            }
            assert!(Manifest::parse(&bytes[..place]).is_err(), "it may end after {place} bytes");
        }
    }

    #[test]
    fn a_format_of_the_future_is_named() {
        let future = Manifest { format: FORMAT + 1, ..manifest() }.encode().unwrap();
        let refused = Manifest::parse(&future).unwrap_err().to_string();
        assert!(refused.contains("format 2") && refused.contains("another version"), "{refused}");
    }

    #[test]
    fn shards_are_cut_where_the_manifest_says() {
        let manifest = manifest();
        let cuts = [0, 9, 10, 255].map(|shard| manifest.cut(shard).unwrap()[0]);
        assert_eq!(cuts, [95, 95, 100, 100]);
        assert_eq!(Manifest { cuts: Vec::new(), ..manifest }.end(), None);
    }
}
