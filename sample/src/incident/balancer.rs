//! ALB access logs: visitors, monitoring, one outage on Friday, and the password guessing on Wednesday evening.

use super::{Line, at, every_hour, scaled};
use crate::cast::{
    ACCOUNT, APP_HOST, BROWSERS, HOSTS, LOAD_BALANCER, PUBLIC_NODES, SCANNER_ADDRESS, SCANNER_AGENT,
};
use crate::rng::Rng;
use crate::text::{hex, iso_micros};

/// Wrong passwords answered with 401 before the application locks the address out.
const WRONG: u32 = 212;
/// Then answered with 403.
const LOCKED: u32 = 28;

/// The lines of the load balancer's two nodes.
pub(super) fn record() -> [Vec<Line>; 2] {
    let mut log = Log { rng: Rng::new(4), lines: [Vec::new(), Vec::new()] };
    every_hour(|start, busy| {
        for _ in 0..scaled(&mut log.rng, 18, busy) + 1 {
            let time = start * 1_000_000 + log.rng.next_u64() % 3_600_000_000;
            log.visit(time);
        }
    });
    log.oddities();
    log.outage();
    log.guess_passwords();
    log.lines
}

/// One request, before the fields that follow from others are filled in.
struct Request<'a> {
    client: &'a str,
    method: &'a str,
    path: &'a str,
    agent: &'a str,
    status: u16,
    sent: u64,
    /// Whether it reached a web host.
    forwarded: bool,
    /// Microseconds until the target answered; `None` when it never did.
    took: Option<u64>,
}

struct Log {
    rng: Rng,
    lines: [Vec<Line>; 2],
}

impl Log {
    fn client(&mut self) -> String {
        match self.rng.below(20) {
            0 => format!(
                "2001:db8:{:x}:{:x}::{:x}",
                self.rng.range(1, 9),
                self.rng.below(4),
                self.rng.range(1, 64)
            ),
            1..=9 => format!("203.0.113.{}", self.rng.range(1, 70)),
            _ => format!("198.51.100.{}", self.rng.range(30, 100)),
        }
    }

    fn visit(&mut self, time: u64) {
        let client = self.client();
        let agent = *self.rng.pick(&BROWSERS);
        let order = format!("/api/orders/{}", self.rng.range(10_000, 99_999));
        let search = format!(
            "/search?q={}&page={}",
            self.rng.pick(&["lamp", "desk%20lamp", "chair", "r%C3%A9sum%C3%A9"]),
            self.rng.range(1, 6)
        );
        let (method, path, mut status, size) = match self.rng.below(100) {
            0..=21 => ("GET", "/", 200, 14_200),
            22..=37 => ("GET", "/api/orders?limit=20", 200, 6_800),
            38..=52 => ("GET", order.as_str(), 200, 2_100),
            53..=62 => ("GET", search.as_str(), 200, 9_400),
            63..=70 => ("POST", "/api/cart", 201, 420),
            71..=76 => ("POST", "/login", 302, 0),
            77..=78 => ("POST", "/login", 401, 1_240),
            79..=84 => ("GET", "/account", 200, 7_700),
            85..=88 => ("PUT", "/api/profile", 204, 0),
            89..=91 => ("GET", "/favicon.ico", 304, 0),
            92..=94 => ("GET", "/api/orders/export.csv", 200, 88_000),
            95..=96 => ("DELETE", "/api/cart/items/3", 204, 0),
            97 => ("GET", "/old-catalogue", 404, 1_180),
            _ => ("OPTIONS", "/api/cart", 204, 0),
        };
        if self.rng.chance(6) {
            status = 500;
        }
        let took = self.rng.bell_size(15).clamp(900, 9_000_000);
        let sent = 310 + size + u64::from(self.rng.below(size as u32 / 8 + 40));
        self.push(
            time,
            &Request {
                client: &client,
                method,
                path,
                agent,
                status,
                sent,
                forwarded: true,
                took: Some(took),
            },
        );
    }

    fn push(&mut self, time: u64, request: &Request<'_>) {
        let port = self.rng.range(1_025, 65_000);
        let received = self.rng.range(180, 1_100);
        let Request { client, method, path, agent, status, sent, forwarded, took } = *request;
        let target = if self.rng.chance(500) { &HOSTS[0] } else { &HOSTS[1] };
        let target = if forwarded { format!("{}:8080", target.address) } else { "-".to_owned() };
        let times = match took {
            Some(took) => format!("0.00{} {} 0.000", self.rng.below(3), seconds(took)),
            None => "-1 -1 -1".to_owned(),
        };
        let target_status = if took.is_some() { status.to_string() } else { "-".to_owned() };
        let (target_list, status_list) =
            if forwarded { (target.as_str(), target_status.as_str()) } else { ("-", "-") };
        let group = if forwarded || status == 503 { group() } else { "-".to_owned() };
        let (kind, version) = if agent == SCANNER_AGENT { ("https", "1.1") } else { ("h2", "2.0") };
        let created = time - took.unwrap_or(1_000) - 900;
        self.write(time, |rng| {
            format!(
                "{client}:{port} {target} {times} {status} {target_status} {received} {sent} \
                 \"{method} https://{APP_HOST}:443{path} HTTP/{version}\" \"{agent}\" TLS_AES_128_GCM_SHA256 TLSv1.3 {group} \
                 \"{trace}\" \"{APP_HOST}\" \"{certificate}\" 0 {created} \"{actions}\" \"-\" \"-\" \"{target_list}\" \
                 \"{status_list}\" \"-\" \"-\"",
                trace = trace(time, rng),
                certificate = certificate(),
                created = iso_micros(created),
                actions = if status == 403 && !forwarded { "waf" } else { "waf,forward" },
            )
        }, kind);
    }

