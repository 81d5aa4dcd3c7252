//! Whether this device hears by push that something waits.

use leptos::prelude::GetValue;
use shared::api::path;

use super::State;
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::browser::{clock, push};
use crate::storage::{StorageError, disk};

/// What the service worker says when a push comes, in the language of the phone; it reads the same.
const WORDS: &str = "notice_words";
/// Signing out does not wait longer for the browser's push service.
const END_WITHIN_MS: u32 = 2000;

/// Why nothing came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushFailure {
    /// The person, or whoever set the device up, has said no.
    Denied,
    /// The browser's push service gives no address.
    NoAddress,
    Server(ApiFailure),
}

impl State {
    /// To be called on a tap: the browser may ask.
    pub async fn hear_by_push(self, public_key: &str) -> Result<(), PushFailure> {
        if !push::ask().await {
            return Err(PushFailure::Denied);
        }
        let address = push::subscribe(public_key).await;
        let address = address.ok_or(PushFailure::NoAddress)?;
        let sent = http::put::<Nothing>(path::NOTICE_PUSH, &address).await;
        sent.map(drop).map_err(PushFailure::Server)
    }

    /// The browser keeps its address: others on this device may hear by it.
    pub async fn hear_no_push(self) -> Result<(), PushFailure> {
        let sent = http::delete::<Nothing>(path::NOTICE_PUSH).await;
        sent.map(drop).map_err(PushFailure::Server)
    }

    /// What is said when a push comes.
    pub async fn keep_push_words(self, words: &str) -> Result<(), StorageError> {
        let fact = disk::fact(WORDS, &words);
        self.disk.get_value().write(&[fact]).await
    }

    /// Ends the browser's own address, when somebody leaves it or another comes: the server may have forgotten whose it was, or not be
    /// reached.
    pub async fn end_push(self) {
        let (end, late) = (Box::pin(push::end()), Box::pin(clock::wait(END_WITHIN_MS)));
        futures_util::future::select(end, late).await;
    }
}
