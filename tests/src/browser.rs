//! The built page in a real Chromium, handled as its users handle it: by role and accessible name, files and keys.
//!
//! ```no_run
//! use logloupe_tests::browser::Page;
//!
//! let Some(page) = Page::open() else { return }; // no LOGLOUPE_DIST: the test skips itself
//! page.click("button", "Try sample logs");
//! page.wait_for_status(|status| status.contains("events"));
//! page.fill("textbox", "Query", "stats count(*) by action");
//! page.press(&[logloupe_tests::webdriver::keys::ENTER]);
//! assert_eq!(page.rows("Results")[0], ["action", "count(*)"]);
//! assert_eq!(page.requests_after_load(), [""; 0]);
//! ```
//!
//! Names may contain `*` for any text (`"* events"`). Roles and names are those of the browser's own accessibility
//! tree, so that whatever a test finds, a screen reader finds too. Everything waits up to [`PATIENCE`] for what it
//! needs and then panics with the reason; a failed test leaves a picture and the page's text in `tests/screenshots/`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use xtask::server::Server;

use crate::webdriver::{Element, Session, keys};

/// How long the helpers wait for something to appear.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The page is served under a sub-path, to prove that it knows no absolute one.
pub const MOUNT: &str = "/some/sub/path/";

/// The two themes of a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Theme {
    Light,
    Dark,
}

/// The page in a browser window of its own.
#[derive(Debug)]
pub struct Page {
    // Dropped in this order: the browser before its server.
    session: Session,
    server: Server,
    requests_of_load: usize,
}

// Opening and waiting.
impl Page {
    /// Opens the page that `LOGLOUPE_DIST` names and waits until it is there.
    /// `None` when the variable is not set: the test has nothing to test then, is skipped.
    #[track_caller]
    pub fn open() -> Option<Self> {
        Self::open_at("")
    }

    /// As [`open`](Self::open), with this text after the address: `#q=…` or `?…`.
    #[track_caller]
    pub fn open_at(suffix: &str) -> Option<Self> {
        let Some(dist) = env::var_os("LOGLOUPE_DIST") else {
            crate::skip::skip("LOGLOUPE_DIST is not set; `cargo xtask test e2e` sets it");
            return None;
        };
        Some(Self::open_folder(Path::new(&dist), suffix))
    }

    /// Opens the page of any folder. What it draws must be in an element with the id `app`.
    #[track_caller]
    pub fn open_folder(folder: &Path, suffix: &str) -> Self {
        let server = Server::start(folder, MOUNT, 0).expect("a free port for the page");
        let session = Session::start(&server.address().to_string()).expect("a browser");
        let mut page = Self { session, server, requests_of_load: 0 };
        page.go(suffix);
        page
    }

    /// Loads the page anew, with this text after the address, in the same window.
    #[track_caller]
    pub fn go(&mut self, suffix: &str) {
        self.must(self.session.open(&format!("{}{suffix}", self.server.url())));
        self.wait_for("the page has drawn itself", || {
            self.script("return document.querySelector('#app')?.childElementCount > 0", &[])
                .as_bool()?
                .then_some(())
        });
        self.settle();
    }

    /// Waits until no request came for half a second (workers load after the page), and counts all so far as the
    /// load of the page.
    pub fn settle(&mut self) {
        loop {
            let before = self.requests().len();
            thread::sleep(Duration::from_millis(500));
            self.requests_of_load = self.requests().len();
            if self.requests_of_load == before {
                return;
            }
        }
    }

    /// Waits until `look` finds something.
    #[track_caller]
    pub fn wait_for<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "waited {PATIENCE:?} for: {what}\nthe page says:\n{}",
                self.session
                    .script("return document.body.innerText", &[])
                    .ok()
                    .and_then(|text| Some(text.as_str()?.to_owned()))
                    .unwrap_or_default()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for the status text (`N of M events …`) to be as wanted, and gives it back.
    #[track_caller]
    pub fn wait_for_status(&self, wanted: impl Fn(&str) -> bool) -> String {
        self.wait_for("the status", || self.status().filter(|status| wanted(status)))
    }
}

