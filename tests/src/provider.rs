//! OpenID providers as processes of their own, on this machine: an honest one (`oidc-provider`, which `cargo xtask setup` fetches
//! from npm) and one that says whatever the test wants. They end with the test.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use server::auth::{Provider, ProviderSettings};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::{port, wire};

/// Names the library's script.
pub const LIBRARY_SETTING: &str = "FRIMINUTT_OIDC_PROVIDER";
const IN_TARGET: &str = "../target/npm/node_modules/oidc-provider/lib/index.js";
const SECRET: &str = "a secret of the tests, long enough for HS256";
const PATIENCE: Duration = Duration::from_secs(30);

/// A provider that runs.
pub struct OpenId {
    pub issuer: String,
    /// Where servers ask it for groups, if they are to.
    pub groups: Option<String>,
    secret: TempDir,
    running: Child,
    /// Held open: a program whose words nobody takes any more dies of it.
    _said: Lines<BufReader<ChildStdout>>,
}

impl OpenId {
    /// One that does as it should, and sends browsers back to this address.
    pub async fn honest(redirect: &str) -> OpenId {
        let library = match std::env::var_os(LIBRARY_SETTING) {
            Some(path) => PathBuf::from(path),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join(IN_TARGET),
        };
        assert!(
            library.exists(),
            "there is no {}: `cargo xtask setup` fetches it",
            library.display()
        );
        let library = library.display().to_string();
        OpenId::start("honest.mjs", |port| {
            vec![library, port, redirect.into(), SECRET.into()]
        })
        .await
    }

    /// One that lies.
    pub async fn lying() -> OpenId {
        OpenId::start("false.mjs", |port| vec![port, SECRET.into()]).await
    }

    async fn start(script: &str, arguments: impl FnOnce(String) -> Vec<String>) -> OpenId {
        let port = port::free();
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("providers")
            .join(script);
        let mut running = Command::new("node")
            .arg(&script)
            .args(arguments(port.to_string()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node is on the path: `cargo xtask setup` installs it");
        let said = running.stdout.take().expect("what the provider says");
        let mut lines = BufReader::new(said).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await.expect("text") {
                if line == "ready" {
                    return;
                }
            }
            panic!("{} ended", script.display());
        };
        tokio::time::timeout(PATIENCE, ready)
            .await
            .expect("the provider is ready");
        let secret = tempfile::tempdir().expect("a folder");
        std::fs::write(secret.path().join("secret"), format!("{SECRET}\n")).expect("a file");
        OpenId {
            issuer: format!("http://127.0.0.1:{port}"),
            groups: None,
            secret,
            running,
            _said: lines,
        }
    }

    /// It as a server knows it that people reach at this address.
    pub fn for_server(&self, public_url: &str) -> Provider {
        let settings = ProviderSettings {
            issuer: self.issuer.clone(),
            client_id: "friminutt".into(),
            secret_file: self.secret.path().join("secret"),
            groups_url: self.groups.clone(),
        };
        Provider::new(&settings, public_url).expect("a provider")
    }

    /// The honest one answers so from now on when it is asked for somebody's groups: `status` and `body`, `delay_ms` later, the body
    /// `times` over.
    pub async fn say_groups(&self, account: &str, answer: &serde_json::Value) {
        let host = self.issuer.trim_start_matches("http://");
        let body = serde_json::json!({"account": account, "answer": answer}).to_string();
        let said = wire::request(host, "POST", "/tests/groups", "", body.as_bytes()).await;
        assert_eq!(said.expect("the provider").status, 200);
    }

    /// Ends it.
    pub async fn kill(&mut self) {
        self.running.kill().await.expect("it ends");
    }
}
