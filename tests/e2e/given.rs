//! What the tests hand to the page: small logs of each kind, made here, and the wrappings they arrive in. Files on disk
//! live in a [`Folder`] that ends with its test.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use flate2::Crc;
use logloupe_sample::{bulk, gzip};
use serde_json::{Value, json};

/// The smallest PNG's beginning.
pub(crate) const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// One flow of the default format: who sent how many bytes, `minute` minutes after 2026-03-02 10:00 UTC.
pub(crate) fn flow(source: &str, bytes: u64, minute: u64, action: &str) -> String {
    let start = 1_772_445_600 + minute * 60;
    format!(
        "2 111122223333 eni-0a1b2c3d4e5f60718 {source} 10.0.0.9 49152 443 6 10 {bytes} {start} {} {action} OK",
        start + 59
    )
}

/// A log of `rows` accepted flows, a minute apart, with bytes 100, 101, ….
pub(crate) fn flows(rows: u64) -> Vec<u8> {
    let lines = (0..rows).map(|n| flow(&format!("10.0.1.{}", n % 200), 100 + n, n, "ACCEPT") + "\n");
    lines.collect::<String>().into_bytes()
}

/// A CloudTrail event; `more` adds to it or replaces what it has.
pub(crate) fn event(number: u64, more: &Value) -> Value {
    let mut event = json!({
        "eventVersion": "1.11",
        "userIdentity": { "type": "IAMUser", "accountId": "111122223333", "userName": "alice" },
        "eventTime": format!("2026-03-02T10:{:02}:00Z", number % 60),
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.44",
        "userAgent": "aws-cli/2.17.0",
        "requestParameters": null,
        "responseElements": null,
        "eventID": format!("00000000-0000-4000-8000-{number:012}"),
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        event[name.as_str()] = value.clone();
    }
    event
}

/// A trail file as S3 has it: `{"Records":[…]}`, gzipped.
pub(crate) fn trail(events: &[Value]) -> Vec<u8> {
    gzip::member(json!({ "Records": events }).to_string().as_bytes())
}

/// A zip archive with its members stored as they are.
pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let offset = archive.len() as u32;
        // Version, flags, method "stored", time, date; then checksum, both sizes, the lengths of name and extra field.
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        let mut crc = Crc::new();
        crc.update(content);
        common.extend(crc.sum().to_le_bytes());
        common.extend([(content.len() as u32).to_le_bytes(); 2].concat());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        archive.extend([b"PK\x03\x04".as_slice(), &common, name.as_bytes(), content].concat());
        // Comment, disk and attributes are all nothing.
        directory.extend([b"PK\x01\x02\x14\0".as_slice(), &common, &[0; 10], &offset.to_le_bytes()].concat());
        directory.extend(name.as_bytes());
    }
    let (count, start) = ((members.len() as u16).to_le_bytes(), archive.len() as u32);
    archive.extend(&directory);
    archive.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count].concat());
    archive.extend([(directory.len() as u32).to_le_bytes(), start.to_le_bytes()].concat());
    archive.extend([0, 0]);
    archive
}

/// A folder for files of a test.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("logloupe-given-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).expect("a temporary file");
        path
    }

    /// A plain flow log with a header line and this many rows, some 115 bytes each.
    pub(crate) fn bulk_flows(&self, name: &str, rows: u64) -> PathBuf {
        let path = self.0.join(name);
        let mut file = File::create(&path).expect("a temporary file");
        bulk::vpc(rows, 7).for_each(|chunk| file.write_all(&chunk).expect("room for a temporary file"));
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
