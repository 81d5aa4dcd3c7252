//! An entry as it reads on the phone: what, who, where, in whose words, where it stands, and what can be done with it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::document::entry as edit;
use shared::domain::{DocumentId, Entry};

use super::entry_form::EntryForm;
use super::icon::Icon;
use super::saved_text::UNREMEMBERED_FORM;
use super::time::{At, Clock};
use super::{Texts, words};
use crate::browser::page;
use crate::i18n::*;
use crate::route;
use crate::state::{EntryView, State};

/// What an entry says in one line, without names: what was seen.
pub fn seen(i18n: Texts, state: State, entry: &Entry) -> String {
    let choices = state.choices();
    let seen: Vec<_> = entry
        .what
        .iter()
        .map(|what| words::what(i18n, what, &choices))
        .collect();
    seen.join(", ")
}

/// Who was there and with which part.
pub fn involved(i18n: Texts, state: State, entry: &Entry) -> Vec<String> {
    let named = entry.pupils.iter().map(|pupil| {
        let name = pupil.pupil_id().and_then(|id| state.pupil_name(id));
        let name = name.unwrap_or_else(|| {
            format!(
                "{} {}",
                t_string!(i18n, entry.unknown_pupil),
                pupil.description
            )
        });
        match &pupil.part {
            Some(part) => format!("{} ({})", name.trim(), words::part(i18n, part)),
            None => name.trim().to_owned(),
        }
    });
    let several = entry
        .has_several
        .then(|| t_string!(i18n, entry.several).to_owned());
    named.chain(several).collect()
}

fn writer(i18n: Texts, state: State, view: &EntryView, actor: shared::domain::ActorId) -> String {
    let staff = view
        .actors
        .iter()
        .find(|(other, _)| *other == actor)
        .map(|(_, staff)| *staff);
    staff
        .and_then(|staff| state.staff_name(staff))
        .unwrap_or_else(|| t_string!(i18n, entry.unknown_writer).to_owned())
}

#[component]
pub fn EntryCard(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let view = Memo::new(move |_| state.entry(id));
    let is_open = RwSignal::new(false);
    let is_locked = Memo::new(move |_| view.get().is_some_and(|view| view.is_locked));
    let is_withdrawn = Memo::new(move |_| view.get().is_some_and(|view| view.entry.is_withdrawn));
    let is_mine = Memo::new(move |_| {
        view.get().map(|view| view.author) == state.session().map(|session| session.staff)
    });
    let set_withdrawn = move |_| {
        let edit = if is_withdrawn.get_untracked() {
            edit::restore()
        } else {
            edit::withdraw()
        };
        spawn_local(async move {
            // The state shows a failure until it is none.
            let _ = state.amend(id, edit).await;
        });
    };
    view! {
        <li class="entry-card card" data-test="entry-card" data-entry=id.to_string()>
            {move || view.get().map(|view| says(i18n, state, &view))}
            <Standing id=id/>
            <Show when=move || is_locked.get()>
                <p class="hint">{Icon::Lock.view()} {t!(i18n, entry.locked)}</p>
                <AdditionForm id=id/>
            </Show>
            <p class="buttons">
                <Show when=move || !is_locked.get() && !is_withdrawn.get()>
                    <button type="button" class="button button-quiet" data-test="amend" aria-expanded=move || is_open.get().to_string()
                        on:click=move |_| is_open.update(|open| *open = !*open)>
                        {move || if is_open.get() { t_string!(i18n, today.amend_done) } else { t_string!(i18n, today.amend) }}
                    </button>
                </Show>
                <Show when=move || !is_withdrawn.get() && state.may().report>
                    <a class="button button-quiet" href=route::report_from_entry(id) data-test="report">{t!(i18n, action.report)}</a>
                </Show>
                <Show when=move || is_mine.get() && !is_locked.get()>
                    <button type="button" class="button button-quiet" data-test="withdraw" on:click=set_withdrawn>
                        {move || if is_withdrawn.get() { t_string!(i18n, today.restore) } else { t_string!(i18n, today.withdraw) }}
                    </button>
                </Show>
            </p>
            <Show when=move || is_open.get() && !is_locked.get() && !is_withdrawn.get()><EntryForm id=id/></Show>
            <History id=id/>
        </li>
    }
}

