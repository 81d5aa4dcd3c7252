//! The direction of writing. Marks that turn it make a name or a sentence read backwards in somebody else's view, and show nothing
//! of themselves.

/// Whether it embeds, overrides or isolates a direction (Unicode UAX #9). The letters' own direction needs none of these.
pub fn turns_writing(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a name or a label says what it seems to say: no control characters, no turning.
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || turns_writing(c))
}

/// What people read of a text, whoever sent it.
pub fn as_read(text: &str) -> String {
    text.chars().filter(|c| !turns_writing(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mark_turns_what_is_read_and_letters_of_any_direction_stay() {
        assert_eq!(as_read("Ola \u{202e}slo\u{202c}\nKari"), "Ola slo\nKari");
        assert_eq!(as_read("\u{2066}a\u{2069}"), "a");
        let arabic = "قال: \u{200f}لا";
        assert_eq!(as_read(arabic), arabic);
        assert!(is_plain(arabic) && is_plain("Łukasz Ærlig"));
        assert!(!is_plain("Ola\u{202e}") && !is_plain("a\nb"));
    }
}
