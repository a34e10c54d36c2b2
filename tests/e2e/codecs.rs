//! What is rarely needed is fetched with the page and started when a file needs it.

use logloupe_tests::browser::MOUNT;

use crate::visit::Visit;

/// 150 flow records each, as other programs compressed them.
const FILES: [(&str, &[u8]); 6] = [
    ("a.log.zst", include_bytes!("../../codecs/tests/fixtures/flows.log.zst")),
    ("b.log.bz2", include_bytes!("../../codecs/tests/fixtures/flows.log.bz2")),
    ("c.log.xz", include_bytes!("../../codecs/tests/fixtures/flows.log.xz")),
    ("d.log.sz", include_bytes!("../../codecs/tests/fixtures/flows.log.sz")),
    ("e.log.snappy", include_bytes!("../../codecs/tests/fixtures/flows.log.snappy")),
    ("f.log", include_bytes!("../../codecs/tests/fixtures/flows.log.hadoop")),
];

#[test]
fn compressed_files_are_read_without_another_request() {
    let Some(visit) = Visit::begin() else { return };
    let fetched = |path: &&String| path.starts_with(&format!("{MOUNT}extras-")) && path.ends_with("_bg.wasm");
    assert_eq!(visit.requests().iter().filter(fetched).count(), 1, "{:?}", visit.requests());
    visit.drop_files(&FILES);
    visit.wait_for_counts(900, 900);
    visit.wait_until_read();
    // Damaged data stops neither the module nor the worker.
    let mut damaged = FILES[0].1.to_vec();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 40].fill(0xff);
    visit.drop_files(&[("bad.log.zst", &damaged), ("again.log.zst", FILES[0].1)]);
    visit.wait_for_counts(1050, 1050);
    visit.wait_until_read();
    visit.leave();
}

#[test]
fn parquet_files_are_read() {
    // 150 flow records in three row groups, 60 rows whose columns nest, 30 requests.
    const FLOWS: &[u8] = include_bytes!("../../codecs/tests/fixtures/parquet/flows.gzip.parquet");
    const NESTED: &[u8] = include_bytes!("../../codecs/tests/fixtures/parquet/nested.zstd_v2.parquet");
    const REQUESTS: &[u8] = include_bytes!("../../codecs/tests/fixtures/parquet/requests.parquet");
    let Some(visit) = Visit::begin() else { return };
    visit.drop_files(&[("flows.log.parquet", FLOWS), ("rows.parquet", NESTED), ("cf.parquet", REQUESTS)]);
    visit.wait_for_counts(240, 240);
    visit.wait_until_read();
    // Without its footer a file has no rows; the next one is read.
    visit.drop_files(&[("cut.parquet", &FLOWS[..FLOWS.len() - 5]), ("again.parquet", NESTED)]);
    visit.wait_for_counts(300, 300);
    visit.wait_until_read();
    visit.leave();
}

#[test]
fn files_that_come_before_the_module_wait_for_it() {
    let Some(visit) = Visit::begin() else { return };
    // Workers that are started anew are given the module again; these files are there first.
    visit.drop_files(&FILES[..1]);
    visit.wait_for_counts(150, 150);
    visit.click("button", "Add logs");
    visit.click("menuitem", "Close all logs");
    visit.find("button", "Try sample logs");
    visit.drop_files(&FILES[..3]);
    visit.wait_for_counts(450, 450);
    let asked = visit.requests_after_load();
    let is_worker = |path: &String| path.starts_with(&format!("{MOUNT}worker-"));
    assert!(asked.iter().all(is_worker), "the module is not asked for again: {asked:?}");
    assert_eq!(visit.console_errors(), [""; 0]);
}
