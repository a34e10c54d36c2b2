//! A template made by example: parts of a line that the user marked and named, everything else literal. And what a form guesses
//! for its user: the kind of a part, an id of a name.

use logloupe_table::custom::FieldKind;

/// A line and its marked parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Marking {
    line: String,
    /// In their order; none lies over another.
    marks: Vec<Mark>,
}

#[derive(Clone, Debug, PartialEq)]
struct Mark {
    from: usize,
    to: usize,
    kind: FieldKind,
    name: String,
}

impl Marking {
    /// Marks bytes `from..to` of a line. Marks of another line, and those that lie under this one, are gone.
    pub(crate) fn mark(&mut self, line: &str, from: usize, to: usize, kind: FieldKind, name: &str) {
        if self.line != line {
            *self = Marking { line: line.to_owned(), marks: Vec::new() };
        }
        let same = |mark: &Mark| !name.is_empty() && mark.name == name;
        self.marks.retain(|mark| (mark.to <= from || to <= mark.from) && !same(mark));
        let at = self.marks.iter().position(|mark| mark.from > from).unwrap_or(self.marks.len());
        self.marks.insert(at, Mark { from, to, kind, name: name.to_owned() });
    }
    /// The template.
    pub(crate) fn template(&self) -> String {
        let mut template = String::new();
        let mut at = 0;
        let literal = |from: usize, to: usize| self.line.get(from..to).unwrap_or_default().replace('%', "%%");
        for Mark { from, to, kind, name } in &self.marks {
            template.push_str(&literal(at, *from));
            let word = kind.word();
            match name.as_str() {
                "" => template.push_str(&format!("%{{{word}}}")),
                name if name == word => template.push_str(&format!("%{{{word}}}")),
                name => template.push_str(&format!("%{{{word}:{name}}}")),
            }
            at = *to;
        }
        template.push_str(&literal(at, self.line.len()));
        template
    }
}

/// The line in which a selection lies, and its bytes in that; none where nothing is selected. Browsers count in units of
/// UTF-16.
pub(crate) fn selected(text: &str, from: u32, to: u32) -> Option<(&str, usize, usize)> {
    let byte = |units: u32| {
        let mut count = 0;
        let found = text.char_indices().find(|(_, c)| {
            let here = count >= units;
            count += c.len_utf16() as u32;
            here
        });
        found.map_or(text.len(), |(at, _)| at)
    };
    let (from, to) = (byte(from), byte(to));
    let start = text.get(..from)?.rfind('\n').map_or(0, |feed| feed + 1);
    let end = text.get(from..)?.find('\n').map_or(text.len(), |feed| from + feed);
    let to = to.min(end);
    (from < to).then(|| Some((text.get(start..end)?, from - start, to - start)))?
}

/// What a part of a line looks like.
pub(crate) fn guess(text: &str) -> FieldKind {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let count = |byte: u8| text.bytes().filter(|b| *b == byte).count();
    let first = text.bytes().next().unwrap_or_default();
    if text.len() > 1 && matches!(first, b'"' | b'\'') && text.as_bytes().last() == Some(&first) {
        return FieldKind::Quoted;
    }
    if matches!(first, b'{' | b'[')
        && matches!(text.as_bytes().last(), Some(b'}' | b']'))
        && text.contains('"')
    {
        return FieldKind::Json;
    }
    if digits(text.strip_prefix('-').unwrap_or(text)) {
        // Seconds or milliseconds since 1970.
        return if matches!(text.len(), 10 | 13) && first == b'1' { FieldKind::Time } else { FieldKind::Int };
    }
    if count(b'.') == 3 && text.split('.').all(|part| digits(part) && part.len() <= 3) {
        return FieldKind::Ip;
    }
    let clock = text.as_bytes().windows(8).any(|w| {
        let colon = |at: usize| w.get(at) == Some(&b':');
        colon(2) && colon(5) && [0, 1, 3, 4, 6, 7].iter().all(|at| w.get(*at).is_some_and(u8::is_ascii_digit))
    });
    if clock {
        return FieldKind::Time;
    }
    if count(b':') >= 2 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b':') {
        return FieldKind::Ip;
    }
    if text.split('.').count() == 2 && text.split('.').all(digits) {
        return FieldKind::Float;
    }
    let number = text.trim_end_matches(|c: char| c.is_alphabetic());
    if number.len() < text.len() && digits(&number.replace('.', "")) {
        return match &text[number.len()..] {
            "ms" | "s" | "us" | "µs" | "ns" | "m" | "h" => FieldKind::Duration,
            "B" | "KB" | "kB" | "MB" | "GB" | "KiB" | "MiB" | "GiB" | "K" | "M" | "G" => FieldKind::Bytes,
            _ => FieldKind::Word,
        };
    }
    const LEVELS: [&str; 12] = [
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "FATAL", "CRITICAL", "SEVERE",
        "CRIT",
    ];
    if LEVELS.iter().any(|level| level.eq_ignore_ascii_case(text)) {
        return FieldKind::Level;
    }
    if text.contains(char::is_whitespace) { FieldKind::Text } else { FieldKind::Word }
}

