//! The walk from tree to plan for expressions: operators, calls of functions, aggregates and their constants.

use std::{ops::Range, sync::Arc};

use regex::bytes::Regex;

use super::{
    AggregateCall, Node, Op,
    binning::Binning,
    join_index::JoinIndex,
    lower::{Lower, counted},
    lower_join::call,
    partitions,
};
use crate::kernels::Kernel;
use logloupe_syntax::{
    functions::{self, AggregateKind, Func, Json, Sql, aggregate},
    label,
    tree::{Binary, E, Expr, Pattern, Spanned, Unary},
    whole_label,
};
use logloupe_table::json_paths::{EACH_OF, KIND_OF};
use logloupe_table::{Kind, Unit, Value, address};

/// How deep expressions may be nested: evaluation recurses, and a worker's stack is small.
const DEEPEST: usize = 200;

impl Lower<'_> {
    pub(super) fn expr(&mut self, e: &E) -> Node {
        self.depth += 1;
        let node = if self.depth > DEEPEST {
            self.error(&e.span, "the expression is nested too deeply", "")
        } else {
            self.expr_inner(e)
        };
        self.depth -= 1;
        node
    }

    fn expr_inner(&mut self, e: &E) -> Node {
        match &e.item {
            Expr::Literal(value) => Node::Const(value.clone()),
            Expr::Field(name) => self.field(name, &e.span),
            Expr::Period(_) => {
                self.error(&e.span, "a period stands only in `bin`, `datefloor` and `dateceil`", "")
            }
            Expr::Star => self.error(&e.span, "`*` stands only in `count(*)`", ""),
            Expr::Unary(op, item) => {
                let item = self.expr(item);
                Node::apply(if *op == Unary::Minus { Op::Negate } else { Op::Not }, vec![item])
            }
            Expr::Binary(op @ (Binary::And | Binary::Or), ..) => {
                let mut operands = Vec::new();
                let mut at = e;
                // `a and b and …` is a tree as deep as it is long; its left edge is walked, not recursed into.
                while let Expr::Binary(same, left, right) = &at.item {
                    if same != op {
                        break;
                    }
                    operands.push(right);
                    at = left;
                }
                operands.push(at);
                let nodes = operands.into_iter().rev().map(|o| self.expr(o)).collect();
                Node::apply(if *op == Binary::And { Op::And } else { Op::Or }, nodes)
            }
            Expr::Binary(op, a, b) => {
                let operands = vec![self.expr(a), self.expr(b)];
                self.operator(*op, operands, [&a.span, &b.span])
            }
            Expr::In { negated, item, list } => {
                let item = self.expr(item);
                let nodes = list.iter().map(|i| self.expr(i)).collect();
                self.in_list(*negated, item, nodes, list)
            }
            Expr::InQuery { negated, strict, item, query } => {
                self.in_query(&e.span, (*negated, *strict), item, query)
            }
            Expr::Query(query) => self.value_of_query(&e.span, query),
            Expr::Exists(query) => self.exists(query),
            Expr::Like { negated, item, pattern } => {
                let item = self.expr(item);
                self.like_pattern(*negated, item, pattern)
            }
            Expr::Call { name, args } => self.call(e, name, args),
        }
    }

    /// Constants beside a partition column are written as that column is.
    fn respell<'n>(&self, item: &Node, constants: impl IntoIterator<Item = &'n mut Node>) {
        if let (Node::Input(column), None) = (item, &self.post) {
            partitions::in_spelling(*column, constants, &self.stage);
        }
    }

    // What is done with operands is kept out of the walk over expressions, so that a level of it takes little stack.

    fn operator(&mut self, op: Binary, mut operands: Vec<Node>, spans: [&Range<usize>; 2]) -> Node {
        let arithmetic = op.precedence() >= Binary::Add.precedence();
        if let ([left, right], false) = (operands.as_mut_slice(), arithmetic) {
            self.respell(left, [&mut *right]);
            self.respell(right, [&mut *left]);
            *left =
                self.of_day(std::mem::replace(left, Node::Const(Value::Null)), std::slice::from_ref(right));
            *right =
                self.of_day(std::mem::replace(right, Node::Const(Value::Null)), std::slice::from_ref(left));
            self.remark_on_kinds(op, left, [(&*right, spans[1])]);
            self.remark_on_kinds(op, right, [(&*left, spans[0])]);
        }
        if matches!(op, Binary::Equal | Binary::NotEqual)
            && let Some(place) = operands.iter().position(|o| other_spelling(o).is_some())
            && let Some(spelling) = other_spelling(&operands[place])
        {
            let item = self.define(operands[1 - place].clone());
            let either = [operands[place].clone(), Node::Const(spelling)];
            let compared = either.map(|o| Node::apply(Op::Compare(op), vec![item.clone(), o]));
            let all = if op == Binary::Equal { Op::Or } else { Op::And };
            return Node::apply(all, compared.to_vec());
        }
        Node::apply(if arithmetic { Op::Arithmetic(op) } else { Op::Compare(op) }, operands)
    }

    fn in_list(&mut self, negated: bool, mut item: Node, mut nodes: Vec<Node>, list: &[E]) -> Node {
        self.respell(&item, &mut nodes);
        item = self.of_day(item, &nodes);
        self.remark_on_kinds(Binary::Equal, &item, nodes.iter().zip(list.iter().map(|e| &e.span)));
        nodes.extend(nodes.iter().filter_map(other_spelling).map(Node::Const).collect::<Vec<_>>());
        let constants: Option<Vec<Value>> =
            nodes.iter().map(|n| if let Node::Const(v) = n { Some(v.clone()) } else { None }).collect();
        match constants {
            // It is not known of a missing value what it differs from.
            Some(values) if negated && values.iter().any(Value::is_null) => Node::Const(Value::Bool(false)),
            Some(values) => Node::apply(Op::In(Arc::new(JoinIndex::new(values)), negated), vec![item]),
            None => {
                // Compared with each of the list, and computed once.
                let item = self.define(item);
                let op = if negated { Binary::NotEqual } else { Binary::Equal };
                let each =
                    nodes.into_iter().map(|n| Node::apply(Op::Compare(op), vec![item.clone(), n])).collect();
                Node::apply(if negated { Op::And } else { Op::Or }, each)
            }
        }
    }

    fn like_pattern(&mut self, negated: bool, item: Node, pattern: &Spanned<Pattern>) -> Node {
        match &pattern.item {
            Pattern::Text(text) => Node::apply(Op::Contains(text.as_str().into(), negated), vec![item]),
            Pattern::Regex(text) => match self.patterns.regex(text) {
                Ok(regex) => Node::apply(Op::Matches(regex, negated), vec![item]),
                Err(message) => self.error(&pattern.span, message, ""),
            },
        }
    }

    /// A field of times that is compared with times of day alone is its time of day: Athena's tables have logs' columns of
    /// those as text.
    fn of_day(&mut self, item: Node, constants: &[Node]) -> Node {
        let is_time = |n: &usize| {
            let name = self.stage.inputs.get(*n);
            name.and_then(|name| self.catalog.find(name)).is_some_and(|known| known.kind == Kind::Time)
        };
        let of_day = |node: &Node| matches!(node, Node::Const(Value::Text(text)) if is_time_of_day(text));
        match &item {
            Node::Input(n)
                if self.post.is_none()
                    && !constants.is_empty()
                    && is_time(n)
                    && constants.iter().all(of_day) =>
            {
                let format = Node::Const(Value::text("%H:%i:%s"));
                let time = call("sql.date_format", vec![item, format]);
                self.define(time)
            }
            _ => item,
        }
    }

    /// Which kind of value the record has under the name that is a function's argument. Columns hold single values.
    fn kind_of(&mut self, function: Json, args: &[E]) -> Option<Node> {
        let Some(Expr::Field(name)) = args.first().map(|a| &a.item) else { return None };
        let own = self.catalog.find(name).is_some();
        let asked = self.catalog.has_json()
            && self.post.is_none()
            && !self.names.is_closed()
            && self.names.defined(name).is_none()
            && !name.starts_with('@')
            && !(own && function == Json::JsonScalar);
        asked.then(|| self.field(&format!("{KIND_OF}{name}"), &args[0].span))
    }

    /// The arguments of a function. Those of `jsonAny` and its like about the record become a column, into which the values
    /// that they look for are read once, and a path to each of its items.
    fn arguments(&mut self, function: Func, args: &[E]) -> Vec<Node> {
        let at = match function {
            Func::Json(Json::JsonAny) => 1,
            Func::Json(Json::JsonAnyMatch) => 2,
            _ => return args.iter().map(|a| self.expr(a)).collect(),
        };
        let of_record = matches!(&args[0].item, Expr::Field(name) if name.eq_ignore_ascii_case("@message"))
            && self.catalog.has_json()
            && self.post.is_none()
            && !self.names.is_closed()
            && self.names.defined("@message").is_none();
        let each = match (of_record, &args[at].item) {
            (true, Expr::Literal(Value::Text(path))) => {
                Some(self.field(&format!("{EACH_OF}{path}"), &args[at].span))
            }
            _ => None,
        };
        let argument = |(i, arg): (usize, &E)| match &each {
            Some(each) if i == 0 => each.clone(),
            Some(_) if i == at => Node::Const(Value::text("*")),
            _ => self.expr(arg),
        };
        args.iter().enumerate().map(argument).collect()
    }

    fn call(&mut self, e: &E, name: &Spanned<String>, args: &[E]) -> Node {
        // After `stats`, `bin(5m)` and `count(*)` are names of columns.
        let names = self.post.as_ref().map_or(&self.names, |p| &p.names);
        if names.is_closed()
            && let Some(text) = whole_label(&e.item)
            && let Some((node, _)) = names.defined(&text)
        {
            return node;
        }
        if let Some((found, kind)) = aggregate::find(&name.item) {
            return self.aggregate(e, name, args, found, kind);
        }
        if let Some(found) = functions::window::find(&name.item) {
            let message = format!("`{}` looks at several rows and stands only in `window`", found.name);
            let help = format!("for example `{} as x`, and then `x`", found.example);
            return self.error(&name.span, message, help);
        }
        let Some(function) = functions::find(&name.item) else {
            let all = functions::all().map(|f| f.name).chain(functions::AGGREGATES.iter().map(|a| a.name));
            let help =
                self.like(&name.item, all).map_or(String::new(), |near| format!("did you mean `{near}`?"));
            // The arguments are read for their own faults, as those of the aggregate that was meant.
            let post = self.post.take();
            args.iter().filter(|a| a.item != Expr::Star).for_each(|a| _ = self.expr(a));
            self.post = post;
            return self.error(&name.span, format!("there is no function `{}`", name.item), help);
        };
        if !self.arity(&e.span, function.name, function.signature, args.len(), function.arity) {
            return Node::Const(Value::Null);
        }
        match Kernel::of(function.func) {
            // A column of times of the one log that is asked is read as it is stored.
            Kernel::Scalar(_) if function.func == Func::Sql(Sql::Timestamp) && self.is_time(args.first()) => {
                args.first().map_or(Node::Const(Value::Null), |time| self.expr(time))
            }
            Kernel::Scalar(_) => {
                let mut nodes = self.arguments(function.func, args);
                if let Func::Json(of @ (Json::JsonHas | Json::JsonNull | Json::JsonScalar)) = function.func {
                    nodes.extend(self.kind_of(of, args));
                }
                Op::function(function).map_or(Node::Const(Value::Null), |op| Node::apply(op, nodes))
            }
            Kernel::Bin => {
                let mut time = self.field("@timestamp", &e.span);
                if let Some(offset) = args.get(1) {
                    time = Node::apply(Op::Later(self.length(offset).unwrap_or(0)), vec![time]);
                }
                self.binning(&args[0])
                    .map_or(Node::Const(Value::Null), |b| Node::apply(Op::Floor(b), vec![time]))
            }
            Kernel::Floor | Kernel::Ceil => {
                let time = self.expr(&args[0]);
                let op =
                    if matches!(Kernel::of(function.func), Kernel::Floor) { Op::Floor } else { Op::Ceil };
                self.binning(&args[1]).map_or(Node::Const(Value::Null), |b| Node::apply(op(b), vec![time]))
            }
            Kernel::Now => {
                let last = self.catalog.last_time().unwrap_or(0);
                Node::Const(Value::Int(last.div_euclid(logloupe_table::time::SECOND)))
            }
            Kernel::Start => {
                let asked = self.catalog.bindings.time.as_ref().map(|time| time.start);
                Node::Const(asked.or(self.catalog.first_time()).map_or(Value::Null, Value::Time))
            }
            Kernel::End => {
                let asked = self.catalog.bindings.time.as_ref().map(|time| time.end);
                Node::Const(asked.or(self.catalog.last_time()).map_or(Value::Null, Value::Time))
            }
            Kernel::OfMessage(apply) => {
                let node = match args.first() {
                    Some(arg) => self.expr(arg),
                    None => self.field("@message", &e.span),
                };
                Node::apply(Op::Function(function, apply), vec![node])
            }
            Kernel::Pattern(apply) => self.with_pattern(function, args, apply),
        }
    }

    /// A call whose second argument is a regular expression.
    fn with_pattern(
        &mut self,
        function: &'static functions::Spec,
        args: &[E],
        apply: fn(&Regex, &[Value]) -> Value,
    ) -> Node {
        let mut nodes = self.arguments(function.func, args);
        let Node::Const(Value::Text(pattern)) = nodes.remove(1) else {
            let message = format!("the pattern of `{}` must be written in the query", function.name);
            return self.error(&args[1].span, message, "for example `regexReplace(path, \"[0-9]+\", \"N\")`");
        };
        match self.patterns.regex(&pattern) {
            Ok(regex) => Node::apply(Op::Pattern(function, regex, apply), nodes),
            Err(message) => self.error(&args[1].span, message, ""),
        }
    }

    /// A period in microseconds; months have no one length.
    fn length(&mut self, e: &E) -> Option<i64> {
        let length = self.binning(e)?.length();
        if length.is_none() {
            self.error(&e.span, "expected a period of one length", "for example `30d`, not `1mo`");
        }
        length
    }

    fn binning(&mut self, e: &E) -> Option<Binning> {
        let binning = match &e.item {
            Expr::Period(period) => Binning::new(*period),
            _ => None,
        };
        if binning.is_none() {
            self.error(&e.span, "expected a period longer than nothing", "for example `5m`, `1h`, `1d`");
        }
        binning
    }

    pub(super) fn arity(
        &mut self,
        span: &Range<usize>,
        name: &str,
        signature: &str,
        given: usize,
        (least, most): (usize, usize),
    ) -> bool {
        let fits = (least..=most).contains(&given);
        if !fits {
            let wanted = match (least, most) {
                (a, b) if a == b => counted(a, "argument"),
                (a, usize::MAX) => format!("at least {}", counted(a, "argument")),
                (a, b) => format!("{a} to {}", counted(b, "argument")),
            };
            self.error(
                span,
                format!("`{name}` takes {wanted}, not {given}"),
                format!("it is called as `{signature}`"),
            );
        }
        fits
    }

    fn aggregate(
        &mut self,
        e: &E,
        name: &Spanned<String>,
        args: &[E],
        found: &'static functions::Aggregate,
        kind: AggregateKind,
    ) -> Node {
        let Some(post) = self.post.take() else {
            let message = match self.in_aggregate {
                true => format!("`{}` stands inside another aggregate", name.item),
                false => format!("`{}` is an aggregate and stands only in `stats`", name.item),
            };
            let help = "for example `stats count(*) as n by field | filter n > 10`";
            return self.error(&e.span, message, help);
        };
        // The arguments are about rows: names mean what they meant before this `stats`.
        self.in_aggregate = true;
        let call = self.aggregate_call(e, args, found, kind);
        self.in_aggregate = false;
        let mut post = post;
        let node = match call {
            Some(mut call) => {
                call.same_as = post.calls.iter().position(|earlier| earlier.answers(&call));
                post.calls.push(call);
                Node::Input(post.keys + post.calls.len() - 1)
            }
            None => Node::Const(Value::Null),
        };
        self.post = Some(post);
        node
    }

    fn aggregate_call(
        &mut self,
        e: &E,
        args: &[E],
        found: &'static functions::Aggregate,
        kind: AggregateKind,
    ) -> Option<AggregateCall> {
        if !self.arity(&e.span, found.name, found.signature, args.len(), found.arity) {
            return None;
        }
        let arg = match args.first() {
            Some(arg) if !(kind == AggregateKind::Count && arg.item == Expr::Star) => Some(self.defined(arg)),
            _ => None,
        };
        let arg = self.seen(arg);
        let mut percent = 0.0;
        let mut kind = kind;
        let second = args.get(1);
        match (&mut kind, second) {
            (AggregateKind::FixedPercentile(p), _) => percent = *p,
            (AggregateKind::Percentile, Some(second)) => {
                let example = "for example `pct(bytes, 95)`";
                percent = self.constant(second, 0.0..=100.0, "a percentage from 0 to 100", example)?;
            }
            (AggregateKind::TopK(n) | AggregateKind::Histogram(n), Some(second)) => {
                let example = format!("it is called as `{}`", found.signature);
                *n = self.constant(second, 1.0..=1000.0, "a number from 1 to 1000", &example)? as u32;
            }
            (AggregateKind::Rate(micros), Some(second)) => *micros = self.length(second)?,
            _ => {}
        }
        Some(AggregateCall { kind, arg, percent, label: label(&e.item), same_as: None })
    }

    /// Whether an argument is a field that surely holds times.
    fn is_time(&self, arg: Option<&E>) -> bool {
        let Some(Expr::Field(name)) = arg.map(|a| &a.item) else { return false };
        let one = self.sources.as_ref().is_some_and(|s| s.len() == 1);
        let own = !self.names.is_closed() && self.names.defined(name).is_none();
        one && own && self.catalog.find(name).is_some_and(|known| known.kind == Kind::Time)
    }

    /// The number that an argument says, which must be a constant.
    fn constant(
        &mut self,
        e: &E,
        range: std::ops::RangeInclusive<f64>,
        what: &str,
        example: &str,
    ) -> Option<f64> {
        let node = self.expr(e);
        let number = if let Node::Const(value) = node { value.number() } else { None };
        let number = number.filter(|n| range.contains(n));
        if number.is_none() {
            self.error(&e.span, format!("expected {what}"), example);
        }
        number
    }

    /// The unit of an expression's value, where it is plain to see.
    pub(super) fn unit(&mut self, expr: &Expr) -> Unit {
        match expr {
            Expr::Field(name) => {
                let defined = self
                    .post
                    .as_ref()
                    .and_then(|p| p.names.defined(name))
                    .or_else(|| self.names.defined(name));
                match defined {
                    Some((_, unit)) => unit,
                    None if self.names.is_closed() => Unit::None,
                    None => self.catalog.find(name).map_or(Unit::None, |k| k.unit),
                }
            }
            Expr::Call { name, args } => match (aggregate::find(&name.item), args.first()) {
                (Some((known, _)), Some(arg)) if known.keeps_unit && matches!(arg.item, Expr::Field(_)) => {
                    self.unit(&arg.item)
                }
                _ => Unit::None,
            },
            _ => Unit::None,
        }
    }
}

/// `21:54`, `21:54:44`
fn is_time_of_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let two = |part: &&str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
    matches!(parts.len(), 2 | 3) && parts.iter().all(two)
}

/// The spelling that columns of addresses have of a constant that is an IPv6 address in another one. Columns that are
/// none keep what was written: what equals either is meant.
fn other_spelling(node: &Node) -> Option<Value> {
    let Node::Const(Value::Text(text)) = node else { return None };
    let mut buffer = [0; address::MOST];
    let one = address::canonical(text.as_bytes(), &mut buffer)?;
    Some(Value::text(&String::from_utf8_lossy(one)))
}
