//! A button that asks the phone for a passkey, and what is said when none was shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::Admission;

use super::Texts;
use super::failure;
use super::notice::{Notice, Tone};
use crate::i18n::*;
use crate::state::{PasskeyFailure, State};

/// `is_again` is for whoever is signed in and shows it anew.
#[component]
pub fn PasskeyButton(
    #[prop(optional)] is_again: bool,
    shown: Callback<Admission>,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<PasskeyFailure>);
    let ask = move |_| {
        is_busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = match is_again {
                true => state.step_up_with_passkey().await,
                false => state.sign_in_with_passkey().await,
            };
            // The page may have been left meanwhile.
            let _ = is_busy.try_set(false);
            match answer {
                Ok(admission) => shown.run(admission),
                Err(why) => drop(failure.try_set(Some(why))),
            }
        });
    };
    let label = match is_again {
        true => t_string!(i18n, passkey.step_up),
        false => t_string!(i18n, passkey.sign_in),
    };
    view! {
        <div class="stack-tight">
            {move || failure.get().map(|why| told(i18n, why))}
            <button type="button" class="button button-quiet button-wide" data-test="passkey" disabled=is_busy on:click=ask>{label}</button>
        </div>
    }
}

/// Why nothing came of it.
pub fn told(i18n: Texts, why: PasskeyFailure) -> AnyView {
    let text = match why {
        PasskeyFailure::NotShown => t_string!(i18n, passkey.not_shown).to_owned(),
        PasskeyFailure::Server(why) => failure::text(i18n, why),
    };
    view! { <Notice tone=Tone::Error test="passkey-failed"><p>{text}</p></Notice> }.into_any()
}
