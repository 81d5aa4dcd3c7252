//! From bytes to text: UTF-8 with or without a byte order mark, or else Windows-1252.

use encoding_rs::WINDOWS_1252;

const UTF8_MARK: &str = "\u{feff}";

/// The text and the name of its encoding; none for what is no text, such as a spreadsheet's own format or UTF-16.
pub fn decode(bytes: &[u8]) -> Option<(String, &'static str)> {
    if bytes.contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some((
            text.strip_prefix(UTF8_MARK).unwrap_or(text).to_owned(),
            "utf-8",
        )),
        Err(_) => Some((
            WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
            "windows-1252",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norwegian_letters_survive_in_each_encoding() {
        assert_eq!(
            decode("Åse Bø".as_bytes()).unwrap(),
            ("Åse Bø".into(), "utf-8")
        );
        assert_eq!(
            decode(b"\xef\xbb\xbf\xc3\x85se").unwrap(),
            ("Åse".into(), "utf-8")
        );
        assert_eq!(
            decode(b"\xc5se B\xf8 \xe6").unwrap(),
            ("Åse Bø æ".into(), "windows-1252")
        );
    }

    #[test]
    fn a_spreadsheets_own_format_is_no_text() {
        assert_eq!(decode(b"PK\x03\x04\x14\x00"), None);
        assert_eq!(decode(b"\xff\xfeF\x00o\x00"), None);
    }
}
