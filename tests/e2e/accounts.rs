//! Accounts as they change in front of those who have them, and showing anew who one is.

use friminutt_tests::browser::{DESK, PHONE, Profile};
use friminutt_tests::journey::{follow, has_sent, log, open_log, signed_in};
use friminutt_tests::pages::{LONG_NAME, LONG_NAME_LETTERS};
use friminutt_tests::program::Program;
use friminutt_tests::school::let_an_hour_pass;
use server::demo::PASSWORD;
use server::store::Store;

const OF_ASSISTANT: &str = "[data-test=staff-row]:has([aria-label*=\"Turid Haugen\"])";

#[tokio::test]
async fn an_open_phone_follows_what_its_person_becomes_and_logs_on_when_it_is_closed() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    let admin = signed_in(&Profile::new(), &server.origin(), DESK, "admin").await;
    admin.go("/ansatte").await;
    admin
        .tap(&format!("{OF_ASSISTANT} [data-test=change]"))
        .await;
    admin.tap("#change-dialog [data-test=role-deputy]").await;
    admin.tap("change-save").await;
    // Nobody touches the phone.
    phone.go("/meg").await;
    phone.see("a[href=\"/innboks\"]").await;
    let principal = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;
    principal.go("/innsyn").await;
    principal.tap("part-sign-ins").await;
    principal
        .see_words("reading-row", "Turid Haugen: Aktiv")
        .await;

    admin.go("/ansatte").await;
    admin
        .tap(&format!("{OF_ASSISTANT} [data-test=change]"))
        .await;
    admin.tap("status-suspended").await;
    admin.tap("change-save").await;
    phone.go("/").await;
    log(&phone, "alone").await;
}

#[tokio::test]
async fn an_erasure_asks_who_one_is_when_that_lies_back_and_is_then_done() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    log(&phone, "alone").await;
    friminutt_tests::journey::name_pupil(&phone, LONG_NAME_LETTERS, LONG_NAME).await;
    has_sent(&phone, 1).await;

    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;
    open_log(&desk, LONG_NAME).await;
    desk.tap("open-entry").await;
    desk.tap("erase").await;
    desk.tap("ground-mistake").await;
    let store = Store::open(server.database()).await.expect("the database");
    let mut tx = store.read().await.expect("the database");
    let principal = tx.credentials("rektor").await.expect("an answer");
    drop(tx);
    let principal = principal.expect("the principal").staff_id.into();
    let_an_hour_pass(&store, principal).await;
    store.close().await;
    desk.tap("[data-test=erase-confirm]:enabled").await;
    desk.write("step-up-password", "ikke passordet").await;
    desk.tap("step-up").await;
    desk.see("#step-up-dialog [data-test=failure]").await;
    desk.write("step-up-password", PASSWORD).await;
    desk.tap("step-up").await;
    desk.see_path("/sletting").await;
    desk.see("erased-row").await;
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "rektor").await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;
    desk.go("/meg").await;
    desk.see_count("device-row", 2).await;
    desk.tap("end-sessions").await;
    desk.see_count("end-sessions", 0).await;
    phone.go("/innboks").await;
    // Without a PIN it is the session that opens what lies on the phone.
    phone.see("locked").await;
    let admin = signed_in(&Profile::new(), &server.origin(), DESK, "admin").await;
    follow(&admin, "/ansatte").await;
    admin
        .tap(&format!("{OF_ASSISTANT} [data-test=staff-devices]"))
        .await;
    admin.see_words("devices-of", "Turid Haugen").await;
}

#[tokio::test]
async fn one_chooses_another_password_and_is_signed_out_elsewhere() {
    const NEW: &str = "klokka slår tolv";
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    let elsewhere = signed_in(&Profile::new(), &server.origin(), DESK, "assistent").await;
    phone.go("/meg").await;
    phone.write("old-password", PASSWORD).await;
    phone.write("another-password", "kort").await;
    phone.tap("change-password").await;
    phone.see("#another-password[aria-invalid]").await;
    phone.write("another-password", NEW).await;
    phone.tap("change-password").await;
    phone.see("password-changed").await;
    // The page goes on, and is open when it is loaded again.
    phone.go("/i-dag").await;
    phone.see("h1[id]").await;
    elsewhere.go("/meg").await;
    elsewhere.see("locked").await;
}
