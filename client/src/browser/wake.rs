//! What wakes the app: the network coming back, the page coming into sight, another tab or the worker having written, the
//! server having something new.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{BroadcastChannel, EventSource, EventTarget, VisibilityState};

use super::page::window;

/// Where tabs and the service worker tell each other that the disk has changed.
const CHANNEL: &str = "friminutt";

/// Whether the browser believes in a network; a hint, never a proof.
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Whether somebody can see the page.
pub fn is_visible() -> bool {
    let document = window().and_then(|window| window.document());
    document.is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Calls when the network comes or goes.
pub fn on_network(call: impl Fn(bool) + Clone + 'static) {
    let Some(window) = window() else { return };
    let online = call.clone();
    listen(&window, "online", move || online(true));
    listen(&window, "offline", move || call(false));
}

/// Calls when the page comes into sight or leaves it.
pub fn on_visibility(call: impl Fn(bool) + 'static) {
    let Some(document) = window().and_then(|window| window.document()) else {
        return;
    };
    listen(&document, "visibilitychange", move || call(is_visible()));
}

/// Calls when somebody touches the screen or a key.
pub fn on_touch(call: impl Fn() + Clone + 'static) {
    let Some(window) = window() else { return };
    for event in ["pointerdown", "keydown"] {
        listen(&window, event, call.clone());
    }
}

/// Calls when another tab or the worker has written to the disk.
pub fn on_other_wrote(call: impl Fn() + 'static) {
    let Ok(channel) = BroadcastChannel::new(CHANNEL) else {
        return;
    };
    listen(&channel, "message", call);
    // Lives as long as the page.
    std::mem::forget(channel);
}

/// Tells the other tabs that the disk has changed.
pub fn tell_others() {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        // A tab that does not hear it reads the disk when it comes into sight.
        let _ = channel.post_message(&"wrote".into());
        channel.close();
    }
}

/// A connection over which the server says that there is something new. Closes when dropped.
pub struct Live {
    source: EventSource,
    _told: Closure<dyn FnMut()>,
    _failed: Closure<dyn FnMut()>,
}

impl Live {
    /// Opens it; the browser opens it again by itself when it breaks. `tell` is called for each ping, and each time it is
    /// open: what came while it was not, nobody has told. `give_up` is called when the browser tries no more.
    pub fn open(
        path: &str,
        tell: impl Fn() + 'static,
        give_up: impl Fn() + 'static,
    ) -> Option<Live> {
        let source = EventSource::new(path).ok()?;
        let told: Closure<dyn FnMut()> = Closure::new(tell);
        for event in ["open", "message"] {
            source
                .add_event_listener_with_callback(event, told.as_ref().unchecked_ref())
                .ok()?;
        }
        let of_error = source.clone();
        let failed: Closure<dyn FnMut()> = Closure::new(move || {
            if of_error.ready_state() == EventSource::CLOSED {
                give_up();
            }
        });
        source.set_onerror(Some(failed.as_ref().unchecked_ref()));
        Some(Live {
            source,
            _told: told,
            _failed: failed,
        })
    }

    /// Whether the browser has given it up.
    pub fn is_closed(&self) -> bool {
        self.source.ready_state() == EventSource::CLOSED
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // Its closures go with it.
        self.source.set_onerror(None);
        self.source.close();
    }
}

fn listen(target: &EventTarget, event: &str, call: impl Fn() + 'static) {
    let closure: Closure<dyn FnMut()> = Closure::new(call);
    let _ = target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
    // Lives as long as the page.
    closure.forget();
}
