//! A report goes from hand to hand: the mail distributor says for whom it is, the principal gives it to the social teacher, and the
//! reporter sees that it was read and talked about.

use friminutt_tests::browser::{DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, choose, follow, has_sent, log, name_pupil, signed_in,
};
use friminutt_tests::program::Program;

const HAPPENED: &str = "Tre gutter stengte ham ute fra leken hele friminuttet.";
const PRINCIPAL: &str = "Eilif Strand";
const SOCIAL_TEACHER: &str = "Ravna Máret Somby";

#[tokio::test]
async fn a_report_is_given_to_the_social_teacher_who_holds_the_talk_and_the_reporter_sees_it() {
    let mut server = Program::new();
    server.start().await;
    let origin = server.origin();
    let phone = signed_in(&Profile::new(), &origin, PHONE, "assistent").await;
    log(&phone, "exclusion").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    choose(&phone, "part-exposed").await;
    phone.tap("prompt-report").await;
    phone.see_path("/meld").await;
    phone.write("report-happened", HAPPENED).await;
    phone.tap("send-report").await;
    has_sent(&phone, 2).await;

    let post = signed_in(&Profile::new(), &origin, PHONE, "post").await;
    follow(&post, "/fordeling").await;
    post.see_count("way", 1).await;
    post.see_count("way-opened", 0).await;
    post.tap("hand-out").await;
    post.tap(&format!("[data-test=hand-to][aria-label*=\"{PRINCIPAL}\"]"))
        .await;
    post.see_words("in-hand", PRINCIPAL).await;
    let said = post.see("#main").await;
    assert!(!said.contains(PUPIL) && !said.contains(HAPPENED), "{said}");
    // What they call it on the telephone is the same for both.
    let mark = said.split("Melding ").nth(1).and_then(|rest| rest.get(..4));
    let mark = format!("Melding {}", mark.expect("a mark"));

    let desk = signed_in(&Profile::new(), &origin, DESK, "rektor").await;
    follow(&desk, "/innboks").await;
    desk.see("given-to-me").await;
    desk.see_words("inbox-row", &mark).await;
    desk.tap_words("inbox-row", PUPIL).await;
    desk.see_words("point-happened", HAPPENED).await;
    let social = signed_in(&Profile::new(), &origin, PHONE, "sosial").await;
    follow(&social, "/innboks").await;
    social.see("empty").await;
    desk.tap("hand-out").await;
    desk.tap(&format!(
        "[data-test=hand-to][aria-label*=\"{SOCIAL_TEACHER}\"]"
    ))
    .await;
    desk.see_words("in-hand", SOCIAL_TEACHER).await;

    social.see_exactly("unopened-badge", "1").await;
    follow(&social, "/meg").await;
    follow(&social, "/innboks").await;
    social.tap_words("inbox-row", PUPIL).await;
    social.see_words("point-happened", HAPPENED).await;
    social.see_gone("unopened-badge").await;
    follow(&phone, "/mine-meldinger").await;
    phone
        .see("[data-test=receipt-opened][data-given=true]")
        .await;
    social.tap("talk").await;
    social.tap("talk-confirm").await;
    phone.see("[data-test=receipt-talk][data-given=true]").await;

    desk.tap(&format!(
        "[data-test=take-back][aria-label*=\"{SOCIAL_TEACHER}\"]"
    ))
    .await;
    desk.see_count("take-back", 1).await;
    social.go("/innboks").await;
    social.see("empty").await;
    post.go("/fordeling").await;
    post.see_words("way-opened", PRINCIPAL).await;
}
