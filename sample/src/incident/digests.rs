//! CloudTrail's digest files over the sample's log files: each names the files of half a day with their hashes, and the digest
//! before it. One log file was altered after its digest was made.

use sha2::{Digest, Sha256};

use super::FIRST_SECOND;
use crate::cast::ACCOUNT;
use crate::gzip;
use crate::rng::Rng;
use crate::text::{fill, folder, hex, iso};
use crate::{SampleFile, text::seconds_name};

/// How long a digest's span is; AWS makes one an hour.
const SPAN: u64 = 12 * super::HOUR;
const BUCKET: &str = "trail-logs-111122223333";

/// A log file as it was delivered.
pub(super) struct Delivered {
    pub(super) region: &'static str,
    pub(super) path: String,
    pub(super) at: u64,
    /// From its first event to its last.
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) hash: String,
}

/// SHA-256 in hexadecimal digits.
pub(super) fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest files over these log files.
pub(super) fn files(delivered: &[Delivered], files: &mut Vec<SampleFile>) {
    let mut rng = Rng::new(26);
    let mut regions: Vec<&str> = delivered.iter().map(|file| file.region).collect();
    regions.dedup();
    for region in regions {
        let mut before: Option<(String, String, String)> = None;
        let own: Vec<&Delivered> = delivered.iter().filter(|file| file.region == region).collect();
        for spanned in own.chunk_by(|a, b| span(a) == span(b)) {
            let start = FIRST_SECOND + span(spanned[0]) * SPAN;
            let end = start + SPAN;
            let path = fill(
                "AWSLogs/$1/CloudTrail-Digest/$2/$3/$1_CloudTrail-Digest_$2_org-trail_us-east-1_$4.json.gz",
                &[ACCOUNT, region, &folder(end), &seconds_name(end)],
            );
            let entry = |file: &&Delivered| {
                fill(
                    r#"{"s3Bucket":"$1","s3Object":"$2","hashValue":"$3","hashAlgorithm":"SHA-256","newestEventTime":"$4","oldestEventTime":"$5"}"#,
                    &[BUCKET, &file.path, &file.hash, &iso(file.last), &iso(file.first)],
                )
            };
            let entries: Vec<String> = spanned.iter().map(entry).collect();
            let quoted = |text: &str| format!("\"{text}\"");
            let (bucket, object, hashed, algorithm, signature) = match &before {
                Some((path, hash, signature)) => {
                    (quoted(BUCKET), quoted(path), quoted(hash), quoted("SHA-256"), quoted(signature))
                }
                None => ["null"; 5].map(str::to_owned).into(),
            };
            let mut text = fill(
                r#"{"awsAccountId":"$1","digestStartTime":"$2","digestEndTime":"$3","digestS3Bucket":"$4","digestS3Object":"$5","newestEventTime":"$6","oldestEventTime":"$7","#,
                &[
                    ACCOUNT,
                    &iso(start),
                    &iso(end),
                    BUCKET,
                    &path,
                    &iso(spanned.iter().map(|file| file.last).max().unwrap_or(end)),
                    &iso(spanned.iter().map(|file| file.first).min().unwrap_or(start)),
                ],
            );
            text += &fill(
                r#""previousDigestS3Bucket":$1,"previousDigestS3Object":$2,"previousDigestHashValue":$3,"previousDigestHashAlgorithm":$4,"previousDigestSignature":$5,"digestPublicKeyFingerprint":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","digestSignatureAlgorithm":"SHA256withRSA","logFiles":[$6]}"#,
                &[&bucket, &object, &hashed, &algorithm, &signature, &entries.join(",")],
            );
            // Nobody has the key of a trail that does not exist: a signature of the right length.
            let signature: String = (0..16).map(|_| hex(&mut rng, 32)).collect();
            before = Some((path.clone(), hash(text.as_bytes()), signature));
            files.push(SampleFile { path, bytes: gzip::member(text.as_bytes()) });
        }
    }
}

fn span(file: &Delivered) -> u64 {
    (file.at - FIRST_SECOND) / SPAN
}
