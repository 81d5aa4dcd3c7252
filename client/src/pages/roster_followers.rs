//! Who follows which classes from the import on: what the file makes likely, for a person to say yes to or to change.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use shared::api::{RosterChoices, RosterFollower};
use shared::domain::StaffId;

use crate::components::Texts;
use crate::i18n::*;

/// The names of the classes that are chosen for each.
pub type Chosen = RwSignal<BTreeMap<StaffId, BTreeSet<String>>>;

/// Where their pupils go.
pub fn proposed(followers: &[RosterFollower]) -> BTreeMap<StaffId, BTreeSet<String>> {
    let line = |it: &RosterFollower| (it.staff, it.proposed.iter().cloned().collect());
    followers.iter().map(line).collect()
}

/// As they go along with the import.
pub fn choices(chosen: Chosen) -> RosterChoices {
    let chosen = chosen.get_untracked().into_iter();
    chosen
        .map(|(staff, classes)| (staff, classes.into_iter().collect()))
        .collect()
}

/// One line for each, with nothing where nobody is asked about.
#[component]
pub fn Followers(
    followers: Vec<RosterFollower>,
    classes: Vec<String>,
    chosen: Chosen,
) -> impl IntoView {
    let i18n = use_i18n();
    if followers.is_empty() {
        return ().into_any();
    }
    let classes = StoredValue::new(classes);
    let lines = followers
        .into_iter()
        .map(|follower| view! { <Line follower=follower classes=classes chosen=chosen/> });
    let lines = lines.collect_view();
    view! {
        <section class="stack-tight" data-test="followers">
            <h3>{t_string!(i18n, roster.follows)}</h3>
            <p class="quiet small">{t_string!(i18n, roster.follows_hint)}</p>
            {lines}
        </section>
    }
    .into_any()
}

#[component]
fn Line(
    follower: RosterFollower,
    classes: StoredValue<Vec<String>>,
    chosen: Chosen,
) -> impl IntoView {
    let i18n = use_i18n();
    let RosterFollower {
        staff,
        name,
        now,
        filled_by_others,
        ..
    } = follower;
    // A choice of a hundred classes is drawn for whoever is looked at, not for everybody.
    let was_opened = RwSignal::new(false);
    let follows = move || chosen.with(|all| all.get(&staff).cloned().unwrap_or_default());
    let now = said(i18n, &now);
    let from_to = move || {
        let after: Vec<String> = in_order(classes, &follows());
        let after = said(i18n, &after);
        t_string!(i18n, roster.from_to, before = now.clone(), after = after).to_string()
    };
    let others = (!filled_by_others.is_empty()).then(|| {
        let names = filled_by_others.join(", ");
        view! { <span class="tag tag-quiet" data-test="follower-others">{t_string!(i18n, roster.follows_others, names = names).to_string()}</span> }
    });
    let nobody = move || {
        follows().is_empty().then(|| {
            view! { <span class="tag tag-warning" data-test="follower-nobody">{t_string!(i18n, roster.follows_nobody)}</span> }
        })
    };
    let legend = name.clone();
    let chips = move || {
        was_opened.get().then(|| {
            let chips = classes.get_value().into_iter().map(|class| chip(staff, class, chosen));
            view! {
                <fieldset class="field">
                    <legend>{t_string!(i18n, roster.follows_for, name = legend.clone()).to_string()}</legend>
                    <div class="chips">{chips.collect_view()}</div>
                </fieldset>
            }
        })
    };
    view! {
        <details class="card fold" on:toggle=move |_| was_opened.set(true)>
            <summary data-test="follower">
                <span class="row-main">
                    <span class="row-title">{name}</span>
                    <span class="small" data-test="follower-classes">{from_to}</span>
                    <span class="tags">{others}{nobody}</span>
                </span>
            </summary>
            {chips}
        </details>
    }
}

fn chip(staff: StaffId, class: String, chosen: Chosen) -> impl IntoView {
    let (name, known) = (class.clone(), class.clone());
    let is_on = move || chosen.with(|all| all.get(&staff).is_some_and(|it| it.contains(&known)));
    view! {
        <label class="chip">
            <input type="checkbox" prop:checked=is_on data-test=format!("follows-{class}")
                on:change=move |event| chosen.update(|all| {
                    let classes = all.entry(staff).or_default();
                    if event_target_checked(&event) { classes.insert(name.clone()) } else { classes.remove(&name) };
                })/>
            {class}
        </label>
    }
}

/// As the classes are offered: 9A before 10A.
fn in_order(classes: StoredValue<Vec<String>>, chosen: &BTreeSet<String>) -> Vec<String> {
    let mut names = classes.get_value();
    names.retain(|name| chosen.contains(name));
    names
}

fn said(i18n: Texts, classes: &[String]) -> String {
    match classes.is_empty() {
        true => t_string!(i18n, roster.follows_none).to_owned(),
        false => classes.join(", "),
    }
}
