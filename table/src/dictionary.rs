//! Distinct byte strings, numbered in order of arrival: what a dictionary-coded column's codes point into.
//!
//! Only appended to, so a code keeps its meaning for as long as the table lives. The hash is seeded: keys come
//! from attackers too.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::{
    Cell, Field, Value,
    several::{Items, is_several},
};

/// An append-only set of byte strings with dense `u32` codes.
#[derive(Clone, Debug)]
pub struct Dictionary {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    index: HashTable<Keyed>,
    /// The codes of entries that [`numeral`] packs. They have a table of their own: what is compared stands in it, and
    /// that saves two looks far away, which cost more than all else here where addresses are many.
    numerals: HashTable<Numeral>,
    state: FixedState,
    /// Of a field that may have several values in a row: an entry is all of them.
    items: Option<Items>,
}

impl Dictionary {
    /// An empty dictionary whose hashes depend on `seed`.
    pub fn new(seed: u64) -> Dictionary {
        Dictionary {
            bytes: Vec::new(),
            ends: Vec::new(),
            index: HashTable::new(),
            numerals: HashTable::new(),
            state: FixedState::with_seed(seed),
            items: None,
        }
    }
    /// The dictionary of a field's column.
    pub(crate) fn of(field: &Field, seed: u64) -> Dictionary {
        let items = field.each.map(|list| Items::new(list, field.kind));
        Dictionary { items, ..Dictionary::new(seed) }
    }
    /// Forgets all entries: codes begin at 0 again.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.index.clear();
        self.numerals.clear();
    }
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
    /// The entry of `code`; empty for a code that was never given out.
    #[inline]
    pub fn get(&self, code: u32) -> &[u8] {
        let code = code as usize;
        let Some(&end) = self.ends.get(code) else { return &[] };
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.bytes[start as usize..end as usize]
    }
    /// The entry of `code` as text, invalid bytes replaced.
    pub fn text(&self, code: u32) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.get(code))
    }
    /// The value of `code`'s entry.
    pub fn value(&self, code: u32) -> Value {
        self.value_of(self.get(code))
    }
    /// The value that an entry of these bytes is.
    pub(crate) fn value_of(&self, entry: &[u8]) -> Value {
        match &self.items {
            None => Value::text(&String::from_utf8_lossy(entry)),
            Some(items) => items.value(entry),
        }
    }
    /// The first value of an entry that may be several.
    pub(crate) fn first<'e>(&self, entry: &'e [u8]) -> Cell<'e> {
        self.items.as_ref().map_or(Cell::Text(entry), |items| items.first(entry))
    }
    /// Whether an entry may be several values.
    pub fn has_several(&self) -> bool {
        self.items.is_some()
    }
    /// Whether the entry of `code` is several values.
    pub fn is_several(&self, code: u32) -> bool {
        self.items.is_some() && is_several(self.get(code))
    }
    /// Whether every entry is text: without invalid bytes, entries that differ also look different.
    pub fn is_text(&self) -> bool {
        self.bytes.is_ascii() || self.iter().all(|entry| std::str::from_utf8(entry).is_ok())
    }
    /// The code of `entry` if it is here.
    pub fn find(&self, entry: &[u8]) -> Option<u32> {
        match numeral(entry) {
            Some(key) => {
                let found = self.numerals.find(self.state.hash_one(key), |n| n.key() == key);
                found.map(|n| n.code)
            }
            None => {
                let hash = hash(&self.state, entry);
                let same = |k: &Keyed| k.hash == hash && self.get(k.code) == entry;
                self.index.find(spread(hash), same).map(|k| k.code)
            }
        }
    }
    /// The code of `entry`, added if it is new; `None` when the dictionary is full (4 GiB of text).
    #[inline]
    pub fn intern(&mut self, entry: &[u8]) -> Option<u32> {
        if let Some(key) = numeral(entry) {
            let hash = self.state.hash_one(key);
            if let Some(found) = self.numerals.find(hash, |n| n.key() == key) {
                return Some(found.code);
            }
            let code = self.append(entry)?;
            let state = &self.state;
            self.numerals.insert_unique(hash, Numeral::new(key, code), |n| state.hash_one(n.key()));
            return Some(code);
        }
        let hash = hash(&self.state, entry);
        let same = |k: &Keyed| k.hash == hash && self.get(k.code) == entry;
        if let Some(found) = self.index.find(spread(hash), same) {
            return Some(found.code);
        }
        let code = self.append(entry)?;
        self.index.insert_unique(spread(hash), Keyed { hash, code }, |k| spread(k.hash));
        Some(code)
    }
    fn append(&mut self, entry: &[u8]) -> Option<u32> {
        let end = u32::try_from(self.bytes.len() + entry.len()).ok()?;
        let code = u32::try_from(self.ends.len()).ok()?;
        self.bytes.extend_from_slice(entry);
        self.ends.push(end);
        Some(code)
    }
    /// All entries in code order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len() as u32).map(|code| self.get(code))
    }
    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.bytes.capacity()
            + self.ends.capacity() * 4
            + self.index.capacity() * 9
            + self.numerals.capacity() * 13
    }
}

