//! The phone's disk: typed reads, and writes that are all or nothing and done only when the disk says so.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::domain::{DocumentId, StaffId};
use shared::sync::DocumentKind;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    IdbDatabase, IdbKeyRange, IdbObjectStore, IdbObjectStoreParameters, IdbTransaction,
    IdbTransactionMode,
};

use super::indexed_db::{cause, commit, complete, open, result};
use super::layout::{
    bytes, document_from, document_name, document_to, item_from, item_to, row, school_name,
    sent_from, sent_to, text,
};
use super::{
    BY_TIME, DOCUMENTS, DocumentRow, FACTS, ItemRow, OUTBOX, SCHOOL, SENT, STORES, SentRow,
    StorageError, Write,
};
use crate::browser::random;
use crate::vault::Keyring;

/// Room that is kept free for what is written when the phone is full: some hundred entries.
const RESERVE_BYTES: usize = 256 * 1024;
/// The fact that keeps it.
const RESERVE: &str = "reserve";

/// The open database; opened again by itself when the connection is lost, as iOS does on resume.
#[derive(Clone, Default)]
pub struct Disk {
    database: Rc<RefCell<Option<IdbDatabase>>>,
    keyring: Rc<RefCell<Keyring>>,
}

impl Disk {
    /// From now on rows are sealed and opened with this.
    pub fn set_keyring(&self, keyring: Keyring) {
        self.keyring.replace(keyring);
    }

    /// Whether documents and the school can be read.
    pub fn is_open(&self) -> bool {
        self.keyring.borrow().is_open()
    }

    /// Writes all of it or nothing; returns when it is on the disk. Tried once more over a new connection.
    pub async fn write(&self, writes: &[Write]) -> Result<(), StorageError> {
        match self.write_once(writes).await {
            Err(StorageError::ConnectionLost(_)) => {
                self.database.replace(None);
                self.write_once(writes).await
            }
            done => done,
        }
    }

    /// Writes what somebody has just said: when the phone is full, in the room that is kept for it.
    pub async fn write_entry(&self, writes: &[Write]) -> Result<(), StorageError> {
        match self.write(writes).await {
            Err(StorageError::Full) => {
                self.write(&[Write::ForgetFact(RESERVE.into())]).await?;
                self.write(writes).await
            }
            done => done,
        }
    }

    /// Keeps that room, as far as there is any; false when the phone has none to give.
    pub async fn keep_reserve(&self) -> Result<bool, StorageError> {
        let key = JsValue::from_str(RESERVE);
        let found = self.read(FACTS, |store| store.count_with_key(&key)).await?;
        if found.as_f64() > Some(0.0) {
            return Ok(true);
        }
        match self.write(&[Write::Reserve]).await {
            Err(StorageError::Full) => Ok(false),
            done => done.map(|()| true),
        }
    }

    async fn write_once(&self, writes: &[Write]) -> Result<(), StorageError> {
        let transaction = self.begin(IdbTransactionMode::Readwrite).await?;
        for write in writes {
            if let Err(failure) = put(&transaction, write, &self.keyring.borrow()) {
                let _ = transaction.abort();
                return Err(failure);
            }
        }
        commit(&transaction);
        complete(&transaction).await
    }

    /// One document.
    pub async fn document(&self, id: DocumentId) -> Result<Option<DocumentRow>, StorageError> {
        let key = JsValue::from_str(&id.to_string());
        let found = self.read(DOCUMENTS, |store| store.get(&key)).await?;
        Ok(document_from(&found, &self.keyring.borrow()))
    }

    /// Documents of one kind from a time on.
    pub async fn documents(
        &self,
        staff: StaffId,
        kind: DocumentKind,
        from_ms: i64,
    ) -> Result<Vec<DocumentRow>, StorageError> {
        let bound = |ms: f64| {
            let staff = JsValue::from_str(&staff.to_string());
            JsValue::from(Array::of3(
                &staff,
                &JsValue::from_f64(kind.to_byte().into()),
                &JsValue::from_f64(ms),
            ))
        };
        let range = IdbKeyRange::bound(&bound(from_ms as f64), &bound(f64::INFINITY))
            .map_err(|thrown| cause(&thrown))?;
        let found = self
            .read(DOCUMENTS, |store| {
                store.index(BY_TIME)?.get_all_with_key(&range)
            })
            .await?;
        let keyring = self.keyring.borrow();
        Ok(Array::from(&found)
            .iter()
            .filter_map(|row| document_from(&row, &keyring))
            .collect())
    }

