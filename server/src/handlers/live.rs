//! Server-sent events for open clients: «something new in your school, pull», and nothing else.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream};
use shared::sync::Ping;
use tokio::sync::broadcast::error::RecvError;

use crate::auth::{SignedIn, idle_since_ms};
use crate::clock;
use crate::state::AppState;
use crate::sync::live::LOOK_AGAIN;

/// Shorter than the idle limits of the proxies between.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

pub async fn listen(
    State(state): State<AppState>,
    who: SignedIn,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let session = state.cookie.read(&headers).map(|token| token.hash());
    let listener = (state.live.listen(), state, session);
    let pings = stream::unfold(listener, move |(mut pings, state, session)| async move {
        loop {
            let seq = match pings.recv().await {
                Ok((Some(other), _)) if other != who.school => continue,
                Ok((_, seq)) => seq,
                // Some pings were missed: one more tells the same.
                Err(RecvError::Lagged(_)) => LOOK_AGAIN,
                Err(RecvError::Closed) => return None,
            };
            // Whoever may not listen any more is not told so: the connection ends, and the next one is refused.
            let has_ended = who.ends_at_ms.is_some_and(|at_ms| clock::now_ms() >= at_ms);
            if (seq == LOOK_AGAIN || has_ended) && !is_open(&state, session).await {
                return None;
            }
            let event = Event::default().json_data(Ping { seq }).unwrap_or_default();
            return Some((Ok(event), (pings, state, session)));
        }
    });
    Sse::new(pings).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

async fn is_open(state: &AppState, session: Option<[u8; 32]>) -> bool {
    let Some(session) = session else { return false };
    let now_ms = clock::now_ms();
    let found = async {
        let mut tx = state.store.read().await?;
        tx.session(&session, now_ms, idle_since_ms(now_ms)).await
    };
    // While the database does not answer, nothing is known to have ended.
    !found.await.is_ok_and(|found| found.is_none())
}
