//! Erasing one document for ever: asks why, says what it means, and asks once more.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::api::{self, Erase};
use shared::domain::{DocumentId, ErasureGround};

use super::Texts;
use super::dialog::Dialog;
use super::failure::Failure;
use super::toggle::Toggle;
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::i18n::*;
use crate::route;
use crate::state::State;

/// What is erased, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    Entry,
    Report,
}

/// Why, in words.
pub fn ground(i18n: Texts, ground: &ErasureGround) -> &'static str {
    match ground {
        ErasureGround::RetentionEnded => t_string!(i18n, erasure.ground_retention),
        ErasureGround::Request => t_string!(i18n, erasure.ground_request),
        ErasureGround::Order => t_string!(i18n, erasure.ground_order),
        ErasureGround::Mistake => t_string!(i18n, erasure.ground_mistake),
        ErasureGround::Restored => t_string!(i18n, erasure.ground_restored),
        ErasureGround::Other(_) => t_string!(i18n, erasure.ground_other),
    }
}

/// The way to erase the document that the page shows; goes to the record of erasures when it is done.
#[component]
pub fn EraseDocument(document: DocumentId, what: Erased) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let state = State::here();
    let is_asking = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let chosen = RwSignal::new(None::<ErasureGround>);
    let failure = RwSignal::new(None::<ApiFailure>);
    let erase = move |_| {
        let Some(ground) = chosen.get_untracked().filter(|_| !is_busy.get_untracked()) else {
            return;
        };
        is_busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let documents = vec![document];
            let asked = Erase { documents, ground };
            let ask = async || http::post::<Nothing>(api::path::ERASURES, &asked).await;
            match state.stepping_up(ask).await {
                // The page of what is gone is not to be come back to.
                Ok(_) => navigate(
                    route::ERASURES,
                    NavigateOptions {
                        replace: true,
                        ..NavigateOptions::default()
                    },
                ),
                Err(why) => failure.set(Some(why)),
            }
            is_busy.try_set(false);
        });
    };
    let title = match what {
        Erased::Entry => t_string!(i18n, erasure.entry_question),
        Erased::Report => t_string!(i18n, erasure.report_question),
    };
    let grounds = ErasureGround::CHOICES.map(|choice| {
        let (this, pressed) = (choice.clone(), choice.clone());
        let is_on = Signal::derive(move || chosen.get().as_ref() == Some(&this));
        view! {
            <Toggle label=ground(i18n, &choice) is_on=is_on test=format!("ground-{choice}")
                pressed=Callback::new(move |()| chosen.set(Some(pressed.clone())))/>
        }
    });
    view! {
        <section class="card stack-tight">
            <p class="quiet small">{t_string!(i18n, erasure.hint)}</p>
            <button type="button" class="button button-quiet" data-test="erase" on:click=move |_| is_asking.set(true)>
                {t_string!(i18n, erasure.action)}
            </button>
            <Dialog id="erase-dialog" title=title is_open=is_asking>
                <p>{t_string!(i18n, erasure.means)}</p>
                <fieldset class="stack-tight">
                    <legend>{t_string!(i18n, erasure.why)}</legend>
                    <div class="chips">{grounds.into_iter().collect_view()}</div>
                </fieldset>
                {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
                <div class="buttons">
                    <button type="button" class="button button-danger" data-test="erase-confirm"
                        disabled=move || chosen.get().is_none() || is_busy.get() on:click=erase>
                        {t_string!(i18n, erasure.action)}
                    </button>
                    <button type="button" class="button button-quiet" on:click=move |_| is_asking.set(false)>{t_string!(i18n, action.cancel)}</button>
                </div>
            </Dialog>
        </section>
    }
}
