//! The honest status, always in sight: what is on the phone, what is sent, what has a problem, when the server last answered.
//! Every count is of the outbox itself.

use leptos::prelude::*;

use super::{icon::Icon, lock_control::LockControl, storage_notice::StorageNotice, time};
use crate::i18n::*;
use crate::route;
use crate::state::{Access, State};

#[component]
pub fn StatusLine() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let outbox = Memo::new(move |_| state.outbox());
    let contact = move || match state.last_contact_ms() {
        Some(ms) => t_string!(i18n, status.last_contact, when = time::at(i18n, ms)).to_string(),
        None => t_string!(i18n, status.never_contact).to_owned(),
    };
    let network = move || {
        if state.is_sending() {
            t_string!(i18n, status.sending)
        } else if state.is_online() {
            t_string!(i18n, status.online)
        } else {
            t_string!(i18n, status.offline)
        }
    };
    view! {
        <section class="status-line" aria-label=move || t_string!(i18n, status.label) data-test="status">
            <p class="status-counts">
                <span class="status-count status-waiting">
                    {t!(i18n, status.waiting)} " " <strong data-test="waiting">{move || outbox.with(|o| o.waiting.len())}</strong>
                </span>
                <span class="status-count status-sent">
                    {t!(i18n, status.sent)} " " <strong data-test="sent">{move || outbox.with(|o| o.sent.len())}</strong>
                </span>
                <a class="status-count status-problem" href=route::TODAY class:has-problem=move || outbox.with(|o| !o.problems.is_empty())>
                    {move || outbox.with(|o| !o.problems.is_empty()).then(|| Icon::Warning.view())}
                    {t!(i18n, status.problem)} " " <strong data-test="problem">{move || outbox.with(|o| o.problems.len())}</strong>
                </a>
            </p>
            <p class="status-contact"><span data-test="network">{network}</span> " · " <span data-test="last-contact">{contact}</span>
                <LockControl/></p>
        </section>
        <Warnings/>
    }
}

/// What cannot wait: the disk refuses, the session has ended, a new version lies ready.
#[component]
fn Warnings() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    view! {
        <StorageNotice/>
        <Show when=move || matches!(state.access(), Access::Expired(_))>
            <div class="notice notice-warning" role="status" data-test="signed-out">
                {Icon::Warning.view()}
                <div class="notice-body">
                    <p data-test="signed-out-why">{move || if state.is_shut_out() { t_string!(i18n, status.shut_out) } else { t_string!(i18n, status.signed_out) }}</p>
                    <a class="button" href=route::SIGN_IN data-test="sign-in-again">{t!(i18n, status.sign_in)}</a>
                </div>
            </div>
        </Show>
        <Show when=move || state.may_take_update()>
            <div class="notice notice-info" role="status" data-test="new-version">
                {Icon::Info.view()}
                <div class="notice-body">
                    <p>{t!(i18n, app.new_version)}</p>
                    <button type="button" class="button" on:click=move |_| state.take_update()>{t!(i18n, app.new_version_take)}</button>
                </div>
            </div>
        </Show>
    }
}
