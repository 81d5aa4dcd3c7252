//! Which keys a document has, which values they take, and who may write them. The phone never writes anything else, and the
//! server refuses anything else: the same table on both sides.

use uuid::Uuid;

use super::change::{DecodedChange, Scalar};
use super::key;
use crate::sync::DocumentKind;

/// Longest word of a list, in characters.
pub const MAX_CODE_CHARS: usize = 40;
/// Longest short text (how it ended, a description), in characters.
pub const MAX_SHORT_CHARS: usize = 1_000;
/// Longest free text, in characters.
pub const MAX_LONG_CHARS: usize = 8_000;
/// Longest list of change hashes that a report names for one entry, in characters.
const MAX_HEADS_CHARS: usize = 2_000;
/// Most keys that one change writes.
const MAX_WRITES: usize = 200;
/// Times on a phone are taken from 2000-01-01 to 2100-01-01; outside, its clock says nothing; unix milliseconds.
const EARLIEST_MS: i64 = 946_684_800_000;
const LATEST_MS: i64 = 4_102_444_800_000;

/// Why a change may not be written, or a document not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    #[error("the field is not known to this server")]
    UnknownField,
    #[error("the field `{0}` has a value of the wrong kind")]
    WrongType(&'static str),
    #[error("the field `{0}` is longer than allowed")]
    TooLong(&'static str),
    #[error("the field `{0}` can only be set when the document is made")]
    OnlyAtFirst(&'static str),
    #[error("the field `{0}` can only be set by the document's author")]
    OnlyAuthor(&'static str),
    #[error("the field `{0}` is written once and not changed")]
    OnlyOnce(&'static str),
    #[error("the document lacks the field `{0}`")]
    Missing(&'static str),
    #[error("the change writes more fields than allowed")]
    TooManyWrites,
}

impl SchemaError {
    /// Stable short name for the wire.
    pub fn code(&self) -> &'static str {
        match self {
            SchemaError::UnknownField => "unknown-field",
            SchemaError::WrongType(_) => "wrong-type",
            SchemaError::TooLong(_) => "too-long",
            SchemaError::OnlyAtFirst(_) => "only-at-first",
            SchemaError::OnlyAuthor(_) => "only-author",
            SchemaError::OnlyOnce(_) => "only-once",
            SchemaError::Missing(_) => "missing-field",
            SchemaError::TooManyWrites => "too-many-writes",
        }
    }
}

/// Who writes: the one who made the document, or a colleague.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    Author,
    Colleague,
}

#[derive(Clone, Copy)]
enum Value {
    Code,
    Short,
    Long,
    Time,
    Flag,
    Id,
    Heads,
}

#[derive(Clone, Copy, PartialEq)]
enum When {
    Always,
    /// In the document's first change.
    First,
    /// By the author.
    Author,
    /// Where nothing stood before.
    Once,
}

#[derive(Clone, Copy)]
enum Tail {
    None,
    Id,
    Word,
}

struct Rule(&'static str, Tail, Value, When);

const ENTRY: &[Rule] = &[
    Rule(key::KIND, Tail::None, Value::Code, When::Always),
    Rule(key::HAPPENED_AT_MS, Tail::None, Value::Time, When::Always),
    Rule(key::RECORDED_AT_MS, Tail::None, Value::Time, When::First),
    Rule(key::ZONE, Tail::None, Value::Id, When::Always),
    Rule(key::SEVERAL, Tail::None, Value::Flag, When::Always),
    Rule(key::FORCE_REASON, Tail::None, Value::Short, When::Always),
    Rule(key::FORCE_TOLD, Tail::None, Value::Short, When::Always),
    Rule(key::OUTCOME, Tail::None, Value::Short, When::Always),
    Rule(key::TEXT, Tail::None, Value::Long, When::Always),
    Rule(key::FOLLOW_UP, Tail::None, Value::Code, When::Always),
    Rule(key::PROMPT_ANSWER, Tail::None, Value::Code, When::Author),
    Rule(key::WITHDRAWN, Tail::None, Value::Flag, When::Author),
    Rule(key::WHAT, Tail::Word, Value::Flag, When::Always),
    Rule(key::PUPIL, Tail::Id, Value::Code, When::Always),
    Rule(key::UNKNOWN, Tail::Id, Value::Short, When::Always),
    Rule(key::UNKNOWN_PART, Tail::Id, Value::Code, When::Always),
    Rule(key::NAMED, Tail::Id, Value::Id, When::Always),
    Rule(key::ACT, Tail::Word, Value::Flag, When::Always),
    Rule(key::ADDITION, Tail::Id, Value::Long, When::Once),
];

const REPORT: &[Rule] = &[
    Rule(key::RECORDED_AT_MS, Tail::None, Value::Time, When::First),
    Rule(key::ORIGIN, Tail::None, Value::Code, When::First),
    Rule(key::REPORTED_PUPIL, Tail::None, Value::Id, When::Author),
    Rule(
        key::PUPIL_DESCRIPTION,
        Tail::None,
        Value::Short,
        When::Author,
    ),
    Rule(key::GROUND, Tail::None, Value::Code, When::Author),
    Rule(key::HAPPENED, Tail::None, Value::Long, When::Author),
    Rule(key::DONE_AT_ONCE, Tail::None, Value::Long, When::Author),
    Rule(key::PUPIL_TOLD, Tail::None, Value::Code, When::Author),
    Rule(key::PUPIL_WORDS, Tail::None, Value::Long, When::Author),
    Rule(key::SERIOUSNESS, Tail::None, Value::Code, When::Author),
    Rule(key::SUSPICION, Tail::None, Value::Code, When::Author),
    Rule(key::SUSPECTED, Tail::Id, Value::Flag, When::Author),
    Rule(key::TOLD_BY, Tail::None, Value::Id, When::Author),
    Rule(key::TOLD_BY_NAME, Tail::None, Value::Short, When::Author),
    Rule(key::SENT, Tail::None, Value::Flag, When::Author),
    Rule(key::WITHDRAWN, Tail::None, Value::Flag, When::Author),
    Rule(key::ENTRY, Tail::Id, Value::Heads, When::Author),
    Rule(key::TELLER, Tail::Word, Value::Flag, When::Author),
    Rule(key::ADDITION, Tail::Id, Value::Long, When::Once),
];

/// Checks every write of a change against the table of its kind of document.
pub fn check_writes(
    kind: DocumentKind,
    change: &DecodedChange,
    writer: Writer,
) -> Result<(), SchemaError> {
    if change.writes.len() > MAX_WRITES {
        return Err(SchemaError::TooManyWrites);
    }
    let rules = match kind {
        DocumentKind::Entry => ENTRY,
        DocumentKind::Report => REPORT,
    };
    for write in &change.writes {
        let rule = rules
            .iter()
            .find(|rule| rule.is_for(&write.key))
            .ok_or(SchemaError::UnknownField)?;
        rule.check_when(
            change,
            write.value.is_some() && write.replaces.is_empty(),
            writer,
        )?;
        if let Some(value) = &write.value {
            rule.check_value(value)?;
        }
    }
    Ok(())
}

impl Rule {
    fn is_for(&self, key: &str) -> bool {
        let Some(tail) = key.strip_prefix(self.0) else {
            return false;
        };
        match self.1 {
            Tail::None => tail.is_empty(),
            Tail::Id => is_id(tail),
            Tail::Word => is_code(tail) && !tail.is_empty(),
        }
    }

    fn check_when(
        &self,
        change: &DecodedChange,
        is_new: bool,
        writer: Writer,
    ) -> Result<(), SchemaError> {
        match self.3 {
            When::First if !change.deps.is_empty() => Err(SchemaError::OnlyAtFirst(self.0)),
            When::Author if writer == Writer::Colleague => Err(SchemaError::OnlyAuthor(self.0)),
            When::Once if !is_new => Err(SchemaError::OnlyOnce(self.0)),
            _ => Ok(()),
        }
    }

    fn check_value(&self, value: &Scalar) -> Result<(), SchemaError> {
        let is_right = match (self.2, value) {
            (Value::Code, Scalar::Text(text)) => is_code(text),
            (Value::Id, Scalar::Text(text)) => is_id(text),
            (Value::Time, Scalar::Int(ms)) => (EARLIEST_MS..LATEST_MS).contains(ms),
            (Value::Flag, Scalar::Flag(_)) => true,
            (Value::Short, Scalar::Text(text)) => return self.check_length(text, MAX_SHORT_CHARS),
            (Value::Long, Scalar::Text(text)) => return self.check_length(text, MAX_LONG_CHARS),
            (Value::Heads, Scalar::Text(text)) => {
                self.check_length(text, MAX_HEADS_CHARS)?;
                text.bytes()
                    .all(|byte| byte.is_ascii_hexdigit() || byte == b',')
            }
            _ => false,
        };
        if is_right {
            Ok(())
        } else {
            Err(SchemaError::WrongType(self.0))
        }
    }

    fn check_length(&self, text: &str, max_chars: usize) -> Result<(), SchemaError> {
        if text.len() <= max_chars || text.chars().count() <= max_chars {
            Ok(())
        } else {
            Err(SchemaError::TooLong(self.0))
        }
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && Uuid::parse_str(text).is_ok_and(|id| id.as_hyphenated().to_string() == text)
}

fn is_code(text: &str) -> bool {
    text.len() <= MAX_CODE_CHARS
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
