//! Records of the Kinesis Producer Library: several of a user's in one of the stream.
//!
//! ```text
//! aggregate = F3 89 9A C2 message md5(message)
//! message   = protobuf AggregatedRecord { 1: partition keys, 2: explicit hash keys, 3: records }
//! record    = protobuf Record { 1: index of partition key, 2: index of hash key, 3: data, 4: tags }
//! ```
//!
//! Source: awslabs/amazon-kinesis-producer, `aggregation-format.md`, read 2026-11: what has not this magic or not this digest is
//! a record as it stands.

use super::md5;

const MAGIC: &[u8; 4] = b"\xF3\x89\x9A\xC2";
/// The length of an MD5 digest.
const DIGEST: usize = 16;

/// The data of each record in `bytes`, if that is an aggregate.
pub(crate) fn records(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (message, digest) = rest.split_at_checked(rest.len().checked_sub(DIGEST)?)?;
    if md5::digest(message) != digest {
        return None;
    }
    let mut records = Vec::new();
    let mut fields = Fields(message);
    while let Some((number, value)) = fields.next()? {
        if let (3, Some(record)) = (number, value) {
            let mut members = Fields(record);
            while let Some((number, value)) = members.next()? {
                if let (3, Some(data)) = (number, value) {
                    records.push(data);
                }
            }
        }
    }
    Some(records)
}

/// The fields of a protobuf message.
struct Fields<'a>(&'a [u8]);

/// A field's number, and its bytes if it is of those.
type Field<'a> = (u64, Option<&'a [u8]>);

impl<'a> Fields<'a> {
    /// The next field, if there is one; `None` for damage.
    fn next(&mut self) -> Option<Option<Field<'a>>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let key = self.varint()?;
        let value = match key & 7 {
            0 => {
                self.varint()?;
                None
            }
            1 => self.take(8).map(|_| None)?,
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Some(self.take(length)?)
            }
            5 => self.take(4).map(|_| None)?,
            _ => return None,
        };
        Some(Some((key >> 3, value)))
    }
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

/// An aggregate of `records`, for tests.
#[cfg(test)]
pub(crate) fn aggregate(records: &[&[u8]]) -> Vec<u8> {
    fn field(number: u8, bytes: &[u8], out: &mut Vec<u8>) {
        out.push(number << 3 | 2);
        let mut length = bytes.len();
        while length >= 0x80 {
            out.push(length as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend(bytes);
    }
    let mut message = Vec::new();
    field(1, b"key", &mut message);
    for data in records {
        let mut record = vec![0x08, 0x00];
        field(3, data, &mut record);
        field(3, &record, &mut message);
    }
    [MAGIC, message.as_slice(), &md5::digest(&message)].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aggregate_is_taken_apart_and_a_damaged_one_is_none() {
        let long = vec![b'x'; 300];
        let whole = aggregate(&[b"n=1", &long, b""]);
        assert_eq!(records(&whole), Some(vec![&b"n=1"[..], &long, b""]));
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(records(&damaged), None, "{at}");
            assert_eq!(records(&whole[..at]), None, "{at}");
        }
    }

    #[test]
    fn nonsense_with_a_right_digest_is_none() {
        for message in [
            &b"\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"[..],
            b"\x1a\x05ab",
            b"\x1b",
            b"\xff",
            b"\x19abc",
        ] {
            let bytes = [MAGIC, message, &md5::digest(message)].concat();
            assert_eq!(records(&bytes), None, "{message:?}");
        }
        let empty = [&MAGIC[..], &md5::digest(b"")].concat();
        assert_eq!(records(&empty), Some(vec![]));
    }
}
