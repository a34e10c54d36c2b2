//! VPC flow logs: the hosts' routine, the scan on Tuesday, the transfer and the mining on two nights.
//!
//! Two flow logs, as companies have them: a custom one (version 5 fields, an order of its own) for the subnets with
//! machines, and one in the default format for the database subnet.

use super::attack::{OBJECTS, object_size};
use super::{HOUR, Line, at, every_hour, scaled};
use crate::cast::{
    ACCOUNT, HOSTS, Host, INTRUDER_ADDRESS, MINING_POOL_ADDRESS, NODES, S3_ADDRESS, SCANNER_ADDRESS, VPC,
};
use crate::rng::Rng;

/// The first line of the custom log's files.
pub(super) const CUSTOM_HEADER: &str = "version account-id interface-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags type pkt-srcaddr pkt-dstaddr pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path az-id log-status\n";
/// The first line of the default log's files.
pub(super) const DEFAULT_HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";

/// Bytes that leave for [`INTRUDER_ADDRESS`] in all.
const TRANSFERRED: u64 = 44_012_446_131;
/// One-minute records that carry them.
const TRANSFER_MINUTES: u64 = 95;
/// The ports that the scan tries on both web hosts, twice.
const SCANNED: [u16; 46] = [
    21, 22, 23, 25, 53, 81, 110, 111, 135, 139, 143, 389, 445, 465, 587, 631, 873, 993, 995, 1080, 1433,
    1521, 2049, 2181, 2375, 2379, 3000, 3306, 3389, 4444, 5000, 5432, 5601, 5900, 5984, 6379, 6443, 7001,
    8000, 8081, 8443, 8888, 9000, 9200, 11211, 27017,
];

/// The lines of the two flow logs.
pub(super) struct Logs {
    pub(super) custom: Vec<Line>,
    pub(super) standard: Vec<Line>,
}

pub(super) fn record() -> Logs {
    let mut flows = Flows { rng: Rng::new(3), custom: Vec::new(), standard: Vec::new() };
    every_hour(|start, busy| {
        flows.web_hosts(start, busy);
        flows.database(start, busy);
        flows.noise(start);
    });
    flows.scan();
    flows.fetch_bucket();
    flows.transfer();
    flows.control();
    Logs { custom: flows.custom, standard: flows.standard }
}

/// One end of a flow.
type End<'a> = (&'a str, u16);

/// What one record counts.
#[derive(Clone, Copy)]
struct Load {
    packets: u64,
    bytes: u64,
    tcp_flags: u8,
}

struct Flows {
    rng: Rng,
    custom: Vec<Line>,
    standard: Vec<Line>,
}

/// `None` for traffic inside the VPC, else the traffic path of the Internet or S3.
const INTERNET: &str = "8";
const GATEWAY: &str = "7";

impl Flows {
    /// One record of the custom log. The direction follows from which end the host is.
    fn push(&mut self, host: &Host, start: u64, from: End<'_>, to: End<'_>, load: Load, accepted: bool) {
        let Host { address, instance, interface, subnet, .. } = *host;
        let ((source, source_port), (destination, destination_port)) = (from, to);
        let out = source == address;
        let service = |end: &str| if end == S3_ADDRESS { "S3" } else { "-" };
        let path = match destination {
            _ if !out => "-",
            S3_ADDRESS => GATEWAY,
            inside if inside.starts_with("10.") => "1",
            _ => INTERNET,
        };
        let Load { packets, bytes, tcp_flags } = load;
        let text = format!(
            "5 {ACCOUNT} {interface} {VPC} {subnet} {instance} {source} {destination} {source_port} {destination_port} \
             6 {packets} {bytes} {start} {end} {action} {tcp_flags} {family} {source} {destination} {from_service} \
             {to_service} {direction} {path} {zone} OK",
            end = start + 59,
            action = if accepted { "ACCEPT" } else { "REJECT" },
            family = if source.contains(':') { "IPv6" } else { "IPv4" },
            from_service = service(source),
            to_service = service(destination),
            direction = if out { "egress" } else { "ingress" },
            zone = zone(host),
        );
        self.custom.push(Line { time: start, text });
    }

