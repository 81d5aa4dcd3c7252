//! `cargo xtask screenshots [FOLDER]`: every page, on a phone and at a desk, with nothing in the school, with entries and a
//! report on the pupil with the longest name, and in outdoor mode; into `target/pictures` unless told otherwise.

use std::path::{Path, PathBuf};

use friminutt_tests::browser::{Browser, DESK, PHONE, Profile};
use friminutt_tests::journey::{log, signed_in};
use friminutt_tests::pages::{
    BY_PERSON, DETAILS, LONG_NAME, LONG_NAME_LETTERS, OPEN, fill, open_detail,
};
use friminutt_tests::program::Program;

const FOLDER: &str = "target/pictures";

#[tokio::main]
async fn main() {
    let folder: PathBuf = std::env::args_os()
        .nth(1)
        .map_or_else(|| FOLDER.into(), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    let mut server = Program::new();
    server.start().await;
    let origin = server.origin();

    let nobody = Browser::start(&Profile::new(), &origin, PHONE).await;
    for page in &OPEN {
        nobody.go(page.path).await;
        nobody.see(page.mark).await;
        take(&nobody, &folder, page.name).await;
    }
    drop(nobody);
    every_page(&folder, &origin, "tom").await;
    fill(&origin).await;
    every_page(&folder, &origin, "fylt").await;
    details(&folder, &origin).await;
    the_yard(&folder, &origin).await;
}

async fn every_page(folder: &Path, origin: &str, state: &str) {
    for (person, pages) in &BY_PERSON {
        let browser = signed_in(&Profile::new(), origin, PHONE, person).await;
        for page in *pages {
            browser.go(page.path).await;
            browser.see(page.mark).await;
            take(&browser, folder, &format!("{}-{state}", page.name)).await;
        }
    }
}

async fn details(folder: &Path, origin: &str) {
    let principal = signed_in(&Profile::new(), origin, PHONE, "rektor").await;
    for name in DETAILS {
        open_detail(&principal, name).await;
        take(&principal, folder, name).await;
    }
}

/// The capture screen as it is used: after the first tap, searching, and in outdoor mode.
async fn the_yard(folder: &Path, origin: &str) {
    let phone = signed_in(&Profile::new(), origin, PHONE, "assistent").await;
    phone.go("/meg").await;
    phone.tap("label:has([data-test=outdoor])").await;
    phone.go("/").await;
    phone.see("choice-alone").await;
    take(&phone, folder, "logg-ute").await;
    log(&phone, "exclusion").await;
    take(&phone, folder, "logg-lagret-ute").await;
    phone.go("/meg").await;
    phone.tap("label:has([data-test=outdoor])").await;
    phone.go("/").await;
    log(&phone, "exclusion").await;
    take(&phone, folder, "logg-lagret").await;
    phone.write("pupil-search", LONG_NAME_LETTERS).await;
    phone.see_words("pupil-hit", LONG_NAME).await;
    take(&phone, folder, "logg-elevsok").await;
}

/// What is seen first, in both sizes.
async fn take(browser: &Browser, folder: &Path, name: &str) {
    for size in [PHONE, DESK] {
        browser.resize(size).await;
        browser
            .run("document.activeElement?.blur(); scrollTo(0, 0)", vec![])
            .await;
        browser
            .screenshot(&folder.join(format!("{name}-{}.png", size.name)))
            .await;
    }
    browser.resize(PHONE).await;
}
