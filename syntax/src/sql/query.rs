//! Queries of several `SELECT`s: set operations, `VALUES`, `WITH`, and the queries that stand where a value or a condition
//! does. One `SELECT` is in `select`.
//!
//! ```text
//! query     = [ "WITH" … ] operand { ( "UNION" | "EXCEPT" | "INTERSECT" ) [ "ALL" | "DISTINCT" ] operand }
//!             [ "ORDER" "BY" key { "," key } ] [ "LIMIT" ( number | "ALL" ) ]
//! operand   = SELECT | "VALUES" row { "," row } | "TABLE" source | "(" query ")"
//! row       = value | "(" value { "," value } ")"
//! ```
//!
//! `INTERSECT` binds tighter than the others. A set operation is a command behind those of its first query. A query that
//! looks at the row outside of it (`EXISTS (SELECT 1 FROM b WHERE b.x = a.x)`) becomes one that does not:
//! `a.x IN (SELECT x FROM b)`.

use super::{
    Parser, Relation, Scope,
    expression::{Subtree, made},
    lexer::{Symbol, Token},
    replace::{map, visit},
    select::Select,
};
use crate::{
    insights::{ParseResult, Reported},
    tree::{Binary, Command, Constants, E, Expr, Query, ROW, SetKind, SetOperation, Spanned},
};

/// What stands for a column of the query outside while a `SELECT` is read.
const OUTSIDE: &str = "sql.outside";
/// More rows of `VALUES` than anybody writes by hand.
const MOST_ROWS: usize = 10_000;

