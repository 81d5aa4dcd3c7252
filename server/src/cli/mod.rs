//! The commands and their options; each has a file of its own.

mod audit_export;
mod audit_head;
mod create_owner;
mod create_school;
mod mail;
mod readmit;
mod rebuild;
mod restored;
mod rotate_key;
mod serve;
mod take_in;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use shared::domain::SchoolId;
use thiserror::Error;

use crate::audit::begin::begin_record;
use crate::auth::ProviderSettingsError;
use crate::clock;
use crate::keys::{Keys, KeysError};
use crate::notice::MailSettingsError;
use crate::projection::rebuild::rebuild;
use crate::store::{Store, StoreError};
use crate::sync::erase::EraseError;

/// Friminutt: what is seen in the schoolyard, logged with no network, in the pupil's log and on the principal's desk.
///
/// One program serves the web application and keeps its data, in a file of its own (SQLite) or in PostgreSQL.
/// Every option can be given in the environment instead, by the name that stands beside it.
#[derive(Debug, Parser)]
#[command(name = "friminutt", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the application; stops at Ctrl-C or SIGTERM when what is running is done
    Serve(serve::Serve),
    /// Found a school and print the link by which its first administrator chooses a password
    CreateSchool(create_school::CreateSchool),
    /// Make a school owner: who receives what is reported past a school's leadership (§ 12-5), and whom phones tell to call
    CreateOwner(create_owner::CreateOwner),
    /// Compute pupil logs, inboxes and patterns anew from the documents; writers wait meanwhile
    Rebuild(rebuild::Rebuild),
    /// Judge what was put aside anew: after a mended rule, or when a revoked device turned out to be its owner's
    Readmit(readmit::Readmit),
    /// Run once after the database was restored from a backup, before serving: what was erased since is erased again, and phones
    /// send again what they still have
    Restored(restored::Restored),
    /// Take in the file into which a phone wrote what it could not send
    TakeIn(take_in::TakeIn),
    /// Add a generation to the file of secrets; phones seal to it from their next contact on. Start the servers again after it
    RotateKey(rotate_key::RotateKey),
    /// Write a school's record of who did and read what into a file that anybody can verify
    AuditExport(audit_export::AuditExport),
    /// Print how far a school's record goes and what it says up to there, signed, or mail it: it is to be kept outside the house
    AuditHead(audit_head::AuditHead),
    /// Verify a record: a file by itself, with no database and no secrets, or the database when no file is named
    Verify(verify::Verify),
}

/// Where the data is.
#[derive(Debug, Args)]
pub struct Place {
    /// Database: sqlite://FILE or postgres://USER@HOST/NAME [default: sqlite://DATA/friminutt.db]
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "FRIMINUTT_DATABASE",
        hide_env_values = true
    )]
    database: Option<String>,
    /// Database with the keys of what people write, apart from the other, so that nothing that was erased comes back with a backup
    /// [default: beside the database]
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "FRIMINUTT_CONTENT_KEYS",
        hide_env_values = true
    )]
    content_keys: Option<String>,
    /// Folder for what the server keeps; made if it is not there
    #[arg(
        long,
        value_name = "FOLDER",
        env = "FRIMINUTT_DATA",
        default_value = "data"
    )]
    data: PathBuf,
    /// File of secrets; made if it is not there. Every server process on one database has the same [default: DATA/keys]
    #[arg(long, value_name = "FILE", env = "FRIMINUTT_KEYS")]
    keys: Option<PathBuf>,
}

/// What a command can fail with; the words are for the one who runs it.
#[derive(Debug, Error)]
pub enum CliError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Keys(#[from] KeysError),
    #[error(
        "the file of secrets {path} is not the one this database was begun with: phones could not open what they keep, and what they have sealed could not be opened. Put the right file back, or name it with --keys."
    )]
    OtherKeys { path: PathBuf },
    #[error(
        "cannot listen on {address}: {cause}. Is another server running there? Choose with --listen."
    )]
    Listen {
        address: String,
        cause: std::io::Error,
    },
    #[error("the server stopped: {0}")]
    Serve(#[from] std::io::Error),
    #[error("{0}")]
    Provider(#[from] ProviderSettingsError),
    #[error("{0}")]
    Mail(#[from] MailSettingsError),
    #[error("{0}")]
    Erase(#[from] EraseError),
    #[error("{0}")]
    Refused(String),
}

impl Cli {
    pub async fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Serve(serve) => serve.run().await,
            Command::CreateSchool(create) => create.run().await,
            Command::CreateOwner(create) => create.run().await,
            Command::Rebuild(rebuild) => rebuild.run().await,
            Command::Readmit(readmit) => readmit.run().await,
            Command::Restored(restored) => restored.run().await,
            Command::TakeIn(take_in) => take_in.run().await,
            Command::RotateKey(rotate) => rotate.run().await,
            Command::AuditExport(export) => export.run().await,
            Command::AuditHead(head) => head.run().await,
            Command::Verify(verify) => verify.run().await,
        }
    }
}

impl Place {
    /// Opens the database and brings its tables, and what an earlier version has written, up to date.
    pub async fn open(&self) -> Result<Store, StoreError> {
        let store = self.open_as_it_is().await?;
        if store.read().await?.has_unencrypted().await? {
            tracing::info!("encrypting what an earlier version has written");
            rebuild(&store, |_| {}).await?;
        }
        begin_record(&store, clock::now_ms()).await?;
        Ok(store)
    }
}

impl Place {
    /// Opens the database and takes nothing of an earlier version in.
    pub async fn open_as_it_is(&self) -> Result<Store, StoreError> {
        let beside = format!("sqlite://{}", self.data.join("friminutt.db").display());
        let address = self.database.as_ref().unwrap_or(&beside);
        Store::open_with(address, self.content_keys.as_deref()).await
    }

    /// The school, or the owner, of a name or an id.
    pub async fn school(&self, store: &Store, asked: &str) -> Result<SchoolId, CliError> {
        let schools = store.read().await?.places().await?;
        let is_asked = |it: &&(SchoolId, String)| it.1 == asked || it.0.to_string() == asked;
        let mut found = schools.iter().filter(is_asked);
        match (found.next(), found.next()) {
            (Some((school, _)), None) => Ok(*school),
            (None, _) => Err(CliError::Refused(format!("there is no school {asked}"))),
            (Some(_), Some(_)) => Err(CliError::Refused(format!(
                "several schools are called {asked}: name one by its id"
            ))),
        }
    }
}

impl Place {
    /// The file of secrets.
    pub fn keys_file(&self) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| self.data.join("keys"))
    }

    /// The secrets that belong to this database; the first that serve it are remembered.
    pub async fn keys(&self, store: &Store) -> Result<Keys, CliError> {
        let path = self.keys_file();
        let keys = Keys::open(&path)?;
        let mut tx = store.write().await?;
        let belongs = tx.remember_keys(&keys.fingerprint()).await?;
        tx.commit().await?;
        match belongs {
            true => Ok(keys),
            false => Err(CliError::OtherKeys { path }),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }
}
