//! Times as people write them, in the phone's own time zone: the one place that asks the browser's Intl. Which words go
//! around them is `components::time`'s business.

use js_sys::{Array, Date, Function, Intl::DateTimeFormat, Object, Reflect};
use wasm_bindgen::JsValue;

const MS_PER_MINUTE: f64 = 60_000.0;
const MS_PER_DAY: i64 = 24 * 60 * 60 * 1000;

/// Now, by this machine's clock; unix milliseconds.
pub fn now_ms() -> i64 {
    Date::now() as i64
}

fn date(ms: i64) -> Date {
    Date::new(&JsValue::from_f64(ms as f64))
}

/// Languages to try, best first: not every browser knows nynorsk.
fn languages(language: &str) -> Array {
    let tags: &[&str] = match language {
        "nn" => &["nn-NO", "nb-NO", "no"],
        "en" => &["en-GB", "en"],
        _ => &["nb-NO", "no"],
    };
    tags.iter().copied().map(JsValue::from_str).collect()
}

fn format(language: &str, ms: i64, options: &[(&str, &str)]) -> String {
    let wanted = Object::new();
    for (name, value) in options {
        // Setting a property of a new object cannot fail.
        let _ = Reflect::set(&wanted, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    let format: Function = DateTimeFormat::new(&languages(language), &wanted).format();
    format
        .call1(&JsValue::NULL, &date(ms))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// Such as `10:42`.
pub fn clock(language: &str, ms: i64) -> String {
    format(
        language,
        ms,
        &[
            ("hour", "2-digit"),
            ("minute", "2-digit"),
            ("hourCycle", "h23"),
        ],
    )
}

/// Such as `3. november`, with the year when it is not this one.
pub fn day(language: &str, ms: i64) -> String {
    let options = [("day", "numeric"), ("month", "long"), ("year", "numeric")];
    let is_this_year = date(ms).get_full_year() == date(now_ms()).get_full_year();
    format(
        language,
        ms,
        if is_this_year {
            &options[..2]
        } else {
            &options
        },
    )
}

/// Such as `tirsdag 3. november 2026`.
pub fn weekday_and_date(language: &str, ms: i64) -> String {
    format(
        language,
        ms,
        &[
            ("weekday", "long"),
            ("day", "numeric"),
            ("month", "long"),
            ("year", "numeric"),
        ],
    )
}

/// With seconds, for who needs to know exactly.
pub fn exact(language: &str, ms: i64) -> String {
    format(
        language,
        ms,
        &[("dateStyle", "full"), ("timeStyle", "medium")],
    )
}

/// For `<time datetime>`.
pub fn iso(ms: i64) -> String {
    date(ms).to_iso_string().into()
}

/// The number of the local day, such that neighbours differ by one whatever the clocks do in spring and autumn.
pub fn day_number(ms: i64) -> i64 {
    let offset_ms = date(ms).get_timezone_offset() * MS_PER_MINUTE;
    (ms - offset_ms as i64).div_euclid(MS_PER_DAY)
}

/// Whole local days from one time to another.
pub fn days_between(from_ms: i64, to_ms: i64) -> i64 {
    day_number(to_ms) - day_number(from_ms)
}

/// As `<input type=date>` wants it: `2026-11-03`.
pub fn date_value(ms: i64) -> String {
    let local = date(ms);
    format!(
        "{:04}-{:02}-{:02}",
        local.get_full_year(),
        local.get_month() + 1,
        local.get_date()
    )
}

/// The last millisecond of the local day that `<input type=date>` says.
pub fn end_of_date(value: &str) -> Option<i64> {
    let ms = Date::new(&JsValue::from_str(&format!("{value}T23:59:59.999"))).get_time();
    ms.is_finite().then_some(ms as i64)
}
