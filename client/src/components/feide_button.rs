//! The way to Feide, drawn where the server offers it. The page is left, and the browser comes back to the sign-in.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, FeideOffer, FeideStarted, StartFeide};

use super::failure::Failure;
use crate::browser::http::{self, ApiFailure};
use crate::browser::page;
use crate::i18n::*;

/// With an invitation the account is tied to whoever shows themselves at Feide; `is_again` asks for the password there also of somebody
/// whom Feide knows.
#[component]
pub fn FeideButton(
    #[prop(optional_no_strip)] invitation: Option<String>,
    #[prop(optional)] is_again: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_offered = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let has_invitation = invitation.is_some();
    let invitation = StoredValue::new(invitation);
    spawn_local(async move {
        // Without contact there is no way there either.
        if let Ok(offer) = http::get::<FeideOffer>(api::path::FEIDE).await {
            is_offered.try_set(offer.is_offered);
        }
    });
    let go = move |_| {
        spawn_local(async move {
            let asked = StartFeide {
                invitation: invitation.get_value(),
                is_again,
            };
            match http::post::<FeideStarted>(api::path::FEIDE_START, &asked).await {
                Ok(started) => page::load(&started.address),
                Err(why) => drop(failure.try_set(Some(why))),
            }
        });
    };
    view! {
        <Show when=move || is_offered.get()>
            <div class="stack-tight">
                {has_invitation.then(|| view! { <p class="quiet small">{t_string!(i18n, feide.lead_invitation)}</p> })}
                {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
                <button type="button" class="button button-quiet button-wide" data-test="feide" on:click=go>
                    {t_string!(i18n, feide.title)}
                </button>
            </div>
        </Show>
    }
}
