//! Cookies that hold a secret. Under https each is bound to this host and to encrypted connections by its name (`__Host-`); on
//! plain http, which is for trying things out on one's own machine, browsers would not keep such a cookie.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use super::Token;

/// How a cookie is named and kept.
#[derive(Debug, Clone, Copy)]
pub struct TokenCookie {
    secured: &'static str,
    plain: &'static str,
    is_secure: bool,
}

impl TokenCookie {
    /// The session's.
    pub fn session(public_url: &str) -> TokenCookie {
        TokenCookie::named("__Host-friminutt", "friminutt", public_url)
    }

    /// Of a browser in which somebody has signed in; opens nothing.
    pub fn browser(public_url: &str) -> TokenCookie {
        TokenCookie::named("__Host-friminutt-browser", "friminutt-browser", public_url)
    }

    /// Of a browser that is on its way to the provider and back.
    pub fn feide(public_url: &str) -> TokenCookie {
        TokenCookie::named("__Host-friminutt-feide", "friminutt-feide", public_url)
    }

    /// Of a browser that was given a challenge for a passkey.
    pub fn passkey(public_url: &str) -> TokenCookie {
        TokenCookie::named("__Host-friminutt-passkey", "friminutt-passkey", public_url)
    }

    fn named(secured: &'static str, plain: &'static str, public_url: &str) -> TokenCookie {
        TokenCookie {
            secured,
            plain,
            is_secure: public_url.starts_with("https://"),
        }
    }

    fn name(self) -> &'static str {
        match self.is_secure {
            true => self.secured,
            false => self.plain,
        }
    }

    /// Whether people reach the server by https.
    pub fn is_secure(self) -> bool {
        self.is_secure
    }

    /// The token of a request, if it carries one.
    pub fn read(self, headers: &HeaderMap) -> Option<Token> {
        let cookies = headers
            .get_all(COOKIE)
            .into_iter()
            .filter_map(|value| value.to_str().ok());
        let mut pairs = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let (_, text) = pairs.find(|(name, _)| *name == self.name())?;
        Token::from_text(text)
    }

    /// The header that gives it to the browser.
    pub fn give(
        self,
        token: &Token,
        max_age_s: i64,
    ) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
        self.written(&token.to_text(), max_age_s)
    }

    /// The header that takes it away.
    pub fn take(self) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
        self.written("", 0)
    }

    fn written(
        self,
        value: &str,
        max_age_s: i64,
    ) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
        let secure = if self.is_secure { "; Secure" } else { "" };
        HeaderValue::try_from(format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}",
            self.name()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_given_is_the_cookie_read() {
        let token = Token::random().unwrap();
        for (address, start) in [
            ("https://friminutt.example", "__Host-friminutt="),
            ("http://127.0.0.1:8080", "friminutt="),
        ] {
            let cookie = TokenCookie::session(address);
            let given = cookie.give(&token, 60).unwrap();
            let given = given.to_str().unwrap();
            assert!(given.starts_with(start));
            assert_eq!(given.ends_with("; Secure"), cookie.is_secure());
            let mut headers = HeaderMap::new();
            let pair = given.split(';').next().unwrap();
            headers.insert(COOKIE, format!("other=1; {pair}; last=2").parse().unwrap());
            assert_eq!(cookie.read(&headers).unwrap().hash(), token.hash());
        }
    }

    #[test]
    fn a_cookie_of_another_name_or_shape_is_no_session() {
        let cookie = TokenCookie::session("https://friminutt.example");
        for line in [
            "",
            "friminutt=00",
            "__Host-friminutt",
            "__Host-friminutt=zz",
            "x__Host-friminutt=00",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, line.parse().unwrap());
            assert!(cookie.read(&headers).is_none(), "{line}");
        }
    }
}
