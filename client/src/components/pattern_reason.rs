//! Why a pattern was told of, in plain words: what was seen, and the school's rule that it met.

use leptos::prelude::*;
use shared::domain::Pattern;

use super::{Texts, time};
use crate::i18n::*;

/// What was seen: so many entries by so many adults in which period.
pub fn seen(i18n: Texts, pattern: &Pattern) -> String {
    let entries = pattern.entries.len();
    let period = period(i18n, pattern);
    if pattern.adults == 1 {
        t_string!(
            i18n,
            pattern.reason_single,
            entries = entries,
            period = period
        )
        .to_string()
    } else {
        let adults = pattern.adults;
        t_string!(
            i18n,
            pattern.reason_many,
            entries = entries,
            adults = adults,
            period = period
        )
        .to_string()
    }
}

/// From the first day to the last, or the one day.
fn period(i18n: Texts, pattern: &Pattern) -> String {
    let first = time::date(i18n, pattern.first_at_ms);
    let last = time::date(i18n, pattern.last_at_ms);
    if first == last {
        t_string!(i18n, pattern.period_of_a_day, day = first).to_string()
    } else {
        t_string!(i18n, pattern.period, first = first, last = last).to_string()
    }
}

/// The rule it met.
pub fn rule(i18n: Texts, pattern: &Pattern, is_sharpened: bool) -> String {
    let rule = pattern.rule;
    let (entries, adults, days) = (rule.entries, rule.adults, rule.days);
    if is_sharpened {
        t_string!(
            i18n,
            pattern.rule_sharpened,
            entries = entries,
            adults = adults,
            days = days
        )
        .to_string()
    } else {
        t_string!(
            i18n,
            pattern.rule,
            entries = entries,
            adults = adults,
            days = days
        )
        .to_string()
    }
}

#[component]
pub fn PatternReason(pattern: Pattern, is_sharpened: bool) -> impl IntoView {
    let i18n = use_i18n();
    let (seen, rule) = (seen(i18n, &pattern), rule(i18n, &pattern, is_sharpened));
    view! {
        <p>{seen}</p>
        <p class="quiet small">{rule}</p>
    }
}
