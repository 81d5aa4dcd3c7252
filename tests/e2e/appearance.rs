//! The three languages, and the mode for bright light.

use friminutt_tests::axe;
use friminutt_tests::browser::{PHONE, Profile};
use friminutt_tests::journey::{follow, log, signed_in};
use friminutt_tests::program::Program;

#[tokio::test]
async fn the_language_one_chooses_is_there_at_once_and_after_a_new_start() {
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    for (code, word) in [("nn", "Språk"), ("en", "Language"), ("nb", "Språk")] {
        follow(&phone, "/meg").await;
        phone
            .tap(&format!("label:has([data-test=language-{code}])"))
            .await;
        phone.see_words("#main", word).await;
        let language = phone
            .run("return document.documentElement.lang", vec![])
            .await;
        assert_eq!(language, code);
        phone.go("/").await;
        phone.see("choice-alone").await;
        let language = phone
            .run("return document.documentElement.lang", vec![])
            .await;
        assert_eq!(language, code, "after a new start");
    }
}

#[tokio::test]
async fn in_outdoor_mode_contrast_is_seven_and_no_word_is_small() {
    const SMALL: &str = "const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = new Set();
        while (texts.nextNode()) {
            const element = texts.currentNode.parentElement;
            if (!texts.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
            if (parseFloat(getComputedStyle(element).fontSize) < 18) small.add(element.className + ': ' + texts.currentNode.data);
        }
        return [...small].join('\\n')";
    let mut server = Program::new();
    server.start().await;
    let phone = signed_in(&Profile::new(), &server.origin(), PHONE, "assistent").await;
    follow(&phone, "/meg").await;
    phone.tap("label:has([data-test=outdoor])").await;
    phone.see("html.outdoor body").await;
    phone.go("/").await;
    log(&phone, "fight").await;
    for path in ["/", "/i-dag", "/meld"] {
        if path != "/" {
            phone.go(path).await;
        }
        phone
            .see("[data-test=saved], [data-test=entry-card], [data-test=report-form]")
            .await;
        assert_eq!(
            axe::low_contrast(&phone).await,
            Vec::<String>::new(),
            "{path}"
        );
        assert_eq!(
            phone.run(SMALL, vec![]).await,
            "",
            "{path} has words under 18 px"
        );
    }
}
