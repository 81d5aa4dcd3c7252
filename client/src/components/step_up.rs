//! Asks who one is before something that cannot be taken back: a phone left on a table has somebody's session.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Admission;

use super::button::SubmitButton;
use super::dialog::Dialog;
use super::failure::Failure;
use super::feide_button::FeideButton;
use super::passkey_button::PasskeyButton;
use super::password::{PasswordField, ShowPassword};
use crate::browser::http::ApiFailure;
use crate::i18n::*;
use crate::state::State;

#[component]
pub fn StepUpDialog() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_open = state.asks_who();
    let password = RwSignal::new(String::new());
    let is_shown = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let has_passkey = RwSignal::new(false);
    let shown = Callback::new(move |admission: Admission| {
        spawn_local(async move {
            state.accept(admission, None).await;
            state.answer_who(true);
        });
    });
    Effect::new(move |was_open: Option<bool>| {
        let is_now = is_open.get();
        if was_open == Some(true) && !is_now {
            // Closed without an answer.
            state.answer_who(false);
            password.set(String::new());
            failure.set(None);
        }
        if is_now {
            spawn_local(async move { has_passkey.set(state.has_passkey().await) });
        }
        is_now
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() || password.get_untracked().is_empty() {
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            match state.show_who(password.get_untracked()).await {
                Ok(()) => state.answer_who(true),
                Err(why) => failure.set(Some(why)),
            }
            is_busy.set(false);
        });
    };
    view! {
        <Dialog id="step-up-dialog" title=t_string!(i18n, step_up.title) is_open=is_open>
            <form class="form" novalidate on:submit=submit>
                <p>{t_string!(i18n, step_up.lead)}</p>
                {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
                <PasswordField id="step-up-password" label=t_string!(i18n, sign_in.password) value=password error=Signal::stored(None::<String>)
                    is_shown=is_shown autocomplete="current-password"/>
                <ShowPassword is_shown=is_shown/>
                <div class="buttons">
                    <SubmitButton label=t_string!(i18n, step_up.submit) is_busy=is_busy test="step-up"/>
                    <button type="button" class="button button-quiet" on:click=move |_| is_open.set(false)>{t_string!(i18n, action.cancel)}</button>
                </div>
            </form>
            <Show when=move || has_passkey.get()><PasskeyButton is_again=true shown=shown/></Show>
            <FeideButton is_again=true/>
        </Dialog>
    }
}
