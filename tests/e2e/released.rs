//! Clients that were released before, as they were recorded, on this server: phones go on with the app they have until somebody
//! takes the new one, or closes all of it. Here they meet nothing of their own time but their files.

use friminutt_tests::browser::{Browser, DESK, PHONE, Profile, css};
use friminutt_tests::journey::{
    PUPIL, PUPIL_LETTERS, choose, follow, has_sent, has_waiting, log, meets_the_network,
    name_pupil, open_log, see_today, signed_in, signed_in_with_pin, unlock, write_words,
};
use friminutt_tests::program::Program;
use friminutt_tests::proxy::{Proxy, Weather};
use friminutt_tests::release::Release;

const WORDS: &str = "Sto alene ved porten hele storefri.";
const AMENDED: &str = "Sto alene ved porten til det ringte inn.";
const OF_A_COLLEAGUE: &str = "To gutter sloss bak gymsalen.";
const HAPPENED: &str = "Tre gutter stengte ham ute fra leken hele friminuttet.";
const LATER: &str = "Gikk alene langs gjerdet.";

/// This server and its own app, in a version of its own also on the day of a release, when it is the one that was recorded.
const TODAY: Weather = Weather::NewRelease;

/// A phone with the app of an old release, and the network that it got it by.
struct Old {
    server: Program,
    network: Proxy,
    profile: Profile,
    phone: Browser,
}

impl Old {
    /// Signed in, with a PIN.
    async fn begin(release: &'static Release) -> Old {
        let mut server = Program::new();
        server.start().await;
        let network = Proxy::before(&server.address()).await;
        network.turn(Weather::OldRelease(release));
        let profile = Profile::new();
        let phone = signed_in_with_pin(&profile, &network.origin(), PHONE, "assistent").await;
        assert!(
            runs(&phone, release).await,
            "{} is handed out",
            release.name
        );
        Old {
            server,
            network,
            profile,
            phone,
        }
    }

    /// This server's own app is there to be taken.
    async fn is_offered_the_new_app(&self) {
        self.network.turn(TODAY);
        self.phone.go("/").await;
        unlock(&self.phone).await;
        self.phone.see("new-version").await;
    }
}

/// Whether the app of that release is the one that the browser starts: what is taken into use puts the others away.
async fn runs(phone: &Browser, release: &Release) -> bool {
    let names = phone.run("return caches.keys()", vec![]).await;
    let names = names.as_array().expect("names");
    names.iter().any(|name| *name == release.cache())
}

/// Begins an entry about the pupil, writes in it, and gives the mark of its card on the page of the day.
async fn write_entry(phone: &Browser, words: &str) -> String {
    follow(phone, "/").await;
    log(phone, "alone").await;
    let entry = phone.attribute("saved", "data-entry").await;
    name_pupil(phone, PUPIL_LETTERS, PUPIL).await;
    write_words(phone, words).await;
    format!("[data-entry=\"{entry}\"]")
}

/// How many lines of the pupil's log say this.
async fn lines_with(desk: &Browser, words: &str) -> usize {
    open_log(desk, PUPIL).await;
    let lines = desk.all("log-line").await;
    lines.iter().filter(|line| line.contains(words)).count()
}

#[tokio::test]
async fn a_released_client_works_with_this_server_and_takes_its_app_with_nothing_lost() {
    for release in Release::all() {
        works_and_takes_the_new_app(release).await;
    }
}

