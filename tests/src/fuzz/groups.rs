//! What Feide's groups API answers. What was read of it waits as JSON and reads back the same.

use serde_json::json;
use server::auth::Groups;

use super::Input;

const SCHOOL: &str = "fc:org:lia.example:unit:NO1";
const NOW_MS: i64 = 1_800_000_000_000;

pub fn groups(bytes: &[u8]) {
    let Some(read) = Groups::read(bytes, NOW_MS) else {
        return;
    };
    let json = read.to_json().expect("JSON");
    assert_eq!(Groups::from_json(&json), read);
    assert!(!read.name(""));
    assert!(read.classes_at(SCHOOL).is_empty() || read.name(SCHOOL));
}

pub fn answers() -> Vec<Input> {
    let teacher = json!([
        {"id": "fc:org:lia.example", "type": "fc:org", "displayName": "Lia kommune"},
        {"id": SCHOOL, "type": "fc:org", "displayName": "Lia skole", "parent": "fc:org:lia.example",
            "membership": {"basic": "member", "affiliation": ["member", "employee", "faculty"]}},
        {"id": "fc:gogroup:lia.example:b:NO1:5a:2026-08-01:2027-07-31", "type": "fc:gogroup", "go_type": "b",
            "displayName": {"nb": "5A", "en": "Year 5"}, "parent": SCHOOL,
            "membership": {"basic": "admin", "affiliation": "faculty"},
            "notBefore": "2026-07-31T22:00:00Z", "notAfter": "2027-07-31T22:00:00Z"},
    ]);
    vec![
        ("teacher", teacher.to_string().into()),
        ("nothing", b"[]".to_vec()),
    ]
}
