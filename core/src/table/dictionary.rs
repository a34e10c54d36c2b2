//! Distinct byte strings, numbered in order of arrival: what a dictionary-coded column's codes point into.
//!
//! Only appended to, so a code keeps its meaning for as long as the table lives. The hash is seeded: keys come
//! from attackers too.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// An append-only set of byte strings with dense `u32` codes.
#[derive(Clone, Debug)]
pub struct Dictionary {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    index: HashTable<u32>,
    state: FixedState,
}

impl Dictionary {
    /// An empty dictionary whose hashes depend on `seed`.
    pub fn new(seed: u64) -> Dictionary {
        Dictionary {
            bytes: Vec::new(),
            ends: Vec::new(),
            index: HashTable::new(),
            state: FixedState::with_seed(seed),
        }
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
    /// The code of `entry` if it is here.
    pub fn find(&self, entry: &[u8]) -> Option<u32> {
        self.index.find(hash(&self.state, entry), |&code| self.get(code) == entry).copied()
    }
    /// The code of `entry`, added if it is new; `None` when the dictionary is full (4 GiB of text).
    #[inline]
    pub fn intern(&mut self, entry: &[u8]) -> Option<u32> {
        let hash = hash(&self.state, entry);
        if let Some(&code) = self.index.find(hash, |&code| self.get(code) == entry) {
            return Some(code);
        }
        let end = u32::try_from(self.bytes.len() + entry.len()).ok()?;
        let code = u32::try_from(self.ends.len()).ok()?;
        self.bytes.extend_from_slice(entry);
        self.ends.push(end);
        let (bytes, ends, state) = (&self.bytes, &self.ends, &self.state);
        self.index.insert_unique(hash, code, |&c| {
            let start = if c == 0 { 0 } else { ends[c as usize - 1] };
            self::hash(state, &bytes[start as usize..ends[c as usize] as usize])
        });
        Some(code)
    }
    /// All entries in code order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len() as u32).map(|code| self.get(code))
    }
    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4 + self.index.capacity() * 5
    }
}

#[inline]
fn hash(state: &FixedState, entry: &[u8]) -> u64 {
    let mut hasher = state.build_hasher();
    hasher.write(entry);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

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
