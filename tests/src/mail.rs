//! A real mail server as a process of its own, on this machine: aiosmtpd, which `cargo xtask setup` fetches from PyPI. It ends with
//! the test.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Deserialize;
use server::notice::{MailSettings, Mailer};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::port;

/// Names the folder with the library.
pub const LIBRARY_SETTING: &str = "FRIMINUTT_AIOSMTPD";
const IN_TARGET: &str = "../target/python";
const PATIENCE: Duration = Duration::from_secs(30);
/// What people use, in every mail of the tests.
pub const PUBLIC_URL: &str = "https://friminutt.example";

/// A mail as it was taken in.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    pub to: Vec<String>,
    pub subject: String,
    pub body: String,
    /// With all headers.
    pub raw: String,
}

/// A mail server, running or not.
pub struct MailServer {
    port: u16,
    running: Option<Child>,
    taken: Arc<Mutex<Vec<Mail>>>,
}

impl MailServer {
    pub async fn start() -> MailServer {
        let mut server = MailServer::down();
        server.rise().await;
        server
    }

    /// One that does not run.
    pub fn down() -> MailServer {
        MailServer {
            port: port::free(),
            running: None,
            taken: Arc::default(),
        }
    }

    /// Lets it run, at the same place.
    pub async fn rise(&mut self) {
        let library = match std::env::var_os(LIBRARY_SETTING) {
            Some(path) => PathBuf::from(path),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join(IN_TARGET),
        };
        assert!(
            library.join("aiosmtpd").exists(),
            "there is no aiosmtpd in {}: `cargo xtask setup` fetches it",
            library.display()
        );
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers/mail.py");
        let mut running = Command::new("python3")
            .arg(script)
            .arg(self.port.to_string())
            .env("PYTHONPATH", library)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python3 is on the path: `cargo xtask setup` installs it");
        let mut lines = BufReader::new(running.stdout.take().expect("piped")).lines();
        let ready = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let ready = ready.expect("it is ready").expect("text");
        assert_eq!(ready.as_deref(), Some("ready"));
        let taken = self.taken.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mail = serde_json::from_str(&line).expect("a mail");
                taken.lock().expect("mails").push(mail);
            }
        });
        self.running = Some(running);
    }

    /// The settings of a server that sends through it.
    pub fn settings(&self) -> MailSettings {
        MailSettings {
            url: self.url(),
            user: None,
            password_file: None,
            from: "friminutt@friminutt.example".into(),
        }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// What sends through it.
    pub fn mailer(&self) -> Mailer {
        Mailer::new(&self.settings(), PUBLIC_URL).expect("a mailer")
    }

    /// All that it has taken in, once there is so much.
    pub async fn mails(&self, count: usize) -> Vec<Mail> {
        let until = Instant::now() + PATIENCE;
        loop {
            let taken = self.taken.lock().expect("mails").clone();
            if taken.len() >= count || Instant::now() > until {
                return taken;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
