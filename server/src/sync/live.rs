//! Live pings inside one process: «something new», and nothing else. A hint, never the data: who misses one pulls later.

use shared::domain::SchoolId;
use tokio::sync::broadcast;

/// Pings a slow listener may lag behind before it is told only the newest.
const BACKLOG: usize = 64;

/// Where commits are told and open clients listen.
#[derive(Debug, Clone)]
pub struct Live(broadcast::Sender<(SchoolId, i64)>);

impl Default for Live {
    fn default() -> Self {
        Live(broadcast::channel(BACKLOG).0)
    }
}

impl Live {
    /// Tells whoever listens that the school has come to a commit number.
    pub fn tell(&self, school: SchoolId, seq: i64) {
        // An error means that nobody listens.
        let _ = self.0.send((school, seq));
    }

    /// Hears every school; the listener picks its own.
    pub fn listen(&self) -> broadcast::Receiver<(SchoolId, i64)> {
        self.0.subscribe()
    }
}
