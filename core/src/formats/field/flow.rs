//! What follows from a flow's addresses, ports and protocol: names that logs leave out. Each is the value of a
//! [computed](logloupe_table::Computed) column, given those of the columns that the format names.
//!
//! Not these: what a log says itself of a flow, and whose network an address belongs to.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use sha1::{Digest, Sha1};

use logloupe_table::Cell;

/// The keyword that IANA has for a protocol number, in small letters as ECS has it:
/// <https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml>, read 2026-11-26. `None` for numbers without
/// a keyword and for those that no network of today carries.
pub fn protocol_name(number: i64) -> Option<&'static str> {
    Some(match number {
        0 => "hopopt",
        1 => "icmp",
        2 => "igmp",
        4 => "ipv4",
        6 => "tcp",
        8 => "egp",
        17 => "udp",
        27 => "rdp",
        33 => "dccp",
        41 => "ipv6",
        43 => "ipv6-route",
        44 => "ipv6-frag",
        46 => "rsvp",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        58 => "ipv6-icmp",
        59 => "ipv6-nonxt",
        60 => "ipv6-opts",
        88 => "eigrp",
        89 => "ospfigp",
        94 => "ipip",
        97 => "etherip",
        98 => "encap",
        103 => "pim",
        108 => "ipcomp",
        112 => "vrrp",
        115 => "l2tp",
        132 => "sctp",
        136 => "udplite",
        137 => "mpls-in-ip",
        _ => return None,
    })
}

/// The number of a protocol that a log names by its keyword, in any letter case, or writes as text.
pub fn protocol_number(name: &[u8]) -> Option<i64> {
    if let Some(number) = super::number::digits(name, 0, name.len()) {
        return Some(number);
    }
    (0..=255).find(|n| protocol_name(*n).is_some_and(|own| own.as_bytes().eq_ignore_ascii_case(name)))
}

/// [`protocol_name`] of the one number given; a keyword in small letters.
pub fn transport<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let number = match cells {
        [Cell::Int(number)] => *number,
        [Cell::Text(name)] => match super::number::digits(name, 0, name.len()) {
            Some(number) => number,
            None => return lower(name, out),
        },
        _ => return Cell::Null,
    };
    protocol_name(number).map_or(Cell::Null, |name| Cell::Text(name.as_bytes()))
}

/// The kind of network: the first value in small letters; where there is none, `ipv4` or `ipv6` by the address that is
/// the second.
pub fn network_type<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [Cell::Text(said), _] => lower(said, out),
        [_, Cell::Text(address)] if address.contains(&b':') => Cell::Text(b"ipv6"),
        [_, Cell::Text(address)] if address.contains(&b'.') => Cell::Text(b"ipv4"),
        _ => Cell::Null,
    }
}

/// The one text given, in small letters, as ECS has its sets of words.
pub fn small_letters<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [Cell::Text(text)] => lower(text, out),
        _ => Cell::Null,
    }
}

fn lower<'a>(text: &[u8], out: &'a mut Vec<u8>) -> Cell<'a> {
    out.extend(text.iter().map(u8::to_ascii_lowercase));
    Cell::Text(out)
}

/// The names of TCP's flags, from the lowest bit on.
const FLAGS: [&str; 8] = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"];

/// The flags in a number, in words: `fin, syn, ack`. None for 0, which says that no flag that is recorded was seen.
pub fn tcp_flags<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let &[Cell::Int(flags)] = cells else { return Cell::Null };
    for (_, name) in FLAGS.iter().enumerate().filter(|(bit, _)| flags >> bit & 1 == 1) {
        if !out.is_empty() {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(name.as_bytes());
    }
    if out.is_empty() { Cell::Null } else { Cell::Text(out) }
}

/// Which way a flow went, given what the log says of it, source and destination. What the log says stands: `ingress` or
/// `egress`, seen from the interface. Without that, what private addresses tell, in ECS's words for it: `internal`
/// between two, `outbound` from one, `inbound` to one. Two public addresses tell nothing: one is the network's own, as
/// every IPv6 address of AWS is.
pub fn direction<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let [said, source, destination] = cells else { return Cell::Null };
    if let Cell::Text(said) = said {
        return lower(said, out);
    }
    let (Some(source), Some(destination)) = (address(source), address(destination)) else {
        return Cell::Null;
    };
    match (is_inside(source), is_inside(destination)) {
        (true, true) => Cell::Text(b"internal"),
        (true, false) => Cell::Text(b"outbound"),
        (false, true) => Cell::Text(b"inbound"),
        (false, false) => Cell::Null,
    }
}

