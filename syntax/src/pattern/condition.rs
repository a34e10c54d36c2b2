//! A condition on one field: `$.eventName = "Console*"`, `$.error IS NULL`; in slots, on a slot.

use std::ops::Range;

use super::{Parser, at, call, message};
use crate::{
    diagnostic::Diagnostic,
    tree::{Binary, E, Expr, Pattern, Spanned, Unary},
};
use logloupe_table::{Value, value::parse_number};

/// How many `*` the selectors of a pattern have in CloudWatch.
const MOST_STARS: usize = 3;

/// A value to compare with.
enum Wanted {
    /// In quotes, or a word that is no number.
    Text(String),
    Number(Value),
    Regex(String),
}

/// What a condition is about.
pub(super) struct Subject {
    /// A field, or a word of the record.
    item: Spanned<Expr>,
    /// The path of a selector with a `*`, which stands for several values: the condition holds if any of them fits.
    each: Option<String>,
}

impl Subject {
    pub(super) fn one(item: Spanned<Expr>) -> Subject {
        Subject { item, each: None }
    }
    /// `jsonAny(@message, path, …)`
    fn any(path: &str, span: Range<usize>, comparison: Option<(&str, Value)>) -> E {
        let text = |text: &str| at(span.clone(), Expr::Literal(Value::text(text)));
        let mut args = vec![message(), text(path)];
        if let Some((comparison, value)) = comparison {
            args.extend([text(comparison), at(span.clone(), Expr::Literal(value))]);
        }
        call(span, "jsonany", args)
    }
    /// `jsonAnyMatch(@message, regex, path, …)`
    fn any_match(path: &str, span: Range<usize>, regex: &str, negated: bool) -> E {
        let value = |value| at(span.clone(), Expr::Literal(value));
        let mut args = vec![message(), value(Value::text(regex)), value(Value::text(path))];
        args.extend(negated.then(|| value(Value::Bool(false))));
        call(span, "jsonanymatch", args)
    }
}

