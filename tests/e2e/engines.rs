//! What must hold in every engine. In the ordinary run this is Chromium; `cargo xtask engines` runs it in Firefox and WebKitGTK.

use friminutt_tests::axe;
use friminutt_tests::browser::{Browser, DESK, Engine, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, choose, has_sent, has_waiting, log, meets_the_network, name_pupil,
    open_log, see_today, sign_in, signed_in, signed_in_with_pin, unlock, write_words,
};
use friminutt_tests::program::Program;

const WORDS: &str = "Sto alene ved porten. Ærlig talt kaldt.";

#[tokio::test]
async fn an_entry_outlives_a_reload_with_the_server_dead_and_comes_to_the_log_once() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in_with_pin(&profile(), &server.origin(), PHONE, "assistent").await;

    server.kill().await;
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    write_words(&phone, WORDS).await;
    has_waiting(&phone, 1).await;
    phone.go("/").await;
    has_waiting(&phone, 1).await;
    unlock(&phone).await;
    see_today(&phone).await;
    phone.see_words("entry-card", PUPIL).await;
    phone.see_words("entry-words", WORDS).await;

    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 1).await;
    // The same browser, where a second one would share its disk.
    sign_in(&phone, "kontakt5a").await;
    open_log(&phone, PUPIL).await;
    phone.see_words("log-line", WORDS).await;
    phone.see_count("log-line", 1).await;
}

#[tokio::test]
async fn what_a_locked_phone_logged_is_there_when_it_was_killed_and_is_opened() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in_with_pin(&profile(), &server.origin(), PHONE, "assistent").await;
    server.kill().await;
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    write_words(&phone, WORDS).await;
    phone.tap("lock").await;
    phone.see("locked").await;
    phone.tap(".menu a[href=\"/\"]").await;
    log(&phone, "fight").await;
    choose(&phone, "act-fetched_help").await;
    has_waiting(&phone, 2).await;

    let phone = phone.killed_and_opened_again().await;
    has_waiting(&phone, 2).await;
    unlock(&phone).await;
    see_today(&phone).await;
    phone.see_count("entry-card", 2).await;
    phone.see_words("entry-words", WORDS).await;
    phone.see_words("entry-card", PUPIL).await;

    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 2).await;
}

#[tokio::test]
async fn the_page_of_the_yard_keeps_nobody_out_and_breaks_no_policy() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&profile(), &server.origin(), PHONE, "assistent").await;
    phone.go("/").await;
    phone.see("choice-alone").await;
    phone.watch_policy().await;
    look(&phone).await;
    log(&phone, "alone").await;
    phone.see("entry-text").await;
    look(&phone).await;
    // What is broken is seen: the same page with a style of its own.
    let style = "document.head.append(Object.assign(document.createElement('style'), { textContent: 'p {}' }))";
    phone.run(style, vec![]).await;
    phone
        .until("a report of the policy", async || {
            (!phone.stopped_by_policy().await.is_empty()).then_some(())
        })
        .await;
}

async fn look(phone: &Browser) {
    for size in [PHONE, DESK] {
        phone.resize(size).await;
        assert_eq!(
            axe::barriers(phone).await,
            Vec::<String>::new(),
            "{}",
            size.name
        );
    }
    assert_eq!(phone.stopped_by_policy().await, Vec::<String>::new());
}

fn profile() -> Profile {
    Profile::of(Engine::chosen())
}
