//! One entry as the desk reads it: when, what, who with which part, what the adult did, in whose words, and what has
//! happened to the wording since.

use leptos::prelude::*;
use shared::api::LogLine;
use shared::domain::{Choice, Entry, InvolvedPupil, Part, PupilId};

use super::actors::Actors;
use super::icon::Icon;
use super::notice::{Notice, Tone};
use super::revisions::PupilNames;
use super::time::{At, Clock};
use super::{Texts, words};
use crate::i18n::*;
use crate::route;
use crate::state::State;

/// Names of an entry's pupils by id, as the server sent them.
pub fn pupil_names(line: &LogLine) -> PupilNames {
    let named = line.entry.pupils.iter().zip(&line.pupil_names);
    named
        .filter_map(|(pupil, name)| Some((pupil.pupil_id()?, name.clone())))
        .collect()
}

/// A line of a timeline; `subject` is the pupil whose log it stands in.
#[component]
pub fn LogLineItem(
    line: LogLine,
    actors: Actors,
    #[prop(optional)] subject: Option<PupilId>,
) -> impl IntoView {
    let happened_at_ms = line.entry.happened_at_ms;
    view! {
        <li class="timeline-item" data-test="log-line">
            <p class="timeline-time"><Clock ms=happened_at_ms/></p>
            <article class="card entry"><EntryBody line=line.clone() actors=actors subject=subject/><EntryLinks line=line/></article>
        </li>
    }
}

/// Everything the entry says.
#[component]
pub fn EntryBody(
    line: LogLine,
    actors: Actors,
    #[prop(default = None)] subject: Option<PupilId>,
    /// Whether the page is about this entry alone: then its heading is the page's second.
    #[prop(default = false)]
    is_page: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let choices = State::here()
        .school()
        .map(|school| school.choices.clone())
        .unwrap_or_default();
    let entry = &line.entry;
    let seen = what_was_seen(i18n, entry, &choices);
    let heading = if is_page {
        view! { <h2 class="entry-what">{seen}</h2> }.into_any()
    } else {
        view! { <h3 class="entry-what">{seen}</h3> }.into_any()
    };
    view! {
        {heading}
        {entry.is_withdrawn.then(|| view! { <p class="tag tag-warning">{t_string!(i18n, entry.withdrawn)}</p> })}
        {pupils(i18n, &line, subject)}
        {(!entry.text.is_empty()).then(|| view! { <p class="entry-text">{entry.text.clone()}</p> })}
        {facts(i18n, &line)}
        {contested(i18n, entry, &actors)}
        {additions(i18n, entry, &actors)}
        <p class="entry-foot small quiet">
            {line.author_name.clone()}" · "{t_string!(i18n, entry.received)}" "<At ms=line.received_at_ms/>
        </p>
    }
}

fn what_was_seen(i18n: Texts, entry: &Entry, choices: &[Choice]) -> String {
    let seen: Vec<_> = entry
        .what
        .iter()
        .map(|what| words::what(i18n, what, choices))
        .collect();
    if seen.is_empty() {
        words::kind(i18n, &entry.kind).to_owned()
    } else {
        seen.join(" · ")
    }
}

fn pupils(i18n: Texts, line: &LogLine, subject: Option<PupilId>) -> AnyView {
    let entry = &line.entry;
    let mut involved: Vec<_> = entry.pupils.iter().enumerate().collect();
    involved.sort_by_key(|(_, pupil)| pupil.pupil_id() != subject || subject.is_none());
    let shown = involved.into_iter().map(|(place, pupil)| {
        let name = line.pupil_names.get(place).cloned().unwrap_or_default();
        view! { <li class="entry-pupil"><span>{pupil_words(i18n, pupil, name)}</span>{part_tag(i18n, pupil.part.as_ref())}</li> }
    });
    view! {
        <ul class="entry-pupils">
            {shown.collect_view()}
            {entry.has_several.then(|| view! { <li class="quiet">{t_string!(i18n, entry.several)}</li> })}
        </ul>
    }
    .into_any()
}

fn pupil_words(i18n: Texts, pupil: &InvolvedPupil, name: String) -> String {
    match (name.is_empty(), pupil.description.is_empty()) {
        (false, _) => name,
        (true, true) => t_string!(i18n, entry.unknown_pupil).to_owned(),
        (true, false) => format!(
            "{}: {}",
            t_string!(i18n, entry.unknown_pupil),
            pupil.description
        ),
    }
}

