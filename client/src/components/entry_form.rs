//! What can be said of an entry after its first tap: who, which part, what I did, where, in my own words, what next. Every
//! touch is saved by itself; nothing waits for a button.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::document::Edit;
use shared::document::entry as edit;
use shared::domain::{
    Act, DocumentId, EntryKind, FollowUp, InvolvedPupil, Part, PhysicalIntervention, PupilRef,
};

use super::pupil_search::PupilSearch;
use super::saved_text::SavedText;
use super::toggle::Toggle;
use super::{Texts, words};
use crate::browser::clock;
use crate::i18n::*;
use crate::state::{EntryView, State};

/// Saves an edit; the state shows a failure until it is none.
fn save(state: State, id: DocumentId, edit: Edit) {
    spawn_local(async move {
        let _ = state.amend(id, edit).await;
    });
}

#[component]
pub fn EntryForm(id: DocumentId) -> impl IntoView {
    let state = State::here();
    let view = Memo::new(move |_| state.entry(id));
    view! {
        <div class="detail" data-test="entry-form">
            <Who id=id view=view/>
            <WhatIDid id=id view=view/>
            <Place id=id view=view/>
            <Words id=id view=view/>
            <FollowUps id=id view=view/>
            <MoreWhat id=id view=view/>
        </div>
    }
}

type Shown = Memo<Option<EntryView>>;

fn pupils_of(view: Shown) -> Vec<InvolvedPupil> {
    view.with(|view| {
        view.as_ref()
            .map(|view| view.entry.pupils.clone())
            .unwrap_or_default()
    })
}

#[component]
fn Who(id: DocumentId, view: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let taken = Signal::derive(move || {
        pupils_of(view)
            .iter()
            .filter_map(InvolvedPupil::pupil_id)
            .collect::<Vec<_>>()
    });
    let chosen = move |pupil| {
        spawn_local(async move {
            let _ = state.add_pupil(id, pupil).await;
        })
    };
    let add_unknown = move |_| {
        let unknown = clock::new_id();
        if let Ok(described) = edit::describe_unknown(unknown, "") {
            save(state, id, described);
        }
    };
    let has_several = Signal::derive(move || {
        view.with(|view| view.as_ref().is_some_and(|view| view.entry.has_several))
    });
    view! {
        <fieldset class="detail-part who">
            <legend>{t!(i18n, capture.who)}</legend>
            <ul class="pupil-rows">
                <For each=move || pupils_of(view) key=|pupil| pupil.pupil let:pupil>
                    <PupilRow id=id pupil=pupil.pupil view=view/>
                </For>
            </ul>
            <PupilSearch id="pupil-search" taken=taken chosen=chosen/>
            <div class="chips">
                <button type="button" class="chip" data-test="pupil-unknown" on:click=add_unknown>{t!(i18n, capture.who_unknown)}</button>
                <Toggle label=Signal::derive(move || t_string!(i18n, capture.who_several).to_owned()) is_on=has_several
                    test="pupil-several" pressed=move |()| save(state, id, edit::set_several(!has_several.get_untracked()))/>
            </div>
        </fieldset>
    }
}

fn name_of(state: State, i18n: Texts, pupil: &InvolvedPupil) -> String {
    let known = pupil.pupil_id().and_then(|id| state.pupil_name(id));
    known.unwrap_or_else(|| match pupil.description.is_empty() {
        true => t_string!(i18n, entry.unknown_pupil).to_owned(),
        false => format!(
            "{} ({})",
            t_string!(i18n, entry.unknown_pupil),
            pupil.description
        ),
    })
}

#[component]
fn PupilRow(id: DocumentId, pupil: PupilRef, view: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let involved = Memo::new(move |_| {
        pupils_of(view)
            .into_iter()
            .find(|other| other.pupil == pupil)
    });
    let name = Memo::new(move |_| {
        involved
            .get()
            .map(|involved| name_of(state, i18n, &involved))
            .unwrap_or_default()
    });
    let part = Memo::new(move |_| involved.get().and_then(|involved| involved.part));
    let parts = Part::ALL.iter().map(|offered| {
        let is_on = Signal::derive(move || part.get().as_ref() == Some(offered));
        // The same part once more takes it away.
        let pressed = move |()| {
            let wanted = (!is_on.get_untracked()).then_some(offered);
            save(state, id, edit::set_pupil(pupil, wanted));
        };
        let label = Signal::derive(move || words::part(i18n, offered).to_owned());
        view! { <Toggle label=label is_on=is_on test=format!("part-{offered}") pressed=pressed/> }
    });
    let unknown = match pupil {
        PupilRef::Unknown(unknown) => {
            Some(view! { <UnknownPupil id=id unknown=unknown involved=involved/> })
        }
        PupilRef::Known(_) => None,
    };
    view! {
        <li class="pupil-row" data-test="pupil-row">
            <p class="pupil-row-name">
                <strong>{name}</strong>
                <button type="button" class="button button-quiet" data-test="pupil-remove"
                    aria-label=move || t_string!(i18n, capture.who_remove, name = name.get()).to_string()
                    on:click=move |_| save(state, id, edit::remove_pupil(pupil))>{t!(i18n, action.remove)}</button>
            </p>
            {unknown}
            <div class="chips" role="group" aria-label=move || t_string!(i18n, capture.part_of, name = name.get()).to_string()>
                {parts.collect_view()}
            </div>
        </li>
    }
}

