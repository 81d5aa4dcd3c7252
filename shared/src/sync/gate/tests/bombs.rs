//! Small changes that claim to be huge, and everything else that is known to harm Automerge 0.12.

use std::time::{Duration, Instant};

use super::super::run::{Rows, required_delta};
use super::super::{Limits, Refusal, inspect};
use super::frame::{chunk, unsigned};

const MAX_REFUSAL_TIME: Duration = Duration::from_millis(1);

const ACTION: u64 = 0x42;
const KEY_COUNTER: u64 = 0x13;
const KEY_NAME: u64 = 0x15;
const INSERT: u64 = 0x34;
const VALUE_META: u64 = 0x56;
const VALUE: u64 = 0x57;
const PRED_COUNT: u64 = 0x70;
const PRED_ACTOR: u64 = 0x71;
const PRED_COUNTER: u64 = 0x73;

/// One million, as a signed run length and as an unsigned count.
const MILLION: [u8; 3] = [0xc0, 0x84, 0x3d];
/// 2^63 - 1 as a signed number.
const HUGE: [u8; 10] = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];

type Columns<'a> = Vec<(u64, &'a [u8])>;

/// `put(ROOT, "k", true)`, column by column.
fn one_operation() -> Columns<'static> {
    vec![
        (KEY_NAME, &[0x7f, 1, b'k']),
        (INSERT, &[1]),
        (ACTION, &[0x7f, 1]),
        (VALUE_META, &[0x7f, 2]),
        (PRED_COUNT, &[0x7f, 0]),
    ]
}

