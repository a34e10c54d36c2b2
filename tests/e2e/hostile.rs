//! Log content is what attackers typed. It is shown as text, wherever it stands.

use serde_json::json;

use crate::given;
use crate::visit::Visit;

const IMG: &str = "<img src=x onerror=\"window.__hit=1\">";
const SCRIPT: &str = "<script>window.__hit=2</script>";
const LINK: &str = "<a href=javascript:window.__hit=3>click</a>";

/// Nothing of what was read has become an element, and nothing ran.
#[track_caller]
fn all_is_text(visit: &Visit) {
    let found = visit.script(
        "return [window.__hit ?? null, document.querySelectorAll('#app img, #app script, #app a[href^=javascript], #app iframe').length]",
        &[],
    );
    assert_eq!(found, json!([null, 0]));
}

#[track_caller]
fn is_shown(visit: &Visit, text: &str) {
    visit.wait_until(
        || visit.script("return document.body.innerText.includes(arguments[0])", &[json!(text)]),
        &json!(true),
    );
}

#[test]
fn markup_in_logs_stays_text_everywhere() {
    let event = given::event(
        1,
        &json!({
            "eventName": SCRIPT,
            "userAgent": IMG,
            "sourceIPAddress": LINK,
            "errorCode": IMG,
            "errorMessage": SCRIPT,
            "requestParameters": { IMG: SCRIPT },
        }),
    );
    let trail = given::trail(&[event]);
    let mut bad = given::flows(5);
    bad.extend(format!("{IMG} {SCRIPT}\n").bytes());
    bad.extend(given::flows(5));
    let name = "<b>name<img src=x>.log";
    let Some(visit) = Visit::with(&[("trail.json.gz", &trail), (name, &bad)], 11) else { return };

    // Grid and facets.
    visit.ask("filter eventVersion = \"1.11\"");
    visit.wait_for_counts(1, 11);
    is_shown(&visit, SCRIPT);
    visit.click("button", &format!("{SCRIPT}, 1 events"));
    visit.find("menuitem", "Only");
    all_is_text(&visit);
    visit.click("menuitem", "Only");
    visit.wait_until(|| visit.filters().len(), &2);
    all_is_text(&visit);

    // The event in full.
    visit.open_row(0);
    for tab in ["Fields", "JSON", "Raw"] {
        let text = visit.tab(tab);
        assert!(text.contains("<img src=x onerror="), "{tab}: {text}");
        assert!(text.contains(SCRIPT), "{tab}: {text}");
        all_is_text(&visit);
    }

    // Groups, their chart and the words of an error.
    visit.ask("stats count(*) by userAgent");
    visit.wait_until(|| visit.look_for("img", "Chart").is_some(), &true);
    is_shown(&visit, IMG);
    all_is_text(&visit);
    visit.ask("filter <img src=x onerror=alert(1)>");
    visit.wait_until(|| visit.alerts().len(), &1);
    all_is_text(&visit);

    // The ledger: names of files, rejected lines.
    visit.ledger();
    visit.script(
        "document.querySelectorAll('[aria-expanded=false].bad').forEach(button => button.click())",
        &[],
    );
    is_shown(&visit, "<b>name<img src=x>.log");
    is_shown(&visit, SCRIPT);
    all_is_text(&visit);
    visit.leave();
}

#[test]
fn an_address_made_by_somebody_else_is_only_a_query() {
    let Some(page) = logloupe_tests::browser::Page::open_at(
        "#q=%3Cimg+src=x+onerror=window.__hit=1%3E&c=%3Cscript%3E&t=%3C~%3E",
    ) else {
        return;
    };
    page.click("button", "Try sample logs");
    page.wait_for("the text in the query", || {
        let text = page.script("return document.querySelector('#query')?.value ?? ''", &[]);
        text.as_str()?.contains("<img src").then_some(())
    });
    let found =
        page.script("return [window.__hit ?? null, document.querySelectorAll('#app img').length]", &[]);
    assert_eq!(found, json!([null, 0]));
    assert_eq!(page.console_errors(), [""; 0]);
}

#[test]
fn what_turns_text_around_is_marked() {
    const NAME: &str = "GetObject\u{202e}gnp.exe\u{7}";
    let event = given::event(1, &json!({ "eventName": NAME, "userAgent": NAME, "errorCode": NAME }));
    let Some(visit) = Visit::with(&[("trail\u{202e}.json.gz", &given::trail(&[event]))], 1) else { return };
    let none = || {
        let found = visit.script("return /[\\u202e\\u0007]/.test(document.body.innerText)", &[]);
        assert_eq!(found, json!(false));
    };
    is_shown(&visit, "GetObject␣gnp.exe␣");
    none();
    visit.open_row(0);
    for tab in ["Fields", "JSON", "Raw"] {
        visit.tab(tab);
        none();
    }
    // What is asked is the value itself, and the query's text has it as it is.
    visit.click("button", "GetObject␣gnp.exe␣, 1 events");
    visit.click("menuitem", "Only");
    visit.wait_for_counts(1, 1);
    visit.ledger();
    is_shown(&visit, "trail␣.json.gz");
}
