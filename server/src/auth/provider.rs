//! The OpenID provider, such as Feide: what it says of itself, where it is asked who somebody is, and whether its answer is one.
//! RS256 and nothing else; nothing that it says is shown to anybody, and its claims besides issuer and subject are not read.

use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use axum::http::header::AUTHORIZATION;
use axum::http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::core::{
    CoreAuthPrompt, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreResponseType,
};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    SignatureVerificationError, TokenResponse,
};
use shared::api::path;
use thiserror::Error;
use tokio::sync::Mutex;

use super::Token;
use super::groups::Groups;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Somebody waits who can do without.
const GROUPS_WITHIN: Duration = Duration::from_secs(3);
/// Longest answer, of the document that describes the provider, of its keys, of a token.
const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// So long what the provider says of itself is believed.
const KNOWN_FOR_MS: i64 = 60 * 60 * 1000;
/// A key that is not known is looked for so often at most: whoever sends such tokens makes the server ask no more than that.
const LOOK_FOR_KEY_EVERY_MS: i64 = 60 * 1000;
/// What is asked of the groups API, and the scope that lets us.
const MY_GROUPS: &str = "/groups/me/groups";
const GROUPS_SCOPE: &str = "groups-edu";
/// After the provider gave no answer it is left alone for a while.
const LEAVE_ALONE_MS: i64 = 5 * 1000;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

type Http = HttpClient<HttpsConnector<HttpConnector>, Full<axum::body::Bytes>>;
type Call = Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + Send>>;
/// Says that it can be sent, which the compiler does not see through the library's own futures.
type Asking<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Which provider, and who this installation is there.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    pub issuer: String,
    pub client_id: String,
    pub secret_file: PathBuf,
    /// Where its groups API is, if it is to be asked.
    pub groups_url: Option<String>,
}

/// Why there is no provider; the words are for the one who runs the server.
#[derive(Debug, Error)]
pub enum ProviderSettingsError {
    #[error("the issuer {0} is no https address")]
    Issuer(String),
    #[error("the address of groups {0} is no https address")]
    Groups(String),
    #[error("the secret of the client at the provider cannot be read from {path}: {cause}")]
    Secret {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("there are no root certificates to know the provider by: {0}")]
    Roots(std::io::Error),
}

