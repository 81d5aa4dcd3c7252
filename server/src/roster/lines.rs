//! From text to pupils, one a line, with everything that cannot be taken told by line and column.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord};
use sha2::{Digest, Sha256};
use shared::api::{RosterProblem, RosterProblemCode};
use unicode_normalization::UnicodeNormalization;

use super::columns::{self, Column, Columns, NameColumns};
use super::{MAX_CLASS_CHARS, MAX_ID_CHARS, MAX_LINES, MAX_NAME_CHARS, MAX_PROBLEMS, text};

const GRADES: std::ops::RangeInclusive<i32> = 1..=10;
const BIRTH_NUMBER_DIGITS: usize = 11;

/// A pupil as the file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub given_name: String,
    pub family_name: String,
    pub class: String,
    pub grade: i32,
    /// What the file calls the pupil; of a birth number only a hash.
    pub external_id: Option<String>,
}

/// A file taken apart.
#[derive(Debug, Default)]
pub struct RosterFile {
    pub lines: Vec<Line>,
    pub problems: Vec<RosterProblem>,
    pub encoding: &'static str,
}

/// Reads a file. `salt` is the school's own: it goes into the hash of what looks like a birth number.
pub fn read(bytes: &[u8], salt: &[u8]) -> RosterFile {
    let mut file = RosterFile::default();
    let Some((text, encoding)) = text::decode(bytes) else {
        file.problem(0, RosterProblemCode::NotText, "");
        return file;
    };
    file.encoding = encoding;
    let records = records(&text);
    let mut rest = records.iter().skip_while(|record| record.is_blank);
    let Some(head) = rest.next() else {
        file.problem(0, RosterProblemCode::Empty, "");
        return file;
    };
    match columns::find(head.cells.iter(), head.line) {
        Ok(columns) => file.take(rest, &columns, salt),
        Err(problem) => file.problems.push(problem),
    }
    file
}

/// A line of cells, before anybody knows what they mean.
struct Record {
    line: u32,
    cells: StringRecord,
    is_blank: bool,
    has_broken_quote: bool,
}

fn records(text: &str) -> Vec<Record> {
    let (skipped, text) = without_separator_line(text);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut starts = Vec::new();
    let mut records: Vec<Record> = Vec::new();
    // What is text already cannot fail to be read again.
    for cells in reader.records().map_while(Result::ok) {
        let (line, start) = cells
            .position()
            .map_or((0, 0), |at| (at.line(), at.byte() as usize));
        let line = line as u32 + line_ends_before(text, start) + skipped;
        let is_blank = cells.iter().all(|cell| cell.trim().is_empty());
        let has_broken_quote = cells.iter().any(|cell| cell.contains(['\n', '\r']));
        starts.push(start);
        records.push(Record {
            line,
            cells,
            is_blank,
            has_broken_quote,
        });
        if records.len() > MAX_LINES + 1 {
            break;
        }
    }
    starts.push(text.len());
    for (record, range) in records.iter_mut().zip(starts.windows(2)) {
        let raw = text.as_bytes().get(range[0]..range[1]).unwrap_or_default();
        record.has_broken_quote |= raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
    }
    records
}

/// The reader's position is where the record before ended: the rest of its line end and empty lines still lie between.
fn line_ends_before(text: &str, start: usize) -> u32 {
    let between = text.bytes().skip(start);
    let between = between.take_while(|byte| matches!(byte, b'\r' | b'\n'));
    between.filter(|byte| *byte == b'\n').count() as u32
}

/// Spreadsheets write `sep=;` above the head. How many lines were passed over, and the rest.
fn without_separator_line(text: &str) -> (u32, &str) {
    match text.split_once('\n') {
        Some((first, rest))
            if first
                .trim_matches(['"', '\r'])
                .to_lowercase()
                .starts_with("sep=") =>
        {
            (1, rest)
        }
        _ => (0, text),
    }
}

/// The semicolon, unless the first line has more of another.
fn delimiter(text: &str) -> u8 {
    let head = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let count = |delimiter: u8| head.bytes().filter(|byte| *byte == delimiter).count();
    *[b'\t', b',', b';']
        .iter()
        .max_by_key(|delimiter| count(**delimiter))
        .unwrap_or(&b';')
}

impl RosterFile {
    fn problem(&mut self, line: u32, code: RosterProblemCode, column: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(RosterProblem {
                line,
                code,
                column: column.to_owned(),
            });
        }
    }

    fn take<'a>(
        &mut self,
        records: impl Iterator<Item = &'a Record>,
        columns: &Columns,
        salt: &[u8],
    ) {
        let mut ids = HashSet::new();
        for record in records.filter(|record| !record.is_blank) {
            if self.lines.len() == MAX_LINES {
                self.problem(record.line, RosterProblemCode::TooManyLines, "");
                return;
            }
            let taken = take_line(record, columns, salt).and_then(|line| match &line.external_id {
                Some(id) if !ids.insert(id.clone()) => {
                    Err((RosterProblemCode::DuplicateId, columns.id.as_ref()))
                }
                _ => Ok(line),
            });
            match taken {
                Ok(line) => self.lines.push(line),
                Err((code, column)) => {
                    self.problem(record.line, code, column.map_or("", |column| &column.name))
                }
            }
        }
        if self.lines.is_empty() && self.problems.is_empty() {
            self.problem(0, RosterProblemCode::Empty, "");
        }
    }
}

