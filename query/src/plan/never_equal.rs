//! Comparisons of a column with a constant that no value of its kind can be: `isPublic = 1`, `bytes > "many"`,
//! `srcAddr = "10.0.0.0/8"`, `@timestamp > 1772674260`. They are no errors, and their answer is empty or all rows; so it is
//! said what the column holds. Only where every loaded log has the column as the same kind; what JSON paths hold is not known.

use std::ops::Range;

use super::{Node, lower::Lower};
use logloupe_syntax::{Diagnostic, tree::Binary};
use logloupe_table::{Kind, Value, address, time};

/// Seconds since 1970 that are taken for the time of an event: the years 2000 to 2100.
const SECONDS: Range<i64> = 946_684_800..4_102_444_800;

impl Lower<'_> {
    /// Remarks on constants that the column `item` never holds; `op` is [`Binary::Equal`] for lists.
    pub(super) fn remark_on_kinds<'n>(
        &mut self,
        op: Binary,
        item: &Node,
        constants: impl IntoIterator<Item = (&'n Node, &'n Range<usize>)>,
    ) {
        let (Node::Input(n), None) = (item, &self.post) else { return };
        let Some(name) = self.stage.inputs.get(*n).filter(|_| !self.names.is_closed()).cloned() else {
            return;
        };
        let Some(known) = self.catalog.find(&name) else { return };
        for (constant, span) in constants {
            let Node::Const(value) = constant else { continue };
            let Some((message, help)) = remark(&name, known.kind, op, value) else { continue };
            if !self.diagnostics.iter().any(|d| d.span == *span && d.message == message) {
                self.diagnostics.push(Diagnostic::warning(span.clone(), message).help(help));
            }
        }
    }
}

/// What is to be said of a comparison of a column of this kind with a constant, and what to write in its place.
fn remark(name: &str, kind: Kind, op: Binary, value: &Value) -> Option<(String, String)> {
    let equality = matches!(op, Binary::Equal | Binary::NotEqual);
    let text = match value {
        Value::Text(text) => &**text,
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => "",
        _ => return None,
    };
    let number = value.number();
    let (holds, help) = match kind {
        Kind::Bool => match (value, text) {
            (Value::Bool(_), _) | (_, "true" | "false") => return None,
            _ => ("true or false", truth(text, number)),
        },
        Kind::Int | Kind::Float if number.is_none() => ("numbers", String::new()),
        Kind::Ip if equality && !address::is_address(text) => {
            let network = text.split_once('/').is_some_and(|(network, _)| address::is_address(network));
            let help = if network {
                format!("for a network write `isIpInSubnet({name}, \"{text}\")`")
            } else {
                String::new()
            };
            ("IP addresses", help)
        }
        Kind::Time => match value {
            Value::Int(number) => return unit(name, *number),
            // As text, times may be compared with the beginning of one.
            Value::Text(_) if !equality || value.time().is_some() => return None,
            Value::Float(_) => return None,
            _ => ("times", "a time is written `2026-03-05T01:31:20Z`".to_owned()),
        },
        _ => return None,
    };
    let shown = match value {
        Value::Text(text) => format!("the text \"{}\"", text.escape_debug()),
        other => other.to_string(),
    };
    Some((format!("`{name}` holds {holds}, never {shown}"), help))
}

/// What to write for a constant that is meant as a truth value.
fn truth(text: &str, number: Option<f64>) -> String {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match number {
        Some(1.0) => "write `true`".to_owned(),
        Some(0.0) => "write `false`".to_owned(),
        _ if is(&["true", "yes", "y", "t", "on"]) => "write `true`".to_owned(),
        _ if is(&["false", "no", "n", "f", "off"]) => "write `false`".to_owned(),
        _ => "write `true` or `false`".to_owned(),
    }
}