    /// Ids of every document of a person.
    pub async fn document_ids(&self, staff: StaffId) -> Result<Vec<DocumentId>, StorageError> {
        let bound = |tail: &[f64]| {
            let key: Array = tail.iter().map(|n| JsValue::from_f64(*n)).collect();
            key.unshift(&JsValue::from_str(&staff.to_string()));
            JsValue::from(key)
        };
        let range = IdbKeyRange::bound(&bound(&[]), &bound(&[f64::INFINITY]))
            .map_err(|thrown| cause(&thrown))?;
        let found = self
            .read(DOCUMENTS, |store| {
                store.index(BY_TIME)?.get_all_keys_with_key(&range)
            })
            .await?;
        Ok(Array::from(&found)
            .iter()
            .filter_map(|key| key.as_string()?.parse().ok())
            .collect())
    }

    /// The whole outbox, oldest first.
    pub async fn outbox(&self) -> Result<Vec<ItemRow>, StorageError> {
        let found = self.read(OUTBOX, IdbObjectStore::get_all).await?;
        Ok(Array::from(&found)
            .iter()
            .filter_map(|row| item_from(&row))
            .collect())
    }

    /// What the server has receipted and is still here.
    pub async fn sent(&self) -> Result<Vec<SentRow>, StorageError> {
        let found = self.read(SENT, IdbObjectStore::get_all).await?;
        Ok(Array::from(&found)
            .iter()
            .filter_map(|row| sent_from(&row))
            .collect())
    }

    /// The school as last fetched for a person, in JSON.
    pub async fn school(&self, staff: StaffId) -> Result<Option<String>, StorageError> {
        let key = JsValue::from_str(&staff.to_string());
        let found = self.read(SCHOOL, |store| store.get(&key)).await?;
        let sealed = bytes(&found, "sealed");
        let opened = self.keyring.borrow().open(&school_name(staff), &sealed);
        Ok(opened.and_then(|json| String::from_utf8(json).ok()))
    }

    /// Seals what an earlier version of the app wrote in the clear.
    pub async fn seal_clear_rows(&self, staff: StaffId) -> Result<(), StorageError> {
        let found = self.read(DOCUMENTS, IdbObjectStore::get_all).await?;
        let rows = Array::from(&found);
        let clear = rows.iter().filter(|row| text(row, "json").is_some());
        let keyring = self.keyring.borrow().clone();
        let mut writes: Vec<Write> = clear
            .filter_map(|row| document_from(&row, &keyring))
            .filter(|row| row.staff == staff)
            .map(Write::Document)
            .collect();
        let key = JsValue::from_str(&staff.to_string());
        let school = self.read(SCHOOL, |store| store.get(&key)).await?;
        if text(&school, "json").is_some() {
            // It comes down again.
            writes.push(Write::ForgetSchool(staff));
        }
        match writes.is_empty() {
            true => Ok(()),
            false => self.write(&writes).await,
        }
    }

    /// A fact that was written under a key; none when there is none or it is of another shape.
    pub async fn fact<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StorageError> {
        let found = self
            .read(FACTS, |store| store.get(&JsValue::from_str(key)))
            .await?;
        Ok(text(&found, "json").and_then(|json| serde_json::from_str(&json).ok()))
    }

    async fn read(
        &self,
        store: &str,
        ask: impl Fn(&IdbObjectStore) -> Result<web_sys::IdbRequest, JsValue>,
    ) -> Result<JsValue, StorageError> {
        let mut is_again = false;
        loop {
            let transaction = self.begin(IdbTransactionMode::Readonly).await?;
            let request = transaction
                .object_store(store)
                .and_then(|store| ask(&store));
            let answer = match request {
                Ok(request) => {
                    commit(&transaction);
                    result(&request).await
                }
                Err(thrown) => Err(cause(&thrown)),
            };
            match answer {
                Err(StorageError::ConnectionLost(_)) if !is_again => {
                    self.database.replace(None);
                    is_again = true;
                }
                answer => return answer,
            }
        }
    }

    async fn begin(&self, mode: IdbTransactionMode) -> Result<IdbTransaction, StorageError> {
        let database = self.open_database().await?;
        if let Ok(transaction) = transaction(&database, mode) {
            return Ok(transaction);
        }
        self.database.replace(None);
        let database = self.open_database().await?;
        transaction(&database, mode).map_err(|thrown| cause(&thrown))
    }

    async fn open_database(&self) -> Result<IdbDatabase, StorageError> {
        let database = self.database.borrow().clone();
        match database {
            Some(database) => Ok(database),
            None => {
                let database = open(make_stores).await?;
                self.database.replace(Some(database.clone()));
                Ok(database)
            }
        }
    }
}

