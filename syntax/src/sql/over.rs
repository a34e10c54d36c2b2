//! Window functions: a call and the `OVER` behind it.
//!
//! ```text
//! over      = [ ( "IGNORE" | "RESPECT" ) "NULLS" ] "OVER" ( name | "(" window ")" )
//! window    = [ "PARTITION" "BY" value { "," value } ] [ "ORDER" "BY" key { "," key } ]
//!             [ ( "ROWS" | "RANGE" | "GROUPS" ) ( bound | "BETWEEN" bound "AND" bound ) ]
//! bound     = "UNBOUNDED" ( "PRECEDING" | "FOLLOWING" ) | "CURRENT" "ROW" | number ( "PRECEDING" | "FOLLOWING" )
//! ```
//!
//! In the tree a window function is a command, which gives its column a name. While a `SELECT` is read or written it is
//! an expression, [`expression`], so that it can stand in others; `select::lower` lifts it out of them.

use std::ops::Range;

use super::{
    Parser,
    expression::{Subtree, call, made},
    lexer::{Lexeme, Symbol},
    replace::{map, never_missing, visit},
};
use crate::{
    functions::{aggregate, window},
    insights::{ParseResult, short},
    tree::{
        E, Expr, FURTHEST, FrameBound, FrameUnit, SortKey, Spanned, TableCommand, WindowCall, WindowFrame,
    },
};
use logloupe_table::Value;

/// What a window function is called where it is an expression.
const OVER: &str = "sql.over";
/// More keys than anybody needs.
const MOST_KEYS: usize = 100;
/// How many expressions the uses of named windows may stand for.
const MOST_COPIED: usize = 1 << 18;

/// What stands in the brackets behind `OVER`.
#[derive(Clone, Default)]
pub(super) struct Window {
    by: Vec<E>,
    order: Vec<SortKey>,
    frame: Option<WindowFrame>,
    /// The name of a window of the clause `WINDOW`.
    named: Option<String>,
    height: u32,
    size: u32,
}

/// A window function as an expression: its name as text, so that it is not taken for an aggregate of a group.
pub(super) fn expression(window: &WindowCall, named: Option<&str>) -> Expr {
    let text = |text: &str| made(Expr::Literal(Value::text(text)));
    let keys = window.order.iter().map(|key| {
        let name = if key.descending { "sql.descending" } else { "sql.ascending" };
        made(call(name, vec![key.expr.clone()]))
    });
    let bound = |bound: FrameBound| match bound {
        FrameBound::At(distance) => made(Expr::Literal(Value::Int(distance))),
        other => text(&other.to_string()),
    };
    let frame = match &window.frame {
        Some(frame) => vec![text(frame.unit.word()), bound(frame.from), bound(frame.to)],
        None => Vec::new(),
    };
    let mut args = vec![
        text(&window.function.item),
        made(call("sql.arguments", window.args.clone())),
        made(call("sql.partition", window.by.clone())),
        made(call("sql.order", keys.collect())),
        made(call("sql.frame", frame)),
        made(Expr::Literal(Value::Bool(window.ignore_nulls))),
    ];
    args.extend(named.map(text));
    call(OVER, args)
}

/// The window function that an expression is, and the name of its window if it has one.
pub(super) fn window_of(expr: &Expr) -> Option<(WindowCall, Option<&str>)> {
    let parts = |e: &'_ E| match &e.item {
        Expr::Call { args, .. } => args.clone(),
        _ => Vec::new(),
    };
    let Expr::Call { name, args } = expr else { return None };
    let ([function, arguments, by, order, frame, ignore_nulls], named) = args.split_first_chunk::<6>()?;
    if name.item != OVER {
        return None;
    }
    let key = |e: E| match e.item {
        Expr::Call { name, mut args } => {
            Some(SortKey { expr: args.pop()?, descending: name.item == "sql.descending" })
        }
        _ => None,
    };
    let bound = |e: &E| match &e.item {
        Expr::Literal(Value::Int(distance)) => FrameBound::At(*distance),
        other if text_of(other) == Some("start") => FrameBound::Start,
        _ => FrameBound::End,
    };
    let frame = match parts(frame).as_slice() {
        [unit, from, to] => {
            let word = text_of(&unit.item);
            let unit = FrameUnit::ALL.into_iter().find(|u| Some(u.word()) == word)?;
            Some(WindowFrame { unit, from: bound(from), to: bound(to) })
        }
        _ => None,
    };
    let window = WindowCall {
        function: Spanned::new(text_of(&function.item)?.to_owned(), function.span.clone()),
        args: parts(arguments),
        ignore_nulls: ignore_nulls.item == Expr::Literal(Value::Bool(true)),
        by: parts(by),
        order: parts(order).into_iter().filter_map(key).collect(),
        frame,
        name: None,
    };
    Some((window, named.first().and_then(|name| text_of(&name.item))))
}

