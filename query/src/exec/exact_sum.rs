//! Sums that do not depend on the order of their terms (Shewchuk's expansions), so that any split over shards gives the
//! same answer.
//!
//! Integers are summed in 128 bits. Floats are kept as an expansion: a list of floats of growing size that do not
//! overlap and whose exact sum is the exact sum of all terms (Shewchuk 1997); it is rounded once, at the end.

/// An exact sum of floats.
pub(super) type Expansion = Vec<f64>;

/// Adds `x` exactly.
pub(super) fn add(sum: &mut Expansion, mut x: f64) {
    let mut kept = 0;
    for j in 0..sum.len() {
        let mut y = sum[j];
        if x.abs() < y.abs() {
            (x, y) = (y, x);
        }
        let high = x + y;
        let low = y - (high - x);
        if low != 0.0 {
            sum[kept] = low;
            kept += 1;
        }
        x = high;
    }
    sum.truncate(kept);
    if x != 0.0 {
        sum.push(x);
    }
}

/// Adds an integer exactly.
pub(super) fn add_int(sum: &mut Expansion, mut x: i128) {
    while x != 0 {
        let part = x as f64;
        add(sum, part);
        // 2^127 rounds up out of the type's range; its remainder is then a small negative number.
        x = x.wrapping_sub(part as i128);
        if part >= i128::MAX as f64 {
            x -= 1;
        }
    }
}

/// Adds `a * b` exactly.
pub(super) fn add_product(sum: &mut Expansion, a: f64, b: f64) {
    let product = a * b;
    let (ah, al) = halves(a);
    let (bh, bl) = halves(b);
    let error = ((ah * bh - product) + ah * bl + al * bh) + al * bl;
    add(sum, product);
    if error.is_finite() {
        add(sum, error);
    }
}

/// Two floats of half the digits each.
fn halves(a: f64) -> (f64, f64) {
    let c = 134_217_729.0 * a;
    let high = c - (c - a);
    (high, a - high)
}

/// The sum rounded to the nearest float.
pub(super) fn round(sum: &Expansion) -> f64 {
    let mut n = sum.len();
    if n == 0 {
        return 0.0;
    }
    n -= 1;
    let mut high = sum[n];
    let mut low = 0.0;
    while n > 0 {
        n -= 1;
        let (x, y) = (high, sum[n]);
        high = x + y;
        low = y - (high - x);
        if low != 0.0 {
            break;
        }
    }
    // Half-way cases are decided by what is left below.
    if n > 0 && ((low < 0.0 && sum[n - 1] < 0.0) || (low > 0.0 && sum[n - 1] > 0.0)) {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_sample::rng::Rng;

    #[test]
    fn sums_do_not_depend_on_order() {
        let mut rng = Rng::new(1);
        let terms: Vec<f64> =
            (0..500).map(|i| ((rng.next_u64() >> 11) as f64 - 4e15) * 10f64.powi(i % 30 - 15)).collect();
        let sum = |order: &mut dyn Iterator<Item = &f64>| {
            let mut sum = Expansion::new();
            order.for_each(|x| add(&mut sum, *x));
            round(&sum)
        };
        assert_eq!(sum(&mut terms.iter()).to_bits(), sum(&mut terms.iter().rev()).to_bits());
        assert_eq!(sum(&mut [1e100, 1.0, -1e100].iter()), 1.0);
        assert_eq!(sum(&mut [0.1; 10].iter()), 1.0);
        assert_eq!(sum(&mut [].iter()), 0.0);
    }

    #[test]
    fn integers_and_products_are_exact() {
        for x in [0, 1, -1, i64::MAX as i128, i128::MAX, i128::MIN, (1 << 90) + 12345] {
            let mut sum = Expansion::new();
            add_int(&mut sum, x);
            assert!(sum.iter().all(|p| p.is_finite()));
            let back: i128 = if x == i128::MAX {
                // The largest part is 2^127, one more than fits.
                assert_eq!(sum.len(), 2);
                continue;
            } else {
                sum.iter().map(|p| *p as i128).sum()
            };
            assert_eq!(back, x);
        }
        let mut sum = Expansion::new();
        add_product(&mut sum, 94_906_267.0, 94_906_267.0);
        add(&mut sum, -(94_906_267f64 * 94_906_267f64));
        assert_eq!(
            round(&sum),
            (94_906_267i128 * 94_906_267 - (94_906_267f64 * 94_906_267f64) as i128) as f64
        );
    }
}
