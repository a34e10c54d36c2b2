//! WebDriver, no more of it than the tests need: a chromedriver of our own, one session, JSON over HTTP.
//!
//! The protocol is a W3C standard (<https://www.w3.org/TR/webdriver2/>); `goog/cdp/execute` and `se/log` are
//! chromedriver's additions. What it does not do: other browsers, several windows, async. A client from crates.io
//! would bring an async runtime and an HTTP stack for these two hundred lines.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs, process};

use serde_json::{Value, json};
use xtask::programs;

/// What can go wrong: a text that says what was asked and what was answered.
pub type Result<T> = std::result::Result<T, String>;

/// The key under which an element's id travels, as the standard has it.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An element of the page, by the driver's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element(String);

/// A browser window under our control. Ends, with everything it started, when dropped.
#[derive(Debug)]
pub struct Session {
    driver: Child,
    port: u16,
    id: String,
    profile: PathBuf,
}

impl Session {
    /// Starts a driver and a headless Chromium with an empty profile.
    /// `proxy` (host and port) gets every request of the browser, also those of its workers and its own.
    ///
    /// # Errors
    /// When either of them is missing or does not start.
    pub fn start(proxy: &str) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let program = programs::chromedriver().ok_or("no chromedriver")?;
        let browser = programs::chromium().ok_or("no Chromium")?;
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let profile = env::temp_dir().join(format!("logloupe-e2e-{}-{number}", process::id()));
        let (driver, port) = start_driver(&program)?;
        // From here on, dropping ends the driver.
        let mut session = Self { driver, port, id: String::new(), profile };
        let flags = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run \
            --no-default-browser-check --disable-default-apps --disable-extensions --disable-sync --no-pings \
            --disable-background-networking --disable-component-update --disable-domain-reliability \
            --disable-features=NetworkTimeServiceQuerying,OptimizationHints,MediaRouter --hide-scrollbars --lang=en-US \
            --window-size=1440,900";
        let args: Vec<String> = (flags.split_whitespace().map(str::to_owned))
            .chain([
                format!("--proxy-server=http://{proxy}"),
                // Chromium would go round the proxy for 127.0.0.1.
                "--proxy-bypass-list=<-loopback>".to_owned(),
                format!("--user-data-dir={}", session.profile.display()),
            ])
            .collect();
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": browser, "args": args },
            "goog:loggingPrefs": { "performance": "ALL", "browser": "ALL" },
        }}});
        let answer = session.request("POST", "/session", Some(&capabilities))?;
        answer["sessionId"].as_str().ok_or("no session id")?.clone_into(&mut session.id);
        Ok(session)
    }

    /// Opens an address and waits for its `load` event.
    ///
    /// # Errors
    /// When the driver says so.
    pub fn open(&self, url: &str) -> Result<()> {
        self.post("url", &json!({ "url": url })).map(drop)
    }

    /// Runs a function body with `arguments` and gives back what it returns; a promise is waited for.
    /// Pass an element as [`Element::to_json`].
    ///
    /// # Errors
    /// When the script throws.
    pub fn script(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.post("execute/sync", &json!({ "script": body, "args": arguments }))
    }

    /// A command of the Chrome DevTools Protocol.
    ///
    /// # Errors
    /// When the browser refuses it.
    pub fn devtools(&self, command: &str, params: &Value) -> Result<Value> {
        self.post("goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    /// The first element for a CSS selector.
    ///
    /// # Errors
    /// When there is none.
    pub fn select(&self, css: &str) -> Result<Element> {
        let found = self.post("element", &json!({ "using": "css selector", "value": css }))?;
        Element::from_json(&found).ok_or_else(|| format!("no element for {css}"))
    }

    /// Clicks the middle of an element, as a pointer would: fails when something lies over it.
    ///
    /// # Errors
    /// When it cannot be clicked.
    pub fn click(&self, element: &Element) -> Result<()> {
        self.post(&format!("element/{}/click", element.0), &json!({})).map(drop)
    }

    /// Types into an element. For a file input: the paths, a line each.
    ///
    /// # Errors
    /// When it cannot be typed into.
    pub fn send_keys(&self, element: &Element, text: &str) -> Result<()> {
        self.post(&format!("element/{}/value", element.0), &json!({ "text": text })).map(drop)
    }

    /// Presses keys into whatever has the focus: all down in order, all up again. Special keys by WebDriver's code
    /// points, see [`keys`].
    ///
    /// # Errors
    /// When the driver says so.
    pub fn press(&self, chord: &[char]) -> Result<()> {
        let down = chord.iter().map(|key| json!({ "type": "keyDown", "value": key }));
        let up = chord.iter().rev().map(|key| json!({ "type": "keyUp", "value": key }));
        let actions: Vec<Value> = down.chain(up).collect();
        self.post("actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }))
            .map(drop)
    }

    /// What was logged since the last call: `browser` (the console) or `performance` (DevTools events).
    ///
    /// # Errors
    /// When there is no such log.
    pub fn log(&self, kind: &str) -> Result<Vec<Value>> {
        match self.post("se/log", &json!({ "type": kind }))? {
            Value::Array(entries) => Ok(entries),
            other => Err(format!("no list: {other}")),
        }
    }

    fn post(&self, command: &str, body: &Value) -> Result<Value> {
        self.request("POST", &format!("/session/{}/{command}", self.id), Some(body))
    }

    /// One request of the protocol; the answer's `value`.
    fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let said = self
            .exchange(method, path, body)
            .map_err(|fault| format!("{method} {path}: the driver does not answer: {fault}"))?;
        let mut answer: Value =
            serde_json::from_str(&said).map_err(|fault| format!("{method} {path}: {fault} in {said}"))?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(error) => {
                let message = value["message"].as_str().unwrap_or_default();
                Err(format!("{error}: {}", message.lines().next().unwrap_or_default()))
            }
            None => Ok(value),
        }
    }

    fn exchange(&self, method: &str, path: &str, body: Option<&Value>) -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        let body = body.map(Value::to_string).unwrap_or_default();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )?;
        let mut answer = BufReader::new(stream);
        let mut length = None;
        let mut line = String::new();
        while answer.read_line(&mut line)? > 0 && !line.trim().is_empty() {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok();
            }
            line.clear();
        }
        let mut said = String::new();
        match length {
            Some(length) => answer.take(length).read_to_string(&mut said)?,
            None => answer.read_to_string(&mut said)?,
        };
        Ok(said)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if !self.id.is_empty() {
            let _ = self.request("DELETE", &format!("/session/{}", self.id), None);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

impl Element {
    /// As an argument of [`Session::script`].
    pub fn to_json(&self) -> Value {
        json!({ ELEMENT: self.0 })
    }

    /// From an answer of the driver.
    pub fn from_json(value: &Value) -> Option<Self> {
        Some(Self(value[ELEMENT].as_str()?.to_owned()))
    }
}

/// The code points of special keys, for [`Session::press`] and [`Session::send_keys`].
pub mod keys {
    #![allow(missing_docs)] // the names say it
    pub const BACKSPACE: char = '\u{E003}';
    pub const TAB: char = '\u{E004}';
    pub const ENTER: char = '\u{E007}';
    pub const SHIFT: char = '\u{E008}';
    pub const CONTROL: char = '\u{E009}';
    pub const ALT: char = '\u{E00A}';
    pub const ESCAPE: char = '\u{E00C}';
    pub const PAGE_UP: char = '\u{E00E}';
    pub const PAGE_DOWN: char = '\u{E00F}';
    pub const END: char = '\u{E010}';
    pub const HOME: char = '\u{E011}';
    pub const LEFT: char = '\u{E012}';
    pub const UP: char = '\u{E013}';
    pub const RIGHT: char = '\u{E014}';
    pub const DOWN: char = '\u{E015}';
    pub const DELETE: char = '\u{E017}';
}

/// Starts the driver on a port of its own choice, which it prints.
fn start_driver(program: &Path) -> Result<(Child, u16)> {
    let mut driver = Command::new(program)
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|fault| format!("{}: {fault}", program.display()))?;
    let mut lines = BufReader::new(driver.stdout.take().ok_or("the driver has no output")?).lines();
    let port = lines.by_ref().map_while(std::result::Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // Whatever else it says is read and forgotten, or it would wait for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    match port {
        Some(port) => Ok((driver, port)),
        None => {
            let _ = driver.kill();
            let _ = driver.wait();
            Err("the driver did not say its port".into())
        }
    }
}
