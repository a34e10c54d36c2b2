//! MD5 (RFC 1321), which tells aggregates of the Kinesis Producer Library from other bytes. Not for anything that must be
//! secure.

/// The digest of `message`.
pub(super) fn digest(message: &[u8]) -> [u8; 16] {
    let mut state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    let (blocks, rest) = message.as_chunks::<64>();
    blocks.iter().for_each(|block| add(&mut state, block));
    let mut tail = rest.to_vec();
    tail.push(0x80);
    let padded = (tail.len() + 8).next_multiple_of(64) - 8;
    tail.resize(padded, 0);
    tail.extend((message.len() as u64).wrapping_mul(8).to_le_bytes());
    tail.as_chunks::<64>().0.iter().for_each(|block| add(&mut state, block));
    let mut out = [0; 16];
    for (out, word) in out.chunks_exact_mut(4).zip(state) {
        out.copy_from_slice(&word.to_le_bytes());
    }
    out
}

/// How far each of four steps rotates, in each of four rounds.
const ROTATIONS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

fn add(state: &mut [u32; 4], block: &[u8; 64]) {
    let word =
        |i: usize| u32::from_le_bytes([block[i * 4], block[i * 4 + 1], block[i * 4 + 2], block[i * 4 + 3]]);
    let [mut a, mut b, mut c, mut d] = *state;
    for i in 0..64_usize {
        let (mixed, k) = match i / 16 {
            0 => (b & c | !b & d, i),
            1 => (d & b | !d & c, (5 * i + 1) % 16),
            2 => (b ^ c ^ d, (3 * i + 5) % 16),
            _ => (c ^ (b | !d), 7 * i % 16),
        };
        // RFC 1321, 3.4: the integer part of 2^32 times the sine of the step's number.
        let sine = (((i + 1) as f64).sin().abs() * 4_294_967_296.0) as u32;
        let sum = a.wrapping_add(mixed).wrapping_add(sine).wrapping_add(word(k));
        (a, d, c) = (d, c, b);
        b = b.wrapping_add(sum.rotate_left(ROTATIONS[i / 16][i % 4]));
    }
    for (state, word) in state.iter_mut().zip([a, b, c, d]) {
        *state = state.wrapping_add(word);
    }
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn the_test_suite_of_the_rfc_passes() {
        for (text, expected) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a",
            ),
        ] {
            let hex: String = digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(hex, expected, "{text}");
        }
    }
}
