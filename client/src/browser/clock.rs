//! The edges where time and chance come in.

use js_sys::{Date, Math};
use uuid::Uuid;

/// Now, by this phone's clock; unix milliseconds.
pub fn now_ms() -> i64 {
    Date::now() as i64
}

/// From 0 to 1.
pub fn chance() -> f64 {
    Math::random()
}

/// A new id for something written here.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Where in the week a time is, in the phone's own time zone: weekday (1 is Monday) and minute of the day.
pub fn weekday_and_minute(ms: i64) -> (i32, i32) {
    let local = Date::new(&(ms as f64).into());
    let weekday = if local.get_day() == 0 {
        7
    } else {
        local.get_day()
    };
    (
        weekday as i32,
        (local.get_hours() * 60 + local.get_minutes()) as i32,
    )
}

/// The last local midnight; unix milliseconds.
pub fn midnight_before(ms: i64) -> i64 {
    let local = Date::new(&(ms as f64).into());
    local.set_hours(0);
    local.set_minutes(0);
    local.set_seconds(0);
    local.set_milliseconds(0);
    local.get_time() as i64
}

/// Waits until what stands in the page now has been painted.
pub async fn painted() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            // Without frames the wait is none, which is only too early.
            let _ = window.request_animation_frame(&resolve);
        }
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    // A frame's callbacks run before it is painted.
    wait(0).await;
}

/// Sleeps.
pub async fn wait(ms: u32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            // Without a timer the wait is none, which is only too early.
            let _ =
                window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms as i32);
        }
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}
