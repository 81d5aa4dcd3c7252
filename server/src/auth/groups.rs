//! What Feide's groups API says of somebody: at which organisations, and of which classes there, not as a pupil. A hint and never a
//! right: who has an account here, and in which role, is said here alone. What cannot be understood is passed over.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::domain::MAX_FEIDE_ORG_CHARS;

/// A teacher has some dozens; an answer with more is none.
const MAX_GROUPS: usize = 200;
/// As the roster takes them.
const MAX_CLASS_CHARS: usize = 20;

/// An organisation's address there without its kind: a class names its school under a kind of its own.
type Organisation = String;

/// Where somebody is, and what they follow there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    organisations: BTreeSet<Organisation>,
    classes: BTreeSet<(Organisation, String)>,
}

impl Groups {
    /// Reads an answer of `groups/me/groups`; none if it is not one.
    pub fn read(answer: &[u8], now_ms: i64) -> Option<Groups> {
        let all: Vec<Value> = serde_json::from_slice(answer).ok()?;
        if all.len() > MAX_GROUPS {
            return None;
        }
        let mut groups = Groups::default();
        // One that is not understood takes no other along.
        let read = all
            .into_iter()
            .filter_map(|group| Group::deserialize(group).ok());
        for group in read.filter(|group| group.is_current(now_ms)) {
            groups.add(group);
        }
        Some(groups)
    }

    /// As it waits for the end of the way.
    pub fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    pub fn from_json(json: &str) -> Groups {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// Whether they name an organisation; an empty name is nobody's.
    pub fn name(&self, organisation: &str) -> bool {
        address(organisation).is_some_and(|it| self.organisations.contains(&it))
    }

    /// The names of the classes at an organisation.
    pub fn classes_at(&self, organisation: &str) -> BTreeSet<&str> {
        let here = address(organisation);
        let classes = self.classes.iter();
        classes
            .filter(|(at, _)| Some(at) == here.as_ref())
            .map(|(_, name)| name.as_str())
            .collect()
    }

    fn add(&mut self, group: Group) {
        match group.kind.as_str() {
            "fc:org" => self.organisations.extend(address(&group.id)),
            "fc:gogroup" if group.is_followed() => {
                let Some(at) = group.parent.as_deref().and_then(address) else {
                    return;
                };
                if group.go_type == "b" {
                    let names = group.display_name.words();
                    let short = names.filter(|name| name.chars().count() <= MAX_CLASS_CHARS);
                    self.classes.extend(short.map(|name| (at.clone(), name)));
                }
                self.organisations.insert(at);
            }
            _ => {}
        }
    }
}

/// What is read of a group.
#[derive(Deserialize)]
struct Group {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    parent: Option<String>,
    #[serde(rename = "displayName", default)]
    display_name: Words,
    #[serde(default)]
    go_type: String,
    #[serde(default)]
    membership: Membership,
    #[serde(rename = "notBefore", default)]
    not_before: Option<String>,
    #[serde(rename = "notAfter", default)]
    not_after: Option<String>,
}

#[derive(Default, Deserialize)]
struct Membership {
    #[serde(default)]
    basic: String,
    #[serde(default)]
    affiliation: Affiliation,
}

/// One or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Affiliation {
    One(String),
    Several(Vec<String>),
}

impl Default for Affiliation {
    fn default() -> Self {
        Affiliation::Several(Vec::new())
    }
}

/// In no language, or by language.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    Plain(String),
    ByLanguage(BTreeMap<String, String>),
}

impl Default for Words {
    fn default() -> Self {
        Words::ByLanguage(BTreeMap::new())
    }
}

impl Words {
    fn words(self) -> impl Iterator<Item = String> {
        let (plain, by_language) = match self {
            Words::Plain(word) => (Some(word), BTreeMap::new()),
            Words::ByLanguage(words) => (None, words),
        };
        let words = plain.into_iter().chain(by_language.into_values());
        words
            .map(|word| word.trim().to_owned())
            .filter(|word| !word.is_empty())
    }
}

impl Group {
    /// Somebody there who is known to be something else than a pupil.
    fn is_followed(&self) -> bool {
        let is = |word: &str| match &self.membership.affiliation {
            Affiliation::One(one) => one == word,
            Affiliation::Several(all) => all.iter().any(|one| one == word),
        };
        let works = ["faculty", "staff", "employee"].into_iter().any(is);
        let leads = ["admin", "owner"].contains(&self.membership.basic.as_str());
        !is("student") && (works || leads)
    }

