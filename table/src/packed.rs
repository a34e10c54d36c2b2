//! Integers in as few bytes as their range in one chunk needs.
//!
//! A value is `base + step * i + scale * offset[i]`: the base is the smallest value (or the first of an even
//! run), the scale a common divisor of times (whole seconds need no microseconds), and the offsets are as wide
//! as the largest of them. A column that repeats one value, and a line number that counts up, take no bytes.

/// The offsets of a [`Packed`], one per row.
#[derive(Clone, Debug, PartialEq)]
pub enum Offsets {
    /// All zero: nothing is stored.
    None,
    /// One byte each.
    U8(Box<[u8]>),
    /// Two bytes each.
    U16(Box<[u16]>),
    /// Four bytes each.
    U32(Box<[u32]>),
    /// Eight bytes each.
    U64(Box<[u64]>),
}

/// Integers of one chunk; see the module's text for the arithmetic.
#[derive(Clone, Debug, PartialEq)]
pub struct Packed {
    base: i64,
    step: i64,
    scale: u64,
    offsets: Offsets,
    len: usize,
    min: i64,
    max: i64,
}

impl Packed {
    /// Packs `values`. Where a row has no value the caller writes any value of the chunk (see
    /// [`writer`](super::writer)), so that holes do not widen the range.
    pub fn new<T: Copy + Into<i64>>(values: &[T]) -> Packed {
        let len = values.len();
        let Some(&first) = values.first() else {
            return Packed { base: 0, step: 0, scale: 1, offsets: Offsets::None, len: 0, min: 0, max: 0 };
        };
        let first: i64 = first.into();
        let (min, max) = values.iter().fold((first, first), |(min, max), &v| {
            let v: i64 = v.into();
            (min.min(v), max.max(v))
        });
        let step = values.get(1).map_or(0, |&second| second.into().wrapping_sub(first));
        let even = values.windows(2).all(|w| w[1].into().wrapping_sub(w[0].into()) == step);
        if even {
            return Packed { base: first, step, scale: 1, offsets: Offsets::None, len, min, max };
        }
        let distance = |v: &T| (*v).into().wrapping_sub(min) as u64;
        let scale = common_scale(values, distance);
        let range = max.wrapping_sub(min) as u64 / scale;
        // The divisions are by constants: a division by a variable costs more than all else in here.
        let offsets = match scale {
            1 => Offsets::new(range, values.iter().map(distance)),
            MILLISECOND => Offsets::new(range, values.iter().map(|v| distance(v) / MILLISECOND)),
            _ => Offsets::new(range, values.iter().map(|v| distance(v) / SECOND)),
        };
        Packed { base: min, step: 0, scale, offsets, len, min, max }
    }
    /// `len` values of which the first is `first` and each lies `step` after the one before; none of them overflows.
    pub(crate) fn even(first: i64, step: i64, len: usize) -> Packed {
        let last = first.wrapping_add(step.wrapping_mul(len as i64 - 1));
        let (min, max) = (first.min(last), first.max(last));
        Packed { base: first, step, scale: 1, offsets: Offsets::None, len, min, max }
    }
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    /// Value `i`; `i` must be below `len`.
    #[inline]
    pub fn get(&self, i: usize) -> i64 {
        let offset = match &self.offsets {
            Offsets::None => return self.base.wrapping_add(self.step.wrapping_mul(i as i64)),
            Offsets::U8(o) => o[i] as u64,
            Offsets::U16(o) => o[i] as u64,
            Offsets::U32(o) => o[i] as u64,
            Offsets::U64(o) => o[i],
        };
        self.base.wrapping_add(offset.wrapping_mul(self.scale) as i64)
    }
    /// Calls `f(i, value)` for every row, with the width decided outside the loop.
    #[inline]
    pub fn for_each(&self, mut f: impl FnMut(usize, i64)) {
        let (base, scale) = (self.base, self.scale);
        macro_rules! run {
            ($o:expr) => {
                if scale == 1 {
                    $o.iter().enumerate().for_each(|(i, &o)| f(i, base.wrapping_add(o as i64)))
                } else {
                    $o.iter()
                        .enumerate()
                        .for_each(|(i, &o)| f(i, base.wrapping_add((o as u64).wrapping_mul(scale) as i64)))
                }
            };
        }
        match &self.offsets {
            Offsets::None => {
                (0..self.len).for_each(|i| f(i, base.wrapping_add(self.step.wrapping_mul(i as i64))))
            }
            Offsets::U8(o) => run!(o),
            Offsets::U16(o) => run!(o),
            Offsets::U32(o) => run!(o),
            Offsets::U64(o) => run!(o),
        }
    }
    /// All values, unpacked.
    pub fn to_vec(&self) -> Vec<i64> {
        let mut out = Vec::with_capacity(self.len);
        self.for_each(|_, v| out.push(v));
        out
    }
    /// The smallest value (0 when empty).
    pub fn min(&self) -> i64 {
        self.min
    }
    /// The largest value (0 when empty).
    pub fn max(&self) -> i64 {
        self.max
    }
    /// The constant that every row holds, if it is one.
    pub fn constant(&self) -> Option<i64> {
        (self.len > 0 && self.min == self.max).then_some(self.min)
    }
    /// The arithmetic for kernels: `(base, step, scale, offsets)`.
    pub fn parts(&self) -> (i64, i64, u64, &Offsets) {
        (self.base, self.step, self.scale, &self.offsets)
    }
    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        match &self.offsets {
            Offsets::None => 0,
            Offsets::U8(o) => o.len(),
            Offsets::U16(o) => o.len() * 2,
            Offsets::U32(o) => o.len() * 4,
            Offsets::U64(o) => o.len() * 8,
        }
    }
}

