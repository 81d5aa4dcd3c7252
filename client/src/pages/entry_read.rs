//! One entry with every earlier wording: who wrote, when, and what.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use shared::api::{self, EntryDetail};

use crate::components::actors::Actors;
use crate::components::erase::{EraseDocument, Erased};
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::log_line::{EntryBody, pupil_names};
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::components::revisions::Revisions;
use crate::components::time::At;
use crate::i18n::*;
use crate::route;
use crate::state::State;

#[component]
pub fn EntryReadPage() -> impl IntoView {
    let params = use_params_map();
    let page = move || {
        let id = params.read().get("id").unwrap_or_default();
        let loaded = Loaded::<EntryDetail>::from(api::path::with_id(api::path::ENTRY, id))
            .as_classes_change();
        loaded.view(
            |_| None,
            |detail| view! { <Detail detail=detail/> }.into_any(),
        )
    };
    view! { {page} }
}

#[component]
fn Detail(detail: Arc<EntryDetail>) -> impl IntoView {
    let i18n = use_i18n();
    let line = detail.line.clone();
    let entry = line.entry.clone();
    let actors = Actors::from(&detail.actors);
    let may = State::here().may();
    let back = entry
        .known_pupils()
        .keys()
        .next()
        .copied()
        .filter(|_| may.read_pupil_logs);
    view! {
        {back.map(|pupil| view! {
            <a class="back-link" href=route::pupil_log(pupil)>{Icon::Back.view()}{t_string!(i18n, log.title)}</a>
        })}
        <PageHead title=t_string!(i18n, entry.title)/>
        <div class="columns">
            <div class="columns-main stack">
                {line.is_locked.then(|| view! {
                    <Notice tone=Tone::Info test="locked"><p>{t_string!(i18n, entry.locked)}</p></Notice>
                })}
                <article class="card entry"><EntryBody line=line.clone() actors=actors.clone() is_page=true/></article>
                <div class="buttons" hidden=!may.report>
                    <a class="button" href=route::report_from_entry(entry.id) data-test="report">{t_string!(i18n, action.report)}</a>
                </div>
            </div>
            <div class="columns-side stack">
                <section class="card">
                    <dl class="facts">
                        <div class="fact"><dt>{t_string!(i18n, entry.author)}</dt><dd>{line.author_name.clone()}</dd></div>
                        <div class="fact"><dt>{t_string!(i18n, entry.happened)}</dt><dd><At ms=entry.happened_at_ms/></dd></div>
                        <div class="fact"><dt>{t_string!(i18n, entry.recorded)}</dt><dd><At ms=entry.recorded_at_ms/></dd></div>
                        <div class="fact"><dt>{t_string!(i18n, entry.received)}</dt><dd><At ms=line.received_at_ms/></dd></div>
                    </dl>
                </section>
                {may.erase.then(|| view! { <EraseDocument document=entry.id what=Erased::Entry/> })}
                <section class="card stack-tight">
                    <h2>{t_string!(i18n, entry.history)}</h2>
                    <p class="quiet small">{t_string!(i18n, entry.history_hint)}</p>
                    <Revisions revisions=detail.revisions.clone() actors=actors names=pupil_names(&line)/>
                </section>
            </div>
        </div>
    }
}
