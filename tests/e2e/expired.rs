//! A session that ends while the phone has no network: it goes on taking entries, and loses none.

use friminutt_tests::browser::{DESK, PHONE, Profile};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, has_sent, log, meets_the_network, name_pupil, open_log, signed_in,
    write_credentials,
};
use friminutt_tests::program::Program;
use server::demo::PASSWORD;
use server::store::Store;

#[tokio::test]
async fn a_session_that_expired_offline_loses_nothing_and_the_entry_goes_up_once_after_signing_in_again()
 {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;

    server.kill().await;
    log(&phone, "alone").await;
    name_pupil(&phone, PUPIL_LETTERS, PUPIL).await;
    end_every_session(&server).await;

    server.start().await;
    meets_the_network(&phone).await;
    phone.see("signed-out").await;
    // What is sealed goes up without a session.
    has_sent(&phone, 1).await;

    phone.go("/").await;
    phone.see("signed-out").await;
    log(&phone, "fight").await;
    has_sent(&phone, 2).await;

    phone.tap("sign-in-again").await;
    phone.see_path("/logg-inn").await;
    write_credentials(&phone, "assistent", PASSWORD).await;
    phone.see_gone("signed-out").await;
    has_sent(&phone, 2).await;

    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "kontakt5a").await;
    open_log(&desk, PUPIL).await;
    desk.see_count("log-line", 1).await;
}

/// As time would, while nobody has the database open.
async fn end_every_session(server: &Program) {
    let store = Store::open(server.database())
        .await
        .expect("the server is dead");
    let mut tx = store.write().await.expect("the server is dead");
    let ended = tx
        .end_expired_sessions(i64::MAX, i64::MAX)
        .await
        .expect("the sessions end");
    assert!(ended > 0);
    tx.commit().await.expect("the sessions end");
    store.close().await;
}
