//! Push: the browser's permission to tell its person something with the app closed, and the address that its push service gives.

use std::pin::pin;

use futures_util::future::{Either, select};
use js_sys::JSON;
use serde::Deserialize;
use shared::api::PushSubscription;
use wasm_bindgen::JsValue;

use super::authenticator::{call, get, object};
use super::clock;

/// A browser that does not reach its push service may wait for ever.
const SUBSCRIBING_LASTS_MS: u32 = 10_000;
const DENIED: &str = "denied";
const GRANTED: &str = "granted";

/// As the browser writes it.
#[derive(Deserialize)]
struct Written {
    endpoint: String,
    keys: WrittenKeys,
}

#[derive(Deserialize)]
struct WrittenKeys {
    p256dh: String,
    auth: String,
}

/// Whether this browser has push, as it is installed now.
pub fn is_available() -> bool {
    let global = js_sys::global();
    let has = |name| get(&global, name).is_some();
    has("PushManager") && has("Notification") && container().is_some()
}

/// Whether it would have it from the home screen: so it is on iPhone and iPad.
pub fn needs_home_screen() -> bool {
    let navigator = get(&js_sys::global(), "navigator");
    // Safari alone says whether a page was opened from the home screen.
    let says = navigator.and_then(|it| get(&it, "standalone"));
    says.is_some_and(|it| it == JsValue::FALSE)
}

/// Whether the person has said no; the browser does not ask again.
pub fn is_denied() -> bool {
    permission().as_deref() == Some(DENIED)
}

fn permission() -> Option<String> {
    let notification = get(&js_sys::global(), "Notification")?;
    get(&notification, "permission")?.as_string()
}

/// Asks, if it was not asked before; only ever after a tap.
pub async fn ask() -> bool {
    let Some(notification) = get(&js_sys::global(), "Notification") else {
        return false;
    };
    call(&notification, "requestPermission", &[]).await;
    permission().as_deref() == Some(GRANTED)
}

/// Whether this browser has an address.
pub async fn is_subscribed() -> bool {
    subscription().await.is_some()
}

/// Gets an address for whoever signs with this key; none when the browser or its push service gives none in time.
pub async fn subscribe(public_key: &str) -> Option<PushSubscription> {
    let address = pin!(try_subscribe(public_key));
    let late = pin!(clock::wait(SUBSCRIBING_LASTS_MS));
    match select(address, late).await {
        Either::Left((made, _)) => made,
        Either::Right(_) => None,
    }
}

async fn try_subscribe(public_key: &str) -> Option<PushSubscription> {
    if let Some(made) = make(public_key).await {
        return Some(made);
    }
    // One that was made for another key stands in the way.
    end().await;
    make(public_key).await
}

async fn make(public_key: &str) -> Option<PushSubscription> {
    let options = object(&[
        ("userVisibleOnly", true.into()),
        ("applicationServerKey", public_key.into()),
    ]);
    let made = call(&manager().await?, "subscribe", &[options]).await?;
    let text = JSON::stringify(&made).ok()?.as_string()?;
    let written: Written = serde_json::from_str(&text).ok()?;
    Some(PushSubscription {
        endpoint: written.endpoint,
        p256dh: written.keys.p256dh,
        auth: written.keys.auth,
    })
}

/// Ends the address: whoever still sends there is told that it is gone.
pub async fn end() {
    if let Some(subscription) = subscription().await {
        call(&subscription, "unsubscribe", &[]).await;
    }
}

async fn subscription() -> Option<JsValue> {
    call(&manager().await?, "getSubscription", &[]).await
}

async fn manager() -> Option<JsValue> {
    let registration = call(&container()?, "getRegistration", &[]).await?;
    get(&registration, "pushManager")
}

fn container() -> Option<JsValue> {
    let navigator = get(&js_sys::global(), "navigator")?;
    get(&navigator, "serviceWorker")
}
