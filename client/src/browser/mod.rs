//! What only a browser can do, one file per thing. Knows nothing of Leptos or of what the app is about.

pub mod page;
pub mod dialog;
pub mod file;
pub mod format;
pub mod http;
