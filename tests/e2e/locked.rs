//! A phone that is locked, lost or shared: it goes on logging, tells nothing, and loses nothing.

use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PIN, PUPIL, PUPIL_LETTERS, choose, has_sent, has_waiting, is_ready_for_offline, log,
    meets_the_network, name_pupil, open_log, platform_lock, see_today, sign_in_with_pin, signed_in,
    signed_in_with_pin, type_pin, unlock, write_credentials, write_words,
};
use friminutt_tests::program::Program;
use serde_json::json;
use server::demo::PASSWORD;

const WORDS: &str = "Zinnoberrød genser, sto alene bak skuret.";
/// Words of `WORDS` and of the pupil's name that stand nowhere in the app's own files.
const CANARIES: [&str; 2] = ["Zinnober", "Grzegorczyk"];
/// Not a secret: shows that the scan would have found one.
const CONTROL: &str = "kontrollord-som-skal-finnes";

#[tokio::test]
async fn a_locked_phone_logs_and_shows_nothing_and_its_pin_opens_all_of_it() {
    let mut server = Program::new();
    server.start().await;
    let profile = Profile::new();
    let phone = signed_in_with_pin(&profile, &server.origin(), PHONE, "assistent").await;
    log(&phone, "exclusion").await;
    phone.tap("next").await;
    has_sent(&phone, 1).await;
    server.kill().await;
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    write_words(&phone, WORDS).await;

    phone.tap("lock").await;
    phone.see("locked").await;
    assert!(!says(&phone, "Zinnober").await && !says(&phone, PUPIL).await);
    phone.tap(".menu a[href=\"/\"]").await;
    log(&phone, "fight").await;
    choose(&phone, "act-fetched_help").await;
    phone.write("pupil-search", PUPIL_LETTERS).await;
    phone.see_count("pupil-hit", 0).await;
    has_waiting(&phone, 2).await;
    phone.kill().await;

    let phone = Browser::open(&profile, &server.origin(), PHONE).await;
    has_waiting(&phone, 2).await;
    phone.tap("unlock").await;
    type_pin(&phone, "314159").await;
    phone.see_words("pin-error", "9").await;
    type_pin(&phone, PIN).await;
    phone.see_gone("pin-1").await;
    see_today(&phone).await;
    // What was sent before it was locked is there too, and comes down no second time.
    phone.see_count("entry-card", 3).await;
    phone.see_words("entry-words", WORDS).await;
    phone.see_words("entry-card", PUPIL).await;

    phone.tap("lock").await;
    phone.see("locked").await;
    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 3).await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    open_log(&desk, PUPIL).await;
    desk.see_words("log-line", WORDS).await;
}

#[tokio::test]
async fn the_disk_of_a_lost_phone_holds_no_name_and_no_word() {
    let mut server = Program::new();
    server.start().await;
    let profile = Profile::new();
    let phone = signed_in_with_pin(&profile, &server.origin(), PHONE, "assistent").await;
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    write_words(&phone, WORDS).await;
    has_sent(&phone, 1).await;
    server.kill().await;
    phone.go("/").await;
    unlock(&phone).await;
    log(&phone, "fight").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    write_words(&phone, WORDS).await;
    has_waiting(&phone, 1).await;
    let control = "return new Promise((done, failed) => {
        const opening = indexedDB.open('control', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore('control');
        opening.onerror = () => failed(opening.error);
        opening.onsuccess = () => {
            const writing = opening.result.transaction('control', 'readwrite', { durability: 'strict' });
            writing.objectStore('control').put(arguments[0], 1);
            writing.oncomplete = () => done(true);
        };
    })";
    phone.run(control, vec![CONTROL.into()]).await;
    phone.kill().await;
    assert!(
        !profile.files_with(CONTROL).is_empty(),
        "the scan finds nothing at all"
    );
    for canary in CANARIES {
        let found = profile.files_with(canary);
        assert!(found.is_empty(), "{canary} is in {found:?}");
    }
}