    /// A time that cannot be read has passed.
    fn is_current(&self, now_ms: i64) -> bool {
        let at = |time: &Option<String>, open: i64| match time {
            None => Some(open),
            Some(time) => Some(time.parse::<Timestamp>().ok()?.as_millisecond()),
        };
        match (
            at(&self.not_before, i64::MIN),
            at(&self.not_after, i64::MAX),
        ) {
            (Some(begins), Some(ends)) => (begins..=ends).contains(&now_ms),
            _ => false,
        }
    }
}

fn address(id: &str) -> Option<Organisation> {
    let id = id.trim().to_lowercase();
    let rest = id
        .strip_prefix("fc:org:")
        .or_else(|| id.strip_prefix("fc:gogroup:"))?;
    let fits = !rest.is_empty() && rest.chars().count() <= MAX_FEIDE_ORG_CHARS;
    fits.then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HERE: &str = "fc:org:lia.example:unit:NO1";
    const NOW_MS: i64 = 1_800_000_000_000;

    fn read(groups: Value) -> Groups {
        Groups::read(groups.to_string().as_bytes(), NOW_MS).unwrap()
    }

    fn class(change: Value) -> Value {
        let mut class = json!({
            "id": "fc:gogroup:lia.example:b:NO1:5a:2026-08-01:2027-07-31",
            "type": "fc:gogroup",
            "go_type": "b",
            "displayName": "5A",
            "parent": HERE,
            "membership": {"basic": "admin", "affiliation": "faculty"},
            "notBefore": "2026-07-31T22:00:00Z",
            "notAfter": "2027-07-31T22:00:00Z",
        });
        let fields = class.as_object_mut().unwrap();
        for (field, value) in change.as_object().unwrap() {
            fields.insert(field.clone(), value.clone());
        }
        class
    }

    #[test]
    fn a_class_and_its_school_are_read_in_each_way_that_they_are_written() {
        for change in [
            json!({}),
            json!({"displayName": {"nb": "5A", "en": "Year 5"}}),
            json!({"parent": "fc:gogroup:lia.example:unit:no1"}),
            json!({"membership": {"basic": "member", "affiliation": ["employee", "faculty"]}}),
            json!({"notBefore": null, "notAfter": null}),
            json!({"something": {"of": ["a newer version"]}}),
        ] {
            let groups = read(json!([class(change.clone())]));
            assert!(groups.classes_at(HERE).contains("5A"), "{change}");
            assert!(groups.name(HERE) && !groups.name("fc:org:dal.example:unit:NO1"));
        }
        let school = read(json!([{"id": HERE, "type": "fc:org", "displayName": "Lia skole"}]));
        assert!(school.name(HERE) && !school.name(""));
        assert_eq!(Groups::from_json(&school.to_json().unwrap()), school);
    }

    #[test]
    fn a_pupils_class_an_expired_one_and_what_is_no_class_is_none() {
        for change in [
            json!({"membership": {"basic": "member", "affiliation": "student"}}),
            json!({"membership": {"basic": "admin", "affiliation": ["faculty", "student"]}}),
            json!({"membership": {"basic": "member"}}),
            json!({"membership": null}),
            json!({"go_type": "u"}),
            json!({"type": "fc:adhoc"}),
            json!({"parent": null}),
            json!({"parent": 7}),
            json!({"parent": "fc:org:"}),
            json!({"displayName": ""}),
            json!({"displayName": "5".repeat(21)}),
            json!({"notAfter": "2026-08-31T22:00:00Z"}),
            json!({"notBefore": "2027-08-31T22:00:00Z"}),
            json!({"notAfter": "next summer"}),
        ] {
            let groups = read(json!([
                class(change.clone()),
                class(json!({"displayName": "6B"}))
            ]));
            assert_eq!(groups.classes_at(HERE), BTreeSet::from(["6B"]), "{change}");
        }
        let elsewhere = read(json!([class(json!({}))]));
        assert!(
            elsewhere
                .classes_at("fc:org:dal.example:unit:NO2")
                .is_empty()
        );
        assert!(elsewhere.classes_at("").is_empty());
    }

    #[test]
    fn an_answer_that_is_none_is_none() {
        let many = json!(vec![class(json!({})); MAX_GROUPS + 1]).to_string();
        let deep = "[".repeat(100_000);
        for answer in ["", "<html>", "{}", "null", "[", &many, &deep] {
            assert_eq!(Groups::read(answer.as_bytes(), NOW_MS), None);
        }
        assert_eq!(read(json!([])), Groups::default());
        assert_eq!(read(json!([7, null, {}, [], {"id": 1}])), Groups::default());
        assert_eq!(Groups::from_json("<html>"), Groups::default());
    }
}
