//! How many reports wait to be opened by whoever is signed in, as the server counts them; shown in the menu.

use leptos::prelude::*;
use shared::api::{Abilities, Waiting, path};

use super::State;
use crate::browser::http;

impl State {
    /// How many reports wait, as last heard.
    pub fn unopened(self) -> u32 {
        self.unopened.get()
    }

    /// Asks again. While there is no answer the last one stands.
    pub async fn count_unopened(self) {
        let session = self.session_untracked();
        if !session.is_some_and(|session| has_inbox(session.may)) {
            self.unopened.set(0);
            return;
        }
        if let Ok(waiting) = http::get::<Waiting>(path::WAITING).await {
            self.unopened.set(waiting.reports);
        }
    }
}

/// Whether anything waits for a person with these pages.
pub fn has_inbox(may: Abilities) -> bool {
    may.receive_reports || may.receive_handed || may.read_owner_reports
}
