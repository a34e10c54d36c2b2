//! Files to shards: opens, reads and pushes, on as many threads as there are processors. One loader per thread, and
//! one ledger in the order of the inputs, whoever read them.

use std::{
    fs::File,
    hash::{BuildHasher, Hasher, RandomState},
    io::{self, Seek, SeekFrom},
    num::NonZeroUsize,
    sync::Arc,
    thread,
    time::SystemTime,
};

use logloupe_core::{
    formats::{ALL, Settings},
    ingest::{
        Entry, Error, ErrorKind, Limits, Loader, Options, State,
        duplicates::{self, Identity},
        history,
        integrity::{self, Evidence},
    },
};
use logloupe_table::{Shard, Source, lookup::Lookup};

use crate::{
    args::Files,
    definitions::Formats,
    inputs::{self, Input, Missing},
    parts::{self, FilePart},
    progress::{self, Counts},
};

/// How many bytes are read at once.
pub const CHUNK: usize = 1 << 20;

/// What was loaded.
#[derive(Debug, Default)]
pub struct Loaded {
    /// One per thread.
    pub shards: Vec<Shard>,
    /// Every file, in the order given, files inside archives where the archive stands; then the paths that led to
    /// no file.
    pub ledger: Vec<Entry>,
    /// Tables to look things up in.
    pub lookups: Vec<Arc<Lookup>>,
}

/// Reads all files.
pub fn load(files: &Files, formats: Formats) -> Loaded {
    load_split(files, formats, parts::LEAST)
}

/// The same, large plain files in parts of at least about so many bytes.
pub fn load_split(files: &Files, formats: Formats, least: u64) -> Loaded {
    let (inputs, missing) = inputs::expand(&files.paths);
    let all = threads(files);
    let inputs = parts::split(inputs, files, formats.all, all, least);
    let hands = inputs::deal(&inputs, all);
    let counts = Counts::default();
    let bytes = inputs.iter().map(|input| input.bytes).sum();
    let seed = seed();
    let read = |hand: &[usize]| read(&inputs, hand, (files, formats), seed, &counts);
    let read_all = || match hands.as_slice() {
        [only] => vec![read(only)],
        hands => thread::scope(|scope| {
            let threads: Vec<_> = hands.iter().map(|hand| scope.spawn(|| read(hand))).collect();
            // A panic in a thread is a fault of ours: it ends the run as it would have without threads.
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        }),
    };
    let mut read = progress::show(&counts, inputs.len() as u64, bytes, read_all);
    place_parts(&inputs, &mut read);
    mark_repeats(&mut read);
    let mut shards: Vec<&mut Shard> = read.iter_mut().map(|read| &mut read.shard).collect();
    history::fill_all(&mut shards, ALL, seed);

    let mut loaded = Loaded::default();
    let (mut entries, mut digests) = (Vec::new(), Vec::new());
    for Read { shard, ledger, lookups, evidence, .. } in read {
        digests.push(evidence);
        loaded.shards.push(shard);
        loaded.lookups.extend(lookups);
        entries.extend(ledger);
    }
    entries.sort_by_key(|(input, ..)| *input);
    loaded.ledger = parts::join(&inputs, entries.into_iter().map(|(input, _, entry)| (input, entry)));
    loaded.ledger.extend(missing.iter().map(unread));
    let found = integrity::check(&loaded.ledger.iter().collect::<Vec<_>>(), digests);
    for (entry, found) in loaded.ledger.iter_mut().zip(found) {
        entry.integrity = found;
    }
    loaded
}

