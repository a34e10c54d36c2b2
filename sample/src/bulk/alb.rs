//! ALB access log records: 34 tokens, long requests, unique trace ids.

use super::{Clock, Rows, agents, paths};
use crate::cast::ACCOUNT;
use crate::rng::Rng;
use crate::text::{public_address, push_base64, push_hex, push_ipv4, push_moment, push_number, push_padded};

const TARGETS: u32 = 48;

pub(super) struct Alb {
    rng: Rng,
    clock: Clock,
    agents: Vec<String>,
    paths: Vec<String>,
    targets: Vec<String>,
    group: String,
    certificate: String,
}

impl Alb {
    pub(super) fn new(rows: u64, seed: u64) -> Self {
        Alb {
            rng: Rng::new(seed),
            clock: Clock::new(rows),
            agents: agents(),
            paths: paths(),
            targets: (0..TARGETS).map(|host| format!("10.0.{}.{}:8080", host % 6, 10 + host / 6)).collect(),
            group: format!(
                " arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:targetgroup/shop-prod/73e2d6bc24d8a067 \"Root=1-"
            ),
            certificate: format!(
                "\" \"shop.example.com\" \"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/7d3f9a10-5b6c-4e2d-8f01-2a3b4c5d6e7f\" "
            ),
        }
    }
}

fn push_micros(out: &mut Vec<u8>, micros: u64) {
    push_moment(out, micros / 1_000_000);
    out.push(b'.');
    push_padded(out, micros % 1_000_000, 6);
    out.push(b'Z');
}

fn push_seconds(out: &mut Vec<u8>, millis: u64) {
    push_number(out, millis / 1_000);
    out.push(b'.');
    push_padded(out, millis % 1_000, 3);
    out.push(b' ');
}

fn push_client(out: &mut Vec<u8>, rng: &mut Rng) {
    let r = rng.next_u64();
    if r & 31 == 0 {
        out.extend_from_slice(b"2001:db8:");
        push_hex(out, u64::from(rng.zipf(12)), 4);
        out.extend_from_slice(b"::");
        push_hex(out, (r >> 20) & 0xfff | 1, 3);
    } else {
        push_ipv4(out, public_address(rng.zipf(18)));
    }
    out.push(b':');
    push_number(out, 1_024 + (r >> 40) % 64_000);
}

impl Rows for Alb {
    fn row(&mut self, out: &mut Vec<u8>) {
        let now = self.clock.tick();
        let rng = &mut self.rng;
        let r = rng.next_u64();
        // What happened: status, and whether a target was chosen and answered.
        let (status, target, answered): (&[u8], bool, bool) = match r % 1_000 {
            0..780 => (b"200", true, true),
            780..840 => (b"304", true, true),
            840..885 => (b"302", true, true),
            885..920 => (b"404", true, true),
            920..950 => (b"401", true, true),
            950..965 => (b"403", false, false),
            965..975 => (b"500", true, true),
            975..985 => (b"502", true, false),
            985..992 => (b"503", false, false),
            992..996 => (b"504", true, false),
            _ => (b"460", true, false),
        };
        let node = (r >> 32) & 3;
        out.extend_from_slice(if (r >> 20) & 3 == 0 { b"https " } else { b"h2 " });
        push_micros(out, now);
        out.extend_from_slice(b" app/shop-prod/50dc6c495c0c9188 ");
        push_client(out, rng);
        out.push(b' ');
        let machine = self.targets[rng.zipf_below(TARGETS) as usize].as_bytes();
        out.extend_from_slice(if target { machine } else { b"-" });
        out.push(b' ');
        let took = rng.bell_size(5);
        if answered {
            out.extend_from_slice(b"0.00");
            out.push(b'0' + (r >> 24) as u8 % 4);
            out.push(b' ');
            push_seconds(out, took);
            out.extend_from_slice(b"0.000 ");
        } else {
            out.extend_from_slice(b"-1 -1 -1 ");
        }
        out.extend_from_slice(status);
        out.push(b' ');
        out.extend_from_slice(if answered { status } else { b"-" });
        out.push(b' ');
        push_number(out, 120 + (r >> 44) % 1_900);
        out.push(b' ');
        push_number(out, 180 + rng.bell_size(13));
        out.extend_from_slice(if (r >> 27) & 7 == 0 { b" \"POST " } else { b" \"GET " });
        out.extend_from_slice(b"https://shop.example.com:443");
        let path = &self.paths[rng.zipf_below(self.paths.len() as u32) as usize];
        out.extend_from_slice(path.as_bytes());
        if (r >> 30) & 3 != 0 {
            out.extend_from_slice(b"?session=");
            push_base64(out, rng, 22);
            out.extend_from_slice(b"&page=");
            push_number(out, u64::from(rng.zipf(6)));
            out.extend_from_slice(b"&utm_source=newsletter&utm_campaign=spring-2026");
        }
        out.extend_from_slice(b" HTTP/2.0\" \"");
        let agent = &self.agents[rng.zipf_below(self.agents.len() as u32) as usize];
        out.extend_from_slice(agent.as_bytes());
        out.extend_from_slice(b"\" TLS_AES_128_GCM_SHA256 TLSv1.3");
        out.extend_from_slice(self.group.as_bytes());
        push_hex(out, now / 1_000_000, 8);
        out.push(b'-');
        push_hex(out, rng.next_u64(), 12);
        push_hex(out, rng.next_u64(), 12);
        out.extend_from_slice(self.certificate.as_bytes());
        push_number(out, (r >> 36) & 7);
        out.push(b' ');
        push_micros(out, now - took * 1_000 - 500);
        out.extend_from_slice(if target {
            b" \"waf,forward\" \"-\" \"-\" \""
        } else {
            b" \"waf\" \"-\" \"-\" \""
        });
        out.extend_from_slice(if target { machine } else { b"-" });
        out.extend_from_slice(b"\" \"");
        out.extend_from_slice(if answered { status } else { b"-" });
        out.extend_from_slice(b"\" \"-\" \"-\" TID_");
        push_hex(out, rng.next_u64(), 16);
        push_hex(out, rng.next_u64(), 16);
        out.extend_from_slice(b" \"-\" \"-\" \"-\" 192.0.2.10");
        out.push(b'1' + node as u8);
        out.push(b'\n');
    }
}
