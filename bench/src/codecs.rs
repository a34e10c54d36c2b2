//! Decompression alone, natively, on one thread: what each codec gives per second, of an access log.
//!
//! Programs write the files (`zstd`, `bzip2`, `xz`); what is not on this machine has no row.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use logloupe_core::ingest::codec::{Codec, CodecKind, PIECE};

use crate::{
    logs::Maker,
    measure::{FigureTable, time},
};

const RUNS: usize = 3;

/// Every codec, as its program compresses by itself and, of zstd, as well as it can.
pub(crate) fn all(table: &mut FigureTable, scale: u64) {
    let log = Maker::of("alb").make(2 * scale).chunks.concat();
    let raw = || snap::raw::Encoder::new().compress_vec(&log).ok();
    let packed = [
        ("zstd -3", CodecKind::Zstd, compress("zstd", "-3", &log)),
        ("zstd -19", CodecKind::Zstd, compress("zstd", "-19", &log)),
        ("bzip2", CodecKind::Bzip2, compress("bzip2", "-9", &log)),
        ("xz", CodecKind::Xz, compress("xz", "-6", &log)),
        ("snappy, framed", CodecKind::Snappy, framed(&log)),
        ("snappy, raw", CodecKind::SnappyRaw, raw()),
    ];
    for (name, kind, packed) in packed {
        let Some(packed) = packed else { continue };
        let open = || logloupe_codecs::open(kind).expect("all kinds are there");
        let took = time(RUNS, open, |codec| {
            assert_eq!(inflate(codec, &packed, false), log.len() as u64, "{name}");
        });
        let note =
            format!("inflated bytes, {:.0} MB from {:.1}", log.len() as f64 / 1e6, packed.len() as f64 / 1e6);
        table.row(&format!("native: inflate {name}"), "MB/s", took.rate(log.len() as u64), &note);
    }
}

/// Decodes a whole file as a loader would, pushed a megabyte at a time, and says how much it holds; a table as `lines`.
pub(crate) fn inflate(mut codec: Box<dyn Codec>, packed: &[u8], lines: bool) -> u64 {
    let (mut out, mut all) = (Vec::with_capacity(2 * PIECE), 0);
    for (bytes, end) in packed.chunks(1 << 20).map(|bytes| (bytes, false)).chain([(&[][..], true)]) {
        let mut at = 0;
        loop {
            out.clear();
            let step = codec.decode(&bytes[at..], end, &mut out).expect("it is whole");
            at += step.taken;
            all += out.len() as u64;
            if lines && codec.header().is_some() {
                codec.give_lines();
            }
            if at >= bytes.len() && !step.more {
                break;
            }
        }
    }
    all
}

fn framed(log: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(log).ok()?;
    encoder.into_inner().ok()
}

fn compress(program: &str, level: &str, log: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    let mut child =
        command.args(["-c", "-q", level]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(log));
        Some(child.wait_with_output().ok()?.stdout)
    })
}
