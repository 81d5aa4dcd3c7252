//! What both sides of Friminutt agree on: the law and the school as plain types, the documents people
//! write, and the wire. No I/O, no clock and no randomness of its own: they come in as parameters.

pub mod api;
pub mod audit;
pub mod document;
pub mod domain;
pub mod sync;
