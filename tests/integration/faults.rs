//! The real program, killed in the middle of uploads and started again on the same data: nothing it acknowledged is lost, and
//! what phones send again is there once.

use std::collections::BTreeSet;
use std::time::Duration;

use friminutt_tests::database::Database;
use friminutt_tests::ledger::record_is_whole;
use friminutt_tests::phone::Phone;
use friminutt_tests::program::Program;
use friminutt_tests::rows;
use friminutt_tests::school::people_on_duty;
use friminutt_tests::wire;
use server::projection::rebuild::rebuild;
use server::store::Store;
use shared::api::path;
use shared::domain::What;
use shared::sync::ItemHash;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

const PHONES: usize = 6;
const ENTRIES_A_PHONE: usize = 40;
const ITEMS_A_REQUEST: usize = 3;
/// Killed each time that so many more items are acknowledged.
const ACKNOWLEDGED_A_LIFE: usize = 40;
const AGAIN_AFTER: Duration = Duration::from_millis(5);

/// Goes on sending until all is acknowledged, whatever happens to the server; says each item that is.
async fn send_all(
    mut phone: Phone,
    addresses: Vec<String>,
    acknowledged: UnboundedSender<ItemHash>,
) {
    let mut turns = addresses.iter().cycle();
    while let Some(address) = turns.next()
        && !phone.outbox.is_empty()
    {
        let later = phone
            .outbox
            .split_off(phone.outbox.len().min(ITEMS_A_REQUEST));
        let sent = wire::request(
            address,
            "POST",
            path::SYNC,
            &phone.person.cookie,
            &phone.body(false),
        )
        .await;
        match sent {
            Ok(answer) if answer.status == 200 => {
                for receipt in phone.receive(&answer.body).receipts {
                    assert!(receipt.outcome.is_safe(), "{:?}", receipt.outcome);
                    acknowledged.send(receipt.item).unwrap();
                }
            }
            // Nobody answers: the next attempt is a phone's own.
            _ => tokio::time::sleep(AGAIN_AFTER).await,
        }
        phone.outbox.extend(later);
    }
}

/// Kills and starts again until nobody sends any more; what was acknowledged, and how often it was killed.
async fn kill_again_and_again(
    program: &mut Program,
    mut told: UnboundedReceiver<ItemHash>,
) -> (BTreeSet<ItemHash>, usize) {
    let (mut acknowledged, mut since, mut kills) = (BTreeSet::new(), 0, 0);
    while let Some(item) = told.recv().await {
        acknowledged.insert(item);
        since += 1;
        if since == ACKNOWLEDGED_A_LIFE {
            program.kill().await;
            program.start().await;
            (since, kills) = (0, kills + 1);
        }
    }
    (acknowledged, kills)
}

async fn survive(mut program: Program) {
    program.start().await;
    let store = Store::open(program.database()).await.unwrap();
    let before = rows::of_table(&store, "change").await.len();
    let now_ms = server::clock::now_ms();
    let mut written = BTreeSet::new();
    let (tell, told) = unbounded_channel();
    for person in people_on_duty(&store, PHONES).await {
        let mut phone = Phone::of(&person);
        for _ in 0..ENTRIES_A_PHONE {
            phone.log(What::Alone, now_ms);
        }
        written.extend(phone.outbox.iter().map(|item| ItemHash::of(item)));
        tokio::spawn(send_all(phone, vec![program.address()], tell.clone()));
    }
    drop(tell);
    let (acknowledged, kills) = kill_again_and_again(&mut program, told).await;
    program.kill().await;
    assert!(kills >= 4, "killed {kills} times");
    assert_eq!(acknowledged, written);
    assert_eq!(
        rows::of_table(&store, "change").await.len(),
        before + written.len()
    );
    assert_eq!(record_is_whole(&store).await, Ok(()));
    let projections = rows::of_projections(&store).await;
    rebuild(&store, |_| {}).await.unwrap();
    assert_eq!(rows::of_projections(&store).await, projections);
    store.close().await;
}

/// Two processes on one database: either dies at any moment, and the phones go on with the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_either_dies_and_the_phones_go_on_with_the_other() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let mut programs = [
        Program::on(&database.address),
        Program::on(&database.address),
    ];
    for program in &mut programs {
        program.start().await;
    }
    let store = Store::open(&database.address).await.unwrap();
    let before = rows::of_table(&store, "change").await.len();
    let addresses: Vec<String> = programs.iter().map(Program::address).collect();
    let now_ms = server::clock::now_ms();
    let mut written = BTreeSet::new();
    let (tell, mut told) = unbounded_channel();
    for (n, person) in people_on_duty(&store, PHONES).await.iter().enumerate() {
        let mut phone = Phone::of(person);
        for _ in 0..ENTRIES_A_PHONE {
            phone.log(What::Alone, now_ms);
        }
        written.extend(phone.outbox.iter().map(|item| ItemHash::of(item)));
        let mut addresses = addresses.clone();
        addresses.rotate_left(n % 2);
        tokio::spawn(send_all(phone, addresses, tell.clone()));
    }
    drop(tell);
    let (mut acknowledged, mut kills) = (BTreeSet::new(), 0);
    while let Some(item) = told.recv().await {
        acknowledged.insert(item);
        if acknowledged.len() % ACKNOWLEDGED_A_LIFE == 0 {
            let program = &mut programs[kills % 2];
            program.kill().await;
            kills += 1;
            // The other serves alone meanwhile.
            program.start().await;
        }
    }
    assert!(kills >= 4, "killed {kills} times");
    assert_eq!(acknowledged, written);
    let after = rows::of_table(&store, "change").await.len();
    assert_eq!(after, before + written.len());
    assert_eq!(record_is_whole(&store).await, Ok(()));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_it_acknowledged_on_sqlite() {
    survive(Program::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_it_acknowledged_on_postgres() {
    if let Some(database) = Database::postgres().await {
        survive(Program::on(&database.address)).await;
    }
}
