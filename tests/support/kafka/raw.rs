//! One record written byte by byte: what client libraries refuse to write, and other producers do write.
//!
//! The request (`Produce`, version 3) and the record batch (magic 2) are those of Kafka's protocol guide.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::Broker;

const PATIENCE: Duration = Duration::from_secs(30);

/// A record with headers whose names may be any bytes.
#[derive(Clone, Debug)]
pub struct RawRecord<'a> {
    /// The topic; the record goes to its first partition.
    pub topic: &'a str,
    /// The Kafka timestamp, milliseconds since the epoch.
    pub timestamp: i64,
    /// The key.
    pub key: &'a [u8],
    /// The value.
    pub value: &'a [u8],
    /// Names and values.
    pub headers: &'a [(&'a [u8], &'a [u8])],
}

/// Writes it, and fails the test unless the broker has stored it.
pub fn load_raw(broker: &Broker, record: &RawRecord<'_>) {
    let mut stream = TcpStream::connect(broker.bootstrap()).expect("the broker listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a valid time-out");
    stream.write_all(&sized(&request(record))).expect("the broker takes a request");
    let mut size = [0; 4];
    stream.read_exact(&mut size).expect("the broker answers");
    let mut answer = vec![0; usize::try_from(i32::from_be_bytes(size)).expect("a size")];
    stream.read_exact(&mut answer).expect("the whole answer comes");
    // Correlation id, one topic with its name, one partition with its number: then the error code.
    let at = 4 + 4 + 2 + record.topic.len() + 4 + 4;
    assert_eq!(answer.get(at..at + 2), Some([0, 0].as_slice()), "the broker refused the record: {answer:?}");
}

fn request(record: &RawRecord<'_>) -> Vec<u8> {
    const PRODUCE: [u8; 4] = [0, 0, 0, 3];
    const CLIENT: &str = "raw";
    const NO_TRANSACTION: i16 = -1;
    const ALL_REPLICAS: i16 = -1;
    const TIMEOUT_MILLIS: i32 = 30_000;
    let batch = batch(record);
    [
        PRODUCE.as_slice(),
        &7_i32.to_be_bytes(),
        &text(CLIENT),
        &NO_TRANSACTION.to_be_bytes(),
        &ALL_REPLICAS.to_be_bytes(),
        &TIMEOUT_MILLIS.to_be_bytes(),
        &1_i32.to_be_bytes(),
        &text(record.topic),
        &1_i32.to_be_bytes(),
        &0_i32.to_be_bytes(),
        &sized(&batch),
    ]
    .concat()
}

fn batch(record: &RawRecord<'_>) -> Vec<u8> {
    let time = record.timestamp.to_be_bytes();
    let no_producer = [0xFF; 8 + 2 + 4];
    let checked =
        [[0; 2 + 4].as_slice(), &time, &time, &no_producer, &1_i32.to_be_bytes(), &prefixed(&body(record))].concat();
    let no_epoch_and_magic = [0xFF, 0xFF, 0xFF, 0xFF, 2];
    let rest = [no_epoch_and_magic.as_slice(), &crc32c(&checked).to_be_bytes(), &checked].concat();
    [0_i64.to_be_bytes().as_slice(), &sized(&rest)].concat()
}

fn body(record: &RawRecord<'_>) -> Vec<u8> {
    let attributes_and_deltas = [0; 3];
    let mut body = [attributes_and_deltas.as_slice(), &prefixed(record.key), &prefixed(record.value)].concat();
    body.extend(varint(record.headers.len()));
    for (name, value) in record.headers {
        body.extend(prefixed(name));
        body.extend(prefixed(value));
    }
    body
}

fn text(text: &str) -> Vec<u8> {
    let length = i16::try_from(text.len()).expect("a short text");
    [length.to_be_bytes().as_slice(), text.as_bytes()].concat()
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = i32::try_from(bytes.len()).expect("a small request");
    [length.to_be_bytes().as_slice(), bytes].concat()
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    let mut prefixed = varint(bytes.len());
    prefixed.extend(bytes);
    prefixed
}

/// A length as a zigzag varint.
fn varint(length: usize) -> Vec<u8> {
    let mut rest = length << 1;
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(rest & 0x7F).expect("seven bits");
        rest >>= 7;
        if rest == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// The Castagnoli checksum, bit by bit.
fn crc32c(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0x82F6_3B78;
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { POLYNOMIAL } else { 0 })
    })
}
