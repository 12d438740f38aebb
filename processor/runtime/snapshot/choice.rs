//! Whether a snapshot can be used: as far as its manifest says, and what is committed and held.

use spicchio_core::wire::ControlWord;

use super::failure::{Damage, StoreError};
use super::manifest::Manifest;
use crate::partition::Held;

/// What a recovery looks for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The partition.
    pub partition: i32,
    /// The inputs in order.
    pub topics: &'a [String],
    /// What is committed.
    pub word: &'a ControlWord,
    /// The offsets beside it.
    pub next: &'a [i64],
    /// What the inputs hold.
    pub held: &'a [Held],
    /// What the memberships topic holds, where it can be read.
    pub announced: Option<Held>,
    /// The hashes of the definitions in force and of what their state means.
    pub catalog: [&'a str; 2],
}

/// Why a snapshot is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not what was written, or of another version.
    #[error("{0}")]
    Damaged(#[from] Damage),
    /// The store does not give it.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// It is of another group, partition or beginning, or of other inputs.
    #[error("it is of {0}")]
    Foreign(String),
    /// It is of other definitions.
    #[error("it is of other definitions: what it keeps does not answer those in force")]
    Definitions,
    /// It holds what was never committed, as far as the group's offsets say.
    #[error("it is past what is committed: the group's offsets were moved back")]
    Ahead,
    /// The input after it is gone.
    #[error("`{topic}` no longer holds offsets {from} to {to}, which come after it")]
    Gone {
        /// The input.
        topic: String,
        /// The first missing offset.
        from: i64,
        /// The last missing offset.
        to: i64,
    },
    /// An input is another topic now.
    #[error("`{topic}` is not the topic that was read: offset {offset} holds another record, or none")]
    Recreated {
        /// The input.
        topic: String,
        /// Of the anchor.
        offset: i64,
    },
}

impl Refusal {
    /// What it is called in metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Damaged(_) => "damaged",
            Self::Store(_) => "store",
            Self::Foreign(_) => "foreign",
            Self::Definitions => "definitions",
            Self::Ahead => "ahead",
            Self::Gone { .. } => "gone",
            Self::Recreated { .. } => "recreated",
        }
    }
}

/// Whether the manifest is of what is wanted, under these definitions; the rest is for its anchors and parts to say.
pub(super) fn weigh(manifest: &Manifest, wanted: &Wanted<'_>, group: &str) -> Result<(), Refusal> {
    let foreign = |what: String| Err(Refusal::Foreign(what));
    if manifest.group != group {
        return foreign(format!("group `{}`", manifest.group));
    }
    if manifest.partition != wanted.partition {
        return foreign(format!("partition {}", manifest.partition));
    }
    if !manifest.inputs.iter().map(|input| &input.topic).eq(wanted.topics) {
        return foreign("other inputs, or the same in another order".to_owned());
    }
    if manifest.inputs.iter().any(|input| wanted.word.began_at(&input.topic) != Some(input.began)) {
        return foreign("a group that began elsewhere".to_owned());
    }
    if [&*manifest.catalog, &*manifest.layout] != wanted.catalog {
        return Err(Refusal::Definitions);
    }
    let end = manifest.end().ok_or_else(|| Damage::Incomplete("its cuts".to_owned()))?;
    let past = end.iter().zip(wanted.next).any(|(end, next)| end > next);
    if past || manifest.batch > wanted.word.batch || manifest.clock() > wanted.word.clock {
        return Err(Refusal::Ahead);
    }
    for ((input, held), next) in manifest.inputs.iter().zip(wanted.held).zip(wanted.next) {
        if input.from < held.first && input.from < *next {
            return Err(Refusal::Gone { topic: input.topic.clone(), from: input.from, to: held.first - 1 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use spicchio_core::timer::Instant;
    use spicchio_core::wire::Announced;

    use super::super::manifest::tests::manifest;
    use super::*;

    #[test]
    fn only_what_fits_is_used() {
        let word = ControlWord {
            batch: 41,
            clock: Instant::from_millis(-5),
            cursor: None,
            catalog: String::new(),
            catalog_cursor: None,
            announced: Announced::Everything,
            began: vec![("events".to_owned(), 0)],
        };
        let topics = ["events".to_owned()];
        let reason = |change: fn(&mut Manifest), first: i64, next: i64| {
            let mut manifest = manifest();
            change(&mut manifest);
            let held = [Held { first, end: 1_000 }];
            let (next, catalog) = ([next], ["sha256:ab", "sha256:cd"]);
            let wanted = Wanted {
                partition: 3,
                topics: &topics,
                word: &word,
                next: &next,
                held: &held,
                announced: None,
                catalog,
            };
            weigh(&manifest, &wanted, "shop").err().map(|refusal| refusal.reason())
        };
        assert_eq!(reason(|_| {}, 0, 100), None);
        assert_eq!(reason(|_| {}, 90, 100), None, "it is read again from 90 on");
        assert_eq!(reason(|_| {}, 91, 100), Some("gone"));
        assert_eq!(reason(|_| {}, 0, 99), Some("ahead"));
        assert_eq!(reason(|manifest| manifest.batch += 1, 0, 100), Some("ahead"));
        assert_eq!(reason(|manifest| manifest.clock += 1, 0, 100), Some("ahead"));
        assert_eq!(reason(|manifest| manifest.group.push('2'), 0, 100), Some("foreign"));
        assert_eq!(reason(|manifest| manifest.partition = 4, 0, 100), Some("foreign"));
        assert_eq!(reason(|manifest| manifest.inputs[0].topic.push('2'), 0, 100), Some("foreign"));
        assert_eq!(reason(|manifest| manifest.inputs[0].began = 5, 0, 100), Some("foreign"));
        assert_eq!(reason(|manifest| manifest.catalog.push('2'), 0, 100), Some("definitions"));
        assert_eq!(reason(|manifest| manifest.layout.push('2'), 0, 100), Some("definitions"));
        assert_eq!(reason(|manifest| manifest.cuts.clear(), 0, 100), Some("damaged"));
        assert_eq!(reason(|manifest| manifest.inputs[0].from = 100, 500, 100), None, "nothing has to be read again");
    }
}
