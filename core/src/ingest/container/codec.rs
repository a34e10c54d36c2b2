//! Compressions that this crate names and does not decode itself: the [`Codec`] that a program hands to its
//! [`Loader`](crate::ingest::Loader), and the stage of the chain that drives it.
//!
//! The codecs are the crate `logloupe-codecs`, which nothing here depends on: a program that reads only gzip does not
//! pay for them, and the page fetches them as a module of their own. What this is not: a list of what can be read; the
//! [`Opener`] decides that. Without one, a file in such a container is refused by name.

use super::{Unpacker, fail_child};
use crate::ingest::{
    context::{Context, Location},
    ledger::{Error, ErrorKind, State},
};

/// About how many decoded bytes one call of [`Codec::decode`] gives at most: they stay in the processor's cache.
pub const PIECE: usize = 128 << 10;

/// How often in a row a codec may take and give nothing.
const IDLE: u32 = 10_000;

/// The compressions that are known by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CodecKind {
    /// Zstandard frames (RFC 8878), any number of them, skippable ones too.
    Zstd,
    /// Bzip2 streams, any number of them.
    Bzip2,
    /// Xz streams, any number of them.
    Xz,
    /// Snappy in its framing format.
    Snappy,
    /// One raw block of Snappy, as a file.
    SnappyRaw,
    /// Snappy in the blocks of Hadoop's codec.
    SnappyHadoop,
    /// A Parquet file, read into text: JSON lines, or lines with a header.
    Parquet,
}

impl CodecKind {
    /// All of them, each at the place of its number.
    pub const ALL: [CodecKind; 7] = [
        CodecKind::Zstd,
        CodecKind::Bzip2,
        CodecKind::Xz,
        CodecKind::Snappy,
        CodecKind::SnappyRaw,
        CodecKind::SnappyHadoop,
        CodecKind::Parquet,
    ];
    /// What the ledger calls it, in lists of containers and in sentences.
    pub fn name(self) -> &'static str {
        match self {
            CodecKind::Zstd => "zstd",
            CodecKind::Bzip2 => "bzip2",
            CodecKind::Xz => "xz",
            CodecKind::Snappy | CodecKind::SnappyRaw | CodecKind::SnappyHadoop => "snappy",
            CodecKind::Parquet => "Parquet",
        }
    }
    /// What is not read where no codec of this kind is at hand: the subject of a sentence.
    pub fn subject(self) -> String {
        match self {
            CodecKind::Parquet => "a Parquet file".to_owned(),
            _ => format!("{}-compressed data", self.name()),
        }
    }
    /// The kind of this number, which is `kind as u8`.
    pub fn of(number: u8) -> Option<CodecKind> {
        CodecKind::ALL.get(number as usize).copied()
    }
}

/// Decodes one file. It is given bytes and gives bytes; it knows neither where they are from nor what they hold.
///
/// The pieces of input may be cut anywhere and give the same bytes, and the same bytes before a fault.
pub trait Codec {
    /// Decodes from the beginning of `input` to the end of `out`, about [`PIECE`] bytes at most, and says how far it
    /// came. What of `input` was not taken is to be given again, with what follows it; a codec that needs its input
    /// whole takes it and keeps it, up to a bound of its own.
    ///
    /// `end` says that nothing follows `input`. The call is then repeated while [`Step::more`], and what is decoded
    /// but was held back comes.
    ///
    /// # Errors
    /// When the input is damaged, needs what is not offered, or passes a bound; at its end also when it should go on. What
    /// was decoded before is in `out`. Called again after a fault, with `end`, it gives what it still holds.
    fn decode(&mut self, input: &[u8], end: bool, out: &mut Vec<u8>) -> Result<Step, Fault>;
    /// How many bytes of input behind its data the codec has passed over.
    fn ignored(&self) -> u64 {
        0
    }
    /// Of a table: the names of its columns with spaces between, as a log of lines has them in its header.
    /// Told once, after a call of [`Codec::decode`] that gave nothing and before anything is given.
    fn header(&mut self) -> Option<String> {
        None
    }
    /// The rows of a table are wanted as lines: the header, then the values of each row with spaces between them, `-` for
    /// those that are missing. Without it they come as JSON, an object per line.
    fn give_lines(&mut self) {}
}

/// How far one call of [`Codec::decode`] came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// How many bytes of the input it took.
    pub taken: usize,
    /// Whether it is to be called again with the rest of the input, even if there is none.
    pub more: bool,
}

/// Why a codec cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault; in most cases [`Corrupt`](ErrorKind::Corrupt) or [`Truncated`](ErrorKind::Truncated).
    pub kind: ErrorKind,
    /// A sentence for the ledger: "its zstd data is damaged".
    pub message: String,
}

