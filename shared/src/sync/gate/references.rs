//! Whether the operations of a change fit each other: what they write into, which elements and which earlier
//! operations they name. Automerge takes these for granted and panics, or loses the operation, where they are not so.

use std::collections::HashMap;

use super::limits::Limits;
use super::operation::{Action, Key, OpId, Operation, Value};
use super::refusal::Refusal;
use super::{ActorId, ChangeFacts};

/// How the places of an object are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Named,
    Sequence,
}

impl Shape {
    pub(super) fn of_key(key: &Key<'_>) -> Self {
        match key {
            Key::Name(_) => Shape::Named,
            Key::Head | Key::Element(_) => Shape::Sequence,
        }
    }

    pub(super) fn of_made(action: Action) -> Option<Self> {
        match action {
            Action::MakeMap => Some(Shape::Named),
            Action::MakeList | Action::MakeText => Some(Shape::Sequence),
            Action::Set | Action::Delete => None,
        }
    }
}

pub(super) fn check(
    facts: &ChangeFacts,
    operations: &[Operation<'_>],
    limits: &Limits,
) -> Result<(), Refusal> {
    if facts.max_op() > limits.max_op_counter {
        return Err(Refusal::CounterOutOfRange);
    }
    let change = Change { facts, operations };
    let mut shapes = HashMap::new();
    for (index, operation) in operations.iter().enumerate() {
        check_alone(operation)?;
        change.check_object(index, operation, &mut shapes)?;
        change.check_key(index, operation)?;
        change.check_preds(index, operation)?;
    }
    check_every_actor_is_named(facts, operations)
}

/// What an operation must be whatever the others are.
fn check_alone(operation: &Operation<'_>) -> Result<(), Refusal> {
    let in_sequence = Shape::of_key(&operation.key) == Shape::Sequence;
    if operation.inserts {
        let fits = in_sequence && operation.action != Action::Delete && operation.preds.is_empty();
        return if fits {
            check_value(operation)
        } else {
            Err(Refusal::InvalidInsert)
        };
    }
    if operation.key == Key::Head {
        return Err(Refusal::InvalidKey);
    }
    if operation.preds.is_empty() && (in_sequence || operation.action == Action::Delete) {
        return Err(Refusal::MissingPredecessor);
    }
    check_value(operation)
}

fn check_value(operation: &Operation<'_>) -> Result<(), Refusal> {
    if operation.action == Action::Set || operation.value == Value::Null {
        return Ok(());
    }
    Err(Refusal::UnexpectedValue)
}

struct Change<'c, 'a> {
    facts: &'c ChangeFacts,
    operations: &'c [Operation<'a>],
}

impl<'c, 'a> Change<'c, 'a> {
    /// The operation of this change that `id` names, or `None` when it names one of an earlier change.
    fn own(&self, index: usize, id: OpId) -> Result<Option<&'c Operation<'a>>, Refusal> {
        match id.counter.checked_sub(self.facts.start_op) {
            None if self.facts.deps.is_empty() => Err(Refusal::UnknownReference),
            None => Ok(None),
            Some(offset) if id.actor == 0 && offset < index as u64 => self
                .operations
                .get(offset as usize)
                .map(Some)
                .ok_or(Refusal::UnknownReference),
            Some(_) => Err(Refusal::UnknownReference),
        }
    }

    fn check_object(
        &self,
        index: usize,
        operation: &Operation<'_>,
        shapes: &mut HashMap<OpId, Shape>,
    ) -> Result<(), Refusal> {
        let used = Shape::of_key(&operation.key);
        let is = match operation.object {
            None => Shape::Named,
            Some(object) => match self.own(index, object)? {
                Some(maker) => Shape::of_made(maker.action).ok_or(Refusal::InvalidObject)?,
                None => *shapes.entry(object).or_insert(used),
            },
        };
        if is == used {
            Ok(())
        } else {
            Err(Refusal::InvalidObject)
        }
    }

    fn check_key(&self, index: usize, operation: &Operation<'_>) -> Result<(), Refusal> {
        let Key::Element(element) = operation.key else {
            return Ok(());
        };
        match self.own(index, element)? {
            Some(inserted) if !inserted.inserts || inserted.object != operation.object => {
                Err(Refusal::InvalidKey)
            }
            _ => Ok(()),
        }
    }

    fn check_preds(&self, index: usize, operation: &Operation<'_>) -> Result<(), Refusal> {
        let mut last = None;
        for pred in &operation.preds {
            let order = self.order(*pred);
            if last.is_some_and(|last| last >= order) {
                return Err(Refusal::PredecessorsNotSorted);
            }
            last = Some(order);
            let Some(overwritten) = self.own(index, *pred)? else {
                continue;
            };
            let at = match overwritten.inserts {
                true => Key::Element(*pred),
                false => overwritten.key,
            };
            let fits = overwritten.object == operation.object && at == operation.key;
            if !fits || overwritten.action == Action::Delete {
                return Err(Refusal::InvalidPredecessor);
            }
        }
        Ok(())
    }

    /// Automerge's order of operations: by counter, then by the bytes of the actor.
    fn order(&self, id: OpId) -> (u64, Option<&'c ActorId>) {
        (id.counter, self.facts.actor_at(id.actor))
    }
}

fn check_every_actor_is_named(
    facts: &ChangeFacts,
    operations: &[Operation<'_>],
) -> Result<(), Refusal> {
    let mut named = vec![false; facts.other_actors.len() + 1];
    let mut name = |id: OpId| {
        if let Some(slot) = named.get_mut(id.actor) {
            *slot = true;
        }
    };
    for operation in operations {
        operation.object.into_iter().for_each(&mut name);
        if let Key::Element(element) = operation.key {
            name(element);
        }
        operation.preds.iter().copied().for_each(&mut name);
    }
    let all_others = named.iter().skip(1).all(|is_named| *is_named);
    if all_others {
        Ok(())
    } else {
        Err(Refusal::UnusedActor)
    }
}
