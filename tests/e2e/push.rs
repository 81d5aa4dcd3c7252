//! Push, as far as a browser without a push service shows it: what the service worker does when a push comes, and what the page of
//! oneself says when the device cannot be reached.

use friminutt_tests::axe;
use friminutt_tests::browser::{Browser, DESK, Profile};
use friminutt_tests::journey::signed_in;
use friminutt_tests::program::Program;
use serde_json::json;

const SHOWN: &str = "return navigator.serviceWorker.ready.then((it) => it.getNotifications())
    .then((all) => all.map((it) => ({ title: it.title, body: it.body, tag: it.tag })))";

const CLOSED: &str = "return navigator.serviceWorker.ready.then((it) => it.getNotifications())
    .then((all) => { all.forEach((it) => it.close()); return all.length === 0 })";
const HEARS: &str = "return navigator.serviceWorker.ready
    .then((it) => it.active.state === 'activated' && Notification.permission === 'granted')";

/// Waits until the page says so.
async fn holds(browser: &Browser, what: &str, script: &str) {
    browser
        .until(what, async || {
            (browser.run(script, vec![]).await == json!(true)).then_some(())
        })
        .await
}

async fn permit(browser: &Browser, origin: &str, setting: &str) {
    let asked =
        json!({ "permission": { "name": "notifications" }, "setting": setting, "origin": origin });
    browser.cdp("Browser.setPermission", asked).await;
}

/// Delivers a push as the browser's push service would, until just these words are shown: Chromium may lose a notice about which it is
/// asked while it is about to show it.
async fn see_pushed(browser: &Browser, origin: &str, data: &str, words: &str) {
    let push = json!({ "origin": origin, "registrationId": "0", "data": data });
    let expected = json!([{ "title": "Friminutt", "body": words, "tag": "friminutt-waiting" }]);
    browser
        .until(format!("the one notice «{words}»"), async || {
            browser
                .cdp("ServiceWorker.deliverPushMessage", push.clone())
                .await;
            (browser.run(SHOWN, vec![]).await == expected).then_some(())
        })
        .await
}

#[tokio::test]
async fn a_push_shows_the_same_words_whatever_is_in_it() {
    let mut server = Program::new();
    server.start().await;
    let origin = server.origin();
    let desk = signed_in(&Profile::new(), &origin, DESK, "rektor").await;
    permit(&desk, &origin, "granted").await;
    desk.cdp("ServiceWorker.enable", json!({})).await;
    // A worker that is just taking over hears nothing yet.
    holds(&desk, "a worker that hears", HEARS).await;
    for data in ["noe venter", "", "<b>Kari</b>", "{\"title\":\"Elev0\"}"] {
        see_pushed(&desk, &origin, data, "Noe venter på deg.").await;
        holds(&desk, "nothing shown", CLOSED).await;
    }
}

#[tokio::test]
async fn oneself_is_told_why_this_device_cannot_say_that_something_waits() {
    let mut server = Program::new();
    server.start().await;
    let origin = server.origin();
    let desk = signed_in(&Profile::new(), &origin, DESK, "rektor").await;
    permit(&desk, &origin, "granted").await;
    desk.go("/meg").await;
    assert_eq!(axe::barriers(&desk).await, Vec::<String>::new());
    // This browser has no push service to be reached by.
    desk.tap("push").await;
    desk.see_words("push-failed", "ikke kontakt med tjenesten")
        .await;
    let is_off = "return !document.querySelector('[data-test=push]').checked";
    holds(&desk, "the switch is off", is_off).await;

    permit(&desk, &origin, "denied").await;
    desk.go("/meg").await;
    desk.see_words("push-told", "beskjed om ikke å varsle")
        .await;
    assert_eq!(axe::barriers(&desk).await, Vec::<String>::new());
}
