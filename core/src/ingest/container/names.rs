//! Files that AWS itself puts into log buckets and that hold no log. The content of most says nothing of that, so they are
//! the only ones that are known by name; manifests are known by their members.

/// The last part of such a file's path, and what it is.
const TABLE: &[(&str, &str)] = &[
    ("ELBAccessLogTestFile", "the test file of a load balancer's access logs"),
    ("AccessLogTestFile", "the test file of a load balancer's access logs"),
    ("ELBConnectionLogTestFile", "the test file of a load balancer's connection logs"),
    ("ELBHealthCheckLogTestFile", "the test file of a load balancer's health check logs"),
    ("aws-logs-write-test", "the test file of an export from CloudWatch Logs"),
    ("ConfigWritabilityCheckFile", "the test file of AWS Config"),
    ("manifest.checksum", "the checksum of an S3 Inventory's manifest"),
    ("symlink.txt", "the list of an S3 Inventory's files"),
    ("AMAZON_SES_SETUP_NOTIFICATION", "the test message of Amazon SES"),
];

/// Members that the beginning of a manifest names, and what it is. Sources: S3 user guide, `storage-inventory-location` and
/// `batch-ops-examples-reports`, read 2026-11.
const MANIFESTS: &[(&[&[u8]], &str)] = &[
    (
        &[b"\"sourceBucket\"", b"\"destinationBucket\"", b"\"fileFormat\""],
        "the manifest of an S3 Inventory: its files list objects and are no log",
    ),
    (
        &[b"\"Format\"", b"\"ReportCreationDate\"", b"\"Report_CSV_"],
        "the manifest of a report of S3 Batch Operations: its files list objects and are no log",
    ),
];

/// What content that begins with `head` is, if it is a manifest.
pub(super) fn manifest(head: &[u8]) -> Option<&'static str> {
    let is = |members: &[&[u8]]| members.iter().all(|name| memchr::memmem::find(head, name).is_some());
    let begins = head.trim_ascii_start().starts_with(b"{");
    MANIFESTS.iter().find(|(members, _)| begins && is(members)).map(|(_, what)| *what)
}

/// What the file at `path` is, if it is known by its name. An object whose key ends with a slash, as the S3 console
/// makes them, and its like of Hadoop stand for a folder.
pub(super) fn known(path: &str) -> Option<&'static str> {
    if path.ends_with('/') || path.ends_with("_$folder$") {
        return Some("the marker of a folder");
    }
    let name = path.rsplit(['/', '\\']).next()?;
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, what)| *what)
}
