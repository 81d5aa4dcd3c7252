//! Several tabs, and a tab that dies while it saves.

use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, has_sent, has_waiting, log, meets_the_network, open_log, see_today, signed_in,
    signed_in_with_pin, unlock,
};
use friminutt_tests::program::Program;

/// Presses a choice, waits for *Lagret*, and begins anew, for ever; counts what was said to be saved.
const SAVE_FOR_EVER: &str = r#"
    window.saved = 0;
    const mark = (name) => document.querySelector(`[data-test="${name}"]`);
    const seen = (name) => new Promise((resolve) => {
        const look = () => (mark(name)?.checkVisibility() ? resolve() : requestAnimationFrame(look));
        look();
    });
    (async () => {
        for (;;) {
            await seen("choice-alone");
            mark("choice-alone").click();
            await seen("saved");
            window.saved += 1;
            mark("next").click();
        }
    })();
"#;
const KILLED_AFTER: u64 = 12;
/// More than the connections that a browser keeps to one server.
const TABS: usize = 8;

#[tokio::test]
async fn a_tab_killed_in_the_middle_of_saving_loses_nothing_that_was_said_to_be_saved() {
    let mut server = Program::new();
    server.start().await;
    let profile = Profile::new();
    let phone = signed_in_with_pin(&profile, &server.origin(), PHONE, "assistent").await;
    phone.close().await;
    server.kill().await;

    let phone = Browser::open(&profile, &server.origin(), PHONE).await;
    phone.see("choice-alone").await;
    phone.run(SAVE_FOR_EVER, vec![]).await;
    let saved = phone
        .until("a dozen entries", async || {
            let saved = phone.run("return window.saved", vec![]).await.as_u64()?;
            (saved >= KILLED_AFTER).then_some(saved)
        })
        .await;
    phone.kill().await;

    let phone = Browser::open(&profile, &server.origin(), PHONE).await;
    let waiting: u64 = phone.see("waiting").await.trim().parse().expect("a number");
    assert!(
        waiting >= saved,
        "{saved} were said to be saved, {waiting} are there"
    );
    unlock(&phone).await;
    see_today(&phone).await;
    phone.see_count("entry-card", waiting as usize).await;
    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, waiting as usize).await;
}

#[tokio::test]
async fn two_tabs_keep_and_send_the_entries_of_both_once() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    let first = phone.tab().await;
    phone.open_tab().await;
    phone.go("/").await;
    let second = phone.tab().await;

    server.kill().await;
    log(&phone, "alone").await;
    phone.go_to_tab(first.clone()).await;
    phone.see("choice-fight").await;
    log(&phone, "fight").await;
    has_waiting(&phone, 2).await;
    phone.go_to_tab(second.clone()).await;
    has_waiting(&phone, 2).await;

    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 2).await;
    phone.go_to_tab(first).await;
    has_sent(&phone, 2).await;
    see_today(&phone).await;
    phone.see_count("entry-card", 2).await;
}

#[tokio::test]
async fn the_last_of_many_tabs_still_gets_its_answers() {
    let mut server = Program::new();
    server.start().await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    for _ in 0..TABS {
        desk.open_tab().await;
        open_log(&desk, PUPIL).await;
    }
}
