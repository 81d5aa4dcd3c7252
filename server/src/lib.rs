//! The server of Friminutt: `router` tells what can be asked, `access` who may, `store` holds the only SQL.

pub mod store;
