//! A visit to the page: opening it, loading logs, asking, and reading what only Logloupe's page has. What any page has
//! is in [`logloupe_tests::browser`].

use std::ops::Deref;
use std::time::{Duration, Instant};

use logloupe_tests::browser::{PATIENCE, Page};
use logloupe_tests::webdriver::{Element, keys};
use serde_json::{Value, json};

/// How many events the sample has.
pub(crate) const SAMPLE: u64 = 8_901;

/// The page, visited; ended with [`leave`](Self::leave).
#[derive(Debug)]
pub(crate) struct Visit(Page);

impl Deref for Visit {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.0
    }
}

impl Visit {
    /// The page as it opens, with nothing loaded. `None`: no page to test.
    #[track_caller]
    pub(crate) fn begin() -> Option<Self> {
        Page::open().map(Self)
    }

    /// The page with the sample loaded.
    #[track_caller]
    pub(crate) fn with_sample() -> Option<Self> {
        let visit = Self::begin()?;
        visit.load_sample();
        Some(visit)
    }

    /// The page with these files dropped on it and this many events read from them.
    #[track_caller]
    pub(crate) fn with(files: &[(&str, &[u8])], events: u64) -> Option<Self> {
        let visit = Self::begin()?;
        visit.drop_files(files);
        visit.wait_for_counts(events, events);
        visit.wait_until_read();
        Some(visit)
    }

    #[track_caller]
    pub(crate) fn load_sample(&self) {
        self.click("button", "Try sample logs");
        self.wait_for_counts(SAMPLE, SAMPLE);
        self.wait_until_read();
    }

    /// Waits until nothing is being loaded.
    #[track_caller]
    pub(crate) fn wait_until_read(&self) {
        self.wait_for("the end of loading", || {
            self.look_for("progressbar", "Loading").is_none().then_some(())
        });
    }

    /// Loads the page anew, the address as it is.
    #[track_caller]
    pub(crate) fn reload(&mut self) {
        self.script("window.__old = true", &[]);
        self.session().devtools("Page.reload", &json!({})).expect("a reload");
        self.wait_for("the page anew", || {
            self.script("return !window.__old && document.querySelector('#app')?.childElementCount > 0", &[])
                .as_bool()?
                .then_some(())
        });
        self.0.settle();
    }

    /// Asserts what holds after every visit: nothing left the page, and the console has no complaint.
    #[track_caller]
    pub(crate) fn leave(self) {
        assert_eq!(self.requests_after_load(), [""; 0], "nothing leaves the page");
        assert_eq!(self.console_errors(), [""; 0]);
    }

    /// Types a query and runs it.
    #[track_caller]
    pub(crate) fn ask(&self, query: &str) {
        // Enter runs the query; a line break in it would do so too early.
        self.fill("textbox", "Query", &query.replace('\n', " "));
        self.press(&[keys::ENTER]);
    }

    /// The query's text.
    #[track_caller]
    pub(crate) fn query(&self) -> String {
        let box_ = self.find("textbox", "Query");
        self.script("return arguments[0].value", &[box_.to_json()]).as_str().unwrap_or_default().to_owned()
    }

    /// How many events match, of how many.
    #[track_caller]
    pub(crate) fn counts(&self) -> Option<(u64, u64)> {
        counts(&self.status()?)
    }

    #[track_caller]
    pub(crate) fn wait_for_counts(&self, matched: u64, total: u64) {
        self.wait_until(|| self.counts(), &Some((matched, total)));
    }

