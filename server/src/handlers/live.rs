//! Server-sent events for open clients: «something new in your school, pull», and nothing else.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream};
use shared::sync::Ping;
use tokio::sync::broadcast::error::RecvError;

use crate::auth::SignedIn;
use crate::state::AppState;

/// Shorter than the idle limits of the proxies between.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

pub async fn listen(
    State(state): State<AppState>,
    who: SignedIn,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let pings = stream::unfold(
        (state.live.listen(), who.school),
        |(mut pings, school)| async move {
            loop {
                let seq = match pings.recv().await {
                    Ok((Some(other), _)) if other != school => continue,
                    Ok((_, seq)) => seq,
                    // Some pings were missed: one more tells the same.
                    Err(RecvError::Lagged(_)) => 0,
                    Err(RecvError::Closed) => return None,
                };
                let event = Event::default().json_data(Ping { seq }).unwrap_or_default();
                return Some((Ok(event), (pings, school)));
            }
        },
    );
    Sse::new(pings).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
