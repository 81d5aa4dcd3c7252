//! The options that name a mail server, wherever mail is sent.

use std::path::PathBuf;

use clap::Args;

use crate::notice::MailSettings;

/// The mail server.
#[derive(Debug, Args)]
pub struct Mail {
    /// Mail server: smtp://HOST:PORT, smtp://HOST:PORT?tls=required or smtps://HOST:PORT. Mail is sent when it is given
    #[arg(
        long = "smtp-url",
        value_name = "URL",
        env = "FRIMINUTT_SMTP_URL",
        requires = "mail_from"
    )]
    smtp_url: Option<String>,
    /// User at the mail server
    #[arg(
        long = "smtp-user",
        value_name = "NAME",
        env = "FRIMINUTT_SMTP_USER",
        requires_all = ["smtp_url", "smtp_password_file"]
    )]
    smtp_user: Option<String>,
    /// File with that user's password
    #[arg(
        long = "smtp-password-file",
        value_name = "FILE",
        env = "FRIMINUTT_SMTP_PASSWORD_FILE",
        requires = "smtp_user"
    )]
    smtp_password_file: Option<PathBuf>,
    /// Address that mail comes from, such as friminutt@school.example
    #[arg(
        long = "mail-from",
        value_name = "ADDRESS",
        env = "FRIMINUTT_MAIL_FROM",
        requires = "smtp_url"
    )]
    mail_from: Option<String>,
}

impl Mail {
    /// None where there is none.
    pub fn settings(self) -> Option<MailSettings> {
        Some(MailSettings {
            url: self.smtp_url?,
            user: self.smtp_user,
            password_file: self.smtp_password_file,
            from: self.mail_from?,
        })
    }
}
