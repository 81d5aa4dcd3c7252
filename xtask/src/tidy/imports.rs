//! Which crate may be named where: one table. A wall that only a reviewer sees does not stand for long.

use super::source::Source;

struct Rule {
    /// Names of crates or paths, as code begins to use them.
    names: &'static [&'static str],
    /// Where the rule holds.
    within: &'static [&'static str],
    /// Where, within that, they may be named.
    except: &'static [&'static str],
    reason: &'static str,
}

const PRODUCT: &[&str] = &["shared/src/", "server/src/", "client/src/"];

const RULES: [Rule; 8] = [
    Rule {
        names: &["sqlx"],
        within: PRODUCT,
        except: &["server/src/store/", "server/src/store.rs"],
        reason: "SQL lives in server/src/store",
    },
    Rule {
        names: &["axum"],
        within: PRODUCT,
        except: &[
            "server/src/router.rs",
            "server/src/handlers/",
            "server/src/handlers.rs",
            "server/src/auth/",
            "server/src/notice/push/",
            "server/src/live",
            "server/src/sync/live",
            "server/src/assets",
            "server/src/error.rs",
            "server/src/extract.rs",
            "server/src/cli/serve.rs",
            "server/src/protection.rs",
            "server/src/main.rs",
            "server/src/lib.rs",
        ],
        reason: "HTTP ends at the router, the handlers with their error and extractors, auth, push, live and assets",
    },
    Rule {
        names: &["lettre"],
        within: PRODUCT,
        except: &["server/src/notice/"],
        reason: "what a mail says stands in one place: never a name",
    },
    Rule {
        names: &["automerge", "autosurgeon"],
        within: PRODUCT,
        except: &[
            "shared/src/document/",
            "shared/src/sync/gate/",
            "server/src/sync/",
            "client/src/sync/",
        ],
        reason: "documents are edited by the named functions of shared/src/document",
    },
    Rule {
        names: &["web_sys", "js_sys"],
        within: PRODUCT,
        except: &["client/src/browser/", "client/src/storage/"],
        reason: "the browser is reached through client/src/browser and client/src/storage",
    },
    Rule {
        names: &["leptos", "leptos_router", "leptos_i18n", "reactive_stores"],
        within: &[
            "shared/src/",
            "server/src/",
            "client/src/sync/",
            "client/src/storage/",
            "client/src/browser/",
        ],
        except: &[],
        reason: "what is below the pages does not know how they are drawn",
    },
    Rule {
        names: &[
            "std::fs",
            "std::net",
            "SystemTime",
            "Instant",
            "tokio",
            "getrandom",
            "rand",
        ],
        within: &["shared/src/"],
        except: &[],
        reason: "shared is pure: no I/O, no clock, no randomness of its own",
    },
    Rule {
        names: &["server"],
        within: &["shared/src/", "client/src/"],
        except: &[],
        reason: "client -> shared <- server",
    },
];

pub fn check(sources: &[Source]) -> Vec<String> {
    let code = sources
        .iter()
        .filter(|source| source.has_extension(&["rs"]) && !source.is_test());
    code.flat_map(|source| RULES.iter().flat_map(move |rule| rule.findings(source)))
        .collect()
}

impl Rule {
    fn findings(&self, source: &Source) -> Vec<String> {
        if !source.is_below(self.within) || source.is_below(self.except) {
            return Vec::new();
        }
        let named = |line: &str| {
            self.names
                .iter()
                .find(|name| names_path(line, name))
                .copied()
        };
        source
            .code()
            .filter_map(|(number, line)| Some((number, named(line)?)))
            .map(|(number, name)| format!("{}:{number} names {name}: {}", source.path, self.reason))
            .collect()
    }
}

/// Does the line use the path: `name::…`, `use name;` or a type that ends in it? A field or a longer word does not count.
fn names_path(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back().unwrap_or(' ');
        let after = &line[at + name.len()..];
        let is_whole = !is_word(before) && !after.starts_with(is_word);
        let is_rooted =
            before != '.' && (!line[..at].ends_with("::") || name.starts_with(char::is_uppercase));
        let is_path = after.starts_with("::")
            || line.trim_start().starts_with("use ")
            || name.starts_with(char::is_uppercase);
        is_whole && is_rooted && is_path && !line[..at].ends_with('"')
    })
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        check(&[Source::new(path, text)])
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        let code = "//! Reports.\nuse sqlx::Row;\n";
        assert_eq!(
            findings("server/src/handlers/reports.rs", code),
            ["server/src/handlers/reports.rs:2 names sqlx: SQL lives in server/src/store"]
        );
        assert!(findings("server/src/store/reports.rs", code).is_empty());
    }

    #[test]
    fn a_path_in_the_middle_of_a_line_is_found() {
        assert_eq!(
            findings("client/src/pages/log.rs", "let w = web_sys::window();").len(),
            1
        );
        assert_eq!(
            findings(
                "client/src/sync/outbox.rs",
                "fn f(s: leptos::prelude::RwSignal<u8>) {}"
            )
            .len(),
            1
        );
    }

    #[test]
    fn words_that_only_look_alike_are_not() {
        assert!(findings("shared/src/a.rs", "// see automerge::Change").is_empty());
        assert!(findings("shared/src/a.rs", "let is_automerge_change = self.server;").is_empty());
        assert!(findings("shared/src/a.rs", "let brand = brand::NAME;").is_empty());
        assert!(findings("client/src/a.rs", "use crate::sync::server::Answer;").is_empty());
    }

    #[test]
    fn a_clock_in_shared_is_found_and_tests_may_have_one() {
        assert_eq!(
            findings("shared/src/a.rs", "let now = SystemTime::now();").len(),
            1
        );
        assert!(
            findings(
                "shared/src/a.rs",
                "#[cfg(test)]\nmod tests { use std::time::Instant; }"
            )
            .is_empty()
        );
        assert!(findings("shared/src/sync/gate/tests.rs", "use rand::Rng;").is_empty());
    }
}
