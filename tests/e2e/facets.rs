//! Clicking values: only this, not this, and the filters that come of it.

use crate::visit::{SAMPLE, Visit};

#[test]
fn counts_are_exact_and_only_keeps_what_was_counted() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.find("region", "Facets");
    let formats = visit.facet("@format");
    assert_eq!(formats.iter().map(|(_, count)| count).sum::<u64>(), SAMPLE);

    let (value, count) = visit.facet("event.action").swap_remove(0);
    visit.choose(&value, "Only");
    visit.wait_for_counts(count, SAMPLE);
    assert_eq!(visit.facet("event.action"), [(value.clone(), count)]);
    visit.find("list", "Active filters");
    let filters = visit.filters();
    assert!(filters.len() == 1 && filters[0].contains(&value), "{filters:?}");
    assert!(visit.query().contains(&value), "the click is in the query: {}", visit.query());

    visit.click("button", "Remove filter *");
    visit.wait_for_counts(SAMPLE, SAMPLE);
    assert_eq!(visit.filters(), [""; 0]);
    assert_eq!(visit.query(), "");
    visit.leave();
}

#[test]
fn exclude_takes_away_what_was_counted_and_can_be_turned_around() {
    let Some(visit) = Visit::with_sample() else { return };
    let (value, count) = visit.facet("@format").swap_remove(0);
    visit.choose(&value, "Exclude");
    visit.wait_for_counts(SAMPLE - count, SAMPLE);
    assert!(visit.facet("@format").iter().all(|(other, _)| *other != value));
    visit.click("button", "Invert filter *");
    visit.wait_for_counts(count, SAMPLE);

    // A second one is and-ed; "Clear all" removes both.
    let (source, both) = visit.facet("source.ip").swap_remove(0);
    visit.choose(&source, "Only");
    visit.wait_for_counts(both, SAMPLE);
    assert_eq!(visit.filters().len(), 2);
    visit.click("button", "Clear all");
    visit.wait_for_counts(SAMPLE, SAMPLE);
    visit.leave();
}

#[test]
fn any_path_can_be_counted_and_a_value_grouped_by() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.fill("searchbox", "Find a field or value", "requestParameters.bucketName");
    visit.click("button", "requestParameters.bucketName");
    visit.wait_until(|| visit.facet("requestParameters.bucketName").is_empty(), &false);
    let buckets = visit.facet("requestParameters.bucketName");
    let (bucket, count) = buckets[0].clone();
    visit.choose(&bucket, "Count by this field");
    visit.wait_until(|| visit.look_for("table", "Results").is_some(), &true);
    assert_eq!(visit.rows("Results")[0], ["requestParameters.bucketName", "events"]);
    let row = [bucket, count.to_string()];
    visit.wait_until(
        || visit.rows("Results").iter().any(|r| r.iter().map(|c| c.replace(',', "")).eq(row.iter().cloned())),
        &true,
    );
    visit.leave();
}