/// Why nobody was shown.
#[derive(Debug, Error)]
pub enum ProviderError {
    #[error("the provider gives no answer, or none that is sound")]
    Unavailable,
    #[error("the provider did not say who it is in a way that counts: {0}")]
    NotShown(&'static str),
}

/// A call that came to nothing.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct CallError(&'static str);

/// Who the provider says it is.
pub struct Shown {
    pub subject: String,
    /// When the person showed it there; none if the provider does not say.
    pub shown_at_ms: Option<i64>,
    /// Empty where it is not asked, and where its answer is none.
    pub groups: Groups,
}

/// What the secret of one way to the provider and back is used for; nothing of it is stored.
pub struct Secrets {
    pub state: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Secrets {
    pub fn of(token: &Token) -> Secrets {
        Secrets {
            state: token.derived("state"),
            nonce: Nonce::new(token.derived("nonce")),
            verifier: PkceCodeVerifier::new(token.derived("verifier")),
        }
    }
}

#[derive(Default)]
struct Known {
    metadata: Option<CoreProviderMetadata>,
    fetched_at_ms: i64,
    looked_for_key_at_ms: Option<i64>,
    failed_at_ms: Option<i64>,
}

pub struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    secret: ClientSecret,
    /// On this machine, for trying things out.
    is_here: bool,
    redirect: RedirectUrl,
    groups: Option<String>,
    http: Http,
    known: Mutex<Known>,
}

impl Provider {
    /// Asks nothing yet: a provider that is down must not keep the server from starting.
    pub fn new(
        settings: &ProviderSettings,
        public_url: &str,
    ) -> Result<Provider, ProviderSettingsError> {
        let wrong = || ProviderSettingsError::Issuer(settings.issuer.clone());
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| wrong())?;
        let is_here = settings.issuer.starts_with("http://");
        if !is_safe(&settings.issuer, is_here) {
            return Err(wrong());
        }
        let groups = settings.groups_url.as_ref();
        if let Some(groups) = groups.filter(|it| !is_safe(it, is_here)) {
            return Err(ProviderSettingsError::Groups(groups.clone()));
        }
        let secret = std::fs::read_to_string(&settings.secret_file).map_err(|cause| {
            ProviderSettingsError::Secret {
                path: settings.secret_file.clone(),
                cause,
            }
        })?;
        let redirect = RedirectUrl::new(format!("{public_url}{}", path::FEIDE_CALLBACK));
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_WITHIN));
        connector.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .map_err(ProviderSettingsError::Roots)?
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        Ok(Provider {
            issuer,
            client_id: ClientId::new(settings.client_id.clone()),
            secret: ClientSecret::new(secret.trim().to_owned()),
            is_here,
            redirect: redirect.map_err(|_| wrong())?,
            groups: groups.map(|it| format!("{}{MY_GROUPS}", it.trim_end_matches('/'))),
            http: HttpClient::builder(TokioExecutor::new()).build(connector),
            known: Mutex::default(),
        })
    }

    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// Whether it is asked for people's groups.
    pub fn knows_groups(&self) -> bool {
        self.groups.is_some()
    }

    /// Where the browser goes to show who its person is; `is_again` wants the password also of somebody the provider knows.
    pub async fn address(
        &self,
        secrets: &Secrets,
        is_again: bool,
        now_ms: i64,
    ) -> Result<String, ProviderError> {
        let client = self.client(self.metadata(now_ms).await?);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&secrets.verifier);
        let (state, nonce) = (secrets.state.clone(), secrets.nonce.clone());
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(state),
                move || nonce,
            )
            .set_pkce_challenge(challenge);
        if self.knows_groups() {
            request = request.add_scope(Scope::new(GROUPS_SCOPE.into()));
        }
        if is_again {
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(Duration::ZERO);
        }
        let (address, _, _) = request.url();
        match is_safe(address.as_str(), self.is_here) {
            true => Ok(address.into()),
            false => Err(ProviderError::Unavailable),
        }
    }

    /// Exchanges the code that the browser came back with for who its person is.
    pub async fn ask(
        &self,
        secrets: Secrets,
        code: String,
        now_ms: i64,
    ) -> Result<Shown, ProviderError> {
        let client = self.client(self.metadata(now_ms).await?);
        let call = self.caller();
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| ProviderError::Unavailable)?
            .set_pkce_verifier(secrets.verifier);
        let asking: Asking<_> = Box::pin(request.request_async(&call));
        let answer = asking.await.map_err(|error| {
            use openidconnect::RequestTokenError::{Request, ServerResponse};
            match error {
                ServerResponse(_) => ProviderError::NotShown("the code was refused"),
                Request(_) => ProviderError::Unavailable,
                _ => ProviderError::NotShown("the answer is not a token's"),
            }
        })?;
        let token = answer
            .id_token()
            .ok_or(ProviderError::NotShown("there is no token of who it is"))?;
        let shown = match verified(&client, token, &secrets.nonce) {
            Err(SignatureOf::UnknownKey) if self.look_for_key(now_ms).await? => {
                let client = self.client(self.metadata(now_ms).await?);
                verified(&client, token, &secrets.nonce)
            }
            shown => shown,
        };
        let shown = shown.map_err(ProviderError::from)?;
        let groups = self.groups(answer.access_token().secret(), now_ms).await;
        Ok(Shown { groups, ..shown })
    }

    /// The groups of whoever an access token is of. Whatever goes wrong, there are none: nobody's sign-in hangs on them.
    async fn groups(&self, access_token: &str, now_ms: i64) -> Groups {
        let Some(address) = &self.groups else {
            return Groups::default();
        };
        let request = Request::get(address)
            .header(AUTHORIZATION, format!("Bearer {access_token}"))
            .body(Vec::new());
        let Ok(request) = request else {
            return Groups::default();
        };
        let asking = call(self.http.clone(), self.is_here, request);
        let answer = tokio::time::timeout(GROUPS_WITHIN, asking).await;
        let answer = answer.ok().and_then(Result::ok);
        let answer = answer.filter(|answer| answer.status() == StatusCode::OK);
        let groups = answer.and_then(|answer| Groups::read(answer.body(), now_ms));
        groups.unwrap_or_else(|| {
            tracing::warn!("the provider gives no sound answer about groups");
            Groups::default()
        })
    }

    fn client(&self, metadata: CoreProviderMetadata) -> Client {
        CoreClient::from_provider_metadata(
            metadata,
            self.client_id.clone(),
            Some(self.secret.clone()),
        )
        .set_redirect_uri(self.redirect.clone())
    }

    async fn metadata(&self, now_ms: i64) -> Result<CoreProviderMetadata, ProviderError> {
        let mut known = self.known.lock().await;
        let is_fresh = now_ms - known.fetched_at_ms < KNOWN_FOR_MS;
        match &known.metadata {
            Some(metadata) if is_fresh => Ok(metadata.clone()),
            _ => self.fetch(&mut known, now_ms).await,
        }
    }

    /// Whether what the provider says of itself was fetched anew.
    async fn look_for_key(&self, now_ms: i64) -> Result<bool, ProviderError> {
        let mut known = self.known.lock().await;
        let is_soon = |at_ms| now_ms - at_ms < LOOK_FOR_KEY_EVERY_MS;
        if known.looked_for_key_at_ms.is_some_and(is_soon) {
            return Ok(false);
        }
        known.looked_for_key_at_ms = Some(now_ms);
        self.fetch(&mut known, now_ms).await.map(|_| true)
    }

    async fn fetch(
        &self,
        known: &mut Known,
        now_ms: i64,
    ) -> Result<CoreProviderMetadata, ProviderError> {
        let is_soon = |at_ms| now_ms - at_ms < LEAVE_ALONE_MS;
        if known.failed_at_ms.is_some_and(is_soon) {
            return Err(ProviderError::Unavailable);
        }
        let call = self.caller();
        let asking: Asking<_> = Box::pin(CoreProviderMetadata::discover_async(
            self.issuer.clone(),
            &call,
        ));
        match asking.await {
            Ok(metadata) => {
                known.fetched_at_ms = now_ms;
                known.failed_at_ms = None;
                known.metadata = Some(metadata.clone());
                Ok(metadata)
            }
            Err(_) => {
                tracing::warn!("the provider of sign-in gives no sound description of itself");
                known.failed_at_ms = Some(now_ms);
                Err(ProviderError::Unavailable)
            }
        }
    }

    /// Makes one request at a time, bounded in time and size; no redirect is followed.
    fn caller(&self) -> impl Fn(HttpRequest) -> Call + Send + Sync + use<> {
        let (http, is_here) = (self.http.clone(), self.is_here);
        move |request| Box::pin(call(http.clone(), is_here, request))
    }
}

