//! A file that a person chose or is given, and what a person wants on the clipboard.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Event, HtmlElement, HtmlInputElement, Url};

/// Why a chosen file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("no file was chosen")]
    NothingChosen,
    #[error("the file is larger than allowed")]
    TooLarge,
    #[error("the browser cannot read the file")]
    Unreadable,
}

/// The bytes of the file just chosen; looks at the size before it reads. The same file may be chosen again afterwards.
pub async fn chosen(event: Event, max_bytes: usize) -> Result<Vec<u8>, FileError> {
    let input: HtmlInputElement = event
        .target()
        .and_then(|target| target.dyn_into().ok())
        .ok_or(FileError::NothingChosen)?;
    let file = input
        .files()
        .and_then(|files| files.get(0))
        .ok_or(FileError::NothingChosen)?;
    if file.size() > max_bytes as f64 {
        return Err(FileError::TooLarge);
    }
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| FileError::Unreadable)?;
    input.set_value("");
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Hands bytes over as a file to be kept where the person wants it; false when the browser does not let us.
pub fn save(name: &str, bytes: &[u8]) -> bool {
    let hand_over = || -> Result<(), JsValue> {
        let parts = Array::of1(&Uint8Array::from(bytes));
        let address = Url::create_object_url_with_blob(&Blob::new_with_u8_array_sequence(&parts)?)?;
        let document = super::page::window().and_then(|window| window.document());
        let link = document.ok_or(JsValue::NULL)?.create_element("a")?;
        link.set_attribute("href", &address)?;
        link.set_attribute("download", name)?;
        link.dyn_into::<HtmlElement>()?.click();
        Ok(())
    };
    hand_over().is_ok()
}

/// Puts a text on the clipboard; false when the browser does not let us.
pub async fn copy(text: &str) -> bool {
    let Some(window) = super::page::window() else {
        return false;
    };
    JsFuture::from(window.navigator().clipboard().write_text(text))
        .await
        .is_ok()
}
