//! What makes and shows passkeys: the phone itself, or a key on a string. Here are the ways to it, and the passkeys by which people
//! sign in, whose questions and answers pass through as JSON (WebAuthn Level 3). The phone's lock is in `passkey`.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

const READ_CREATION: &str = "parseCreationOptionsFromJSON";
const READ_REQUEST: &str = "parseRequestOptionsFromJSON";

/// Whether people can sign in with a passkey in this browser.
pub fn is_available() -> bool {
    let has = |class: JsValue| get(&class, READ_CREATION).zip(get(&class, READ_REQUEST));
    class().and_then(has).is_some()
}

/// Makes a passkey; none when the person does not want to, or has one there already.
pub async fn make(options: &Value) -> Option<Value> {
    answer("create", READ_CREATION, options).await
}

/// Shows a passkey that its person chooses; none when that was broken off.
pub async fn show(options: &Value) -> Option<Value> {
    answer("get", READ_REQUEST, options).await
}

async fn answer(method: &str, read: &str, options: &Value) -> Option<Value> {
    let options = JSON::parse(&options.to_string()).ok()?;
    let options = call(&class()?, read, &[options]).await?;
    let shown = call(&asked(method, options).await?, "toJSON", &[]).await?;
    let text = JSON::stringify(&shown).ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}

/// Where a browser has what passkeys need.
pub(super) fn class() -> Option<JsValue> {
    // A passkey belongs to a name: an address of numbers has none.
    let host = super::page::window()?.location().hostname().ok()?;
    let is_numbers = host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[');
    get(&js_sys::global(), "PublicKeyCredential").filter(|_| !is_numbers)
}

/// What an authenticator says to these options.
pub(super) async fn asked(method: &str, options: JsValue) -> Option<JsValue> {
    let navigator = get(&js_sys::global(), "navigator")?;
    let container = get(&navigator, "credentials")?;
    let asked = object(&[("publicKey", options)]);
    call(&container, method, &[asked]).await
}

pub(super) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a field of a plain object does not fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

pub(super) fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(of, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// Calls a method, and waits for what it promises.
pub(super) async fn call(of: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function: Function = get(of, method)?.dyn_into().ok()?;
    let promised = function.apply(of, &Array::from_iter(arguments)).ok()?;
    let value = JsFuture::from(Promise::resolve(&promised)).await.ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}
