//! `friminutt serve`.

use std::future::IntoFuture;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::mail::Mail;
use super::{CliError, Place};
use crate::auth::{Provider, ProviderSettings};
use crate::clock;
use crate::demo;
use crate::handlers::owner::keep_forwarding;
use crate::notice::{KNOWN_HOSTS, Mailer, PushHosts, Pusher, keep_escalating, keep_sending};
use crate::router::router;
use crate::state::AppState;
use crate::sync::erase::destroy_keys;

/// So long open connections, and then the database, may take to end after the signal.
const STOP_WITHIN: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Found an invented school to try things out in, if there is no school yet, and print who signs in as whom
    #[arg(long, env = "FRIMINUTT_DEMO")]
    demo: bool,
    /// Address to listen on; port 0 takes a free one
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "FRIMINUTT_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    listen: String,
    /// Address that people use, such as https://friminutt.example [default: http://HOST:PORT]
    #[arg(long, value_name = "URL", env = "FRIMINUTT_PUBLIC_URL")]
    public_url: Option<String>,
    #[command(flatten)]
    feide: Feide,
    #[command(flatten)]
    mail: Mail,
    /// Push services that browsers may hear from, with commas between; given empty, nobody hears by push
    #[arg(long, value_name = "HOSTS", env = "FRIMINUTT_PUSH_HOSTS", default_value = KNOWN_HOSTS)]
    push_hosts: PushHosts,
}

/// The OpenID provider by which people sign in besides passwords: all of it or none.
#[derive(Debug, Args)]
struct Feide {
    /// Issuer of the OpenID provider, such as https://auth.dataporten.no; sign-in with Feide is offered when it is given. Its
    /// redirect address is PUBLIC_URL/api/feide/callback
    #[arg(long = "feide-issuer", value_name = "URL", env = "FRIMINUTT_FEIDE_ISSUER", requires_all = ["client_id", "secret_file"])]
    issuer: Option<String>,
    /// What this installation is called at the provider
    #[arg(
        long = "feide-client-id",
        value_name = "ID",
        env = "FRIMINUTT_FEIDE_CLIENT_ID",
        requires = "issuer"
    )]
    client_id: Option<String>,
    /// File with this installation's secret at the provider
    #[arg(
        long = "feide-secret-file",
        value_name = "FILE",
        env = "FRIMINUTT_FEIDE_SECRET_FILE",
        requires = "issuer"
    )]
    secret_file: Option<PathBuf>,
    /// Feide's groups API, such as https://groups-api.dataporten.no: at a sign-in it is asked at which school somebody is and of which
    /// classes
    #[arg(
        long = "feide-groups-url",
        value_name = "URL",
        env = "FRIMINUTT_FEIDE_GROUPS_URL",
        requires = "issuer"
    )]
    groups_url: Option<String>,
}

impl Feide {
    fn settings(self) -> Option<ProviderSettings> {
        Some(ProviderSettings {
            issuer: self.issuer?,
            client_id: self.client_id?,
            secret_file: self.secret_file?,
            groups_url: self.groups_url,
        })
    }
}

impl Serve {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let listener = self.listen().await?;
        let public_url = match self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", listener.local_addr()?),
        };
        let keys = self.place.keys(&store).await?;
        // Left by a server that ended in the middle of an erasure.
        destroy_keys(&store, clock::now_ms()).await?;
        let mut state = AppState::new(store.clone(), keys, &public_url)
            .map_err(|_| CliError::Refused("the machine gives no random numbers".into()))?;
        if let Some(settings) = self.feide.settings() {
            state = state.with_provider(Provider::new(&settings, &public_url)?);
        }
        if let Some(settings) = self.mail.settings() {
            state = state.with_mailer(Mailer::new(&settings, &public_url)?);
        }
        if !self.push_hosts.is_empty() {
            // Nobody asked for it by an option: the server starts without it.
            match Pusher::new(&state.keys, self.push_hosts, &public_url) {
                Ok(pusher) => state = state.with_pusher(pusher),
                Err(error) => tracing::warn!(%error, "no push is offered"),
            }
        }
        if self.demo {
            demo::seed(&store, &state.passwords)
                .await
                .map_err(|error| CliError::Refused(error.to_string()))?;
            println!("{}", demo::accounts_table());
        }
        println!("Friminutt is at {public_url}");
        let last_seen = state.last_seen.clone();
        let serving =
            axum::serve(listener, router(state.clone())).with_graceful_shutdown(told_to_stop());
        tokio::select! {
            stopped = serving.into_future() => stopped?,
            () = last_seen.keep_writing(&store) => {}
            () = keep_forwarding(state.clone()) => {}
            () = keep_escalating(state.clone()) => {}
            () = Box::pin(keep_sending(state)) => {}
            () = told_to_stop_a_while_ago() => tracing::warn!("connections that did not end are cut"),
        }
        if timeout(STOP_WITHIN, store.close()).await.is_err() {
            tracing::warn!("the database did not answer the goodbye");
        }
        Ok(())
    }

    async fn listen(&self) -> Result<TcpListener, CliError> {
        TcpListener::bind(&self.listen)
            .await
            .map_err(|cause| CliError::Listen {
                address: self.listen.clone(),
                cause,
            })
    }
}

/// Open live connections would keep a stopping server for ever.
async fn told_to_stop_a_while_ago() {
    told_to_stop().await;
    tokio::time::sleep(STOP_WITHIN).await;
}

/// Ctrl-C, or SIGTERM where there is such a thing.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = interrupted => {}
        () = terminated => {}
    }
}