async fn works_and_takes_the_new_app(release: &'static Release) {
    let mut old = Old::begin(release).await;
    let origin = old.server.origin();

    // Offline, over a new start of the phone.
    old.phone.close().await;
    old.server.kill().await;
    old.phone = Browser::open(&old.profile, &old.network.origin(), PHONE).await;
    unlock(&old.phone).await;
    let card = write_entry(&old.phone, WORDS).await;
    has_waiting(&old.phone, 1).await;

    // The server comes back as it is today, its app too: the page that is open stays what it is.
    old.network.turn(TODAY);
    old.server.start().await;
    meets_the_network(&old.phone).await;
    has_sent(&old.phone, 1).await;
    assert!(runs(&old.phone, release).await);
    let teacher = signed_in(&Profile::new(), &origin, DESK, "kontakt5a").await;
    assert_eq!(lines_with(&teacher, WORDS).await, 1);

    // Both ways with a phone of today.
    let other = signed_in(&Profile::new(), &origin, PHONE, "aks").await;
    log(&other, "fight").await;
    write_words(&other, OF_A_COLLEAGUE).await;
    see_today(&old.phone).await;
    old.phone.see_words("entry-words", OF_A_COLLEAGUE).await;
    old.phone.tap(&format!("{card} {}", css("amend"))).await;
    old.phone.write("entry-text", AMENDED).await;
    old.phone.leave_field().await;
    old.phone.see_words("entry-words", AMENDED).await;
    other.see_words("entry-words", AMENDED).await;
    has_waiting(&old.phone, 0).await;

    report(&old.phone, &origin).await;
    assert!(runs(&old.phone, release).await);

    // Closed, loaded again and opened with its PIN, still the same app, and today's is taken.
    let sent = old.phone.see("sent").await;
    old.is_offered_the_new_app().await;
    assert!(runs(&old.phone, release).await);
    let take = format!("{} button", css("new-version"));
    old.phone.tap(&take).await;
    let phone = &old.phone;
    phone
        .until("the app of this server", async || {
            (!runs(phone, release).await).then_some(())
        })
        .await;
    unlock(phone).await;
    phone.see_exactly("sent", sent.trim()).await;
    has_waiting(phone, 0).await;
    see_today(phone).await;
    phone.see_count("entry-card", 3).await;
    phone.see_words("entry-words", AMENDED).await;
    phone.see_words("entry-words", OF_A_COLLEAGUE).await;
    follow(phone, "/mine-meldinger").await;
    phone
        .see("[data-test=receipt-opened][data-given=true]")
        .await;
    write_entry(phone, LATER).await;
    has_waiting(phone, 0).await;
    assert_eq!(lines_with(&teacher, LATER).await, 1);
    assert_eq!(lines_with(&teacher, AMENDED).await, 1);
}

/// From an entry to the principal, who opens it, which the reporter is told.
async fn report(phone: &Browser, origin: &str) {
    follow(phone, "/").await;
    log(phone, "exclusion").await;
    name_pupil(phone, PUPIL_LETTERS, PUPIL).await;
    choose(phone, "part-exposed").await;
    phone.tap("prompt-report").await;
    phone.see_path("/meld").await;
    phone.write("report-happened", HAPPENED).await;
    choose(phone, "ground-suspicion").await;
    phone.tap("send-report").await;
    follow(phone, "/mine-meldinger").await;
    phone
        .see("[data-test=receipt-received][data-given=true]")
        .await;
    has_waiting(phone, 0).await;
    let desk = signed_in(&Profile::new(), origin, DESK, "rektor").await;
    follow(&desk, "/innboks").await;
    desk.tap_words("inbox-row", PUPIL).await;
    desk.see_words("point-happened", HAPPENED).await;
    phone
        .see("[data-test=receipt-opened][data-given=true]")
        .await;
}

#[tokio::test]
async fn what_a_released_client_could_not_send_is_sent_by_the_app_that_comes_after_it() {
    for release in Release::all() {
        leaves_its_outbox_to_the_new_app(release).await;
    }
}

async fn leaves_its_outbox_to_the_new_app(release: &'static Release) {
    let mut old = Old::begin(release).await;
    old.is_offered_the_new_app().await;
    old.server.kill().await;
    write_entry(&old.phone, WORDS).await;
    has_waiting(&old.phone, 1).await;
    assert!(runs(&old.phone, release).await);

    // With all of the old app closed the browser starts the new one, without a network too.
    old.phone.close().await;
    let phone = Browser::open(&old.profile, &old.network.origin(), PHONE).await;
    has_waiting(&phone, 1).await;
    assert!(!runs(&phone, release).await);
    unlock(&phone).await;
    see_today(&phone).await;
    phone.see_words("entry-words", WORDS).await;
    old.server.start().await;
    meets_the_network(&phone).await;
    has_sent(&phone, 1).await;
    let teacher = signed_in(&Profile::new(), &old.server.origin(), DESK, "kontakt5a").await;
    assert_eq!(lines_with(&teacher, WORDS).await, 1);
}
