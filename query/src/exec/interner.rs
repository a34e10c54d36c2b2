//! Interners: a number for each distinct key. 64-bit keys in an open-addressing hash table, and values by what they
//! display as.

use foldhash::fast::RandomState;

use logloupe_table::{Dictionary, Value};

/// A hash table with a seeded hash, so that no log can provoke collisions. Its order is arbitrary.
pub(super) type Map<K, V> = hashbrown::HashMap<K, V, RandomState>;

/// Gives each distinct 64-bit key a number, in order of arrival.
///
/// A slot is 8 bytes, so that half a million groups stay in the cache: the number in its low bits, above it the key
/// itself where all keys are narrow enough, else a part of its hash.
pub(super) struct KeyTable {
    slots: Vec<u64>,
    keys: Vec<u64>,
    seed: u64,
    shift: u32,
    /// Whether a slot holds the whole key.
    whole: bool,
}

const NUMBER_BITS: u32 = 24;
const NUMBER: u64 = (1 << NUMBER_BITS) - 1;
const NONE: u64 = u64::MAX;
/// Slots of a new table, as a power of two.
const FIRST: u32 = 10;

impl KeyTable {
    /// A table of keys of any width.
    pub(super) fn new(seed: u64) -> KeyTable {
        KeyTable::for_bits(64, seed)
    }
    /// A table of keys that need at most `bits` bits.
    pub(super) fn for_bits(bits: u32, seed: u64) -> KeyTable {
        let whole = bits < 64 - NUMBER_BITS;
        KeyTable { slots: vec![NONE; 1 << FIRST], keys: Vec::new(), seed, shift: 64 - FIRST, whole }
    }
    /// The number of `key`. There are 2^24 numbers; callers stop long before.
    #[inline]
    pub(super) fn number(&mut self, key: u64) -> u32 {
        let hash = self.hash(key);
        let tag = if self.whole { key } else { hash & (!0 >> NUMBER_BITS) };
        let mask = self.slots.len() - 1;
        let mut at = (hash >> self.shift) as usize;
        loop {
            let slot = self.slots[at];
            if slot == NONE {
                return self.insert(at, key, tag);
            }
            if slot >> NUMBER_BITS == tag {
                let number = slot & NUMBER;
                if self.whole || self.keys[number as usize] == key {
                    return number as u32;
                }
            }
            at = (at + 1) & mask;
        }
    }
    /// The numbers of many keys.
    pub(super) fn numbers(&mut self, keys: &[u64], out: &mut [u32]) {
        // A probe misses the cache, and the branch on its result is not predictable. Loading a few slots before any
        // comparison overlaps the misses.
        const AHEAD: usize = 32;
        for (keys, out) in keys.chunks(AHEAD).zip(out.chunks_mut(AHEAD)) {
            let touched =
                keys.iter().fold(0, |all, k| all ^ self.slots[(self.hash(*k) >> self.shift) as usize]);
            std::hint::black_box(touched);
            out.iter_mut().zip(keys).for_each(|(number, key)| *number = self.number(*key));
        }
    }
    #[cold]
    #[inline(never)]
    fn insert(&mut self, at: usize, key: u64, tag: u64) -> u32 {
        let number = self.keys.len() as u64 & NUMBER;
        self.keys.push(key);
        self.slots[at] = tag << NUMBER_BITS | number;
        if self.keys.len() * 2 > self.slots.len() {
            self.grow();
        }
        number as u32
    }
    /// Two halves of a product: keys come from attackers too, and the seed is not known to them.
    #[inline]
    fn hash(&self, key: u64) -> u64 {
        let product = (key ^ self.seed) as u128 * 0x9e37_79b9_7f4a_7c15_u128;
        (product as u64 ^ (product >> 64) as u64).wrapping_mul(0xd6e8_feb8_6659_fd93)
    }
    fn grow(&mut self) {
        // Where many keys are new, many more will be.
        let twice = if self.keys.len() < 1 << 20 { 2 } else { 1 };
        self.shift -= twice;
        self.slots = vec![NONE; self.slots.len() << twice];
        let mask = self.slots.len() - 1;
        for (number, &key) in self.keys.iter().enumerate() {
            let hash = self.hash(key);
            let tag = if self.whole { key } else { hash & (!0 >> NUMBER_BITS) };
            let mut at = (hash >> self.shift) as usize;
            while self.slots[at] != NONE {
                at = (at + 1) & mask;
            }
            self.slots[at] = tag << NUMBER_BITS | number as u64 & NUMBER;
        }
    }
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }
    pub(super) fn keys(&self) -> &[u64] {
        &self.keys
    }
}

