//! A push service on this machine, which says whatever the test wants, and browsers that hear from it: they open what was sent to
//! them as RFC 8291 says. None of it is the server's own code.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hkdf::Hkdf;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use serde_json::Value;
use server::notice::Pusher;
use sha2::Sha256;
use shared::api::PushSubscription;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::mail::PUBLIC_URL;
use crate::server::keys;

const MAX_HEAD_BYTES: usize = 16 * 1024;

/// What a push service answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// With one more header.
    Status(u16, &'static str),
    /// Nothing, ever.
    Hangs,
    /// Ends the connection without a word.
    Closes,
    /// A head that does not end.
    Babbles,
}

/// A push as it came.
#[derive(Debug, Clone)]
pub struct Pushed {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// A push service; it ends with the test.
pub struct PushService {
    pub origin: String,
    says: Arc<Mutex<BTreeMap<String, Says>>>,
    taken: Arc<Mutex<Vec<Pushed>>>,
    serving: JoinHandle<()>,
}

impl PushService {
    pub async fn start() -> PushService {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let (says, taken) = (Arc::default(), Arc::default());
        let (to_say, to_take) = (Arc::clone(&says), Arc::clone(&taken));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (says, taken) = (Arc::clone(&to_say), Arc::clone(&to_take));
                tokio::spawn(async move { answer(stream, &says, &taken).await });
            }
        });
        PushService {
            origin,
            says,
            taken,
            serving,
        }
    }

    /// A browser that is reached at this path.
    pub fn browser(&self, path: &str) -> Listener {
        let random = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        Listener {
            key: SecretKey::from_slice(&random).expect("a secret"),
            secret: Uuid::new_v4().into_bytes(),
            endpoint: format!("{}/{path}", self.origin),
        }
    }

    /// Until it says something else to that path; 201 before.
    pub fn says(&self, path: &str, says: Says) {
        let path = format!("/{path}");
        self.says.lock().expect("answers").insert(path, says);
    }

    /// All that came, the first first.
    pub fn taken(&self) -> Vec<Pushed> {
        self.taken.lock().expect("pushes").clone()
    }

    /// What came to a path.
    pub fn taken_at(&self, path: &str) -> usize {
        let path = format!("/{path}");
        self.taken().iter().filter(|it| it.path == path).count()
    }

    /// What sends to it.
    pub fn pusher() -> Pusher {
        Pusher::to_this_machine(&keys(), PUBLIC_URL).expect("root certificates")
    }
}

impl Drop for PushService {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(
    mut stream: TcpStream,
    says: &Mutex<BTreeMap<String, Says>>,
    taken: &Mutex<Vec<Pushed>>,
) {
    let Some(pushed) = read(&mut stream).await else {
        return;
    };
    let says = says.lock().expect("answers").get(&pushed.path).copied();
    taken.lock().expect("pushes").push(pushed);
    match says.unwrap_or(Says::Status(201, "Location: /message/1")) {
        Says::Status(code, header) => {
            let words = "<b>a page nobody reads</b>";
            let answer = format!(
                "HTTP/1.1 {code} Said\r\n{header}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{words}",
                words.len()
            );
            // Whoever has hung up is told nothing.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
        Says::Hangs => std::future::pending().await,
        Says::Closes => {}
        Says::Babbles => while stream.write_all(b"HTTP/1.1 201 Said\r\nX: ").await.is_ok() {},
    }
}

async fn read(stream: &mut TcpStream) -> Option<Pushed> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break end;
        }
        if bytes.len() > MAX_HEAD_BYTES || stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let pairs = lines.filter_map(|line| line.split_once(": "));
    let headers: BTreeMap<_, _> = pairs
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Pushed {
        path,
        headers,
        body,
    })
}

/// A browser that has subscribed.
#[derive(Clone)]
pub struct Listener {
    key: SecretKey,
    secret: [u8; 16],
    pub endpoint: String,
}

impl Listener {
    /// What it gives the page.
    pub fn subscription(&self) -> PushSubscription {
        PushSubscription {
            endpoint: self.endpoint.clone(),
            p256dh: BASE64.encode(point(&self.key.public_key())),
            auth: BASE64.encode(self.secret),
        }
    }

    /// Opens what was sent to it; nothing else opens.
    pub fn open(&self, body: &[u8]) -> Option<Vec<u8>> {
        let (salt, rest) = body.split_at_checked(16)?;
        let (size, rest) = rest.split_at_checked(4)?;
        let (length, rest) = rest.split_first()?;
        let (sender, record) = rest.split_at_checked(usize::from(*length))?;
        let size = u32::from_be_bytes(size.try_into().ok()?);
        assert!(record.len() as u32 <= size, "one record");
        let shared = self
            .key
            .diffie_hellman(&PublicKey::from_sec1_bytes(sender).ok()?);
        let own = point(&self.key.public_key());
        let info = [b"WebPush: info\0", own.as_slice(), sender];
        let secret = expand::<32>(&self.secret, shared.raw_secret_bytes(), &info.concat());
        let key = expand::<16>(salt, &secret, b"Content-Encoding: aes128gcm\0");
        let nonce = expand::<12>(salt, &secret, b"Content-Encoding: nonce\0");
        let cipher = Aes128Gcm::new_from_slice(&key).ok()?;
        let mut plain = cipher.decrypt(&Nonce::from(nonce), record).ok()?;
        while plain.pop()? != 2 {}
        Some(plain)
    }
}

fn expand<const BYTES: usize>(salt: &[u8], secret: &[u8], info: &[u8]) -> [u8; BYTES] {
    let mut expanded = [0; BYTES];
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand(info, &mut expanded)
        .expect("few bytes");
    expanded
}

fn point(key: &PublicKey) -> Vec<u8> {
    key.to_sec1_point(false).as_bytes().to_vec()
}

/// What the sender claims, if whoever has this public key signed it (RFC 8292).
pub fn claims(pushed: &Pushed, public_key: &str) -> Value {
    let said = pushed.headers["authorization"].as_str();
    let (token, key) = said
        .strip_prefix("vapid t=")
        .and_then(|it| it.split_once(", k="))
        .expect("a token and a key");
    assert_eq!(key, public_key);
    let key = BASE64.decode(key).expect("base64url");
    let key = VerifyingKey::from_sec1_bytes(&key).expect("a point");
    let (signed, signature) = token.rsplit_once('.').expect("three parts");
    let signature = BASE64.decode(signature).expect("base64url");
    let signature = Signature::from_slice(&signature).expect("64 bytes");
    key.verify(signed.as_bytes(), &signature)
        .expect("the signature");
    let (head, claims) = signed.split_once('.').expect("three parts");
    let read = |part: &str| -> Value {
        serde_json::from_slice(&BASE64.decode(part).expect("base64url")).expect("JSON")
    };
    assert_eq!(read(head)["alg"], "ES256");
    read(claims)
}
