//! One pupil's log: a timeline by day, newest first. Opening it is recorded as a reading by the server.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use shared::api::{self, LogLine, PupilLog};
use shared::domain::{EntryKind, Part, Pattern, PupilId, What};

use super::pupil_attention::Attention;
use super::pupil_protection::Protection;
use crate::browser::format;
use crate::browser::http::{self, ApiFailure};
use crate::components::actors::Actors;
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::icon::Icon;
use crate::components::loaded::Loaded;
use crate::components::log_line::LogLineItem;
use crate::components::notice::{Notice, Tone};
use crate::components::page_head::PageHead;
use crate::components::pattern_reason::PatternReason;
use crate::components::{Texts, time, words};
use crate::i18n::*;
use crate::route;
use crate::state::State;

/// What of the log is shown; nothing chosen shows all.
#[derive(Debug, Clone, Default, PartialEq)]
struct Filter {
    part: Option<Part>,
    kind: Option<EntryKind>,
    what: Option<What>,
}

impl Filter {
    fn admits(&self, line: &LogLine, pupil: PupilId) -> bool {
        let part = line
            .entry
            .pupils
            .iter()
            .find(|p| p.pupil_id() == Some(pupil))
            .and_then(|p| p.part.clone());
        (self.part.is_none() || self.part == part)
            && self
                .kind
                .as_ref()
                .is_none_or(|kind| *kind == line.entry.kind)
            && self
                .what
                .as_ref()
                .is_none_or(|what| line.entry.what.contains(what))
    }
}

#[component]
pub fn PupilLogPage() -> impl IntoView {
    let i18n = use_i18n();
    let params = use_params_map();
    let page = move || {
        let id = params.read().get("id").unwrap_or_default();
        let loaded = Loaded::<PupilLog>::from(api::path::with_id(api::path::PUPIL_LOG, id))
            .as_classes_change();
        loaded.view(
            move |failure| refused(i18n, failure),
            move |log| view! { <Log log=log loaded=loaded/> }.into_any(),
        )
    };
    view! { {page} }
}

fn refused(i18n: Texts, failure: ApiFailure) -> Option<AnyView> {
    failure.is_not_found().then(|| {
        view! {
            <PageHead title=t_string!(i18n, log.title) back_to=route::PUPILS/>
            <Notice tone=Tone::Info test="no-access"><p>{t_string!(i18n, pupils.no_access)}</p></Notice>
        }
        .into_any()
    })
}

#[component]
fn Log(log: Arc<PupilLog>, loaded: Loaded<PupilLog>) -> impl IntoView {
    let i18n = use_i18n();
    let name = log.pupil.full_name();
    let lead = log
        .class_name
        .clone()
        .unwrap_or_else(|| t_string!(i18n, log.no_class).to_owned());
    let until_ms = log.attention_until_ms;
    let may = State::here().may();
    let may_set_attention = may.set_attention;
    let may_protect = may.protect;
    let readings = route::pupil_readings(log.pupil.id);
    view! {
        <PageHead title=name document_title=t_string!(i18n, log.title) lead=lead back_to=route::PUPILS/>
        <div class="columns">
            <div class="columns-side stack">
                {log.has_left.then(|| view! { <Notice tone=Tone::Info><p>{t_string!(i18n, log.has_left)}</p></Notice> })}
                {log.pattern.clone().map(|pattern| view! { <PatternNotice pattern=pattern is_sharpened=until_ms.is_some()/> })}
                <Attention pupil=log.pupil.id until_ms=until_ms may_set=may_set_attention
                    on_change=move || loaded.reload()/>
                <Protection pupil=log.pupil.id is_protected=log.is_protected may_set=may_protect on_change=move || loaded.reload()/>
                <p class="small quiet reading-note">{Icon::Eye.view()}{t_string!(i18n, log.reading_recorded)}</p>
                {may.see_readings.then(|| view! { <p><a href=readings data-test="pupil-readings">{t_string!(i18n, readings.of_pupil)}</a></p> })}
            </div>
            <div class="columns-main stack"><Lines log=log/></div>
        </div>
    }
}

#[component]
fn PatternNotice(pattern: Pattern, is_sharpened: bool) -> impl IntoView {
    let i18n = use_i18n();
    let pupil = pattern.pupil;
    view! {
        <Notice tone=Tone::Warning title=t_string!(i18n, pattern.notice) test="pattern-notice">
            <PatternReason pattern=pattern is_sharpened=is_sharpened/>
            <p>{t_string!(i18n, pattern.duty)}</p>
            <p>
                <a class="button" href=route::report_from_pattern(pupil) data-test="report-pattern">{t_string!(i18n, action.report)}</a>
            </p>
        </Notice>
    }
}

