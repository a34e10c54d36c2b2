//! Text in other clothes: URLs, base64, digests. Digests are of the text's UTF-8 bytes.

use std::fmt::Write;

use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use md5::{Digest, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
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

/// What an HTML form leaves as it is; it writes a space as `+`.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b' ').remove(b'-').remove(b'_').remove(b'.').remove(b'*');

fn url_encode(args: &[Value]) -> Value {
    of_text(args, |text| Some(utf8_percent_encode(text, FORM).to_string().replace(' ', "+")))
}

pub(super) fn url_decode(args: &[Value]) -> Value {
    of_text(args, |text| {
        let text = text.replace('+', " ");
        Some(percent_decode_str(&text).decode_utf8_lossy().into_owned())
    })
}

/// Accepts digits that are left over, and no padding: [`base64_decode`] has taken it off.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

fn base64_encode(args: &[Value]) -> Value {
    of_text(args, |text| Some(BASE64_STANDARD.encode(text)))
}

fn base64_decode(args: &[Value]) -> Value {
    of_text(args, |text| {
        let digits = text.trim_end().trim_end_matches('=').bytes().filter(|b| !b.is_ascii_whitespace());
        let standard = |b| match b {
            b'-' => b'+',
            b'_' => b'/',
            b => b,
        };
        let bytes = LENIENT.decode(digits.map(standard).collect::<Vec<u8>>()).ok()?;
        String::from_utf8(bytes).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_text_is_read_as_forms_write_it() {
        for (text, read) in [
            ("a+b%20c%2Bd", "a b c+d"),
            ("%+5", "% 5"),
            ("%2+", "%2 "),
            ("%zz%4", "%zz%4"),
            ("%25%32%35", "%25"),
            ("%E2%9C%93%FF", "✓\u{fffd}"),
        ] {
            assert_eq!(url_decode(&[Value::text(text)]), Value::text(read), "{text:?}");
        }
        assert_eq!(url_encode(&[Value::text("a b-_.*~/✓")]), Value::text("a+b-_.*%7E%2F%E2%9C%93"));
    }

    #[test]
    fn base64_is_read_as_people_paste_it() {
        for (text, read) in [
            ("dXNlcjpwYXNz", Some("user:pass")),
            ("YQ==", Some("a")),
            ("YQ", Some("a")),
            ("YQ= ", Some("a")),
            ("YQ====", Some("a")),
            ("YR", Some("a")),
            ("dXNl\r\ncjpw\tYXNz\n", Some("user:pass")),
            ("w7_Dvw", Some("ÿÿ")),
            ("w7/Dvw", Some("ÿÿ")),
            ("4pyT4p-T", Some("✓⟓")),
            ("4pyT4p+T", Some("✓⟓")),
            ("", Some("")),
            ("=", Some("")),
            ("Y", None),
            ("dXNlc", None),
            ("YQ==YQ==", None),
            ("#", None),
            ("/w==", None),
        ] {
            let read = read.map_or(Value::Null, Value::text);
            assert_eq!(base64_decode(&[Value::text(text)]), read, "{text:?}");
        }
    }
}
