//! The commands that look at rows side by side or make other rows of them: from tokens to their
//! tree. Not here: what they do, see the query crate's `plan`.
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
//!           | "window" call [ "ignore" "nulls" ] [ "by" expression { "," expression } ] [ "sort" key { "," key } ]
//!                      [ ( "rows" | "range" | "groups" ) bound "to" bound ] [ "as" name ]
//! bound     = "start" | [ "-" ] number | "end"
//! ```
//!
//! Fields that stand side by side are parted by blanks or commas.

use super::{
    insights::{ParseResult, Parser, Reported, short},
    keywords::{CommandWord, TableVerb},
    lexer::{Lexeme, Symbol},
    tree::{
        E, Expr, FURTHEST, FieldNames, FrameBound, FrameUnit, Outliers, Spanned, TableCommand, WindowCall,
        WindowFrame,
    },
};
use crate::diagnostic::Diagnostic;

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
            TableVerb::Window => TableCommand::Window(self.window()?),
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

    fn window(&mut self) -> ParseResult<WindowCall> {
        let start = self.peek().start;
        let call = self.primary()?.expr;
        let Expr::Call { name: function, args } = call.item else {
            let help = "write, for example, `window rank() by user.name sort @timestamp as place`";
            self.report(Diagnostic::error(start..self.end(), "expected a call of a function").help(help));
            return Err(Reported);
        };
        let ignore_nulls = self.eat_word("ignore");
        if ignore_nulls && !self.eat_word("nulls") {
            return Err(self.unexpected("`nulls`"));
        }
        let by = if self.eat_word("by") { self.list(Self::expression)? } else { Vec::new() };
        let order = if self.eat_word("sort") { self.list(Self::sort_key)? } else { Vec::new() };
        let unit = FrameUnit::ALL.into_iter().find(|unit| self.eat_word(unit.word()));
        let mut frame = None;
        if let Some(unit) = unit {
            let start = self.peek().start;
            let from = self.frame_bound()?;
            if !self.eat_word("to") {
                return Err(self.unexpected("`to`"));
            }
            let found = WindowFrame { unit, from, to: self.frame_bound()? };
            if let Some((message, help)) = found.fault() {
                self.report(Diagnostic::error(start..self.end(), message).help(help));
                return Err(Reported);
            }
            frame = Some(found);
        }
        Ok(WindowCall { function, args, ignore_nulls, by, order, frame, name: self.named()? })
    }

    fn frame_bound(&mut self) -> ParseResult<FrameBound> {
        if self.eat_word("start") {
            return Ok(FrameBound::Start);
        }
        if self.eat_word("end") {
            return Ok(FrameBound::End);
        }
        let before = self.eat(Symbol::Minus);
        let token = self.peek();
        let number = match token.kind {
            Lexeme::Number => self.text_of(token).parse::<i64>().ok().filter(|n| *n <= FURTHEST),
            _ => None,
        };
        let Some(number) = number else {
            return Err(self.unexpected("`start`, `end` or a number of rows such as `-2`"));
        };
        self.advance();
        Ok(FrameBound::At(if before { -number } else { number }))
    }
}
