//! Every page of the app with who opens it, and a school in which something has happened. For whoever looks at all of them: the
//! journey that looks for barriers, and the pictures.

use crate::browser::{Browser, PHONE, Profile};
use crate::journey::{choose, has_sent, log, name_pupil, open_log, signed_in, write_words};

/// The longest name of the school, and letters that find it.
pub const LONG_NAME: &str = "Maximiliane Alexandra Konstanse von Hohenberg-Fredriksen Aarflot";
pub const LONG_NAME_LETTERS: &str = "maximiliane";

/// A page that has an address of its own.
pub struct Page {
    /// For the picture's file.
    pub name: &'static str,
    pub path: &'static str,
    /// What is there when the page is whole.
    pub mark: &'static str,
}

const fn page(name: &'static str, path: &'static str, mark: &'static str) -> Page {
    Page { name, path, mark }
}

/// Whom each page is for; nobody's come first.
pub const OPEN: [Page; 3] = [
    page("logg-inn", "/logg-inn", "sign-in"),
    page("dagskode", "/dagskode", "take-day-code"),
    page("invitasjon", "/invitasjon#00", "accept-invitation"),
];
pub const BY_PERSON: [(&str, &[Page]); 7] = [
    (
        "assistent",
        &[
            page("logg", "/", "choice-alone"),
            page("i-dag", "/i-dag", "h1[id]"),
            page("meld", "/meld", "send-report"),
            page("mine-meldinger", "/mine-meldinger", "h1[id]"),
            page("meg", "/meg", "me-name"),
            page("pin", "/pin", "pin-1"),
        ],
    ),
    ("kontakt5a", &[page("elever", "/elever", "pupil-row")]),
    (
        "rektor",
        &[
            page("innboks", "/innboks", "h1[id]"),
            page("monstre", "/monstre", "h1[id]"),
            page("innsyn", "/innsyn", "h1[id]"),
            page("vikarer", "/vikarer", "substitute-name"),
            page("sletting", "/sletting", "entry-years"),
        ],
    ),
    ("post", &[page("fordeling", "/fordeling", "h1[id]")]),
    ("sosial", &[page("innboks-gitt", "/innboks", "h1[id]")]),
    (
        "skoleeier",
        &[page("skoleeier", "/skoleeier", "owner-code-field")],
    ),
    (
        "admin",
        &[
            page("ansatte", "/ansatte", "staff-row"),
            page("satt-til-side", "/satt-til-side", "h1[id]"),
            page("elevliste", "/elevliste", "roster-file"),
            page("innstillinger", "/innstillinger", "settings-save"),
        ],
    ),
];

/// Writes what fills every page: three entries of two people on one pupil with a long name, and a report.
pub async fn fill(origin: &str) {
    let first = signed_in(&Profile::new(), origin, PHONE, "assistent").await;
    let second = signed_in(&Profile::new(), origin, PHONE, "kontakt5a").await;
    for (phone, what, words) in [
        (&first, "alone", "Gikk alene langs gjerdet."),
        (&second, "alone", "Satt alene på benken ved porten."),
        (
            &first,
            "exclusion",
            "Fikk ikke være med i ballbingen. Sa at det alltid er slik.",
        ),
    ] {
        phone.go("/").await;
        log(phone, what).await;
        name_pupil(phone, LONG_NAME_LETTERS, LONG_NAME).await;
        choose(phone, "part-exposed").await;
        write_words(phone, words).await;
    }
    first.tap("report").await;
    first.see_path("/meld").await;
    choose(&first, "ground-suspicion").await;
    first.tap("send-report").await;
    has_sent(&first, 3).await;
    has_sent(&second, 1).await;
}

/// The pages that are there once something has happened; the principal opens them.
pub const DETAILS: [&str; 3] = ["elevlogg", "loggforing", "melding"];

pub async fn open_detail(principal: &Browser, name: &str) {
    match name {
        "melding" => {
            principal.go("/innboks").await;
            principal.tap("inbox-row").await;
            principal.see("point-happened").await;
        }
        log_or_entry => {
            open_log(principal, LONG_NAME).await;
            principal.see("log-line").await;
            if log_or_entry == "loggforing" {
                principal.tap("open-entry").await;
                principal.see("revision").await;
            }
        }
    }
}
