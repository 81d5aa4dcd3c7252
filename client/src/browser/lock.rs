//! Web Locks: one tab or worker at a time. Asked by name and let go when dropped. A browser without them has one tab's worth
//! of safety, which the database's own transactions give.

use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// Held while the outbox is read and written; short, never across a request to the server. The service worker takes the same.
pub const DISK: &str = "friminutt-disk";
/// Held by whoever is sending; the others let it be.
pub const SENDING: &str = "friminutt-sending";

/// A lock held; dropping it lets go.
pub struct Lock {
    release: Option<Function>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // Letting go of a promise cannot fail.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Waits for a lock.
pub async fn take(name: &str) -> Lock {
    request(name, false).await.unwrap_or(Lock { release: None })
}

/// Takes a lock if nobody has it.
pub async fn take_if_free(name: &str) -> Option<Lock> {
    request(name, true).await
}

async fn request(name: &str, only_if_free: bool) -> Option<Lock> {
    let Some((locks, request)) = manager() else {
        return Some(Lock { release: None });
    };
    let (sender, receiver) = oneshot::channel();
    let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        if lock.is_null() {
            let _ = sender.send(None);
            return JsValue::UNDEFINED;
        }
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        // Nobody waits any more: dropping the unsent lock lets go of it.
        let _ = sender.send(Some(Lock { release }));
        held.into()
    });
    let options = Object::new();
    let _ = Reflect::set(&options, &"ifAvailable".into(), &only_if_free.into());
    request
        .call3(&locks, &name.into(), &options, &granted)
        .ok()?;
    receiver.await.ok().flatten()
}

fn manager() -> Option<(JsValue, Function)> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into())
        .ok()
        .filter(JsValue::is_object)?;
    let request = Reflect::get(&locks, &"request".into())
        .ok()?
        .dyn_into()
        .ok()?;
    Some((locks, request))
}
