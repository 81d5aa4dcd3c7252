//! The code by which a substitute (*vikar*) signs in: for the day it is made, on one phone. It is two secrets. A picture (QR) holds a
//! long one that nobody guesses, and is never refused for what others try; digits that can be typed are few, so wrong ones are
//! bounded in the whole installation.

use qrcodegen::{QrCode, QrCodeEcc};
use sha2::{Digest, Sha256};
use shared::api::{DAY_CODE_DIGITS, DayCode, QrPicture, TakeDayCode};
use shared::domain::{SchoolId, StaffId};

use super::attempts;
use super::browser::Browser;
use super::session::{Arrival, OpenedSession, Way, open_session};
use super::token::Token;
use crate::clock;
use crate::error::Error;
use crate::state::AppState;
use crate::store::Tx;
use crate::store::day_code::NewDayCode;

/// The app's page that takes a code, which stands after `#`.
const PAGE: &str = "/dagskode";
/// White squares around the picture, which readers need.
const QUIET_ZONE: i32 = 4;

/// Makes a code for a person whose account ends with the day, and returns it, the only time it is known.
pub async fn make(
    tx: &mut Tx,
    state: &AppState,
    (school, staff, name): (SchoolId, StaffId, String),
    now_ms: i64,
) -> Result<DayCode, Error> {
    let no_randomness = |_| Error::Broken("the machine gives no random numbers");
    let token = Token::random().map_err(no_randomness)?;
    let digits = digits().map_err(no_randomness)?;
    let ends_at_ms = clock::midnight_after(now_ms).ok_or(Error::Broken("no calendar has today"))?;
    let new = NewDayCode {
        token_hash: token.hash(),
        digits_hash: state.keys.blind("day code", digits.as_bytes()),
        made_at_ms: now_ms,
        ends_at_ms,
    };
    tx.add_day_code(school, staff, &new).await?;
    let address = format!("{}{PAGE}#{}", state.public_url, token.to_text());
    Ok(DayCode {
        name,
        digits,
        picture: picture(&address)?,
        ends_at_ms,
    })
}

/// Takes a code into use: it is this phone's from then on, and a session is opened, or none of it.
pub async fn take(
    state: &AppState,
    asked: &TakeDayCode,
    browser: &Browser,
    now_ms: i64,
) -> Result<OpenedSession, Error> {
    let typed: String = asked.code.chars().filter(|c| !c.is_whitespace()).collect();
    let mut is_typed = false;
    let hash = match Token::from_text(&typed) {
        Some(token) => token.hash(),
        None => {
            let is_whole =
                typed.len() == DAY_CODE_DIGITS && typed.bytes().all(|b| b.is_ascii_digit());
            if !is_whole {
                return Err(Error::DayCodeInvalid);
            }
            is_typed = true;
            attempts::count_digits(state, now_ms).await?;
            state.keys.blind("day code", typed.as_bytes())
        }
    };
    let mut tx = state.store.write().await?;
    let phone = Sha256::digest(asked.phone.0).into();
    let taken = tx.take_day_code(&hash, &phone, now_ms).await?;
    let person = taken.ok_or(Error::DayCodeInvalid)?;
    if is_typed {
        attempts::digits_fitted(&mut tx, &state.keys).await?;
    }
    let arrival = Arrival {
        way: Way::DayCode,
        device: asked.device,
        device_name: &asked.device_name,
        browser: browser.token(),
    };
    // A code shows nothing of who one is: what asks for that anew is not for its bearer.
    let opened = open_session(&mut tx, person, &arrival, 0, now_ms).await?;
    tx.commit().await?;
    Ok(opened)
}

fn digits() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    let number = u64::from_le_bytes(bytes) % 10_u64.pow(DAY_CODE_DIGITS as u32);
    Ok(format!("{number:0width$}", width = DAY_CODE_DIGITS))
}

fn picture(text: &str) -> Result<QrPicture, Error> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|_| Error::Broken("the address is too long for a QR code"))?;
    let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let path = dark
        .filter(|(x, y)| code.get_module(*x, *y))
        .map(|(x, y)| format!("M{} {}h1v1h-1z", x + QUIET_ZONE, y + QUIET_ZONE))
        .collect();
    Ok(QrPicture {
        size: (code.size() + 2 * QUIET_ZONE) as u32,
        path,
    })
}
