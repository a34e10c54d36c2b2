//! Expressions, by precedence climbing.
//!
//! ```text
//! expression = expression ( "or" | "and" ) expression | "not" expression | comparison
//! comparison = sum [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) sum
//!                  | [ "not" ] "in" ( list | "(" query ")" )
//!                  | [ "not" ] "like" pattern | "=~" pattern | "!~" pattern ]
//! sum        = sum ( "+" | "-" ) sum | sum ( "*" | "/" | "%" ) sum | sign
//! sign       = "-" sign | power
//! power      = primary [ "^" sign ]
//! primary    = number | period | text | "true" | "false" | "null" | name | "[" literal { "," literal } "]"
//!            | name "(" [ ( "*" | expression ) { "," ( "*" | expression ) } ] ")" | "(" expression ")"
//! list       = "[" [ expression { "," expression } ] "]"
//! pattern    = text | regex
//! ```
//!
//! Loosest first: `or`, `and`, `not`, comparisons (which do not chain), `+ -`, `* / %`, `-x`, `^` (to the right).

use super::{
    insights::{ParseResult, Parser, Reported, short},
    keywords,
    lexer::{Lexeme, Symbol, Token},
    quoting,
    tree::{Binary, E, Expr, Pattern, Period, Spanned, Unary},
};
use crate::diagnostic::Diagnostic;
use logloupe_table::Value;

/// How deep brackets and signs nest: bounds the parser's own stack.
const DEEPEST: u32 = 128;
/// How many steps lie between an expression and its furthest operand: bounds the stack of whoever walks the tree.
const TALLEST: u16 = 500;
/// What a subquery counts for: it holds expressions of its own, but no further query.
const TALLEST_QUERY: u16 = TALLEST / 2;

/// An expression and how far its furthest operand is.
pub(super) struct Subtree {
    pub(super) expr: E,
    height: u16,
}

/// What may stand between two operands.
#[derive(Clone, Copy)]
enum Infix {
    Binary(Binary),
    In { negated: bool },
    Like { negated: bool },
}

impl Infix {
    fn precedence(self) -> u8 {
        match self {
            Infix::Binary(op) => op.precedence(),
            _ => Binary::Equal.precedence(),
        }
    }
}

