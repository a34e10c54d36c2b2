//! Calls: the functions of Athena and what each is in the tree. Those that SQL only calls otherwise stand in the table of
//! [`functions`](crate::functions); what needs more than another name stands here.

use super::{
    Parser,
    expression::{Subtree, binary, call, is_certain, is_condition, made},
    lexer::{Lexeme, Symbol, Token},
    over::window_in,
};
use crate::{
    diagnostic::suggest,
    functions::{
        SQL_FUNCTIONS, SqlFunction, aggregate, spelling,
        window::{WINDOW_NAMES, is_window_function},
    },
    insights::{ParseResult, short},
    keywords::unit_named,
    tree::{Binary, E, Expr, Pattern, Period, PeriodUnit, Spanned},
};
use logloupe_table::Value;

/// Functions that take more than another name, and how many arguments each takes: see [`Parser::special`].
static FORMS: &[SqlFunction] = &[
    form("max_by", 2, 2),
    form("min_by", 2, 2),
    form("count_if", 1, 1),
    form("approx_distinct", 1, 2),
    form("approx_percentile", 2, 2),
    form("if", 2, 3),
    form("try", 1, 1),
    form("power", 2, 2),
    form("pow", 2, 2),
    form("mod", 2, 2),
    form("position", 2, 2),
    form("regexp_like", 2, 2),
    form("contains", 2, 2),
    form("date_trunc", 2, 2),
    form("from_iso8601_date", 1, 1),
    form("date", 1, 1),
    form("at_timezone", 2, 2),
    form("extract", 1, 1),
];

const fn form(name: &'static str, least: usize, most: usize) -> SqlFunction {
    SqlFunction { name, tree: "", least, most }
}

const ANY: usize = usize::MAX;

/// Every function and aggregate that SQL has, in the order of the documentation.
pub fn functions() -> impl Iterator<Item = &'static SqlFunction> {
    SQL_FUNCTIONS.iter().chain(FORMS).chain(&WINDOW_NAMES)
}

/// The function that SQL calls so, in any letter case.
pub(super) fn find(name: &str) -> Option<&'static SqlFunction> {
    functions().find(|f| f.name.eq_ignore_ascii_case(name))
}

/// What SQL calls a function of the tree, if another name is all it takes.
pub(super) fn named_in_tree(tree: &str) -> Option<&'static SqlFunction> {
    SQL_FUNCTIONS.iter().find(|f| f.tree.eq_ignore_ascii_case(tree))
}

fn text_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// The unit that `date_trunc` and its like take.
fn unit(expr: &Expr) -> Option<PeriodUnit> {
    text_of(expr).filter(|t| t.len() > 2).and_then(unit_named)
}

fn day_of(time: E) -> Expr {
    let day = Expr::Period(Period { count: 1, unit: PeriodUnit::Day });
    call("datefloor", vec![time, made(day)])
}

fn first(args: Vec<E>) -> E {
    args.into_iter().next().unwrap_or_else(|| made(Expr::Literal(Value::Null)))
}

