//! The server of Friminutt: `router` tells what can be asked, `access` who may, `store` holds the only SQL. A request goes
//! handler -> access -> store and back out.

pub mod access;
pub mod assets;
pub mod audit;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod demo;
pub mod durable;
pub mod error;
pub mod extract;
pub mod handlers;
pub mod keys;
pub mod notice;
pub mod projection;
pub mod protection;
pub mod roster;
pub mod router;
pub mod state;
pub mod store;
pub mod sync;
