//! The record as a file: JSON, one line for each row, a header before them and the signed head after them. A head that is kept outside
//! is such a last line by itself.

use serde::{Deserialize, Serialize};

use super::{AuditRow, BEGINNING, Finding, SignedHead, Verified, Verifier, fingerprint_of};
use crate::domain::SchoolId;
use crate::sync::Hex;

/// Of the lines; what is hashed and what is signed have versions of their own.
pub const FORMAT_VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub version: u32,
    pub school: SchoolId,
    pub fingerprint: Hex<32>,
    pub key: Hex<32>,
}

impl Header {
    pub fn new(school: SchoolId, key: Hex<32>) -> Header {
        Header {
            version: FORMAT_VERSION,
            school,
            fingerprint: fingerprint_of(&key),
            key,
        }
    }
}

/// Any line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Header(Header),
    Row(AuditRow),
    Head(SignedHead),
}

/// A line cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("this is no line of a record: {0}")]
pub struct LineError(#[from] serde_json::Error);

impl Line {
    pub fn read(text: &str) -> Result<Line, LineError> {
        Ok(serde_json::from_str(text)?)
    }

    /// With its end of line.
    pub fn write(&self) -> Result<String, LineError> {
        let mut text = serde_json::to_string(self)?;
        text.push('\n');
        Ok(text)
    }
}

/// The head that a file ends with: a head by itself, or an earlier export.
pub fn read_head<'a>(lines: impl Iterator<Item = &'a str>) -> Option<SignedHead> {
    let last = lines.filter(|line| !line.trim().is_empty()).last()?;
    match Line::read(last) {
        Ok(Line::Head(head)) => Some(head),
        _ => None,
    }
}

/// Verifies a file line by line, against a head and a key from outside if there are any.
pub fn verify_file<E>(
    mut lines: impl Iterator<Item = Result<String, E>>,
    kept: Option<SignedHead>,
    key: Option<Hex<32>>,
) -> Result<(Option<Header>, Verified), E> {
    let header = match lines.next().transpose()?.map(|line| Line::read(&line)) {
        Some(Ok(Line::Header(header)))
            if header.version == FORMAT_VERSION
                && header.fingerprint == fingerprint_of(&header.key) =>
        {
            header
        }
        _ => return Ok((None, nothing_but(Finding::NoHeader))),
    };
    // The strictest that is known: what the reader brings, then what was kept, then what the file says of itself.
    let trusted = key
        .or(kept.as_ref().map(|head| head.key))
        .unwrap_or(header.key);
    let mut findings = Vec::new();
    if header.key != trusted {
        findings.push(Finding::OtherKey { key: header.key });
    }
    let kept: Vec<SignedHead> = kept
        .into_iter()
        .filter(|head| is_vouched_for(head, &trusted, &mut findings))
        .collect();
    let mut verifier = Verifier::new(header.school, kept);
    let mut own_head = None;
    for (number, line) in (2..).zip(lines) {
        match Line::read(&line?) {
            Ok(Line::Row(row)) if own_head.is_none() => verifier.take(&row),
            Ok(Line::Head(head)) if own_head.is_none() => own_head = Some(head),
            _ => findings.push(Finding::Unreadable { line: number }),
        }
    }
    match own_head {
        None => findings.push(Finding::NoHead),
        Some(head) if is_vouched_for(&head, &trusted, &mut findings) => verifier.ends_with(head),
        Some(_) => {}
    }
    let mut verified = verifier.finish();
    verified.findings.splice(0..0, findings);
    Ok((Some(header), verified))
}

fn is_vouched_for(head: &SignedHead, key: &Hex<32>, findings: &mut Vec<Finding>) -> bool {
    let finding = match head.is_signed() {
        true if head.key == *key => return true,
        true => Finding::OtherKey { key: head.key },
        false => Finding::HeadNotSigned { head: head.seq },
    };
    findings.push(finding);
    false
}

