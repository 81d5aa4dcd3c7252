//! `friminutt audit-head`.

use clap::Args;
use shared::audit::Line;

use super::{CliError, Place};
use crate::audit::export::head;
use crate::clock;

#[derive(Debug, Args)]
pub struct AuditHead {
    /// The school's name or id
    school: String,
    #[command(flatten)]
    place: Place,
}

impl AuditHead {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let keys = self.place.keys(&store).await?;
        let school = self.place.school(&store, &self.school).await?;
        let head = head(&store, &keys, school, clock::now_ms()).await?;
        let line = Line::Head(head).write();
        print!(
            "{}",
            line.map_err(|error| CliError::Refused(error.to_string()))?
        );
        store.close().await;
        Ok(())
    }
}
