//! A real Chromium, driven as a person uses it: it waits for what the page says and never for a time to pass. A `mark` is the
//! value of a `data-test` attribute, or a CSS selector if it is more than a plain word. Whatever does not come within
//! `PATIENCE` ends the test with what the page says instead.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, Cookie, LoggingPrefsLogLevel};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(25);
const READY: &str = "started successfully on port ";
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=nb-NO",
];

/// What a browser keeps on its disk: it survives the browser, killed or not, and lives as long as any browser on it.
#[derive(Clone)]
pub struct Profile(Arc<TempDir>);

impl Profile {
    pub fn new() -> Profile {
        Profile(Arc::new(
            tempfile::tempdir().expect("a folder for the browser"),
        ))
    }

    /// The files on the disk that hold a word, as UTF-8 or as UTF-16, as a browser may write either.
    pub fn files_with(&self, word: &str) -> Vec<PathBuf> {
        let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let needles = [word.as_bytes(), &wide];
        let holds = |bytes: &[u8]| {
            needles
                .iter()
                .any(|needle| bytes.windows(needle.len()).any(|some| some == *needle))
        };
        let mut found = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)
                .expect("the browser's folder")
                .flatten()
            {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    // What went away while it was looked at holds nothing.
                    Ok(kind)
                        if kind.is_file()
                            && std::fs::read(entry.path()).is_ok_and(|bytes| holds(&bytes)) =>
                    {
                        found.push(entry.path());
                    }
                    _ => {}
                }
            }
        }
        found
    }
}

impl Default for Profile {
    fn default() -> Self {
        Profile::new()
    }
}

/// How large the window is, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub name: &'static str,
    pub width: u32,
    pub height: u32,
    is_phone: bool,
}

pub const PHONE: Size = Size {
    name: "phone",
    width: 390,
    height: 844,
    is_phone: true,
};
pub const DESK: Size = Size {
    name: "desk",
    width: 1280,
    height: 900,
    is_phone: false,
};

/// One running browser with one driver of its own. Dropping it kills both.
pub struct Browser {
    driver: Option<WebDriver>,
    chromedriver: Child,
    origin: String,
    size: Size,
    _profile: Profile,
}

impl Browser {
    /// Starts a browser on a profile. It shows nothing yet.
    pub async fn start(profile: &Profile, origin: &str, size: Size) -> Browser {
        let (chromedriver, port) = start_driver().await;
        let capabilities = capabilities(profile).expect("the capabilities are well formed");
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities)
            .await
            .expect("chromedriver opens a browser");
        let browser = Browser {
            driver: Some(driver),
            chromedriver,
            origin: origin.into(),
            size,
            _profile: profile.clone(),
        };
        browser.resize(size).await;
        browser
    }

    /// Starts a browser and opens the app's first page.
    pub async fn open(profile: &Profile, origin: &str, size: Size) -> Browser {
        let browser = Browser::start(profile, origin, size).await;
        browser.go("/").await;
        browser
    }

    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("the browser runs")
    }

    /// Closes it as a person does.
    pub async fn close(mut self) {
        let driver = self.driver.take().expect("the browser runs");
        driver.quit().await.expect("the browser closes");
    }

    /// Ends every process of the browser at once, as a phone does with an app it has no room for.
    pub async fn kill(mut self) {
        self.kill_now();
        self.chromedriver.wait().await.expect("it was started here");
    }

    fn kill_now(&mut self) {
        if let Some(driver) = self.driver.take() {
            // Nobody is left to be told.
            let _ = driver.leak();
        }
        let Some(group) = self.chromedriver.id() else {
            return;
        };
        let killed = std::process::Command::new("kill")
            .args(["-9", "--", &format!("-{group}")])
            .stderr(Stdio::null())
            .status();
        assert!(killed.is_ok(), "there is a kill command");
    }

    pub async fn resize(&self, size: Size) {
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": size.width, "height": size.height, "deviceScaleFactor": 1, "mobile": size.is_phone }),
        )
        .await;
    }

    pub async fn cdp(&self, method: &str, parameters: Value) -> Value {
        let answer = self.driver().cdp().send_raw(method, parameters).await;
        answer.unwrap_or_else(|cause| panic!("{method}: {cause}"))
    }

    /// Another tab, and goes to it.
    pub async fn open_tab(&self) {
        let tab = self.driver().new_tab().await.expect("a new tab");
        self.go_to_tab(tab).await;
        self.resize(self.size).await;
    }

    pub async fn tab(&self) -> thirtyfour::WindowHandle {
        self.driver().window().await.expect("a tab is open")
    }

    pub async fn go_to_tab(&self, tab: thirtyfour::WindowHandle) {
        self.driver()
            .switch_to_window(tab)
            .await
            .expect("the tab is open");
    }

    pub async fn close_tab(&self) {
        self.driver().close_window().await.expect("the tab closes");
    }

    /// Opens an address of the app.
    pub async fn go(&self, path: &str) {
        let address = format!("{}{path}", self.origin);
        self.visit(&address).await;
    }

    pub async fn visit(&self, address: &str) {
        let went = self.driver().goto(address).await;
        went.unwrap_or_else(|cause| panic!("{address}: {cause}"));
    }

    /// The path of the page that is open.
    pub async fn path(&self) -> String {
        let url = self.driver().current_url().await.expect("a page is open");
        url.path().to_owned()
    }

    pub async fn title(&self) -> String {
        self.driver().title().await.expect("a page is open")
    }

    pub async fn cookies(&self) -> Vec<Cookie> {
        self.driver()
            .get_all_cookies()
            .await
            .expect("a page is open")
    }

    /// Runs a script in the page; a promise is waited for.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.try_run(script, arguments)
            .await
            .unwrap_or_else(|cause| panic!("{script}: {cause}"))
    }

    async fn try_run(&self, script: &str, arguments: Vec<Value>) -> WebDriverResult<Value> {
        Ok(self
            .driver()
            .execute(script, arguments)
            .await?
            .json()
            .clone())
    }

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

    /// What the browser has logged since the last time it was asked.
    pub async fn log(&self) -> Vec<String> {
        let entries = self.driver().browser_log().await.unwrap_or_default();
        entries
            .into_iter()
            .map(|entry| format!("{} {}", entry.level, entry.message))
            .collect()
    }

    /// Every address the open page has asked for.
    pub async fn requests(&self) -> Vec<String> {
        let read = "return performance.getEntriesByType('resource').map((entry) => entry.name)";
        serde_json::from_value(self.run(read, vec![]).await).expect("a list of addresses")
    }

    pub async fn screenshot(&self, file: &Path) {
        self.driver().screenshot(file).await.expect("a picture");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.kill_now();
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

/// In a process group of its own, which the browser shares: killed together, nothing is left behind.
async fn start_driver() -> (Child, String) {
    let mut chromedriver = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .expect("chromedriver is installed: cargo xtask setup");
    let mut lines = BufReader::new(chromedriver.stdout.take().expect("piped")).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some((_, port)) = line.split_once(READY) {
            return (chromedriver, port.trim_end_matches('.').to_owned());
        }
    }
    panic!("chromedriver ended before it was ready");
}

fn capabilities(profile: &Profile) -> WebDriverResult<ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    for flag in FLAGS {
        capabilities.add_arg(flag)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.0.path().display()))?;
    capabilities.add_arg(&format!("--window-size={},{}", DESK.width, DESK.height))?;
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(capabilities)
}
