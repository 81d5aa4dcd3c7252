//! Sealed items, and the file of a phone that could not send: what is in it goes the whole way into a database, the gate, the rules
//! of the document and the projections included.

use std::sync::{Mutex, PoisonError};

use server::store::Store;
use server::store::session::NewDevice;
use server::sync::rescue::{self, RescueError};
use shared::domain::DeviceId;
use shared::sync::frame::{self, Version};
use shared::sync::sealing::{self, Sealed, seal_to};
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::Input;
use super::change::{ACTOR, report_changes};
use super::sync;
use crate::database::Database;
use crate::phone;
use crate::school::School;
use crate::server::keys;

pub const DEVICE: DeviceId = DeviceId(Uuid::from_u128(0x3333));
const SEED: [u8; 32] = [5; 32];
const INFO: &[u8] = b"fuzz";
const MAX_ITEMS: usize = 100;
/// A database that has taken in so many files makes place for a new one: what is stored makes the next slower.
const FILES_A_DATABASE: usize = 500;

/// What opens was sealed, and nothing else.
pub fn open(bytes: &[u8]) {
    if let Ok(sealed) = Sealed::read(bytes) {
        let opened = keys().open_item(&sealed);
        assert!(opened.is_err() || items().iter().any(|(_, sealed)| sealed == bytes));
    }
    let opened = sealing::open_by(&SEED, INFO, bytes);
    assert!(opened.is_err() || opened.as_deref() == Ok(b"a note"));
}

/// Each part is sealed as its device does and taken in; no mutant opens by itself.
pub fn take_in(bytes: &[u8]) {
    static DESK: Mutex<Option<Desk>> = Mutex::new(None);
    let mut desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
    if desk
        .as_ref()
        .is_none_or(|desk| desk.files >= FILES_A_DATABASE)
    {
        *desk = Some(Desk::new());
    }
    if let Some(desk) = desk.as_mut() {
        desk.take_in(bytes);
    }
}

/// A school with a device whose items are taken.
struct Desk {
    runtime: Runtime,
    store: Store,
    files: usize,
    _database: Database,
}

impl Desk {
    fn new() -> Desk {
        let runtime = Runtime::new().expect("a runtime");
        let database = Database::sqlite();
        let store = runtime.block_on(async {
            let store = Store::open(&database.address).await.expect("the database");
            let school = School::found(&store, "Lia skole").await;
            let new = NewDevice {
                id: DEVICE,
                actor: ACTOR,
                name: "test".into(),
                created_at_ms: 0,
            };
            let mut tx = store.write().await.expect("the database");
            tx.add_device(school.id, school.kari.staff, &new)
                .await
                .expect("a device");
            tx.commit().await.expect("the database");
            store
        });
        Desk {
            runtime,
            store,
            files: 0,
            _database: database,
        }
    }

    fn take_in(&mut self, bytes: &[u8]) {
        let file = match frame::read(bytes, MAX_ITEMS) {
            Ok(parts) => {
                let parts: Vec<_> = parts
                    .whole
                    .iter()
                    .map(|part| phone::seal(DEVICE, part))
                    .collect();
                let parts = parts.iter().map(Vec::as_slice);
                frame::write(Version::Two, std::iter::once(&[][..]).chain(parts))
            }
            Err(_) => bytes.to_vec(),
        };
        self.files += 1;
        let keys = keys();
        let taken = rescue::take_in(&self.store, &keys, &file, server::clock::now_ms());
        match self.runtime.block_on(taken) {
            Ok(_) | Err(RescueError::Unreadable(_)) => {}
            Err(RescueError::Store(cause)) => panic!("{cause}"),
        }
    }
}

pub fn items() -> Vec<Input> {
    let keys = keys().sealing_keys(DEVICE);
    let seal = |(name, item): Input| {
        let sealed = sealing::seal(&item, DEVICE, &keys, not_random).expect("a key");
        (name, sealed)
    };
    let mut all: Vec<Input> = sync::items().into_iter().map(seal).collect();
    let note = seal_to(&sealing::public_of(&SEED), INFO, b"a note", not_random);
    all.push(("note", note.expect("a key")));
    all
}

/// Files with open items: `take_in` seals them.
pub fn files() -> Vec<Input> {
    let written = |items: Vec<Vec<u8>>| frame::write(Version::Two, items.iter().map(Vec::as_slice));
    let entry: Vec<Vec<u8>> = super::change::entry_changes()
        .iter()
        .map(|change| sync::entry_item(change))
        .collect();
    vec![
        ("entry", written(entry.clone())),
        ("entry-twice", written([entry.clone(), entry].concat())),
        (
            "report",
            written(
                report_changes()
                    .iter()
                    .map(|change| sync::report_item(change))
                    .collect(),
            ),
        ),
    ]
}

/// So that the corpus is the same each time it is made.
fn not_random(bytes: &mut [u8]) {
    bytes.fill(7);
}
