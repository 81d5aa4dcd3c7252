//! Tells whoever signs in that their way of signing in was set anew: it may have been somebody else.

use leptos::prelude::*;

use super::notice::{Notice, Tone};
use super::time;
use crate::i18n::*;
use crate::state::State;

#[component]
pub fn ResetNotice() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let told = move || {
        let newest = *state.resets().first()?;
        let when = time::at(i18n, newest);
        Some(view! {
            <Notice tone=Tone::Warning title=t_string!(i18n, reset.title) test="reset">
                <p>{t_string!(i18n, reset.told, when = when).to_string()}</p>
                <button type="button" class="button button-quiet" data-test="reset-seen" on:click=move |_| state.has_seen_resets()>
                    {t_string!(i18n, reset.seen)}
                </button>
            </Notice>
        })
    };
    view! { {told} }
}
