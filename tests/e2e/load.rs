//! The page loads under a sub-path, without complaint, and is then on its own.

use logloupe_tests::browser::{MOUNT, Page};

#[test]
fn loads_without_complaint_and_asks_for_nothing_after() {
    let Some(page) = Page::open() else { return };
    assert_eq!(page.script("return document.title", &[]), "Logloupe");
    page.find("heading", "Logloupe");
    assert_eq!(page.console_errors(), [""; 0]);

    let requests = page.requests();
    assert!(requests.iter().any(|path| path.ends_with(".wasm")), "{requests:?}");
    assert!(requests.iter().all(|path| path.starts_with(MOUNT)), "all from our own folder: {requests:?}");
    let logged = page.network_log();
    assert!(logged.iter().all(|url| url.contains(MOUNT)), "all from our own folder: {logged:?}");

    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(page.requests_after_load(), [""; 0]);
    assert_eq!(page.network_log(), [""; 0]);
}

#[test]
fn the_policy_holds_in_the_page() {
    let Some(page) = Page::open() else { return };
    // Each attempt must fail, and none may reach the network.
    let outcome = page.script(
        "const tried = await fetch('http://example.com/').then(() => 'sent', () => 'refused');
         const inline = document.createElement('script');
         inline.textContent = 'window.__inline = true';
         document.head.append(inline);
         const styled = document.createElement('p');
         styled.setAttribute('style', 'color: rgb(1, 2, 3)');
         const scripted = document.createElement('p');
         scripted.style.color = 'rgb(1, 2, 3)';
         document.body.append(styled, scripted);
         const colour = element => getComputedStyle(element).color;
         const style = colour(styled) === colour(scripted) ? 'sets' : 'refused';
         return [tried, window.__inline ?? 'refused', style, colour(scripted)]",
        &[],
    );
    assert_eq!(outcome, serde_json::json!(["refused", "refused", "refused", "rgb(1, 2, 3)"]));
    assert_eq!(page.requests_after_load(), [""; 0]);
}

#[test]
fn a_worker_starts_under_the_policy() {
    let Some(page) = Page::open() else { return };
    let outcome = page.script(
        "const name = document.querySelector('meta[name=logloupe-worker]').content;
         const worker = new Worker(new URL(name, document.baseURI));
         return await new Promise(done => {
             worker.onerror = fault => done(fault.message);
             setTimeout(() => done('no fault'), 1500);
         })",
        &[],
    );
    assert_eq!(outcome, "no fault");
    let requests = page.requests();
    let wasm = |path: &String| path.starts_with("/some/sub/path/worker-") && path.ends_with("_bg.wasm");
    assert!(requests.iter().any(wasm), "{requests:?}");
    assert_eq!(page.console_errors(), [""; 0]);
}
