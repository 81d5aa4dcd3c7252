//! The app on the phone and at the desk. Pages draw, components are their parts, `state` is what is known and what can be
//! done, `sync` and `storage` carry it, `browser` is everything a browser alone can do. Calls go in that direction only.
//! Unit tests run on the host and leave out what draws: it is seen in a browser, and costs minutes to compile.

#[cfg(not(test))]
pub mod app;
pub mod browser;
#[cfg(not(test))]
pub mod components;
#[cfg(not(test))]
pub mod desk;
pub mod i18n {
    //! Every text of the screen, made out of `locales/` when the crate is built.
    #![expect(warnings, reason = "generated")]
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
    pub use i18n::*;
}
#[cfg(not(test))]
pub mod pages;
pub mod route;
pub mod state;
pub mod storage;
pub mod sync;
pub mod vault;

#[cfg(not(test))]
use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the app into the page; called once by the start script.
#[cfg(not(test))]
#[wasm_bindgen(start)]
pub fn start() {
    #[cfg(target_arch = "wasm32")]
    console_error_panic_hook::set_once();
    if let Some(place) = browser::page::element("app") {
        leptos::mount::mount_to(place, app::App).forget();
    }
}