impl Offsets {
    /// The offsets, none of which is over `range`, in the narrowest width.
    fn new(range: u64, offsets: impl Iterator<Item = u64>) -> Offsets {
        if range <= u8::MAX as u64 {
            Offsets::U8(offsets.map(|o| o as u8).collect())
        } else if range <= u16::MAX as u64 {
            Offsets::U16(offsets.map(|o| o as u16).collect())
        } else if range <= u32::MAX as u64 {
            Offsets::U32(offsets.map(|o| o as u32).collect())
        } else {
            Offsets::U64(offsets.collect())
        }
    }
}

/// A second and a millisecond in microseconds.
const SECOND: u64 = 1_000_000;
const MILLISECOND: u64 = 1_000;

/// The largest of a second, a millisecond and one that divides every distance from the smallest value.
fn common_scale<T>(values: &[T], distance: impl Fn(&T) -> u64) -> u64 {
    if values.iter().all(|v| distance(v).is_multiple_of(SECOND)) {
        SECOND
    } else if values.iter().all(|v| distance(v).is_multiple_of(MILLISECOND)) {
        MILLISECOND
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round_trip(values: &[i64], bytes: usize) {
        let packed = Packed::new(values);
        assert_eq!(packed.to_vec(), values);
        assert!(values.iter().enumerate().all(|(i, v)| packed.get(i) == *v));
        assert_eq!(packed.bytes(), bytes, "{values:?}");
    }

    #[test]
    fn every_width_reads_back_what_was_written() {
        round_trip(&[] as &[i64], 0);
        round_trip(&[7], 0);
        round_trip(&[7, 7, 7], 0);
        round_trip(&[1, 2, 3, 4], 0);
        round_trip(&[100, 3, 255], 3);
        round_trip(&[-5, 1000, 3], 6);
        round_trip(&[0, 70_000, 1], 12);
        round_trip(&[i64::MIN, i64::MAX, 0], 24);
        round_trip(&[0, 3_600_000_000, 5_000_000], 6);
    }
}
