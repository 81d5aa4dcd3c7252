//! Every earlier wording of a document: who wrote, when, and what, newest first.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::api::Revision;
use shared::document::key;
use shared::domain::{
    Act, EntryKind, FollowUp, Ground, Part, PromptAnswer, PupilId, PupilTold, ReportOrigin,
    Seriousness, Teller, What,
};

use super::actors::Actors;
use super::time::At;
use super::{Texts, time, words};
use crate::i18n::*;
use crate::state::State;

/// Names of the pupils that the revisions speak of, by id.
pub type PupilNames = BTreeMap<PupilId, String>;

#[component]
pub fn Revisions(revisions: Vec<Revision>, actors: Actors, names: PupilNames) -> impl IntoView {
    let i18n = use_i18n();
    let count = revisions.len();
    let line = |(place, revision): (usize, Revision)| {
        let title = match (revision.is_after_lock, place) {
            (true, _) => t_string!(i18n, entry.history_after_lock),
            (false, 0) => t_string!(i18n, entry.history_first),
            (false, _) => t_string!(i18n, entry.history_changed),
        };
        let by = actors.name(i18n, revision.by);
        let writes: Vec<_> = revision
            .writes
            .iter()
            .filter_map(|(key, text)| said(i18n, &names, key, text.as_deref()))
            .collect();
        view! {
            <li class="revision" data-test="revision">
                <p class="revision-head"><strong>{title}</strong>" · "{by}" · "<At ms=revision.at_ms/></p>
                <dl class="revision-writes">
                    {writes.into_iter().map(|(label, text)| view! {
                        <div><dt>{label}</dt><dd>{text}</dd></div>
                    }).collect_view()}
                </dl>
            </li>
        }
    };
    let lines = revisions
        .into_iter()
        .enumerate()
        .map(line)
        .rev()
        .collect_view();
    view! {
        <ol class="revisions" reversed>{lines}</ol>
        {(count == 1).then(|| view! { <p class="quiet">{t_string!(i18n, entry.history_empty)}</p> })}
    }
}

/// A field's name and what was written in it; none for what says nothing to a person.
fn said(
    i18n: Texts,
    names: &PupilNames,
    key: &str,
    text: Option<&str>,
) -> Option<(&'static str, String)> {
    if let Some((list, of)) = key.split_once('/') {
        return said_in_list(i18n, names, &format!("{list}/"), of, text);
    }
    let label = match key {
        key::KIND => t_string!(i18n, wording.kind),
        key::HAPPENED_AT_MS => t_string!(i18n, wording.happened_at),
        key::ZONE => t_string!(i18n, wording.zone),
        key::SEVERAL => t_string!(i18n, wording.several),
        key::FORCE_REASON => t_string!(i18n, capture.force_reason),
        key::FORCE_TOLD => t_string!(i18n, capture.force_told),
        key::OUTCOME => t_string!(i18n, wording.outcome),
        key::TEXT => t_string!(i18n, wording.text),
        key::FOLLOW_UP => t_string!(i18n, wording.follow_up),
        key::PROMPT_ANSWER => t_string!(i18n, wording.prompt_answer),
        key::WITHDRAWN => t_string!(i18n, wording.withdrawn),
        key::ORIGIN => t_string!(i18n, wording.origin),
        key::REPORTED_PUPIL => t_string!(i18n, wording.pupil),
        key::PUPIL_DESCRIPTION => t_string!(i18n, wording.pupil_description),
        key::GROUND => t_string!(i18n, wording.ground),
        key::HAPPENED => t_string!(i18n, wording.happened),
        key::DONE_AT_ONCE => t_string!(i18n, wording.done_at_once),
        key::PUPIL_TOLD => t_string!(i18n, wording.pupil_told),
        key::PUPIL_WORDS => t_string!(i18n, wording.pupil_words),
        key::SERIOUSNESS => t_string!(i18n, wording.seriousness),
        key::SENT => t_string!(i18n, wording.sent),
        key::RECORDED_AT_MS => return None,
        _ => t_string!(i18n, wording.other),
    };
    Some((
        label,
        text.map_or_else(|| taken_away(i18n), |text| value(i18n, names, key, text)),
    ))
}

fn taken_away(i18n: Texts) -> String {
    t_string!(i18n, entry.history_taken_away).to_owned()
}

