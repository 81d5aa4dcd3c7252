//! An entry from the yard with no network to the pupil's log, on both databases.

use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, choose, has_sent, has_waiting, log, meets_the_network, name_pupil,
    open_log, see_today, signed_in, signed_in_with_pin, unlock, write_words,
};
use friminutt_tests::on_both_databases;
use friminutt_tests::program::Program;

const WORDS: &str = "Sto alene ved porten hele storefri. Ærlig talt kaldt.";

on_both_databases! {
    async fn an_entry_made_offline_after_a_cold_start_survives_a_killed_browser_and_reaches_the_pupils_log(database: Database) {
        from_the_yard_to_the_log(Program::on(&database.address)).await;
    }
}

async fn from_the_yard_to_the_log(mut server: Program) {
    server.start().await;
    let in_the_yard = Profile::new();
    let phone = signed_in_with_pin(&in_the_yard, &server.origin(), PHONE, "assistent").await;
    phone.close().await;
    server.kill().await;

    let phone = Browser::open(&in_the_yard, &server.origin(), PHONE).await;
    unlock(&phone).await;
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    choose(&phone, "part-alone").await;
    write_words(&phone, WORDS).await;
    has_waiting(&phone, 1).await;
    phone.kill().await;

    let phone = Browser::open(&in_the_yard, &server.origin(), PHONE).await;
    has_waiting(&phone, 1).await;
    unlock(&phone).await;
    see_today(&phone).await;
    phone.see_words("entry-card", PUPIL).await;
    phone.see_words("entry-words", WORDS).await;

    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 1).await;

    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    open_log(&desk, PUPIL).await;
    desk.see_words("log-line", WORDS).await;
    desk.see_count("log-line", 1).await;
}

#[tokio::test]
async fn what_was_said_to_be_saved_is_there_when_the_browser_is_killed_at_that_moment() {
    let mut server = Program::new();
    server.start().await;
    let in_the_yard = Profile::new();
    let phone = signed_in_with_pin(&in_the_yard, &server.origin(), PHONE, "assistent").await;
    phone.close().await;
    server.kill().await;

    let phone = Browser::open(&in_the_yard, &server.origin(), PHONE).await;
    log(&phone, "fight").await;
    phone.kill().await;

    let phone = Browser::open(&in_the_yard, &server.origin(), PHONE).await;
    has_waiting(&phone, 1).await;
    unlock(&phone).await;
    see_today(&phone).await;
    phone.see_count("entry-card", 1).await;
}
