//! Functions and aggregates as Athena has them. One that is not here has no counterpart, which is said by its name.

use super::{
    Printer,
    expression::{SqlResult, divisor},
    sql::{Sql, Type, level},
};
use crate::{
    query::{functions::AggregateKind, plan::AggregateCall, transpile::Unsupported},
    table::Value,
};

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
    pub(super) fn function(&mut self, name: &str, args: Vec<Sql>) -> SqlResult {
        let missing = || Sql::constant(&Value::Null);
        let arg = |n: usize| args.get(n).cloned().unwrap_or_else(missing);
        let number = |n: usize| arg(n).number().unwrap_or_else(missing);
        let text = |n: usize| arg(n).text().text;
        let int = |call: String| Ok(Sql::atom(call, Type::Int));
        let float = |call: String| Ok(Sql::atom(call, Type::Float));
        let word = |call: String| Ok(Sql::atom(call, Type::Text));
        let test = |call: String, level: u8| Ok(Sql::test(call, level, &arg(0).at(level::SUM)));
        if let Some(own) = name.strip_prefix("sql.") {
            return sql_function(own, args);
        }
        match name {
            "abs" => Ok(Sql::atom(format!("abs({})", number(0).text), number(0).ty)),
            "ceil" | "floor" => int(format!("CAST({name}({}) AS bigint)", number(0).text)),
            "round" if args.len() == 1 => int(format!("CAST(round({}) AS bigint)", number(0).text)),
            "round" => float(format!("round({}, {})", number(0).text, number(1).text)),
            "toInt" => int(format!("CAST(truncate({}) AS bigint)", number(0).text)),
            "toNumber" => Ok(number(0)),
            "sqrt" => float(format!("CASE WHEN {0} >= 0 THEN sqrt({0}) END", number(0).at(level::SUM))),
            "log" if args.len() == 1 => {
                float(format!("CASE WHEN {0} > 0 THEN ln({0}) END", number(0).at(level::SUM)))
            }
            "greatest" | "least" => {
                // There, one missing value makes the whole missing.
                let mut all = args.iter().filter_map(Sql::number);
                let Some(mut best) = all.next() else { return Ok(missing()) };
                for next in all {
                    let ty = if best.ty == next.ty { best.ty } else { Type::Float };
                    best =
                        Sql::atom(format!("coalesce({name}({0}, {1}), {0}, {1})", best.text, next.text), ty);
                }
                Ok(best)
            }
            "ispresent" => {
                Ok(Sql::new(format!("{} IS NOT NULL", arg(0).at(level::SUM)), level::COMPARISON, Type::Bool))
            }
            "isNumeric" => {
                let n = match arg(0).ty {
                    Type::Text => format!("TRY_CAST({} AS double) IS NOT NULL", arg(0).text),
                    t if t.is_number() => format!("{} IS NOT NULL", arg(0).at(level::SUM)),
                    _ => "FALSE".to_owned(),
                };
                test(n, level::COMPARISON)
            }
            "coalesce" => {
                let (all, ty) = alike(args);
                let all: Vec<String> = all.into_iter().map(|a| a.text).collect();
                Ok(Sql::atom(format!("coalesce({})", all.join(", ")), ty))
            }
            "nullif" => {
                let (all, ty) = alike(args);
                match all.as_slice() {
                    [a, b] => Ok(Sql::atom(format!("nullif({}, {})", a.text, b.text), ty)),
                    _ => Ok(missing()),
                }
            }
            "if" | "case" => Ok(choice(args)),
            "isempty" => int(format!(
                "CASE WHEN {0} IS NULL OR {1} = '' THEN 1 ELSE 0 END",
                arg(0).at(level::SUM),
                text(0)
            )),
            "isblank" => int(format!(
                "CASE WHEN {0} IS NULL OR trim({1}) = '' THEN 1 ELSE 0 END",
                arg(0).at(level::SUM),
                text(0)
            )),
            "concat" => {
                let part = |a: &Sql| match a.constant {
                    Some(_) => a.text().text,
                    None => format!("coalesce({}, '')", a.text().text),
                };
                let parts: Vec<String> = args.iter().filter(|a| a.ty != Type::Nothing).map(part).collect();
                match parts.as_slice() {
                    [] => Ok(Sql::constant(&Value::text(""))),
                    [one] => word(one.clone()),
                    many => word(format!("concat({})", many.join(", "))),
                }
            }
            "trim" | "ltrim" | "rtrim" if args.len() == 1 => word(format!("{name}({})", text(0))),
            "trim" => word(format!("trim(BOTH {} FROM {})", text(1), text(0))),
            "ltrim" => word(format!("trim(LEADING {} FROM {})", text(1), text(0))),
            "rtrim" => word(format!("trim(TRAILING {} FROM {})", text(1), text(0))),
            "strlen" => int(format!("length({})", text(0))),
            "messageSize" if args.len() == 1 => int(format!("length(to_utf8({}))", text(0))),
            "toupper" => word(format!("upper({})", text(0))),
            "tolower" => word(format!("lower({})", text(0))),
            "substr" => {
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
            "replace" => word(format!("replace({}, {}, {})", text(0), text(1), text(2))),
            "strcontains" => int(format!(
                "CASE WHEN strpos({0}, {1}) > 0 THEN 1 WHEN strpos({0}, {1}) = 0 THEN 0 END",
                text(0),
                text(1)
            )),
            "startsWith" => Ok(Sql::atom(format!("starts_with({}, {})", text(0), text(1)), Type::Bool)),
            "endsWith" => {
                let call = format!(
                    "length({0}) >= length({1}) AND substr({0}, length({0}) - length({1}) + 1) = {1}",
                    text(0),
                    text(1)
                );
                Ok(Sql::new(call, level::AND, Type::Bool))
            }
            "split" => Ok(Sql::atom(format!("split({}, {})", text(0), text(1)), Type::List)),
            "splitpart" => word(format!("split_part({}, {}, {})", text(0), text(1), number(2).text)),
            "urlencode" => word(format!("url_encode({})", text(0))),
            "urldecode" => word(format!("url_decode({})", text(0))),
            "base64encode" => word(format!("to_base64(to_utf8({}))", text(0))),
            "base64decode" => word(format!("from_utf8(from_base64({}))", text(0))),
            "md5" | "sha256" => word(format!("lower(to_hex({name}(to_utf8({}))))", text(0))),
            "jsonParse" if args.len() == 2 => match arg(1).constant.as_ref().and_then(Value::as_text) {
                Some(path) => {
                    let path = super::text::text(&super::text::json_path(path));
                    word(format!("json_extract_scalar({}, {path})", text(0)))
                }
                None => Err(missing_there(name)),
            },
            "jsonArraySize" => int(format!("json_array_length({})", text(0))),
            "jsonArrayContains" => {
                Ok(Sql::atom(format!("json_array_contains({}, {})", text(0), arg(1).text), Type::Bool))
            }
            "fromMillis" => Ok(arg(0).time().unwrap_or_else(missing)),
            "toMillis" => match arg(0).time() {
                Some(time) => Ok(time.number().unwrap_or(time)),
                None => Ok(missing()),
            },
            "isValidIp" => test(format!("{} IS NOT NULL", address(&text(0))), level::COMPARISON),
            "isValidIpV4" => test(
                format!("{} IS NOT NULL AND strpos({}, ':') = 0", address(&text(0)), text(0)),
                level::AND,
            ),
            "isValidIpV6" => test(
                format!("{} IS NOT NULL AND strpos({}, ':') > 0", address(&text(0)), text(0)),
                level::AND,
            ),
            "isIpInSubnet" | "isIpv4InSubnet" | "isIpv6InSubnet" => {
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
            "isPrivateIP" => test(within_any(PRIVATE, &text(0)), level::OR),
            "isReservedIP" => test(within_any(SPECIAL, &text(0)), level::OR),
            "isPublicIP" => {
                let (private, special) = (within_any(PRIVATE, &text(0)), within_any(SPECIAL, &text(0)));
                test(format!("NOT ({private} OR {special})"), level::NOT)
            }
            _ => Err(missing_there(name)),
        }
    }

    /// A function with a regular expression, which is no value: `pattern` is its literal.
    pub(super) fn function_with_pattern(&mut self, name: &str, pattern: &str, args: Vec<Sql>) -> SqlResult {
        match (name, args.as_slice()) {
            ("sql.regexp_extract", [subject, rest @ ..]) => {
                let group = rest.first().map_or(String::new(), |g| format!(", {}", g.text));
                Ok(Sql::atom(
                    format!("regexp_extract({}, {pattern}{group})", subject.text().text),
                    Type::Text,
                ))
            }
            ("regexReplace", [subject, by]) => {
                let call = format!("regexp_replace({}, {pattern}, {})", subject.text().text, by.text().text);
                Ok(Sql::atom(call, Type::Text))
            }
            ("regexReplace", [subject]) => {
                Ok(Sql::atom(format!("regexp_replace({}, {pattern})", subject.text().text), Type::Text))
            }
            _ => Err(missing_there(name)),
        }
    }

    /// An aggregate.
    pub(super) fn aggregate(&mut self, call: &AggregateCall) -> SqlResult {
        let Some(arg) = &call.arg else { return Ok(Sql::atom("count(*)", Type::Int)) };
        let arg = self.value(arg)?;
        let number = || arg.number().unwrap_or_else(|| Sql::constant(&Value::Null));
        let float = |call: String| Ok(Sql::atom(call, Type::Float));
        match call.kind {
            AggregateKind::Count => Ok(Sql::atom(format!("count({})", arg.text), Type::Int)),
            AggregateKind::CountDistinct => Ok(Sql::atom(format!("count(DISTINCT {})", arg.text), Type::Int)),
            AggregateKind::Sum => Ok(Sql::atom(format!("sum({})", number().text), number().ty)),
            AggregateKind::Avg => float(format!("avg({})", number().text)),
            AggregateKind::Min | AggregateKind::Max => {
                if arg.ty == Type::Text {
                    self.note(ORDER);
                }
                let name = if call.kind == AggregateKind::Min { "min" } else { "max" };
                Ok(Sql::atom(format!("{name}({})", arg.text), arg.ty))
            }
            AggregateKind::Stddev => float(format!("stddev_samp({})", number().text)),
            AggregateKind::Variance => float(format!("var_samp({})", number().text)),
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
            #[allow(unreachable_patterns, reason = "aggregates are added without a word here")]
            _ => Err(Unsupported::new(
                format!("the aggregate {:?}", call.kind),
                "Athena has none that means the same",
                "run the query here",
            )),
        }
    }
}

/// A function of SQL's own: Athena has it under the same name.
fn sql_function(name: &str, args: Vec<Sql>) -> SqlResult {
    let missing = || Sql::constant(&Value::Null);
    let arg = |n: usize| args.get(n).cloned().unwrap_or_else(missing);
    let cast = |kind: &str, ty: Type| Ok(Sql::atom(format!("TRY_CAST({} AS {kind})", arg(0).text), ty));
    match name {
        "divide" => {
            let (Some(a), Some(b)) = (arg(0).number(), arg(1).number()) else { return Ok(missing()) };
            let ty = if a.ty == Type::Int && b.ty == Type::Int { Type::Int } else { Type::Float };
            let text = format!("{} / {}", a.at(level::PRODUCT), divisor(&b));
            return Ok(Sql::new(text, level::PRODUCT, ty));
        }
        "varchar" if arg(0).ty == Type::Text => return Ok(arg(0)),
        "varchar" => return Ok(Sql::atom(format!("CAST({} AS varchar)", arg(0).text), Type::Text)),
        "bigint" => return cast("bigint", Type::Int),
        "double" => return cast("double", Type::Float),
        "boolean" => return cast("boolean", Type::Bool),
        "timestamp" => return Ok(arg(0).time().unwrap_or_else(missing)),
        _ => {}
    }
    let ty = match name {
        "greatest" | "least" => {
            let (all, ty) = alike(args);
            let all: Vec<String> = all.into_iter().map(|a| a.text).collect();
            return Ok(Sql::atom(format!("{name}({})", all.join(", ")), ty));
        }
        "strpos" | "date_diff" | "year" | "quarter" | "month" | "week" | "day" | "day_of_week"
        | "day_of_year" | "hour" | "minute" | "second" | "url_extract_port" => Type::Int,
        "to_unixtime" => Type::Float,
        "from_unixtime" | "date_parse" | "parse_datetime" | "date_add" => Type::Time,
        _ => Type::Text,
    };
    // Where text or a time is wanted, a constant of another type would not do.
    let wants_text =
        matches!(name, "concat" | "substr" | "strpos" | "reverse" | "json_extract" | "json_extract_scalar");
    let written = |(n, a): (usize, &Sql)| match wants_text && (n == 0 || name == "concat") {
        true => a.text().text,
        false => a.text.clone(),
    };
    let all: Vec<String> = args.iter().enumerate().map(written).collect();
    Ok(Sql::atom(format!("{name}({})", all.join(", ")), ty))
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
fn alike(args: Vec<Sql>) -> (Vec<Sql>, Type) {
    let mut types = args.iter().map(|a| a.ty).filter(|t| *t != Type::Nothing);
    let first = types.next().unwrap_or(Type::Nothing);
    let ty = types.fold(first, |all, t| match (all, t) {
        (a, b) if a == b => a,
        (a, b) if a.is_number() && b.is_number() => Type::Float,
        _ => Type::Text,
    });
    let as_one = |a: Sql| if ty == Type::Text && a.ty != Type::Nothing { a.text() } else { a };
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
