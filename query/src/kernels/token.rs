//! Words of a record as CloudWatch filter patterns count them: between blanks, but what stands in double quotes or in
//! square brackets is one word, without them.

use super::{Kernel, text};
use logloupe_syntax::functions::Token;
use logloupe_table::Value;

/// What computes each function.
pub(super) fn kernel(function: Token) -> Kernel {
    match function {
        Token::Word => Kernel::Scalar(word),
        Token::Wordsfrom => Kernel::Scalar(words_from),
        Token::Wordcount => Kernel::Scalar(count),
    }
}

/// The words in order. A quote or bracket that never closes is a letter like any other.
fn words(text: &str) -> impl Iterator<Item = &str> {
    placed(text).map(|(word, _)| word)
}

/// The words in order, each with the text from its beginning, quote or bracket included.
fn placed(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    // Once something was found not to close, looking again would take the square of the text's length.
    let (mut quotes, mut brackets) = (true, true);
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t']);
        let from = rest;
        let (open, close) = match rest.as_bytes().first()? {
            b'"' => (&mut quotes, '"'),
            b'[' => (&mut brackets, ']'),
            _ => (&mut false, ' '),
        };
        if *open {
            if let Some((inner, behind)) = rest.get(1..).and_then(|inside| inside.split_once(close)) {
                rest = behind;
                return Some((inner, from));
            }
            *open = false;
        }
        let end = rest.find([' ', '\t']).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind;
        Some((word, from))
    })
}

fn word(args: &[Value]) -> Value {
    let (Some(subject), Some(place)) = (text(&args[0]), args[1].integer()) else { return Value::Null };
    let found = match usize::try_from(place.unsigned_abs()) {
        Ok(n) if place > 0 => words(&subject).nth(n - 1),
        Ok(n) if place < 0 => {
            let all: Vec<&str> = words(&subject).collect();
            all.len().checked_sub(n).and_then(|i| all.get(i).copied())
        }
        _ => None,
    };
    found.map_or(Value::Null, Value::text)
}

fn words_from(args: &[Value]) -> Value {
    let (Some(subject), Some(place)) = (text(&args[0]), args[1].integer()) else { return Value::Null };
    let Some(before) = usize::try_from(place).ok().and_then(|n| n.checked_sub(1)) else { return Value::Null };
    let mut left = placed(&subject).skip(before);
    match (left.next(), left.next()) {
        (Some((word, _)), None) => Value::text(word),
        (Some((_, from)), Some(_)) => Value::text(from.trim_end_matches([' ', '\t', '\r', '\n'])),
        _ => Value::Null,
    }
}

fn count(args: &[Value]) -> Value {
    text(&args[0]).map_or(Value::Null, |t| Value::Int(words(&t).count() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_brackets_group() {
        let all = |text| words(text).collect::<Vec<_>>();
        assert_eq!(
            all("127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] \"GET /a b HTTP/1.0\" 200 1534"),
            ["127.0.0.1", "-", "frank", "10/Oct/2000:13:25:15 -0700", "GET /a b HTTP/1.0", "200", "1534"]
        );
        assert_eq!(all("  a\t\"b c  \"d [e f \"g"), ["a", "b c  ", "d", "[e", "f", "\"g"]);
        assert_eq!(all("\"\" []"), ["", ""]);
        assert_eq!(all(""), [""; 0]);
    }
}
