//! The order of names in a list, as Norwegian sorts them: æ, ø and å come last. No search; that folds letters together.

/// What to compare two names by: `list.sort_by_cached_key(|name| alphabetical(name))`.
pub fn alphabetical(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            // The three signs after z in ASCII.
            'æ' | 'ä' => key.push('{'),
            'ø' | 'ö' => key.push('|'),
            'å' => key.push('}'),
            'á' | 'à' | 'â' | 'ã' => key.push('a'),
            'é' | 'è' | 'ê' | 'ë' => key.push('e'),
            'í' | 'ì' | 'î' | 'ï' => key.push('i'),
            'ó' | 'ò' | 'ô' => key.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => key.push('u'),
            'ç' | 'č' | 'ć' => key.push('c'),
            'đ' => key.push('d'),
            'ł' => key.push('l'),
            'ñ' | 'ń' | 'ŋ' => key.push('n'),
            'š' | 'ś' => key.push('s'),
            'ŧ' => key.push('t'),
            'ý' => key.push('y'),
            'ž' | 'ź' | 'ż' => key.push('z'),
            other => key.push(other),
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_as_in_a_norwegian_list() {
        let mut names = [
            "Åse", "Ørjan", "Ærlend", "Zara", "Łukasz", "Lise", "Émile", "Emma", "anne", "Bo",
        ];
        names.sort_by_cached_key(|name| alphabetical(name));
        assert_eq!(
            names,
            [
                "anne", "Bo", "Émile", "Emma", "Lise", "Łukasz", "Zara", "Ærlend", "Ørjan", "Åse"
            ]
        );
    }
}