#[component]
fn Lines(log: Arc<PupilLog>) -> impl IntoView {
    let i18n = use_i18n();
    let pupil = log.pupil.id;
    let lines = RwSignal::new(log.lines.clone());
    let actors = RwSignal::new(log.actors.clone());
    let next_before_ms = RwSignal::new(log.next_before_ms);
    let filter = RwSignal::new(Filter::default());
    let failure = RwSignal::new(None::<ApiFailure>);
    let older = move |_| {
        let Some(before_ms) = next_before_ms.get_untracked() else {
            return;
        };
        spawn_local(async move {
            let path = format!(
                "{}?before={before_ms}",
                api::path::with_id(api::path::PUPIL_LOG, pupil)
            );
            match http::get::<PupilLog>(&path).await {
                Ok(page) => {
                    actors.update(|known| known.extend(page.actors));
                    lines.update(|known| known.extend(page.lines));
                    next_before_ms.set(page.next_before_ms);
                    failure.set(None);
                }
                Err(why) => failure.set(Some(why)),
            }
        });
    };
    if log.lines.is_empty() {
        return view! { <Empty title=t_string!(i18n, log.empty) hint=t_string!(i18n, log.empty_hint)/> }.into_any();
    }
    view! {
        <FilterBar lines=lines filter=filter/>
        {move || days(i18n, &lines.get(), &Actors::from(&actors.get()), &filter.get(), pupil, filter)}
        {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
        {move || next_before_ms.get().map(|_| view! {
            <div class="buttons">
                <button type="button" class="button button-quiet button-wide" data-test="older" on:click=older>
                    {t_string!(i18n, action.show_older)}
                </button>
            </div>
        })}
    }
    .into_any()
}

/// The lines that the filter admits, under the day they happened.
fn days(
    i18n: Texts,
    lines: &[LogLine],
    actors: &Actors,
    chosen: &Filter,
    pupil: PupilId,
    filter: RwSignal<Filter>,
) -> AnyView {
    let shown: Vec<&LogLine> = lines
        .iter()
        .filter(|line| chosen.admits(line, pupil))
        .collect();
    if shown.is_empty() {
        return view! {
            <Empty title=t_string!(i18n, log.empty_filter)/>
            <button type="button" class="button button-quiet" on:click=move |_| filter.set(Filter::default())>
                {t_string!(i18n, log.clear_filter)}
            </button>
        }
        .into_any();
    }
    let told = t_string!(i18n, log.shown_of, shown = shown.len(), total = lines.len()).to_string();
    let days = shown.chunk_by(|a, b| {
        format::day_number(a.entry.happened_at_ms) == format::day_number(b.entry.happened_at_ms)
    });
    let days = days.map(|day| {
        let count = match day.len() {
            1 => t_string!(i18n, log.day_count_single).to_owned(),
            count => t_string!(i18n, log.day_count_many, count = count).to_string(),
        };
        let items = day.iter().map(|line| {
            view! { <LogLineItem line=(*line).clone() actors=actors.clone() subject=pupil/> }
        });
        view! {
            <section class="day">
                <div class="day-head">
                    <h2>{time::day_heading(i18n, day[0].entry.happened_at_ms)}</h2>
                    <span class="quiet small">{count}</span>
                </div>
                <ol class="timeline">{items.collect_view()}</ol>
            </section>
        }
    });
    view! { <p class="quiet small" role="status">{told}</p>{days.collect_view()} }.into_any()
}

#[component]
fn FilterBar(lines: RwSignal<Vec<LogLine>>, filter: RwSignal<Filter>) -> impl IntoView {
    let i18n = use_i18n();
    let choices = State::here()
        .school()
        .map(|school| school.choices.clone())
        .unwrap_or_default();
    let seen = move || {
        lines.with(|lines| {
            lines
                .iter()
                .flat_map(|line| line.entry.what.clone())
                .collect::<BTreeSet<What>>()
        })
    };
    let whats = move || {
        let option = |what: What| (what.as_str().to_owned(), words::what(i18n, &what, &choices));
        options(i18n, seen().into_iter().map(option).collect())
    };
    let parts = Part::ALL
        .iter()
        .map(|part| (part.as_str().to_owned(), words::part(i18n, part).to_owned()))
        .collect();
    let kinds = EntryKind::ALL
        .iter()
        .map(|kind| (kind.as_str().to_owned(), words::kind(i18n, kind).to_owned()))
        .collect();
    let value = |event: leptos::ev::Event| {
        Some(event_target_value(&event)).filter(|value| !value.is_empty())
    };
    view! {
        <details class="card fold">
            <summary>{t_string!(i18n, log.filter)}</summary>
            <div class="field-row">
                <label class="field"><span class="field-label">{t_string!(i18n, log.filter_part)}</span>
                    <select class="input" data-test="filter-part" prop:value=move || filter.get().part.map(|p| p.to_string()).unwrap_or_default()
                        on:change=move |event| filter.update(|f| f.part = value(event).map(|v| Part::from(v.as_str())))>
                        {options(i18n, parts)}
                    </select>
                </label>
                <label class="field"><span class="field-label">{t_string!(i18n, log.filter_kind)}</span>
                    <select class="input" data-test="filter-kind" prop:value=move || filter.get().kind.map(|k| k.to_string()).unwrap_or_default()
                        on:change=move |event| filter.update(|f| f.kind = value(event).map(|v| EntryKind::from(v.as_str())))>
                        {options(i18n, kinds)}
                    </select>
                </label>
                <label class="field"><span class="field-label">{t_string!(i18n, log.filter_what)}</span>
                    <select class="input" data-test="filter-what" prop:value=move || filter.get().what.map(|w| w.to_string()).unwrap_or_default()
                        on:change=move |event| filter.update(|f| f.what = value(event).map(|v| What::from(v.as_str())))>
                        {whats}
                    </select>
                </label>
            </div>
        </details>
    }
}

/// «All», then each code with its word.
fn options(i18n: Texts, codes: Vec<(String, String)>) -> AnyView {
    let rest = codes
        .into_iter()
        .map(|(code, word)| view! { <option value=code>{word}</option> });
    view! { <option value="">{t_string!(i18n, log.filter_any)}</option>{rest.collect_view()} }
        .into_any()
}
