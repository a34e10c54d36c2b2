//! Asking: filters, free text, mistakes, groups.

use logloupe_tests::webdriver::keys;

use crate::given;
use crate::visit::{SAMPLE, Visit};

#[test]
fn a_typed_filter_narrows_and_an_empty_query_shows_all() {
    let Some(visit) = Visit::with_sample() else { return };
    let all = visit.facet("event.action");
    assert!(!all.is_empty());
    visit.ask("filter eventName = \"RunInstances\" and requestParameters.instanceType = \"p3.16xlarge\"");
    visit.wait_for_counts(20, SAMPLE);
    assert_eq!(visit.facet("event.action"), [("RunInstances".to_owned(), 20)]);
    visit.wait_until(|| visit.events().len(), &20);

    visit.fill("textbox", "Query", "");
    visit.press(&[keys::ENTER]);
    visit.wait_for_counts(SAMPLE, SAMPLE);
    assert_eq!(visit.facet("event.action"), all);
    visit.leave();
}

#[test]
fn free_text_searches_every_field() {
    let files =
        [("a.log", given::flows(3)), ("b.json.gz", given::trail(&[given::event(1, &serde_json::json!({}))]))];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let Some(visit) = Visit::with(&files, 4) else { return };
    for (words, matched) in [("listbuckets", 1), ("10.0.1.2", 1), ("111122223333", 4), ("no such thing", 0)] {
        visit.ask(words);
        visit.wait_for_counts(matched, 4);
    }
    assert_eq!(visit.filters(), ["no", "such", "thing"], "each word is a filter");
    visit.click("button", "Clear all");
    visit.wait_for_counts(4, 4);
    visit.leave();
}

#[test]
fn a_mistake_is_explained_in_place_and_can_be_mended() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.ask("fliter eventName = \"RunInstances\"");
    visit.wait_until(|| visit.alerts().len(), &1);
    let alert = visit.alerts().remove(0);
    assert!(alert.contains("filter"), "what was meant: {alert}");
    assert!(alert.contains("fliter"), "what was written: {alert}");
    let field = visit.find("textbox", "Query");
    assert_eq!(visit.attribute(&field, "aria-invalid").as_deref(), Some("true"));
    visit.look_for_css(".editor .fault").expect("the place is underlined");

    // A field that no log has is no error, as another log may have it; it is said all the same.
    visit.ask("filter eventNam = \"RunInstances\"");
    visit.wait_for_counts(0, SAMPLE);
    let remarks = || visit.text(&visit.select("#query-remarks"));
    visit.wait_until(|| remarks().contains("did you mean `eventName`"), &true);
    assert_eq!(visit.alerts(), [""; 0]);

    visit.ask("filter eventName = \"RunInstances\"");
    visit.wait_until(|| visit.alerts().len(), &0);
    assert_eq!(visit.attribute(&field, "aria-invalid").as_deref(), Some("false"));
    visit.wait_until(|| visit.counts().is_some_and(|(matched, _)| (20..100).contains(&matched)), &true);
    visit.leave();
}

#[test]
fn groups_come_as_table_and_chart() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.ask("stats count(*) as events by @format | sort events desc");
    let text = |rows: &[[&str; 2]]| -> Vec<Vec<String>> {
        rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect()
    };
    let wanted = text(&[
        ["@format", "events"],
        ["vpc_flow", "2,601"],
        ["cloudtrail", "1,931"],
        ["alb", "1,635"],
        ["cloudfront", "1,012"],
        ["route53_resolver", "668"],
        ["eks_audit", "379"],
        ["s3_access", "337"],
        ["waf", "179"],
        ["lambda", "121"],
        ["cloudtrail_digest", "22"],
        ["config", "10"],
        ["guardduty", "6"],
    ]);
    visit.wait_until(|| visit.rows("Results"), &wanted);
    visit.find("img", "Chart");
    visit.wait_for_status(|status| {
        status.starts_with("8,901 of 8,901 events") && status.contains("12 groups")
    });

    // Over time it is drawn over time, and the bars add up to everything.
    visit.ask("stats count(*) by bin(1h)");
    visit.wait_until(|| visit.rows("Results")[0].clone(), &vec!["bin(1h)".to_owned(), "count(*)".to_owned()]);
    let rows = visit.rows("Results");
    let sum: u64 = rows[1..].iter().filter_map(|row| crate::visit::number(&row[1])).sum();
    assert_eq!(sum, SAMPLE);
    visit.find("img", "Chart");

    // A click on a column's head sorts the answer, not only what is seen of it.
    visit.ask("stats count(*) as events by @format");
    visit.wait_until(|| visit.rows("Results").len(), &13);
    visit.click("columnheader", "events");
    let order = || visit.attribute(&visit.find("columnheader", "events"), "aria-sort").unwrap_or_default();
    visit.wait_until(|| order() != "none", &true);
    let ascending = order() == "ascending";
    let mut wanted = wanted[1..].to_vec();
    if ascending {
        wanted.reverse();
    }
    visit.wait_until(|| visit.rows("Results")[1..].to_vec(), &wanted);
    visit.leave();
}
