//! Words that try to be code, wherever people write and in every view that shows them: they are words, the policy has nothing
//! to report, and no page gets wider than the screen.

use friminutt_tests::browser::{Browser, DESK, Engine, PHONE, Profile};
use friminutt_tests::journey::{choose, follow, has_sent, log, sign_in, signed_in};
use friminutt_tests::markup::{EXECUTED, WORDS, rename_all};
use friminutt_tests::pages::{BY_PERSON, OPEN};
use friminutt_tests::phone::Phone;
use friminutt_tests::program::Program;
use friminutt_tests::school;
use friminutt_tests::server::Server;
use server::clock::now_ms;
use server::demo::OWNER_CODE;
use server::store::Store;
use shared::document::{Edit, EditError, entry, report};
use shared::domain::{
    DocumentId, Part, PhysicalIntervention, PupilId, PupilRef, SchoolId, StaffId, Suspicion, What,
};
use uuid::Uuid;

/// Whatever the page showed of a word as anything but words would be one of these.
const GREW: &str = "return [...document.querySelectorAll('iframe, object, embed, math, style, meta[http-equiv], script:not([src]), \
    img[src=x], a[href^=\"javascript:\"], [onerror], [onload], [onfocus], [onmouseover], [ontoggle], form[action*=invalid]')]\
    .filter((it) => it.localName !== 'script' || it.textContent !== '').map((it) => it.outerHTML)";

/// What makes the page wider than the screen.
const WIDER: &str = "const page = document.documentElement, width = page.clientWidth;
    if (page.scrollWidth <= width) return [];
    return [...document.body.querySelectorAll('*')].filter((it) => it.clientWidth > 0 && it.getBoundingClientRect().left + it.scrollWidth > width + 1).map((it) => it.outerHTML.slice(0, 100))";

#[tokio::test]
async fn words_that_try_to_be_code_are_words_in_every_view() {
    let mut server = Program::new();
    server.start().await;
    server.kill().await;
    let planted = plant(server.database()).await;
    server.start().await;
    let origin = server.origin();

    let nobody = Browser::start(&Profile::of(Engine::chosen()), &origin, PHONE).await;
    for page in &OPEN {
        visit(&nobody, page.path, page.mark).await;
    }
    for words in WORDS {
        let address = format!("/invitasjon#{}", encoded(words));
        visit(&nobody, &address, "accept-invitation").await;
    }
    let strange = "/elever/%3Cscript%3E?x=%22%3E%3Cimg%20src=x%3E";
    visit(&nobody, strange, "sign-in").await;
    let browser = signed_in(&Profile::of(Engine::chosen()), &origin, PHONE, "assistent").await;
    visit(&browser, "/", "choice-exclusion").await;
    report_on_a_leader(&browser).await;
    for (person, pages) in &BY_PERSON {
        if *person != "assistent" {
            sign_in(&browser, person).await;
        }
        for page in *pages {
            visit(&browser, page.path, page.mark).await;
        }
        match *person {
            "assistent" => see_own(&browser, &planted).await,
            "rektor" => see_desk(&browser, &planted).await,
            "skoleeier" => see_letter(&browser).await,
            _ => {}
        }
    }
    // What does get its way is seen.
    let broken = "try { document.body.innerHTML = arguments[0] } catch { return 'refused' }";
    let said = browser.run(broken, vec![WORDS[0].into()]).await;
    assert_eq!(said, "refused");
    browser
        .until("a report of the policy", async || {
            (!browser.stopped_by_policy().await.is_empty()).then_some(())
        })
        .await;
}

/// What was written before anybody looks.
struct Planted {
    pupil: PupilId,
    entry: DocumentId,
    report: DocumentId,
    staff: StaffId,
}

async fn plant(database: &str) -> Planted {
    let server = Server::open(database).await;
    let (school, staff) = somebody(&server.store, "assistent").await;
    let mut tx = server.store.read().await.expect("the database");
    let pupils = tx.pupils(school).await.expect("pupils");
    drop(tx);
    let pupil = pupils.first().expect("a pupil").id;
    let author = school::sign_in(&server.store, school, staff).await;
    let mut phone = Phone::of(&author);
    let mut first = None;
    for words in WORDS {
        let id = phone.log_pupil(What::Exclusion, now_ms(), pupil, &Part::Exposed);
        for edit in entry_edits(words) {
            phone.amend(id, edit.expect("within the limits"));
        }
        first.get_or_insert(id);
    }
    let entry = first.expect("an entry");
    let report = phone.begin_report(Some(pupil), &[entry]);
    for edit in report_edits(&WORDS.join("\n")) {
        phone.write_report(report, edit.expect("within the limits"));
    }
    phone.write_report(report, report::send());
    let outcomes = phone.sync(&server).await;
    assert!(
        outcomes.iter().all(|outcome| outcome.is_safe()),
        "{outcomes:?}"
    );
    rename_all(&server.store).await;
    server.store.close().await;
    Planted {
        pupil,
        entry,
        report,
        staff,
    }
}

