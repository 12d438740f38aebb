//! Which partition a key belongs to.

/// The partition that the Java client's default partitioner gives a key.
///
/// Tests that need a customer on a certain partition look for its id with this; that the broker's records agree with
/// it is shown by `tests/system/broker.rs`.
pub fn partition_of(key: &str, partitions: i32) -> i32 {
    let count = u32::try_from(partitions).expect("a topic has a positive number of partitions");
    i32::try_from((murmur2(key.as_bytes()) & 0x7fff_ffff) % count).expect("less than the count")
}

/// Murmur2 in 32 bits, with the seed that Kafka uses.
fn murmur2(bytes: &[u8]) -> u32 {
    const MULTIPLIER: u32 = 0x5bd1_e995;
    const SEED: u32 = 0x9747_b28c;
    let length = u32::try_from(bytes.len()).expect("keys are short");
    let (words, rest) = bytes.as_chunks::<4>();
    let mut hash = words.iter().fold(SEED ^ length, |hash, word| {
        let mixed = u32::from_le_bytes(*word).wrapping_mul(MULTIPLIER);
        hash.wrapping_mul(MULTIPLIER) ^ (mixed ^ (mixed >> 24)).wrapping_mul(MULTIPLIER)
    });
    if !rest.is_empty() {
        let tail = rest.iter().rev().fold(0, |tail, byte| tail << 8 | u32::from(*byte));
        hash = (hash ^ tail).wrapping_mul(MULTIPLIER);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 15)
}
