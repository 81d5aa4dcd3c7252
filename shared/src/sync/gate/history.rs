//! The half of the gate that needs the document: what its changes so far wrote, and whether a further change fits.
//! Automerge panics on a reference to nothing, queues a change with an unknown dependency for ever, and accepts a
//! gap in `seq` or in the counters; all of these are refused here.

use std::collections::HashMap;

use super::operation::{Action, Key, OpId};
use super::references::Shape;
use super::{ActorId, ChangeFacts, ChangeHash, Operation, PassedChange, Refusal};

/// Names an operation in the whole document: its counter and its actor.
type GlobalId = (u64, ActorId);

/// Every change taken into one document, as far as later changes can refer to it.
#[derive(Debug, Clone, Default)]
pub struct History {
    clocks: HashMap<ChangeHash, Clock>,
    latest_seqs: HashMap<ActorId, u64>,
    written: HashMap<GlobalId, Written>,
}

/// What a change knew when it was made, itself included.
#[derive(Debug, Clone, Default)]
struct Clock {
    max_op: u64,
    seqs: HashMap<ActorId, u64>,
}

#[derive(Debug, Clone)]
struct Written {
    seq: u64,
    object: Option<GlobalId>,
    place: Place,
    inserts: bool,
    action: Action,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Name(String),
    Head,
    Element(GlobalId),
}

impl History {
    pub fn contains(&self, hash: &ChangeHash) -> bool {
        self.clocks.contains_key(hash)
    }

    /// Dependencies that have not arrived.
    pub fn missing<'f>(&self, facts: &'f ChangeFacts) -> impl Iterator<Item = &'f ChangeHash> {
        facts.deps.iter().filter(|dep| !self.contains(dep))
    }

    /// Refuses the change unless it follows from what is here; `AlreadyKnown` is the answer to a retry.
    pub fn check(&self, change: &PassedChange<'_>) -> Result<(), Refusal> {
        self.follow(change).map(drop)
    }

    /// Checks the change and takes it in.
    pub fn add(&mut self, change: &PassedChange<'_>) -> Result<(), Refusal> {
        let mut clock = self.follow(change)?;
        let facts = &change.facts;
        for (counter, operation) in (facts.start_op..).zip(&change.operations) {
            self.written
                .insert((counter, facts.actor), written(facts, operation)?);
        }
        clock.max_op = facts.max_op();
        clock.seqs.insert(facts.actor, facts.seq);
        self.latest_seqs.insert(facts.actor, facts.seq);
        self.clocks.insert(facts.hash, clock);
        Ok(())
    }

    /// The clock of the dependencies, once the change is found to follow from them.
    fn follow(&self, change: &PassedChange<'_>) -> Result<Clock, Refusal> {
        let facts = &change.facts;
        if self.contains(&facts.hash) {
            return Err(Refusal::AlreadyKnown);
        }
        let clock = self.clock_of(&facts.deps)?;
        // The latest change of the author must also be one this change builds on: else two replicas share an actor.
        let next = |seqs: &HashMap<ActorId, u64>| seqs.get(&facts.actor).map_or(1, |seq| seq + 1);
        if facts.seq != next(&self.latest_seqs) || facts.seq != next(&clock.seqs) {
            return Err(Refusal::WrongSequence);
        }
        if facts.start_op != clock.max_op + 1 {
            return Err(Refusal::WrongStart);
        }
        let past = Past {
            history: self,
            clock: &clock,
            facts,
        };
        change
            .operations
            .iter()
            .try_for_each(|operation| past.check(operation))?;
        Ok(clock)
    }

    fn clock_of(&self, deps: &[ChangeHash]) -> Result<Clock, Refusal> {
        let mut clock = Clock::default();
        for dep in deps {
            let known = self.clocks.get(dep).ok_or(Refusal::DependencyNotKnown)?;
            clock.max_op = clock.max_op.max(known.max_op);
            for (actor, seq) in &known.seqs {
                let latest = clock.seqs.entry(*actor).or_default();
                *latest = (*latest).max(*seq);
            }
        }
        Ok(clock)
    }
}

fn written(facts: &ChangeFacts, operation: &Operation<'_>) -> Result<Written, Refusal> {
    Ok(Written {
        seq: facts.seq,
        object: operation.object.map(|id| global(facts, id)).transpose()?,
        place: place(facts, &operation.key)?,
        inserts: operation.inserts,
        action: operation.action,
    })
}

fn place(facts: &ChangeFacts, key: &Key<'_>) -> Result<Place, Refusal> {
    Ok(match key {
        Key::Name(name) => Place::Name((*name).to_owned()),
        Key::Head => Place::Head,
        Key::Element(id) => Place::Element(global(facts, *id)?),
    })
}

fn global(facts: &ChangeFacts, id: OpId) -> Result<GlobalId, Refusal> {
    facts
        .actor_at(id.actor)
        .map(|actor| (id.counter, *actor))
        .ok_or(Refusal::UnknownActor)
}

/// What one change may refer to outside itself. References within it were checked when it was decoded.
struct Past<'p> {
    history: &'p History,
    clock: &'p Clock,
    facts: &'p ChangeFacts,
}

impl Past<'_> {
    fn check(&self, operation: &Operation<'_>) -> Result<(), Refusal> {
        let object = operation
            .object
            .map(|id| global(self.facts, id))
            .transpose()?;
        let maker = operation
            .object
            .map(|id| self.find(id))
            .transpose()?
            .flatten();
        let used = Some(Shape::of_key(&operation.key));
        if maker.is_some_and(|maker| Shape::of_made(maker.action) != used) {
            return Err(Refusal::InvalidObject);
        }
        if let Key::Element(element) = operation.key {
            let inserted = self.find(element)?;
            if inserted.is_some_and(|inserted| !inserted.inserts || inserted.object != object) {
                return Err(Refusal::InvalidKey);
            }
        }
        let at = place(self.facts, &operation.key)?;
        for pred in &operation.preds {
            let Some(overwritten) = self.find(*pred)? else {
                continue;
            };
            let fits = match overwritten.inserts {
                true => at == Place::Element(global(self.facts, *pred)?),
                false => at == overwritten.place,
            };
            if !fits || overwritten.object != object || overwritten.action == Action::Delete {
                return Err(Refusal::InvalidPredecessor);
            }
        }
        Ok(())
    }

    /// What an earlier change wrote under `id`; `None` for the change's own operations.
    fn find(&self, id: OpId) -> Result<Option<&Written>, Refusal> {
        if id.counter >= self.facts.start_op {
            return Ok(None);
        }
        let global = global(self.facts, id)?;
        let written = self
            .history
            .written
            .get(&global)
            .ok_or(Refusal::UnknownReference)?;
        if self.clock.seqs.get(&global.1) < Some(&written.seq) {
            return Err(Refusal::UnknownReference);
        }
        Ok(Some(written))
    }
}
