//! Another password, on the page of oneself: for those who have one.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, Admission, ChangePassword, ErrorCode, MIN_PASSWORD_CHARS, OwnPassword};

use super::button::SubmitButton;
use super::failure::Failure;
use super::loaded::Loaded;
use super::notice::{Notice, Tone};
use super::password::{PasswordField, ShowPassword};
use crate::browser::http::{self, ApiFailure};
use crate::browser::page;
use crate::i18n::*;
use crate::state::State;

#[component]
pub fn PasswordChange() -> impl IntoView {
    let loaded = Loaded::<OwnPassword>::from(api::path::PASSWORD.to_owned());
    // Without contact there is nothing to say: the page has enough that works.
    loaded.view(
        |_| Some(().into_any()),
        |own: Arc<OwnPassword>| match own.is_set {
            true => view! { <Form/> }.into_any(),
            false => ().into_any(),
        },
    )
}

#[component]
fn Form() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let old = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let is_shown = RwSignal::new(false);
    let has_tried = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let is_changed = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let is_wrong = RwSignal::new(false);
    let is_short = move || new.get().chars().count() < MIN_PASSWORD_CHARS;
    let missing = Signal::derive(move || {
        let is_missing = has_tried.get() && old.get().is_empty();
        let told = match is_missing {
            true => Some(t_string!(i18n, sign_in.required)),
            false => is_wrong.get().then(|| t_string!(i18n, password.wrong)),
        };
        told.map(str::to_owned)
    });
    let too_short = Signal::derive(move || {
        let text =
            || t_string!(i18n, error.password_too_short, min = MIN_PASSWORD_CHARS).to_string();
        (has_tried.get() && is_short()).then(text)
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        has_tried.set(true);
        failure.set(None);
        is_changed.set(false);
        is_wrong.set(false);
        if is_busy.get_untracked() || untrack(|| old.get().is_empty() || is_short()) {
            request_animation_frame(page::focus_first_invalid);
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            let request = ChangePassword {
                old: old.get_untracked(),
                new: new.get_untracked(),
            };
            match http::put::<Admission>(api::path::PASSWORD, &request).await {
                Ok(admission) => {
                    state.accept(admission, None).await;
                    has_tried.set(false);
                    old.set(String::new());
                    new.set(String::new());
                    is_changed.set(true);
                }
                Err(ApiFailure::Refused(ErrorCode::WrongCredentials)) => is_wrong.set(true),
                Err(why) => failure.set(Some(why)),
            }
            is_busy.set(false);
        });
    };
    view! {
        <form class="form card" novalidate aria-labelledby="password-title" on:submit=submit>
            <h2 id="password-title">{t_string!(i18n, password.title)}</h2>
            <p class="quiet small">{t_string!(i18n, password.lead)}</p>
            <PasswordField id="old-password" label=t_string!(i18n, password.old) value=old error=missing is_shown=is_shown
                autocomplete="current-password"/>
            <PasswordField id="another-password" label=t_string!(i18n, password.new) value=new error=too_short is_shown=is_shown
                autocomplete="new-password" hint=t_string!(i18n, invitation.password_hint, min = MIN_PASSWORD_CHARS)/>
            <ShowPassword is_shown=is_shown/>
            {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
            {move || is_changed.get().then(|| view! {
                <Notice tone=Tone::Success test="password-changed"><p>{t_string!(i18n, password.changed)}</p></Notice>
            })}
            <div class="buttons"><SubmitButton label=t_string!(i18n, password.change) is_busy=is_busy test="change-password"/></div>
        </form>
    }
}
