//! Live pings: «something new», and nothing else, inside one process and, on PostgreSQL, between all that serve the database. A
//! hint, never the data: who misses one pulls later.

use std::time::Duration;

use shared::domain::SchoolId;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::store::Store;

/// Pings a slow listener may lag behind before it is told only the newest.
const BACKLOG: usize = 64;
/// Wait before the database is asked again for what other processes tell.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// In place of a commit number: there may be anything new, also in who may listen.
pub const LOOK_AGAIN: i64 = 0;

/// What listeners hear: a school and its commit number; no school when any may have something new.
pub type Told = (Option<SchoolId>, i64);

/// Where commits are told and open clients listen.
#[derive(Debug, Clone)]
pub struct Live {
    told: broadcast::Sender<Told>,
    /// Tells this process's own announcements from others'.
    process: Uuid,
}

impl Default for Live {
    fn default() -> Self {
        Live {
            told: broadcast::channel(BACKLOG).0,
            process: Uuid::new_v4(),
        }
    }
}

impl Live {
    /// Tells whoever listens here that the school has come to a commit number.
    pub fn tell(&self, school: SchoolId, seq: i64) {
        self.send((Some(school), seq));
    }

    /// What the other processes are told of a group's commit.
    pub fn announcement(&self, heads: &[(SchoolId, i64)]) -> String {
        let schools = heads.iter().map(|(school, seq)| format!(" {school}:{seq}"));
        format!("{}{}", self.process, schools.collect::<String>())
    }

    /// Passes on what other processes announce, for as long as it runs; returns at once where there are none.
    pub async fn follow(self, store: Store) {
        loop {
            let mut announcements = match store.announcements().await {
                Ok(Some(announcements)) => announcements,
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "what other processes store is not heard of");
                    tokio::time::sleep(LISTEN_AGAIN).await;
                    continue;
                }
            };
            // What was announced before is not heard: there may be something new anywhere.
            self.send((None, LOOK_AGAIN));
            while let Some(announcement) = announcements.next().await {
                self.hear(&announcement);
            }
            tokio::time::sleep(LISTEN_AGAIN).await;
        }
    }

    fn hear(&self, announcement: &str) {
        let mut words = announcement.split(' ');
        if words.next() == Some(self.process.to_string().as_str()) {
            return;
        }
        let mut is_empty = true;
        for word in words {
            is_empty = false;
            let told = word.split_once(':').and_then(|(school, seq)| {
                let school: SchoolId = school.parse().ok()?;
                Some((Some(school), seq.parse().ok()?))
            });
            self.send(told.unwrap_or((None, LOOK_AGAIN)));
        }
        if is_empty {
            self.send((None, LOOK_AGAIN));
        }
    }

    /// Hears every school; the listener picks its own.
    pub fn listen(&self) -> broadcast::Receiver<Told> {
        self.told.subscribe()
    }

    fn send(&self, told: Told) {
        // An error means that nobody listens.
        let _ = self.told.send(told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_another_process_announces_is_heard_and_ones_own_is_not_heard_twice() {
        let (here, there) = (Live::default(), Live::default());
        let (one, two) = (SchoolId(Uuid::new_v4()), SchoolId(Uuid::new_v4()));
        let mut heard = here.listen();
        let announced = there.announcement(&[(one, 7), (two, 9)]);
        here.hear(&announced);
        there.hear(&announced);
        assert_eq!(heard.try_recv().unwrap(), (Some(one), 7));
        assert_eq!(heard.try_recv().unwrap(), (Some(two), 9));
        // Too many schools for one announcement, or a newer process's words: anywhere.
        here.hear(&there.announcement(&[]));
        here.hear("somebody else:x");
        assert_eq!(heard.try_recv().unwrap(), (None, 0));
        assert_eq!(heard.try_recv().unwrap(), (None, 0));
        assert!(there.listen().try_recv().is_err());
    }
}
