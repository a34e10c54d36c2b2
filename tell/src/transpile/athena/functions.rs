//! Functions and aggregates as Athena has them. One that is not here has no counterpart, which is said by its name.

use super::{
    Printer,
    expression::{TypedResult, divisor},
    json_path::json_path,
    typed::Typed,
};
use logloupe_query::plan::AggregateCall;
use logloupe_syntax::{
    Unsupported,
    functions::{
        AGGREGATES, Address, AggregateKind, Athena, Func, General, Json, Number, Regexp, Spec,
        Sql as SqlFunc, SqlType, Text, Time,
    },
    sql::write::{self, Dialect, Expression, Level},
};
use logloupe_table::Value;

/// Networks of private addresses.
const PRIVATE: &[&str] = &["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
/// Networks that are neither private nor public.
const SPECIAL: &[&str] = &[
    "0.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/128",
    "::1/128",
    "fe80::/10",
    "ff00::/8",
];

impl Printer<'_> {
    /// A function of values.
    pub(super) fn function(&mut self, spec: &Spec, args: Vec<Typed>) -> TypedResult {
        match spec.athena {
            Athena::Template(template, ty) => Ok(Typed::atom(filled(template, &args), ty)),
            Athena::Same(ty) => Ok(same(spec, &args, ty)),
            Athena::Special => self.special(spec, args),
            Athena::Missing => Err(missing_there(spec.name)),
        }
    }

    /// A function that is written in a way of its own.
    fn special(&mut self, spec: &Spec, args: Vec<Typed>) -> TypedResult {
        let name = spec.name;
        let missing = || Typed::constant(&Value::Null);
        let arg = |n: usize| args.get(n).cloned().unwrap_or_else(missing);
        let number = |n: usize| arg(n).number().unwrap_or_else(missing);
        let text = |n: usize| arg(n).text().expr;
        let int = |expr: Expression| Ok(Typed::of(expr, SqlType::Int));
        let float = |expr: Expression| Ok(Typed::of(expr, SqlType::Float));
        let word = |expr: Expression| Ok(Typed::of(expr, SqlType::Text));
        let test = |condition: Expression| Ok(Typed::test(condition, &arg(0)));
        let call = |name: &str, args: &[Expression]| Expression::call(name, args);
        match spec.func {
            Func::Number(Number::Abs) => Ok(Typed::call("abs", [number(0)], number(0).ty)),
            Func::Number(Number::Round) if args.len() == 1 => {
                int(call("round", &[number(0).expr]).cast("bigint"))
            }
            Func::Number(Number::Round) => float(call("round", &[number(0).expr, number(1).expr])),
            Func::Number(Number::ToNumber) => Ok(number(0)),
            Func::Number(Number::Log) if args.len() == 1 => {
                let positive = number(0).expr.compared(">", &Expression::atom("0"));
                float(Expression::case(
                    [(positive, call("ln", &[Expression::atom(number(0).at(Level::Sum))]))],
                    None,
                ))
            }
            Func::Number(Number::Greatest) | Func::Number(Number::Least) => {
                // There, one missing value makes the whole missing.
                let mut all = args.iter().filter_map(Typed::number);
                let Some(mut best) = all.next() else { return Ok(missing()) };
                for next in all {
                    let ty = if best.ty == next.ty { best.ty } else { SqlType::Float };
                    let both = [best.expr, next.expr];
                    let of_both = call(name, &both);
                    let [first, second] = both;
                    best = Typed::call("coalesce", [of_both, first, second], ty);
                }
                Ok(best)
            }
            Func::General(General::Ispresent) => Ok(Typed::of(arg(0).expr.is_not_null(), SqlType::Bool)),
            Func::General(General::IsNumeric) => test(match arg(0).ty {
                SqlType::Text => arg(0).expr.try_cast("double").is_not_null(),
                t if t.is_number() => arg(0).expr.is_not_null(),
                _ => Expression::atom(Dialect::Athena.truth(false)),
            }),
            Func::General(General::Coalesce) => {
                let (all, ty) = alike(args);
                Ok(Typed::call("coalesce", all, ty))
            }
            Func::General(General::Nullif) => {
                let (all, ty) = alike(args);
                match all.as_slice() {
                    [a, b] => Ok(Typed::call("nullif", [a, b], ty)),
                    _ => Ok(missing()),
                }
            }
            Func::General(General::If) | Func::General(General::Case) => Ok(choice(args)),
            Func::Text(Text::Concat) => {
                let part = |a: &Typed| match a.constant {
                    Some(_) => a.text().expr,
                    None => Expression::call("coalesce", [a.text().expr, Expression::atom(write::text(""))]),
                };
                let parts: Vec<Expression> =
                    args.iter().filter(|a| a.ty != SqlType::Nothing).map(part).collect();
                match parts.as_slice() {
                    [] => Ok(Typed::constant(&Value::text(""))),
                    [one] => word(one.clone()),
                    many => word(call("concat", many)),
                }
            }
            Func::Text(Text::Trim) | Func::Text(Text::Ltrim) | Func::Text(Text::Rtrim) if args.len() == 1 => {
                word(call(name, &[text(0)]))
            }
            Func::Text(Text::Trim) => {
                Ok(Typed::call("trim", [format!("BOTH {} FROM {}", text(1), text(0))], SqlType::Text))
            }
            Func::Text(Text::Ltrim) => {
                Ok(Typed::call("trim", [format!("LEADING {} FROM {}", text(1), text(0))], SqlType::Text))
            }
            Func::Text(Text::Rtrim) => {
                Ok(Typed::call("trim", [format!("TRAILING {} FROM {}", text(1), text(0))], SqlType::Text))
            }
            Func::General(General::MessageSize) if args.len() == 1 => {
                int(call("length", &[call("to_utf8", &[text(0)])]))
            }
            Func::Text(Text::Substr) => {
                // Positions count from 1 there.
                let at_least_0 = |n: usize| call("greatest", &[number(n).expr, Expression::atom("0")]);
                let start = match arg(1).constant.as_ref().and_then(Value::integer) {
                    Some(n) => Expression::atom((n.max(0) + 1).to_string()),
                    None => at_least_0(1).sum("+", &Expression::atom("1")),
                };
                match args.len() {
                    2 => word(call("substr", &[text(0), start])),
                    _ => word(call("substr", &[text(0), start, at_least_0(2)])),
                }
            }
            Func::Text(Text::EndsWith) => {
                let condition = format!(
                    "length({0}) >= length({1}) AND substr({0}, length({0}) - length({1}) + 1) = {1}",
                    text(0),
                    text(1)
                );
                Ok(Typed::new(condition, Level::And, SqlType::Bool))
            }
            Func::Json(Json::JsonParse) if args.len() == 2 => {
                match arg(1).constant.as_ref().and_then(Value::as_text) {
                    Some(path) => {
                        let path = Expression::atom(write::text(&json_path(path)));
                        word(call("json_extract_scalar", &[text(0), path]))
                    }
                    None => Err(missing_there(name)),
                }
            }
            Func::Time(Time::FromMillis) => Ok(arg(0).time().unwrap_or_else(missing)),
            Func::Time(Time::ToMillis) => match arg(0).time() {
                Some(time) => Ok(time.number().unwrap_or(time)),
                None => Ok(missing()),
            },
            Func::Address(Address::IsValidIp) => test(address(&text(0)).is_not_null()),
            Func::Address(kind @ (Address::IsValidIpV4 | Address::IsValidIpV6)) => {
                let colon = call("strpos", &[text(0), Expression::atom(write::text(":"))]);
                let sign = if kind == Address::IsValidIpV4 { "=" } else { ">" };
                test(address(&text(0)).is_not_null().and(&colon.compared(sign, &Expression::atom("0"))))
            }
            Func::Address(Address::IsIpInSubnet)
            | Func::Address(Address::IsIpv4InSubnet)
            | Func::Address(Address::IsIpv6InSubnet) => {
                let Some(subnet) = arg(1).constant.as_ref().and_then(Value::as_text).map(str::to_owned)
                else {
                    return Err(Unsupported::new(
                        format!("`{name}` with a subnet that differs from row to row"),
                        "Athena looks for an address in one network",
                        "write the subnet: `isIpInSubnet(srcAddr, \"10.0.0.0/8\")`",
                    ));
                };
                let family = subnet.contains(':');
                if family == (name == "isIpv4InSubnet") && name != "isIpInSubnet" {
                    return Ok(Typed::constant(&Value::Bool(false)));
                }
                let subnet = match (subnet.contains('/'), family) {
                    (true, _) => subnet,
                    (false, false) => format!("{subnet}/32"),
                    (false, true) => format!("{subnet}/128"),
                };
                test(within(&subnet, &text(0)))
            }
            Func::Address(Address::IsPrivateIP) => test(within_any(PRIVATE, &text(0))),
            Func::Address(Address::IsReservedIP) => test(within_any(SPECIAL, &text(0))),
            Func::Address(Address::IsPublicIP) => {
                let (private, special) = (within_any(PRIVATE, &text(0)), within_any(SPECIAL, &text(0)));
                test(Expression::any(&[private, special]).not())
            }
            Func::Sql(SqlFunc::Divide) => {
                let (Some(a), Some(b)) = (arg(0).number(), arg(1).number()) else { return Ok(missing()) };
                let whole = a.ty == SqlType::Int && b.ty == SqlType::Int;
                let ty = if whole { SqlType::Int } else { SqlType::Float };
                Ok(Typed::of(a.expr.product("/", &divisor(&b)), ty))
            }
            Func::Sql(SqlFunc::Varchar) if arg(0).ty == SqlType::Text => Ok(arg(0)),
            Func::Sql(SqlFunc::Varchar) => word(arg(0).expr.cast("varchar")),
            Func::Sql(SqlFunc::Bigint) => int(arg(0).expr.try_cast("bigint")),
            Func::Sql(SqlFunc::Double) => float(arg(0).expr.try_cast("double")),
            Func::Sql(SqlFunc::Boolean) => Ok(Typed::of(arg(0).expr.try_cast("boolean"), SqlType::Bool)),
            Func::Sql(SqlFunc::Timestamp) => Ok(arg(0).time().unwrap_or_else(missing)),
            Func::Sql(SqlFunc::Greatest | SqlFunc::Least) => {
                let name = name.strip_prefix("sql.").unwrap_or(name);
                let (all, ty) = alike(args);
                Ok(Typed::call(name, all, ty))
            }
            _ => Err(missing_there(name)),
        }
    }

    /// A function with a regular expression, which is no value: `pattern` is its literal.
    pub(super) fn function_with_pattern(
        &mut self,
        spec: &Spec,
        pattern: &str,
        args: Vec<Typed>,
    ) -> TypedResult {
        let args: Vec<String> = match (spec.func, args.as_slice()) {
            (Func::Sql(SqlFunc::RegexpExtract), [subject, groups @ ..]) => {
                let groups = groups.iter().take(1).map(|group| group.expr.text.clone());
                [subject.text().expr.text, pattern.to_owned()].into_iter().chain(groups).collect()
            }
            (Func::Regexp(Regexp::RegexReplace), [subject, by @ ..]) if by.len() < 2 => {
                let by = by.iter().map(|by| by.text().expr.text);
                [subject.text().expr.text, pattern.to_owned()].into_iter().chain(by).collect()
            }
            _ => return Err(missing_there(spec.name)),
        };
        let name = if matches!(spec.func, Func::Regexp(_)) { "regexp_replace" } else { "regexp_extract" };
        Ok(Typed::call(name, args, SqlType::Text))
    }

    /// An aggregate.
    pub(super) fn aggregate(&mut self, call: &AggregateCall) -> TypedResult {
        let Some(arg) = &call.arg else { return Ok(Typed::call("count", ["*"], SqlType::Int)) };
        let arg = self.value(arg)?;
        let number = || arg.number().unwrap_or_else(|| Typed::constant(&Value::Null));
        // Several names of one kind are written alike.
        let kind = std::mem::discriminant(&call.kind);
        let known = AGGREGATES.iter().find(|a| std::mem::discriminant(&a.kind) == kind);
        if let Some(Athena::Template(template, ty)) = known.map(|a| a.athena) {
            return Ok(Typed::atom(filled(template, &[arg]), ty));
        }
        match call.kind {
            AggregateKind::Sum => Ok(Typed::call("sum", [number()], number().ty)),
            AggregateKind::Min | AggregateKind::Max => {
                if arg.ty == SqlType::Text {
                    self.note(ORDER);
                }
                let name = if call.kind == AggregateKind::Min { "min" } else { "max" };
                let ty = arg.ty;
                Ok(Typed::call(name, [arg], ty))
            }
            AggregateKind::Percentile | AggregateKind::FixedPercentile(_) => {
                self.note("approx_percentile is approximate; percentiles are exact in Logloupe");
                let share = Dialect::Athena.float(call.percent / 100.0);
                let n = number();
                Ok(Typed::call("approx_percentile", [n.expr.text, share], n.ty))
            }
            AggregateKind::List => {
                let order = match self.time()? {
                    Some(time) => format!(" ORDER BY {time} ASC NULLS FIRST"),
                    None => String::new(),
                };
                self.note("of events at the same time, array_agg takes any first; Logloupe goes by their place in the file");
                Ok(Typed::atom(format!("array_agg({}{order})", arg.expr), SqlType::List))
            }
            AggregateKind::Earliest | AggregateKind::Latest => {
                let last = call.kind == AggregateKind::Latest;
                let Some(time) = self.time()? else {
                    return Err(Unsupported::new(
                        "`earliest` and `latest` of groups without a time",
                        "there is nothing that says which came first",
                        "group by `bin` too, or use `min` and `max`",
                    ));
                };
                if arg.expr.text == time.expr.text {
                    return Ok(Typed::call(if last { "max" } else { "min" }, [&arg], arg.ty));
                }
                self.note("of events at the same time, min_by and max_by take any one; Logloupe goes by their place in the file");
                let name = if last { "max_by" } else { "min_by" };
                let known = arg.expr.is_not_null();
                let text = format!("{} FILTER (WHERE {known})", Expression::call(name, [&arg, &time]));
                Ok(Typed::atom(text, arg.ty))
            }
            _ => Err(Unsupported::new(
                format!("the aggregate `{}`", known.map_or("", |a| a.name)),
                "Athena has none that means the same",
                "run the query here",
            )),
        }
    }
}

