//! What may not be kept any longer, by the school's own times, and the record of what was erased. Nothing here says what it said.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{self, DueLine, Erase, ErasedLine, Erasures};
use shared::domain::ErasureGround;
use shared::sync::DocumentKind;

use crate::browser::http::{self, ApiFailure, Nothing};
use crate::components::Texts;
use crate::components::dialog::Dialog;
use crate::components::erase::ground;
use crate::components::failure::Failure;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::time::At;
use crate::i18n::*;
use crate::route;
use crate::state::State;

#[component]
pub fn ErasuresPage() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<Erasures>::from(api::path::ERASURES.to_owned());
    let draw = move |erasures: Arc<Erasures>| {
        view! {
            <div class="stack">
                <section class="card stack-tight">
                    <h2>{t_string!(i18n, erasure.kept_for)}</h2>
                    <dl class="facts">
                        <div class="fact"><dt>{t_string!(i18n, erasure.entries)}</dt><dd data-test="entry-years">{years(i18n, erasures.retention.entry_years)}</dd></div>
                        <div class="fact"><dt>{t_string!(i18n, erasure.reports)}</dt><dd data-test="report-years">{years(i18n, erasures.retention.report_years)}</dd></div>
                    </dl>
                    <p class="quiet small">{t_string!(i18n, erasure.set_by)}</p>
                </section>
                <section class="stack-tight">
                    <h2>{t_string!(i18n, erasure.due)}</h2>
                    <Due erasures=erasures.clone() loaded=loaded/>
                </section>
                <section class="stack-tight">
                    <h2>{t_string!(i18n, erasure.erased)}</h2>
                    {record(i18n, &erasures.erased)}
                </section>
            </div>
        }
        .into_any()
    };
    view! {
        <PageHead title=t_string!(i18n, erasure.title) lead=t_string!(i18n, erasure.lead)/>
        {loaded.view(|_| None, draw)}
    }
}

fn years(i18n: Texts, years: Option<u32>) -> String {
    match years {
        None => t_string!(i18n, erasure.no_time).to_owned(),
        Some(1) => t_string!(i18n, erasure.year_single).to_owned(),
        Some(count) => t_string!(i18n, erasure.year_many, count = count).to_string(),
    }
}

fn kind(i18n: Texts, kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Entry => t_string!(i18n, readings.entry),
        DocumentKind::Report => t_string!(i18n, readings.report),
    }
}

#[component]
fn Due(erasures: Arc<Erasures>, loaded: Loaded<Erasures>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let may_erase = state.may().erase;
    let is_asking = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    if erasures.due.is_empty() {
        return view! { <p class="quiet" data-test="none-due">{t_string!(i18n, erasure.none_due)}</p> }
            .into_any();
    }
    let count = erasures.due.len();
    let documents: Vec<_> = erasures.due.iter().map(|line| line.document).collect();
    let erase = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        is_asking.set(false);
        let asked = Erase {
            documents: documents.clone(),
            ground: ErasureGround::RetentionEnded,
        };
        spawn_local(async move {
            let ask = async || http::post::<Nothing>(api::path::ERASURES, &asked).await;
            match state.stepping_up(ask).await {
                Ok(_) => loaded.reload(),
                Err(why) => drop(failure.try_set(Some(why))),
            }
            is_busy.try_set(false);
        });
    };
    let row = |line: &DueLine| {
        let address = match line.kind {
            DocumentKind::Entry => route::entry_read(line.document),
            DocumentKind::Report => route::report_read(line.document),
        };
        view! {
            <tr data-test="due-row">
                <td><At ms=line.at_ms/></td>
                <td><a href=address>{kind(i18n, line.kind)}</a></td>
                <td>{line.author_name.clone()}</td>
            </tr>
        }
    };
    let action = move || match count {
        1 => t_string!(i18n, erasure.due_action_single).to_owned(),
        count => t_string!(i18n, erasure.due_action_many, count = count).to_string(),
    };
    let controls = may_erase.then(|| view! {
        <div class="buttons">
            <button type="button" class="button button-danger" data-test="erase-due" disabled=move || is_busy.get()
                on:click=move |_| is_asking.set(true)>{action}</button>
        </div>
        <Dialog id="erase-due-dialog" title=t_string!(i18n, erasure.due_question) is_open=is_asking>
            <p>{t_string!(i18n, erasure.means)}</p>
            <div class="buttons">
                <button type="button" class="button button-danger" data-test="erase-due-confirm" on:click=erase>{action}</button>
                <button type="button" class="button button-quiet" on:click=move |_| is_asking.set(false)>{t_string!(i18n, action.cancel)}</button>
            </div>
        </Dialog>
    });
    view! {
        {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
        <div class="table-frame">
            <table class="table">
                <caption class="for-screen-reader">{t_string!(i18n, erasure.due)}</caption>
                <thead><tr>
                    <th scope="col">{t_string!(i18n, readings.at)}</th>
                    <th scope="col">{t_string!(i18n, readings.what)}</th>
                    <th scope="col">{t_string!(i18n, entry.author)}</th>
                </tr></thead>
                <tbody>{erasures.due.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        {controls}
    }
    .into_any()
}

fn record(i18n: Texts, erased: &[ErasedLine]) -> AnyView {
    if erased.is_empty() {
        return view! { <p class="quiet">{t_string!(i18n, erasure.none_erased)}</p> }.into_any();
    }
    let row = |line: &ErasedLine| {
        let by = line.by.clone();
        view! {
            <tr data-test="erased-row">
                <td><At ms=line.erased_at_ms/></td>
                <td>{kind(i18n, line.kind)}</td>
                <td>{by.unwrap_or_else(|| t_string!(i18n, erasure.by_command).to_owned())}</td>
                <td>{ground(i18n, &line.ground)}</td>
            </tr>
        }
    };
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class="for-screen-reader">{t_string!(i18n, erasure.erased)}</caption>
                <thead><tr>
                    <th scope="col">{t_string!(i18n, readings.at)}</th>
                    <th scope="col">{t_string!(i18n, readings.what)}</th>
                    <th scope="col">{t_string!(i18n, readings.who)}</th>
                    <th scope="col">{t_string!(i18n, put_aside.reason)}</th>
                </tr></thead>
                <tbody>{erased.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
