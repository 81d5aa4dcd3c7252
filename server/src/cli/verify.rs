//! `friminutt verify`: whether a record is whole and as it was written, in plain words. A file needs nothing but itself, and something
//! kept outside to be held to.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use shared::audit::{Finding, SignedHead, Verified, fingerprint_of, read_head, verify_file};
use shared::sync::Hex;

use super::{CliError, Place};
use crate::audit::verify::verify_school;

/// Findings told one by one; the rest is counted.
const MOST_TOLD: usize = 50;

#[derive(Debug, Args)]
pub struct Verify {
    /// File that was exported; the database is verified when none is named
    file: Option<PathBuf>,
    /// A head that was kept outside, or an earlier export
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
    /// The installation's public key, as it was kept outside
    #[arg(long, value_name = "HEX")]
    key: Option<String>,
    #[command(flatten)]
    place: Place,
}

impl Verify {
    pub async fn run(self) -> Result<(), CliError> {
        let key = self.key.as_deref().map(read_key).transpose()?;
        let head = self.kept_head()?;
        let wrong = match &self.file {
            Some(file) => verify_export(file, head, key)?,
            None => self.verify_database(head, key).await?,
        };
        match wrong {
            0 => Ok(()),
            _ => Err(CliError::Refused(format!(
                "the record is not as it was written: {wrong} findings"
            ))),
        }
    }

    fn kept_head(&self) -> Result<Option<SignedHead>, CliError> {
        let Some(path) = &self.head else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(path)
            .map_err(|cause| CliError::Refused(format!("{}: {cause}", path.display())))?;
        let head = read_head(text.lines());
        let none = || CliError::Refused(format!("{} holds no head of a record", path.display()));
        Ok(Some(head.ok_or_else(none)?))
    }

    async fn verify_database(
        &self,
        head: Option<SignedHead>,
        key: Option<Hex<32>>,
    ) -> Result<usize, CliError> {
        if let Some(head) = &head {
            let is_right = head.is_signed() && key.is_none_or(|key| key == head.key);
            if !is_right {
                return Err(CliError::Refused(
                    "the head that was kept is not signed with the right key".into(),
                ));
            }
        }
        let store = self.place.open_as_it_is().await?;
        let schools = store.read().await?.places().await?;
        if let Some(head) = &head
            && !schools.iter().any(|(school, _)| *school == head.school)
        {
            let words = words(&Finding::HeadOfOtherSchool {
                school: head.school,
            });
            return Err(CliError::Refused(words));
        }
        let mut wrong = 0;
        for (school, name) in schools {
            let of_school = head.iter().filter(|head| head.school == school);
            let verified = verify_school(&store, school, of_school.cloned().collect()).await?;
            println!("{name}: {} rows", verified.rows);
            wrong += tell(&verified);
        }
        store.close().await;
        Ok(wrong)
    }
}

fn verify_export(
    path: &PathBuf,
    head: Option<SignedHead>,
    key: Option<Hex<32>>,
) -> Result<usize, CliError> {
    let failed = |cause| CliError::Refused(format!("{}: {cause}", path.display()));
    let file = BufReader::new(File::open(path).map_err(failed)?);
    let is_held = head.is_some() || key.is_some();
    let (header, verified) = verify_file(file.lines(), head, key).map_err(failed)?;
    if let Some(header) = header {
        println!("School {}: {} rows", header.school, verified.rows);
        println!("Key {}", header.key);
        println!("Its fingerprint {}", fingerprint_of(&header.key));
    }
    let wrong = tell(&verified);
    if wrong == 0 && !is_held {
        println!(
            "Whole in itself. That it was not written anew as a whole is shown by a head that was kept outside (--head), and by whom it \
             was signed by the key (--key)."
        );
    }
    Ok(wrong)
}

/// Prints what is wrong; how much that is.
fn tell(verified: &Verified) -> usize {
    let findings = &verified.findings;
    for finding in findings.iter().take(MOST_TOLD) {
        println!("{}", words(finding));
    }
    if findings.len() > MOST_TOLD {
        println!("and {} more", findings.len() - MOST_TOLD);
    }
    if findings.is_empty() {
        println!(
            "As it was written, to row {}, hash {}",
            verified.last.0, verified.last.1
        );
    }
    findings.len()
}

fn words(finding: &Finding) -> String {
    match finding {
        Finding::Edited { from, to } => format!(
            "{} not as written: edited, or other rows were put in their place",
            rows(*from, *to, "is", "are")
        ),
        Finding::Missing { from, to } => format!("{} missing", rows(*from, *to, "is", "are")),
        Finding::OutOfPlace { seq } => format!("row {seq} stands after a later one"),
        Finding::Twice { seq } => format!("row {seq} is there twice"),
        Finding::Cut { last, head } => format!(
            "the record ends at row {last}: {} vouched for and missing",
            rows(last + 1, *head, "is", "are")
        ),
        Finding::NotVouchedFor { from, to } => format!(
            "{} after the one that the signed head vouches for",
            rows(*from, *to, "stands", "stand")
        ),
        Finding::Rewritten { head, at_ms } => format!(
            "row {head} is not the one that the head signed {} vouches for: it, or something before it, was written anew",
            time(*at_ms)
        ),
        Finding::Restored { row, at_ms, head } => format!(
            "a backup was restored {}: the record goes on from row {}, and of what the kept head vouches for, to row {head}, the end is \
             missing or replaced",
            time(*at_ms),
            row - 1
        ),
        Finding::HeadOfOtherSchool { school } => {
            format!("the head is that of another school, {school}")
        }
        Finding::HeadNotSigned { head } => {
            format!("the signature of the head at row {head} does not fit it")
        }
        Finding::OtherKey { key } => format!("signed with another key than the right one: {key}"),
        Finding::NoHeader => "the file does not begin as a record does".into(),
        Finding::NoHead => "the file does not end with its signed head: it is cut off".into(),
        Finding::Unreadable { line } => format!("line {line} is no row of a record"),
        Finding::ChangeNotRecorded { hash } => {
            format!("the change {hash} is stored and no row tells of it")
        }
        Finding::ChangeGone { hash } => {
            format!("a row tells of the change {hash}, which is neither stored nor erased")
        }
        Finding::LastRowDiffers { last, head } => format!(
            "the last row is {last}, and the database has kept {head} as the last, or another hash of it: the tail was cut or written anew"
        ),
    }
}

fn rows(from: i64, to: i64, one: &str, several: &str) -> String {
    match from == to {
        true => format!("row {from} {one}"),
        false => format!("rows {from} to {to} {several}"),
    }
}

fn time(at_ms: i64) -> String {
    match Timestamp::from_millisecond(at_ms) {
        Ok(at) => format!("at {at}"),
        Err(_) => "at no time there is".into(),
    }
}

fn read_key(text: &str) -> Result<Hex<32>, CliError> {
    let refused = || CliError::Refused("--key takes 64 hexadecimal digits".into());
    Hex::parse(text.trim()).ok_or_else(refused)
}