/// Between `and` and comparisons.
const NOT: u8 = 3;
const COMPARISON: u8 = 4;

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> ParseResult<E> {
        Ok(self.operators(1)?.expr)
    }

    /// An expression of operators that bind at least as tightly as `least`.
    fn operators(&mut self, least: u8) -> ParseResult<Subtree> {
        self.deeper(|p| {
            let start = p.peek().start;
            let mut left = if least <= NOT && p.is_not() { p.not(start)? } else { p.sign()? };
            loop {
                let Some((infix, tokens)) = p.infix() else { return Ok(left) };
                if infix.precedence() < least {
                    return Ok(left);
                }
                let sign = p.peek();
                p.foreign(sign);
                p.at += tokens;
                left = p.right_of(left, infix, start)?;
                if infix.precedence() == COMPARISON
                    && let Some((next, _)) = p.infix()
                    && next.precedence() == COMPARISON
                {
                    let help = "join two comparisons with `and`";
                    p.report(Diagnostic::error(p.peek().span(), "comparisons cannot be chained").help(help));
                    return Err(Reported);
                }
            }
        })
    }

    /// What follows an operator, joined to what stands before it.
    fn right_of(&mut self, left: Subtree, infix: Infix, start: usize) -> ParseResult<Subtree> {
        let (expr, height) = match infix {
            Infix::Binary(op) => {
                let right = self.operators(op.precedence() + 1)?;
                (Expr::Binary(op, left.expr, right.expr), left.height.max(right.height))
            }
            Infix::In { negated } => {
                let open = self.peek();
                if open.kind == Lexeme::Symbol(Symbol::Open) {
                    self.advance();
                    if self.at_inner_query() {
                        let query = Box::new(self.inner_query(open)?);
                        let height = left.height.max(TALLEST_QUERY);
                        return self.node(
                            Expr::InQuery { negated, strict: false, item: left.expr, query },
                            start,
                            height + 1,
                        );
                    }
                    self.at -= 1;
                }
                let (list, height) = self.members()?;
                (Expr::In { negated, item: left.expr, list }, left.height.max(height))
            }
            Infix::Like { negated } => {
                let pattern = self.pattern()?;
                (Expr::Like { negated, item: left.expr, pattern }, left.height)
            }
        };
        self.node(expr, start, height + 1)
    }

    fn is_not(&self) -> bool {
        self.is_word_at(0, "not") || self.is_symbol(Symbol::Bang)
    }

    fn not(&mut self, start: usize) -> ParseResult<Subtree> {
        let sign = self.advance();
        self.foreign(sign);
        let operand = self.operators(NOT)?;
        self.node(Expr::Unary(Unary::Not, operand.expr), start, operand.height + 1)
    }

    fn node(&mut self, expr: Expr, start: usize, height: u16) -> ParseResult<Subtree> {
        if height > TALLEST {
            return Err(self.too_deep(start..self.end()));
        }
        Ok(Subtree { expr: Box::new(Spanned::new(expr, start..self.end())), height })
    }

    fn too_deep(&mut self, span: std::ops::Range<usize>) -> Reported {
        let help = "for many values of one field write `field in [\"a\", \"b\"]`";
        self.report(Diagnostic::error(span, "the expression is too long or nested too deeply").help(help));
        Reported
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> ParseResult<T>) -> ParseResult<T> {
        if self.depth >= DEEPEST {
            return Err(self.too_deep(self.peek().span()));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// The operator that comes next and of how many tokens it is.
    fn infix(&self) -> Option<(Infix, usize)> {
        let token = self.peek();
        let op = |op| Some((Infix::Binary(op), 1));
        match token.kind {
            Lexeme::Symbol(symbol) => match symbol {
                Symbol::Equal | Symbol::EqualEqual => op(Binary::Equal),
                Symbol::NotEqual | Symbol::LessGreater => op(Binary::NotEqual),
                Symbol::Less => op(Binary::Less),
                Symbol::LessEqual => op(Binary::LessEqual),
                Symbol::Greater => op(Binary::Greater),
                Symbol::GreaterEqual => op(Binary::GreaterEqual),
                Symbol::Plus => op(Binary::Add),
                Symbol::Minus => op(Binary::Subtract),
                Symbol::Star => op(Binary::Multiply),
                Symbol::Slash => op(Binary::Divide),
                Symbol::Percent => op(Binary::Modulo),
                Symbol::AndAnd => op(Binary::And),
                Symbol::OrOr => op(Binary::Or),
                Symbol::Match => Some((Infix::Like { negated: false }, 1)),
                Symbol::NotMatch => Some((Infix::Like { negated: true }, 1)),
                _ => None,
            },
            Lexeme::Word => {
                let negated = self.is_word_at(0, "not");
                let at = negated as usize;
                match () {
                    _ if self.is_word_at(at, "in") => Some((Infix::In { negated }, at + 1)),
                    _ if self.is_word_at(at, "like") => Some((Infix::Like { negated }, at + 1)),
                    _ if self.is_word_at(0, "and") => op(Binary::And),
                    _ if self.is_word_at(0, "or") => op(Binary::Or),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Reports an operator of another language that is understood all the same.
    fn foreign(&mut self, token: Token) {
        let instead = match token.kind {
            Lexeme::Symbol(Symbol::EqualEqual) => "=",
            Lexeme::Symbol(Symbol::LessGreater) => "!=",
            Lexeme::Symbol(Symbol::AndAnd) => "and",
            Lexeme::Symbol(Symbol::OrOr) => "or",
            Lexeme::Symbol(Symbol::Bang) => "not",
            Lexeme::Symbol(Symbol::NotMatch) => "not like",
            _ => return,
        };
        let message = format!("`{}` is not an operator of this language", self.text_of(token));
        self.report(Diagnostic::error(token.span(), message).help(format!("write `{instead}`")));
    }

    /// The list after `in`.
    fn members(&mut self) -> ParseResult<(Vec<E>, u16)> {
        let open = self.peek();
        let close = match open.kind {
            Lexeme::Symbol(Symbol::OpenList) => Symbol::CloseList,
            Lexeme::Symbol(Symbol::Open) => Symbol::Close,
            Lexeme::Text | Lexeme::Number => {
                let help = format!("write `in [{}]`", short(self.text_of(open)));
                self.report(Diagnostic::error(open.span(), "`in` needs a list").help(help));
                return Err(Reported);
            }
            _ => return Err(self.unexpected("a list such as `[\"a\", \"b\"]`")),
        };
        self.advance();
        let (mut list, mut height) = (Vec::new(), 0);
        while !list.is_empty() || !self.is_symbol(close) {
            let item = self.operators(1)?;
            height = height.max(item.height);
            list.push(item.expr);
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        self.close(open, close)?;
        if close == Symbol::Close {
            let help = "write `in [\"a\", \"b\"]`";
            self.report(
                Diagnostic::error(open.start..self.end(), "a list stands in square brackets").help(help),
            );
        }
        Ok((list, height))
    }

    /// To behind the bracket that closes what was opened last.
    pub(super) fn skip_brackets(&mut self) {
        let mut depth = 1u32;
        while depth > 0 && self.peek().kind != Lexeme::End {
            match self.advance().kind {
                Lexeme::Symbol(Symbol::Open) => depth += 1,
                Lexeme::Symbol(Symbol::Close) => depth -= 1,
                _ => {}
            }
        }
    }

    /// The closing bracket of `open`.
    pub(super) fn close(&mut self, open: Token, close: Symbol) -> ParseResult<()> {
        if self.eat(close) {
            return Ok(());
        }
        let bracket = if close == Symbol::Close { ")" } else { "]" };
        if matches!(self.peek().kind, Lexeme::End | Lexeme::Symbol(Symbol::Pipe)) {
            let message = format!("`{}` has no closing `{bracket}`", self.text_of(open));
            self.report(Diagnostic::error(open.span(), message));
            return Err(Reported);
        }
        Err(self.unexpected(&format!("`,` or `{bracket}`")))
    }

    fn pattern(&mut self) -> ParseResult<Spanned<Pattern>> {
        let token = self.peek();
        let inner = quoting::inside(self.text_of(token));
        let pattern = match token.kind {
            Lexeme::Text | Lexeme::Typographic => Pattern::Text(quoting::unescape(inner)),
            Lexeme::Regex => Pattern::Regex(quoting::regex(inner)),
            _ => return Err(self.unexpected("text or a regex")),
        };
        self.advance();
        Ok(Spanned::new(pattern, token.span()))
    }

    fn sign(&mut self) -> ParseResult<Subtree> {
        let start = self.peek().start;
        if !self.eat(Symbol::Minus) {
            return self.power();
        }
        let number = self.peek();
        let from = self.at;
        let operand = self.deeper(Self::sign)?;
        // `-5` is a number, `-(5)` and `-5 ^ 2` are negations.
        if number.kind == Lexeme::Number && self.at == from + 1 {
            let value = number_value(&format!("-{}", self.text_of(number)));
            return self.node(Expr::Literal(value), start, 0);
        }
        self.node(Expr::Unary(Unary::Minus, operand.expr), start, operand.height + 1)
    }

    fn power(&mut self) -> ParseResult<Subtree> {
        let start = self.peek().start;
        let base = self.primary()?;
        if !self.eat(Symbol::Caret) {
            return Ok(base);
        }
        let exponent = self.deeper(Self::sign)?;
        let height = base.height.max(exponent.height) + 1;
        self.node(Expr::Binary(Binary::Power, base.expr, exponent.expr), start, height)
    }

    pub(super) fn primary(&mut self) -> ParseResult<Subtree> {
        let token = self.peek();
        let text = self.text_of(token);
        let expr = match token.kind {
            Lexeme::Number => {
                let unit = self.peek_at(1);
                let unit =
                    (unit.kind == Lexeme::Word).then(|| keywords::unit_named(self.text_of(unit))).flatten();
                if unit.is_some() {
                    self.advance();
                    self.period_of(text, self.peek().end, token.start)?
                } else {
                    Expr::Literal(number_value(text))
                }
            }
            Lexeme::Period => self.period_of(text, token.end, token.start)?,
            Lexeme::Text | Lexeme::Typographic => {
                Expr::Literal(Value::Text(quoting::unescape(quoting::inside(text)).into()))
            }
            Lexeme::Symbol(Symbol::Open) => return self.brackets(token),
            Lexeme::Symbol(Symbol::OpenList) => return self.literals(token),
            Lexeme::Word | Lexeme::Quoted if self.peek_at(1).kind == Lexeme::Symbol(Symbol::Open) => {
                if token.kind == Lexeme::Quoted || !keywords::is_reserved(text) {
                    return self.call(token);
                }
                return Err(self.unexpected("a value"));
            }
            Lexeme::Quoted => Expr::Field(quoting::name(text)),
            Lexeme::Word => match text.to_ascii_lowercase().as_str() {
                "true" => Expr::Literal(Value::Bool(true)),
                "false" => Expr::Literal(Value::Bool(false)),
                "null" => Expr::Literal(Value::Null),
                word if keywords::is_reserved(word) => return Err(self.unexpected("a value")),
                _ => Expr::Field(text.to_owned()),
            },
            _ => return Err(self.unexpected("a value")),
        };
        self.advance();
        self.node(expr, token.start, 0)
    }

    /// `5m` or `5 minutes` whose unit ends at `end`.
    fn period_of(&mut self, number: &str, end: usize, start: usize) -> ParseResult<Expr> {
        let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        let count = number.get(..digits).unwrap_or("").parse::<u32>().ok().filter(|n| *n > 0);
        let whole = self.text.get(start + digits..end).unwrap_or("");
        match (count, keywords::unit_named(whole.trim())) {
            (Some(count), Some(unit)) => Ok(Expr::Period(Period { count, unit })),
            _ => {
                let message = "a span of time is a whole number of units, at least one";
                self.report(Diagnostic::error(start..end, message).help("write, for example, `5m` or `90s`"));
                Err(Reported)
            }
        }
    }

    fn brackets(&mut self, open: Token) -> ParseResult<Subtree> {
        self.advance();
        let mut inner = self.operators(1)?;
        self.close(open, Symbol::Close)?;
        inner.expr.span = open.start..self.end();
        Ok(inner)
    }

    /// A list as a value.
    fn literals(&mut self, open: Token) -> ParseResult<Subtree> {
        self.advance();
        let mut values = Vec::new();
        while !self.is_symbol(Symbol::CloseList) || !values.is_empty() {
            let item = self.operators(1)?;
            match item.expr.item {
                Expr::Literal(value) => values.push(value),
                _ => {
                    let message = "a list outside `in` holds only text and numbers";
                    self.report(Diagnostic::error(item.expr.span, message));
                    return Err(Reported);
                }
            }
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        self.close(open, Symbol::CloseList)?;
        self.node(Expr::Literal(Value::List(values.into())), open.start, 0)
    }

    fn call(&mut self, word: Token) -> ParseResult<Subtree> {
        let mut name = quoting::name(self.text_of(word)).to_ascii_lowercase();
        self.advance();
        let open = self.advance();
        // `count(distinct x)` of SQL.
        let distinct = self.peek();
        if self.is_word_at(0, "distinct") && matches!(self.peek_at(1).kind, Lexeme::Word | Lexeme::Quoted) {
            self.advance();
            let message = "`distinct` is not a word of this language";
            let help = format!("write `count_distinct({})`", self.text_of(self.peek()));
            self.report(Diagnostic::error(distinct.span(), message).help(help));
            name = "count_distinct".to_owned();
        }
        let (mut args, mut height) = (Vec::new(), 0);
        while !self.is_symbol(Symbol::Close) || !args.is_empty() {
            let star = self.peek();
            let alone = matches!(self.peek_at(1).kind, Lexeme::Symbol(Symbol::Close | Symbol::Comma));
            if alone && self.eat(Symbol::Star) {
                args.push(Box::new(Spanned::new(Expr::Star, star.span())));
            } else {
                let arg = self.operators(1)?;
                height = height.max(arg.height);
                args.push(arg.expr);
            }
            if !self.eat(Symbol::Comma) {
                break;
            }
            self.room_for_another(args.len())?;
        }
        self.close(open, Symbol::Close)?;
        let name = Spanned::new(name, word.span());
        // Nothing is masked here: `unmask(x)` is `x`.
        if name.item == "unmask" && args.len() == 1 {
            let expr = args.remove(0);
            return Ok(Subtree { expr, height });
        }
        self.node(Expr::Call { name, args }, word.start, height + 1)
    }
}

/// An integer where it fits, else a float.
fn number_value(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(v) => Value::Int(v),
        Err(_) => Value::Float(text.parse().unwrap_or(0.0)),
    }
}