    /// A conversation as two records of the custom log.
    fn pair(&mut self, host: &Host, start: u64, near: u16, far: End<'_>, sent: Load, received: Load) {
        self.push(host, start, (host.address, near), far, sent, true);
        self.push(host, start, far, (host.address, near), received, true);
    }

    fn minute(&mut self, start: u64) -> u64 {
        start + u64::from(self.rng.below(60)) * 60 + 7
    }

    fn ephemeral(&mut self) -> u16 {
        self.rng.range(32_768, 60_999) as u16
    }

    /// A conversation of this many bytes, full packets.
    fn load(&mut self, bytes: u64) -> Load {
        let packets = bytes / u64::from(self.rng.range(400, 1_400)) + 4;
        Load { packets, bytes: bytes.max(packets * 40), tcp_flags: *self.rng.pick(&[3, 19, 3, 19, 2, 18, 0]) }
    }

    fn web_hosts(&mut self, start: u64, busy: u32) {
        let [web_1, web_2, api, ..] = HOSTS;
        let hour = start / HOUR;
        // Health checks by the load balancer's nodes, one web host each hour.
        let host = if hour.is_multiple_of(2) { web_1 } else { web_2 };
        let node = *self.rng.pick(&NODES);
        let (time, port) = (self.minute(start), self.ephemeral());
        let (asked, answered) = (self.load(1_140), self.load(2_310));
        self.pair(&host, time, 8080, (node, port), answered, asked);
        // The visitors' requests, through the same nodes.
        for _ in 0..scaled(&mut self.rng, 4, busy) {
            let host = *self.rng.pick(&[web_1, web_2]);
            let (time, port, node) = (self.minute(start), self.ephemeral(), *self.rng.pick(&NODES));
            let bytes = self.rng.bell_size(16);
            let (answer, ask) = (self.load(bytes), self.load(bytes / 24 + 400));
            self.pair(&host, time, 8080, (node, port), answer, ask);
        }
        for _ in 0..scaled(&mut self.rng, 1, busy) {
            let (time, port) = (self.minute(start), self.ephemeral());
            let bytes = self.rng.bell_size(18);
            let (ask, answer) = (self.load(bytes / 30 + 600), self.load(bytes));
            self.pair(&api, time, port, (S3_ADDRESS, 443), ask, answer);
        }
        if hour.is_multiple_of(5) {
            let (time, port) = (self.minute(start), self.ephemeral());
            let (ask, answer) = (self.load(2_400), self.load(6_800));
            let v6 = Host { address: "2001:db8:10:1::11", ..web_1 };
            self.pair(&v6, time, port, ("2001:db8:ffff::53", 443), ask, answer);
        }
        if hour.is_multiple_of(4) {
            let time = self.minute(start);
            let Host { interface, subnet, instance, .. } = api;
            let status = if hour.is_multiple_of(64) { "SKIPDATA" } else { "NODATA" };
            let text = format!(
                "5 {ACCOUNT} {interface} {VPC} {subnet} {instance} - - - - - - - {time} {} - - - - - - - - - {} {status}",
                time + 59,
                zone(&api),
            );
            self.custom.push(Line { time, text });
        }
    }

    /// The default log: queries of the application, and an idle minute now and then.
    fn database(&mut self, start: u64, busy: u32) {
        let [web_1, web_2, api, db, ..] = HOSTS;
        let interface = db.interface;
        for _ in 0..scaled(&mut self.rng, 3, busy) + 1 {
            let client = *self.rng.pick(&[web_1, web_2, api]);
            let (time, port) = (self.minute(start), self.ephemeral());
            let bytes = self.rng.bell_size(15);
            let (ask, answer) = (self.load(bytes / 12 + 300), self.load(bytes));
            let end = time + 59;
            for text in [
                format!(
                    "2 {ACCOUNT} {interface} {} {} {port} 5432 6 {} {} {time} {end} ACCEPT OK",
                    client.address, db.address, ask.packets, ask.bytes
                ),
                format!(
                    "2 {ACCOUNT} {interface} {} {} 5432 {port} 6 {} {} {time} {end} ACCEPT OK",
                    db.address, client.address, answer.packets, answer.bytes
                ),
            ] {
                self.standard.push(Line { time, text });
            }
        }
        if (start / HOUR).is_multiple_of(6) {
            let time = self.minute(start);
            let text = format!("2 {ACCOUNT} {interface} - - - - - - - {time} {} - NODATA", time + 59);
            self.standard.push(Line { time, text });
        }
    }

