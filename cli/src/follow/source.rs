//! Where rows come from while they are followed: stdin as it comes, files as they grow, and files in containers, which are read
//! once. A file that was truncated or put in place of another is read from its beginning; one that was read and has got another
//! name is not read again.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fs::{self, File, Metadata},
    io::{self, Read, Seek},
    mem,
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, TryRecvError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use logloupe_core::ingest::{Entry, Loader};
use logloupe_table::{Shard, lookup::Lookup};

use crate::{
    Failure,
    args::Files,
    definitions::Formats,
    inputs::{self, Input, Missing},
    load,
    progress::Counts,
};

/// After so long without anything new, what waits for more is read as it stands.
const QUIET: Duration = Duration::from_millis(1500);
/// Most bytes of one file that are read before others have their turn.
const ROUND: usize = 32 << 20;
/// Most files that may grow: each keeps what tells its format.
const MOST: usize = 1_000;
/// How often folders are looked at for new files.
const LOOK: Duration = Duration::from_secs(2);
/// Endings of what is read once. What else it may be is told by its content when it ends.
const PACKED: [&str; 9] = [".gz", ".zip", ".zst", ".bz2", ".xz", ".snappy", ".tar", ".tgz", ".parquet"];

/// All that is followed.
pub(super) struct Sources<'f> {
    files: &'f Files,
    formats: Formats,
    all: Vec<Source>,
    missing: Vec<Missing>,
    known: HashSet<String>,
    /// The files that were read as they grow, and how they begin: the system gives what tells a deleted file to another one.
    begun: HashMap<FileId, Vec<u8>>,
    folders: bool,
    looked: Instant,
    buffer: Vec<u8>,
}

struct Source {
    from: From,
    loader: Loader,
    /// When the first came of what came since it was settled, and the last.
    waits: Option<(Instant, Instant)>,
}

enum From {
    Stdin(Receiver<io::Result<Vec<u8>>>),
    Grows(Tail),
    /// Files that are read once each.
    Once(VecDeque<Input>),
    Ended,
}

/// A file and how far it was read.
struct Tail {
    input: Input,
    path: PathBuf,
    file: File,
    at: u64,
    id: Option<FileId>,
    /// Its first bytes.
    beginning: Vec<u8>,
}

/// A device and a number on it.
type FileId = (u64, u64);

/// How many bytes of a file's beginning are kept.
const BEGINNING: usize = 1024;

/// What tells a file from another one in its place.
#[cfg(unix)]
fn id(meta: &Metadata) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    Some((meta.dev(), meta.ino()))
}
#[cfg(not(unix))]
fn id(_: &Metadata) -> Option<FileId> {
    None
}

