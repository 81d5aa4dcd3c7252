//! A substitute: from the office's screen to the first entry in the yard, with the server dead.

use friminutt_tests::axe;
use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::{
    choose, follow, has_sent, is_at_work, log, meets_the_network, name_pupil, open_log, signed_in,
    type_pin,
};
use friminutt_tests::pages::{LONG_NAME, LONG_NAME_LETTERS};
use friminutt_tests::program::Program;
use friminutt_tests::qr;
use shared::api::QrPicture;

const SUBSTITUTE: &str = "Siv Vikar Åsland";
const PIN: &str = "470316";

async fn picture(desk: &Browser) -> QrPicture {
    let field = desk.attribute(".qr", "viewBox").await;
    let size = field.rsplit(' ').next().and_then(|side| side.parse().ok());
    QrPicture {
        size: size.expect("a square field"),
        path: desk.attribute(".qr path", "d").await,
    }
}

#[tokio::test]
async fn a_substitute_begins_with_a_picture_logs_with_no_network_and_is_gone_when_the_day_is_ended()
{
    let mut server = Program::new();
    server.start().await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;
    desk.go("/vikarer").await;
    desk.write("substitute-name", SUBSTITUTE).await;
    desk.tap("give-day-code").await;
    let digits = desk.see("day-code-digits").await;
    assert_eq!(axe::barriers(&desk).await, Vec::<String>::new());
    let address = qr::read(&picture(&desk).await);
    assert_eq!(digits.replace(' ', "").len(), 10, "{digits}");
    desk.tap("day-code-close").await;
    desk.see_words("substitute", "Koden er ikke brukt ennå")
        .await;

    // What a camera opens.
    let phone = Browser::start(&Profile::new(), &server.origin(), PHONE).await;
    phone.visit(&address).await;
    phone.tap("take-day-code").await;
    for _ in 0..2 {
        type_pin(&phone, PIN).await;
    }
    phone.see_gone("pin-later").await;
    is_at_work(&phone).await;
    server.kill().await;
    phone.go("/").await;
    phone.tap("unlock").await;
    type_pin(&phone, PIN).await;
    log(&phone, "exclusion").await;
    name_pupil(&phone, LONG_NAME_LETTERS, LONG_NAME).await;
    choose(&phone, "part-exposed").await;
    // Whoever is here for a day tells it to somebody who stays.
    phone.see("prompt-tell").await;
    phone.see_count("report", 0).await;
    // And finds it again with what was logged today.
    follow(&phone, "/i-dag").await;
    phone.see("prompt-tell").await;
    server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 1).await;
    open_log(&desk, LONG_NAME).await;
    desk.see_words("log-line", SUBSTITUTE).await;

    desk.go("/vikarer").await;
    desk.see_words("substitute", "I gang til").await;
    desk.tap("end-day").await;
    desk.tap("substitute-sure").await;
    desk.see_words("substitute", "Sist her").await;
    // The code that opened it opens nothing more, and says where to go.
    let another = Browser::start(&Profile::new(), &server.origin(), PHONE).await;
    another.go("/dagskode").await;
    another.write("day-code", &digits).await;
    another.tap("take-day-code").await;
    another.see_words("failure", "Be kontoret om en ny").await;
}