    /// The knocking that every public address hears.
    fn noise(&mut self, start: u64) {
        for _ in 0..self.rng.range(1, 4) {
            let host = *self.rng.pick(&HOSTS[..2]);
            let network = *self.rng.pick(&["198.51.100", "203.0.113"]);
            let source = format!("{network}.{}", self.rng.range(120, 190));
            let (time, port) = (self.minute(start), self.ephemeral());
            let target = *self.rng.pick(&[22, 23, 445, 2323, 3389, 5060, 6379, 8291]);
            let load = Load { packets: 1, bytes: 40, tcp_flags: 2 };
            self.push(&host, time, (&source, port), (host.address, target), load, false);
        }
    }

    /// Tuesday night: every port once, on both web hosts, two rounds.
    fn scan(&mut self) {
        let mut time = at(3, 22, 10, 7);
        for round in 0..2 {
            for (number, &port) in SCANNED.iter().enumerate() {
                for host in &HOSTS[..2] {
                    let from = 40_000 + round * 1_000 + number as u16;
                    let load = Load { packets: 1, bytes: 44, tcp_flags: 2 };
                    self.push(host, time, (SCANNER_ADDRESS, from), (host.address, port), load, false);
                }
                time += 13;
            }
        }
    }

    /// Thursday night: the objects arrive from S3, a minute per record.
    fn fetch_bucket(&mut self) {
        let intruder = HOSTS[4];
        let total: u64 = (0..OBJECTS[1]).map(object_size).sum();
        let minutes = u64::from(OBJECTS[1]) * 22 / 60 + 1;
        let each = total * 1_015 / 1_000 / minutes; // headers make 1.5 per cent more
        for minute in 0..minutes {
            let bytes = each + u64::from(self.rng.below(4_000_000)) - 2_000_000;
            let load = Load { packets: bytes / 1_460, bytes, tcp_flags: 0 };
            let acknowledged = Load { packets: bytes / 2_920, bytes: bytes / 2_920 * 52, tcp_flags: 0 };
            let start = at(5, 2, 41, 0) + minute * 60;
            self.pair(&intruder, start, 47_112, (S3_ADDRESS, 443), acknowledged, load);
        }
    }

    /// Thursday night: and go on to the intruder's own server.
    fn transfer(&mut self) {
        let intruder = HOSTS[4];
        let mut left = TRANSFERRED;
        for minute in 0..TRANSFER_MINUTES {
            let share = left / (TRANSFER_MINUTES - minute);
            let last = minute + 1 == TRANSFER_MINUTES;
            let bytes = if last { left } else { share + u64::from(self.rng.below(90_000_000)) - 45_000_000 };
            left -= bytes;
            let flags = if minute == 0 { 2 } else { u8::from(last) };
            let load = Load { packets: bytes / 1_448 + 1, bytes, tcp_flags: flags };
            let acknowledged = Load { packets: bytes / 2_896, bytes: bytes / 2_896 * 52, tcp_flags: 0 };
            let start = at(5, 2, 45, 0) + minute * 60;
            self.pair(&intruder, start, 50_424, (INTRUDER_ADDRESS, 443), load, acknowledged);
        }
    }

    /// Shells on the instances, and the pool that they mine for.
    fn control(&mut self) {
        for (number, host) in HOSTS[4..].iter().enumerate() {
            let port = 51_200 + number as u16;
            for minute in 0..6u64 {
                let start = at(5, 2, 20 + minute, 0);
                let (typed, shown) = (self.load(5_200), self.load(18_900));
                self.pair(host, start, 22, (INTRUDER_ADDRESS, port), shown, typed);
            }
            for quarter in 0..10u64 {
                let start = at(5, 2, 31, 0) + quarter * 900;
                let (shares, jobs) = (self.load(48_000), self.load(31_000));
                self.pair(host, start, 38_800 + number as u16, (MINING_POOL_ADDRESS, 3333), shares, jobs);
            }
        }
    }
}

fn zone(host: &Host) -> &'static str {
    match host.subnet.as_bytes().last() {
        Some(b'a') => "use1-az1",
        Some(b'b') => "use1-az2",
        _ => "use1-az4",
    }
}