/// One whom nobody could name: described now, named when somebody can.
#[component]
fn UnknownPupil(
    id: DocumentId,
    unknown: uuid::Uuid,
    involved: Memo<Option<InvolvedPupil>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let description = Signal::derive(move || {
        involved
            .get()
            .map(|involved| involved.description)
            .unwrap_or_default()
    });
    let is_nameless = Memo::new(move |_| {
        involved
            .get()
            .is_some_and(|involved| involved.named.is_none())
    });
    let naming = RwSignal::new(false);
    let described = Callback::new(move |text: String| -> super::saved_text::Saved {
        Box::pin(async move {
            state
                .amend(id, edit::describe_unknown(unknown, &text)?)
                .await
        })
    });
    view! {
        <SavedText id="unknown-description" label=t_string!(i18n, capture.who_unknown_describe) rows=1
            hint=t_string!(i18n, capture.who_unknown_hint) value=description test="unknown-description" save=described/>
        <Show when=move || is_nameless.get()>
            <button type="button" class="button button-quiet" data-test="name-unknown" aria-expanded=move || naming.get().to_string()
                on:click=move |_| naming.update(|on| *on = !*on)>{t!(i18n, capture.name_unknown)}</button>
            <Show when=move || naming.get()>
                <PupilSearch id="name-search" taken=Signal::stored(Vec::new())
                    chosen=move |pupil| save(state, id, edit::name_unknown(unknown, pupil))/>
            </Show>
        </Show>
    }
}

#[component]
fn WhatIDid(id: DocumentId, view: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let acts = Memo::new(move |_| view.get().map(|view| view.entry.acts).unwrap_or_default());
    let kind = Memo::new(move |_| view.get().map(|view| view.entry.kind));
    let toggles = Act::ALL.iter().map(|act| {
        let is_on = Signal::derive(move || acts.with(|acts| acts.contains(act)));
        let pressed = move |()| {
            let is_set = !is_on.get_untracked();
            // Something seen and acted on is an intervention (gripe inn); a good moment stays one.
            let others = acts.with_untracked(|acts| acts.iter().any(|other| other != act));
            let edit = edit::set_act(act, is_set);
            save(
                state,
                id,
                match (kind.get_untracked(), is_set || others) {
                    (Some(EntryKind::Observation), true) => {
                        edit.and(edit::set_kind(&EntryKind::Intervention))
                    }
                    (Some(EntryKind::Intervention), false) => {
                        edit.and(edit::set_kind(&EntryKind::Observation))
                    }
                    _ => edit,
                },
            );
        };
        let label = Signal::derive(move || words::act(i18n, act).to_owned());
        view! { <Toggle label=label is_on=is_on test=format!("act-{act}") pressed=pressed/> }
    });
    view! {
        <fieldset class="detail-part did">
            <legend>{t!(i18n, capture.did)}</legend>
            <div class="chips">{toggles.collect_view()}<Force id=id view=view/></div>
            <ForceWords id=id view=view/>
        </fieldset>
    }
}

fn force_of(view: Shown) -> Option<PhysicalIntervention> {
    view.with(|view| view.as_ref().and_then(|view| view.entry.force.clone()))
}

#[component]
fn Force(id: DocumentId, view: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_on = Signal::derive(move || force_of(view).is_some());
    let pressed = move |()| {
        let none = PhysicalIntervention::default();
        let force = (!is_on.get_untracked()).then_some(&none);
        if let Ok(edit) = edit::set_force(force) {
            save(state, id, edit);
        }
    };
    view! {
        <Toggle label=Signal::derive(move || t_string!(i18n, capture.force).to_owned()) is_on=is_on test="force" pressed=pressed/>
    }
}