// Finding and reading.
impl Page {
    /// Waits for the first element with this role and name.
    #[track_caller]
    pub fn find(&self, role: &str, name: &str) -> Element {
        self.wait_for(&format!("{role} \"{name}\""), || self.look_for(role, name))
    }

    /// The first element with this role and name, if it is there now.
    #[track_caller]
    pub fn look_for(&self, role: &str, name: &str) -> Option<Element> {
        let node = self.accessible(role).into_iter().find(|node| matches(name, &node.name))?;
        self.element(node.id)
    }

    /// The names of all elements with this role, in the order of the page.
    #[track_caller]
    pub fn names(&self, role: &str) -> Vec<String> {
        self.accessible(role).into_iter().map(|node| node.name).collect()
    }

    /// Waits for the first element of a CSS selector. For what has no role: prefer [`find`](Self::find).
    #[track_caller]
    pub fn select(&self, css: &str) -> Element {
        self.wait_for(css, || self.session.select(css).ok())
    }

    /// The text of an element as it is seen.
    #[track_caller]
    pub fn text(&self, element: &Element) -> String {
        let text = self.script("return arguments[0].innerText", &[element.to_json()]);
        text.as_str().unwrap_or_default().to_owned()
    }

    /// An attribute of an element.
    #[track_caller]
    pub fn attribute(&self, element: &Element, name: &str) -> Option<String> {
        let value =
            self.script("return arguments[0].getAttribute(arguments[1])", &[element.to_json(), json!(name)]);
        Some(value.as_str()?.to_owned())
    }

    /// The text of `role="status"`, if there is one.
    #[track_caller]
    pub fn status(&self) -> Option<String> {
        let text = self.script("return document.querySelector('[role=status]')?.innerText", &[]);
        Some(text.as_str()?.trim().to_owned())
    }

    /// The texts of all `role="alert"`.
    #[track_caller]
    pub fn alerts(&self) -> Vec<String> {
        strings(
            &self.script("return [...document.querySelectorAll('[role=alert]')].map(e => e.innerText)", &[]),
        )
    }

    /// The grid or table of this name: its rows as drawn, the header first, each a list of cell texts.
    #[track_caller]
    pub fn rows(&self, name: &str) -> Vec<Vec<String>> {
        let table = self.wait_for(&format!("grid or table \"{name}\""), || {
            ["grid", "table", "treegrid"].into_iter().find_map(|role| self.look_for(role, name))
        });
        let rows = self.script(
            "return [...arguments[0].querySelectorAll('[role=row], tr')].map(row =>
                [...row.querySelectorAll('[role=gridcell], [role=cell], [role=columnheader], [role=rowheader], td, th')]
                    .map(cell => cell.innerText.trim()))",
            &[table.to_json()],
        );
        rows.as_array().map(|rows| rows.iter().map(strings).collect()).unwrap_or_default()
    }

    /// Runs a function body in the page and gives back what it returns.
    #[track_caller]
    pub fn script(&self, body: &str, arguments: &[Value]) -> Value {
        self.must(self.session.script(body, arguments))
    }

    /// The driver's session, for what has no helper here.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// All elements with a role, by the browser's accessibility tree.
    #[track_caller]
    fn accessible(&self, role: &str) -> Vec<Node> {
        // Chromium's own name for it.
        let role = if role == "img" { "image" } else { role };
        let query = || {
            let document = self.session.devtools("DOM.getDocument", &json!({ "depth": 0 }))?;
            let node = document["root"]["nodeId"].clone();
            self.session.devtools("Accessibility.queryAXTree", &json!({ "nodeId": node, "role": role }))
        };
        // The document may change between the two calls: once more, then.
        let tree = self.must(query().or_else(|_| query()));
        let nodes = tree["nodes"].as_array().cloned().unwrap_or_default();
        nodes
            .iter()
            .filter(|node| node["ignored"] != json!(true))
            .filter_map(|node| {
                let name = node["name"]["value"].as_str().unwrap_or_default().to_owned();
                Some(Node { id: node["backendDOMNodeId"].as_i64()?, name })
            })
            .collect()
    }

    /// From the DevTools' number of a node to the driver's element, if the node is still in the page.
    fn element(&self, node: i64) -> Option<Element> {
        let object = self.session.devtools("DOM.resolveNode", &json!({ "backendNodeId": node })).ok()?;
        let keep = json!({
            "objectId": object["object"]["objectId"],
            "functionDeclaration": "function () { window.__found = this; }",
        });
        self.session.devtools("Runtime.callFunctionOn", &keep).ok()?;
        let found =
            self.session.script("const it = window.__found; delete window.__found; return it", &[]).ok()?;
        Element::from_json(&found)
    }
}

