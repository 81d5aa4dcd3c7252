//! What the school takes from Feide, where this installation asks it: which organisation it is there, and classes.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, FeideOffer};

use crate::browser::http;
use crate::components::field::TextField;
use crate::i18n::*;

/// How an organisation at Feide begins.
const BEGINS: &str = "fc:org:";

/// Whether it can be saved: empty, or as Feide writes it.
pub fn is_sound(feide_org: &str) -> bool {
    let org = feide_org.trim();
    org.is_empty() || org.starts_with(BEGINS)
}

#[component]
pub fn FeideSection(feide_org: RwSignal<String>, has_classes: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let is_offered = RwSignal::new(false);
    spawn_local(async move {
        if let Ok(offer) = http::get::<FeideOffer>(api::path::FEIDE).await {
            is_offered.try_set(offer.knows_groups);
        }
    });
    let error = Signal::derive(move || {
        let is_wrong = feide_org.with(|org| !is_sound(org));
        is_wrong.then(|| t_string!(i18n, settings.feide_org_wrong).to_owned())
    });
    view! {
        <Show when=move || is_offered.get()>
            <section class="card stack-tight">
                <h2>{t_string!(i18n, settings.feide)}</h2>
                <TextField id="feide-org" label=t_string!(i18n, settings.feide_org) value=feide_org error=error
                    hint=t_string!(i18n, settings.feide_org_hint).to_owned() test="feide-org"/>
                <label class="check">
                    <input type="checkbox" data-test="feide-classes" prop:checked=move || has_classes.get()
                        on:change=move |event| has_classes.set(event_target_checked(&event))/>
                    <span>{t_string!(i18n, settings.feide_classes)}</span>
                </label>
                <p class="quiet small">{t_string!(i18n, settings.feide_classes_hint)}</p>
            </section>
        </Show>
    }
}
