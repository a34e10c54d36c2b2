//! The commands that look at rows side by side or make other rows of them: their tree, their arguments and their
//! canonical text. Not here: what they do, see the query crate's `plan`.
//!
//! ```text
//! command   = "unnest" expression "into" name
//!           | "expand" field
//!           | "pattern" expression
//!           | "sessionize" expression { "," expression } [ "maxspan" period ] [ "as" name ]
//!           | "countFrequent" expression { "," expression }
//!           | "fillmissing" [ "with" literal "for" name { "," literal "for" name } ]
//!           | "filldown" { name | wildcard }
//!           | "accum" field [ "as" name ]
//!           | "addtotals" { "fieldname=" name | "row=" bool | "col=" bool } { field }
//!           | "autoregress" field { "as" name | "p=" number [ "-" number ] }
//!           | "outlier" { "action=" word | "param=" number | "uselower=" bool | "mark=" bool } field { field }
//! ```
//!
//! Fields that stand side by side are parted by blanks or commas.

use std::fmt::{self, Display, Formatter};

use super::{
    display::{Name, list},
    insights::{ParseResult, Parser, Reported, short},
    keywords::CommandWord,
    lexer::{Lexeme, Symbol},
    tree::{E, Expr, Period, PeriodUnit, Spanned},
};
use crate::diagnostic::Diagnostic;
use logloupe_table::Value;

/// A command over rows or over a table of results.
#[derive(Clone, Debug, PartialEq)]
pub enum TableCommand {
    /// `unnest list into name`: a row for each item of a list.
    Unnest {
        /// The list.
        list: E,
        /// What an item is called; the list's own name if left out (`expand`).
        name: Option<Spanned<String>>,
    },
    /// `pattern field`: how often each shape of text occurs.
    Pattern(E),
    /// `sessionize a, b maxspan 30m as id`: which rows follow each other closely.
    Sessionize {
        /// What the rows of a session have in common.
        keys: Vec<E>,
        /// The longest pause inside a session; [`PAUSE`] if left out.
        pause: Option<Period>,
        /// What the session's number is called; [`SESSION`] if left out.
        name: Option<Spanned<String>>,
    },
    /// `countFrequent a, b`: how often each combination occurs, the most frequent first.
    CountFrequent(Vec<E>),
    /// `fillmissing with 0 for n`: rows for the intervals that a `stats … by bin(…)` has none for.
    FillMissing(Vec<(Spanned<Value>, Spanned<String>)>),
    /// `filldown a b*`: the last value in place of a missing one.
    FillDown(Vec<Spanned<FieldNames>>),
    /// `accum field as name`: the sum so far.
    Accumulate {
        /// What is summed.
        field: E,
        /// What the sum is called.
        name: Option<Spanned<String>>,
    },
    /// `addtotals fieldname=Sum col=true a, b`: the sums of rows and of columns.
    AddTotals {
        /// What is summed; every column of numbers if there are none.
        fields: Vec<E>,
        /// What the sum of a row is called; [`TOTAL`] if left out.
        name: Option<Spanned<String>>,
        /// Whether each row gets a sum.
        rows: bool,
        /// Whether a last row holds the sum of each column.
        columns: bool,
    },
    /// `autoregress field p=1-3`: values of the rows before.
    Autoregress {
        /// Whose values.
        field: E,
        /// What they are called.
        name: Option<Spanned<String>>,
        /// How many rows before: from, to.
        lags: (u32, u32),
    },
    /// `outlier action=remove a b`: values far from most others.
    Outlier {
        /// The fields that are looked at.
        fields: Vec<E>,
        /// How they are looked at.
        how: Outliers,
    },
}

/// Which values are outliers and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outliers {
    /// Their rows go; else they are moved to the nearest value that is none.
    pub remove: bool,
    /// How many interquartile ranges from the quartile they begin.
    pub factor: f64,
    /// Values that are too small count too.
    pub lower: bool,
    /// A column says whether the row had one.
    pub mark: bool,
}

impl Default for Outliers {
    fn default() -> Self {
        Outliers { remove: false, factor: 2.5, lower: false, mark: false }
    }
}

/// A field, or all fields whose names fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldNames {
    /// The field of this name.
    One(String),
    /// Those whose names have this form, `*` standing for anything.
    Like(String),
}

/// The longest pause inside a session if the query names none.
pub const PAUSE: Period = Period { count: 30, unit: PeriodUnit::Minute };
/// The name of a session's number if the query gives none.
pub const SESSION: &str = "session_id";
/// The name of the sum of a row if the query gives none.
pub const TOTAL: &str = "Total";

/// Which table command a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableVerb {
    Unnest,
    Expand,
    Pattern,
    Sessionize,
    CountFrequent,
    FillMissing,
    FillDown,
    Accumulate,
    AddTotals,
    Autoregress,
    Outlier,
}

