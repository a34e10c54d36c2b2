//! Tree to canonical text: what the query bar shows and the URL keeps. Minimal brackets and quotes; reading it back
//! gives the same tree.

mod table;

use std::fmt::{self, Display, Formatter, Write};

use super::{
    classify::{Beginning, classify},
    keywords, quoting, search,
    tree::{
        Binary, Command, E, Expr, ParsePattern, Pattern, Period, PeriodUnit, Projection, Query, SortKey,
        Spanned, Term, Unary,
    },
};
use logloupe_table::Value;

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for command in &self.commands {
            if command.item.is_empty() {
                continue;
            }
            match (&command.item, first) {
                // Free text needs no command's name where the query begins with it.
                (Command::Search(terms), true) => f.write_str(&free_text(terms))?,
                (_, true) => command.item.fmt(f)?,
                (_, false) => write!(f, " | {}", command.item)?,
            }
            first = false;
        }
        Ok(())
    }
}

impl Command {
    /// Whether it says nothing: a list command without items. Such a command has no text.
    fn is_empty(&self) -> bool {
        match self {
            Command::Source(names) => names.is_empty(),
            Command::Search(terms) => terms.is_empty(),
            Command::Fields(items) | Command::Display(items) | Command::Select(items) => items.is_empty(),
            Command::Stats { aggregates, by } => aggregates.is_empty() && by.is_empty(),
            Command::Sort(keys) => keys.is_empty(),
            Command::Dedup(items) => items.is_empty(),
            Command::Join(_)
            | Command::Set(_)
            | Command::Values(_)
            | Command::Lookup(_)
            | Command::Diff(_)
            | Command::RelevantFields { .. } => false,
            Command::Table(command) => command.is_empty(),
            Command::Filter(_) | Command::Parse { .. } | Command::Limit(_) => false,
        }
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Command::Source(names) => {
                f.write_str("SOURCE ")?;
                list(f, names, |f, n| source_name(f, &n.item))
            }
            Command::Search(terms) => {
                f.write_str("search ")?;
                f.write_str(&terms.iter().map(term).collect::<Vec<_>>().join(" "))
            }
            Command::Fields(items) => {
                f.write_str("fields ")?;
                list(f, items, |f, p| p.fmt(f))
            }
            Command::Display(items) | Command::Select(items) => {
                f.write_str("display ")?;
                list(f, items, |f, p| p.fmt(f))
            }
            Command::Filter(condition) => write!(f, "filter {}", condition.item),
            Command::Parse { source, pattern } => parse(f, source.as_ref(), pattern),
            Command::Stats { aggregates, by } => stats(f, aggregates, by),
            Command::Sort(keys) => {
                f.write_str("sort ")?;
                list(f, keys, |f, k| k.fmt(f))
            }
            Command::Limit(rows) => write!(f, "limit {rows}"),
            Command::Dedup(items) => {
                f.write_str("dedup ")?;
                list(f, items, |f, e| e.item.fmt(f))
            }
            Command::Join(join) => join.fmt(f),
            Command::Set(set) => set.fmt(f),
            Command::Values(constants) => {
                f.write_str("values ")?;
                list(f, &constants.names, |f, n| Name(&n.item).fmt(f))?;
                f.write_str(if constants.names.is_empty() { "[" } else { " [" })?;
                list(f, &constants.rows, |f, row| {
                    f.write_char('[')?;
                    list(f, row, |f, e| e.item.fmt(f))?;
                    f.write_char(']')
                })?;
                f.write_char(']')
            }
            Command::Lookup(lookup) => lookup.fmt(f),
            Command::Diff(baseline) => baseline.fmt(f),
            Command::RelevantFields { fields, condition } => {
                f.write_str("relevantfields ")?;
                list(f, fields, |f, e| e.item.fmt(f))?;
                write!(f, "{}where {}", if fields.is_empty() { "" } else { " " }, condition.item)
            }
            Command::Table(command) => command.fmt(f),
        }
    }
}

pub(super) fn list<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    mut write: impl FnMut(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    Ok(())
}

/// As it stands among others; a first term that begins like a command needs more, see [`Query`].
impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&term(self))
    }
}

impl Display for Projection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.expr.item.fmt(f)?;
        match &self.alias {
            Some(alias) => write!(f, " as {}", Name(&alias.item)),
            None => Ok(()),
        }
    }
}

