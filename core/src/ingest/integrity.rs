//! Whether log files are what CloudTrail's digest files say, as `aws cloudtrail validate-logs` checks it: what that
//! command reads from S3 is looked for among the files that were read.
//!
//! Three steps, so that shards may live in different workers: [`evidence`] where the rows are, [`check`] where all entries
//! of the ledger and all evidence come together. [`check_all`] does it for one loader. Verdicts depend on the entries and
//! the digests alone: not on shards, nor on the order of files.
//!
//! What is compared: the hash of a log file is the SHA-256 of what it holds *uncompressed* (the command inflates before it
//! hashes, `awscli/customizations/cloudtrail/validation.py`), and so is that of a digest. A digest's signature stands in its
//! object's metadata, which no download has, and in the digest after it: the newest digest is vouched for by nothing.
//!
//! Which file is which: a key's last part is compared with that of a file's path, without `.gz`; among several of one name
//! the one with more folders in common. So it does not matter from which depth a folder was taken, nor whether files were
//! unpacked. Buckets are not known here.
//!
//! Source: user guide, `cloudtrail-log-file-custom-validation`, `cloudtrail-log-file-validation-digest-file-structure`, read
//! 2026-11-26.

mod digest;
#[cfg(test)]
mod tests;

pub use digest::Evidence;

use super::Loader;
use super::ledger::{Entry, Integrity, KEPT_MISSING, State, Verdict};
use digest::{Chain, Digest, Keys, hex, stem};
use logloupe_table::{Shard, schema::SOURCE, sort, time};

/// The format of digest files and keys.
const DIGESTS: &str = "cloudtrail_digest";

/// Whether a file may be named by a digest, or be one: the last part of its path is CloudTrail's, by which it is found, or it
/// begins as a digest does. Only such files are hashed.
pub(crate) fn may_be_named(path: &str, head: &[u8]) -> bool {
    stem(path).contains("CloudTrail") || head.trim_ascii_start().starts_with(b"{\"awsAccountId\"")
}

/// The digests and keys among the rows of a shard.
pub fn evidence(shard: &Shard) -> Evidence {
    let mut evidence = Evidence::default();
    for table in shard.tables.iter().filter(|table| table.format() == DIGESTS) {
        for row in (0..table.rows()).filter_map(|r| table.row(r)) {
            let source = row.chunk.column(SOURCE).int(row.index).unwrap_or_default();
            let source = shard.sources.get(source as usize).map_or("", |source| source.name.as_str());
            evidence.add(source.to_owned(), &row.raw());
        }
    }
    evidence
}

/// What these digests say of each entry; nothing where they are not about it, as of all that
/// [are not CloudTrail's](Entry::may_be_cloudtrails).
pub fn check(entries: &[&Entry], evidence: Vec<Evidence>) -> Vec<Option<Integrity>> {
    let mut all = Evidence::default();
    for part in evidence {
        all.digests.extend(part.digests);
        all.keys.extend(part.keys);
    }
    if all.digests.is_empty() {
        return vec![None; entries.len()];
    }
    // An order of their own, whatever shards had them.
    sort::by(&mut all.digests, |a, b| (&a.source, &a.object, &a.hash).cmp(&(&b.source, &b.object, &b.hash)));
    let mut digests = all.digests;
    digest::take_hashes(&mut digests, entries);
    let chains = digest::chains(&digests, &Keys::new(&all.keys));
    let mut check = Check::new(&digests, &chains);
    let mut found: Vec<Option<Integrity>> = entries.iter().map(|entry| check.log(entry)).collect();
    for (entry, found) in entries.iter().zip(&mut found) {
        if entry.format.as_deref() == Some(DIGESTS) {
            *found = check.digest(entry);
        }
    }
    found
}

/// Checks the files of one loader, and says so in its ledger.
pub fn check_all(loader: &mut Loader) {
    let evidence = vec![evidence(loader.shard())];
    let found = check(&loader.ledger().iter().collect::<Vec<_>>(), evidence);
    loader.set_integrity(found);
}

/// What became of a file that a digest names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    #[default]
    Missing,
    Altered,
    Verified,
}

struct Check<'a> {
    digests: &'a [Digest],
    chains: &'a [Chain],
    /// The files that digests name, by the last part of their keys: that, the digest, and the file in it.
    named: Vec<(&'a str, usize, usize)>,
    found: Vec<Vec<Found>>,
}

