//! Pictures of the page for people: two sizes, two themes, empty and with the sample logs.
//! `cargo xtask shots` builds the page and runs this.

use logloupe_tests::browser::{Page, Theme};

fn main() {
    let Some(page) = Page::open() else { return };
    pictures(&page, "empty");
    if page.look_for("button", "Try sample logs").is_none() {
        println!("the page has no button \"Try sample logs\" yet");
        return;
    }
    page.click("button", "Try sample logs");
    page.wait_for_status(|status| status.contains(" events") && !status.starts_with("0 "));
    pictures(&page, "sample");
}

fn pictures(page: &Page, state: &str) {
    for (width, height) in [(1440, 900), (390, 844)] {
        for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
            page.resize(width, height);
            page.theme(theme);
            // Time for what is drawn after a change of size, and for transitions.
            std::thread::sleep(std::time::Duration::from_millis(600));
            println!("{}", page.screenshot(&format!("{state}-{width}x{height}-{name}")).display());
        }
    }
}
