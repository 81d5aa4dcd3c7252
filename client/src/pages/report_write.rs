//! The report to the principal (§ 12-4): what the law and the plan ask for, asked for and never forced. A draft is on the phone
//! from its first word; it reaches nobody before it is sent.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_navigate, use_query_map};
use shared::document::Edit;
use shared::document::report as edit;
use shared::domain::{
    DocumentId, Entry, Ground, Part, PupilId, PupilTold, Report, Seriousness, Teller,
};

use super::report_oral::ToldBy;
use super::report_suspicion::AboutStaff;
use crate::components::entry_card::{involved, seen};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::components::pupil_search::PupilSearch;
use crate::components::saved_text::{Saved, SavedText};
use crate::components::toggle::Toggle;
use crate::components::{Texts, pattern_reason, time, words};
use crate::i18n::*;
use crate::route;
use crate::state::{Access, EntryView, ReportStart, SaveError, State};

type Shown = Memo<Option<Report>>;

#[component]
pub fn ReportWritePage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    // Whoever is here for a day reports by word of mouth.
    if untrack(|| state.session().is_some_and(|session| !session.may.report)) {
        return view! { <Redirect path=route::CAPTURE/> }.into_any();
    }
    let query = use_query_map();
    let draft = Memo::new(move |_| {
        query.with(|query| {
            query
                .get("utkast")
                .and_then(|id| id.parse::<DocumentId>().ok())
        })
    });
    // Changes when the draft is another one, not with each word in it: a form drawn anew loses what is being typed.
    let here = Memo::new(move |_| draft.get().filter(|id| state.report(*id).is_some()));
    begin(i18n, state, draft);
    view! {
        {move || view! { <PageHead title=t_string!(i18n, report.title) lead=t_string!(i18n, report.lead)/> }}
        <div class="stack">
            {move || here.get().map(|id| view! { <Form id=id/> })}
        </div>
    }
    .into_any()
}

/// Begins a draft when the address names none, and puts it into the address: loading the page again goes on with it.
fn begin(i18n: Texts, state: State, draft: Memo<Option<DocumentId>>) {
    let query = use_query_map();
    let navigate = use_navigate();
    let has_begun = StoredValue::new(false);
    Effect::new(move |_| {
        let is_known = !matches!(state.access(), Access::Loading | Access::SignedOut);
        if draft.get().is_some() || has_begun.get_value() || !is_known {
            return;
        }
        has_begun.set_value(true);
        let asked = |name: &str| query.with_untracked(|query| query.get(name));
        let entry = asked("loggforing").and_then(|id| id.parse().ok());
        let pupil = asked("elev").and_then(|id| id.parse().ok());
        let is_pattern = asked("grunn").as_deref() == Some("monster");
        let navigate = navigate.clone();
        spawn_local(async move {
            let start = match is_pattern {
                true => {
                    from_pattern(
                        i18n,
                        ReportStart {
                            pupil,
                            is_pattern,
                            ..Default::default()
                        },
                    )
                    .await
                }
                false => from_entry(
                    i18n,
                    state,
                    ReportStart {
                        entry,
                        pupil,
                        ..Default::default()
                    },
                ),
            };
            // The state shows a failure until it is none.
            if let Ok(id) = state.start_report(start).await {
                navigate(
                    &route::report_draft(id),
                    NavigateOptions {
                        replace: true,
                        ..Default::default()
                    },
                );
            }
        });
    });
}

/// What the entry says, in words that the reporter may change, and the pupil it was done to.
fn from_entry(i18n: Texts, state: State, start: ReportStart) -> ReportStart {
    let Some(view) = start.entry.and_then(|id| state.entry(id)) else {
        return start;
    };
    ReportStart {
        pupil: start.pupil.or(whom_it_is_about(&view.entry)),
        happened: told(i18n, state, &view),
        ..start
    }
}

/// The one pupil who is exposed or alone, or the only one there; among several the reporter chooses.
fn whom_it_is_about(entry: &Entry) -> Option<PupilId> {
    let pupils = entry.known_pupils();
    let ids = |is_meant: fn(&Option<Part>) -> bool| -> Vec<PupilId> {
        let meant = pupils.iter().filter(|(_, part)| is_meant(part));
        meant.map(|(pupil, _)| *pupil).collect()
    };
    let hurt = ids(|part| matches!(part, Some(Part::Exposed | Part::Alone)));
    match (&hurt[..], &ids(|_| true)[..]) {
        ([pupil], _) | ([], [pupil]) => Some(*pupil),
        _ => None,
    }
}

fn told(i18n: Texts, state: State, view: &EntryView) -> String {
    let entry = &view.entry;
    let mut lines = vec![format!(
        "{}: {}",
        time::exact(i18n, entry.happened_at_ms),
        seen(i18n, state, entry)
    )];
    lines.extend(entry.zone.and_then(|zone| state.zone_name(zone)));
    lines.push(involved(i18n, state, entry).join(", "));
    lines.push(entry.text.clone());
    lines.retain(|line| !line.trim().is_empty());
    lines.join("\n")
}

