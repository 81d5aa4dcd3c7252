//! Push: the services by which browsers hear of something with the app closed (RFC 8030). What they are handed tells them that a
//! device is to hear something now, and nothing else.

mod gate;
mod message;

use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::GaiResolver;
use hyper_util::rt::TokioExecutor;
use p256::ecdsa::SigningKey;
use shared::api::PushSubscription;
use shared::domain::DeviceId;
use thiserror::Error;

pub use gate::PushHosts;

use crate::keys::Keys;
use crate::store::push::PushRow;
use gate::{Gate, HTTPS_PORT, OutsideResolver};
use message::{Receiver, authorization, message, public_key};

/// Where the browsers that schools use hear from.
pub const KNOWN_HOSTS: &str =
    "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com";

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// For all of a push. What is said in the answer's body is not read.
const SEND_WITHIN: Duration = Duration::from_secs(10);
/// Longest head of an answer.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// So long a push service keeps a push for a device that is off: over a holiday.
const KEPT_FOR_S: u32 = 14 * 24 * 60 * 60;
/// Of several that a push service keeps, the last takes the others' place.
const TOPIC: &str = "venter";
/// The longest wait that a push service is believed.
const MAX_WAIT_MS: i64 = 24 * 60 * 60 * 1000;

/// Why no push service can be reached; the words are for the one who runs the server.
#[derive(Debug, Error)]
#[error("there are no root certificates to know push services by: {0}")]
pub struct PushError(std::io::Error);

/// Why a push did not go out, in words that tell of nobody.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PushFailure {
    /// The browser has ended it, or is no more.
    Gone,
    /// It would not go out later either.
    Refused(String),
    /// To be tried again, no sooner than after a wait.
    Later { cause: String, wait_ms: i64 },
}

/// Sends pushes.
pub struct Pusher {
    key: SigningKey,
    /// The address that people use, where the one who runs the server is found.
    contact: Option<String>,
    gate: Gate,
    http: Client<HttpsConnector<HttpConnector<OutsideResolver>>, Full<Bytes>>,
}

impl Pusher {
    pub fn new(keys: &Keys, hosts: PushHosts, public_url: &str) -> Result<Pusher, PushError> {
        Pusher::through(Gate::Hosts(hosts), keys, public_url)
    }

    /// Sends to this machine over plain http and nowhere else: for tests, which have a push service of their own. No option leads here.
    pub fn to_this_machine(keys: &Keys, public_url: &str) -> Result<Pusher, PushError> {
        Pusher::through(Gate::ThisMachine, keys, public_url)
    }

    fn through(gate: Gate, keys: &Keys, public_url: &str) -> Result<Pusher, PushError> {
        let mut http = HttpConnector::new_with_resolver(OutsideResolver(GaiResolver::new()));
        http.set_connect_timeout(Some(CONNECT_WITHIN));
        http.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(PushError)?;
        let connector = match gate {
            Gate::Hosts(_) => connector.https_only(),
            Gate::ThisMachine => connector.https_or_http(),
        };
        Ok(Pusher {
            key: keys.push_key(),
            contact: Some(public_url.to_owned()).filter(|url| url.starts_with("https://")),
            gate,
            http: Client::builder(TokioExecutor::new())
                .http1_max_buf_size(MAX_HEAD_BYTES)
                .build(connector.enable_http1().wrap_connector(http)),
        })
    }

    /// What browsers subscribe to, in base64url.
    pub fn public_key(&self) -> String {
        public_key(&self.key)
    }

    /// A subscription as a browser gave it, if pushes may go there.
    pub fn read(&self, device: DeviceId, asked: &PushSubscription) -> Option<PushRow> {
        self.gate.open(&asked.endpoint)?;
        let public_key = BASE64.decode(&asked.p256dh).ok()?;
        let secret = BASE64.decode(&asked.auth).ok()?;
        Receiver::read(&public_key, &secret)?;
        Some(PushRow {
            device_id: device.0,
            endpoint: asked.endpoint.clone(),
            public_key,
            secret,
            told_of_ms: None,
        })
    }

