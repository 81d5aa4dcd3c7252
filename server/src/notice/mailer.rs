//! The mail server. What a notice says is the same for everybody: no name, no school, no number of a report.

use std::path::PathBuf;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use thiserror::Error;
use uuid::Uuid;

/// For each answer of the mail server.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// For all of a mail.
const SEND_WITHIN: Duration = Duration::from_secs(60);

/// How the mail server is reached.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// `smtp://HOST:PORT`, `smtp://HOST:PORT?tls=required` or `smtps://HOST:PORT`.
    pub url: String,
    pub user: Option<String>,
    pub password_file: Option<PathBuf>,
    pub from: String,
}

/// Why there is no mail server; the words are for the one who runs the server.
#[derive(Debug, Error)]
pub enum MailSettingsError {
    #[error(
        "the mail server's address is smtp://HOST:PORT, smtp://HOST:PORT?tls=required or smtps://HOST:PORT, with no user or password in it"
    )]
    Url,
    #[error("the address that mail comes from is none: {0}")]
    From(String),
    #[error("the password at the mail server cannot be read from {path}: {cause}")]
    Password {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("a user at the mail server has a password, and the password a user")]
    HalfUser,
    #[error("the password would go to the mail server in the clear: say smtps:// or ?tls=required")]
    Unencrypted,
}

/// What a mail says.
pub(super) enum Words {
    Waiting,
    Code(String),
    /// How far a record goes, signed.
    Head(String),
}

/// Sends mail.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    public_url: String,
}

impl Mailer {
    pub fn new(settings: &MailSettings, public_url: &str) -> Result<Mailer, MailSettingsError> {
        if settings.url.contains('@') {
            return Err(MailSettingsError::Url);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.url)
            .map_err(|_| MailSettingsError::Url)?
            .timeout(Some(ANSWER_WITHIN));
        let transport = match credentials(settings)? {
            Some(credentials) => transport.credentials(credentials),
            None => transport,
        };
        let from: Mailbox = settings
            .from
            .parse()
            .map_err(|_| MailSettingsError::From(settings.from.clone()))?;
        Ok(Mailer {
            transport: transport.build(),
            from,
            public_url: public_url.to_owned(),
        })
    }

    /// Sends one mail; why not, in a word that tells of nobody.
    pub(super) async fn send(&self, to: &str, words: &Words) -> Result<(), String> {
        let to: Address = to.parse().map_err(|_| "address".to_owned())?;
        let message = self.message(to, words).map_err(|_| "message".to_owned())?;
        match tokio::time::timeout(SEND_WITHIN, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(cause(&error)),
            Err(_) => Err("timeout".to_owned()),
        }
    }

    /// Sends the signed head of a record to where it is kept; why not, in a word.
    pub async fn send_head(&self, to: &str, line: &str) -> Result<(), String> {
        self.send(to, &Words::Head(line.to_owned())).await
    }

    fn message(&self, to: Address, words: &Words) -> Result<Message, lettre::error::Error> {
        let (subject, body) = words.text(&self.public_url);
        let id = format!("<{}@{}>", Uuid::new_v4(), self.from.email.domain());
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(body)?;
        // RFC 3834: nobody's absence answers it.
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        let automatic = HeaderValue::new(name, "auto-generated".to_owned());
        message.headers_mut().insert_raw(automatic);
        Ok(message)
    }
}

impl Words {
    /// Subject and body.
    fn text(&self, public_url: &str) -> (&'static str, String) {
        match self {
            Words::Waiting => (
                "Noe venter på deg i Friminutt",
                format!(
                    "Noe venter på deg i Friminutt: {public_url}\n\n\
                     Noko ventar på deg i Friminutt.\nSomething waits for you in Friminutt.\n\n\
                     E-posten sier aldri hva det gjelder. Du slår den av på siden Meg.\n"
                ),
            ),
            Words::Head(line) => ("Friminutt: hvor langt innsynsloggen går", line.clone()),
            Words::Code(code) => (
                "Kode fra Friminutt",
                format!(
                    "Koden er {code}. Skriv den inn på siden Meg i Friminutt: {public_url}\n\n\
                     Skriv koden inn på sida Meg. Type the code in on the page Me.\n\n\
                     Har du ikke bedt om den, så se bort fra denne e-posten.\n"
                ),
            ),
        }
    }
}

/// Whether mail can be sent to it.
pub(super) fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

fn credentials(settings: &MailSettings) -> Result<Option<Credentials>, MailSettingsError> {
    let (user, path) = match (&settings.user, &settings.password_file) {
        (None, None) => return Ok(None),
        (Some(user), Some(path)) => (user, path),
        _ => return Err(MailSettingsError::HalfUser),
    };
    let is_encrypted = settings.url.starts_with("smtps:") || settings.url.contains("?tls=required");
    if !is_encrypted {
        return Err(MailSettingsError::Unencrypted);
    }
    let password = std::fs::read_to_string(path).map_err(|cause| MailSettingsError::Password {
        path: path.clone(),
        cause,
    })?;
    Ok(Some(Credentials::new(
        user.clone(),
        password.trim_end().to_owned(),
    )))
}

/// The mail server's own words may hold the address.
fn cause(error: &SmtpError) -> String {
    match error.status() {
        Some(code) => code.to_string(),
        None if error.is_timeout() => "timeout".to_owned(),
        None if error.is_tls() => "tls".to_owned(),
        None => "unreachable".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> MailSettings {
        MailSettings {
            url: url.into(),
            user: None,
            password_file: None,
            from: "Friminutt <friminutt@example.org>".into(),
        }
    }

    fn refused(settings: &MailSettings) -> String {
        let made = Mailer::new(settings, "https://friminutt.example");
        made.err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    }

    #[test]
    fn a_password_never_stands_in_the_address_and_never_goes_in_the_clear() {
        assert_eq!(refused(&settings("smtp://mail.example:25")), "");
        assert_eq!(refused(&settings("smtps://mail.example")), "");
        assert!(refused(&settings("smtp://me:secret@mail.example")).contains("no user"));
        assert!(refused(&settings("http://mail.example")).contains("smtp://"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "secret\n").unwrap();
        let with_user = |url| MailSettings {
            user: Some("me".into()),
            password_file: Some(path.clone()),
            ..settings(url)
        };
        assert!(refused(&with_user("smtp://mail.example:25")).contains("in the clear"));
        assert_eq!(refused(&with_user("smtp://mail.example?tls=required")), "");
        let half = MailSettings {
            password_file: None,
            ..with_user("smtps://mail.example")
        };
        assert!(refused(&half).contains("has a password"));
    }
}
