//! Plans and remarks: what a query means and what is wrong with it.

use super::*;
use logloupe_syntax::{functions, parse};
use logloupe_table::{Field, Kind, Role, Value};

fn catalog(json: bool) -> Catalog {
    let mut catalog = Catalog::default();
    let fields = [
        Field::new("srcaddr", Kind::Ip, Role::Dimension).aliases(&["srcAddr", "source.ip"]),
        Field::new("bytes", Kind::Int, Role::Measure).unit(Unit::Bytes),
        Field::new("action", Kind::Text, Role::Status),
    ];
    catalog.add_format("flow", &fields, json);
    catalog
}

/// The remarks on a query, each with the text that it underlines.
fn remarks(text: &str, json: bool) -> Vec<String> {
    let parsed = parse(text);
    assert!(parsed.is_ok(), "{:?}", parsed.diagnostics);
    check(&parsed.query, &catalog(json))
        .into_iter()
        .map(|d| format!("{:?} `{}`: {}; {}", d.severity, &text[d.span.clone()], d.message, d.help))
        .collect()
}

#[test]
fn every_example_of_a_function_holds() {
    for function in functions::all() {
        for (text, expected) in function.examples {
            let parsed = parse(&format!("fields {text} as x"));
            assert!(parsed.is_ok(), "{text}: {:?}", parsed.diagnostics);
            let plan = plan(&parsed.query, &Catalog::default()).unwrap_or_else(|d| panic!("{text}: {d:?}"));
            let Node::Const(value) = &plan.output()[0].node else { panic!("{text} is not constant") };
            assert_eq!(value.to_string(), *expected, "{text}");
        }
    }
    for (i, function) in functions::all().enumerate() {
        assert!(
            functions::all().skip(i + 1).all(|f| !f.name.eq_ignore_ascii_case(function.name)),
            "{}",
            function.name
        );
        assert!(
            functions::aggregate::find(function.name).is_none(),
            "{} is also an aggregate",
            function.name
        );
    }
}

#[test]
fn every_function_that_the_vendor_documents_exists() {
    let scalar = "abs ceil floor greatest least log sqrt round toNumber toInt toLong toDouble haversine jsonParse \
        jsonStringify jsonArraySize jsonArrayContains bin datefloor dateceil fromMillis toMillis now parseDate \
        formatDate strftime queryStartTime queryEndTime ispresent coalesce case if isNumeric messageSize isValidIp \
        isValidIpV4 isValidIpV6 isIpInSubnet isIpv4InSubnet isIpv6InSubnet ipv4ToNumber isPrivateIP isPublicIP \
        isReservedIP isempty isblank concat ltrim rtrim trim strlen toupper tolower substr replace regexReplace \
        strcontains startsWith endsWith split urlencode urldecode base64encode base64decode md5 sha256";
    let aggregates = "avg count count_distinct max min pct stddev variance sum values topk earliest latest sortsFirst \
        sortsLast rate count_over_time sum_over_time countOverTime sumOverTime histogram percentile p50 p99.9";
    for name in scalar.split_whitespace() {
        assert!(functions::find(name).is_some(), "{name}");
    }
    for name in aggregates.split_whitespace() {
        assert!(functions::aggregate::find(name).is_some(), "{name}");
    }
}

#[test]
fn every_spelling_of_a_unit_is_read() {
    let units = [
        ("ms msec millisecond", "2026-03-05T13:29:37.123Z"),
        ("s sec second", "2026-03-05T13:29:37Z"),
        ("m min minute", "2026-03-05T13:29:00Z"),
        ("h hr hour", "2026-03-05T13:00:00Z"),
        ("d day", "2026-03-05T00:00:00Z"),
        ("w week", "2026-03-02T00:00:00Z"),
        ("mo mon month", "2026-03-01T00:00:00Z"),
        ("q qtr quarter", "2026-01-01T00:00:00Z"),
        ("y yr year", "2026-01-01T00:00:00Z"),
    ];
    for (names, floor) in units {
        for name in names.split(' ') {
            let plural = if name.len() > 1 { format!("{name}s") } else { name.to_owned() };
            for unit in [name, &plural, &name.to_uppercase()] {
                for space in ["", " "] {
                    let text =
                        format!("fields datefloor(\"2026-03-05T13:29:37.123456Z\", 1{space}{unit}) as x");
                    let plan = plan(&parse(&text).query, &Catalog::default())
                        .unwrap_or_else(|d| panic!("{text}: {d:?}"));
                    let Node::Const(value) = &plan.output()[0].node else { panic!("{text} is not constant") };
                    assert_eq!(value.to_string(), floor, "{text}");
                }
            }
        }
    }
}