impl Fault {
    /// The data is not what its format says.
    pub fn damaged(kind: CodecKind) -> Fault {
        Fault { kind: ErrorKind::Corrupt, message: format!("its {} data is damaged", kind.name()) }
    }
    /// There is no codec of this kind.
    pub fn unread(kind: CodecKind) -> Fault {
        let message = format!("{}, which is not read here", kind.subject());
        Fault { kind: ErrorKind::Unsupported, message }
    }
    /// What was decoded is not what its checksum or size says.
    pub fn checksum(kind: CodecKind) -> Fault {
        let message = format!("the checksum of its {} data does not match", kind.name());
        Fault { kind: ErrorKind::Corrupt, message }
    }
    /// The data ends where it should go on.
    pub fn truncated(kind: CodecKind) -> Fault {
        Fault { kind: ErrorKind::Truncated, message: format!("its {} data ends too early", kind.name()) }
    }
}

/// Gives a codec for one file, or the reason why there is none.
pub type Opener = fn(CodecKind) -> Result<Box<dyn Codec>, Fault>;

/// The stage of a container that a [`Codec`] decodes.
pub(crate) struct Packed {
    child: Unpacker,
    place: Location,
    kind: CodecKind,
    codec: Box<dyn Codec>,
    out: Vec<u8>,
    failed: Option<Error>,
}

/// What a codec is given: some bytes of its data, whether they are the last, and whether they are bytes of the stored
/// file itself.
pub(super) struct Input<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) end: bool,
    pub(super) outermost: bool,
    /// What the file is called; a method of an archive does not ask.
    pub(super) name: &'b str,
}

/// Decodes all of the input, piece by piece through `out`, and hands each piece on; up to a fault or a limit.
pub(super) fn drive(
    kind: CodecKind,
    codec: &mut dyn Codec,
    input: Input<'_>,
    out: &mut Vec<u8>,
    context: &mut Context,
    give: &mut dyn FnMut(&[u8], &mut Context),
) -> Result<(), Error> {
    let base = context.at;
    let (mut at, mut idle) = (0, 0);
    while context.fatal.is_none() {
        out.clear();
        let step = codec.decode(&input.bytes[at..], input.end, out);
        at += step.as_ref().map_or(0, |step| step.taken);
        if input.outermost {
            context.at = base + at as u64;
        }
        if out.is_empty() && codec.header().is_some_and(|header| context.has_log_of(input.name, &header)) {
            codec.give_lines();
        }
        context.inflate(out.len());
        give(out, context);
        match step {
            Err(fault) => return Err(context.error(fault.kind, fault.message)),
            Ok(Step { more: false, .. }) if at >= input.bytes.len() => break,
            Ok(Step { taken, .. }) if taken > 0 || !out.is_empty() => idle = 0,
            // It may have gone on within what it holds, but not for ever.
            Ok(_) if idle < IDLE => idle += 1,
            Ok(_) => {
                let fault = Fault::damaged(kind);
                return Err(context.error(fault.kind, fault.message));
            }
        }
    }
    Ok(())
}

impl Packed {
    pub(super) fn new(place: Location, kind: CodecKind, codec: Box<dyn Codec>) -> Packed {
        let child = Unpacker::new(place.inside(kind.name()));
        Packed { child, place, kind, codec, out: Vec::new(), failed: None }
    }
    pub(super) fn push(&mut self, bytes: &[u8], context: &mut Context) {
        if self.failed.is_none() {
            self.failed = self.decode(bytes, false, context).err();
        }
    }
    fn decode(&mut self, bytes: &[u8], end: bool, context: &mut Context) -> Result<(), Error> {
        let Packed { child, place, kind, codec, out, .. } = self;
        let outermost = place.containers.is_empty();
        let mut give = |out: &[u8], context: &mut Context| child.push(out, context);
        let input = Input { bytes, end, outermost, name: &place.name };
        drive(*kind, codec.as_mut(), input, out, context, &mut give)
    }
    pub(super) fn finish(mut self, stored: u64, context: &mut Context) {
        let ended = self.decode(&[], true, context);
        // What is held back to the end may pass a limit too.
        match self.failed.take().or(ended.err()).or(context.fatal.clone()) {
            None => {
                if self.codec.ignored() > 0 {
                    let (bytes, name) = (self.codec.ignored(), self.kind.name());
                    context.note = Some(format!("{bytes} bytes behind the {name} data were ignored"));
                }
                self.child.finish(stored, context);
                context.note = None;
            }
            Some(error) if error.kind == ErrorKind::Truncated && self.child.is_done() => {
                self.child.finish(stored, context);
            }
            Some(error) => fail_child(self.child, stored, error, context),
        }
    }
    pub(super) fn fail(mut self, stored: u64, state: State, context: &mut Context) {
        // What the codec holds back is what came before the fault.
        let _ = self.decode(&[], true, context);
        self.child.fail(stored, state, context);
    }
    pub(super) fn is_done(&self) -> bool {
        self.failed.is_some() || self.child.is_done()
    }
}