impl Display for SortKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.expr.item.fmt(f)?;
        if self.descending { f.write_str(" desc") } else { Ok(()) }
    }
}

fn stats(f: &mut Formatter<'_>, aggregates: &[Projection], by: &[Projection]) -> fmt::Result {
    f.write_str("stats ")?;
    match aggregates {
        // Groups alone, as `SELECT DISTINCT` asks for them.
        [] => f.write_str("count(*)")?,
        _ => list(f, aggregates, |f, p| p.fmt(f))?,
    }
    if by.is_empty() {
        return Ok(());
    }
    f.write_str(" by ")?;
    // `offset` shifts every `bin` at once, so it can only be written where there is one.
    let bins =
        by.iter().filter(|p| matches!(&p.expr.item, Expr::Call { name, .. } if name.item == "bin")).count();
    let mut offset = None;
    list(f, by, |f, p| match &p.expr.item {
        Expr::Call { name, args } if bins == 1 && name.item == "bin" => match args.as_slice() {
            [width, shift] if matches!(shift.item, Expr::Period(_)) => {
                offset = Some(shift.item.clone());
                let call = Expr::Call { name: name.clone(), args: vec![width.clone()] };
                Projection { expr: Box::new(Spanned::made(call)), alias: p.alias.clone() }.fmt(f)
            }
            _ => p.fmt(f),
        },
        _ => p.fmt(f),
    })?;
    if let Some(offset) = offset {
        write!(f, " offset {offset}")?;
    }
    if aggregates.is_empty() {
        f.write_str(" | display ")?;
        list(f, by, |f, p| Name(&p.name()).fmt(f))?;
    }
    Ok(())
}

fn parse(f: &mut Formatter<'_>, source: Option<&E>, pattern: &ParsePattern) -> fmt::Result {
    f.write_str("parse ")?;
    if let Some(source) = source {
        match &source.item {
            Expr::Field(_) | Expr::Call { .. } => write!(f, "{} ", source.item)?,
            other => write!(f, "({other}) ")?,
        }
    }
    match pattern {
        ParsePattern::Glob { pattern, names } => {
            write!(f, "{} as ", Quoted(&pattern.item))?;
            list(f, names, |f, n| Name(&n.item).fmt(f))
        }
        ParsePattern::Regex(regex) => Regex(&regex.item).fmt(f),
    }
}

pub(super) fn source_name(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if plain { f.write_str(name) } else { Quoted(name).fmt(f) }
}

/// The whole text of a search that begins a query.
fn free_text(terms: &[Term]) -> String {
    let bare = terms.iter().map(term).collect::<Vec<_>>().join(" ");
    if classify(&bare) == Beginning::FreeText {
        return bare;
    }
    // Begins like a command: quotes around the first term make it text; where it has a field, name the command.
    match terms.split_first() {
        Some((first, rest)) if first.field.is_none() && !first.negated => {
            let rest = rest.iter().map(|t| format!(" {}", term(t))).collect::<String>();
            format!("{}{rest}", Quoted(&first.text.item))
        }
        _ => format!("search {bare}"),
    }
}

/// One term, quoted only if it would be read as something else.
fn term(term: &Term) -> String {
    let mut out = if term.negated { "-".to_owned() } else { String::new() };
    if let Some(field) = &term.field {
        let plain = field.item.starts_with(quoting::is_name_start)
            && field.item.chars().all(|c| quoting::is_name_char(c) || c == '-');
        if plain {
            out.push_str(&field.item);
        } else {
            out.push_str(&Name(&field.item).to_string());
        }
        out.push(':');
    }
    let bare = format!("{out}{}", term.text.item);
    let operator = matches!(bare.as_str(), "AND" | "OR" | "NOT");
    // A backtick, wherever it stands, may pair with one of a later term.
    let pairs = term.text.item.contains('`');
    if !operator && !pairs && is_one_term(&bare, term) {
        bare
    } else {
        format!("{out}{}", Quoted(&term.text.item))
    }
}

/// Whether `bare` is read back as this one term.
fn is_one_term(bare: &str, term: &Term) -> bool {
    let mut pieces = search::pieces(bare, 0);
    let same = pieces.next().is_some_and(|p| {
        p.span == (0..bare.len())
            && !p.quoted
            && p.negated == term.negated
            && p.value(bare) == term.text.item
            && p.field(bare).as_ref() == term.field.as_ref().map(|f| &f.item)
    });
    same && pieces.next().is_none()
}

