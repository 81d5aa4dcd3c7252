//! The vault: what a phone must be able to show again lies on its disk under a key that is in memory only while it is open.
//! `key` seals and opens rows, `wrap` keeps the key behind a PIN or behind the server. Values to values: no browser, no disk,
//! no clock; random bytes come in as a parameter.

mod key;
mod wrap;

pub use key::{Keyring, VaultKey};
pub use wrap::{MAX_WRONG_PINS, PIN_DIGITS, Unlock, Vault, is_pin, is_weak_pin};

/// Fills with random bytes.
pub type Fill = fn(&mut [u8]);