fn address(cell: &Cell<'_>) -> Option<IpAddr> {
    match cell {
        Cell::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}

/// Whether no such address is beyond the network: private, shared, link-local, loopback, and those of many receivers.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let is_shared = matches!(v4.octets(), [100, 64..=127, ..]);
            is_shared
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_loopback()
                || v4.is_multicast()
                || v4.is_broadcast()
        }
        IpAddr::V6(v6) => {
            v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback() || v6.is_multicast()
        }
    }
}

/// Community ID, version 1, seed 0, given source, destination, their ports and the protocol's number or keyword: the same text in
/// Zeek, Suricata and others for both directions of a flow. The algorithm:
/// <https://github.com/corelight/community-id-spec>, read 2026-11-26.
///
/// ```text
/// id     = "1:" base64( sha1( seed lower higher protocol padding [ ports ] ) )
/// lower  = the address that comes first, with its port
/// ports  = of TCP, UDP and SCTP, in the same order
/// ```
///
/// None for ICMP, whose type and code stand there in place of ports and in no flow record.
pub fn community_id<'a>(cells: &[Cell<'a>], out: &'a mut Vec<u8>) -> Cell<'a> {
    let [source, destination, source_port, destination_port, protocol] = cells else { return Cell::Null };
    let number = match protocol {
        Cell::Int(number) => *number,
        Cell::Text(name) => protocol_number(name).unwrap_or(-1),
        _ => -1,
    };
    let Ok(protocol @ (0 | 2..=57 | 59..)) = u8::try_from(number) else { return Cell::Null };
    let (Some(a), Some(b)) = (address(source), address(destination)) else { return Cell::Null };
    if a.is_ipv4() != b.is_ipv4() {
        return Cell::Null;
    }
    let ports = match protocol {
        6 | 17 | 132 => match (port(source_port), port(destination_port)) {
            (Some(a), Some(b)) => Some((a, b)),
            _ => return Cell::Null,
        },
        _ => None,
    };
    let (mut low, mut high) = ((a, ports.map(|p| p.0)), (b, ports.map(|p| p.1)));
    if high < low {
        std::mem::swap(&mut low, &mut high);
    }
    let mut hash = Sha1::new();
    hash.update([0, 0]);
    for (address, _) in [low, high] {
        match address {
            IpAddr::V4(v4) => hash.update(v4.octets()),
            IpAddr::V6(v6) => hash.update(v6.octets()),
        }
    }
    hash.update([protocol, 0]);
    for port in [low.1, high.1].into_iter().flatten() {
        hash.update(port.to_be_bytes());
    }
    let digest = STANDARD.encode(hash.finalize());
    out.extend_from_slice(b"1:");
    out.extend_from_slice(digest.as_bytes());
    Cell::Text(out)
}

