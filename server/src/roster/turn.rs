//! The turn of a school year: whom a file moves away from those who follow them. Somebody follows a class by its name, and after the
//! summer the name is other children's; so where the children go is counted, and a person says who follows whom from then on.

use std::collections::{BTreeMap, BTreeSet};

use shared::api::{RosterChoices, RosterFollower};
use shared::domain::{ClassId, StaffId};
use thiserror::Error;
use uuid::Uuid;

use super::matching::class_order;
use super::plan::School;
use crate::store::roster::PupilRow;

/// Somebody who follows classes now, with whatever account.
#[derive(Debug, Clone)]
pub struct Follower {
    pub staff: StaffId,
    pub name: String,
    pub classes: Vec<ClassId>,
}

/// Why what was chosen cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChoiceError {
    #[error("somebody's pupils move, and it is not said which classes they follow then")]
    Missing,
    #[error("a choice names somebody who is not asked about, or a class that is not offered")]
    Unknown,
}

/// Whose pupils move, and between which classes is chosen.
#[derive(Debug, Default)]
pub struct Turn {
    pub followers: Vec<RosterFollower>,
    /// Every class that can be followed after the import.
    pub classes: BTreeMap<String, ClassId>,
}

impl Turn {
    /// `after` has the class of every pupil who is in the file, `names` of every class there is by then.
    pub(super) fn of(
        school: &School,
        after: &BTreeMap<Uuid, ClassId>,
        names: &BTreeMap<ClassId, String>,
    ) -> Turn {
        let moves = Moves::of(&school.pupils, after);
        let mut turn = Turn::default();
        let mut offered = moves.filled.clone();
        for follower in &school.followers {
            let now: BTreeSet<ClassId> = follower.classes.iter().copied().collect();
            let proposed: BTreeSet<ClassId> =
                now.iter().flat_map(|class| moves.heirs(*class)).collect();
            if proposed == now {
                continue;
            }
            let others = now.difference(&proposed).copied();
            let others = others.filter(|class| moves.filled.contains(class));
            turn.followers.push(RosterFollower {
                staff: follower.staff,
                name: follower.name.clone(),
                filled_by_others: in_order(others, names),
                now: in_order(now.iter().copied(), names),
                proposed: in_order(proposed.iter().copied(), names),
            });
            offered.extend(proposed);
        }
        if !turn.followers.is_empty() {
            let named = |id: ClassId| Some((names.get(&id)?.clone(), id));
            turn.classes = offered.into_iter().filter_map(named).collect();
        }
        turn
    }

    /// The names of `classes` as people count: 9A before 10A.
    pub(super) fn class_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.classes.keys().cloned().collect();
        names.sort_by_key(|name| class_order(name));
        names
    }

    /// What everybody who is asked about follows from then on, or why it is not said.
    pub fn decided(
        &self,
        chosen: &RosterChoices,
    ) -> Result<BTreeMap<StaffId, BTreeSet<ClassId>>, ChoiceError> {
        let asked: BTreeSet<StaffId> = self.followers.iter().map(|it| it.staff).collect();
        if chosen.keys().any(|staff| !asked.contains(staff)) {
            return Err(ChoiceError::Unknown);
        }
        if asked.iter().any(|staff| !chosen.contains_key(staff)) {
            return Err(ChoiceError::Missing);
        }
        let id = |name: &String| self.classes.get(name).copied();
        chosen
            .iter()
            .map(|(staff, names)| Some((*staff, names.iter().map(id).collect::<Option<_>>()?)))
            .collect::<Option<_>>()
            .ok_or(ChoiceError::Unknown)
    }
}

/// Where the pupils of each class go.
struct Moves {
    /// How many of a class go to which; none for those who leave.
    goes: BTreeMap<ClassId, BTreeMap<Option<ClassId>, usize>>,
    /// Classes with somebody in them afterwards.
    filled: BTreeSet<ClassId>,
}

impl Moves {
    fn of(pupils: &[PupilRow], after: &BTreeMap<Uuid, ClassId>) -> Moves {
        let mut goes: BTreeMap<ClassId, BTreeMap<Option<ClassId>, usize>> = BTreeMap::new();
        for row in pupils {
            if let Some(class) = row.current_class() {
                let of_class = goes.entry(class).or_default();
                *of_class.entry(after.get(&row.id).copied()).or_default() += 1;
            }
        }
        Moves {
            goes,
            filled: after.values().copied().collect(),
        }
    }

    /// Where most of a class's pupils are afterwards: the class itself if as many stay as go anywhere else, several if equally many
    /// go to each, nowhere if most leave the school. Of a class that was empty nobody is known who now fills it.
    fn heirs(&self, class: ClassId) -> BTreeSet<ClassId> {
        let Some(goes) = self.goes.get(&class) else {
            let stays_empty = !self.filled.contains(&class);
            return stays_empty.then_some(class).into_iter().collect();
        };
        let all: usize = goes.values().sum();
        let gone = goes.get(&None).copied().unwrap_or_default();
        if gone * 2 > all {
            return BTreeSet::new();
        }
        let here = goes
            .iter()
            .filter_map(|(to, count)| to.map(|to| (to, *count)));
        let most = here.clone().map(|(_, count)| count).max();
        let largest: BTreeSet<ClassId> = here
            .filter(|(_, count)| Some(*count) == most)
            .map(|(to, _)| to)
            .collect();
        match largest.contains(&class) {
            true => BTreeSet::from([class]),
            false => largest,
        }
    }
}

fn in_order(
    classes: impl Iterator<Item = ClassId>,
    names: &BTreeMap<ClassId, String>,
) -> Vec<String> {
    let mut named: Vec<String> = classes.filter_map(|id| names.get(&id).cloned()).collect();
    named.sort_by_key(|name| class_order(name));
    named
}

#[cfg(test)]
#[path = "turn_tests.rs"]
mod tests;
