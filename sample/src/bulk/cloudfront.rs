//! CloudFront legacy log records: 33 tab-separated columns.

use super::{Clock, Rows, agents, paths};
use crate::rng::Rng;
use crate::text::{public_address, push_base64, push_clock, push_date, push_ipv4, push_number, push_padded};

const PLACES: [&str; 24] = [
    "IAD89-C1", "FRA56-P8", "LHR61-C2", "JFK50-P2", "NRT57-P3", "CDG50-C1", "SFO53-P4", "AMS1-P1", "SIN2-P6",
    "DUB56-P1", "ORD58-P9", "ATL59-P2", "GRU3-P5", "SYD62-P2", "BOM78-P7", "ICN57-P4", "MAD56-P3",
    "ARN53-P1", "SEA73-P2", "DFW57-P6", "MIA3-P3", "YUL62-C1", "HKG62-P2", "VIE50-C2",
];

pub(super) struct Cloudfront {
    rng: Rng,
    clock: Clock,
    agents: Vec<String>,
    paths: Vec<String>,
}

impl Cloudfront {
    pub(super) fn new(rows: u64, seed: u64) -> Self {
        let agents = agents().iter().map(|agent| agent.replace(' ', "%20")).collect();
        Cloudfront { rng: Rng::new(seed), clock: Clock::new(rows), agents, paths: paths() }
    }
}

fn push_seconds(out: &mut Vec<u8>, millis: u64) {
    push_number(out, millis / 1_000);
    out.push(b'.');
    push_padded(out, millis % 1_000, 3);
}

impl Rows for Cloudfront {
    fn head(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end\n");
    }

    fn row(&mut self, out: &mut Vec<u8>) {
        let now = self.clock.tick() / 1_000_000;
        let rng = &mut self.rng;
        let r = rng.next_u64();
        let (status, result): (&[u8], &[u8]) = match r % 1_000 {
            0..700 => (b"200", b"Hit"),
            700..860 => (b"200", b"Miss"),
            860..900 => (b"304", b"RefreshHit"),
            900..930 => (b"206", b"Hit"),
            930..960 => (b"404", b"Error"),
            960..980 => (b"403", b"Error"),
            980..990 => (b"301", b"Redirect"),
            990..996 => (b"502", b"Error"),
            _ => (b"000", b"Error"),
        };
        let kind: &[u8] = match (r >> 12) & 7 {
            0 | 1 => b"text/html;%20charset=utf-8",
            2 => b"application/javascript",
            3 => b"text/css",
            4 | 5 => b"image/webp",
            6 => b"application/json",
            _ => b"font/woff2",
        };
        push_date(out, now);
        out.push(b'\t');
        push_clock(out, now);
        out.push(b'\t');
        out.extend_from_slice(PLACES[rng.zipf_below(PLACES.len() as u32) as usize].as_bytes());
        out.push(b'\t');
        let size = rng.bell_size(14);
        push_number(out, size + 300 + (r >> 50) % 300);
        out.push(b'\t');
        push_ipv4(out, public_address(rng.zipf(18)));
        out.extend_from_slice(if (r >> 16) & 15 == 0 { b"\tPOST\t" } else { b"\tGET\t" });
        out.extend_from_slice(b"d111111abcdef8.cloudfront.net\t");
        out.extend_from_slice(self.paths[rng.zipf_below(self.paths.len() as u32) as usize].as_bytes());
        out.push(b'\t');
        out.extend_from_slice(status);
        if (r >> 20) & 3 == 0 {
            out.extend_from_slice(b"\t-\t");
        } else {
            out.extend_from_slice(b"\thttps://shop.example.com");
            out.extend_from_slice(self.paths[rng.zipf_below(self.paths.len() as u32) as usize].as_bytes());
            out.push(b'\t');
        }
        out.extend_from_slice(self.agents[rng.zipf_below(self.agents.len() as u32) as usize].as_bytes());
        out.push(b'\t');
        if (r >> 22) & 3 == 0 {
            out.extend_from_slice(b"v=");
            push_base64(out, rng, 10);
            out.extend_from_slice(b"&width=");
            push_number(out, 320 << ((r >> 24) & 3));
        } else {
            out.push(b'-');
        }
        out.extend_from_slice(b"\t-\t");
        out.extend_from_slice(result);
        out.push(b'\t');
        push_base64(out, rng, 54);
        out.extend_from_slice(b"==\tshop.example.com\thttps\t");
        push_number(out, 60 + (r >> 40) % 900);
        let took = rng.bell_size(5);
        out.push(b'\t');
        push_seconds(out, took);
        out.extend_from_slice(b"\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\t");
        out.extend_from_slice(result);
        out.extend_from_slice(b"\tHTTP/2.0\t-\t-\t");
        push_number(out, 1_024 + (r >> 28) % 64_000);
        out.push(b'\t');
        push_seconds(out, took);
        out.push(b'\t');
        out.extend_from_slice(result);
        out.push(b'\t');
        out.extend_from_slice(kind);
        out.push(b'\t');
        push_number(out, size);
        out.extend_from_slice(b"\t-\t-\n");
    }
}
