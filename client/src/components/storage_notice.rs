//! What the disk does not do, in words that say what to do next. In sight wherever one is, also where nothing else could be read.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::icon::Icon;
use crate::i18n::*;
use crate::state::State;
use crate::storage::StorageError;

#[component]
pub fn StorageNotice() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let told = move || {
        state.save_failure().map(|failure| match failure {
            StorageError::Full => t_string!(i18n, app.storage_full),
            StorageError::Unavailable => t_string!(i18n, app.storage_unavailable),
            StorageError::NoAnswer => t_string!(i18n, app.storage_no_answer),
            _ => t_string!(i18n, app.storage_failed),
        })
    };
    view! {
        <Show when=move || state.save_failure().is_some()>
            <div class="notice notice-error" role="alert" data-test="storage-failed">
                {Icon::Error.view()}
                <div class="notice-body">
                    <p>{told}</p>
                    <button type="button" class="button" data-test="storage-retry" on:click=move |_| spawn_local(state.try_disk_again())>
                        {t!(i18n, action.retry)}
                    </button>
                </div>
            </div>
        </Show>
        <Show when=move || state.is_nearly_full() && state.save_failure().is_none()>
            <div class="notice notice-warning" role="status" data-test="nearly-full">
                {Icon::Warning.view()}
                <p class="notice-body">{t!(i18n, app.nearly_full)}</p>
            </div>
        </Show>
    }
}
