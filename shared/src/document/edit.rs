//! An edit: what one named function of `entry` or `report` writes. Pages never see keys.

use super::change::Scalar;
use super::schema::{MAX_CODE_CHARS, MAX_LONG_CHARS, MAX_SHORT_CHARS};
use crate::domain::as_read;

/// Keys with what they are to say; none takes a key away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    pub(super) writes: Vec<(String, Option<Scalar>)>,
}

/// Why an edit cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    #[error("the text is longer than {max_chars} characters")]
    TooLong { max_chars: usize },
}

impl Edit {
    /// Both edits as one change.
    pub fn and(mut self, other: Edit) -> Edit {
        self.writes.extend(other.writes);
        self
    }

    pub(super) fn put(key: impl Into<String>, value: Scalar) -> Edit {
        Edit {
            writes: vec![(key.into(), Some(value))],
        }
    }

    pub(super) fn remove(key: impl Into<String>) -> Edit {
        Edit {
            writes: vec![(key.into(), None)],
        }
    }

    pub(super) fn code(key: impl Into<String>, word: impl std::fmt::Display) -> Edit {
        Edit::put(
            key,
            Scalar::Text(word.to_string().chars().take(MAX_CODE_CHARS).collect()),
        )
    }

    pub(super) fn flag(key: impl Into<String>, is_set: bool) -> Edit {
        if is_set {
            Edit::put(key, Scalar::Flag(true))
        } else {
            Edit::remove(key)
        }
    }

    /// A code, or its absence.
    pub(super) fn option(key: impl Into<String>, word: Option<impl std::fmt::Display>) -> Edit {
        match word {
            Some(word) => Edit::code(key, word),
            None => Edit::remove(key),
        }
    }

    pub(super) fn short_text(key: impl Into<String>, text: &str) -> Result<Edit, EditError> {
        Edit::text(key, text, MAX_SHORT_CHARS)
    }

    pub(super) fn long_text(key: impl Into<String>, text: &str) -> Result<Edit, EditError> {
        Edit::text(key, text, MAX_LONG_CHARS)
    }

    fn text(key: impl Into<String>, text: &str, max_chars: usize) -> Result<Edit, EditError> {
        // What is read has no such marks: what is written is compared with it.
        let text = as_read(text);
        if text.chars().count() > max_chars {
            return Err(EditError::TooLong { max_chars });
        }
        Ok(Edit::put(key, Scalar::Text(text)))
    }
}
