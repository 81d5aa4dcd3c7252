//! The steps that people take in the app, each ending when the page says that it is done. What a journey shows is in `e2e/`.

use serde_json::json;
use server::demo::PASSWORD;

use crate::browser::{Browser, Profile, Size, css};

/// A pupil of the invented school: in 5A, whose contact teacher signs in as `kontakt5a`.
pub const PUPIL: &str = "Łukasz Grzegorczyk";
/// Letters that find the pupil on any keyboard.
pub const PUPIL_LETTERS: &str = "luk";

/// The PIN that everybody chooses.
pub const PIN: &str = "604173";

/// Starts a browser, signs somebody in and chooses a PIN.
pub async fn signed_in_with_pin(
    profile: &Profile,
    origin: &str,
    size: Size,
    username: &str,
) -> Browser {
    let browser = Browser::start(profile, origin, size).await;
    sign_in_with_pin(&browser, username).await;
    browser
}

/// Starts a browser and signs somebody in.
pub async fn signed_in(profile: &Profile, origin: &str, size: Size, username: &str) -> Browser {
    let browser = Browser::start(profile, origin, size).await;
    sign_in(&browser, username).await;
    browser
}

/// Ends when the school has come down and everything that offline use needs lies on the disk.
pub async fn sign_in(browser: &Browser, username: &str) {
    browser.go("/logg-inn").await;
    write_credentials(browser, username, PASSWORD).await;
    browser.see_gone("username").await;
    browser.tap("pin-later").await;
    browser.see_gone("pin-later").await;
    is_at_work(browser).await;
}

/// Signs in and chooses a PIN: what lies on the phone then opens with no network too.
pub async fn sign_in_with_pin(browser: &Browser, username: &str) {
    browser.go("/logg-inn").await;
    write_credentials(browser, username, PASSWORD).await;
    browser.see_gone("username").await;
    for _ in 0..2 {
        type_pin(browser, PIN).await;
    }
    browser.see_gone("pin-later").await;
    is_at_work(browser).await;
}

/// Opens the phone after it was locked, or the app closed.
pub async fn unlock(browser: &Browser) {
    browser.tap("unlock").await;
    type_pin(browser, PIN).await;
    browser.see_gone("pin-1").await;
}

/// Six taps on the keypad.
pub async fn type_pin(browser: &Browser, pin: &str) {
    for digit in pin.chars() {
        browser.tap(&format!("pin-{digit}")).await;
    }
}

/// Ends when the school has come down and everything that offline use needs lies on the disk.
pub async fn is_at_work(browser: &Browser) {
    has_had_contact(browser).await;
    is_ready_for_offline(browser).await;
}

/// The status line says when: a time has digits.
async fn has_had_contact(browser: &Browser) {
    browser
        .until("the time of the last contact", async || {
            let said = browser.see("last-contact").await;
            said.contains(|c: char| c.is_ascii_digit()).then_some(())
        })
        .await
}

pub async fn write_credentials(browser: &Browser, username: &str, password: &str) {
    browser.write("username", username).await;
    browser.write("password", password).await;
    browser.tap("sign-in").await;
}

/// Ends when a service worker controls the page: the app then starts with no network.
pub async fn is_ready_for_offline(browser: &Browser) {
    let ready = "return navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)";
    browser
        .until("a service worker for the page", async || {
            browser.run(ready, vec![]).await.as_bool()?.then_some(())
        })
        .await
}

/// First tap: ends when *Lagret* is said.
pub async fn log(browser: &Browser, what: &str) {
    browser.tap(&format!("choice-{what}")).await;
    browser.see("saved").await;
}

/// Names a pupil in the entry that is open.
pub async fn name_pupil(browser: &Browser, letters: &str, name: &str) {
    browser.write("pupil-search", letters).await;
    browser.tap_words("pupil-hit", name).await;
    browser.see_words("pupil-row", name).await;
}

/// Presses one of the choices that stay pressed, such as a part, and waits until it is.
pub async fn choose(browser: &Browser, mark: &str) {
    browser.tap(mark).await;
    browser
        .see(&format!("{}[aria-pressed=true]", css(mark)))
        .await;
}

/// Writes the entry's text and goes to the page of the day, which shows what is on the disk.
pub async fn write_words(browser: &Browser, words: &str) {
    browser.write("entry-text", words).await;
    browser.leave_field().await;
    see_today(browser).await;
    browser.see_words("entry-words", words).await;
}

/// By the menu: no page is loaded.
pub async fn see_today(browser: &Browser) {
    follow(browser, "/i-dag").await;
}

/// Follows a link of the menu.
pub async fn follow(browser: &Browser, path: &str) {
    browser.tap(&format!(".menu a[href=\"{path}\"]")).await;
    browser.see_path(path).await;
}

/// The phone's own network is back: the app is told at once, and need not wait for its next attempt.
pub async fn meets_the_network(browser: &Browser) {
    browser
        .run("window.dispatchEvent(new Event('online'))", vec![])
        .await;
}

/// The status line says how much is on the phone only.
pub async fn has_waiting(browser: &Browser, count: usize) {
    browser.see_exactly("waiting", &count.to_string()).await;
}

/// The status line says that everything is sent, and how much that was.
pub async fn has_sent(browser: &Browser, count: usize) {
    has_waiting(browser, 0).await;
    browser.see_exactly("sent", &count.to_string()).await;
    browser.see_exactly("problem", "0").await;
}

/// Opens a pupil's log from the list of pupils; ends when its lines are there, or that there are none.
pub async fn open_log(browser: &Browser, name: &str) {
    browser.go("/elever").await;
    browser.write("pupil-filter", name).await;
    browser.tap_words("pupil-row", name).await;
    browser.see("[data-test=log-line], [data-test=empty]").await;
}

/// A phone with a lock of its own, that gives a secret (PRF).
pub async fn platform_lock(browser: &Browser) -> String {
    browser.cdp("WebAuthn.enable", json!({})).await;
    let options = json!({ "options": {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true, "hasPrf": true, "automaticPresenceSimulation": true,
    } });
    let made = browser
        .cdp("WebAuthn.addVirtualAuthenticator", options)
        .await;
    made["authenticatorId"]
        .as_str()
        .expect("an authenticator")
        .to_owned()
}
