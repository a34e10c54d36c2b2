//! Files that AWS itself puts into log buckets and that hold no log. Their content says nothing of that, so they are
//! the only ones that are known by name.

/// The last part of such a file's path, and what it is.
const TABLE: &[(&str, &str)] = &[
    ("ELBAccessLogTestFile", "the test file of a load balancer's access logs"),
    ("AccessLogTestFile", "the test file of a load balancer's access logs"),
    ("ELBConnectionLogTestFile", "the test file of a load balancer's connection logs"),
    ("ELBHealthCheckLogTestFile", "the test file of a load balancer's health check logs"),
    ("aws-logs-write-test", "the test file of an export from CloudWatch Logs"),
    ("ConfigWritabilityCheckFile", "the test file of AWS Config"),
    ("AMAZON_SES_SETUP_NOTIFICATION", "the test message of Amazon SES"),
];

/// What the file at `path` is, if it is known by its name. An object whose key ends with a slash, as the S3 console
/// makes them, and its like of Hadoop stand for a folder.
pub(super) fn known(path: &str) -> Option<&'static str> {
    if path.ends_with('/') || path.ends_with("_$folder$") {
        return Some("the marker of a folder");
    }
    let name = path.rsplit(['/', '\\']).next()?;
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, what)| *what)
}