impl<'a> Check<'a> {
    fn new(digests: &'a [Digest], chains: &'a [Chain]) -> Check<'a> {
        let mut named = Vec::new();
        for (d, digest) in digests.iter().enumerate() {
            named.extend(digest.files.iter().enumerate().map(|(f, file)| (stem(&file.object), d, f)));
        }
        sort::plain(&mut named);
        let found = digests.iter().map(|digest| vec![Found::Missing; digest.files.len()]).collect();
        Check { digests, chains, named, found }
    }
    /// What digests say of a file that is none.
    fn log(&mut self, entry: &Entry) -> Option<Integrity> {
        let name = stem(&entry.source);
        let from = self.named.partition_point(|(stem, ..)| *stem < name);
        let to = self.named.partition_point(|(stem, ..)| *stem <= name);
        let all = self.named.get(from..to).filter(|all| !all.is_empty());
        let Some(all) = all else { return self.not_covered(entry) };
        let shared = |(_, d, f): &(&str, usize, usize)| {
            digest::shared(&self.digests[*d].files[*f].object, &entry.source)
        };
        let most = all.iter().map(shared).max().unwrap_or_default();
        let hash = entry.sha256.as_ref().map(|hash| hex(hash));
        let mut said: Vec<(Found, usize, usize)> = Vec::new();
        for (_, d, f) in all.iter().filter(|named| shared(named) == most) {
            let same =
                hash.as_ref().is_some_and(|hash| hash.eq_ignore_ascii_case(&self.digests[*d].files[*f].hash));
            said.push((if same { Found::Verified } else { Found::Altered }, *d, *f));
        }
        for (found, d, f) in &said {
            let slot = &mut self.found[*d][*f];
            *slot = (*slot).max(*found);
        }
        let same = |(found, ..): &&(Found, usize, usize)| *found == Found::Verified;
        let sound = said.iter().filter(same).filter(|(_, d, _)| !self.chains[*d].altered());
        // Of several digests that name it, one that is signed says most.
        let sound = sound.max_by_key(|(_, d, _)| (self.chains[*d].signed(), std::cmp::Reverse(*d)));
        let signed = sound.is_some_and(|(_, d, _)| self.chains[*d].signed());
        let gives = |d: usize| format!("it has the hash that {} gives", self.digests[d].name());
        let (verdict, text) = if let State::Cancelled | State::Reading = entry.state {
            (Verdict::Unchecked, "it was not read to its end".to_owned())
        } else if let Some((_, d, _)) = sound {
            let how = if signed { "verified" } else { "not checked" };
            (Verdict::Verified, format!("{}, whose signature is {how}", gives(*d)))
        } else if let Some((_, d, _)) = said.iter().find(same) {
            (Verdict::Unchecked, format!("{}, which was altered itself", gives(*d)))
        } else {
            let by = said.first().map_or("a digest", |(_, d, _)| self.digests[*d].name());
            let expected = said.first().map_or("", |(_, d, f)| &self.digests[*d].files[*f].hash);
            let text = match (&hash, &entry.state) {
                (Some(hash), _) => format!("its SHA-256 is {hash}, {by} gives {expected}"),
                (None, State::Failed(error)) => {
                    format!("{by} names it, and it is damaged: {}", error.message)
                }
                (None, _) => format!("{by} names it, and it is no file of CloudTrail's"),
            };
            (Verdict::Altered, text)
        };
        Some(Integrity { verdict, text, signed, ..Integrity::default() })
    }
    /// A log file of CloudTrail's that no digest names although they span its time.
    fn not_covered(&self, entry: &Entry) -> Option<Integrity> {
        if entry.format.as_deref() != Some("cloudtrail") {
            return None;
        }
        // {account}_CloudTrail_{region}_{yyyyMMdd}T{HHmm}Z_{random}.json
        let mut parts = stem(&entry.source).splitn(5, '_');
        let (account, what, region) = (parts.next()?, parts.next()?, parts.next()?);
        let delivered = time::parse_iso(parts.next()?.replace('Z', "00Z").as_bytes())?;
        let own = || {
            let of = |digest: &&Digest| digest.account == account && digest.region() == Some(region);
            self.digests.iter().filter(of)
        };
        let span = own().map(|digest| digest.start).min().zip(own().map(|digest| digest.end).max());
        let (start, end) =
            span.filter(|(start, end)| what == "CloudTrail" && (*start..=*end).contains(&delivered))?;
        const HOUR: i64 = 3_600_000_000;
        let mut text = format!(
            "no digest names it, and they span {} to {}",
            time::format_iso(start),
            time::format_iso(end)
        );
        if delivered > end - HOUR {
            text.push_str("; the next one, which is not here, may");
        }
        Some(Integrity { verdict: Verdict::NotCovered, text, ..Integrity::default() })
    }
    /// What is said of a file of digests; nothing of one of keys.
    fn digest(&self, entry: &Entry) -> Option<Integrity> {
        let from = self.digests.partition_point(|digest| digest.source < entry.source);
        let own = self
            .digests
            .iter()
            .enumerate()
            .skip(from)
            .take_while(|(_, digest)| digest.source == entry.source);
        own.map(|(d, _)| self.one(d)).reduce(|a, b| Integrity {
            verdict: if digest::gravity(b.verdict) > digest::gravity(a.verdict) {
                b.verdict
            } else {
                a.verdict
            },
            text: format!("{}; {}", a.text, b.text),
            signed: a.signed && b.signed,
            missing_files: a.missing_files + b.missing_files,
            missing: a.missing.into_iter().chain(b.missing).take(KEPT_MISSING).collect(),
        })
    }
    fn one(&self, d: usize) -> Integrity {
        let (digest, chain) = (&self.digests[d], &self.chains[d]);
        let count = |what| self.found[d].iter().filter(|found| **found == what).count() as u64;
        let missing_files = count(Found::Missing);
        let missing = (digest.files.iter().zip(&self.found[d]))
            .filter(|(_, found)| **found == Found::Missing)
            .map(|(file, _)| file.object.clone());
        let mut text = match digest.files.len() {
            0 => "names no file".to_owned(),
            1 => "names 1 file".to_owned(),
            n => format!("names {n} files"),
        };
        let mut sign = ':';
        for (n, what) in [
            (count(Found::Verified), "verified"),
            (count(Found::Altered), "altered"),
            (missing_files, "missing"),
        ] {
            if n > 0 {
                text.push_str(&format!("{sign} {n} {what}"));
                sign = ',';
            }
        }
        for said in chain.said() {
            text.push_str("; ");
            text.push_str(said);
        }
        let verdict = if chain.altered() {
            Verdict::Altered
        } else if missing_files > 0 || chain.gap() {
            Verdict::Missing
        } else if chain.vouched() {
            Verdict::Verified
        } else {
            Verdict::Unchecked
        };
        Integrity {
            verdict,
            text,
            signed: chain.signed(),
            missing_files,
            missing: missing.take(KEPT_MISSING).collect(),
        }
    }
}
