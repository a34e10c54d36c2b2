//! A gzip writer of one page: matches by a hash table, codes by the fixed tables of RFC 1951.
//!
//! Written here because the page that carries the sample has no other use for a compressor: flate2's weighs 29 KB in a
//! worker, this one 2. Its bytes are the same everywhere and with every version of a library. Text shrinks to about a
//! fifth. It does not build code tables of its own and has no levels.

const WINDOW: usize = 32_768;
const HASH_BITS: u32 = 15;
const LONGEST: usize = 258;

/// `data` as one gzip member, without a name and a time in its header.
pub fn member(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() / 4 + 64);
    out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    deflate(data, &mut out);
    out.extend_from_slice(&crc32(data).to_le_bytes());
    out.extend_from_slice(&(data.len() as u32).to_le_bytes());
    out
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, &byte| CRC[((crc ^ u32::from(byte)) & 255) as usize] ^ (crc >> 8))
}

fn deflate(data: &[u8], out: &mut Vec<u8>) {
    let mut bits = Bits { out, held: 0, count: 0 };
    bits.push(0b011, 3); // the last block, fixed codes
    let mut heads = vec![0u32; 1 << HASH_BITS]; // place + 1 of the latest four bytes with this hash
    let mut at = 0;
    while at + 4 <= data.len() {
        let word = u32::from_le_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]);
        let slot = (word.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize;
        let before = heads[slot] as usize;
        heads[slot] = at as u32 + 1;
        let length = if before > 0 && at + 1 - before <= WINDOW { common(data, before - 1, at) } else { 0 };
        if length >= 4 {
            bits.push_match(length, at + 1 - before);
            at += length;
        } else {
            bits.push_code(usize::from(data[at]));
            at += 1;
        }
    }
    for &byte in &data[at..] {
        bits.push_code(usize::from(byte));
    }
    bits.push_code(256);
    bits.finish();
}

fn common(data: &[u8], before: usize, at: usize) -> usize {
    let limit = LONGEST.min(data.len() - at);
    let (old, new) = (&data[before..before + limit], &data[at..at + limit]);
    old.iter().zip(new).take_while(|(a, b)| a == b).count()
}

/// The bit stream: low bits first, codes already mirrored.
struct Bits<'a> {
    out: &'a mut Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits<'_> {
    fn push(&mut self, value: u32, width: u32) {
        self.held |= u64::from(value) << self.count;
        self.count += width;
        if self.count >= 32 {
            self.out.extend_from_slice(&(self.held as u32).to_le_bytes());
            self.held >>= 32;
            self.count -= 32;
        }
    }

    fn push_code(&mut self, symbol: usize) {
        let (code, width) = CODES[symbol];
        self.push(u32::from(code), u32::from(width));
    }

    fn push_match(&mut self, length: usize, distance: usize) {
        let (symbol, extra, width) = if length == LONGEST {
            (285, 0, 0)
        } else {
            let (class, extra, width) = class(length as u32 - 3, 2);
            (257 + class, extra, width)
        };
        self.push_code(symbol as usize);
        self.push(extra, width);
        let (class, extra, width) = class(distance as u32 - 1, 1);
        self.push((class.reverse_bits()) >> 27, 5);
        self.push(extra, width);
    }

    fn finish(mut self) {
        while self.count > 0 {
            self.out.push(self.held as u8);
            self.held >>= 8;
            self.count = self.count.saturating_sub(8);
        }
    }
}

/// The class of a length (`sub` 2: four classes per power of two) or a distance (`sub` 1: two), and its extra bits.
fn class(value: u32, sub: u32) -> (u32, u32, u32) {
    if value < 2 << sub {
        return (value, 0, 0);
    }
    let width = 31 - value.leading_zeros() - sub;
    ((width << sub) + (value >> width), value & ((1 << width) - 1), width)
}

/// The fixed codes of literals and lengths, mirrored, with their widths.
static CODES: [(u16, u8); 288] = {
    let mut codes = [(0, 0); 288];
    let mut symbol = 0;
    while symbol < 288 {
        let (code, width) = match symbol {
            0..144 => (0x30 + symbol, 8),
            144..256 => (0x190 + symbol - 144, 9),
            256..280 => (symbol - 256, 7),
            _ => (0xc0 + symbol - 280, 8),
        };
        codes[symbol as usize] = ((code as u16).reverse_bits() >> (16 - width), width as u8);
        symbol += 1;
    }
    codes
};

/// What a byte does to the checksum.
static CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use std::io::Read;

    fn round_trip(data: &[u8]) -> usize {
        let packed = member(data);
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut back).expect("valid gzip");
        assert!(back == data, "{} bytes came back differently", data.len());
        packed.len()
    }

    #[test]
    fn everything_comes_back() {
        let mut rng = Rng::new(3);
        for length in [0usize, 1, 3, 4, 5, 257, 258, 259, 300, 40_000, 100_000] {
            round_trip(&vec![b'x'; length]);
            round_trip(&(0..length).map(|_| rng.next_u64() as u8).collect::<Vec<_>>());
            round_trip(&(0..length).map(|_| b'a' + rng.zipf(4) as u8).collect::<Vec<_>>());
            round_trip(&(0..length).map(|i| (i % 251) as u8).collect::<Vec<_>>());
        }
    }

    #[test]
    fn text_shrinks() {
        let text = "GET /index.html 200 ".repeat(1_000);
        assert!(round_trip(text.as_bytes()) < text.len() / 50);
    }
}
