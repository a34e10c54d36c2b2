//! A set of row numbers as bits: validity of columns, selections of queries. Dense, not compressed.

/// Bits `0..len`. Bits past `len` are always zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
    len: usize,
}

impl Bitmap {
    /// `len` bits, all `value`.
    pub fn new(len: usize, value: bool) -> Bitmap {
        let mut map = Bitmap { words: vec![if value { !0 } else { 0 }; len.div_ceil(64)], len };
        map.trim();
        map
    }
    /// Bit `i` is `f(i)`.
    pub fn from_fn(len: usize, mut f: impl FnMut(usize) -> bool) -> Bitmap {
        let mut map = Bitmap::new(len, false);
        for (w, word) in map.words.iter_mut().enumerate() {
            let base = w * 64;
            let mut bits = 0u64;
            for b in 0..(len - base).min(64) {
                bits |= (f(base + b) as u64) << b;
            }
            *word = bits;
        }
        map
    }
    /// How many bits there are.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there are no bits at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// Bit `i`; false past the end.
    #[inline]
    pub fn get(&self, i: usize) -> bool {
        self.words.get(i / 64).is_some_and(|w| w >> (i % 64) & 1 == 1)
    }
    /// Sets bit `i`, which must be below `len`.
    #[inline]
    pub fn set(&mut self, i: usize, value: bool) {
        assert!(i < self.len, "bit {i} of {}", self.len);
        let mask = 1 << (i % 64);
        if value { self.words[i / 64] |= mask } else { self.words[i / 64] &= !mask }
    }
    /// Adds a bit at the end.
    #[inline]
    pub fn push(&mut self, value: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        self.words[self.len / 64] |= (value as u64) << (self.len % 64);
        self.len += 1;
    }
    /// Shortens to `len` bits.
    pub fn truncate(&mut self, len: usize) {
        if len < self.len {
            self.len = len;
            self.words.truncate(len.div_ceil(64));
            self.trim();
        }
    }
    /// How many bits are one.
    pub fn count(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }
    /// Whether all bits are one.
    pub fn all(&self) -> bool {
        self.count() == self.len
    }
    /// Whether no bit is one.
    pub fn none(&self) -> bool {
        self.words.iter().all(|w| *w == 0)
    }
    /// Keeps the bits that are also in `other`, which has the same length.
    pub fn and(&mut self, other: &Bitmap) {
        debug_assert_eq!(self.len, other.len);
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
    }
    /// Adds the bits of `other`, which has the same length.
    pub fn or(&mut self, other: &Bitmap) {
        debug_assert_eq!(self.len, other.len);
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a |= b);
    }
    /// Takes away the bits of `other`, which has the same length.
    pub fn and_not(&mut self, other: &Bitmap) {
        debug_assert_eq!(self.len, other.len);
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= !b);
    }
    /// The same bits, or none of them.
    pub fn keep(&self, all: bool) -> Bitmap {
        if all { self.clone() } else { Bitmap::new(self.len, false) }
    }
    /// Turns every bit over.
    pub fn not(&mut self) {
        self.words.iter_mut().for_each(|w| *w = !*w);
        self.trim();
    }
    /// The words, 64 bits each, lowest bit first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }
    /// Calls `f` with the number of every bit that is one, ascending.
    #[inline]
    pub fn for_each(&self, mut f: impl FnMut(usize)) {
        for (w, &word) in self.words.iter().enumerate() {
            let mut bits = word;
            while bits != 0 {
                f(w * 64 + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }
    /// The numbers of the bits that are one, ascending.
    pub fn ones(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(w, &word)| {
            let mut bits = word;
            std::iter::from_fn(move || {
                (bits != 0).then(|| {
                    let b = bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    w * 64 + b
                })
            })
        })
    }
    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.words.capacity() * 8
    }
    fn trim(&mut self) {
        if !self.len.is_multiple_of(64)
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << (self.len % 64)) - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_past_the_end_stay_zero() {
        let mut map = Bitmap::new(70, true);
        assert_eq!(map.count(), 70);
        map.not();
        assert!(map.none());
        map.not();
        map.truncate(65);
        map.push(false);
        map.push(true);
        assert_eq!((map.len(), map.count()), (67, 66));
        assert_eq!(map.ones().count(), 66);
        assert!(!map.get(65) && map.get(66) && !map.get(1000));
        let odd = Bitmap::from_fn(67, |i| i % 2 == 1);
        map.and_not(&odd);
        assert_eq!((map.count(), map.get(66), map.get(63)), (34, true, false));
        assert_eq!((map.keep(true), map.keep(false)), (map.clone(), Bitmap::new(67, false)));
        assert_eq!(map.ones().filter(|i| i % 2 == 1).count(), 0);
    }
}
