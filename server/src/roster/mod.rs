//! The roster as Norwegian school systems export it: bytes -> text -> lines -> a plan of what would change. Pure but for the
//! ids of new pupils, which come in; what is stored and when is the handler's business. No message of a problem holds a name.

mod columns;
mod lines;
mod matching;
mod plan;
mod text;
mod turn;

pub use lines::{Line, RosterFile, read};
pub use plan::{Plan, School, plan, search_key};
pub use turn::{ChoiceError, Follower, Turn};

/// Largest file taken, in bytes; a school of 1,000 pupils has some 100 KiB.
pub const MAX_FILE_BYTES: usize = 2 * 1024 * 1024;
const MAX_LINES: usize = 5_000;
const MAX_NAME_CHARS: usize = 120;
const MAX_CLASS_CHARS: usize = 20;
const MAX_ID_CHARS: usize = 64;
/// More are not told at once.
const MAX_PROBLEMS: usize = 100;
