//! CloudFront logs in the legacy form: 33 columns, visitors of the web site, and the scan on Tuesday evening.

use super::{Line, at, every_hour, scaled};
use crate::cast::{BROWSERS, SCANNER_ADDRESS, SCANNER_AGENT, SITE_HOST};
use crate::rng::Rng;
use crate::text::{base64, iso};

/// The two lines that every file begins with.
pub(super) const HEADER: &str = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end\n";

/// What the scan asks for: path, status, how often.
const SCAN: [(&str, u16, u32); 9] = [
    ("/wp-login.php", 404, 31),
    ("/.env", 403, 24),
    ("/.git/config", 403, 19),
    ("/phpmyadmin/index.php", 404, 13),
    ("/.aws/credentials", 403, 11),
    ("/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", 404, 8),
    ("/server-status", 403, 6),
    ("/backup.sql", 404, 5),
    ("/actuator/env", 404, 3),
];

pub(super) fn record() -> Vec<Line> {
    let mut log = Log { rng: Rng::new(5), lines: Vec::new() };
    every_hour(|start, busy| {
        for _ in 0..scaled(&mut log.rng, 12, busy) + 1 {
            let time = start + u64::from(log.rng.below(3_600));
            log.visit(time);
        }
    });
    log.scan();
    log.lines
}

struct View<'a> {
    client: &'a str,
    method: &'a str,
    path: &'a str,
    query: &'a str,
    agent: &'a str,
    referer: &'a str,
    status: &'a str,
    result: &'a str,
    kind: &'a str,
    size: u32,
}

struct Log {
    rng: Rng,
    lines: Vec<Line>,
}

impl Log {
    fn visit(&mut self, time: u64) {
        let client = match self.rng.below(12) {
            0 => format!(
                "2001:db8:{:x}:{:x}::{:x}",
                self.rng.range(1, 9),
                self.rng.below(4),
                self.rng.range(1, 64)
            ),
            1..=5 => format!("203.0.113.{}", self.rng.range(1, 70)),
            _ => format!("198.51.100.{}", self.rng.range(30, 100)),
        };
        let (path, query, kind, size) = *self.rng.pick(&[
            ("/", "-", "text/html", 11_040),
            ("/", "utm_source=newsletter&utm_campaign=march", "text/html", 11_040),
            ("/products/lamp.html", "-", "text/html", 8_310),
            ("/products/chair%20(oak).html", "-", "text/html", 8_977),
            ("/assets/app.3f9a10.js", "-", "application/javascript", 182_400),
            ("/assets/app.3f9a10.css", "-", "text/css", 24_100),
            ("/img/hero.webp", "w=1280", "image/webp", 96_204),
            ("/img/lamp.webp", "w=640", "image/webp", 41_870),
            ("/fonts/inter.woff2", "-", "font/woff2", 48_256),
            ("/robots.txt", "-", "text/plain", 68),
        ]);
        let (status, result) = *self.rng.pick(&[
            ("200", "Hit"),
            ("200", "Hit"),
            ("200", "Hit"),
            ("200", "Hit"),
            ("200", "Hit"),
            ("200", "Miss"),
            ("200", "Miss"),
            ("200", "RefreshHit"),
            ("304", "Hit"),
        ]);
        let (status, result) = match self.rng.below(120) {
            0 => ("404", "Error"),
            1 => ("502", "Error"),
            2 => ("000", "Error"), // the viewer went away
            _ => (status, result),
        };
        let agent = *self.rng.pick(&BROWSERS);
        let referer = if path == "/" { "-" } else { "https://www.example.com/" };
        let size = if status == "304" || status == "000" { 0 } else { size };
        self.push(
            time,
            &View { client: &client, method: "GET", path, query, agent, referer, status, result, kind, size },
        );
    }

    fn scan(&mut self) {
        let mut asked: Vec<(&str, u16)> = Vec::new();
        for (path, status, times) in SCAN {
            for turn in 0..times {
                // Rounds over all paths, not one path after the other.
                let at = (asked.len() as u32 * turn / times) as usize;
                asked.insert(at, (path, status));
            }
        }
        let mut time = at(3, 21, 40, 3);
        for (path, status) in asked {
            let (client, agent) = (SCANNER_ADDRESS, SCANNER_AGENT);
            let status = status.to_string();
            self.push(
                time,
                &View {
                    client,
                    method: "GET",
                    path,
                    query: "-",
                    agent,
                    referer: "-",
                    status: &status,
                    result: "Error",
                    kind: "text/html",
                    size: 919,
                },
            );
            time += u64::from(self.rng.range(4, 12));
        }
    }

    fn push(&mut self, time: u64, view: &View<'_>) {
        let View { client, method, path, query, agent, referer, status, result, kind, size } = *view;
        let rng = &mut self.rng;
        let place = *rng.pick(&["IAD89-C1", "IAD12-P4", "JFK50-P2", "BOS50-C1", "FRA56-P8"]);
        let took = rng.bell_size(4).min(2_000) + if result == "Miss" { 80 } else { 1 };
        let now = iso(time);
        let text = format!(
            "{date}\t{clock}\t{place}\t{bytes}\t{client}\t{method}\td111111abcdef8.cloudfront.net\t{path}\t{status}\t\
             {referer}\t{agent}\t{query}\t-\t{result}\t{id}==\t{SITE_HOST}\thttps\t{asked}\t{took}\t-\tTLSv1.3\t\
             TLS_AES_128_GCM_SHA256\t{result}\tHTTP/2.0\t-\t-\t{port}\t{first}\t{detail}\t{kind}\t{size}\t-\t-",
            date = &now[..10],
            clock = &now[11..19],
            bytes = if status == "000" { 0 } else { size + rng.range(290, 520) },
            agent = agent.replace(' ', "%20"),
            id = base64(rng, 54),
            asked = rng.range(60, 420),
            took = format_args!("{}.{:03}", took / 1_000, took % 1_000),
            port = rng.range(1_025, 65_000),
            first = format_args!("{}.{:03}", took / 1_000, took % 1_000),
            detail = if status == "000" { "ClientCommError" } else { result },
            size = if size == 0 { "-".to_owned() } else { size.to_string() },
        );
        self.lines.push(Line { time, text });
    }
}
