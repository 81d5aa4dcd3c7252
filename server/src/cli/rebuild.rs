//! Throws pupil logs, inboxes and patterns away and computes them anew from the documents.

use std::io::Write;

use clap::Args;
use shared::audit::AuditEvent;
use shared::domain::AuditAct;

use super::{CliError, Place};
use crate::audit::record_everywhere;
use crate::clock;
use crate::projection::rebuild;

#[derive(Debug, Args)]
pub struct Rebuild {
    #[command(flatten)]
    place: Place,
}

impl Rebuild {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let event = AuditEvent::unsigned(AuditAct::ComputedAnew, clock::now_ms());
        record_everywhere(&store, &event).await?;
        let progress = |done: u64| {
            print!("\r{done} documents");
            // A terminal that cannot be written to does not stop the work.
            let _ = std::io::stdout().flush();
        };
        let done = rebuild::rebuild(&store, progress).await?;
        println!("\r{done} documents read; pupil logs, inboxes and patterns are computed anew");
        store.close().await;
        Ok(())
    }
}
