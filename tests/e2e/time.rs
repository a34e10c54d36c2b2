//! When: the histogram, its table, the brush and the zoom.

use crate::visit::{SAMPLE, Visit, number};

/// The table that says what the histogram draws: sum of its last column.
fn sum(visit: &Visit) -> u64 {
    let rows = visit.rows("Events over time, as a table");
    rows[1..].iter().filter_map(|row| number(row.last()?)).sum()
}

#[test]
fn the_histogram_is_a_table_too_and_both_count_what_matches() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.find("figure", "Events over time");
    visit.click("button", "Table");
    assert_eq!(sum(&visit), SAMPLE);
    assert_eq!(
        visit.rows("Events over time, as a table")[0],
        [
            "from, UTC",
            "alb",
            "cloudfront",
            "cloudtrail",
            "cloudtrail_digest",
            "config",
            "eks_audit",
            "guardduty",
            "lambda",
            "route53_resolver",
            "s3_access",
            "vpc_flow",
            "waf",
            "all"
        ]
    );
    visit.ask("filter eventName = \"RunInstances\" and requestParameters.instanceType = \"p3.16xlarge\"");
    visit.wait_until(|| sum(&visit), &20);
    visit.leave();
}

#[test]
fn a_brush_narrows_to_its_time_and_the_rest_comes_back() {
    let Some(visit) = Visit::with_sample() else { return };
    visit.click("button", "Table");
    let plot = visit.select(".plot-area");
    let [left, top, width, height] = visit.place(&plot);
    let at = |part: f64| (left + width * part, top + height / 2.0);
    visit.drag(at(0.30), at(0.60));
    visit.wait_until(
        || visit.counts().is_some_and(|(matched, total)| matched < SAMPLE && total == SAMPLE),
        &true,
    );
    let (matched, _) = visit.counts().expect("a status");
    assert!(matched > 0);
    assert_eq!(
        visit.attribute(&visit.find("grid", "Events"), "aria-rowcount"),
        Some((matched + 1).to_string())
    );
    assert_eq!(sum(&visit), SAMPLE, "what lies outside the brush stays visible");
    let counted: u64 = visit.facet("@format").iter().map(|(_, count)| count).sum();
    assert_eq!(counted, matched, "facets count within the brush");

    // Zoomed in, the bars are those of the brush; zoomed out, everything is back.
    visit.click("button", "Zoom in");
    visit.wait_until(|| sum(&visit), &matched);
    visit.click("button", "Zoom out");
    visit.wait_until(|| sum(&visit), &SAMPLE);
    visit.click("button", "Remove time range");
    visit.wait_for_counts(SAMPLE, SAMPLE);
    visit.leave();
}

#[test]
fn a_click_on_a_bar_selects_it_and_the_ends_hold_everything() {
    let Some(visit) = Visit::with_sample() else { return };
    let [left, top, width, height] = visit.place(&visit.select(".plot-area"));
    let y = top + height / 2.0;
    // Dragged beyond both ends: all of it, also the very first and the very last event.
    visit.drag((left + width - 1.0, y), (left - 20.0, y));
    visit.wait_until(|| visit.look_for("button", "Remove time range").is_some(), &true);
    visit.wait_for_counts(SAMPLE, SAMPLE);
    visit.drag((left + width * 0.5, y), (left + width * 0.5, y));
    visit.wait_until(|| visit.counts().is_some_and(|(matched, _)| matched < SAMPLE / 4), &true);
    visit.leave();
}

#[test]
fn the_keyboard_brushes_too() {
    let Some(visit) = Visit::with_sample() else { return };
    use logloupe_tests::webdriver::keys;
    visit.script("document.querySelector('.plot-area').focus()", &[]);
    visit.press(&[keys::RIGHT]);
    visit.wait_until(|| visit.counts().is_some_and(|(matched, _)| matched < SAMPLE), &true);
    let (one, _) = visit.counts().expect("a status");
    for _ in 0..8 {
        visit.press(&[keys::SHIFT, keys::RIGHT]);
    }
    visit.wait_until(|| visit.counts().is_some_and(|(matched, _)| matched > one), &true);
    visit.press(&[keys::ESCAPE]);
    visit.wait_for_counts(SAMPLE, SAMPLE);
    visit.leave();
}
