//! The control word: how far one partition has come, written into the metadata of its committed offsets.
//!
//! It travels in the transaction that moves the offsets, the same on every topic of the partition, so what it says is
//! as true as the offsets are. It is ASCII and ends with a checksum. How long it can become depends on the topics,
//! and a broker keeps 4,096 bytes by default: [`ControlWord::longest`] is asked before anything is read. Words of one
//! partition that differ mean a torn transaction: [`agreed`] finds that.
//!
//! Not here: what a recovery does with it (`spicchio-runtime`).

use std::fmt::Write as _;

use crate::customer::CustomerId;
use crate::timer::Instant;

/// How far a partition has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlWord {
    /// The number of the batch that committed it; the first start commits 0.
    pub batch: u64,
    /// The partition clock.
    pub clock: Instant,
    /// The customer up to whom deadlines at the clock have fired, when a batch stopped in the middle of an instant.
    pub cursor: Option<String>,
    /// The hash of the definitions in force; empty before the first batch.
    pub catalog: String,
    /// The customer up to whom these definitions have been applied, while a change of definitions is under way.
    pub catalog_cursor: Option<String>,
    /// What consumers have been told.
    pub announced: Announced,
    /// Where this group began to read, by topic: history before it is unknown to it.
    pub began: Vec<(String, i64)>,
}

/// What consumers have been told of the memberships that hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announced {
    /// Nothing: history is still read in silence, from where the group began.
    Nothing,
    /// History was read up to the committed offsets, and some of the memberships it led to were announced.
    Partly,
    /// Everything up to the committed offsets and the clock.
    Everything,
}

impl Announced {
    const ALL: [(Self, &str); 3] =
        [(Self::Nothing, "nothing"), (Self::Partly, "partly"), (Self::Everything, "everything")];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(announced, _)| *announced == self).map_or("", |(_, name)| name)
    }
}

/// Why text is not a control word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAControlWord {
    /// It is not one, or of a version this program does not know.
    #[error(
        "it does not begin with `{VERSION};`: another program, or a newer version of this one, committed the offsets"
    )]
    Foreign,
    /// Bytes of it were changed.
    #[error("its checksum does not match: the metadata of the committed offsets was changed")]
    Checksum,
    /// It has a valid checksum and no valid content.
    #[error("its field `{0}` is missing or cannot be read")]
    Field(&'static str),
}

const VERSION: &str = "spicchio1";
const CHECKSUM: &str = ";x=";

impl ControlWord {
    /// The most a broker keeps, by its default.
    pub const BYTES_MAX: usize = 4096;

    /// How many bytes the longest word takes for a group that reads these topics.
    pub fn longest<'a>(topics: impl IntoIterator<Item = &'a str>) -> usize {
        /// Nothing takes more bytes than what is escaped.
        const ESCAPED: &str = "\u{1}";
        /// `sha256:` and 64 digits.
        const CATALOG_BYTES: usize = 71;
        let longest = Self {
            batch: u64::MAX,
            clock: Instant::MIN,
            cursor: Some(ESCAPED.repeat(CustomerId::BYTES_MAX)),
            catalog: ESCAPED.repeat(CATALOG_BYTES),
            catalog_cursor: Some(ESCAPED.repeat(CustomerId::BYTES_MAX)),
            announced: Announced::Everything,
            began: topics.into_iter().map(|topic| (topic.to_owned(), i64::MAX)).collect(),
        };
        longest.encode().len()
    }

    /// The text that is committed; ASCII.
    pub fn encode(&self) -> String {
        let mut text = String::from(VERSION);
        let mut field = |name: &str, value: &str| text.extend([";", name, "=", value]);
        field("n", &self.batch.to_string());
        field("c", &self.clock.millis().to_string());
        if let Some(cursor) = &self.cursor {
            field("u", &escape(cursor));
        }
        field("d", &escape(&self.catalog));
        if let Some(cursor) = &self.catalog_cursor {
            field("e", &escape(cursor));
        }
        field("a", self.announced.name());
        let began: Vec<String> =
            self.began.iter().map(|(topic, offset)| format!("{}:{offset}", escape(topic))).collect();
        field("o", &began.join(","));
        let checksum = checksum(&text);
        text + CHECKSUM + &checksum
    }

    /// Reads what [`ControlWord::encode`] wrote.
    pub fn parse(text: &str) -> Result<Self, NotAControlWord> {
        let rest =
            text.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix(';')).ok_or(NotAControlWord::Foreign)?;
        let (content, sum) = text.rsplit_once(CHECKSUM).ok_or(NotAControlWord::Checksum)?;
        if checksum(content) != sum {
            return Err(NotAControlWord::Checksum);
        }
        let fields = rest.strip_suffix(sum).and_then(|rest| rest.strip_suffix(CHECKSUM)).unwrap_or_default();
        let find = |name: &'static str| {
            let mut pairs = fields.split(';').filter_map(|field| field.split_once('='));
            pairs.find_map(|(key, value)| (key == name).then_some(value))
        };
        let required = |name: &'static str| find(name).ok_or(NotAControlWord::Field(name));
        let text_of = |name: &'static str, value: &str| unescape(value).ok_or(NotAControlWord::Field(name));
        let optional = |name: &'static str| find(name).map(|value| text_of(name, value)).transpose();
        Ok(Self {
            batch: required("n")?.parse().map_err(|_| NotAControlWord::Field("n"))?,
            clock: required("c")?.parse().map(Instant::from_millis).map_err(|_| NotAControlWord::Field("c"))?,
            cursor: optional("u")?,
            catalog: text_of("d", required("d")?)?,
            catalog_cursor: optional("e")?,
            announced: parse_announced(required("a")?).ok_or(NotAControlWord::Field("a"))?,
            began: parse_began(required("o")?).ok_or(NotAControlWord::Field("o"))?,
        })
    }

    /// Where the group began to read `topic`; none for a topic it did not read then.
    pub fn began_at(&self, topic: &str) -> Option<i64> {
        self.began.iter().find(|(name, _)| name == topic).map(|(_, offset)| *offset)
    }
}

