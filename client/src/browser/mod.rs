//! What only a browser can do, one file per thing. Knows nothing of Leptos or of what the app is about.

pub mod authenticator;
pub mod clock;
pub mod device;
pub mod dialog;
pub mod fetch;
pub mod file;
pub mod format;
pub mod http;
pub mod lock;
pub mod page;
pub mod passkey;
pub mod preferences;
pub mod push;
pub mod random;
pub mod wake;
pub mod worker;
