//! A pupil at a hidden address: under which name the pupil is shown, on every phone and at every desk, this one too.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, SetProtection};
use shared::domain::PupilId;

use crate::browser::http::{self, ApiFailure, Nothing};
use crate::browser::page;
use crate::components::button::SubmitButton;
use crate::components::failure::Failure;
use crate::components::field::TextField;
use crate::i18n::*;

#[component]
pub fn Protection(
    pupil: PupilId,
    is_protected: bool,
    may_set: bool,
    on_change: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = RwSignal::new(String::new());
    let is_busy = RwSignal::new(false);
    let is_empty = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let error = Signal::derive(move || {
        is_empty
            .get()
            .then(|| t_string!(i18n, protection.name_needed).to_owned())
    });
    let set = move |shown_as: Option<String>| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            let path = api::path::with_id(api::path::PUPIL_PROTECTION, pupil);
            match http::put::<Nothing>(&path, &SetProtection { shown_as }).await {
                Ok(_) => on_change(),
                Err(why) => drop(failure.try_set(Some(why))),
            }
            is_busy.try_set(false);
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = name.get_untracked().trim().to_owned();
        is_empty.set(typed.is_empty());
        match typed.is_empty() {
            false => set(Some(typed)),
            true => request_animation_frame(page::focus_first_invalid),
        }
    };
    let says = match is_protected {
        true => t_string!(i18n, protection.on),
        false => t_string!(i18n, protection.off),
    };
    let form = move || {
        view! {
            <details class="fold">
                <summary class="link-like" data-test="protection-open">{t_string!(i18n, protection.set)}</summary>
                <form class="form" novalidate autocomplete="off" on:submit=submit>
                    <p class="small quiet">{t_string!(i18n, protection.explained)}</p>
                    {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
                    <TextField id="shown-as" label=t_string!(i18n, protection.shown_as) value=name error=error test="shown-as"/>
                    <div class="buttons">
                        <SubmitButton label=t_string!(i18n, action.save) is_busy=is_busy test="protection-save"/>
                        {is_protected.then(|| view! {
                            <button type="button" class="button button-quiet" data-test="protection-end" on:click=move |_| set(None)>
                                {t_string!(i18n, protection.end)}
                            </button>
                        })}
                    </div>
                </form>
            </details>
        }
    };
    (may_set || is_protected).then(|| {
        view! {
            <section class="card stack-tight">
                <h2>{t_string!(i18n, protection.title)}</h2>
                <p><span class="tag tag-quiet" data-test="protection-state">{says}</span></p>
                {may_set.then(form)}
            </section>
        }
    })
}
