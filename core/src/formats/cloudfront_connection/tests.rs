//! Times, states and records that are not these.

use super::*;
use crate::formats::{Format, Head, Sniff, field::whole};

#[test]
fn times_are_of_either_kind() {
    for (token, time) in [
        ("1731620046814", Some(1_731_620_046_814_000)),
        ("2024-11-14T21:34:06.814Z", Some(1_731_620_046_814_000)),
        ("1731620046", Some(1_731_620_046_000_000)),
        ("soon", None),
        ("", None),
    ] {
        assert_eq!(whole(event_time, token.as_bytes()), time.map(Cell::Time), "{token}");
    }
}

#[test]
fn a_state_is_an_outcome_and_a_reason() {
    for (token, said, why) in [
        ("Success", "success", None),
        ("Failed", "failure", None),
        ("Failed:ClientCertMissing", "failure", Some("ClientCertMissing")),
        ("Failed:", "failure", None),
        ("-", "unknown", None),
        ("", "unknown", None),
    ] {
        assert_eq!(whole(outcome, token.as_bytes()), Some(Cell::Text(said.as_bytes())), "{token}");
        let why = why.map_or(Cell::Null, |why: &str| Cell::Text(why.as_bytes()));
        assert_eq!(whole(code, token.as_bytes()), Some(why), "{token}");
    }
}

#[test]
fn other_connections_are_not_claimed() {
    for record in [
        r#"{"connectionId":"x","clientIp":"192.0.2.1","tlsProtocol":"TLSv1.3"}"#,
        r#"{"connectionStatus":"up","a":1,"b":2}"#,
        r#"["connectionStatus"]"#,
        r#"{"connectionStatus":"#,
    ] {
        assert_eq!(LOG.sniff(&Head::of(Framing::Json, &[record.as_bytes()])), Sniff::No, "{record}");
    }
}
