//! The school's pupils, to find a log by. The list is the phone's own; whether a log opens is the server's to say.

use std::sync::Arc;

use leptos::prelude::*;
use shared::api::School;
use shared::domain::{Class, Pupil};

use crate::components::Texts;
use crate::components::empty::Empty;
use crate::components::field::SearchField;
use crate::components::icon::Icon;
use crate::components::page_head::PageHead;
use crate::i18n::*;
use crate::route;
use crate::state::State;

#[component]
pub fn PupilsPage() -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let search = RwSignal::new(String::new());
    view! {
        <PageHead title=t_string!(i18n, pupils.title)/>
        <div class="stack">
            <SearchField id="pupil-filter" label=t_string!(i18n, pupils.search) value=search test="pupil-filter"/>
            {move || match state.school() {
                Some(school) => list(i18n, &school, &search.get()),
                None => view! { <p class="loading" role="status">{t_string!(i18n, action.loading)}</p> }.into_any(),
            }}
        </div>
    }
}

fn list(i18n: Texts, school: &Arc<School>, search: &str) -> AnyView {
    if school.pupils.is_empty() {
        return view! { <Empty title=t_string!(i18n, pupils.empty) hint=t_string!(i18n, pupils.empty_hint)/> }.into_any();
    }
    let wanted: Vec<String> = search
        .to_lowercase()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let mut count = 0;
    let groups: Vec<_> = by_class(school)
        .into_iter()
        .filter_map(|(class, pupils)| {
            let class_name = class.map_or("", |class| &class.name);
            let hits: Vec<_> = pupils
                .into_iter()
                .filter(|pupil| fits(pupil, class_name, &wanted))
                .collect();
            count += hits.len();
            (!hits.is_empty()).then(|| group(i18n, class_name, &hits))
        })
        .collect();
    let told = match count {
        0 => t_string!(i18n, pupils.none_match).to_owned(),
        1 => t_string!(i18n, pupils.count_single).to_owned(),
        count => t_string!(i18n, pupils.count_many, count = count).to_string(),
    };
    view! { <p class="quiet" role="status" data-test="pupil-count">{told}</p><div class="stack pupil-groups">{groups}</div> }.into_any()
}

/// Own classes first, then by grade and name; pupils in the order of their names as Norwegian sorts them is the server's.
fn by_class(school: &School) -> Vec<(Option<&Class>, Vec<&Pupil>)> {
    let mut classes: Vec<_> = school.classes.iter().collect();
    classes.sort_by_key(|class| {
        (
            !school.own_classes.contains(&class.id),
            class.grade,
            class.name.clone(),
        )
    });
    let of = |class: Option<&Class>| {
        school
            .pupils
            .iter()
            .filter(|pupil| pupil.class == class.map(|class| class.id))
            .collect()
    };
    classes
        .into_iter()
        .map(Some)
        .chain([None])
        .map(|class| (class, of(class)))
        .collect()
}

fn fits(pupil: &Pupil, class_name: &str, wanted: &[String]) -> bool {
    let text = format!("{} {} {class_name}", pupil.given_name, pupil.family_name).to_lowercase();
    wanted.iter().all(|word| {
        text.split_whitespace()
            .any(|part| part.starts_with(word.as_str()))
            || text.contains(&format!("-{word}"))
    })
}

fn group(i18n: Texts, class_name: &str, pupils: &[&Pupil]) -> AnyView {
    let title = if class_name.is_empty() {
        t_string!(i18n, log.no_class).to_owned()
    } else {
        class_name.to_owned()
    };
    let rows = pupils.iter().map(|pupil| {
        view! {
            <li>
                <a class="row" href=route::pupil_log(pupil.id) data-test="pupil-row">
                    <span class="row-main"><span class="row-title">{pupil.full_name()}</span></span>
                    {Icon::Forward.view()}
                </a>
            </li>
        }
    });
    view! { <section class="stack-tight"><h2>{title}</h2><ul class="rows">{rows.collect_view()}</ul></section> }.into_any()
}
