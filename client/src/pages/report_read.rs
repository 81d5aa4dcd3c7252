//! A report as its receiver reads it: every point of § 12-4, what is missing by name, what it builds on, and its receipts.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use shared::api::{self, ErrorCode, ReportDetail};
use shared::domain::Report;

use super::inbox::{DAYS_MARKED, days_since};
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::components::actors::Actors;
use crate::components::dialog::Dialog;
use crate::components::erase::{EraseDocument, Erased};
use crate::components::failure::Failure;
use crate::components::hand_out::HandOut;
use crate::components::loaded::Loaded;
use crate::components::log_line::{EntryBody, additions_list, pupil_names};
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::components::pattern_reason::PatternReason;
use crate::components::receipts::ReceiptChain;
use crate::components::report_points::{report_points, told_by};
use crate::components::revisions::{PupilNames, Revisions};
use crate::components::time::At;
use crate::components::{Texts, words};
use crate::i18n::*;
use crate::route;
use crate::state::State;

#[component]
pub fn ReportReadPage() -> impl IntoView {
    let params = use_params_map();
    let page = move || {
        let id = params.read().get("id").unwrap_or_default();
        let loaded = Loaded::<ReportDetail>::from(api::path::with_id(api::path::REPORT, id));
        loaded.view(
            |_| None,
            move |detail| view! { <ReportDocument detail=detail loaded=loaded/> }.into_any(),
        )
    };
    view! { {page} }
}

#[component]
fn ReportDocument(detail: Arc<ReportDetail>, loaded: Loaded<ReportDetail>) -> impl IntoView {
    let i18n = use_i18n();
    let line = detail.line.clone();
    let actors = Actors::from(&detail.actors);
    let names = names(&detail);
    let may = State::here().may();
    let lead = [
        Some(t_string!(i18n, report.mark, mark = line.id.mark()).to_string()),
        line.class_name.clone(),
    ];
    let lead = lead.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let may_hold_talk =
        detail.is_receiver && line.receipts.talk_at_ms.is_none() && !detail.report.is_withdrawn;
    let owner_is_told = line.receipts.owner_told_at_ms.is_some();
    let must_tell_owner = may.receive_reports && line.suspects_employee && !owner_is_told;
    let may_pass_on = may.receive_reports && !owner_is_told && !detail.report.is_withdrawn;
    let back_to = if may.receive_reports || detail.is_receiver {
        route::INBOX
    } else {
        route::MY_REPORTS
    };
    view! {
        <PageHead title=subject(i18n, &detail) document_title=t_string!(i18n, report.read_title)
            lead=lead
            back_to=back_to/>
        {waited(i18n, &detail)}
        <div class="columns">
            <div class="columns-main stack">
                {detail.report.is_withdrawn.then(|| view! { <Notice tone=Tone::Warning><p>{t_string!(i18n, report.withdrawn)}</p></Notice> })}
                {missing(i18n, &detail.report)}
                {must_tell_owner.then(|| view! {
                    <Notice tone=Tone::Warning title=t_string!(i18n, report.owner_at_once) test="owner-at-once">
                        <p>{t_string!(i18n, report.owner_at_once_why)}</p>
                    </Notice>
                })}
                <article class="card document">{points(i18n, &detail)}</article>
                {additions_list(i18n, &detail.report.additions, &actors)}
                <section class="stack-tight">
                    <h2>{t_string!(i18n, report.entries)}</h2>
                    {entries(i18n, &detail, &actors, may.receive_reports || !detail.is_receiver)}
                </section>
            </div>
            <div class="columns-side stack">
                <section class="card">
                    <h2>{t_string!(i18n, receipts.title)}</h2>
                    <ReceiptChain recorded_at_ms=line.recorded_at_ms receipts=line.receipts/>
                    {may_hold_talk.then(|| view! { <HoldTalk detail=detail.clone() loaded=loaded/> })}
                    {may_pass_on.then(|| view! { <PassOn detail=detail.clone() loaded=loaded/> })}
                </section>
                {detail.handing.clone().map(|handing| view! {
                    <section class="card stack-tight">
                        <h2>{t_string!(i18n, handing.title)}</h2>
                        <p class="small quiet">{t_string!(i18n, handing.lead)}</p>
                        <HandOut report=line.id handed=handing.handed offered=handing.offered may_take_back=true
                            on_change=move || loaded.reload()/>
                    </section>
                })}
                {detail.pattern.clone().map(|pattern| view! {
                    <section class="card stack-tight">
                        <h2>{t_string!(i18n, report.pattern_behind)}</h2>
                        <PatternReason pattern=pattern is_sharpened=false/>
                    </section>
                })}
                {may.erase.then(|| view! { <EraseDocument document=line.id what=Erased::Report/> })}
                <details class="card fold">
                    <summary>{t_string!(i18n, report.history)}</summary>
                    <Revisions revisions=detail.revisions.clone() actors=actors.clone() names=names/>
                </details>
            </div>
        </div>
    }
}

