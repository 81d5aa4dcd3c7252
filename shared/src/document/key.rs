//! The keys of documents. Additive changes only: a key keeps its meaning for ever.

pub const KIND: &str = "kind";
pub const HAPPENED_AT_MS: &str = "happened_at_ms";
pub const RECORDED_AT_MS: &str = "recorded_at_ms";
pub const ZONE: &str = "zone";
pub const SEVERAL: &str = "several";
pub const FORCE_REASON: &str = "force_reason";
pub const FORCE_TOLD: &str = "force_told";
pub const OUTCOME: &str = "outcome";
pub const TEXT: &str = "text";
pub const FOLLOW_UP: &str = "follow_up";
pub const PROMPT_ANSWER: &str = "prompt_answer";
pub const WITHDRAWN: &str = "withdrawn";

/// Followed by a word of `What`.
pub const WHAT: &str = "what/";
/// Followed by a pupil id; the value is the part, or empty.
pub const PUPIL: &str = "pupil/";
/// Followed by an id made on the phone; the value is the description.
pub const UNKNOWN: &str = "unknown/";
/// The part of an unknown pupil.
pub const UNKNOWN_PART: &str = "unknown_part/";
/// Who an unknown pupil turned out to be: a pupil id.
pub const NAMED: &str = "named/";
/// Followed by a word of `Act`.
pub const ACT: &str = "act/";
/// Followed by an id made on the phone; written once.
pub const ADDITION: &str = "addition/";

pub const ORIGIN: &str = "origin";
pub const REPORTED_PUPIL: &str = "reported_pupil";
pub const PUPIL_DESCRIPTION: &str = "pupil_description";
pub const GROUND: &str = "ground";
pub const HAPPENED: &str = "happened";
pub const DONE_AT_ONCE: &str = "done_at_once";
pub const PUPIL_TOLD: &str = "pupil_told";
pub const PUPIL_WORDS: &str = "pupil_words";
pub const SERIOUSNESS: &str = "seriousness";
pub const SUSPICION: &str = "suspicion";
/// Followed by the id of somebody who works at the school.
pub const SUSPECTED: &str = "suspected/";
/// Who told it by word of mouth, when another than the teller writes: the id of somebody who works at the school.
pub const TOLD_BY: &str = "told_by";
/// The same as a name, of somebody who has no account.
pub const TOLD_BY_NAME: &str = "told_by_name";
pub const SENT: &str = "sent";
/// Followed by an entry's id; the value is its change hashes when the report was written, in hex, with commas between.
pub const ENTRY: &str = "entry/";
/// Followed by a word of `Teller`.
pub const TELLER: &str = "teller/";
