//! The session's cookie. Under https it is bound to this host and to encrypted connections by its name (`__Host-`); on plain
//! http, which is for trying things out on one's own machine, browsers would not keep such a cookie.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use super::Token;

/// How the cookie is named and kept.
#[derive(Debug, Clone, Copy)]
pub struct SessionCookie {
    name: &'static str,
    secure: &'static str,
}

impl SessionCookie {
    pub fn for_address(public_url: &str) -> SessionCookie {
        match public_url.starts_with("https://") {
            true => SessionCookie {
                name: "__Host-friminutt",
                secure: "; Secure",
            },
            false => SessionCookie {
                name: "friminutt",
                secure: "",
            },
        }
    }

    /// Whether people reach the server by https.
    pub fn is_secure(self) -> bool {
        !self.secure.is_empty()
    }

    /// The session token of a request, if it carries one.
    pub fn read(self, headers: &HeaderMap) -> Option<Token> {
        let cookies = headers
            .get_all(COOKIE)
            .into_iter()
            .filter_map(|value| value.to_str().ok());
        let mut pairs = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let (_, text) = pairs.find(|(name, _)| *name == self.name)?;
        Token::from_text(text)
    }

    /// The header that gives the browser its session.
    pub fn give(
        self,
        token: &Token,
        max_age_s: i64,
    ) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
        let SessionCookie { name, secure } = self;
        HeaderValue::try_from(format!(
            "{name}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}",
            token.to_text()
        ))
    }

    /// The header that takes it away.
    pub fn take(self) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
        let SessionCookie { name, secure } = self;
        HeaderValue::try_from(format!(
            "{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"
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
            let cookie = SessionCookie::for_address(address);
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
        let cookie = SessionCookie::for_address("https://friminutt.example");
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