impl TableCommand {
    /// Its expressions, in the order of the text.
    pub fn expressions(&self) -> Vec<&E> {
        match self {
            TableCommand::Unnest { list: field, .. }
            | TableCommand::Pattern(field)
            | TableCommand::Accumulate { field, .. }
            | TableCommand::Autoregress { field, .. } => vec![field],
            TableCommand::Sessionize { keys: fields, .. }
            | TableCommand::CountFrequent(fields)
            | TableCommand::AddTotals { fields, .. }
            | TableCommand::Outlier { fields, .. } => fields.iter().collect(),
            TableCommand::FillMissing(_) | TableCommand::FillDown(_) => Vec::new(),
        }
    }
    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            TableCommand::Sessionize { keys: fields, .. }
            | TableCommand::CountFrequent(fields)
            | TableCommand::Outlier { fields, .. } => fields.is_empty(),
            _ => false,
        }
    }
}

impl Display for TableCommand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let named = |f: &mut Formatter<'_>, name: &Option<Spanned<String>>| match name {
            Some(name) => write!(f, " as {}", Name(&name.item)),
            None => Ok(()),
        };
        let option = |f: &mut Formatter<'_>, given: bool, name: &str, value: &dyn Display| match given {
            true => write!(f, " {name}={value}"),
            false => Ok(()),
        };
        match self {
            TableCommand::Unnest { list, name: Some(name) } => {
                write!(f, "unnest {} into {}", list.item, Name(&name.item))
            }
            TableCommand::Unnest { list, name: None } => write!(f, "expand {}", list.item),
            TableCommand::Pattern(text) => write!(f, "pattern {}", text.item),
            TableCommand::Sessionize { keys, pause, name } => {
                f.write_str("sessionize ")?;
                list(f, keys, |f, e| e.item.fmt(f))?;
                if let Some(pause) = pause {
                    write!(f, " maxspan {pause}")?;
                }
                named(f, name)
            }
            TableCommand::CountFrequent(fields) => {
                f.write_str("countFrequent ")?;
                list(f, fields, |f, e| e.item.fmt(f))
            }
            TableCommand::FillMissing(values) => {
                f.write_str("fillmissing")?;
                if !values.is_empty() {
                    f.write_str(" with ")?;
                }
                list(f, values, |f, (value, name)| {
                    write!(f, "{} for {}", Expr::Literal(value.item.clone()), Name(&name.item))
                })
            }
            TableCommand::FillDown(names) => {
                f.write_str("filldown")?;
                names.iter().try_for_each(|name| match &name.item {
                    FieldNames::One(name) => write!(f, " {}", Name(name)),
                    FieldNames::Like(form) => write!(f, " {form}"),
                })
            }
            TableCommand::Accumulate { field, name } => {
                write!(f, "accum {}", ColumnName(field))?;
                named(f, name)
            }
            TableCommand::AddTotals { fields, name, rows, columns } => {
                f.write_str("addtotals")?;
                if let Some(name) = name {
                    write!(f, " fieldname={}", Name(&name.item))?;
                }
                option(f, !rows, "row", &false)?;
                option(f, *columns, "col", &true)?;
                f.write_str(if fields.is_empty() { "" } else { " " })?;
                list(f, fields, |f, e| ColumnName(e).fmt(f))
            }
            TableCommand::Autoregress { field, name, lags: (from, to) } => {
                write!(f, "autoregress {}", ColumnName(field))?;
                named(f, name)?;
                match (from, to) {
                    (1, 1) => Ok(()),
                    _ if from == to => write!(f, " p={from}"),
                    _ => write!(f, " p={from}-{to}"),
                }
            }
            TableCommand::Outlier { fields, how } => {
                f.write_str("outlier")?;
                option(f, how.remove, "action", &"remove")?;
                option(f, how.factor != Outliers::default().factor, "param", &how.factor)?;
                option(f, how.lower, "uselower", &true)?;
                option(f, how.mark, "mark", &true)?;
                f.write_str(" ")?;
                list(f, fields, |f, e| ColumnName(e).fmt(f))
            }
        }
    }
}

/// One of several fields that stand side by side.
struct ColumnName<'a>(&'a E);

impl Display for ColumnName<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.item {
            field @ (Expr::Field(_) | Expr::Call { .. }) => field.fmt(f),
            other => write!(f, "({other})"),
        }
    }
}

