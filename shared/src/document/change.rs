//! A change taken apart into what it writes. Only puts and deletes of short scalars in the root map exist here; anything else is refused.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{Change, ScalarValue};
use uuid::Uuid;

use super::DocumentError;
use crate::domain::{ActorId, as_read};
use crate::sync::gate::{self, PassedChange};

/// A value as documents hold it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scalar {
    Text(String),
    Int(i64),
    Flag(bool),
}

/// Names one write in a document: its place in the order all replicas agree on, and who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WriteId {
    pub counter: u64,
    pub actor: ActorId,
}

/// One key written, or taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    pub id: WriteId,
    pub key: String,
    pub value: Option<Scalar>,
    /// The writes it replaces: what its author saw.
    pub replaces: Vec<WriteId>,
}

/// One change: what one person wrote at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedChange {
    pub hash: [u8; 32],
    pub actor: ActorId,
    /// 1 for the actor's first change in the document.
    pub seq: u64,
    pub at_ms: i64,
    pub deps: Vec<[u8; 32]>,
    pub writes: Vec<Write>,
}

impl DecodedChange {
    /// Takes apart what the gate has let through, without Automerge.
    pub fn from_passed(change: &PassedChange<'_>) -> Result<Self, DocumentError> {
        let facts = &change.facts;
        let write = |(counter, operation): (u64, &gate::Operation<'_>)| {
            let gate::Key::Name(key) = operation.key else {
                return Err(DocumentError::NotFlat);
            };
            if operation.object.is_some() || operation.inserts {
                return Err(DocumentError::NotFlat);
            }
            let value = match (operation.action, operation.value) {
                (gate::Action::Set, gate::Value::Text(text)) => Some(Scalar::Text(text.to_owned())),
                (gate::Action::Set, gate::Value::Int(number)) => Some(Scalar::Int(number)),
                (gate::Action::Set, gate::Value::Bool(flag)) => Some(Scalar::Flag(flag)),
                (gate::Action::Delete, _) => None,
                _ => return Err(DocumentError::NotFlat),
            };
            let replaces = operation.preds.iter().map(|id| {
                let actor = facts.actor_at(id.actor).ok_or(DocumentError::BadActor)?;
                Ok(WriteId {
                    counter: id.counter,
                    actor: ActorId(Uuid::from_bytes(*actor)),
                })
            });
            Ok(Write {
                id: WriteId {
                    counter,
                    actor: ActorId(Uuid::from_bytes(facts.actor)),
                },
                key: key.to_owned(),
                value,
                replaces: replaces.collect::<Result<_, DocumentError>>()?,
            })
        };
        Ok(DecodedChange {
            hash: facts.hash,
            actor: ActorId(Uuid::from_bytes(facts.actor)),
            seq: facts.seq,
            at_ms: facts.time,
            deps: facts.deps.clone(),
            writes: (facts.start_op..)
                .zip(&change.operations)
                .map(write)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The hash in hex, as reports name it.
    pub fn hash_hex(&self) -> String {
        hex(&self.hash)
    }
}

impl Scalar {
    pub(super) fn into_automerge(self) -> ScalarValue {
        match self {
            Scalar::Text(text) => ScalarValue::Str(text.into()),
            Scalar::Int(number) => ScalarValue::Int(number),
            Scalar::Flag(flag) => ScalarValue::Boolean(flag),
        }
    }

    /// As people read it: what is stored may hold marks that turn the writing.
    pub(super) fn as_read(&self) -> Scalar {
        match self {
            Scalar::Text(text) => Scalar::Text(as_read(text)),
            other => other.clone(),
        }
    }

    /// As text, for showing an earlier wording.
    pub fn to_text(&self) -> String {
        match self {
            Scalar::Text(text) => as_read(text),
            Scalar::Int(number) => number.to_string(),
            Scalar::Flag(flag) => flag.to_string(),
        }
    }
}

pub(super) fn decode(change: &Change) -> Result<DecodedChange, DocumentError> {
    let expanded = change.decode();
    let actor = actor_id(change.actor_id())?;
    let start = change.start_op().get();
    let writes = expanded.operations.iter().enumerate().map(|(index, op)| {
        let Key::Map(key) = &op.key else {
            return Err(DocumentError::NotFlat);
        };
        if op.obj != ObjectId::Root || op.insert {
            return Err(DocumentError::NotFlat);
        }
        let value = match &op.action {
            OpType::Put(ScalarValue::Str(text)) => Some(Scalar::Text(text.to_string())),
            OpType::Put(ScalarValue::Int(number)) => Some(Scalar::Int(*number)),
            OpType::Put(ScalarValue::Boolean(flag)) => Some(Scalar::Flag(*flag)),
            OpType::Delete => None,
            _ => return Err(DocumentError::NotFlat),
        };
        let replaces = op.pred.iter().map(|id| {
            Ok(WriteId {
                counter: id.counter(),
                actor: actor_id(id.actor())?,
            })
        });
        let counter = start
            .checked_add(index as u64)
            .ok_or(DocumentError::NotFlat)?;
        Ok(Write {
            id: WriteId { counter, actor },
            key: key.to_string(),
            value,
            replaces: replaces.collect::<Result<_, DocumentError>>()?,
        })
    });
    Ok(DecodedChange {
        hash: change.hash().0,
        actor,
        seq: change.seq(),
        at_ms: change.timestamp(),
        deps: change.deps().iter().map(|dep| dep.0).collect(),
        writes: writes.collect::<Result<_, _>>()?,
    })
}

/// The hashes of these heads and of all they build on; unknown heads add nothing.
pub(super) fn ancestors(changes: &[DecodedChange], heads: &[String]) -> BTreeSet<[u8; 32]> {
    let by_hash: BTreeMap<_, _> = changes.iter().map(|c| (c.hash, c)).collect();
    let mut open: Vec<_> = changes
        .iter()
        .filter(|c| heads.contains(&hex(&c.hash)))
        .map(|c| c.hash)
        .collect();
    let mut found = BTreeSet::new();
    while let Some(hash) = open.pop() {
        if let Some(change) = by_hash.get(&hash)
            && found.insert(hash)
        {
            open.extend(&change.deps);
        }
    }
    found
}

pub(super) fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn actor_id(actor: &automerge::ActorId) -> Result<ActorId, DocumentError> {
    Uuid::from_slice(actor.to_bytes())
        .map(ActorId)
        .map_err(|_| DocumentError::BadActor)
}
