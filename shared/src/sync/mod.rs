//! The sync: one POST that carries everything unsent up and everything new down. Values to values; who sends
//! and who stores is the business of `client/src/sync` and `server/src/sync`.

pub mod answer;
pub mod frame;
pub mod gate;
mod hex;
pub mod item;
pub mod lease;
pub mod message;
pub mod owner;
pub mod sealing;
pub mod signing;

pub use hex::{Hex, HexBytes};
pub use item::{DocumentKind, Item, ItemHash};
pub use message::{
    Cursor, FeedDocument, Outcome, Ping, Receipt, Receipts, SyncAnswer, SyncRequest,
};

/// Largest batch of a push, in bytes: what `fetch` with `keepalive` carries.
pub const MAX_BATCH_BYTES: usize = 60 * 1024;
/// Largest request body the server takes, in bytes: a batch, or one item of the largest size, with its header.
pub const MAX_REQUEST_BYTES: usize = 96 * 1024;
/// Largest Automerge change, in bytes, uncompressed.
pub const MAX_CHANGE_BYTES: usize = 64 * 1024;
/// Most items in one request.
pub const MAX_ITEMS: usize = 500;
/// Most documents in one answer; the client asks again while `has_more`.
pub const PAGE_DOCUMENTS: usize = 200;
/// Own entries older than this do not come down to a new phone.
pub const PHONE_KEEPS_MS: i64 = 24 * 60 * 60 * 1000;
