//! The bell: the program that ships, on a fresh database, when all phones come back at once; then what is asked of it afterwards.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use server::store::Store;
use shared::domain::SchoolId;
use shared::sync::Cursor;
use tempfile::TempDir;
use tokio::net::TcpStream;

use super::municipality::{self, Phone};
use super::{burst, process};
use crate::program::PROGRAM_SETTING;
use crate::server::write_keys;
use crate::{port, wire};

/// How long the program may take to answer after its start.
const START: Duration = Duration::from_secs(20);

/// How large a bell.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub schools: u64,
    pub phones: u64,
    pub entries: u64,
    pub seed: u64,
}

/// A line of the table.
pub struct Figures {
    pub burst: burst::Burst,
    pub cpu_s: f64,
    pub memory_mb: f64,
    pub content_bytes: u64,
    pub groups: u64,
    pub idle_pull: Duration,
    pub rebuild: Duration,
}

/// Rings once on a database that nobody else uses.
pub async fn ring(database: &str, size: Size) -> Figures {
    let now_ms = server::clock::now_ms();
    let store = Store::open(database).await.expect("the database");
    let phones = municipality::build(
        &store,
        size.schools,
        size.phones,
        size.entries,
        now_ms,
        size.seed,
    )
    .await;
    store.close().await;
    let content_bytes = phones.iter().map(|phone| phone.content_bytes).sum();
    let cookie = phones[0].cookie.clone();
    let mut server = Server::start(database).await;
    let phones = have_synced_before(&server.address, phones).await;
    let before = process::cpu_s(server.pid());
    let burst = burst::send(&server.address, phones).await;
    let cpu_s = process::cpu_s(server.pid()) - before;
    let memory_mb = process::peak_memory_mb(server.pid());
    let idle_pull = idle_pull(&server.address, &cookie).await;
    server.stop();
    let rebuild = rebuild(database);
    let groups = count_groups(database).await;
    Figures {
        burst,
        cpu_s,
        memory_mb,
        content_bytes,
        groups,
        idle_pull,
        rebuild,
    }
}

/// Every phone has the school and its own documents from earlier days, and says how far it has read.
async fn have_synced_before(address: &str, phones: Vec<Phone>) -> Vec<Phone> {
    let mut synced = Vec::with_capacity(phones.len());
    for phone in phones {
        let body = burst::body(&[], &[]);
        let answer = wire::request(
            address,
            "POST",
            shared::api::path::SYNC,
            &phone.cookie,
            &body,
        )
        .await
        .expect("an answer");
        synced.push(Phone {
            cursors: burst::read(&answer.body).head.cursors,
            ..phone
        });
    }
    synced
}

/// The median of a pull that brings nothing.
async fn idle_pull(address: &str, cookie: &str) -> Duration {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let mut cursors: Vec<Cursor> = Vec::new();
    let mut took = Vec::new();
    for _ in 0..200 {
        let body = burst::body(&cursors, &[]);
        let began = Instant::now();
        let answer = wire::exchange(
            &mut stream,
            address,
            "POST",
            shared::api::path::SYNC,
            cookie,
            &body,
        )
        .await
        .expect("an answer");
        took.push(began.elapsed());
        cursors = burst::read(&answer.body).head.cursors;
    }
    took.sort();
    took[took.len() / 2]
}

fn rebuild(database: &str) -> Duration {
    let began = Instant::now();
    let status = Command::new(program())
        .args(["rebuild", "--database", database])
        .stdout(Stdio::null())
        .status();
    assert!(
        status.expect("the program starts").success(),
        "rebuild failed"
    );
    began.elapsed()
}

/// Transactions that stored changes: a group's changes were received at one moment.
async fn count_groups(database: &str) -> u64 {
    let store = Store::open(database).await.expect("the database");
    let mut tx = store.read().await.expect("the database");
    let mut moments = std::collections::BTreeSet::new();
    let schools: Vec<SchoolId> = tx
        .schools()
        .await
        .expect("schools")
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    for school in schools {
        let mut after = uuid::Uuid::nil();
        loop {
            let ids = tx
                .document_ids_after(school, after, 5_000)
                .await
                .expect("documents");
            let Some(last) = ids.last() else { break };
            after = *last;
            moments.extend(
                tx.documents(school, &ids)
                    .await
                    .expect("documents")
                    .iter()
                    .map(|row| row.received_at_ms),
            );
        }
    }
    drop(tx);
    store.close().await;
    moments.len() as u64
}

struct Server {
    child: Child,
    address: String,
    _folder: TempDir,
}

impl Server {
    async fn start(database: &str) -> Server {
        let folder = tempfile::tempdir().expect("a folder");
        write_keys(folder.path());
        let address = format!("127.0.0.1:{}", port::free());
        let child = Command::new(program())
            .args([
                "serve",
                "--database",
                database,
                "--listen",
                &address,
                "--data",
            ])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let server = Server {
            child,
            address,
            _folder: folder,
        };
        let began = Instant::now();
        while wire::request(&server.address, "GET", shared::api::path::HEALTH, "", &[])
            .await
            .is_err()
        {
            assert!(began.elapsed() < START, "the server does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn program() -> std::path::PathBuf {
    std::env::var_os(PROGRAM_SETTING)
        .expect("FRIMINUTT_BIN names the program that is measured")
        .into()
}
