//! § 12-5 as people meet it: a report on somebody in the leadership, begun with no network, goes to the school owner and shows nowhere
//! at the school; one on an employee is passed on by the principal.

use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, choose, follow, has_sent, has_waiting, log, meets_the_network,
    name_pupil, signed_in,
};
use friminutt_tests::program::Program;
use server::demo::OWNER_CODE;

const HAPPENED: &str = "Ropte til ham foran de andre, med hånden på nakken hans.";
const DEPUTY: &str = "Priya Sivalingam";
const TEACHER: &str = "Arne Tveit";

async fn begin(phone: &Browser) {
    log(phone, "exclusion").await;
    name_pupil(phone, PUPIL_LETTERS, PUPIL).await;
    choose(phone, "part-exposed").await;
    phone.tap("prompt-report").await;
    phone.see_path("/meld").await;
    phone.write("report-happened", HAPPENED).await;
}

async fn suspect(phone: &Browser, suspicion: &str, name: &str) {
    choose(phone, suspicion).await;
    phone.pick("suspected", name).await;
    phone.see_words("suspected-named", name).await;
}

async fn opens(owner: &Browser) {
    follow(owner, "/skoleeier").await;
    owner.write("owner-code-field", OWNER_CODE).await;
    owner.tap("owner-open").await;
}

#[tokio::test]
async fn a_report_on_a_leader_goes_to_the_owner_and_the_school_sees_nothing_of_it() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;
    server.kill().await;
    begin(&phone).await;
    // Named as an employee; the phone knows, with no network, that she leads.
    suspect(&phone, "suspicion-employee", DEPUTY).await;
    phone.see("to-owner").await;
    phone.see_words("call-owner", "00 00 00 00").await;
    phone.see_words("send-report", "skoleeier").await;
    phone.tap("send-report").await;
    phone.see_words("report-sent", "skoleeier").await;
    has_waiting(&phone, 2).await;

    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 2).await;
    meets_the_network(&desk).await;
    follow(&desk, "/innboks").await;
    desk.see("empty").await;
    desk.see_count("inbox-row", 0).await;

    let owner = signed_in(&Profile::new(), &server.origin(), DESK, "skoleeier").await;
    opens(&owner).await;
    owner.see_words("owner-letter", PUPIL).await;
    owner.see_words("owner-letter", "Turid Haugen").await;
    owner.see_count("letter-words", 0).await;
    owner.tap("read-letter").await;
    owner.see_words("letter-words", HAPPENED).await;
    owner.see_words("letter-words", DEPUTY).await;
    owner.tap("owner-talk").await;
    owner.see("[data-test=receipt-talk][data-given=true]").await;

    follow(&phone, "/mine-meldinger").await;
    phone.see("sent-to-owner").await;
    phone.see("[data-test=receipt-talk][data-given=true]").await;
    // A page loaded again has forgotten the code.
    owner.go("/skoleeier").await;
    owner.see("owner-code-field").await;
    owner.see_count("letter-words", 0).await;
}

#[tokio::test]
async fn a_report_on_an_employee_is_passed_on_to_the_owner_in_one_step() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    begin(&phone).await;
    suspect(&phone, "suspicion-employee", TEACHER).await;
    phone.see("to-principal").await;
    phone.tap("send-report").await;
    has_sent(&phone, 2).await;

    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;
    follow(&desk, "/innboks").await;
    desk.see("owner-at-once").await;
    desk.tap_words("inbox-row", PUPIL).await;
    desk.see_words("point-suspected", TEACHER).await;
    desk.tap("pass-on").await;
    desk.tap("pass-on-confirm").await;
    desk.see("[data-test=receipt-owner-told][data-given=true]")
        .await;
    desk.see_count("owner-at-once", 0).await;

    let owner = signed_in(&Profile::new(), &server.origin(), DESK, "skoleeier").await;
    follow(&owner, "/skoleeier").await;
    owner.see_words("owner-waiting", "1 melding").await;
    owner
        .write("owner-code-field", "11111-11111-11111-11111-11111")
        .await;
    owner.tap("owner-open").await;
    owner.see_words("owner-open", "Åpne").await;
    owner.see_count("owner-letter", 0).await;
    owner.write("owner-code-field", OWNER_CODE).await;
    owner.tap("owner-open").await;
    owner.see_words("owner-letter", "Eilif Strand").await;
}