/// How tightly an expression holds together, as text. A sign binds looser than `^`, tighter than `*`.
mod level {
    pub(super) const ANY: u8 = 0;
    pub(super) const NOT: u8 = 6;
    pub(super) const COMPARISON: u8 = 8;
    pub(super) const SIGN: u8 = 13;
    pub(super) const PRIMARY: u8 = 16;
}

fn level(expr: &Expr) -> u8 {
    match expr {
        Expr::Binary(op, ..) => op.precedence() * 2,
        Expr::Unary(Unary::Not, _) => level::NOT,
        Expr::Unary(Unary::Minus, _) => level::SIGN,
        Expr::In { .. } | Expr::InQuery { .. } | Expr::Like { .. } => level::COMPARISON,
        Expr::Literal(Value::Int(v)) if *v < 0 => level::SIGN,
        Expr::Literal(Value::Float(v)) if v.is_sign_negative() => level::SIGN,
        _ => level::PRIMARY,
    }
}

/// `expr`, in brackets if it holds together less tightly than `least`.
struct AtLeast<'a>(u8, &'a Expr);

impl Display for AtLeast<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if level(self.1) < self.0 { write!(f, "({})", self.1) } else { self.1.fmt(f) }
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let operand = level::COMPARISON + 1;
        match self {
            Expr::Literal(value) => literal(f, value),
            Expr::Period(period) => period.fmt(f),
            Expr::Star => f.write_str("*"),
            Expr::Field(name) => Name(name).fmt(f),
            Expr::Unary(Unary::Minus, inner) => {
                // A sign before a bare number would make it a negative number.
                let number = matches!(inner.item, Expr::Literal(Value::Int(_) | Value::Float(_)));
                write!(f, "-{}", AtLeast(if number { u8::MAX } else { level::SIGN }, &inner.item))
            }
            Expr::Unary(Unary::Not, inner) => {
                // Brackets for the reader: engines differ in how tightly `not` binds.
                let least = if level(&inner.item) == level::NOT { level::NOT } else { level::PRIMARY };
                write!(f, "not {}", AtLeast(least, &inner.item))
            }
            Expr::Binary(op, left, right) => {
                let own = op.precedence() * 2;
                let (l, r) = match op {
                    Binary::Power => (level::PRIMARY, level::SIGN),
                    _ if own == level::COMPARISON => (operand, operand),
                    _ => (own, own + 1),
                };
                write!(f, "{} {} {}", AtLeast(l, &left.item), op.symbol(), AtLeast(r, &right.item))
            }
            Expr::In { negated, item, list: members } => {
                let not = if *negated { "not " } else { "" };
                write!(f, "{} {not}in [", AtLeast(operand, &item.item))?;
                list(f, members, |f, e| AtLeast(level::ANY, &e.item).fmt(f))?;
                f.write_char(']')
            }
            Expr::InQuery { negated, item, query, .. } => {
                let not = if *negated { "not " } else { "" };
                write!(f, "{} {not}in ({query})", AtLeast(operand, &item.item))
            }
            Expr::Query(query) => write!(f, "({query})"),
            Expr::Exists(query) => write!(f, "exists ({query})"),
            Expr::Like { negated, item, pattern } => {
                let not = if *negated { "not " } else { "" };
                write!(f, "{} {not}like ", AtLeast(operand, &item.item))?;
                match &pattern.item {
                    Pattern::Text(text) => Quoted(text).fmt(f),
                    Pattern::Regex(regex) => Regex(regex).fmt(f),
                }
            }
            Expr::Call { name, args } => {
                let spelling = keywords::function_spelling(&name.item);
                match keywords::is_reserved(spelling) {
                    true => f.write_str(&backticks(spelling))?,
                    false => Name(spelling).fmt(f)?,
                }
                f.write_char('(')?;
                list(f, args, |f, e| e.item.fmt(f))?;
                f.write_char(')')
            }
        }
    }
}

