//! The logs that are read: at least a hundred megabytes of each format.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use logloupe_sample::bulk;

/// One log as chunks of about a megabyte.
pub(crate) struct Log {
    /// The format's id.
    pub(crate) format: &'static str,
    /// Its name as a file.
    pub(crate) file: &'static str,
    pub(crate) rows: u64,
    pub(crate) chunks: Vec<Vec<u8>>,
}

impl Log {
    /// Bytes of text.
    pub(crate) fn bytes(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.len() as u64).sum()
    }
    /// The same log as one gzip member, in chunks of a megabyte.
    pub(crate) fn gzip(&self) -> Vec<Vec<u8>> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        for chunk in &self.chunks {
            encoder.write_all(chunk).expect("memory takes everything");
        }
        let packed = encoder.finish().expect("memory takes everything");
        packed.chunks(1 << 20).map(<[u8]>::to_vec).collect()
    }
}

/// Chunks of a log, made as they are asked for.
pub(crate) type Stream = Box<dyn Iterator<Item = Vec<u8>>>;

/// Makes a log of a format.
pub(crate) struct Maker {
    format: &'static str,
    pub(crate) file: &'static str,
    rows: u64,
    make: fn(u64, u64) -> Stream,
}

impl Maker {
    /// The maker of the format with this id.
    pub(crate) fn of(format: &str) -> &'static Maker {
        MAKERS.iter().find(|maker| maker.format == format).unwrap_or(&MAKERS[0])
    }
    /// The log, a `scale`th of its size.
    pub(crate) fn make(&self, scale: u64) -> Log {
        let rows = self.rows / scale;
        Log { format: self.format, file: self.file, rows, chunks: self.stream(rows).collect() }
    }
    /// A log of `rows` rows.
    pub(crate) fn stream(&self, rows: u64) -> Stream {
        (self.make)(rows, SEED)
    }
}

/// Seeds the generators.
pub(crate) const SEED: u64 = 1;

/// One of each format, 100 to 150 MB.
pub(crate) static MAKERS: [Maker; 5] = [
    Maker {
        format: "vpc_flow",
        file: "flows.log",
        rows: 1_000_000,
        make: |rows, seed| Box::new(bulk::vpc(rows, seed)),
    },
    Maker {
        format: "alb",
        file: "alb.log",
        rows: 160_000,
        make: |rows, seed| Box::new(bulk::alb(rows, seed)),
    },
    Maker {
        format: "cloudfront",
        file: "cloudfront.log",
        rows: 220_000,
        make: |rows, seed| Box::new(bulk::cloudfront(rows, seed)),
    },
    Maker {
        format: "cloudtrail",
        file: "trail.json",
        rows: 75_000,
        make: |rows, seed| Box::new(bulk::cloudtrail(rows, seed)),
    },
    Maker {
        format: "lambda",
        file: "000000.log",
        rows: 900_000,
        make: |rows, seed| Box::new(bulk::lambda(rows, seed)),
    },
];
