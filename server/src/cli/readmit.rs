//! `friminutt readmit`.

use clap::Args;

use shared::audit::AuditEvent;
use shared::domain::AuditAct;

use super::{CliError, Place};
use crate::clock;
use crate::sync::readmit::readmit;

#[derive(Debug, Args)]
pub struct Readmit {
    /// Only what was refused for this reason, such as device-revoked
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Readmit {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let keys = self.place.keys(&store).await?;
        let schools = store.read().await?.schools().await?;
        for (school, name) in schools {
            let reason = self.reason.as_deref();
            let done = readmit(&store, &keys, school, reason, clock::now_ms()).await?;
            let told = format!("{} taken in, {} left aside", done.taken, done.left);
            let event = AuditEvent::unsigned(AuditAct::ReadmittedItems, clock::now_ms());
            let mut tx = store.write().await?;
            tx.record(school, event.detail(&told));
            tx.commit().await?;
            println!("{name}: {told}");
        }
        store.close().await;
        Ok(())
    }
}