/// What is wrong, and in which column.
type Wrong<'a> = (RosterProblemCode, Option<&'a Column>);

fn take_line<'a>(record: &Record, columns: &'a Columns, salt: &[u8]) -> Result<Line, Wrong<'a>> {
    if record.has_broken_quote {
        return Err((RosterProblemCode::BrokenQuote, None));
    }
    let (given_name, family_name) = names(record, &columns.name)?;
    let class_text = optional(record, columns.class.as_ref(), MAX_CLASS_CHARS)?;
    let grade_text = optional(record, columns.grade.as_ref(), MAX_CLASS_CHARS)?;
    let (class, grade) = match (class_text.as_str(), grade_text.as_str()) {
        ("", "") => {
            return Err((
                RosterProblemCode::MissingValue,
                columns.class.as_ref().or(columns.grade.as_ref()),
            ));
        }
        (class, grade) => class_and_grade(class, grade).ok_or((
            RosterProblemCode::UnknownGrade,
            columns.grade.as_ref().or(columns.class.as_ref()),
        ))?,
    };
    let id = optional(record, columns.id.as_ref(), MAX_ID_CHARS)?;
    Ok(Line {
        given_name,
        family_name,
        class,
        grade,
        external_id: external_id(&id, salt),
    })
}

fn names<'a>(record: &Record, columns: &'a NameColumns) -> Result<(String, String), Wrong<'a>> {
    match columns {
        NameColumns::Parted {
            given,
            middle,
            family,
        } => {
            let middle = optional(record, middle.as_ref(), MAX_NAME_CHARS)?;
            let given = format!("{} {middle}", required(record, given)?);
            Ok((given.trim().to_owned(), required(record, family)?))
        }
        NameColumns::Whole(whole) => {
            let text = required(record, whole)?;
            let parted = match text.split_once(',') {
                Some((family, given)) => (given.trim().to_owned(), family.trim().to_owned()),
                None => text
                    .rsplit_once(' ')
                    .map(|(given, family)| (given.to_owned(), family.to_owned()))
                    .unwrap_or_default(),
            };
            let is_whole = !parted.0.is_empty() && !parted.1.is_empty();
            is_whole
                .then_some(parted)
                .ok_or((RosterProblemCode::MissingValue, Some(whole)))
        }
    }
}

fn required<'a>(record: &Record, column: &'a Column) -> Result<String, Wrong<'a>> {
    let text = optional(record, Some(column), MAX_NAME_CHARS)?;
    if text.is_empty() {
        Err((RosterProblemCode::MissingValue, Some(column)))
    } else {
        Ok(text)
    }
}

/// The cell's words with one space between them, letters composed; empty if the file has no such column.
fn optional<'a>(
    record: &Record,
    column: Option<&'a Column>,
    max_chars: usize,
) -> Result<String, Wrong<'a>> {
    let Some(at) = column else {
        return Ok(String::new());
    };
    let cell = record.cells.get(at.at).unwrap_or_default().trim();
    // A cell far over the limit is not worth tidying first.
    if cell.len() > 8 * max_chars {
        return Err((RosterProblemCode::TooLong, column));
    }
    let text = cell
        .split([' ', '\u{a0}', '\t'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    let text: String = text.nfc().collect();
    match text {
        text if text.chars().any(|c| c.is_control() || is_invisible(c)) => {
            Err((RosterProblemCode::ControlCharacter, column))
        }
        text if text.chars().count() > max_chars => Err((RosterProblemCode::TooLong, column)),
        text => Ok(text),
    }
}

/// Marks that turn the direction of writing or take no room: two names that look the same would differ.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
}

/// `5A`, `5 a` and `A` of grade 5 are the class 5A; a class with a name of its own needs the grade's column.
fn class_and_grade(class: &str, grade: &str) -> Option<(String, i32)> {
    let said = leading_number(grade);
    let in_name = leading_number(class);
    let grade = said.or(in_name).filter(|grade| GRADES.contains(grade))?;
    let rest = class
        .trim_start_matches(|c: char| c.is_ascii_digit())
        .trim();
    let is_letter = rest.chars().count() <= 2 && rest.chars().all(char::is_alphabetic);
    let name = match in_name {
        Some(number) if is_letter => format!("{number}{}", rest.to_uppercase()),
        None if is_letter => format!("{grade}{}", rest.to_uppercase()),
        _ => class.to_owned(),
    };
    Some((name, grade))
}

fn leading_number(text: &str) -> Option<i32> {
    let digits: String = text
        .chars()
        .take_while(char::is_ascii_digit)
        .take(3)
        .collect();
    digits.parse().ok()
}

/// A birth number is never kept: only a hash by which the same pupil is known again.
fn external_id(id: &str, salt: &[u8]) -> Option<String> {
    let digits: String = id.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() == BIRTH_NUMBER_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let hash = Sha256::new()
            .chain_update(salt)
            .chain_update(&digits)
            .finalize();
        return Some(hash.iter().map(|byte| format!("{byte:02x}")).collect());
    }
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
#[path = "lines_tests.rs"]
mod tests;
