//! Locking by hand, and the way to open again; always in sight where there is a PIN.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::i18n::*;
use crate::route;
use crate::state::{Lock, State};
use crate::vault::Unlock;

#[component]
pub fn LockControl() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let lock = move |_| spawn_local(state.lock_now());
    view! {
        <Show when=move || state.is_locked() fallback=move || view! {
            <Show when=move || state.has_lock()>
                <button type="button" class="lock-control" data-test="lock" on:click=lock>{t!(i18n, lock.lock_now)}</button>
            </Show>
        }>
            <Show when=move || state.lock() != Lock::Closed(Unlock::SignIn)>
                <a class="lock-control" data-test="unlock" href=route::UNLOCK>{t!(i18n, lock.unlock)}</a>
            </Show>
        </Show>
    }
}
