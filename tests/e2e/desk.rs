//! The desk's pages come in a module of their own: a phone in the yard never fetches it, and where it cannot be had that is said.

use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::{
    follow, has_sent, log, meets_the_network, see_today, signed_in, write_words,
};
use friminutt_tests::program::Program;
use friminutt_tests::proxy::{Proxy, Weather};

/// Whatever of the desk's module was fetched by this page, or kept by the worker.
const DESK_MODULES: &str = r#"
    const isDesk = (url) => /\/desk-.*\.wasm$/.test(url);
    const fetched = performance.getEntriesByType("resource").map((entry) => entry.name).filter(isDesk);
    return (async () => {
        for (const name of await caches.keys()) {
            const kept = await (await caches.open(name)).keys();
            fetched.push(...kept.map((request) => request.url).filter(isDesk));
        }
        return fetched.length;
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
    phone.go("/meld").await;
    phone.see("page-title").await;
    has_sent(&phone, 1).await;
    assert_eq!(desk_modules(&phone).await, 0);
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
    desk.see_gone("not-fetched").await;
    desk.until("the desk kept by the worker", async || {
        (desk_modules(&desk).await > 0).then_some(())
    })
    .await;

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
    desk.until("the desk kept by the worker", async || {
        (desk_modules(&desk).await > 0).then_some(())
    })
    .await;
    has_sent(&desk, 1).await;
    see_today(&desk).await;
    desk.see_count("entry-card", 1).await;
}

async fn desk_modules(browser: &Browser) -> u64 {
    let count = browser.run(DESK_MODULES, vec![]).await;
    count.as_u64().expect("a number")
}
