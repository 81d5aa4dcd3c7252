//! Whether this very device tells that something waits, with the app closed.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{PushOffer, path};

use super::Texts;
use super::failure::Failure;
use super::loaded::Loaded;
use crate::browser::push;
use crate::i18n::*;
use crate::state::{PushFailure, State};

#[component]
pub fn NoticePushCard() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<PushOffer>::from(path::NOTICE_PUSH.to_owned());
    let failure = RwSignal::new(None::<PushFailure>);
    let draw = move |offer: Arc<PushOffer>| match &offer.public_key {
        None => quiet(t_string!(i18n, push.not_offered)),
        Some(_) if !push::is_available() && push::needs_home_screen() => {
            quiet(t_string!(i18n, push.home_screen))
        }
        Some(_) if !push::is_available() => quiet(t_string!(i18n, push.no_browser)),
        Some(_) if push::is_denied() => quiet(t_string!(i18n, push.denied)),
        Some(key) => {
            let key = key.clone();
            view! { <Switch key=key is_on=offer.is_on loaded=loaded failure=failure/> }.into_any()
        }
    };
    view! {
        <section class="card stack" aria-labelledby="push-title">
            <h2 id="push-title">{t_string!(i18n, push.title)}</h2>
            <p class="quiet small">{t_string!(i18n, push.hint)}</p>
            {loaded.view(|_| None, draw)}
            {move || failure.get().map(|why| told(i18n, why))}
        </section>
    }
}

fn quiet(words: &'static str) -> AnyView {
    view! { <p class="quiet" data-test="push-told">{words}</p> }.into_any()
}

#[component]
fn Switch(
    key: String,
    is_on: bool,
    loaded: Loaded<PushOffer>,
    failure: RwSignal<Option<PushFailure>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    // On when the server sends here and the browser hears it.
    let is_heard = RwSignal::new(is_on);
    let is_busy = RwSignal::new(false);
    let input = NodeRef::<leptos::html::Input>::new();
    let words = t_string!(i18n, push.words);
    if is_on {
        spawn_local(async move {
            let is_here = push::is_subscribed().await;
            // The page may have been left meanwhile.
            let _ = is_heard.try_set(is_here);
            // The language may be another than when it was switched on.
            let _ = state.keep_push_words(words).await;
        });
    }
    let change = move |event: leptos::ev::Event| {
        let wants = event_target_checked(&event);
        let key = key.clone();
        is_busy.set(true);
        failure.set(None);
        spawn_local(async move {
            // It is asked first: the browser takes the question for the tap's only while that is fresh.
            let done = match wants {
                true => state.hear_by_push(&key).await,
                false => state.hear_no_push().await,
            };
            if wants && done.is_ok() {
                // Without them the worker has words of its own.
                let _ = state.keep_push_words(words).await;
            }
            let is_on = wants == done.is_ok();
            // What was tapped stands otherwise, though nothing has changed.
            if let Some(input) = input.try_get_untracked().flatten() {
                input.set_checked(is_on);
            }
            let _ = is_heard.try_set(is_on);
            let _ = is_busy.try_set(false);
            // Whoever has said no is told how to change it in the switch's place.
            let why = done
                .err()
                .filter(|why| *why != PushFailure::Denied || !push::is_denied());
            let _ = failure.try_set(why);
            loaded.reload();
        });
    };
    view! {
        <label class="switch">
            <span class="field-label">{t_string!(i18n, push.switch)}</span>
            <input type="checkbox" role="switch" data-test="push" node_ref=input prop:checked=is_heard prop:disabled=is_busy on:change=change/>
        </label>
    }
}

fn told(i18n: Texts, why: PushFailure) -> AnyView {
    let words = match why {
        PushFailure::Server(failure) => return view! { <Failure failure=failure/> }.into_any(),
        PushFailure::Denied => t_string!(i18n, push.not_allowed),
        PushFailure::NoAddress => t_string!(i18n, push.no_address),
    };
    view! { <p class="field-error" role="alert" data-test="push-failed">{words}</p> }.into_any()
}
