//! Logs of any size, as streams of chunks: for benchmarks, and for tests that want many different records.
//!
//! Every stream spreads its records over the seven days from 2026-03-02, in order of time, whatever their number, and
//! ends every record inside the chunk in which it began. The same arguments give the same bytes. Sources follow Zipf's
//! law over a quarter of a million public addresses, sizes a bell in their logarithm: dictionaries, compression and
//! groupings meet what they would meet in real logs. There is no story in here; see [`crate::incident()`] for that.
//!
//! Reading order: this file (chunks), `vpc` (the smallest generator), `alb`, `cloudfront`, `lambda`,
//! `cloudtrail` with `apis`.

mod alb;
mod apis;
mod cloudfront;
mod cloudtrail;
mod lambda;
mod vpc;

pub use cloudtrail::{SMALL_FILE_EVENTS, small_files};

use crate::cast::{DAYS, FIRST_SECOND};
use crate::text::DAY;

/// The size that chunks reach before they are handed out, in bytes.
pub const CHUNK_BYTES: usize = 1 << 20;

/// VPC flow log text in the default format, with its header line first: `rows` records of about 115 bytes.
pub fn vpc(rows: u64, seed: u64) -> impl Iterator<Item = Vec<u8>> + Send {
    Stream::new(vpc::Vpc::new(rows, seed), rows)
}

/// ALB access log text, no header: `rows` records of 34 tokens and about 800 bytes.
pub fn alb(rows: u64, seed: u64) -> impl Iterator<Item = Vec<u8>> + Send {
    Stream::new(alb::Alb::new(rows, seed), rows)
}

/// CloudFront legacy log text with its two header lines first: `rows` records of 33 columns and about 550 bytes.
pub fn cloudfront(rows: u64, seed: u64) -> impl Iterator<Item = Vec<u8>> + Send {
    Stream::new(cloudfront::Cloudfront::new(rows, seed), rows)
}

/// A Lambda function's log as CloudWatch Logs exports it: `rows` records of about 130 bytes, of which some reports have
/// a second line.
pub fn lambda(rows: u64, seed: u64) -> impl Iterator<Item = Vec<u8>> + Send {
    Stream::new(lambda::Lambda::new(rows, seed), rows)
}

/// One CloudTrail file, `{"Records":[…]}` on one line: `events` events of 1 to 2.5 KB.
pub fn cloudtrail(events: u64, seed: u64) -> impl Iterator<Item = Vec<u8>> + Send {
    Stream::new(cloudtrail::Cloudtrail::new(events, seed), events)
}

/// A generator of one format.
trait Rows {
    /// What stands before the first record.
    fn head(&self, _out: &mut Vec<u8>) {}
    /// Appends the next record, its end included.
    fn row(&mut self, out: &mut Vec<u8>);
    /// What stands after the last record.
    fn tail(&self, _out: &mut Vec<u8>) {}
}

struct Stream<R> {
    rows: R,
    total: u64,
    made: u64,
    ended: bool,
}

impl<R: Rows> Stream<R> {
    fn new(rows: R, total: u64) -> Self {
        Stream { rows, total, made: 0, ended: false }
    }
}

impl<R: Rows> Iterator for Stream<R> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if self.ended {
            return None;
        }
        let mut chunk = Vec::with_capacity(CHUNK_BYTES + 4_096);
        if self.made == 0 {
            self.rows.head(&mut chunk);
        }
        while self.made < self.total && chunk.len() < CHUNK_BYTES {
            self.rows.row(&mut chunk);
            self.made += 1;
        }
        if self.made == self.total {
            self.ended = true;
            self.rows.tail(&mut chunk);
        }
        Some(chunk)
    }
}

/// A clock that reaches the end of the week with the last record, in microseconds since 1970.
struct Clock {
    now: u64,
    step: u64,
    fraction: u64,
}

impl Clock {
    fn new(records: u64) -> Self {
        let week = u128::from(DAYS * DAY * 1_000_000) << 20;
        let step = (week / u128::from(records.max(1))) as u64;
        Clock { now: FIRST_SECOND * 1_000_000, step, fraction: 0 }
    }

    #[inline]
    fn tick(&mut self) -> u64 {
        let now = self.now;
        self.fraction += self.step;
        self.now += self.fraction >> 20;
        self.fraction &= (1 << 20) - 1;
        now
    }
}

/// User agents of a busy site: versions and systems in all combinations, most frequent first.
fn agents() -> Vec<String> {
    const SYSTEMS: [&str; 9] = [
        "Windows NT 10.0; Win64; x64",
        "Macintosh; Intel Mac OS X 10_15_7",
        "Linux; Android 16; K",
        "X11; Linux x86_64",
        "Linux; Android 15; SM-S928B",
        "X11; CrOS x86_64 14541.0.0",
        "Linux; Android 14; Pixel 8",
        "Windows NT 6.1; WOW64",
        "X11; Ubuntu; Linux x86_64",
    ];
    let mut agents = Vec::new();
    for version in (100..=145).rev() {
        for (number, system) in SYSTEMS.iter().enumerate() {
            let engine = "AppleWebKit/537.36 (KHTML, like Gecko)";
            agents.push(match (number + version) % 5 {
                0 => format!("Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"),
                1 => format!("Mozilla/5.0 ({system}) {engine} Chrome/{version}.0.0.0 Safari/537.36 Edg/{version}.0.3650.{}", version % 90),
                _ => format!("Mozilla/5.0 ({system}) {engine} Chrome/{version}.0.0.0 Safari/537.36"),
            });
        }
        agents.push(format!("curl/8.{}.0", version % 14));
        agents.push(format!("okhttp/4.{}.{}", version % 13, version % 4));
        agents.push(format!("python-requests/2.{}.3", version % 33));
    }
    agents
}

/// Paths of a shop, most frequent first.
fn paths() -> Vec<String> {
    const PLACES: [&str; 10] = [
        "api/v2/orders",
        "products",
        "assets/js",
        "img",
        "api/v2/carts",
        "search",
        "account",
        "blog",
        "fonts",
        "api/v2/users",
    ];
    const NOUNS: [&str; 16] = [
        "summary",
        "detail",
        "history",
        "chair-oak",
        "lamp-desk",
        "table-round",
        "app",
        "vendor",
        "checkout",
        "settings",
        "reviews",
        "shipping",
        "returns",
        "gift-cards",
        "hero-banner",
        "newsletter",
    ];
    let mut paths = vec!["/".to_owned(), "/login".to_owned(), "/robots.txt".to_owned()];
    for number in 0..12 {
        for noun in NOUNS {
            for place in PLACES {
                paths
                    .push(format!("/{place}/{noun}-{:05}", (number * 7_919 + noun.len() * 104_729) % 99_991));
            }
        }
    }
    paths
}
