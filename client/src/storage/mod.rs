//! What lies on the phone's disk: IndexedDB. `row` says what is kept, `layout` how it lies there, `disk` reads and writes it,
//! `indexed_db` turns the browser's events into futures. Documents and the school are sealed under the vault's key, items of the outbox to the
//! server; ids, times and counts stand open. Every write is one short transaction with strict durability; Leptos is unknown here.

pub mod disk;
mod indexed_db;
mod layout;
pub mod row;

pub use disk::Disk;
pub use row::{DocumentRow, ItemRow, ItemState, SentRow, Write};

/// Name and version of the database; the service worker opens the same (`service_worker.js`).
const DATABASE: &str = "friminutt";
const DATABASE_VERSION: u32 = 1;

const DOCUMENTS: &str = "documents";
const OUTBOX: &str = "outbox";
const SENT: &str = "sent";
const SCHOOL: &str = "school";
const FACTS: &str = "facts";
const STORES: [&str; 5] = [DOCUMENTS, OUTBOX, SENT, SCHOOL, FACTS];

/// Index of `documents` over whose, kind and time: a phone with ten thousand reads only today's.
const BY_TIME: &str = "by_time";

/// Why the disk did not do as asked. Nothing that was on it is lost by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    #[error("this browser gives no storage here (private window?)")]
    Unavailable,
    #[error("the phone has no room left")]
    Full,
    #[error("there is no key here yet: sign in once with contact")]
    NoKeys,
    #[error("the storage does not answer: another tab may hold an older version of the app open")]
    NoAnswer,
    #[error("the connection to the storage was lost: {0}")]
    ConnectionLost(String),
    #[error("the storage failed: {0}")]
    Failed(String),
}
