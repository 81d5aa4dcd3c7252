//! The server through its addresses, on both databases.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod access;
mod borders;
mod erasing;
mod faults;
mod hostile;
mod live;
mod logging;
mod malformed;
mod merging;
mod order;
mod patterns;
mod readings;
mod rebuild;
mod reporting;
mod roster;
mod scopes;
mod sealed;
mod simulation;
mod vanishing;
mod writing;
