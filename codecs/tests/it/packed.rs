//! Files, and what a loader makes of them.

use std::{
    io::Write,
    process::{Command, Stdio},
    thread,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use logloupe_core::{
    formats::by_id,
    ingest::{Entry, ErrorKind, Limits, Loader, Options, State, each_row},
};
use logloupe_golden::skip::skip;
use logloupe_sample::rng::Rng;

/// A compressed file, and what the ledger calls its container.
pub(crate) struct Packed {
    pub(crate) how: String,
    pub(crate) container: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// `count` flow records.
pub(crate) fn lines(count: usize) -> Vec<u8> {
    let mut rng = Rng::new(7);
    let line = |n: usize| {
        let (host, port, bytes) = (rng.below(250), rng.below(60_000), rng.below(1 << 20));
        let start = 1_772_496_000 + n;
        format!(
            "2 123456789012 eni-0a1b2c3d 192.0.2.{host} 10.0.0.5 {port} 443 6 10 {bytes} {start} {} ACCEPT OK\n",
            start + 60
        )
    };
    (0..count).map(line).collect::<String>().into_bytes()
}

/// What the program writes to its standard output for `input`; `None` where there is no such program.
pub(crate) fn run(program: &str, args: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(fault) => {
            skip(&format!("{program}: {fault}"));
            return None;
        }
    };
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_vec();
    // A program that does not read to the end closes its input.
    let feeding = thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("it ends");
    feeding.join().expect("feeding does not panic");
    assert!(output.status.success(), "{program} {args:?}");
    Some(output.stdout)
}

/// `content` in every container, with the options of its program that change the form of the file; in two streams behind
/// each other too. What no program here can write is left out.
pub(crate) fn all(content: &[u8]) -> Vec<Packed> {
    let mut all = Vec::new();
    let programs: [(&str, &'static str, &[&[&str]]); 3] = [
        ("zstd", "zstd", &[&["-1"], &["-19"], &["-3", "--no-check"], &["-3", "--long=27"], &["--fast=5"]]),
        ("bzip2", "bzip2", &[&["-1"], &["-9"]]),
        (
            "xz",
            "xz",
            &[
                &["-0"],
                &["-9e"],
                &["-1", "--check=none"],
                &["-1", "--check=crc32"],
                &["-1", "--check=sha256"],
                &["-1", "--block-size=4096"],
                &["-T2", "-6"],
            ],
        ),
    ];
    let (one, two) = content.split_at(content.len() / 3);
    for (program, container, options) in programs {
        let pack = |args: &[&str], content: &[u8]| run(program, &[args, &["-c", "-q"]].concat(), content);
        for args in options {
            let Some(bytes) = pack(args, content) else { break };
            all.push(Packed { how: format!("{program} {}", args.join(" ")), container, bytes });
        }
        let Some(packed) = pack(&[], two) else { continue };
        let parts = [pack(&[], one), pack(&[], b""), Some(packed)];
        let bytes = parts.into_iter().flatten().collect::<Vec<_>>().concat();
        all.push(Packed { how: format!("{program}, three streams"), container, bytes });
    }
    all.extend([
        Packed { how: "snappy, framed".into(), container: "snappy", bytes: snappy_framed(content) },
        Packed { how: "snappy, raw".into(), container: "snappy", bytes: snappy_raw(content) },
        Packed { how: "snappy, Hadoop".into(), container: "snappy", bytes: snappy_hadoop(content, 10_000) },
        Packed {
            how: "snappy, two framed".into(),
            container: "snappy",
            bytes: [snappy_framed(one), snappy_framed(two)].concat(),
        },
    ]);
    all
}

pub(crate) fn snappy_framed(content: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(content).expect("into memory");
    encoder.into_inner().expect("into memory")
}

pub(crate) fn snappy_raw(content: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(content).expect("it is not too long")
}

/// As Hadoop's `BlockCompressorStream` writes it: of each block the length of its content, then raw blocks with theirs.
pub(crate) fn snappy_hadoop(content: &[u8], block: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for block in content.chunks(block) {
        out.extend((block.len() as u32).to_be_bytes());
        for raw in block.chunks(block.len().div_ceil(2)).map(snappy_raw) {
            out.extend((raw.len() as u32).to_be_bytes());
            out.extend(raw);
        }
    }
    out
}

/// A member of an archive: name, method, flags, data that another program compressed, and the content that it should be.
pub(crate) type Member<'m> = (&'m str, u16, u16, &'m [u8], &'m [u8]);

/// A zip archive.
pub(crate) fn zip(members: &[Member<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, method, flags, data, content) in members {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        out.extend(b"PK\x03\x04\x3f\0");
        out.extend([flags.to_le_bytes(), method.to_le_bytes(), [0; 2], [0; 2]].concat());
        let stated = [crc.sum(), data.len() as u32, content.len() as u32];
        let stated = if flags & 8 == 0 { stated } else { [0; 3] };
        stated.iter().for_each(|number| out.extend(number.to_le_bytes()));
        out.extend((name.len() as u32).to_le_bytes());
        out.extend(name.as_bytes());
        out.extend(*data);
    }
    // The directory is not read, only that it is there.
    out.extend(b"PK\x01\x02");
    out.extend([0; 42]);
    out.extend(b"PK\x05\x06");
    out.extend([0; 18]);
    out
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).expect("into memory");
    encoder.finish().expect("into memory")
}

pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    BASE64_STANDARD.encode(bytes).into_bytes()
}

/// The records that became rows, and the ledger, of a file that is pushed in pieces of this size.
pub(crate) fn read(bytes: &[u8], piece: usize, limits: Limits) -> (Vec<Vec<u8>>, Vec<Entry>) {
    let formats = vec![by_id("vpc_flow").expect("it is a format")];
    let mut loader = Loader::new(formats, limits, 1).with_codecs(logloupe_codecs::open);
    loader.open("a.log", Options::default());
    bytes.chunks(piece).for_each(|piece| loader.push(piece));
    let (shard, ledger) = loader.into_parts();
    let mut rows = Vec::new();
    each_row(&shard, |_, _, raw| rows.push(raw.to_vec()));
    for entry in &ledger {
        assert_eq!(entry.records, entry.rows + entry.rejected + entry.skipped, "{entry:?}");
    }
    (rows, ledger)
}

/// The records that became rows, and the one entry; in pieces of any size the same.
pub(crate) fn entry(bytes: &[u8], how: &str) -> (Vec<Vec<u8>>, Entry) {
    let (rows, mut ledger) = read(bytes, usize::MAX, Limits::default());
    for piece in [1, 7, 4096] {
        let cut = read(bytes, piece, Limits::default());
        assert_eq!(told(&cut.1), told(&ledger), "{how} in pieces of {piece}");
        assert!(cut.0 == rows, "{how} in pieces of {piece}");
    }
    assert_eq!(ledger.len(), 1, "{how}: {ledger:?}");
    (rows, ledger.remove(0))
}

/// What must not depend on how bytes are cut: all but the place of a fault.
pub(crate) fn told(ledger: &[Entry]) -> Vec<Entry> {
    let mut ledger = ledger.to_vec();
    for entry in &mut ledger {
        if let State::Failed(error) = &mut entry.state {
            error.at = 0;
        }
    }
    ledger
}

pub(crate) fn failed(entry: &Entry) -> (ErrorKind, &str) {
    match &entry.state {
        State::Failed(error) => (error.kind, error.message.as_str()),
        other => panic!("{other:?}: {entry:?}"),
    }
}
