//! Commands that look at more than one set of rows: subqueries, `join`, `lookup`, `diff`, `relevantfields`.
//! The grammar stands above the parser, in [`insights`](super::insights).

use std::fmt::{self, Display, Formatter, Write};

use super::{
    display::{Name, list, source_name},
    insights::{ParseResult, Parser, Reported, short},
    keywords,
    lexer::{Lexeme, Symbol, Token},
    quoting,
    tree::{
        Baseline, Command, Expr, Join, JoinKind, Lookup, PeriodUnit, Query, SIDES, SetOperation, Spanned,
    },
};
use crate::diagnostic::{Diagnostic, Severity};

/// How a join is written, for messages.
const JOIN: &str = "join left=a right=b where a.id = b.id (SOURCE cloudtrail | fields id, name)";

impl Parser<'_> {
    /// Whether a query begins here, behind a bracket: with a command's name that is not a value.
    pub(super) fn at_inner_query(&self) -> bool {
        let token = self.peek();
        if token.kind != Lexeme::Word || keywords::command_named(self.text_of(token)).is_none() {
            return false;
        }
        let next = self.peek_at(1);
        match next.kind {
            Lexeme::Word | Lexeme::Quoted => !keywords::continues(self.text_of(next)),
            Lexeme::Text | Lexeme::Number | Lexeme::Typographic | Lexeme::Regex => true,
            // `SOURCE /aws/lambda/name`.
            Lexeme::Symbol(Symbol::Slash) => self.is_word_at(0, "source"),
            _ => false,
        }
    }

    /// The query behind the bracket `open`, up to its closing one.
    pub(super) fn inner_query(&mut self, open: Token) -> ParseResult<Query> {
        if self.inner {
            self.skip_brackets();
            let message = "a subquery cannot hold another one";
            let help = "run the innermost query first and write its answer as a list: `in [\"a\", \"b\"]`";
            self.report(Diagnostic::error(open.start..self.end(), message).help(help));
            return Err(Reported);
        }
        let (command, faults) = (self.command, self.diagnostics.len());
        self.inner = true;
        let query = self.commands();
        self.inner = false;
        self.command = command;
        self.close(open, Symbol::Close)?;
        if query.commands.is_empty() {
            if self.diagnostics[faults..].iter().any(|d| d.severity == Severity::Error) {
                return Err(Reported);
            }
            let message = "the subquery is empty";
            let help = "begin it with the log that it asks: `(SOURCE cloudtrail | fields id)`";
            self.report(Diagnostic::error(open.start..self.end(), message).help(help));
            return Err(Reported);
        }
        Ok(query)
    }

    /// `[ "type=" kind ] [ "left=" name ] [ "right=" name ] "where" equality { "and" equality } "(" query ")"`
    pub(super) fn join(&mut self) -> ParseResult<Command> {
        let mut kind = JoinKind::Inner;
        let [mut left, mut right] = SIDES.map(|side| Spanned::made(side.to_owned()));
        while self.peek_at(1).kind == Lexeme::Symbol(Symbol::Equal) && !self.is_word_at(0, "where") {
            let option = self.advance();
            self.advance();
            let value = self.peek();
            let name = self.text_of(option).to_ascii_lowercase();
            match name.as_str() {
                "type" => {
                    kind = match self.text_of(value).to_ascii_lowercase().as_str() {
                        "left" => JoinKind::Left,
                        "inner" => JoinKind::Inner,
                        _ => return Err(self.unexpected("`inner` or `left`")),
                    };
                    self.advance();
                }
                "left" => left = self.new_name()?,
                "right" => right = self.new_name()?,
                _ => {
                    let message = format!("`join` has no option `{}`", short(self.text_of(option)));
                    let help = "its options are `type`, `left` and `right`";
                    self.report(Diagnostic::error(option.span(), message).help(help));
                    return Err(Reported);
                }
            }
        }
        if left.item == right.item {
            let message = "both sides of the join have the same name";
            self.report(Diagnostic::error(right.span, message).help("write, for example, `left=a right=b`"));
            return Err(Reported);
        }
        if !self.eat_word("where") {
            return Err(self.unexpected("`where` and the fields that must be equal"));
        }
        let mut on = Vec::new();
        loop {
            let (a, b) = self.equality(&left.item, &right.item)?;
            let field = |name: Spanned<String>| Box::new(Spanned::new(Expr::Field(name.item), name.span));
            on.push((field(a), field(b)));
            if !self.eat_word("and") {
                break;
            }
        }
        let open = self.peek();
        if !self.eat(Symbol::Open) {
            return Err(self.unexpected("the other subquery"));
        }
        let query = self.inner_query(open)?;
        Ok(Command::Join(Join { kind, left, right, on, query }))
    }

    /// `name [ "=" name ]`, in either order.
    fn equality(&mut self, left: &str, right: &str) -> ParseResult<(Spanned<String>, Spanned<String>)> {
        let first = self.new_name()?;
        let second = if self.eat(Symbol::Equal) { self.new_name()? } else { first.clone() };
        if self.peek().kind != Lexeme::Symbol(Symbol::Open) && !self.is_word_at(0, "and") {
            return Err(self.unexpected("`and` or the other subquery"));
        }
        let (a, b) = (side(&first, left, right), side(&second, left, right));
        let of = |name: &Spanned<String>, item: String| Spanned::new(item, name.span.clone());
        match (a, b) {
            ((Some(0), _), (Some(0), _)) | ((Some(1), _), (Some(1), _)) if first != second => {
                let message = "both fields are of the same side";
                let span = first.span.start..second.span.end;
                self.report(Diagnostic::error(span, message).help(format!("write, for example, `{JOIN}`")));
                Err(Reported)
            }
            ((Some(1), a), (_, b)) | ((_, a), (Some(0), b)) if first != second => {
                Ok((of(&second, b), of(&first, a)))
            }
            ((_, a), (_, b)) => Ok((of(&first, a), of(&second, b))),
        }
    }

    /// `table key { "," key } ( "OUTPUT" | "OUTPUTNEW" ) column [ "as" name ] { "," … }`
    pub(super) fn lookup(&mut self, network: bool) -> ParseResult<Command> {
        let table = self.source_name()?;
        let on = self.list(|p| {
            let first = p.new_name()?;
            let second = if p.eat_word("as") { Some(p.new_name()?) } else { None };
            // The vendor writes the column first in one command, and the field first in the other.
            Ok(match (network, second) {
                (true, column) => (column, first),
                (false, Some(field)) => (Some(first), field),
                (false, None) => (Some(first.clone()), first),
            })
        })?;
        if network && let Some((_, second)) = on.get(1) {
            let message = "`cidrlookup` takes one address";
            self.report(Diagnostic::error(second.span.clone(), message));
            return Err(Reported);
        }
        let fill = self.eat_word("outputnew");
        if !fill && !self.eat_word("output") {
            return Err(self.unexpected("`OUTPUT` and the columns that are added"));
        }
        let outputs = self.list(|p| {
            let column = p.new_name()?;
            Ok((column, if p.eat_word("as") { Some(p.new_name()?) } else { None }))
        })?;
        Ok(Command::Lookup(Lookup { network, table, on, fill, outputs }))
    }

    /// `[ "previousDay" | "previousWeek" | "previousMonth" ]`
    pub(super) fn diff(&mut self) -> ParseResult<Command> {
        const WORDS: [(&str, Baseline); 3] = [
            ("previousDay", Baseline::Day),
            ("previousWeek", Baseline::Week),
            ("previousMonth", Baseline::Month),
        ];
        if self.at_end_of_command() {
            return Ok(Command::Diff(Baseline::Before));
        }
        match WORDS.iter().find(|(word, _)| self.eat_word(word)) {
            Some((_, baseline)) => Ok(Command::Diff(*baseline)),
            None => Err(self.unexpected("`previousDay`, `previousWeek`, `previousMonth` or nothing")),
        }
    }

    /// `"timeshift" period`
    pub(super) fn logcompare(&mut self) -> ParseResult<Command> {
        if !self.eat_word("timeshift") {
            return Err(self.unexpected("`timeshift` and a span of time"));
        }
        let period = self.period()?;
        if period.item.unit == PeriodUnit::Millisecond {
            self.report(Diagnostic::error(period.span, "expected a span of seconds or longer"));
            return Err(Reported);
        }
        Ok(Command::Diff(Baseline::Shift(period.item)))
    }

    /// `[ field { "," field } ] "where" expression`
    pub(super) fn relevant_fields(&mut self) -> ParseResult<Command> {
        let mut fields = Vec::new();
        if !self.is_word_at(0, "where") {
            fields = self.list(|p| {
                let name = p.new_name()?;
                Ok(Box::new(Spanned::new(Expr::Field(name.item), name.span)))
            })?;
        }
        if !self.eat_word("where") {
            return Err(self.unexpected("`where` and a condition"));
        }
        Ok(Command::RelevantFields { fields, condition: self.expression()? })
    }
}