/// A template with its arguments.
fn filled(template: &str, args: &[Typed]) -> String {
    let (mut out, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        let at: usize = place.trim_start_matches(char::is_alphabetic).parse().unwrap_or(0);
        let arg = args.get(at).cloned().unwrap_or_else(|| Typed::constant(&Value::Null));
        let number = || arg.number().unwrap_or_else(|| Typed::constant(&Value::Null));
        out.push_str(before);
        out.push_str(&match place.as_bytes().first() {
            Some(b't') => arg.text().expr.text,
            Some(b'n') => number().expr.text,
            Some(b'c') => number().at(Level::Sum),
            Some(b'r') => arg.at(Level::Sum),
            _ => arg.expr.text,
        });
        rest = after;
    }
    out + rest
}

/// A function of SQL's own: Athena has it under the same name.
fn same(spec: &Spec, args: &[Typed], ty: SqlType) -> Typed {
    use SqlFunc::{Concat, JsonExtract, JsonExtractScalar, Reverse, Strpos, Substr};
    // Where text is wanted, a constant of another type would not do.
    let wants_text =
        matches!(spec.func, Func::Sql(Concat | Substr | Strpos | Reverse | JsonExtract | JsonExtractScalar));
    let all_text = spec.func == Func::Sql(Concat);
    let written = |(n, a): (usize, &Typed)| match wants_text && (n == 0 || all_text) {
        true => a.text(),
        false => a.clone(),
    };
    let name = spec.name.strip_prefix("sql.").unwrap_or(spec.name);
    Typed::call(name, args.iter().enumerate().map(written), ty)
}

