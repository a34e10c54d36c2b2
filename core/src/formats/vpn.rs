//! Logs of Site-to-Site VPN: what became of a tunnel (IKE, DPD), and of its BGP session and routes.
//!
//! Not these: connections of people (`client_vpn`); the plain text form of the log.
//!
//! Decisions: both kinds are one table; `type` is BGPStatus or RouteStatus, and none of a tunnel's records. Which tunnel
//! it is stands in the name of the log stream only, but for BGP (`resource_id`). The gateway's address is read from the
//! text where it stands in it.

use super::{
    Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::{self, json::JsonField},
    tell,
};
use crate::formats::field::json::text;
use logloupe_table::external::{ExternalSchema, InsightsLog};
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Logs of Site-to-Site VPN.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &[
        "event_timestamp",
        "ike_phase1_state",
        "ike_phase2_state",
        "details",
        "resource_id",
        "type",
        "message",
    ],
    is: |marks| {
        let has = |i| marks.get(i).is_some();
        let bgp = || marks.get(5).is("BGPStatus") || marks.get(5).is("RouteStatus");
        has(0) && (has(3) && (has(1) || has(2)) || has(4) && has(6) && bgp())
    },
    what: "have a time and the states of a tunnel, or a BGP status",
    time: &["event_timestamp"],
    summary,
    sources: &["vpn_logs", "site_to_site_vpn"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

static FIELDS: &[JsonField] = &[
    JsonField::new("event_timestamp", Kind::Time, Role::Timestamp).doc("when the record was made"),
    text("timestamp", Role::Identifier).doc("the same in words, since the log has it"),
    text("details", Role::Identifier).doc("what the tunnel's end at AWS did or met: IKE, IPsec, dead peer detection"),
    JsonField::new("dpd_enabled", Kind::Bool, Role::Dimension).doc("whether dead peers are detected"),
    JsonField::new("nat_t_detected", Kind::Bool, Role::Dimension).doc("whether the customer's gateway is behind NAT"),
    text("ike_phase1_state", Role::Status).doc("established, rekeying, negotiating or down"),
    text("ike_phase2_state", Role::Status).doc("established, rekeying, negotiating or down"),
    text("resource_id", Role::Dimension).aliases(&["observer.name"]).doc("the tunnel and its connection, of BGP records"),
    text("type", Role::Dimension).aliases(&["event.action"]).doc("BGPStatus or RouteStatus; none of a tunnel's records"),
    text("status", Role::Status).doc("UP or DOWN of a session; ADVERTISED, UPDATED or WITHDRAWN of a route"),
    text("message", Role::Identifier).doc("what happened to the session or route"),
    JsonField::computed("event.outcome", Kind::Text, Role::Status, &OUTCOME)
        .doc("failure where a phase or session is down, success where both phases are established or the session is up"),
    JsonField::computed("source.ip", Kind::Ip, Role::Dimension, &PEER)
        .aliases(&["source.address"])
        .doc("the first address in the text: the customer's gateway or BGP neighbor"),
];

static OUTCOME: Computed = Computed {
    from: &["ike_phase1_state", "ike_phase2_state", "status"],
    value: |cells, _| {
        let is = |i: usize, word: &str| matches!(cells.get(i), Some(Cell::Text(text)) if text.eq_ignore_ascii_case(word.as_bytes()));
        Cell::Text(match () {
            () if is(0, "down") || is(1, "down") || is(2, "down") => b"failure",
            () if is(0, "established") && is(1, "established") || is(2, "up") => b"success",
            () => b"unknown",
        })
    },
};
static PEER: Computed = Computed {
    from: &["details", "message"],
    value: |cells, _| {
        let Some(Cell::Text(text)) = cells.iter().find(|cell| matches!(cell, Cell::Text(_))) else {
            return Cell::Null;
        };
        let words = text.split(|b| !b.is_ascii_hexdigit() && !matches!(b, b'.' | b':'));
        // Shorter ones are no addresses that anybody has; a stop may end a sentence.
        let mut words = words.map(|word| word.strip_suffix(b".").or(word.strip_suffix(b":")).unwrap_or(word));
        let address =
            words.find(|word| word.len() > 6 && field::whole(field::address::ip_address, word).is_some());
        address.map_or(Cell::Null, Cell::Text)
    },
};

const META: Meta = Meta {
    id: "vpn",
    family: Family::Network,
    title: "Site-to-Site VPN logs",
    summary: "What became of VPN tunnels and of their BGP sessions and routes.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-logs.html",
    read_on: "2026-11-26",
    key_shape: "log group /aws/vendedlogs/{name}, stream {vpn connection}-{outside address}",
    versions: "tunnel activity and BGP logs as JSON",
    not_read: "the plain text form, which AWS does not document",
};

static EXTERNAL: ExternalSchema = ExternalSchema {
    athena: Err("AWS documents no Athena table for it"),
    insights: InsightsLog { group: "the log group that the tunnel's options name", prefix: "" },
};

static PRESETS: &[Preset] = &[
    ask(
        "When tunnels and sessions were down",
        "filter event.outcome = \"failure\" | stats count(*) as records by bin(5m), coalesce(type, \"Tunnel\") as kind",
    ),
    ask(
        "What tunnels complain of: keys, proposals, dead peers",
        "filter details like /mismatch|No Proposal|timed out|not responsive|AUTHENTICATION_FAILED|Timeout/\n| stats count(*) as records by details\n| sort records desc",
    ),
    ask(
        "Routes that came and went",
        "filter type = \"RouteStatus\" | fields @timestamp, status, message, source.ip | sort @timestamp desc | limit 100",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] = &[Sample {
    name: "vpn-0a1b2c3d4e5f60718-198.51.100.7.json",
    content: crate::sample!("vpn.ndjson"),
    rows: 7,
    rejected: 2,
}];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{?type}[{?type=RouteStatus}route||BGP] **{status|=status}**[: {message}]||\
         [{!lower:ike_phase1_state=established}phase 1 **{ike_phase1_state}** ]\
         [{!lower:ike_phase2_state=established}phase 2 **{ike_phase2_state}** ]\
         [{?ike_phase1_state}{!lower:ike_phase1_state=established}{details|=tunnel}||{?ike_phase2_state}{!lower:ike_phase2_state=established}{details|=tunnel}||**{details|=tunnel}**]]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_and_neighbors() {
        let text =
            |text: &'static str| if text.is_empty() { Cell::Null } else { Cell::Text(text.as_bytes()) };
        for (first, second, status, outcome) in [
            ("established", "established", "", "success"),
            ("Established", "Down", "", "failure"),
            ("negotiating", "", "", "unknown"),
            ("established", "rekeying", "", "unknown"),
            ("", "", "UP", "success"),
            ("", "", "DOWN", "failure"),
            ("", "", "WITHDRAWN", "unknown"),
        ] {
            let cells = [text(first), text(second), text(status)];
            assert_eq!((OUTCOME.value)(&cells, &mut Vec::new()), text(outcome), "{first} {second} {status}");
        }
        for (details, address) in [
            ("key mismatch with cgw: 203.0.113.9", "203.0.113.9"),
            ("session with neighbor 2001:db8::9.", "2001:db8::9"),
            ("neighbor 169.254.10.2: 6/1 (Cease), limit is 100", "169.254.10.2"),
            ("received DELETE for Phase 2 SA with SPI: c0ffee01", ""),
            ("Phase 1 IKE_SA", ""),
            ("1.2.3.4.5 and 300.1.1.1", ""),
        ] {
            for cells in [[text(details), Cell::Null], [Cell::Null, text(details)]] {
                assert_eq!((PEER.value)(&cells, &mut Vec::new()), text(address), "{details}");
            }
        }
    }
}
