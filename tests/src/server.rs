//! The real router on a real port, in this process.

use std::path::Path;

use serde::de::DeserializeOwned;
use server::keys::Keys;
use server::notice::Pusher;
use server::router::router;
use server::state::AppState;
use server::store::Store;
use shared::api::ApiError;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::database::Database;
use crate::mail::MailServer;
use crate::provider::OpenId;
use crate::school::Person;
use crate::wire::{self, Answer};

/// The secrets of every server in the tests: several on one database have the same.
pub fn keys() -> Keys {
    Keys::of(&[(1, [7; 32])])
}

/// The file of secrets in a program's data folder.
pub const SECRETS_FILE: &str = "keys";

/// The same secrets as the file in a program's data folder.
pub fn write_keys(data: &Path) {
    let secret: String = "07".repeat(32);
    std::fs::write(data.join(SECRETS_FILE), format!("1 {secret}\n")).expect("the file of secrets");
}

/// A server that ends with the test.
pub struct Server {
    pub address: String,
    pub store: Store,
    serving: JoinHandle<()>,
    apart: Option<Runtime>,
}

impl Server {
    /// In a runtime of its own, so that `kill` ends all of it.
    pub async fn start_apart(address: &str) -> Server {
        let apart = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let database = address.to_owned();
        let starting = apart.spawn(async move { Server::open(&database).await });
        let mut server = starting.await.expect("the server starts");
        server.apart = Some(apart);
        server
    }

    pub async fn start(database: &Database) -> Server {
        Server::open(&database.address).await
    }

    /// On a database that a program has left.
    pub async fn open(database: &str) -> Server {
        Server::open_on(database, Server::listen().await.0, |state, _| state).await
    }

    /// With a mail server. What it sends the test sends.
    pub async fn start_with_mail(database: &Database, mail: &MailServer) -> Server {
        let listener = Server::listen().await.0;
        let with_mail = |state: AppState, _: &str| state.with_mailer(mail.mailer());
        Server::open_on(&database.address, listener, with_mail).await
    }

    /// With push. What it sends the test sends.
    pub async fn start_with_push(database: &Database, pusher: Pusher) -> Server {
        let listener = Server::listen().await.0;
        let with_push = |state: AppState, _: &str| state.with_pusher(pusher);
        Server::open_on(&database.address, listener, with_push).await
    }

    /// A place for a server whose address has to be known before it is there.
    pub async fn listen() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        (listener, format!("http://{address}"))
    }

    /// At that place, with a provider of sign-in.
    pub async fn start_with(
        database: &Database,
        listener: TcpListener,
        provider: &OpenId,
    ) -> Server {
        let with_provider =
            |state: AppState, origin: &str| state.with_provider(provider.for_server(origin));
        Server::open_on(&database.address, listener, with_provider).await
    }

    async fn open_on(
        database: &str,
        listener: TcpListener,
        with: impl FnOnce(AppState, &str) -> AppState,
    ) -> Server {
        let store = Store::open(database).await.expect("the database opens");
        let address = listener.local_addr().expect("an address").to_string();
        let origin = format!("http://{address}");
        let state = AppState::new(store.clone(), keys(), &origin).expect("randomness");
        let state = with(state, &origin);
        let serving = tokio::spawn(async move {
            axum::serve(listener, router(state))
                .await
                .expect("the server serves");
        });
        Server {
            address,
            store,
            serving,
            apart: None,
        }
    }

    /// Ends the server, one that was started apart in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.serving.abort();
        if let Some(apart) = self.apart.take() {
            apart.shutdown_background();
        }
    }

    pub async fn ask(&self, who: &Person, method: &str, path: &str, body: &[u8]) -> Answer {
        wire::request(&self.address, method, path, &who.cookie, body)
            .await
            .expect("an answer")
    }

    /// With a JSON body, as pages send what is administered.
    pub async fn ask_json(&self, who: &Person, method: &str, path: &str, body: &[u8]) -> Answer {
        let headers = [
            ("cookie", who.cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/json"),
        ];
        wire::request_with(&self.address, method, path, &headers, body)
            .await
            .expect("an answer")
    }

    pub async fn status(&self, who: &Person, method: &str, path: &str) -> u16 {
        self.ask(who, method, path, &[]).await.status
    }

    /// An answer that must be 200 and readable.
    pub async fn get<T: DeserializeOwned>(&self, who: &Person, path: &str) -> T {
        let answer = self.ask(who, "GET", path, &[]).await;
        assert_eq!(
            answer.status,
            200,
            "{path}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        serde_json::from_slice(&answer.body).expect("an answer of the expected shape")
    }

    /// An answer that must be a refusal.
    pub async fn refusal(
        &self,
        who: &Person,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> (u16, ApiError) {
        let answer = self.ask(who, method, path, body).await;
        (
            answer.status,
            serde_json::from_slice(&answer.body).expect("a refusal in the API's own words"),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
