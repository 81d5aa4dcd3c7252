//! The live connection: something new in one's own school, and nothing else.

use std::time::Duration;

use friminutt_tests::database::Database;
use friminutt_tests::on_both_databases;
use friminutt_tests::phone::Phone;
use friminutt_tests::school::{Person, School};
use friminutt_tests::server::Server;
use shared::api::path;
use shared::domain::What;
use shared::sync::Ping;

/// Long enough for a ping that comes; a ping that must not come is not waited for, but overtaken by one that does.
const PATIENCE: Duration = Duration::from_secs(10);

async fn listen(server: &Server, who: &Person) -> reqwest::Response {
    let http = reqwest::Client::new();
    let request = http
        .get(format!("http://{}{}", server.address, path::LIVE))
        .header("cookie", &who.cookie);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer
}

async fn next_ping(live: &mut reqwest::Response) -> i64 {
    let mut text = String::new();
    loop {
        let chunk = tokio::time::timeout(PATIENCE, live.chunk())
            .await
            .expect("a ping")
            .unwrap()
            .expect("an open connection");
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        let data = text.lines().find_map(|line| line.strip_prefix("data:"));
        if let Some(data) = data.filter(|_| text.ends_with("\n\n")) {
            let ping: Ping = serde_json::from_str(data.trim()).unwrap();
            return ping.seq;
        }
    }
}

on_both_databases! {
    async fn a_ping_comes_after_a_commit_and_only_to_the_own_school(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let elsewhere = School::found(&server.store, "Dal skole").await;
        let mut here = listen(&server, &school.principal).await;
        let mut there = listen(&server, &elsewhere.principal).await;
        let now_ms = server::clock::now_ms();
        let mut kari = Phone::of(&school.kari);
        for _ in 0..3 {
            kari.log(What::Alone, now_ms);
        }
        kari.sync(&server).await;
        assert_eq!(next_ping(&mut here).await, 3);
        let mut stranger = Phone::of(&elsewhere.kari);
        stranger.log(What::Alone, now_ms);
        stranger.sync(&server).await;
        assert_eq!(next_ping(&mut there).await, 1, "the first it hears is its own");
    }
}

/// Two server processes behind one address: it does not matter which of them took an entry in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_crosses_from_one_server_to_the_other() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let (one, other) = (
        Server::start(&database).await,
        Server::start(&database).await,
    );
    let school = School::found(&one.store, "Lia skole").await;
    let mut live = listen(&other, &school.principal).await;
    // A server that has just begun to listen says that there may be something new.
    let mut kari = Phone::of(&school.kari);
    kari.log(What::Alone, server::clock::now_ms());
    kari.sync(&one).await;
    while next_ping(&mut live).await != 1 {}
    let mut ola = Phone::of(&school.ola);
    ola.sync(&other).await;
    assert_eq!(ola.documents.len(), 1);
}