/// An id made of a name: small letters, digits and underscores.
pub(crate) fn id_of(name: &str) -> String {
    let mut id = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => id.push(c),
            _ if id.is_empty() || id.ends_with('_') => {}
            _ => id.push('_'),
        }
    }
    let id = id.trim_end_matches('_');
    let id = if id.starts_with(|c: char| c.is_ascii_digit()) { format!("log_{id}") } else { id.to_owned() };
    id.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_parts_are_fields_and_the_rest_is_literal() {
        let line = "100% 203.0.113.7 - ana";
        let mut marking = Marking::default();
        marking.mark(line, 19, 22, FieldKind::Word, "user");
        marking.mark(line, 5, 16, FieldKind::Ip, "client");
        assert_eq!(marking.template(), "100%% %{ip:client} - %{word:user}");
        // What is marked again is what it was marked as last; a name is had once.
        marking.mark(line, 6, 22, FieldKind::Rest, "rest");
        assert_eq!(marking.template(), "100%% 2%{rest}");
        marking.mark(line, 0, 3, FieldKind::Int, "rest");
        assert_eq!(marking.template(), "%{int:rest}%% 203.0.113.7 - ana");
        marking.mark("a b", 0, 1, FieldKind::Word, "x");
        assert_eq!(marking.template(), "%{word:x} b");
    }

    #[test]
    fn a_selection_is_of_its_first_line() {
        let text = "é😀b c\nsecond line";
        assert_eq!(selected(text, 0, 1), Some(("é😀b c", 0, 2)));
        assert_eq!(selected(text, 3, 6), Some(("é😀b c", 6, 9)));
        assert_eq!(selected(text, 5, 12), Some(("é😀b c", 8, 9)));
        assert_eq!(selected(text, 7, 13), Some(("second line", 0, 6)));
        assert_eq!((selected(text, 2, 2), selected("", 0, 0), selected("a", 5, 9)), (None, None, None));
    }

    #[test]
    fn kinds_are_guessed_by_what_stands_there() {
        for (text, kind) in [
            ("203.0.113.7", FieldKind::Ip),
            ("2001:db8::7", FieldKind::Ip),
            ("404", FieldKind::Int),
            ("1772674177", FieldKind::Time),
            ("2026-03-05 01:29:37,123", FieldKind::Time),
            ("05/Mar/2026:01:29:37 +0000", FieldKind::Time),
            ("Mar  5 01:29:37", FieldKind::Time),
            ("0.25", FieldKind::Float),
            ("12ms", FieldKind::Duration),
            ("1.5KiB", FieldKind::Bytes),
            ("WARN", FieldKind::Level),
            ("\"GET /\"", FieldKind::Quoted),
            ("{\"a\":1}", FieldKind::Json),
            ("web-1", FieldKind::Word),
            ("went wrong", FieldKind::Text),
            ("é", FieldKind::Word),
            ("", FieldKind::Word),
        ] {
            assert_eq!(guess(text), kind, "{text}");
        }
    }

    #[test]
    fn ids_are_of_small_letters() {
        for (name, id) in
            [("My app", "my_app"), ("  Billing's log! ", "billing_s_log"), ("2nd", "log_2nd"), ("é", "")]
        {
            assert_eq!(id_of(name), id, "{name}");
        }
    }
}
