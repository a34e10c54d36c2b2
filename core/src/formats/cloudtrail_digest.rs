//! Digest files of CloudTrail, which name the log files that were delivered in an hour, and the public keys that check them
//! (`aws cloudtrail list-public-keys`).
//!
//! Not these: the check itself. Whether a file is what a digest says can be told only when all files are read, so it stands
//! in the ledger ([`integrity`](crate::ingest::integrity)), not in rows.
//!
//! Decisions: a digest is one row, and the files that it names are several values of `file.path` and `file.hash.sha256`. A
//! key is a row of the same table, with its validity where a digest has its hour: only what checks a digest is of use with
//! it. `@timestamp` is where either begins.

use super::{Family, Framing, JsonLog, Meta, Preset, Sample, Span, ask, field::json::JsonField, tell};
use crate::formats::field::json::text;
use logloupe_table::{Cell, Computed, Kind, Role, Row};

/// Digest files of CloudTrail, and their keys.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["digestPublicKeyFingerprint", "digestStartTime", "digestEndTime"],
    what: "have a fingerprint of a key, a begin and an end",
    time: &["digestStartTime"],
    spellings: &[str::to_owned, as_in_keys],
    summary,
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

/// The members of a key that are those of a digest.
fn as_in_keys(path: &str) -> String {
    match path {
        "digestPublicKeyFingerprint" => "Fingerprint",
        "digestStartTime" => "ValidityStartTime",
        "digestEndTime" => "ValidityEndTime",
        other => other,
    }
    .to_owned()
}

static FIELDS: &[JsonField] = &[
    JsonField::new("digestStartTime", Kind::Time, Role::Timestamp)
        .aliases(&["event.start", "ValidityStartTime"])
        .doc("begin of the hour whose files the digest names; of a key, from when it is valid"),
    JsonField::new("digestEndTime", Kind::Time, Role::Timestamp)
        .aliases(&["event.end", "ValidityEndTime"])
        .doc("end of that hour; of a key, until when it is valid"),
    text("awsAccountId", Role::Dimension)
        .aliases(&["cloud.account.id"])
        .doc("the account that the files belong to"),
    JsonField::computed("cloud.region", Kind::Text, Role::Dimension, &REGION)
        .aliases(&["region"])
        .doc("the region of the files, as the digest's key says"),
    JsonField::computed("trail", Kind::Text, Role::Dimension, &TRAIL)
        .doc("the trail's name, as the digest's key says"),
    text("digestS3Bucket", Role::Dimension).doc("the bucket that the digest was delivered to"),
    text("digestS3Object", Role::Identifier).doc("the digest's own key"),
    text("file.path", Role::Dimension)
        .also(&["logFiles.0.s3Object"])
        .each("logFiles")
        .made()
        .doc("the keys of the log files that it names; each of several"),
    text("file.hash.sha256", Role::Identifier)
        .also(&["logFiles.0.hashValue"])
        .each("logFiles")
        .made()
        .doc("the SHA-256 of what those files hold uncompressed; each of several"),
    JsonField::new("oldestEventTime", Kind::Time, Role::Timestamp)
        .doc("time of the earliest event in those files"),
    JsonField::new("newestEventTime", Kind::Time, Role::Timestamp)
        .doc("time of the latest event in those files"),
    text("digestPublicKeyFingerprint", Role::Dimension)
        .aliases(&["Fingerprint"])
        .doc("fingerprint of the key that checks the digest's signature"),
    text("digestSignatureAlgorithm", Role::Dimension).doc("how it is signed: SHA256withRSA"),
    text("previousDigestS3Bucket", Role::Dimension).doc("the bucket of the digest before it"),
    text("previousDigestS3Object", Role::Identifier)
        .doc("the key of the digest before it; none where the chain begins"),
    text("previousDigestHashValue", Role::Identifier).doc("SHA-256 of what that digest holds uncompressed"),
    text("previousDigestHashAlgorithm", Role::Dimension).doc("the algorithm of that hash: SHA-256"),
    text("previousDigestSignature", Role::Identifier)
        .doc("the signature of that digest, in hexadecimal digits"),
    text("Value", Role::Identifier).doc("a key itself: RSAPublicKey of PKCS #1, in base64"),
];

