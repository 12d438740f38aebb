//! Whether the state kept under one catalog serves another: which feature of the older one each newer one goes on from.
//!
//! A feature goes on from one that measures the same events and keeps at least as much. The values of a `for some` are
//! those that its forms select, so its features must be the same ones. Where the ranks of event types differ, nothing
//! kept serves: positions of events hold the rank.

use super::catalog::{Catalog, Origin};
use crate::event::Interest;
use crate::feature::{Feature, Fold};

/// For every feature of the newer catalog, the one of the older that it goes on from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adoption {
    /// The features of customers, by the newer index.
    pub customer: Vec<usize>,
    /// By the newer group: the features of one value.
    pub groups: Vec<Vec<usize>>,
}

impl Adoption {
    /// How `newer` goes on from `older`.
    ///
    /// # Errors
    /// What the newer catalog measures that the older one did not, or not as much: it takes the history itself.
    pub fn between(older: &Catalog, newer: &Catalog) -> Result<Self, Vec<String>> {
        let mut missing = Vec::new();
        let types = Types::between(older.interest(), newer.interest());
        let mut groups = vec![Vec::new(); newer.groups().len()];
        let mut customer = Vec::with_capacity(newer.features().len());
        for (feature, origin) in newer.features().iter().zip(newer.origins()) {
            let found = if let Fold::Keyed(group) = feature.fold {
                let found = keyed(older, newer, group, types);
                found.map(|(index, inner)| {
                    if let Some(place) = groups.get_mut(group) {
                        *place = inner;
                    }
                    index
                })
            } else {
                source((feature, origin), older.features(), older.origins(), types)
            };
            match found {
                Some(index) => customer.push(index),
                None => missing.push(feature.text.clone()),
            }
        }
        if missing.is_empty() { Ok(Self { customer, groups }) } else { Err(missing) }
    }
}

/// How the event types of two catalogs agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Types {
    /// They are the same.
    Equal,
    /// The newer catalog has more, after the others: what reads every type saw those as undeclared.
    More,
    /// Their ranks differ.
    Other,
}

impl Types {
    fn between(older: &Interest, newer: &Interest) -> Self {
        let same = older.kinds.iter().zip(&newer.kinds).all(|(one, other)| one.name == other.name);
        match older.kinds.len().cmp(&newer.kinds.len()) {
            std::cmp::Ordering::Equal if same => Self::Equal,
            std::cmp::Ordering::Less if same => Self::More,
            std::cmp::Ordering::Less | std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => Self::Other,
        }
    }
}

fn source(wanted: (&Feature, &Origin), older: &[Feature], origins: &[Origin], types: Types) -> Option<usize> {
    let (feature, origin) = wanted;
    let usable = match types {
        Types::Equal => true,
        Types::More => !origin.any,
        Types::Other => false,
    };
    let serves =
        |(kept, from): &(&Feature, &Origin)| from.identity == origin.identity && kept.fold.covers(&feature.fold);
    older.iter().zip(origins).position(|pair| usable && serves(&pair))
}

/// The features of the older catalog by the same property that are the same ones, and in which places.
fn keyed(older: &Catalog, newer: &Catalog, group: usize, types: Types) -> Option<(usize, Vec<usize>)> {
    let (wanted, origins) = (newer.group(group), newer.group_origins(group));
    older.features().iter().enumerate().find_map(|(index, feature)| {
        let Fold::Keyed(known) = feature.fold else { return None };
        let kept = older.group(known);
        if older.group_property(known) != newer.group_property(group) || kept.len() != wanted.len() {
            return None;
        }
        let inner: Option<Vec<usize>> =
            wanted.iter().zip(origins).map(|one| source(one, kept, older.group_origins(known), types)).collect();
        Some((index, inner?))
    })
}
