//! Containers: what content is wrapped in. Told by their first bytes, never by a name; only what AWS itself puts beside
//! logs and is none is known by its [`names`].
//!
//! Reading order: [`Unpacker`] (one stage of the chain: a container, or the content itself), [`magic`] (the first bytes
//! of everything that is recognised), then one file per container; what is not decoded in this crate goes through a
//! [`codec`]. A container pushes what it holds into the next [`Unpacker`], so they nest in any order.

mod base64;
pub mod codec;
mod gzip;
mod magic;
mod names;
mod snappy;
mod tar;
mod utf16;
mod zip;

use super::{
    content::{self, Content},
    context::{Context, Location},
    framing,
    ledger::{Error, ErrorKind, State},
};
use base64::Encoded;
use codec::{CodecKind, Packed};
use gzip::Gzip;
use magic::Magic;
use tar::Tar;
use utf16::Utf16;
use zip::Zip;

/// One stage: takes bytes and passes on what they hold.
pub(crate) enum Unpacker {
    /// Not yet known what it is.
    Head { place: Location, head: Vec<u8> },
    /// Gzip.
    Gzip(Box<Gzip>),
    /// A zip archive.
    Zip(Box<Zip>),
    /// A tar archive.
    Tar(Box<Tar>),
    /// A compression that a codec decodes.
    Packed(Box<Packed>),
    /// Base64 text of a container.
    Base64(Box<Encoded>),
    /// Text in UTF-16.
    Utf16(Box<Utf16>),
    /// The content.
    Content(Box<Content>),
    /// Recognised and not read.
    Refused { place: Location, bytes: u64, state: State },
}

/// How many bytes tell what content is: the header of a tar is the longest.
const HEAD: usize = 512;
/// How much white space may stand before it.
const BLANK: usize = 64 << 10;

/// How many of `available` bytes a stated length of `left` takes. Where an address has 32 bits, as in the page, the length of a
/// member of 4 GiB or more has none: cut to one it may be zero, and nothing would ever be taken.
fn within(available: usize, left: u64) -> usize {
    left.min(available as u64) as usize
}

