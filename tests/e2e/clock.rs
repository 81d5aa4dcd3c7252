//! What time does to an open phone: the lease ends, the clock is set back, duty is over. It closes; what is unsent goes up.

use friminutt_tests::browser::{Browser, PHONE, Profile};
use friminutt_tests::fault::CLOCK;
use friminutt_tests::journey::{
    PIN, has_sent, has_waiting, log, meets_the_network, see_today, sign_in_with_pin, type_pin,
    unlock, write_credentials, write_words,
};
use friminutt_tests::program::Program;
use friminutt_tests::rows;
use server::demo::PASSWORD;
use server::store::Store;
use uuid::Uuid;

const WORDS: &str = "Sto alene ved porten.";
const HOUR_MS: i64 = 60 * 60 * 1000;
/// One day longer than a lease lasts.
const LEASE_AND_A_DAY_MS: i64 = 8 * 24 * HOUR_MS;

#[tokio::test]
async fn when_the_lease_ends_the_open_phone_closes_and_only_signing_in_opens_it() {
    let (mut server, phone) = with_an_unsent_entry().await;
    set_forward(&phone, LEASE_AND_A_DAY_MS).await;
    needs_sign_in(&phone).await;
    opens_when_the_clock_is_right(&mut server, &phone).await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_closes_the_phone_and_no_pin_opens_it() {
    let (mut server, phone) = with_an_unsent_entry().await;
    phone.tap("lock").await;
    phone.see("locked").await;
    set_forward(&phone, -HOUR_MS).await;
    type_pin(&phone, PIN).await;
    needs_sign_in(&phone).await;
    opens_when_the_clock_is_right(&mut server, &phone).await;
}

#[tokio::test]
async fn when_duty_is_over_the_phone_locks() {
    let mut server = Program::new();
    server.start().await;
    server.kill().await;
    only_the_first_recess(&server).await;
    server.start().await;
    let phone = Browser::start(&Profile::new(), &server.origin(), PHONE).await;
    phone.run_before_pages(CLOCK).await;
    sign_in_with_pin(&phone, "assistent").await;
    server.kill().await;

    // Tomorrow, two minutes before the bell.
    let to_tomorrow = "const then = new Date(); then.setDate(then.getDate() + 1); then.setHours(9, 58, 0, 0); return then - new Date()";
    let forward = phone.run(to_tomorrow, vec![]).await;
    let forward = forward.as_i64().expect("milliseconds");
    set_forward(&phone, forward).await;
    phone.go("/").await;
    unlock(&phone).await;
    phone.see("lock").await;
    is_watched_twice(&phone).await;
    assert_eq!(phone.count("lock").await, 1, "duty is not over yet");
    // Less than it takes to lock because nobody touches it.
    set_forward(&phone, forward + 3 * 60 * 1000).await;
    phone.see("unlock").await;
    phone.tap("unlock").await;
    type_pin(&phone, PIN).await;
    phone.see("lock").await;
}

/// On a phone with a PIN whose clock can be moved; the server is dead.
async fn with_an_unsent_entry() -> (Program, Browser) {
    let mut server = Program::new();
    server.start().await;
    let phone = Browser::start(&Profile::new(), &server.origin(), PHONE).await;
    phone.run_before_pages(CLOCK).await;
    sign_in_with_pin(&phone, "assistent").await;
    server.kill().await;
    log(&phone, "alone").await;
    write_words(&phone, WORDS).await;
    has_waiting(&phone, 1).await;
    (server, phone)
}

async fn needs_sign_in(phone: &Browser) {
    phone.see("needs-sign-in").await;
    assert!(!phone.see("#main").await.contains(WORDS));
    has_waiting(phone, 1).await;
}

async fn opens_when_the_clock_is_right(server: &mut Program, phone: &Browser) {
    set_forward(phone, 0).await;
    server.start().await;
    meets_the_network(phone).await;
    has_sent(phone, 1).await;
    phone.go("/i-dag").await;
    phone.tap("unlock-sign-in").await;
    write_credentials(phone, "assistent", PASSWORD).await;
    phone.see("pin-asked").await;
    phone.tap("pin-later").await;
    see_today(phone).await;
    phone.see_words("entry-words", WORDS).await;
}

async fn set_forward(phone: &Browser, ms: i64) {
    let set = "localStorage.setItem('clock', arguments[0])";
    phone.run(set, vec![ms.into()]).await;
}

/// Waits until the app has looked at the clock again, from beginning to end.
async fn is_watched_twice(phone: &Browser) {
    let watched = async || phone.run("return window.watched", vec![]).await.as_u64();
    let before = watched().await.expect("a number");
    phone
        .until("two looks at the clock", async || {
            (watched().await? >= before + 2).then_some(())
        })
        .await
}

/// The invented school has a recess all day long: nobody's duty would end.
async fn only_the_first_recess(server: &Program) {
    let store = Store::open(server.database())
        .await
        .expect("the server is dead");
    let shorten = "update recess set ends_at_min = 0 where name = 'Hele dagen' and id <> $1";
    rows::run(&store, shorten, Uuid::nil()).await;
    store.close().await;
}
