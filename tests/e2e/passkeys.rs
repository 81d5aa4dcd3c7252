//! A passkey by which one signs in, from the page of oneself to the next sign-in and to what asks who one is.

use friminutt_tests::axe;
use friminutt_tests::browser::{Browser, DESK, Profile};
use friminutt_tests::journey::{follow, platform_lock, write_credentials};
use friminutt_tests::program::Program;
use friminutt_tests::school::let_an_hour_pass;
use server::demo::PASSWORD;
use server::store::Store;

#[tokio::test]
async fn one_adds_a_passkey_signs_in_with_it_and_shows_anew_who_one_is() {
    let mut server = Program::new();
    server.start().await;
    // A passkey belongs to a name, not to an address of numbers.
    let origin = server.origin().replace("127.0.0.1", "localhost");
    let desk = Browser::start(&Profile::new(), &origin, DESK).await;
    platform_lock(&desk).await;
    desk.go("/logg-inn").await;
    write_credentials(&desk, "rektor", PASSWORD).await;
    desk.tap("pin-later").await;
    desk.see_gone("pin-later").await;
    desk.go("/meg").await;
    desk.see_count("passkey-row", 0).await;
    desk.tap("add-passkey").await;
    desk.see_words("passkey-row", "Ikke brukt ennå").await;
    assert_eq!(axe::barriers(&desk).await, Vec::<String>::new());
    // The phone that has it makes no second one for the same person.
    desk.tap("[data-test=add-passkey]:enabled").await;
    desk.see("passkey-failed").await;
    desk.see_count("passkey-row", 1).await;
    desk.tap("sign-out").await;
    desk.see_path("/logg-inn").await;

    desk.tap("[data-test=passkey]:enabled").await;
    desk.see_path("/").await;
    // A page loaded again is open for as long as the session is.
    desk.go("/meg").await;
    desk.see_words("passkey-row", "Sist brukt").await;

    let store = Store::open(server.database()).await.expect("the database");
    let mut tx = store.read().await.expect("the database");
    let principal = tx.credentials("rektor").await.expect("an answer");
    drop(tx);
    let principal = principal.expect("the principal").staff_id.into();
    let_an_hour_pass(&store, principal).await;
    store.close().await;
    desk.tap("remove-passkey").await;
    desk.tap("remove-passkey-sure").await;
    desk.tap("#step-up-dialog [data-test=passkey]").await;
    desk.see_count("passkey-row", 0).await;
    follow(&desk, "/innsyn").await;
    desk.tap("part-sign-ins").await;
    desk.see_words("reading-row", "Fjernet passnøkkel").await;
}
