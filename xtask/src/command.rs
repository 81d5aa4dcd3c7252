//! Running other programs: each said aloud before, and named when it fails.

use std::io::ErrorKind;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

const POLL_INTERVAL_MS: u64 = 100;

/// One line of progress.
pub fn announce(step: &str) {
    eprintln!("==> {step}");
}

/// Runs it with its output in view.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| start_failed(command))?;
    ensure!(status.success(), "{} ended with {status}", line(command));
    Ok(())
}

/// Runs it and returns what it wrote; what it complained of is in the failure.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| start_failed(command))?;
    ensure!(
        output.status.success(),
        "{} ended with {}\n{}",
        line(command),
        output.status,
        String::from_utf8_lossy(&output.stderr).trim_end()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command.spawn().with_context(|| start_failed(command))?;
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "{} ended with {status}", line(command));
            return Ok(());
        }
        if Instant::now() > deadline {
            end(&mut child);
            bail!(
                "{} was not done within {} s",
                line(command),
                limit.as_secs()
            );
        }
        thread::sleep(Duration::from_millis(POLL_INTERVAL_MS));
    }
}

pub fn is_on_path(program: &str) -> bool {
    let quiet = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    !matches!(quiet, Err(cause) if cause.kind() == ErrorKind::NotFound)
}

fn end(child: &mut Child) {
    // Either may fail only because it has ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

fn start_failed(command: &Command) -> String {
    format!("cannot start {}", command.get_program().to_string_lossy())
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
