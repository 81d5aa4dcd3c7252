//! The raw half of the gate: reads one uncompressed Automerge change before Automerge sees a byte of it.
//! Pure and total: no input panics, and nothing grows beyond the limits, whatever a run or a length claims.
//! Only the canonical encoding passes: Automerge writes a change anew when it saves a document, and a change that
//! it would write differently gets another hash and makes the saved document unreadable.
//! What needs the document (known dependencies, the next `seq`, references outside the change) is `history`.

mod chunk;
mod history;
mod limits;
mod operation;
mod reader;
mod references;
mod refusal;
mod run;
#[cfg(test)]
mod tests;

pub use history::History;
pub use limits::Limits;
pub use operation::{Action, Key, OpId, Operation, Value};
pub use refusal::Refusal;

/// Bytes of an actor id as the server issues it; Automerge itself would take any length.
pub const ACTOR_ID_BYTES: usize = 16;

pub type ActorId = [u8; ACTOR_ID_BYTES];
pub type ChangeHash = [u8; 32];

/// What a change says about itself, read without Automerge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFacts {
    pub hash: ChangeHash,
    pub actor: ActorId,
    /// The author's n-th change of this document, from 1.
    pub seq: u64,
    /// Counter of the first operation; the others follow it one by one.
    pub start_op: u64,
    /// The writer's clock, in the unit the writer chose.
    pub time: i64,
    pub deps: Vec<ChangeHash>,
    /// Actors other than the author whose operations are referred to.
    pub other_actors: Vec<ActorId>,
    pub op_count: usize,
}

impl ChangeFacts {
    /// Counter of the last operation.
    pub fn max_op(&self) -> u64 {
        self.start_op + self.op_count as u64 - 1
    }

    /// The actor an `OpId` of this change points at.
    pub fn actor_at(&self, index: usize) -> Option<&ActorId> {
        match index.checked_sub(1) {
            None => Some(&self.actor),
            Some(other) => self.other_actors.get(other),
        }
    }
}

/// A change that passed: its facts and its operations, which borrow from the bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct PassedChange<'a> {
    pub facts: ChangeFacts,
    pub message: &'a str,
    pub operations: Vec<Operation<'a>>,
}

/// Passes or refuses one change chunk on its own merits.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<ChangeFacts, Refusal> {
    decode(bytes, limits).map(|change| change.facts)
}

/// As [`inspect`], and hands out the operations too.
pub fn decode<'a>(bytes: &'a [u8], limits: &Limits) -> Result<PassedChange<'a>, Refusal> {
    let chunk = chunk::open(bytes, limits)?;
    let head = chunk::read_head(chunk.body, limits)?;
    let actor_count = head.other_actors.len() + 1;
    let operations = operation::decode(&head.columns, actor_count, limits)?;
    let facts = ChangeFacts {
        hash: chunk.hash,
        actor: head.actor,
        seq: head.seq,
        start_op: head.start_op,
        time: head.time,
        deps: head.deps,
        other_actors: head.other_actors,
        op_count: operations.len(),
    };
    references::check(&facts, &operations, limits)?;
    Ok(PassedChange {
        facts,
        message: head.message,
        operations,
    })
}
