//! The desk's pages come in a module of their own: a phone in the yard never fetches it, and where it cannot be had that is said.

use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::{
    follow, has_sent, log, meets_the_network, see_today, signed_in, write_words,
};
use friminutt_tests::program::Program;
use friminutt_tests::proxy::{Proxy, Weather};

/// How many of the desk's modules this document asked for since it was loaded.
const ASKED_FOR: &str = r#"
    const isDesk = (entry) => /\/desk-.*\.wasm$/.test(entry.name);
    return performance.getEntriesByType("resource").filter(isDesk).length;
"#;

/// How many of them the worker keeps, each a module and nothing else.
const KEPT: &str = r#"
    return (async () => {
        let count = 0;
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
                if (!/\/desk-.*\.wasm$/.test(request.url)) continue;
                const kept = await cache.match(request);
                if (kept.headers.get("content-type") !== "application/wasm") throw new Error("no module is kept");
                count += 1;
            }
        }
        return count;
    })();
"#;

#[tokio::test]
async fn a_phone_in_the_yard_never_fetches_the_desk() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;

    log(&phone, "alone").await;
    write_words(&phone, "Alene ved klatrestativet").await;
    follow(&phone, "/mine-meldinger").await;
    phone.see("page-title").await;
    follow(&phone, "/meg").await;
    phone.see("page-title").await;
    // Each load of the document begins to count anew.
    assert_eq!(count(&phone, ASKED_FOR).await, 0);
    phone.go("/meld").await;
    phone.see("page-title").await;
    has_sent(&phone, 1).await;
    assert_eq!(count(&phone, ASKED_FOR).await, 0);
    assert_eq!(count(&phone, KEPT).await, 0);
}

#[tokio::test]
async fn what_a_guest_network_answers_is_not_kept_for_the_desk() {
    let mut server = Program::new();
    server.start().await;
    let network = Proxy::before(&server.address()).await;
    let desk = signed_in(&Profile::new(), &network.origin(), DESK, "rektor").await;

    network.turn(Weather::Portal);
    follow(&desk, "/innboks").await;
    desk.see("not-fetched").await;
    network.turn(Weather::Clear);
    desk.tap("fetch-again").await;
    desk.see("page-title").await;
    desk.see_count("not-fetched", 0).await;
    is_kept(&desk).await;
}

#[tokio::test]
async fn the_desk_without_a_server_says_so_and_opens_when_it_is_back() {
    let mut server = Program::new();
    server.start().await;
    let desk = signed_in(&Profile::new(), &server.origin(), DESK, "rektor").await;

    server.kill().await;
    follow(&desk, "/innboks").await;
    desk.see("not-fetched").await;
    desk.tap("fetch-again").await;
    desk.see("not-fetched").await;
    follow(&desk, "/").await;
    log(&desk, "alone").await;
    follow(&desk, "/innboks").await;
    desk.see("not-fetched").await;

    server.start().await;
    meets_the_network(&desk).await;
    has_sent(&desk, 1).await;
    desk.tap("fetch-again").await;
    desk.see("page-title").await;
    desk.see_gone("not-fetched").await;
    is_kept(&desk).await;

    server.kill().await;
    follow(&desk, "/monstre").await;
    // The page is here; what it shows is not.
    desk.see("failure").await;
    desk.see_count("not-fetched", 0).await;
}

#[tokio::test]
async fn an_old_page_opens_the_desk_by_taking_the_release_that_the_server_has() {
    let mut server = Program::new();
    server.start().await;
    let network = Proxy::before(&server.address()).await;
    let desk = signed_in(&Profile::new(), &network.origin(), DESK, "rektor").await;
    log(&desk, "alone").await;
    has_sent(&desk, 1).await;

    network.turn(Weather::NewRelease);
    follow(&desk, "/innboks").await;
    desk.see("not-fetched").await;
    desk.see("take-update").await;

    network.turn(Weather::Clear);
    desk.tap("take-update").await;
    desk.see_gone("not-fetched").await;
    desk.see_path("/innboks").await;
    desk.see("page-title").await;
    is_kept(&desk).await;
    has_sent(&desk, 1).await;
    see_today(&desk).await;
    desk.see_count("entry-card", 1).await;
}

async fn is_kept(browser: &Browser) {
    browser
        .until("the desk kept by the worker", async || {
            (count(browser, KEPT).await > 0).then_some(())
        })
        .await;
}

async fn count(browser: &Browser, of: &str) -> u64 {
    let count = browser.run(of, vec![]).await;
    count.as_u64().expect("a number")
}