impl Parser<'_> {
    /// A call, its name being the next token.
    pub(super) fn call(&mut self, word: Token) -> ParseResult<Subtree> {
        let name = self.text_of(word).to_ascii_lowercase();
        self.advance();
        let open = self.advance();
        let known = find(&name);
        let start = word.start;
        let distinct = self.eat_word("distinct");
        let mut args: Vec<Subtree> = Vec::new();
        if name == "extract" {
            return self.extract(word, open);
        }
        while !self.is_symbol(Symbol::Close) || !args.is_empty() {
            let star = self.peek();
            let alone = self.peek_at(1).kind == Lexeme::Symbol(Symbol::Close);
            let arg = if alone && self.eat(Symbol::Star) {
                self.node(Expr::Star, star.start, 0, 1)?
            } else if name == "position" {
                return self.position(word, open);
            } else {
                // Whether it is a condition or a value is decided below.
                self.condition_or_value()?
            };
            args.push(arg);
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        if known.is_some_and(|f| aggregate::find(f.tree).is_some()) && self.is_word("order") {
            let help = "leave it out: the list is in the order of events, the earliest first";
            return self.fail(self.peek().span(), format!("`ORDER BY` is not offered inside `{name}`"), help);
        }
        self.close(open)?;
        let Some(known) = known else { return self.other(word, &name, args) };
        if !(known.least..=known.most).contains(&args.len()) {
            let wanted = match (known.least, known.most) {
                (1, 1) => "1 argument".to_owned(),
                (a, b) if a == b => format!("{a} arguments"),
                (a, ANY) => format!("at least {a}"),
                (a, b) => format!("{a} to {b} arguments"),
            };
            let message = format!("`{name}` takes {wanted}, not {}", args.len());
            return self.fail(start..self.end(), message, "");
        }
        if let Some(star) = args.iter().find(|a| a.expr.item == Expr::Star && name != "count") {
            return self.fail(star.expr.span.clone(), "`*` stands only in `count(*)`", "");
        }
        let is_aggregate = aggregate::find(known.tree).is_some() || AGGREGATES.contains(&known.name);
        if distinct && !(name == "count" || is_aggregate && matches!(known.tree, "min" | "max" | "array_agg"))
        {
            let help = "write `count(DISTINCT column)`, or `SELECT DISTINCT` in an inner query";
            return self.fail(start..self.end(), format!("`DISTINCT` is not offered in `{name}`"), help);
        }
        let condition = match is_aggregate && self.is_word("filter") {
            true => Some(self.filter()?),
            false => None,
        };
        if let (true, false, Some(condition)) = (name == "array_agg", distinct, &condition) {
            let help =
                "write the condition after `WHERE`, or list different values: `array_agg(DISTINCT column)`";
            let span = condition.expr.span.clone();
            return self.fail(
                span,
                "`FILTER` is not offered behind `array_agg`, which keeps missing values",
                help,
            );
        }
        let windows = args.iter().chain(&condition).find_map(|arg| window_in(&arg.expr));
        if let Some(span) = windows.filter(|_| is_aggregate && !self.is_word("over")) {
            let help = "compute it in a query in `FROM`";
            return self.fail(span, "a window function does not stand inside an aggregate", help);
        }
        let called = match is_window_function(&name) {
            true => {
                let mut values = Vec::with_capacity(args.len());
                for arg in args {
                    values.push(self.as_value(arg)?);
                }
                self.over(start, values, |args| call(&name, args))?
            }
            false => self.meant(known, start, distinct, args, condition)?,
        };
        let end = self.end();
        let ignores = self.ignores_nulls();
        if self.is_word("over") {
            return self.over_window(called, &name, start, ignores);
        }
        if ignores {
            return Err(self.unexpected("`OVER`"));
        }
        if is_window_function(&name) {
            let help = format!("write `{} OVER (PARTITION BY … ORDER BY …)`", short(&format!("{name}(…)")));
            return self.fail(
                start..end,
                format!("`{name}` needs `OVER` and the rows that it looks at"),
                help,
            );
        }
        Ok(called)
    }

    /// `FILTER (WHERE condition)`
    fn filter(&mut self) -> ParseResult<Subtree> {
        self.advance();
        let open = self.peek();
        if !self.eat(Symbol::Open) {
            return Err(self.unexpected("`(`"));
        }
        if !self.eat_word("where") {
            return Err(self.unexpected("`WHERE`"));
        }
        let condition = self.condition()?;
        self.close(open)?;
        Ok(condition)
    }

    /// What a known call is in the tree.
    fn meant(
        &mut self,
        known: &'static SqlFunction,
        start: usize,
        distinct: bool,
        mut args: Vec<Subtree>,
        condition: Option<Subtree>,
    ) -> ParseResult<Subtree> {
        // Those whose first argument is a condition.
        match known.name {
            "count_if" => {
                let holds = args.remove(0);
                let holds = match condition {
                    Some(other) => self.over(start, vec![holds, other], |args| binary(Binary::And, args))?,
                    None => holds,
                };
                return self.counted_if(holds, start);
            }
            "if" => {
                let rest = args.split_off(1);
                let mut all = args;
                for arg in rest {
                    all.push(self.as_value(arg)?);
                }
                return self.over(start, all, |args| call("if", args));
            }
            "coalesce" if args.len() == 2 => {
                let is_false = args.get(1).is_some_and(|a| a.expr.item == Expr::Literal(Value::Bool(false)));
                let uncertain =
                    args.first().is_some_and(|a| is_condition(&a.expr.item) && !is_certain(&a.expr.item));
                if is_false && uncertain {
                    // "Is true", which SQL has no shorter word for.
                    let inner = args.remove(0);
                    let inner = self.not(inner, start)?;
                    return self.not(inner, start);
                }
            }
            _ => {}
        }
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(self.as_value(arg)?);
        }
        if known.name == "count" {
            let star = values.first().is_none_or(|a| a.expr.item == Expr::Star);
            if let (true, Some(condition)) = (star, condition.clone()) {
                return self.counted_if(condition, start);
            }
            if star {
                let star = self.node(Expr::Star, start, 0, 1)?;
                return self.over(start, vec![star], |args| call("count", args));
            }
        }
        if let (Some(condition), Some(_)) = (condition, values.first()) {
            // Rows without an order are left out of `max_by`, rows without a value of others.
            let place = if known.most == 2 && known.name.ends_with("_by") { 1 } else { 0 };
            let value = values.remove(place);
            let value = self.over(start, vec![condition, value], |args| call("case", args))?;
            values.insert(place, value);
        }
        if known.name == "replace" && values.len() == 2 {
            values.push(self.node(Expr::Literal(Value::text("")), start, 0, 1)?);
        }
        if !known.tree.is_empty() {
            self.check_constant(known, &values)?;
            let name = match known.name {
                "count" if distinct => "count_distinct",
                "array_agg" if distinct => "values",
                _ => known.tree,
            };
            return self.over(start, values, |args| call(&name.to_ascii_lowercase(), args));
        }
        self.special(known.name, start, values)
    }

    /// Functions whose meaning takes more than another name.
    fn special(&mut self, name: &str, start: usize, mut values: Vec<Subtree>) -> ParseResult<Subtree> {
        let span = start..self.end();
        match name {
            "approx_distinct" => {
                values.truncate(1);
                self.over(start, values, |args| call("count_distinct", args))
            }
            "approx_percentile" => {
                let share = values.get(1).and_then(|v| match &v.expr.item {
                    Expr::Literal(v @ (Value::Int(_) | Value::Float(_))) => v.number(),
                    _ => None,
                });
                let Some(share) = share.filter(|s| (0.0..=1.0).contains(s)) else {
                    let at = values.get(1).map_or(span, |v| v.expr.span.clone());
                    return self.fail(
                        at,
                        "expected a share from 0 to 1",
                        "write `approx_percentile(column, 0.95)`",
                    );
                };
                values.truncate(1);
                // 0.07 is 7 %, whatever floats make of it.
                let percent = (share * 1e11).round() / 1e9;
                let percent = match percent.fract() == 0.0 {
                    true => Value::Int(percent as i64),
                    false => Value::Float(percent),
                };
                values.push(self.node(Expr::Literal(percent), start, 0, 1)?);
                self.over(start, values, |args| call("pct", args))
            }
            "max_by" | "min_by" => {
                // The largest pair of order and value, of which the value is taken.
                values.reverse();
                let pair = self.over(start, values, |args| call("sql.pair", args))?;
                let aggregate = if name == "max_by" { "max" } else { "min" };
                let best = self.over(start, vec![pair], |args| call(aggregate, args))?;
                self.over(start, vec![best], |args| call("sql.of_pair", args))
            }
            "try" => Ok(values.remove(0)),
            "power" | "pow" => self.over(start, values, |args| binary(Binary::Power, args)),
            "mod" => self.over(start, values, |args| binary(Binary::Modulo, args)),
            "regexp_like" => {
                let pattern = values.pop();
                let Some((text, span)) =
                    pattern.as_ref().and_then(|p| Some((text_of(&p.expr.item)?, p.expr.span.clone())))
                else {
                    let at = pattern.map_or(span, |p| p.expr.span);
                    return self.fail(at, "the pattern of `regexp_like` must be text in the query", "");
                };
                let pattern = Spanned::new(Pattern::Regex(text.to_owned()), span);
                self.over(start, values, |args| Expr::Like { negated: false, item: first(args), pattern })
            }
            "contains" => {
                let network =
                    values.first().and_then(|v| text_of(&v.expr.item)).is_some_and(|t| t.contains('/'));
                if network {
                    values.reverse();
                    return self.over(start, values, |args| call("isipinsubnet", args));
                }
                self.over(start, values, |args| call("jsonarraycontains", args))
            }
            "date_trunc" => {
                let period =
                    values.first().and_then(|v| unit(&v.expr.item)).filter(|u| *u != PeriodUnit::Millisecond);
                let Some(unit) = period else {
                    let at = values.first().map_or(span, |v| v.expr.span.clone());
                    let help = "write, for example, `date_trunc('hour', column)`";
                    return self.fail(at, "expected a unit such as 'day' or 'hour'", help);
                };
                let time = values.split_off(1);
                self.over(start, time, |mut args| {
                    args.push(made(Expr::Period(Period { count: 1, unit })));
                    call("datefloor", args)
                })
            }
            "from_iso8601_date" | "date" => {
                self.over(start, values, |args| day_of(made(call("sql.timestamp", args))))
            }
            "at_timezone" => {
                let utc = values
                    .get(1)
                    .and_then(|v| text_of(&v.expr.item))
                    .is_some_and(|t| t.eq_ignore_ascii_case("utc"));
                if !utc {
                    let at = values.get(1).map_or(span, |v| v.expr.span.clone());
                    return self.fail(at, "times are shown in UTC; another time zone is not offered", "");
                }
                Ok(values.remove(0))
            }
            _ => self.fail(span, format!("`{name}` is not offered"), ""),
        }
    }

    /// Arguments that are part of the query, not of its rows.
    fn check_constant(&mut self, known: &SqlFunction, values: &[Subtree]) -> ParseResult<()> {
        let place = match known.name {
            "date_add" | "date_diff" => 0,
            "regexp_extract" | "regexp_replace" | "json_extract" | "json_extract_scalar" => 1,
            _ => return Ok(()),
        };
        let Some(arg) = values.get(place) else { return Ok(()) };
        let span = arg.expr.span.clone();
        match text_of(&arg.expr.item) {
            None => {
                self.fail(span, format!("this argument of `{}` must be text in the query", known.name), "")
            }
            Some(_) if place == 0 && unit(&arg.expr.item).is_none() => {
                let help = format!("write, for example, `{}('day', …)`", known.name);
                self.fail(span, "expected a unit such as 'day' or 'hour'", help)
            }
            Some(path) if known.name.starts_with("json") && !path.starts_with('$') => {
                self.fail(span, "a path into JSON begins with `$`", format!("write '$.{}'", short(path)))
            }
            Some(_) => Ok(()),
        }
    }

    /// `count(case(condition, 1))`
    fn counted_if(&mut self, condition: Subtree, start: usize) -> ParseResult<Subtree> {
        let one = self.node(Expr::Literal(Value::Int(1)), start, 0, 1)?;
        let chosen = self.over(start, vec![condition, one], |args| call("case", args))?;
        self.over(start, vec![chosen], |args| call("count", args))
    }

    /// `EXTRACT(unit FROM time)`
    fn extract(&mut self, word: Token, open: Token) -> ParseResult<Subtree> {
        let name = self.peek();
        let part = find(self.text_of(name)).filter(|f| name.kind == Lexeme::Word && PARTS.contains(&f.name));
        let Some(part) = part else { return Err(self.unexpected("a unit such as `hour`")) };
        self.advance();
        if !self.eat_word("from") {
            return Err(self.unexpected("`FROM`"));
        }
        let time = self.value()?;
        self.close(open)?;
        self.over(word.start, vec![time], |args| call(part.tree, args))
    }

    /// `POSITION(part IN text)`
    fn position(&mut self, word: Token, open: Token) -> ParseResult<Subtree> {
        let part = self.operand()?;
        if !self.eat_word("in") {
            return Err(self.unexpected("`IN`"));
        }
        let whole = self.operand()?;
        self.close(open)?;
        self.over(word.start, vec![whole, part], |args| call("sql.strpos", args))
    }

    /// A function that SQL does not have: one of Insights under its own name, if SQL means nothing else by it.
    fn other(&mut self, word: Token, name: &str, args: Vec<Subtree>) -> ParseResult<Subtree> {
        let scalar = spelling(name).filter(|n| !name.contains('.') && named_in_tree(n).is_none());
        if scalar.is_some() && !is_foreign(name) {
            let mut values = Vec::with_capacity(args.len());
            for arg in args {
                values.push(self.as_value(arg)?);
            }
            return self.over(word.start, values, |args| call(name, args));
        }
        let help = match FOREIGN_FUNCTIONS.iter().find(|(other, _)| *other == name) {
            Some((_, instead)) => (*instead).to_owned(),
            None => match suggest(name, functions().map(|f| f.name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => String::new(),
            },
        };
        self.fail(word.span(), format!("there is no function `{}`", short(name)), help)
    }

    /// `CAST(value AS type)`
    pub(super) fn cast(&mut self, word: Token) -> ParseResult<Subtree> {
        self.advance();
        let open = self.advance();
        let value = self.value()?;
        if !self.eat_word("as") {
            return Err(self.unexpected("`AS` and a type"));
        }
        let token = self.peek();
        let (name, _) = self.step()?;
        let mut scale = None;
        let bracket = self.peek();
        if self.eat(Symbol::Open) {
            // `varchar(255)`, `decimal(10, 2)`, `array(varchar)`: only the scale matters here.
            let mut depth = 1u32;
            while depth > 0 && self.peek().kind != Lexeme::End {
                match self.advance() {
                    t if t.kind == Lexeme::Symbol(Symbol::Open) => depth += 1,
                    t if t.kind == Lexeme::Symbol(Symbol::Close) => depth -= 1,
                    t if t.kind == Lexeme::Number => scale = Some(self.text_of(t).to_owned()),
                    _ => {}
                }
            }
            if depth > 0 {
                return self.fail(bracket.span(), "`(` has no closing `)`", "");
            }
        }
        self.eat_words(&["with", "time", "zone"]);
        self.close(open)?;
        let tree = match name.to_ascii_lowercase().as_str() {
            "varchar" | "char" | "string" | "json" => "sql.varchar",
            "bigint" | "integer" | "int" | "smallint" | "tinyint" => "sql.bigint",
            "double" | "real" | "float" => "sql.double",
            "decimal" => {
                let number = self.over(word.start, vec![value], |args| call("sql.double", args))?;
                let digits = scale.and_then(|s| s.parse().ok()).unwrap_or(0);
                let digits = self.node(Expr::Literal(Value::Int(digits)), word.start, 0, 1)?;
                return self.over(word.start, vec![number, digits], |args| call("round", args));
            }
            "boolean" => "sql.boolean",
            "timestamp" => "sql.timestamp",
            "date" => {
                return self.over(word.start, vec![value], |args| day_of(made(call("sql.timestamp", args))));
            }
            // Addresses are text here, and lists are read from JSON.
            "ipaddress" => return Ok(value),
            "array" => "jsonparse",
            _ => {
                let help = "the types are varchar, bigint, integer, double, decimal, boolean, timestamp, date, ipaddress";
                return self.fail(
                    token.span(),
                    format!("there is no type `{}` to cast to", short(&name)),
                    help,
                );
            }
        };
        self.over(word.start, vec![value], |args| call(tree, args))
    }
}

