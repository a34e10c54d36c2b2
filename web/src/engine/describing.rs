//! Formats that the user describes: kept as the texts of their files, told to every worker, made of what a form says or of a
//! dropped file; and lines that are tried.

use logloupe_protocol::custom::{Describe, Described, DescribedFile, FirstLines, SetFormats, Try};
use logloupe_table::custom::{Definition, Problem};

use super::{Event, model::FileTask, state::State};

/// The worker that reads and writes descriptions, and tries lines.
const READS: u32 = 0;
/// The formats that read any text.
const WEAK: [&str; 3] = ["plain_text", "logfmt", "csv"];

/// The formats that the user described.
#[derive(Default)]
pub(super) struct Describing {
    /// The texts of their files.
    files: Vec<String>,
    /// What those describe, once a worker has said it.
    known: Vec<Described>,
    /// Numbers what was tried last.
    trying: u32,
    /// Whether one was taken from a file while files are read.
    pub(super) taken: bool,
}

impl State {
    /// These formats are known, and no others that were described.
    pub(super) fn set_formats(&mut self, files: Vec<String>) {
        self.describing.files = files;
        self.share_formats();
    }
    /// Lets all workers know them; the first one says what they are.
    pub(super) fn share_formats(&mut self) {
        if self.describing.files.is_empty() && self.describing.known.is_empty() {
            return;
        }
        for shard in 0..self.workers.len() as u32 {
            self.share_formats_with(shard);
        }
    }
    /// Lets one worker know them.
    pub(super) fn share_formats_with(&mut self, shard: u32) {
        let files = self.describing.files.clone();
        self.ask(shard, SetFormats { files }, move |state, described| {
            if shard == READS {
                crate::format_info::set_custom(described.iter().filter_map(|d| d.format.clone()));
                state.describing.known.clone_from(&described);
                state.tell(Event::Described(described));
            }
        });
    }
    /// Knows what a description of a file describes. Its lines are no part of what is kept.
    pub(super) fn on_definition(&mut self, definition: Definition) {
        self.keep(Definition { samples: Vec::new(), ..definition }, |state, kept| {
            if kept == Ok(true) {
                state.describing.taken = true;
                state.finish_if_done();
            }
        });
    }
    /// Keeps a description from a form; files that no log of its own claims are read anew unless the page has a rule for one.
    pub(super) fn describe(&mut self, definition: Definition, read_anew: bool) {
        let id = definition.id.clone();
        self.keep(definition, move |state, kept| match kept {
            Ok(news) => {
                state.tell(Event::Kept(id));
                if news && read_anew {
                    state.read_weak_again();
                }
            }
            Err(problem) => state.tell(Event::NotKept(Box::new(problem))),
        });
    }
    /// Keeps a description; says whether it is news.
    fn keep(
        &mut self,
        definition: Definition,
        then: impl FnOnce(&mut State, Result<bool, Problem>) + 'static,
    ) {
        let id = definition.id.clone();
        self.ask(READS, Describe { definition }, move |state, DescribedFile { file, problem }| {
            if let Some(problem) = problem {
                return then(state, Err(problem));
            }
            let is = |described: &Described| described.definition.as_ref().is_some_and(|d| d.id == id);
            let before = state.describing.known.iter().find(|described| is(described));
            let news = before.is_none_or(|before| before.file != file);
            let replaces = news && before.is_some();
            if news {
                let old = before.map(|before| before.file.clone());
                state.describing.files.retain(|file| Some(file) != old.as_ref());
                state.describing.files.push(file);
                state.share_formats();
            }
            // Rows that are loaded have the columns of before.
            if replaces && state.has_rows_of(&id) {
                state.tell(Event::Anew);
                state.reload();
            }
            then(state, Ok(news));
        });
    }
    fn has_rows_of(&self, id: &str) -> bool {
        self.workers.iter().any(|w| w.held.formats.iter().any(|(format, _)| format == id))
    }
    /// Forgets a format. Rows of it that are loaded stay.
    pub(super) fn forget_format(&mut self, id: &str) {
        let is = |described: &&Described| described.definition.as_ref().is_some_and(|d| d.id == id);
        let Some(file) = self.describing.known.iter().find(is).map(|known| known.file.clone()) else {
            return;
        };
        self.describing.files.retain(|other| *other != file);
        self.share_formats();
    }
    /// Reads all files anew if one of them was read as any text, or not at all: a format that is known now may claim it. Says
    /// whether it does.
    pub(super) fn read_weak_again(&mut self) -> bool {
        let weak = |job: &FileTask| {
            job.done
                && job.file.is_some()
                && job.entries.iter().any(|entry| {
                    let format = entry.format.as_deref();
                    super::gave_nothing(entry) || format.is_some_and(|format| WEAK.contains(&format))
                })
        };
        let found = self.loading.tasks.values().any(weak);
        if found {
            self.tell(Event::Anew);
            self.reload();
        }
        found
    }
    /// Tries lines; what an earlier try gives is not told any more.
    pub(super) fn try_lines(&mut self, mut request: Try) {
        // Days without a year are the last before today, as where files are read.
        request.settings.now = Some(self.host.today());
        self.describing.trying = self.describing.trying.wrapping_add(1);
        let number = self.describing.trying;
        self.ask(READS, request, move |state, tried| {
            if state.describing.trying == number {
                state.tell(Event::Tried(Box::new(tried)));
            }
        });
    }
    /// Gives the first lines of the file of this path.
    pub(super) fn first_lines(&mut self, path: String) {
        let of =
            |job: &&FileTask| job.task.name == path || job.entries.iter().any(|entry| entry.source == path);
        let job = self.loading.tasks.values().find(of);
        let given = job.and_then(|job| Some((job.file.clone()?, job.task.size)));
        let Some((file, size)) = given else { return self.tell(Event::FirstLines(path, String::new())) };
        self.ask_with(READS, FirstLines { size }, &[file], |state, text| {
            state.tell(Event::FirstLines(path, text));
        });
    }
}
