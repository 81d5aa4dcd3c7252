//! From an entry to a report to the principal, begun with no network.

use friminutt_tests::browser::{DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, choose, follow, has_sent, has_waiting, log, meets_the_network,
    name_pupil, signed_in,
};
use friminutt_tests::program::Program;

/// Told it to whoever writes.
const TELLER: &str = "Yusuf Abdi Warsame";
const HAPPENED: &str = "Tre gutter stengte ham ute fra leken hele friminuttet.";

#[tokio::test]
async fn a_report_written_offline_reaches_the_principal_and_its_receipts_reach_the_reporter() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;

    server.kill().await;
    log(&phone, "exclusion").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    choose(&phone, "part-exposed").await;
    phone.tap("prompt-report").await;
    phone.see_path("/meld").await;
    phone.write("report-happened", HAPPENED).await;
    choose(&phone, "ground-suspicion").await;
    phone.tap("[data-test=oral] summary").await;
    phone.pick("told-by", TELLER).await;
    phone.see_words("told-by-chosen", TELLER).await;
    phone.tap("send-report").await;
    has_waiting(&phone, 2).await;
    follow(&phone, "/mine-meldinger").await;
    phone
        .see("[data-test=receipt-on-phone][data-given=true]")
        .await;
    phone
        .see("[data-test=receipt-received][data-given=false]")
        .await;

    server.start().await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;
    meets_the_network(&phone).await;
    has_sent(&phone, 2).await;
    phone
        .see("[data-test=receipt-received][data-given=true]")
        .await;
    phone
        .see("[data-test=receipt-opened][data-given=false]")
        .await;

    // It is told before anybody looks, also while another page is open.
    desk.see_exactly("unopened-badge", "1").await;
    follow(&desk, "/innboks").await;
    desk.see_words("inbox-row", PUPIL).await;
    desk.see_words("days-since", "i dag").await;
    desk.tap_words("inbox-row", PUPIL).await;
    desk.see_words("point-happened", HAPPENED).await;
    desk.see_words("report-entry", PUPIL).await;
    desk.see_words("point-told-by", TELLER).await;
    desk.see_gone("unopened-badge").await;

    phone
        .see("[data-test=receipt-opened][data-given=true]")
        .await;
    phone
        .see("[data-test=receipt-talk][data-given=false]")
        .await;

    desk.tap("talk").await;
    desk.tap("talk-confirm").await;
    phone.see("[data-test=receipt-talk][data-given=true]").await;
}
