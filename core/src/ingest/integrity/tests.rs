//! Verdicts over drops of a small trail: three log files of two hours, three digests, the key that signed them.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::*;
use crate::{
    formats::ALL,
    ingest::{Limits, Options},
};

const FOLDER: &str =
    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/05/111122223333_CloudTrail_us-east-1_20260305T";
const DIGEST: &str = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/05/111122223333_CloudTrail-Digest_us-east-1_main_us-east-1_20260305T";

/// A name and what the file holds.
type Files = Vec<(String, Vec<u8>)>;

macro_rules! log {
    ($name:literal) => {
        (
            format!("{FOLDER}{}", concat!($name, ".json")),
            include_bytes!(concat!(
                "../tests/digests/111122223333_CloudTrail_us-east-1_20260305T",
                $name,
                ".json"
            ))
            .to_vec(),
        )
    };
}

macro_rules! digest {
    ($hour:literal, $file:literal) => {
        (
            format!("{DIGEST}{}", concat!($hour, "0000Z.json")),
            include_bytes!(concat!("../../formats/samples/", $file)).to_vec(),
        )
    };
}

/// Everything as it was delivered. By their places: logs 0 to 2, digests 3 to 5, the key 6.
fn trail() -> Files {
    vec![
        log!("0905Z_Aa0bB1cC2dD3eE4f"),
        log!("0920Z_Bb0bB1cC2dD3eE4f"),
        log!("1010Z_Cc0bB1cC2dD3eE4f"),
        digest!("09", "cloudtrail_digest.json"),
        digest!("10", "cloudtrail_digest_2.json"),
        digest!("11", "cloudtrail_digest_3.json"),
        (
            "keys.json".to_owned(),
            include_bytes!("../../formats/samples/cloudtrail_digest_keys.json").to_vec(),
        ),
    ]
}

fn replace(file: &mut (String, Vec<u8>), from: &str, to: &str) {
    let text = String::from_utf8(std::mem::take(&mut file.1)).expect("text");
    assert!(text.contains(from), "{from}");
    file.1 = text.replacen(from, to, 1).into_bytes();
}

/// What is said of the files, in the order of their names, read by so many loaders, dealt from `first` on.
fn by(files: &Files, shards: usize, first: usize, turned: bool) -> Vec<(String, Option<Integrity>)> {
    let mut loaders: Vec<Loader> =
        (0..shards).map(|_| Loader::new(ALL.to_vec(), Limits::default(), 1)).collect();
    let mut order: Vec<usize> = (0..files.len()).collect();
    if turned {
        order.reverse();
    }
    for (i, file) in order.into_iter().enumerate() {
        let loader = &mut loaders[(i + first) % shards];
        loader.open(&files[file].0, Options::default());
        files[file].1.chunks(600).for_each(|piece| loader.push(piece));
        loader.finish();
    }
    let parts: Vec<Evidence> = loaders.iter_mut().map(|loader| evidence(loader.shard())).collect();
    let entries: Vec<&Entry> = loaders.iter().flat_map(|loader| loader.ledger()).collect();
    let found = check(&entries, parts);
    let mut all: Vec<_> = entries.iter().map(|entry| entry.source.clone()).zip(found).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// The same for every number of shards and every order.
fn said(files: &Files) -> Vec<(String, Option<Integrity>)> {
    let one = by(files, 1, 0, false);
    for shards in [1, 3, 7] {
        for first in 0..shards.min(3) {
            for turned in [false, true] {
                assert_eq!(
                    by(files, shards, first, turned),
                    one,
                    "{shards} shards, from {first}, turned: {turned}"
                );
            }
        }
    }
    one
}

fn of<'a>(said: &'a [(String, Option<Integrity>)], name: &str) -> Option<&'a Integrity> {
    let found = said.iter().find(|(source, _)| source == name);
    found.unwrap_or_else(|| panic!("{name} is there")).1.as_ref()
}

#[track_caller]
fn verdicts(files: &Files, expected: &[(usize, Verdict)]) -> Vec<(String, Option<Integrity>)> {
    let said = said(files);
    for (file, verdict) in expected {
        let found = of(&said, &files[*file].0);
        assert_eq!(found.map(|i| i.verdict), Some(*verdict), "{}: {found:?}", files[*file].0);
    }
    said
}

use Verdict::{Altered, Missing, NotCovered, Unchecked, Verified};

#[test]
fn a_whole_trail_is_verified() {
    let files = trail();
    let all = [(0, Verified), (1, Verified), (2, Verified), (3, Verified), (4, Verified), (5, Unchecked)];
    let said = verdicts(&files, &all);
    assert_eq!(of(&said, "keys.json"), None);
    let signed: Vec<bool> =
        files[..6].iter().map(|file| of(&said, &file.0).is_some_and(|i| i.signed)).collect();
    assert_eq!(signed, [true, true, false, true, true, false]);
    assert_eq!(
        of(&said, &files[4].0).map(|i| i.text.as_str()),
        Some(
            "names 2 files: 2 verified; the next digest has its hash; its signature is verified; it continues its chain"
        )
    );
    assert!(of(&said, &files[3].0).is_some_and(|i| i.text.ends_with("its chain begins here")));
    // Without the key no signature is checked, and nothing else changes.
    let mut files = trail();
    files.pop();
    let said = verdicts(&files, &all);
    assert!(said.iter().all(|(_, i)| i.as_ref().is_some_and(|i| !i.signed)));
    assert!(of(&said, &files[4].0).is_some_and(|i| i.text.contains("its public key is not here")));
}

