//! Putting in order what is short or rare, in little code. Whatever the items are, one sort of places finds their order,
//! and the items are moved into it: the standard library's sorts are five kilobytes more for every kind of item and every
//! way to compare, of which the page's workers had eighty.
//!
//! What it is not: for what grows with every row that is read or found (values of a percentile, hashes, runs of rows, the
//! timeline). A comparison is a call through a pointer here, which costs as much as comparing two numbers does.

use std::cmp::Ordering;

/// Sorts items; equal ones stay as they stand.
pub fn by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    if too_many(items) {
        return items.sort_by(compare);
    }
    let mut order = numbered(items.len());
    places(&mut order, &|a, b| compare(&items[a as usize], &items[b as usize]));
    settle(items, &mut order);
}

/// Sorts items by a key, which is made anew for each comparison; equal ones stay as they stand.
pub fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts items in their own order.
pub fn plain<T: Ord>(items: &mut [T]) {
    by(items, T::cmp);
}

/// Puts before place `at` what comes before the item that stands there when all are sorted, and behind it the rest, each in
/// no order. Nothing happens if there is no such place.
pub fn part<T>(items: &mut [T], at: usize, compare: impl Fn(&T, &T) -> Ordering) {
    if at >= items.len() {
        return;
    }
    if too_many(items) {
        items.select_nth_unstable_by(at, compare);
        return;
    }
    let mut order = numbered(items.len());
    part_places(&mut order, at, &|a, b| compare(&items[a as usize], &items[b as usize]));
    settle(items, &mut order);
}

/// Sorts places of something by comparing what stands there; equal ones stay as they stand.
#[inline(never)]
pub fn places(order: &mut [u32], compare: &dyn Fn(u32, u32) -> Ordering) {
    order.sort_by(|a, b| compare(*a, *b));
}

/// [`part`] of places.
#[inline(never)]
pub fn part_places(order: &mut [u32], at: usize, compare: &dyn Fn(u32, u32) -> Ordering) {
    if at < order.len() {
        order.select_nth_unstable_by(at, |a, b| compare(*a, *b));
    }
}

/// Whether places do not have numbers of 32 bits; in WASM, where no length is longer, compilers know that they do.
fn too_many<T>(items: &[T]) -> bool {
    u32::try_from(items.len()).is_err()
}

fn numbered(len: usize) -> Vec<u32> {
    (0..len as u32).collect()
}

/// Moves to each place the item whose place stands there in `order`; that is spent.
fn settle<T>(items: &mut [T], order: &mut [u32]) {
    for start in 0..order.len() {
        // Round the ring of places from which items move to one another; those that are done name themselves.
        let mut to = start;
        loop {
            let from = std::mem::replace(&mut order[to], to as u32) as usize;
            if from == start {
                break;
            }
            items.swap(to, from);
            to = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that repeat, in no order.
    fn drawn(count: usize, most: u64) -> Vec<(u64, usize)> {
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % most
        };
        (0..count).map(|i| (next(), i)).collect()
    }

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        for count in [0, 1, 2, 3, 20, 21, 100, 5000] {
            for most in [1, 2, 10, 1 << 60] {
                let mut expected = drawn(count, most);
                let (mut by_key, mut turned, mut plain) =
                    (expected.clone(), expected.clone(), expected.clone());
                super::by_key(&mut by_key, |item| item.0);
                super::by(&mut turned, |a, b| b.0.cmp(&a.0));
                super::plain(&mut plain);
                expected.sort_by_key(|item| item.0);
                // Equal ones stay, so that all of an item says the same.
                assert_eq!(by_key, expected, "{count} of {most}");
                assert_eq!(plain, expected, "{count} of {most}");
                expected.sort_by_key(|item| (std::cmp::Reverse(item.0), item.1));
                assert_eq!(turned, expected, "{count} of {most}");
            }
        }
    }

    #[test]
    fn a_part_holds_what_comes_first() {
        for (count, at) in [(0, 0), (1, 0), (5, 5), (100, 0), (100, 7), (1000, 999), (1000, 1000)] {
            let mut sorted = drawn(count, 50);
            let mut parted = sorted.clone();
            sorted.sort_unstable();
            part(&mut parted, at, |a, b| a.cmp(b));
            parted[..at.min(count)].sort_unstable();
            assert_eq!(parted.get(..=at), sorted.get(..=at), "{at} of {count}");
        }
    }
}