/// The pattern in plain words, with the entries it rests on; without contact the reporter writes it.
async fn from_pattern(i18n: Texts, start: ReportStart) -> ReportStart {
    let Some(pupil) = start.pupil else {
        return start;
    };
    let path = shared::api::path::with_id(shared::api::path::PUPIL_LOG, pupil);
    let log = crate::browser::http::get::<shared::api::PupilLog>(&path).await;
    let Some(pattern) = log.ok().and_then(|log| log.pattern) else {
        return start;
    };
    let entries = pattern.entries.iter().map(|id| (*id, Vec::new())).collect();
    ReportStart {
        happened: pattern_reason::seen(i18n, &pattern),
        entries,
        ..start
    }
}

#[component]
fn Form(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let report: Shown = Memo::new(move |_| state.report(id).map(|view| view.report));
    let is_sent = Memo::new(move |_| {
        report.with(|report| report.as_ref().is_some_and(|report| report.is_sent))
    });
    view! {
        <Show when=move || !is_sent.get() fallback=move || view! { <Sent id=id/> }>
            <div class="report-form stack" data-test="report-form">
                <WhichPupil id=id report=report/>
                <Choices id=id label=Signal::derive(move || t_string!(i18n, report.ground)) offered=Ground::ALL name="ground"
                    words=words::ground chosen=move || report.with(|it| it.as_ref().and_then(|it| it.ground.clone())) write=edit::set_ground/>
                <Text id=id field="report-happened" label=t_string!(i18n, report.happened) hint=t_string!(i18n, report.happened_hint)
                    value=move || report.with(|it| it.as_ref().map(|it| it.happened.clone())) write=edit::set_happened/>
                <Tellers id=id report=report/>
                <Text id=id field="report-done-at-once" label=t_string!(i18n, report.done_at_once) hint=""
                    value=move || report.with(|it| it.as_ref().map(|it| it.done_at_once.clone())) write=edit::set_done_at_once/>
                <Choices id=id label=Signal::derive(move || t_string!(i18n, report.pupil_told)) offered=PupilTold::ALL name="pupil-told"
                    words=words::pupil_told chosen=move || report.with(|it| it.as_ref().and_then(|it| it.pupil_told.clone())) write=edit::set_pupil_told/>
                <Text id=id field="report-pupil-words" label=t_string!(i18n, report.pupil_words) hint=t_string!(i18n, report.pupil_words_hint)
                    value=move || report.with(|it| it.as_ref().map(|it| it.pupil_words.clone())) write=edit::set_pupil_words/>
                <Choices id=id label=Signal::derive(move || t_string!(i18n, report.seriousness)) offered=Seriousness::ALL name="seriousness"
                    words=words::seriousness chosen=move || report.with(|it| it.as_ref().and_then(|it| it.seriousness.clone())) write=edit::set_seriousness/>
                <ToldBy id=id report=report/>
                <AboutStaff id=id report=report/>
                <Missing report=report/>
                <Send id=id/>
            </div>
        </Show>
    }
}

#[component]
fn Sent(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let told = move || match state.goes_past_leadership(id) {
        true => t_string!(i18n, report.sent_to_owner),
        false => t_string!(i18n, report.sent),
    };
    view! {
        <Notice tone=Tone::Success test="report-sent">
            <p>{told}</p>
            <p><a class="button button-quiet" href=route::MY_REPORTS>{t_string!(i18n, my_reports.title)}</a></p>
        </Notice>
    }
}

fn write(state: State, id: DocumentId, edit: Edit) {
    spawn_local(async move {
        // The state shows a failure until it is none.
        let _ = state.write_report(id, edit).await;
    });
}

#[component]
fn WhichPupil(id: DocumentId, report: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let pupil =
        Memo::new(move |_| report.with(|report| report.as_ref().and_then(|report| report.pupil)));
    let description = Signal::derive(move || {
        report.with(|it| {
            it.as_ref()
                .map(|it| it.pupil_description.clone())
                .unwrap_or_default()
        })
    });
    let describe = Callback::new(move |text: String| -> Saved {
        Box::pin(async move { state.write_report(id, edit::describe_pupil(&text)?).await })
    });
    view! {
        <fieldset class="detail-part">
            <legend>{t!(i18n, report.pupil)}</legend>
            <Show when=move || pupil.get().is_some() fallback=move || view! {
                <PupilSearch id="report-pupil-search" taken=Signal::stored(Vec::new())
                    chosen=move |pupil| write(state, id, edit::set_pupil(Some(pupil)))/>
                <SavedText id="report-pupil-description" label=t_string!(i18n, report.pupil_describe) rows=1
                    hint=t_string!(i18n, report.pupil_describe_hint) value=description test="report-pupil-description" save=describe/>
            }>
                <p class="pupil-row-name" data-test="report-pupil">
                    <strong>{move || pupil.get().and_then(|pupil| state.pupil_name(pupil))}</strong>
                    <button type="button" class="button button-quiet" on:click=move |_| write(state, id, edit::set_pupil(None))>
                        {t!(i18n, action.change)}
                    </button>
                </p>
            </Show>
        </fieldset>
    }
}