async fn somebody(store: &Store, username: &str) -> (SchoolId, StaffId) {
    let mut tx = store.read().await.expect("the database");
    for (school, _) in tx.schools().await.expect("schools") {
        let staff = tx.staff(school).await.expect("staff");
        if let Some(member) = staff.into_iter().find(|member| member.username == username) {
            return (school, member.id);
        }
    }
    panic!("nobody is called {username}");
}

fn entry_edits(words: &str) -> Vec<Result<Edit, EditError>> {
    let unknown = Uuid::now_v7();
    let force = PhysicalIntervention {
        reason: words.into(),
        told: words.into(),
    };
    vec![
        entry::set_text("Noe annet."),
        entry::set_text(words),
        entry::set_outcome(words),
        entry::set_force(Some(&force)),
        Ok(entry::set_pupil(
            PupilRef::Unknown(unknown),
            Some(&Part::Acting),
        )),
        entry::describe_unknown(unknown, words),
        entry::add(Uuid::now_v7(), words),
    ]
}

fn report_edits(words: &str) -> Vec<Result<Edit, EditError>> {
    let short: String = words.chars().take(500).collect();
    vec![
        report::set_happened(words),
        report::set_done_at_once(words),
        report::set_pupil_words(words),
        report::describe_pupil(&short),
        Ok(report::set_suspicion(&Suspicion::Nobody)),
        report::add(Uuid::now_v7(), words),
    ]
}

/// Typed by hand, and past the leadership.
async fn report_on_a_leader(phone: &Browser) {
    log(phone, "exclusion").await;
    phone.write("pupil-search", "script").await;
    phone.tap("pupil-hit").await;
    phone.see("pupil-row").await;
    look(phone, "the capture").await;
    choose(phone, "part-exposed").await;
    phone.tap("prompt-report").await;
    phone.see_path("/meld").await;
    phone.write("report-happened", WORDS[0]).await;
    choose(phone, "suspicion-leadership").await;
    look(phone, "a report on a leader").await;
    phone.tap("send-report").await;
    has_sent(phone, 2).await;
    look(phone, "a report that is sent").await;
}

async fn see_own(phone: &Browser, planted: &Planted) {
    visit(phone, "/i-dag", "entry-words").await;
    phone.see_words("entry-words", WORDS[2]).await;
    visit(
        phone,
        &format!("/meld?loggforing={}", planted.entry),
        "send-report",
    )
    .await;
    visit(phone, "/mine-meldinger", "receipt-opened").await;
}

async fn see_desk(desk: &Browser, planted: &Planted) {
    desk.resize(DESK).await;
    visit(desk, &format!("/elever/{}", planted.pupil), "log-line").await;
    desk.see_words("log-line", WORDS[2]).await;
    visit(
        desk,
        &format!("/elever/{}/innsyn", planted.pupil),
        "page-title",
    )
    .await;
    visit(
        desk,
        &format!("/loggforinger/{}", planted.entry),
        "revision",
    )
    .await;
    visit(
        desk,
        &format!("/meldinger/{}", planted.report),
        "point-happened",
    )
    .await;
    desk.see_words("point-happened", WORDS[1]).await;
    visit(
        desk,
        &format!("/ansatte/{}/enheter", planted.staff),
        "page-title",
    )
    .await;
    visit(desk, "/elever", "pupil-row").await;
    desk.write("pupil-filter", WORDS[0]).await;
    look(desk, "a filter").await;
}

async fn see_letter(owner: &Browser) {
    follow(owner, "/skoleeier").await;
    owner.write("owner-code-field", OWNER_CODE).await;
    owner.tap("owner-open").await;
    owner.tap("read-letter").await;
    owner.see_words("letter-words", WORDS[0]).await;
    look(owner, "a letter").await;
}

async fn visit(browser: &Browser, path: &str, mark: &str) {
    browser.go(path).await;
    browser.see(mark).await;
    browser.watch_policy().await;
    look(browser, path).await;
}

async fn look(browser: &Browser, what: &str) {
    assert_eq!(browser.run(EXECUTED, vec![]).await, "", "{what}");
    for finds in [GREW, WIDER] {
        let found = browser.run(finds, vec![]).await;
        assert_eq!(found, serde_json::json!([]), "{what}");
    }
    let stopped = browser.stopped_by_policy().await;
    assert_eq!(stopped, Vec::<String>::new(), "{what}");
}

fn encoded(words: &str) -> String {
    words.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
