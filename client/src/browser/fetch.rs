//! Bytes up, status and bytes down: the sync's own request. It may outlive the page, since the doorway's two seconds of Wi-Fi
//! are often the last before the phone goes into the pocket.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
};

/// How long an answer may take.
const TIMEOUT_MS: u32 = 30_000;
/// Largest body that a browser carries on after the page is gone.
const MAX_KEEPALIVE_BYTES: usize = 60 * 1024;

/// There was no answer at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no contact with the server")]
pub struct NoContact;

/// Sends bytes and reads the answer, whatever its status.
pub async fn post(path: &str, body: &[u8]) -> Result<(u16, Vec<u8>), NoContact> {
    try_post(path, body).await.map_err(|_| NoContact)
}

async fn try_post(path: &str, body: &[u8]) -> Result<(u16, Vec<u8>), JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));
    init.set_body(&Uint8Array::from(body));
    let headers = web_sys::Headers::new()?;
    headers.set("content-type", "application/octet-stream")?;
    init.set_headers(&headers);
    if body.len() <= MAX_KEEPALIVE_BYTES {
        Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE)?;
    }
    let window = super::page::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(path, &init))
        .await?
        .dyn_into()?;
    let answer = JsFuture::from(response.array_buffer()?).await?;
    Ok((response.status(), Uint8Array::new(&answer).to_vec()))
}
