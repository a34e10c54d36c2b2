//! Conditions and operators, by precedence climbing; the operands are in `primary`.
//!
//! ```text
//! value     = value ( "OR" | "AND" ) value | "NOT" value | predicate
//! predicate = sum [ ( "=" | "<>" | "!=" | "<" | "<=" | ">" | ">=" ) sum
//!                 | [ "NOT" ] ( "BETWEEN" sum "AND" sum | "IN" "(" value { "," value } | query ")"
//!                             | "LIKE" text [ "ESCAPE" text ] )
//!                 | "IS" [ "NOT" ] ( "NULL" | "DISTINCT" "FROM" sum ) ]
//! sum       = sum ( "+" | "-" ) ( sum | interval ) | sum ( "*" | "/" | "%" ) sum | sum "||" sum | sign
//! interval  = "INTERVAL" text unit
//! ```

use super::{
    Parser,
    lexer::{self, Lexeme, Symbol, Token},
    like, write,
};
use crate::{
    diagnostic::Diagnostic,
    insights::{ParseResult, Reported, short},
    tree::{Binary, E, Expr, ROW, Spanned, Unary},
};
use logloupe_table::Value;

/// How deep brackets and calls nest: bounds the parser's own stack.
const DEEPEST: u32 = 100;
/// How many steps lie between an expression and its furthest operand: bounds the stack of whoever walks the tree.
const TALLEST: u32 = 500;
/// How many nodes an expression may have after `BETWEEN`, `CASE` and conditions as values have doubled their operands.
const LARGEST: u32 = 50_000;

/// An expression and its measures.
#[derive(Clone)]
pub(super) struct Subtree {
    pub(super) expr: E,
    pub(super) height: u32,
    pub(super) size: u32,
}

const NOT: u8 = 3;
const PREDICATE: u8 = 4;

/// What may stand between two operands.
#[derive(Clone, Copy, PartialEq)]
enum Infix {
    Binary(Binary),
    Divide,
    Join,
    Between,
    In,
    Like,
    Is,
}

impl Infix {
    fn precedence(self) -> u8 {
        match self {
            Infix::Binary(op) => op.precedence(),
            Infix::Divide => Binary::Divide.precedence(),
            Infix::Join => Binary::Add.precedence(),
            _ => PREDICATE,
        }
    }
}

/// Whether an expression is a condition of the tree, which knows no "unknown".
pub(super) fn is_condition(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(op, ..) => op.precedence() < Binary::Add.precedence(),
        Expr::Unary(op, _) => *op == Unary::Not,
        Expr::In { .. } | Expr::InQuery { .. } | Expr::Exists(_) | Expr::Like { .. } => true,
        Expr::Call { name, .. } => name.item == "ispresent",
        _ => false,
    }
}

/// Whether SQL knows no third truth value for a condition either. `not` stands in a tree from SQL only before what is
/// true or false.
pub(super) fn is_certain(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(Unary::Not, _) | Expr::Exists(_) => true,
        Expr::InQuery { strict, .. } => !strict,
        Expr::Call { name, .. } => name.item == "ispresent",
        Expr::Binary(Binary::And | Binary::Or, a, b) => is_certain(&a.item) && is_certain(&b.item),
        _ => false,
    }
}

pub(super) fn made(expr: Expr) -> E {
    Box::new(Spanned::made(expr))
}

pub(super) fn call(name: &str, args: Vec<E>) -> Expr {
    Expr::Call { name: Spanned::made(name.to_owned()), args }
}