/// The side that a name belongs to, if it says so, and the name without it.
fn side(name: &Spanned<String>, left: &str, right: &str) -> (Option<usize>, String) {
    for (i, side) in [left, right].into_iter().enumerate() {
        if let Some(field) = of_side(&name.item, side) {
            return (Some(i), field);
        }
    }
    (None, name.item.clone())
}

/// The field that `name` means of the side of a join called `side`: what follows the dot.
pub fn of_side(name: &str, side: &str) -> Option<String> {
    let field = name.strip_prefix(side)?.strip_prefix('.')?;
    (!field.is_empty()).then(|| quoting::name(field))
}

impl Display for Join {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (left, right) = (&self.left.item, &self.right.item);
        match self.kind {
            JoinKind::Inner => f.write_str("join ")?,
            kind => write!(f, "join type={} ", kind.word())?,
        }
        write!(f, "left={} right={}", Name(left), Name(right))?;
        let side = |f: &mut Formatter<'_>, side: &str, e: &Expr| match e {
            Expr::Field(name) => Name(&format!("{side}.{name}")).fmt(f),
            other => other.fmt(f),
        };
        for (i, (a, b)) in self.on.iter().enumerate() {
            f.write_str(if i > 0 { " and " } else { " where " })?;
            side(f, left, &a.item)?;
            f.write_str(" = ")?;
            side(f, right, &b.item)?;
        }
        write!(f, " ({})", self.query)
    }
}

