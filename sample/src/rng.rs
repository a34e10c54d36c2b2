//! A small seeded generator of numbers (SplitMix64), the same on every platform: of the sample logs, and of the tests
//! of all crates.
//!
//! Whole numbers only: `exp` and `ln` differ in the last bit between a browser and a desktop, so the skewed
//! distributions are made from powers of two. It is no source of secrets.

/// The state of one stream of numbers.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The stream that this seed begins.
    pub fn new(seed: u64) -> Self {
        Rng(seed ^ 0x6c6f_676c_6f75_7065)
    }

    /// 64 bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// Evenly from `0..n`.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        (((self.next_u64() >> 32) * u64::from(n)) >> 32) as u32
    }

    /// A place in a list of `len` items, evenly; 0 in an empty list.
    #[inline]
    pub fn index(&mut self, len: usize) -> usize {
        (((self.next_u64() >> 32) * len as u64) >> 32) as usize
    }

    /// Evenly from `low..high`.
    #[inline]
    pub fn range(&mut self, low: u32, high: u32) -> u32 {
        low + self.below(high - low)
    }

    /// True in `per_mille` of 1,000 calls.
    #[inline]
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One item of a list that has some.
    #[inline]
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u32) as usize]
    }

    /// From `0..2^bits` by Zipf's law, smallest first: number `k` is drawn about `1/k` as often as number 0.
    #[inline]
    pub fn zipf(&mut self, bits: u32) -> u32 {
        let r = self.next_u64();
        let octave = (((r >> 40) * u64::from(bits + 1)) >> 24) as u32;
        if octave == 0 { 0 } else { (1 << (octave - 1)) + (r as u32 & ((1 << (octave - 1)) - 1)) }
    }

    /// From `0..n` by Zipf's law, smallest first.
    #[inline]
    pub fn zipf_below(&mut self, n: u32) -> u32 {
        let bits = 32 - (n - 1).leading_zeros();
        loop {
            let k = self.zipf(bits);
            if k < n {
                return k;
            }
        }
    }

    /// A size whose logarithm is bell-shaped: most near `2^middle`, a few a hundred times larger or smaller.
    #[inline]
    pub fn bell_size(&mut self, middle: u32) -> u64 {
        let r = self.next_u64();
        // Eight draws of 0..=3 have mean 12 and deviation 3.2: the exponent's bell.
        let draws: u32 = (0..8).map(|i| (r >> (2 * i)) as u32 & 3).sum();
        let exponent = (middle + draws).saturating_sub(12);
        (1 << exponent) + ((r >> 20) & ((1 << exponent) - 1))
    }
}

/// Scatters a number over 64 bits; different numbers stay different.
#[inline]
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zipf_prefers_small_numbers_and_reaches_large_ones() {
        let mut rng = Rng::new(1);
        let drawn: Vec<u32> = (0..200_000).map(|_| rng.zipf(18)).collect();
        let first = drawn.iter().filter(|&&k| k == 0).count();
        assert!((8_000..13_000).contains(&first), "{first}");
        assert!(drawn.iter().max().unwrap() > &200_000);
        assert!(drawn.iter().all(|&k| k < 1 << 18));
    }

    #[test]
    fn bell_sizes_centre_on_the_middle() {
        let mut rng = Rng::new(2);
        let mut drawn: Vec<u64> = (0..10_001).map(|_| rng.bell_size(12)).collect();
        drawn.sort_unstable();
        assert!((2_048..8_192).contains(&drawn[5_000]), "{}", drawn[5_000]);
        assert!(drawn[10_000] > 100_000 && drawn[0] < 300);
    }
}
