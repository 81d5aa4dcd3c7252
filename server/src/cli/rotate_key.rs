//! `friminutt rotate-key`.

use clap::Args;

use super::{CliError, Place};
use crate::keys::Keys;

#[derive(Debug, Args)]
pub struct RotateKey {
    #[command(flatten)]
    place: Place,
}

impl RotateKey {
    pub fn run(self) -> Result<(), CliError> {
        let path = self.place.keys_file();
        let id = Keys::add_generation(&path)?;
        println!(
            "{} has generation {id} now: start the servers again",
            path.display()
        );
        Ok(())
    }
}
