//! Operands: what stands between operators, with its sign and what may follow it. Operators are in `expression`, calls
//! in `calls`.
//!
//! ```text
//! sign      = ( "-" | "+" ) sign | primary { "[" value "]" | "AT" "TIME" "ZONE" text }
//! primary   = number | text | "TRUE" | "FALSE" | "NULL" | ( "TIMESTAMP" | "DATE" ) text | name { "." name }
//!           | "CASE" [ value ] { "WHEN" value "THEN" value } [ "ELSE" value ] "END"
//!           | ( "CAST" | "TRY_CAST" ) "(" value "AS" type ")" | "ARRAY" "[" value { "," value } "]"
//!           | name "(" … ")" [ "FILTER" "(" "WHERE" value ")" ] | "(" value ")"
//! ```

use super::{
    Parser,
    expression::{Subtree, binary, call},
    is_reserved,
    lexer::{self, Lexeme, Symbol, Token},
};
use crate::{
    diagnostic::Diagnostic,
    insights::{ParseResult, Reported, short},
    tree::{Binary, Expr, Period, PeriodUnit, ROW, Unary},
};
use logloupe_table::{Value, time::parse_iso};

impl Parser<'_> {
    /// An operand with the signs before it and what follows it.
    pub(super) fn sign(&mut self) -> ParseResult<Subtree> {
        let start = self.peek().start;
        if self.eat(Symbol::Plus) {
            return self.deeper(Self::sign);
        }
        if !self.eat(Symbol::Minus) {
            let primary = self.primary()?;
            return self.postfix(primary, start);
        }
        let number = self.peek();
        let from = self.at;
        let operand = self.deeper(Self::sign)?;
        // `-5` is a number, `-(5)` a negation.
        if number.kind == Lexeme::Number && self.at == from + 1 {
            let value = number_value(&format!("-{}", self.text_of(number)));
            return self.leaf(Expr::Literal(value), start);
        }
        let operand = self.as_value(operand)?;
        self.over(start, vec![operand], |mut args| match args.pop() {
            Some(arg) => Expr::Unary(Unary::Minus, arg),
            None => Expr::Literal(Value::Null),
        })
    }

    /// What may follow a value: an item of it, a time zone.
    fn postfix(&mut self, mut node: Subtree, start: usize) -> ParseResult<Subtree> {
        loop {
            if self.is_symbol(Symbol::OpenList) {
                let open = self.advance();
                let index = self.value()?;
                if !self.eat(Symbol::CloseList) {
                    return Err(match self.peek().kind {
                        Lexeme::End => {
                            self.report(Diagnostic::error(open.span(), "`[` has no closing `]`"));
                            Reported
                        }
                        _ => self.unexpected("`]`"),
                    });
                }
                node = self.item_of(node, index, start)?;
            } else if self.is_word("at") && self.is_word_at(1, "time") && self.is_word_at(2, "zone") {
                self.at += 3;
                let zone = self.peek();
                let name = lexer::inside(self.text_of(zone)).to_ascii_uppercase();
                if zone.kind != Lexeme::Text || !matches!(name.as_str(), "UTC" | "GMT" | "Z" | "ETC/UTC") {
                    let message = "times are shown in UTC; another time zone is not offered";
                    return self.fail(zone.span(), message, "write `AT TIME ZONE 'UTC'` or leave it out");
                }
                self.advance();
            } else if self.is_symbol(Symbol::Dot) && matches!(node.expr.item, Expr::Field(_)) {
                self.advance();
                let (step, _) = self.step()?;
                if let Expr::Field(name) = &mut node.expr.item {
                    name.push('.');
                    name.push_str(&step);
                }
                node.expr.span.end = self.end();
            } else {
                return Ok(node);
            }
        }
    }

    /// `list[1]`, `map['key']`: a step of a path, or an item of what was computed.
    fn item_of(&mut self, node: Subtree, index: Subtree, start: usize) -> ParseResult<Subtree> {
        if let (Expr::Field(name), Expr::Literal(value)) = (&node.expr.item, &index.expr.item) {
            let step = match value {
                // SQL counts from 1, paths from 0.
                Value::Int(n) if *n >= 1 => Some((n - 1).to_string()),
                Value::Text(key) if !key.is_empty() => Some(path_step(key)),
                _ => None,
            };
            return match step {
                Some(step) => {
                    let name = format!("{name}.{step}");
                    self.leaf(Expr::Field(name), start)
                }
                None => self.fail(index.expr.span, "items are counted from 1", ""),
            };
        }
        self.over(start, vec![node, index], |args| call("sql.element_at", args))
    }

    fn primary(&mut self) -> ParseResult<Subtree> {
        let token = self.peek();
        let text = self.text_of(token);
        let next = self.peek_at(1);
        let expr = match token.kind {
            Lexeme::Number => Expr::Literal(number_value(text)),
            Lexeme::Text => Expr::Literal(Value::text(&lexer::inside(text))),
            Lexeme::Symbol(Symbol::Open) => return self.brackets(token),
            Lexeme::Word if next.kind == Lexeme::Text && is_time_word(text) => {
                self.advance();
                return self.time(token, next);
            }
            Lexeme::Word => match text.to_ascii_lowercase().as_str() {
                "true" => Expr::Literal(Value::Bool(true)),
                "false" => Expr::Literal(Value::Bool(false)),
                "null" => Expr::Literal(Value::Null),
                "case" => return self.case(token),
                "cast" | "try_cast" if next.kind == Lexeme::Symbol(Symbol::Open) => return self.cast(token),
                "array" if next.kind == Lexeme::Symbol(Symbol::OpenList) => return self.array(token),
                "current_timestamp" | "localtimestamp" | "current_date"
                    if next.kind != Lexeme::Symbol(Symbol::Open) =>
                {
                    return self.present(token);
                }
                "interval" if next.kind == Lexeme::Text => {
                    let message = "an interval stands only after `+` or `-`";
                    let help = "write, for example, `current_timestamp - INTERVAL '1' day`";
                    return self.fail(token.span(), message, help);
                }
                "exists" if next.kind == Lexeme::Symbol(Symbol::Open) => return self.exists(),
                "grouping" if next.kind == Lexeme::Symbol(Symbol::Open) => return self.grouping_call(),
                // Reserved, and functions all the same.
                "left" | "right" if next.kind == Lexeme::Symbol(Symbol::Open) => return self.call(token),
                word if is_reserved(word) => return Err(self.unexpected("a value")),
                _ if next.kind == Lexeme::Symbol(Symbol::Open) => return self.call(token),
                _ => return self.field(),
            },
            Lexeme::Quoted => return self.field(),
            Lexeme::Symbol(Symbol::Star) => {
                let help = "`*` stands alone after `SELECT`, or in `count(*)`";
                return self.fail(token.span(), format!("expected a value, found `{text}`"), help);
            }
            _ => return Err(self.unexpected("a value")),
        };
        self.advance();
        self.leaf(expr, token.start)
    }

    fn brackets(&mut self, open: Token) -> ParseResult<Subtree> {
        self.advance();
        if self.at_query() {
            return self.scalar(open);
        }
        let mut inner = self.condition_or_value()?;
        if self.is_symbol(Symbol::Comma) {
            let row = self.rest_of_row(inner, open)?;
            let at = self.is_word("not") as usize;
            if !self.is_word_at(at, "in") {
                let help = "several values in brackets stand before `IN`, and in `VALUES`";
                return self.fail(open.start..self.end(), "several values in one are not offered", help);
            }
            return Ok(row);
        }
        self.close(open)?;
        inner.expr.span = open.start..self.end();
        Ok(inner)
    }

    /// `value { "," value } ")"`: several values at once, the first of which was read.
    fn rest_of_row(&mut self, first: Subtree, open: Token) -> ParseResult<Subtree> {
        let mut all = vec![self.as_value(first)?];
        while self.eat(Symbol::Comma) {
            all.push(self.value()?);
        }
        self.close(open)?;
        self.over(open.start, all, |args| call(ROW, args))
    }

    /// A value, or several in brackets.
    pub(super) fn value_or_row(&mut self) -> ParseResult<Subtree> {
        let open = self.peek();
        if !self.eat(Symbol::Open) {
            return self.value();
        }
        let first = self.condition_or_value()?;
        self.rest_of_row(first, open)
    }

    /// `((1, 'a'), (2, 'b'))` behind `(a, b) IN`, whose first bracket was read.
    pub(super) fn rows_of_list(
        &mut self,
        item: Subtree,
        width: usize,
        open: Token,
        start: usize,
    ) -> ParseResult<Subtree> {
        let columns: Vec<Subtree> = match &item.expr.item {
            Expr::Call { args, .. } => args
                .iter()
                .map(|e| Subtree { expr: e.clone(), height: item.height, size: item.size })
                .collect(),
            _ => Vec::new(),
        };
        let mut any: Option<Subtree> = None;
        loop {
            let from = self.peek();
            let row = self.value_or_row()?;
            let (Expr::Call { name, args }, height, size) = (row.expr.item, row.height, row.size) else {
                return self.fail(from.span(), format!("expected {width} values in brackets"), "");
            };
            if name.item != ROW || args.len() != width {
                return self.fail(from.start..self.end(), format!("expected {width} values in brackets"), "");
            }
            let mut all: Option<Subtree> = None;
            for (column, value) in columns.iter().zip(args) {
                let value = Subtree { expr: value, height, size };
                let equal =
                    self.over(start, vec![column.clone(), value], |args| binary(Binary::Equal, args))?;
                all = Some(match all {
                    None => equal,
                    Some(before) => {
                        self.over(start, vec![before, equal], |args| binary(Binary::And, args))?
                    }
                });
            }
            any = match (any, all) {
                (Some(before), Some(all)) => {
                    Some(self.over(start, vec![before, all], |args| binary(Binary::Or, args))?)
                }
                (before, all) => before.or(all),
            };
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        self.close(open)?;
        any.ok_or(Reported)
    }

    /// One step of a name, as a path spells it, and whether it stood in quotes.
    pub(super) fn step(&mut self) -> ParseResult<(String, bool)> {
        let token = self.peek();
        let text = self.text_of(token);
        let step = match token.kind {
            Lexeme::Word => (text.to_owned(), false),
            Lexeme::Quoted => (lexer::inside(text).into_owned(), true),
            _ => return Err(self.unexpected("a name")),
        };
        self.advance();
        Ok(step)
    }

    /// A column: steps with dots between them.
    fn field(&mut self) -> ParseResult<Subtree> {
        let start = self.peek().start;
        let mut steps = vec![self.step()?];
        while self.is_symbol(Symbol::Dot) {
            self.advance();
            if self.is_symbol(Symbol::Star) {
                let help = "name the columns, or write `a.*` alone as a column of `SELECT`";
                return self.fail(start..self.peek().end, "`*` of one table does not stand here", help);
            }
            steps.push(self.step()?);
        }
        if let Some(outside) = self.outside(&steps, start) {
            return outside;
        }
        if let [(only, _)] = steps.as_slice()
            && let Some((_, means)) = self.scope.merged.iter().find(|(n, _)| n.eq_ignore_ascii_case(only))
        {
            let mut means = means.clone();
            means.span = start..self.end();
            return Ok(Subtree { expr: means, height: 1, size: 3 });
        }
        let name = self.meaning(steps, start)?;
        self.leaf(Expr::Field(name), start)
    }

    /// `TIMESTAMP '…'`, `DATE '…'`
    fn time(&mut self, word: Token, token: Token) -> ParseResult<Subtree> {
        let text = lexer::inside(self.text_of(token));
        let plain = text.trim().trim_end_matches("UTC").trim_end();
        self.advance();
        match parse_iso(plain.as_bytes()) {
            Some(time) => self.leaf(Expr::Literal(Value::Time(time)), word.start),
            None => {
                let message = format!("`{}` is no point in time", short(&text));
                self.fail(token.span(), message, "write, for example, TIMESTAMP '2026-03-05 13:29:37'")
            }
        }
    }

    /// `CURRENT_TIMESTAMP`, `CURRENT_DATE`
    fn present(&mut self, token: Token) -> ParseResult<Subtree> {
        let day = self.text_of(token).eq_ignore_ascii_case("current_date");
        self.advance();
        let now = self.leaf(call("queryendtime", Vec::new()), token.start)?;
        if !day {
            return Ok(now);
        }
        let period = Expr::Period(Period { count: 1, unit: PeriodUnit::Day });
        let period = self.leaf(period, token.start)?;
        self.over(token.start, vec![now, period], |args| call("datefloor", args))
    }

    /// Both forms of `CASE`.
    fn case(&mut self, word: Token) -> ParseResult<Subtree> {
        self.advance();
        let subject = if self.is_word("when") { None } else { Some(self.value()?) };
        let mut args = Vec::new();
        while self.eat_word("when") {
            args.push(match &subject {
                None => self.condition()?,
                Some(subject) => {
                    let start = self.peek().start;
                    let value = self.value()?;
                    self.not_a_name(&value)?;
                    self.over(start, vec![subject.clone(), value], |args| binary(Binary::Equal, args))?
                }
            });
            if !self.eat_word("then") {
                return Err(self.unexpected("`THEN`"));
            }
            args.push(self.value()?);
        }
        if args.is_empty() {
            return Err(self.unexpected("`WHEN`"));
        }
        if self.eat_word("else") {
            args.push(self.value()?);
        }
        if !self.eat_word("end") {
            return match self.peek().kind {
                Lexeme::End => self.fail(word.span(), "`CASE` has no `END`", ""),
                _ => Err(self.unexpected("`WHEN`, `ELSE` or `END`")),
            };
        }
        self.over(word.start, args, |args| call("case", args))
    }

    /// `ARRAY['a', 'b']`
    fn array(&mut self, word: Token) -> ParseResult<Subtree> {
        self.at += 2;
        let mut items = Vec::new();
        while !self.is_symbol(Symbol::CloseList) || !items.is_empty() {
            let item = self.value()?;
            match item.expr.item {
                Expr::Literal(value) => items.push(value),
                _ => return self.fail(item.expr.span, "a list holds only text and numbers here", ""),
            }
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        if !self.eat(Symbol::CloseList) {
            return Err(self.unexpected("`,` or `]`"));
        }
        self.leaf(Expr::Literal(Value::List(items.into())), word.start)
    }
}

fn is_time_word(word: &str) -> bool {
    word.eq_ignore_ascii_case("timestamp") || word.eq_ignore_ascii_case("date")
}

/// An integer where it fits, else a float.
fn number_value(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(v) => Value::Int(v),
        Err(_) => Value::Float(text.parse().unwrap_or(0.0)),
    }
}

/// A key as one step of a path: in backticks where a dot in it would make two of it.
pub(super) fn path_step(key: &str) -> String {
    if key.contains(['.', '`']) { format!("`{}`", key.replace('`', "``")) } else { key.to_owned() }
}
