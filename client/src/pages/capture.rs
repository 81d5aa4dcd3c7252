//! The yard: the first tap saves, and says so when it is on the disk. Everything more is on the same screen, each optional.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::domain::{Choice, DocumentId};

use crate::browser::{clock, page};
use crate::components::entry_card::seen;
use crate::components::entry_form::EntryForm;
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Tone};
use crate::components::report_prompt::ReportPrompt;
use crate::components::words;
use crate::i18n::*;
use crate::route;
use crate::state::State;

/// How long *Angre* is offered; the entry can be taken back under *I dag* afterwards.
const UNDO_S: u32 = 10;
const TITLE_ID: &str = "title";
const SAVED_ID: &str = "saved";

#[component]
pub fn CapturePage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let open = RwSignal::new(None::<DocumentId>);
    let is_saving = StoredValue::new(false);
    let is_over = RwSignal::new(state.is_day_over());
    Effect::new(move |_| page::set_title(t_string!(i18n, capture.title)));
    // The keyboard and the screen reader follow what the tap brought up.
    Effect::new(move |was: Option<Option<DocumentId>>| {
        let now = open.get();
        if was.is_some_and(|was| was != now) {
            page::focus(if now.is_some() { SAVED_ID } else { TITLE_ID });
        }
        now
    });
    // Whoever finds the phone locked does not see what was open.
    Effect::new(move |was: Option<bool>| {
        let is_locked = state.is_locked();
        if is_locked && was == Some(false) {
            open.set(None);
        }
        is_locked
    });
    let save = Callback::new(move |choice: Choice| {
        // What whoever comes next writes on this phone is not this person's.
        if state.is_day_over() {
            is_over.set(true);
            return;
        }
        // A trembling thumb taps twice.
        if is_saving.get_value() {
            return;
        }
        is_saving.set_value(true);
        spawn_local(async move {
            // The state shows a failure, and keeps what was written, until it is on the disk.
            if let Ok(id) = state.save_new_entry(&choice).await {
                open.set(Some(id));
            }
            is_saving.set_value(false);
        });
    });
    let told = move || open.get().map(|_| t_string!(i18n, capture.saved));
    view! {
        <div class="capture">
            <p class="for-screen-reader" role="status" aria-live="assertive">{told}</p>
            <Show when=move || open.get().is_some() || is_over.get() fallback=move || view! { <Begin save=save/> }>
                {move || (is_over.get() && open.get().is_none()).then(|| view! { <DayOver/> })}
                {move || open.get().map(|id| view! { <Opened id=id open=open/> })}
            </Show>
        </div>
    }
}

/// Whoever was here by a code writes no more; what is unsent goes up all the same.
#[component]
fn DayOver() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Notice tone=Tone::Info test="day-over">
            <p>{t_string!(i18n, day_code.over)}</p>
            <p><a class="button" href=route::SIGN_IN>{t_string!(i18n, sign_in.submit)}</a></p>
        </Notice>
    }
}

/// Before the first tap.
#[component]
fn Begin(save: Callback<Choice>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let shows_more = RwSignal::new(false);
    let choices = move |is_large| {
        let choices = state
            .choices()
            .into_iter()
            .filter(move |choice| choice.is_large == is_large);
        choices
            .map(|choice| view! { <ChoiceButton choice=choice save=save/> })
            .collect_view()
    };
    view! {
        <header class="capture-head">
            <h1 id=TITLE_ID tabindex="-1" data-test="page-title">{t!(i18n, capture.question)}</h1>
            <Blank/>
        </header>
        <DutyNow/>
        <ul class="choices">{move || choices(true)}</ul>
        <Show when=move || shows_more.get()><ul class="choices choices-more">{move || choices(false)}</ul></Show>
        <button type="button" class="button button-quiet" data-test="more" aria-expanded=move || shows_more.get().to_string()
            on:click=move |_| shows_more.update(|on| *on = !*on)>
            {move || if shows_more.get() { t_string!(i18n, capture.fewer_choices) } else { t_string!(i18n, capture.more_choices) }}
        </button>
    }
}

