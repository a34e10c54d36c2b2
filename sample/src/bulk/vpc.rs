//! VPC flow log records in the default format.

use super::{Clock, Rows};
use crate::cast::ACCOUNT;
use crate::rng::{Rng, mix};
use crate::text::{public_address, push_hex, push_ipv4, push_number};

/// Machines in the VPC.
const HOSTS: u32 = 320;
/// Ports that machines serve, most frequent first.
const SERVED: [u16; 12] = [443, 80, 8080, 5432, 22, 53, 3306, 6379, 9092, 8443, 123, 11211];

pub(super) struct Vpc {
    rng: Rng,
    clock: Clock,
    /// ` eni-…` by machine.
    interfaces: Vec<Vec<u8>>,
    addresses: Vec<u32>,
}

impl Vpc {
    pub(super) fn new(rows: u64, seed: u64) -> Self {
        let interface = |host| {
            let mut text = b"2 ".to_vec();
            text.extend_from_slice(ACCOUNT.as_bytes());
            text.extend_from_slice(b" eni-0");
            push_hex(&mut text, mix(u64::from(host) + 77), 16);
            text.push(b' ');
            text
        };
        Vpc {
            rng: Rng::new(seed),
            clock: Clock::new(rows),
            interfaces: (0..HOSTS).map(interface).collect(),
            addresses: (0..HOSTS).map(|host| 0x0a00_0000 | (host % 6) << 8 | (10 + host / 6)).collect(),
        }
    }
}

impl Rows for Vpc {
    fn head(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n");
    }

    fn row(&mut self, out: &mut Vec<u8>) {
        let rng = &mut self.rng;
        let r = rng.next_u64();
        let host = rng.zipf_below(HOSTS) as usize;
        let start = self.clock.tick() / 1_000_000;
        out.extend_from_slice(&self.interfaces[host]);
        if r & 255 == 0 {
            out.extend_from_slice(b"- - - - - - - ");
            push_number(out, start);
            out.push(b' ');
            push_number(out, start + 59);
            out.extend_from_slice(b" - NODATA\n");
            return;
        }
        // The other end: mostly the Internet, else another machine.
        let kind = (r >> 8) as u8;
        let far =
            if kind < 180 { public_address(rng.zipf(18)) } else { self.addresses[rng.below(HOSTS) as usize] };
        let rejected = kind < 20;
        let served = u64::from(
            SERVED[if rejected {
                (r >> 16) as usize % SERVED.len()
            } else {
                ((r >> 16) as u16).leading_zeros().min(11) as usize
            }],
        );
        let ephemeral = 32_768 + (r >> 32) % 28_232;
        let incoming = rejected || (r >> 24) & 1 == 0;
        let near = self.addresses[host];
        push_ipv4(out, if incoming { far } else { near });
        out.push(b' ');
        push_ipv4(out, if incoming { near } else { far });
        out.push(b' ');
        let (source_port, target_port) = if incoming { (ephemeral, served) } else { (served, ephemeral) };
        push_number(out, source_port);
        out.push(b' ');
        push_number(out, target_port);
        let udp = served == 53 || served == 123;
        out.extend_from_slice(if udp { b" 17 " } else { b" 6 " });
        let (packets, bytes) = if rejected {
            (1, 40 + (r >> 60))
        } else {
            let bytes = 40 + rng.bell_size(12);
            (bytes / (80 + (r >> 52) % 1_300) + 1, bytes)
        };
        push_number(out, packets);
        out.push(b' ');
        push_number(out, bytes);
        out.push(b' ');
        push_number(out, start);
        out.push(b' ');
        push_number(out, start + 30 + (r >> 48) % 31);
        out.extend_from_slice(if rejected { b" REJECT OK\n" } else { b" ACCEPT OK\n" });
    }
}
