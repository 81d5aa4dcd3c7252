//! Taking in what phones wrote and telling them what is new. The way of an item: `open` (whose is it) -> `prepare` (the gate, no
//! database) -> `ingest` (one writer, group commit) -> `accept` (the rules that need the document) -> `projection` -> receipt. Back out: `feed`, `live`.

mod accept;
mod commit;
pub mod erase;
pub mod feed;
pub mod ingest;
pub mod letter;
pub mod live;
pub mod open;
pub mod prepare;
pub mod readmit;
pub mod rescue;
pub mod scope;

pub use ingest::Ingest;
pub use live::Live;
