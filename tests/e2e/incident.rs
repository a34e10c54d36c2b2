//! The whole incident as one zip, as a colleague would hand it over: every family of logs, what was changed, and whether the
//! trail is what it was.

use logloupe_sample::incident;

use crate::given;
use crate::visit::{SAMPLE, Visit};

fn zip() -> Vec<u8> {
    let files = incident();
    let members: Vec<(&str, &[u8])> =
        files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
    given::zip(&members)
}

#[test]
fn every_family_is_shown_filtered_opened_and_summarised() {
    let zip = zip();
    let Some(visit) = Visit::with(&[("incident.zip", &zip)], SAMPLE) else { return };
    let legend = visit.text(&visit.select(".time-head .legend"));
    for family in ["Audit", "Network", "Web", "lambda", "guardduty"] {
        assert!(legend.contains(family), "{family} in {legend}");
    }
    let formats = visit.facet("@format");
    assert_eq!(formats.len(), 12, "{formats:?}");
    assert_eq!(formats.iter().map(|(_, count)| count).sum::<u64>(), SAMPLE);
    for (format, title) in [
        ("eks_audit", "EKS"),
        ("route53_resolver", "Resolver"),
        ("s3_access", "S3"),
        ("waf", "WAF"),
        ("lambda", "Lambda"),
        ("guardduty", "GuardDuty"),
        ("config", "Config"),
    ] {
        let count = formats.iter().find(|(id, _)| id == format).map(|(_, count)| *count);
        let count = count.unwrap_or_else(|| panic!("{format} in {formats:?}"));
        visit.choose(format, "Only");
        visit.wait_for_counts(count, SAMPLE);
        visit.wait_until(|| visit.events().first().map(|row| row[1].clone()), &Some(format.to_owned()));
        let summary = visit.events()[0][2].clone();
        assert!(summary.len() > 5, "{format}: {summary}");
        visit.open_row(0);
        visit.wait_until(|| visit.text(&visit.select("aside")).contains(title), &true);
        assert!(visit.tab("Fields").lines().count() > 6, "{format}");
        visit.click("button", "Close event");
        visit.click("button", "Remove filter *");
        visit.wait_for_counts(SAMPLE, SAMPLE);
    }
    visit.leave();
}

#[test]
fn what_was_changed_stands_beside_the_item() {
    let zip = zip();
    let Some(visit) = Visit::with(&[("incident.zip", &zip)], SAMPLE) else { return };
    visit.ask("filter @format = \"config\" and resourceId = \"sg-0a1b2c3d4e5f60718\" and ispresent(changes)");
    visit.wait_for_counts(1, SAMPLE);
    visit
        .wait_until(|| visit.events().iter().map(|row| row[1].clone()).collect(), &vec!["config".to_owned()]);
    visit.open_row(0);
    let fields = visit.tab("Fields");
    for part in ["configuration.ipPermissions", "203.0.113.77/32"] {
        assert!(fields.contains(part), "{part} in {fields}");
    }
    visit.leave();
}

#[test]
fn the_ledger_tells_which_file_of_the_trail_was_altered() {
    let zip = zip();
    let Some(visit) = Visit::with(&[("incident.zip", &zip)], SAMPLE) else { return };
    visit.wait_until_read();
    let ledger = visit.ledger();
    let states = |word: &str| ledger.iter().filter(|row| row[3].contains(word)).count();
    assert_eq!((states("altered"), states("unchecked"), states("verified")), (1, 5, 65));
    let altered = ledger.iter().find(|row| row[3].contains("altered")).expect("one");
    assert!(altered[0].contains("CloudTrail_us-east-1_20260305T1605Z"), "{altered:?}");
    visit.leave();
}
