//! Zip, read front to back by the local headers, so that it can be pushed: stored and deflated members, those that a
//! codec decodes, zip64, sizes that only follow the data. Sizes and checksums are checked.
//!
//! A damaged or encrypted member is named in the ledger and the next one is read: behind its stated size, or where
//! the next header stands if no size is stated. The directory at the end is not read; that it is there says that the
//! archive is complete.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{
    Unpacker,
    codec::{self, Codec, CodecKind, Input},
    gzip::PIECE,
    within,
};
use crate::ingest::{
    context::{Context, Location},
    ledger::{Error, ErrorKind, State},
};

pub(crate) struct Zip {
    place: Location,
    outermost: bool,
    stage: ZipStage,
    /// A header or descriptor that is being gathered.
    head: Vec<u8>,
    member: Option<ZipMember>,
    members: u64,
    out: Vec<u8>,
    /// The fault of the archive's own structure, if one was met.
    failed: Option<Error>,
    /// Why the archive is not read at all.
    refused: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ZipStage {
    /// A header comes.
    Header,
    /// The data of the member.
    Data,
    /// Sizes and checksum behind the data.
    Descriptor,
    /// Looking for the next header; the last bytes seen.
    Lost(u32),
    /// The directory has begun, or the archive is refused.
    End,
}

struct ZipMember {
    unpacker: Unpacker,
    body: Body,
    /// The compressed data has said where it ends.
    inflated: bool,
    crc: Crc,
    /// Bytes of data left, if the header states the size.
    left: Option<u64>,
    /// Bytes of data taken.
    stored: u64,
    /// Bytes of content given.
    size: u64,
    /// Size and checksum of the content, if the header states them.
    stated: Option<(u64, u32)>,
    /// Sizes follow the data.
    descriptor: bool,
    /// Why the member is not read; its data is passed over.
    refused: Option<State>,
}

/// How the content of a member is stored.
enum Body {
    Stored,
    Deflated(Box<Decompress>),
    Packed(CodecKind, Box<dyn Codec>),
}

const LOCAL: u32 = 0x0403_4b50;
const DIRECTORY: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
/// Length of a local header before name and extra field.
const FIXED: usize = 30;
/// Length of the longest descriptor.
const LONGEST: usize = 24;

impl Zip {
    pub(super) fn new(place: Location) -> Zip {
        Zip {
            outermost: place.containers.is_empty(),
            place,
            stage: ZipStage::Header,
            head: Vec::new(),
            member: None,
            members: 0,
            out: Vec::new(),
            failed: None,
            refused: None,
        }
    }
    pub(super) fn push(&mut self, bytes: &[u8], context: &mut Context) {
        let base = context.at;
        let mut at = 0;
        while at < bytes.len() && context.fatal.is_none() {
            if self.outermost {
                context.at = base + at as u64;
            }
            match self.stage {
                ZipStage::Header => {
                    self.head.push(bytes[at]);
                    at += 1;
                    self.header(context);
                }
                ZipStage::Data => at += self.data(&bytes[at..], context),
                ZipStage::Descriptor => {
                    self.head.push(bytes[at]);
                    at += 1;
                    if self.head.len() == LONGEST {
                        self.descriptor(context);
                    }
                }
                ZipStage::Lost(window) => {
                    let window = window >> 8 | (bytes[at] as u32) << 24;
                    at += 1;
                    self.stage = ZipStage::Lost(window);
                    if matches!(window, LOCAL | DIRECTORY | END | END_64) {
                        self.head = window.to_le_bytes().to_vec();
                        self.stage = ZipStage::Header;
                        self.header(context);
                    }
                }
                ZipStage::End => return,
            }
        }
    }
    /// One more byte of a header has come.
    fn header(&mut self, context: &mut Context) {
        let head = &self.head;
        if head.len() < 4 {
            return;
        }
        if u32_at(head, 0) != LOCAL {
            if matches!(u32_at(head, 0), DIRECTORY | END | END_64) {
                self.stage = ZipStage::End;
            } else {
                let error = context.error(ErrorKind::Corrupt, "its zip structure is damaged");
                self.failed.get_or_insert(error);
                self.stage = ZipStage::Lost(u32_at(head, 0));
            }
            return self.head.clear();
        }
        if head.len() < FIXED {
            return;
        }
        let (name, extra) = (u16_at(head, 26) as usize, u16_at(head, 28) as usize);
        if head.len() < FIXED + name + extra {
            return;
        }
        let head = std::mem::take(&mut self.head);
        self.begin(&head, &head[FIXED..FIXED + name], &head[FIXED + name..], context);
    }
    /// A header is complete: a member begins.
    fn begin(&mut self, head: &[u8], name: &[u8], extra: &[u8], context: &mut Context) {
        let (flags, method) = (u16_at(head, 6), u16_at(head, 8));
        let (mut stored, mut size) = (u32_at(head, 18) as u64, u32_at(head, 22) as u64);
        if stored == u32::MAX as u64 || size == u32::MAX as u64 {
            (size, stored) = wide_sizes(extra, size, stored);
        }
        let descriptor = flags & 8 != 0;
        let known = !descriptor || stored > 0;
        let name = String::from_utf8_lossy(name);
        let name = name.trim_start_matches("./");
        if self.members == 0 {
            self.refused = match name {
                "[Content_Types].xml" | "_rels/.rels" | "mimetype" => Some("an Office document"),
                "META-INF/" | "META-INF/MANIFEST.MF" => Some("a Java archive"),
                _ => None,
            };
            if self.refused.is_some() {
                self.stage = ZipStage::End;
                return;
            }
        }
        let folder = name.ends_with('/');
        if !folder {
            self.members += 1;
            if !context.member() {
                return;
            }
        }
        let body = match method {
            _ if flags & 1 != 0 => Err("it is encrypted; unpack it first".to_owned()),
            _ if folder => Ok(Body::Stored),
            8 => Ok(Body::Deflated(Box::new(Decompress::new(false)))),
            0 | 12 | 20 | 93 | 95 if !known => Err("it is stored without a stated size".to_owned()),
            0 => Ok(Body::Stored),
            other => match codec_of(other).map(|kind| (kind, context.codec(kind))) {
                Some((kind, Ok(codec))) => Ok(Body::Packed(kind, codec)),
                Some((_, Err(fault))) => Err(fault.message),
                None => Err(format!("its compression ({}) is not read here", method_name(other))),
            },
        };
        let refused = match &body {
            _ if folder => Some(State::Skipped("a folder".to_owned())),
            Err(message) => Some(State::Failed(context.error(ErrorKind::Unsupported, message))),
            Ok(_) => None,
        };
        if !known && refused.is_some() {
            // Where its data ends is not known: the next header is looked for.
            if let (false, Some(state)) = (folder, refused) {
                context.complete_empty(&self.place.member("zip", name), 0, 0, state);
            }
            self.stage = ZipStage::Lost(0);
            return;
        }
        self.member = Some(ZipMember {
            unpacker: Unpacker::new(self.place.member("zip", name)),
            body: body.unwrap_or(Body::Stored),
            inflated: false,
            crc: Crc::new(),
            left: known.then_some(stored),
            stored: 0,
            size: 0,
            stated: (!descriptor).then(|| (size, u32_at(head, 14))),
            descriptor,
            refused,
        });
        self.stage = ZipStage::Data;
        if known && stored == 0 {
            self.data_ends(context);
        }
    }
    /// Takes data of the member from the beginning of `bytes` and says how much.
    fn data(&mut self, bytes: &[u8], context: &mut Context) -> usize {
        let Some(member) = &mut self.member else {
            self.stage = ZipStage::Header;
            return 0;
        };
        let most = member.left.map_or(bytes.len(), |left| within(bytes.len(), left));
        let taken = if member.refused.is_some() || member.inflated {
            most
        } else {
            match member.take(&bytes[..most], &mut self.out, self.outermost, context) {
                Ok(taken) => taken,
                Err(error) => {
                    self.spoil(error, context);
                    return 0;
                }
            }
        };
        let Some(member) = &mut self.member else { return taken };
        member.stored += taken as u64;
        if let Some(left) = &mut member.left {
            *left -= taken as u64;
        }
        if member.left == Some(0) || (member.left.is_none() && member.inflated) {
            self.data_ends(context);
        }
        taken
    }
    /// The member at hand is damaged; its rows so far are kept and the rest of it is passed over.
    fn spoil(&mut self, error: Error, context: &mut Context) {
        let Some(member) = &mut self.member else { return };
        let unpacker = std::mem::replace(&mut member.unpacker, Unpacker::new(Location::default()));
        let stored = member.stored + member.left.unwrap_or(0);
        unpacker.fail(stored, State::Failed(error), context);
        member.refused = Some(State::Cancelled);
        if member.left.is_none() {
            self.member = None;
            self.stage = ZipStage::Lost(0);
        }
    }
    fn data_ends(&mut self, context: &mut Context) {
        let Some(member) = &self.member else { return };
        if member.descriptor {
            self.stage = ZipStage::Descriptor;
            return;
        }
        let stated = member.stated;
        self.stage = ZipStage::Header;
        self.complete(stated, context);
    }
    /// What may be a descriptor has been gathered.
    fn descriptor(&mut self, context: &mut Context) {
        let head = std::mem::take(&mut self.head);
        let Some(member) = &self.member else { return };
        let (stored, size) = (member.stored, member.size);
        let start = if head.len() > 4 && u32_at(&head, 0) == DESCRIPTOR { 4 } else { 0 };
        let narrow = start + 12 <= head.len()
            && u32_at(&head, start + 4) == stored as u32
            && (member.refused.is_some() || u32_at(&head, start + 8) == size as u32);
        let wide = start + 20 <= head.len()
            && u64_at(&head, start + 4) == stored
            && (member.refused.is_some() || u64_at(&head, start + 12) == size);
        let length = match (narrow, wide) {
            (_, true) => start + 20,
            (true, _) => start + 12,
            _ => {
                let error = context.error(ErrorKind::Corrupt, "the sizes behind its data do not match");
                if member.refused.is_none() {
                    self.spoil(error, context);
                }
                self.member = None;
                self.stage = ZipStage::Lost(0);
                return self.push(&head, context);
            }
        };
        self.stage = ZipStage::Header;
        self.complete(Some((size, u32_at(&head, start))), context);
        // What was gathered beyond the descriptor begins the next header; the place moves on with the caller.
        let at = context.at;
        self.push(&head[length..], context);
        context.at = at;
    }
    /// All of the member has come; `stated` is what its content's size and checksum should be.
    fn complete(&mut self, stated: Option<(u64, u32)>, context: &mut Context) {
        let Some(mut member) = self.member.take() else { return };
        let stored = member.stored;
        if member.refused.is_none()
            && let Err(error) = member.end(&mut self.out, context)
        {
            return member.unpacker.fail(stored, State::Failed(error), context);
        }
        if let Some(error) = context.fatal.clone() {
            return member.unpacker.fail(stored, State::Failed(error), context);
        }
        let fault = match (&member.refused, stated) {
            (Some(State::Skipped(_) | State::Cancelled), _) => return,
            (Some(state), _) => return member.unpacker.fail(stored, state.clone(), context),
            _ if matches!(member.body, Body::Deflated(_)) && !member.inflated => {
                Some("its compressed data ends too early")
            }
            (_, Some((size, crc))) if size != member.size || crc != member.crc.sum() => {
                Some("its checksum or size does not match")
            }
            _ => None,
        };
        match fault {
            None => member.unpacker.finish(stored, context),
            Some(message) => {
                let error = context.error(ErrorKind::Corrupt, message);
                member.unpacker.fail(stored, State::Failed(error), context);
            }
        }
    }
    pub(super) fn finish(mut self, stored: u64, context: &mut Context) {
        if self.stage == ZipStage::Descriptor {
            self.descriptor(context);
        }
        if let Some(error) = context.fatal.clone() {
            return self.fail(stored, State::Failed(error), context);
        }
        if let Some(name) = self.refused {
            let state = State::Skipped(name.to_owned());
            return context.complete_empty(&self.place, stored, stored, state);
        }
        if self.stage != ZipStage::End {
            let error = context.error(ErrorKind::Truncated, "the zip archive ends before its directory");
            return self.fail(stored, State::Failed(error), context);
        }
        if let Some(error) = self.failed {
            context.complete_empty(&self.place, stored, stored, State::Failed(error));
        } else if self.members == 0 {
            let state = State::Skipped("an archive without files".to_owned());
            context.complete_empty(&self.place, stored, stored, state);
        }
    }
    pub(super) fn fail(mut self, stored: u64, state: State, context: &mut Context) {
        if let Some(mut member) = self.member
            && !matches!(member.refused, Some(State::Skipped(_) | State::Cancelled))
        {
            if member.refused.is_none() {
                // What the codec holds back is what came before the fault.
                let _ = member.end(&mut self.out, context);
            }
            let state = member.refused.unwrap_or(state.clone());
            member.unpacker.fail(member.stored, state, context);
        }
        context.complete_empty(&self.place, stored, stored, state);
    }
    pub(super) fn is_done(&self) -> bool {
        self.stage == ZipStage::End
    }
}

impl ZipMember {
    /// Takes `bytes` as far as the data goes and says how much that was.
    fn take(
        &mut self,
        bytes: &[u8],
        out: &mut Vec<u8>,
        outermost: bool,
        context: &mut Context,
    ) -> Result<usize, Error> {
        match &mut self.body {
            Body::Stored => {
                self.give(bytes, context);
                if outermost {
                    context.at += bytes.len() as u64;
                }
                Ok(bytes.len())
            }
            Body::Deflated(_) => self.inflate(bytes, out, outermost, context),
            Body::Packed(..) => self
                .decode(Input { bytes, end: false, outermost, name: "" }, out, context)
                .map(|()| bytes.len()),
        }
    }
    /// Hands on content.
    fn give(&mut self, content: &[u8], context: &mut Context) {
        self.crc.update(content);
        self.size += content.len() as u64;
        self.unpacker.push(content, context);
    }
    fn decode(&mut self, input: Input<'_>, out: &mut Vec<u8>, context: &mut Context) -> Result<(), Error> {
        let ZipMember { body: Body::Packed(kind, codec), unpacker, crc, size, .. } = self else {
            return Ok(());
        };
        let mut give = |content: &[u8], context: &mut Context| {
            crc.update(content);
            *size += content.len() as u64;
            unpacker.push(content, context);
        };
        codec::drive(*kind, codec.as_mut(), input, out, context, &mut give)
    }
    /// The data has ended: what a codec still holds comes.
    fn end(&mut self, out: &mut Vec<u8>, context: &mut Context) -> Result<(), Error> {
        self.decode(Input { bytes: &[], end: true, outermost: false, name: "" }, out, context)
    }
    /// Inflates `bytes` as far as the data goes and says how much it took.
    fn inflate(
        &mut self,
        bytes: &[u8],
        out: &mut Vec<u8>,
        outermost: bool,
        context: &mut Context,
    ) -> Result<usize, Error> {
        let base = context.at;
        let mut at = 0;
        out.resize(PIECE, 0);
        while let Body::Deflated(inflate) = &mut self.body {
            let (read, written) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(&bytes[at..], out, FlushDecompress::None);
            let taken = (inflate.total_in() - read) as usize;
            let given = (inflate.total_out() - written) as usize;
            at += taken;
            if outermost {
                context.at = base + at as u64;
            }
            context.inflate(given);
            self.give(&out[..given], context);
            if context.fatal.is_some() {
                break;
            }
            match status {
                Ok(Status::StreamEnd) => {
                    self.inflated = true;
                    break;
                }
                Ok(_) if at >= bytes.len() && given < out.len() => break,
                Ok(_) if taken + given > 0 => {}
                Ok(_) | Err(_) => {
                    return Err(context.error(ErrorKind::Corrupt, "its compressed data is damaged"));
                }
            }
        }
        Ok(at)
    }
}

/// Size and stored size from the zip64 field, which holds those that did not fit.
fn wide_sizes(extra: &[u8], size: u64, stored: u64) -> (u64, u64) {
    let mut rest = extra;
    while let Some((head, body)) = rest.split_at_checked(4) {
        let (id, length) = (u16_at(head, 0), u16_at(head, 2) as usize);
        if id == 1 {
            let mut values = body[..length.min(body.len())].chunks_exact(8).map(|v| u64_at(v, 0));
            let mut widen = |narrow: u64| match narrow == u32::MAX as u64 {
                true => values.next().unwrap_or(narrow),
                false => narrow,
            };
            let size = widen(size);
            return (size, widen(stored));
        }
        rest = body.get(length..).unwrap_or_default();
    }
    (size, stored)
}

/// The compressions among APPNOTE's methods (4.4.5) that a codec may decode.
fn codec_of(method: u16) -> Option<CodecKind> {
    match method {
        12 => Some(CodecKind::Bzip2),
        20 | 93 => Some(CodecKind::Zstd),
        95 => Some(CodecKind::Xz),
        _ => None,
    }
}

fn method_name(method: u16) -> String {
    match method {
        9 => "Deflate64".to_owned(),
        14 => "LZMA".to_owned(),
        other => format!("method {other}"),
    }
}

/// The little-endian number at `at`, zero past the end.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u64_at(bytes, at) as u16
}
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u64_at(bytes, at) as u32
}
fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.iter().skip(at).take(8).rev().fold(0, |value, byte| value << 8 | *byte as u64)
}
