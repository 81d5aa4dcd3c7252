//! Networks that lie: one that loses the answer, one that answers with a page of its own. Neither is taken for the server.

use friminutt_tests::browser::{DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, has_sent, has_waiting, log, meets_the_network, name_pupil, open_log,
    signed_in,
};
use friminutt_tests::program::Program;
use friminutt_tests::proxy::{Proxy, Weather};

#[tokio::test]
async fn an_answer_lost_on_its_way_back_is_no_acknowledgement_and_the_entry_comes_once() {
    let mut server = Program::new();
    server.start().await;
    let network = Proxy::before(&server.address()).await;
    let phone = signed_in(&Profile::new(), &network.origin(), PHONE, "assistent").await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;

    network.turn(Weather::AnswerLost);
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    desk.until("the entry at the server", async || {
        open_log(&desk, PUPIL).await;
        (desk.count("log-line").await == 1).then_some(())
    })
    .await;
    has_waiting(&phone, 1).await;
    phone.see_exactly("sent", "0").await;

    network.turn(Weather::Clear);
    meets_the_network(&phone).await;
    has_sent(&phone, 1).await;
    open_log(&desk, PUPIL).await;
    desk.see_count("log-line", 1).await;
}

#[tokio::test]
async fn the_page_of_a_captive_portal_is_no_acknowledgement() {
    let mut server = Program::new();
    server.start().await;
    let mut network = Proxy::before(&server.address()).await;
    let phone = signed_in(&Profile::new(), &network.origin(), PHONE, "assistent").await;
    let contact = phone.see("last-contact").await;

    network.turn(Weather::Portal);
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    network.post_was_answered_by_portal().await;
    has_waiting(&phone, 1).await;
    phone.see_exactly("sent", "0").await;
    phone.see_exactly("problem", "0").await;
    assert_eq!(
        phone.see("last-contact").await,
        contact,
        "a portal is no contact with the school"
    );

    network.turn(Weather::Clear);
    meets_the_network(&phone).await;
    has_sent(&phone, 1).await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    open_log(&desk, PUPIL).await;
    desk.see_count("log-line", 1).await;
}
