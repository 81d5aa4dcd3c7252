//! Erased means erased: from the pupil's log and from the phone that wrote it; and a school that sets its own time for things.

use friminutt_tests::browser::{DESK, PHONE, Profile};
use friminutt_tests::journey::{
    follow, has_sent, log, meets_the_network, name_pupil, open_log, see_today, signed_in,
    write_words,
};
use friminutt_tests::pages::{LONG_NAME, LONG_NAME_LETTERS};
use friminutt_tests::program::Program;

const WORDS: &str = "Skrevet på feil elev";

#[tokio::test]
async fn the_principal_erases_an_entry_and_the_phone_forgets_it() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    log(&phone, "alone").await;
    name_pupil(&phone, LONG_NAME_LETTERS, LONG_NAME).await;
    write_words(&phone, WORDS).await;
    phone.go("/").await;
    log(&phone, "fight").await;
    has_sent(&phone, 2).await;
    see_today(&phone).await;
    phone.see_count("entry-card", 2).await;

    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;
    open_log(&desk, LONG_NAME).await;
    desk.tap("open-entry").await;
    desk.tap("erase").await;
    desk.see("[data-test=erase-confirm]:disabled").await;
    desk.tap("ground-mistake").await;
    desk.tap("[data-test=erase-confirm]:enabled").await;
    desk.see_path("/sletting").await;
    desk.see_words("erased-row", "Skulle ikke vært skrevet")
        .await;
    desk.see("none-due").await;
    open_log(&desk, LONG_NAME).await;
    assert!(!desk.all("main").await.concat().contains(WORDS));

    meets_the_network(&phone).await;
    phone.see_count("entry-card", 1).await;
    assert!(!phone.all("main").await.concat().contains(WORDS));
}

#[tokio::test]
async fn what_a_school_keeps_for_a_year_is_listed_when_the_year_is_over_and_not_before() {
    let mut server = Program::new();
    server.start().await;
    let admin = signed_in(&Profile::new(), &server.origin(), DESK, "admin").await;
    admin.go("/innstillinger").await;
    admin.write("entry-years", "0").await;
    admin.tap("settings-save").await;
    admin.see(".field-error").await;
    admin.write("entry-years", "1").await;
    admin.tap("settings-save").await;
    admin.see("settings-saved").await;

    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;
    follow(&desk, "/sletting").await;
    desk.see_exactly("entry-years", "1 år").await;
    desk.see_exactly("report-years", "Til noen sletter det")
        .await;
    desk.see("none-due").await;
}
