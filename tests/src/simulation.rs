//! Five phones and a server on a bad network, from a seed: requests and answers are lost, repeated, cut, and overtaken by later
//! ones; the server is killed amid them, and restored from an old backup. In the end all have the same, once, and nothing that a
//! phone called saved is gone. A seed that fails panics with what was lost; who runs how many is elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use server::projection::rebuild::rebuild;
use server::store::school::EPOCH_LEAP;
use shared::api::path;
use shared::document::entry;
use shared::domain::{Act, DocumentId, Entry, FollowUp, Part, PupilRef, What};
use shared::sync::ItemHash;
use tokio::task::JoinSet;

use crate::database::Database;
use crate::phone::Phone;
use crate::random::Random;
use crate::rows;
use crate::school::{School, sign_in};
use crate::server::Server;
use crate::wire;

const STEPS: usize = 200;
const PHONES: usize = 5;
/// Within this time after a request has left, the server is killed.
const MAX_LIFE_US: usize = 4_000;
/// An exchange a phone and round: far more than a good network needs until all have everything.
const MAX_ROUNDS: usize = 60;

/// What a phone keeps on its disk, and what of it is on the way.
struct Player {
    phone: Phone,
    /// Requests that the network still holds.
    held: Vec<Vec<u8>>,
    /// Every item it has ever said was saved.
    saved: BTreeSet<ItemHash>,
}

struct World {
    random: Random,
    server: Server,
    database: Database,
    backup: Option<Database>,
    school: School,
    players: Vec<Player>,
    now_ms: i64,
}

impl World {
    async fn begin(seed: u64) -> World {
        let database = Database::sqlite();
        let server = Server::start_apart(&database.address).await;
        let school = School::found(&server.store, "Lia skole").await;
        school
            .put_on_duty(&server.store, &[school.nina.staff])
            .await;
        let mut people = vec![school.kari.clone(), school.ola.clone(), school.nina.clone()];
        for person in [&school.kari, &school.ola] {
            people.push(sign_in(&server.store, school.id, person.staff).await);
        }
        let players = people
            .iter()
            .map(|person| Player::new(Phone::of(person)))
            .collect();
        let now_ms = server::clock::now_ms();
        World {
            random: Random(seed),
            server,
            database,
            backup: None,
            school,
            players,
            now_ms,
        }
    }

    async fn step(&mut self) {
        let who = self.random.below(PHONES);
        match self.random.below(40) {
            0..=6 => self.log(who),
            7..=19 => self.amend(who),
            20..=23 => self.send_held(who).await,
            24 => self.crash_amid(who).await,
            25 => self.backup = Some(Database::backup_of(&self.server.store).await),
            26 => self.restore().await,
            27..=29 => self.exchange_at_once(who).await,
            _ => self.exchange(who).await,
        }
    }

    fn log(&mut self, who: usize) {
        let pupil = self.school.pupils[self.random.below(self.school.pupils.len())];
        let at_ms = self.now_ms;
        self.players[who].write(|phone| {
            phone.log_pupil(What::Alone, at_ms, pupil, &Part::Alone);
        });
    }

    fn amend(&mut self, who: usize) {
        let known: Vec<DocumentId> = self.players[who].phone.documents.keys().copied().collect();
        if known.is_empty() {
            return;
        }
        let id = known[self.random.below(known.len())];
        let pupil = self.school.others[self.random.below(self.school.others.len())];
        let text = format!("ordlyd {}", self.random.draw());
        let edit = match self.random.below(5) {
            0 => entry::set_text(&text).expect("within the limits"),
            1 => entry::set_act(&Act::TalkedWith, self.random.once_in(2)),
            2 => entry::set_pupil(PupilRef::Known(pupil), Some(&Part::Present)),
            3 => entry::set_follow_up(&FollowUp::ResourceTeam),
            _ => entry::add(self.random.uuid_v7(self.now_ms), &text).expect("within the limits"),
        };
        self.players[who].write(|phone| phone.amend(id, edit));
    }

    /// One exchange, to which the network does what it likes.
    async fn exchange(&mut self, who: usize) {
        let mut body = self.players[who].phone.body(true);
        match self.random.below(8) {
            0 => return,
            1 => return self.players[who].held.push(body),
            2 => body.truncate(self.random.below(body.len())),
            3 => drop(self.players[who].phone.send(&self.server, &body).await),
            _ => {}
        }
        let (status, answer) = self.players[who].phone.send(&self.server, &body).await;
        let is_lost = self.random.once_in(4);
        if status == 200 && !is_lost {
            self.players[who].phone.receive(&answer);
        }
    }

    /// Two phones in the same moment; the second one's answer is lost.
    async fn exchange_at_once(&mut self, who: usize) {
        let other = (who + 1) % PHONES;
        let (body, others) = (
            self.players[who].phone.body(true),
            self.players[other].phone.body(true),
        );
        let (answer, lost) = tokio::join!(
            self.players[who].phone.send(&self.server, &body),
            self.players[other].phone.send(&self.server, &others)
        );
        assert_eq!((answer.0, lost.0), (200, 200));
        self.players[who].phone.receive(&answer.1);
    }

    /// A request that was overtaken arrives after all, and its answer reaches nobody.
    async fn send_held(&mut self, who: usize) {
        let held = &mut self.players[who].held;
        if !held.is_empty() {
            let body = held.swap_remove(self.random.below(held.len()));
            self.players[who].phone.send(&self.server, &body).await;
        }
    }

