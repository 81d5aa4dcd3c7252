//! Two phones of one shift write in the same entry without knowing of each other.

use friminutt_tests::browser::{Browser, PHONE, Profile};
use friminutt_tests::journey::{
    has_sent, has_waiting, log, meets_the_network, see_today, signed_in, write_words,
};
use friminutt_tests::program::Program;

const FIRST: &str = "To gutter sloss bak gymsalen.";
const OF_ONE: &str = "To gutter sloss. Den ene blødde neseblod.";
const OF_THE_OTHER: &str = "To gutter sloss, og en tredje så på.";

#[tokio::test]
async fn two_phones_amend_one_entry_offline_and_both_show_both_wordings() {
    let mut server = Program::new();
    server.start().await;
    let origin = server.origin();
    let (of_one, of_the_other) = (Profile::new(), Profile::new());
    let one = signed_in(&of_one, &origin, PHONE, "assistent").await;
    let other = signed_in(&of_the_other, &origin, PHONE, "aks").await;

    log(&one, "fight").await;
    write_words(&one, FIRST).await;
    has_sent(&one, 1).await;
    see_today(&other).await;
    other.see_words("entry-words", FIRST).await;

    server.kill().await;
    amend(&one, OF_ONE).await;
    amend(&other, OF_THE_OTHER).await;

    server.start().await;
    for phone in [&one, &other] {
        meets_the_network(phone).await;
    }
    for phone in [&one, &other] {
        has_waiting(phone, 0).await;
        phone.see_count("contested-wording", 2).await;
        phone.see_words("contested-wording", OF_ONE).await;
        phone.see_words("contested-wording", OF_THE_OTHER).await;
        phone.tap("history").await;
        phone.see_words("revision", FIRST).await;
        phone.see_words("revision", "Turid Haugen").await;
        phone.see_words("revision", "Yusuf Abdi Warsame").await;
    }
}

/// On the page of the day.
async fn amend(phone: &Browser, words: &str) {
    phone.tap("amend").await;
    phone.write("entry-text", words).await;
    phone.leave_field().await;
    phone.see_words("entry-words", words).await;
    has_waiting(phone, 1).await;
}
