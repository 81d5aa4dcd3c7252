//! `friminutt audit-head`.

use clap::Args;
use shared::audit::Line;

use super::mail::Mail;
use super::{CliError, Place};
use crate::audit::export::head;
use crate::clock;
use crate::notice::Mailer;

#[derive(Debug, Args)]
pub struct AuditHead {
    /// The school's name or id
    school: String,
    /// Mail it there instead of printing it, such as to the school owner: once a day, say, by the system's timer
    #[arg(long, value_name = "ADDRESS", requires = "smtp_url")]
    mail_to: Option<String>,
    #[command(flatten)]
    mail: Mail,
    #[command(flatten)]
    place: Place,
}

impl AuditHead {
    pub async fn run(self) -> Result<(), CliError> {
        let refused = |why: String| CliError::Refused(why);
        let mailer = match self.mail.settings() {
            Some(settings) => Some(Mailer::new(&settings, "")?),
            None => None,
        };
        let store = self.place.open().await?;
        let keys = self.place.keys(&store).await?;
        let school = self.place.school(&store, &self.school).await?;
        let head = head(&store, &keys, school, clock::now_ms()).await?;
        store.close().await;
        let line = Line::Head(head).write();
        let line = line.map_err(|error| refused(error.to_string()))?;
        match (self.mail_to, mailer) {
            (Some(to), Some(mailer)) => mailer
                .send_head(&to, &line)
                .await
                .map_err(|cause| refused(format!("the head could not be mailed: {cause}"))),
            _ => {
                print!("{line}");
                Ok(())
            }
        }
    }
}
