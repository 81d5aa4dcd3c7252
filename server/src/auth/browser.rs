//! The browser that asks, known by a cookie of its own which opens nothing: only whether somebody has signed in there before is
//! asked of it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Token;
use crate::error::Error;
use crate::state::AppState;

/// As long as browsers keep a cookie.
pub const KEPT_S: i64 = 400 * 24 * 60 * 60;

/// A browser.
pub struct Browser {
    token: Token,
    is_new: bool,
}

impl Browser {
    /// Its secret: what it showed, or a new one for it to keep.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Its secret, if it showed one.
    pub fn shown(&self) -> Option<&Token> {
        (!self.is_new).then_some(&self.token)
    }
}

impl FromRequestParts<AppState> for Browser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        let shown = state.browser_cookie.read(&parts.headers);
        let is_new = shown.is_none();
        let token = match shown {
            Some(token) => token,
            None => {
                Token::random().map_err(|_| Error::Broken("the machine gives no random numbers"))?
            }
        };
        Ok(Browser { token, is_new })
    }
}
