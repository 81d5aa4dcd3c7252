//! The reports the person receives: all of the school's, or those that were handed to them. What nobody has opened stands first, and how many days each has waited is the largest
//! thing on its row.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{self, ReportLine};

use crate::browser::format;
use crate::components::Texts;
use crate::components::empty::Empty;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::i18n::*;
use crate::route;
use crate::state::State;

/// When a family may take a matter to the county governor that was raised with the principal (§ 12-6).
pub const DAYS_MARKED: i64 = 7;

/// Whole days since a report was received, or written when it has no receipt yet.
pub fn days_since(line: &ReportLine) -> i64 {
    let since_ms = line.receipts.received_at_ms.unwrap_or(line.recorded_at_ms);
    format::days_between(since_ms, format::now_ms()).max(0)
}

#[component]
pub fn InboxPage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let receives_all = Memo::new(move |_| state.may().receive_reports);
    let page = move || {
        let (path, title, hint) = match receives_all.get() {
            true => (
                api::path::REPORTS,
                t_string!(i18n, inbox.title),
                t_string!(i18n, inbox.empty_hint),
            ),
            false => (
                api::path::REPORTS_HANDED,
                t_string!(i18n, inbox.handed_title),
                t_string!(i18n, inbox.handed_hint),
            ),
        };
        let loaded = Loaded::<Vec<ReportLine>>::from(path.to_owned());
        view! {
            <PageHead title=title/>
            {loaded.view(|_| None, move |lines| list(i18n, &lines, hint))}
        }
    };
    view! { {page} }
}

fn list(i18n: Texts, lines: &Arc<Vec<ReportLine>>, hint: &'static str) -> AnyView {
    if lines.is_empty() {
        return view! { <Empty title=t_string!(i18n, inbox.empty) hint=hint/> }.into_any();
    }
    let of = |step: Step| sorted(lines.iter().filter(|line| step_of(line) == step).collect());
    let unopened = of(Step::Unopened);
    let told = match unopened.len() {
        0 => None,
        1 => Some(t_string!(i18n, inbox.unopened_single).to_owned()),
        count => Some(t_string!(i18n, inbox.unopened_many, count = count).to_string()),
    };
    let group = |title: &'static str, lines: Vec<&ReportLine>| {
        (!lines.is_empty()).then(|| view! {
            <section class="stack-tight">
                <h2>{title}</h2>
                <ul class="stack-tight">{lines.into_iter().map(|line| row(i18n, line)).collect_view()}</ul>
            </section>
        })
    };
    view! {
        <div class="stack">
            {told.map(|told| view! { <Notice tone=Tone::Warning title=told test="unopened"/> })}
            {group(t_string!(i18n, inbox.unopened), unopened)}
            {group(t_string!(i18n, inbox.awaiting_talk), of(Step::AwaitingTalk))}
            {group(t_string!(i18n, inbox.talk_held), of(Step::TalkHeld))}
        </div>
    }
    .into_any()
}

/// How far the receiver has come with a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Unopened,
    AwaitingTalk,
    TalkHeld,
}

fn step_of(line: &ReportLine) -> Step {
    match (line.receipts.opened_at_ms, line.receipts.talk_at_ms) {
        // Whoever else has opened it: this person has not.
        _ if line.waits_in_hand => Step::Unopened,
        (_, Some(_)) => Step::TalkHeld,
        (None, None) => Step::Unopened,
        (Some(_), None) => Step::AwaitingTalk,
    }
}

/// Serious ones first, then who has waited longest.
fn sorted(mut lines: Vec<&ReportLine>) -> Vec<&ReportLine> {
    lines.sort_by_key(|line| {
        (
            !(line.is_serious || line.suspects_employee),
            line.receipts.received_at_ms.unwrap_or(line.recorded_at_ms),
        )
    });
    lines
}

fn reported_by(i18n: Texts, line: &ReportLine) -> String {
    let reporter = line.reporter_name.clone();
    match line.told_by_name.as_str() {
        "" => t_string!(i18n, inbox.reported_by, name = reporter).to_string(),
        teller => t_string!(
            i18n,
            inbox.told_by,
            name = teller.to_owned(),
            writer = reporter
        )
        .to_string(),
    }
}

fn row(i18n: Texts, line: &ReportLine) -> AnyView {
    let days = days_since(line);
    let is_open_case = step_of(line) != Step::TalkHeld;
    let is_marked = is_open_case && days >= DAYS_MARKED;
    let class = match (step_of(line), is_marked) {
        (Step::Unopened, _) => "report-row report-unopened card",
        (_, true) => "report-row report-marked card",
        (_, false) => "report-row card",
    };
    let unit = match days {
        0 => t_string!(i18n, inbox.day_today),
        1 => t_string!(i18n, inbox.day_single),
        _ => t_string!(i18n, inbox.day_many),
    };
    let figure = if days == 0 {
        String::new()
    } else {
        days.to_string()
    };
    let name = if line.pupil_name.is_empty() {
        t_string!(i18n, inbox.no_pupil).to_owned()
    } else {
        line.pupil_name.clone()
    };
    let missing = match line.missing_points {
        0 => None,
        1 => Some(t_string!(i18n, inbox.missing_single).to_owned()),
        count => Some(t_string!(i18n, inbox.missing_many, count = count).to_string()),
    };
    view! {
        <li>
            <a class=class href=route::report_read(line.id) data-test="inbox-row">
                <span class="days" data-test="days-since"><span class="days-figure">{figure}</span>" "<span class="days-unit">{unit}</span></span>
                <span class="row-main">
                    <span class="row-title">{name}{line.class_name.clone().map(|class| format!(", {class}"))}</span>
                    <span class="row-note">{reported_by(i18n, line)}" · "{t_string!(i18n, report.mark, mark = line.id.mark())}</span>
                    <span class="tags">
                        {(line.suspects_employee && line.receipts.owner_told_at_ms.is_none())
                            .then(|| view! { <span class="tag tag-bad" data-test="owner-at-once">{t_string!(i18n, report.owner_at_once)}</span> })}
                        {line.is_serious.then(|| view! { <span class="tag tag-bad">{t_string!(i18n, inbox.serious)}</span> })}
                        {(step_of(line) == Step::Unopened).then(|| view! { <span class="tag tag-warning">{t_string!(i18n, inbox.unopened)}</span> })}
                        {line.waits_in_hand.then(|| view! { <span class="tag" data-test="given-to-me">{t_string!(i18n, handing.in_hand)}</span> })}
                        {(step_of(line) == Step::Unopened && line.receipts.escalated_at_ms.is_some())
                            .then(|| view! { <span class="tag tag-warning" data-test="escalated">{t_string!(i18n, inbox.escalated)}</span> })}
                        {is_marked.then(|| view! { <span class="tag tag-warning" data-test="day-seven">{t_string!(i18n, inbox.day_seven)}</span> })}
                        {missing.map(|missing| view! { <span class="tag tag-quiet">{missing}</span> })}
                    </span>
                </span>
                {Icon::Forward.view()}
            </a>
        </li>
    }
    .into_any()
}