/// The condition that is true where `e` is false, and nowhere else: not where it is unknown.
pub(super) fn negation(e: &E) -> E {
    let expr = match &e.item {
        Expr::Unary(Unary::Not, inner) if is_certain(&inner.item) => return inner.clone(),
        // "Is not true": where it does not hold the inner one is true, which may leave out what is unknown.
        Expr::Unary(Unary::Not, _) => Expr::Unary(Unary::Not, e.clone()),
        Expr::Binary(Binary::And, a, b) => Expr::Binary(Binary::Or, negation(a), negation(b)),
        Expr::Binary(Binary::Or, a, b) => Expr::Binary(Binary::And, negation(a), negation(b)),
        Expr::Binary(op, a, b) if op.precedence() == Binary::Equal.precedence() => {
            let opposite = match op {
                Binary::Equal => Binary::NotEqual,
                Binary::NotEqual => Binary::Equal,
                Binary::Less => Binary::GreaterEqual,
                Binary::LessEqual => Binary::Greater,
                Binary::Greater => Binary::LessEqual,
                _ => Binary::Less,
            };
            Expr::Binary(opposite, a.clone(), b.clone())
        }
        Expr::In { negated, item, list } => {
            Expr::In { negated: !negated, item: item.clone(), list: list.clone() }
        }
        Expr::InQuery { negated, strict: true, item, query } => {
            Expr::InQuery { negated: !negated, strict: true, item: item.clone(), query: query.clone() }
        }
        Expr::InQuery { .. } | Expr::Exists(_) => Expr::Unary(Unary::Not, e.clone()),
        Expr::Like { negated, item, pattern } => {
            Expr::Like { negated: !negated, item: item.clone(), pattern: pattern.clone() }
        }
        Expr::Literal(Value::Bool(v)) => Expr::Literal(Value::Bool(!v)),
        Expr::Literal(Value::Null) => Expr::Literal(Value::Null),
        Expr::Call { name, .. } if name.item == "ispresent" => Expr::Unary(Unary::Not, e.clone()),
        // A column or a call that is a truth value: false is neither true nor missing.
        _ => Expr::Binary(Binary::Equal, e.clone(), made(Expr::Literal(Value::Bool(false)))),
    };
    Box::new(Spanned::new(expr, e.span.clone()))
}

/// The same condition where only truth matters: `not not x` is `x`, under `and` and `or` as well.
fn simple(mut e: E) -> E {
    if let Expr::Unary(Unary::Not, inner) = &mut e.item
        && let Expr::Unary(Unary::Not, inner) = &mut inner.item
    {
        let inner = std::mem::replace(inner, made(Expr::Literal(Value::Null)));
        return simple(inner);
    }
    if let Expr::Binary(Binary::And | Binary::Or, a, b) = &mut e.item {
        for side in [a, b] {
            *side = simple(std::mem::replace(side, made(Expr::Literal(Value::Null))));
        }
    }
    e
}

