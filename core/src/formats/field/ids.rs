//! Identifiers: UUIDs, Amazon Resource Names, and X-Ray's trace header.

use nom::{
    Parser,
    bytes::complete::{is_not, tag, take},
    character::complete::char,
    combinator::{not, rest, verify},
    multi::many0_count,
    sequence::{preceded, terminated},
};

use super::parse::{Parsed, expecting, till};

/// A UUID, in letters of either case.
///
/// ```text
/// uuid = 8HEXDIG "-" 4HEXDIG "-" 4HEXDIG "-" 4HEXDIG "-" 12HEXDIG
/// ```
#[inline]
pub fn uuid(input: &[u8]) -> Parsed<'_, &[u8]> {
    expecting("uuid", verify(take(36usize), is_uuid)).parse(input)
}

fn is_uuid(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(i, b)| match i {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    })
}

/// An Amazon Resource Name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a [u8],
    /// `iam`.
    pub service: &'a [u8],
    /// Empty for what is in no region.
    pub region: &'a [u8],
    /// Empty for what belongs to no account, as a bucket's name.
    pub account: &'a [u8],
    /// Whatever the service says, `role/admin` or `function:x:1`.
    pub resource: &'a [u8],
}

/// An ARN, to the end of the input: what a resource may be called is the service's matter.
///
/// ```text
/// arn      = "arn:" part ":" part ":" part ":" part ":" resource
/// part     = *( any but ":" )
/// resource = *any
/// ```
pub fn arn(input: &[u8]) -> Parsed<'_, Arn<'_>> {
    let part = || terminated(till(b':'), char(':'));
    let parts = (tag("arn:"), part(), part(), part(), part(), rest);
    let (rest, (_, partition, service, region, account, resource)) =
        expecting("Amazon Resource Name", parts).parse(input)?;
    Ok((rest, Arn { partition, service, region, account, resource }))
}

/// The trace's id in an `X-Amzn-Trace-Id` header: `1-5d83c0ad-…` of `Self=…;Root=1-5d83c0ad-…;Sampled=1`.
///
/// ```text
/// trace-root = *( field ";" ) "Root=" *( any but ";" )
/// field      = 1*( any but "=" and ";" ) "=" *( any but ";" )
/// ```
pub fn trace_root(input: &[u8]) -> Parsed<'_, &[u8]> {
    let field = (is_not("=;"), char('='), till(b';'), char(';'));
    let others = many0_count(preceded(not(tag("Root=")), field));
    expecting("trace id", preceded((others, tag("Root=")), till(b';'))).parse(input)
}

#[cfg(test)]
mod tests {
    use super::{super::parse::expected, *};

    #[test]
    fn uuids_have_one_shape() {
        let id = "8edab1f8-7d34-4a8e-a965-15ccbbb78D4C";
        for rest in ["", "\tINFO", "0"] {
            let text = format!("{id}{rest}");
            assert_eq!(uuid(text.as_bytes()), Ok((rest.as_bytes(), id.as_bytes())));
        }
        for text in ["", "undefined", &id[..35], &id.replace('-', "_"), &id.replace('8', "g")] {
            assert_eq!(uuid(text.as_bytes()), expected("uuid", text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn arns_have_six_parts() {
        let (rest, arn_) = arn(b"arn:aws:logs:eu-central-1:123456789012:log-group:/a b:*").unwrap();
        assert_eq!(rest, b"");
        let parts = [arn_.partition, arn_.service, arn_.region, arn_.account, arn_.resource];
        let expected_parts: [&[u8]; 5] =
            [b"aws", b"logs", b"eu-central-1", b"123456789012", b"log-group:/a b:*"];
        assert_eq!(parts, expected_parts);
        assert_eq!(arn(b"arn:aws:s3:::bucket/key").map(|(_, arn)| arn.resource), Ok(&b"bucket/key"[..]));
        for text in ["", "arn:", "arn:aws:s3:::"] {
            let read = arn(text.as_bytes()).map(|(_, arn)| arn.resource);
            assert_eq!(read.is_ok(), text == "arn:aws:s3:::", "{text}");
        }
        assert_eq!(arn(b"urn:aws:s3:::x"), expected("Amazon Resource Name", b"urn:aws:s3:::x"));
    }

    #[test]
    fn a_trace_has_a_root_among_others() {
        for (text, root, rest) in [
            ("Root=1-2-3", "1-2-3", ""),
            ("Root=1-2-3;Parent=4;Sampled=1", "1-2-3", ";Parent=4;Sampled=1"),
            ("Self=5;CalledFrom=app;Root=1-2-3;x", "1-2-3", ";x"),
            ("Root=", "", ""),
        ] {
            assert_eq!(trace_root(text.as_bytes()), Ok((rest.as_bytes(), root.as_bytes())), "{text}");
        }
        for text in ["", "1-2-3", "Self=1-2-3", "Self=1;;Root=2", "xRoot=1"] {
            assert_eq!(trace_root(text.as_bytes()), expected("trace id", text.as_bytes()), "{text}");
        }
    }
}
