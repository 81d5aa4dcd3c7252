//! What the school decides for itself.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use shared::domain::{
    AuditAct, MAX_ESCALATE_AFTER_HOURS, MAX_FEIDE_ORG_CHARS, PatternRule, SchoolSettings, is_plain,
};

use crate::access::{Resource, Verb, may};
use crate::auth::{SignedIn, stepped_up};
use crate::clock;
use crate::error::Error;
use crate::extract::Body;
use crate::projection::pattern;
use crate::state::AppState;

const MAX_CHOICES: usize = 60;
const MAX_LABEL_CHARS: usize = 60;
const MAX_OWNER_CHARS: usize = 120;
const MAX_PHONE_CHARS: usize = 40;
/// The part of the settings that Feide's groups come by.
const FEIDE: &str = "feide";
const FEIDE_ORG_BEGINS: &str = "fc:org:";
const MAX_RULE_ENTRIES: u32 = 50;
const MAX_RULE_DAYS: u32 = 365;

pub async fn show(
    State(state): State<AppState>,
    who: SignedIn,
) -> Result<Json<SchoolSettings>, Error> {
    if !may(&who, Verb::Read, Resource::Settings) {
        return Err(Error::Forbidden);
    }
    Ok(Json(state.store.read().await?.settings(who.school).await?))
}

pub async fn save(
    State(state): State<AppState>,
    who: SignedIn,
    Body(settings): Body<SchoolSettings>,
) -> Result<StatusCode, Error> {
    if !may(&who, Verb::Write, Resource::Settings) {
        return Err(Error::Forbidden);
    }
    check(&settings)?;
    let mut tx = state.store.write().await?;
    let now_ms = clock::now_ms();
    let what = changed(&tx.settings(who.school).await?, &settings);
    if what.split(' ').any(|part| part == FEIDE) {
        // It says who follows which classes, as an account does.
        stepped_up(&who, now_ms)?;
    }
    let act = who.did(AuditAct::ChangedSettings, now_ms);
    tx.record(who.school, act.detail(what));
    tx.save_settings(who.school, &settings).await?;
    pattern::recompute_all(&mut tx, who.school).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which of them, never what they say.
fn changed(before: &SchoolSettings, after: &SchoolSettings) -> String {
    let parts = [
        ("choices", before.choices != after.choices),
        ("pattern", before.pattern != after.pattern),
        (
            "sharpened_pattern",
            before.sharpened_pattern != after.sharpened_pattern,
        ),
        (
            "owner",
            (&before.owner_name, &before.owner_phone) != (&after.owner_name, &after.owner_phone),
        ),
        ("retention", before.retention != after.retention),
        (
            "escalation",
            before.escalate_after_hours != after.escalate_after_hours,
        ),
        (
            FEIDE,
            (&before.feide_org, before.has_feide_classes)
                != (&after.feide_org, after.has_feide_classes),
        ),
    ];
    let changed = parts.into_iter().filter(|(_, has_changed)| *has_changed);
    changed.map(|(part, _)| part).collect::<Vec<_>>().join(" ")
}

/// Why they would break a page or a rule, if they would.
pub fn check(settings: &SchoolSettings) -> Result<(), Error> {
    if settings.choices.is_empty() || settings.choices.len() > MAX_CHOICES {
        return Err(Error::Malformed("there must be 1 to 60 choices"));
    }
    let fits = |text: &str, max_chars: usize| text.chars().count() <= max_chars && is_plain(text);
    let mut labels = settings
        .choices
        .iter()
        .filter_map(|choice| choice.label.as_deref());
    let texts_fit = labels.all(|label| fits(label, MAX_LABEL_CHARS))
        && fits(&settings.owner_name, MAX_OWNER_CHARS)
        && fits(&settings.owner_phone, MAX_PHONE_CHARS)
        && fits(&settings.feide_org, MAX_FEIDE_ORG_CHARS);
    if !texts_fit {
        return Err(Error::TooLarge(
            "a text is too long or holds a control character",
        ));
    }
    if !settings.feide_org.is_empty() && !settings.feide_org.starts_with(FEIDE_ORG_BEGINS) {
        return Err(Error::Malformed(
            "an organisation at Feide begins with fc:org:",
        ));
    }
    if !settings.retention.is_sound() {
        return Err(Error::Malformed(
            "a time to keep something is 1 to 100 years",
        ));
    }
    if settings
        .escalate_after_hours
        .is_some_and(|hours| !(1..=MAX_ESCALATE_AFTER_HOURS).contains(&hours))
    {
        return Err(Error::Malformed(
            "a report waits 1 to 720 hours before the deputy is told",
        ));
    }
    match [settings.pattern, settings.sharpened_pattern]
        .into_iter()
        .all(is_sound)
    {
        true => Ok(()),
        false => Err(Error::Malformed(
            "a pattern needs 1 to 50 entries, no more adults than entries, and 1 to 365 days",
        )),
    }
}

fn is_sound(rule: PatternRule) -> bool {
    (1..=MAX_RULE_ENTRIES).contains(&rule.entries)
        && (1..=rule.entries).contains(&rule.adults)
        && (1..=MAX_RULE_DAYS).contains(&rule.days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_the_program_is_sound() {
        assert!(check(&SchoolSettings::default()).is_ok());
    }

    #[test]
    fn settings_that_would_break_a_page_or_a_rule_are_refused() {
        let refuses = |change: fn(&mut SchoolSettings)| {
            let mut settings = SchoolSettings::default();
            change(&mut settings);
            check(&settings).is_err()
        };
        assert!(refuses(|s| s.choices.clear()));
        assert!(refuses(
            |s| s.choices = vec![s.choices[0].clone(); MAX_CHOICES + 1]
        ));
        assert!(refuses(|s| s.choices[0].label = Some("a\u{0}".into())));
        assert!(refuses(|s| s.owner_name = "a".repeat(MAX_OWNER_CHARS + 1)));
        assert!(refuses(|s| s.pattern.adults = s.pattern.entries + 1));
        assert!(refuses(|s| s.sharpened_pattern.days = 0));
        assert!(refuses(|s| s.retention.entry_years = Some(0)));
        assert!(refuses(|s| s.escalate_after_hours = Some(0)));
        assert!(refuses(|s| s.feide_org = "lia.example".into()));
        assert!(refuses(
            |s| s.feide_org = format!("fc:org:{}", "a".repeat(MAX_FEIDE_ORG_CHARS))
        ));
    }
}