    /// Adds what every line begins and ends with.
    fn write(&mut self, time: u64, middle: impl FnOnce(&mut Rng) -> String, kind: &str) {
        let node = self.rng.below(2) as usize;
        let middle = middle(&mut self.rng);
        let text = format!(
            "{kind} {} {LOAD_BALANCER} {middle} TID_{} \"-\" \"-\" \"-\" {}",
            iso_micros(time),
            hex(&mut self.rng, 32),
            PUBLIC_NODES[node],
        );
        self.lines[node].push(Line { time: time / 1_000_000, text });
    }

    /// What real logs contain and parsers stumble over: requests without a target, without a protocol, with quotes.
    fn oddities(&mut self) {
        let malformed = ["- http://app.example.com:80- -", "- http://app.example.com:80-/ "];
        for number in 0..7u64 {
            let time = at(2 + number, 3 + number * 2, 17, 9) * 1_000_000 + 40_213 * (number + 1);
            let request = malformed[number as usize % 2];
            self.write(time, |rng| {
                format!(
                    "198.51.100.{}:{} - -1 -1 -1 400 - 0 272 \"{request}\" \"-\" - - - \"-\" \"-\" \"-\" - {} \"-\" \"-\" \
                     \"-\" \"-\" \"-\" \"-\" \"-\"",
                    rng.range(30, 100),
                    rng.range(1_025, 65_000),
                    iso_micros(time - 3_000),
                )
            }, "http");
            let time = time + 95_000_000;
            self.write(time, |rng| {
                format!(
                    "203.0.113.{}:{} - -1 -1 -1 301 - 164 331 \"GET http://app.example.com:80/ HTTP/1.1\" \"{}\" - - - \
                     \"{}\" \"-\" \"-\" 0 {} \"redirect\" \"https://app.example.com:443/\" \"-\" \"-\" \"-\" \"-\" \"-\"",
                    rng.range(1, 70),
                    rng.range(1_025, 65_000),
                    rng.pick(&BROWSERS),
                    trace(time, rng),
                    iso_micros(time - 2_000),
                )
            }, "http");
        }
        for (day, path, agent, status) in [
            (3, r"/search?q=\x22 or 1=1--", SCANNER_AGENT, 403),
            (4, "/files/annual report.pdf", BROWSERS[0], 404),
            (5, "/api/orders?limit=20", r"Mozilla/5.0 \x22quoted\x22 (compatible)", 200),
            (6, "/api/cart", BROWSERS[3], 460),
        ] {
            let forwarded = status != 403;
            let took = (forwarded && status != 460).then_some(21_000);
            let client = "198.51.100.88";
            self.push(
                at(day, 15, 41, 30) * 1_000_000 + 77,
                &Request { client, method: "GET", path, agent, status, sent: 520, forwarded, took },
            );
        }
    }

    /// Friday, seven minutes: first no answers, then no healthy target.
    fn outage(&mut self) {
        for number in 0..34u64 {
            let client = self.client();
            let time = at(6, 14, 5, 0) * 1_000_000 + number * 12_345_678;
            let (status, forwarded) = match number {
                0..=4 => (504, true),
                5..=9 => (502, true),
                _ => (503, false),
            };
            let path = if number.is_multiple_of(3) { "/" } else { "/api/orders?limit=20" };
            let agent = BROWSERS[number as usize % 5];
            self.push(
                time,
                &Request {
                    client: &client,
                    method: "GET",
                    path,
                    agent,
                    status,
                    sent: 337,
                    forwarded,
                    took: None,
                },
            );
        }
    }

    /// Wednesday evening: 240 wrong passwords, one right one, and what was looked at with it.
    fn guess_passwords(&mut self) {
        let mut time = at(4, 20, 2, 11) * 1_000_000;
        let attempts = (0..WRONG).map(|_| 401).chain((0..LOCKED).map(|_| 403)).chain([302]);
        let mut knock = |log: &mut Log, method, path, status, sent| {
            let took = Some(u64::from(log.rng.range(60_000, 140_000)));
            log.push(
                time,
                &Request {
                    client: SCANNER_ADDRESS,
                    method,
                    path,
                    agent: SCANNER_AGENT,
                    status,
                    sent,
                    forwarded: true,
                    took,
                },
            );
            time += u64::from(log.rng.range(5_200_000, 8_400_000));
        };
        for status in attempts {
            knock(self, "POST", "/login", status, if status == 302 { 612 } else { 1_240 });
        }
        for (path, sent) in [
            ("/admin", 18_204),
            ("/admin/users", 9_377),
            ("/admin/settings", 12_150),
            ("/admin/settings/ci", 6_402),
            ("/admin/settings/ci?reveal=deploy-key", 6_618),
        ] {
            knock(self, "GET", path, 200, sent);
        }
    }
}

fn seconds(micros: u64) -> String {
    format!("{}.{:03}", micros / 1_000_000, micros / 1_000 % 1_000)
}

fn group() -> String {
    format!("arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:targetgroup/web-prod/73e2d6bc24d8a067")
}

fn certificate() -> String {
    format!("arn:aws:acm:us-east-1:{ACCOUNT}:certificate/7d3f9a10-5b6c-4e2d-8f01-2a3b4c5d6e7f")
}

fn trace(time: u64, rng: &mut Rng) -> String {
    format!("Root=1-{:08x}-{}", time / 1_000_000, hex(rng, 24))
}
