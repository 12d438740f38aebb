//! Blocks: rows, compressed, with a checksum that covers everything but itself.
//!
//! A part is blocks one after the other. A block begins with 24 bytes: `SPB1`, the kind, a zero, the number (16 bits),
//! the length of the rows and the length as it is stored (32 bits each), and the xxh3 (64 bits) of what precedes it
//! and of the stored bytes. Numbers are little-endian.

use xxhash_rust::xxh3::Xxh3Default;
use zstd::bulk::{Compressor, Decompressor};

use super::failure::Damage;

/// The most bytes of rows in one block; a shard with more cannot be kept.
pub(super) const ROWS_BYTES_MAX: usize = 1 << 30;

const MAGIC: &[u8; 4] = b"SPB1";
const COVERED: usize = 16;
const HEAD: usize = COVERED + 8;
/// Fast, and already half the size.
const LEVEL: i32 = 1;

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The ids that a topic has shown; which one in the order of the manifest.
    Ids(u16),
    /// The customers of a shard.
    Shard(u8),
    /// Who was erased.
    Erased,
}

impl Content {
    fn tag(self) -> (u8, u16) {
        match self {
            Self::Ids(topic) => (1, topic),
            Self::Shard(shard) => (2, u16::from(shard)),
            Self::Erased => (3, 0),
        }
    }

    fn of(kind: u8, number: u16) -> Option<Self> {
        match kind {
            1 => Some(Self::Ids(number)),
            2 => u8::try_from(number).ok().map(Self::Shard),
            3 => (number == 0).then_some(Self::Erased),
            _ => None,
        }
    }
}

/// Appends a block to a part.
pub(super) fn write(part: &mut Vec<u8>, content: Content, rows: &[u8], packer: &mut Packer) -> Result<(), Damage> {
    if rows.len() > ROWS_BYTES_MAX {
        return Err(Damage::Block("more rows than a block holds"));
    }
    let stored = packer.0.compress(rows).map_err(|_| Damage::Block("rows that cannot be compressed"))?;
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let (kind, number) = content.tag();
    let begin = part.len();
    part.extend_from_slice(MAGIC);
    part.extend_from_slice(&[kind, 0]);
    part.extend_from_slice(&number.to_le_bytes());
    part.extend_from_slice(&length(rows));
    part.extend_from_slice(&length(&stored));
    let sum = checksum(part.get(begin..).unwrap_or_default(), &stored);
    part.extend_from_slice(&sum.to_le_bytes());
    part.extend_from_slice(&stored);
    Ok(())
}

/// Reads the first block of a part: what it holds, its rows, and the blocks after it.
pub(super) fn read<'a>(part: &'a [u8], unpacker: &mut Unpacker) -> Result<(Content, Vec<u8>, &'a [u8]), Damage> {
    let (head, rest) = part.split_first_chunk::<HEAD>().ok_or(Damage::Block("a head that is cut off"))?;
    let [m0, m1, m2, m3, kind, zero, n0, n1, r0, r1, r2, r3, s0, s1, s2, s3, sum @ ..] = *head;
    if [m0, m1, m2, m3] != *MAGIC || zero != 0 {
        return Err(Damage::Block("no head"));
    }
    let size = |bytes| usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX);
    let (rows, stored) = (size([r0, r1, r2, r3]), size([s0, s1, s2, s3]));
    let (stored, after) = rest.split_at_checked(stored).ok_or(Damage::Block("rows that are cut off"))?;
    if checksum(head.get(..COVERED).unwrap_or_default(), stored) != u64::from_le_bytes(sum) {
        return Err(Damage::Block("a wrong checksum"));
    }
    let content = Content::of(kind, u16::from_le_bytes([n0, n1])).ok_or(Damage::Block("an unknown kind"))?;
    if rows > ROWS_BYTES_MAX {
        return Err(Damage::Block("more rows than a block holds"));
    }
    let rows = match unpacker.0.decompress(stored, rows) {
        Ok(bytes) if bytes.len() == rows => bytes,
        Ok(_) | Err(_) => return Err(Damage::Block("rows that cannot be unpacked")),
    };
    Ok((content, rows, after))
}

fn checksum(head: &[u8], stored: &[u8]) -> u64 {
    let mut hasher = Xxh3Default::new();
    hasher.update(head);
    hasher.update(stored);
    hasher.digest()
}

/// Compresses rows.
pub(super) struct Packer(Compressor<'static>);

impl Packer {
    /// One that is used for many blocks.
    pub(super) fn new() -> Result<Self, Damage> {
        Compressor::new(LEVEL).map(Self).map_err(|_| Damage::Block("no memory to compress it"))
    }
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packer")
    }
}

/// Takes compressed rows apart.
pub(super) struct Unpacker(Decompressor<'static>);

impl Unpacker {
    /// One that is used for many blocks.
    pub(super) fn new() -> Result<Self, Damage> {
        Decompressor::new().map(Self).map_err(|_| Damage::Block("no memory to unpack it"))
    }
}

impl std::fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unpacker")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_back_in_order_and_no_byte_changes_unnoticed() {
        let (mut packer, mut unpacker) = (Packer::new().unwrap(), Unpacker::new().unwrap());
        let mut part = Vec::new();
        let rows = [(Content::Ids(3), vec![7; 100]), (Content::Shard(255), Vec::new())];
        for (content, rows) in &rows {
            write(&mut part, *content, rows, &mut packer).unwrap();
        }
        let (content, first, rest) = read(&part, &mut unpacker).unwrap();
        assert_eq!((content, first), rows[0]);
        let (content, second, rest) = read(rest, &mut unpacker).unwrap();
        assert_eq!((content, second, rest), (rows[1].0, rows[1].1.clone(), &[][..]));
        for place in 0..part.len() {
            let mut damaged = part.clone();
            damaged[place] ^= 0x10;
            let mut rest = damaged.as_slice();
            let intact = loop {
                match read(rest, &mut unpacker) {
                    Ok((_, _, [])) => break true,
                    Ok((_, _, after)) => rest = after,
                    Err(_) => break false,
                }
            };
            assert!(!intact, "byte {place} may change unnoticed");
            assert!(read(&part[..place], &mut unpacker).is_err() || place >= part.len() - HEAD - 9, "cut at {place}");
        }
    }
}
