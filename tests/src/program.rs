//! The real `friminutt` program as a child process: it is killed, never asked to stop, and starts again at the same address on
//! the same data. Which program: `FRIMINUTT_BIN`, or else the one beside the tests in the target folder.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::faults::Faults;
use crate::mail::MailServer;
use crate::port;
use crate::server::{SECRETS_FILE, write_keys};

/// Names the program to test.
pub const PROGRAM_SETTING: &str = "FRIMINUTT_BIN";
const READY: &str = "Friminutt is at ";
const LOG: &str = "server.log";
const PATIENCE: Duration = Duration::from_secs(20);

/// One server with its own data.
pub struct Program {
    folder: TempDir,
    database: String,
    port: u16,
    settings: Vec<(&'static str, OsString)>,
    running: Option<Child>,
}

impl Program {
    /// On SQLite, in a folder that goes with it.
    pub fn new() -> Program {
        let folder = tempfile::tempdir().expect("a folder for the server");
        let database = format!("sqlite://{}", folder.path().join("friminutt.db").display());
        Program::with(folder, database)
    }

    /// On SQLite too, with no file of secrets yet: it makes its own.
    pub fn without_secrets() -> Program {
        let program = Program::new();
        std::fs::remove_file(program.secrets()).expect("the file of secrets");
        program
    }

    /// On a database that is there already.
    pub fn on(database: &str) -> Program {
        Program::with(
            tempfile::tempdir().expect("a folder for the server"),
            database.into(),
        )
    }

    fn with(folder: TempDir, database: String) -> Program {
        write_keys(folder.path());
        Program {
            folder,
            database,
            port: port::free(),
            settings: Vec::new(),
            running: None,
        }
    }

    /// With the fault library loaded, whenever it starts.
    pub fn under(mut self, faults: &Faults, keeps_log: bool) -> Program {
        self.settings = faults.settings(self.data(), keeps_log);
        self
    }

    /// Sending mail through that server.
    pub fn with_mail(mut self, mail: &MailServer) -> Program {
        self.settings
            .push(("FRIMINUTT_SMTP_URL", mail.url().into()));
        let from = mail.settings().from.into();
        self.settings.push(("FRIMINUTT_MAIL_FROM", from));
        self
    }

    /// Starts it with the invented school and waits until it answers.
    pub async fn start(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join(LOG))
            .expect("the server's log");
        let mut child = Command::new(path())
            .args(["serve", "--demo", "--database", &self.database])
            .args(["--listen", &self.address()])
            .arg("--data")
            .arg(self.folder.path())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|cause| panic!("{} does not start: {cause}", path().display()));
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        loop {
            match lines.next_line().await {
                Ok(Some(line)) if line.starts_with(READY) => break,
                Ok(Some(_)) => {}
                _ => panic!("the server ended: {}", self.log()),
            }
        }
        self.running = Some(child);
    }

    /// The process ends at once, in the middle of whatever it does.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().await.expect("the server can be killed");
        }
    }

    /// Runs one of its other commands on the same data, served or not, and gives what it says.
    pub async fn run(&self, command: &[&str]) -> String {
        let (is_done, words) = self.attempt(command).await;
        assert!(is_done, "{command:?}: {words}");
        words
    }

    /// The same with a command that may be refused: whether it was not, and what it says.
    pub async fn attempt(&self, command: &[&str]) -> (bool, String) {
        let done = Command::new(path())
            .args(command)
            .args(["--database", &self.database])
            .arg("--data")
            .arg(self.folder.path())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .output()
            .await
            .expect("the program starts");
        let is_done = done.status.success();
        let words = String::from_utf8(done.stdout).expect("words");
        match is_done {
            true => (true, words),
            false => (
                false,
                format!("{words}{}", String::from_utf8_lossy(&done.stderr)),
            ),
        }
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) {
        let mut child = self.running.take().expect("it runs");
        let ended = tokio::time::timeout(PATIENCE, child.wait()).await;
        ended
            .expect("it ends")
            .expect("the server can be waited for");
    }

    /// Starts it if it has ended.
    pub async fn start_again(&mut self) {
        if !self.is_alive() {
            self.running = None;
            self.start().await;
        }
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        let child = self.running.as_mut();
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// `HOST:PORT`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What a browser is pointed at.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address())
    }

    pub fn database(&self) -> &str {
        &self.database
    }

    /// The file of a SQLite database.
    pub fn database_file(&self) -> Option<&str> {
        self.database.strip_prefix("sqlite://")
    }

    /// The folder that it keeps its data in.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// The file of secrets.
    pub fn secrets(&self) -> PathBuf {
        self.data().join(SECRETS_FILE)
    }

    /// What the server has said of itself.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(LOG)).unwrap_or_default()
    }
}

impl Default for Program {
    fn default() -> Self {
        Program::new()
    }
}

pub(crate) fn path() -> PathBuf {
    if let Some(path) = std::env::var_os(PROGRAM_SETTING) {
        return path.into();
    }
    let tests = std::env::current_exe().expect("a program knows where it is");
    let beside = tests.ancestors().map(|folder| folder.join("friminutt"));
    beside.into_iter().find(|path| path.is_file()).unwrap_or_else(|| {
        panic!("no friminutt program: build it (cargo build -p friminutt-server) or name it in {PROGRAM_SETTING}")
    })
}
