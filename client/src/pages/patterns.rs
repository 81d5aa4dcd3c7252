//! The patterns the person may see: the reason in plain words, and the way to the log. No figure here ranks a child.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::{self, PatternLine};

use crate::components::Texts;
use crate::components::empty::Empty;
use crate::components::loaded::Loaded;
use crate::components::page_head::PageHead;
use crate::components::pattern_reason::PatternReason;
use crate::i18n::*;
use crate::route;

#[component]
pub fn PatternsPage() -> impl IntoView {
    let i18n = use_i18n();
    let loaded =
        Loaded::<Vec<PatternLine>>::from(api::path::PATTERNS.to_owned()).as_classes_change();
    view! {
        <PageHead title=t_string!(i18n, pattern.title) lead=t_string!(i18n, pattern.lead)/>
        {loaded.view(|_| None, move |lines| list(i18n, &lines))}
    }
}

fn list(i18n: Texts, lines: &Arc<Vec<PatternLine>>) -> AnyView {
    if lines.is_empty() {
        return view! { <Empty title=t_string!(i18n, pattern.empty) hint=t_string!(i18n, pattern.empty_hint)/> }.into_any();
    }
    let mut sorted: Vec<&PatternLine> = lines.iter().collect();
    sorted.sort_by_key(|line| (line.is_reported, -line.pattern.last_at_ms));
    view! { <ul class="stack-tight grid-wide">{sorted.into_iter().map(|line| card(i18n, line)).collect_view()}</ul> }.into_any()
}

fn card(i18n: Texts, line: &PatternLine) -> AnyView {
    let pupil = line.pattern.pupil;
    let (state_class, state) = if line.is_reported {
        ("tag tag-good", t_string!(i18n, pattern.reported))
    } else {
        ("tag tag-warning", t_string!(i18n, pattern.not_reported))
    };
    view! {
        <li class="card stack-tight" data-test="pattern-row">
            <h2>{line.pupil_name.clone()}{line.class_name.clone().map(|class| format!(", {class}"))}</h2>
            <p class="tags">
                <span class=state_class>{state}</span>
                {line.is_sharpened.then(|| view! { <span class="tag">{t_string!(i18n, attention.title)}</span> })}
            </p>
            <PatternReason pattern=line.pattern.clone() is_sharpened=line.is_sharpened/>
            <div class="buttons">
                <a class="button" href=route::pupil_log(pupil) data-test="open-log">{t_string!(i18n, pattern.open_log)}</a>
                {(!line.is_reported).then(|| view! {
                    <a class="button button-quiet" href=route::report_from_pattern(pupil)>{t_string!(i18n, action.report)}</a>
                })}
            </div>
        </li>
    }
    .into_any()
}
