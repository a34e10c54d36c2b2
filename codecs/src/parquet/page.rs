//! Pages: their headers, their compression, and where in them levels and values stand.
//! <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>, read 2026-11-27.

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress, Status};
use logloupe_core::ingest::codec::{Codec, Fault};

use super::{
    Bad,
    bits::{Runs, width},
    schema::Leaf,
    store::Store,
    thrift::{STRUCT, TRUE, Thrift},
};
use crate::{snappy, zstd};

/// The largest page, inflated; writers keep to a megabyte, DuckDB to a hundred.
#[cfg(not(target_arch = "wasm32"))]
const MOST: usize = 256 << 20;
#[cfg(target_arch = "wasm32")]
const MOST: usize = 128 << 20;
/// The longest header of a page that is looked at; statistics stand in it.
const HEADER: usize = 16 << 20;

/// A page as its header describes it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Header {
    kind: i64,
    inflated: i64,
    stored: i64,
    checksum: Option<i64>,
    pub(super) values: i64,
    pub(super) encoding: i64,
    definitions: i64,
    repetitions: i64,
    /// Of pages of version 2: how many bytes of levels stand before the values.
    definition_bytes: i64,
    repetition_bytes: i64,
    is_compressed: bool,
    described: bool,
}

/// What a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    Dictionary,
    Other,
}

/// A page, inflated.
pub(super) struct Page {
    pub(super) header: Header,
    pub(super) kind: Kind,
    pub(super) data: Vec<u8>,
    /// The byte behind it in the file.
    pub(super) end: usize,
}

impl Page {
    /// Reads the page that begins at byte `at` of a column's chunk, which ends at byte `end`.
    pub(super) fn read(file: &Store, at: usize, end: usize, codec: i64) -> Result<Page, Bad> {
        let left = end.saturating_sub(at);
        // Most are short; the bytes of a longer one are put together again, so each look is much longer than the last.
        let mut most = 4 << 10;
        let (header, length) = loop {
            match header(file, at, left.min(most)) {
                Err(Bad::Short) if left > most && most < HEADER => most <<= 4,
                read => break read?,
            }
        };
        let kind = match header.kind {
            0 | 3 => Kind::Data,
            2 => Kind::Dictionary,
            _ => Kind::Other,
        };
        let (Ok(stored), Ok(inflated)) = (usize::try_from(header.stored), usize::try_from(header.inflated))
        else {
            return Err(Bad::Damaged("a page of a negative size"));
        };
        if stored > left - length {
            return Err(Bad::Damaged("a page reaches beyond its column"));
        }
        if kind != Kind::Other && !header.described || header.values < 0 {
            return Err(Bad::Damaged("a page without a description"));
        }
        if inflated > MOST {
            return Err(Bad::Limit(format!("a page of more than {} MiB", MOST >> 20)));
        }
        let bytes = file.bytes(at + length, stored).ok_or(Bad::Short)?;
        let mut page = Page { header, kind, data: Vec::new(), end: at + length + stored };
        if kind == Kind::Other {
            return Ok(page);
        }
        if let Some(stated) = header.checksum {
            let mut sum = flate2::Crc::new();
            sum.update(&bytes);
            if sum.sum() != stated as u32 {
                return Err(Bad::Damaged("the checksum of a page does not match"));
            }
        }
        // The levels of version 2 are never compressed.
        let plain = if header.kind == 3 { header.level_bytes(stored)? } else { 0 };
        if codec == 0 || !header.is_compressed {
            page.data = bytes.into_owned();
        } else {
            page.data.reserve(inflated.min(stored.saturating_mul(64).saturating_add(1024)));
            page.data.extend_from_slice(&bytes[..plain]);
            // Of a page without values nothing need be stored.
            if inflated > plain {
                inflate(codec, &bytes[plain..], inflated, &mut page.data)?;
            }
        }
        match page.data.len() == inflated {
            true => Ok(page),
            false => Err(Bad::Damaged("a page inflates to another size than it states")),
        }
    }
    /// Where its levels stand, of repetition and of definition, and where its values begin.
    pub(super) fn levels(&self, leaf: &Leaf) -> Result<(Runs, Runs, usize), Bad> {
        let header = &self.header;
        if header.kind == 3 {
            let middle = header.repetition_bytes as usize;
            let end = header.level_bytes(self.data.len())?;
            let repetitions = Runs::new(0, middle, width(leaf.repetition));
            return Ok((repetitions, Runs::new(middle, end, width(leaf.definition)), end));
        }
        let mut at = 0;
        let mut of = |encoding: i64, most: u32| {
            let width = width(most);
            Ok(match encoding {
                _ if most == 0 => Runs::default(),
                3 => {
                    let head =
                        self.data.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or(Bad::Short)?;
                    let (begin, length) = (at + 4, u32::from_le_bytes(*head) as usize);
                    if length > self.data.len() - begin {
                        return Err(Bad::Short);
                    }
                    at = begin + length;
                    Runs::new(begin, at, width)
                }
                4 => {
                    let bytes = (header.values as u64 * width as u64).div_ceil(8);
                    let begin = at;
                    if bytes > (self.data.len() - begin) as u64 {
                        return Err(Bad::Short);
                    }
                    at += bytes as usize;
                    Runs::old(begin, at, width)
                }
                _ => return Err(Bad::Damaged("levels in an unknown encoding")),
            })
        };
        let repetitions = of(header.repetitions, leaf.repetition)?;
        let definitions = of(header.definitions, leaf.definition)?;
        Ok((repetitions, definitions, at))
    }
}