impl Parser<'_> {
    /// `subject condition`
    pub(super) fn condition(&mut self) -> Option<E> {
        self.blanks();
        let start = self.at;
        let about = self.subject()?;
        let subject = about.item.clone();
        let item = || Box::new(subject.clone());
        self.blanks();
        let operator = self.at;
        let bare = |e: Expr, p: &Self| Some(at(start..p.at, e));
        if self.eat_word("IS") {
            let literal = |v| at(operator..operator, Expr::Literal(v));
            if self.eat_word("NULL") {
                return Some(match &about.each {
                    Some(path) => Subject::any(path, start..self.at, Some(("is", Value::Null))),
                    None => self.is_null(start, &subject),
                });
            }
            for (word, value) in [("TRUE", true), ("FALSE", false)] {
                if self.eat_word(word) {
                    if let Some(path) = &about.each {
                        return Some(Subject::any(path, start..self.at, Some(("is", Value::Bool(value)))));
                    }
                    return bare(Expr::Binary(Binary::Equal, item(), literal(Value::Bool(value))), self);
                }
            }
            self.unexpected("`NULL`, `TRUE` or `FALSE` after `IS`", "for example `$.error IS NULL`");
            return None;
        }
        let negated = self.eat_word("NOT");
        if self.eat_word("EXISTS") {
            let span = start..self.at;
            if !negated {
                let help = "it has `NOT EXISTS` alone; write `= *` for any text or number; here it works";
                self.report(Diagnostic::warning(span.clone(), "CloudWatch refuses `EXISTS`").help(help));
            }
            if self.slots.is_some() {
                return Some(present(span, subject, negated));
            }
            let has = match &about.each {
                Some(path) => Subject::any(path, span.clone(), None),
                None => call(span.clone(), "jsonhas", vec![Box::new(subject)]),
            };
            return Some(if negated { at(span, Expr::Unary(Unary::Not, has)) } else { has });
        }
        if negated {
            self.unexpected("`EXISTS` after `NOT`", "for example `$.error NOT EXISTS`");
            return None;
        }
        for (symbol, op) in [
            ("!=", Binary::NotEqual),
            ("<=", Binary::LessEqual),
            (">=", Binary::GreaterEqual),
            ("=", Binary::Equal),
            ("<", Binary::Less),
            (">", Binary::Greater),
        ] {
            if self.eat(symbol) {
                return self.compared(start, about, symbol, op);
            }
        }
        self.unexpected(
            "`=`, `!=`, `<`, `>`, `EXISTS`, `NOT EXISTS` or `IS`",
            "for example `$.eventName = \"ConsoleLogin\"`",
        );
        None
    }

    /// What follows `subject operator`.
    fn compared(&mut self, start: usize, subject: Subject, symbol: &str, op: Binary) -> Option<E> {
        if self.rest().starts_with(['=', '>', '<']) {
            self.at -= symbol.len();
            let span = self.at..self.at + symbol.len() + 1;
            let help = "the comparisons are `=`, `!=`, `<`, `<=`, `>` and `>=`";
            self.report(Diagnostic::error(span, "not an operator of filter patterns").help(help));
            return None;
        }
        self.blanks();
        let from = self.at;
        let wanted = self.wanted()?;
        let span = from..self.at;
        let all = start..self.at;
        let ordered = !matches!(op, Binary::Equal | Binary::NotEqual);
        let negated = op == Binary::NotEqual;
        let Subject { item, each } = subject;
        let item = Box::new(item);
        let json = self.slots.is_none();
        // What is an object or a list fits no condition.
        let scalar = |item: E| if json { call(item.span.clone(), "jsonscalar", vec![item]) } else { item };
        let like = |pattern| match (&each, &pattern) {
            (None, _) => {
                let pattern = Spanned::new(pattern, span.clone());
                Expr::Like { negated, item: scalar(item.clone()), pattern }
            }
            (Some(path), Pattern::Regex(regex)) => Subject::any_match(path, all.clone(), regex, negated).item,
            (Some(path), Pattern::Text(text)) => {
                Subject::any_match(path, all.clone(), &escape(text), negated).item
            }
        };
        let expr = match wanted {
            Wanted::Number(number) if let Some(path) = &each => {
                return Some(Subject::any(path, all, Some((symbol, number))));
            }
            Wanted::Number(number) => {
                // `<` and its like hold for numbers only, whatever else the field may be.
                let item = match (ordered, negated) {
                    (true, _) => call(item.span.clone(), "tonumber", vec![item]),
                    (false, true) => scalar(item),
                    (false, false) => item,
                };
                Expr::Binary(op, item, at(span, Expr::Literal(number)))
            }
            _ if ordered => {
                let help = format!(
                    "for text there are `=` and `!=`; a number is written without quotes: `{symbol} 10`"
                );
                self.report(
                    Diagnostic::error(span, format!("expected a number after `{symbol}`")).help(help),
                );
                return None;
            }
            Wanted::Regex(regex) => like(Pattern::Regex(regex)),
            Wanted::Text(text) if text == "*" => {
                // Anything that is there.
                if let Some(path) = &each {
                    let found = Subject::any_match(path, all.clone(), "^", false);
                    return Some(if negated { at(all, Expr::Unary(Unary::Not, found)) } else { found });
                }
                let found = present(all.clone(), *scalar(item), false);
                return Some(if negated { at(all, Expr::Unary(Unary::Not, found)) } else { found });
            }
            Wanted::Text(text) => {
                let (open, rest) = text.strip_prefix('*').map_or((false, text.as_str()), |rest| (true, rest));
                let (core, end) = rest.strip_suffix('*').map_or((rest, false), |core| (core, true));
                if core.contains('*') {
                    let message = "a `*` inside a value stands for itself";
                    let help =
                        "it is a wildcard only at the beginning and at the end; use a regex: `= %a.*b%`";
                    self.report(Diagnostic::warning(span.clone(), message).help(help));
                }
                match (open, end) {
                    (false, false) if let Some(path) = &each => {
                        return Some(Subject::any(path, all, Some((symbol, Value::text(&text)))));
                    }
                    (false, false) => {
                        let item = if negated { scalar(item.clone()) } else { item.clone() };
                        Expr::Binary(op, item, at(span.clone(), Expr::Literal(Value::text(&text))))
                    }
                    (true, true) => like(Pattern::Text(core.to_owned())),
                    (true, false) => like(Pattern::Regex(format!("{}$", escape(core)))),
                    (false, true) => like(Pattern::Regex(format!("^{}", escape(core)))),
                }
            }
        };
        Some(at(all, expr))
    }

    /// `IS NULL`: the record has the key, and it is null. In slots no word is.
    fn is_null(&mut self, start: usize, subject: &Spanned<Expr>) -> E {
        call(start..self.at, "jsonnull", vec![Box::new(subject.clone())])
    }

    /// The value after `=`.
    fn wanted(&mut self) -> Option<Wanted> {
        match self.next() {
            Some('"') => self.quoted().map(Wanted::Text),
            Some('%') => self.regex().map(Wanted::Regex),
            Some('“' | '”' | '„' | '‘' | '’') => {
                let help = "write text in plain double quotes: \"…\"";
                self.unexpected("a value", help);
                None
            }
            _ => {
                let word = self.rest().get(..self.word_length(self.rest())).unwrap_or("");
                if word.is_empty() {
                    self.unexpected("a value", "for example `= \"ConsoleLogin\"`, `= 4*` or `= %regex%`");
                    return None;
                }
                let start = self.at;
                self.at += word.len();
                if word == "null" && self.slots.is_none() {
                    let message = "`null` is the text of four letters here, and CloudWatch refuses it";
                    let help = "write `IS NULL`, or `\"null\"` for the text";
                    self.report(Diagnostic::warning(start..self.at, message).help(help));
                }
                Some(match number(word) {
                    Some(number) => Wanted::Number(number),
                    None => Wanted::Text(word.to_owned()),
                })
            }
        }
    }

    /// What a condition is about.
    fn subject(&mut self) -> Option<Subject> {
        if self.slots.is_some() {
            return self.slot_subject().map(Subject::one);
        }
        let start = self.at;
        if !self.eat("$") {
            self.unexpected("a field such as `$.eventName`", "a field begins with `$.`");
            return None;
        }
        let mut steps: Vec<String> = Vec::new();
        // The places of the steps that are `*`.
        let mut stars: Vec<usize> = Vec::new();
        loop {
            let dot = self.rest().starts_with('.');
            let rest = self.rest().get(dot as usize..).unwrap_or("");
            let star =
                [("[*]", true), ("*", dot)].into_iter().find(|(s, fits)| *fits && rest.starts_with(*s));
            if let Some((star, _)) = star {
                stars.push(steps.len());
                steps.push("*".to_owned());
                self.at += dot as usize + star.len();
            } else if rest.starts_with('[') {
                self.at += dot as usize + 1;
                steps.push(self.bracketed()?);
            } else if dot {
                self.at += 1;
                let key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '$' | '/' | ':');
                let length = rest.find(|c| !key(c)).unwrap_or(rest.len());
                if length == 0 {
                    self.unexpected("a key after `.`", "for example `$.userIdentity.type`");
                    return None;
                }
                steps.push(rest.get(..length).unwrap_or("").to_owned());
                self.at += length;
            } else {
                break;
            }
        }
        if steps.is_empty() {
            self.unexpected("`.` and a key after `$`", "for example `$.userIdentity.type`");
            return None;
        }
        let item = Spanned::new(Expr::Field(path(&steps)), start..self.at);
        self.stars += stars.len();
        if stars.len() > 1 || (!stars.is_empty() && self.stars > MOST_STARS) {
            let message = "CloudWatch refuses so many `*` in selectors";
            let help = format!("it takes one in a selector and {MOST_STARS} in a pattern; here it works");
            self.report(Diagnostic::warning(start..self.at, message).help(help));
        }
        let each = (!stars.is_empty()).then(|| each_path(&steps, &stars));
        Some(Subject { item, each })
    }

    /// `0]` or `"key"]`.
    fn bracketed(&mut self) -> Option<String> {
        self.blanks();
        let rest = self.rest();
        let step = if rest.starts_with('"') {
            self.quoted()?
        } else if rest.starts_with('\'') {
            self.between('\'', "key")?.to_owned()
        } else {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            if digits == 0 {
                let help = "name one element by its place, `$.users[0]`, or a key in quotes, `$[\"a.b\"]`";
                self.unexpected("a number or a key in quotes", help);
                return None;
            }
            self.at += digits;
            rest.get(..digits).unwrap_or("").to_owned()
        };
        if !self.eat("]") {
            self.unexpected("`]`", "");
            return None;
        }
        Some(step)
    }
}

