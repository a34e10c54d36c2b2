//! Pictures of the page for people: its screens in two sizes and two themes, empty and with the sample logs.
//! `cargo xtask shots` builds the page and runs this.

use logloupe_tests::browser::{Page, Theme};
use logloupe_tests::webdriver::keys;

/// Lines of a log that nobody knows, one of them damaged.
const LINES: &str = "\
203.0.113.7 - ana [05/Mar/2026:01:29:37 +0000] \"GET /a HTTP/1.1\" 404 took 12ms
203.0.113.8 - ben [05/Mar/2026:01:29:38 +0000] \"GET /b HTTP/1.1\" 200 took 1.2s
203.0.113.9 | cy [05/Mar/2026:01:29:39 +0000] \"GET /c HTTP/1.1\" 200 took 3ms";

fn main() {
    let Some(page) = Page::open() else { return };
    pictures(&page, "empty");
    page.click("button", "Try a pattern on lines of your own");
    page.fill("textbox", "Lines", LINES);
    page.click("radio", "A template");
    page.fill(
        "textbox",
        "Template",
        "%{ip:client} - %{word:user} [%{time}] %{quoted:request} %{status} took %{duration:took}",
    );
    page.fill("textbox", "Name of the format", "My app");
    page.wait_for("rows", || page.look_for("table", "Rows"));
    pictures(&page, "try");
    page.click("button", "Close");
    page.click("button", "Try sample logs");
    page.wait_for_status(|status| status.starts_with("8,901 of 8,901 events"));
    pictures(&page, "sample");

    ask(&page, "filter eventName = \"AssumeRole\" and sourceIPAddress = \"203.0.113.77\"");
    page.wait_for_status(|status| status.starts_with("2 of "));
    page.wait_for("rows", || (page.rows("Events").len() == 3).then_some(()));
    page.script("document.querySelector('[role=row][aria-rowindex=\"2\"] .cell-summary').click()", &[]);
    page.find("tab", "Raw");
    pictures(&page, "detail");
    page.click("button", "Close event");

    ask(&page, "stats count(*) as events by bin(6h), @format");
    page.find("img", "Chart");
    pictures(&page, "groups");

    ask(&page, "filter event.actoin = \"GetObject\"");
    page.wait_for_status(|status| status.starts_with("0 of "));
    pictures(&page, "nothing");

    let several = "SELECT eventname AS what, count(*) AS n FROM cloudtrail_111122223333 WHERE year = '2026' GROUP BY 1 \
                   UNION ALL SELECT action, count(*) FROM vpc_flow_logs GROUP BY 1 ORDER BY n DESC LIMIT 8";
    ask(&page, several);
    page.wait_for("eight rows", || (page.rows("Results").len() == 9).then_some(()));
    pictures(&page, "several");
    page.click("radio", "Insights");

    ask(&page, "filter source.ip == | stats");
    page.wait_for("an error", || (!page.alerts().is_empty()).then_some(()));
    pictures(&page, "error");

    page.click("button", "Ledger*");
    page.find("region", "Ledger");
    pictures(&page, "ledger");
}

fn ask(page: &Page, query: &str) {
    page.fill("textbox", "Query", query);
    page.press(&[keys::ENTER]);
}

fn pictures(page: &Page, state: &str) {
    for (width, height) in [(390, 844), (1440, 900)] {
        for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            page.resize(width, height);
            page.theme(theme);
            // Time for what is drawn after a change of size, and for transitions.
            std::thread::sleep(std::time::Duration::from_millis(600));
            println!("{}", page.screenshot(&format!("{state}-{width}x{height}-{name}")).display());
        }
    }
}