static REGION: Computed =
    Computed { from: &["digestS3Object"], value: |cells, _| part(cells, |parts| Some(parts.0)) };
static TRAIL: Computed = Computed { from: &["digestS3Object"], value: |cells, _| part(cells, trail) };

/// A part of the digest's key.
///
/// ```text
/// key = *any account "_CloudTrail-Digest_" region "_" trail "_" home "_" time [ "_backfill" ] ".json.gz"
/// ```
fn part<'a>(cells: &[Cell<'a>], get: impl Fn((&'a [u8], &'a [u8])) -> Option<&'a [u8]>) -> Cell<'a> {
    let Some(Cell::Text(key)) = cells.first() else { return Cell::Null };
    const MARK: &[u8] = b"_CloudTrail-Digest_";
    let found = memchr::memmem::rfind(key, MARK).and_then(|at| {
        let rest = key.get(at + MARK.len()..)?;
        let (region, rest) = rest.split_at_checked(memchr::memchr(b'_', rest)?)?;
        get((region, rest.get(1..)?))
    });
    found.map_or(Cell::Null, Cell::Text)
}

fn trail<'a>((_, rest): (&'a [u8], &'a [u8])) -> Option<&'a [u8]> {
    let rest = rest.strip_suffix(b"_backfill.json.gz").unwrap_or(rest);
    let time = memchr::memrchr(b'_', rest)?;
    let home = memchr::memrchr(b'_', rest.get(..time)?)?;
    rest.get(..home)
}

const META: Meta = Meta {
    id: "cloudtrail_digest",
    family: Family::Audit,
    title: "AWS CloudTrail digest files",
    summary: "Which log files CloudTrail delivered in an hour, with their hashes, and the public keys that check it.",
    framing: Framing::Json,
    page: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html",
    read_on: "2026-11-26",
    key_shape: "AWSLogs/{account}/CloudTrail-Digest/{region}/{yyyy}/{MM}/{dd}/{account}_CloudTrail-Digest_{region}_{trail}_{home-region}_{yyyyMMdd}T{HHmmss}Z.json.gz",
    versions: "digests and backfill digests of trails, also of organizations; `aws cloudtrail list-public-keys`",
    not_read: "the newest digest's own signature, which S3 keeps in the object's metadata; `result_sign.json` of CloudTrail Lake",
};

static PRESETS: &[Preset] = &[
    ask(
        "What the digests span, by trail",
        "filter ispresent(digestS3Object) | stats count(*) as digests, min(digestStartTime) as first, max(digestEndTime) as last by awsAccountId, cloud.region, trail",
    ),
    ask(
        "Where a chain of digests begins: logging or validation was switched on",
        "filter ispresent(digestS3Object) and not ispresent(previousDigestS3Object) | fields digestStartTime, digestEndTime, trail, cloud.region, digestS3Object",
    ),
    ask(
        "Files that more than one digest names",
        "filter ispresent(file.path) | stats count(*) as digests by file.path | filter digests > 1 | sort digests desc",
    ),
    ask(
        "Files named, with their hashes",
        "filter ispresent(file.path) | fields digestStartTime, digestS3Object, file.path, file.hash.sha256 | sort digestStartTime",
    ),
];

macro_rules! sample {
    ($name:literal) => {
        Sample { name: $name, content: crate::sample!($name), rows: 1, rejected: 0 }
    };
}