#[test]
fn folders_from_any_depth_and_containers_make_no_difference() {
    let files = trail();
    let gzip = |content: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).expect("in memory");
        encoder.finish().expect("in memory")
    };
    let named = |name: &dyn Fn(&str) -> String, content: &dyn Fn(&[u8]) -> Vec<u8>| -> Files {
        files.iter().map(|(path, text)| (name(path), content(text))).collect()
    };
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    for files in [
        named(&|path| format!("{path}.gz"), &gzip),
        named(&|path| format!("evidence/bucket/{path}"), &|text| text.to_vec()),
        named(&last, &gzip),
        named(&|path| format!("C:\\logs\\{}.gz", path.replace('/', "\\")), &gzip),
        named(&|path| format!("a.zip/{}", last(path)), &|text| text.to_vec()),
    ] {
        verdicts(
            &files,
            &[(0, Verified), (1, Verified), (2, Verified), (3, Verified), (4, Verified), (5, Unchecked)],
        );
    }
}

#[test]
fn altered_logs_are_told() {
    for (from, to) in
        [("ListUsers", "ListRoles"), ("\"Records\"", " \"Records\""), ("\"readOnly\":true,", "")]
    {
        let mut files = trail();
        replace(&mut files[0], from, to);
        let said = verdicts(&files, &[(0, Altered), (1, Verified), (4, Verified)]);
        assert!(
            of(&said, &files[4].0)
                .is_some_and(|i| i.text.starts_with("names 2 files: 1 verified, 1 altered;"))
        );
        assert!(of(&said, &files[0].0).is_some_and(|i| i.text.contains(" gives ")), "{said:?}");
    }
    // Cut, emptied, replaced by something else.
    let mut files = trail();
    files[0].1.truncate(700);
    files[1].1 = b"{\"Records\":[]}".to_vec();
    files[2].1 = b"nothing of the kind\n".to_vec();
    verdicts(&files, &[(0, Altered), (1, Altered), (2, Altered), (5, Unchecked)]);
    let mut files = trail();
    files[1].1.push(b'\n');
    files[2].1 = Vec::new();
    verdicts(&files, &[(1, Altered), (2, Altered)]);
    // An altered copy beside the file as it was: each is what it is.
    let mut files = trail();
    let mut copy = (format!("copy/{}", files[0].0), files[0].1.clone());
    replace(&mut copy, "ListUsers", "ListRoles");
    files.push(copy);
    verdicts(&files, &[(0, Verified), (7, Altered), (4, Verified)]);
}

#[test]
fn missing_files_are_named() {
    let mut files = trail();
    files.remove(1);
    let said = verdicts(&files, &[(0, Verified), (3, Missing)]);
    let digest = of(&said, &files[3].0).expect("a verdict");
    assert_eq!(digest.missing_files, 1);
    assert_eq!(digest.missing, [format!("{FOLDER}0920Z_Bb0bB1cC2dD3eE4f.json.gz")]);
    assert!(digest.text.starts_with("names 2 files: 1 verified, 1 missing;"), "{}", digest.text);
    // A digest between two others.
    let mut files = trail();
    files.remove(4);
    let said = verdicts(&files, &[(0, NotCovered), (3, Unchecked), (4, Missing)]);
    assert!(of(&said, &files[4].0).is_some_and(|i| i.text.contains("the digest before it is missing")));
    // The earliest of those here is not expected to have one.
    let mut files = trail();
    files.drain(3..5);
    verdicts(&files, &[(2, Verified), (3, Unchecked)]);
}

#[test]
fn logs_that_no_digest_names_are_told_within_their_time() {
    let rogue = |time: &str, region: &str| {
        let name =
            format!("AWSLogs/x/111122223333_CloudTrail_{region}_20260305T{time}Z_Zz0bB1cC2dD3eE4f.json.gz");
        (name, trail()[0].1.clone())
    };
    for (time, region, verdict) in [
        ("0801", "us-east-1", Some(NotCovered)),
        ("1059", "us-east-1", Some(NotCovered)),
        ("0759", "us-east-1", None),
        ("1101", "us-east-1", None),
        ("0905", "eu-west-1", None),
        ("9999", "us-east-1", None),
    ] {
        let mut files = trail();
        files.push(rogue(time, region));
        let said = said(&files);
        assert_eq!(of(&said, &files[7].0).map(|i| i.verdict), verdict, "{time} {region}");
        let next = of(&said, &files[7].0).is_some_and(|i| i.text.ends_with("may"));
        assert_eq!(next, time == "1059", "{time}");
    }
    // Without digests nothing is said of anything.
    assert!(said(&trail()[..3].to_vec()).iter().all(|(_, integrity)| integrity.is_none()));
}

