//! Showing anew who one is, when the server asks for it before it does something; and what whoever signs in is to be told of their
//! account.

use futures_channel::oneshot;
use leptos::prelude::*;
use shared::api::{Admission, ErrorCode, StepUp, path};

use super::State;
use crate::browser::http::{self, ApiFailure};

impl State {
    /// Asks the server for something; when it wants to know anew who is asking, asks the person, and then once more.
    pub async fn stepping_up<T>(
        self,
        ask: impl AsyncFn() -> Result<T, ApiFailure>,
    ) -> Result<T, ApiFailure> {
        match ask().await {
            Err(ApiFailure::Refused(ErrorCode::StepUpNeeded)) if self.ask_who().await => {
                ask().await
            }
            answer => answer,
        }
    }

    async fn ask_who(self) -> bool {
        let (sender, answer) = oneshot::channel();
        self.who_waits.set_value(Some(sender));
        self.asks_who.set(true);
        answer.await.unwrap_or(false)
    }

    /// Open while the person is asked who they are; closing it is an answer.
    pub fn asks_who(self) -> RwSignal<bool> {
        self.asks_who
    }

    /// Whether the person has shown it.
    pub fn answer_who(self, is_shown: bool) {
        let waiting = self.who_waits.try_update_value(Option::take).flatten();
        if let Some(waiting) = waiting {
            // Whoever asked may have left the page.
            let _ = waiting.send(is_shown);
        }
        self.asks_who.set(false);
    }

    pub async fn show_who(self, password: String) -> Result<(), ApiFailure> {
        let admission = http::post::<Admission>(path::STEP_UP, &StepUp { password }).await?;
        self.accept(admission, None).await;
        Ok(())
    }

    /// When this person's way of signing in was set anew, the newest first.
    pub fn resets(self) -> Vec<i64> {
        self.resets.get()
    }

    pub fn has_seen_resets(self) {
        self.resets.set(Vec::new());
    }
}
