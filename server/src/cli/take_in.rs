//! `friminutt take-in`.

use std::path::PathBuf;

use clap::Args;

use super::{CliError, Place};
use crate::clock;
use crate::sync::rescue::take_in;

#[derive(Debug, Args)]
pub struct TakeIn {
    /// File that a phone wrote (Meg, «Lagre det usendte i en fil»)
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl TakeIn {
    pub async fn run(self) -> Result<(), CliError> {
        let file = std::fs::read(&self.file)
            .map_err(|cause| CliError::Refused(format!("{}: {cause}", self.file.display())))?;
        let store = self.place.open().await?;
        let keys = self.place.keys(&store).await?;
        let done = take_in(&store, &keys, &file, clock::now_ms())
            .await
            .map_err(|error| CliError::Refused(error.to_string()))?;
        println!(
            "{} stored, {} put aside, {} not for this server",
            done.stored, done.aside, done.refused
        );
        store.close().await;
        Ok(())
    }
}
