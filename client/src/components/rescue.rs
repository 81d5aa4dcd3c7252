//! The last way out for what cannot be sent: a file, sealed as it lies on the phone, for the one who runs the server.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::file;
use crate::i18n::*;
use crate::state::State;

const FILE_NAME: &str = "usendt.friminutt";

#[component]
pub fn Rescue() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let has_unsent = move || state.outbox().waiting.len() + state.outbox().problems.len() > 0;
    let save = move |_| {
        spawn_local(async move {
            match state.unsent_file().await {
                Ok(bytes) if file::save(FILE_NAME, &bytes) => {}
                Ok(_) => leptos::logging::error!("the browser takes no file"),
                Err(failure) => leptos::logging::error!("the outbox cannot be read: {failure}"),
            }
        });
    };
    view! {
        <Show when=has_unsent>
            <section class="stack-tight">
                <button type="button" class="button button-quiet" data-test="rescue" on:click=save>{t!(i18n, status.rescue)}</button>
                <p class="small quiet">{t!(i18n, status.rescue_hint)}</p>
            </section>
        </Show>
    }
}
