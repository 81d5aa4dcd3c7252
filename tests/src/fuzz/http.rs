//! Requests over HTTP to the real router. An input is who asks, the method and the path on one line, and below it the body. Whatever
//! comes is answered, and never as the server's own fault.

use std::sync::{Mutex, PoisonError};

use shared::api::path;
use tokio::runtime::Runtime;

use super::{Input, json, sync};
use crate::database::Database;
use crate::school::{Person, School};
use crate::server::Server;
use crate::wire;

/// A server that was asked so often makes place for a new one.
const REQUESTS_A_SERVER: usize = 1_000;
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

pub fn exchange(bytes: &[u8]) {
    static DOOR: Mutex<Option<Door>> = Mutex::new(None);
    let mut door = DOOR.lock().unwrap_or_else(PoisonError::into_inner);
    if door
        .as_ref()
        .is_none_or(|door| door.is_worn || door.requests >= REQUESTS_A_SERVER)
    {
        *door = Some(Door::new());
    }
    if let Some(door) = door.as_mut() {
        door.exchange(bytes);
    }
}

struct Door {
    runtime: Runtime,
    server: Server,
    school: School,
    requests: usize,
    /// Somebody has signed out or shut a device out.
    is_worn: bool,
    _database: Database,
}

impl Door {
    fn new() -> Door {
        let runtime = Runtime::new().expect("a runtime");
        let database = Database::sqlite();
        let (server, school) = runtime.block_on(async {
            let server = Server::start(&database).await;
            let school = School::found(&server.store, "Lia skole").await;
            (server, school)
        });
        Door {
            runtime,
            server,
            school,
            requests: 0,
            is_worn: false,
            _database: database,
        }
    }

    fn exchange(&mut self, bytes: &[u8]) {
        let end = bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(bytes.len());
        let (line, body) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
        let line = String::from_utf8_lossy(line);
        let mut words = line.splitn(3, ' ');
        let (who, method, path) = (words.next(), words.next(), words.next().unwrap_or_default());
        let who = self.person(who.unwrap_or_default());
        let method = METHODS.into_iter().find(|known| Some(*known) == method);
        let method = method.unwrap_or("POST");
        let path = self.with_ids(path);
        // A live connection has no end.
        if path.starts_with(path::LIVE) {
            return;
        }
        let headers = [
            ("cookie", who.cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/json"),
        ];
        let asked = wire::request_with(&self.server.address, method, &path, &headers, body);
        let answer = self.runtime.block_on(asked).expect("an answer");
        assert!(answer.status < 500, "{method} {path}: {}", answer.status);
        self.requests += 1;
        self.is_worn = method == "DELETE" && answer.status < 300;
    }

    fn person(&self, letter: &str) -> &Person {
        match letter {
            "a" => &self.school.administrator,
            "p" => &self.school.principal,
            "i" => &self.school.ida,
            _ => &self.school.kari,
        }
    }

    /// Ids differ from server to server.
    fn with_ids(&self, path: &str) -> String {
        let path: String = path
            .chars()
            .filter(|sign| !sign.is_control() && *sign != ' ')
            .collect();
        let path = path.replace("{pupil}", &self.school.pupils[0].to_string());
        let path = path.replace("{staff}", &self.school.kari.staff.to_string());
        let path = path.replace("{device}", &self.school.ola.device.to_string());
        match path.starts_with('/') {
            true => path,
            false => format!("/{path}"),
        }
    }
}

pub fn requests() -> Vec<Input> {
    let bodies: Vec<Input> = json::requests();
    let body = |name: &str| -> Vec<u8> {
        let found = bodies.iter().find(|(known, _)| *known == name);
        found.map_or(Vec::new(), |(_, body)| body.clone())
    };
    let pulls = sync::requests();
    let roster = super::roster::files();
    let asked = |line: &str, body: &[u8]| [line.as_bytes(), b"\n", body].concat();
    vec![
        ("sync", asked("k POST /api/sync", &pulls[0].1)),
        ("sync-old", asked("k POST /api/sync", &pulls[2].1)),
        ("session", asked("k GET /api/session", b"")),
        ("sign-in", asked("k POST /api/session", &body("sign-in"))),
        ("sign-out", asked("k DELETE /api/session", b"")),
        (
            "invitation",
            asked("k POST /api/invitation", &body("invitation")),
        ),
        (
            "log",
            asked("i GET /api/pupils/{pupil}/log?before=1800000000000", b""),
        ),
        (
            "attention",
            asked("p PUT /api/pupils/{pupil}/attention", &body("attention")),
        ),
        ("staff", asked("a POST /api/staff", &body("staff"))),
        (
            "staff-invitation",
            asked("a POST /api/staff/{staff}/invitation", b""),
        ),
        (
            "staff-devices",
            asked("a GET /api/staff/{staff}/devices", b""),
        ),
        ("device", asked("a DELETE /api/devices/{device}", b"")),
        ("settings", asked("a PUT /api/settings", &body("settings"))),
        ("erase", asked("p POST /api/erasures", &body("erase"))),
        ("preview", asked("a POST /api/roster/preview", &roster[0].1)),
        (
            "import",
            asked(
                "a POST /api/roster/import?fingerprint=ab&follows=%7B%7D",
                &roster[0].1,
            ),
        ),
        (
            "entry",
            asked(
                "p GET /api/entries/01900000-0000-7000-8000-000000000001",
                b"",
            ),
        ),
        ("page", asked("k GET /logg/ny", b"")),
    ]
}
