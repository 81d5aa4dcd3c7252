//! JSON requests that are none: refused in the API's own words, with nothing stored and nobody's name in the answer.

use friminutt_tests::on_both_databases;
use friminutt_tests::rows;
use friminutt_tests::school::{Person, School};
use friminutt_tests::server::Server;
use friminutt_tests::wire::{self, Answer};
use serde_json::{Value, json};
use shared::api::{ApiError, path};
use shared::domain::SchoolSettings;

/// Stands in every request, and must stand in no answer.
const NAME: &str = "Åshild Hemmelighet";
const TABLES: [&str; 11] = [
    "contact_teacher",
    "known_browser",
    "school",
    "class",
    "pupil",
    "staff",
    "staff_role",
    "staff_password",
    "invitation",
    "device",
    "session",
];
/// Above what any address takes of JSON.
const TOO_MANY_BYTES: usize = 64 * 1024 + 1;

/// An address that takes JSON, with a body that it would take.
struct Taking<'a> {
    method: &'static str,
    path: String,
    who: &'a Person,
    body: Value,
    /// Fields with a text that is too long for them, by JSON pointer.
    too_long: &'static [(&'static str, usize)],
}

fn addresses(school: &School) -> Vec<Taking<'_>> {
    let settings = SchoolSettings {
        owner_name: NAME.into(),
        ..SchoolSettings::default()
    };
    let taking = |method, path: &str, who, body, too_long| Taking {
        method,
        path: path.into(),
        who,
        body,
        too_long,
    };
    vec![
        taking(
            "POST",
            path::ERASURES,
            &school.principal,
            json!({"documents": [uuid::Uuid::now_v7()], "ground": "mistake"}),
            &[("/ground", 41)],
        ),
        taking(
            "POST",
            path::SESSION,
            &school.nina,
            json!({"username": NAME, "password": NAME, "device": null, "device_name": NAME}),
            &[("/username", 401), ("/password", 401)],
        ),
        taking(
            "POST",
            path::INVITATION,
            &school.nina,
            json!({"token": NAME, "password": NAME, "device_name": NAME}),
            &[("/token", 1000), ("/password", 401)],
        ),
        taking(
            "POST",
            path::DAY_CODE,
            &school.nina,
            json!({"code": NAME, "phone": "0".repeat(64), "device": null, "device_name": NAME}),
            &[("/code", 1000)],
        ),
        taking(
            "POST",
            path::STEP_UP,
            &school.nina,
            json!({"password": NAME}),
            &[("/password", 513)],
        ),
        taking(
            "PUT",
            path::PASSWORD,
            &school.nina,
            json!({"old": NAME, "new": "klokka slår tolv"}),
            &[("/old", 513), ("/new", 129)],
        ),
        taking(
            "POST",
            path::SUBSTITUTES,
            &school.principal,
            json!({"name": NAME}),
            &[("/name", 121)],
        ),
        taking(
            "PUT",
            &path::with_id(path::PUPIL_ATTENTION, school.pupils[0]),
            &school.principal,
            json!({"until_ms": server::clock::now_ms() + 60_000}),
            &[],
        ),
        taking(
            "POST",
            path::STAFF,
            &school.administrator,
            json!({"name": NAME, "username": "ashild", "roles": ["duty_staff"]}),
            &[("/name", 121), ("/username", 61)],
        ),
        taking(
            "PUT",
            &path::with_id(path::STAFF_MEMBER, school.nina.staff),
            &school.administrator,
            json!({"roles": ["duty_staff"], "own_classes": [school.class_5a], "status": "active"}),
            &[("/status", 41), ("/roles/0", 41)],
        ),
        taking(
            "PUT",
            path::SETTINGS,
            &school.administrator,
            serde_json::to_value(settings).unwrap(),
            &[
                ("/owner_name", 121),
                ("/owner_phone", 41),
                ("/choices/0/label", 61),
            ],
        ),
    ]
}

/// Every object in a value, by JSON pointer; of a list its first item.
fn objects(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::Object(fields) => std::iter::once(at.to_owned())
            .chain(
                fields
                    .iter()
                    .flat_map(|(key, inner)| objects(inner, &format!("{at}/{key}"))),
            )
            .collect(),
        Value::Array(items) => items
            .first()
            .map_or(Vec::new(), |first| objects(first, &format!("{at}/0"))),
        _ => Vec::new(),
    }
}

