//! What each address does, one file per resource. A handler asks `access`, asks the store, answers; it holds no rule of its own.

pub mod attention;
pub mod devices;
pub mod entries;
pub mod erasures;
pub mod feide;
pub mod handing;
pub mod health;
pub mod invitation;
pub mod live;
mod log_line;
pub mod notices;
pub mod owner;
pub mod passkeys;
pub mod patterns;
pub mod protected;
pub mod pupil_log;
pub mod quarantine;
pub mod readings;
pub mod reports;
pub mod roster;
pub mod school;
pub mod session;
pub mod settings;
pub mod staff;
pub mod sync;
