//! The shape of a text: what changes from one message to the next replaced by `<*>`. The same text has the same shape
//! wherever it is met, so that shapes can be counted on shards. Not here: shapes that differ in one word only, see
//! [`exec`](crate::exec).
//!
//! Replaced are words with a digit in them (numbers, times, addresses, identifiers, hexadecimal text; not short names
//! such as `ec2` or `v1`), and what stands in quotes, but for keys of JSON and single plain words.

/// What stands for text that changes.
pub(crate) const VARIABLE: &str = "<*>";
/// A shape is cut here, so that one huge message does not make a huge key.
const LONGEST: usize = 4096;
/// A longer word is no word of a message.
const LONGEST_WORD: usize = 128;
/// Quoted text is not looked for further than this.
const LONGEST_QUOTED: usize = 256;

/// The shape of `text`.
pub(crate) fn shape(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        if out.len() > LONGEST {
            out.push('…');
            break;
        }
        let first = rest.as_bytes()[0];
        let after_word = out.chars().next_back().is_some_and(is_word);
        if matches!(first, b'"' | b'\'')
            && !after_word
            && let Some(inner) = quoted(rest)
            && !is_key(rest, inner)
            && !is_plain_word(inner)
        {
            let quote = first as char;
            out.extend([quote]);
            out.push_str(if inner.is_empty() { "" } else { VARIABLE });
            out.push(quote);
            at += inner.len() + 2;
            continue;
        }
        // Times of day and addresses of version 6 hold colons.
        if let Some(run) = colons(rest) {
            variable(&mut out);
            at += run.len();
            continue;
        }
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        if end == 0 {
            // As it is; blanks are one blank, as columns are filled up with them.
            let c = rest.chars().next().unwrap_or(' ');
            if !c.is_whitespace() {
                out.push(c);
            } else if !out.ends_with(' ') {
                out.push(' ');
            }
            at += c.len_utf8();
            continue;
        }
        let word = &rest[..end];
        let bare = if word.len() > LONGEST_WORD { word } else { word.trim_end_matches('-') };
        if is_variable(bare) {
            variable(&mut out);
            out.push_str(&word[bare.len()..]);
        } else {
            out.push_str(word);
        }
        at += end;
    }
    out.truncate(out.trim_end().len());
    out
}

/// One `<*>`; parts of one number, time or address are one.
fn variable(out: &mut String) {
    for joint in [".", ":", ","] {
        if out.strip_suffix(joint).is_some_and(|before| before.ends_with(VARIABLE)) {
            out.truncate(out.len() - joint.len());
            return;
        }
    }
    out.push_str(VARIABLE);
}

/// Whether a character is part of a word.
pub(crate) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || !c.is_ascii() && !c.is_whitespace()
}

/// What stands between the quote that `rest` begins with and the next one.
fn quoted(rest: &str) -> Option<&str> {
    let bytes = rest.as_bytes();
    let quote = *bytes.first()?;
    let mut at = 1;
    while at < bytes.len().min(LONGEST_QUOTED) {
        match bytes[at] {
            b'\n' => return None,
            b'\\' => at += 1,
            b if b == quote => {
                let closes = !rest.get(at + 1..)?.starts_with(|c: char| c.is_alphanumeric());
                return if closes { rest.get(1..at) } else { None };
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Whether the quoted text that `rest` begins with is a key of JSON.
fn is_key(rest: &str, inner: &str) -> bool {
    rest.get(inner.len() + 2..).is_some_and(|after| after.trim_start_matches(' ').starts_with(':'))
}

fn is_plain_word(inner: &str) -> bool {
    !inner.is_empty()
        && inner.len() <= 32
        && inner.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'))
}

fn is_variable(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let name = word.len() <= 5
        && digits == 1
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|b| b.is_ascii_alphanumeric());
    digits > 0 && !name || word.len() > LONGEST_WORD
}

/// The hexadecimal digits, colons and points that `rest` begins with, if they are a time of day or an address.
fn colons(rest: &str) -> Option<&str> {
    let near = rest.get(..rest.floor_char_boundary(LONGEST_WORD))?;
    let end = near.find(|c: char| !c.is_ascii_hexdigit() && !matches!(c, ':' | '.')).unwrap_or(near.len());
    let run = near.get(..end)?.trim_end_matches([':', '.']);
    let two = run.bytes().filter(|b| *b == b':').count() >= 2;
    let digit = run.bytes().any(|b| b.is_ascii_digit());
    (two && digit && !rest.get(end..)?.starts_with(is_word)).then_some(run)
}

#[cfg(test)]
mod tests {
    use super::shape;

    #[test]
    fn what_changes_is_replaced() {
        for (text, expected) in [
            ("", ""),
            ("plain words, and more.", "plain words, and more."),
            ("took 1.5 ms, 20% of 3,000", "took <*> ms, <*>% of <*>"),
            ("2026-03-05T01:00:00.123Z start", "<*> start"),
            ("2026-03-05 01:00:00,123 INFO  [main] x", "<*> <*> INFO [main] x"),
            ("Mar  5 01:00:00 host sshd[812]: Failed", "Mar <*> <*> host sshd[<*>]: Failed"),
            ("from 10.0.0.1:443 to fe80::1 and 2001:db8:0:1::7", "from <*> to <*> and <*>"),
            (
                "RequestId: 8f5e1a3c-0d1f-4a3b-9c61-0f2f6d3e9b1a Version: $LATEST",
                "RequestId: <*> Version: $LATEST",
            ),
            ("i-0abc123 eni-1 ec2 s3 ipv4 v1 us-east-1", "<*> <*> ec2 s3 ipv4 v1 <*>"),
            ("GET /api/v1/users/1234?id=5&q=x HTTP/1.1", "GET /api/v1/users/<*>?id=<*>&q=x HTTP/<*>"),
            ("arn:aws:iam::123456789012:role/admin", "arn:aws:iam::<*>:role/admin"),
            (
                r#"{"level":"ERROR","n": 5,"msg":"user 7 is gone","e":""}"#,
                r#"{"level":"ERROR","n": <*>,"msg":"<*>","e":""}"#,
            ),
            ("user 'john smith' can't open \"a file\"", "user '<*>' can't open \"<*>\""),
            ("an unclosed \"quote and 'another", "an unclosed \"quote and 'another"),
            ("0xdeadbeef -5 +5 done-", "<*> <*> +<*> done-"),
            ("größe ist 5 µs", "größe ist <*> µs"),
            ("a:b::c and 1ead::beef ::", "a:b::c and <*> ::"),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }

    #[test]
    fn hostile_text_takes_no_time_and_gives_no_huge_shape() {
        for unit in ["'a ", "\"a\\", ":", "a:", "1.", "\"", "é", "<*>", " \n", "-", "'a'b"] {
            let text = unit.repeat(1 << 17);
            assert!(shape(&text).len() <= 4096 + 300, "{unit}");
        }
    }
}
