//! By which hash a topic's producers choose the partition of a key.
//!
//! Java clients use murmur2, librdkafka's default is CRC32: two topics that were written by different clients look
//! co-partitioned and are not. Seen from a sample of keys and the partitions they stand on.

/// A way to choose the partition of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Partitioner {
    /// The Java client's.
    Murmur2,
    /// librdkafka's default, and that of what is built on it.
    Crc32,
}

impl Partitioner {
    pub(super) const ALL: [Self; 2] = [Self::Murmur2, Self::Crc32];

    /// The partition of a key among `count`, which is at least one.
    pub(super) fn partition(self, key: &[u8], count: i32) -> i32 {
        let hash = match self {
            Self::Murmur2 => i64::from(murmur2(key) & 0x7fff_ffff),
            Self::Crc32 => i64::from(crc32(key)),
        };
        i32::try_from(hash % i64::from(count.max(1))).unwrap_or_default()
    }
}

impl std::fmt::Display for Partitioner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Murmur2 => "murmur2 (the Java client's)",
            Self::Crc32 => "CRC32 (librdkafka's `consistent`)",
        })
    }
}

/// What a sample of keys says about a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Too few different keys, or a partition count that tells nothing.
    Unclear,
    /// Every key stands where this puts it, and some do not stand where the others would.
    By(Partitioner),
    /// Each key stands where one of the two puts it, and neither explains all of them.
    Mixed,
    /// Something else.
    Other,
}

/// Judges keys and the partitions they stand on, among `count`.
pub(super) fn judge(sample: &[(Vec<u8>, i32)], count: i32) -> Verdict {
    /// With fewer keys than this a coincidence is likely.
    const KEYS_MIN: usize = 30;
    if count < 2 || sample.len() < KEYS_MIN {
        return Verdict::Unclear;
    }
    let fits = |by: Partitioner, (key, at): &(Vec<u8>, i32)| by.partition(key, count) == *at;
    let explaining: Vec<Partitioner> =
        Partitioner::ALL.into_iter().filter(|by| sample.iter().all(|one| fits(*by, one))).collect();
    match explaining.as_slice() {
        [one] => Verdict::By(*one),
        [] if sample.iter().all(|one| Partitioner::ALL.iter().any(|by| fits(*by, one))) => Verdict::Mixed,
        [] => Verdict::Other,
        _ => Verdict::Unclear,
    }
}

fn murmur2(data: &[u8]) -> u32 {
    const SEED: u32 = 0x9747_b28c;
    const MULTIPLIER: u32 = 0x5bd1_e995;
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut hash = SEED ^ length;
    let (words, rest) = data.as_chunks::<4>();
    for word in words {
        let mut mixed = u32::from_le_bytes(*word).wrapping_mul(MULTIPLIER);
        mixed ^= mixed >> 24;
        hash = hash.wrapping_mul(MULTIPLIER) ^ mixed.wrapping_mul(MULTIPLIER);
    }
    for (byte, shift) in rest.iter().zip([0, 8, 16]) {
        hash ^= u32::from(*byte) << shift;
    }
    if !rest.is_empty() {
        hash = hash.wrapping_mul(MULTIPLIER);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 15)
}

fn crc32(data: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 };
    !data.iter().fold(!0u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kafka's own test vectors for its murmur2, and the check value of CRC-32.
    #[test]
    fn the_hashes_are_the_published_ones() {
        for (text, hash) in
            [("21", -973_932_308i32), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536)]
        {
            assert_eq!(murmur2(text.as_bytes()).cast_signed(), hash, "{text}");
        }
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    fn keys(by: impl Fn(&[u8]) -> i32) -> Vec<(Vec<u8>, i32)> {
        (0..60).map(|n| format!("customer-{n}").into_bytes()).map(|key| (key.clone(), by(&key))).collect()
    }

    #[test]
    fn a_topic_is_told_by_where_its_keys_stand() {
        for count in [2, 6, 64] {
            for by in Partitioner::ALL {
                assert_eq!(judge(&keys(|key| by.partition(key, count)), count), Verdict::By(by), "{count}");
            }
            let mixed = |key: &[u8]| Partitioner::ALL[key.len() % 2].partition(key, count);
            assert_eq!(judge(&keys(mixed), count), Verdict::Mixed, "{count}");
            let other = |key: &[u8]| i32::from(key[key.len() - 1]) % count;
            assert_eq!(judge(&keys(other), count), Verdict::Other, "{count}");
        }
        assert_eq!(judge(&keys(|_| 0), 1), Verdict::Unclear);
        assert_eq!(judge(&keys(|_| 0)[..10], 2), Verdict::Unclear);
    }
}