fn says(i18n: Texts, state: State, view: &EntryView) -> AnyView {
    let entry = &view.entry;
    let author = state
        .staff_name(view.author)
        .unwrap_or_else(|| t_string!(i18n, entry.unknown_writer).to_owned());
    let zone = entry.zone.and_then(|zone| state.zone_name(zone));
    let acts: Vec<_> = entry.acts.iter().map(|act| words::act(i18n, act)).collect();
    view! {
        <h3 class="entry-what">{seen(i18n, state, entry)}</h3>
        <p class="entry-meta"><Clock ms=entry.happened_at_ms/> {zone.map(|zone| format!(" · {zone}"))} {format!(" · {author}")}</p>
        {entry.is_withdrawn.then(|| view! { <p class="tag tag-warning">{t!(i18n, entry.withdrawn)}</p> })}
        <ul class="entry-pupils">
            {involved(i18n, state, entry).into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
        </ul>
        {(!acts.is_empty()).then(|| view! { <p>{t!(i18n, entry.acts)} ": " {acts.join(", ")}</p> })}
        {entry.force.as_ref().map(|force| view! { <p>{t!(i18n, capture.force)} ": " {words::force(i18n, force)}</p> })}
        {(!entry.text.is_empty()).then(|| view! { <p class="entry-text" data-test="entry-words">{entry.text.clone()}</p> })}
        {(!entry.outcome.is_empty()).then(|| view! { <p>{t!(i18n, entry.outcome)} ": " {entry.outcome.clone()}</p> })}
        {contested(i18n, state, view)}
        {additions(i18n, state, view)}
    }
    .into_any()
}

/// Fields that two people changed without knowing of each other: both stand, with who, until one is chosen.
fn contested(i18n: Texts, state: State, view: &EntryView) -> Option<AnyView> {
    if view.entry.contested.is_empty() {
        return None;
    }
    let id = view.entry.id;
    let wordings = view
        .entry
        .contested
        .iter()
        .flat_map(|(field, wordings)| wordings.iter().map(move |wording| (field, wording)));
    let line = |(field, wording): (&String, &shared::domain::entry::Wording)| {
        let by = writer(i18n, state, view, wording.by);
        let text = wording.text.clone();
        let is_text = field == shared::document::key::TEXT;
        let keep = move |_| {
            if let Ok(edit) = edit::set_text(&text) {
                spawn_local(async move {
                    let _ = state.amend(id, edit).await;
                });
            }
        };
        view! {
            <li data-test="contested-wording">
                <p>{wording.text.clone()}</p>
                <p class="small quiet">{by} " · " <At ms=wording.at_ms/></p>
                {is_text.then(|| view! { <button type="button" class="button button-quiet" on:click=keep>{t!(i18n, today.keep_this)}</button> })}
            </li>
        }
    };
    let lines = wordings.map(line).collect_view();
    Some(
        view! {
            <div class="notice notice-warning contested" data-test="contested">
                {Icon::Warning.view()}
                <div class="notice-body">
                    <p class="notice-title">{t!(i18n, entry.contested)}</p>
                    <p>{t!(i18n, entry.contested_explained)}</p>
                    <ul>{lines}</ul>
                </div>
            </div>
        }
        .into_any(),
    )
}

fn additions(i18n: Texts, state: State, view: &EntryView) -> Option<AnyView> {
    let line = |addition: &shared::domain::Addition| {
        let by = writer(i18n, state, view, addition.by);
        view! { <li data-test="addition"><p>{addition.text.clone()}</p><p class="small quiet">{by} " · " <At ms=addition.at_ms/></p></li> }
    };
    let lines: Vec<_> = view.entry.additions.iter().map(line).collect();
    (!lines.is_empty()).then(|| {
        view! { <h4>{t!(i18n, entry.additions)}</h4><ul class="additions">{lines}</ul> }.into_any()
    })
}

/// Where it stands between the phone and the server.
#[component]
fn Standing(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let stands = Memo::new(move |_| {
        let outbox = state.outbox();
        match (
            outbox.problems.contains_key(&id),
            outbox.waiting.contains(&id),
        ) {
            (true, _) => "problem",
            (false, true) => "waiting",
            (false, false) => "sent",
        }
    });
    let words = move || match stands.get() {
        "problem" => t_string!(i18n, today.state_problem),
        "waiting" => t_string!(i18n, today.state_waiting),
        _ => t_string!(i18n, today.state_sent),
    };
    view! { <p class="tag entry-standing" data-test="standing" data-standing=move || stands.get()>{words}</p> }
}

/// Words that come after an entry is locked.
#[component]
fn AdditionForm(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let typed = RwSignal::new(String::new());
    let field = page::own_id("addition");
    let label_for = field.clone();
    let add = move |_| {
        let text = typed.get_untracked();
        if text.trim().is_empty() {
            return;
        }
        spawn_local(async move {
            if state.add_to_entry(id, text.trim()).await.is_ok() {
                typed.set(String::new());
            }
        });
    };
    view! {
        <div class="field">
            <label class="field-label" for=label_for>{t!(i18n, entry.addition_write)}</label>
            <textarea id=field class="input" rows="2" autocomplete="off" form=UNREMEMBERED_FORM data-test="addition-text" prop:value=move || typed.get()
                on:input=move |event| typed.set(event_target_value(&event))></textarea>
        </div>
        <button type="button" class="button button-quiet" data-test="addition-save" on:click=add>{t!(i18n, entry.addition_save)}</button>
    }
}

/// Every earlier wording of an entry that lies on this phone.
#[component]
fn History(id: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let view = Memo::new(move |_| state.entry(id));
    let count = move || {
        view.get()
            .map(|view| view.revisions.len().saturating_sub(1))
            .unwrap_or_default()
    };
    let has_earlier = move || count() > 0;
    let lines = move || {
        let view = view.get()?;
        let actors = view
            .actors
            .iter()
            .map(|(actor, staff)| shared::api::ActorName {
                actor: *actor,
                staff: *staff,
                name: state
                    .staff_name(*staff)
                    .unwrap_or_else(|| t_string!(i18n, entry.unknown_writer).to_owned()),
            });
        let actors = super::actors::Actors::from(&actors.collect::<Vec<_>>());
        Some(
            view! { <super::revisions::Revisions revisions=view.revisions actors=actors names=Default::default()/> },
        )
    };
    view! {
        <Show when=has_earlier>
            <details class="history">
                <summary data-test="history">{t!(i18n, entry.see_history)} " (" {count} ")"</summary>
                {lines}
            </details>
        </Show>
    }
}
