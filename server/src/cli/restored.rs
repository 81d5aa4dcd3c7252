//! Says that the database was restored from a backup: what was erased since is erased again, and phones offer again what they
//! still have.

use clap::Args;
use shared::audit::AuditEvent;
use shared::domain::AuditAct;
use uuid::Uuid;

use super::{CliError, Place};
use crate::audit::record_everywhere;
use crate::clock;
use crate::sync::erase::erase_again;

#[derive(Debug, Args)]
pub struct Restored {
    #[command(flatten)]
    place: Place,
}

impl Restored {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let keys = self.place.keys(&store).await?;
        // Before all else: what is recorded from here on goes on from the backup.
        let event = AuditEvent::unsigned(AuditAct::RestoredBackup, clock::now_ms());
        record_everywhere(&store, &event).await?;
        let (erased, without_key) = erase_again(&store, &keys, clock::now_ms()).await?;
        if without_key > 0 {
            return Err(CliError::Refused(format!(
                "{without_key} documents cannot be read, since their keys are not there: bring the newest copy of the database of keys back and run this again"
            )));
        }
        println!("{erased} documents that had been erased are erased again");
        let mut tx = store.write().await?;
        tx.begin_epoch(&Uuid::new_v4().to_string()).await?;
        tx.commit().await?;
        println!("Phones send again what they still have, at their next contact");
        store.close().await;
        Ok(())
    }
}