#[test]
fn altered_digests_break_the_chain() {
    // What an intruder would do: take a file out, and its name.
    let mut files = trail();
    let text = String::from_utf8(files[4].1.clone()).expect("text");
    let (from, to) =
        (text.find(",{\"s3Bucket\"").expect("a second file"), text.rfind("]}").expect("the end"));
    files[4].1 = [&text[..from], &text[to..]].concat().into_bytes();
    files.remove(1);
    let said = verdicts(&files, &[(0, Unchecked), (3, Altered), (4, Unchecked)]);
    let altered = of(&said, &files[3].0).expect("a verdict");
    assert!(
        altered.text.contains("the next digest has another hash of it; its signature is wrong"),
        "{}",
        altered.text
    );
    assert!(of(&said, &files[4].0).is_some_and(|i| i.text.ends_with("the digest before it was altered")));
    // The hash in the next digest mended too: the signature still tells.
    use sha2::{Digest as _, Sha256};
    let mut files = trail();
    let old = digest::hex(&Sha256::digest(&files[4].1));
    replace(&mut files[4], "Bb0bB1cC2dD3eE4f", "Xx0bB1cC2dD3eE4f");
    let new = digest::hex(&Sha256::digest(&files[4].1));
    replace(&mut files[5], &old, &new);
    let said = verdicts(&files, &[(4, Altered), (0, Unchecked)]);
    let text = of(&said, &files[4].0).map(|i| i.text.as_str()).unwrap_or_default();
    assert!(text.contains("the next digest has its hash; its signature is wrong"), "{text}");
    // Without the key that is not seen.
    files.pop();
    verdicts(&files, &[(4, Missing), (0, Verified)]);
    // A digest in another's place.
    let mut files = trail();
    files[4].1 = files[3].1.clone();
    let said = verdicts(&files, &[(4, Altered), (5, Missing)]);
    assert!(of(&said, &files[4].0).is_some_and(|i| i.text.contains("its own key is another than its name")));
}

#[test]
fn a_key_is_known_by_its_fingerprint_only() {
    let key = String::from_utf8(trail()[6].1.clone()).expect("text");
    let value = key.split('"').nth(5).expect("the key").to_owned();
    assert_eq!(value.len(), 360);
    for value in [
        // Another key, no key, damage in each place that matters.
        value.replacen('A', "B", 1),
        value[..value.len() / 2].to_owned(),
        "!".to_owned(),
        String::new(),
    ] {
        let mut files = trail();
        files[6].1 = key.replace(key.split('"').nth(5).expect("the key"), &value).into_bytes();
        let said = verdicts(&files, &[(3, Verified), (4, Verified)]);
        assert!(of(&said, &files[4].0).is_some_and(|i| !i.signed), "{value}");
    }
    // A signature that is none.
    let mut files = trail();
    let text = String::from_utf8(files[5].1.clone()).expect("text");
    let signature = text.split("\"previousDigestSignature\":\"").nth(1).expect("one")[..512].to_owned();
    for wrong in ["", "00", "zz", &signature[2..], &signature.replacen(&signature[..1], "0", 1)] {
        files[5].1 = text.replace(&signature, wrong).into_bytes();
        let expected = if wrong.is_empty() { Verified } else { Altered };
        verdicts(&files, &[(4, expected)]);
    }
}

#[test]
fn hostile_digests_are_harmless() {
    let digest = |object: &str, previous: &str| {
        format!(
            "{{\"awsAccountId\":1,\"digestStartTime\":\"2026-03-05T08:00:00Z\",\"digestEndTime\":\"2026-03-05T09:00:00Z\",\"digestS3Object\":\"{object}\",\"digestPublicKeyFingerprint\":\"f\",\"previousDigestS3Object\":\"{previous}\",\"previousDigestSignature\":\"é\",\"logFiles\":[null,1,{{}},{{\"s3Object\":5}},{{\"s3Object\":\"\",\"hashValue\":\"\"}}]}}"
        )
    };
    let mut files = trail();
    for (i, (object, previous)) in
        [("a", "a"), ("a", "b"), ("b", "a"), ("", ""), ("/", "\\\\"), (".gz", ".gz")].iter().enumerate()
    {
        files.push((format!("d{i}.json"), digest(object, previous).into_bytes()));
    }
    files.push(("all.json".to_owned(), [digest("x", "y"), digest("y", "x")].concat().into_bytes()));
    verdicts(&files, &[(0, Verified), (3, Verified), (4, Verified)]);
    // The loader's own way.
    let mut loader = Loader::new(ALL.to_vec(), Limits::default(), 1);
    for (name, text) in &files {
        loader.open(name, Options::default());
        loader.push(text);
    }
    loader.finish();
    check_all(&mut loader);
    assert!(loader.ledger().iter().filter(|entry| entry.integrity.is_some()).count() >= files.len() - 2);
    assert!(loader.ledger().iter().all(|entry| entry.may_be_cloudtrails() || entry.integrity.is_none()));
}
