//! Digests, the keys that check them, and the chain that they form: each has the hash and the signature of the one before.

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::super::{
    ledger::{Entry, Verdict},
    rsa::PublicKey,
};
use crate::formats::field::json::{self, Json, Reader};
use logloupe_table::{sort, time};

/// What stands in digest files and in lists of keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub(super) digests: Vec<Digest>,
    pub(super) keys: Vec<Key>,
}

/// A public key as `aws cloudtrail list-public-keys` gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Key {
    fingerprint: String,
    value: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Digest {
    /// The file that it stands in.
    pub(super) source: String,
    /// Its hash, in hexadecimal digits as all are.
    pub(super) hash: String,
    pub(super) account: String,
    pub(super) start: i64,
    pub(super) end: i64,
    end_text: String,
    bucket: String,
    /// Its key.
    pub(super) object: String,
    fingerprint: String,
    previous_bucket: String,
    /// The key of the digest before it; empty where the chain begins.
    previous: String,
    previous_hash: String,
    previous_signature: Option<String>,
    pub(super) files: Vec<Named>,
}

/// A file that a digest names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) object: String,
    pub(super) hash: String,
}

const PATHS: &[&str] = &[
    "awsAccountId",
    "digestStartTime",
    "digestEndTime",
    "digestS3Bucket",
    "digestS3Object",
    "digestPublicKeyFingerprint",
    "previousDigestS3Bucket",
    "previousDigestS3Object",
    "previousDigestHashValue",
    "previousDigestSignature",
    "logFiles",
    "Fingerprint",
    "Value",
];

impl Evidence {
    /// Whether there is nothing to check with.
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty() && self.keys.is_empty()
    }
    /// Adds what stands in one record.
    pub(super) fn add(&mut self, source: String, record: &[u8]) {
        let mut reader = Reader::new(PATHS);
        let Ok(values) = reader.read(record) else { return };
        let said = |i: usize| values.get(i).text().map(|text| String::from_utf8_lossy(&text).into_owned());
        let text = |i: usize| said(i).unwrap_or_default();
        if values.get(12).is_some() {
            self.keys.push(Key { fingerprint: text(11), value: text(12) });
        }
        if !values.get(4).is_some() {
            return;
        }
        let moment = |i: usize| time::parse_iso(text(i).as_bytes()).unwrap_or_default();
        let mut files = Vec::new();
        if let Json::Array(list) = values.get(10) {
            let mut reader = Reader::new(&["s3Object", "hashValue"]);
            json::each(list, |item| {
                if let Json::Object(item) = item
                    && let Ok(values) = reader.read(item)
                {
                    let text = |i: usize| {
                        let text = values.get(i).text().unwrap_or_default();
                        String::from_utf8_lossy(&text).into_owned()
                    };
                    files.push(Named { object: text(0), hash: text(1) });
                }
                true
            });
        }
        self.digests.push(Digest {
            source,
            hash: hex(&Sha256::digest(record)),
            account: text(0),
            start: moment(1),
            end: moment(2),
            end_text: text(2),
            bucket: text(3),
            object: text(4),
            fingerprint: text(5),
            previous_bucket: text(6),
            previous: text(7),
            previous_hash: text(8),
            previous_signature: said(9),
            files,
        });
    }
}

impl Digest {
    /// Its file's name.
    pub(super) fn name(&self) -> &str {
        last(&self.object)
    }
    /// The region whose files it names.
    pub(super) fn region(&self) -> Option<&str> {
        self.name().split_once("_CloudTrail-Digest_")?.1.split('_').next()
    }
    /// What is common to the digests of one trail in one region: their names up to the time.
    fn trail(&self) -> &str {
        let name = stem(&self.object);
        let name = name.strip_suffix(".json").unwrap_or(name);
        let name = name.strip_suffix("_backfill").unwrap_or(name);
        name.rsplit_once('_').map_or(name, |(trail, _)| trail)
    }
    /// The text that is signed.
    fn signed(&self) -> String {
        let previous = self.previous_signature.as_deref().unwrap_or("null");
        format!("{}\n{}/{}\n{}\n{previous}", self.end_text, self.bucket, self.object, self.hash)
    }
}

/// A file that holds one digest and nothing else has been hashed as it is.
pub(super) fn take_hashes(digests: &mut [Digest], entries: &[&Entry]) {
    for entry in entries.iter().filter(|entry| entry.records == 1) {
        let Some(hash) = &entry.sha256 else { continue };
        let from = digests.partition_point(|digest| digest.source < entry.source);
        if let Some(digest) = digests.get_mut(from).filter(|digest| digest.source == entry.source) {
            digest.hash = hex(hash);
        }
    }
}

/// The keys whose fingerprint is theirs.
pub(super) struct Keys(Vec<(String, Option<PublicKey>)>);

impl Keys {
    pub(super) fn new(keys: &[Key]) -> Keys {
        let key = |key: &Key| {
            let der = STANDARD.decode(key.value.trim()).ok()?;
            // The fingerprint is the MD5 of the key: another key cannot take its place.
            let fingerprint = hex(&Md5::digest(&der));
            Some((fingerprint, PublicKey::of_der(&der)))
        };
        let mut keys: Vec<_> = keys.iter().filter_map(key).collect();
        sort::by(&mut keys, |a, b| a.0.cmp(&b.0));
        Keys(keys)
    }
    fn find(&self, fingerprint: &str) -> Option<&PublicKey> {
        let found =
            self.0.binary_search_by(|(known, _)| known.as_str().cmp(&fingerprint.to_ascii_lowercase()));
        self.0.get(found.ok()?)?.1.as_ref()
    }
}

