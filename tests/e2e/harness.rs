//! The helpers themselves, on a page that is made for them: what they find, do and notice.

use std::path::Path;

use logloupe_tests::browser::{Page, Theme};
use logloupe_tests::webdriver::keys;

#[test]
fn the_helpers_see_and_do_what_they_say() {
    // Needs a browser, as the others here do.
    if std::env::var_os("LOGLOUPE_DIST").is_none() {
        logloupe_tests::skip::skip("LOGLOUPE_DIST is not set; `cargo xtask test e2e` sets it");
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/harness");
    let page = Page::open_folder(&folder, "");

    assert_eq!(page.status().as_deref(), Some("0 of 0 events"));
    assert_eq!(
        page.names("button"),
        ["Open log files", "GET, 1,204 events"],
        "the hidden ones are not there"
    );
    assert!(page.look_for("img", "Events over time").is_some());
    assert_eq!(page.rows("Events"), [["action", "bytes"], ["ACCEPT", "40"]]);
    assert_eq!(page.rows("Results"), [["a"], ["1"]]);
    assert_eq!(page.attribute(&page.find("grid", "Events"), "aria-rowcount").as_deref(), Some("3"));

    page.fill("textbox", "Query", "stats count(*) — é");
    page.press(&[keys::ENTER]);
    page.wait_for_status(|status| status == "asked stats count(*) — é");

    page.drop_files(&[("a.log", b"one"), ("b.log", b"two")]);
    page.wait_for_status(|status| status == "a.log=one b.log=two");
    page.drop_files(&[("binary.gz", &[0x1f, 0x8b, 0xff])]);
    page.wait_for_status(|status| status.starts_with("binary.gz="));

    let file = std::env::temp_dir().join(format!("logloupe-harness-{}.log", std::process::id()));
    std::fs::write(&file, "content").expect("a temporary file");
    for input in ["Open log files", "Open folder"] {
        page.script("document.querySelector('[role=status]').textContent = ''", &[]);
        page.upload(input, &[&file]);
        page.wait_for_status(|status| status.ends_with(".log=content"));
    }
    std::fs::remove_file(&file).expect("the temporary file is still there");

    page.resize(390, 844);
    assert_eq!(page.script("return innerWidth", &[]), 390);
    page.theme(Theme::Dark);
    assert_eq!(page.script("return matchMedia('(prefers-color-scheme: dark)').matches", &[]), true);
    page.theme(Theme::Light);
    assert_eq!(page.script("return matchMedia('(prefers-color-scheme: dark)').matches", &[]), false);

    // Up to here the page was silent; now it asks its own host, a foreign one, and complains.
    assert_eq!(page.requests_after_load(), [""; 0]);
    let _ = (page.network_log(), page.console_errors());
    page.click("button", "GET, * events");
    page.wait_for_status(|status| status == "clicked");
    let asked =
        page.wait_for("both requests", || Some(page.requests_after_load()).filter(|asked| asked.len() >= 2));
    assert!(asked.iter().any(|request| request.ends_with("/asked.json")), "{asked:?}");
    assert!(asked.iter().any(|request| request == "http://logs.example/"), "{asked:?}");
    assert!(page.network_log().iter().any(|url| url == "http://logs.example/"));
    assert!(page.console_errors().iter().any(|line| line.contains("a complaint")));
}