fn names(detail: &ReportDetail) -> PupilNames {
    let mut names: PupilNames = detail.entries.iter().flat_map(pupil_names).collect();
    if let Some(pupil) = detail.line.pupil {
        names.insert(pupil, detail.line.pupil_name.clone());
    }
    names
}

fn subject(i18n: Texts, detail: &ReportDetail) -> String {
    let name = &detail.line.pupil_name;
    if name.is_empty() {
        t_string!(i18n, inbox.no_pupil).to_owned()
    } else {
        name.clone()
    }
}

fn waited(i18n: Texts, detail: &ReportDetail) -> AnyView {
    let days = days_since(&detail.line);
    let told = match days {
        0 => t_string!(i18n, report.days_since_today).to_owned(),
        1 => t_string!(i18n, report.days_since_single).to_owned(),
        days => t_string!(i18n, report.days_since_many, count = days).to_string(),
    };
    let is_marked = days >= DAYS_MARKED && detail.line.receipts.talk_at_ms.is_none();
    view! {
        <p class="waited" data-test="days-since">{told}</p>
        {is_marked.then(|| view! { <Notice tone=Tone::Warning test="day-seven"><p>{t_string!(i18n, report.day_seven)}</p></Notice> })}
    }
    .into_any()
}

fn missing(i18n: Texts, report: &Report) -> Option<AnyView> {
    let points = report.missing();
    if points.is_empty() {
        return None;
    }
    let points = points
        .into_iter()
        .map(|point| view! { <li>{words::missing_point(i18n, point)}</li> })
        .collect_view();
    Some(view! {
        <Notice tone=Tone::Warning title=t_string!(i18n, missing.title) test="missing"><ul class="bullets">{points}</ul></Notice>
    }
    .into_any())
}

fn points(i18n: Texts, detail: &ReportDetail) -> AnyView {
    let report = &detail.report;
    view! {
        <dl class="facts">
            <div class="fact"><dt>{t_string!(i18n, report.reporter)}</dt>
                <dd data-test="point-reporter">{detail.line.reporter_name.clone()}", "<At ms=detail.line.recorded_at_ms/></dd></div>
            {told_by(i18n, &detail.line.told_by_name)}
            {report_points(i18n, report, &detail.line.pupil_name)}
            {report.suspects_employee().then(|| view! {
                <div class="fact"><dt>{t_string!(i18n, report.suspected)}</dt><dd data-test="point-suspected">{suspected(report)}</dd></div>
            })}
            <div class="fact"><dt>{t_string!(i18n, report.origin)}</dt><dd>{words::origin(i18n, &report.origin)}</dd></div>
        </dl>
    }
    .into_any()
}

fn suspected(report: &Report) -> String {
    let state = State::here();
    let names = report.suspected.iter();
    let names: Vec<_> = names
        .filter_map(|staff| untrack(|| state.staff_name(*staff)))
        .collect();
    names.join(", ")
}

