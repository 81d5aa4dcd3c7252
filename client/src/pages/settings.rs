//! What the school decides for itself: when a pattern is told of, whom to call, and the choices of the capture screen.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api;
use shared::domain::pattern::PatternRule;
use shared::domain::{MAX_ESCALATE_AFTER_HOURS, MAX_RETENTION_YEARS, Retention, SchoolSettings};

use super::settings_choices::{ChoiceRow, ChoicesEditor};
use super::settings_feide::{self, FeideSection};
use crate::browser::http::{self, ApiFailure, Nothing};
use crate::browser::page;
use crate::components::button::SubmitButton;
use crate::components::failure::Failure;
use crate::components::field::TextField;
use crate::components::loaded::Loaded;
use crate::components::notice::{Notice, Tone};
use crate::components::notice_failures::NoticeFailures;
use crate::components::page_head::PageHead;
use crate::i18n::*;
use crate::state::State;

/// Largest figure of a rule that the form takes; the server has the last word.
const MAX_FIGURE: u32 = 365;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let i18n = use_i18n();
    let loaded = Loaded::<SchoolSettings>::from(api::path::SETTINGS.to_owned());
    view! {
        <PageHead title=t_string!(i18n, settings.title)/>
        {loaded.view(|_| None, |settings| view! { <SettingsForm settings=settings/> }.into_any())}
    }
}

/// A time to keep something, as it is written; left empty, there is none.
fn years(field: RwSignal<String>) -> Option<Option<u32>> {
    time_up_to(MAX_RETENTION_YEARS, field)
}

/// A time after which the deputy is told; left empty, there is none.
fn hours(field: RwSignal<String>) -> Option<Option<u32>> {
    time_up_to(MAX_ESCALATE_AFTER_HOURS, field)
}

fn time_up_to(most: u32, field: RwSignal<String>) -> Option<Option<u32>> {
    match field.get().trim() {
        "" => Some(None),
        written => {
            let time = written.parse().ok()?;
            (1..=most).contains(&time).then_some(Some(time))
        }
    }
}

/// The three figures of a rule as they are written.
#[derive(Clone, Copy)]
struct RuleFields {
    entries: RwSignal<String>,
    adults: RwSignal<String>,
    days: RwSignal<String>,
}

impl RuleFields {
    fn of(rule: PatternRule) -> Self {
        let field = |figure: u32| RwSignal::new(figure.to_string());
        RuleFields {
            entries: field(rule.entries),
            adults: field(rule.adults),
            days: field(rule.days),
        }
    }

    /// The rule, if it is one.
    fn read(self) -> Option<PatternRule> {
        let rule = PatternRule {
            entries: figure(self.entries)?,
            adults: figure(self.adults)?,
            days: figure(self.days)?,
        };
        (rule.adults <= rule.entries).then_some(rule)
    }
}

fn figure(field: RwSignal<String>) -> Option<u32> {
    field
        .get()
        .trim()
        .parse()
        .ok()
        .filter(|figure| (1..=MAX_FIGURE).contains(figure))
}

