//! Push, as far as a browser without a push service shows it: what the service worker does when a push comes, and what the page of
//! oneself says when the device cannot be reached.

use friminutt_tests::axe;
use friminutt_tests::browser::{Browser, DESK, Profile};
use friminutt_tests::journey::signed_in;
use friminutt_tests::program::Program;
use serde_json::{Value, json};

const SHOWN: &str = "return navigator.serviceWorker.ready.then((it) => it.getNotifications())
    .then((all) => all.map((it) => ({ title: it.title, body: it.body, tag: it.tag })))";

async fn permit(browser: &Browser, origin: &str, setting: &str) {
    let asked =
        json!({ "permission": { "name": "notifications" }, "setting": setting, "origin": origin });
    browser.cdp("Browser.setPermission", asked).await;
}

/// As the browser's push service would.
async fn deliver(browser: &Browser, origin: &str, data: &str) {
    let push = json!({ "origin": origin, "registrationId": "0", "data": data });
    browser.cdp("ServiceWorker.deliverPushMessage", push).await;
}

/// Waits until just this is shown.
async fn see_shown(browser: &Browser, body: &str) {
    let expected: Value =
        json!([{ "title": "Friminutt", "body": body, "tag": "friminutt-waiting" }]);
    browser
        .until(format!("the one notice «{body}»"), async || {
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
    for data in ["noe venter", "", "<b>Kari</b>", "{\"title\":\"Elev0\"}"] {
        deliver(&desk, &origin, data).await;
        see_shown(&desk, "Noe venter på deg.").await;
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
    let is_on = "return document.querySelector('[data-test=push]').checked";
    desk.until("the switch is off", async || {
        (desk.run(is_on, vec![]).await == json!(false)).then_some(())
    })
    .await;

    permit(&desk, &origin, "denied").await;
    desk.go("/meg").await;
    desk.see_words("push-told", "beskjed om ikke å varsle")
        .await;
    assert_eq!(axe::barriers(&desk).await, Vec::<String>::new());
}