/// How texts are ordered, where it matters.
pub(super) const ORDER: &str = "texts are in the order of their characters in Athena, also those that are numbers; in \
                                Logloupe what reads as a number comes after other text, in the order of numbers";

fn missing_there(name: &str) -> Unsupported {
    Unsupported::new(
        format!("`{name}`"),
        "Athena has no function that means the same",
        "leave it out, or run the query here",
    )
}

fn address(text: &Expression) -> Expression {
    text.try_cast("ipaddress")
}

fn within(network: &str, text: &Expression) -> Expression {
    Expression::call("contains", [Expression::atom(write::text(network)), address(text)])
}

fn within_any(networks: &[&str], text: &Expression) -> Expression {
    Expression::any(&networks.iter().map(|network| within(network, text)).collect::<Vec<_>>())
}

/// The values with one type: their own if they share it, else text.
pub(super) fn alike(args: Vec<Typed>) -> (Vec<Typed>, SqlType) {
    let mut types = args.iter().map(|a| a.ty).filter(|t| *t != SqlType::Nothing);
    let first = types.next().unwrap_or(SqlType::Nothing);
    let ty = types.fold(first, |all, t| match (all, t) {
        (a, b) if a == b => a,
        (a, b) if a.is_number() && b.is_number() => SqlType::Float,
        _ => SqlType::Text,
    });
    let as_one = |a: Typed| if ty == SqlType::Text && a.ty != SqlType::Nothing { a.text() } else { a };
    (args.into_iter().map(as_one).collect(), ty)
}

/// `if` and `case`: pairs of condition and value, perhaps another value at the end.
fn choice(args: Vec<Typed>) -> Typed {
    let count = args.len();
    let is_value = |i: usize| i % 2 == 1 || i + 1 == count;
    let (mut values, ty) =
        alike(args.iter().enumerate().filter(|(i, _)| is_value(*i)).map(|(_, a)| a.clone()).collect());
    let conditions = args.chunks_exact(2).map(|pair| pair[0].clone().holds());
    let otherwise = if count % 2 == 1 { values.pop() } else { None };
    Typed::of(Expression::case(conditions.zip(values), otherwise), ty)
}
