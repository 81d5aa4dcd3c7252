//! Secrets that are handed out: 256 random bits, of which the database keeps only the hash.

use sha2::{Digest, Sha256};
use shared::sync::Hex;

const TOKEN_BYTES: usize = 32;

/// A session's or an invitation's secret. It has no `Debug`: it belongs in no log.
pub struct Token([u8; TOKEN_BYTES]);

impl Token {
    pub fn random() -> Result<Token, getrandom::Error> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Token(bytes))
    }

    /// Reads what `to_text` wrote; none for anything else.
    pub fn from_text(text: &str) -> Option<Token> {
        Hex::parse(text).map(|bytes| Token(bytes.0))
    }

    /// Small hexadecimal digits.
    pub fn to_text(&self) -> String {
        Hex(self.0).to_string()
    }

    /// Another secret that follows from this one and does not tell it, as small hexadecimal digits.
    pub fn derived(&self, what: &str) -> String {
        let digest = Sha256::new().chain_update(what).chain_update(self.0);
        Hex(digest.finalize().into()).to_string()
    }

    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_from_its_text_and_nothing_else_does() {
        let token = Token::random().unwrap();
        let text = token.to_text();
        assert_eq!(Token::from_text(&text).unwrap().hash(), token.hash());
        assert_ne!(Token::random().unwrap().hash(), token.hash());
        for other in [
            "",
            &text[1..],
            &format!("{text}0"),
            &text.replace(&text[..1], "g"),
            &"æ".repeat(32),
        ] {
            assert!(Token::from_text(other).is_none());
        }
    }
}
