//! What the server put aside, and what could not be sent: taken in by the one who runs the server, seen on the phone.

use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, follow, has_sent, has_waiting, log, meets_the_network, name_pupil,
    open_log, signed_in, write_credentials,
};
use friminutt_tests::program::Program;
use friminutt_tests::proxy::{Proxy, Weather};
use serde_json::json;
use server::demo::PASSWORD;
use tempfile::TempDir;

const FILE: &str = "usendt.friminutt";

#[tokio::test]
async fn what_a_shut_out_phone_wrote_is_readmitted_and_the_phone_sees_it_go_from_problem_to_sent() {
    let mut server = Program::new();
    server.start().await;
    let network = Proxy::before(&server.address()).await;
    let phone = signed_in(&Profile::new(), &network.origin(), PHONE, "assistent").await;
    let teacher = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    network.turn(Weather::Cut);
    log_a_pupil(&phone).await;

    shut_out(&server, "Turid").await;
    network.turn(Weather::Clear);
    meets_the_network(&phone).await;
    phone.see_exactly("problem", "1").await;
    phone.see("signed-out").await;
    assert_eq!(lines(&teacher).await, 0);

    let told = server.run(&["readmit"]).await;
    assert!(told.contains("2 taken in, 0 left aside"), "{told}");
    assert_eq!(lines(&teacher).await, 1);

    phone.tap("sign-in-again").await;
    write_credentials(&phone, "assistent", PASSWORD).await;
    phone.tap("pin-later").await;
    phone.see_exactly("problem", "1").await;
    follow(&phone, "/i-dag").await;
    phone.tap("problem-retry").await;
    has_sent(&phone, 1).await;
    assert_eq!(lines(&teacher).await, 1);
}

#[tokio::test]
async fn the_file_of_what_a_phone_cannot_send_is_taken_in_and_the_phone_learns_it_when_it_can() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    let teacher = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    server.kill().await;
    log_a_pupil(&phone).await;

    let folder = TempDir::new().expect("a folder for what is downloaded");
    let downloads = json!({ "behavior": "allow", "downloadPath": folder.path() });
    phone.cdp("Browser.setDownloadBehavior", downloads).await;
    follow(&phone, "/meg").await;
    phone.tap("rescue").await;
    let file = folder.path().join(FILE);
    phone
        .until("the file", async || file.is_file().then_some(()))
        .await;
    has_waiting(&phone, 1).await;

    let told = server
        .run(&["take-in", file.to_str().expect("a plain path")])
        .await;
    assert!(
        told.contains("2 stored, 0 put aside, 0 not for this server"),
        "{told}"
    );
    server.start().await;
    assert_eq!(lines(&teacher).await, 1);
    meets_the_network(&phone).await;
    has_sent(&phone, 1).await;
    assert_eq!(lines(&teacher).await, 1);
}

async fn log_a_pupil(phone: &Browser) {
    log(phone, "alone").await;
    name_pupil(phone, PUPIL_LETTERS, PUPIL).await;
    has_waiting(phone, 1).await;
}

/// The administrator shuts out every device of somebody.
async fn shut_out(server: &Program, name: &str) {
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "admin").await;
    desk.go("/ansatte").await;
    let row =
        format!("[data-test=staff-row]:has([aria-label*=\"{name}\"]) [data-test=staff-devices]");
    desk.tap(&row).await;
    desk.tap("revoke").await;
    desk.tap("revoke-sure").await;
    desk.see_gone("revoke").await;
}

/// How many lines the pupil's log has.
async fn lines(teacher: &Browser) -> usize {
    open_log(teacher, PUPIL).await;
    teacher.count("log-line").await
}
