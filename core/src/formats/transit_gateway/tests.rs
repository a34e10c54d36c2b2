//! Which lines are a transit gateway's, and whose order is known.

use super::*;
use crate::formats::{ALL, Decoded, Format, Head, Record, Sniff};
use crate::formats::{Precedence, Settings};

const DEFAULT: &str = "6 TransitGateway 111122223333 tgw-1 tgw-attach-1 111122223333 444455556666 vpc-1 vpc-2 subnet-1 \
                       subnet-2 eni-1 eni-2 euc1-az1 euc1-az2 tgw-attach-2 10.0.1.5 10.1.2.6 49152 443 6 12 5400 \
                       1772674177 1772674237 OK IPv4 0 0 0 0 27 eu-central-1 ingress - -";
const CUSTOM: &str = "6 111122223333 tgw-1 tgw-attach-1 vpc-1 vpc-2 10.0.1.5 10.1.2.6 12345 443 6 10 1000 1772674177 \
                      1772674237 OK";
const NAMES: &str = "version account-id tgw-id tgw-attachment-id tgw-src-vpc-id tgw-dst-vpc-id srcaddr dstaddr srcport \
                     dstport protocol packets bytes start end log-status";

/// The formats that claim lines, given these names of their fields.
fn claims(lines: &str, names: &str) -> Vec<&'static str> {
    let records: Vec<&[u8]> = lines.lines().map(str::as_bytes).collect();
    let fields: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
    let head = Head {
        settings: &Settings { fields: fields.to_vec(), ..Settings::NONE },
        ..Head::of(Framing::Lines, &records)
    };
    let own = ALL.iter().filter(|f| f.precedence() == Precedence::Own);
    own.filter(|f| f.sniff(&head) != Sniff::No).map(|f| f.meta().id).collect()
}

#[test]
fn gateways_and_vpcs_are_told_apart() {
    let dollars: String = NAMES.split(' ').map(|n| format!("${{{n}}} ")).collect();
    for (lines, names) in [
        (DEFAULT, ""),
        (&format!("{DEFAULT} "), ""),
        (&format!("{NAMES}\n{CUSTOM}"), ""),
        (&format!("{}\n{CUSTOM}", NAMES.replace('-', "_")), ""),
        ("resource-type srcaddr dstaddr bytes\nTransitGateway 10.0.0.1 10.0.0.2 5", ""),
        // The order of these is known from the user only.
        (CUSTOM, NAMES),
        (&format!("{CUSTOM}\ndamaged\n{CUSTOM}"), NAMES),
        (CUSTOM, &dollars),
        // Names that do not fit change nothing.
        (DEFAULT, NAMES),
        (DEFAULT, "srcaddr dstaddr"),
    ] {
        assert_eq!(claims(lines, names), ["transit_gateway"], "{lines} {names}");
    }
    for (lines, names) in [
        (CUSTOM, ""),
        (CUSTOM, "srcaddr dstaddr"),
        (CUSTOM, &NAMES.replace("srcaddr", "bytes")),
        (&format!("{DEFAULT} more"), ""),
        (&DEFAULT.replace(" OK ", " - "), ""),
        (&DEFAULT.replace("TransitGateway ", "- "), ""),
        (&DEFAULT.replace("6 Tr", "5 Tr"), ""),
        ("the tgw-1 is OK", ""),
    ] {
        assert_eq!(claims(lines, names), Vec::<&str>::new(), "{lines} {names}");
    }
    let vpc = "i-0a1b eni-0a1b 10.0.0.1 10.0.0.2 192.0.2.1 192.0.2.2";
    let names = "instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr";
    assert_eq!(claims(vpc, names), ["vpc_flow"]);
    assert_eq!(claims(vpc, ""), Vec::<&str>::new());
}

#[test]
fn orders_that_cannot_be_told_are_advised_on() {
    let advice = |names: &str| {
        let fields: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
        let records = [CUSTOM.as_bytes()];
        let head = Head {
            settings: &Settings { fields: fields.to_vec(), ..Settings::NONE },
            ..Head::of(Framing::Lines, &records)
        };
        ALL.iter().filter_map(|f| f.advice(&head)).collect::<Vec<_>>()
    };
    let [told] = &advice("")[..] else { panic!("{:?}", advice("")) };
    assert!(told.starts_with("transit gateway flow log records of 16 fields"), "{told}");
    assert!(told.contains("such as `version resource-type account-id …` (`--fields`)"), "{told}");
    let [told] = &advice("tgw-id srcaddr dstaddr")[..] else { panic!() };
    assert!(told.ends_with("the names of 3 fields were given, and do not fit them"), "{told}");
}

/// The rows that lines give, and the first fault.
fn read(lines: &[&str], names: &str) -> (usize, Option<String>) {
    let records: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
    let fields: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
    let head = Head {
        settings: &Settings { fields: fields.to_vec(), ..Settings::NONE },
        ..Head::of(Framing::Lines, &records)
    };
    let mut decoder = LOG.decoder(&head);
    let mut table = logloupe_table::Table::new("transit_gateway", LOG.fields(), 1);
    let (mut rows, mut fault) = (0, None);
    for bytes in records {
        let mut row = table.begin();
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
            Ok(Decoded::Row) => {
                row.commit(0, 1, 1, bytes);
                rows += 1;
            }
            Ok(_) => {}
            Err(found) => fault = fault.or(Some(found.expected)),
        }
    }
    (rows, fault)
}

#[test]
fn names_of_the_user_give_the_order() {
    assert_eq!(read(&[CUSTOM, CUSTOM], NAMES), (2, None));
    assert_eq!(read(&[DEFAULT, DEFAULT], NAMES), (2, None));
    assert_eq!(
        read(&[NAMES, CUSTOM, DEFAULT], "srcaddr dstaddr"),
        (1, Some("end of the record after 16 fields".into()))
    );
    // Forced upon lines that they do not fit, they are what is known.
    let (rows, fault) = read(&["10.0.0.1 tgw-1"], "srcaddr dstaddr tgw-id");
    assert_eq!((rows, fault.as_deref()), (0, Some("1 more field, tgw-id first")));
    let (rows, fault) = read(&[DEFAULT, &DEFAULT.replace("vpc-1", "eni-9"), CUSTOM], "");
    assert_eq!((rows, fault.as_deref()), (1, Some("a value of tgw-src-vpc-id")));
}