fn text_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(Value::Text(text)) => Some(text),
        _ => None,
    }
}

fn is_window(expr: &Expr) -> bool {
    matches!(expr, Expr::Call { name, .. } if name.item == OVER)
}

/// The place of the first window function in an expression.
pub(super) fn window_in(e: &E) -> Option<Range<usize>> {
    let mut found = None;
    visit(e, &mut |part| {
        if found.is_none() && is_window(&part.item) {
            found = Some(part.span.clone());
        }
        found.is_none()
    });
    found
}

/// Whether a window function always has a value.
pub(super) fn is_never_missing(expr: &Expr) -> bool {
    let name = match expr {
        Expr::Call { name, args } if name.item == OVER => args.first().and_then(|a| text_of(&a.item)),
        _ => None,
    };
    matches!(
        name,
        Some("row_number" | "rank" | "dense_rank" | "percent_rank" | "cume_dist" | "ntile" | "count")
    )
}

impl Parser<'_> {
    /// `IGNORE NULLS` or `RESPECT NULLS` behind a call, if it stands here.
    pub(super) fn ignores_nulls(&mut self) -> bool {
        let ignores = self.eat_words(&["ignore", "nulls"]);
        if !ignores {
            self.eat_words(&["respect", "nulls"]);
        }
        ignores
    }

    /// The call that was read, over the window that comes next.
    pub(super) fn over_window(
        &mut self,
        called: Subtree,
        written: &str,
        start: usize,
        ignores: bool,
    ) -> ParseResult<Subtree> {
        let span = start..self.end();
        self.advance();
        let Expr::Call { name: function, args } = &called.expr.item else {
            let help = "compute it in a query in `FROM`, over the rows of an inner query";
            return self.fail(span, "only a window function or an aggregate stands before `OVER`", help);
        };
        let known = window::find(&function.item);
        let kind = aggregate::find(&function.item).map(|(_, kind)| kind);
        if known.is_none() && !kind.is_some_and(window::moves) {
            let name = match function.item.as_str() {
                "count_distinct" if written == "count" => "count(DISTINCT …)",
                _ => written,
            };
            let message = format!("`{}` is not offered over a window", short(name));
            let help = "the aggregates over windows are count, sum, avg, min and max; others are computed by a query \
                        with `GROUP BY`, to be joined by its keys";
            return self.fail(span, message, help);
        }
        if ignores && !known.is_some_and(|f| f.kind.takes_a_value()) {
            return self.fail(
                span,
                "`IGNORE NULLS` stands only behind functions of the values of other rows",
                "",
            );
        }
        if let Some(span) = args.iter().find_map(window_in) {
            return self.fail_nested(span);
        }
        let (function, args) = (function.clone(), args.clone());
        let window = match self.peek().kind {
            Lexeme::Symbol(Symbol::Open) => self.window()?,
            _ => {
                let name = self.new_name()?;
                Window { named: Some(name.item.to_lowercase()), ..Window::default() }
            }
        };
        let size = called.size.saturating_add(window.size).saturating_add(6);
        let height = called.height.max(window.height).saturating_add(2);
        let named = window.named;
        let call = WindowCall {
            function,
            args,
            ignore_nulls: ignores,
            by: window.by,
            order: window.order,
            frame: window.frame,
            name: None,
        };
        self.node(expression(&call, named.as_deref()), start, height, size)
    }

    fn fail_nested<T>(&mut self, span: Range<usize>) -> ParseResult<T> {
        let help = "compute the inner one in a query in `FROM`";
        self.fail(span, "a window function does not stand inside another", help)
    }

    /// Reports a window function where rows are not yet what it looks at.
    pub(super) fn refuse_window(&mut self, e: &E, place: &str) -> ParseResult<()> {
        match window_in(e) {
            None => Ok(()),
            Some(span) => {
                let help = "compute it in a query in `FROM`: `SELECT … FROM (SELECT *, row_number() OVER (…) AS n FROM …) \
                            WHERE n = 1`";
                self.fail(span, format!("a window function does not stand in {place}"), help)
            }
        }
    }

    /// `( window )`
    fn window(&mut self) -> ParseResult<Window> {
        let open = self.advance();
        let mut window = Window::default();
        let token = self.peek();
        let own = ["partition", "order", "rows", "range", "groups"].iter().any(|w| self.is_word(w));
        if token.kind == Lexeme::Word && !own {
            let help = "write out what the other window says";
            return self.fail(token.span(), "a window that extends another is not offered", help);
        }
        let keyed = |p: &mut Self, window: &mut Window| -> ParseResult<E> {
            let node = p.value()?;
            window.height = window.height.max(node.height);
            window.size = window.size.saturating_add(node.size);
            if let Some(span) = window_in(&node.expr) {
                return p.fail_nested(span);
            }
            if window.by.len() + window.order.len() > MOST_KEYS {
                return p.fail(node.expr.span, "the window has too many keys", "");
            }
            Ok(node.expr)
        };
        if self.eat_word("partition") {
            self.by()?;
            loop {
                let key = keyed(self, &mut window)?;
                window.by.push(key);
                if !self.eat(Symbol::Comma) {
                    break;
                }
            }
        }
        if self.eat_word("order") {
            self.by()?;
            loop {
                let expr = keyed(self, &mut window)?;
                let (descending, missing_first) = self.direction()?;
                // The tree sorts missing values as the smallest.
                if descending == missing_first && !never_missing(&expr.item) {
                    let present = made(call("ispresent", vec![expr.clone()]));
                    window.order.push(SortKey { expr: present, descending: !missing_first });
                }
                window.order.push(SortKey { expr, descending });
                if !self.eat(Symbol::Comma) {
                    break;
                }
            }
        }
        window.size = window.size.saturating_mul(2);
        window.height = window.height.saturating_add(2);
        window.frame = self.frame()?;
        self.close(open)?;
        Ok(window)
    }

    /// `[ASC | DESC] [NULLS FIRST | LAST]`: whether the largest and whether missing values come first.
    pub(super) fn direction(&mut self) -> ParseResult<(bool, bool)> {
        let descending = self.eat_word("desc");
        if !descending {
            self.eat_word("asc");
        }
        let mut missing_first = false;
        if self.eat_word("nulls") {
            missing_first = self.eat_word("first");
            if !missing_first && !self.eat_word("last") {
                return Err(self.unexpected("`FIRST` or `LAST`"));
            }
        }
        Ok((descending, missing_first))
    }

    fn frame(&mut self) -> ParseResult<Option<WindowFrame>> {
        let start = self.peek().start;
        let Some(unit) = FrameUnit::ALL.into_iter().find(|unit| self.eat_word(unit.word())) else {
            return Ok(None);
        };
        let (from, to) = match self.eat_word("between") {
            true => {
                let from = self.bound()?;
                if !self.eat_word("and") {
                    return Err(self.unexpected("`AND`"));
                }
                (from, self.bound()?)
            }
            false => (self.bound()?, FrameBound::At(0)),
        };
        let frame = WindowFrame { unit, from, to };
        if let Some((message, help)) = frame.fault() {
            return self.fail(start..self.end(), message, help);
        }
        // The frame that there is without any.
        let default = unit == FrameUnit::Range && from == FrameBound::Start && to == FrameBound::At(0);
        Ok((!default).then_some(frame))
    }

    fn bound(&mut self) -> ParseResult<FrameBound> {
        let token = self.peek();
        if self.eat_words(&["current", "row"]) {
            return Ok(FrameBound::At(0));
        }
        let unbounded = self.eat_word("unbounded");
        let mut number = 0;
        if !unbounded {
            let read = self.text_of(token).parse::<i64>().ok().filter(|n| (0..=FURTHEST).contains(n));
            match read.filter(|_| token.kind == Lexeme::Number) {
                Some(n) => number = n,
                None if self.is_word("interval") => {
                    let help = "count rows instead: `ROWS BETWEEN 5 PRECEDING AND CURRENT ROW`";
                    return self.fail(token.span(), "a frame by a span of time is not offered", help);
                }
                None => return Err(self.unexpected("`UNBOUNDED`, `CURRENT ROW` or a whole number of rows")),
            }
            self.advance();
        }
        Ok(match (self.eat_word("preceding"), unbounded) {
            (true, true) => FrameBound::Start,
            (true, false) => FrameBound::At(-number),
            (false, _) if !self.eat_word("following") => {
                return Err(self.unexpected("`PRECEDING` or `FOLLOWING`"));
            }
            (false, true) => FrameBound::End,
            (false, false) => FrameBound::At(number),
        })
    }

    /// `WINDOW name AS ( window ) { "," … }`, behind the word.
    pub(super) fn named_windows(&mut self) -> ParseResult<Vec<(String, Window)>> {
        let mut windows = Vec::new();
        loop {
            let name = self.new_name()?;
            if !self.eat_word("as") || !self.is_symbol(Symbol::Open) {
                return Err(self.unexpected("`AS ( … )`"));
            }
            windows.push((name.item.to_lowercase(), self.window()?));
            if !self.eat(Symbol::Comma) {
                return Ok(windows);
            }
        }
    }

    /// The same expression, the names of windows replaced by what they stand for.
    pub(super) fn with_windows(
        &mut self,
        e: &E,
        windows: &[(String, Window)],
        copied: &mut usize,
    ) -> ParseResult<E> {
        let (mut unknown, mut large) = (None, None);
        let expr = map(e, &mut |part| {
            let (call, named) = window_of(&part.item)?;
            let named = named?;
            let Some((_, window)) = windows.iter().find(|(name, _)| name == named) else {
                unknown.get_or_insert_with(|| (named.to_owned(), part.span.clone()));
                return None;
            };
            *copied = copied.saturating_add(window.size as usize + 1);
            if *copied > MOST_COPIED {
                large.get_or_insert_with(|| part.span.clone());
                return None;
            }
            let window = window.clone();
            let call = WindowCall { by: window.by, order: window.order, frame: window.frame, ..call };
            Some(Box::new(Spanned::new(expression(&call, None), part.span.clone())))
        });
        if let Some(span) = large {
            return self.fail(span, "the windows stand for too much text", "");
        }
        match unknown {
            None => Ok(expr),
            Some((name, span)) => {
                let message = format!("there is no window `{}`", short(&name));
                let help = "name it behind `HAVING` and before `ORDER BY`: `WINDOW w AS (ORDER BY …)`";
                self.fail(span, message, help)
            }
        }
    }
}