/// Numbers values by what they display as; 0 is the missing value.
pub(super) struct Interner {
    texts: Dictionary,
    /// The values that are not text.
    others: Map<u32, Value>,
    /// Whether one of them is a list: text that looks like it stands for it.
    lists: bool,
    ints: Map<i64, u32>,
    buffer: String,
}

impl Interner {
    pub(super) fn new(seed: u64) -> Interner {
        Interner {
            texts: Dictionary::new(seed),
            others: Map::default(),
            lists: false,
            ints: Map::default(),
            buffer: String::new(),
        }
    }
    /// The number of `value`.
    pub(super) fn number(&mut self, value: &Value) -> u32 {
        match value {
            Value::Null => 0,
            Value::Text(text) => self.insert(text.as_bytes(), None),
            Value::Int(v) => {
                if let Some(&known) = self.ints.get(v) {
                    return known;
                }
                let number = self.display(value);
                self.ints.insert(*v, number);
                number
            }
            other => self.display(other),
        }
    }
    fn display(&mut self, value: &Value) -> u32 {
        use std::fmt::Write;
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let _ = write!(buffer, "{value}");
        let number = self.insert(buffer.as_bytes(), Some(value));
        self.buffer = buffer;
        number
    }
    /// The number of a text.
    pub(super) fn text(&mut self, bytes: &[u8]) -> u32 {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.insert(text.as_bytes(), None),
            Err(_) => self.insert(String::from_utf8_lossy(bytes).as_bytes(), None),
        }
    }
    /// The number of the value that displays as `shown`, if there is one.
    pub(super) fn find(&self, shown: &[u8]) -> Option<u32> {
        self.texts.find(shown).map(|code| code + 1)
    }
    /// The number of what displays as `shown`: text, or the value `other`.
    fn insert(&mut self, shown: &[u8], other: Option<&Value>) -> u32 {
        let known = self.texts.len();
        // A full dictionary (4 GiB of keys) lumps further values with the missing one; the limit of groups is reached
        // long before.
        let Some(code) = self.texts.intern(shown) else { return 0 };
        let number = code + 1;
        let new = self.texts.len() > known;
        // Of values that look the same the plainest stands for all, whichever came first.
        match other {
            None if new || !self.lists => {}
            None => {
                if self.others.get(&number).is_some_and(|held| rank(held) > TEXT) {
                    self.others.remove(&number);
                }
            }
            Some(value) => {
                self.lists |= rank(value) > TEXT;
                let held = self.others.get(&number).map_or(TEXT, rank);
                if new || rank(value) < held {
                    self.others.insert(number, value.clone());
                }
            }
        }
        number
    }
    pub(super) fn value(&self, number: u32) -> Value {
        match number.checked_sub(1).filter(|code| (*code as usize) < self.texts.len()) {
            None => Value::Null,
            Some(code) => match self.others.get(&number) {
                Some(other) => other.clone(),
                None => Value::text(&self.texts.text(code)),
            },
        }
    }
    /// All values in the order of their numbers.
    pub(super) fn into_values(self) -> Vec<Value> {
        (0..=self.texts.len() as u32).map(|number| self.value(number)).collect()
    }
}

/// The rank of text.
const TEXT: u8 = 5;

/// Which of two values that look the same is kept.
pub(super) fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Int(_) => 1,
        Value::Float(_) => 2,
        Value::Time(_) => 3,
        Value::Bool(_) => 4,
        Value::Text(_) => TEXT,
        Value::List(_) | Value::Several(_) => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbered_in_order_of_arrival() {
        for (bits, step) in [(64, 0x1_0000_0000_0001), (64, 1), (36, 0x1_0001), (20, 1)] {
            let mut table = KeyTable::for_bits(bits, 7);
            for round in 0..2 {
                for i in 0..40_000u64 {
                    assert_eq!(table.number(i.wrapping_mul(step)), i as u32, "round {round}");
                }
            }
            assert_eq!(table.len(), 40_000);
            assert_eq!(table.keys()[17], 17 * step);
        }
    }

    #[test]
    fn values_that_look_the_same_are_the_same() {
        let mut interner = Interner::new(1);
        let text = interner.number(&Value::text("5"));
        assert_eq!(interner.number(&Value::Int(5)), text);
        assert_eq!(interner.number(&Value::Float(5.0)), text);
        assert_eq!(interner.text(b"5"), text);
        assert_eq!(interner.value(text), Value::Int(5));
        assert_eq!(interner.number(&Value::Null), 0);
        assert_ne!(interner.number(&Value::text("")), 0);
    }
}
