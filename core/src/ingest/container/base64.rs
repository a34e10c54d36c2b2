//! Base64 text of a container, as people copy it out of Lambda tests and Kinesis consoles, and programs put into JSON.
//!
//! Base64 of plain text is not opened: a word of a log can be that too.

use super::{
    Unpacker, fail_child,
    magic::{self, Magic},
};
use crate::ingest::{
    context::{Context, Location},
    ledger::{ErrorKind, State},
    payload::Base64,
};

pub(crate) struct Encoded {
    child: Unpacker,
    decoder: Base64,
    out: Vec<u8>,
    damaged: bool,
}

impl Encoded {
    pub(super) fn new(place: &Location) -> Encoded {
        Encoded {
            child: Unpacker::new(place.inside("base64")),
            decoder: Base64::default(),
            out: Vec::new(),
            damaged: false,
        }
    }
    pub(super) fn push(&mut self, bytes: &[u8], context: &mut Context) {
        for piece in bytes.chunks(64 << 10) {
            if self.damaged {
                return;
            }
            self.out.clear();
            self.damaged = self.decoder.push(piece, &mut self.out).is_err();
            self.child.push(&self.out, context);
        }
    }
    pub(super) fn finish(mut self, stored: u64, context: &mut Context) {
        self.out.clear();
        self.decoder.end(&mut self.out);
        self.child.push(&self.out, context);
        if self.damaged {
            let error = context.error(ErrorKind::Corrupt, "its base64 text is damaged");
            return fail_child(self.child, stored, error, context);
        }
        self.child.finish(stored, context);
    }
    pub(super) fn fail(self, stored: u64, state: State, context: &mut Context) {
        self.child.fail(stored, state, context);
    }
    pub(super) fn is_done(&self) -> bool {
        self.child.is_done()
    }
}

/// Whether `head` is base64 text of a container.
pub(super) fn is_encoded(head: &[u8]) -> bool {
    let known = |b: &u8| b.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(b);
    let mut bytes = Vec::new();
    // The letters of text in base64 are letters again: one within the other is not looked for.
    head.len() >= 16
        && head.iter().all(known)
        && Base64::default().push(head, &mut bytes).is_ok()
        && matches!(magic::of_bytes(&bytes), Some(Magic::Gzip | Magic::Zip | Magic::Codec(_)))
}
