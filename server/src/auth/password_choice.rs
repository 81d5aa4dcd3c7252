//! Which passwords are not taken when somebody chooses one: those that are tried first. Whoever guesses has no more than a few
//! attempts an hour, so a password need only not be among the likeliest; there are no rules on signs.

/// Words that common passwords of this length are made of, alone, twice, or with digits and signs around them.
const WORDS: &[&str] = &[
    "abc",
    "admin",
    "administrator",
    "adgang",
    "avgjerd",
    "barneskole",
    "changeme",
    "default",
    "dragon",
    "elev",
    "elsker",
    "england",
    "football",
    "fotball",
    "friminutt",
    "game",
    "guest",
    "gjest",
    "hallo",
    "hei",
    "hello",
    "hemmelig",
    "hest",
    "høst",
    "iloveyou",
    "innlogging",
    "internet",
    "internett",
    "jegelskerdeg",
    "jente",
    "kaffe",
    "kjaerlighet",
    "konto",
    "letmein",
    "liverpool",
    "login",
    "lærer",
    "laerer",
    "manchester",
    "master",
    "min",
    "mitt",
    "monkey",
    "mypassword",
    "norge",
    "norway",
    "og",
    "oslo",
    "pass",
    "passord",
    "password",
    "pokemon",
    "princess",
    "prinsesse",
    "rektor",
    "sandefjord",
    "secret",
    "skole",
    "skolen",
    "skule",
    "sommer",
    "solskinn",
    "spring",
    "starwars",
    "summer",
    "sunshine",
    "superman",
    "test",
    "the",
    "trustno",
    "user",
    "velkommen",
    "vår",
    "welcome",
    "whatever",
    "winter",
    "vinter",
];
const ROWS: &[&str] = &[
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyzæøå",
    "qwertyuiopå",
    "asdfghjkløæ",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p",
];
/// Letters left when all common words are gone: fewer are no more than an ending.
const MIN_OWN_LETTERS: usize = 4;
const MIN_DIFFERENT_SIGNS: usize = 5;
/// Signs in a row on a keyboard that are one thought.
const RUN: usize = 4;

/// Whether a password is among the likeliest for this person; `names` are the user name, the person's and the school's.
pub fn is_common(password: &str, names: &[&str]) -> bool {
    let folded = folded(password);
    let mut different: Vec<char> = folded.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() < MIN_DIFFERENT_SIGNS {
        return true;
    }
    let without_rows = without_rows(&folded);
    let mut words: Vec<String> = names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= 3)
        .chain(WORDS.iter().map(|word| (*word).to_owned()))
        .collect();
    // The longest first: `passord` and not `pass` with an ending.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    // Digits are an ending, or stand for letters.
    [digits_left_out, letter].into_iter().any(|read| {
        let spelt: String = without_rows.iter().map(|sign| read(*sign)).collect();
        let left = words
            .iter()
            .fold(spelt, |left, word| left.replace(word.as_str(), " "));
        left.chars().filter(|c| c.is_alphabetic()).count() < MIN_OWN_LETTERS
    })
}

fn folded(password: &str) -> Vec<char> {
    password
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect()
}

/// Takes out what is only a walk over the keyboard, forwards or backwards.
fn without_rows(signs: &[char]) -> Vec<char> {
    let mut left = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let length = walk(&signs[at..]);
        if length < RUN {
            left.push(signs[at]);
        } else {
            left.push(' ');
        }
        at += if length < RUN { 1 } else { length };
    }
    left
}

fn walk(signs: &[char]) -> usize {
    let along = |row: Vec<char>| {
        (0..row.len())
            .map(|from| {
                let pairs = row[from..].iter().zip(signs);
                pairs.take_while(|(one, other)| one == other).count()
            })
            .max()
            .unwrap_or(0)
    };
    ROWS.iter()
        .flat_map(|row| {
            [
                along(row.chars().collect()),
                along(row.chars().rev().collect()),
            ]
        })
        .max()
        .unwrap_or(0)
}

fn digits_left_out(sign: char) -> char {
    if sign.is_numeric() { ' ' } else { sign }
}

/// The letter that a sign stands for in a word written with others.
fn letter(sign: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        digit if digit.is_numeric() => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 3] = ["kari.lunde", "Kari Lunde", "Lia skole"];

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "1234567890",
            "0987654321",
            "1111111111",
            "aaaaaaaaaaaa",
            "qwertyuiop",
            "asdfghjklø",
            "1q2w3e4r5t",
            "password123",
            "Passord2025!",
            "P@ssw0rd12",
            "velkommen1",
            "Velkommen2026",
            "sommer2025!",
            "Sommer-2026",
            "friminutt1",
            "iloveyou12",
            "kari.lunde",
            "KariLunde1985",
            "liaskole2026",
            "lunde12345",
            "abcdefghij",
            "passordpassord",
            "qwerty123456",
            "administrator",
            "abc123abc123",
        ] {
            assert!(is_common(password, &NAMES), "{password}");
        }
    }

    #[test]
    fn a_sentence_or_something_of_ones_own_is_taken_as_it_is() {
        for password in [
            "blåbær på tur",
            "en lang og god setning",
            "correct horse battery",
            "Zk8#vQ2m!xLp",
            "snømann og kakao",
            "密码是一只会飞的企鹅吗",
            "min gule paraply",
            "friminutt-i-skolen-demo-blåbær",
        ] {
            assert!(!is_common(password, &NAMES), "{password}");
        }
    }
}
