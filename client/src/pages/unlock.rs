//! The closed vault: what opens it, and who else has one on this phone. Shown in place of every page but the yard's.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Redirect;
use shared::domain::StaffId;

use crate::browser::page;
use crate::components::Texts;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::{PageHead, TITLE_ID};
use crate::components::pin_pad::PinPad;
use crate::components::rescue::Rescue;
use crate::i18n::*;
use crate::route;
use crate::state::{Access, Lock, State, UnlockError};
use crate::vault::Unlock;

#[component]
pub fn UnlockPage() -> impl IntoView {
    let state = State::here();
    let lock = Memo::new(move |_| state.lock());
    let content = move || match lock.get() {
        Lock::Open => view! { <Redirect path=route::CAPTURE/> }.into_any(),
        Lock::Closed(unlock) => view! { <Closed unlock=unlock/> }.into_any(),
    };
    view! { {content} }
}

/// The same in the place of another page, which comes back when it is open.
#[component]
pub fn LockedPage() -> impl IntoView {
    let state = State::here();
    let lock = Memo::new(move |_| state.lock());
    let content = move || match lock.get() {
        Lock::Open => None,
        Lock::Closed(unlock) => Some(view! { <Closed unlock=unlock/> }),
    };
    view! { {content} }
}

#[component]
fn Closed(unlock: Unlock) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let name = move || state.session().map(|session| session.name);
    let opener = match unlock {
        Unlock::Passkey => view! { <ByPasskey/> }.into_any(),
        Unlock::Pin => view! { <ByPin/> }.into_any(),
        Unlock::Session => view! { <ByContact/> }.into_any(),
        Unlock::SignIn => view! {
            <p data-test="needs-sign-in">{move || if state.is_destroyed() { t_string!(i18n, lock.destroyed) } else { t_string!(i18n, lock.needs_sign_in) }}</p>
            <a class="button button-wide" href=route::SIGN_IN data-test="unlock-sign-in">{t_string!(i18n, status.sign_in)}</a>
        }
        .into_any(),
    };
    view! {
        <div class="welcome">
            <PageHead title=t_string!(i18n, lock.locked)/>
            <p class="quiet" data-test="locked-name">{name}</p>
            <div class="card stack" data-test="locked">{opener}</div>
            <p class="quiet small">{t_string!(i18n, lock.still_logs)}</p>
            <a class="button button-quiet button-wide" href=route::CAPTURE>{t_string!(i18n, app.to_capture)}</a>
            <Rescue/>
            <Others/>
        </div>
    }
}

#[component]
fn ByPin() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let typed = RwSignal::new(String::new());
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<UnlockError>);
    let take = move |pin: String| {
        is_busy.set(true);
        spawn_local(async move {
            let opened = state.open_by_pin(&pin).await;
            // The page is gone when it opened.
            let _ = failure.try_set(opened.err());
            let _ = typed.try_set(String::new());
            let _ = is_busy.try_set(false);
        });
    };
    let told = move || failure.get().map(|failure| told(i18n, &failure));
    view! {
        <p role="alert" class="field-error" data-test="pin-error">{told}</p>
        <PinPad typed=typed is_busy=is_busy take=take/>
        <p class="quiet small" aria-live="polite">{move || is_busy.get().then_some(t_string!(i18n, lock.opening))}</p>
        <a class="small" href=route::SIGN_IN data-test="forgot-pin">{t_string!(i18n, lock.forgot)}</a>
    }
}

fn told(i18n: Texts, failure: &UnlockError) -> String {
    match failure {
        UnlockError::WrongPin { left } => t_string!(i18n, lock.wrong_pin, left = *left).to_string(),
        UnlockError::NotVerified => t_string!(i18n, lock.not_verified).to_owned(),
        UnlockError::Destroyed => t_string!(i18n, lock.destroyed).to_owned(),
        UnlockError::LeaseEnded => t_string!(i18n, lock.needs_sign_in).to_owned(),
        UnlockError::Storage(_) => t_string!(i18n, lock.storage_failed).to_owned(),
    }
}

/// Finger, face or the phone's own code.
#[component]
fn ByPasskey() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<UnlockError>);
    let open = move |_| {
        is_busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let opened = state.open_by_passkey().await;
            // The page is gone when it opened.
            let _ = failure.try_set(opened.err());
            let _ = is_busy.try_set(false);
        });
    };
    let told = move || failure.get().map(|failure| told(i18n, &failure));
    view! {
        <p role="alert" class="field-error" data-test="passkey-error">{told}</p>
        <button type="button" class="button button-wide" data-test="unlock-passkey" disabled=is_busy on:click=open>
            {t_string!(i18n, lock.by_passkey)}
        </button>
        <a class="small" href=route::SIGN_IN data-test="forgot-pin">{t_string!(i18n, lock.passkey_fails)}</a>
    }
}

/// No PIN was chosen: it opens by itself when the server answers.
#[component]
fn ByContact() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_expired = move || matches!(state.access(), Access::Expired(_));
    view! {
        <p>{move || if state.is_online() { t_string!(i18n, action.loading) } else { t_string!(i18n, lock.needs_contact) }}</p>
        <Show when=is_expired>
            <Notice tone=Tone::Info><p>{t_string!(i18n, status.signed_out)}</p></Notice>
            <a class="button button-wide" href=route::SIGN_IN>{t_string!(i18n, status.sign_in)}</a>
        </Show>
    }
}

/// The other people of a shared phone, and somebody new.
#[component]
fn Others() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let people = RwSignal::new(Vec::<(StaffId, String)>::new());
    Effect::new(move |_| {
        let me = state.session().map(|session| session.staff);
        spawn_local(async move {
            let all = state.people().await;
            let others = all.into_iter().filter(|(staff, _)| Some(*staff) != me);
            let _ = people.try_set(others.collect());
        });
    });
    let switch = move |staff| {
        spawn_local(async move {
            state.switch_to(staff).await;
            // Whose PIN is asked for stands on top.
            page::focus(TITLE_ID);
        })
    };
    let other = move |(staff, name): (StaffId, String)| {
        view! {
            <li><button type="button" class="row row-button" data-test="switch-person" on:click=move |_| switch(staff)>
                <span class="row-main row-title">{name}</span>
            </button></li>
        }
    };
    view! {
        <Show when=move || people.with(|people| !people.is_empty())>
            <section class="stack-tight" aria-labelledby="others">
                <h2 id="others">{t_string!(i18n, lock.others)}</h2>
                <ul class="rows">{move || people.get().into_iter().map(other).collect_view()}</ul>
            </section>
        </Show>
        <a class="small" href=route::SIGN_IN>{t_string!(i18n, lock.somebody_else)}</a>
    }
}