impl Display for SetOperation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} ({})", self.kind.word(), if self.all { " all" } else { "" }, self.query)
    }
}

impl Display for Lookup {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.network { "cidrlookup " } else { "lookup " })?;
        source_name(f, &self.table.item)?;
        f.write_char(' ')?;
        list(f, &self.on, |f, (column, field)| match (column, self.network) {
            (None, _) => Name(&field.item).fmt(f),
            (Some(column), true) => write!(f, "{} as {}", Name(&field.item), Name(&column.item)),
            (Some(column), false) if column == field => Name(&field.item).fmt(f),
            (Some(column), false) => write!(f, "{} as {}", Name(&column.item), Name(&field.item)),
        })?;
        f.write_str(if self.fill { " OUTPUTNEW " } else { " OUTPUT " })?;
        list(f, &self.outputs, |f, (column, alias)| match alias {
            Some(alias) => write!(f, "{} as {}", Name(&column.item), Name(&alias.item)),
            None => Name(&column.item).fmt(f),
        })
    }
}

impl Display for Baseline {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Baseline::Before => f.write_str("diff"),
            Baseline::Day => f.write_str("diff previousDay"),
            Baseline::Week => f.write_str("diff previousWeek"),
            Baseline::Month => f.write_str("diff previousMonth"),
            Baseline::Shift(period) => write!(f, "logcompare timeshift {period}"),
        }
    }
}
