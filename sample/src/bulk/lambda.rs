//! Lambda function logs as CloudWatch Logs exports them: a function's invocations one after another.

use super::{Clock, Rows};
use crate::rng::Rng;
use crate::text::{push_base64, push_guid, push_hex, push_moment, push_number, push_padded};

pub(super) struct Lambda {
    rng: Rng,
    clock: Clock,
    /// The invocation that is under way.
    request: Vec<u8>,
    /// How many lines of it are written, and how many it has.
    line: u64,
    lines: u64,
}

impl Lambda {
    pub(super) fn new(rows: u64, seed: u64) -> Self {
        Lambda { rng: Rng::new(seed), clock: Clock::new(rows), request: Vec::new(), line: 0, lines: 0 }
    }
    /// What the handler writes, with what its runtime puts before it: Node.js' form, and Java's.
    fn message(&mut self, out: &mut Vec<u8>, now: u64, r: u64) {
        let level: &[u8] = match r % 100 {
            0..70 => b"INFO",
            70..90 => b"DEBUG",
            90..97 => b"WARN",
            _ => b"ERROR",
        };
        let blank = if (r >> 8) & 7 == 0 { b' ' } else { b'\t' };
        push_millis(out, now);
        out.push(blank);
        out.extend_from_slice(&self.request);
        out.push(blank);
        out.extend_from_slice(level);
        out.push(blank);
        match (r >> 12) % 4 {
            0 => {
                out.extend_from_slice(b"order received {\"order\":{\"id\":\"o-");
                push_base64(out, &mut self.rng, 10);
                out.extend_from_slice(b"\",\"items\":");
                push_number(out, 1 + (r >> 20) % 9);
                out.extend_from_slice(b"}}");
            }
            1 => {
                out.extend_from_slice(b"query took ");
                push_number(out, (r >> 20) % 300);
                out.extend_from_slice(b" ms, rows ");
                push_number(out, (r >> 32) % 5_000);
            }
            2 => out.extend_from_slice(b"cache miss, asking the table"),
            _ => out.extend_from_slice(b"payment provider answered slowly, trying once more in 200 ms"),
        }
    }
    fn report(&mut self, out: &mut Vec<u8>, r: u64) {
        let micros = self.rng.bell_size(15);
        out.extend_from_slice(b"REPORT RequestId: ");
        out.extend_from_slice(&self.request);
        out.extend_from_slice(b"\tDuration: ");
        push_number(out, micros / 100);
        out.push(b'.');
        push_padded(out, micros % 100, 2);
        out.extend_from_slice(b" ms\tBilled Duration: ");
        push_number(out, micros / 100 + 1);
        out.extend_from_slice(b" ms\tMemory Size: 256 MB\tMax Memory Used: ");
        push_number(out, 70 + (r >> 20) % 90);
        out.extend_from_slice(b" MB\t");
        if (r >> 32) & 31 == 0 {
            out.extend_from_slice(b"Init Duration: ");
            push_number(out, 150 + (r >> 40) % 300);
            out.extend_from_slice(b".25 ms\t");
        }
        if (r >> 48) & 3 == 0 {
            out.extend_from_slice(b"\nXRAY TraceId: 1-69a8d3c0-");
            push_hex(out, self.rng.next_u64(), 16);
            push_hex(out, r, 8);
            out.extend_from_slice(b"\tSegmentId: ");
            push_hex(out, self.rng.next_u64(), 16);
            out.extend_from_slice(b"\tSampled: true\t");
        }
    }
}

fn push_millis(out: &mut Vec<u8>, micros: u64) {
    push_moment(out, micros / 1_000_000);
    out.push(b'.');
    push_padded(out, micros / 1_000 % 1_000, 3);
    out.push(b'Z');
}

impl Rows for Lambda {
    fn row(&mut self, out: &mut Vec<u8>) {
        let now = self.clock.tick();
        let r = self.rng.next_u64();
        if self.line == self.lines {
            self.request.clear();
            push_guid(&mut self.request, &mut self.rng);
            (self.line, self.lines) = (0, 4 + (r >> 56) % 6);
        }
        push_millis(out, now);
        out.push(b' ');
        match self.line {
            0 => {
                out.extend_from_slice(b"START RequestId: ");
                out.extend_from_slice(&self.request);
                out.extend_from_slice(b" Version: $LATEST");
            }
            line if line + 2 == self.lines => {
                out.extend_from_slice(b"END RequestId: ");
                out.extend_from_slice(&self.request);
            }
            line if line + 1 == self.lines => self.report(out, r),
            _ => self.message(out, now, r),
        }
        out.push(b'\n');
        self.line += 1;
    }
}