/// The part as a tag; its colour repeats what its word says.
pub fn part_tag(i18n: Texts, part: Option<&Part>) -> AnyView {
    let class = match part {
        Some(Part::Alone) => "tag tag-alone",
        Some(Part::Exposed) => "tag tag-exposed",
        Some(Part::Acting) => "tag tag-acting",
        _ => "tag tag-present",
    };
    part.map(|part| view! { <span class=class>{words::part(i18n, part)}</span> })
        .into_any()
}

fn facts(i18n: Texts, line: &LogLine) -> AnyView {
    let entry = &line.entry;
    let acts: Vec<_> = entry.acts.iter().map(|act| words::act(i18n, act)).collect();
    let force = entry.force.as_ref().map(|force| words::force(i18n, force));
    let rows = [
        (
            t_string!(i18n, entry.zone),
            line.zone_name.clone().unwrap_or_default(),
        ),
        (t_string!(i18n, entry.acts), acts.join(", ")),
        (t_string!(i18n, capture.force), force.unwrap_or_default()),
        (t_string!(i18n, entry.outcome), entry.outcome.clone()),
        (t_string!(i18n, entry.follow_up), follow_up(i18n, entry)),
    ];
    let rows = rows.into_iter().filter(|(_, text)| !text.is_empty());
    view! {
        <dl class="entry-facts">
            {rows.map(|(label, text)| view! { <div><dt>{label}</dt><dd>{text}</dd></div> }).collect_view()}
        </dl>
    }
    .into_any()
}

fn follow_up(i18n: Texts, entry: &Entry) -> String {
    let is_nothing = entry.follow_up == shared::domain::FollowUp::Nothing;
    if is_nothing {
        String::new()
    } else {
        words::follow_up(i18n, &entry.follow_up).to_owned()
    }
}

fn contested(i18n: Texts, entry: &Entry, actors: &Actors) -> Option<AnyView> {
    let wordings: Vec<_> = entry.contested.values().flatten().collect();
    if wordings.is_empty() {
        return None;
    }
    let wordings = wordings.into_iter().map(|wording| {
        let by = actors.name(i18n, wording.by);
        view! { <li><blockquote>{wording.text.clone()}</blockquote><p class="small">{by}" · "<At ms=wording.at_ms/></p></li> }
    });
    let wordings = wordings.collect_view();
    Some(
        view! {
            <Notice tone=Tone::Warning title=t_string!(i18n, entry.contested) test="contested">
                <p>{t_string!(i18n, entry.contested_explained)}</p>
                <ul class="wordings">{wordings}</ul>
            </Notice>
        }
        .into_any(),
    )
}

fn additions(i18n: Texts, entry: &Entry, actors: &Actors) -> Option<AnyView> {
    additions_list(i18n, &entry.additions, actors)
}

/// What was said afterwards, by whom and when.
pub fn additions_list(
    i18n: Texts,
    additions: &[shared::domain::Addition],
    actors: &Actors,
) -> Option<AnyView> {
    if additions.is_empty() {
        return None;
    }
    let lines = additions.iter().map(|addition| {
        let by = actors.name(i18n, addition.by);
        view! { <li><p>{addition.text.clone()}</p><p class="small quiet">{by}" · "<At ms=addition.at_ms/></p></li> }
    });
    let lines = lines.collect_view();
    Some(view! { <div class="additions"><p class="additions-title">{t_string!(i18n, entry.additions)}</p><ul>{lines}</ul></div> }.into_any())
}

#[component]
fn EntryLinks(line: LogLine) -> impl IntoView {
    let i18n = use_i18n();
    let id = line.entry.id;
    let history = match line.amendments {
        0 => None,
        1 => Some(t_string!(i18n, entry.amended_single).to_owned()),
        count => Some(t_string!(i18n, entry.amended_many, count = count).to_string()),
    };
    view! {
        <div class="entry-links">
            <a class="button button-text" href=route::entry_read(id) data-test="open-entry">
                {history.unwrap_or_else(|| t_string!(i18n, action.open).to_owned())}
            </a>
            {line.is_locked.then(|| view! { <span class="tag">{Icon::Lock.view()}{t_string!(i18n, entry.locked_short)}</span> })}
        </div>
    }
}