// Doing.
impl Page {
    /// Clicks what has this role and name, as a pointer would.
    #[track_caller]
    pub fn click(&self, role: &str, name: &str) {
        let mut last = String::new();
        let start = Instant::now();
        // It may be drawn anew between the look and the click.
        while start.elapsed() < PATIENCE {
            match self.session.click(&self.find(role, name)) {
                Ok(()) => return,
                Err(fault) => last = fault,
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("{role} \"{name}\" cannot be clicked: {last}");
    }

    /// Replaces the text of a field, as by keyboard.
    #[track_caller]
    pub fn fill(&self, role: &str, name: &str, text: &str) {
        let field = self.find(role, name);
        self.must(self.session.click(&field));
        self.press(&[keys::CONTROL, 'a']);
        self.press(&[keys::DELETE]);
        self.must(self.session.send_keys(&field, text));
    }

    /// Presses a chord of keys into whatever has the focus: `&[keys::CONTROL, 'k']`.
    #[track_caller]
    pub fn press(&self, chord: &[char]) {
        self.must(self.session.press(chord));
    }

    /// Hands files to the file input of this name, as the system's file dialog does. The input may be invisible.
    #[track_caller]
    pub fn upload(&self, input: &str, files: &[impl AsRef<Path>]) {
        let found = self.wait_for(&format!("file input \"{input}\""), || {
            let found = self.script(
                "const text = e => e?.textContent.trim().replace(/\\s+/g, ' ');
                 const name = e => e.getAttribute('aria-label')
                    ?? (text(document.getElementById(e.getAttribute('aria-labelledby'))) || text(e.labels[0]) || e.title);
                 return [...document.querySelectorAll('input[type=file]')].find(e => name(e) === arguments[0])",
                &[json!(input)],
            );
            Element::from_json(&found)
        });
        let absolute =
            |file: &Path| file.canonicalize().unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
        let paths: Vec<String> =
            files.iter().map(|file| absolute(file.as_ref()).display().to_string()).collect();
        self.must(self.session.send_keys(&found, &paths.join("\n")));
    }

    /// Drops files onto the page: names and contents, as from the system's file manager.
    #[track_caller]
    pub fn drop_files(&self, files: &[(&str, &[u8])]) {
        let files: Vec<Value> =
            files.iter().map(|(name, bytes)| json!([name, BASE64_STANDARD.encode(bytes)])).collect();
        self.script(
            "const transfer = new DataTransfer();
             for (const [name, text] of arguments[0]) {
                 const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
                 transfer.items.add(new File([bytes], name));
             }
             const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body;
             for (const kind of ['dragenter', 'dragover', 'drop'])
                 target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));",
            &[json!(files)],
        );
    }
}

// Looks.
impl Page {
    /// The window's inner size in CSS pixels.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.must(self.session.devtools("Emulation.setDeviceMetricsOverride", &metrics));
    }

    /// The system's theme, as `prefers-color-scheme` tells it.
    #[track_caller]
    pub fn theme(&self, theme: Theme) {
        let value = if theme == Theme::Dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.must(self.session.devtools("Emulation.setEmulatedMedia", &media));
    }

    /// Writes a picture of what is seen to `tests/screenshots/NAME.png`.
    #[track_caller]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let picture = self.must(self.session.devtools("Page.captureScreenshot", &json!({ "format": "png" })));
        let bytes = decoded(&picture).expect("a picture");
        let file = pictures().join(name).with_extension("png");
        fs::write(&file, bytes).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
        file
    }
}

// What happened behind the page.
impl Page {
    /// Every request that page and workers sent since the browser was opened, to any host: there is no way out but
    /// through our server. Ours are paths; others are whole addresses, or `CONNECT host:port`.
    pub fn requests(&self) -> Vec<String> {
        let mut requests = self.server.requests();
        requests.retain(|request| !is_browsers_own(request));
        requests
    }

