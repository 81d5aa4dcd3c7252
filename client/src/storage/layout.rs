//! How a row lies in the browser's database: field by field, what is read again and by whom.

use js_sys::{Object, Reflect, Uint8Array};
use shared::domain::StaffId;
use shared::sync::ItemHash;
use wasm_bindgen::{JsCast, JsValue};

use super::{DocumentRow, ItemRow, ItemState, SentRow};
use crate::vault::Keyring;

pub fn row(fields: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let row = Object::new();
    for (name, value) in fields {
        Reflect::set(&row, &JsValue::from_str(name), value)?;
    }
    Ok(row.into())
}

pub fn field(row: &JsValue, name: &str) -> JsValue {
    Reflect::get(row, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

pub fn text(row: &JsValue, name: &str) -> Option<String> {
    field(row, name).as_string()
}

pub fn bytes(row: &JsValue, name: &str) -> Vec<u8> {
    field(row, name)
        .dyn_ref::<Uint8Array>()
        .map(Uint8Array::to_vec)
        .unwrap_or_default()
}

/// What a sealed row is bound to.
pub fn document_name(document: &DocumentRow) -> String {
    format!("document/{}/{}", document.staff, document.id)
}

pub fn school_name(staff: StaffId) -> String {
    format!("school/{staff}")
}

pub fn document_to(document: &DocumentRow, sealed: &[u8]) -> Result<JsValue, JsValue> {
    row(&[
        ("id", document.id.to_string().into()),
        ("staff", document.staff.to_string().into()),
        ("kind", JsValue::from_f64(document.kind.to_byte().into())),
        ("at_ms", JsValue::from_f64(document.at_ms as f64)),
        ("sealed", Uint8Array::from(sealed).into()),
    ])
}

/// None for what is locked, or another person's.
pub fn document_from(row: &JsValue, keyring: &Keyring) -> Option<DocumentRow> {
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

pub fn item_to(item: &ItemRow) -> Result<JsValue, JsValue> {
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

pub fn item_from(row: &JsValue) -> Option<ItemRow> {
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

pub fn sent_to(sent: &SentRow) -> Result<JsValue, JsValue> {
    row(&[
        ("hash", JsValue::from_str(&sent.hash.0)),
        ("staff", sent.staff.to_string().into()),
        ("document", sent.document.to_string().into()),
        ("at_ms", JsValue::from_f64(sent.at_ms as f64)),
        ("bytes", Uint8Array::from(sent.bytes.as_slice()).into()),
    ])
}

pub fn sent_from(row: &JsValue) -> Option<SentRow> {
    Some(SentRow {
        hash: ItemHash(text(row, "hash")?),
        staff: text(row, "staff")?.parse().ok()?,
        document: text(row, "document")?.parse().ok()?,
        at_ms: field(row, "at_ms").as_f64()? as i64,
        bytes: bytes(row, "bytes"),
    })
}