/// A fact as it is written.
pub fn fact(key: impl Into<String>, value: &impl Serialize) -> Write {
    Write::Fact {
        key: key.into(),
        json: serde_json::to_string(value).unwrap_or_default(),
    }
}

/// Strict durability is asked for by name, since the bindings do not have it yet.
fn transaction(
    database: &IdbDatabase,
    mode: IdbTransactionMode,
) -> Result<IdbTransaction, JsValue> {
    let stores: Array = STORES.iter().copied().map(JsValue::from_str).collect();
    let mode = if mode == IdbTransactionMode::Readwrite {
        "readwrite"
    } else {
        "readonly"
    };
    let options = row(&[("durability", "strict".into())])?;
    let begin: Function = Reflect::get(database, &"transaction".into())?.dyn_into()?;
    begin
        .call3(database, &stores, &mode.into(), &options)?
        .dyn_into()
}

fn make_stores(database: &IdbDatabase, _: &IdbTransaction) -> Result<(), JsValue> {
    let keyed = |path: &str| {
        let parameters = IdbObjectStoreParameters::new();
        parameters.set_key_path(&JsValue::from_str(path));
        parameters
    };
    let documents =
        database.create_object_store_with_optional_parameters(DOCUMENTS, &keyed("id"))?;
    let path = Array::of3(&"staff".into(), &"kind".into(), &"at_ms".into());
    documents.create_index_with_str_sequence(BY_TIME, &path)?;
    let numbered = keyed("number");
    numbered.set_auto_increment(true);
    database.create_object_store_with_optional_parameters(OUTBOX, &numbered)?;
    database.create_object_store_with_optional_parameters(SENT, &keyed("hash"))?;
    database.create_object_store_with_optional_parameters(SCHOOL, &keyed("staff"))?;
    database.create_object_store_with_optional_parameters(FACTS, &keyed("key"))?;
    Ok(())
}

fn put(transaction: &IdbTransaction, write: &Write, keyring: &Keyring) -> Result<(), StorageError> {
    let sealed = match write {
        Write::Document(row) => keyring.seal(&document_name(row), &row.to_bytes(), random::fill),
        Write::School { staff, json } => {
            keyring.seal(&school_name(*staff), json.as_bytes(), random::fill)
        }
        _ => Some(Vec::new()),
    };
    let sealed = sealed.ok_or(StorageError::NoKeys)?;
    put_sealed(transaction, write, &sealed).map_err(|thrown| cause(&thrown))
}

fn put_sealed(transaction: &IdbTransaction, write: &Write, sealed: &[u8]) -> Result<(), JsValue> {
    let store = |name: &str| transaction.object_store(name);
    match write {
        Write::Document(row) => store(DOCUMENTS)?.put(&document_to(row, sealed)?)?,
        Write::ForgetDocument(id) => store(DOCUMENTS)?.delete(&id.to_string().into())?,
        Write::Item(row) => store(OUTBOX)?.put(&item_to(row)?)?,
        Write::Receipted { number, sent } => {
            store(SENT)?.put(&sent_to(sent)?)?;
            store(OUTBOX)?.delete(&JsValue::from_f64((*number).into()))?
        }
        Write::DropHeld(number) => store(OUTBOX)?.delete(&JsValue::from_f64((*number).into()))?,
        Write::ForgetSent(hash) => store(SENT)?.delete(&JsValue::from_str(&hash.0))?,
        Write::School { staff, .. } => {
            let row = row(&[
                ("staff", staff.to_string().into()),
                ("sealed", Uint8Array::from(sealed).into()),
            ])?;
            store(SCHOOL)?.put(&row)?
        }
        Write::ForgetSchool(staff) => store(SCHOOL)?.delete(&staff.to_string().into())?,
        Write::Fact { key, json } => {
            let row = row(&[
                ("key", JsValue::from_str(key)),
                ("json", JsValue::from_str(json)),
            ])?;
            store(FACTS)?.put(&row)?
        }
        Write::Reserve => {
            // What chance has made no browser makes smaller.
            let mut room = vec![0; RESERVE_BYTES];
            random::fill(&mut room);
            let row = row(&[
                ("key", RESERVE.into()),
                ("bytes", Uint8Array::from(room.as_slice()).into()),
            ])?;
            store(FACTS)?.put(&row)?
        }
        Write::ForgetFact(key) => store(FACTS)?.delete(&JsValue::from_str(key))?,
    };
    Ok(())
}