impl Header {
    /// How many bytes its levels have, if a page of so many bytes can have them.
    fn level_bytes(&self, most: usize) -> Result<usize, Bad> {
        let both = [self.repetition_bytes, self.definition_bytes];
        match both.iter().all(|bytes| (0..=most as i64).contains(bytes)) && both[0] + both[1] <= most as i64 {
            true => Ok((both[0] + both[1]) as usize),
            false => Err(Bad::Damaged("the levels of a page reach beyond it")),
        }
    }
}

/// The header at this place, of at most so many bytes, and how many it has.
fn header(file: &Store, at: usize, most: usize) -> Result<(Header, usize), Bad> {
    let bytes: Cow<'_, [u8]> = file.bytes(at, most).ok_or(Bad::Short)?;
    let mut thrift = Thrift::new(&bytes, 0);
    let mut header = Header { is_compressed: true, ..Header::default() };
    thrift.structure(|thrift, id, kind| {
        match id {
            1 => header.kind = thrift.int(kind)?,
            2 => header.inflated = thrift.int(kind)?,
            3 => header.stored = thrift.int(kind)?,
            4 => header.checksum = Some(thrift.int(kind)?),
            5 | 7 | 8 if kind == STRUCT => {
                header.described = true;
                thrift.structure(|thrift, member, kind| {
                    let number = match (id, member) {
                        (_, 1) => &mut header.values,
                        (5 | 7, 2) | (8, 4) => &mut header.encoding,
                        (5, 3) => &mut header.definitions,
                        (5, 4) => &mut header.repetitions,
                        (8, 5) => &mut header.definition_bytes,
                        (8, 6) => &mut header.repetition_bytes,
                        (8, 7) => {
                            header.is_compressed = kind == TRUE;
                            return Ok(true);
                        }
                        _ => return Ok(false),
                    };
                    *number = thrift.int(kind)?;
                    Ok(true)
                })?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok((header, thrift.at))
}

/// Appends what a page's data inflates to; no more than makes `size` bytes of all, or a little.
fn inflate(codec: i64, data: &[u8], size: usize, out: &mut Vec<u8>) -> Result<(), Bad> {
    let unread = |name: &str| {
        Bad::Unsupported(format!("its pages are compressed with {name}, which is not read here"))
    };
    match codec {
        1 => through(&mut snappy::Raw::new(), data, size, out),
        2 => gunzip(data, size, out),
        3 => Err(unread("LZO")),
        4 => Err(unread("Brotli")),
        5 => hadoop_lz4(data, size, out),
        6 => through(&mut zstd::Zstd::new(), data, size, out),
        7 => lz4(data, size, out),
        _ => Err(unread("an unknown codec")),
    }
}

const WRONG: Bad = Bad::Damaged("the compressed data of a page is damaged");

/// Through a codec of files.
fn through(codec: &mut dyn Codec, data: &[u8], size: usize, out: &mut Vec<u8>) -> Result<(), Bad> {
    let mut at = 0;
    loop {
        let step = codec.decode(&data[at..], true, out).map_err(|Fault { .. }| WRONG)?;
        at += step.taken;
        if out.len() > size || !step.more && at < data.len() && step.taken == 0 {
            return Err(WRONG);
        }
        if !step.more && at >= data.len() {
            return Ok(());
        }
    }
}

/// Gzip, of any number of members.
fn gunzip(data: &[u8], size: usize, out: &mut Vec<u8>) -> Result<(), Bad> {
    let mut inflater = Decompress::new_gzip(15);
    let (mut at, mut before) = (0, (0, 0));
    // One more than there may be, so that an end is seen.
    let mut piece = [0; 32 << 10];
    while at < data.len() {
        let status =
            inflater.decompress(&data[at..], &mut piece, FlushDecompress::None).map_err(|_| WRONG)?;
        let (taken, given) = (inflater.total_in() - before.0, inflater.total_out() - before.1);
        before = (inflater.total_in(), inflater.total_out());
        at += taken as usize;
        out.extend_from_slice(&piece[..given as usize]);
        if out.len() > size {
            return Err(WRONG);
        }
        match status {
            Status::StreamEnd if at < data.len() && out.len() < size => {
                inflater = Decompress::new_gzip(15);
                before = (0, 0);
            }
            Status::StreamEnd => return Ok(()),
            _ if taken == 0 && given == 0 => return Err(WRONG),
            _ => {}
        }
    }
    Err(WRONG)
}

/// One raw block of LZ4.
fn lz4(data: &[u8], size: usize, out: &mut Vec<u8>) -> Result<(), Bad> {
    // The format expands no byte to more than 255.
    let start = out.len();
    let most = (size - start).min(data.len().saturating_mul(255));
    out.resize(start + most, 0);
    let given = lz4_flex::block::decompress_into(data, &mut out[start..]).map_err(|_| WRONG)?;
    out.truncate(start + given);
    Ok(())
}

/// The older way: blocks of Hadoop's codec, or where that was misunderstood, one raw block.
fn hadoop_lz4(data: &[u8], size: usize, out: &mut Vec<u8>) -> Result<(), Bad> {
    let (start, mut rest) = (out.len(), data);
    while let Some((head, block)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, e, f, g, h] = *head;
        let inflated = u32::from_be_bytes([a, b, c, d]) as usize;
        let stored = u32::from_be_bytes([e, f, g, h]) as usize;
        let most = size - out.len();
        let Some(packed) = block.get(..stored).filter(|_| inflated <= most) else { break };
        let before = out.len();
        if lz4(packed, before + inflated, out).is_err() || out.len() != before + inflated {
            break;
        }
        rest = &block[stored..];
    }
    if rest.is_empty() {
        return Ok(());
    }
    out.truncate(start);
    lz4(data, size, out)
}
