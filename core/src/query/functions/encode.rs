//! Text in other clothes: URLs, base64, digests. Digests are of the text's UTF-8 bytes.

use std::fmt::Write;

use md5::{Digest, Md5};
use sha2::Sha256;

use super::{Function, made, text};
use crate::table::Value;

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "urlencode",
        "urlencode(text)",
        (1, 1),
        url_encode,
        "as a part of a URL's query: a space becomes `+`, other special bytes `%` and two digits",
        &[("urlencode(\"a b&c=ö\")", "a+b%26c%3D%C3%B6")],
    )
    .aliases(&["url_encode"]),
    Function::new(
        "urldecode",
        "urldecode(text)",
        (1, 1),
        url_decode,
        "the text of a part of a URL's query; what is no escape stays as it is",
        &[("urldecode(\"1%27+OR+%271%27%3D%271\")", "1' OR '1'='1"), ("urldecode(\"100%\")", "100%")],
    )
    .aliases(&["url_decode"]),
    Function::new(
        "base64encode",
        "base64encode(text)",
        (1, 1),
        base64_encode,
        "the text in base64",
        &[("base64encode(\"user:pass\")", "dXNlcjpwYXNz"), ("base64encode(\"a\")", "YQ==")],
    ),
    Function::new(
        "base64decode",
        "base64decode(text)",
        (1, 1),
        base64_decode,
        "the text that base64 stands for, with or without padding, of URLs too; missing if it is none",
        &[("base64decode(\"dXNlcjpwYXNz\")", "user:pass"), ("base64decode(\"#\")", "")],
    ),
    Function::new(
        "md5",
        "md5(text)",
        (1, 1),
        md5,
        "the MD5 digest as 32 hexadecimal digits",
        &[("md5(\"abc\")", "900150983cd24fb0d6963f7d28e17f72")],
    ),
    Function::new(
        "sha256",
        "sha256(text)",
        (1, 1),
        sha256,
        "the SHA-256 digest as 64 hexadecimal digits",
        &[("sha256(\"abc\")", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")],
    ),
];

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

fn url_decode(args: &[Value]) -> Value {
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