/// The body with every object in turn having a field too many, one too few, and each of its fields of another type.
fn spoilt(body: &Value, too_long: &[(&str, usize)]) -> Vec<Vec<u8>> {
    let mut all = vec![
        json!(null),
        json!([]),
        json!("text"),
        json!(NAME),
        json!({}),
    ];
    for at in objects(body, "") {
        let fields = body.pointer(&at).and_then(Value::as_object).unwrap();
        let with = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let mut body = body.clone();
            change(
                body.pointer_mut(&at)
                    .and_then(Value::as_object_mut)
                    .unwrap(),
            );
            body
        };
        all.push(with(&|it| drop(it.insert("surprise".into(), json!(NAME)))));
        for (key, value) in fields {
            let other = if value.is_object() || value.is_array() {
                json!(NAME)
            } else {
                json!({ "name": NAME })
            };
            all.push(with(&|it| drop(it.insert(key.clone(), other.clone()))));
            if !value.is_null() && !key.ends_with("_ms") {
                all.push(with(&|it| drop(it.remove(key))));
            }
        }
    }
    for (at, chars) in too_long {
        let mut body = body.clone();
        *body.pointer_mut(at).unwrap() = json!("å".repeat(*chars));
        all.push(body);
    }
    let mut all: Vec<_> = all
        .iter()
        .map(|body| serde_json::to_vec(body).unwrap())
        .collect();
    let whole = serde_json::to_vec(body).unwrap();
    all.extend([
        Vec::new(),
        whole[..whole.len() - 1].to_vec(),
        [&whole[..], b"{}"].concat(),
        "[".repeat(TOO_MANY_BYTES - 1).into_bytes(),
    ]);
    let mut latin = whole.clone();
    latin[1..]
        .iter_mut()
        .find(|byte| byte.is_ascii_alphabetic())
        .map(|byte| *byte = 0xff)
        .unwrap();
    all.push(latin);
    all
}

fn check_refusal(answer: &Answer, of: &str) {
    let text = String::from_utf8_lossy(&answer.body);
    assert!(
        (400..500).contains(&answer.status),
        "{of}: {} {text}",
        answer.status
    );
    serde_json::from_slice::<ApiError>(&answer.body).unwrap_or_else(|_| panic!("{of}: {text}"));
    assert!(
        !text.contains("Åshild") && !text.contains("Hemmelighet") && !text.contains("ååå"),
        "{of}: {text}"
    );
}

async fn all_rows(server: &Server) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in TABLES {
        all.push(rows::of_table(&server.store, table).await);
    }
    all
}

on_both_databases! {
    async fn a_body_that_an_address_does_not_take_changes_nothing_and_is_not_repeated(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let before = all_rows(&server).await;
        for taking in addresses(&school) {
            for body in spoilt(&taking.body, taking.too_long) {
                let answer = server.ask_json(taking.who, taking.method, &taking.path, &body).await;
                check_refusal(&answer, &format!("{} {} {}", taking.method, taking.path, String::from_utf8_lossy(&body[..body.len().min(300)])));
            }
        }
        assert_eq!(all_rows(&server).await, before);
    }

    async fn a_body_of_another_type_or_over_the_limit_is_refused(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let before = all_rows(&server).await;
        for Taking { method, path, who, body, .. } in addresses(&school) {
            let body = serde_json::to_vec(&body).unwrap();
            for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""] {
                let headers = [("cookie", who.cookie.as_str()), ("sec-fetch-site", "same-origin"), ("content-type", content_type)];
                let answer = wire::request_with(&server.address, method, &path, &headers, &body).await.unwrap();
                check_refusal(&answer, &format!("{path} as {content_type}"));
            }
            let padded = [&body[..], " ".repeat(TOO_MANY_BYTES).as_bytes()].concat();
            let answer = server.ask_json(who, method, &path, &padded).await;
            check_refusal(&answer, &path);
            assert_eq!(answer.status, 413, "{path}");
        }
        assert_eq!(all_rows(&server).await, before);
    }

    async fn the_same_bodies_unspoilt_are_taken(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        for Taking { method, path, who, body, .. } in addresses(&school).into_iter().skip(6) {
            let answer = server.ask_json(who, method, &path, &serde_json::to_vec(&body).unwrap()).await;
            assert!((200..300).contains(&answer.status), "{path}: {}", answer.status);
        }
    }
}
