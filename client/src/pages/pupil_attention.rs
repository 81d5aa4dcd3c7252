//! Sharpened attention on one pupil: that it applies and until when. A reason is never asked for.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, SetAttention};
use shared::domain::PupilId;

use crate::browser::format;
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::browser::page;
use crate::components::button::SubmitButton;
use crate::components::failure::Failure;
use crate::components::field::TextField;
use crate::components::time;
use crate::i18n::*;

/// A month and a half: to the next meeting with those who know the pupil.
const SUGGESTED_MS: i64 = 45 * 24 * 60 * 60 * 1000;

#[component]
pub fn Attention(
    pupil: PupilId,
    until_ms: Option<i64>,
    may_set: bool,
    on_change: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let says = match until_ms {
        Some(ms) => t_string!(i18n, attention.on_until, date = time::date(i18n, ms)).to_string(),
        None => t_string!(i18n, attention.off).to_owned(),
    };
    let state_class = if until_ms.is_some() {
        "tag tag-warning"
    } else {
        "tag tag-quiet"
    };
    let is_needed = may_set || until_ms.is_some();
    is_needed.then(|| view! {
        <section class="card stack-tight">
            <h2>{t_string!(i18n, attention.title)}</h2>
            <p><span class=state_class data-test="attention-state">{says}</span></p>
            {may_set.then(|| view! { <AttentionForm pupil=pupil until_ms=until_ms on_change=on_change/> })}
        </section>
    })
}

#[component]
fn AttentionForm(
    pupil: PupilId,
    until_ms: Option<i64>,
    on_change: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let date = RwSignal::new(format::date_value(
        until_ms.unwrap_or_else(|| format::now_ms() + SUGGESTED_MS),
    ));
    let is_busy = RwSignal::new(false);
    let needs_date = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let error = Signal::derive(move || {
        needs_date
            .get()
            .then(|| t_string!(i18n, attention.date_needed).to_owned())
    });
    let set = move |until_ms: Option<i64>| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            let path = api::path::with_id(api::path::PUPIL_ATTENTION, pupil);
            match http::put::<Nothing>(&path, &SetAttention { until_ms }).await {
                Ok(_) => on_change(),
                Err(why) => failure.set(Some(why)),
            }
            is_busy.try_set(false);
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let until_ms =
            format::end_of_date(&date.get_untracked()).filter(|ms| *ms > format::now_ms());
        needs_date.set(until_ms.is_none());
        if until_ms.is_some() {
            set(until_ms);
        } else {
            request_animation_frame(page::focus_first_invalid);
        }
    };
    let label = if until_ms.is_some() {
        t_string!(i18n, attention.change)
    } else {
        t_string!(i18n, attention.set)
    };
    view! {
        <details class="fold">
            <summary class="link-like" data-test="attention-open">{label}</summary>
            <form class="form" novalidate on:submit=submit>
                <p class="small quiet">{t_string!(i18n, attention.explained)}</p>
                {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
                <TextField id="attention-until" label=t_string!(i18n, attention.until) value=date error=error kind="date" test="attention-until"/>
                <div class="buttons">
                    <SubmitButton label=t_string!(i18n, action.save) is_busy=is_busy test="attention-save"/>
                    {until_ms.map(|_| view! {
                        <button type="button" class="button button-quiet" data-test="attention-end" on:click=move |_| set(None)>
                            {t_string!(i18n, attention.end_now)}
                        </button>
                    })}
                </div>
            </form>
        </details>
    }
}