/// What `EXTRACT` takes.
const PARTS: &[&str] = &[
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "day_of_month",
    "day_of_week",
    "dow",
    "day_of_year",
    "doy",
    "hour",
    "minute",
    "second",
];

/// Aggregates that are more than another name.
const AGGREGATES: &[&str] = &["max_by", "min_by", "count_if", "approx_distinct", "approx_percentile"];

/// Whether a name is refused as a function's, with advice, even if Insights has a function of this name.
pub(super) fn is_foreign(name: &str) -> bool {
    FOREIGN_FUNCTIONS.iter().any(|(other, _)| *other == name)
}

/// Functions of other engines, and names that mean something else in Insights, and what to write instead.
static FOREIGN_FUNCTIONS: &[(&str, &str)] = &[
    ("ifnull", "write `coalesce(a, b)`"),
    ("nvl", "write `coalesce(a, b)`"),
    ("isnull", "write `column IS NULL`"),
    ("ispresent", "write `column IS NOT NULL`"),
    ("isempty", "write `column IS NULL`"),
    ("isblank", "write `column IS NULL`"),
    ("count_distinct", "write `count(DISTINCT column)`"),
    ("pct", "write `approx_percentile(column, 0.95)`"),
    ("percentile", "write `approx_percentile(column, 0.95)`"),
    ("median", "write `approx_percentile(column, 0.5)`"),
    ("bin", "write `date_trunc('hour', \"@timestamp\")`"),
    ("datefloor", "write `date_trunc('hour', column)`"),
    ("dateceil", "write `date_trunc('hour', column)`"),
    ("getdate", "write `now()`"),
    ("to_timestamp", "write `from_iso8601_timestamp(text)` or `from_unixtime(number)`"),
    ("to_date", "write `date_parse(text, '%Y-%m-%d')`"),
    ("to_char", "write `date_format(time, '%Y-%m-%d')`"),
    ("strftime", "write `date_format(time, '%Y-%m-%d')`"),
    ("dateadd", "write `date_add('day', -1, time)`"),
    ("datediff", "write `date_diff('minute', a, b)`"),
    ("group_concat", "write `array_join(array_agg(column), ',')`"),
    ("string_agg", "write `array_join(array_agg(column), ',')`"),
    ("iff", "write `if(condition, a, b)`"),
    ("len", "write `length(text)`"),
    ("charindex", "write `strpos(text, part)`"),
    ("instr", "write `strpos(text, part)`"),
];