    /// Waits until `look` sees what is wanted; says the difference when it never does.
    #[track_caller]
    pub(crate) fn wait_until<T: PartialEq + std::fmt::Debug>(&self, look: impl Fn() -> T, wanted: &T) {
        let start = Instant::now();
        loop {
            let seen = look();
            if seen == *wanted {
                return;
            }
            if start.elapsed() > PATIENCE {
                let text = self.script("return document.body.innerText", &[]);
                panic!(
                    "waited {PATIENCE:?} for\n  {wanted:?}\nand saw\n  {seen:?}\nThe page says:\n{}",
                    text.as_str().unwrap_or_default()
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The values of a facet and their counts, as shown.
    #[track_caller]
    pub(crate) fn facet(&self, field: &str) -> Vec<(String, u64)> {
        let names = self.script(
            "return [...document.querySelectorAll('[role=group]')].filter(g => g.ariaLabel === arguments[0])
                .flatMap(g => [...g.querySelectorAll('button[aria-haspopup=menu]')].map(b => b.ariaLabel))",
            &[json!(field)],
        );
        let names = names.as_array().cloned().unwrap_or_default();
        let one = |name: &Value| {
            let (value, count) = name.as_str()?.rsplit_once(", ")?;
            Some((value.to_owned(), number(count.strip_suffix(" events")?)?))
        };
        names
            .iter()
            .map(|name| one(name).unwrap_or_else(|| panic!("\"VALUE, COUNT events\", not {name}")))
            .collect()
    }

    /// Opens the menu of a facet's value and chooses from it.
    #[track_caller]
    pub(crate) fn choose(&self, value: &str, item: &str) {
        self.click("button", &format!("{value}, * events"));
        self.click("menuitem", item);
    }

    /// The active filters' remove buttons, by what they remove.
    #[track_caller]
    pub(crate) fn filters(&self) -> Vec<String> {
        let names = self.names("button");
        names.iter().filter_map(|name| Some(name.strip_prefix("Remove filter ")?.to_owned())).collect()
    }

    /// Clicks the row at this place of the grid, 0 being the first, on its sentence.
    #[track_caller]
    pub(crate) fn open_row(&self, place: usize) {
        let css = format!("[role=row][aria-rowindex='{}'] .cell-summary", place + 2);
        self.click_css(&css);
    }

    #[track_caller]
    pub(crate) fn click_css(&self, css: &str) {
        let start = Instant::now();
        loop {
            let clicked = self.session().click(&self.select(css));
            match clicked {
                Ok(()) => return,
                Err(fault) if start.elapsed() > PATIENCE => panic!("{css} cannot be clicked: {fault}"),
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }

    /// The text of the event that is open, in this tab.
    #[track_caller]
    pub(crate) fn tab(&self, name: &str) -> String {
        self.click("tab", name);
        let chosen = || self.attribute(&self.find("tab", name), "aria-selected");
        self.wait_until(chosen, &Some("true".to_owned()));
        self.text(&self.select("aside [role=tabpanel]"))
    }

    /// An element inside the event that is open, in this tab.
    #[track_caller]
    pub(crate) fn tab_text(&self, name: &str, css: &str) -> Element {
        self.tab(name);
        self.select(&format!("aside {css}"))
    }

    /// Goes to the ledger and reads it: a list of cell texts per file, without the header and the sums.
    #[track_caller]
    pub(crate) fn ledger(&self) -> Vec<Vec<String>> {
        self.click("button", "Ledger*");
        let region = self.find("region", "Ledger");
        let rows = self.script(
            "return [...arguments[0].querySelectorAll('tbody > tr')].map(row => [...row.children].map(cell => cell.innerText.trim()))",
            &[region.to_json()],
        );
        let texts = |row: &Value| row.as_array()?.iter().map(|c| Some(c.as_str()?.to_owned())).collect();
        rows.as_array().into_iter().flatten().filter_map(texts).collect()
    }

    /// The ledger's row of the file with this name.
    #[track_caller]
    pub(crate) fn ledger_of(&self, file: &str) -> Vec<String> {
        let rows = self.ledger();
        let found = rows.iter().find(|row| row[0].lines().next() == Some(file)).cloned();
        found.unwrap_or_else(|| panic!("no {file} in {rows:#?}"))
    }

    /// The rows of the grid without its header; those still on their way are waited for.
    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Vec<String>> {
        self.wait_for("rows of the grid", || {
            let rows = self.rows("Events");
            let here = rows.iter().skip(1).all(|row| row.iter().any(|cell| !cell.is_empty()));
            here.then(|| rows[1..].to_vec())
        })
    }

    /// Something of the page by a CSS selector, if it is there.
    #[track_caller]
    pub(crate) fn look_for_css(&self, css: &str) -> Option<Element> {
        Element::from_json(&self.script("return document.querySelector(arguments[0])", &[json!(css)]))
    }

    /// Drags with the left button from one place of the window to another.
    #[track_caller]
    pub(crate) fn drag(&self, from: (f64, f64), to: (f64, f64)) {
        let mouse = |kind: &str, (x, y): (f64, f64), buttons: u8| {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1 });
            self.session().devtools("Input.dispatchMouseEvent", &event).expect("a mouse");
        };
        mouse("mouseMoved", from, 0);
        mouse("mousePressed", from, 1);
        for step in 1..=4 {
            let part = f64::from(step) / 4.0;
            mouse("mouseMoved", (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part), 1);
        }
        mouse("mouseReleased", to, 0);
    }

    /// Left, top, width and height of an element in the window.
    #[track_caller]
    pub(crate) fn place(&self, element: &Element) -> [f64; 4] {
        let place = self.script(
            "const b = arguments[0].getBoundingClientRect(); return [b.left, b.top, b.width, b.height]",
            &[element.to_json()],
        );
        std::array::from_fn(|i| place[i].as_f64().unwrap_or_default())
    }
}

/// `1,204 of 8,901 events …` as two numbers.
fn counts(status: &str) -> Option<(u64, u64)> {
    let (matched, rest) = status.split_once(" of ")?;
    let (total, _) = rest.split_once(" event")?;
    Some((number(matched)?, number(total)?))
}

/// A number as the page writes it.
pub(crate) fn number(text: &str) -> Option<u64> {
    text.replace(',', "").parse().ok()
}
