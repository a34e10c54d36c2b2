//! RSA signatures as CloudTrail makes them: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2.2). Verifying needs nothing
//! secret and is one power of a number: no library that also signs and makes keys is carried for it.

use sha2::{Digest, Sha256};

/// The longest modulus, in limbs: 8192 bits. CloudTrail's have 2048.
const LONGEST: usize = 256;
/// The shortest: 1024 bits.
const SHORTEST: usize = 32;

/// A public key.
#[derive(Debug)]
pub(super) struct PublicKey {
    /// The modulus, lowest limb first.
    modulus: Vec<u32>,
    exponent: u64,
}

impl PublicKey {
    /// Reads `SEQUENCE { INTEGER modulus, INTEGER exponent }` in DER: RSAPublicKey of PKCS #1.
    pub(super) fn of_der(der: &[u8]) -> Option<PublicKey> {
        let (sequence, rest) = element(der, 0x30)?;
        let (modulus, after) = element(sequence, 2)?;
        let (exponent, end) = element(after, 2)?;
        if !rest.is_empty() || !end.is_empty() || exponent.len() > 8 {
            return None;
        }
        let exponent = exponent.iter().fold(0u64, |n, byte| n << 8 | *byte as u64);
        let mut modulus = limbs(modulus);
        while modulus.last() == Some(&0) {
            modulus.pop();
        }
        let sound = (SHORTEST..=LONGEST).contains(&modulus.len())
            && modulus.first().is_some_and(|low| low & 1 == 1)
            && exponent > 1;
        sound.then_some(PublicKey { modulus, exponent })
    }
    /// Whether `signature` is that of `message` by this key's owner.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let length = self.modulus.len() * 4;
        // The modulus' highest byte may be zero in its highest limb.
        let size = length - self.modulus.last().map_or(0, |high| high.leading_zeros() as usize / 8);
        if signature.len() != size {
            return false;
        }
        let mut number = limbs(signature);
        number.resize(self.modulus.len(), 0);
        if !is_less(&number, &self.modulus) {
            return false;
        }
        let found = bytes(&self.power(&number));
        let found = found.get(length - size..).unwrap_or_default();
        // 00 01 ff … ff 00, which hash it is, the hash.
        const SHA256: [u8; 19] = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
            0x00, 0x04, 0x20,
        ];
        let hash = Sha256::digest(message);
        let filling = size.saturating_sub(3 + SHA256.len() + hash.len());
        let mut expected = vec![0, 1];
        expected.resize(2 + filling, 0xff);
        expected.push(0);
        expected.extend_from_slice(&SHA256);
        expected.extend_from_slice(&hash);
        filling >= 8 && found == expected
    }
    /// `number` to the exponent, modulo the modulus, by Montgomery's multiplication.
    fn power(&self, number: &[u32]) -> Vec<u32> {
        let n = &self.modulus;
        // The inverse of the lowest limb, by Newton's steps: each doubles how many bits are right.
        let low = n.first().copied().unwrap_or(1);
        let inverse = (0..5).fold(low, |x, _| x.wrapping_mul(2u32.wrapping_sub(low.wrapping_mul(x))));
        let times = |a: &[u32], b: &[u32]| montgomery(a, b, n, inverse.wrapping_neg());
        let mut one = vec![0; n.len()];
        if let Some(low) = one.first_mut() {
            *low = 1;
        }
        // The square of 2^(32·limbs): one, doubled so often.
        let mut square = one.clone();
        for _ in 0..n.len() * 64 {
            double(&mut square, n);
        }
        let base = times(number, &square);
        let mut power = base.clone();
        for bit in (0..63 - self.exponent.leading_zeros()).rev() {
            power = times(&power, &power);
            if self.exponent >> bit & 1 == 1 {
                power = times(&power, &base);
            }
        }
        times(&power, &one)
    }
}

/// The content of the DER element with this tag that `der` begins with, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match *length {
        short @ 0..=0x7f => (short as usize, rest),
        long @ 0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked((long & 0x7f) as usize)?;
            (digits.iter().fold(0usize, |n, byte| n << 8 | *byte as usize), rest)
        }
        _ => return None,
    };
    (*first == tag).then(|| rest.split_at_checked(length))?
}

/// A number whose highest byte comes first, as limbs of which the lowest comes first.
fn limbs(bytes: &[u8]) -> Vec<u32> {
    bytes.rchunks(4).map(|limb| limb.iter().fold(0, |n, byte| n << 8 | *byte as u32)).collect()
}