/// An entry's code with its hash, so that the table grows without looking at the entries again: a million of them far
/// apart would take a tenth of a second.
#[derive(Clone, Copy, Debug)]
struct Keyed {
    hash: u32,
    code: u32,
}

/// The table's hash of a stored one: its first and its last bits must differ.
#[inline]
fn spread(hash: u32) -> u64 {
    (hash as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A packed entry and its code, in twelve bytes.
#[derive(Clone, Copy, Debug)]
struct Numeral {
    key: [u32; 2],
    code: u32,
}

impl Numeral {
    fn new(key: u64, code: u32) -> Numeral {
        Numeral { key: [key as u32, (key >> 32) as u32], code }
    }
    #[inline]
    fn key(&self) -> u64 {
        self.key[0] as u64 | (self.key[1] as u64) << 32
    }
}

/// Text of eight to fifteen digits and dots, which most IPv4 addresses are, as a number of its own: four bits per
/// character and four for the length.
#[inline]
fn numeral(text: &[u8]) -> Option<u64> {
    const ALL: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ALL * 0x80;
    let (&first, &last) = (text.first_chunk::<8>()?, text.last_chunk::<8>()?);
    let len = text.len();
    if len > 15 {
        return None;
    }
    // Without the characters that the last eight have too; zeros stand for digits here.
    let before = (u64::from_le_bytes(first) ^ (ALL * 0x30)) & !(u64::MAX << (8 * (len - 8)));
    let last = u64::from_le_bytes(last) ^ (ALL * 0x30);
    let is_numeral = |text: u64| {
        const DOT: u64 = ALL * (b'.' ^ 0x30) as u64;
        let digits = !((text | text.wrapping_add(ALL * (0x80 - 10))) & HIGH);
        let others = text ^ DOT;
        let dots = !(((others & !HIGH) + !HIGH) | others);
        (digits | dots) & HIGH == HIGH
    };
    let pack = |text: u64| {
        let pairs = (text | text >> 4) & 0x00ff_00ff_00ff_00ff;
        let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
        (fours | fours >> 16) & 0xffff_ffff
    };
    let nibbles = ALL * 0x0f;
    (is_numeral(before) && is_numeral(last))
        .then(|| pack(last & nibbles) | pack(before & nibbles) << 32 | (len as u64) << 60)
}

#[inline]
fn hash(state: &FixedState, entry: &[u8]) -> u32 {
    let mut hasher = state.build_hasher();
    hasher.write(entry);
    let hash = hasher.finish();
    (hash ^ hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_packed_without_loss() {
        let mut seen = std::collections::HashMap::new();
        for text in [
            "10.0.0.10",
            "10.0.0.1",
            "0.0.0.10",
            "00.0.0.10",
            "10.0.0.100",
            "255.255.255.255",
            "0.0.0.0.",
            "00000000",
            "000000000",
            "123456789012",
            "123456789012345",
            "1.1.1.1.1.1.1.1",
            "...............",
            "10.10.0.1",
            "1.10.0.10",
        ] {
            assert_eq!(seen.insert(numeral(text.as_bytes()).unwrap(), text), None, "{text}");
        }
        for text in [
            "",
            "1.1.1.1",
            "1234567890123456",
            "10.0.0.1/",
            "10.0.0.1a",
            "/0.0.0.10",
            "10.0:0.10",
            "\u{fe}0000000",
        ] {
            assert_eq!(numeral(text.as_bytes()), None, "{text}");
        }
        // Every other byte at every place.
        for at in 0..12 {
            for byte in (0..=255u8).filter(|b| !b.is_ascii_digit() && *b != b'.') {
                let mut text = *b"10.11.12.130";
                text[at] = byte;
                assert_eq!(numeral(&text), None, "{text:?}");
            }
        }
        let mut dictionary = Dictionary::new(1);
        for (code, i) in (0..3000u32).enumerate() {
            assert_eq!(
                dictionary.intern(format!("10.0.{}.{}", i / 250, i % 250).as_bytes()),
                Some(code as u32)
            );
        }
        assert_eq!(dictionary.find(b"10.0.1.7"), Some(257));
        assert_eq!(dictionary.find(b"10.0.99.7"), None);
        assert_eq!(dictionary.get(257), b"10.0.1.7");
    }

    #[test]
    fn codes_are_dense_and_stable() {
        let mut dictionary = Dictionary::new(1);
        for i in 0..5000u32 {
            assert_eq!(dictionary.intern(format!("value {i}").as_bytes()), Some(i));
        }
        assert_eq!(dictionary.intern(b"value 17"), Some(17));
        assert_eq!(dictionary.find(b"value 4999"), Some(4999));
        assert_eq!(dictionary.find(b"nothing"), None);
        assert_eq!(dictionary.get(0), b"value 0");
        assert_eq!(dictionary.get(9999), b"");
        assert_eq!(dictionary.iter().count(), 5000);
    }
}