/// A code, an id or a time as a person reads it; anything else as it was written.
fn value(i18n: Texts, names: &PupilNames, key: &str, text: &str) -> String {
    let word = match key {
        key::KIND => words::kind(i18n, &EntryKind::from(text)),
        key::FOLLOW_UP => words::follow_up(i18n, &FollowUp::from(text)),
        key::GROUND => words::ground(i18n, &Ground::from(text)),
        key::PUPIL_TOLD => words::pupil_told(i18n, &PupilTold::from(text)),
        key::SERIOUSNESS => words::seriousness(i18n, &Seriousness::from(text)),
        key::ORIGIN => words::origin(i18n, &ReportOrigin::from(text)),
        key::PROMPT_ANSWER if PromptAnswer::from(text) == PromptAnswer::Report => {
            t_string!(i18n, prompt.report)
        }
        key::PROMPT_ANSWER => t_string!(i18n, prompt.not_now),
        key::ZONE => {
            let zone = text
                .parse()
                .ok()
                .and_then(|zone| State::here().zone_name(zone));
            return zone.unwrap_or_else(|| t_string!(i18n, wording.other).to_owned());
        }
        key::HAPPENED_AT_MS => {
            return text
                .parse()
                .map_or_else(|_| text.to_owned(), |ms| time::at(i18n, ms));
        }
        key::REPORTED_PUPIL => return pupil_name(i18n, names, text),
        _ => match text {
            "true" => t_string!(i18n, wording.on),
            "false" => t_string!(i18n, wording.off),
            text => return text.to_owned(),
        },
    };
    word.to_owned()
}

/// Fields of which there is one for each pupil, choice or addition: `of` says which.
fn said_in_list(
    i18n: Texts,
    names: &PupilNames,
    list: &str,
    of: &str,
    text: Option<&str>,
) -> Option<(&'static str, String)> {
    let is_taken_away = matches!(text, None | Some("false"));
    let with_state = |subject: String| {
        if is_taken_away {
            format!("{subject} ({})", taken_away(i18n))
        } else {
            subject
        }
    };
    let words = text.unwrap_or_default();
    Some(match list {
        key::WHAT => (
            t_string!(i18n, wording.what),
            with_state(words::what(i18n, &What::from(of), &choices())),
        ),
        key::ACT => (
            t_string!(i18n, wording.act),
            with_state(words::act(i18n, &Act::from(of)).to_owned()),
        ),
        key::TELLER => (
            t_string!(i18n, wording.teller),
            with_state(words::teller(i18n, &Teller::from(of)).to_owned()),
        ),
        key::PUPIL => {
            let part = if words.is_empty() {
                String::new()
            } else {
                format!(": {}", words::part(i18n, &Part::from(words)))
            };
            (
                t_string!(i18n, wording.pupil),
                with_state(format!("{}{part}", pupil_name(i18n, names, of))),
            )
        }
        key::UNKNOWN_PART if words.is_empty() => return None,
        key::UNKNOWN_PART => (
            t_string!(i18n, entry.unknown_pupil),
            words::part(i18n, &Part::from(words)).to_owned(),
        ),
        key::UNKNOWN => (
            t_string!(i18n, wording.unknown),
            with_state(words.to_owned()),
        ),
        key::NAMED => (
            t_string!(i18n, wording.named),
            pupil_name(i18n, names, words),
        ),
        key::ADDITION => (t_string!(i18n, wording.addition), words.to_owned()),
        key::ENTRY => (
            t_string!(i18n, wording.entry),
            t_string!(i18n, wording.on).to_owned(),
        ),
        _ => (t_string!(i18n, wording.other), words.to_owned()),
    })
}

fn choices() -> Vec<shared::domain::Choice> {
    State::here()
        .school()
        .map(|school| school.choices.clone())
        .unwrap_or_default()
}

fn pupil_name(i18n: Texts, names: &PupilNames, id: &str) -> String {
    let id: Option<PupilId> = id.parse().ok();
    id.and_then(|id| {
        names
            .get(&id)
            .cloned()
            .or_else(|| State::here().pupil_name(id))
    })
    .unwrap_or_else(|| t_string!(i18n, entry.unknown_pupil).to_owned())
}