/// Window functions on their way out of expressions: each becomes a command, equal ones the same.
#[derive(Default)]
pub(super) struct Windows {
    calls: Vec<(E, WindowCall)>,
    /// Names that are not free.
    taken: Vec<String>,
}

impl Windows {
    /// Keeps out of the way of the windows among `commands`.
    pub(super) fn behind<'c>(commands: impl Iterator<Item = &'c crate::tree::Command>) -> Windows {
        let name = |command: &crate::tree::Command| match command {
            crate::tree::Command::Table(TableCommand::Window(call)) => {
                call.name.as_ref().map(|n| n.item.clone())
            }
            _ => None,
        };
        Windows { calls: Vec::new(), taken: commands.filter_map(name).collect() }
    }

    /// `e` with the names of columns in the place of window functions.
    pub(super) fn lift(&mut self, e: &E) -> E {
        map(e, &mut |part| {
            let (call, _) = window_of(&part.item)?;
            let name =
                match self.calls.iter().find(|(known, _)| super::replace::same(&known.item, &part.item)) {
                    Some((_, known)) => known.name.as_ref().map(|n| n.item.clone()).unwrap_or_default(),
                    None => {
                        let name = (1..).map(|n| format!("#w{n}")).find(|name| !self.taken.contains(name))?;
                        self.add(part, call, &name);
                        name
                    }
                };
            Some(Box::new(Spanned::new(Expr::Field(name), part.span.clone())))
        })
    }

    /// A window function that is a column itself, under this name.
    pub(super) fn column(&mut self, e: &E, name: &str) {
        if let Some((call, _)) = window_of(&e.item) {
            self.add(e, call, name);
        }
    }

    fn add(&mut self, e: &E, call: WindowCall, name: &str) {
        self.taken.push(name.to_owned());
        let name = Some(Spanned::made(name.to_owned()));
        self.calls.push((e.clone(), WindowCall { name, ..call }));
    }

    /// The commands.
    pub(super) fn commands(self) -> impl Iterator<Item = Spanned<crate::tree::Command>> {
        self.calls.into_iter().map(|(e, call)| {
            Spanned::new(crate::tree::Command::Table(TableCommand::Window(call)), e.span.clone())
        })
    }
}
