//! The three column encodings: run lengths, run lengths of differences, and alternating booleans.
//! A run is held against the rows that are left before it expands, and only the encoding Automerge itself would
//! choose is taken: no run of one, no neighbours that could have been one run, no column of nothing but nulls.

use super::reader::Reader;
use super::refusal::Refusal;

/// How many rows a column has: an exact number, or (the first column read) at most so many.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows {
    Exactly(usize),
    AtMost(usize),
}

impl Rows {
    fn ceiling(self) -> (usize, Refusal) {
        match self {
            Rows::Exactly(rows) => (rows, Refusal::UnequalColumns),
            Rows::AtMost(rows) => (rows, Refusal::TooManyOperations),
        }
    }

    fn accept(self, found: usize) -> Result<(), Refusal> {
        match self {
            Rows::Exactly(rows) if rows != found => Err(Refusal::UnequalColumns),
            _ => Ok(()),
        }
    }
}

/// What a run-length column can hold.
pub(super) trait Cell<'a>: Copy + PartialEq {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Refusal>;
}

impl Cell<'_> for u64 {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        reader.unsigned()
    }
}

impl Cell<'_> for i64 {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Refusal> {
        reader.signed()
    }
}

impl<'a> Cell<'a> for &'a str {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        let length = reader.bounded(usize::MAX, Refusal::Truncated)?;
        reader.text(length)
    }
}

#[derive(PartialEq, Clone, Copy)]
enum Kind {
    Repeat,
    Literal,
    Null,
}

/// Run lengths with nulls. An absent column is all null.
pub(super) fn nullable<'a, T: Cell<'a>>(
    bytes: &'a [u8],
    rows: Rows,
) -> Result<Vec<Option<T>>, Refusal> {
    let (ceiling, beyond) = rows.ceiling();
    let mut cells: Vec<Option<T>> = Vec::new();
    let mut reader = Reader::new(bytes);
    let mut previous = None;
    while !reader.is_empty() {
        let (kind, count) = run_header(&mut reader)?;
        if count > (ceiling - cells.len()) as u64 {
            return Err(beyond);
        }
        let could_be_joined = previous == Some(kind) && kind != Kind::Repeat;
        if could_be_joined {
            return Err(Refusal::RunNotCanonical);
        }
        match kind {
            Kind::Null => cells.extend((0..count).map(|_| None)),
            Kind::Repeat => {
                let cell = T::read(&mut reader)?;
                refuse_repeat(&cells, cell)?;
                cells.extend((0..count).map(|_| Some(cell)));
            }
            Kind::Literal => {
                for _ in 0..count {
                    let cell = T::read(&mut reader)?;
                    refuse_repeat(&cells, cell)?;
                    cells.push(Some(cell));
                }
            }
        }
        previous = Some(kind);
    }
    if bytes.is_empty() {
        if let Rows::Exactly(rows) = rows {
            cells.resize(rows, None);
        }
    } else if cells.iter().all(Option::is_none) {
        return Err(Refusal::RunNotCanonical);
    }
    rows.accept(cells.len())?;
    Ok(cells)
}

/// Run lengths in a column where every row has a value.
pub(super) fn required<'a, T: Cell<'a>>(bytes: &'a [u8], rows: Rows) -> Result<Vec<T>, Refusal> {
    all_present(nullable(bytes, rows)?)
}

/// Differences with nulls, summed up to numbers of 0 to `limit`.
pub(super) fn nullable_delta(
    bytes: &[u8],
    rows: Rows,
    limit: u64,
) -> Result<Vec<Option<u64>>, Refusal> {
    let mut sum = 0_i64;
    let mut add = |difference: i64| {
        sum = sum
            .checked_add(difference)
            .ok_or(Refusal::CounterOutOfRange)?;
        u64::try_from(sum)
            .ok()
            .filter(|counter| *counter <= limit)
            .ok_or(Refusal::CounterOutOfRange)
    };
    nullable::<i64>(bytes, rows)?
        .into_iter()
        .map(|cell| cell.map(&mut add).transpose())
        .collect()
}

/// Differences in a column where every row has a value.
pub(super) fn required_delta(bytes: &[u8], rows: Rows, limit: u64) -> Result<Vec<u64>, Refusal> {
    all_present(nullable_delta(bytes, rows, limit)?)
}

/// Alternating counts of false and true, beginning with false; only that first count may be zero.
pub(super) fn boolean(bytes: &[u8], rows: usize) -> Result<Vec<bool>, Refusal> {
    let mut cells = Vec::new();
    let mut reader = Reader::new(bytes);
    let mut value = false;
    let mut is_first = true;
    while !reader.is_empty() {
        let count = reader.bounded(rows - cells.len(), Refusal::UnequalColumns)?;
        if count == 0 && !is_first {
            return Err(Refusal::RunNotCanonical);
        }
        cells.resize(cells.len() + count, value);
        value = !value;
        is_first = false;
    }
    Rows::Exactly(rows).accept(cells.len())?;
    Ok(cells)
}

fn run_header(reader: &mut Reader<'_>) -> Result<(Kind, u64), Refusal> {
    match reader.signed()? {
        0 => match reader.unsigned()? {
            0 => Err(Refusal::RunNotCanonical),
            count => Ok((Kind::Null, count)),
        },
        1 => Err(Refusal::RunNotCanonical),
        count if count > 0 => Ok((Kind::Repeat, count.unsigned_abs())),
        count => Ok((Kind::Literal, count.unsigned_abs())),
    }
}

fn refuse_repeat<T: PartialEq>(cells: &[Option<T>], cell: T) -> Result<(), Refusal> {
    match cells.last() {
        Some(Some(last)) if *last == cell => Err(Refusal::RunNotCanonical),
        _ => Ok(()),
    }
}

fn all_present<T>(cells: Vec<Option<T>>) -> Result<Vec<T>, Refusal> {
    cells
        .into_iter()
        .collect::<Option<Vec<T>>>()
        .ok_or(Refusal::MissingCell)
}
