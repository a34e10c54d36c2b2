//! Functions and aggregates as Athena has them. One that is not here has no counterpart, which is said by its name.

use super::{
    Printer,
    expression::{SqlResult, divisor},
    sql::{Sql, level},
};
use crate::{plan::AggregateCall, transpile::Unsupported};
use logloupe_syntax::functions::{
    AGGREGATES, Address, AggregateKind, Athena, Func, General, Json, Number, Regexp, Spec, Sql as SqlFunc,
    SqlType, Text, Time,
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
    pub(super) fn function(&mut self, spec: &Spec, args: Vec<Sql>) -> SqlResult {
        match spec.athena {
            Athena::Template(template, ty) => Ok(Sql::atom(filled(template, &args), ty)),
            Athena::Same(ty) => Ok(same(spec, &args, ty)),
            Athena::Special => self.special(spec, args),
            Athena::Missing => Err(missing_there(spec.name)),
        }
    }

    /// A function that is written in a way of its own.
    fn special(&mut self, spec: &Spec, args: Vec<Sql>) -> SqlResult {
        let name = spec.name;
        let missing = || Sql::constant(&Value::Null);
        let arg = |n: usize| args.get(n).cloned().unwrap_or_else(missing);
        let number = |n: usize| arg(n).number().unwrap_or_else(missing);
        let text = |n: usize| arg(n).text().text;
        let int = |call: String| Ok(Sql::atom(call, SqlType::Int));
        let float = |call: String| Ok(Sql::atom(call, SqlType::Float));
        let word = |call: String| Ok(Sql::atom(call, SqlType::Text));
        let test = |call: String, level: u8| Ok(Sql::test(call, level, &arg(0).at(level::SUM)));
        match spec.func {
            Func::Number(Number::Abs) => Ok(Sql::atom(format!("abs({})", number(0).text), number(0).ty)),
            Func::Number(Number::Round) if args.len() == 1 => {
                int(format!("CAST(round({}) AS bigint)", number(0).text))
            }
            Func::Number(Number::Round) => float(format!("round({}, {})", number(0).text, number(1).text)),
            Func::Number(Number::ToNumber) => Ok(number(0)),
            Func::Number(Number::Log) if args.len() == 1 => {
                float(format!("CASE WHEN {0} > 0 THEN ln({0}) END", number(0).at(level::SUM)))
            }
            Func::Number(Number::Greatest) | Func::Number(Number::Least) => {
                // There, one missing value makes the whole missing.
                let mut all = args.iter().filter_map(Sql::number);
                let Some(mut best) = all.next() else { return Ok(missing()) };
                for next in all {
                    let ty = if best.ty == next.ty { best.ty } else { SqlType::Float };
                    best =
                        Sql::atom(format!("coalesce({name}({0}, {1}), {0}, {1})", best.text, next.text), ty);
                }
                Ok(best)
            }
            Func::General(General::Ispresent) => Ok(Sql::new(
                format!("{} IS NOT NULL", arg(0).at(level::SUM)),
                level::COMPARISON,
                SqlType::Bool,
            )),
            Func::General(General::IsNumeric) => {
                let n = match arg(0).ty {
                    SqlType::Text => format!("TRY_CAST({} AS double) IS NOT NULL", arg(0).text),
                    t if t.is_number() => format!("{} IS NOT NULL", arg(0).at(level::SUM)),
                    _ => "FALSE".to_owned(),
                };
                test(n, level::COMPARISON)
            }
            Func::General(General::Coalesce) => {
                let (all, ty) = alike(args);
                let all: Vec<String> = all.into_iter().map(|a| a.text).collect();
                Ok(Sql::atom(format!("coalesce({})", all.join(", ")), ty))
            }
            Func::General(General::Nullif) => {
                let (all, ty) = alike(args);
                match all.as_slice() {
                    [a, b] => Ok(Sql::atom(format!("nullif({}, {})", a.text, b.text), ty)),
                    _ => Ok(missing()),
                }
            }
            Func::General(General::If) | Func::General(General::Case) => Ok(choice(args)),
            Func::Text(Text::Concat) => {
                let part = |a: &Sql| match a.constant {
                    Some(_) => a.text().text,
                    None => format!("coalesce({}, '')", a.text().text),
                };
                let parts: Vec<String> = args.iter().filter(|a| a.ty != SqlType::Nothing).map(part).collect();
                match parts.as_slice() {
                    [] => Ok(Sql::constant(&Value::text(""))),
                    [one] => word(one.clone()),
                    many => word(format!("concat({})", many.join(", "))),
                }
            }
            Func::Text(Text::Trim) | Func::Text(Text::Ltrim) | Func::Text(Text::Rtrim) if args.len() == 1 => {
                word(format!("{name}({})", text(0)))
            }
            Func::Text(Text::Trim) => word(format!("trim(BOTH {} FROM {})", text(1), text(0))),
            Func::Text(Text::Ltrim) => word(format!("trim(LEADING {} FROM {})", text(1), text(0))),
            Func::Text(Text::Rtrim) => word(format!("trim(TRAILING {} FROM {})", text(1), text(0))),
            Func::General(General::MessageSize) if args.len() == 1 => {
                int(format!("length(to_utf8({}))", text(0)))
            }
            Func::Text(Text::Substr) => {
                // Positions count from 1 there.
                let start = match arg(1).constant.as_ref().and_then(Value::integer) {
                    Some(n) => (n.max(0) + 1).to_string(),
                    None => format!("greatest({}, 0) + 1", number(1).text),
                };
                match args.len() {
                    2 => word(format!("substr({}, {start})", text(0))),
                    _ => word(format!("substr({}, {start}, greatest({}, 0))", text(0), number(2).text)),
                }
            }
            Func::Text(Text::EndsWith) => {
                let call = format!(
                    "length({0}) >= length({1}) AND substr({0}, length({0}) - length({1}) + 1) = {1}",
                    text(0),
                    text(1)
                );
                Ok(Sql::new(call, level::AND, SqlType::Bool))
            }
            Func::Json(Json::JsonParse) if args.len() == 2 => {
                match arg(1).constant.as_ref().and_then(Value::as_text) {
                    Some(path) => {
                        let path = super::text::text(&super::text::json_path(path));
                        word(format!("json_extract_scalar({}, {path})", text(0)))
                    }
                    None => Err(missing_there(name)),
                }
            }
            Func::Time(Time::FromMillis) => Ok(arg(0).time().unwrap_or_else(missing)),
            Func::Time(Time::ToMillis) => match arg(0).time() {
                Some(time) => Ok(time.number().unwrap_or(time)),
                None => Ok(missing()),
            },
            Func::Address(Address::IsValidIp) => {
                test(format!("{} IS NOT NULL", address(&text(0))), level::COMPARISON)
            }
            Func::Address(Address::IsValidIpV4) => test(
                format!("{} IS NOT NULL AND strpos({}, ':') = 0", address(&text(0)), text(0)),
                level::AND,
            ),
            Func::Address(Address::IsValidIpV6) => test(
                format!("{} IS NOT NULL AND strpos({}, ':') > 0", address(&text(0)), text(0)),
                level::AND,
            ),
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
                    return Ok(Sql::constant(&Value::Bool(false)));
                }
                let subnet = match (subnet.contains('/'), family) {
                    (true, _) => subnet,
                    (false, false) => format!("{subnet}/32"),
                    (false, true) => format!("{subnet}/128"),
                };
                test(within(&subnet, &text(0)), level::ATOM)
            }
            Func::Address(Address::IsPrivateIP) => test(within_any(PRIVATE, &text(0)), level::OR),
            Func::Address(Address::IsReservedIP) => test(within_any(SPECIAL, &text(0)), level::OR),
            Func::Address(Address::IsPublicIP) => {
                let (private, special) = (within_any(PRIVATE, &text(0)), within_any(SPECIAL, &text(0)));
                test(format!("NOT ({private} OR {special})"), level::NOT)
            }
            Func::Sql(SqlFunc::Divide) => {
                let (Some(a), Some(b)) = (arg(0).number(), arg(1).number()) else { return Ok(missing()) };
                let whole = a.ty == SqlType::Int && b.ty == SqlType::Int;
                let text = format!("{} / {}", a.at(level::PRODUCT), divisor(&b));
                Ok(Sql::new(text, level::PRODUCT, if whole { SqlType::Int } else { SqlType::Float }))
            }
            Func::Sql(SqlFunc::Varchar) if arg(0).ty == SqlType::Text => Ok(arg(0)),
            Func::Sql(SqlFunc::Varchar) => word(format!("CAST({} AS varchar)", arg(0).text)),
            Func::Sql(SqlFunc::Bigint) => int(format!("TRY_CAST({} AS bigint)", arg(0).text)),
            Func::Sql(SqlFunc::Double) => float(format!("TRY_CAST({} AS double)", arg(0).text)),
            Func::Sql(SqlFunc::Boolean) => {
                Ok(Sql::atom(format!("TRY_CAST({} AS boolean)", arg(0).text), SqlType::Bool))
            }
            Func::Sql(SqlFunc::Timestamp) => Ok(arg(0).time().unwrap_or_else(missing)),
            Func::Sql(SqlFunc::Greatest | SqlFunc::Least) => {
                let name = name.strip_prefix("sql.").unwrap_or(name);
                let (all, ty) = alike(args);
                let all: Vec<String> = all.into_iter().map(|a| a.text).collect();
                Ok(Sql::atom(format!("{name}({})", all.join(", ")), ty))
            }
            _ => Err(missing_there(name)),
        }
    }

    /// A function with a regular expression, which is no value: `pattern` is its literal.
    pub(super) fn function_with_pattern(&mut self, spec: &Spec, pattern: &str, args: Vec<Sql>) -> SqlResult {
        match (spec.func, args.as_slice()) {
            (Func::Sql(SqlFunc::RegexpExtract), [subject, rest @ ..]) => {
                let group = rest.first().map_or(String::new(), |g| format!(", {}", g.text));
                Ok(Sql::atom(
                    format!("regexp_extract({}, {pattern}{group})", subject.text().text),
                    SqlType::Text,
                ))
            }
            (Func::Regexp(Regexp::RegexReplace), [subject, by]) => {
                let call = format!("regexp_replace({}, {pattern}, {})", subject.text().text, by.text().text);
                Ok(Sql::atom(call, SqlType::Text))
            }
            (Func::Regexp(Regexp::RegexReplace), [subject]) => {
                Ok(Sql::atom(format!("regexp_replace({}, {pattern})", subject.text().text), SqlType::Text))
            }
            _ => Err(missing_there(spec.name)),
        }
    }

    /// An aggregate.
    pub(super) fn aggregate(&mut self, call: &AggregateCall) -> SqlResult {
        let Some(arg) = &call.arg else { return Ok(Sql::atom("count(*)", SqlType::Int)) };
        let arg = self.value(arg)?;
        let number = || arg.number().unwrap_or_else(|| Sql::constant(&Value::Null));
        // Several names of one kind are written alike.
        let kind = std::mem::discriminant(&call.kind);
        let known = AGGREGATES.iter().find(|a| std::mem::discriminant(&a.kind) == kind);
        if let Some(Athena::Template(template, ty)) = known.map(|a| a.athena) {
            return Ok(Sql::atom(filled(template, &[arg]), ty));
        }
        match call.kind {
            AggregateKind::Sum => Ok(Sql::atom(format!("sum({})", number().text), number().ty)),
            AggregateKind::Min | AggregateKind::Max => {
                if arg.ty == SqlType::Text {
                    self.note(ORDER);
                }
                let name = if call.kind == AggregateKind::Min { "min" } else { "max" };
                Ok(Sql::atom(format!("{name}({})", arg.text), arg.ty))
            }
            AggregateKind::Percentile | AggregateKind::FixedPercentile(_) => {
                self.note("approx_percentile is approximate; percentiles are exact in Logloupe");
                let share = super::text::float(call.percent / 100.0);
                let n = number();
                Ok(Sql::atom(format!("approx_percentile({}, {share})", n.text), n.ty))
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
                if arg.text == time.text {
                    return Ok(Sql::atom(
                        format!("{}({})", if last { "max" } else { "min" }, arg.text),
                        arg.ty,
                    ));
                }
                self.note("of events at the same time, min_by and max_by take any one; Logloupe goes by their place in the file");
                let name = if last { "max_by" } else { "min_by" };
                let text = format!(
                    "{name}({}, {}) FILTER (WHERE {} IS NOT NULL)",
                    arg.text,
                    time.text,
                    arg.at(level::SUM)
                );
                Ok(Sql::atom(text, arg.ty))
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
fn filled(template: &str, args: &[Sql]) -> String {
    let (mut out, mut rest) = (String::new(), template);
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        let at: usize = place.trim_start_matches(char::is_alphabetic).parse().unwrap_or(0);
        let arg = args.get(at).cloned().unwrap_or_else(|| Sql::constant(&Value::Null));
        let number = || arg.number().unwrap_or_else(|| Sql::constant(&Value::Null));
        out.push_str(before);
        out.push_str(&match place.as_bytes().first() {
            Some(b't') => arg.text().text,
            Some(b'n') => number().text,
            Some(b'c') => number().at(level::SUM),
            Some(b'r') => arg.at(level::SUM),
            _ => arg.text,
        });
        rest = after;
    }
    out + rest
}

/// A function of SQL's own: Athena has it under the same name.
fn same(spec: &Spec, args: &[Sql], ty: SqlType) -> Sql {
    use SqlFunc::{Concat, JsonExtract, JsonExtractScalar, Reverse, Strpos, Substr};
    // Where text is wanted, a constant of another type would not do.
    let wants_text =
        matches!(spec.func, Func::Sql(Concat | Substr | Strpos | Reverse | JsonExtract | JsonExtractScalar));
    let all_text = spec.func == Func::Sql(Concat);
    let written = |(n, a): (usize, &Sql)| match wants_text && (n == 0 || all_text) {
        true => a.text().text,
        false => a.text.clone(),
    };
    let all: Vec<String> = args.iter().enumerate().map(written).collect();
    let name = spec.name.strip_prefix("sql.").unwrap_or(spec.name);
    Sql::atom(format!("{name}({})", all.join(", ")), ty)
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

fn address(text: &str) -> String {
    format!("TRY_CAST({text} AS ipaddress)")
}

fn within(network: &str, text: &str) -> String {
    format!("contains({}, {})", super::text::text(network), address(text))
}

fn within_any(networks: &[&str], text: &str) -> String {
    networks.iter().map(|n| within(n, text)).collect::<Vec<_>>().join(" OR ")
}

/// The values with one type: their own if they share it, else text.
fn alike(args: Vec<Sql>) -> (Vec<Sql>, SqlType) {
    let mut types = args.iter().map(|a| a.ty).filter(|t| *t != SqlType::Nothing);
    let first = types.next().unwrap_or(SqlType::Nothing);
    let ty = types.fold(first, |all, t| match (all, t) {
        (a, b) if a == b => a,
        (a, b) if a.is_number() && b.is_number() => SqlType::Float,
        _ => SqlType::Text,
    });
    let as_one = |a: Sql| if ty == SqlType::Text && a.ty != SqlType::Nothing { a.text() } else { a };
    (args.into_iter().map(as_one).collect(), ty)
}

/// `if` and `case`: pairs of condition and value, perhaps another value at the end.
fn choice(args: Vec<Sql>) -> Sql {
    let count = args.len();
    let is_value = |i: usize| i % 2 == 1 || i + 1 == count;
    let (values, ty) =
        alike(args.iter().enumerate().filter(|(i, _)| is_value(*i)).map(|(_, a)| a.clone()).collect());
    let mut values = values.into_iter();
    let mut text = "CASE".to_owned();
    for pair in args.chunks(2) {
        let Some(value) = values.next() else { break };
        match pair {
            [condition, _] => {
                text.push_str(&format!(" WHEN {} THEN {}", condition.clone().holds().text, value.text));
            }
            _ => text.push_str(&format!(" ELSE {}", value.text)),
        }
    }
    Sql::atom(text + " END", ty)
}
