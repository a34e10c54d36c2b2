//! Bzip2: any number of streams behind each other, as `pbzip2` writes them. Each block of up to 900 KB has its checksum
//! and comes whole or not at all, so a file that is cut gives the blocks before the cut.

use bzip2::{Decompress, Status};
use logloupe_core::ingest::codec::{Codec, CodecKind, Fault, PIECE, Step};

use crate::seam::{Found, Seam};

pub(crate) struct Bzip2 {
    seam: Seam,
    /// The stream at hand.
    stream: Option<Decompress>,
    streams: u64,
    failed: bool,
}

impl Bzip2 {
    pub(crate) fn new() -> Bzip2 {
        Bzip2 { seam: Seam::new(&[b"BZh?"]), stream: None, streams: 0, failed: false }
    }
    fn fail(&mut self) -> Result<Step, Fault> {
        self.failed = true;
        Err(Fault::damaged(CodecKind::Bzip2))
    }
}

impl Codec for Bzip2 {
    fn decode(&mut self, input: &[u8], end: bool, out: &mut Vec<u8>) -> Result<Step, Fault> {
        if self.failed {
            return Err(Fault::damaged(CodecKind::Bzip2));
        }
        let mut taken = 0;
        if self.stream.is_none() {
            let (seen, found) = self.seam.push(input, self.streams == 0);
            taken = seen;
            match found {
                Found::Garbage if self.streams == 0 => return self.fail(),
                Found::Stream => {
                    let mut stream = Decompress::new(false);
                    let magic = self.seam.magic();
                    if stream.decompress(&magic, &mut []).is_err() || stream.total_in() != magic.len() as u64
                    {
                        return self.fail();
                    }
                    self.stream = Some(stream);
                }
                Found::Garbage | Found::Nothing => {}
            }
        }
        let Some(stream) = &mut self.stream else {
            return match end && (self.streams == 0 || self.seam.is_within()) {
                true => Err(Fault::truncated(CodecKind::Bzip2)),
                false => Ok(Step { taken, more: false }),
            };
        };
        let (read, written) = (stream.total_in(), stream.total_out());
        let start = out.len();
        out.resize(start + PIECE, 0);
        let status = stream.decompress(&input[taken..], &mut out[start..]);
        out.truncate(start + (stream.total_out() - written) as usize);
        taken += (stream.total_in() - read) as usize;
        match status {
            Ok(Status::StreamEnd) => {
                self.stream = None;
                self.streams += 1;
                Ok(Step { taken, more: end })
            }
            Ok(Status::MemNeeded) | Err(_) => self.fail(),
            Ok(_) if taken < input.len() && taken == 0 && out.len() == start => self.fail(),
            Ok(_) if taken < input.len() || out.len() == start + PIECE => Ok(Step { taken, more: true }),
            Ok(_) if end && out.len() == start => Err(Fault::truncated(CodecKind::Bzip2)),
            Ok(_) => Ok(Step { taken, more: end }),
        }
    }
    fn ignored(&self) -> u64 {
        self.seam.garbage()
    }
}
