//! The client, embedded in the program: the shell for every page address, and the files it is made of. A debug build reads
//! them from the folder of the web build at run time. What has its hash in its name never changes and is kept for ever; all
//! else is asked for again each time.

use std::borrow::Cow;

use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

use crate::error::Error;

#[derive(Embed)]
#[folder = "../target/web/"]
#[allow_missing = true]
struct Client;

const SHELL: &str = "index.html";
const HASH_CHARS: usize = 16;

/// A file of the client, or its shell for any address that is a page's.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || !matches!(method, Method::GET | Method::HEAD) {
        return Error::NotFound.into_response();
    }
    let name = if is_page(path) { SHELL } else { path };
    match find(name, &headers) {
        Some((file, encoding)) => answer(name, file, encoding, &headers),
        None if name == SHELL => (
            StatusCode::NOT_FOUND,
            "The client is not built: run `cargo xtask web`, then build the server again.\n",
        )
            .into_response(),
        None => Error::NotFound.into_response(),
    }
}

/// Pages have no dot in their last part; files have.
pub fn is_page(path: &str) -> bool {
    !path.rsplit('/').next().unwrap_or_default().contains('.')
}

/// The smallest form the browser takes.
fn find(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let takes = |encoding: &str| accepted.split(',').any(|item| takes(item, encoding));
    [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(encoding, _)| takes(encoding))
        .find_map(|(encoding, suffix)| {
            Client::get(&format!("{name}{suffix}")).map(|file| (file, Some(encoding)))
        })
        .or_else(|| Client::get(name).map(|file| (file, None)))
}

fn takes(item: &str, encoding: &str) -> bool {
    let mut parts = item.split(';').map(str::trim);
    parts.next() == Some(encoding)
        && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
}

fn answer(
    name: &str,
    file: EmbeddedFile,
    encoding: Option<&'static str>,
    asked: &HeaderMap,
) -> Response {
    let hash: String = file
        .metadata
        .sha256_hash()
        .iter()
        .take(HASH_CHARS)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("\"{hash}\"");
    let cache = if is_unchanging(name) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let is_known = asked
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = match (is_known, file.data) {
        (true, _) => StatusCode::NOT_MODIFIED.into_response(),
        (false, Cow::Borrowed(bytes)) => bytes.into_response(),
        (false, Cow::Owned(bytes)) => bytes.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// `name-<16 hex>.ext`: another content would have another name.
fn is_unchanging(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
    hash.len() == HASH_CHARS && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a file is, by its name.
pub fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_with_its_hash_is_kept_for_ever() {
        assert!(is_unchanging("client_bg-0123456789abcdef.wasm"));
        for name in [
            "index.html",
            "service_worker.js",
            "client-0123.js",
            "icons/icon-192.png",
            "x-0123456789abcdeg.js",
        ] {
            assert!(!is_unchanging(name), "{name}");
        }
    }

    #[test]
    fn every_address_of_a_page_is_the_shell_and_no_file_is() {
        assert!(["", "logg", "elever/0190-77/logg"].into_iter().all(is_page));
        assert!(
            !["service_worker.js", "icons/icon.svg"]
                .into_iter()
                .any(is_page)
        );
    }

    #[test]
    fn an_encoding_that_is_refused_by_weight_is_not_taken() {
        assert!(takes(" br;q=1.0", "br") && takes("gzip", "gzip"));
        assert!(!takes("br;q=0", "br") && !takes("brotli", "br"));
    }
}