    /// Sends one push. No redirect is followed.
    pub(super) async fn send(&self, to: &PushRow, now_ms: i64) -> Result<(), PushFailure> {
        let refused = |cause: &str| PushFailure::Refused(cause.to_owned());
        // The list of hosts may have changed since.
        let endpoint = self.gate.open(&to.endpoint);
        let endpoint = endpoint.ok_or_else(|| refused("address"))?;
        let receiver = Receiver::read(&to.public_key, &to.secret);
        let receiver = receiver.ok_or_else(|| refused("address"))?;
        let request = message(&receiver).and_then(|body| self.request(endpoint, body, now_ms));
        let request = request.ok_or_else(|| refused("message"))?;
        match tokio::time::timeout(SEND_WITHIN, self.http.request(request)).await {
            Ok(Ok(answer)) => judged(answer.status(), answer.headers()),
            Ok(Err(_)) => Err(later("unreachable", 0)),
            Err(_) => Err(later("timeout", 0)),
        }
    }

    fn request(&self, endpoint: Uri, body: Vec<u8>, now_ms: i64) -> Option<Request<Full<Bytes>>> {
        let contact = self.contact.as_deref();
        let signed = authorization(&self.key, &audience(&endpoint)?, contact, now_ms);
        Request::builder()
            .method(Method::POST)
            .uri(endpoint)
            .header(AUTHORIZATION, signed)
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("ttl", KEPT_FOR_S)
            .header("urgency", "normal")
            .header("topic", TOPIC)
            .body(Full::from(body))
            .ok()
    }
}

/// The push service itself, as RFC 6454 writes an origin.
fn audience(endpoint: &Uri) -> Option<String> {
    // Small letters, as an origin is written (RFC 6454).
    let (scheme, host) = (
        endpoint.scheme_str()?,
        endpoint.host()?.to_ascii_lowercase(),
    );
    Some(
        match endpoint.port_u16().filter(|port| *port != HTTPS_PORT) {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        },
    )
}

fn judged(status: StatusCode, headers: &HeaderMap) -> Result<(), PushFailure> {
    match status {
        it if it.is_success() => Ok(()),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(PushFailure::Gone),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
            Err(later(status.as_str(), asked_wait_ms(headers)))
        }
        it if it.is_server_error() => Err(later(status.as_str(), asked_wait_ms(headers))),
        _ => Err(PushFailure::Refused(status.as_str().to_owned())),
    }
}

fn later(cause: &str, wait_ms: i64) -> PushFailure {
    PushFailure::Later {
        cause: cause.to_owned(),
        wait_ms,
    }
}

/// In seconds; a date is passed over.
fn asked_wait_ms(headers: &HeaderMap) -> i64 {
    let asked = headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok());
    let seconds: i64 = asked.and_then(|it| it.parse().ok()).unwrap_or_default();
    seconds.saturating_mul(1000).clamp(0, MAX_WAIT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_decides_whether_a_push_is_tried_again() {
        let judge = |status: u16, wait: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, wait.parse().unwrap());
            judged(StatusCode::from_u16(status).unwrap(), &headers)
        };
        for status in [200, 201, 202, 204] {
            assert_eq!(judge(status, "9"), Ok(()));
        }
        for status in [404, 410] {
            assert_eq!(judge(status, "9"), Err(PushFailure::Gone));
        }
        for status in [301, 307, 400, 401, 403, 413] {
            assert_eq!(
                judge(status, "9"),
                Err(PushFailure::Refused(status.to_string()))
            );
        }
        for (wait, wait_ms) in [
            ("9", 9000),
            ("-9", 0),
            ("99999999999999999999", 0),
            ("9999999999", MAX_WAIT_MS),
            ("soon", 0),
        ] {
            for status in [429, 500, 503] {
                assert_eq!(
                    judge(status, wait),
                    Err(later(&status.to_string(), wait_ms)),
                    "{wait}"
                );
            }
        }
    }

    #[test]
    fn the_usual_port_is_no_part_of_an_origin() {
        let origin = |endpoint: &str| audience(&endpoint.parse().unwrap()).unwrap();
        assert_eq!(origin("https://push.example/a?b"), "https://push.example");
        assert_eq!(origin("https://push.example:443/a"), "https://push.example");
        assert_eq!(origin("http://127.0.0.1:81/a"), "http://127.0.0.1:81");
    }
}
