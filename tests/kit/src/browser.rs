//! Headless Chromium through chromedriver: a session is a fresh profile with a screen, a colour scheme, and JavaScript
//! on or off. Pages are driven with `thirtyfour`; here is only what starting, looking and downloading need.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use thirtyfour::prelude::*;

use crate::process::Daemon;
use crate::{Package, Scratch, eventually, net, program, until};

pub use thirtyfour;

/// What a session looks like.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// A phone's screen (390 x 844 at two pixels a point, touch) instead of a desktop's (1280 x 900).
    pub phone: bool,
    /// `prefers-color-scheme: dark`.
    pub dark: bool,
    /// Whether pages may run scripts.
    pub javascript: bool,
    /// `prefers-reduced-motion: reduce`.
    pub still: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { phone: false, dark: false, javascript: true, still: false }
    }
}

/// A browser with one open window; closed on drop.
#[derive(Debug)]
pub struct Browser {
    driver: Option<WebDriver>,
    scratch: Scratch,
    _chromedriver: Daemon,
}

impl Browser {
    /// Starts a browser with an empty profile.
    ///
    /// # Panics
    /// When chromium or chromedriver is missing or does not start.
    pub async fn start(look: Look) -> Self {
        net::choose_cryptography();
        let scratch = Scratch::new("browser");
        let downloads = scratch.join("downloads");
        std::fs::create_dir_all(&downloads).expect("own folder");
        let port = net::free_port();
        let mut command = Command::new(program("chromedriver", Package("chromium-driver")));
        command.arg(format!("--port={port}")).env("HOME", scratch.path()).env("TMPDIR", scratch.path());
        let chromedriver = Daemon::start(&mut command, &scratch.join("chromedriver.log"));
        until("chromedriver listens", Duration::from_secs(20), || net::listens(port).then_some(()));
        let wanted = capabilities(look, &scratch.join("profile"), &downloads);
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.expect("a browser starts");
        let browser = Self { driver: Some(driver), scratch, _chromedriver: chromedriver };
        browser.set_media(look).await;
        browser
    }

    /// The WebDriver session.
    pub fn page(&self) -> &WebDriver {
        self.driver.as_ref().expect("only close takes it")
    }

    /// Writes the visible part of the page to `tests/artefacts/<name>.png`.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let file = crate::artefacts().join(format!("{name}.png"));
        self.page().screenshot(&file).await.expect("the page can be drawn");
        file
    }

    /// Waits for a finished download that fits, and returns its file.
    ///
    /// # Panics
    /// When there is none within 20 seconds.
    pub async fn downloaded(&self, fits: impl Fn(&str) -> bool) -> PathBuf {
        let (fits, folder) = (&fits, &self.scratch.join("downloads"));
        eventually("a download", Duration::from_secs(20), || async move {
            let mut files = std::fs::read_dir(folder).ok()?.flatten();
            let wanted = |name: &str| fits(name) && !name.ends_with(".crdownload") && !name.starts_with('.');
            // An empty file holds the place of one that is still on its way.
            let whole = |file: &std::fs::DirEntry| file.metadata().is_ok_and(|about| about.len() > 0);
            let file = files.find(|file| file.file_name().to_str().is_some_and(wanted) && whole(file));
            file.map(|file| file.path())
        })
        .await
    }

    /// The element, waited for up to 20 seconds.
    ///
    /// # Panics
    /// When it does not appear; the page's address goes into the message, a picture into the artefacts.
    pub async fn find(&self, selector: &str) -> WebElement {
        let query = self.page().query(By::Css(selector));
        match query.wait(Duration::from_secs(20), Duration::from_millis(50)).first().await {
            Ok(element) => element,
            Err(error) => {
                let picture = self.screenshot("missing-element").await;
                let url = self.page().current_url().await.map(String::from).unwrap_or_default();
                panic!("`{selector}` is not on {url} (see {}): {error}", picture.display());
            }
        }
    }

    /// Waits until the element says something, whatever the page puts in its place meanwhile.
    ///
    /// # Panics
    /// When it does not within 20 seconds.
    pub async fn says(&self, selector: &str, what: &str) {
        eventually(&format!("`{selector}` says {what}"), Duration::from_secs(20), || async {
            let element = self.page().find(By::Css(selector)).await.ok()?;
            element.text().await.ok()?.contains(what).then_some(())
        })
        .await;
    }

    /// Everything the page's console said about errors since the last call.
    pub async fn console_errors(&self) -> Vec<String> {
        let log = self.page().get_log("browser").await.unwrap_or_default();
        log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect()
    }

    /// Ends the session in good order. Dropping the browser just kills it, which is as good for most tests.
    pub async fn close(mut self) {
        if let Some(driver) = self.driver.take() {
            driver.quit().await.expect("the session can be ended");
        }
    }

    async fn set_media(&self, look: Look) {
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": if look.dark { "dark" } else { "light" } },
            { "name": "prefers-reduced-motion", "value": if look.still { "reduce" } else { "no-preference" } },
        ]});
        self.page().cdp().send_raw("Emulation.setEmulatedMedia", media).await.expect("the browser obeys");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // Its own clean-up blocks for up to a minute; the processes are killed with their group right after.
            let _ = driver.leak();
        }
    }
}

fn capabilities(look: Look, profile: &Path, downloads: &Path) -> Capabilities {
    let mut args: Vec<String> = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,900",
    ]
    .map(str::to_owned)
    .to_vec();
    args.push(format!("--user-data-dir={}", profile.display()));
    let mut options = json!({
        "args": args,
        "prefs": {
            "download.default_directory": downloads,
            "download.prompt_for_download": false,
            "credentials_enable_service": false,
            "profile.password_manager_leak_detection": false,
            // 2 is "block" in Chromium's content settings.
            "profile.managed_default_content_settings.javascript": if look.javascript { 1 } else { 2 },
        },
    });
    if look.phone {
        options["mobileEmulation"] = json!({
            // A tap never ends for chromedriver where scripts are blocked; there it clicks.
            "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0, "touch": look.javascript },
        });
    }
    let mut wanted = Capabilities::default();
    wanted.set("browserName", "chrome").expect("a string is JSON");
    wanted.set("goog:chromeOptions", options).expect("it is JSON already");
    wanted.set("goog:loggingPrefs", json!({ "browser": "ALL" })).expect("it is JSON already");
    wanted
}
