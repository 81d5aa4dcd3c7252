//! Choosing a pupil: those lately named, those of my classes, and a search by two letters.

use leptos::prelude::*;
use shared::domain::{Pupil, PupilId};

use super::field::SearchField;
use crate::i18n::*;
use crate::state::{State, search};

const MOST_HITS: usize = 12;
/// Classes that are listed as one's own; whoever follows more searches.
const MOST_OWN_CLASSES: usize = 4;

/// `chosen` is told which pupil; `taken` are not offered.
#[component]
pub fn PupilSearch(
    id: &'static str,
    #[prop(into)] taken: Signal<Vec<PupilId>>,
    #[prop(into)] chosen: Callback<PupilId>,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let typed = RwSignal::new(String::new());
    let is_typing = Memo::new(move |_| typed.with(|typed| typed.trim().chars().count() >= 2));
    let hits = Memo::new(move |_| {
        let Some(school) = state.school() else {
            return Vec::new();
        };
        let class = |id| state.class_name(id);
        typed.with(|typed| {
            search::search(&school.pupils, class, typed, MOST_HITS)
                .into_iter()
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let recent = Memo::new(move |_| {
        let Some(school) = state.school() else {
            return Vec::new();
        };
        let pupils = state.recent_pupils().into_iter();
        pupils
            .filter_map(|id| school.pupils.iter().find(|pupil| pupil.id == id).cloned())
            .collect::<Vec<_>>()
    });
    let choose = Callback::new(move |pupil: PupilId| {
        typed.set(String::new());
        chosen.run(pupil);
    });
    let free = move |pupils: Vec<Pupil>| -> Vec<Pupil> {
        taken.with(|taken| {
            pupils
                .into_iter()
                .filter(|pupil| !taken.contains(&pupil.id))
                .collect()
        })
    };
    view! {
        <div class="pupil-search">
            <Show when=move || !is_typing.get() && !recent.with(Vec::is_empty)>
                <p class="group-label">{t!(i18n, capture.who_recent)}</p>
                <PupilChips pupils=Signal::derive(move || free(recent.get())) choose=choose/>
            </Show>
            <SearchField id=id label=t_string!(i18n, capture.who_search) value=typed test="pupil-search"/>
            <Show when=move || is_typing.get()>
                <PupilChips pupils=Signal::derive(move || free(hits.get())) choose=choose/>
                <p class="hint" role="status">{move || hits.with(Vec::is_empty).then_some(t_string!(i18n, capture.who_no_hits))}</p>
            </Show>
            <Show when=move || !is_typing.get()>
                <OwnClasses free=Callback::new(free) choose=choose/>
            </Show>
        </div>
    }
}

/// Each of my classes as a list that opens.
#[component]
fn OwnClasses(free: Callback<Vec<Pupil>, Vec<Pupil>>, choose: Callback<PupilId>) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let classes = move || {
        state
            .school()
            .map(|school| school.own_classes.clone())
            .unwrap_or_default()
    };
    let of_class = move |class| {
        let school = state.school();
        let pupils = school
            .iter()
            .flat_map(|school| &school.pupils)
            .filter(|pupil| pupil.class == Some(class))
            .cloned();
        let mut pupils: Vec<_> = pupils.collect();
        pupils.sort_by_key(|pupil| search::fold(&pupil.given_name));
        pupils
    };
    view! {
        <Show when=move || (1..=MOST_OWN_CLASSES).contains(&classes().len())>
            <p class="group-label">{t!(i18n, capture.who_my_classes)}</p>
            <For each=classes key=|class| *class let:class>
                <details class="own-class" data-test="own-class">
                    <summary>{move || state.class_name(class)}</summary>
                    <PupilChips pupils=Signal::derive(move || free.run(of_class(class))) choose=choose/>
                </details>
            </For>
        </Show>
    }
}

#[component]
fn PupilChips(pupils: Signal<Vec<Pupil>>, choose: Callback<PupilId>) -> impl IntoView {
    let state = State::here();
    view! {
        <ul class="chips pupil-hits">
            <For each=move || pupils.get() key=|pupil| pupil.id let:pupil>
                <li>
                    <button type="button" class="chip pupil-hit" data-test="pupil-hit" data-pupil=pupil.id.to_string()
                        on:click=move |_| choose.run(pupil.id)>
                        <span class="pupil-name">{pupil.full_name()}</span>
                        <span class="pupil-class">{pupil.class.and_then(|class| state.class_name(class))}</span>
                    </button>
                </li>
            </For>
        </ul>
    }
}
