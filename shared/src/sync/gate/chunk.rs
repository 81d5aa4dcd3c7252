//! The frame of a change: the chunk around it, its head, and the table of its columns.
//! The layout is Automerge's storage format; chunks of other types (documents, deflated changes, bundles) are refused.

use sha2::{Digest, Sha256};

use super::limits::Limits;
use super::reader::Reader;
use super::refusal::Refusal;
use super::{ACTOR_ID_BYTES, ActorId, ChangeHash};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE_CHUNK: u8 = 1;
/// Set in a column's specification when its data is deflated.
const DEFLATE_BIT: u64 = 0b1000;
const CHECKSUM_BYTES: usize = 4;

/// A chunk whose checksum holds.
pub(super) struct Chunk<'a> {
    pub(super) hash: ChangeHash,
    pub(super) body: &'a [u8],
}

/// Everything in a change before the cells of its columns.
pub(super) struct Head<'a> {
    pub(super) deps: Vec<ChangeHash>,
    pub(super) actor: ActorId,
    pub(super) seq: u64,
    pub(super) start_op: u64,
    pub(super) time: i64,
    pub(super) message: &'a str,
    pub(super) other_actors: Vec<ActorId>,
    pub(super) columns: Columns<'a>,
}

/// The raw data of each column; empty where the change has none.
#[derive(Default)]
pub(super) struct Columns<'a> {
    pub(super) object_actor: &'a [u8],
    pub(super) object_counter: &'a [u8],
    pub(super) key_actor: &'a [u8],
    pub(super) key_counter: &'a [u8],
    pub(super) key_name: &'a [u8],
    pub(super) insert: &'a [u8],
    pub(super) action: &'a [u8],
    pub(super) value_meta: &'a [u8],
    pub(super) value: &'a [u8],
    pub(super) pred_count: &'a [u8],
    pub(super) pred_actor: &'a [u8],
    pub(super) pred_counter: &'a [u8],
}

impl<'a> Columns<'a> {
    const COUNT: usize = 12;

    fn column(&mut self, specification: u64) -> Option<&mut &'a [u8]> {
        Some(match specification {
            0x01 => &mut self.object_actor,
            0x02 => &mut self.object_counter,
            0x11 => &mut self.key_actor,
            0x13 => &mut self.key_counter,
            0x15 => &mut self.key_name,
            0x34 => &mut self.insert,
            0x42 => &mut self.action,
            0x56 => &mut self.value_meta,
            0x57 => &mut self.value,
            0x70 => &mut self.pred_count,
            0x71 => &mut self.pred_actor,
            0x73 => &mut self.pred_counter,
            _ => return None,
        })
    }
}

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Chunk<'a>, Refusal> {
    if bytes.len() > limits.max_change_bytes {
        return Err(Refusal::ChangeTooLong);
    }
    let mut reader = Reader::new(bytes);
    if reader.array()? != MAGIC {
        return Err(Refusal::NotAutomerge);
    }
    let checksum: [u8; CHECKSUM_BYTES] = reader.array()?;
    // The hash covers the chunk from its type on, so the length must be canonical: Automerge hashes it rewritten.
    let hashed = bytes
        .get(MAGIC.len() + CHECKSUM_BYTES..)
        .unwrap_or_default();
    if reader.byte()? != CHANGE_CHUNK {
        return Err(Refusal::NotAnUncompressedChange);
    }
    let length = reader.bounded(limits.max_change_bytes, Refusal::Truncated)?;
    let body = reader.take(length)?;
    if !reader.is_empty() {
        return Err(Refusal::TrailingBytes);
    }
    let hash: ChangeHash = Sha256::digest(hashed).into();
    if !hash.starts_with(&checksum) {
        return Err(Refusal::WrongChecksum);
    }
    Ok(Chunk { hash, body })
}

pub(super) fn read_head<'a>(body: &'a [u8], limits: &Limits) -> Result<Head<'a>, Refusal> {
    let mut reader = Reader::new(body);
    let deps = read_deps(&mut reader, limits)?;
    let actor = read_actor(&mut reader)?;
    let seq = reader.unsigned()?;
    let start_op = reader.unsigned()?;
    let counters = 1..=limits.max_op_counter;
    if !counters.contains(&seq) || !counters.contains(&start_op) {
        return Err(Refusal::CounterOutOfRange);
    }
    if deps.is_empty() && (seq, start_op) != (1, 1) {
        return Err(Refusal::MissingDependencies);
    }
    let time = reader.signed()?;
    if !(0..=limits.max_time).contains(&time) {
        return Err(Refusal::TimeOutOfRange);
    }
    let message_length = reader.bounded(limits.max_message_bytes, Refusal::MessageTooLong)?;
    let message = reader.text(message_length)?;
    let other_actors = read_other_actors(&mut reader, &actor, limits)?;
    let columns = read_columns(&mut reader)?;
    if !reader.is_empty() {
        return Err(Refusal::TrailingBytes);
    }
    Ok(Head {
        deps,
        actor,
        seq,
        start_op,
        time,
        message,
        other_actors,
        columns,
    })
}

fn read_deps(reader: &mut Reader<'_>, limits: &Limits) -> Result<Vec<ChangeHash>, Refusal> {
    let count = reader.bounded(limits.max_deps, Refusal::TooManyDependencies)?;
    let deps = (0..count)
        .map(|_| reader.array())
        .collect::<Result<Vec<ChangeHash>, _>>()?;
    if !deps.is_sorted_by(|one, next| one < next) {
        return Err(Refusal::DependenciesNotSorted);
    }
    Ok(deps)
}

fn read_actor(reader: &mut Reader<'_>) -> Result<ActorId, Refusal> {
    if reader.unsigned()? != ACTOR_ID_BYTES as u64 {
        return Err(Refusal::ActorLength);
    }
    reader.array()
}

fn read_other_actors(
    reader: &mut Reader<'_>,
    author: &ActorId,
    limits: &Limits,
) -> Result<Vec<ActorId>, Refusal> {
    let count = reader.bounded(limits.max_actors, Refusal::TooManyActors)?;
    let actors = (0..count)
        .map(|_| read_actor(reader))
        .collect::<Result<Vec<_>, _>>()?;
    if !actors.is_sorted_by(|one, next| one < next) || actors.contains(author) {
        return Err(Refusal::ActorsNotSorted);
    }
    Ok(actors)
}

fn read_columns<'a>(reader: &mut Reader<'a>) -> Result<Columns<'a>, Refusal> {
    let count = reader.bounded(Columns::COUNT, Refusal::UnknownColumn)?;
    let mut table = Vec::with_capacity(count);
    for _ in 0..count {
        let specification = reader.unsigned()?;
        if specification & DEFLATE_BIT != 0 {
            return Err(Refusal::DeflatedColumn);
        }
        if table.last().is_some_and(|(last, _)| *last >= specification) {
            return Err(Refusal::ColumnsNotSorted);
        }
        let length = reader.bounded(usize::MAX, Refusal::Truncated)?;
        if length == 0 {
            return Err(Refusal::EmptyColumn);
        }
        table.push((specification, length));
    }
    let mut columns = Columns::default();
    for (specification, length) in table {
        *columns
            .column(specification)
            .ok_or(Refusal::UnknownColumn)? = reader.take(length)?;
    }
    Ok(columns)
}
