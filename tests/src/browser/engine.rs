//! The three engines and the program that drives each. What one of them cannot do is said here, and nowhere worked around in
//! silence.

use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::prelude::*;
use thirtyfour::{Capabilities, LoggingPrefsLogLevel};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::{DESK, Profile};
use crate::port;

/// Names the engine of the journeys that run in any of them: `chromium`, `firefox` or `webkit`.
pub const ENGINE_SETTING: &str = "FRIMINUTT_ENGINE";
const STARTS_WITHIN: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(25);
const CHROMIUM_FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=nb-NO",
];

/// A browser engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    /// No Background Sync, no developer protocol, no log to read, no window narrower than 500 pixels.
    Firefox,
    /// WebKitGTK: no Background Sync, no `navigator.storage`, no developer protocol, no log to read. Driven, it keeps its disk in
    /// memory for as long as it runs, and a killed page ends it: tabs can be closed, no more. Of what the content policy stops it
    /// tells only while somebody listens, not what was stopped before.
    WebKit,
}

impl Engine {
    /// The one that the environment names; Chromium when it names none.
    pub fn chosen() -> Engine {
        match std::env::var(ENGINE_SETTING).as_deref() {
            Err(_) | Ok("chromium") => Engine::Chromium,
            Ok("firefox") => Engine::Firefox,
            Ok("webkit") => Engine::WebKit,
            Ok(other) => panic!("{ENGINE_SETTING} is {other}, not chromium, firefox or webkit"),
        }
    }

    /// Whether what lies in its profile outlives it.
    pub fn keeps_its_disk(self) -> bool {
        self != Engine::WebKit
    }

    /// Whether it speaks Chromium's developer protocol.
    pub fn has_cdp(self) -> bool {
        self == Engine::Chromium
    }
}

/// A running driver. It and all that it starts are one process group: killed together, nothing is left behind.
pub(super) struct Driver {
    pub leader: Child,
    pub address: String,
    _others: Vec<Child>,
}

impl Driver {
    pub async fn start(engine: Engine) -> Driver {
        match engine {
            Engine::Chromium => {
                Driver::telling_its_port("chromedriver", "started successfully on port ").await
            }
            Engine::Firefox => {
                Driver::telling_its_port("geckodriver", "Listening on 127.0.0.1:").await
            }
            Engine::WebKit => Driver::on_a_screen().await,
        }
    }

    /// One that chooses a port and says which.
    async fn telling_its_port(program: &str, before_port: &str) -> Driver {
        let mut driver = command(program);
        let mut leader = spawn(
            driver
                .args(["--port=0"])
                .stdout(Stdio::piped())
                .process_group(0),
        );
        let mut lines = BufReader::new(leader.stdout.take().expect("piped")).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some((_, port)) = line.split_once(before_port) {
                let address = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
                // It goes on talking, and ends when nobody listens.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Driver {
                    leader,
                    address,
                    _others: Vec::new(),
                };
            }
        }
        panic!("{program} ended before it was ready");
    }

    /// WebKitGTK has no mode without a screen.
    async fn on_a_screen() -> Driver {
        let size = format!("{}x{}x24", DESK.width, DESK.height);
        let mut screen = command("Xvfb");
        screen.args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp"]);
        let mut leader = spawn(screen.stdout(Stdio::piped()).process_group(0));
        let mut lines = BufReader::new(leader.stdout.take().expect("piped")).lines();
        let display = lines
            .next_line()
            .await
            .ok()
            .flatten()
            .expect("Xvfb is ready");
        let group = leader.id().expect("it runs") as i32;
        let port = port::free();
        let mut driver = command("WebKitWebDriver");
        driver
            .arg(format!("--port={port}"))
            .env("DISPLAY", format!(":{display}"));
        let driver = spawn(driver.stdout(Stdio::null()).process_group(group));
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                started.elapsed() < STARTS_WITHIN,
                "WebKitWebDriver does not answer"
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let address = format!("http://127.0.0.1:{port}");
        Driver {
            leader,
            address,
            _others: vec![driver],
        }
    }
}

fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

fn spawn(command: &mut Command) -> Child {
    let program = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    command.spawn().unwrap_or_else(|cause| {
        panic!("{program} is not there ({cause}): cargo xtask setup, or cargo xtask engines")
    })
}

/// What the browser is asked to be.
pub(super) fn capabilities(profile: &Profile) -> Capabilities {
    let made = match profile.engine {
        Engine::Chromium => chromium(profile),
        Engine::Firefox => firefox(profile),
        Engine::WebKit => Ok(Capabilities::new()),
    };
    made.expect("the capabilities are well formed")
}

fn chromium(profile: &Profile) -> WebDriverResult<Capabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for flag in CHROMIUM_FLAGS {
        capabilities.add_arg(flag)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.folder().display()))?;
    capabilities.add_arg(&format!("--window-size={},{}", DESK.width, DESK.height))?;
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(capabilities.into())
}

fn firefox(profile: &Profile) -> WebDriverResult<Capabilities> {
    let mut capabilities = Capabilities::new();
    capabilities.set("browserName", "firefox")?;
    let options = json!({
        "args": ["-headless", "-profile", profile.folder()],
        "prefs": {
            "intl.accept_languages": "nb-NO",
            // It asks a person before it promises to keep anything; nobody is here to answer.
            "dom.storageManager.prompt.testing": true,
            "dom.storageManager.prompt.testing.allow": true,
        },
    });
    capabilities.set("moz:firefoxOptions", options)?;
    Ok(capabilities)
}
