//! What a roster file would change, in figures and lists, or why it cannot be taken, line by line.

use leptos::prelude::*;
use shared::api::{RosterChange, RosterChoices, RosterLine, RosterPreview, RosterProblem};

use super::roster_followers::{Chosen, Followers, choices, proposed};
use crate::components::Texts;
use crate::components::notice::{Notice, Tone};
use crate::components::words;
use crate::i18n::*;

/// So many may leave a school between two files without a question.
const MANY_GONE: usize = 5;

#[component]
pub fn Preview(
    preview: RosterPreview,
    on_import: impl Fn(String, RosterChoices) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let is_same = preview.new.is_empty()
        && preview.changed.is_empty()
        && preview.gone.is_empty()
        && preview.new_classes.is_empty();
    let figures = [
        ("new", t_string!(i18n, roster.new), preview.new.len()),
        (
            "changed",
            t_string!(i18n, roster.changed),
            preview.changed.len(),
        ),
        ("gone", t_string!(i18n, roster.gone), preview.gone.len()),
        (
            "unchanged",
            t_string!(i18n, roster.unchanged),
            preview.unchanged as usize,
        ),
    ];
    let figures = figures.into_iter().map(|(test, label, count)| {
        view! { <div class="figure"><dt>{label}</dt><dd data-test=format!("roster-{test}")>{count}</dd></div> }
    });
    let figures = figures.collect_view();
    let classes = preview.new_classes.join(", ");
    let fingerprint = StoredValue::new(preview.fingerprint.clone());
    let (gone, all) = (
        preview.gone.len(),
        preview.gone.len() + preview.changed.len() + preview.unchanged as usize,
    );
    let is_large = gone > MANY_GONE.max(all / 10);
    let is_sure = RwSignal::new(!is_large);
    let chosen: Chosen = RwSignal::new(proposed(&preview.followers));
    view! {
        <section class="stack" data-test="roster-preview">
            <h2>{t_string!(i18n, roster.preview)}</h2>
            <dl class="figures">{figures}</dl>
            {(!classes.is_empty()).then(|| view! { <p>{t_string!(i18n, roster.new_classes, names = classes).to_string()}</p> })}
            {fold(t_string!(i18n, roster.new), None, preview.new.iter().map(said).collect())}
            {fold(t_string!(i18n, roster.changed), None, preview.changed.iter().map(|change| changed(i18n, change)).collect())}
            {fold(t_string!(i18n, roster.gone), Some(t_string!(i18n, roster.gone_hint)), preview.gone.iter().map(said).collect())}
            {if is_same {
                view! { <Notice tone=Tone::Info test="roster-nothing"><p>{t_string!(i18n, roster.nothing)}</p></Notice> }.into_any()
            } else {
                view! {
                    <Followers followers=preview.followers classes=preview.classes chosen=chosen/>
                    {is_large.then(|| view! {
                        <Notice tone=Tone::Warning test="roster-many-gone">
                            <p>{t_string!(i18n, roster.many_gone, count = gone, all = all).to_string()}</p>
                            <label class="check">
                                <input type="checkbox" data-test="roster-sure" on:change=move |event| is_sure.set(event_target_checked(&event))/>
                                <span>{t_string!(i18n, roster.sure)}</span>
                            </label>
                        </Notice>
                    })}
                    <div class="buttons">
                        <button type="button" class="button" data-test="roster-import" disabled=move || !is_sure.get() on:click=move |_| on_import(fingerprint.get_value(), choices(chosen))>
                            {t_string!(i18n, roster.do_import)}
                        </button>
                    </div>
                }.into_any()
            }}
            <p class="quiet small">{t_string!(i18n, roster.encoding, name = preview.encoding.clone()).to_string()}</p>
        </section>
    }
}

fn said(line: &RosterLine) -> String {
    format!("{}, {}", line.name, line.class)
}

fn changed(i18n: Texts, change: &RosterChange) -> String {
    t_string!(
        i18n,
        roster.from_to,
        before = said(&change.before),
        after = said(&change.after)
    )
    .to_string()
}

/// A list that stays closed until it is asked for, however long it is.
fn fold(title: &'static str, hint: Option<&'static str>, lines: Vec<String>) -> Option<AnyView> {
    if lines.is_empty() {
        return None;
    }
    let title = format!("{title} ({})", lines.len());
    let lines = lines
        .into_iter()
        .map(|line| view! { <li class="row">{line}</li> })
        .collect_view();
    Some(
        view! {
            <details class="card fold">
                <summary><h3>{title}</h3></summary>
                {hint.map(|hint| view! { <p class="quiet small">{hint}</p> })}
                <ul class="plain-rows">{lines}</ul>
            </details>
        }
        .into_any(),
    )
}

#[component]
pub fn Problems(problems: Vec<RosterProblem>) -> impl IntoView {
    let i18n = use_i18n();
    let lines = problems.iter().map(|problem| {
        let place = match problem.line {
            0 => t_string!(i18n, roster.whole_file).to_owned(),
            line => t_string!(i18n, roster.line, line = line).to_string(),
        };
        view! { <li class="row" data-test="roster-problem"><strong>{place}</strong><span class="row-main">{words::roster_problem(i18n, problem)}</span></li> }
    });
    let lines = lines.collect_view();
    view! {
        <Notice tone=Tone::Error title=t_string!(i18n, roster.problems) test="roster-problems">
            <p>{t_string!(i18n, roster.problems_lead)}</p>
        </Notice>
        <ul class="rows">{lines}</ul>
    }
}
