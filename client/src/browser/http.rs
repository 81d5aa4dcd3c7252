//! One typed request to the server and its answer, over `fetch`. Says why there is no answer in three words that a page
//! can turn into text; retries nothing and stores nothing. The sync sends its own bytes and does not pass here.

use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::{ApiError, ErrorCode};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
};

/// How long a page waits before it says that there is no contact.
const TIMEOUT_MS: u32 = 30_000;
const HTTP_NO_CONTENT: u16 = 204;

/// Why there is no answer to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiFailure {
    #[error("the server refused: {0:?}")]
    Refused(ErrorCode),
    #[error("no contact with the server")]
    NoContact,
    /// Such as the sign-in page of a guest network.
    #[error("something other than the server answered")]
    NotTheServer,
}

impl ApiFailure {
    /// Whether the server wants somebody to sign in.
    pub fn is_signed_out(self) -> bool {
        self == ApiFailure::Refused(ErrorCode::SignedOut)
    }

    /// Whether there is no such thing, or it is not this person's to see.
    pub fn is_not_found(self) -> bool {
        self == ApiFailure::Refused(ErrorCode::NotFound)
    }
}

/// For answers whose content nobody needs: any JSON, or none.
pub type Nothing = serde::de::IgnoredAny;

/// What goes up with a request.
enum Body {
    None,
    Json(String),
    Bytes(Vec<u8>),
}

/// Reads from an address.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, ApiFailure> {
    call("GET", path, Body::None).await
}

/// Reads a file from an address, as it is.
pub async fn get_file(path: &str) -> Result<String, ApiFailure> {
    let no_contact = |_| ApiFailure::NoContact;
    let response = send("GET", path, Body::None).await.map_err(no_contact)?;
    let text = text_of(&response).await.map_err(no_contact)?;
    match response.ok() {
        true => Ok(text),
        false => read(response.status(), false, &text),
    }
}

/// Sends a value to an address.
pub async fn post<T: DeserializeOwned>(
    path: &str,
    value: &impl Serialize,
) -> Result<T, ApiFailure> {
    call("POST", path, json(value)?).await
}

/// Asks an address to do what its name says.
pub async fn post_nothing<T: DeserializeOwned>(path: &str) -> Result<T, ApiFailure> {
    call("POST", path, Body::None).await
}

/// A value as it stands in a query, in JSON.
pub fn in_query(value: &impl Serialize) -> Result<String, ApiFailure> {
    let json =
        serde_json::to_string(value).map_err(|_| ApiFailure::Refused(ErrorCode::Malformed))?;
    Ok(js_sys::encode_uri_component(&json).into())
}

/// Sends a file as it is.
pub async fn post_bytes<T: DeserializeOwned>(path: &str, bytes: Vec<u8>) -> Result<T, ApiFailure> {
    call("POST", path, Body::Bytes(bytes)).await
}

/// Replaces what is at an address.
pub async fn put<T: DeserializeOwned>(path: &str, value: &impl Serialize) -> Result<T, ApiFailure> {
    call("PUT", path, json(value)?).await
}

/// Ends what is at an address.
pub async fn delete<T: DeserializeOwned>(path: &str) -> Result<T, ApiFailure> {
    call("DELETE", path, Body::None).await
}

fn json(value: &impl Serialize) -> Result<Body, ApiFailure> {
    serde_json::to_string(value)
        .map(Body::Json)
        .map_err(|_| ApiFailure::Refused(ErrorCode::Malformed))
}

async fn call<T: DeserializeOwned>(method: &str, path: &str, body: Body) -> Result<T, ApiFailure> {
    let response = send(method, path, body)
        .await
        .map_err(|_| ApiFailure::NoContact)?;
    let text = text_of(&response)
        .await
        .map_err(|_| ApiFailure::NoContact)?;
    read(response.status(), response.ok(), &text)
}

async fn send(method: &str, path: &str, body: Body) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)));
    let headers = web_sys::Headers::new()?;
    match body {
        Body::None => {}
        Body::Json(text) => {
            headers.set("content-type", "application/json")?;
            init.set_body(&JsValue::from_str(&text));
        }
        Body::Bytes(bytes) => {
            headers.set("content-type", "application/octet-stream")?;
            init.set_body(&Uint8Array::from(bytes.as_slice()));
        }
    }
    init.set_headers(&headers);
    let window = super::page::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(path, &init))
        .await?
        .dyn_into()
}

async fn text_of(response: &Response) -> Result<String, JsValue> {
    Ok(JsFuture::from(response.text()?)
        .await?
        .as_string()
        .unwrap_or_default())
}

/// The answer's value, or why there is none; a page of a guest network is neither.
fn read<T: DeserializeOwned>(status: u16, is_ok: bool, text: &str) -> Result<T, ApiFailure> {
    if !is_ok {
        let refusal = serde_json::from_str::<ApiError>(text);
        return Err(refusal.map_or(ApiFailure::NotTheServer, |error| {
            ApiFailure::Refused(error.code)
        }));
    }
    let text = if status == HTTP_NO_CONTENT || text.is_empty() {
        "null"
    } else {
        text
    };
    serde_json::from_str(text).map_err(|_| ApiFailure::NotTheServer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_a_guest_network_is_not_taken_for_the_servers() {
        assert_eq!(
            read::<Vec<u8>>(200, true, "<html>"),
            Err(ApiFailure::NotTheServer)
        );
        assert_eq!(
            read::<()>(511, false, "<html>"),
            Err(ApiFailure::NotTheServer)
        );
    }

    #[test]
    fn a_refusal_keeps_its_code_also_when_it_is_new() {
        let refusal =
            |code: &str| read::<()>(403, false, &format!(r#"{{"code":"{code}","message":""}}"#));
        assert_eq!(
            refusal("forbidden"),
            Err(ApiFailure::Refused(ErrorCode::Forbidden))
        );
        assert_eq!(
            refusal("invented_later"),
            Err(ApiFailure::Refused(ErrorCode::Unknown))
        );
    }

    #[test]
    fn an_answer_without_content_is_an_answer() {
        assert_eq!(read::<()>(204, true, ""), Ok(()));
        assert_eq!(read::<Option<u8>>(200, true, ""), Ok(None));
    }
}