/// Written for this project and signed with a key of its own.
static SAMPLES: &[Sample] = &[
    sample!("cloudtrail_digest.json"),
    sample!("cloudtrail_digest_2.json"),
    sample!("cloudtrail_digest_3.json"),
    sample!("cloudtrail_digest_keys.json"),
];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(
        row,
        "[{!digestS3Object}public key **{digestPublicKeyFingerprint}**, valid from {digestStartTime|=?} to {digestEndTime|=?}||the digest\
         [ of {trail}[ {cloud.region}]|| of {cloud.region}] names **\
         [{?all:file.path=1}1 file||{all:file.path} files||no file]** delivered from {digestStartTime|=?} to {digestEndTime|=?}\
         [{!previousDigestS3Object}, and begins a chain]]",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_digests_name_region_and_trail() {
        for (key, region, name) in [
            (
                "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/05/111122223333_CloudTrail-Digest_us-east-1_main_us-west-2_20260305T090000Z.json.gz",
                "us-east-1",
                "main",
            ),
            (
                "p/AWSLogs/o-abc/1/CloudTrail-Digest/x/1_CloudTrail-Digest_eu-west-1_my_trail-1_eu-west-1_20260305T090000Z_backfill.json.gz",
                "eu-west-1",
                "my_trail-1",
            ),
            ("1_CloudTrail-Digest_eu-west-1_x", "eu-west-1", ""),
            ("1_CloudTrail-Digest_", "", ""),
            ("digest.json.gz", "", ""),
            ("", "", ""),
        ] {
            let cells = [Cell::Text(key.as_bytes())];
            let shown = |computed: &Computed| match (computed.value)(&cells, &mut Vec::new()) {
                Cell::Text(text) => String::from_utf8_lossy(text).into_owned(),
                _ => String::new(),
            };
            assert_eq!((shown(&REGION).as_str(), shown(&TRAIL).as_str()), (region, name), "{key}");
        }
    }

    #[test]
    fn digests_and_keys_of_one_file_are_told_record_by_record() {
        let content = r#"{"digestPublicKeyFingerprint":"d1","digestStartTime":"2026-03-05T08:00:00Z","digestEndTime":"2026-03-05T09:00:00Z"}
{"Fingerprint":"k1","ValidityStartTime":1769904000.0,"ValidityEndTime":1785542400.0}
{"Fingerprint":"k2","ValidityStartTime":1769904000.0,"ValidityEndTime":1785542400.0,"usedBy":{"digestPublicKeyFingerprint":"d2"}}
{"usedBy":{"Fingerprint":"k3"},"digestPublicKeyFingerprint":"d3","digestStartTime":"2026-03-05T09:00:00Z","digestEndTime":"2026-03-05T10:00:00Z"}
{"Fingerprint":"k4","digestStartTime":"2026-03-05T08:00:00Z","digestEndTime":"2026-03-05T09:00:00Z"}
{"Fingerprint":"k5","ValidityStartTime":"at noon","ValidityEndTime":1785542400.0}
{"eventVersion":"1.08"}
{"Fingerprint":
"#;
        let columns = ["@timestamp", "digestPublicKeyFingerprint", "digestEndTime"];
        let (rows, rejected) = super::super::trial::read(&LOG, content, &columns);
        let (from, until) = ("2026-02-01T00:00:00Z", "2026-08-01T00:00:00Z");
        assert_eq!(
            rows,
            [
                ["2026-03-05T08:00:00Z", "d1", "2026-03-05T09:00:00Z"],
                [from, "k1", until],
                [from, "k2", until],
                ["2026-03-05T09:00:00Z", "d3", "2026-03-05T10:00:00Z"],
            ]
        );
        let neither = "a record with digestPublicKeyFingerprint, digestStartTime, digestEndTime";
        let [mixed, time, other, cut] = rejected.as_slice() else { panic!("{rejected:?}") };
        assert_eq!(*mixed, (5, 1, neither.to_owned()));
        assert_eq!((time.0, time.2.as_str()), (6, "a time: ISO 8601, or a number since 1970"));
        assert_eq!(*other, (7, 1, neither.to_owned()));
        assert_eq!(cut.0, 8);
    }
}
