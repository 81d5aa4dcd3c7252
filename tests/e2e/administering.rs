//! The administrator: a roster as a school system exports it, and a colleague who is invited.

use std::io::Write;

use friminutt_tests::axe;
use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
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
    // All who were there leave: who is here for the new ones is said anew.
    desk.see_count("follower", 6).await;
    let_follow(&desk, "Arne Tveit", "5A").await;
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

/// Opens somebody's line and turns a class on or off there.
async fn let_follow(desk: &Browser, name: &str, class: &str) {
    desk.tap_words("follower", name).await;
    desk.tap(&format!("label:has([data-test=\"follows-{class}\"])"))
        .await;
    desk.tap_words("follower", name).await;
}

const SPRING: &[u8] =
    b"Fornavn;Etternavn;Klasse\nSiri;Moe;4A\nIver;Moe;4A\nLiv;Dal;5A\nGeir;Dal;5A\n";
const AUTUMN: &[u8] =
    b"Fornavn;Etternavn;Klasse\nSiri;Moe;5A\nIver;Moe;5A\nLiv;Dal;6A\nGeir;Dal;6A\n";

#[tokio::test]
async fn when_the_school_year_turns_a_teacher_goes_on_with_the_class_and_the_administrator_says_so()
{
    let mut server = Program::new();
    server.start().await;
    let profile = Profile::new();
    let desk = signed_in(&profile, &server.origin(), DESK, "admin").await;
    let (spring, autumn) = (file(SPRING), file(AUTUMN));
    desk.go("/elevliste").await;
    desk.choose_file("roster-file", spring.path()).await;
    let_follow(&desk, "Arne Tveit", "5A").await;
    let_follow(&desk, "Silje", "4A").await;
    desk.tap("roster-sure").await;
    desk.tap("[data-test=roster-import]:enabled").await;
    desk.see("roster-imported").await;

    let teacher = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    open_log(&teacher, "Liv").await;
    teacher.see_words("page-title", "Liv").await;

    desk.go("/elevliste").await;
    desk.choose_file("roster-file", autumn.path()).await;
    desk.see_count("follower", 2).await;
    desk.see_words("follower", "6A").await;
    desk.tap_words("follower", "Silje").await;
    for size in [PHONE, DESK] {
        desk.resize(size).await;
        assert_eq!(
            axe::barriers(&desk).await,
            Vec::<String>::new(),
            "{}",
            size.name
        );
    }
    // Silje goes on with nobody.
    desk.tap("label:has([data-test=\"follows-5A\"])").await;
    desk.see("follower-nobody").await;
    desk.tap("[data-test=roster-import]:enabled").await;
    desk.see("roster-imported").await;

    teacher.go("/elever").await;
    open_log(&teacher, "Liv").await;
    teacher.see_words("page-title", "Liv").await;
    let silje = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt1a").await;
    silje.go("/elever").await;
    silje.write("pupil-filter", "Siri").await;
    silje.tap_words("pupil-row", "Siri").await;
    silje.see("no-access").await;
}

#[tokio::test]
async fn a_number_that_is_none_is_refused_as_it_was_written_and_the_owner_in_force_is_named() {
    let mut server = Program::new();
    server.start().await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "admin").await;
    desk.go("/innstillinger").await;
    desk.see_words("owner-in-force", "Granlia kommune, 00 00 00 00")
        .await;
    for wrong in ["-7", "7,5", "syv"] {
        desk.write("entry-years", wrong).await;
        desk.see_exactly("entry-years", wrong).await;
        desk.see_words("#entry-years-error", "helt tall").await;
    }
    desk.tap("settings-save").await;
    desk.see_exactly("entry-years", "syv").await;
    assert_eq!(desk.count("settings-saved").await, 0);
    desk.write("entry-years", "7").await;
    desk.see_gone("#entry-years-error p").await;
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
