//! What a set of changes says: for each key the values that no other write has replaced. The rule is Automerge's own for maps
//! (the highest write id wins, the others stay beside it); a property test holds the two against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{DecodedChange, Scalar, WriteId};
use super::key;
use crate::domain::{ActorId, Wording};

/// One value of a key, with who wrote it and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub id: WriteId,
    pub value: Scalar,
    pub by: ActorId,
    pub at_ms: i64,
}

/// The keys of a document with their values, the winning one first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<String, Vec<Field>>);

impl Fields {
    /// Folds changes, in any order, into what they say together.
    pub fn of<'a>(changes: impl Iterator<Item = &'a DecodedChange> + Clone) -> Self {
        let replaced: BTreeSet<WriteId> = changes
            .clone()
            .flat_map(|c| &c.writes)
            .flat_map(|w| w.replaces.iter().copied())
            .collect();
        let mut fields: BTreeMap<String, Vec<Field>> = BTreeMap::new();
        for change in changes {
            for write in change.writes.iter().filter(|w| !replaced.contains(&w.id)) {
                if let Some(value) = &write.value {
                    let field = Field {
                        id: write.id,
                        value: value.as_read(),
                        by: change.actor,
                        at_ms: change.at_ms,
                    };
                    fields.entry(write.key.clone()).or_default().push(field);
                }
            }
        }
        for values in fields.values_mut() {
            values.sort_by_key(|field| std::cmp::Reverse(field.id));
        }
        Fields(fields)
    }

    /// The winning value.
    pub fn get(&self, key: &str) -> Option<&Scalar> {
        self.0.get(key).map(|values| &values[0].value)
    }

    /// The winning value when it is text.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The winning value when it is a number.
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.get(key) {
            Some(Scalar::Int(number)) => Some(*number),
            _ => None,
        }
    }

    /// Whether the winning value is `true`.
    pub fn flag(&self, key: &str) -> bool {
        self.get(key) == Some(&Scalar::Flag(true))
    }

    /// The keys below a prefix such as `pupil/`: what follows the prefix, and the winning field.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Field)> {
        self.0
            .range(prefix.to_owned()..)
            .map_while(move |(key, values)| Some((key.strip_prefix(prefix)?, &values[0])))
    }

    /// Every key with its values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Field])> {
        self.0
            .iter()
            .map(|(key, values)| (key.as_str(), values.as_slice()))
    }

    /// Whether the key says exactly this already, uncontested.
    pub fn says(&self, key: &str, value: Option<&Scalar>) -> bool {
        match (self.0.get(key).map(Vec::as_slice), value) {
            (None, None) => true,
            (Some([only]), Some(value)) => only.value == *value,
            _ => false,
        }
    }

    /// The keys with several different values, every wording of each.
    pub fn contested(&self) -> BTreeMap<String, Vec<Wording>> {
        let differ = |values: &[Field]| values.iter().any(|field| field.value != values[0].value);
        let wording = |field: &Field| Wording {
            text: field.value.to_text(),
            by: field.by,
            at_ms: field.at_ms,
        };
        let contested = self.0.iter().filter(|(_, values)| differ(values));
        contested
            .map(|(key, values)| (key.clone(), values.iter().map(wording).collect()))
            .collect()
    }

    pub(super) fn take_additions(&mut self, later: Fields) {
        self.0.extend(
            later
                .0
                .into_iter()
                .filter(|(key, _)| key.starts_with(key::ADDITION)),
        );
    }
}