fn bytes(limbs: &[u32]) -> Vec<u8> {
    limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect()
}

fn is_less(a: &[u32], b: &[u32]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// Takes `n` away from `a`.
fn subtract(a: &mut [u32], n: &[u32]) {
    let mut borrow = false;
    for (a, n) in a.iter_mut().zip(n) {
        let (less, first) = a.overflowing_sub(*n);
        let (less, second) = less.overflowing_sub(borrow as u32);
        (*a, borrow) = (less, first || second);
    }
}

/// Twice `a`, modulo `n`.
fn double(a: &mut [u32], n: &[u32]) {
    let mut carry = 0;
    for limb in a.iter_mut() {
        (*limb, carry) = (*limb << 1 | carry, *limb >> 31);
    }
    if carry == 1 || !is_less(a, n) {
        subtract(a, n);
    }
}

/// The product of `a` and `b`, divided by 2^(32·limbs), modulo `n`; `factor` is the negative inverse of its lowest limb.
fn montgomery(a: &[u32], b: &[u32], n: &[u32], factor: u32) -> Vec<u32> {
    let length = n.len();
    let mut sum = vec![0u32; length + 2];
    for digit in a {
        add_product(&mut sum, *digit, b);
        let low = sum.first().copied().unwrap_or(0);
        add_product(&mut sum, low.wrapping_mul(factor), n);
        // The lowest limb is zero now.
        sum.remove(0);
        sum.push(0);
    }
    let over = sum.get(length).is_some_and(|high| *high > 0);
    sum.truncate(length);
    if over || !is_less(&sum, n) {
        subtract(&mut sum, n);
    }
    sum
}

/// Adds `digit` times `b` to `sum`.
fn add_product(sum: &mut [u32], digit: u32, b: &[u32]) {
    let mut carry = 0u64;
    for (i, limb) in sum.iter_mut().enumerate() {
        let product = digit as u64 * b.get(i).copied().unwrap_or(0) as u64;
        let total = *limb as u64 + product + carry;
        (*limb, carry) = (total as u32, total >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SEQUENCE { INTEGER modulus, INTEGER exponent }`.
    fn der(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
        let integer = |bytes: &[u8]| {
            let length = bytes.len() as u16;
            [&[2, 0x82], &length.to_be_bytes()[..], bytes].concat()
        };
        let inner = [integer(modulus), integer(exponent)].concat();
        [&[0x30, 0x82], &(inner.len() as u16).to_be_bytes()[..], &inner].concat()
    }

    #[test]
    fn damaged_keys_are_none() {
        let mut modulus = vec![0xc5; 256];
        assert!(PublicKey::of_der(&der(&modulus, &[1, 0, 1])).is_some());
        assert!(PublicKey::of_der(&der(&[&[0], &modulus[..]].concat(), &[3])).is_some());
        for exponent in [&[][..], &[0], &[1], &[1; 9]] {
            assert!(PublicKey::of_der(&der(&modulus, exponent)).is_none(), "{exponent:?}");
        }
        let whole = der(&modulus, &[1, 0, 1]);
        for cut in 0..whole.len() {
            assert!(PublicKey::of_der(&whole[..cut]).is_none(), "{cut}");
        }
        assert!(PublicKey::of_der(&[&whole[..], &[0]].concat()).is_none());
        modulus[255] = 0xc4;
        assert!(PublicKey::of_der(&der(&modulus, &[1, 0, 1])).is_none(), "even");
        assert!(PublicKey::of_der(&der(&[0xc5; 64], &[3])).is_none(), "too short");
        assert!(PublicKey::of_der(&der(&[0xc5; 2048], &[3])).is_none(), "too long");
    }

    #[test]
    fn powers_are_those_of_small_numbers() {
        // 2^1024 - 105 with small numbers, whose powers do not reach it.
        let mut modulus = vec![0xff; 128];
        modulus[127] = 0xff - 104;
        let key = PublicKey::of_der(&der(&modulus, &[17])).expect("a key");
        let mut number = vec![0; 32];
        number[0] = 3;
        let mut expected = vec![0; 32];
        expected[0] = 3u32.pow(17);
        assert_eq!(key.power(&number), expected);
        // Minus one to an odd exponent is itself.
        let mut minus_one = key.modulus.clone();
        minus_one[0] -= 1;
        assert_eq!(key.power(&minus_one), minus_one);
        assert!(!key.verifies(b"x", &[]));
        assert!(!key.verifies(b"x", &[0xff; 128]));
        assert!(!key.verifies(b"x", &[0xff; 400]));
    }
}
