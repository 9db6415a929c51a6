//! A browser without a screen, and its windows. What a person looks for is named by its words; what is not there yet is waited for.

use std::{
    fmt::Debug,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    error::CmdError,
    key::Key,
    wd::{Capabilities, PrintConfiguration, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// As wide and high as the screens that duty rooms have.
const SCREEN: &str = "--window-size=1366,768";
/// How long something is waited for; a busy machine needs it, nobody else does.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What a page is looked at on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// In pixels of the page.
    pub width: u32,
    /// In pixels of the page.
    pub height: u32,
}

impl Screen {
    /// What duty rooms have.
    pub const DESK: Self = Self { width: 1366, height: 768 };
    /// What leaders have in their hands.
    pub const HAND: Self = Self { width: 390, height: 844 };
}

/// A command of Chromium's developer tools, which its driver passes on.
#[derive(Debug)]
struct ToDevTools(Value);

impl WebDriverCompatibleCommand for ToDevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}

/// Marks the control that belongs to a label, because a person sees labels and a driver wants elements.
const FIND_CONTROL: &str = r#"
    const bare = (text) => text.replace(/[*\s：:]+/g, "");
    const wanted = bare(arguments[0]);
    document.querySelectorAll("[data-found]").forEach((found) => found.removeAttribute("data-found"));
    const shown = Array.from(document.querySelectorAll("label")).filter((label) => label.checkVisibility() && label.control);
    const label = shown.find((label) => bare(label.textContent) === wanted) || shown.find((label) => bare(label.textContent).startsWith(wanted));
    if (!label) return false;
    label.control.setAttribute("data-found", "");
    return true;
"#;

/// Marks what can be pressed: a button, a link, or what unfolds.
const FIND_PRESSED: &str = r#"
    const bare = (text) => text.replace(/\s+/g, "");
    const wanted = bare(arguments[0]);
    document.querySelectorAll("[data-found]").forEach((found) => found.removeAttribute("data-found"));
    const all = Array.from(document.querySelectorAll("button, a, summary")).filter((one) => one.checkVisibility());
    const one = all.find((one) => bare(one.textContent) === wanted) || all.find((one) => bare(one.textContent).includes(wanted));
    if (!one) return false;
    one.setAttribute("data-found", "");
    return true;
"#;

const FOUND: Locator<'static> = Locator::Css("[data-found]");

/// Chromium's driver, and every window that it opened.
pub struct Browser {
    driver: Child,
    address: String,
    windows: Vec<Window>,
}

/// Attempts to start the driver.
const STARTS: usize = 10;

/// A driver and its port; `None`: it has ended.
fn started() -> Option<(Child, String)> {
    let mut command = Command::new("chromedriver");
    command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut driver = command.spawn().expect("chromedriver is installed: tests/run does it");
    let lines = BufReader::new(driver.stdout.take().expect("a pipe")).lines();
    let port = lines.map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("successfully on port ")?;
        Some(port.trim_end_matches('.').to_owned())
    });
    if port.is_none() {
        driver.wait().expect("what has ended can be waited for");
    }
    Some((driver, port?))
}

impl Browser {
    /// Starts the driver; windows come later. It ends by itself when the port that it has chosen was taken meanwhile, and is started again.
    pub fn start() -> Self {
        let started = (0..STARTS).find_map(|_| started());
        let (driver, port) = started.expect("the driver says where it listens");
        Self { driver, address: format!("http://127.0.0.1:{port}"), windows: Vec::new() }
    }

    /// Opens a window of a browser of its own: nothing is shared with the others. `base` is what its paths stand on.
    pub async fn window(&mut self, name: &str, base: &str) -> Window {
        // Chromium calls nobody by itself.
        let still = [
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
        ];
        let args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=zh-CN", SCREEN];
        let args: Vec<&str> = args.into_iter().chain(still).collect();
        // A script that says itself when it has ended may take long on a busy machine.
        let (options, limits) = (json!({ "args": args }), json!({ "script": 300_000 }));
        let wanted = json!({ "goog:chromeOptions": options, "acceptInsecureCerts": true, "timeouts": limits });
        let Value::Object(wanted) = wanted else { unreachable!("it is an object") };
        let wanted: Capabilities = wanted.into_iter().collect();
        let client = ClientBuilder::new(HttpConnector::new()).capabilities(wanted).connect(&self.address).await;
        let window = Window { client: client.expect("a window"), base: base.to_owned(), name: name.to_owned() };
        self.windows.push(window.clone());
        window
    }

