//! What a person sees on the page and does with it. Whatever does not come within `PATIENCE` ends the test with what the page
//! says instead.

use std::fmt::Display;
use std::path::Path;
use std::time::{Duration, Instant};

use thirtyfour::prelude::*;

use super::Browser;

const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(25);

impl Browser {
    /// Waits until `look` finds something.
    pub async fn until<T>(
        &self,
        what: impl Display,
        mut look: impl AsyncFnMut() -> Option<T>,
    ) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = look().await {
                return found;
            }
            if started.elapsed() > PATIENCE {
                self.give_up(&what).await;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn give_up(&self, what: &impl Display) -> ! {
        let page = "return location.pathname + '\\n' + document.body.innerText";
        let page = self.try_run(page, vec![]).await.unwrap_or_default();
        let log = self.log().await.join("\n");
        panic!(
            "waited in vain: {what}\n--- the page says ---\n{}\n--- the browser says ---\n{log}",
            page.as_str().unwrap_or_default()
        );
    }

    /// The words of every visible element with this mark.
    pub async fn all(&self, mark: &str) -> Vec<String> {
        const READ: &str = "return [...document.querySelectorAll(arguments[0])]
            .filter((e) => e.checkVisibility({ visibilityProperty: true })).map((e) => e.matches('input, textarea, select') ? e.value : e.innerText)";
        // A page that is just being replaced has nothing to say.
        let texts = self
            .try_run(READ, vec![css(mark).into()])
            .await
            .unwrap_or_default();
        serde_json::from_value(texts).unwrap_or_default()
    }

    pub async fn count(&self, mark: &str) -> usize {
        self.all(mark).await.len()
    }

    /// Waits for an element and gives its words.
    pub async fn see(&self, mark: &str) -> String {
        self.until(mark, async || self.all(mark).await.into_iter().next())
            .await
    }

    /// Waits until one of the elements says this, among other things.
    pub async fn see_words(&self, mark: &str, words: &str) {
        self.until(format!("«{words}» in {mark}"), async || {
            self.all(mark)
                .await
                .iter()
                .any(|text| text.contains(words))
                .then_some(())
        })
        .await
    }

    /// Waits until the first of the elements says exactly this.
    pub async fn see_exactly(&self, mark: &str, words: &str) {
        self.until(format!("just «{words}» in {mark}"), async || {
            let first = self.all(mark).await.into_iter().next();
            first.is_some_and(|text| text.trim() == words).then_some(())
        })
        .await
    }

    pub async fn see_count(&self, mark: &str, count: usize) {
        self.until(format!("{count} times {mark}"), async || {
            (self.count(mark).await == count).then_some(())
        })
        .await
    }

    pub async fn see_gone(&self, mark: &str) {
        self.see_count(mark, 0).await
    }

    /// Waits until the page is this one.
    pub async fn see_path(&self, path: &str) {
        self.until(format!("the page {path}"), async || {
            (self.path().await == path).then_some(())
        })
        .await
    }

    /// Presses the first visible element with this mark, once it can be pressed.
    pub async fn tap(&self, mark: &str) {
        self.tap_words(mark, "").await
    }

    /// Presses the first visible element with this mark and these words.
    pub async fn tap_words(&self, mark: &str, words: &str) {
        self.until(format!("to press «{words}» in {mark}"), async || {
            let element = self.find(mark, words).await?;
            element.click().await.ok()
        })
        .await
    }

    /// Chooses the option with these words in a list that opens.
    pub async fn pick(&self, mark: &str, words: &str) {
        const OPTION: &str = "const list = document.querySelector(arguments[0]);
            list?.scrollIntoView({ block: 'center', behavior: 'instant' });
            return [...(list?.options ?? [])].find((o) => o.text.trim() === arguments[1]) ?? null";
        self.until(format!("to pick «{words}» in {mark}"), async || {
            let arguments = vec![css(mark).into(), words.into()];
            let option = self.driver().execute(OPTION, arguments).await.ok()?;
            option.element().ok()?.click().await.ok()
        })
        .await
    }

    /// Puts text in place of what a field holds, key by key.
    pub async fn write(&self, mark: &str, text: &str) {
        self.until(format!("to write in {mark}"), async || {
            let field = self.find(mark, "").await?;
            field.send_keys(Key::Control + "a").await.ok()?;
            field.send_keys(text).await.ok()
        })
        .await
    }

    /// Leaves the field one writes in, as a tap beside it does.
    pub async fn leave_field(&self) {
        self.run("document.activeElement?.blur()", vec![]).await;
    }

    /// An attribute of the first element with this mark.
    pub async fn attribute(&self, mark: &str, name: &str) -> String {
        self.until(format!("{name} of {mark}"), async || {
            let element = self.driver().find(By::Css(css(mark))).await.ok()?;
            element.attr(name).await.ok()?
        })
        .await
    }

    /// Chooses a file in a file field.
    pub async fn choose_file(&self, mark: &str, file: &Path) {
        let file = file.to_str().expect("a plain path");
        self.until(format!("to choose a file in {mark}"), async || {
            let field = self.driver().find(By::Css(css(mark))).await.ok()?;
            field.send_keys(file).await.ok()
        })
        .await
    }

    async fn find(&self, mark: &str, words: &str) -> Option<WebElement> {
        const FIND: &str = "const found = [...document.querySelectorAll(arguments[0])]
            .find((e) => e.checkVisibility({ visibilityProperty: true }) && e.innerText.includes(arguments[1]));
            found?.scrollIntoView({ block: 'center', behavior: 'instant' }); return found ?? null";
        let arguments = vec![css(mark).into(), words.into()];
        let found = self.driver().execute(FIND, arguments).await.ok()?;
        found.element().ok()
    }
}

/// A mark as a selector.
pub fn css(mark: &str) -> String {
    let is_word = mark
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    match is_word {
        true => format!("[data-test=\"{mark}\"]"),
        false => mark.to_owned(),
    }
}
