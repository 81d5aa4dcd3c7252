//! The server through its addresses, on both databases.

mod access;
mod borders;
mod hostile;
mod logging;
mod merging;
mod order;
mod patterns;
mod rebuild;
mod reporting;
mod scopes;
