//! What every handler can reach. Nothing here is known to one server process alone but what a provider
//! says of itself, which each asks for.

use std::sync::Arc;

use crate::auth::{LastSeen, Passkeys, Passwords, Provider, TokenCookie};
use crate::clock;
use crate::keys::Keys;
use crate::notice::{Mailer, Pusher};
use crate::store::Store;
use crate::sync::{Ingest, Live};

#[derive(Clone)]
pub struct AppState {
    pub store: Store,
    pub passwords: Arc<Passwords>,
    pub last_seen: Arc<LastSeen>,
    /// The session's.
    pub cookie: TokenCookie,
    pub browser_cookie: TokenCookie,
    pub feide_cookie: TokenCookie,
    pub passkey_cookie: TokenCookie,
    /// Where the address that people use has a name.
    pub passkeys: Option<Arc<Passkeys>>,
    /// Where there is one.
    pub provider: Option<Arc<Provider>>,
    /// Where there is one.
    pub mailer: Option<Arc<Mailer>>,
    /// Where push is offered.
    pub pusher: Option<Arc<Pusher>>,
    pub ingest: Ingest,
    pub live: Live,
    pub keys: Arc<Keys>,
    /// The address that people use.
    pub public_url: Arc<str>,
}

impl AppState {
    /// `public_url` is the address people use; it decides how the session cookie is kept.
    pub fn new(
        store: Store,
        keys: Keys,
        public_url: &str,
    ) -> Result<AppState, argon2::password_hash::Error> {
        let live = Live::default();
        tokio::spawn(live.clone().follow(store.clone()));
        Ok(AppState {
            ingest: Ingest::start(store.clone(), live.clone(), clock::now_ms),
            live,
            keys: Arc::new(keys),
            store,
            passwords: Arc::new(Passwords::new()?),
            last_seen: Arc::default(),
            cookie: TokenCookie::session(public_url),
            browser_cookie: TokenCookie::browser(public_url),
            feide_cookie: TokenCookie::feide(public_url),
            passkey_cookie: TokenCookie::passkey(public_url),
            passkeys: Passkeys::new(public_url).map(Arc::new),
            provider: None,
            mailer: None,
            public_url: public_url.trim_end_matches('/').into(),
            pusher: None,
        })
    }

    /// With a provider of sign-in besides the passwords.
    pub fn with_provider(self, provider: Provider) -> AppState {
        AppState {
            provider: Some(Arc::new(provider)),
            ..self
        }
    }

    /// With a mail server.
    pub fn with_mailer(self, mailer: Mailer) -> AppState {
        AppState {
            mailer: Some(Arc::new(mailer)),
            ..self
        }
    }

    /// With what reaches push services.
    pub fn with_pusher(self, pusher: Pusher) -> AppState {
        AppState {
            pusher: Some(Arc::new(pusher)),
            ..self
        }
    }
}
