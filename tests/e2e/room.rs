//! A phone with no room left: what is on the screen still fits, once, and after that nothing is called saved that is not.

use friminutt_tests::browser::{Browser, PHONE, Profile};
use friminutt_tests::fault::{EMPTY, FILL, TAP_AND_TIME};
use friminutt_tests::journey::{
    has_sent, has_waiting, meets_the_network, see_today, signed_in_with_pin, unlock,
};
use friminutt_tests::program::Program;
use serde_json::json;

const LOUD_WITHIN_MS: f64 = 1_000.0;
/// Room beside what lies there already: the browser itself writes more, such as the app's code as it has compiled it.
const SPARE_BYTES: u64 = 8 * 1024 * 1024;

#[tokio::test]
async fn on_a_full_phone_the_entry_on_the_screen_fits_and_the_next_is_not_called_saved() {
    let mut server = Program::new();
    server.start().await;
    let profile = Profile::new();
    let phone = signed_in_with_pin(&profile, &server.origin(), PHONE, "assistent").await;
    let used = "return navigator.storage.estimate().then((room) => room.usage)";
    let used = phone.run(used, vec![]).await.as_u64().expect("a number");
    phone.close().await;
    server.kill().await;

    let phone = Browser::start(&profile, &server.origin(), PHONE).await;
    let quota = json!({ "origin": server.origin(), "quotaSize": used + SPARE_BYTES });
    phone.cdp("Storage.overrideQuotaForOrigin", quota).await;
    phone.go("/").await;
    unlock(&phone).await;
    phone.see("choice-alone").await;
    phone.see_gone("nearly-full").await;

    // All that is left is the reserve.
    phone.run_async(FILL).await;
    assert_eq!(tap(&phone).await, None, "there is a reserve for it");
    has_waiting(&phone, 1).await;
    phone.see("nearly-full").await;

    phone.run_async(FILL).await;
    let told_after = tap(&phone).await.expect("no room is left for it");
    assert!(
        told_after < LOUD_WITHIN_MS,
        "it was said after {told_after} ms"
    );
    phone.see_words("storage-failed", "full").await;
    assert_eq!(phone.count("saved").await, 0);
    has_waiting(&phone, 1).await;

    phone.run_async(EMPTY).await;
    has_waiting(&phone, 2).await;
    phone.see_gone("storage-failed").await;
    phone.see_gone("nearly-full").await;
    phone.kill().await;

    let phone = Browser::open(&profile, &server.origin(), PHONE).await;
    unlock(&phone).await;
    see_today(&phone).await;
    phone.see_count("entry-card", 2).await;
    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 2).await;
}

/// Taps; milliseconds until it was said that nothing was saved, none when it was.
async fn tap(phone: &Browser) -> Option<f64> {
    if phone.count("next").await > 0 {
        phone.tap("next").await;
    }
    phone.see("choice-alone").await;
    phone.run_async(TAP_AND_TIME).await.as_f64()
}