/// A number that is compared with times is milliseconds since 1970; one that only makes sense in another unit is remarked on.
fn unit(name: &str, number: i64) -> Option<(String, String)> {
    let fits = |per_second: i64| SECONDS.contains(&number.div_euclid(per_second));
    if fits(1000) {
        return None;
    }
    let (unit, millis) = match () {
        () if fits(1) => ("seconds", number.checked_mul(1000)?),
        () if fits(1_000_000) => ("microseconds", number.div_euclid(1000)),
        () if fits(1_000_000_000) => ("nanoseconds", number.div_euclid(1_000_000)),
        () => return None,
    };
    let message =
        format!("`{name}` is compared with milliseconds since 1970, and {number} looks like {unit}");
    Some((message, format!("write `{millis}`, which is {}", time::format_iso(millis.checked_mul(1000)?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_column_never_holds_is_told() {
        use Binary::{Equal, Greater, NotEqual};
        let text = Value::text;
        for (kind, op, value, message, help) in [
            (Kind::Bool, Equal, Value::Int(1), "`c` holds true or false, never 1", "write `true`"),
            (Kind::Bool, Equal, text("0"), "`c` holds true or false, never the text \"0\"", "write `false`"),
            (
                Kind::Bool,
                NotEqual,
                text("Yes"),
                "`c` holds true or false, never the text \"Yes\"",
                "write `true`",
            ),
            (
                Kind::Bool,
                Equal,
                text("TRUE"),
                "`c` holds true or false, never the text \"TRUE\"",
                "write `true`",
            ),
            (Kind::Bool, Equal, Value::Int(7), "`c` holds true or false, never 7", "write `true` or `false`"),
            (Kind::Int, Greater, text("a\"\n"), "`c` holds numbers, never the text \"a\\\"\\n\"", ""),
            (Kind::Float, Equal, Value::Bool(true), "`c` holds numbers, never true", ""),
            (Kind::Ip, Equal, text("me"), "`c` holds IP addresses, never the text \"me\"", ""),
            (
                Kind::Ip,
                Equal,
                text("10.0.0.0/8"),
                "`c` holds IP addresses, never the text \"10.0.0.0/8\"",
                "for a network write `isIpInSubnet(c, \"10.0.0.0/8\")`",
            ),
            (Kind::Ip, Equal, Value::Int(1), "`c` holds IP addresses, never 1", ""),
            (
                Kind::Time,
                Equal,
                text("noon"),
                "`c` holds times, never the text \"noon\"",
                "a time is written `2026-03-05T01:31:20Z`",
            ),
            (
                Kind::Time,
                Greater,
                Value::Int(1_772_674_260),
                "`c` is compared with milliseconds since 1970, and 1772674260 looks like seconds",
                "write `1772674260000`, which is 2026-03-05T01:31:00Z",
            ),
            (
                Kind::Time,
                Equal,
                Value::Int(1_772_674_260_000_000),
                "`c` is compared with milliseconds since 1970, and 1772674260000000 looks like microseconds",
                "write `1772674260000`, which is 2026-03-05T01:31:00Z",
            ),
        ] {
            let expected = Some((message.to_owned(), help.to_owned()));
            assert_eq!(remark("c", kind, op, &value), expected, "{kind:?} {value:?}");
        }
    }

    #[test]
    fn what_a_column_may_hold_is_not_remarked_on() {
        use Binary::{Equal, Greater};
        let text = Value::text;
        for (kind, op, value) in [
            (Kind::Bool, Equal, Value::Bool(false)),
            (Kind::Bool, Equal, text("true")),
            (Kind::Int, Equal, text("10")),
            (Kind::Int, Greater, Value::Float(1.5)),
            (Kind::Int, Equal, Value::Null),
            (Kind::Ip, Equal, text("2001:db8::1")),
            (Kind::Ip, Equal, text("10.0.0.1")),
            (Kind::Ip, Greater, text("10.")),
            (Kind::Time, Greater, text("2026-03")),
            (Kind::Time, Equal, text("2026-03-05T01:31:00Z")),
            (Kind::Time, Greater, Value::Int(1_772_674_260_000)),
            (Kind::Time, Greater, Value::Int(0)),
            (Kind::Time, Greater, Value::Int(i64::MAX)),
            (Kind::Time, Greater, Value::Int(i64::MIN)),
            (Kind::Text, Equal, Value::Int(1)),
        ] {
            assert_eq!(remark("c", kind, op, &value), None, "{kind:?} {value:?}");
        }
    }
}
