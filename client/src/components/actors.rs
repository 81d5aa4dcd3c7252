//! Who wrote with which actor id, for wordings and additions.

use std::collections::BTreeMap;

use shared::api::ActorName;
use shared::domain::ActorId;

use super::Texts;
use crate::i18n::*;

/// Names by actor.
#[derive(Debug, Clone, Default)]
pub struct Actors(BTreeMap<ActorId, String>);

impl Actors {
    pub fn from(actors: &[ActorName]) -> Self {
        Actors(
            actors
                .iter()
                .map(|actor| (actor.actor, actor.name.clone()))
                .collect(),
        )
    }

    /// The person's name, or that nobody knows.
    pub fn name(&self, i18n: Texts, actor: ActorId) -> String {
        self.0
            .get(&actor)
            .cloned()
            .unwrap_or_else(|| t_string!(i18n, entry.unknown_writer).to_owned())
    }
}
