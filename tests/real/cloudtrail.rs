//! CloudTrail: a trail of a simulated attack, one file per attack technique, single events, a digest, a subscription.

use logloupe_core::{formats, ingest::State};
use logloupe_table::Value;

/// Every file is read without a rejection, or it is known why not.
#[test]
fn every_file_is_read_or_refused_for_a_reason() {
    let Some(files) = super::files("cloudtrail") else { return };
    let (shard, ledger) = super::load(&files);
    for entry in &ledger {
        let claimed = entry.format.as_deref() == Some("cloudtrail");
        if entry.source.ends_with("cloudtrail_digest.json") {
            assert_eq!((entry.format.as_deref(), entry.rows), (Some("cloudtrail_digest"), 1), "{entry:?}");
        } else if entry.source.ends_with("test_events.json") {
            // Cases of another program's tests, each wrapped in its own way.
            assert_eq!((entry.format.as_deref(), entry.rejected), (Some("json_lines"), 0), "{entry:?}");
        } else if entry.bytes == 2 {
            // An empty list.
            assert!(matches!(entry.state, State::Skipped(_)), "{entry:?}");
        } else {
            assert!(claimed && entry.rows > 0 && entry.rejected == 0, "{entry:?}");
        }
    }
    let format = formats::by_id("cloudtrail").expect("registered");
    let table = shard.tables.iter().find(|t| t.format() == "cloudtrail").expect("rows");
    assert!(table.rows() > 3500, "{}", table.rows());
    for row in (0..table.rows()).filter_map(|r| table.row(r)) {
        for name in ["@timestamp", "eventName", "eventSource", "eventID", "event.outcome"] {
            assert_ne!(row.get(name), Value::Null, "{name} of {}", String::from_utf8_lossy(&row.raw()));
        }
        assert!(format.summary(&row).iter().any(|s| s.strong));
    }
}