impl Parser<'_> {
    /// What stands behind the name of a table command.
    pub(super) fn table_command(
        &mut self,
        verb: TableVerb,
        known: &CommandWord,
    ) -> ParseResult<TableCommand> {
        Ok(match verb {
            TableVerb::Unnest | TableVerb::Expand => self.unnest(verb, known)?,
            TableVerb::Pattern => TableCommand::Pattern(self.expression()?),
            TableVerb::Sessionize => {
                let keys = self.list(Self::expression)?;
                let pause = if self.eat_word("maxspan") { Some(self.period()?.item) } else { None };
                TableCommand::Sessionize { keys, pause, name: self.named()? }
            }
            TableVerb::CountFrequent => TableCommand::CountFrequent(self.list(Self::expression)?),
            TableVerb::FillMissing => self.fill_missing()?,
            TableVerb::FillDown => {
                let mut names = Vec::new();
                while !self.at_end_of_command() {
                    names.push(self.field_names()?);
                    self.between_fields()?;
                }
                TableCommand::FillDown(names)
            }
            TableVerb::Accumulate => TableCommand::Accumulate { field: self.column()?, name: self.named()? },
            TableVerb::AddTotals => self.add_totals()?,
            TableVerb::Autoregress => self.autoregress()?,
            TableVerb::Outlier => self.outlier()?,
        })
    }

    fn unnest(&mut self, verb: TableVerb, known: &CommandWord) -> ParseResult<TableCommand> {
        if self.is_word_at(0, "into") && self.peek_at(1).kind == Lexeme::Word {
            return Err(self.unexpected("a list"));
        }
        let list = self.expression()?;
        if self.is_symbol(Symbol::Comma) {
            let help = format!("for the second list write `| {}` once more", known.name);
            let message = format!("`{}` takes one list", known.name);
            self.report(Diagnostic::error(self.peek().span(), message).help(help));
            return Err(Reported);
        }
        if self.eat_word("into") || self.eat_word("as") {
            return Ok(TableCommand::Unnest { list, name: Some(self.new_name()?) });
        }
        if verb == TableVerb::Unnest && self.at_end_of_command() {
            let help = format!("write, for example, `{} {} into item`", known.name, list.item);
            let message = "expected `into` and a name for the items";
            self.report(Diagnostic::error(self.end()..self.end(), message).help(help));
            return Err(Reported);
        }
        if !matches!(list.item, Expr::Field(_)) {
            let message = format!("`{}` takes a field, not an expression", known.name);
            let help = "write `unnest … into name`";
            self.report(Diagnostic::error(list.span, message).help(help));
            return Err(Reported);
        }
        Ok(TableCommand::Unnest { list, name: None })
    }

    /// `as name`, if it stands here.
    fn named(&mut self) -> ParseResult<Option<Spanned<String>>> {
        if self.eat_word("as") { self.new_name().map(Some) } else { Ok(None) }
    }

    /// One of several fields that stand side by side: no operators without brackets.
    fn column(&mut self) -> ParseResult<E> {
        Ok(self.primary()?.expr)
    }

    /// A comma may stand between fields, but not behind the last.
    fn between_fields(&mut self) -> ParseResult<()> {
        if self.eat(Symbol::Comma) && self.at_end_of_command() {
            return Err(self.unexpected("a field"));
        }
        Ok(())
    }

    fn columns(&mut self) -> ParseResult<Vec<E>> {
        let mut fields = Vec::new();
        while !self.at_end_of_command() {
            fields.push(self.column()?);
            self.between_fields()?;
        }
        Ok(fields)
    }

    /// `name=`, if it stands here.
    fn eat_option(&mut self, name: &str) -> bool {
        let found = self.is_word_at(0, name) && self.peek_at(1).kind == Lexeme::Symbol(Symbol::Equal);
        self.at += if found { 2 } else { 0 };
        found
    }

    fn truth(&mut self) -> ParseResult<bool> {
        if self.eat_word("true") {
            return Ok(true);
        }
        if self.eat_word("false") { Ok(false) } else { Err(self.unexpected("`true` or `false`")) }
    }

    /// Reports an option that there is not: the word before a `=` that nothing took.
    fn unknown_option(&mut self, known: &[&str]) -> ParseResult<()> {
        if self.peek().kind == Lexeme::Word && self.peek_at(1).kind == Lexeme::Symbol(Symbol::Equal) {
            let word = self.text_of(self.peek());
            let message = format!("there is no option `{}`", short(word));
            let near = crate::diagnostic::suggest(word, known.iter().copied());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the options are {}", known.join(", ")),
            };
            self.report(Diagnostic::error(self.peek().span(), message).help(help));
            return Err(Reported);
        }
        Ok(())
    }

    fn fill_missing(&mut self) -> ParseResult<TableCommand> {
        let mut values = Vec::new();
        if self.eat_word("with") {
            values = self.list(|p| {
                p.eat_word("with");
                let value = p.expression()?;
                let Expr::Literal(constant) = value.item else {
                    let help = "write, for example, `fillmissing with 0 for n`";
                    p.report(Diagnostic::error(value.span, "expected a number or text").help(help));
                    return Err(Reported);
                };
                if !p.eat_word("for") {
                    return Err(p.unexpected("`for` and a field"));
                }
                Ok((Spanned::new(constant, value.span), p.field_name()?))
            })?;
        }
        Ok(TableCommand::FillMissing(values))
    }

    /// The name of one field.
    fn field_name(&mut self) -> ParseResult<Spanned<String>> {
        let field = self.column()?;
        match field.item {
            Expr::Field(name) => Ok(Spanned::new(name, field.span)),
            // After `stats`, `count(*)` is the name of a column.
            Expr::Call { .. } => Ok(Spanned::new(field.item.to_string(), field.span)),
            _ => {
                self.report(Diagnostic::error(field.span, "expected the name of a field"));
                Err(Reported)
            }
        }
    }

    /// A field, or several by `*`.
    fn field_names(&mut self) -> ParseResult<Spanned<FieldNames>> {
        let start = self.peek().start;
        let mut end = start;
        let mut ahead = 0;
        let mut wild = false;
        loop {
            let token = self.peek_at(ahead);
            let star = token.kind == Lexeme::Symbol(Symbol::Star);
            if token.start != end || !star && token.kind != Lexeme::Word {
                break;
            }
            (wild, end, ahead) = (wild || star, token.end, ahead + 1);
        }
        if wild {
            self.at += ahead;
            let form = self.text.get(start..end).unwrap_or("").to_owned();
            return Ok(Spanned::new(FieldNames::Like(form), start..end));
        }
        let name = self.field_name()?;
        Ok(Spanned::new(FieldNames::One(name.item), name.span))
    }

    fn add_totals(&mut self) -> ParseResult<TableCommand> {
        let (mut name, mut rows, mut columns) = (None, true, false);
        loop {
            if self.eat_option("fieldname") {
                name = Some(self.new_name()?);
            } else if self.eat_option("row") {
                rows = self.truth()?;
            } else if self.eat_option("col") {
                columns = self.truth()?;
            } else {
                break;
            }
            self.eat(Symbol::Comma);
        }
        self.unknown_option(&["fieldname", "row", "col"])?;
        Ok(TableCommand::AddTotals { fields: self.columns()?, name, rows, columns })
    }

    fn autoregress(&mut self) -> ParseResult<TableCommand> {
        let field = self.column()?;
        let (mut name, mut lags) = (None, (1, 1));
        loop {
            if self.eat_word("as") {
                name = Some(self.new_name()?);
            } else if self.eat_option("p") {
                lags = self.lags()?;
            } else {
                break;
            }
        }
        self.unknown_option(&["p"])?;
        Ok(TableCommand::Autoregress { field, name, lags })
    }

    /// `1`, `1-4`.
    fn lags(&mut self) -> ParseResult<(u32, u32)> {
        let start = self.peek().start;
        let from = self.lag()?;
        let to = if self.eat(Symbol::Minus) { self.lag()? } else { from };
        // As many new columns as somebody may want to look at.
        const MOST: u32 = 100;
        if from == 0 || to < from || to - from >= MOST {
            let message =
                format!("expected numbers of rows from 1, the smaller first, at most {MOST} of them");
            let help = "write, for example, `p=1-4`";
            self.report(Diagnostic::error(start..self.end(), message).help(help));
            return Err(Reported);
        }
        Ok((from, to))
    }

    fn lag(&mut self) -> ParseResult<u32> {
        let token = self.peek();
        let number = if token.kind == Lexeme::Number { self.text_of(token).parse().ok() } else { None };
        let Some(number) = number else { return Err(self.unexpected("a number of rows")) };
        self.advance();
        Ok(number)
    }

    fn outlier(&mut self) -> ParseResult<TableCommand> {
        let mut how = Outliers::default();
        loop {
            if self.eat_option("action") {
                how.remove = self.eat_word("remove");
                if !how.remove && !self.eat_word("transform") {
                    return Err(self.unexpected("`remove` or `transform`"));
                }
            } else if self.eat_option("param") {
                let token = self.peek();
                let number: Option<f64> =
                    if token.kind == Lexeme::Number { self.text_of(token).parse().ok() } else { None };
                let Some(number) = number.filter(|n| n.is_finite()) else {
                    return Err(self.unexpected("a number"));
                };
                self.advance();
                how.factor = number;
            } else if self.eat_option("uselower") {
                how.lower = self.truth()?;
            } else if self.eat_option("mark") {
                how.mark = self.truth()?;
            } else {
                break;
            }
        }
        self.unknown_option(&["action", "param", "uselower", "mark"])?;
        if self.at_end_of_command() {
            return Err(self.unexpected("a field"));
        }
        Ok(TableCommand::Outlier { fields: self.columns()?, how })
    }
}
