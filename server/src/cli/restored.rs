//! Says that the database was restored from a backup: phones then offer again what they still have.

use clap::Args;
use uuid::Uuid;

use super::{CliError, Place};

#[derive(Debug, Args)]
pub struct Restored {
    #[command(flatten)]
    place: Place,
}

impl Restored {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let mut tx = store.write().await?;
        tx.begin_epoch(&Uuid::new_v4().to_string()).await?;
        tx.commit().await?;
        println!("Phones send again what they still have, at their next contact");
        store.close().await;
        Ok(())
    }
}