    /// The server ends while it works on a request, and starts again on what it has written.
    async fn crash_amid(&mut self, who: usize) {
        let life = Duration::from_micros(self.random.below(MAX_LIFE_US) as u64);
        let (address, phone) = (self.server.address.clone(), &self.players[who].phone);
        let body = phone.body(true);
        let sent = wire::request(&address, "POST", path::SYNC, &phone.person.cookie, &body);
        let answer = tokio::time::timeout(life, sent).await;
        self.server.kill();
        self.server = Server::start_apart(&self.database.address).await;
        if let Ok(Ok(answer)) = answer {
            self.players[who].phone.receive(&answer.body);
        }
    }

    /// What the server had written since its last backup is lost.
    async fn restore(&mut self) {
        let Some(backup) = self.backup.take() else {
            return;
        };
        self.server.kill();
        backup.bring_keys_of(&self.database);
        self.server = Server::start_apart(&backup.address).await;
        self.database = backup;
        let mut tx = self.server.store.write().await.expect("the database");
        tx.begin_epoch(&self.random.draw().to_string())
            .await
            .expect("a new epoch");
        tx.commit().await.expect("the database");
    }

    /// A good network at last: until nobody has anything to send or to get.
    async fn settle(&mut self) {
        for _ in 0..MAX_ROUNDS {
            let mut is_quiet = true;
            for player in &mut self.players {
                let (status, answer) = player
                    .phone
                    .send(&self.server, &player.phone.body(true))
                    .await;
                assert_eq!(status, 200);
                let answer = player.phone.receive(&answer);
                is_quiet &= answer.receipts.is_empty()
                    && answer.documents.is_empty()
                    && player.phone.outbox.is_empty();
            }
            if is_quiet {
                return;
            }
        }
        panic!("the phones still have something to send or to get");
    }

    async fn check(&self, seed: u64) {
        let heads = |player: &Player| {
            player
                .phone
                .documents
                .iter()
                .map(|(id, document)| (*id, document.heads()))
                .collect::<BTreeMap<_, _>>()
        };
        let first = heads(&self.players[0]);
        for player in &self.players {
            assert_eq!(
                heads(player),
                first,
                "seed {seed}: all who share the shift have the same"
            );
            let sent: BTreeSet<_> = player.phone.sent.keys().cloned().collect();
            assert_eq!(
                sent, player.saved,
                "seed {seed}: whatever was saved went up"
            );
        }
        let store = &self.server.store;
        let saved: usize = self.players.iter().map(|player| player.saved.len()).sum();
        assert_eq!(
            rows::of_table(store, "change").await.len(),
            saved,
            "seed {seed}: once each"
        );
        assert!(
            rows::of_table(store, "quarantine").await.is_empty(),
            "seed {seed}: nothing was refused"
        );
        let mut tx = store.read().await.expect("the database");
        let head = tx.head(self.school.id).await.expect("the school") % EPOCH_LEAP;
        assert_eq!(
            head, saved as i64,
            "seed {seed}: commit numbers without a hole"
        );
        let ids: Vec<_> = first.keys().map(|id| id.0).collect();
        for row in tx.entries(self.school.id, &ids).await.expect("the entries") {
            let read: Entry = serde_json::from_slice(&row.content).expect("an entry");
            assert_eq!(
                read,
                self.players[0].phone.entry(DocumentId(row.document_id)),
                "seed {seed}: the desk reads what the phone reads"
            );
        }
        drop(tx);
        let before = rows::of_projections(store).await;
        rebuild(store, |_| {})
            .await
            .expect("all of it is computed anew");
        assert_eq!(
            rows::of_projections(store).await,
            before,
            "seed {seed}: computed anew, all is the same"
        );
    }
}

impl Player {
    fn new(phone: Phone) -> Player {
        Player {
            phone,
            held: Vec::new(),
            saved: BTreeSet::new(),
        }
    }

    fn write(&mut self, write: impl FnOnce(&mut Phone)) {
        write(&mut self.phone);
        self.saved
            .extend(self.phone.outbox.iter().map(|item| ItemHash::of(item)));
    }
}

/// One seed from its beginning to its end.
pub async fn run(seed: u64) {
    let mut world = World::begin(seed).await;
    for _ in 0..STEPS {
        world.step().await;
    }
    world.settle().await;
    world.check(seed).await;
}

/// Runs seeds, so many at a time, and gives those that failed; `done` is told of each.
pub async fn run_all(
    seeds: std::ops::Range<u64>,
    at_once: usize,
    done: impl Fn(u64) + Send + Sync + 'static,
) -> Vec<u64> {
    let (next, done) = (Arc::new(AtomicU64::new(seeds.start)), Arc::new(done));
    let mut workers = JoinSet::new();
    for _ in 0..at_once {
        let (next, done, end) = (next.clone(), done.clone(), seeds.end);
        workers.spawn(async move {
            let mut failed = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= end {
                    return failed;
                }
                // In a task of its own: its panic is told by the task, and the next seed begins.
                if tokio::spawn(run(seed)).await.is_err() {
                    failed.push(seed);
                }
                done(seed);
            }
        });
    }
    let mut failed = workers.join_all().await.concat();
    failed.sort_unstable();
    failed
}