fn port(cell: &Cell<'_>) -> Option<u16> {
    match cell {
        Cell::Int(port) => u16::try_from(*port).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Value = for<'a> fn(&[Cell<'a>], &'a mut Vec<u8>) -> Cell<'a>;

    fn said(value: Value, cells: &[Cell<'_>]) -> Option<String> {
        let mut out = Vec::new();
        match value(cells, &mut out) {
            Cell::Text(text) => Some(String::from_utf8(text.to_vec()).unwrap()),
            Cell::Null => None,
            other => panic!("{other:?}"),
        }
    }
    fn text(text: &str) -> Cell<'_> {
        if text.is_empty() { Cell::Null } else { Cell::Text(text.as_bytes()) }
    }

    /// The baseline of the specification's own test data, and of the processor of Elasticsearch.
    #[test]
    fn community_ids_are_those_of_the_specification() {
        let id = |a: &str, b: &str, ports: (i64, i64), protocol: i64| {
            let cells = [text(a), text(b), Cell::Int(ports.0), Cell::Int(ports.1), Cell::Int(protocol)];
            said(community_id, &cells)
        };
        for (a, b, ports, protocol, expected) in [
            ("128.232.110.120", "66.35.250.204", (34855, 80), 6, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="),
            ("192.168.1.52", "8.8.8.8", (54585, 53), 17, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="),
            ("192.168.170.8", "192.168.170.56", (7, 7), 132, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="),
            (
                "2001:470:e5bf:dead:4957:2174:e82c:4887",
                "2607:f8b0:400c:c03::1a",
                (63943, 25),
                6,
                "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=",
            ),
        ] {
            assert_eq!(id(a, b, ports, protocol).as_deref(), Some(expected));
            assert_eq!(id(b, a, (ports.1, ports.0), protocol).as_deref(), Some(expected));
            let name = protocol_name(protocol).unwrap().to_ascii_uppercase();
            let cells = [text(a), text(b), Cell::Int(ports.0), Cell::Int(ports.1), text(&name)];
            assert_eq!(said(community_id, &cells).as_deref(), Some(expected));
        }
        // Between the same addresses, ports decide what comes first; without ports, they are no part of it.
        let same = "10.0.0.1";
        assert_eq!(id(same, same, (9, 1), 6), id(same, same, (1, 9), 6));
        assert_ne!(id(same, same, (9, 1), 6), id(same, same, (9, 2), 6));
        assert_eq!(id("10.0.0.1", "10.0.0.2", (0, 0), 47), id("10.0.0.1", "10.0.0.2", (1, 2), 47));
        for (a, b, ports, protocol) in [
            ("10.0.0.1", "10.0.0.2", (0, 0), 1),
            ("fe80::1", "fe80::2", (0, 0), 58),
            ("10.0.0.1", "2001:db8::1", (1, 2), 6),
            ("10.0.0.1", "", (1, 2), 6),
            ("host", "10.0.0.1", (1, 2), 6),
            ("10.0.0.1", "10.0.0.2", (1, 65536), 6),
            ("10.0.0.1", "10.0.0.2", (-1, 2), 17),
            ("10.0.0.1", "10.0.0.2", (1, 2), 256),
            ("10.0.0.1", "10.0.0.2", (1, 2), -6),
        ] {
            assert_eq!(id(a, b, ports, protocol), None, "{a} {b} {ports:?} {protocol}");
        }
        assert_eq!(said(community_id, &[]), None);
    }

    #[test]
    fn protocols_and_flags_have_names() {
        for (number, name) in [
            (1, Some("icmp")),
            (6, Some("tcp")),
            (17, Some("udp")),
            (58, Some("ipv6-icmp")),
            (132, Some("sctp")),
            (253, None),
            (-1, None),
        ] {
            assert_eq!(name.and_then(|name| protocol_number(name.as_bytes())), name.map(|_| number));
            assert_eq!(said(transport, &[Cell::Int(number)]).as_deref(), name);
        }
        assert_eq!(said(transport, &[Cell::Null]), None);
        for (name, expected) in [("TCP", "tcp"), ("Udp", "udp"), ("58", "ipv6-icmp"), ("QUIC", "quic")] {
            assert_eq!(said(transport, &[text(name)]).as_deref(), Some(expected));
        }
        for (name, number) in [("17", Some(17)), ("ICMP", Some(1)), ("quic", None), ("", None)] {
            assert_eq!(protocol_number(name.as_bytes()), number, "{name}");
        }
        for (flags, words) in [
            (0, None),
            (1, Some("fin")),
            (2, Some("syn")),
            (18, Some("syn, ack")),
            (19, Some("fin, syn, ack")),
            (63, Some("fin, syn, rst, psh, ack, urg")),
            (256, None),
            (i64::MIN, None),
            (-1, Some("fin, syn, rst, psh, ack, urg, ece, cwr")),
        ] {
            assert_eq!(said(tcp_flags, &[Cell::Int(flags)]).as_deref(), words, "{flags}");
        }
        assert_eq!(said(tcp_flags, &[Cell::Null]), None);
    }

    #[test]
    fn what_addresses_tell() {
        for (log, source, destination, way) in [
            ("", "10.0.0.1", "172.31.0.9", Some("internal")),
            ("", "10.0.0.1", "203.0.113.5", Some("outbound")),
            ("", "203.0.113.5", "192.168.0.1", Some("inbound")),
            ("", "100.64.0.1", "169.254.169.254", Some("internal")),
            ("", "10.0.0.1", "224.0.0.251", Some("internal")),
            ("", "fd00::1", "2001:db8::1", Some("outbound")),
            ("", "203.0.113.5", "198.51.100.1", None),
            ("", "2001:db8::1", "2001:db8::2", None),
            ("", "", "10.0.0.1", None),
            ("egress", "10.0.0.1", "10.0.0.2", Some("egress")),
            ("INGRESS", "", "", Some("ingress")),
        ] {
            let found = said(direction, &[text(log), text(source), text(destination)]);
            assert_eq!(found.as_deref(), way, "{source} {destination}");
        }
        for (log, source, kind) in [
            ("IPv6", "10.0.0.1", Some("ipv6")),
            ("EFA", "", Some("efa")),
            ("", "10.0.0.1", Some("ipv4")),
            ("", "2001:db8::1", Some("ipv6")),
            ("", "", None),
        ] {
            assert_eq!(said(network_type, &[text(log), text(source)]).as_deref(), kind, "{log} {source}");
        }
        assert_eq!(said(small_letters, &[text("OUTBOUND")]).as_deref(), Some("outbound"));
        assert_eq!(said(small_letters, &[Cell::Null]), None);
    }
}
