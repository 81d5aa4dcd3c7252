//! How large a change may be. Generous against what an entry, a report or a case writes, small against a machine.

use crate::sync::MAX_CHANGE_BYTES;

/// Operations in one change; a text of n characters is n operations.
pub const MAX_OPS: usize = 2_000;
/// Heads a change may build on at once.
pub const MAX_DEPS: usize = 64;
/// Actors other than the author that a change may refer to.
pub const MAX_ACTORS: usize = 64;
pub const MAX_MESSAGE_BYTES: usize = 256;
pub const MAX_KEY_BYTES: usize = 256;
/// Bytes of a single value: the longest text a document takes, at four bytes a character.
pub const MAX_VALUE_BYTES: usize = 32 * 1024;
/// Overwritten operations named by one change, in all.
pub const MAX_PREDS: usize = 4_000;
/// Highest operation counter and `seq` of a document; Automerge counts in 32 bits and panics beyond.
pub const MAX_OP_COUNTER: u64 = 1 << 24;
/// End of the year 9999 in milliseconds: far from the ends of `i64`, where differences of times overflow.
pub const MAX_TIME: i64 = 253_402_300_799_999;

/// The limits one inspection goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    pub max_change_bytes: usize,
    pub max_ops: usize,
    pub max_deps: usize,
    pub max_actors: usize,
    pub max_message_bytes: usize,
    pub max_key_bytes: usize,
    pub max_value_bytes: usize,
    pub max_preds: usize,
    pub max_op_counter: u64,
    pub max_time: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_change_bytes: MAX_CHANGE_BYTES,
            max_ops: MAX_OPS,
            max_deps: MAX_DEPS,
            max_actors: MAX_ACTORS,
            max_message_bytes: MAX_MESSAGE_BYTES,
            max_key_bytes: MAX_KEY_BYTES,
            max_value_bytes: MAX_VALUE_BYTES,
            max_preds: MAX_PREDS,
            max_op_counter: MAX_OP_COUNTER,
            max_time: MAX_TIME,
        }
    }
}
