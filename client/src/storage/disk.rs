//! The phone's disk: typed reads, and writes that are all or nothing and done only when the disk says so.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::domain::{DocumentId, StaffId};
use shared::sync::{DocumentKind, ItemHash};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    IdbDatabase, IdbKeyRange, IdbObjectStore, IdbObjectStoreParameters, IdbTransaction,
    IdbTransactionMode,
};

use super::indexed_db::{cause, complete, open, result};
use super::{
    BY_TIME, DOCUMENTS, DocumentRow, FACTS, ItemRow, ItemState, OUTBOX, SCHOOL, SENT, STORES,
    SentRow, StorageError, Write,
};
use crate::browser::random;
use crate::vault::Keyring;

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

    async fn write_once(&self, writes: &[Write]) -> Result<(), StorageError> {
        let transaction = self.begin(IdbTransactionMode::Readwrite).await?;
        for write in writes {
            if let Err(failure) = put(&transaction, write, &self.keyring.borrow()) {
                let _ = transaction.abort();
                return Err(failure);
            }
        }
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
                Ok(request) => result(&request).await,
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
        Write::ForgetFact(key) => store(FACTS)?.delete(&JsValue::from_str(key))?,
    };
    Ok(())
}

fn row(fields: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let row = Object::new();
    for (name, value) in fields {
        Reflect::set(&row, &JsValue::from_str(name), value)?;
    }
    Ok(row.into())
}

fn field(row: &JsValue, name: &str) -> JsValue {
    Reflect::get(row, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn text(row: &JsValue, name: &str) -> Option<String> {
    field(row, name).as_string()
}

fn bytes(row: &JsValue, name: &str) -> Vec<u8> {
    field(row, name)
        .dyn_ref::<Uint8Array>()
        .map(Uint8Array::to_vec)
        .unwrap_or_default()
}

/// What a sealed row is bound to.
fn document_name(document: &DocumentRow) -> String {
    format!("document/{}/{}", document.staff, document.id)
}

fn school_name(staff: StaffId) -> String {
    format!("school/{staff}")
}

fn document_to(document: &DocumentRow, sealed: &[u8]) -> Result<JsValue, JsValue> {
    row(&[
        ("id", document.id.to_string().into()),
        ("staff", document.staff.to_string().into()),
        ("kind", JsValue::from_f64(document.kind.to_byte().into())),
        ("at_ms", JsValue::from_f64(document.at_ms as f64)),
        ("sealed", Uint8Array::from(sealed).into()),
    ])
}

/// None for what is locked, or another person's.
fn document_from(row: &JsValue, keyring: &Keyring) -> Option<DocumentRow> {
    if let Some(json) = text(row, "json") {
        // Of a version before the vault: in the clear until `seal_clear_rows` has been here.
        let document: DocumentRow = serde_json::from_str(&json).ok()?;
        return Some(DocumentRow {
            saved: bytes(row, "saved"),
            ..document
        });
    }
    let name = format!("document/{}/{}", text(row, "staff")?, text(row, "id")?);
    DocumentRow::from_bytes(&keyring.open(&name, &bytes(row, "sealed"))?)
}

fn item_to(item: &ItemRow) -> Result<JsValue, JsValue> {
    let mut fields = vec![
        ("staff", item.staff.to_string().into()),
        ("document", item.document.to_string().into()),
        ("hash", JsValue::from_str(&item.hash.0)),
        ("state", item.state.as_str().into()),
        ("reason", JsValue::from_str(&item.reason)),
        ("bytes", Uint8Array::from(item.bytes.as_slice()).into()),
    ];
    if let Some(number) = item.number {
        fields.push(("number", JsValue::from_f64(number.into())));
    }
    row(&fields)
}

fn item_from(row: &JsValue) -> Option<ItemRow> {
    Some(ItemRow {
        number: Some(field(row, "number").as_f64()? as u32),
        staff: text(row, "staff")?.parse().ok()?,
        document: text(row, "document")?.parse().ok()?,
        hash: ItemHash(text(row, "hash")?),
        state: ItemState::from_word(&text(row, "state")?),
        reason: text(row, "reason").unwrap_or_default(),
        bytes: bytes(row, "bytes"),
    })
}

fn sent_to(sent: &SentRow) -> Result<JsValue, JsValue> {
    row(&[
        ("hash", JsValue::from_str(&sent.hash.0)),
        ("staff", sent.staff.to_string().into()),
        ("document", sent.document.to_string().into()),
        ("at_ms", JsValue::from_f64(sent.at_ms as f64)),
        ("bytes", Uint8Array::from(sent.bytes.as_slice()).into()),
    ])
}

fn sent_from(row: &JsValue) -> Option<SentRow> {
    Some(SentRow {
        hash: ItemHash(text(row, "hash")?),
        staff: text(row, "staff")?.parse().ok()?,
        document: text(row, "document")?.parse().ok()?,
        at_ms: field(row, "at_ms").as_f64()? as i64,
        bytes: bytes(row, "bytes"),
    })
}
