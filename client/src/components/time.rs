//! A time in words, with the exact one in the tooltip and for machines.

use leptos::prelude::*;

use super::Texts;
use crate::browser::format;
use crate::i18n::*;

const MS_PER_MINUTE: i64 = 60_000;
const MINUTES_IN_WORDS: i64 = 59;

/// The language as the browser's formats want it.
pub fn language(i18n: Texts) -> &'static str {
    match i18n.get_locale_untracked() {
        Locale::nb => "nb",
        Locale::nn => "nn",
        Locale::en => "en",
    }
}

/// Such as «for 3 minutter siden», «i dag 10:42», «i går 11:05», «3. november kl. 10:42».
pub fn in_words(i18n: Texts, ms: i64) -> String {
    let now_ms = format::now_ms();
    let minutes = (now_ms - ms) / MS_PER_MINUTE;
    match minutes {
        0 => t_string!(i18n, time.now).to_owned(),
        1 => t_string!(i18n, time.minutes_single).to_owned(),
        2..=MINUTES_IN_WORDS => t_string!(i18n, time.minutes_many, count = minutes).to_string(),
        _ => on_day(i18n, ms, now_ms),
    }
}

/// With the day said, never «for … siden»: for receipts and lists, where times are compared.
pub fn at(i18n: Texts, ms: i64) -> String {
    on_day(i18n, ms, format::now_ms())
}

fn on_day(i18n: Texts, ms: i64, now_ms: i64) -> String {
    let clock = format::clock(language(i18n), ms);
    match format::days_between(ms, now_ms) {
        0 => t_string!(i18n, time.today_at, clock = clock).to_string(),
        1 => t_string!(i18n, time.yesterday_at, clock = clock).to_string(),
        _ => {
            let date = format::day(language(i18n), ms);
            t_string!(i18n, time.date_at, date = date, clock = clock).to_string()
        }
    }
}

/// With the date and the year, for what is kept: «i dag» is false tomorrow.
pub fn exact(i18n: Texts, ms: i64) -> String {
    format::exact(language(i18n), ms)
}

/// A day as a heading: «I dag», «I går», «tirsdag 3. november 2026».
pub fn day_heading(i18n: Texts, ms: i64) -> String {
    match format::days_between(ms, format::now_ms()) {
        0 => t_string!(i18n, time.today).to_owned(),
        1 => t_string!(i18n, time.yesterday).to_owned(),
        _ => format::weekday_and_date(language(i18n), ms),
    }
}

/// Such as «3. november».
pub fn date(i18n: Texts, ms: i64) -> String {
    format::day(language(i18n), ms)
}

fn element(i18n: Texts, ms: i64, words: String) -> AnyView {
    view! { <time datetime=format::iso(ms) title=format::exact(language(i18n), ms)>{words}</time> }
        .into_any()
}

/// `in_words` as an element.
#[component]
pub fn Ago(ms: i64) -> impl IntoView {
    let i18n = use_i18n();
    element(i18n, ms, in_words(i18n, ms))
}

/// `at` as an element.
#[component]
pub fn At(ms: i64) -> impl IntoView {
    let i18n = use_i18n();
    element(i18n, ms, at(i18n, ms))
}

/// Only the clock, under a heading that says the day.
#[component]
pub fn Clock(ms: i64) -> impl IntoView {
    let i18n = use_i18n();
    element(i18n, ms, format::clock(language(i18n), ms))
}
