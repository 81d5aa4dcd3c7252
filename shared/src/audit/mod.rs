//! The record that an outsider can verify: rows in a chain, each with a hash over itself and the row before it, and a head that the
//! installation signs. Pure: the server appends and exports with it, and anybody verifies with it, with no database and no secret.
//! Nothing in a row says a name or a word of what was written: ids, hashes and counts alone, so nothing in it has to be erasable.

mod changes;
mod file;
mod head;
mod row;
mod verify;

pub use changes::{ChangeBy, changes_in, hashes_in, join_changes, join_hashes};
pub use file::{FORMAT_VERSION, Header, Line, LineError, read_head, verify_file};
pub use head::{SignedHead, fingerprint_of};
pub use row::{AuditEvent, AuditRow, BEGINNING};
pub use verify::{Finding, Verified, Verifier};