impl Parser<'_> {
    /// Whether a query begins here.
    pub(super) fn at_query(&self) -> bool {
        // `(SELECT …) UNION …` in brackets.
        let mut at = 0;
        while self.peek_at(at).kind == super::Lexeme::Symbol(Symbol::Open) {
            at += 1;
        }
        let begins = ["select", "with"].iter().any(|w| self.is_word_at(at, w));
        begins
            || at == 0
                && self.is_word("values")
                && self.peek_at(1).kind != super::Lexeme::Symbol(Symbol::Close)
    }

    /// A query, with names of its own.
    pub(super) fn query(&mut self) -> ParseResult<Relation> {
        self.query_for(false)
    }

    /// A query; `exists` says that only matters whether it has rows, so that it may look at the row outside.
    fn query_for(&mut self, exists: bool) -> ParseResult<Relation> {
        self.inside(|p| {
            let scope = std::mem::take(&mut p.scope);
            p.outside.push(scope);
            let depth = std::mem::take(&mut p.depth);
            let correlates = std::mem::replace(&mut p.correlates, exists);
            let named = p.is_word("with").then(|| p.named.clone());
            let (start, copied) = (p.peek().start, p.copied);
            if p.eat_word("with") {
                // A fault in one is told, and the others are read.
                while let Ok(true) = p.named_query() {}
            }
            let mut result = p.combined();
            if let Ok(relation) = &mut result {
                relation.weight = p.end().saturating_sub(start) + p.copied.saturating_sub(copied);
            }
            if let Some(named) = named {
                p.named = named;
            }
            p.scope = p.outside.pop().unwrap_or_default();
            p.depth = depth;
            p.correlates = correlates;
            result
        })
    }

    /// Operands with set operations between them, in the order that is asked for behind them.
    fn combined(&mut self) -> ParseResult<Relation> {
        let level = self.level();
        let start = self.at;
        let relation = self.set_operations(1, false)?;
        let select = self.tokens.get(start).is_some_and(|t| self.text_of(*t).eq_ignore_ascii_case("select"));
        let ordered = ["order", "limit", "offset", "fetch"].iter().any(|w| self.is_word(w));
        let several = matches!(relation.commands.last(), Some(Spanned { item: Command::Set(_), .. }));
        if !ordered || select && !several {
            return Ok(relation);
        }
        self.scope = Scope { columns: relation.columns.clone(), ..Scope::default() };
        // All columns as they are; without a list of them `*` is what they are.
        let items = self.all_columns();
        let star = items.is_none().then(|| self.peek().span());
        let items = items.unwrap_or_default();
        let mut select = Select { star, items, from: relation, ..Select::default() };
        let before = self.diagnostics.len();
        self.clauses(&mut select, level, &["order", "limit"]);
        if self.diagnostics.iter().skip(before).any(|d| d.severity == crate::Severity::Error) {
            return Err(Reported);
        }
        self.lowered(select)
    }

    fn set_operations(&mut self, least: u8, operand: bool) -> ParseResult<Relation> {
        let start = self.peek();
        let mut left = self.set_operand(operand)?;
        loop {
            let token = self.peek();
            let (kind, precedence) = match () {
                _ if self.is_word("union") => (SetKind::Union, 1),
                _ if self.is_word("except") => (SetKind::Except, 1),
                _ if self.is_word("intersect") => (SetKind::Intersect, 2),
                _ => return Ok(left),
            };
            if precedence < least {
                return Ok(left);
            }
            if left.sorted {
                let help = "put the first query in brackets, or the order behind the last one";
                let message = format!("`ORDER BY` and `LIMIT` stand behind `{}`", kind.word().to_uppercase());
                return self.fail(token.span(), message, help);
            }
            self.advance();
            let all = self.eat_word("all");
            if !all {
                self.eat_word("distinct");
            }
            let other = self.peek();
            let right = self.set_operations(precedence + 1, true)?;
            let span = token.start..self.end();
            for (relation, at) in [(&left, start), (&right, other)] {
                if relation.columns.is_none() {
                    let message = "`SELECT *` of a log has no fixed list of columns";
                    let help = "name the columns in both queries; all logs at once are `FROM logs`";
                    return self.fail(at.span(), message, help);
                }
                if !relation.outside.is_empty() {
                    return self.looks_outside(at.span());
                }
            }
            let (one, two) =
                (left.columns.as_ref().map_or(0, Vec::len), right.columns.as_ref().map_or(0, Vec::len));
            if one != two {
                let message = format!("the first query has {one} columns, the second {two}");
                return self.fail(span, message, "");
            }
            let query = Query { commands: right.commands };
            left.commands.push(Spanned::new(Command::Set(SetOperation { kind, all, query }), span));
        }
    }

    /// One query of a set operation; only the first may have an order of its own without brackets.
    fn set_operand(&mut self, operand: bool) -> ParseResult<Relation> {
        let open = self.peek();
        if self.eat(Symbol::Open) {
            let relation = self.query();
            self.close(open)?;
            return Ok(Relation { sorted: false, ..relation? });
        }
        self.scope = Scope::default();
        if self.is_word("values") {
            return self.rows();
        }
        if self.eat_word("table") {
            return Ok(self.source()?.relation);
        }
        self.select(operand)
    }

    /// `VALUES (1, 'a'), (2, 'b')`
    fn rows(&mut self) -> ParseResult<Relation> {
        let start = self.advance();
        let mut rows: Vec<Vec<E>> = Vec::new();
        loop {
            let open = self.peek();
            let row = match self.value_or_row()?.expr {
                e if matches!(&e.item, Expr::Call { name, .. } if name.item == ROW) => match e.item {
                    Expr::Call { args, .. } => args,
                    _ => Vec::new(),
                },
                e => vec![e],
            };
            let width = rows.first().map_or(row.len(), Vec::len);
            if row.len() != width {
                let message = format!("this row has {} values, the first one {width}", row.len());
                return self.fail(open.start..self.end(), message, "");
            }
            let mut column = None;
            row.iter().for_each(|e| {
                visit(e, &mut |e| {
                    if matches!(e.item, Expr::Field(_)) && column.is_none() {
                        column = Some(e.span.clone());
                    }
                    true
                });
            });
            if let Some(span) = column {
                let help = "text stands in single quotes: 'text'";
                return self.fail(span, "`VALUES` holds no columns", help);
            }
            rows.push(row);
            if rows.len() > MOST_ROWS {
                return self.fail(open.span(), format!("more than {MOST_ROWS} rows of `VALUES`"), "");
            }
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        let names: Vec<String> = (0..rows.first().map_or(0, Vec::len)).map(|n| format!("_col{n}")).collect();
        let constants = Constants { names: names.iter().cloned().map(Spanned::made).collect(), rows };
        let command = Spanned::new(Command::Values(constants), start.start..self.end());
        Ok(Relation { commands: vec![command], columns: Some(names), ..Relation::default() })
    }

    /// The rows of a `SELECT` without `FROM`: one without columns.
    pub(super) fn no_table() -> Relation {
        let constants = Constants { names: Vec::new(), rows: vec![Vec::new()] };
        Relation {
            commands: vec![Spanned::made(Command::Values(constants))],
            columns: Some(Vec::new()),
            ..Relation::default()
        }
    }

    // --- queries as values and conditions ---

    /// `( query )` as a value.
    pub(super) fn scalar(&mut self, open: Token) -> ParseResult<Subtree> {
        let relation = self.query();
        self.close(open)?;
        let relation = relation?;
        let span = open.start..self.end();
        if !relation.outside.is_empty() {
            return self.looks_outside(span);
        }
        if relation.columns.as_ref().is_none_or(|c| c.len() != 1) {
            let message = "a query that is a value must have one column";
            return self.fail(span, message, "write `(SELECT max(column) FROM …)`");
        }
        self.held(relation, open.start, Expr::Query)
    }

    /// `EXISTS ( query )`
    pub(super) fn exists(&mut self) -> ParseResult<Subtree> {
        let word = self.advance();
        let open = self.advance();
        let relation = self.query_for(true);
        self.close(open)?;
        let relation = relation?;
        if relation.outside.is_empty() {
            return self.held(relation, word.start, Expr::Exists);
        }
        let items = relation.outside.clone();
        let query = Box::new(Query { commands: relation.commands });
        let item = match <[E; 1]>::try_from(items) {
            Ok([item]) => item,
            Err(items) => made(super::expression::call(ROW, items)),
        };
        self.leaf(Expr::InQuery { negated: false, strict: false, item, query }, word.start)
    }

    /// An operand that holds a query: it counts as much as its text does.
    fn held(
        &mut self,
        relation: Relation,
        start: usize,
        make: impl FnOnce(Box<Query>) -> Expr,
    ) -> ParseResult<Subtree> {
        let size = u32::try_from(relation.weight / 8).unwrap_or(u32::MAX).saturating_add(1);
        self.node(make(Box::new(Query { commands: relation.commands })), start, 0, size)
    }

    // --- the row outside ---

    /// A column of the query outside, if these steps name one: its table is not one of this query.
    pub(super) fn outside(&mut self, steps: &[(String, bool)], start: usize) -> Option<ParseResult<Subtree>> {
        let (first, rest) = steps.split_first()?;
        if rest.is_empty() || self.scope.has_table(&first.0) {
            return None;
        }
        self.outside.last().filter(|outer| outer.has_table(&first.0))?;
        let outer = self.outside.pop()?;
        let inner = std::mem::replace(&mut self.scope, outer);
        let name = self.meaning(steps.to_vec(), start);
        let outer = std::mem::replace(&mut self.scope, inner);
        self.outside.push(outer);
        Some(name.and_then(|name| {
            let span = start..self.end();
            let field: E = Box::new(Spanned::new(Expr::Field(name), span));
            self.leaf(super::expression::call(OUTSIDE, vec![field]), start)
        }))
    }

    /// Takes the equalities with columns outside out of the condition of a `SELECT`: what is outside, what is inside.
    pub(super) fn take_outside(&mut self, select: &mut Select) -> ParseResult<Vec<(E, E)>> {
        let mut pairs = Vec::new();
        let mut rest = Vec::new();
        if !select.expressions().any(looks_outside) {
            return Ok(pairs);
        }
        for part in select.condition.take().into_iter().flat_map(conjuncts) {
            match &part.item {
                Expr::Binary(Binary::Equal, a, b) if outside_name(a).is_some() && !looks_outside(b) => {
                    pairs.extend(outside_name(a).map(|outer| (outer, b.clone())));
                }
                Expr::Binary(Binary::Equal, a, b) if outside_name(b).is_some() && !looks_outside(a) => {
                    pairs.extend(outside_name(b).map(|outer| (outer, a.clone())));
                }
                _ => rest.push(part),
            }
        }
        select.condition = all_of(rest);
        let stray = select.expressions().find_map(stray);
        match stray {
            Some(span) => self.looks_outside(span),
            None if !pairs.is_empty() && !self.correlates => {
                let span = pairs.first().map_or(0..0, |(outer, _)| outer.span.clone());
                self.looks_outside(span)
            }
            None => Ok(pairs),
        }
    }

    fn looks_outside<T>(&mut self, span: std::ops::Range<usize>) -> ParseResult<T> {
        let message =
            "an inner query looks at the row outside of it only by `=`, in the `WHERE` of an `EXISTS`";
        let help = "join with a query that has one row for each key: `JOIN (SELECT k, max(x) AS m FROM b GROUP BY k) AS q ON a.k = q.k`";
        self.fail(span, message, help)
    }
}

