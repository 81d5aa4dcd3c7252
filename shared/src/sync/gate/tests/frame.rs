//! Takes a change chunk apart and puts one together with a checksum that holds, whatever the body says.

use sha2::{Digest, Sha256};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Magic, checksum and type; the length follows.
const PREFIX_BYTES: usize = 9;

/// What follows the chunk's length.
pub fn body(chunk: &[u8]) -> &[u8] {
    let length_bytes = chunk[PREFIX_BYTES..]
        .iter()
        .take_while(|byte| **byte & 0x80 != 0)
        .count()
        + 1;
    &chunk[PREFIX_BYTES + length_bytes..]
}

pub fn chunk(chunk_type: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![chunk_type];
    hashed.extend(unsigned(body.len() as u64));
    hashed.extend(body);
    let checksum = &Sha256::digest(&hashed)[..4];
    [&MAGIC, checksum, &hashed].concat()
}

pub fn unsigned(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
