//! A code by which a substitute (*vikar*) signs in for a day.

use serde::{Deserialize, Serialize};

use crate::domain::{DeviceId, StaffId};
use crate::sync::Hex;

/// Digits of a code as it is typed.
pub const DAY_CODE_DIGITS: usize = 10;
/// Longest name of a substitute, in characters.
pub const MAX_SUBSTITUTE_NAME_CHARS: usize = 120;

/// `POST /api/substitutes`: somebody new is a substitute today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSubstitute {
    pub name: String,
}

/// A code, the only time that it is known.
#[derive(Clone, Serialize, Deserialize)]
pub struct DayCode {
    pub name: String,
    pub digits: String,
    pub picture: QrPicture,
    pub ends_at_ms: i64,
}

/// A QR code as a picture: dark squares of side 1 in a square field, as an SVG path.
#[derive(Clone, Serialize, Deserialize)]
pub struct QrPicture {
    /// Squares on a side.
    pub size: u32,
    pub path: String,
}

/// `GET /api/substitutes`: somebody who has or lately had a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Substitute {
    pub staff: StaffId,
    pub name: String,
    pub made_at_ms: i64,
    /// The account is open until then.
    pub ends_at_ms: i64,
    /// When the code was first taken into use.
    pub taken_at_ms: Option<i64>,
}

/// `POST /api/session/day-code`: signing in with a code. Answers with an `Admission`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeDayCode {
    /// As typed, or as the picture holds it.
    pub code: String,
    /// A secret of the phone: the same one may take the code again, when the answer was lost or somebody else has signed in between.
    pub phone: Hex<32>,
    /// As in `SignIn`.
    #[serde(deserialize_with = "Option::deserialize")]
    pub device: Option<DeviceId>,
    pub device_name: String,
}