/// What the chain tells of a digest.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    /// Whether the next digest has its hash; nothing without a next one.
    hash: Option<bool>,
    /// Whether the signature that the next digest has is good; nothing without a key.
    signature: Option<bool>,
    /// It lies where another digest should.
    moved: bool,
    previous: Previous,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Previous {
    /// The digest before it is here.
    #[default]
    Here,
    /// It is here, and was altered.
    Altered,
    /// It is not here, as nothing earlier is.
    Earlier,
    /// It is not here, and earlier ones are.
    Gap,
    /// There is none.
    First,
    /// There is none, although earlier ones are here.
    Restart,
}

impl Chain {
    pub(super) fn altered(&self) -> bool {
        self.moved || self.hash == Some(false) || self.signature == Some(false)
    }
    pub(super) fn vouched(&self) -> bool {
        self.hash == Some(true)
    }
    pub(super) fn signed(&self) -> bool {
        self.signature == Some(true)
    }
    pub(super) fn gap(&self) -> bool {
        self.previous == Previous::Gap
    }
    /// The same in words.
    pub(super) fn said(&self) -> impl Iterator<Item = &'static str> {
        let hash = match self.hash {
            Some(true) => "the next digest has its hash",
            Some(false) => "the next digest has another hash of it",
            None => "no digest here vouches for it, as the next one would",
        };
        let signature = match self.signature {
            Some(true) => Some("its signature is verified"),
            Some(false) => Some("its signature is wrong"),
            None if self.hash.is_some() => {
                Some("its signature is not checked, as its public key is not here")
            }
            None => None,
        };
        let previous = match self.previous {
            Previous::Here => "it continues its chain",
            Previous::Altered => "its chain is broken: the digest before it was altered",
            Previous::Earlier => "the digest before it is not here",
            Previous::Gap => "its chain is broken: the digest before it is missing",
            Previous::First => "its chain begins here",
            Previous::Restart => "a new chain begins here, though earlier digests are here",
        };
        let moved = self.moved.then_some("its own key is another than its name");
        [Some(hash), signature, moved, Some(previous)].into_iter().flatten()
    }
}

/// The chain of each digest.
pub(super) fn chains(digests: &[Digest], keys: &Keys) -> Vec<Chain> {
    let mut chains = vec![Chain::default(); digests.len()];
    let mut by_key: Vec<(&str, usize)> =
        digests.iter().enumerate().map(|(d, digest)| (digest.object.as_str(), d)).collect();
    sort::plain(&mut by_key);
    // When the first digest of each trail ends.
    let mut trails: Vec<(&str, &str, i64)> =
        digests.iter().map(|d| (d.account.as_str(), d.trail(), d.end)).collect();
    sort::plain(&mut trails);
    trails.dedup_by(|later, first| (later.0, later.1) == (first.0, first.1));
    for (n, digest) in digests.iter().enumerate() {
        let name = stem(&digest.source);
        chains[n].moved = name.contains("_CloudTrail-Digest_") && name != stem(&digest.object);
        let own = (digest.account.as_str(), digest.trail());
        let first = trails.binary_search_by(|(account, trail, _)| (*account, *trail).cmp(&own));
        let earlier = first.ok().and_then(|at| trails.get(at)).is_some_and(|(.., end)| *end < digest.end);
        if digest.previous.is_empty() {
            chains[n].previous = if earlier { Previous::Restart } else { Previous::First };
            continue;
        }
        let from = by_key.partition_point(|(key, _)| *key < digest.previous.as_str());
        let before = by_key.get(from..).unwrap_or_default().iter();
        let before = before.take_while(|(key, _)| *key == digest.previous).map(|(_, d)| *d);
        let mut previous = if earlier { Previous::Gap } else { Previous::Earlier };
        for p in before.filter(|p| digests[*p].bucket == digest.previous_bucket) {
            let same = digests[p].hash.eq_ignore_ascii_case(&digest.previous_hash);
            let good = digest.previous_signature.as_deref().and_then(|signature| {
                let key = keys.find(&digests[p].fingerprint)?;
                let signature = unhex(signature).unwrap_or_default();
                Some(key.verifies(digests[p].signed().as_bytes(), &signature))
            });
            let both = |known: Option<bool>, new: bool| Some(known.unwrap_or(true) && new);
            chains[p].hash = both(chains[p].hash, same);
            if let Some(good) = good {
                chains[p].signature = both(chains[p].signature, good);
            }
            // One copy that is as it should be is enough.
            if previous != Previous::Here {
                previous = if same && good != Some(false) { Previous::Here } else { Previous::Altered };
            }
        }
        chains[n].previous = previous;
    }
    chains
}

/// How grave a verdict is.
pub(super) fn gravity(verdict: Verdict) -> usize {
    Verdict::ALL.iter().position(|known| *known == verdict).unwrap_or_default()
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| DIGITS.get(n as usize).copied().unwrap_or(b'0') as char;
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| (*byte as char).to_digit(16);
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some((digit(pair.first()?)? << 4 | digit(pair.get(1)?)?) as u8)).collect()
}

fn last(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The last part of a path, without `.gz`.
pub(super) fn stem(path: &str) -> &str {
    let name = last(path);
    name.strip_suffix(".gz").unwrap_or(name)
}

/// How many folders at their ends two paths share.
pub(super) fn shared(a: &str, b: &str) -> usize {
    let folders = |path: &'_ str| path.rsplit(['/', '\\']).skip(1).map(str::to_owned).collect::<Vec<_>>();
    folders(a).iter().zip(&folders(b)).take_while(|(a, b)| a == b).count()
}