    /// All windows that were opened.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Closes every window and the driver.
    pub async fn close(mut self) {
        for window in self.windows.drain(..) {
            // One that broke is closed with its driver.
            let _ = window.client.close().await;
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// One window.
#[derive(Clone)]
pub struct Window {
    client: Client,
    base: String,
    /// For pictures and messages.
    pub name: String,
}

impl Window {
    /// Types an address.
    pub async fn open(&self, path: &str) {
        self.goes_to(path).await.expect("a page opens");
    }

    async fn goes_to(&self, path: &str) -> Result<(), CmdError> {
        self.client.goto(&format!("{}{path}", self.base)).await
    }

    /// Where it is: path and query.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("a window has an address").to_string();
        url.strip_prefix(&self.base).unwrap_or(&url).to_owned()
    }

    /// What its paths stand on.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// All words on the page that can be seen.
    pub async fn text(&self) -> String {
        let text = self.run("return document.body ? document.body.innerText : ''", &[]).await;
        text.as_str().expect("a page is text").to_owned()
    }

    /// Its source.
    pub async fn source(&self) -> String {
        self.client.source().await.expect("a page has a source")
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, given: &[&str]) -> Value {
        let given = given.iter().map(|text| Value::from(*text)).collect();
        self.client.execute(script, given).await.expect("a script runs")
    }

    /// Runs a script that says itself when it has ended.
    pub async fn run_until_done(&self, script: &str) -> Value {
        self.client.execute_async(script, Vec::new()).await.expect("a script runs to its end")
    }

    /// Waits until these words can be seen.
    pub async fn sees(&self, words: &str) {
        self.comes_true(words, async || self.text().await.contains(words)).await;
    }

    /// Loads the page again until these words can be seen: what comes over a line, or from a node that is still to listen.
    pub async fn comes(&self, path: &str, words: &str) {
        self.comes_true(words, async || self.goes_to(path).await.is_ok() && self.text().await.contains(words)).await;
    }

    /// Waits until a script says that number.
    pub async fn says(&self, script: &str, number: i64) {
        self.comes_true(number, async || self.run(script, &[]).await.as_i64() == Some(number)).await;
    }

    /// As it would come from a printer.
    pub async fn printed(&self) -> Vec<u8> {
        self.client.print(PrintConfiguration::builder().build().expect("A4")).await.expect("it can be printed")
    }

    /// Asserts that these words are not there.
    pub async fn sees_not(&self, words: &str) {
        let text = self.text().await;
        assert!(!text.contains(words), "{}: 「{words}」 should not be here:\n{text}", self.name);
    }

    /// Types into the field that stands beside a label; what stood there is typed over.
    pub async fn fill(&self, label: &str, words: &str) {
        let control = self.control(label).await;
        if control.attr("type").await.expect("an element").as_deref() == Some("datetime-local") {
            // How a time is typed is the browser's business and differs by its language.
            let set = "const at = document.querySelector('[data-found]'); at.value = arguments[0]; \
                       at.dispatchEvent(new Event('input', { bubbles: true }))";
            self.run(set, &[words]).await;
            return;
        }
        control.clear().await.expect("a field can be emptied");
        control.send_keys(words).await.expect("a field can be typed into");
    }

    /// What stands in the field beside a label.
    pub async fn typed(&self, label: &str) -> String {
        self.control(label).await.prop("value").await.expect("a field").unwrap_or_default()
    }

    /// Chooses from the list beside a label.
    pub async fn choose(&self, label: &str, option: &str) {
        self.control(label).await.select_by_label(option).await.expect("it can be chosen");
    }

    /// Clicks the box beside a label.
    pub async fn tick(&self, label: &str) {
        self.control(label).await.click().await.expect("it can be ticked");
    }

    /// Answers 「不明，正在核实」 to whatever is still empty and may be answered so.
    pub async fn unknown_otherwise(&self) {
        let tick = "for (const field of document.querySelectorAll('.field')) { \
                    const unknown = field.querySelector('input[name$=\".unknown\"]'); \
                    const others = Array.from(field.querySelectorAll('input, textarea, select')); \
                    const empty = others.every((one) => one.type === 'checkbox' ? !one.checked : one.value === ''); \
                    if (unknown && empty) unknown.click(); }";
        self.run(tick, &[]).await;
    }

    /// Presses a button, a link, or what unfolds, by its words.
    pub async fn press(&self, words: &str) {
        self.pressed(FIND_PRESSED, &[words]).await;
    }

    /// Presses keys, wherever the focus is.
    pub async fn keys(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("keys can be pressed");
    }

    /// Unfolds what stands folded in a row of a table.
    pub async fn fold(&self, row: &str, words: &str) {
        let find = "const row = Array.from(document.querySelectorAll('tr')).find((row) => row.textContent.includes(arguments[0])); \
                    document.querySelectorAll('[data-found]').forEach((found) => found.removeAttribute('data-found')); \
                    const fold = row && Array.from(row.querySelectorAll('summary')).find((one) => one.textContent.includes(arguments[1])); \
                    if (!fold) return false; fold.setAttribute('data-found', ''); return true;";
        self.pressed(find, &[row, words]).await;
    }

    /// Presses the button of a step of a matter; those that are seldom wanted stand folded away.
    pub async fn step(&self, words: &str) {
        if self.run(FIND_PRESSED, &[words]).await != Value::Bool(true) {
            self.press("其他步骤").await;
        }
        self.press(words).await;
    }

    /// Holds Alt and presses a key.
    pub async fn alt(&self, key: char) {
        self.keys(&format!("{}{key}{}", char::from(Key::Alt), char::from(Key::Null))).await;
    }

    /// Logs in.
    pub async fn enter(&self, id: &str, password: &str) {
        self.open("/enter").await;
        self.fill("帐号", id).await;
        self.fill("密码", password).await;
        self.press("登录").await;
    }

    /// A picture of what can be seen.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("a picture")
    }

    /// A picture of the whole page, on a screen as wide as that.
    pub async fn whole_picture(&self, screen: Screen) -> Vec<u8> {
        self.looked_at_on(screen).await;
        let height = self.run("return document.documentElement.scrollHeight", &[]).await.as_u64();
        let height = height.and_then(|height| u32::try_from(height).ok()).unwrap_or(screen.height);
        self.looked_at_on(Screen { height: height.max(screen.height), ..screen }).await;
        let picture = self.picture().await;
        self.looked_at_on(Screen::DESK).await;
        picture
    }

    /// Puts another screen under the page.
    pub async fn looked_at_on(&self, screen: Screen) {
        let Screen { width, height } = screen;
        let given = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.dev_tools("Emulation.setDeviceMetricsOverride", &given).await;
    }

    /// Makes the processor so many times slower for the page.
    pub async fn slowed(&self, times: u32) {
        self.dev_tools("Emulation.setCPUThrottlingRate", &json!({ "rate": times })).await;
    }

    async fn dev_tools(&self, command: &str, given: &Value) {
        let asked = ToDevTools(json!({ "cmd": command, "params": given }));
        self.client.issue_cmd(asked).await.expect("the developer tools obey");
    }

    async fn control(&self, label: &str) -> Element {
        self.found(FIND_CONTROL, &[label]).await
    }

    /// What a script marks. A page that renews itself may take the mark away before it is looked for.
    async fn found(&self, script: &str, words: &[&str]) -> Element {
        let mut found = None;
        let marked = async || {
            if self.run(script, words).await == Value::Bool(true) {
                found = self.client.find(FOUND).await.ok();
            }
            found.is_some()
        };
        self.comes_true(words, marked).await;
        found.expect("it was found")
    }

    async fn pressed(&self, script: &str, words: &[&str]) {
        // A page that renews itself may have exchanged it between the look and the press.
        self.comes_true(words, async || self.found(script, words).await.click().await.is_ok()).await;
    }

    async fn comes_true(&self, what: impl Debug, mut holds: impl AsyncFnMut() -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while !holds().await {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        });
        if waited.await.is_err() {
            panic!("{}: never came true: {what:?} at {}:\n{}", self.name, self.path().await, self.text().await);
        }
    }
}
