//! What a report says, point by point as the law and the plan ask; those that are not answered are said so.

use leptos::prelude::*;
use shared::domain::Report;

use super::{Texts, words};
use crate::i18n::*;

/// Who told by word of mouth what the reporter wrote down; nothing when the reporter tells it.
pub fn told_by(i18n: Texts, name: &str) -> Option<AnyView> {
    let name = Some(name.to_owned()).filter(|name| !name.trim().is_empty())?;
    Some(view! {
        <div class="fact"><dt>{t_string!(i18n, report.told_by)}</dt><dd data-test="point-told-by">{name}</dd></div>
    }
    .into_any())
}

/// Items of a definition list.
pub fn report_points(i18n: Texts, report: &Report, pupil_name: &str) -> AnyView {
    let join = |parts: Vec<&str>| parts.join(", ");
    let tellers = join(
        report
            .tellers
            .iter()
            .map(|teller| words::teller(i18n, teller))
            .collect(),
    );
    let word = |word: Option<&'static str>| word.unwrap_or_default().to_owned();
    let asked = [
        (
            "pupil",
            t_string!(i18n, wording.pupil),
            pupil_name.to_owned(),
        ),
        (
            "ground",
            t_string!(i18n, wording.ground),
            word(report.ground.as_ref().map(|g| words::ground(i18n, g))),
        ),
        (
            "happened",
            t_string!(i18n, wording.happened),
            report.happened.clone(),
        ),
        ("teller", t_string!(i18n, wording.teller), tellers),
        (
            "done-at-once",
            t_string!(i18n, wording.done_at_once),
            report.done_at_once.clone(),
        ),
        (
            "pupil-told",
            t_string!(i18n, wording.pupil_told),
            word(
                report
                    .pupil_told
                    .as_ref()
                    .map(|t| words::pupil_told(i18n, t)),
            ),
        ),
        (
            "seriousness",
            t_string!(i18n, wording.seriousness),
            word(
                report
                    .seriousness
                    .as_ref()
                    .map(|s| words::seriousness(i18n, s)),
            ),
        ),
    ];
    let asked = asked.into_iter().map(|(test, label, text)| {
        let is_missing = text.trim().is_empty();
        let class = if is_missing { "fact fact-missing" } else { "fact" };
        let text = if is_missing { t_string!(i18n, report.not_answered).to_owned() } else { text };
        view! { <div class=class><dt>{label}</dt><dd data-test=format!("point-{test}")>{text}</dd></div> }
    });
    let pupil_words = if report.pupil_words.is_empty() {
        t_string!(i18n, report.not_told).to_owned()
    } else {
        report.pupil_words.clone()
    };
    view! {
        {asked.collect_view()}
        <div class="fact"><dt>{t_string!(i18n, wording.pupil_words)}</dt><dd data-test="point-pupil-words">{pupil_words}</dd></div>
    }
    .into_any()
}