/// How many threads there may be.
pub fn threads(files: &Files) -> usize {
    files.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

/// What one thread read.
struct Read {
    shard: Shard,
    /// The entries, each with the number of the input that it belongs to and its source in the shard.
    ledger: Vec<(usize, Option<u32>, Entry)>,
    identities: Vec<Identity>,
    /// The digests of CloudTrail among them.
    evidence: Evidence,
    lookups: Vec<Arc<Lookup>>,
}

/// A loader for these formats and all codecs, its hash tables seeded at random.
pub fn loader(formats: Formats) -> Loader {
    Loader::new(formats.all.to_vec(), Limits::default(), seed()).with_codecs(logloupe_codecs::open)
}

/// A random number for hash tables.
pub fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Reads the inputs of one hand.
fn read(
    inputs: &[Input],
    hand: &[usize],
    (files, formats): (&Files, Formats),
    seed: u64,
    counts: &Counts,
) -> Read {
    let mut loader = loader(formats);
    let mut buffer = vec![0; CHUNK];
    let mut belongs = Vec::new();
    for &i in hand {
        feed(&mut loader, &inputs[i], files, &mut buffer, counts, |_| true);
        belongs.resize(loader.ledger().len(), i);
    }
    let identities = duplicates::identities(loader.shard(), ALL, seed);
    let evidence = integrity::evidence(loader.shard());
    let (sources, lookups) = (loader.sources().to_vec(), loader.lookups().to_vec());
    let (shard, entries) = loader.into_parts();
    let ledger = belongs.into_iter().zip(sources).zip(entries).map(|((i, s), entry)| (i, s, entry)).collect();
    Read { shard, ledger, identities, evidence, lookups }
}

/// Tells the rows of later parts where in their file those begin.
fn place_parts(inputs: &[Input], all: &mut [Read]) {
    let mut order: Vec<(usize, usize, usize)> = Vec::new();
    for (hand, read) in all.iter().enumerate() {
        order.extend(read.ledger.iter().enumerate().map(|(at, (input, ..))| (*input, hand, at)));
    }
    order.sort_unstable();
    let entries = order.iter().map(|(input, hand, at)| (*input, &all[*hand].ledger[*at].2));
    let places = parts::places(inputs, entries);
    for ((_, hand, at), place) in order.into_iter().zip(places) {
        let Read { shard, ledger, .. } = &mut all[hand];
        let source = ledger[at].1.and_then(|source| shard.sources.get_mut(source as usize));
        if let Some(source) = source.filter(|_| place != (0, 0)) {
            (source.first_line, source.first_record) = place;
        }
    }
}

/// Marks the rows that repeat an event of this thread or another one.
fn mark_repeats(all: &mut [Read]) {
    let shards: Vec<(&[Source], &[Identity])> =
        all.iter().map(|read| (read.shard.sources.as_slice(), read.identities.as_slice())).collect();
    let found = duplicates::find(&shards);
    for (read, repeats) in all.iter_mut().zip(found) {
        let counts = duplicates::mark(&mut read.shard, &repeats);
        for (_, source, entry) in &mut read.ledger {
            entry.duplicates = source.and_then(|s| counts.get(s as usize)).copied().unwrap_or(0);
        }
    }
}

/// The time now in microseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// What the user says of all files.
pub fn said(files: &Files) -> Settings {
    Settings { now: Some(now()), ..files.settings.clone() }
}

/// Pushes one input through the loader, to its end or to where reading on is of no use. `after` is called after each
/// push and says whether to go on.
pub fn feed(
    loader: &mut Loader,
    input: &Input,
    files: &Files,
    buffer: &mut [u8],
    counts: &Counts,
    mut after: impl FnMut(&mut Loader) -> bool,
) {
    let size = input.path.as_ref().map(|_| input.bytes).filter(|bytes| *bytes > 0);
    open(loader, input, files, size);
    let outcome = match &input.path {
        None => push(loader, &mut io::stdin().lock(), buffer, counts, &mut after),
        Some(path) => File::open(path).and_then(|mut file| {
            if let Some(part) = &input.part {
                file.seek(SeekFrom::Start(part.range.start))?;
            }
            push(loader, &mut file, buffer, counts, &mut after)
        }),
    };
    match outcome {
        Ok(()) => loader.finish(),
        Err(fault) => loader.fail(&fault.to_string()),
    }
    counts.add_file();
}

/// Begins an input of which nobody knows how much will come.
pub fn begin(loader: &mut Loader, input: &Input, files: &Files) {
    open(loader, input, files, None);
}

fn open(loader: &mut Loader, input: &Input, files: &Files, size: Option<u64>) {
    let format = files.format.clone();
    let settings = said(files);
    let part = input.part.as_ref().map(FilePart::part);
    loader.open(&input.name, Options { size, format, settings, part, ..Options::default() });
}

fn push(
    loader: &mut Loader,
    from: &mut dyn io::Read,
    buffer: &mut [u8],
    counts: &Counts,
    after: &mut dyn FnMut(&mut Loader) -> bool,
) -> io::Result<()> {
    while !loader.is_done() {
        match from.read(buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => {
                counts.add_bytes(read);
                loader.push(&buffer[..read]);
                if !after(loader) {
                    return Ok(());
                }
            }
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// The entry of a path that leads to no file.
pub fn unread(missing: &Missing) -> Entry {
    let message = missing.fault.to_string();
    Entry {
        source: missing.name.clone(),
        reason: message.clone(),
        state: State::Failed(Error { kind: ErrorKind::Io, at: 0, message }),
        ..Entry::default()
    }
}
