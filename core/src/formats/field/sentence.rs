//! Rows told in a sentence along a template: what stands where, in which words, and which of them matter.
//!
//! ```text
//! template  = *( text / value / condition / strong / optional )
//! strong    = "**"                                    ; begins or ends the words that matter
//! optional  = "[" template *( "||" template ) "]"     ; the first of them that has all its values; nothing if none has
//! value     = "{" [ how ":" ] name *( "|" name ) [ "|=" words ] "}"   ; the first that there is, else these words
//! condition = "{?" [ how ":" ] name [ "=" text *( "|" text ) ] "}"    ; no words: holds if there is a value, one of these
//!           / "{!" [ how ":" ] name [ "=" text *( "|" text ) ] "}"    ; holds if there is none, or none of these
//! ```
//!
//! A value that is missing, or a condition that does not hold, takes the optional part that it stands in with it. `how` says
//! how a value is written:
//!
//! | how | is |
//! |---|---|
//! | `name` | the name at the end of an ARN; text that is no ARN as it is |
//! | `bytes` | an amount of bytes: `38.2 MB` |
//! | `number` | a whole number: `1,204` |
//! | `s`, `ms`, `us`, `ns` | a duration in this unit: `3.4 s`; of `a+b` the sum of those that there are |
//! | `lower`, `words` | in small letters; with spaces for `_`, too |
//! | `line` | in one line, shortened |
//! | `start` | the beginning of its first line |
//! | `first`, `more`, `all` | of several values: the first one; how many there are besides; how many there are |
//! | `items` | how many items a JSON array has |
//!
//! What is not told so easily is told by code: a format's `summary` is a function, and [`fill`] takes values from anywhere.

use logloupe_table::{Row, Span, Value};

use super::{
    json,
    words::{amount, duration, grouped, last_of_arn, one_line},
};

/// How many characters of a first line are told.
const START: usize = 200;

/// The row told along the template.
pub fn tell(row: &Row<'_>, template: &str) -> Vec<Span> {
    tell_with(row, template, &|_| None)
}

/// The same with values that no column has: what `own` knows under a name counts before what the row has.
pub fn tell_with(row: &Row<'_>, template: &str, own: &dyn Fn(&str) -> Option<String>) -> Vec<Span> {
    let value = |name: &str| match own(name) {
        Some(text) => Value::text(&text),
        None => {
            #[cfg(test)]
            assert!(row.table.schema().find(name).is_some(), "{name} is no field of {}", row.table.format());
            row.get(name)
        }
    };
    // A row without what its sentence cannot do without: no format's sample is one.
    fill(template, &value).unwrap_or_else(|| vec![Span::strong("a record")])
}

/// The template filled with the values of names; `None` when one is missing outside all optional parts. Some words are
/// strong: all of them, if those that would be fell away.
pub fn fill(template: &str, value: &dyn Fn(&str) -> Value) -> Option<Vec<Span>> {
    let mut filling = Filling { value, spans: Vec::new(), strong: false };
    filling.part(template)?;
    let mut spans = filling.spans;
    if !spans.iter().any(|span| span.strong) {
        spans.iter_mut().for_each(|span| span.strong = true);
    }
    spans.dedup_by(|span, last| {
        let alike = last.strong == span.strong;
        if alike {
            last.text += &span.text;
        }
        alike
    });
    Some(spans)
}

struct Filling<'v> {
    value: &'v dyn Fn(&str) -> Value,
    spans: Vec<Span>,
    strong: bool,
}

impl Filling<'_> {
    fn say(&mut self, text: &str) {
        if !text.is_empty() {
            self.spans.push(Span { text: text.to_owned(), strong: self.strong });
        }
    }
    /// Tells a part, or says that something is missing in it.
    fn part(&mut self, mut rest: &str) -> Option<()> {
        while let Some(at) = rest.find(['[', '{', '*']) {
            self.say(&rest[..at]);
            let here = &rest[at..];
            rest = if let Some(after) = here.strip_prefix("**") {
                self.strong = !self.strong;
                after
            } else if let Some(inner) = here.strip_prefix('[') {
                self.optional(inner)?
            } else if let Some((expression, after)) = here.strip_prefix('{').and_then(|s| s.split_once('}')) {
                let text = self.expression(expression)?;
                self.say(&text);
                after
            } else {
                self.say(&here[..1]);
                &here[1..]
            };
        }
        self.say(rest);
        Some(())
    }
    /// Tells the first of its parts that can be told, and gives what stands behind its bracket; `None` if that is missing.
    fn optional<'t>(&mut self, mut rest: &'t str) -> Option<&'t str> {
        let mut told = false;
        loop {
            let end = end_of_part(rest)?;
            if !told {
                let (spans, strong) = (self.spans.len(), self.strong);
                told = self.part(&rest[..end]).is_some();
                if !told {
                    self.spans.truncate(spans);
                    self.strong = strong;
                }
            }
            rest = &rest[end..];
            match rest.strip_prefix("||") {
                Some(other) => rest = other,
                None => return rest.strip_prefix(']'),
            }
        }
    }
    fn expression(&self, expression: &str) -> Option<String> {
        if let Some(condition) = expression.strip_prefix('?') {
            return self.holds(condition).then(String::new);
        }
        if let Some(condition) = expression.strip_prefix('!') {
            return (!self.holds(condition)).then(String::new);
        }
        self.first_of(expression)
    }
    fn holds(&self, condition: &str) -> bool {
        let (name, wanted) = condition.split_once('=').unwrap_or((condition, ""));
        let text = self.first_of(name);
        text.is_some_and(|text| wanted.is_empty() || wanted.split('|').any(|wanted| wanted == text))
    }
    fn first_of(&self, expression: &str) -> Option<String> {
        let (how, names) = match expression.split_once(':') {
            Some((how, names)) if HOW.contains(&how) => (how, names),
            _ => ("", expression),
        };
        names.split('|').find_map(|name| match name.strip_prefix('=') {
            Some(words) => Some(words.to_owned()),
            None => self.written(how, name),
        })
    }
    fn written(&self, how: &str, name: &str) -> Option<String> {
        let unit = match how {
            "s" => 1.0,
            "ms" => 1e3,
            "us" => 1e6,
            "ns" => 1e9,
            _ => 0.0,
        };
        if unit > 0.0 {
            let mut sum = None;
            for part in name.split('+').filter_map(|name| (self.value)(name).number()) {
                sum = Some(sum.unwrap_or(0.0) + part);
            }
            return sum.map(|sum| duration(sum / unit));
        }
        let value = (self.value)(name);
        let text = match how {
            "bytes" => amount(value.integer()?),
            "number" => grouped(value.integer()?),
            "first" => value.singles().next()?.to_string(),
            "all" | "more" => {
                let count = value.singles().count().checked_sub(usize::from(how == "more"))?;
                if count > 0 { count.to_string() } else { String::new() }
            }
            _ => {
                let text = value.to_string();
                match how {
                    "name" => last_of_arn(&text).to_owned(),
                    "lower" => text.to_lowercase(),
                    "words" => text.to_lowercase().replace('_', " "),
                    "line" => one_line(&text),
                    "start" => text.lines().next()?.trim().chars().take(START).collect(),
                    "items" => {
                        let mut items = 0;
                        json::each(text.as_bytes(), |_| {
                            items += 1;
                            true
                        });
                        if items > 0 { grouped(items) } else { String::new() }
                    }
                    _ => text,
                }
            }
        };
        (!text.is_empty()).then_some(text)
    }
}

