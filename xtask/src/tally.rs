//! Counts what passed and failed over many runs of test programs, and remembers the steps that did not succeed.

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::command::announce;

#[derive(Default)]
pub struct Tally {
    passed: usize,
    failed: usize,
    failed_steps: Vec<String>,
}

impl Tally {
    /// Runs a step that has no tests of its own, and returns what it made if it succeeded.
    pub fn attempt<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Option<T> {
        announce(name);
        let started = Instant::now();
        match step() {
            Ok(made) => {
                announce(&format!(
                    "{name}: done in {} s",
                    started.elapsed().as_secs()
                ));
                Some(made)
            }
            Err(cause) => {
                eprintln!("{cause:#}");
                self.failed += 1;
                self.failed_steps.push(name.to_owned());
                None
            }
        }
    }

    /// Runs test programs, shows what they say and counts their results.
    pub fn run_tests(&mut self, name: &str, mut command: Command) {
        let failed_before = self.failed;
        announce(name);
        let started = Instant::now();
        match self.count(&mut command) {
            Ok(()) => announce(&format!(
                "{name}: done in {} s",
                started.elapsed().as_secs()
            )),
            Err(cause) => {
                eprintln!("{cause:#}");
                // A program that crashed or did not compile has no result to count.
                self.failed = self.failed.max(failed_before + 1);
                self.failed_steps.push(name.to_owned());
            }
        }
    }

    fn count(&mut self, command: &mut Command) -> Result<()> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("no stdout")?;
        for line in BufReader::new(output).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            println!("{line}");
            self.add_line(&line);
        }
        let status = child.wait()?;
        ensure!(status.success(), "it ended with {status}");
        Ok(())
    }

    fn add_line(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result:") {
            self.passed += number_before(result, " passed");
            self.failed += number_before(result, " failed");
        }
    }

    /// Prints the count as the last line of all.
    pub fn finish(self) -> ExitCode {
        for step in &self.failed_steps {
            println!("failed: {step}");
        }
        println!("{} passed, {} failed", self.passed, self.failed);
        match self.failed {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}

fn number_before(text: &str, word: &str) -> usize {
    let before = text.find(word).map_or("", |end| &text[..end]);
    before
        .rsplit(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_many_programs_are_summed() {
        let mut tally = Tally::default();
        tally.add_line("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s");
        tally.add_line("test a_name_with_3_passed ... ok");
        tally.add_line("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured");
        assert_eq!((tally.passed, tally.failed), (15, 2));
    }

    #[test]
    fn a_program_that_dies_without_a_result_is_a_failure() {
        let mut tally = Tally::default();
        tally.run_tests("a crash", Command::new("false"));
        assert_eq!((tally.passed, tally.failed), (0, 1));
        assert_eq!(tally.failed_steps, ["a crash"]);
    }
}
