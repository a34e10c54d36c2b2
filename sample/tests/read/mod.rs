//! Reads generated logs the plain way, so that the tests need no engine.

use std::io::Read;

/// A gzip member's content.
pub(crate) fn inflate(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).expect("one gzip member of UTF-8");
    text
}

/// The tokens of an ALB line: separated by spaces, except inside quotes.
pub(crate) fn tokens(line: &str) -> Vec<String> {
    let (mut tokens, mut token, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for letter in line.chars() {
        match letter {
            _ if escaped => {
                token.push(letter);
                escaped = false;
            }
            '\\' if quoted => {
                token.push(letter);
                escaped = true;
            }
            '"' => quoted = !quoted,
            ' ' if !quoted => tokens.push(std::mem::take(&mut token)),
            _ => token.push(letter),
        }
    }
    assert!(!quoted || line.len() < 100, "a quote stays open: {line}");
    tokens.push(token);
    tokens
}

/// FNV-1a: a fingerprint to pin.
pub(crate) fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    parts
        .into_iter()
        .flatten()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
