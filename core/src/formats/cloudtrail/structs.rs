//! Structs as CloudTrail Lake and Athena print them, in the manner of Java and without quotes, written as JSON.
//!
//! ```text
//! struct = "{" [ member *( ", " member ) ] "}"
//! member = name "=" value
//! value  = struct / list / text
//! list   = "[" [ struct *( ", " struct ) ] "]"
//! text   = *any      ; to the brace that closes the struct, or to the ", " before a name and "="
//! ```
//!
//! A text may hold `, ` and `=` itself: a struct's members are known by name, and only before such a name does the next
//! member begin. The members of a map may have any name; there every word before a `=` is taken for one. Braces within a
//! text are counted.

use logloupe_table::sort;

/// How deep structs are read; what stands deeper is text.
const MOST_DEPTH: usize = 16;
/// How long a member's name is at most.
const LONGEST: usize = 64;

/// How events spell the members that these tables have in lower case.
#[derive(Debug)]
pub(super) struct Spelling(Vec<(String, &'static str)>);

impl Spelling {
    /// Of names in lower case that are equal the first counts.
    pub(super) fn new(paths: impl Iterator<Item = &'static str>) -> Spelling {
        let mut names: Vec<(String, &str)> =
            paths.flat_map(|path| path.split('.')).map(|part| (part.to_ascii_lowercase(), part)).collect();
        // The sort is stable.
        sort::by(&mut names, |a, b| a.0.cmp(&b.0));
        names.dedup_by(|b, a| a.0 == b.0);
        Spelling(names)
    }
    /// The name as events spell it.
    pub(super) fn of(&self, name: &[u8]) -> Option<&'static str> {
        let lower = name.to_ascii_lowercase();
        let found = self.0.binary_search_by(|(known, _)| known.as_bytes().cmp(&lower)).ok()?;
        self.0.get(found).map(|(_, name)| *name)
    }
}

/// Writes a string of JSON.
pub(super) fn write_text(text: &[u8], out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, &*String::from_utf8_lossy(text));
}

/// Whether a text is JSON's object or list.
pub(super) fn is_json(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'{' | b'[')) && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// Writes the value of a cell: as it is where it is JSON, a struct or list of structs as JSON, else as text. The members
/// of a `map` may have any name.
pub(super) fn write(text: &[u8], spelling: &Spelling, map: bool, out: &mut Vec<u8>) {
    Structs { text, spelling, map, out }.value(0, 0, None);
}

struct Structs<'a> {
    text: &'a [u8],
    spelling: &'a Spelling,
    map: bool,
    out: &'a mut Vec<u8>,
}

