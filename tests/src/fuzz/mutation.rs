//! Damage without any idea of what the bytes mean: flips, cuts, splices, repeats, and numbers where lengths may stand. All of it
//! from a seed.

use std::ops::Range;

use crate::random::Random;

const MAX_STEPS: usize = 6;
const MAX_SHORT_RANGE: usize = 16;
const MAX_REPEATS: usize = 64;
/// Bytes at the edges of something in most formats.
const EDGES: [u8; 12] = [
    0, 1, 0x3f, 0x40, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff, b'"', b'\n',
];
/// Numbers of text at the edges of something.
const NUMBERS: [&str; 8] = [
    "0",
    "-1",
    "1e999",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "0.5",
    "4294967296",
];

/// An input of the corpus, damaged.
pub fn mutant(corpus: &[Vec<u8>], seed: u64, max_bytes: usize) -> Vec<u8> {
    let mut chance = Random(seed);
    let mut bytes = corpus[chance.below(corpus.len())].clone();
    for _ in 0..=chance.below(MAX_STEPS) {
        damage(&mut chance, &mut bytes, corpus, max_bytes);
    }
    bytes.truncate(max_bytes);
    bytes
}

fn damage(chance: &mut Random, bytes: &mut Vec<u8>, corpus: &[Vec<u8>], max_bytes: usize) {
    let at = chance.below(bytes.len() + 1);
    let range = some_range(chance, bytes.len());
    match chance.below(11) {
        0 | 1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
        2 | 3 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = EDGES[chance.below(EDGES.len())];
            }
        }
        4 => bytes.truncate(at),
        5 => drop(bytes.drain(range)),
        6 => {
            let random: Vec<u8> = range.map(|_| chance.draw() as u8).collect();
            drop(bytes.splice(at..at, random));
        }
        7 => repeat(chance, bytes, range, max_bytes),
        8 => {
            let other = &corpus[chance.below(corpus.len())];
            let theirs = some_range(chance, other.len());
            drop(bytes.splice(range, other[theirs].iter().copied()));
        }
        9 => write_length(chance, bytes, at),
        _ => write_number(chance, bytes, at),
    }
}

/// A few bytes as often as many.
fn some_range(chance: &mut Random, length: usize) -> Range<usize> {
    let from = chance.below(length + 1);
    let most = match chance.once_in(2) {
        true => length - from,
        false => (length - from).min(MAX_SHORT_RANGE),
    };
    from..from + chance.below(most + 1)
}

/// A few times, or until the door takes no more.
fn repeat(chance: &mut Random, bytes: &mut Vec<u8>, range: Range<usize>, max_bytes: usize) {
    let room = max_bytes.saturating_sub(bytes.len()) / range.len().max(1);
    let times = match chance.once_in(8) {
        true => room,
        false => chance.below(MAX_REPEATS).min(room),
    };
    let end = range.end;
    let repeated = bytes[range].repeat(times);
    drop(bytes.splice(end..end, repeated));
}

/// Four bytes as our frames have them, or as many as a number has in steps of seven bits.
fn write_length(chance: &mut Random, bytes: &mut Vec<u8>, at: usize) {
    let left = bytes.len() - at;
    let lengths = [
        0,
        1,
        left as u64,
        (left as u64).saturating_sub(4),
        bytes.len() as u64,
        1 << 24,
        u64::from(u32::MAX),
        u64::MAX,
        chance.draw(),
    ];
    let length = lengths[chance.below(lengths.len())];
    let written = match chance.once_in(2) {
        true => (length as u32).to_le_bytes().to_vec(),
        false => leb128(length),
    };
    let end = (at + written.len()).min(bytes.len());
    drop(bytes.splice(at..end, written));
}

/// In place of the digits that stand there, if any do.
fn write_number(chance: &mut Random, bytes: &mut Vec<u8>, at: usize) {
    let digits = bytes[at..]
        .iter()
        .position(u8::is_ascii_digit)
        .map(|first| at + first);
    let from = digits.unwrap_or(at);
    let length = bytes[from..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let number = NUMBERS[chance.below(NUMBERS.len())];
    drop(bytes.splice(from..from + length, number.bytes()));
}

/// As Automerge writes lengths and runs.
pub fn leb128(mut number: u64) -> Vec<u8> {
    let mut written = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        match number {
            0 => {
                written.push(low);
                return written;
            }
            _ => written.push(low | 0x80),
        }
    }
}
