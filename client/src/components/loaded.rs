//! The one way a desk page waits for the server: waiting, failed with a way out, or there.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use shared::domain::ClassId;

use super::failure::Failure;
use crate::browser::http::{self, ApiFailure};
use crate::i18n::*;
use crate::state::{Access, State};

/// Something that is on its way from the server.
pub struct Loaded<T: Send + Sync + 'static> {
    answer: RwSignal<Option<Result<Arc<T>, ApiFailure>>>,
    path: StoredValue<String>,
    // Kept, since an event handler cannot look it up.
    state: State,
}

impl<T: Send + Sync + 'static> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loaded<T> {}

impl<T: DeserializeOwned + Send + Sync + 'static> Loaded<T> {
    /// Begins to fetch.
    pub fn from(path: String) -> Self {
        let loaded = Loaded {
            answer: RwSignal::new(None),
            path: StoredValue::new(path),
            state: State::here(),
        };
        loaded.reload();
        loaded
    }

    /// Fetches again; what is shown stays until the answer is here.
    pub fn reload(self) {
        let path = self.path.get_value();
        spawn_local(async move {
            let answer = http::get::<T>(&path).await;
            if answer
                .as_ref()
                .is_err_and(|failure| failure.is_signed_out())
            {
                self.state.session_expired();
            }
            // The page may have been left meanwhile.
            self.answer.try_set(Some(answer.map(Arc::new)));
        });
    }

    /// Fetches again when the person follows other classes than before: what is shown may not be theirs any more.
    pub fn as_classes_change(self) -> Self {
        let state = self.state;
        Effect::new(move |before: Option<Option<Vec<ClassId>>>| {
            let now = state.school().map(|school| school.own_classes.clone());
            let before = before.flatten();
            if before.is_some() && now.is_some() && before != now {
                self.reload();
            }
            now.or(before)
        });
        self
    }

    /// Draws what came; `refused` may say it in better words than the usual.
    pub fn view(
        self,
        refused: impl Fn(ApiFailure) -> Option<AnyView> + Send + 'static,
        draw: impl Fn(Arc<T>) -> AnyView + Send + 'static,
    ) -> AnyView {
        let i18n = use_i18n();
        let state = self.state;
        // What is drawn reads who is here and the school once: so it is drawn when they are known, and again when they come.
        let is_known =
            Memo::new(move |_| (state.access() != Access::Loading, state.school().is_some()));
        let view = move || match self.answer.get().filter(|_| is_known.get().0) {
            None => {
                view! { <p class="loading" role="status">{t_string!(i18n, action.loading)}</p> }
                    .into_any()
            }
            Some(Ok(value)) => draw(value),
            Some(Err(failure)) => refused(failure).unwrap_or_else(|| self.failed(failure)),
        };
        view.into_any()
    }

    fn failed(self, failure: ApiFailure) -> AnyView {
        let i18n = use_i18n();
        view! {
            <div class="stack-tight">
                <Failure failure=failure/>
                <div class="buttons">
                    <button type="button" class="button button-quiet" on:click=move |_| self.reload()>
                        {t_string!(i18n, action.retry)}
                    </button>
                </div>
            </div>
        }
        .into_any()
    }
}