    /// The requests since the page was loaded (see [`settle`](Self::settle)). The page promises that there are none.
    pub fn requests_after_load(&self) -> Vec<String> {
        self.requests().split_off(self.requests_of_load)
    }

    /// The addresses in the page's own network log since the last call, from the DevTools. What needs no network
    /// (`data:`, `blob:`, the browser's own pages) is left out.
    #[track_caller]
    pub fn network_log(&self) -> Vec<String> {
        let log = self.must(self.session.log("performance"));
        let sent = log.iter().filter_map(|entry| {
            let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let event = &event["message"];
            (event["method"] == "Network.requestWillBeSent")
                .then(|| event["params"]["request"]["url"].as_str().map(str::to_owned))?
        });
        sent.filter(|url| url.starts_with("http") || url.starts_with("ws")).collect()
    }

    /// Errors and warnings of the console since the last call: broken scripts, breaches of the security policy,
    /// missing files.
    #[track_caller]
    pub fn console_errors(&self) -> Vec<String> {
        let log = self.must(self.session.log("browser"));
        let bad = log.iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        bad.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    #[track_caller]
    fn must<T>(&self, outcome: crate::webdriver::Result<T>) -> T {
        outcome.unwrap_or_else(|fault| panic!("the browser says: {fault}"))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if !thread::panicking() {
            return;
        }
        let test = thread::current().name().unwrap_or("test").replace("::", "-");
        let picture = self.session.devtools("Page.captureScreenshot", &json!({ "format": "png" }));
        if let Some(bytes) = picture.ok().and_then(|picture| decoded(&picture)) {
            let file = pictures().join(format!("failed-{test}.png"));
            eprintln!("the page as it was: {}", file.display());
            let _ = fs::write(file, bytes);
        }
        if let Ok(log) = self.session.log("browser") {
            log.iter()
                .for_each(|entry| eprintln!("console: {}", entry["message"].as_str().unwrap_or_default()));
        }
    }
}

/// An element of the accessibility tree.
#[derive(Debug)]
struct Node {
    id: i64,
    name: String,
}

/// Whether a name is as wanted: `*` in the wish stands for any text.
fn matches(wish: &str, name: &str) -> bool {
    let Some((head, tail)) = wish.split_once('*') else { return wish == name };
    let Some(rest) = name.strip_prefix(head) else { return false };
    (0..=rest.len()).filter(|&at| rest.is_char_boundary(at)).any(|at| matches(tail, &rest[at..]))
}

/// Whether Chromium itself asks for this behind every page: its updates, its clock, its start page.
fn is_browsers_own(request: &str) -> bool {
    const HOSTS: [&str; 5] = ["google.com", "googleapis.com", "gstatic.com", "gvt1.com", "duckduckgo.com"];
    let Some(address) = request.strip_prefix("CONNECT ").or_else(|| request.strip_prefix("http://")) else {
        return false;
    };
    let host = address.split([':', '/']).next().unwrap_or_default();
    HOSTS.iter().any(|own| host == *own || host.strip_suffix(own).is_some_and(|sub| sub.ends_with('.')))
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
}

/// The bytes of a picture that the browser sent.
fn decoded(picture: &Value) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(picture["data"].as_str()?).ok()
}

/// The folder for pictures; git ignores it.
fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    let _ = fs::create_dir_all(&folder);
    folder
}

#[cfg(test)]
mod tests {
    use super::{is_browsers_own, matches};

    #[test]
    fn only_the_browsers_own_hosts_are_left_out() {
        assert!(is_browsers_own("CONNECT update.googleapis.com:443"));
        assert!(is_browsers_own("http://clients2.google.com/time"));
        assert!(!is_browsers_own("/some/sub/path/google.com"));
        assert!(!is_browsers_own("CONNECT notgoogle.com:443"));
        assert!(!is_browsers_own("http://example.com/google.com"));
    }

    #[test]
    fn stars_stand_for_any_text() {
        assert!(matches("GET, * events", "GET, 1,204 events"));
        assert!(matches("*", ""));
        assert!(matches("a*b*c", "a—bbc"));
        assert!(!matches("GET", "GET, 3 events"));
        assert!(!matches("* events", "3 event"));
    }
}