fn with(column: u64, data: &'static [u8]) -> Columns<'static> {
    let mut columns = one_operation();
    columns.retain(|(specification, _)| *specification != column);
    columns.push((column, data));
    columns.sort_by_key(|(specification, _)| *specification);
    columns
}

/// No dependencies, actor of 16 bytes, first change, first operation, no time, no message, no other actors.
fn head() -> Vec<u8> {
    [&[0, 16][..], &[1; 16], &[1, 1, 0, 0, 0]].concat()
}

fn change(columns: &[(u64, &[u8])]) -> Vec<u8> {
    let mut body = head();
    body.extend(unsigned(columns.len() as u64));
    for (specification, data) in columns {
        body.extend(unsigned(*specification));
        body.extend(unsigned(data.len() as u64));
    }
    body.extend(columns.iter().flat_map(|(_, data)| data.iter()));
    chunk(1, &body)
}

#[track_caller]
fn refuse_at_once(bytes: &[u8], expected: Refusal) {
    let refused = (0..3).map(|_| {
        let started = Instant::now();
        assert_eq!(inspect(bytes, &Limits::default()), Err(expected));
        started.elapsed()
    });
    let fastest = refused.min().unwrap();
    assert!(fastest < MAX_REFUSAL_TIME, "{fastest:?}");
}

#[test]
fn the_unharmed_change_passes() {
    assert_eq!(
        inspect(&change(&one_operation()), &Limits::default()).map(|facts| facts.op_count),
        Ok(1)
    );
}

#[test]
fn a_million_operations_in_a_run_are_refused() {
    let run: &[u8] = &[&MILLION[..], &[1]].concat();
    let names: &[u8] = &[&MILLION[..], &[1, b'k']].concat();
    let columns = [
        (KEY_NAME, names),
        (INSERT, &MILLION),
        (ACTION, run),
        (VALUE_META, run),
        (PRED_COUNT, run),
    ];
    let bomb = change(&columns);
    assert!(bomb.len() < 100);
    refuse_at_once(&bomb, Refusal::TooManyOperations);
}

#[test]
fn runs_longer_than_the_rows_are_refused_in_every_column() {
    for (column, data) in [
        (0x01, &[0xc0, 0x84, 0x3d, 0][..]),
        (0x02, &[0xc0, 0x84, 0x3d, 1]),
        (0x11, &[0, 0xc0, 0x84, 0x3d]),
        (KEY_COUNTER, &[0xc0, 0x84, 0x3d, 1]),
        (KEY_NAME, &[0xc0, 0x84, 0x3d, 1, b'k']),
        (INSERT, &[0xc0, 0x84, 0x3d]),
        (VALUE_META, &[0xc0, 0x84, 0x3d, 2]),
        (PRED_COUNT, &[0xc0, 0x84, 0x3d, 0]),
        (PRED_ACTOR, &[0xc0, 0x84, 0x3d, 0]),
        (PRED_COUNTER, &[0xc0, 0x84, 0x3d, 1]),
    ] {
        refuse_at_once(&change(&with(column, data)), Refusal::UnequalColumns);
    }
}

#[test]
fn the_longest_run_and_the_longest_literal_are_refused() {
    let run: &[u8] = &[&HUGE[..], &[1]].concat();
    refuse_at_once(&change(&[(ACTION, run)]), Refusal::TooManyOperations);
    let literal: &[u8] = &[
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f, 1,
    ];
    refuse_at_once(&change(&[(ACTION, literal)]), Refusal::TooManyOperations);
}

#[test]
fn a_million_predecessors_are_refused() {
    refuse_at_once(
        &change(&with(PRED_COUNT, &[0x7f, 0xc0, 0x84, 0x3d])),
        Refusal::TooManyPredecessors,
    );
}

#[test]
fn huge_counts_and_lengths_in_the_head_are_refused() {
    let huge = unsigned(u64::MAX);
    let before_deps = [];
    let before_actor = [0];
    let before_message = [&[0, 16][..], &[1; 16], &[1, 1, 0]].concat();
    let before_actors = [&before_message[..], &[0]].concat();
    let before_columns = head();
    for (before, expected) in [
        (&before_deps[..], Refusal::TooManyDependencies),
        (&before_actor, Refusal::ActorLength),
        (&before_message, Refusal::MessageTooLong),
        (&before_actors, Refusal::TooManyActors),
        (&before_columns, Refusal::UnknownColumn),
    ] {
        refuse_at_once(&chunk(1, &[before, &huge].concat()), expected);
    }
    let long_column = [&head()[..], &[1, ACTION as u8], &huge].concat();
    refuse_at_once(&chunk(1, &long_column), Refusal::Truncated);
}

#[test]
fn the_chunk_may_not_claim_more_than_it_is() {
    let mut bytes = chunk(1, &[]);
    bytes.splice(9.., unsigned(u64::MAX));
    refuse_at_once(&bytes, Refusal::Truncated);
    refuse_at_once(
        &[&change(&one_operation())[..], &[0]].concat(),
        Refusal::TrailingBytes,
    );
    refuse_at_once(
        &vec![0; Limits::default().max_change_bytes + 1],
        Refusal::ChangeTooLong,
    );
}

#[test]
fn other_chunks_and_deflated_columns_are_refused() {
    for chunk_type in [0, 2, 3, 4, 255] {
        refuse_at_once(
            &chunk(chunk_type, &head()),
            Refusal::NotAnUncompressedChange,
        );
    }
    refuse_at_once(
        &change(&[(ACTION | 8, &[0x7f, 1])]),
        Refusal::DeflatedColumn,
    );
}

#[test]
fn differences_that_overflow_or_fall_below_zero_are_refused() {
    for data in [
        &[0x7f, 0x7f][..],
        &[
            0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
        ],
        &[
            0x7f, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f,
        ],
    ] {
        let mut columns = with(KEY_COUNTER, &[]);
        columns.retain(|(specification, _)| ![KEY_NAME, KEY_COUNTER].contains(specification));
        columns.insert(0, (KEY_COUNTER, data));
        refuse_at_once(&change(&columns), Refusal::CounterOutOfRange);
    }
}

#[test]
fn a_sum_of_differences_that_overflows_is_refused() {
    let column = [&[0x7e, 1][..], &HUGE].concat();
    assert_eq!(
        required_delta(&column, Rows::Exactly(2), u64::MAX),
        Err(Refusal::CounterOutOfRange)
    );
}

#[test]
fn counters_near_the_end_of_32_bits_are_refused() {
    for (seq, start_op) in [
        (1, u64::from(u32::MAX)),
        (u64::MAX, 1),
        (0, 1),
        (1, 0),
        (1, u64::MAX),
    ] {
        let body = [
            &[0, 16][..],
            &[1; 16],
            &unsigned(seq),
            &unsigned(start_op),
            &[0, 0, 0, 0],
        ]
        .concat();
        refuse_at_once(&chunk(1, &body), Refusal::CounterOutOfRange);
    }
}

#[test]
fn values_are_held_to_their_type_and_length() {
    let value = |meta: &'static [u8], raw: &'static [u8]| {
        let mut columns = with(VALUE_META, meta);
        columns.insert(4, (VALUE, raw));
        change(&columns)
    };
    refuse_at_once(&value(&[0x7f, 0x12], &[0]), Refusal::ValueLength);
    refuse_at_once(&value(&[0x7f, 0x26], &[0xc3, 0x28]), Refusal::InvalidUtf8);
    refuse_at_once(&value(&[0x7f, 0x23], &[0x80, 0]), Refusal::InvalidNumber);
    refuse_at_once(&value(&[0x7f, 0x75], &[0; 7]), Refusal::Truncated);
    refuse_at_once(&value(&[0x7f, 0x18], &[1]), Refusal::UnknownValueType);
    refuse_at_once(&value(&[0x7f, 0x1f], &[1]), Refusal::UnknownValueType);
    refuse_at_once(&value(&[0x7f, 0x26], b"abc"), Refusal::UnequalColumns);
    refuse_at_once(
        &change(&with(VALUE_META, &[0x7f, 0xf6, 0xff, 0xff, 0xff, 0x0f])),
        Refusal::ValueTooLong,
    );
}

#[test]
fn what_automerge_would_encode_differently_is_refused() {
    for (column, data) in [
        (ACTION, &[0x01, 1][..]),
        (ACTION, &[0x7e, 1, 1]),
        (ACTION, &[0x7f, 1, 0x7f, 3]),
        (ACTION, &[0, 1]),
        (ACTION, &[0, 0, 0x7f, 1]),
        (INSERT, &[0, 0, 1]),
    ] {
        refuse_at_once(&change(&with(column, data)), Refusal::RunNotCanonical);
    }
    refuse_at_once(&change(&with(0x94, &[0, 1])), Refusal::UnknownColumn);
    refuse_at_once(&change(&with(PRED_ACTOR, &[])), Refusal::EmptyColumn);
    refuse_at_once(&change(&with(ACTION, &[0x7f, 7])), Refusal::UnknownAction);
    let mut twice = one_operation();
    twice.push((PRED_COUNT, &[0x7f, 0]));
    refuse_at_once(&change(&twice), Refusal::ColumnsNotSorted);
}
