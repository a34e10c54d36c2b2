//! Handlers of requests about files.

use std::sync::Arc;

use logloupe_core::ingest::{
    duplicates::{self, Identity, Repeat},
    history::{self, Link, State as RowState},
    integrity,
    ledger::{Entry, Integrity, State},
};
use logloupe_protocol::{
    Handle, Notice, Reply, Request, decode, encode,
    files::{
        AddLookup, CanSplit, Cancel, CheckIntegrity, Evidence, FillChanges, FindDuplicates, FindPrevious,
        HistoryPiece, Identities, Load, MarkDuplicates, Offset, PreviousRecords, Sample, States,
    },
};
use logloupe_table::{Source, lookup::Lookup};

use crate::session::{Ahead, Session};

impl<F> Handle<Load> for Session<F> {
    fn handle(&mut self, id: u32, Load { tasks }: Load) -> Reply<()> {
        self.files.tasks.extend(tasks.into_iter().zip(std::mem::take(&mut self.handles)));
        self.files.waiting.push((id, Load::any_response(())));
        Reply::Later
    }
}

impl<F> Handle<Sample> for Session<F> {
    fn handle(&mut self, id: u32, Sample { first, part, of }: Sample) -> Reply<()> {
        self.files.sample_asked.push_back((first, part, of));
        self.files.waiting.push((id, Sample::any_response(())));
        self.files.held = false;
        Reply::Later
    }
}

impl<F> Handle<Cancel> for Session<F> {
    fn handle(&mut self, _: u32, _: Cancel) -> Reply<()> {
        let tasks = self.files.tasks.drain(..).map(|(t, _)| (t.task, t.name));
        let waiting: Vec<(u32, String)> =
            tasks.chain(self.files.sample.drain(..).map(|s| (s.0, s.1))).collect();
        self.files.sample_asked.clear();
        self.files.held = false;
        self.cancel_open();
        for (task, source) in waiting {
            let entries = vec![Entry { source, state: State::Cancelled, ..Entry::default() }];
            self.notify(Notice::Read { task, entries });
        }
        Reply::Now(())
    }
}

impl<F> Handle<CanSplit> for Session<F> {
    fn handle(&mut self, id: u32, CanSplit { size }: CanSplit) -> Reply<bool> {
        let Some(file) = self.handles.pop() else { return Reply::Now(false) };
        self.files.heads.push_back((id, file, size, Ahead::CanSplit));
        Reply::Later
    }
}

impl<F> Handle<Offset> for Session<F> {
    fn handle(&mut self, _: u32, Offset { task, lines, records }: Offset) -> Reply<()> {
        let sources = self.files.sources.get(&task).cloned().unwrap_or_default();
        for source in self.loader.loaded_mut().sources.get_mut(sources).unwrap_or_default() {
            (source.first_line, source.first_record) = (lines, records);
        }
        Reply::Now(())
    }
}

impl<F> Handle<AddLookup> for Session<F> {
    fn handle(&mut self, _: u32, AddLookup { table }: AddLookup) -> Reply<()> {
        if let Ok(table) = decode::<Lookup>(&table) {
            self.lookups.insert(table.name.clone(), Arc::new(table));
        }
        Reply::Now(())
    }
}

/// What identifies the events of one worker: its number, its files, an identity for each event that has one.
type Part = (u32, Vec<Source>, Vec<Identity>);

impl<F> Handle<Identities> for Session<F> {
    fn handle(&mut self, _: u32, Identities { seed }: Identities) -> Reply<Vec<u8>> {
        let found = duplicates::identities(self.shard(), self.formats, seed);
        Reply::Now(match found.is_empty() {
            true => Vec::new(),
            false => encode(&(self.number, &self.shard().sources, found)),
        })
    }
}

impl<F> Handle<FindDuplicates> for Session<F> {
    fn handle(&mut self, _: u32, FindDuplicates { parts }: FindDuplicates) -> Reply<Vec<(u32, Vec<u8>)>> {
        // Of each event the first copy stays.
        let shards: Vec<Part> = parts.iter().filter_map(|part| decode(part).ok()).collect();
        let found =
            duplicates::find(&shards.iter().map(|s| (s.1.as_slice(), s.2.as_slice())).collect::<Vec<_>>());
        Reply::Now(shards.iter().zip(found).map(|(shard, repeats)| (shard.0, encode(&repeats))).collect())
    }
}