/// Every `how`.
const HOW: [&str; 15] = [
    "name", "bytes", "number", "s", "ms", "us", "ns", "lower", "words", "line", "start", "first", "more",
    "all", "items",
];

/// Where the part at the front of `text` ends: at the `||` or `]` that is in no bracket or brace of its own.
fn end_of_part(text: &str) -> Option<usize> {
    let (mut depth, mut value) = (0_usize, false);
    for (i, b) in text.bytes().enumerate() {
        match b {
            b'{' => value = true,
            b'}' => value = false,
            _ if value => {}
            b'[' => depth += 1,
            b']' if depth == 0 => return Some(i),
            b']' => depth -= 1,
            b'|' if depth == 0 && text[i..].starts_with("||") => return Some(i),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::Several;

    fn filled(template: &str) -> Option<String> {
        let value = |name: &str| match name {
            "user" => Value::text("alice"),
            "arn" => Value::text("arn:aws:iam::111122223333:role/ops/deploy"),
            "size" | "bytes.sent" => Value::Int(38_200_000),
            "a" => Value::Float(0.5),
            "b" => Value::Float(2.0),
            "state" => Value::text("NOT_AVAILABLE"),
            "text" => Value::text(" first line \n second {user} **"),
            "list" => Value::text("[1,2,3]"),
            "ips" => {
                Several::value(&"list".into(), ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(Value::text).into())
            }
            "empty" => Value::text(""),
            _ => Value::Null,
        };
        let spans = fill(template, &value)?;
        let mark = |span: &Span| if span.strong { format!("<{}>", span.text) } else { span.text.clone() };
        Some(spans.iter().map(mark).collect())
    }

    #[test]
    fn templates_are_filled() {
        for (template, expected) in [
            ("**{user}** came", Some("<alice> came")),
            ("**{none|user}**", Some("<alice>")),
            ("**{none|empty|=some|body}**", Some("<some>")),
            ("**{none}** came", None),
            ("came[ by {none}][ with {user}]", Some("<came with alice>")),
            (
                "**x**[ {user}[ ({none})][ of {arn}]]",
                Some("<x> alice of arn:aws:iam::111122223333:role/ops/deploy"),
            ),
            ("**x**[ {none}|| {empty}|| **{user}**|| {arn}]", Some("<x> <alice>")),
            ("**x**[ **{none}]y**", Some("<x>y")),
            ("[{?user=bob|alice}**yes**||no]", Some("<yes>")),
            ("[{!user=bob|alice}**yes**||no **{user}**]", Some("no <alice>")),
            ("[{?none}**yes**||{!none}**no**]", Some("<no>")),
            ("[{?lower:state=not_available}**so**]", Some("<so>")),
            ("**{name:arn}** {name:user}", Some("<deploy> alice")),
            ("**{bytes:size}**, {number:bytes.sent}", Some("<38.2 MB>, 38,200,000")),
            ("**{s:a+none+b}** {ms:b}", Some("<2.5 s> 2 ms")),
            ("**{s:none+user|=-}**", Some("<->")),
            ("**{words:state}**", Some("<not available>")),
            ("**{line:text}** {start:text}", Some("<first line second {user} **> first line")),
            ("**{items:list}** [{items:user}]", Some("<3> ")),
            ("**{first:ips}**[ and {more:ips} more] of {all:ips}", Some("<10.0.0.1> and 2 more of 3")),
            ("**{first:user}**[ and {more:user} more] of {all:user}", Some("<alice> of 1")),
            ("2 * 3 = **6**", Some("2 * 3 = <6>")),
            // What is written wrongly ends somehow.
            ("[{user}", None),
            ("{user", Some("<{user>")),
            ("**a]", Some("<a]>")),
        ] {
            assert_eq!(filled(template).as_deref(), expected, "{template}");
        }
    }
}
