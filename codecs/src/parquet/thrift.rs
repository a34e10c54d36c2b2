//! Thrift's compact protocol, as far as Parquet's footer and page headers need it.
//! <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>, read 2026-11-27.
//!
//! A reader over bytes that are there whole. It allocates nothing, and what a file states (lengths, counts) is held
//! against the bytes that are left before it is believed.

use super::Bad;

/// How deep unknown structures may nest that are passed over.
const NESTING: u32 = 32;

/// The kinds of values, by the number that the protocol gives them.
pub(super) const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
pub(super) const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
pub(super) const STRUCT: u8 = 12;

pub(super) struct Thrift<'b> {
    bytes: &'b [u8],
    /// How far it has read.
    pub(super) at: usize,
}

impl<'b> Thrift<'b> {
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Thrift<'b> {
        Thrift { bytes, at }
    }
    fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at)
    }
    fn byte(&mut self) -> Result<u8, Bad> {
        let byte = *self.bytes.get(self.at).ok_or(Bad::Short)?;
        self.at += 1;
        Ok(byte)
    }
    fn varint(&mut self) -> Result<u64, Bad> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= (byte as u64 & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Bad::Damaged("a number of more than 64 bits"))
    }
    fn zigzag(&mut self) -> Result<i64, Bad> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }
    fn take(&mut self, length: u64) -> Result<&'b [u8], Bad> {
        if length > self.left() as u64 {
            return Err(Bad::Short);
        }
        let taken = &self.bytes[self.at..self.at + length as usize];
        self.at += length as usize;
        Ok(taken)
    }
    /// The number of a field of this kind.
    pub(super) fn int(&mut self, kind: u8) -> Result<i64, Bad> {
        match kind {
            BYTE => Ok(self.byte()? as i8 as i64),
            4..=6 => self.zigzag(),
            _ => Err(Bad::Damaged("a field is no number")),
        }
    }
    /// The bytes of a field of this kind.
    pub(super) fn binary(&mut self, kind: u8) -> Result<&'b [u8], Bad> {
        match kind {
            BINARY => {
                let length = self.varint()?;
                self.take(length)
            }
            _ => Err(Bad::Damaged("a field is no text")),
        }
    }
    /// How many items a list of structures has, which follow.
    pub(super) fn structs(&mut self, kind: u8) -> Result<usize, Bad> {
        match (kind, self.list()?) {
            (LIST, (STRUCT, count)) | (LIST, (_, count @ 0)) => Ok(count),
            _ => Err(Bad::Damaged("a field is no list of structures")),
        }
    }
    /// The kind of items of a list and how many there are; each takes a byte at least.
    fn list(&mut self) -> Result<(u8, usize), Bad> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.varint()?,
            count => count as u64,
        };
        if count > self.left() as u64 {
            return Err(Bad::Short);
        }
        Ok((head & 15, count as usize))
    }
    /// Reads a structure: `field` is given each field's number and kind, and says whether it read it.
    pub(super) fn structure(
        &mut self,
        mut field: impl FnMut(&mut Thrift<'b>, i64, u8) -> Result<bool, Bad>,
    ) -> Result<(), Bad> {
        let mut id = 0;
        while let Some(kind) = self.header(&mut id)? {
            if !field(self, id, kind)? {
                self.skip(kind, 0)?;
            }
        }
        Ok(())
    }
    /// The kind of the next field, whose number comes to stand in `id`; `None` at the structure's end.
    fn header(&mut self, id: &mut i64) -> Result<Option<u8>, Bad> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        *id = match head >> 4 {
            0 => self.zigzag()?,
            step => id.saturating_add(step as i64),
        };
        Ok(Some(head & 15))
    }
    /// Passes a value over.
    pub(super) fn skip(&mut self, kind: u8, depth: u32) -> Result<(), Bad> {
        if depth > NESTING {
            return Err(Bad::Damaged("structures nest too deep"));
        }
        match kind {
            TRUE | FALSE => Ok(()),
            BYTE => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            DOUBLE => self.take(8).map(drop),
            BINARY => self.binary(kind).map(drop),
            LIST | SET => {
                let (kind, count) = self.list()?;
                (0..count).try_for_each(|_| self.skip_item(kind, depth))
            }
            MAP => {
                let count = self.varint()?;
                if count > self.left() as u64 {
                    return Err(Bad::Short);
                }
                let kinds = if count == 0 { 0 } else { self.byte()? };
                (0..count).try_for_each(|_| {
                    self.skip_item(kinds >> 4, depth)?;
                    self.skip_item(kinds & 15, depth)
                })
            }
            STRUCT => {
                let mut id = 0;
                while let Some(kind) = self.header(&mut id)? {
                    self.skip(kind, depth + 1)?;
                }
                Ok(())
            }
            _ => Err(Bad::Damaged("a field of an unknown kind")),
        }
    }
    /// In a list, truths take a byte each.
    fn skip_item(&mut self, kind: u8, depth: u32) -> Result<(), Bad> {
        match kind {
            TRUE | FALSE => self.byte().map(drop),
            _ => self.skip(kind, depth + 1),
        }
    }
}