impl Unpacker {
    pub(crate) fn new(place: Location) -> Unpacker {
        Unpacker::Head { place, head: Vec::new() }
    }
    pub(crate) fn push(&mut self, bytes: &[u8], context: &mut Context) {
        match self {
            Unpacker::Head { head, .. } => {
                let wanted = HEAD.saturating_sub(head.len());
                if bytes.len() < wanted {
                    head.extend_from_slice(bytes);
                    return;
                }
                if wanted > 0 {
                    head.extend_from_slice(&bytes[..wanted]);
                }
                let mut rest = &bytes[wanted..];
                if head.len() < BLANK && head.trim_ascii().is_empty() {
                    let text = rest.iter().position(|b| !b.is_ascii_whitespace());
                    let blank = text.map_or(rest.len(), |at| (at + HEAD).min(rest.len()));
                    head.extend_from_slice(&rest[..blank]);
                    rest = &rest[blank..];
                    if text.is_none() && head.len() < BLANK {
                        return;
                    }
                }
                self.decide(context);
                self.push(rest, context);
            }
            Unpacker::Gzip(gzip) => gzip.push(bytes, context),
            Unpacker::Zip(zip) => zip.push(bytes, context),
            Unpacker::Tar(tar) => tar.push(bytes, context),
            Unpacker::Packed(packed) => packed.push(bytes, context),
            Unpacker::Base64(text) => text.push(bytes, context),
            Unpacker::Utf16(text) => text.push(bytes, context),
            Unpacker::Content(content) => content.push(bytes, context),
            Unpacker::Refused { bytes: all, .. } => *all += bytes.len() as u64,
        }
    }
    /// Reads what waits for more, of text that stands in no container.
    pub(crate) fn settle(&mut self, ends: bool, context: &mut Context) {
        let is_line =
            |head: &[u8]| head.ends_with(b"\n") && !head.trim_ascii().is_empty() && !head.contains(&0);
        if matches!(self, Unpacker::Head { head, .. } if is_line(head)) {
            self.decide(context);
        }
        if let Unpacker::Content(content) = self {
            content.settle(ends, context);
        }
    }
    /// The bytes end here, of which the file or archive stored `stored`.
    pub(crate) fn finish(mut self, stored: u64, context: &mut Context) {
        if let Unpacker::Head { place, head } = &self {
            if head.is_empty() {
                let what = names::known(&place.name).unwrap_or("an empty file");
                let state = State::Skipped(what.to_owned());
                return context.complete_empty(place, stored, 0, state);
            }
            self.decide(context);
            // All of a small file comes only now, and may inflate to more than is read.
            if let Some(error) = context.fatal.clone() {
                return self.fail(stored, State::Failed(error), context);
            }
        }
        match self {
            Unpacker::Head { .. } => {}
            Unpacker::Gzip(gzip) => gzip.finish(stored, context),
            Unpacker::Zip(zip) => zip.finish(stored, context),
            Unpacker::Tar(tar) => tar.finish(stored, context),
            Unpacker::Packed(packed) => packed.finish(stored, context),
            Unpacker::Base64(text) => text.finish(stored, context),
            Unpacker::Utf16(text) => text.finish(stored, context),
            Unpacker::Content(content) => content.finish(stored, None, context),
            Unpacker::Refused { place, bytes, state } => context.complete_empty(&place, stored, bytes, state),
        }
    }
    /// The bytes end here although there should be more.
    pub(crate) fn fail(mut self, stored: u64, state: State, context: &mut Context) {
        // What came until then is read, however little it is.
        if matches!(&self, Unpacker::Head { head, .. } if !head.is_empty()) {
            self.decide(context);
        }
        match self {
            Unpacker::Head { place, head } => {
                context.complete_empty(&place, stored, head.len() as u64, state)
            }
            Unpacker::Gzip(gzip) => gzip.fail(stored, state, context),
            Unpacker::Zip(zip) => zip.fail(stored, state, context),
            Unpacker::Tar(tar) => tar.fail(stored, state, context),
            Unpacker::Packed(packed) => packed.fail(stored, state, context),
            Unpacker::Base64(text) => text.fail(stored, state, context),
            Unpacker::Utf16(text) => text.fail(stored, state, context),
            Unpacker::Content(content) => content.finish(stored, Some(state), context),
            Unpacker::Refused { place, bytes, state } => context.complete_empty(&place, stored, bytes, state),
        }
    }
    /// Whether nothing that may still be pushed makes a difference but to the count of bytes.
    pub(crate) fn is_done(&self) -> bool {
        match self {
            Unpacker::Head { .. } => false,
            Unpacker::Gzip(gzip) => gzip.is_done(),
            Unpacker::Zip(zip) => zip.is_done(),
            Unpacker::Tar(tar) => tar.is_done(),
            Unpacker::Packed(packed) => packed.is_done(),
            Unpacker::Base64(text) => text.is_done(),
            Unpacker::Utf16(text) => text.is_done(),
            Unpacker::Content(content) => content.is_done(),
            Unpacker::Refused { .. } => true,
        }
    }
    /// Becomes what its head says it is, and pushes the head.
    fn decide(&mut self, context: &mut Context) {
        let Unpacker::Head { place, head } = self else { return };
        let (place, head) = (std::mem::take(place), std::mem::take(head));
        let found = match names::known(&place.name).or_else(|| names::manifest(&head)) {
            // What the caller asks for is read, whatever it is called.
            Some(what) if context.said_of(&place.name).0.is_none() => Some(Magic::NoLog(what)),
            _ => magic::recognise(&head),
        };
        let deep = place.containers.len() >= context.limits.containers;
        let outermost = place.containers.is_empty();
        if outermost {
            context.at = 0;
        }
        *self = match found {
            Some(found) if deep && found.is_opened() => {
                let message = format!("more than {} containers within each other", context.limits.containers);
                refused(place, ErrorKind::Limit, message, context)
            }
            Some(Magic::Gzip) => Unpacker::Gzip(Box::new(Gzip::new(place))),
            Some(Magic::Zip) => Unpacker::Zip(Box::new(Zip::new(place))),
            Some(Magic::Tar) => Unpacker::Tar(Box::new(Tar::new(place))),
            Some(Magic::Codec(kind)) => packed(place, kind, context),
            Some(Magic::Base64) => Unpacker::Base64(Box::new(Encoded::new(&place))),
            Some(Magic::Utf16 { big }) => Unpacker::Utf16(Box::new(Utf16::new(&place, big))),
            Some(Magic::Unread(name)) => {
                let message = format!("{name}, which is not read here");
                refused(place, ErrorKind::Unsupported, message, context)
            }
            Some(Magic::NoLog(name)) => {
                Unpacker::Refused { place, bytes: 0, state: State::Skipped(name.to_owned()) }
            }
            None if content::is_event_table(&head) => {
                Unpacker::Content(Box::new(Content::of_events(place, context)))
            }
            None => Unpacker::Content(Box::new(Content::new(
                place,
                framing::framing(framing::without_mark(&head)),
                context,
            ))),
        };
        self.push(&head, context);
        if outermost && context.fatal.is_none() {
            context.at = head.len() as u64;
        }
    }
}

/// The stage that a codec drives, if the loader was given one of this kind.
fn packed(place: Location, kind: CodecKind, context: &Context) -> Unpacker {
    match context.codec(kind) {
        Ok(codec) => Unpacker::Packed(Box::new(Packed::new(place, kind, codec))),
        Err(fault) => refused(place, fault.kind, fault.message, context),
    }
}

fn refused(place: Location, kind: ErrorKind, message: String, context: &Context) -> Unpacker {
    let state = State::Failed(context.error(kind, message));
    Unpacker::Refused { place, bytes: 0, state }
}

/// Ends `child` with `error`, if there is one.
pub(crate) fn fail_child(child: Unpacker, stored: u64, error: Error, context: &mut Context) {
    child.fail(stored, State::Failed(error), context);
}

/// Whether a file that begins so is in a container, or is refused.
pub fn is_container(head: &[u8]) -> bool {
    magic::recognise(head).is_some()
}