impl<F> Handle<MarkDuplicates> for Session<F> {
    fn handle(&mut self, _: u32, MarkDuplicates { repeats }: MarkDuplicates) -> Reply<Vec<(String, u64)>> {
        let repeats: Vec<Repeat> = decode(&repeats).unwrap_or_default();
        let shard = self.loader.loaded_mut();
        let counts = duplicates::mark(shard, &repeats);
        let files = shard.sources.iter().zip(counts).filter(|(_, n)| *n > 0);
        Reply::Now(files.map(|(source, n)| (source.name.clone(), n)).collect())
    }
}

/// The states of one worker: its number, its files, a state for each row that tells one.
type StatesPart = (u32, Vec<Source>, Vec<RowState>);

impl<F> Handle<States> for Session<F> {
    fn handle(&mut self, _: u32, States { seed }: States) -> Reply<Vec<u8>> {
        let found = history::states(self.shard(), self.formats, seed);
        Reply::Now(match found.is_empty() {
            true => Vec::new(),
            false => encode(&(self.number, &self.shard().sources, found)),
        })
    }
}

impl<F> Handle<FindPrevious> for Session<F> {
    fn handle(&mut self, _: u32, FindPrevious { parts }: FindPrevious) -> Reply<Vec<HistoryPiece>> {
        let shards: Vec<StatesPart> = parts.iter().filter_map(|part| decode(part).ok()).collect();
        let asked: Vec<(&[Source], &[RowState])> =
            shards.iter().map(|s| (s.1.as_slice(), s.2.as_slice())).collect();
        let mut pieces = Vec::new();
        for (owner, links) in shards.iter().zip(history::find(&asked)) {
            for (at, from) in shards.iter().enumerate() {
                let links: Vec<Link> =
                    links.iter().filter(|link| link.shard as usize == at).copied().collect();
                for links in links.chunks(history::PIECE) {
                    pieces.push(HistoryPiece { owner: owner.0, from: from.0, links: encode(&links) });
                }
            }
        }
        Reply::Now(pieces)
    }
}

/// The links that are not done.
fn links_left(links: &[u8], skip: u32) -> Vec<Link> {
    let mut links: Vec<Link> = decode(links).unwrap_or_default();
    links.drain(..links.len().min(skip as usize));
    links
}

impl<F> Handle<PreviousRecords> for Session<F> {
    fn handle(&mut self, _: u32, PreviousRecords { links, skip }: PreviousRecords) -> Reply<Vec<u8>> {
        Reply::Now(encode(&history::records(self.shard(), &links_left(&links, skip))))
    }
}

impl<F> Handle<FillChanges> for Session<F> {
    fn handle(&mut self, _: u32, FillChanges { links, skip, records }: FillChanges) -> Reply<u32> {
        let links = links_left(&links, skip);
        let records: Vec<Vec<u8>> = match records {
            Some(records) => decode(&records).unwrap_or_default(),
            None => history::records(self.shard(), &links),
        };
        history::fill(self.loader.loaded_mut(), self.formats, &links, &records);
        Reply::Now(skip + records.len() as u32)
    }
}

impl<F> Handle<Evidence> for Session<F> {
    fn handle(&mut self, _: u32, _: Evidence) -> Reply<Vec<u8>> {
        let found = integrity::evidence(self.shard());
        Reply::Now(if found.is_empty() { Vec::new() } else { encode(&found) })
    }
}

impl<F> Handle<CheckIntegrity> for Session<F> {
    fn handle(&mut self, _: u32, request: CheckIntegrity) -> Reply<Vec<Option<Integrity>>> {
        let CheckIntegrity { entries, parts } = request;
        let evidence = parts.iter().filter_map(|part| decode(part).ok()).collect();
        Reply::Now(integrity::check(&entries.iter().collect::<Vec<_>>(), evidence))
    }
}
