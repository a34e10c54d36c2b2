//! Text in other clothes: URLs, base64, digests. Digests are of the text's UTF-8 bytes.

use std::fmt::Write;

use md5::{Digest, Md5};
use sha2::Sha256;

use super::{Kernel, made, text};
use logloupe_syntax::functions::Encoding;
use logloupe_table::Value;

/// What computes each function.
pub(super) fn kernel(function: Encoding) -> Kernel {
    match function {
        Encoding::Urlencode => Kernel::Scalar(url_encode),
        Encoding::Urldecode => Kernel::Scalar(url_decode),
        Encoding::Base64encode => Kernel::Scalar(base64_encode),
        Encoding::Base64decode => Kernel::Scalar(base64_decode),
        Encoding::Md5 => Kernel::Scalar(md5),
        Encoding::Sha256 => Kernel::Scalar(sha256),
    }
}

fn of_text(args: &[Value], f: impl Fn(&str) -> Option<String>) -> Value {
    text(&args[0]).and_then(|t| f(&t)).map_or(Value::Null, |t| made(&t))
}

fn url_encode(args: &[Value]) -> Value {
    of_text(args, |text| {
        let mut out = String::new();
        for b in text.bytes() {
            match b {
                b' ' => out.push('+'),
                b if b.is_ascii_alphanumeric() || b"-_.*".contains(&b) => out.push(b as char),
                b => _ = write!(out, "%{b:02X}"),
            }
        }
        Some(out)
    })
}

pub(super) fn url_decode(args: &[Value]) -> Value {
    let digit = |b: Option<&u8>| b.and_then(|b| (*b as char).to_digit(16));
    of_text(args, |text| {
        let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
        while let Some(&b) = bytes.get(at) {
            at += 1;
            match (b, digit(bytes.get(at)), digit(bytes.get(at + 1))) {
                (b'%', Some(high), Some(low)) => {
                    out.push((high * 16 + low) as u8);
                    at += 2;
                }
                (b'+', ..) => out.push(b' '),
                _ => out.push(b),
            }
        }
        Some(String::from_utf8_lossy(&out).into_owned())
    })
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_encode(args: &[Value]) -> Value {
    of_text(args, |text| {
        let mut out = String::with_capacity(text.len().div_ceil(3) * 4);
        for three in text.as_bytes().chunks(3) {
            let bits = three.iter().fold(0u32, |bits, b| bits << 8 | *b as u32) << (8 * (3 - three.len()));
            for i in 0..4 {
                let digit = BASE64[(bits >> (18 - 6 * i) & 63) as usize];
                out.push(if i <= three.len() { digit as char } else { '=' });
            }
        }
        Some(out)
    })
}

fn base64_decode(args: &[Value]) -> Value {
    of_text(args, |text| {
        let (mut out, mut bits, mut held) = (Vec::new(), 0u32, 0);
        let digits = text.trim_end().trim_end_matches('=');
        for b in digits.bytes().filter(|b| !b.is_ascii_whitespace()) {
            let digit = match b {
                b'-' => 62,
                b'_' => 63,
                b => BASE64.iter().position(|d| *d == b)? as u32,
            };
            bits = bits << 6 | digit;
            held += 6;
            if held >= 8 {
                held -= 8;
                out.push((bits >> held) as u8);
                bits &= (1 << held) - 1;
            }
        }
        // One digit alone is no byte.
        if held == 6 { None } else { String::from_utf8(out).ok() }
    })
}

fn hex(bytes: &[u8]) -> Option<String> {
    Some(bytes.iter().fold(String::new(), |mut out, b| {
        _ = write!(out, "{b:02x}");
        out
    }))
}

fn md5(args: &[Value]) -> Value {
    of_text(args, |text| hex(&Md5::digest(text)))
}

fn sha256(args: &[Value]) -> Value {
    of_text(args, |text| hex(&Sha256::digest(text)))
}