#[component]
fn SettingsForm(settings: Arc<SchoolSettings>) -> impl IntoView {
    let i18n = use_i18n();
    let ordinary = RuleFields::of(settings.pattern);
    let sharpened = RuleFields::of(settings.sharpened_pattern);
    let owner_name = RwSignal::new(settings.owner_name.clone());
    let state = State::here();
    let in_force = move || {
        let school = state.school()?;
        let owner = [school.owner_name.as_str(), school.owner_phone.as_str()];
        let known = owner.into_iter().filter(|word| !word.is_empty());
        let owner = known.collect::<Vec<_>>().join(", ");
        let is_known = !owner.is_empty();
        let told = t_string!(i18n, settings.owner_in_force, owner = owner).to_string();
        is_known.then(|| view! { <p data-test="owner-in-force">{told}</p> })
    };
    let owner_phone = RwSignal::new(settings.owner_phone.clone());
    let written = |years: Option<u32>| {
        RwSignal::new(years.map(|years| years.to_string()).unwrap_or_default())
    };
    let entry_years = written(settings.retention.entry_years);
    let report_years = written(settings.retention.report_years);
    let escalate_after = written(settings.escalate_after_hours);
    let feide_org = RwSignal::new(settings.feide_org.clone());
    let has_feide_classes = RwSignal::new(settings.has_feide_classes);
    let choices = RwSignal::new(
        settings
            .choices
            .iter()
            .map(ChoiceRow::of)
            .collect::<Vec<_>>(),
    );
    let hours_range =
        move || t_string!(i18n, settings.hours_range, max = MAX_ESCALATE_AFTER_HOURS).to_string();
    let hours_error = Signal::derive(move || hours(escalate_after).is_none().then(hours_range));
    let is_busy = RwSignal::new(false);
    let is_saved = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiFailure>);
    let read = move || {
        Some(SchoolSettings {
            choices: choices
                .get()
                .into_iter()
                .map(ChoiceRow::read)
                .collect::<Option<Vec<_>>>()?,
            pattern: ordinary.read()?,
            sharpened_pattern: sharpened.read()?,
            owner_name: owner_name.get().trim().to_owned(),
            owner_phone: owner_phone.get().trim().to_owned(),
            retention: Retention {
                entry_years: years(entry_years)?,
                report_years: years(report_years)?,
            },
            escalate_after_hours: hours(escalate_after)?,
            feide_org: Some(feide_org.get().trim().to_owned())
                .filter(|org| settings_feide::is_sound(org))?,
            has_feide_classes: has_feide_classes.get(),
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_saved.set(false);
        failure.set(None);
        let Some(settings) = untrack(read) else {
            request_animation_frame(page::focus_first_invalid);
            return;
        };
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            let ask = async || http::put::<Nothing>(api::path::SETTINGS, &settings).await;
            match state.stepping_up(ask).await {
                Ok(_) => is_saved.set(true),
                Err(why) => failure.set(Some(why)),
            }
            is_busy.set(false);
        });
    };
    view! {
        <form class="stack settings" novalidate on:submit=submit>
            <section class="card stack">
                <h2>{t_string!(i18n, settings.patterns)}</h2>
                <RuleEditor title=t_string!(i18n, settings.rule_ordinary) rule=ordinary ids=["ordinary-entries", "ordinary-adults", "ordinary-days"]/>
                <RuleEditor title=t_string!(i18n, settings.rule_sharpened) rule=sharpened ids=["sharpened-entries", "sharpened-adults", "sharpened-days"]/>
            </section>
            <section class="card stack-tight">
                <h2>{t_string!(i18n, settings.owner)}</h2>
                <p class="quiet small">{t_string!(i18n, settings.owner_hint)}</p>
                {in_force}
                <div class="field-row">
                    <TextField id="owner-name" label=t_string!(i18n, settings.owner_name) value=owner_name test="owner-name"/>
                    <TextField id="owner-phone" label=t_string!(i18n, settings.owner_phone) value=owner_phone kind="tel" test="owner-phone"/>
                </div>
            </section>
            <section class="card stack-tight">
                <h2>{t_string!(i18n, settings.retention)}</h2>
                <p class="quiet small">{t_string!(i18n, settings.retention_hint)}</p>
                <div class="field-row">
                    <YearsField id="entry-years" label=t_string!(i18n, settings.entry_years) value=entry_years/>
                    <YearsField id="report-years" label=t_string!(i18n, settings.report_years) value=report_years/>
                </div>
            </section>
            <section class="card stack-tight">
                <h2>{t_string!(i18n, settings.escalation)}</h2>
                <p class="quiet small">{t_string!(i18n, settings.escalation_hint)}</p>
                <TextField id="escalate-after" label=t_string!(i18n, settings.escalate_after) value=escalate_after
                    error=hours_error keys="numeric" class="input input-short" test="escalate-after"/>
                <h3>{t_string!(i18n, notices.failed)}</h3>
                <NoticeFailures/>
            </section>
            <FeideSection feide_org=feide_org has_classes=has_feide_classes/>
            <ChoicesEditor choices=choices/>
            <div class="save-bar">
                {move || failure.get().map(|failure| view! { <Failure failure=failure/> })}
                {move || is_saved.get().then(|| view! {
                    <Notice tone=Tone::Success test="settings-saved"><p>{t_string!(i18n, settings.saved)}</p></Notice>
                })}
                <SubmitButton label=t_string!(i18n, action.save) is_busy=is_busy test="settings-save"/>
            </div>
        </form>
    }
}

#[component]
fn YearsField(id: &'static str, label: &'static str, value: RwSignal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let text = move || t_string!(i18n, settings.years_range, max = MAX_RETENTION_YEARS).to_string();
    let error = Signal::derive(move || years(value).is_none().then(text));
    view! { <TextField id=id label=label value=value error=error keys="numeric" class="input input-short" test=id/> }
}

#[component]
fn RuleEditor(title: &'static str, rule: RuleFields, ids: [&'static str; 3]) -> impl IntoView {
    let i18n = use_i18n();
    let error = move |field: RwSignal<String>| {
        let text =
            move || t_string!(i18n, settings.rule_range, min = 1, max = MAX_FIGURE).to_string();
        Signal::derive(move || figure(field).is_none().then(text))
    };
    let adults_error = Signal::derive(move || {
        let over = figure(rule.adults)
            .zip(figure(rule.entries))
            .is_some_and(|(adults, entries)| adults > entries);
        if over {
            Some(t_string!(i18n, settings.rule_adults_over_entries).to_owned())
        } else {
            error(rule.adults).get()
        }
    });
    view! {
        <fieldset class="stack-tight">
            <legend><strong>{title}</strong></legend>
            <div class="field-row">
                <TextField id=ids[0] label=t_string!(i18n, settings.rule_entries) value=rule.entries error=error(rule.entries) keys="numeric" class="input input-short" test=ids[0]/>
                <TextField id=ids[1] label=t_string!(i18n, settings.rule_adults) value=rule.adults error=adults_error keys="numeric" class="input input-short" test=ids[1]/>
                <TextField id=ids[2] label=t_string!(i18n, settings.rule_days) value=rule.days error=error(rule.days) keys="numeric" class="input input-short" test=ids[2]/>
            </div>
        </fieldset>
    }
}