impl Structs<'_> {
    fn begins(&self, at: usize, with: &[u8]) -> bool {
        self.text.get(at..).is_some_and(|rest| rest.starts_with(with))
    }
    /// The member that begins at `at`: its name as events spell it, and where its value begins.
    fn member(&self, at: usize) -> Option<(&str, usize)> {
        let rest = self.text.get(at..)?;
        let rest = rest.get(..LONGEST + 1).unwrap_or(rest);
        let end = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || b"_-.:/".contains(b)))?;
        let name = rest.get(..end).filter(|name| !name.is_empty() && rest.get(end) == Some(&b'='))?;
        let known = self.spelling.of(name);
        let name = match known {
            Some(known) if !self.map => known,
            _ if self.map => std::str::from_utf8(name).ok()?,
            _ => return None,
        };
        Some((name, at + end + 1))
    }
    /// Writes the value at `at`, and gives where it ends. `within` is the brace that closes what it stands in.
    fn value(&mut self, at: usize, depth: usize, within: Option<u8>) -> usize {
        if depth < MOST_DEPTH && self.begins(at, b"{") {
            if self.begins(at + 1, b"}") || self.member(at + 1).is_some() {
                return self.members(at + 1, depth);
            }
        } else if depth < MOST_DEPTH && (self.begins(at, b"[{") || self.begins(at, b"[]")) {
            let is_struct = self.begins(at, b"[]") || self.member(at + 2).is_some();
            if is_struct {
                return self.items(at + 1, depth);
            }
        }
        let end = self.end_of_text(at, within);
        let text = self.text.get(at..end).unwrap_or_default();
        if is_json(text) {
            self.out.extend_from_slice(text);
        } else {
            write_text(text, self.out);
        }
        end
    }
    fn members(&mut self, mut at: usize, depth: usize) -> usize {
        self.out.push(b'{');
        let mut first = true;
        while let Some((name, value)) = self.member(at).map(|(name, value)| (name.to_owned(), value)) {
            // Looked at here and not by its end, which may be far.
            let end = value + if self.begins(value, b"null") { b"null".len() } else { 0 };
            if self.ends(end, Some(b'}')) {
                at = end;
            } else {
                if !std::mem::take(&mut first) {
                    self.out.push(b',');
                }
                write_text(name.as_bytes(), self.out);
                self.out.push(b':');
                at = self.value(value, depth + 1, Some(b'}'));
            }
            if !self.begins(at, b", ") {
                break;
            }
            at += 2;
        }
        self.out.push(b'}');
        at + self.begins(at, b"}") as usize
    }
    fn items(&mut self, mut at: usize, depth: usize) -> usize {
        self.out.push(b'[');
        let mut first = true;
        while self.begins(at, b"{") {
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            at = self.value(at, depth + 1, Some(b']'));
            if !self.begins(at, b", ") {
                break;
            }
            at += 2;
        }
        self.out.push(b']');
        at + self.begins(at, b"]") as usize
    }
    /// Whether a text without braces that reaches to `at` ends there.
    fn ends(&self, at: usize, within: Option<u8>) -> bool {
        match self.text.get(at) {
            None => true,
            Some(b',') => within.is_some() && self.begins(at + 1, b" ") && self.member(at + 2).is_some(),
            byte => within.is_some() && within == byte.copied(),
        }
    }
    /// Where the text that begins at `at` ends.
    fn end_of_text(&self, at: usize, within: Option<u8>) -> usize {
        let mut open = 0usize;
        for (i, byte) in self.text.iter().enumerate().skip(at) {
            match byte {
                b'{' | b'[' => open += 1,
                b'}' | b']' if open > 0 => open -= 1,
                b'}' | b']' | b',' if open == 0 && self.ends(i, within) => return i,
                _ => {}
            }
        }
        self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str, map: bool) -> String {
        let spelling = Spelling::new(
            ["a", "userName.principalId", "type", "arn", "username", "sessionContext"].into_iter(),
        );
        let mut out = Vec::new();
        write(text.as_bytes(), &spelling, map, &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{text}");
        text
    }

    #[test]
    fn structs_are_told_apart_by_known_names() {
        for (text, written) in [
            (
                "{type=AssumedRole, principalid=AROA:name}",
                r#"{"type":"AssumedRole","principalId":"AROA:name"}"#,
            ),
            // Commas and signs of equality within a value.
            ("{username=Doe, John, b=c, arn=x=y, z}", r#"{"userName":"Doe, John, b=c","arn":"x=y, z"}"#),
            ("{username=null, type=, arn=null}", "{}"),
            (
                "{sessioncontext={a={type=b}, arn=null}, arn=z}",
                r#"{"sessionContext":{"a":{"type":"b"}},"arn":"z"}"#,
            ),
            ("[{arn=x, type=y}, {arn=z}]", r#"[{"arn":"x","type":"y"},{"arn":"z"}]"#),
            ("[]", "[]"),
            ("{}", "{}"),
            // Braces in a text are counted; what never closes goes to the end.
            ("{username=a{b}c, type=d}", r#"{"userName":"a{b}c","type":"d"}"#),
            ("{username=a{b, type=d}", r#"{"userName":"a{b, type=d}"}"#),
            ("{username=a", r#"{"userName":"a"}"#),
            ("{username=a}b", r#"{"userName":"a"}"#),
            // JSON stays JSON.
            (r#"{"type": [1, "}"]}"#, r#"{"type": [1, "}"]}"#),
            // No struct at all.
            ("{hello}", r#""{hello}""#),
            ("[S3Console/0.4, aws=1]", r#""[S3Console/0.4, aws=1]""#),
            ("null", r#""null""#),
            ("", r#""""#),
            ("{other=x, arn=y}", r#""{other=x, arn=y}""#),
        ] {
            assert_eq!(json(text, false), written, "{text}");
        }
    }

    #[test]
    fn maps_have_members_of_any_name() {
        for (text, written) in [
            (
                "{bucketName=b, Host=b.s3.example.com, acl=}",
                r#"{"bucketName":"b","Host":"b.s3.example.com"}"#,
            ),
            (r#"{set={"items":[{"id":"i-0"}]}, n=3}"#, r#"{"set":{"items":[{"id":"i-0"}]},"n":"3"}"#),
            ("{x-amz-acl=private, key=a, b}", r#"{"x-amz-acl":"private","key":"a, b"}"#),
        ] {
            assert_eq!(json(text, true), written, "{text}");
        }
    }

    #[test]
    fn hostile_structs_take_no_longer_than_long_ones() {
        let deep = "{a=".repeat(200_000);
        json(&deep, false);
        json(&"{a=1, ".repeat(50_000), true);
        json(&format!("{{a={}", ", b=".repeat(100_000)), true);
        json(&"[{a=".repeat(100_000), false);
        // Short members, and braces behind them that never close.
        json(&format!("[{}", "{a={}, , ".repeat(50_000)), false);
    }
}