#[test]
fn faults_are_named_with_their_place_and_a_way_out() {
    let cases = [
        (
            "stats topk(action, 0)",
            "Error `0`: expected a number from 1 to 1000; it is called as `topk(field [, number])`",
        ),
        (
            "stats histogram(bytes, bytes)",
            "Error `bytes`: expected a number from 1 to 1000; it is called as `histogram(number, ranges)`",
        ),
        (
            "stats rate(bytes, 1mo)",
            "Error `1mo`: expected a period of one length; for example `30d`, not `1mo`",
        ),
        (
            "fields regexReplace(action, bytes, \"\")",
            "Error `bytes`: the pattern of `regexReplace` must be written in the query; for example \
             `regexReplace(path, \"[0-9]+\", \"N\")`",
        ),
        (
            "fields regexReplace(action, \"(a{1000}){1000}\")",
            "Error `\"(a{1000}){1000}\"`: the regular expression is too large; ",
        ),
        (
            "filter srcadr = \"x\"",
            "Error `srcadr`: no loaded log has a field `srcadr`; did you mean `srcaddr`?",
        ),
        (
            "stats count(*) as n by action | filter m > 1",
            "Error `m`: there is no field `m` after `stats`; `stats` leaves `action`, `count(*)`, `n`",
        ),
        (
            "filter strlne(action) > 3",
            "Error `strlne`: there is no function `strlne`; did you mean `strlen`?",
        ),
        (
            "filter abs(bytes, 2) > 3",
            "Error `abs(bytes, 2)`: `abs` takes 1 argument, not 2; it is called as `abs(number)`",
        ),
        (
            "filter count(*) > 3",
            "Error `count(*)`: `count` is an aggregate and stands only in `stats`; for example `stats count(*) as n by \
             field | filter n > 10`",
        ),
        (
            "stats bytes by action",
            "Error `bytes`: `bytes` is neither a key nor inside an aggregate; add it after `by`, or take one value of \
             the group: `latest(bytes)`. `stats` leaves `action`",
        ),
        ("filter action like /(/", "Error `/(/`: the regular expression does not compile: unclosed group; "),
        (
            "parse @message /(?<@u>a)|(?<@u>b)/",
            "Error `@u`: two groups of the regular expression are called `@u`; a group is a field: give each a name \
             of its own, and choose with `coalesce(a, b)`",
        ),
        (
            r"parse @message /\/(?P<u>a)(?<n>.)(?<u>b)/",
            "Error `/\\/(?P<u>a)(?<n>.)(?<u>b)/`: two groups of the regular expression are called `u`; a group is a \
             field: give each a name of its own, and choose with `coalesce(a, b)`",
        ),
        (
            "parse @message /(?<@>a)/",
            "Error `/(?<@>a)/`: the regular expression does not compile: invalid capture group character; ",
        ),
        ("SOURCE flwo | limit 3", "Error `flwo`: no log called `flwo` is loaded; did you mean `flow`?"),
        (
            "stats pct(bytes, 101)",
            "Error `101`: expected a percentage from 0 to 100; for example `pct(bytes, 95)`",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(remarks(text, false), [expected], "{text}");
    }
}

#[test]
fn what_is_fine_is_not_remarked_on() {
    for text in [
        "filter SRCADDR = \"192.0.2.1\" and source.ip like /1/ and @logStream = \"y\"",
        "fields bytes * 8 as bits | filter bits > 3 | stats sum(bits) as b, b / count(*) as mean by bin(5m), action",
        "stats count(*) by bin(5m) | sort bin(5m) desc | filter `count(*)` > 3",
        "stats avg(bytes) as a by action | stats max(a) as m | display m",
        "parse @message \"a=* b=*\" as a, b | stats count_distinct(a) by b",
    ] {
        assert_eq!(remarks(text, false), Vec::<String>::new(), "{text}");
    }
    assert_eq!(
        remarks("filter requestParameters.x.y = 1 and vpcEndpointId = \"x\"", true),
        Vec::<String>::new()
    );
    assert_eq!(
        remarks("filter actoin = 1", true),
        ["Warning `actoin`: no loaded log has a field `actoin`; did you mean `action`?"]
    );
}

#[test]
fn units_and_names_reach_the_answer() {
    let plan = |text: &str| plan(&parse(text).query, &catalog(false)).unwrap();
    let columns = |text: &str| -> Vec<(String, Unit)> {
        plan(text).output().iter().map(|o| (o.name.clone(), o.unit)).collect()
    };
    assert_eq!(
        columns("stats sum(bytes) as total, count(*), max(bytes) / 2 by srcAddr"),
        [
            ("srcAddr".to_owned(), Unit::None),
            ("total".to_owned(), Unit::Bytes),
            ("count(*)".to_owned(), Unit::None),
            ("max(bytes) / 2".to_owned(), Unit::None)
        ]
    );
    let plan = plan("fields bytes as b | sort b desc, action | limit 7");
    assert_eq!((plan.is_rows(), plan.is_selection(), plan.limit()), (true, false, Some(7)));
    let sort: Vec<_> = plan.sort().iter().map(|s| (s.field.map(str::to_owned), s.descending)).collect();
    assert_eq!(sort, [(Some("bytes".to_owned()), true), (Some("action".to_owned()), false)]);
}

#[test]
fn deep_and_long_conditions_do_not_overflow_the_stack() {
    use logloupe_syntax::tree::{Binary, Command, Expr, Query, Spanned};
    let leaf = || Box::new(Spanned::made(Expr::Literal(Value::Int(1))));
    let mut long = leaf();
    let mut deep = leaf();
    for _ in 0..1000 {
        long = Box::new(Spanned::made(Expr::Binary(Binary::Or, long, leaf())));
        deep = Box::new(Spanned::made(Expr::Binary(Binary::Add, leaf(), deep)));
    }
    let query = |e| Query { commands: vec![Spanned::made(Command::Filter(e))] };
    assert!(check(&query(long), &catalog(false)).is_empty());
    assert_eq!(check(&query(deep), &catalog(false))[0].message, "the expression is nested too deeply");
}
