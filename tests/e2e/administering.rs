//! The administrator: a roster as a school system exports it, and a colleague who is invited.

use std::io::Write;

use friminutt_tests::browser::{DESK, PHONE, Profile};
use friminutt_tests::journey::{log, name_pupil, open_log, signed_in, write_credentials};
use friminutt_tests::program::Program;
use tempfile::NamedTempFile;

/// Windows-1252, semicolons, a quoted name, two surnames: 0xE6, 0xF8, 0xE5 are æ, ø, å, and 0xD8 is Ø.
const ROSTER: &[u8] = b"Fornavn;Etternavn;Klasse;Trinn\r\n\
    Bj\xf8rn;\"\xd8deg\xe5rd; Lie\";5A;5\r\n\
    S\xe6unn;Haugen Bakke;5B;5\r\n";
const BROKEN: &[u8] = b"Fornavn;Etternavn;Klasse;Trinn\r\nBj\xf8rn;;5A;5\r\n";

fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = tempfile::Builder::new()
        .suffix(".csv")
        .tempfile()
        .expect("a file");
    file.write_all(bytes).expect("a file");
    file
}

#[tokio::test]
async fn a_roster_in_windows_1252_is_previewed_imported_once_and_a_broken_line_is_named() {
    let mut server = Program::new();
    server.start().await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "admin").await;

    desk.go("/elevliste").await;
    desk.choose_file("roster-file", file(BROKEN).path()).await;
    desk.see_words("roster-problem", "2").await;
    assert_eq!(
        desk.count("roster-import").await,
        0,
        "a broken file cannot be imported"
    );

    let roster = file(ROSTER);
    desk.choose_file("roster-file", roster.path()).await;
    desk.see_exactly("roster-new", "2").await;
    desk.see_exactly("roster-gone", "88").await;
    desk.see("[data-test=roster-import]:disabled").await;
    desk.tap("roster-sure").await;
    desk.tap("[data-test=roster-import]:enabled").await;
    desk.see("roster-imported").await;

    desk.go("/elevliste").await;
    desk.choose_file("roster-file", roster.path()).await;
    desk.see("roster-nothing").await;

    let teacher = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    open_log(&teacher, "Ødegård").await;
    teacher.see_words("page-title", "Bjørn").await;
    teacher.go("/").await;
    log(&teacher, "alone").await;
    name_pupil(&teacher, "saeu", "Sæunn Haugen Bakke").await;
}

#[tokio::test]
async fn an_invited_colleague_chooses_a_password_and_signs_in() {
    const PASSWORD: &str = "en lang og god setning";
    let mut server = Program::new();
    server.start().await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "admin").await;
    desk.go("/ansatte").await;
    desk.write("staff-name", "Håkon Ærfugl").await;
    desk.write("staff-username", "haakon").await;
    desk.tap("staff-add").await;
    desk.see_words("staff-row", "Håkon Ærfugl").await;
    desk.tap("[data-test=staff-row]:has([aria-label*=\"Håkon\"]) [data-test=invite]")
        .await;
    let link = desk.see("invitation-link").await;
    assert!(link.starts_with(&server.origin()), "{link}");

    let profile = Profile::new();
    let phone = friminutt_tests::browser::Browser::start(&profile, &server.origin(), PHONE).await;
    phone.visit(&link).await;
    phone.write("new-password", PASSWORD).await;
    phone.write("password-again", PASSWORD).await;
    phone.tap("accept-invitation").await;
    phone.see_gone("accept-invitation").await;
    phone.go("/meg").await;
    phone.see_exactly("me-name", "Håkon Ærfugl").await;
    phone.tap("sign-out").await;
    phone.see("username").await;
    write_credentials(&phone, "haakon", PASSWORD).await;
    phone.tap("pin-later").await;
    log(&phone, "alone").await;

    phone.visit(&link).await;
    phone.write("new-password", PASSWORD).await;
    phone.write("password-again", PASSWORD).await;
    phone.tap("accept-invitation").await;
    phone.see("failure").await;
}