async fn call(http: Http, is_here: bool, request: HttpRequest) -> Result<HttpResponse, CallError> {
    if !is_safe(&request.uri().to_string(), is_here) {
        return Err(CallError("the address is not https"));
    }
    let request = request.map(|body| Full::new(body.into()));
    let asked = async {
        let answer = http.request(request).await;
        let answer = answer.map_err(|_| CallError("there is no contact"))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await;
        let body = body.map_err(|_| CallError("the answer is cut off or too long"))?;
        Ok(HttpResponse::from_parts(head, body.to_bytes().to_vec()))
    };
    tokio::time::timeout(ANSWER_WITHIN, asked)
        .await
        .map_err(|_| CallError("the answer takes too long"))?
}

/// Why a token does not count.
enum SignatureOf {
    UnknownKey,
    Nothing(&'static str),
}

impl From<SignatureOf> for ProviderError {
    fn from(signature: SignatureOf) -> Self {
        ProviderError::NotShown(match signature {
            SignatureOf::UnknownKey => "the key is not the provider's",
            SignatureOf::Nothing(why) => why,
        })
    }
}

fn verified(client: &Client, token: &CoreIdToken, nonce: &Nonce) -> Result<Shown, SignatureOf> {
    let only = [CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256];
    let verifier = client.id_token_verifier().set_allowed_algs(only);
    let claims: &CoreIdTokenClaims =
        token
            .claims(&verifier, nonce)
            .map_err(|error| match error {
                ClaimsVerificationError::SignatureVerification(
                    SignatureVerificationError::NoMatchingKey,
                ) => SignatureOf::UnknownKey,
                ClaimsVerificationError::SignatureVerification(_) => {
                    SignatureOf::Nothing("the signature")
                }
                ClaimsVerificationError::Expired(_) => SignatureOf::Nothing("it has run out"),
                ClaimsVerificationError::InvalidAudience(_) => SignatureOf::Nothing("the audience"),
                ClaimsVerificationError::InvalidIssuer(_) => SignatureOf::Nothing("the issuer"),
                ClaimsVerificationError::InvalidNonce(_) => SignatureOf::Nothing("the nonce"),
                _ => SignatureOf::Nothing("its claims"),
            })?;
    Ok(Shown {
        subject: claims.subject().to_string(),
        shown_at_ms: claims.auth_time().map(|at| at.timestamp_millis()),
        groups: Groups::default(),
    })
}

/// Encrypted; or, for a provider that is here, on this very machine.
fn is_safe(address: &str, is_here: bool) -> bool {
    let Some(rest) = address.strip_prefix("http://") else {
        return address.starts_with("https://");
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    is_here && ["127.0.0.1", "localhost", "[::1]"].contains(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_asked_over_https_or_on_this_machine() {
        for address in [
            "https://auth.example",
            "http://127.0.0.1:80/x",
            "http://localhost",
            "http://[::1]:9/",
        ] {
            assert!(is_safe(address, true), "{address}");
            assert!(
                !is_safe(address, false) || address.starts_with("https"),
                "{address}"
            );
        }
        for address in [
            "http://auth.example",
            "http://127.0.0.1.example",
            "http://127.0.0.1@auth.example/",
            "ftp://x",
            "",
        ] {
            assert!(!is_safe(address, true), "{address}");
        }
    }
}
