//! `friminutt audit-export`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::pin::pin;

use clap::Args;
use futures_util::TryStreamExt;
use shared::audit::AuditEvent;
use shared::domain::AuditAct;

use super::{CliError, Place};
use crate::audit::export::export;
use crate::clock;

#[derive(Debug, Args)]
pub struct AuditExport {
    /// The school's name or id
    school: String,
    /// File to write; one that is there already stays as it is
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl AuditExport {
    pub async fn run(self) -> Result<(), CliError> {
        let store = self.place.open().await?;
        let keys = self.place.keys(&store).await?;
        let school = self.place.school(&store, &self.school).await?;
        let failed = |cause| CliError::Refused(format!("{}: {cause}", self.file.display()));
        let file = File::create_new(&self.file).map_err(failed)?;
        let mut file = BufWriter::new(file);
        let exported = AuditEvent::unsigned(AuditAct::ExportedRecord, clock::now_ms());
        let mut pieces = pin!(export(&store, &keys, school, exported).await?);
        while let Some(piece) = pieces.try_next().await? {
            file.write_all(piece.as_bytes()).map_err(failed)?;
        }
        let file = file
            .into_inner()
            .map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        println!("{} is written", self.file.display());
        store.close().await;
        Ok(())
    }
}
