//! Somebody at a browser who keeps the cookies that they are given: for whoever signs in through the address that pages use.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::api::{ApiError, ErrorCode, path};

use crate::school::Person;
use crate::server::Server;
use crate::wire::{self, Answer};

/// One browser.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    pub cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// With the session of somebody who is signed in already.
    pub fn of(person: &Person) -> Visitor {
        let mut visitor = Visitor::default();
        visitor.keep(&person.cookie);
        visitor
    }

    fn keep(&mut self, cookie: &str) {
        let pair = cookie.split(';').next().unwrap_or_default();
        let Some((name, value)) = pair.split_once('=') else {
            return;
        };
        match value.is_empty() {
            true => self.cookies.remove(name),
            false => self.cookies.insert(name.into(), value.into()),
        };
    }

    /// What the browser sends along.
    pub fn cookie(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// As a page of ours asks.
    pub async fn send(
        &mut self,
        server: &Server,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Answer {
        let body = match body {
            Value::Null => Vec::new(),
            body => serde_json::to_vec(body).expect("JSON"),
        };
        let headers = [
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/json"),
        ];
        self.ask(&server.address, method, path, &headers, &body)
            .await
    }

    /// As a browser goes to an address, from wherever it was; `account` is whom our honest provider takes it for.
    pub async fn go(&mut self, host: &str, path: &str, account: &str) -> Answer {
        let headers = [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
            ("x-account", account),
        ];
        self.ask(host, "GET", path, &headers, &[]).await
    }

    async fn ask(
        &mut self,
        host: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let cookie = self.cookie();
        let headers = [&[("cookie", cookie.as_str())], headers].concat();
        let answer = wire::request_with(host, method, path, &headers, body)
            .await
            .expect("an answer");
        let given: Vec<String> = answer.headers("set-cookie").map(str::to_owned).collect();
        given.iter().for_each(|cookie| self.keep(cookie));
        answer
    }

    /// With a password.
    pub async fn sign_in(&mut self, server: &Server, username: &str, password: &str) -> Answer {
        let asked = json!({"username": username, "password": password, "device": null, "device_name": "test"});
        self.send(server, "POST", path::SESSION, &asked).await
    }

    /// With an invitation.
    pub async fn take_up(&mut self, server: &Server, token: &str, password: &str) -> Answer {
        let asked = json!({"token": token, "password": password, "device_name": "test"});
        self.send(server, "POST", path::INVITATION, &asked).await
    }
}

/// The code of a refusal.
pub fn code(answer: &Answer) -> Option<ErrorCode> {
    let error = serde_json::from_slice::<ApiError>(&answer.body);
    error.ok().map(|error| error.code)
}
