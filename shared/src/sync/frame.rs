//! The body of a sync request and its answer: four bytes of magic, then parts, each with its length before it (u32, little
//! endian). The first part is JSON, the rest are bytes. Simple enough to write and read in the service worker.

use thiserror::Error;

/// Bytes of magic that open every body; the last one is the version.
pub const MAGIC_BYTES: usize = 4;
const LENGTH_BYTES: usize = 4;

/// What the first bytes say of the rest. A request is answered in its own version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Open items, receipts in the head; spoken by phones for 90 days after an update.
    One,
    /// Sealed items, receipts signed in parts of their own.
    Two,
}

impl Version {
    pub fn magic(self) -> [u8; MAGIC_BYTES] {
        match self {
            Version::One => *b"FRI1",
            Version::Two => *b"FRI2",
        }
    }
}

/// Why a body cannot be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameError {
    #[error("the body does not begin as a sync body of a version this server knows")]
    BadMagic,
    #[error("the body has more parts than allowed")]
    TooManyParts,
}

/// A body taken apart. What was cut off is not there: each part stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts<'a> {
    pub version: Version,
    pub whole: Vec<&'a [u8]>,
    /// The body ended inside a part.
    pub is_truncated: bool,
}

/// Puts a body together.
pub fn write<'a>(version: Version, parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut body = version.magic().to_vec();
    for part in parts {
        body.extend((part.len() as u32).to_le_bytes());
        body.extend(part);
    }
    body
}

/// Takes a body apart, up to `max_parts`; allocates for no more parts than the body has.
pub fn read(body: &[u8], max_parts: usize) -> Result<Parts<'_>, FrameError> {
    let opened = [Version::One, Version::Two]
        .into_iter()
        .find_map(|version| Some((version, body.strip_prefix(&version.magic())?)));
    let (version, mut rest) = opened.ok_or(FrameError::BadMagic)?;
    let mut whole = Vec::new();
    while !rest.is_empty() {
        let part = rest
            .split_first_chunk::<LENGTH_BYTES>()
            .and_then(|(length, after)| {
                after.split_at_checked(u32::from_le_bytes(*length) as usize)
            });
        let Some((part, after)) = part else {
            return Ok(Parts {
                version,
                whole,
                is_truncated: true,
            });
        };
        if whole.len() == max_parts {
            return Err(FrameError::TooManyParts);
        }
        whole.push(part);
        rest = after;
    }
    Ok(Parts {
        version,
        whole,
        is_truncated: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_cut_at_any_byte_keeps_the_parts_before_the_cut() {
        let body = write(Version::Two, [b"head".as_slice(), b"", b"second"]);
        let ends = [4, 12, 16, 26];
        for cut in MAGIC_BYTES..=body.len() {
            let parts = read(&body[..cut], 10).unwrap();
            assert_eq!(
                parts.whole.len(),
                ends.iter().filter(|end| **end <= cut).count() - 1
            );
            assert_eq!(parts.is_truncated, !ends.contains(&cut));
        }
    }

    #[test]
    fn a_stranger_and_a_crowd_are_refused() {
        assert_eq!(read(b"<html>", 10), Err(FrameError::BadMagic));
        assert_eq!(
            read(&write(Version::Two, [b"".as_slice(); 3]), 2),
            Err(FrameError::TooManyParts)
        );
    }

    #[test]
    fn a_length_beyond_the_body_allocates_nothing() {
        let mut body = Version::One.magic().to_vec();
        body.extend(u32::MAX.to_le_bytes());
        assert_eq!(
            read(&body, 10),
            Ok(Parts {
                version: Version::One,
                whole: vec![],
                is_truncated: true
            })
        );
    }
}