/// Whoever was handed the report has the entries as they stood, and not the way to each.
fn entries(i18n: Texts, detail: &ReportDetail, actors: &Actors, has_links: bool) -> AnyView {
    if detail.entries.is_empty() {
        return view! { <p class="quiet">{t_string!(i18n, report.entries_none)}</p> }.into_any();
    }
    let item = |line: &api::LogLine| {
        let id = line.entry.id;
        view! {
            <li class="card entry" data-test="report-entry">
                <p class="quiet"><At ms=line.entry.happened_at_ms/></p>
                <EntryBody line=line.clone() actors=actors.clone()/>
                {has_links.then(|| view! {
                    <div class="entry-links">
                        <a class="button button-text" href=route::entry_read(id)>{t_string!(i18n, entry.see_history)}</a>
                    </div>
                })}
            </li>
        }
    };
    view! { <ul class="stack-tight">{detail.entries.iter().map(item).collect_view()}</ul> }
        .into_any()
}

/// Something that is done once and not taken back: asked about, done by the server, and the page drawn anew.
#[component]
fn Step(
    name: &'static str,
    dialog: &'static str,
    path: String,
    class: &'static str,
    label: &'static str,
    question: &'static str,
    warning: &'static str,
    /// What a conflict means here.
    #[prop(default = None)]
    conflict: Option<&'static str>,
    loaded: Loaded<ReportDetail>,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_asking = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let path = StoredValue::new(path);
    let go = move |_| {
        is_asking.set(false);
        spawn_local(async move {
            match http::post_nothing::<Nothing>(&path.get_value()).await {
                Ok(_) => loaded.reload(),
                Err(why) => drop(failure.try_set(Some(why))),
            }
        });
    };
    let refused = move |failure: ApiFailure| match (failure, conflict) {
        (ApiFailure::Refused(ErrorCode::Conflict), Some(means)) => {
            view! { <Notice tone=Tone::Warning test="conflict"><p>{means}</p></Notice> }.into_any()
        }
        (failure, _) => view! { <Failure failure=failure/> }.into_any(),
    };
    view! {
        {move || failure.get().map(refused)}
        <button type="button" class=class data-test=name on:click=move |_| is_asking.set(true)>{label}</button>
        <Dialog id=dialog title=question is_open=is_asking>
            <p>{warning}</p>
            <div class="buttons">
                <button type="button" class="button" data-test=format!("{name}-confirm") on:click=go>{label}</button>
                <button type="button" class="button button-quiet" on:click=move |_| is_asking.set(false)>{t_string!(i18n, action.cancel)}</button>
            </div>
        </Dialog>
    }
}

#[component]
fn HoldTalk(detail: Arc<ReportDetail>, loaded: Loaded<ReportDetail>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="stack-tight receipts-action">
            <p class="small quiet">{t_string!(i18n, report.talk_hint)}</p>
            <Step name="talk" dialog="talk-dialog" path=api::path::with_id(api::path::REPORT_TALK, detail.line.id) class="button button-wide"
                label=t_string!(i18n, report.talk_held) question=t_string!(i18n, report.talk_question)
                warning=t_string!(i18n, report.talk_warning) loaded=loaded/>
        </div>
    }
}

/// A serious case, or one in which an employee is suspected, goes on to the school owner in one step.
#[component]
fn PassOn(detail: Arc<ReportDetail>, loaded: Loaded<ReportDetail>) -> impl IntoView {
    let i18n = use_i18n();
    let class = match detail.line.suspects_employee {
        true => "button button-wide",
        false => "button button-quiet button-wide",
    };
    view! {
        <div class="stack-tight receipts-action">
            <Step name="pass-on" dialog="pass-on-dialog" path=api::path::with_id(api::path::REPORT_TO_OWNER, detail.line.id) class=class
                label=t_string!(i18n, report.pass_on) question=t_string!(i18n, report.pass_on_question)
                warning=t_string!(i18n, report.pass_on_warning) conflict=Some(t_string!(i18n, report.owner_has_no_key)) loaded=loaded/>
        </div>
    }
}
