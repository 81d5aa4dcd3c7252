//! The real router on a real port, in this process.

use serde::de::DeserializeOwned;
use server::router::router;
use server::state::AppState;
use server::store::Store;
use shared::api::ApiError;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::database::Database;
use crate::school::Person;
use crate::wire::{self, Answer};

/// A server that ends with the test.
pub struct Server {
    pub address: String,
    pub store: Store,
    serving: JoinHandle<()>,
}

impl Server {
    pub async fn start(database: &Database) -> Server {
        let store = Store::open(&database.address)
            .await
            .expect("the database opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let state = AppState::new(store.clone(), &format!("http://{address}")).expect("randomness");
        let serving = tokio::spawn(async move {
            axum::serve(listener, router(state))
                .await
                .expect("the server serves");
        });
        Server {
            address,
            store,
            serving,
        }
    }

    pub async fn ask(&self, who: &Person, method: &str, path: &str, body: &[u8]) -> Answer {
        wire::request(&self.address, method, path, &who.cookie, body)
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
        self.serving.abort();
    }
}
