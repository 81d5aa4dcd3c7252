//! My reports: drafts to finish, and for each that is sent the chain of its receipts.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{ReportLine, path};
use shared::domain::DocumentId;

use crate::browser::http;
use crate::components::empty::Empty;
use crate::components::page_head::PageHead;
use crate::components::receipts::ReceiptChain;
use crate::i18n::*;
use crate::route;
use crate::state::{ReportView, State};

#[component]
pub fn MyReportsPage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let reports = Memo::new(move |_| state.reports());
    spawn_local(state.fetch_owner_receipts());
    view! {
        {move || view! { <PageHead title=t_string!(i18n, my_reports.title)/> }}
        <p class="page-actions"><a class="button button-quiet" href=route::REPORT_WRITE data-test="start-report">{t!(i18n, my_reports.start)}</a></p>
        <Show when=move || reports.with(Vec::is_empty)>
            <Empty title=t_string!(i18n, my_reports.empty) hint=t_string!(i18n, my_reports.empty_hint)/>
        </Show>
        <ToldByMe/>
        <ul class="entry-cards">
            {move || reports.get().into_iter().map(|report| view! { <ReportCard view=report/> }).collect_view()}
        </ul>
    }
}

/// What a colleague wrote down for this person: the server's answer, since nothing of it lies on this phone.
#[component]
fn ToldByMe() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let lines = RwSignal::new(Vec::<ReportLine>::new());
    spawn_local(async move {
        let Some(me) = untrack(|| state.session()).map(|session| session.staff) else {
            return;
        };
        // Without contact there is nothing to show, and the page is whole without it.
        if let Ok(mut found) = http::get::<Vec<ReportLine>>(path::REPORTS).await {
            found.retain(|line| line.told_by == Some(me));
            let _ = lines.try_set(found);
        }
    });
    let card = move |line: ReportLine| {
        let written = t_string!(
            i18n,
            my_reports.written_by,
            name = line.reporter_name.clone()
        );
        view! {
            <li class="card stack-tight" data-test="told-by-me">
                <h2>{line.pupil_name.clone()}</h2>
                <p class="tag tag-quiet">{written.to_string()}</p>
                <ReceiptChain recorded_at_ms=line.recorded_at_ms receipts=line.receipts/>
                <p><a class="button button-quiet" href=route::report_read(line.id)>{t_string!(i18n, my_reports.read)}</a></p>
            </li>
        }
    };
    view! {
        <ul class="entry-cards">{move || lines.get().into_iter().map(card).collect_view()}</ul>
    }
}

#[component]
fn ReportCard(view: ReportView) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let report = view.report;
    let name = report
        .pupil
        .and_then(|pupil| state.pupil_name(pupil))
        .unwrap_or(report.pupil_description);
    let name = if name.is_empty() {
        t_string!(i18n, report.not_told).to_owned()
    } else {
        name
    };
    let stands = match (report.is_withdrawn, report.is_sent) {
        (true, _) => {
            view! { <p class="tag tag-warning">{t_string!(i18n, report.withdrawn)}</p> }.into_any()
        }
        (false, true) => {
            let to_owner = state.goes_past_leadership(report.id);
            view! {
                {to_owner.then(|| view! { <p class="tag tag-quiet" data-test="sent-to-owner">{t_string!(i18n, my_reports.to_owner)}</p> })}
                <ReceiptChain recorded_at_ms=report.recorded_at_ms receipts=view.receipts to_owner=to_owner/>
            }
            .into_any()
        }
        (false, false) => draft(i18n, report.id),
    };
    view! {
        <li class="card stack-tight" data-test="my-report">
            <h2>{name}</h2>
            <p class="clamp told">{report.happened}</p>
            {stands}
        </li>
    }
}

fn draft(i18n: crate::components::Texts, id: DocumentId) -> AnyView {
    view! {
        <p class="tag">{t_string!(i18n, my_reports.draft)}</p>
        <p><a class="button button-quiet" href=route::report_draft(id) data-test="continue-draft">{t_string!(i18n, my_reports.continue_draft)}</a></p>
    }
    .into_any()
}