impl Parser<'_> {
    // --- nodes ---

    pub(super) fn node(&mut self, expr: Expr, start: usize, height: u32, size: u32) -> ParseResult<Subtree> {
        if height > TALLEST || size > LARGEST {
            return Err(self.too_deep(start..self.end()));
        }
        Ok(Subtree { expr: Box::new(Spanned::new(expr, start..self.end())), height, size })
    }

    pub(super) fn leaf(&mut self, expr: Expr, start: usize) -> ParseResult<Subtree> {
        self.node(expr, start, 0, 1)
    }

    /// An expression over operands.
    pub(super) fn over(
        &mut self,
        start: usize,
        args: Vec<Subtree>,
        make: impl FnOnce(Vec<E>) -> Expr,
    ) -> ParseResult<Subtree> {
        let height = args.iter().map(|a| a.height).max().unwrap_or(0) + 1;
        let size = args.iter().fold(1u32, |sum, a| sum.saturating_add(a.size));
        // Measured before anything is put together.
        if size > LARGEST {
            return Err(self.too_deep(start..self.end()));
        }
        let expr = make(args.into_iter().map(|a| a.expr).collect());
        self.node(expr, start, height, size)
    }

    fn too_deep(&mut self, span: std::ops::Range<usize>) -> Reported {
        let help = "for many values of one column write `column IN ('a', 'b')`";
        self.report(Diagnostic::error(span, "the expression is too long or nested too deeply").help(help));
        Reported
    }

    pub(super) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> ParseResult<T>) -> ParseResult<T> {
        if self.depth >= DEEPEST {
            return Err(self.too_deep(self.peek().span()));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// A condition as a value: true, false, or nothing where it is unknown.
    pub(super) fn as_value(&mut self, node: Subtree) -> ParseResult<Subtree> {
        if !is_condition(&node.expr.item) || is_certain(&node.expr.item) {
            return Ok(node);
        }
        let start = node.expr.span.start;
        let size = node.size.saturating_mul(2).saturating_add(4);
        if size > LARGEST {
            return Err(self.too_deep(node.expr.span));
        }
        let opposite = negation(&node.expr);
        let truth = |v| made(Expr::Literal(Value::Bool(v)));
        let expr = call("case", vec![node.expr, truth(true), opposite, truth(false)]);
        self.node(expr, start, node.height + 2, size)
    }

    // --- expressions ---

    /// A value, or a condition that is used as one.
    pub(super) fn value(&mut self) -> ParseResult<Subtree> {
        let node = self.operators(1)?;
        self.as_value(node)
    }

    /// An expression that may turn out to be either.
    pub(super) fn condition_or_value(&mut self) -> ParseResult<Subtree> {
        self.operators(1)
    }

    /// A condition, of which only matters where it is true.
    pub(super) fn condition(&mut self) -> ParseResult<Subtree> {
        let node = self.operators(1)?;
        Ok(Subtree { expr: simple(node.expr), ..node })
    }

    /// An expression of operators that bind at least as tightly as `least`.
    fn operators(&mut self, least: u8) -> ParseResult<Subtree> {
        self.deeper(|p| {
            let start = p.peek().start;
            let mut left = if least <= NOT && p.eat_word("not") {
                let operand = p.operators(NOT)?;
                let expr = negation(&operand.expr).item;
                p.node(expr, start, operand.height + 1, operand.size.saturating_add(2))?
            } else {
                p.sign()?
            };
            loop {
                let Some((infix, negated, tokens)) = p.infix() else { return Ok(left) };
                if infix.precedence() < least {
                    return Ok(left);
                }
                let sign = p.peek();
                p.at += tokens;
                left = p.right_of(left, infix, negated, start, sign)?;
                if infix.precedence() == PREDICATE
                    && let Some((next, ..)) = p.infix()
                    && next.precedence() == PREDICATE
                {
                    return p.fail(p.peek().span(), "comparisons cannot be chained", "join them with `AND`");
                }
            }
        })
    }

    /// The operator that comes next, whether `NOT` stands before it, and of how many tokens it is.
    fn infix(&self) -> Option<(Infix, bool, usize)> {
        let op = |op| Some((Infix::Binary(op), false, 1));
        match self.peek().kind {
            Lexeme::Symbol(symbol) => match symbol {
                Symbol::Equal => op(Binary::Equal),
                Symbol::NotEqual => op(Binary::NotEqual),
                Symbol::Less => op(Binary::Less),
                Symbol::LessEqual => op(Binary::LessEqual),
                Symbol::Greater => op(Binary::Greater),
                Symbol::GreaterEqual => op(Binary::GreaterEqual),
                Symbol::Plus => op(Binary::Add),
                Symbol::Minus => op(Binary::Subtract),
                Symbol::Star => op(Binary::Multiply),
                Symbol::Percent => op(Binary::Modulo),
                Symbol::Slash => Some((Infix::Divide, false, 1)),
                Symbol::Join => Some((Infix::Join, false, 1)),
                _ => None,
            },
            Lexeme::Word => {
                let negated = self.is_word("not");
                let at = negated as usize;
                match () {
                    _ if self.is_word_at(at, "between") => Some((Infix::Between, negated, at + 1)),
                    _ if self.is_word_at(at, "in") => Some((Infix::In, negated, at + 1)),
                    _ if self.is_word_at(at, "like") => Some((Infix::Like, negated, at + 1)),
                    _ if self.is_word("is") => Some((Infix::Is, false, 1)),
                    _ if self.is_word("and") => op(Binary::And),
                    _ if self.is_word("or") => op(Binary::Or),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn right_of(
        &mut self,
        left: Subtree,
        infix: Infix,
        negated: bool,
        start: usize,
        sign: Token,
    ) -> ParseResult<Subtree> {
        let node = match infix {
            Infix::Binary(op @ (Binary::And | Binary::Or)) => {
                let right = self.operators(op.precedence() + 1)?;
                let both = vec![left, right];
                return self.over(start, both, |args| binary(op, args));
            }
            Infix::Binary(op @ (Binary::Add | Binary::Subtract)) if self.is_word("interval") => {
                return self.shifted(left, op == Binary::Subtract, start);
            }
            Infix::Binary(op) => {
                let left = self.as_value(left)?;
                let right = self.operators(op.precedence() + 1)?;
                if op.precedence() == PREDICATE {
                    self.check_compared(&left, &right, sign)?;
                }
                let right = self.as_value(right)?;
                return self.over(start, vec![left, right], |args| binary(op, args));
            }
            Infix::Divide => {
                let left = self.as_value(left)?;
                let right = self.operators(infix.precedence() + 1)?;
                let right = self.as_value(right)?;
                return self.over(start, vec![left, right], |args| call("sql.divide", args));
            }
            Infix::Join => {
                let left = self.as_value(left)?;
                let right = self.operators(infix.precedence() + 1)?;
                let right = self.as_value(right)?;
                let alone = self.text.get(left.expr.span.clone()).is_some_and(|t| t.starts_with('('));
                let make = if alone { |args| call("sql.concat", args) } else { joined };
                return self.over(start, vec![left, right], make);
            }
            Infix::Between => self.between(left, start)?,
            Infix::In => self.members(left, start)?,
            Infix::Like => self.like(left, start)?,
            Infix::Is => return self.is(left, start),
        };
        if !negated {
            return Ok(node);
        }
        if let Expr::In { list, .. } = &node.expr.item
            && let Some(null) = list.iter().find(|e| e.item == Expr::Literal(Value::Null))
        {
            let message = "`NOT IN` is never true for a list with NULL in it";
            self.report(Diagnostic::warning(null.span.clone(), message).help("leave NULL out of the list"));
        }
        let expr = negation(&node.expr).item;
        self.node(expr, start, node.height + 1, node.size.saturating_add(1))
    }

    /// Remarks on a comparison that cannot mean what it says.
    fn check_compared(&mut self, left: &Subtree, right: &Subtree, sign: Token) -> ParseResult<()> {
        if [left, right].iter().any(|n| n.expr.item == Expr::Literal(Value::Null)) {
            let help = "write `IS NULL` or `IS NOT NULL`";
            self.report(
                Diagnostic::warning(sign.start..self.end(), "a comparison with NULL is never true")
                    .help(help),
            );
        }
        self.not_a_name(right)
    }

    /// Refuses a name in double quotes where text was meant: in SQL they make a column's name, and the answer would
    /// be empty without a word.
    pub(super) fn not_a_name(&mut self, node: &Subtree) -> ParseResult<()> {
        let Expr::Field(name) = &node.expr.item else { return Ok(()) };
        let quoted = self.text.get(node.expr.span.clone()).is_some_and(|t| t.starts_with('"'));
        let alone = self.tokens.get(self.at.wrapping_sub(1)).is_some_and(|t| t.span() == node.expr.span);
        if !quoted || !alone || !super::may_be_text(name) {
            return Ok(());
        }
        let message = "double quotes make the name of a column";
        let help = format!("write text in single quotes: {}", write::text(&short(name)));
        self.fail(node.expr.span.clone(), message, help)
    }

    pub(super) fn operand(&mut self) -> ParseResult<Subtree> {
        let node = self.operators(PREDICATE + 1)?;
        self.as_value(node)
    }

    fn between(&mut self, item: Subtree, start: usize) -> ParseResult<Subtree> {
        let item = self.as_value(item)?;
        let low = self.operand()?;
        self.not_a_name(&low)?;
        if !self.eat_word("and") {
            return Err(self.unexpected("`AND`"));
        }
        let high = self.operand()?;
        self.not_a_name(&high)?;
        let from = self.over(start, vec![item.clone(), low], |args| binary(Binary::GreaterEqual, args))?;
        let to = self.over(start, vec![item, high], |args| binary(Binary::LessEqual, args))?;
        self.over(start, vec![from, to], |args| binary(Binary::And, args))
    }

    fn members(&mut self, item: Subtree, start: usize) -> ParseResult<Subtree> {
        let item = self.as_value(item)?;
        let open = self.peek();
        if !self.eat(Symbol::Open) {
            if matches!(open.kind, Lexeme::Text | Lexeme::Number) {
                let help = format!("write `IN ({})`", short(self.text_of(open)));
                return self.fail(open.span(), "`IN` needs a list in brackets", help);
            }
            return Err(self.unexpected("a list such as `('a', 'b')`"));
        }
        if self.at_query() {
            return self.member_of_query(item, open, start);
        }
        if let Expr::Call { name, args } = &item.expr.item
            && name.item == ROW
        {
            let width = args.len();
            return self.rows_of_list(item, width, open, start);
        }
        let mut all = vec![item];
        loop {
            let member = self.value()?;
            self.not_a_name(&member)?;
            all.push(member);
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        self.close(open)?;
        self.over(start, all, |mut args| {
            let list = args.split_off(1);
            let item = args.pop().unwrap_or_else(|| made(Expr::Literal(Value::Null)));
            Expr::In { negated: false, item, list }
        })
    }

    fn like(&mut self, item: Subtree, start: usize) -> ParseResult<Subtree> {
        let item = self.as_value(item)?;
        let pattern = self.operand()?;
        if let Expr::Field(name) = &pattern.expr.item
            && self.text.get(pattern.expr.span.clone()).is_some_and(|t| t.starts_with('"'))
        {
            let help = format!("write text in single quotes: {}", write::text(&short(name)));
            return self.fail(pattern.expr.span, "double quotes make the name of a column", help);
        }
        let Expr::Literal(Value::Text(text)) = &pattern.expr.item else {
            let message = "the pattern of `LIKE` must be text in the query";
            return self.fail(pattern.expr.span, message, "to compare columns write `strpos(a, b) > 0`");
        };
        let mut escape = None;
        if self.eat_word("escape") {
            let token = self.peek();
            let inner = lexer::inside(self.text_of(token)).into_owned();
            let mut chars = inner.chars();
            escape = chars.next().filter(|_| token.kind == Lexeme::Text && chars.next().is_none());
            if escape.is_none() {
                return Err(self.unexpected("one character in single quotes"));
            }
            self.advance();
        }
        let Some(found) = like::like_pattern(text, escape) else {
            let message = "the escape character must stand before `%`, `_` or itself";
            return self.fail(pattern.expr.span, message, "");
        };
        let pattern = Spanned::new(found, pattern.expr.span);
        self.over(start, vec![item], |mut args| {
            let item = args.pop().unwrap_or_else(|| made(Expr::Literal(Value::Null)));
            Expr::Like { negated: false, item, pattern }
        })
    }

    /// `IS [NOT] NULL`, `IS [NOT] DISTINCT FROM value`.
    fn is(&mut self, item: Subtree, start: usize) -> ParseResult<Subtree> {
        let item = self.as_value(item)?;
        let negated = self.eat_word("not");
        if self.eat_word("null") {
            let present = self.over(start, vec![item], |args| call("ispresent", args))?;
            return if negated { Ok(present) } else { self.not(present, start) };
        }
        if !self.eat_words(&["distinct", "from"]) {
            if self.is_word("true") || self.is_word("false") {
                let help = "write the condition itself, or `NOT` before it";
                return self.fail(self.peek().span(), "`IS` asks for `NULL` here", help);
            }
            return Err(self.unexpected("`NULL` or `NOT NULL`"));
        }
        let other = self.operand()?;
        self.not_a_name(&other)?;
        let plain = matches!(&other.expr.item, Expr::Literal(v) if !v.is_null());
        let mut same =
            self.over(start, vec![item.clone(), other.clone()], |args| binary(Binary::Equal, args))?;
        if !plain {
            let no_item = self.over(start, vec![item], |args| call("ispresent", args))?;
            let no_item = self.not(no_item, start)?;
            let no_other = self.over(start, vec![other], |args| call("ispresent", args))?;
            let no_other = self.not(no_other, start)?;
            let neither = self.over(start, vec![no_item, no_other], |args| binary(Binary::And, args))?;
            same = self.over(start, vec![same, neither], |args| binary(Binary::Or, args))?;
        }
        let distinct = self.not(same, start)?;
        if negated { self.not(distinct, start) } else { Ok(distinct) }
    }

    /// `not`, which stands only before what is true or false.
    pub(super) fn not(&mut self, node: Subtree, start: usize) -> ParseResult<Subtree> {
        self.node(Expr::Unary(Unary::Not, node.expr), start, node.height + 1, node.size + 1)
    }

    /// `value ± INTERVAL '1' day`
    fn shifted(&mut self, item: Subtree, back: bool, start: usize) -> ParseResult<Subtree> {
        let item = self.as_value(item)?;
        self.advance();
        let count = self.peek();
        let number: Option<i64> = match count.kind {
            Lexeme::Text | Lexeme::Number => lexer::inside(self.text_of(count)).trim().parse().ok(),
            _ => None,
        };
        let number = match (number, count.kind) {
            (Some(number), Lexeme::Text) => number,
            _ => return Err(self.unexpected("a whole number in single quotes")),
        };
        self.advance();
        let unit = self.peek();
        let name = self.text_of(unit).to_ascii_lowercase();
        let name = name.strip_suffix('s').unwrap_or(&name);
        if unit.kind != Lexeme::Word
            || !["second", "minute", "hour", "day", "week", "month", "year"].contains(&name)
        {
            return Err(self.unexpected("a unit such as `day` or `hour`"));
        }
        self.advance();
        let number = if back { number.saturating_neg() } else { number };
        let unit = self.leaf(Expr::Literal(Value::text(name)), unit.start)?;
        let number = self.leaf(Expr::Literal(Value::Int(number)), count.start)?;
        self.over(start, vec![unit, number, item], |args| call("sql.date_add", args))
    }
}

pub(super) fn binary(op: Binary, args: Vec<E>) -> Expr {
    let mut args = args.into_iter();
    match (args.next(), args.next()) {
        (Some(a), Some(b)) => Expr::Binary(op, a, b),
        _ => Expr::Literal(Value::Null),
    }
}

/// `a || b || c` is one call.
fn joined(args: Vec<E>) -> Expr {
    let mut args = args.into_iter();
    let mut all = match args.next() {
        Some(first) => match first.item {
            Expr::Call { name, args } if name.item == "sql.concat" => args,
            _ => vec![first],
        },
        None => Vec::new(),
    };
    all.extend(args);
    call("sql.concat", all)
}
