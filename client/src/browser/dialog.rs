//! The browser's own dialog: it keeps the focus inside, closes on Escape and gives the focus back.

use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

fn dialog(id: &str) -> Option<HtmlDialogElement> {
    super::page::element(id)?.dyn_into().ok()
}

/// Opens the dialog with an id above everything else.
pub fn open(id: &str) {
    if let Some(dialog) = dialog(id)
        && !dialog.open()
    {
        // It fails only when the dialog has just left the page: then nobody is waiting for it.
        let _ = dialog.show_modal();
    }
}

/// Closes it.
pub fn close(id: &str) {
    if let Some(dialog) = dialog(id) {
        dialog.close();
    }
}
