//! Background Sync: the app is closed with an entry on the phone, and the service worker sends it.

use friminutt_tests::browser::{DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, has_sent, has_waiting, log, name_pupil, open_log, signed_in,
};
use friminutt_tests::program::Program;
use serde_json::json;

/// As the client names it.
const TAG: &str = "friminutt-outbox";

#[tokio::test]
async fn the_service_worker_sends_what_waits_when_the_app_is_closed() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    let app = phone.tab().await;

    server.kill().await;
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    has_waiting(&phone, 1).await;
    let registered = "return navigator.serviceWorker.ready.then((it) => it.sync.getTags())";
    phone
        .until("the sync that is asked for", async || {
            let tags = phone.run(registered, vec![]).await;
            tags.as_array()?.contains(&json!(TAG)).then_some(())
        })
        .await;

    phone.open_tab().await;
    let elsewhere = phone.tab().await;
    phone.go_to_tab(app).await;
    phone.close_tab().await;
    phone.go_to_tab(elsewhere).await;

    server.start().await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    // The browser found no server when it first tried, and tries again by its own clock, minutes later: it is told that
    // the time has come.
    phone.cdp("ServiceWorker.enable", json!({})).await;
    phone
        .cdp(
            "ServiceWorker.dispatchSyncEvent",
            json!({ "origin": server.origin(), "registrationId": "0", "tag": TAG, "lastChance": false }),
        )
        .await;
    desk.until("the entry at the server", async || {
        open_log(&desk, PUPIL).await;
        (desk.count("log-line").await == 1).then_some(())
    })
    .await;

    phone.visit(&server.origin()).await;
    has_sent(&phone, 1).await;
}