/// The steps of a selector as one name: a step with a dot in it stands in backticks, unless it is the only one.
fn path(steps: &[String]) -> String {
    match steps {
        [only] if !only.contains('`') => only.clone(),
        _ => {
            let step = |s: &String| match s.contains(['.', '`']) {
                true => format!("`{}`", s.replace('`', "``")),
                false => s.clone(),
            };
            steps.iter().map(step).collect::<Vec<_>>().join(".")
        }
    }
}

/// The steps of a selector as the path of `jsonAny`, of which the steps at `stars` are any key or place.
fn each_path(steps: &[String], stars: &[usize]) -> String {
    let step = |(i, step): (usize, &String)| match step.contains(['.', '`']) || step == "*" {
        true if !stars.contains(&i) => format!("`{}`", step.replace('`', "``")),
        _ => step.clone(),
    };
    steps.iter().enumerate().map(step).collect::<Vec<_>>().join(".")
}

/// A number as the vendor writes it: sign, fraction, exponent.
fn number(word: &str) -> Option<Value> {
    let plain = word.strip_prefix('+').unwrap_or(word);
    if let Ok(v) = plain.parse() {
        return Some(Value::Int(v));
    }
    parse_number(plain.as_bytes()).filter(|v| v.is_finite()).map(Value::Float)
}

/// `ispresent(item)` or its negation.
fn present(span: std::ops::Range<usize>, item: Spanned<Expr>, negated: bool) -> E {
    let present = call(span.clone(), "ispresent", vec![Box::new(item)]);
    if negated { at(span, Expr::Unary(Unary::Not, present)) } else { present }
}

/// A regex that finds exactly this text.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' | '#' => {
                out.extend(['\\', c]);
            }
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}