fn nothing_but(finding: Finding) -> Verified {
    Verified {
        rows: 0,
        last: (0, BEGINNING),
        findings: vec![finding],
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use uuid::Uuid;

    use super::*;
    use crate::audit::AuditEvent;
    use crate::domain::AuditAct;
    use crate::sync::signing::verifying_of;

    const SCHOOL: SchoolId = SchoolId(Uuid::from_u128(1));
    const SEED: [u8; 32] = [3; 32];

    fn export(count: i64) -> Vec<String> {
        let mut last = BEGINNING;
        let mut lines = vec![Line::Header(Header::new(SCHOOL, verifying_of(&SEED)))];
        for seq in 1..=count {
            let row = AuditRow::after(
                &last,
                SCHOOL,
                seq,
                AuditEvent::unsigned(AuditAct::ReadInbox, seq),
            );
            last = row.hash;
            lines.push(Line::Row(row));
        }
        lines.push(Line::Head(SignedHead::sign(
            SCHOOL,
            (count, last),
            99,
            &SEED,
        )));
        lines
            .iter()
            .map(|line| line.write().unwrap().trim_end().to_owned())
            .collect()
    }

    fn verify(lines: &[String], kept: Option<SignedHead>, key: Option<Hex<32>>) -> Vec<Finding> {
        let lines = lines.iter().cloned().map(Ok::<_, Infallible>);
        verify_file(lines, kept, key).unwrap().1.findings
    }

    fn head_of(lines: &[String]) -> SignedHead {
        read_head(lines.iter().map(String::as_str)).unwrap()
    }

    #[test]
    fn an_export_fits_itself_an_earlier_one_and_the_right_key() {
        let (early, late) = (export(3), export(8));
        assert_eq!(verify(&late, None, None), []);
        assert_eq!(
            verify(&late, Some(head_of(&early)), Some(verifying_of(&SEED))),
            []
        );
        assert_eq!(verify(&export(0), None, None), []);
    }

    #[test]
    fn every_line_counts() {
        let whole = export(6);
        for at in 0..whole.len() {
            let mut cut = whole.clone();
            cut.remove(at);
            assert_ne!(verify(&cut, None, None), [], "without line {at}");
            let mut twice = whole.clone();
            twice.insert(at, whole[at].clone());
            assert_ne!(verify(&twice, None, None), [], "line {at} twice");
        }
        for at in 0..whole.len() - 1 {
            let mut swapped = whole.clone();
            swapped.swap(at, at + 1);
            assert_ne!(
                verify(&swapped, None, None),
                [],
                "lines {at} and the next swapped"
            );
        }
    }

    #[test]
    fn every_character_counts() {
        let whole = export(2);
        for (at, line) in whole.iter().enumerate() {
            for place in 0..line.len() {
                let mut bytes = line.clone().into_bytes();
                bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
                let mut edited = whole.clone();
                edited[at] = String::from_utf8(bytes).unwrap();
                assert_ne!(
                    verify(&edited, None, None),
                    [],
                    "line {at}, character {place}"
                );
            }
        }
    }

    #[test]
    fn a_record_written_anew_under_another_key_is_told_by_the_key_or_a_head() {
        let mut lines = export(4);
        let kept = head_of(&lines);
        let other = [4; 32];
        lines[0] = Line::Header(Header::new(SCHOOL, verifying_of(&other)))
            .write()
            .unwrap();
        let head = SignedHead::sign(SCHOOL, (4, kept.hash), 99, &other);
        lines[5] = Line::Head(head).write().unwrap();
        assert_eq!(
            verify(&lines, None, None),
            [],
            "by itself it cannot be told"
        );
        let told = Finding::OtherKey {
            key: verifying_of(&other),
        };
        assert_eq!(
            verify(&lines, None, Some(verifying_of(&SEED))),
            [told.clone(), told.clone()]
        );
        assert_eq!(verify(&lines, Some(kept), None), [told.clone(), told]);
    }

    #[test]
    fn rows_after_the_head_and_a_cut_tail_are_told() {
        let (short, long) = (export(3), export(5));
        let mut more = long.clone();
        more[6] = short[4].clone();
        assert_eq!(
            verify(&more, None, None),
            [Finding::NotVouchedFor { from: 4, to: 5 }]
        );
        assert_eq!(
            verify(&short, Some(head_of(&long)), None),
            [Finding::Cut { last: 3, head: 5 }]
        );
        assert_eq!(verify(&[], None, None), [Finding::NoHeader]);
    }
}
