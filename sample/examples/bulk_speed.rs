//! Measures the bulk generators: `cargo run --release -p logloupe-sample --example bulk_speed -- 1000000`.

use logloupe_sample::{bulk, incident};
use std::time::Instant;

fn main() {
    let rows = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(200_000);
    measure("vpc", rows, bulk::vpc(rows, 1));
    measure("alb", rows, bulk::alb(rows, 1));
    measure("cloudfront", rows, bulk::cloudfront(rows, 1));
    measure("lambda", rows, bulk::lambda(rows, 1));
    measure("cloudtrail", rows, bulk::cloudtrail(rows, 1));
    measure("incident", 7_178, std::iter::once_with(incident).flatten().map(|file| file.bytes));
    measure("small files", 4_000, bulk::small_files(4_000).map(|file| file.bytes));
}

fn measure(name: &str, rows: u64, chunks: impl Iterator<Item = Vec<u8>>) {
    let start = Instant::now();
    let bytes: u64 = chunks.map(|chunk| chunk.len() as u64).sum();
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = bytes as f64 / 1e6;
    println!(
        "{name:12} {megabytes:9.1} MB in {seconds:6.3} s: {:7.0} MB/s, {} B each",
        megabytes / seconds,
        bytes / rows
    );
}
