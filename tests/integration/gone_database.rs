//! PostgreSQL goes away and comes back: phones are told to try again and keep everything, and nobody starts the server again.

use std::time::{Duration, Instant};

use friminutt_tests::database::Database;
use friminutt_tests::ledger::{Ledger, Sent, send};
use friminutt_tests::phone::Phone;
use friminutt_tests::program::Program;
use friminutt_tests::proxy::{Proxy, Weather};
use friminutt_tests::school::found_by;
use server::store::Store;
use shared::api::ErrorCode;
use sqlx::PgPool;

const UNAVAILABLE: u16 = 503;
/// A request is answered within this time, whether the database is there or not.
const ANSWERED: Duration = Duration::from_secs(15);
const RECOVERY: Duration = Duration::from_secs(15);
/// Connections that are ended amid uploads.
const CUTS: usize = 30;
const CUT_EVERY: Duration = Duration::from_millis(20);

async fn try_to_send(phone: &mut Phone, program: &Program, ledger: &mut Ledger) {
    match send(phone, &program.address(), usize::MAX).await {
        Sent::Received(receipts) => ledger.sign(&receipts, 0),
        Sent::Refused(status, error) => {
            assert_eq!((status, error.code), (UNAVAILABLE, ErrorCode::Unavailable));
        }
        Sent::Broken => panic!("no answer: {}", program.log()),
    }
}

/// Sends until there is a receipt for everything.
async fn send_all(phone: &mut Phone, program: &mut Program, ledger: &mut Ledger) {
    let started = Instant::now();
    while !phone.outbox.is_empty() {
        assert!(started.elapsed() < RECOVERY, "{}", program.log());
        try_to_send(phone, program, ledger).await;
    }
    assert!(program.is_alive());
    assert!(ledger.is_all_signed());
}

/// Ends every other connection to the database, again and again, until there were so many.
async fn end_connections(admin: PgPool) {
    let mut ended = 0;
    while ended < CUTS {
        tokio::time::sleep(CUT_EVERY).await;
        let end = sqlx::query(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()",
        );
        ended += end.fetch_all(&admin).await.unwrap().len();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_is_told_and_found_again() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let (host, name) = host_and_name(&database.address);
    let server = tokio::net::lookup_host(&host)
        .await
        .unwrap()
        .next()
        .unwrap();
    let proxy = Proxy::before(&server.to_string()).await;
    let near = proxy.origin().replace("http://", "");
    let mut program = Program::on(&database.address.replace(&host, &near));
    let (people, pupils) = found_by(&mut program, 1).await;
    let (mut phone, mut ledger) = (Phone::of(&people[0]), Ledger::default());
    program.start().await;
    ledger.log(&mut phone, pupils[0].id);
    send_all(&mut phone, &mut program, &mut ledger).await;

    proxy.turn(Weather::Cut);
    ledger.log(&mut phone, pupils[0].id);
    for _ in 0..3 {
        let asked = Instant::now();
        let sent = send(&mut phone, &program.address(), usize::MAX).await;
        let Sent::Refused(status, error) = sent else {
            panic!("{name} is gone, and yet: {sent:?}");
        };
        assert_eq!((status, error.code), (UNAVAILABLE, ErrorCode::Unavailable));
        assert!(asked.elapsed() < ANSWERED);
    }
    proxy.turn(Weather::Clear);
    send_all(&mut phone, &mut program, &mut ledger).await;
    program.kill().await;
    let store = Store::open(&database.address).await.unwrap();
    ledger.check_all(&store).await;
    store.close().await;
}

/// `HOST:PORT` and the database's name, out of its address.
fn host_and_name(address: &str) -> (String, String) {
    let (_, place) = address.split_once("://").unwrap();
    let (host, name) = place.rsplit_once('/').unwrap();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    (host.to_owned(), name.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_the_database_ends_again_and_again_lose_and_double_nothing() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let mut program = Program::on(&database.address);
    let (people, pupils) = found_by(&mut program, 1).await;
    let (mut phone, mut ledger) = (Phone::of(&people[0]), Ledger::default());
    program.start().await;
    let admin = PgPool::connect(&database.address).await.unwrap();
    let ending = tokio::spawn(end_connections(admin.clone()));
    let started = Instant::now();
    while !ending.is_finished() {
        assert!(started.elapsed() < RECOVERY, "{}", program.log());
        ledger.log(&mut phone, pupils[0].id);
        try_to_send(&mut phone, &program, &mut ledger).await;
    }
    ending.await.unwrap();
    send_all(&mut phone, &mut program, &mut ledger).await;
    program.kill().await;
    admin.close().await;
    let store = Store::open(&database.address).await.unwrap();
    ledger.check_all(&store).await;
    store.close().await;
}
