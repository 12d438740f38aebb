//! One look at a record's JSON: is it valid, and where do the named members stand?
//!
//! Everything read from JSON goes through [`members`], so one rule holds everywhere: of equal names in an object the
//! last counts. Values stay raw text until somebody needs them; what nobody needs is checked for syntax and skipped.
//! Depth and surrogate halves are checked before parsing, because skipping does not look at them. Not here: what the
//! values mean (`scalar`, `properties`).

use std::borrow::Cow;
use std::fmt;

use compact_str::CompactString;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::event::{Reason, Rejection};

/// How deep arrays and objects may nest; the document itself is the first level.
pub(super) const DEPTH_MAX: usize = 64;

/// The bytes as text, if they are UTF-8, nest no deeper than allowed and hold no half of a surrogate pair. Whether
/// they are JSON is for [`members`] to say.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Rejection> {
    let text = simdutf8::basic::from_utf8(bytes)
        .map_err(|_| Rejection::new(Reason::NotUtf8, "the value is not UTF-8: send JSON in UTF-8"))?;
    let (openers, backslash) = sketch(bytes);
    if openers > DEPTH_MAX {
        check_depth(bytes)?;
    }
    if backslash {
        check_surrogates(text)?;
    }
    Ok(text)
}

/// How many brackets open, in strings too, and whether there is a backslash: enough to let nearly every record pass,
/// and simple enough to be done many bytes at a time.
fn sketch(bytes: &[u8]) -> (usize, bool) {
    const CHUNK: usize = 128;
    let (mut openers, mut backslash) = (0, false);
    for chunk in bytes.chunks(CHUNK) {
        let (mut open, mut back) = (0u8, 0u8);
        for byte in chunk {
            // A chunk cannot overflow it; a checked addition would keep the loop from being done many bytes at a time.
            open = open.wrapping_add(u8::from(*byte & 0xDF == b'['));
            back |= u8::from(*byte == b'\\');
        }
        openers += usize::from(open);
        backslash |= back != 0;
    }
    (openers, backslash)
}

/// The exact check of depth, byte by byte.
fn check_depth(bytes: &[u8]) -> Result<(), Rejection> {
    let (mut depth, mut quoted) = (0usize, false);
    let mut rest = bytes;
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => rest = after.get(1..).unwrap_or_default(),
            b'[' | b'{' if !quoted => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(Rejection::new(Reason::TooDeep, "arrays and objects nest deeper than 64 levels"));
                }
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Refuses half a surrogate pair, going from escape to escape. What is no escape at all is left to the parser.
fn check_surrogates(text: &str) -> Result<(), Rejection> {
    let half = || Rejection::new(Reason::NotJson, "a text holds half of a surrogate pair (\\ud800 to \\udfff)");
    let mut rest = text;
    while let Some((_, escape)) = rest.split_once('\\') {
        rest = match unit(escape) {
            Some((0xD800..=0xDBFF, after)) => match after.strip_prefix('\\').and_then(unit) {
                Some((0xDC00..=0xDFFF, after)) => after,
                Some(_) | None => return Err(half()),
            },
            Some((0xDC00..=0xDFFF, _)) => return Err(half()),
            Some((_, after)) => after,
            None => {
                let mut after = escape.chars();
                after.next();
                after.as_str()
            }
        };
    }
    Ok(())
}

/// The code unit of an escape, `u` and four hexadecimal digits, and what follows it.
fn unit(escape: &str) -> Option<(u16, &str)> {
    let (hex, after) = escape.strip_prefix('u')?.split_at_checked(4)?;
    let digits = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u16::from_str_radix(hex, 16).ok()).flatten().map(|unit| (unit, after))
}

/// Names to look for in an object, without repetition.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    names: Vec<CompactString>,
    /// A bit for each length that a name has, so that most other names are told by their length.
    lengths: u64,
}

impl Names {
    /// The position of a name, which is added where it is new.
    pub(super) fn add(&mut self, name: &str) -> usize {
        self.position(name).unwrap_or_else(|| {
            self.names.push(name.into());
            self.lengths |= length_bit(name);
            self.names.len() - 1
        })
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    fn position(&self, name: &str) -> Option<usize> {
        if self.lengths & length_bit(name) == 0 {
            return None;
        }
        self.names.iter().position(|known| known.len() == name.len() && known == name)
    }
}

fn length_bit(name: &str) -> u64 {
    1 << (name.len() % 64)
}

/// Reads a document that must be one JSON object and nothing else, and puts the raw text of each named member at the
/// name's position in `found`, as far as that is long. A name that is not there leaves its place alone.
pub(super) fn members<'a>(
    object: &'a str,
    names: &Names,
    found: &mut [Option<&'a str>],
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(object);
    deserializer.deserialize_map(Members { position: |name: &str| names.position(name), found })?;
    deserializer.end()
}

/// The raw text of one member of a valid object; nothing where it is not there, or the value is no object.
pub(super) fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let mut found = [None];
    let mut deserializer = serde_json::Deserializer::from_str(object);
    let position = |candidate: &str| (candidate == name).then_some(0);
    deserializer.deserialize_map(Members { position, found: &mut found }).ok()?;
    found[0]
}

/// Hands the raw text of each element of a valid array to `each`, in order; nothing where the value is no array.
pub(super) fn elements<'a>(array: &'a str, each: impl FnMut(&'a str)) {
    // The text was valid before; where it is no array there are no elements, and that is the answer.
    let _ = serde_json::Deserializer::from_str(array).deserialize_seq(Elements(each));
}

/// Hands name and raw text of each member of a valid object to `each`, in order, repeated names too.
pub(super) fn fields<'a>(object: &'a str, each: impl FnMut(String, &'a str)) {
    // As above.
    let _ = serde_json::Deserializer::from_str(object).deserialize_map(Fields(each));
}

/// The text of a raw JSON string; nothing where the value is none.
pub(super) fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.as_bytes().contains(&b'\\') {
        serde_json::from_str::<String>(raw).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

struct Members<'f, 'a, P> {
    position: P,
    found: &'f mut [Option<&'a str>],
}

impl<'a, P: Fn(&str) -> Option<usize>> Visitor<'a> for Members<'_, 'a, P> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(position) = map.next_key_seed(Key(&self.position))? {
            match position.and_then(|position| self.found.get_mut(position)) {
                Some(place) => *place = Some(map.next_value::<&RawValue>()?.get()),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A member's name, turned into a position without being copied.
struct Key<'p, P>(&'p P);

impl<'a, P: Fn(&str) -> Option<usize>> DeserializeSeed<'a> for Key<'_, P> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<P: Fn(&str) -> Option<usize>> Visitor<'_> for Key<'_, P> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        Ok((self.0)(name))
    }
}

struct Elements<F>(F);

impl<'a, F: FnMut(&'a str)> Visitor<'a> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<S: SeqAccess<'a>>(mut self, mut seq: S) -> Result<(), S::Error> {
        while let Some(element) = seq.next_element::<&RawValue>()? {
            (self.0)(element.get());
        }
        Ok(())
    }
}

struct Fields<F>(F);

impl<'a, F: FnMut(String, &'a str)> Visitor<'a> for Fields<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            (self.0)(name, value.get());
        }
        Ok(())
    }
}
