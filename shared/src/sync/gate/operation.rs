//! The operations of a change: its columns read row by row. What each cell may hold is decided here; whether the
//! rows fit each other is `references`.

use super::chunk::Columns;
use super::limits::Limits;
use super::reader::Reader;
use super::refusal::Refusal;
use super::run::{self, Rows};

/// Names an operation: its counter, and its actor as an index (0 the author, then the other actors in order).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpId {
    pub counter: u64,
    pub actor: usize,
}

/// Where in its object an operation writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    Name(&'a str),
    /// Before the first element of a list.
    Head,
    Element(OpId),
}

/// What an operation does. Counters, marks and tables are not written by anyone here and are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    MakeMap,
    Set,
    MakeList,
    Delete,
    MakeText,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Uint(u64),
    Int(i64),
    Float(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
    Timestamp(i64),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Operation<'a> {
    /// `None` is the document's root.
    pub object: Option<OpId>,
    pub key: Key<'a>,
    pub inserts: bool,
    pub action: Action,
    pub value: Value<'a>,
    /// The operations this one overwrites.
    pub preds: Vec<OpId>,
}

pub(super) fn decode<'a>(
    columns: &Columns<'a>,
    actor_count: usize,
    limits: &Limits,
) -> Result<Vec<Operation<'a>>, Refusal> {
    let actions = run::required::<u64>(columns.action, Rows::AtMost(limits.max_ops))?;
    if actions.is_empty() {
        return Err(Refusal::NoOperations);
    }
    let rows = actions.len();
    let ids = Ids {
        actor_count,
        limits,
    };
    let mut objects = ids.objects(columns, rows)?.into_iter();
    let mut keys = ids.keys(columns, rows)?.into_iter();
    let mut inserts = run::boolean(columns.insert, rows)?.into_iter();
    let mut preds = ids.preds(columns, rows)?.into_iter();
    let mut metas = run::required::<u64>(columns.value_meta, Rows::Exactly(rows))?.into_iter();
    let mut raw_values = Reader::new(columns.value);
    let mut operations = Vec::with_capacity(rows);
    for action in actions {
        operations.push(Operation {
            object: objects.next().ok_or(Refusal::UnequalColumns)?,
            key: keys.next().ok_or(Refusal::UnequalColumns)?,
            inserts: inserts.next().ok_or(Refusal::UnequalColumns)?,
            action: read_action(action)?,
            value: read_value(
                metas.next().ok_or(Refusal::UnequalColumns)?,
                &mut raw_values,
                limits,
            )?,
            preds: preds.next().ok_or(Refusal::UnequalColumns)?,
        });
    }
    if raw_values.is_empty() {
        Ok(operations)
    } else {
        Err(Refusal::UnequalColumns)
    }
}

/// Reads the columns that name operations.
struct Ids<'l> {
    actor_count: usize,
    limits: &'l Limits,
}

impl Ids<'_> {
    fn id(&self, counter: u64, actor: u64) -> Result<OpId, Refusal> {
        if !(1..=self.limits.max_op_counter).contains(&counter) {
            return Err(Refusal::CounterOutOfRange);
        }
        match usize::try_from(actor) {
            Ok(actor) if actor < self.actor_count => Ok(OpId { counter, actor }),
            _ => Err(Refusal::UnknownActor),
        }
    }

    fn objects(&self, columns: &Columns<'_>, rows: usize) -> Result<Vec<Option<OpId>>, Refusal> {
        let actors = run::nullable::<u64>(columns.object_actor, Rows::Exactly(rows))?;
        let counters = run::nullable::<u64>(columns.object_counter, Rows::Exactly(rows))?;
        actors
            .into_iter()
            .zip(counters)
            .map(|cells| match cells {
                (None, None) => Ok(None),
                (Some(actor), Some(counter)) => self.id(counter, actor).map(Some),
                _ => Err(Refusal::MissingCell),
            })
            .collect()
    }

    fn keys<'a>(&self, columns: &Columns<'a>, rows: usize) -> Result<Vec<Key<'a>>, Refusal> {
        let actors = run::nullable::<u64>(columns.key_actor, Rows::Exactly(rows))?;
        let counters = run::nullable_delta(
            columns.key_counter,
            Rows::Exactly(rows),
            self.limits.max_op_counter,
        )?;
        let names = run::nullable::<&str>(columns.key_name, Rows::Exactly(rows))?;
        let cells = names.into_iter().zip(counters).zip(actors);
        cells
            .map(|((name, counter), actor)| match (name, counter, actor) {
                (Some(name), None, None) if name.len() <= self.limits.max_key_bytes => {
                    Ok(Key::Name(name))
                }
                (Some(_), None, None) => Err(Refusal::KeyTooLong),
                (None, Some(0), None) => Ok(Key::Head),
                (None, Some(counter), Some(actor)) => self.id(counter, actor).map(Key::Element),
                _ => Err(Refusal::MissingCell),
            })
            .collect()
    }

    fn preds(&self, columns: &Columns<'_>, rows: usize) -> Result<Vec<Vec<OpId>>, Refusal> {
        let counts = run::required::<u64>(columns.pred_count, Rows::Exactly(rows))?;
        let total = counts
            .iter()
            .try_fold(0_u64, |total, count| total.checked_add(*count));
        let total = total
            .and_then(|total| usize::try_from(total).ok())
            .filter(|total| *total <= self.limits.max_preds);
        let total = Rows::Exactly(total.ok_or(Refusal::TooManyPredecessors)?);
        let actors = run::required::<u64>(columns.pred_actor, total)?;
        let counters =
            run::required_delta(columns.pred_counter, total, self.limits.max_op_counter)?;
        let mut ids = actors.into_iter().zip(counters);
        counts
            .into_iter()
            .map(|count| {
                (0..count)
                    .map_while(|_| ids.next())
                    .map(|(actor, counter)| self.id(counter, actor))
                    .collect()
            })
            .collect()
    }
}

fn read_action(code: u64) -> Result<Action, Refusal> {
    Ok(match code {
        0 => Action::MakeMap,
        1 => Action::Set,
        2 => Action::MakeList,
        3 => Action::Delete,
        4 => Action::MakeText,
        _ => return Err(Refusal::UnknownAction),
    })
}

/// A value's meta cell holds its type in the low four bits and its length in the rest.
fn read_value<'a>(meta: u64, raw: &mut Reader<'a>, limits: &Limits) -> Result<Value<'a>, Refusal> {
    let length = match usize::try_from(meta >> 4) {
        Ok(length) if length <= limits.max_value_bytes => length,
        _ => return Err(Refusal::ValueTooLong),
    };
    let mut bytes = Reader::new(raw.take(length)?);
    let value = match meta & 0b1111 {
        0 => Value::Null,
        1 => Value::Bool(false),
        2 => Value::Bool(true),
        3 => Value::Uint(bytes.unsigned()?),
        4 => Value::Int(bytes.signed()?),
        5 => Value::Float(f64::from_le_bytes(bytes.array()?)),
        6 => Value::Text(bytes.text(length)?),
        7 => Value::Bytes(bytes.take(length)?),
        9 => Value::Timestamp(bytes.signed()?),
        _ => return Err(Refusal::UnknownValueType),
    };
    if bytes.is_empty() {
        Ok(value)
    } else {
        Err(Refusal::ValueLength)
    }
}