impl<'f> Sources<'f> {
    /// Opens all files.
    ///
    /// # Errors
    /// When they are too many to be followed.
    pub(super) fn open(files: &'f Files, formats: Formats) -> Result<Sources<'f>, Failure> {
        let (inputs, missing) = inputs::expand(&files.paths);
        let folders = files.paths.iter().any(|path| path.is_dir());
        let mut sources = Sources {
            files,
            formats,
            all: Vec::new(),
            missing,
            known: HashSet::new(),
            begun: HashMap::new(),
            folders,
            looked: Instant::now(),
            buffer: vec![0; load::CHUNK],
        };
        sources.add(inputs);
        if sources.all.len() > MOST {
            let why = format!(
                "logloupe: --follow follows {MOST} files at most, and these are {}",
                sources.all.len()
            );
            return Err(Failure::Refused(why));
        }
        Ok(sources)
    }
    fn add(&mut self, inputs: Vec<Input>) {
        let mut once = VecDeque::new();
        for input in inputs {
            if !self.known.insert(input.name.clone()) {
                continue;
            }
            let lower = input.name.to_ascii_lowercase();
            if PACKED.iter().any(|ending| lower.ends_with(ending)) {
                once.push_back(input);
                continue;
            }
            let mut loader = load::loader(self.formats);
            let from = match &input.path {
                None => {
                    load::begin(&mut loader, &input, self.files);
                    From::Stdin(stdin())
                }
                Some(path) => match Tail::open(&input, path.clone()) {
                    Ok(mut tail) => {
                        // Renamed, as logs are when a new one is begun.
                        if self.was_read(&mut tail) {
                            continue;
                        }
                        load::begin(&mut loader, &input, self.files);
                        From::Grows(tail)
                    }
                    Err(fault) => {
                        self.missing.push(Missing { name: input.name, fault });
                        continue;
                    }
                },
            };
            self.all.push(Source { from, loader, waits: None });
        }
        if once.is_empty() {
            return;
        }
        let queue = self.all.iter_mut().find_map(|source| match &mut source.from {
            From::Once(queue) => Some(queue),
            _ => None,
        });
        match queue {
            Some(queue) => queue.append(&mut once),
            None => self.all.push(Source {
                from: From::Once(once),
                loader: load::loader(self.formats),
                waits: None,
            }),
        }
    }
    /// Whether a file was read under another name.
    fn was_read(&self, tail: &mut Tail) -> bool {
        let Some(begun) = tail.id.and_then(|id| self.begun.get(&id)) else { return false };
        let mut beginning = vec![0; begun.len()];
        !begun.is_empty()
            && tail.file.read_exact(&mut beginning).is_ok()
            && beginning == *begun
            // It is read from its beginning if it is another one.
            || tail.file.rewind().is_err()
    }
    /// Takes in what is new, and says whether anything is.
    pub(super) fn read(&mut self) -> bool {
        if self.folders && self.looked.elapsed() >= LOOK {
            self.looked = Instant::now();
            if self.all.len() < MOST {
                self.add(inputs::expand(&self.files.paths).0);
            }
        }
        let mut news = false;
        for source in &mut self.all {
            let some = source.read(self.files, &mut self.buffer);
            if some && let From::Grows(Tail { id: Some(id), beginning, .. }) = &source.from {
                self.begun.entry(*id).or_default().clone_from(beginning);
            }
            if some {
                let now = Instant::now();
                source.waits = Some((source.waits.map_or(now, |(first, _)| first), now));
            }
            news |= some;
        }
        news
    }
    /// Reads what waits for more as it stands where it has waited long enough, and says whether there was any.
    pub(super) fn settle(&mut self) -> bool {
        let mut any = false;
        for source in &mut self.all {
            let Some((first, last)) = source.waits else { continue };
            let quiet = last.elapsed() >= QUIET;
            // What comes without a pause has a format too.
            if quiet || first.elapsed() >= QUIET {
                source.loader.settle(quiet);
                source.waits = if quiet { None } else { Some((Instant::now(), last)) };
                any = true;
            }
        }
        any
    }
    /// Whether nothing more can come.
    pub(super) fn ended(&self) -> bool {
        let done = |source: &Source| match &source.from {
            From::Ended => true,
            From::Once(queue) => queue.is_empty(),
            From::Stdin(_) | From::Grows(_) => false,
        };
        !self.folders && self.all.iter().all(done)
    }
    /// The shards with all rows so far, to be [given back](Self::give_back).
    pub(super) fn take_shards(&mut self) -> Vec<Shard> {
        let take = |source: &mut Source| mem::replace(source.loader.shard(), Shard::new(0));
        self.all.iter_mut().map(take).collect()
    }
    /// Takes the shards back, and says how many rows they keep.
    pub(super) fn give_back(&mut self, shards: Vec<Shard>) -> usize {
        let rows = shards.iter().map(Shard::rows).sum();
        for (source, shard) in self.all.iter_mut().zip(shards) {
            *source.loader.loaded_mut() = shard;
        }
        rows
    }
    /// The tables to look things up in that were met.
    pub(super) fn lookups(&self) -> Vec<Arc<Lookup>> {
        self.all.iter().flat_map(|source| source.loader.lookups()).cloned().collect()
    }
    /// What became of everything.
    pub(super) fn into_ledger(self) -> Vec<Entry> {
        let entries = self.all.into_iter().flat_map(|source| source.loader.into_parts().1);
        entries.chain(self.missing.iter().map(load::unread)).collect()
    }
}

impl Source {
    fn read(&mut self, files: &Files, buffer: &mut [u8]) -> bool {
        let Source { from, loader, .. } = self;
        match from {
            From::Stdin(stdin) => {
                let mut some = false;
                for _ in 0..ROUND / load::CHUNK {
                    match stdin.try_recv() {
                        Ok(Ok(bytes)) => loader.push(&bytes),
                        Ok(Err(fault)) => loader.fail(&fault.to_string()),
                        Err(TryRecvError::Empty) => return some,
                        Err(TryRecvError::Disconnected) => {
                            loader.finish();
                            *from = From::Ended;
                            return true;
                        }
                    }
                    some = true;
                }
                some
            }
            From::Grows(tail) => match tail.read(loader, files, buffer) {
                Ok((some, true)) => some,
                Ok((_, false)) => {
                    loader.finish();
                    *from = From::Ended;
                    true
                }
                Err(fault) => {
                    loader.fail(&fault.to_string());
                    *from = From::Ended;
                    true
                }
            },
            From::Once(queue) => {
                let Some(input) = queue.pop_front() else { return false };
                load::feed(loader, &input, files, buffer, &Counts::default(), |_| true);
                true
            }
            From::Ended => false,
        }
    }
}

impl Tail {
    fn open(input: &Input, path: PathBuf) -> io::Result<Tail> {
        let file = File::open(&path)?;
        let id = id(&file.metadata()?);
        Ok(Tail { input: input.clone(), path, file, at: 0, id, beginning: Vec::new() })
    }
    /// Reads on. Says whether there was anything, and whether it may grow further.
    fn read(&mut self, loader: &mut Loader, files: &Files, buffer: &mut [u8]) -> io::Result<(bool, bool)> {
        let mut taken = 0;
        while !loader.is_done() {
            match self.file.read(buffer) {
                Ok(0) => break,
                Ok(read) => {
                    loader.push(&buffer[..read]);
                    let wanted = BEGINNING - self.beginning.len();
                    self.beginning.extend_from_slice(&buffer[..read.min(wanted)]);
                    self.at += read as u64;
                    taken += read;
                    if taken >= ROUND {
                        return Ok((true, true));
                    }
                }
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                Err(fault) => return Err(fault),
            }
        }
        if taken > 0 {
            return Ok((true, !loader.is_done() && loader.may_grow()));
        }
        // Moved away for now: what is open may still be written to.
        let Ok(meta) = fs::metadata(&self.path) else { return Ok((false, true)) };
        if id(&meta) != self.id || meta.len() < self.at {
            loader.finish();
            *self = Tail::open(&self.input, self.path.clone())?;
            load::begin(loader, &self.input, files);
            return Ok((true, true));
        }
        Ok((false, !loader.is_done() && loader.may_grow()))
    }
}

/// What comes on stdin, read by a thread of its own: a read waits for as long as nothing comes.
fn stdin() -> Receiver<io::Result<Vec<u8>>> {
    let (to, from) = sync_channel(16);
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            let mut bytes = vec![0; 64 << 10];
            let piece = match stdin.read(&mut bytes) {
                Ok(0) => return,
                Ok(read) => {
                    bytes.truncate(read);
                    Ok(bytes)
                }
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => continue,
                Err(fault) => Err(fault),
            };
            let failed = piece.is_err();
            if to.send(piece).is_err() || failed {
                return;
            }
        }
    });
    from
}