#[tokio::test]
async fn ten_wrong_pins_end_the_vault_and_never_the_outbox() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in_with_pin(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    server.kill().await;
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    write_words(&phone, WORDS).await;
    phone.tap("lock").await;
    phone.see("locked").await;
    for left in (1..10).rev() {
        type_pin(&phone, "314159").await;
        phone.see_words("pin-error", &format!("{left} ")).await;
    }
    type_pin(&phone, "314159").await;
    phone.see("unlock-sign-in").await;
    has_waiting(&phone, 1).await;
    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 1).await;
    // The session was alive, and opens nothing: not now, and not after a new start.
    phone.go("/i-dag").await;
    phone.see("needs-sign-in").await;
    assert!(!says(&phone, PUPIL).await);
    phone.tap("unlock-sign-in").await;
    write_credentials(&phone, "assistent", PASSWORD).await;
    phone.see("pin-asked").await;
    phone.tap("pin-later").await;
    see_today(&phone).await;
    phone.see_words("entry-words", WORDS).await;
}

#[tokio::test]
async fn two_people_share_a_phone_and_neither_opens_what_is_the_others() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in_with_pin(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    sign_in_with_pin(&phone, "aks").await;
    server.kill().await;
    log(&phone, "fight").await;
    write_words(&phone, WORDS).await;
    has_waiting(&phone, 1).await;
    phone.tap("lock").await;
    phone.tap("switch-person").await;
    phone.see_words("locked-name", "Turid").await;
    has_waiting(&phone, 0).await;
    type_pin(&phone, PIN).await;
    phone.see_gone("pin-1").await;
    see_today(&phone).await;
    phone.see_count("entry-card", 0).await;
    phone.tap(".menu a[href=\"/\"]").await;
    log(&phone, "alone").await;
    has_waiting(&phone, 1).await;
    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 1).await;
    phone.see("signed-out").await;
    // The session is the other person's; what both wrote has gone up.
    phone.tap("lock").await;
    phone.tap("unlock").await;
    phone.tap("switch-person").await;
    phone.see_words("locked-name", "Yusuf").await;
    type_pin(&phone, PIN).await;
    phone.see_gone("pin-1").await;
    has_sent(&phone, 1).await;
}

/// Whether the page has these words anywhere.
async fn says(browser: &Browser, words: &str) -> bool {
    let text = browser
        .run("return document.documentElement.outerHTML", vec![])
        .await;
    text.as_str().expect("a page").contains(words)
}

#[tokio::test]
async fn the_phones_own_lock_opens_it_with_no_network_and_nobody_elses_does() {
    let mut server = Program::new();
    server.start().await;
    // A passkey belongs to a name, not to an address of numbers.
    let origin = server.origin().replace("127.0.0.1", "localhost");
    let phone = Browser::start(&Profile::new(), &origin, PHONE).await;
    let authenticator = platform_lock(&phone).await;
    phone.go("/").await;
    write_credentials(&phone, "assistent", PASSWORD).await;
    phone.tap("choose-passkey").await;
    phone.see("choice-alone").await;
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    write_words(&phone, WORDS).await;
    has_sent(&phone, 1).await;
    is_ready_for_offline(&phone).await;
    server.kill().await;
    phone.go("/i-dag").await;
    phone.see("locked").await;
    assert!(!says(&phone, "Zinnober").await && !says(&phone, PUPIL).await);
    phone.tap("unlock-passkey").await;
    phone.see_words("entry-words", WORDS).await;
    phone.tap("lock").await;
    phone.see("locked").await;
    let somebody_else = json!({ "authenticatorId": authenticator, "isUserVerified": false });
    phone.cdp("WebAuthn.setUserVerified", somebody_else).await;
    phone.tap("unlock-passkey").await;
    phone.see_words("passkey-error", "bekreftet ikke").await;
    assert!(!says(&phone, "Zinnober").await && !says(&phone, PUPIL).await);
}
