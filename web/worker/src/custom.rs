//! Handlers of requests about formats that the user describes, and about lines that are tried.

use logloupe_core::{
    formats::{
        Settings,
        custom::{Registry, file},
    },
    ingest::{Asked, Limits, Loader, Options, attempt, each_row},
};
use logloupe_protocol::{
    Handle, Reply, Request, WorkerMessage,
    custom::{Describe, Described, DescribedFile, FirstLines, SetFormats, Tried, Try},
};

use crate::{
    message,
    reading::{HEAD, read_all},
    session::{Ahead, Read, Session},
};

/// How many lines, and how many bytes of them, are shown of a file.
const LINES: usize = 50;
const BYTES: usize = 16 << 10;

impl<F> Handle<SetFormats> for Session<F> {
    fn handle(&mut self, _: u32, SetFormats { files }: SetFormats) -> Reply<Vec<Described>> {
        let mut formats = Vec::new();
        let describe = |text: &String| {
            let mut described = Described { file: text.clone(), ..Described::default() };
            let defined = file::read(text.as_bytes()).and_then(|definition| {
                described.definition = Some(definition.clone());
                self.registry.define(&definition)
            });
            match defined {
                Ok(format) => {
                    formats.push(format);
                    described.format = Some(message(format));
                }
                Err(problem) => described.problem = Some(problem),
            }
            described
        };
        let described = files.iter().map(describe).collect();
        self.paths = self.registry.all(&formats);
        self.formats = self.paths.0;
        self.loader.set_formats(self.formats.to_vec());
        Reply::Now(described)
    }
}

impl<F> Handle<Describe> for Session<F> {
    fn handle(&mut self, _: u32, Describe { definition }: Describe) -> Reply<DescribedFile> {
        Reply::Now(match Registry::check(&definition) {
            Ok(()) => DescribedFile { file: file::write(&definition), problem: None },
            Err(problem) => DescribedFile { file: String::new(), problem: Some(problem) },
        })
    }
}

impl<F> Handle<Try> for Session<F> {
    fn handle(&mut self, _: u32, Try { text, definition, format, settings }: Try) -> Reply<Tried> {
        let (definition, format) = (definition.as_ref(), format.as_deref());
        let tried = attempt(text.as_bytes(), self.formats, &Asked { definition, format, settings });
        Reply::Now(match tried {
            Ok(attempt) => Tried { attempt: Some(attempt), problem: None },
            Err(problem) => Tried { attempt: None, problem: Some(problem) },
        })
    }
}

impl<F> Handle<FirstLines> for Session<F> {
    fn handle(&mut self, id: u32, FirstLines { size }: FirstLines) -> Reply<String> {
        let Some(file) = self.handles.pop() else { return Reply::Now(String::new()) };
        self.files.heads.push_back((id, file, size, Ahead::Lines));
        Reply::Later
    }
}

impl<F> Session<F> {
    /// Answers with the first lines of a file.
    pub(crate) fn first_lines(&mut self, id: u32, file: &F, size: u64, read: Read<'_, F>) {
        // One that cannot be read has none.
        let head = read_all(file, 0, HEAD.min(size), read).unwrap_or_default();
        let text = String::from_utf8_lossy(&self.lines_of(&head)).into_owned();
        self.outbox.push(WorkerMessage::Response(id, FirstLines::any_response(text)));
    }
    /// The first records of what begins like this, as plain text has them, each with its line's end.
    fn lines_of(&self, head: &[u8]) -> Vec<u8> {
        let plain = logloupe_core::formats::by_id("plain_text");
        let mut loader = Loader::new(plain.into_iter().collect(), Limits::default(), 1);
        if let Some(codecs) = self.codecs {
            loader = loader.with_codecs(codecs);
        }
        let format = Some("plain_text".to_owned());
        loader.open("", Options { format, settings: Settings::NONE, ..Options::default() });
        loader.push(head);
        let (shard, _) = loader.into_parts();
        let (mut text, mut lines) = (Vec::new(), 0);
        each_row(&shard, |_, _, record| {
            if lines < LINES && text.len() + record.len() < BYTES {
                text.extend_from_slice(record);
                text.push(b'\n');
                lines += 1;
            }
        });
        text
    }
}
