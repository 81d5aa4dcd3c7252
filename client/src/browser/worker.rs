//! The service worker from the page's side: registering it, asking it to send when there is a network, and taking a new
//! version of the app into use.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration, StorageManager};

use super::page::window;

const SCRIPT: &str = "/service_worker.js";
/// Tag of the Background Sync; the worker knows the same.
const SYNC_TAG: &str = "friminutt-outbox";
const SKIP_WAITING: &str = "skip-waiting";

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = window()?.navigator();
    let is_there = Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false);
    is_there.then(|| navigator.service_worker())
}

/// Registers the worker. `call` is told when a new version lies ready beside the one in use, or another tab has taken it.
pub async fn register(call: impl Fn() + Clone + 'static) {
    let Some(container) = container() else { return };
    let Ok(registered) = JsFuture::from(container.register(SCRIPT)).await else {
        return;
    };
    let registration: ServiceWorkerRegistration = registered.unchecked_into();
    if container.controller().is_some() {
        if registration.waiting().is_some() {
            call();
        }
        let call = call.clone();
        let taken: Closure<dyn FnMut()> = Closure::new(call);
        container.set_oncontrollerchange(Some(taken.as_ref().unchecked_ref()));
        taken.forget();
    }
    let found_in = registration.clone();
    let found: Closure<dyn FnMut()> = Closure::new(move || watch(&found_in, call.clone()));
    registration.set_onupdatefound(Some(found.as_ref().unchecked_ref()));
    found.forget();
}

fn watch(registration: &ServiceWorkerRegistration, call: impl Fn() + 'static) {
    let Some(installing) = registration.installing() else {
        return;
    };
    let registration = registration.clone();
    let changed: Closure<dyn FnMut()> = Closure::new(move || {
        let is_update = container().is_some_and(|container| container.controller().is_some());
        if is_update && registration.waiting().is_some() {
            call();
        }
    });
    installing.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
    changed.forget();
}

/// Asks the browser to send the outbox when there is a network, also when the app is closed; where it can.
pub async fn ask_to_send() {
    let Some(container) = container() else { return };
    if container.controller().is_none() {
        return;
    }
    let Some(registration) = registration().await else {
        return;
    };
    let sync = Reflect::get(&registration, &"sync".into())
        .ok()
        .filter(JsValue::is_object);
    let register = sync
        .as_ref()
        .and_then(|sync| Reflect::get(sync, &"register".into()).ok());
    if let (Some(sync), Some(register)) =
        (sync, register.and_then(|f| f.dyn_into::<Function>().ok()))
        && let Ok(promise) = register.call1(&sync, &SYNC_TAG.into())
    {
        // Refused where the person has turned it off: the page sends when it is opened.
        let _ = JsFuture::from(Promise::from(promise)).await;
    }
}

/// Has the browser look for a new version now instead of when the app is opened next.
pub async fn look_for_update() {
    if let Some(registration) = registration().await
        && let Ok(looking) = registration.update()
    {
        // Refused without a network.
        let _ = JsFuture::from(looking).await;
    }
}

/// Takes the new version into use and loads the page again.
pub async fn take_update() {
    let (Some(container), Some(registration)) = (container(), registration().await) else {
        return;
    };
    let reload: Closure<dyn FnMut()> = Closure::new(reload);
    container.set_oncontrollerchange(Some(reload.as_ref().unchecked_ref()));
    reload.forget();
    match registration.waiting() {
        Some(waiting) => {
            let _ = waiting.post_message(&SKIP_WAITING.into());
        }
        // Another tab has taken it: only this page is old.
        None => self::reload(),
    }
}

fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    let ready = container()?.ready().ok()?;
    let registration = JsFuture::from(ready).await.ok()?;
    Some(registration.unchecked_into())
}

/// Asks the browser not to throw the phone's data away when it needs room; its answer, where it has one.
pub async fn ask_to_persist() -> Option<bool> {
    let promise = storage()?.persist().ok()?;
    JsFuture::from(promise).await.ok()?.as_bool()
}

/// Whether the browser has promised it already.
pub async fn is_persisted() -> Option<bool> {
    let promise = storage()?.persisted().ok()?;
    JsFuture::from(promise).await.ok()?.as_bool()
}

fn storage() -> Option<StorageManager> {
    let navigator = window()?.navigator();
    let is_there = Reflect::get(&navigator, &"storage".into()).is_ok_and(|it| it.is_object());
    is_there.then(|| navigator.storage())
}
