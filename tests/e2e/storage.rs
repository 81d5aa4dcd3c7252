//! The phone's storage fails under the app: it is opened again, or it is said within a second, and nothing that was tapped is
//! lost.

use friminutt_tests::browser::{Browser, PHONE, Profile};
use friminutt_tests::fault::{
    LATER_DATABASE, NO_DATABASE, STORAGE, TAP_AND_TIME, hold_old_database,
};
use friminutt_tests::journey::{
    has_sent, has_waiting, log, meets_the_network, see_today, sign_in, sign_in_with_pin, unlock,
    write_credentials,
};
use friminutt_tests::program::Program;
use server::demo::PASSWORD;

/// Something is said within a second.
const LOUD_WITHIN_MS: f64 = 1_000.0;

#[tokio::test]
async fn a_connection_that_the_browser_drops_is_opened_again_and_nobody_notices() {
    let mut server = Program::new();
    server.start().await;
    let phone = Browser::start(&Profile::new(), &server.origin(), PHONE).await;
    phone.run_before_pages(STORAGE).await;
    sign_in(&phone, "assistent").await;
    server.kill().await;

    let close = "fault.connections.splice(0).forEach((open) => open.close())";
    phone.run(close, vec![]).await;
    log(&phone, "alone").await;
    has_waiting(&phone, 1).await;
    phone.tap("next").await;

    phone.run("fault.aborts = 1", vec![]).await;
    log(&phone, "fight").await;
    assert_eq!(phone.run("return fault.aborts", vec![]).await, 0);
    has_waiting(&phone, 2).await;
    phone.see_gone("storage-failed").await;

    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 2).await;
}

#[tokio::test]
async fn what_a_lost_storage_refuses_is_said_within_a_second_and_is_there_when_it_is_back() {
    let mut server = Program::new();
    server.start().await;
    let profile = Profile::new();
    let phone = Browser::start(&profile, &server.origin(), PHONE).await;
    phone.run_before_pages(STORAGE).await;
    sign_in_with_pin(&phone, "assistent").await;
    server.kill().await;

    let refuse = "fault.refuses = arguments[0]";
    for exception in ["UnknownError", "InvalidStateError"] {
        phone.run(refuse, vec![exception.into()]).await;
        is_loud(&phone).await;
    }
    phone.run(refuse, vec![().into()]).await;
    // Nobody taps: what stood in memory is written.
    has_waiting(&phone, 2).await;
    phone.see_gone("storage-failed").await;
    phone.kill().await;

    let phone = Browser::open(&profile, &server.origin(), PHONE).await;
    has_waiting(&phone, 2).await;
    unlock(&phone).await;
    see_today(&phone).await;
    phone.see_count("entry-card", 2).await;
}

#[tokio::test]
async fn an_older_app_in_another_tab_is_told_of_and_waited_for() {
    let mut server = Program::new();
    server.start().await;
    let phone = Browser::start(&Profile::new(), &server.origin(), PHONE).await;
    phone.go("/icons/icon.svg").await;
    phone.run(&hold_old_database(), vec![]).await;
    let old = phone.tab().await;

    phone.open_tab().await;
    let new = phone.tab().await;
    phone.run_before_pages(LATER_DATABASE).await;
    phone.go("/").await;
    phone.see_words("storage-failed", "faner").await;

    phone.go_to_tab(old).await;
    phone.close_tab().await;
    phone.go_to_tab(new).await;
    phone.see_gone("storage-failed").await;
    sign_in(&phone, "assistent").await;
    log(&phone, "alone").await;
    has_sent(&phone, 1).await;
}

#[tokio::test]
async fn a_browser_that_stores_nothing_says_so_and_calls_nothing_saved() {
    let mut server = Program::new();
    server.start().await;
    let phone = Browser::start(&Profile::new(), &server.origin(), PHONE).await;
    phone.run_before_pages(NO_DATABASE).await;
    phone.go("/").await;
    phone.see_words("storage-failed", "privat").await;
    phone.see_path("/logg-inn").await;
    write_credentials(&phone, "assistent", PASSWORD).await;
    phone.see_gone("username").await;
    is_loud(&phone).await;
}

/// A tap that cannot be saved.
async fn is_loud(phone: &Browser) {
    phone.see("choice-alone").await;
    let told_after = phone.run_async(TAP_AND_TIME).await;
    let told_after = told_after.as_f64().expect("nothing says that it is saved");
    assert!(
        told_after < LOUD_WITHIN_MS,
        "it was said after {told_after} ms"
    );
    assert_eq!(phone.count("saved").await, 0);
}
