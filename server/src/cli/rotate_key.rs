//! `friminutt rotate-key`.

use clap::Args;
use shared::audit::AuditEvent;
use shared::domain::AuditAct;

use super::{CliError, Place};
use crate::audit::record_everywhere;
use crate::clock;
use crate::keys::Keys;

#[derive(Debug, Args)]
pub struct RotateKey {
    #[command(flatten)]
    place: Place,
}

impl RotateKey {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let path = self.place.keys_file();
        let id = Keys::add_generation(&path)?;
        let event = AuditEvent::unsigned(AuditAct::RotatedKey, clock::now_ms());
        record_everywhere(&store, &event.detail(format!("generation {id}"))).await?;
        store.close().await;
        println!(
            "{} has generation {id} now: start the servers again",
            path.display()
        );
        Ok(())
    }
}