/// The column that a marker stands for.
fn outside_name(e: &E) -> Option<E> {
    match &e.item {
        Expr::Call { name, args } if name.item == OUTSIDE => args.first().cloned(),
        _ => None,
    }
}

fn stray(e: &E) -> Option<std::ops::Range<usize>> {
    let mut found = None;
    visit(e, &mut |e| {
        if outside_name(e).is_some() && found.is_none() {
            found = Some(e.span.clone());
        }
        found.is_none()
    });
    found
}

fn looks_outside(e: &E) -> bool {
    stray(e).is_some()
}

/// The conditions that all must hold.
pub(super) fn conjuncts(e: E) -> Vec<E> {
    let (mut open, mut all) = (vec![e], Vec::new());
    while let Some(e) = open.pop() {
        match e.item {
            Expr::Binary(Binary::And, a, b) => open.extend([b, a]),
            _ => all.push(e),
        }
    }
    all
}

/// The condition that all hold.
pub(super) fn all_of(all: Vec<E>) -> Option<E> {
    let and = |a: E, b: E| {
        let span = a.span.start..b.span.end;
        Box::new(Spanned::new(Expr::Binary(Binary::And, a, b), span))
    };
    all.into_iter().reduce(and)
}

/// An expression with these columns under other names.
pub(super) fn renamed(e: &E, f: &dyn Fn(&str) -> Option<String>) -> E {
    map(e, &mut |part| match &part.item {
        Expr::Field(name) => f(name).map(|name| Box::new(Spanned::new(Expr::Field(name), part.span.clone()))),
        _ => None,
    })
}

impl Scope {
    /// Whether a name before a dot means a table, or something that stands for one, of this query.
    fn has_table(&self, name: &str) -> bool {
        let columns = self.columns.iter().flatten();
        self.sides.iter().any(|s| s.name.eq_ignore_ascii_case(name))
            || (self.qualifiers.iter().chain(&self.made).chain(columns)).any(|q| q.eq_ignore_ascii_case(name))
    }
}
