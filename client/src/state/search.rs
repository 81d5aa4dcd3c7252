//! Finding a pupil among some six hundred by two letters, whatever the spelling. Ranking only; which pupils there are comes in.

use shared::domain::{ClassId, Pupil};

/// How well a name fits; lower is better, and the order of the list decides among equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    GivenName,
    OtherName,
    Initials,
    Class,
    OneLetterOff,
    Within,
}

/// Letters as they are typed in haste: one case, no accents, æ ø å and their stand-ins alike.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'æ' | 'ä' => folded.push_str("ae"),
            'ø' | 'ö' => folded.push('o'),
            'å' | 'á' | 'à' | 'â' | 'ã' => folded.push('a'),
            'é' | 'è' | 'ê' | 'ë' => folded.push('e'),
            'í' | 'ì' | 'î' | 'ï' => folded.push('i'),
            'ó' | 'ò' | 'ô' => folded.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => folded.push('u'),
            'ç' | 'č' | 'ć' => folded.push('c'),
            'ñ' | 'ń' => folded.push('n'),
            'š' | 'ś' => folded.push('s'),
            'ž' => folded.push('z'),
            'đ' => folded.push('d'),
            'ł' => folded.push('l'),
            'ý' => folded.push('y'),
            '-' | '\'' | '’' | '.' => folded.push(' '),
            other => folded.push(other),
        }
    }
    folded.replace("aa", "a").replace("oe", "o")
}

/// The pupils that fit what was typed, best first; none for less than two letters.
pub fn search<'a>(
    pupils: &'a [Pupil],
    class_name: impl Fn(ClassId) -> Option<String>,
    typed: &str,
    most: usize,
) -> Vec<&'a Pupil> {
    let typed = fold(typed.trim());
    let words: Vec<&str> = typed.split_whitespace().collect();
    if typed.chars().count() < 2 {
        return Vec::new();
    }
    let mut hits: Vec<(Fit, &Pupil)> = pupils
        .iter()
        .filter_map(|pupil| {
            let class = pupil.class.and_then(&class_name).unwrap_or_default();
            Some((fit(pupil, &fold(&class), &words)?, pupil))
        })
        .collect();
    hits.sort_by_cached_key(|(fit, pupil)| {
        (
            *fit,
            fold(&pupil.given_name),
            fold(&pupil.family_name),
            pupil.id,
        )
    });
    hits.into_iter()
        .take(most)
        .map(|(_, pupil)| pupil)
        .collect()
}

/// The worst fit of the words, since every word must fit.
fn fit(pupil: &Pupil, class: &str, words: &[&str]) -> Option<Fit> {
    let given = fold(&pupil.given_name);
    let family = fold(&pupil.family_name);
    words
        .iter()
        .map(|word| fit_word(&given, &family, class, word))
        .collect::<Option<Vec<_>>>()?
        .into_iter()
        .max()
}

fn fit_word(given: &str, family: &str, class: &str, word: &str) -> Option<Fit> {
    let parts = || given.split_whitespace().chain(family.split_whitespace());
    let initials: String = parts().filter_map(|part| part.chars().next()).collect();
    if given.starts_with(word) {
        Some(Fit::GivenName)
    } else if parts().any(|part| part.starts_with(word)) {
        Some(Fit::OtherName)
    } else if word.chars().count() >= 2 && initials.contains(word) {
        Some(Fit::Initials)
    } else if class == word {
        Some(Fit::Class)
    } else if word.chars().count() >= 3 && parts().any(|part| is_one_off(part, word)) {
        Some(Fit::OneLetterOff)
    } else if word.chars().count() >= 3 && parts().any(|part| part.contains(word)) {
        Some(Fit::Within)
    } else {
        None
    }
}

/// Whether the beginning of a name is what was typed but for one letter: another, one too many, one too few, two swapped.
fn is_one_off(part: &str, word: &str) -> bool {
    let (part, word): (Vec<char>, Vec<char>) = (part.chars().collect(), word.chars().collect());
    let same = part.iter().zip(&word).take_while(|(a, b)| a == b).count();
    let (part, word) = (&part[same..], &word[same..]);
    let starts = |part: &[char], word: &[char]| part.starts_with(word);
    match (part, word) {
        (_, []) => true,
        ([], [_]) => true,
        ([], _) => false,
        ([a, after @ ..], [b, left @ ..]) => {
            let is_swapped = after.first() == Some(b)
                && left.first() == Some(a)
                && starts(&after[1..], &left[1..]);
            starts(after, left) || starts(part, left) || starts(after, word) || is_swapped
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NAMES: [(&str, &str); 6] = [
        ("Åse", "Østby"),
        ("Mohammed", "Al-Hassan"),
        ("Kristoffer", "Bergli"),
        ("Ola", "Aasen"),
        ("Søren", "Nærø"),
        ("Liv", "Olaussen"),
    ];

    fn found(typed: &str) -> Vec<&'static str> {
        let pupils: Vec<Pupil> = (0u128..)
            .zip(NAMES)
            .map(|(n, (given, family))| Pupil {
                id: Uuid::from_u128(n).into(),
                given_name: given.into(),
                family_name: family.into(),
                class: None,
            })
            .collect();
        let hits = search(&pupils, |_| None, typed, 10);
        hits.iter()
            .filter_map(|hit| NAMES.iter().find(|name| name.0 == hit.given_name))
            .map(|name| name.0)
            .collect()
    }

    #[test]
    fn two_letters_find_given_names_before_family_names() {
        assert_eq!(found("ol"), ["Ola", "Liv"]);
        assert!(found("o").is_empty());
    }

    #[test]
    fn norwegian_letters_and_their_stand_ins_are_alike() {
        assert_eq!(found("aase"), ["Åse", "Ola"]);
        assert_eq!(found("soren"), ["Søren"]);
        assert_eq!(found("naero"), ["Søren"]);
        assert_eq!(found("øst"), ["Åse"]);
    }

    #[test]
    fn one_wrong_letter_is_forgiven() {
        for typed in ["mohamed", "muhammed", "mohammedd", "mohmamed"] {
            assert_eq!(found(typed), ["Mohammed"], "{typed}");
        }
        assert_eq!(found("kristofer"), ["Kristoffer"]);
    }

    #[test]
    fn initials_and_several_words_narrow_it_down() {
        assert_eq!(found("kb"), ["Kristoffer"]);
        assert_eq!(found("ola aas"), ["Ola"]);
        assert!(found("ola bergli").is_empty());
    }
}