/// One of a few words.
#[component]
fn Choices<T: Clone + PartialEq + std::fmt::Display + Send + Sync + 'static>(
    id: DocumentId,
    label: Signal<&'static str>,
    offered: &'static [T],
    name: &'static str,
    words: fn(Texts, &T) -> &'static str,
    chosen: impl Fn() -> Option<T> + Copy + Send + Sync + 'static,
    write: fn(&T) -> Edit,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let toggles = offered.iter().map(|one| {
        let is_on = Signal::derive(move || chosen().as_ref() == Some(one));
        view! {
            <Toggle label=Signal::derive(move || words(i18n, one).to_owned()) is_on=is_on test=format!("{name}-{one}")
                pressed=move |()| self::write(state, id, write(one))/>
        }
    });
    view! { <fieldset class="detail-part"><legend>{label}</legend><div class="chips">{toggles.collect_view()}</div></fieldset> }
}

#[component]
fn Tellers(id: DocumentId, report: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let toggles = Teller::ALL.iter().map(|teller| {
        let is_on = Signal::derive(move || report.with(|it| it.as_ref().is_some_and(|it| it.tellers.contains(teller))));
        view! {
            <Toggle label=Signal::derive(move || words::teller(i18n, teller).to_owned()) is_on=is_on test=format!("teller-{teller}")
                pressed=move |()| write(state, id, edit::set_teller(teller, !is_on.get_untracked()))/>
        }
    });
    view! { <fieldset class="detail-part"><legend>{t!(i18n, report.teller)}</legend><div class="chips">{toggles.collect_view()}</div></fieldset> }
}

#[component]
fn Text(
    id: DocumentId,
    field: &'static str,
    label: &'static str,
    hint: &'static str,
    value: impl Fn() -> Option<String> + Send + Sync + 'static,
    write: fn(&str) -> Result<Edit, shared::document::EditError>,
) -> impl IntoView {
    let state = State::here();
    let save = Callback::new(move |text: String| -> Saved {
        Box::pin(async move { state.write_report(id, write(&text)?).await })
    });
    view! {
        <div class="detail-part">
            <SavedText id=field label=label hint=hint value=Signal::derive(move || value().unwrap_or_default()) test=field save=save/>
        </div>
    }
}

/// What the law or the plan asks for and the report lacks; it stops nothing.
#[component]
fn Missing(report: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let missing = Memo::new(move |_| {
        report.with(|report| report.as_ref().map(Report::missing).unwrap_or_default())
    });
    view! {
        <Show when=move || !missing.with(Vec::is_empty)>
            <section class="notice notice-warning" data-test="missing">
                {Icon::Warning.view()}
                <div class="notice-body">
                    <p class="notice-title">{t!(i18n, missing.title)}</p>
                    <p>{t!(i18n, missing.lead)}</p>
                    <ul>{move || missing.get().into_iter().map(|point| view! { <li>{words::missing_point(i18n, point)}</li> }).collect_view()}</ul>
                </div>
            </section>
        </Show>
    }
}

#[component]
fn Send(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let navigate = use_navigate();
    let is_refused = RwSignal::new(false);
    let cannot = RwSignal::new(None::<&'static str>);
    let is_blank = move || {
        let view = state.report(id);
        view.is_none_or(|view| view.report.is_blank())
    };
    let send = move |_| {
        // Missing points may pass; a form with nothing in it was sent by mistake.
        is_refused.set(untrack(is_blank));
        if is_refused.get_untracked() {
            return;
        }
        spawn_local(async move {
            // The state shows what the disk refuses; the form what the owner cannot take.
            let refused = match state.send_report(id).await {
                Err(SaveError::NoOwner) => Some(t_string!(i18n, report.owner_cannot)),
                Err(SaveError::TooLong) => Some(t_string!(i18n, report.too_long)),
                _ => None,
            };
            cannot.try_set(refused);
        });
    };
    let discard = Callback::new(move |()| {
        let navigate = navigate.clone();
        spawn_local(async move {
            if state.discard_report(id).await.is_ok() {
                navigate(route::MY_REPORTS, Default::default());
            }
        });
    });
    view! {
        <p class="hint">{t!(i18n, report.draft_saved)}</p>
        <p class="field-error" role="alert" data-test="blank-report">
            {move || (is_refused.get() && is_blank()).then_some(t_string!(i18n, report.blank)).or(cannot.get())}
        </p>
        <p class="buttons">
            <button type="button" class="button" data-test="send-report" on:click=send>
                {move || match state.goes_past_leadership(id) {
                    true => t_string!(i18n, report.send_to_owner),
                    false => t_string!(i18n, report.send),
                }}
            </button>
            <button type="button" class="button button-quiet" data-test="discard-report" on:click=move |_| discard.run(())>
                {t!(i18n, report.discard)}
            </button>
        </p>
    }
}