/// The one word that every topic of a partition carries.
///
/// # Errors
///
/// The two words that differ, or what is wrong with one of them.
pub fn agreed<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<ControlWord, Torn> {
    let mut words = words.into_iter();
    let first = words.next().unwrap_or_default();
    for other in words {
        if other != first {
            return Err(Torn::Differ { one: first.to_owned(), other: other.to_owned() });
        }
    }
    ControlWord::parse(first).map_err(Torn::Unreadable)
}

/// The control words of a partition do not say one thing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Torn {
    /// Two topics of the partition carry different words: a transaction was applied in part.
    #[error(
        "its topics carry different control words, `{one}` and `{other}`: a transaction was applied in part, \
         or offsets were reset by hand"
    )]
    Differ {
        /// The first topic's.
        one: String,
        /// Another topic's.
        other: String,
    },
    /// They carry one, and it cannot be read.
    #[error("its control word cannot be read: {0}")]
    Unreadable(#[source] NotAControlWord),
}

fn checksum(text: &str) -> String {
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()))
}

fn parse_announced(text: &str) -> Option<Announced> {
    Announced::ALL.iter().find(|(_, name)| *name == text).map(|(announced, _)| *announced)
}

fn parse_began(text: &str) -> Option<Vec<(String, i64)>> {
    let entries = text.split(',').filter(|entry| !entry.is_empty());
    entries
        .map(|entry| entry.split_once(':').and_then(|(topic, offset)| Some((unescape(topic)?, offset.parse().ok()?))))
        .collect()
}

/// Keeps letters, digits and `-._~`; every other byte becomes `%` and two hexadecimal digits.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let written = write!(escaped, "%{byte:02x}");
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
    }
    escaped
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word() -> ControlWord {
        ControlWord {
            batch: 42,
            clock: Instant::from_millis(-1),
            cursor: Some("c;1=ü%".into()),
            catalog: format!("sha256:{}", "ab".repeat(32)),
            catalog_cursor: None,
            announced: Announced::Partly,
            began: vec![("shop.events".into(), 0), ("carts-2".into(), 1 << 40)],
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let full = ControlWord { cursor: None, catalog_cursor: Some(String::new()), began: vec![], ..word() };
        for word in [word(), full] {
            assert_eq!(ControlWord::parse(&word.encode()), Ok(word.clone()));
            assert!(word.encode().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let text = word().encode();
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(ControlWord::parse(&changed).is_err(), "byte {at} may change unnoticed");
            assert!(ControlWord::parse(&text[..at]).is_err(), "the word may end after {at} bytes");
        }
    }

    #[test]
    fn no_word_is_longer_than_the_longest() {
        let cursors = ["", "c", "\u{1}\u{10ffff}"].map(|part| part.repeat(CustomerId::BYTES_MAX / part.len().max(1)));
        for topics in [&[][..], &["events"], &["events", "more.events_2"]] {
            let longest = ControlWord::longest(topics.iter().copied());
            for (cursor, offset) in cursors.iter().zip([0, 1 << 40, i64::MAX]) {
                let began = topics.iter().map(|topic| ((*topic).to_owned(), offset)).collect();
                let cursor = Some(cursor.chars().take(CustomerId::BYTES_MAX).collect());
                let word = ControlWord { batch: u64::MAX, cursor, began, ..word() };
                assert!(word.encode().len() <= longest, "{} of {longest} bytes", word.encode().len());
            }
        }
    }

    #[test]
    fn eight_topics_with_the_longest_names_fit_a_broker_as_it_comes() {
        let (name, common) = ("t".repeat(249), "shop.orders.events-eu.v1");
        assert!(ControlWord::longest((0..8).map(|_| name.as_str())) <= ControlWord::BYTES_MAX);
        assert!(ControlWord::longest((0..32).map(|_| common)) <= ControlWord::BYTES_MAX);
        assert!(ControlWord::longest((0..16).map(|_| name.as_str())) > ControlWord::BYTES_MAX);
    }

    #[test]
    fn words_that_differ_are_a_torn_transaction() {
        let (one, other) = (word().encode(), ControlWord { batch: 43, ..word() }.encode());
        assert_eq!(agreed([one.as_str(), &one]), Ok(word()));
        assert!(matches!(agreed([one.as_str(), &one, &other]), Err(Torn::Differ { .. })));
        assert_eq!(agreed(["", ""]), Err(Torn::Unreadable(NotAControlWord::Foreign)));
    }
}