#[component]
fn ForceWords(id: DocumentId, view: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let is_on = Memo::new(move |_| force_of(view).is_some());
    let reason = Signal::derive(move || force_of(view).unwrap_or_default().reason);
    let told = Signal::derive(move || force_of(view).unwrap_or_default().told);
    let write = move |force: PhysicalIntervention| -> super::saved_text::Saved {
        Box::pin(async move { state.amend(id, edit::set_force(Some(&force))?).await })
    };
    let save_reason = Callback::new(move |reason| {
        write(PhysicalIntervention {
            reason,
            told: told.get_untracked(),
        })
    });
    let save_told = Callback::new(move |told| {
        write(PhysicalIntervention {
            reason: reason.get_untracked(),
            told,
        })
    });
    view! {
        <Show when=move || is_on.get()>
            <p class="hint">{t!(i18n, capture.force_hint)}</p>
            <SavedText id="force-reason" label=t_string!(i18n, capture.force_reason) rows=2 value=reason test="force-reason" save=save_reason/>
            <SavedText id="force-told" label=t_string!(i18n, capture.force_told) rows=1 value=told test="force-told" save=save_told/>
        </Show>
    }
}

#[component]
fn Place(id: DocumentId, view: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let zone = Memo::new(move |_| view.get().and_then(|view| view.entry.zone));
    let zones = move || {
        state
            .school()
            .map(|school| school.zones.clone())
            .unwrap_or_default()
    };
    view! {
        <fieldset class="detail-part place">
            <legend>{t!(i18n, capture.place)}</legend>
            <div class="chips">
                <For each=zones key=|zone| zone.id let:offered>
                    <Toggle label=offered.name.clone() is_on=Signal::derive(move || zone.get() == Some(offered.id))
                        test=format!("zone-{}", offered.id)
                        pressed=move |()| save(state, id, edit::set_zone(Some(offered.id)))/>
                </For>
                <Toggle label=Signal::derive(move || t_string!(i18n, capture.place_none).to_owned())
                    is_on=Signal::derive(move || zone.get().is_none()) test="zone-none"
                    pressed=move |()| save(state, id, edit::set_zone(None))/>
            </div>
        </fieldset>
    }
}

#[component]
fn Words(id: DocumentId, view: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let text = Signal::derive(move || view.get().map(|view| view.entry.text).unwrap_or_default());
    let outcome = Signal::derive(move || {
        view.get()
            .map(|view| view.entry.outcome)
            .unwrap_or_default()
    });
    let save_text = Callback::new(move |text: String| -> super::saved_text::Saved {
        Box::pin(async move { state.amend(id, edit::set_text(&text)?).await })
    });
    let save_outcome = Callback::new(move |text: String| -> super::saved_text::Saved {
        Box::pin(async move { state.amend(id, edit::set_outcome(&text)?).await })
    });
    view! {
        <div class="detail-part words">
            <SavedText id="entry-text" label=t_string!(i18n, capture.text) hint=t_string!(i18n, capture.advice) value=text
                test="entry-text" save=save_text/>
            <SavedText id="entry-outcome" label=t_string!(i18n, capture.outcome) rows=2 value=outcome test="entry-outcome"
                save=save_outcome/>
        </div>
    }
}

#[component]
fn FollowUps(id: DocumentId, view: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let chosen = Memo::new(move |_| view.get().map(|view| view.entry.follow_up));
    // Whoever is here for a day reports by word of mouth: a mark here would tell nobody.
    let may_report = untrack(|| State::here().may().report);
    let is_offered = |offered: &&FollowUp| may_report || **offered != FollowUp::Report;
    let toggles = FollowUp::ALL.iter().filter(is_offered).map(|offered| {
        let is_on = Signal::derive(move || chosen.get().as_ref() == Some(offered));
        let label = Signal::derive(move || words::follow_up(i18n, offered).to_owned());
        let pressed = move |()| save(state, id, edit::set_follow_up(offered));
        view! { <Toggle label=label is_on=is_on test=format!("follow-up-{offered}") pressed=pressed/> }
    });
    view! {
        <fieldset class="detail-part follow-up">
            <legend>{t!(i18n, capture.follow_up)}</legend>
            <div class="chips">{toggles.collect_view()}</div>
        </fieldset>
    }
}

/// Everything else that was seen, the school's own words included.
#[component]
fn MoreWhat(id: DocumentId, view: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let state = State::here();
    let what = Memo::new(move |_| view.get().map(|view| view.entry.what).unwrap_or_default());
    view! {
        <details class="detail-part more-what">
            <summary data-test="more-choices">{t!(i18n, capture.more_choices)}</summary>
            <div class="chips">
                <For each=move || state.choices() key=|choice| choice.what.clone() let:choice>
                    {
                        let (label, asked, toggled) = (choice.what.clone(), choice.what.clone(), choice.what.clone());
                        let is_on = Signal::derive(move || what.with(|what| what.contains(&asked)));
                        view! {
                            <Toggle label=Signal::derive(move || words::what(i18n, &label, &state.choices())) is_on=is_on
                                test=format!("what-{}", choice.what)
                                pressed=move |()| save(state, id, edit::set_what(&toggled, !is_on.get_untracked()))/>
                        }
                    }
                </For>
            </div>
        </details>
    }
}