fn literal(f: &mut Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Null => f.write_str("null"),
        Value::Bool(v) => v.fmt(f),
        Value::Int(v) => v.fmt(f),
        // Not numbers are written nowhere and read nowhere; infinity is what overflows.
        Value::Float(v) if v.is_nan() => f.write_str("null"),
        Value::Float(v) if v.is_infinite() => f.write_str(if *v > 0.0 { "1e999" } else { "-1e999" }),
        Value::Float(v) => write!(f, "{v:?}"),
        Value::Time(_) | Value::Text(_) => Quoted(&value.to_string()).fmt(f),
        Value::List(items) => {
            f.write_char('[')?;
            list(f, items, literal)?;
            f.write_char(']')
        }
        Value::Several(several) => {
            let values: Vec<Value> = several.values().cloned().collect();
            literal(f, &Value::List(values.into()))
        }
    }
}

impl Display for Period {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.symbol())
    }
}

impl PeriodUnit {
    /// As written behind a number: `5m`.
    pub fn symbol(self) -> &'static str {
        match self {
            PeriodUnit::Millisecond => "ms",
            PeriodUnit::Second => "s",
            PeriodUnit::Minute => "m",
            PeriodUnit::Hour => "h",
            PeriodUnit::Day => "d",
            PeriodUnit::Week => "w",
            PeriodUnit::Month => "mo",
            PeriodUnit::Quarter => "q",
            PeriodUnit::Year => "y",
        }
    }
}

/// The name of a column that was not given one: `count(*)`, `bin(5m)`, `bytes / 1024`.
pub fn label(expr: &Expr) -> String {
    match expr {
        Expr::Field(name) => short_label(name),
        other => short_label(other),
    }
}

/// The same, if it is not too long for a name.
pub fn whole_label(expr: &Expr) -> Option<String> {
    let (text, whole) = match expr {
        Expr::Field(name) => head(name),
        other => head(other),
    };
    whole.then_some(text)
}

/// A text as the name of a column: what stands in a table's head is not longer than this. No more of the text is made
/// than that.
pub(super) fn short_label(text: &dyn Display) -> String {
    let (text, whole) = head(text);
    if whole { text } else { text + "…" }
}

fn head(text: &dyn Display) -> (String, bool) {
    struct Head(String);
    impl fmt::Write for Head {
        fn write_str(&mut self, more: &str) -> fmt::Result {
            const MOST: usize = 199;
            let room = MOST.saturating_sub(self.0.chars().count());
            let fits = more.char_indices().nth(room).map_or(more, |(end, _)| more.get(..end).unwrap_or(""));
            self.0.push_str(fits);
            if fits.len() < more.len() { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let mut head = Head(String::new());
    let whole = write!(head, "{text}").is_ok();
    (head.0, whole)
}

impl Projection {
    /// The name of its column: the alias, or the expression's text.
    pub fn name(&self) -> String {
        self.alias.as_ref().map_or_else(|| label(&self.expr.item), |alias| alias.item.clone())
    }
}

/// Text in quotes.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// A regex between slashes.
struct Regex<'a>(&'a str);

impl Display for Regex<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('/')?;
        let mut chars = self.0.chars();
        while let Some(c) = chars.next() {
            match c {
                '/' => f.write_str("\\/")?,
                // The token ends with its line.
                '\n' => f.write_str("\\n")?,
                '\\' => {
                    f.write_char('\\')?;
                    if let Some(next) = chars.next() {
                        f.write_char(if next == '\n' { 'n' } else { next })?;
                    }
                }
                c => f.write_char(c)?,
            }
        }
        f.write_char('/')
    }
}

/// A field's name as it is written in a query: in backticks if it must be.
pub struct Name<'a>(pub &'a str);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.0;
        let plain = |s: &str| {
            s.starts_with(quoting::is_name_start) && s.chars().all(quoting::is_name_char) && !s.ends_with('.')
        };
        if plain(name) && !keywords::is_reserved(name) {
            return f.write_str(name);
        }
        if !name.contains('`') {
            return f.write_str(&backticks(name));
        }
        for (i, (part, quoted)) in quoting::name_parts(name).iter().enumerate() {
            if i > 0 {
                f.write_char('.')?;
            }
            // Behind a dot a part may begin with a digit; `a.0.b` is plain.
            let bare = !quoted
                && (plain(part) || i > 0 && !part.is_empty() && part.chars().all(quoting::is_name_char));
            if bare { f.write_str(part)? } else { f.write_str(&backticks(part))? }
        }
        Ok(())
    }
}

fn backticks(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
