//! Formats that the user describes, and lines that are tried: the panel, what it keeps, what is dropped.

use logloupe_tests::browser::MOUNT;
use serde_json::json;

use crate::visit::Visit;

/// Columns of the ledger.
const FORMAT: usize = 1;
const STATE: usize = 3;
const ROWS: usize = 5;

const APP: &str = "\
203.0.113.7 - ana [05/Mar/2026:01:29:37 +0000] \"GET /a\" took 12ms
203.0.113.8 - ben [05/Mar/2026:01:29:38 +0000] \"GET /b\" took 1.5s
203.0.113.9 | cy [05/Mar/2026:01:29:39 +0000] \"GET /c\" took 3ms
";

impl Visit {
    /// The text in a field of the panel.
    #[track_caller]
    fn text_in(&self, field: &str) -> String {
        let found = self.find("textbox", field);
        self.script("return arguments[0].value", &[found.to_json()]).as_str().unwrap_or_default().to_owned()
    }
    /// Selects a part of the lines that are tried, and marks it.
    #[track_caller]
    fn mark(&self, part: &str, name: &str) {
        let lines = self.find("textbox", "Lines");
        self.script(
            "const at = arguments[0].value.indexOf(arguments[1]);
             arguments[0].focus();
             arguments[0].setSelectionRange(at, at + arguments[1].length)",
            &[lines.to_json(), json!(part)],
        );
        self.fill("textbox", "Name of the part", name);
        self.click("button", "Mark the selection");
    }
    /// The cells of the rows that came of the lines.
    fn tried(&self) -> Vec<Vec<String>> {
        match self.look_for("table", "Rows") {
            Some(_) => self.rows("Rows"),
            None => Vec::new(),
        }
    }
}

#[test]
fn a_custom_template_reads_an_application_log() {
    let Some(mut visit) = Visit::begin() else { return };
    visit.drop_files(&[("app-1.log", APP.as_bytes())]);
    visit.wait_until_read();
    assert_eq!(visit.ledger_of("app-1.log")[FORMAT], "plain_text");
    // From the file, by example.
    visit.click("button", "Read as…");
    visit.click("button", "Try a pattern on its lines");
    visit.wait_until(|| visit.text_in("Lines"), &APP.to_owned());
    visit.mark("203.0.113.7", "client");
    visit.wait_until(
        || visit.text_in("Template"),
        &APP.lines().next().unwrap().replace("203.0.113.7", "%{ip:client}"),
    );
    visit.mark("ana", "user");
    visit.mark("05/Mar/2026:01:29:37 +0000", "");
    visit.mark("\"GET /a\"", "request");
    visit.mark("12ms", "took");
    let template = "%{ip:client} - %{word:user} [%{time}] %{quoted:request} took %{duration:took}";
    visit.wait_until(|| visit.text_in("Template"), &template.to_owned());
    visit.wait_until(|| visit.tried().len(), &3);
    let rows = visit.tried();
    assert!(rows[0].iter().any(|cell| cell.starts_with("took") && cell.contains("float, ms")), "{rows:?}");
    assert_eq!(rows[2].last().map(String::as_str), Some("1500"));
    let rejected = visit.text(&visit.find("list", "Rejected lines"));
    assert!(rejected.contains("line 3, column 13") && rejected.contains("expected `-`"), "{rejected}");
    let considered = visit.text(&visit.find("list", "Formats considered"));
    assert!(considered.contains("Plain text") && considered.contains("declined"), "{considered}");

    // A template that is wrong is told with its place; one that is right is kept, and the file read as it.
    visit.fill("textbox", "Template", "%{wort:x}");
    visit.wait_until(|| visit.alerts().iter().any(|alert| alert.contains("There is no kind `wort`")), &true);
    visit.fill("textbox", "Template", template);
    visit.fill("textbox", "Name of the format", "My app");
    visit.click("button", "Save format");
    visit.wait_for("the format among those kept", || visit.look_for("button", "Export My app"));
    visit.click("button", "Close");
    visit.wait_until_read();
    let row = visit.ledger_of("app-1.log");
    assert_eq!((row[FORMAT].as_str(), row[ROWS].as_str()), ("my_app", "2"), "{row:?}");
    visit.click("button", "Explore");
    visit.wait_for_counts(2, 2);
    visit.ask("filter user.name = \"ben\" and took > 1000");
    visit.wait_for_counts(1, 2);

    // In a later visit, and of another file.
    visit.reload();
    visit.drop_files(&[("app-2.log", APP.as_bytes())]);
    visit.wait_until_read();
    assert_eq!(visit.ledger_of("app-2.log")[FORMAT], "my_app");
    visit.leave();
}

#[test]
fn a_dropped_description_is_used_and_no_log() {
    let Some(visit) = Visit::begin() else { return };
    let file = r#"{"logloupe_format":1,"id":"jobs","name":"Jobs","template":"%{word:job}|%{int:n}"}"#;
    visit.drop_files(&[("jobs.log", b"clean|12\nmail|30\n"), ("jobs.json", file.as_bytes())]);
    visit.wait_until(|| visit.counts(), &Some((2, 2)));
    visit.wait_until_read();
    assert_eq!(visit.ledger_of("jobs.log")[FORMAT], "jobs");
    assert_eq!(visit.ledger_of("jobs.json")[STATE], "set aside");
    visit.click("button", "Try a pattern");
    visit.click("button", "Delete Jobs");
    visit.wait_until(|| visit.look_for("button", "Delete Jobs").is_none(), &true);
    // What was read before the description is read anew, by workers that hold nothing: their script is all that is asked for.
    let asked = visit.requests_after_load();
    let is_worker = |path: &String| path.starts_with(&format!("{MOUNT}worker-"));
    assert!(asked.iter().all(is_worker), "{asked:?}");
    assert_eq!(visit.console_errors(), [""; 0]);
}

/// A flow log of an order of one's own, pasted: named, read once its order is said, and remembered.
#[test]
fn pasted_lines_are_named_and_their_order_is_remembered() {
    let Some(mut visit) = Visit::begin() else { return };
    let line =
        "eni-0a1b2c3d 10.0.0.1 203.0.113.77 443 49152 6 ACCEPT vpc-0a1b2c3d 1772674177 1772674237 5400 12";
    let names = "interface-id srcaddr dstaddr srcport dstport protocol action vpc-id start end bytes packets";
    visit.click("button", "Paste");
    visit.fill("textbox", "Log lines", line);
    visit.click("button", "Read");
    visit.wait_until_read();
    let row = visit.ledger_of("pasted-1.log");
    assert_eq!(row[STATE], "not read", "{row:?}");
    visit.click("button", "Read as…");
    visit.fill("textbox", "Names of its fields, in their order", names);
    visit.click("button", "Read");
    visit.wait_until(|| visit.ledger_of("pasted-1.log")[ROWS].clone(), &"1".to_owned());
    visit.reload();
    visit.click("button", "Paste");
    visit.fill("textbox", "Log lines", line);
    visit.click("button", "Read");
    visit.wait_for_counts(1, 1);
    visit.leave();
}
