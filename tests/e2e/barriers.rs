//! Every page, empty and filled, as phone and desk: no barrier that axe knows, nothing that the content policy stops, nothing
//! asked of another machine, and no name in a title.

use friminutt_tests::axe;
use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::signed_in;
use friminutt_tests::pages::{BY_PERSON, DETAILS, OPEN, fill, open_detail};
use friminutt_tests::program::Program;

const NAMES: [&str; 6] = [
    "Maximiliane",
    "Hohenberg",
    "Aarflot",
    "Turid",
    "Tveit",
    "Strand",
];

/// Nobody is: the browser logs the answer.
const ASKED_WHO_IS_SIGNED_IN: &str =
    "/api/session - Failed to load resource: the server responded with a status of 401";

#[tokio::test]
async fn no_page_keeps_anybody_out_or_tells_a_name_in_its_title() {
    let mut server = Program::new();
    server.start().await;
    let origin = server.origin();
    let mut found = Found::default();

    let nobody = Browser::start(&Profile::new(), &origin, PHONE).await;
    for page in &OPEN {
        nobody.go(page.path).await;
        nobody.see(page.mark).await;
        found.look(&nobody, page.name, &origin).await;
    }
    for is_filled in [false, true] {
        if is_filled {
            fill(&origin).await;
        }
        for (person, pages) in &BY_PERSON {
            let browser = signed_in(&Profile::new(), &origin, PHONE, person).await;
            for page in *pages {
                browser.go(page.path).await;
                browser.see(page.mark).await;
                found
                    .look(
                        &browser,
                        &format!("{} filled: {is_filled}", page.name),
                        &origin,
                    )
                    .await;
            }
            if is_filled && *person == "rektor" {
                for name in DETAILS {
                    open_detail(&browser, name).await;
                    found.look(&browser, name, &origin).await;
                }
            }
        }
    }
    assert!(found.0.is_empty(), "{}", found.0.join("\n"));
}

#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    /// At the page that is open, in both sizes.
    async fn look(&mut self, browser: &Browser, page: &str, origin: &str) {
        for size in [PHONE, DESK] {
            browser.resize(size).await;
            let barriers = axe::barriers(browser).await;
            self.0.extend(
                barriers
                    .iter()
                    .map(|barrier| format!("{page}, {}: {barrier}", size.name)),
            );
        }
        let title = browser.title().await;
        if let Some(name) = NAMES.iter().find(|name| title.contains(**name)) {
            self.0
                .push(format!("{page}: its title holds the name {name}"));
        }
        let elsewhere = browser
            .requests()
            .await
            .into_iter()
            .filter(|address| !address.starts_with(origin));
        self.0
            .extend(elsewhere.map(|address| format!("{page} asks {address}")));
        let severe =
            browser.log().await.into_iter().filter(|line| {
                line.starts_with("SEVERE") && !line.contains(ASKED_WHO_IS_SIGNED_IN)
            });
        self.0
            .extend(severe.map(|line| format!("{page} says {line}")));
    }
}
