//! Xz: any number of streams behind each other, with the zeros that may stand between them.
//!
//! Not read: the filters for machine code (BCJ, delta), which a log has no use for, and the older `.lzma`.

use logloupe_core::ingest::{
    ErrorKind,
    codec::{Codec, CodecKind, Fault, PIECE, Step},
};
use xz4rust::{XzDecoder, XzError};

use crate::seam::{Found, Seam};

/// The largest dictionary, which is memory: twice what `xz -9` uses.
const DICTIONARY: usize = 128 << 20;
/// The decoder is given its input in pieces of this size, cut at the same bytes however the caller cuts: of a piece that
/// it finds damaged it does not say what it had decoded.
const STEP: usize = 512;

const MAGIC: &[u8] = b"\xfd7zXZ\0";

pub(crate) struct Xz {
    seam: Seam,
    decoder: Box<XzDecoder<'static>>,
    within: bool,
    streams: u64,
    /// Input of the stream at hand that is not decoded yet: up to [`STEP`] bytes, from `at` on.
    held: Vec<u8>,
    at: usize,
    failed: Option<Fault>,
}

impl Xz {
    pub(crate) fn new() -> Xz {
        Xz {
            seam: Seam::new(&[MAGIC]),
            decoder: XzDecoder::in_heap_with_alloc_dict_size(1 << 16, DICTIONARY),
            within: false,
            streams: 0,
            held: Vec::with_capacity(STEP),
            at: 0,
            failed: None,
        }
    }
    fn fail(&mut self, fault: Fault) -> Result<Step, Fault> {
        self.failed = Some(fault.clone());
        Err(fault)
    }
}

impl Codec for Xz {
    fn decode(&mut self, input: &[u8], end: bool, out: &mut Vec<u8>) -> Result<Step, Fault> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        if self.at == self.held.len() {
            self.held.clear();
            self.at = 0;
        }
        let mut taken = 0;
        if self.at == 0 {
            taken = input.len().min(STEP - self.held.len());
            self.held.extend_from_slice(&input[..taken]);
            if self.held.len() < STEP && !end {
                return Ok(Step { taken, more: false });
            }
        }
        let left = taken < input.len();
        let input = &self.held[self.at..];
        if input.is_empty() {
            return match self.within || self.streams == 0 || self.seam.is_within() {
                true => Err(Fault::truncated(CodecKind::Xz)),
                false => Ok(Step { taken, more: false }),
            };
        }
        if self.within {
            let start = out.len();
            out.resize(start + PIECE, 0);
            let result = self.decoder.decode(input, &mut out[start..]);
            let given = result.as_ref().map_or(0, |result| result.output_produced());
            out.truncate(start + given);
            match result {
                Ok(result) => {
                    self.at += result.input_consumed();
                    if result.is_end_of_stream() {
                        self.within = false;
                        self.streams += 1;
                    }
                    let stuck = !result.made_progress() && !result.is_end_of_stream();
                    if stuck {
                        return self.fail(Fault::damaged(CodecKind::Xz));
                    }
                }
                Err(error) => return self.fail(fault(error)),
            }
        } else {
            let (seen, found) = self.seam.push(input, self.streams == 0);
            self.at += seen;
            match found {
                Found::Garbage if self.streams == 0 => return self.fail(Fault::damaged(CodecKind::Xz)),
                Found::Garbage | Found::Nothing => {}
                Found::Stream => {
                    self.decoder.reset();
                    let magic = self.seam.magic();
                    if !self.decoder.decode(&magic, &mut []).is_ok_and(|r| r.input_consumed() == magic.len())
                    {
                        return self.fail(Fault::damaged(CodecKind::Xz));
                    }
                    self.within = true;
                }
            }
        }
        Ok(Step { taken, more: end || left || self.at < self.held.len() })
    }
    fn ignored(&self) -> u64 {
        self.seam.garbage()
    }
}

fn fault(error: XzError) -> Fault {
    let kind = ErrorKind::Unsupported;
    match error {
        XzError::DictionaryTooLarge(_) => {
            let most = DICTIONARY >> 20;
            let message = format!("its xz data needs a dictionary of more than {most} MiB");
            Fault { kind: ErrorKind::Limit, message }
        }
        XzError::ContentCrc32Mismatch(..)
        | XzError::ContentCrc64Mismatch(..)
        | XzError::ContentSha256Mismatch(..) => Fault::checksum(CodecKind::Xz),
        XzError::BcjFilterNotSupported
        | XzError::DeltaFilterUnsupported
        | XzError::UnsupportedBlockHeaderOption => {
            Fault { kind, message: "its xz data uses a filter that is not read here".to_owned() }
        }
        XzError::UnsupportedCheckType(_) => {
            Fault { kind, message: "its xz data uses a checksum that is not read here".to_owned() }
        }
        _ => Fault::damaged(CodecKind::Xz),
    }
}