#[component]
fn ChoiceButton(choice: Choice, save: Callback<Choice>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let class = format!("choice choice-{}", choice.group);
    let test = format!("choice-{}", choice.what);
    let what = choice.what.clone();
    view! {
        <li>
            <button type="button" class=class data-test=test on:click=move |_| save.run(choice.clone())>
                {move || words::what(i18n, &what, &state.choices())}
            </button>
        </li>
    }
}

/// My zone and who is with me.
#[component]
fn DutyNow() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let zone = move || {
        // Read again when the school has come down.
        state.school()?;
        state.zone_now().and_then(|zone| state.zone_name(zone))
    };
    let partners = move || state.partners_now();
    view! {
        <p class="capture-duty" data-test="duty">
            <strong>{move || match zone() {
                Some(zone) => t_string!(i18n, capture.on_duty_in, zone = zone).to_string(),
                None => t_string!(i18n, capture.not_on_duty).to_owned(),
            }}</strong>
            <Show when=move || !partners().is_empty()>
                " · " {move || t_string!(i18n, capture.with_partner, names = partners().join(", ")).to_string()}
            </Show>
        </p>
    }
}

/// A blank screen for when a child comes close.
#[component]
fn Blank() -> impl IntoView {
    let i18n = use_i18n();
    let is_blank = RwSignal::new(false);
    view! {
        <button type="button" class="button button-quiet" data-test="blank" title=move || t_string!(i18n, capture.blank)
            on:click=move |_| is_blank.set(true)>
            {Icon::Hide.view()}<span class="for-screen-reader">{t!(i18n, capture.blank)}</span>
        </button>
        <Show when=move || is_blank.get()>
            <button type="button" class="blank" data-test="blank-back" on:click=move |_| is_blank.set(false)>
                {t!(i18n, capture.blank_back)}
            </button>
        </Show>
    }
}

/// After the first tap: it is saved; what more is there to say?
#[component]
fn Opened(id: DocumentId, open: RwSignal<Option<DocumentId>>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_undone = Memo::new(move |_| state.entry(id).is_some_and(|view| view.entry.is_withdrawn));
    let what = move || state.entry(id).map(|view| seen(i18n, state, &view.entry));
    // *Lagret* is seen first; the many fields below it take their time.
    let is_seen = RwSignal::new(false);
    spawn_local(async move {
        clock::painted().await;
        is_seen.try_set(true);
    });
    let may_report = Memo::new(move |_| state.may().report);
    view! {
        <div id=SAVED_ID tabindex="-1" class="saved" data-test="saved" data-entry=id.to_string()>
            {Icon::Check.view()}
            <h1 class="saved-words">
                {move || if is_undone.get() { t_string!(i18n, capture.undone) } else { t_string!(i18n, capture.saved) }}
                " " <span class="saved-what">{what}</span>
            </h1>
            <Undo id=id is_undone=is_undone/>
        </div>
        <Show when=move || is_seen.get() && !is_undone.get()>
            <ReportPrompt id=id/>
            <EntryForm id=id/>
        </Show>
        <div class="capture-next">
            <Show when=move || !is_undone.get() && may_report.get()>
                <a class="button button-quiet" href=route::report_from_entry(id) data-test="report">{t!(i18n, action.report)}</a>
            </Show>
            <button type="button" class="button" data-test="next" on:click=move |_| open.set(None)>
                {t!(i18n, capture.next)}
            </button>
            <Show when=move || !is_undone.get()><p class="hint">{t!(i18n, capture.amend_later)}</p></Show>
        </div>
    }
}

/// *Angre*, for as long as it is offered here.
#[component]
fn Undo(id: DocumentId, is_undone: Memo<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let left_s = RwSignal::new(UNDO_S);
    spawn_local(async move {
        while let Some(left @ 1..) = left_s.try_get_untracked() {
            clock::wait(1_000).await;
            left_s.try_set(left - 1);
        }
    });
    let undo = move |_| {
        spawn_local(async move {
            // The state shows a failure until it is none.
            let _ = state.undo(id).await;
        });
    };
    let is_offered = move || left_s.get() > 0 && !is_undone.get();
    view! {
        <Show when=is_offered>
            <button type="button" class="button button-quiet" data-test="undo" on:click=undo>
                {move || t_string!(i18n, capture.undo_within, seconds = left_s.get()).to_string()}
            </button>
        </Show>
    }
}
