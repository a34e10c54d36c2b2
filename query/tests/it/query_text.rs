//! What holds of every query text: a tree's canonical text gives the same tree, and no text, however broken, brings
//! the parser down, takes long or is coloured with gaps.

mod pieces;

use std::time::{Duration, Instant};

use logloupe_golden::property;
use logloupe_syntax::{Language, diagnostic::render, highlight, parse, parse_in, text as write_in, tree::*};
use logloupe_table::Value;
use proptest::{collection::vec, option, prelude::*, sample::select};

use pieces::{CLAUSES, PARTS, SQL, TOKENS};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,8}",
        "\\PC{0,6}",
        "[\\\\\"'|#/\n\t\r`a:*-]{0,6}",
        select(vec!["filter", "a b", "5m"]).prop_map(String::from)
    ]
}

fn name() -> impl Strategy<Value = String> {
    let plain = "[a-zA-Z_@][a-zA-Z0-9_@.]{0,8}";
    let odd = "[^`\\p{Cc}]{1,6}";
    let known =
        ["m.`user.id`", "`a``b`", "x.0.y", "like", "BY", "filter", "5xx", ".a", "a.", "`a.b`.`c.d`", "true"];
    prop_oneof![4 => plain, 1 => odd, 1 => select(known.to_vec()).prop_map(String::from)]
}

fn spanned<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Spanned<T>> {
    of.prop_map(Spanned::made)
}

fn regex() -> impl Strategy<Value = String> {
    let parts = ["a", "\\d", "\\.", "/", "|", "[^/]", " ", "é", "\\\\", "(?i)", "#", "\"", "`"];
    vec(select(parts.to_vec()), 0..6).prop_map(|parts| parts.concat())
}

fn value() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-20i64..20).prop_map(Value::Int),
        any::<f64>().prop_filter("a number", |f| !f.is_nan()).prop_map(Value::Float),
        (-100i32..100).prop_map(|n| Value::Float(n as f64 / 4.0)),
        text().prop_map(|t| Value::text(&t)),
    ];
    let one = one.boxed();
    prop_oneof![6 => one.clone(), 1 => vec(one, 0..3).prop_map(|v| Value::List(v.into()))]
}

fn period() -> impl Strategy<Value = Period> {
    use PeriodUnit::*;
    let units = [Millisecond, Second, Minute, Hour, Day, Week, Month, Quarter, Year];
    (1..100u32, select(units.to_vec())).prop_map(|(count, unit)| Period { count, unit })
}

fn expr() -> impl Strategy<Value = E> {
    use Binary::*;
    let operators = [
        Or,
        And,
        Equal,
        NotEqual,
        Less,
        LessEqual,
        Greater,
        GreaterEqual,
        Add,
        Subtract,
        Multiply,
        Divide,
        Modulo,
        Power,
    ];
    let leaf = prop_oneof![
        3 => name().prop_map(Expr::Field),
        2 => value().prop_map(Expr::Literal),
        1 => period().prop_map(Expr::Period),
    ];
    let made = |e: Expr| Box::new(Spanned::made(e));
    leaf.prop_map(made).prop_recursive(5, 24, 3, move |inner| {
        let pattern = prop_oneof![text().prop_map(Pattern::Text), regex().prop_map(Pattern::Regex)];
        let star = Just(Box::new(Spanned::made(Expr::Star)));
        let function = prop_oneof![
            "[a-z][a-z0-9_]{0,5}",
            Just("bin".to_owned()),
            Just("isipinsubnet".to_owned()),
            "[a-z -]{1,4}"
        ];
        let function = function.prop_filter("kept in the tree", |f| f != "unmask");
        prop_oneof![
            (select(operators.to_vec()), inner.clone(), inner.clone())
                .prop_map(|(op, a, b)| Expr::Binary(op, a, b)),
            inner.clone().prop_map(|a| Expr::Unary(Unary::Not, a)),
            inner.clone().prop_map(|a| Expr::Unary(Unary::Minus, a)),
            (any::<bool>(), inner.clone(), vec(inner.clone(), 0..3))
                .prop_map(|(negated, item, list)| Expr::In { negated, item, list }),
            (any::<bool>(), inner.clone(), spanned(pattern))
                .prop_map(|(negated, item, pattern)| Expr::Like { negated, item, pattern }),
            (spanned(function), vec(prop_oneof![9 => inner, 1 => star], 0..3))
                .prop_map(|(name, args)| Expr::Call { name, args }),
        ]
        .prop_map(made)
    })
}

fn term() -> impl Strategy<Value = Term> {
    (any::<bool>(), option::weighted(0.3, spanned(name())), spanned(text()))
        .prop_map(|(negated, field, text)| Term { negated, field, text })
}

fn command() -> impl Strategy<Value = Command> {
    let projection =
        || (expr(), option::of(spanned(name()))).prop_map(|(expr, alias)| Projection { expr, alias });
    let key = (expr(), any::<bool>()).prop_map(|(expr, descending)| SortKey { expr, descending });
    let shifted = (period(), period()).prop_map(|(width, shift)| {
        let args = [width, shift].map(|p| Box::new(Spanned::made(Expr::Period(p)))).into();
        let call = Expr::Call { name: Spanned::made("bin".to_owned()), args };
        Projection { expr: Box::new(Spanned::made(call)), alias: None }
    });
    let by = prop_oneof![3 => projection().boxed(), 1 => shifted.boxed()];
    let glob = (vec(spanned(name()), 1..4), "[^*]{0,5}").prop_map(|(names, between)| {
        let pattern = Spanned::made(format!("{}*{between}", format!("*{between}").repeat(names.len() - 1)));
        ParsePattern::Glob { pattern, names }
    });
    let pattern = prop_oneof![glob, spanned(regex()).prop_map(ParsePattern::Regex)];
    prop_oneof![
        vec(spanned("[a-z]\\PC{0,8}"), 1..3).prop_map(Command::Source),
        vec(term(), 1..4).prop_map(Command::Search),
        vec(projection(), 1..4).prop_map(Command::Fields),
        vec(projection(), 1..3).prop_map(Command::Display),
        expr().prop_map(Command::Filter),
        (option::of(expr()), pattern).prop_map(|(source, pattern)| Command::Parse { source, pattern }),
        (vec(projection(), 1..3), vec(by, 0..3))
            .prop_map(|(aggregates, by)| Command::Stats { aggregates, by }),
        vec(key, 1..3).prop_map(Command::Sort),
        any::<u64>().prop_map(Command::Limit),
        vec(expr(), 1..3).prop_map(Command::Dedup),
        given(),
    ]
}

/// Commands that hold a query or name what is given beside the logs.
fn given() -> impl Strategy<Value = Command> {
    use Baseline::*;
    let plain = || spanned("[a-z][a-z0-9_]{0,4}(\\.[a-z]{1,3})?");
    let source = vec(spanned("[a-z]\\PC{0,8}"), 1..3).prop_map(Command::Source);
    let query = (source, option::of(expr().prop_map(Command::Filter)))
        .prop_map(|(a, b)| Query {
            commands: [Some(a), b].into_iter().flatten().map(Spanned::made).collect(),
        })
        .boxed();
    let side = |name: &'static str| spanned(Just(name.to_owned()));
    let sides = prop_oneof![(side("left"), side("right")), (side("a"), side("b c"))];
    let join = (any::<bool>(), sides, vec((plain(), plain()), 1..3), query.clone()).prop_map(
        |(outer, (left, right), on, query)| {
            let kind = if outer { JoinKind::Left } else { JoinKind::Inner };
            let field = |name: Spanned<String>| Box::new(Spanned::new(Expr::Field(name.item), name.span));
            let on = on.into_iter().map(|(a, b)| (field(a), field(b))).collect();
            Command::Join(Join { kind, left, right, on, query })
        },
    );
    let inner = (any::<bool>(), expr(), query).prop_map(|(negated, item, query)| {
        Command::Filter(Box::new(Spanned::made(Expr::InQuery {
            negated,
            strict: false,
            item,
            query: Box::new(query),
        })))
    });
    let keys = vec((spanned(name()), spanned(name())), 1..3);
    let outputs = || vec((spanned(name()), option::of(spanned(name()))), 1..3);
    let lookup =
        (spanned("[a-z]\\PC{0,8}"), keys, any::<bool>(), outputs()).prop_map(|(table, on, fill, outputs)| {
            let on = on.into_iter().map(|(column, field)| (Some(column), field)).collect();
            Command::Lookup(Lookup { network: false, table, on, fill, outputs })
        });
    let network =
        (option::of(spanned(name())), spanned(name()), outputs()).prop_map(|(column, field, outputs)| {
            let table = Spanned::made("net-works".to_owned());
            Command::Lookup(Lookup { network: true, table, on: vec![(column, field)], fill: true, outputs })
        });
    let diff = prop_oneof![
        select(vec![Before, Day, Week, Month]),
        period().prop_filter("no milliseconds", |p| p.unit != PeriodUnit::Millisecond).prop_map(Shift)
    ];
    let fields = vec(name().prop_map(|n| Box::new(Spanned::made(Expr::Field(n)))), 0..3);
    prop_oneof![
        join,
        inner,
        lookup,
        network,
        diff.prop_map(Command::Diff),
        (fields, expr()).prop_map(|(fields, condition)| Command::RelevantFields { fields, condition }),
        table_command().prop_map(Command::Table),
    ]
}

fn table_command() -> impl Strategy<Value = TableCommand> {
    let field = || name().prop_map(|name| Box::new(Spanned::made(Expr::Field(name))));
    let column = || prop_oneof![3 => field().boxed(), 1 => expr().boxed()];
    let names =
        prop_oneof![name().prop_map(FieldNames::One), "[a-z]{0,3}\\*[a-z]{0,3}".prop_map(FieldNames::Like),];
    let constant = prop_oneof![
        any::<i64>().prop_map(Value::Int),
        any::<bool>().prop_map(Value::Bool),
        text().prop_map(|t| Value::text(&t)),
    ];
    prop_oneof![
        (expr(), spanned(name())).prop_map(|(list, name)| TableCommand::Unnest { list, name: Some(name) }),
        field().prop_map(|list| TableCommand::Unnest { list, name: None }),
        expr().prop_map(TableCommand::Pattern),
        (vec(expr(), 1..3), option::of(period()), option::of(spanned(name())))
            .prop_map(|(keys, pause, name)| TableCommand::Sessionize { keys, pause, name }),
        vec(expr(), 1..3).prop_map(TableCommand::CountFrequent),
        vec((spanned(constant), spanned(name())), 0..3).prop_map(TableCommand::FillMissing),
        vec(spanned(names), 0..3).prop_map(TableCommand::FillDown),
        (column(), option::of(spanned(name())))
            .prop_map(|(field, name)| TableCommand::Accumulate { field, name }),
        (vec(column(), 0..3), option::of(spanned(name())), any::<bool>(), any::<bool>()).prop_map(
            |(fields, name, rows, columns)| TableCommand::AddTotals { fields, name, rows, columns }
        ),
        (column(), option::of(spanned(name())), 1..900u32, 0..99u32).prop_map(|(field, name, from, more)| {
            TableCommand::Autoregress { field, name, lags: (from, from + more) }
        }),
        (vec(column(), 1..3), any::<bool>(), 0..50u32, any::<bool>(), any::<bool>()).prop_map(
            |(fields, remove, factor, lower, mark)| TableCommand::Outlier {
                fields,
                how: Outliers { remove, factor: factor as f64 / 4.0, lower, mark },
            }
        ),
        window().prop_map(TableCommand::Window),
    ]
}

fn window() -> impl Strategy<Value = WindowCall> {
    let function = select(vec!["rank", "row_number", "lag", "count", "sum", "by", "sort", "nowhere"]);
    let frame = (select(FrameUnit::ALL.to_vec()), option::of(-9..9i64), option::of(-9..9i64));
    let frame = frame.prop_map(|(unit, from, to)| {
        let frame = WindowFrame {
            unit,
            from: from.map_or(FrameBound::Start, FrameBound::At),
            to: to.map_or(FrameBound::End, FrameBound::At),
        };
        frame.fault().is_none().then_some(frame)
    });
    let key = (expr(), any::<bool>()).prop_map(|(expr, descending)| SortKey { expr, descending });
    let name = option::of(spanned(name()));
    (function, vec(expr(), 0..3), any::<bool>(), vec(expr(), 0..3), vec(key, 0..3), frame, name).prop_map(
        |(function, args, ignore_nulls, by, order, frame, name)| WindowCall {
            function: Spanned::made(function.to_owned()),
            args,
            ignore_nulls,
            by,
            order,
            frame,
            name,
        },
    )
}

proptest! {
    #![proptest_config(property(2000, "tests/regressions/query_text.txt"))]

    #[test]
    fn canonical_text_gives_the_same_tree(commands in vec(spanned(command()), 0..4)) {
        let query = Query { commands };
        let text = query.to_string();
        let parsed = parse(&text);
        prop_assert!(parsed.is_ok(), "{}", render(&text, &parsed.diagnostics));
        prop_assert_eq!(&parsed.query, &query, "{}", text);
        prop_assert_eq!(parsed.query.to_string(), text);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_pattern_is_answered(open in select(vec!["{", "[", ""]), parts in vec(select(PARTS.to_vec()), 0..30)) {
        check_in(&format!("{open}{}", parts.concat()), Language::Pattern);
    }

    #[test]
    fn any_sql_is_answered(parts in vec(select(SQL.to_vec()), 0..30)) {
        check_in(&format!("select {}", parts.join(" ")), Language::Sql);
        check_in(&parts.concat(), Language::Sql);
    }

    #[test]
    fn statements_are_answered(parts in vec(select(CLAUSES.to_vec()), 1..7)) {
        check_in(&format!("select {}", parts.join(" ")), Language::Sql);
    }

    #[test]
    fn any_tokens_are_answered(tokens in vec(select(TOKENS.to_vec()), 0..40)) {
        check(&tokens.concat());
    }
}

/// What must hold of any text, whatever language it is taken for.
fn check(text: &str) {
    for language in Language::ALL {
        check_in(text, language);
    }
    let mut at = 0;
    for (span, _) in highlight(text) {
        assert_eq!(span.start, at, "{text:?}");
        assert!(span.end > at && text.get(span.clone()).is_some(), "{text:?}");
        at = span.end;
    }
    assert_eq!(at, text.len(), "{text:?}");
}

fn check_in(text: &str, language: Language) {
    let parsed = parse_in(text, language);
    let mut last = 0;
    for d in &parsed.diagnostics {
        assert!(d.span.start <= d.span.end && text.get(d.span.clone()).is_some(), "{text:?}: {d:?}");
        assert!(d.span.start >= last, "in the order of the text: {text:?}");
        last = d.span.start;
    }
    for command in &parsed.query.commands {
        // A statement of SQL becomes several commands, some of which stand nowhere.
        let stands = language == Language::Sql || !command.span.is_empty();
        assert!(stands && text.get(command.span.clone()).is_some(), "{text:?}");
    }
    render(text, &parsed.diagnostics);
    // Whatever could be read is the same query when written down.
    if language == Language::Sql {
        // What could be read of a broken statement is written down as one that is none.
        if parsed.is_ok() {
            check_sql(text, &parsed.query);
        }
        return;
    }
    let again = parse(&parsed.query.to_string());
    assert_eq!(again.query, parsed.query, "{text:?}");
    assert!(again.is_ok(), "{text:?}: {}", parsed.query);
}

/// Queries inside each other may come back as one; what is written then stays.
fn check_sql(text: &str, query: &Query) {
    let Ok(canonical) = write_in(query, Language::Sql) else { return };
    let again = parse_in(&canonical, Language::Sql);
    assert!(again.is_ok(), "{text:?}: {canonical}\n{}", render(&canonical, &again.diagnostics));
    assert_eq!(write_in(&again.query, Language::Sql).as_ref(), Ok(&canonical), "{text:?}");
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let starts = ["", "filter ", "parse ", "fields a", "x "];
    let more = ["a or ", "f(", "- ", "\"a ", "a:", "`a`:", "- -", "a.`b`.", "1^", "-\"", "a,", "'t'"];
    let mut worst = (Duration::ZERO, String::new());
    for start in starts {
        for token in TOKENS.iter().chain(&more) {
            let text = format!("{start}{}", token.repeat((1 << 15) / token.len()));
            let clock = Instant::now();
            let parsed = parse(&text);
            highlight(&text);
            render(&text, &parsed.diagnostics);
            let _ = parsed.query.to_string();
            worst = worst.max((clock.elapsed(), format!("{start}{token:?}…")));
        }
    }
    // Some hundredths of a second; quadratic time is tens of seconds here.
    assert!(worst.0 < Duration::from_secs(4), "{} took {:?}", worst.1, worst.0);
}

#[test]
fn patterns_are_as_deep_as_their_canonical_text_may_be() {
    let nested = |n: usize| {
        let open = "$.a = 1 && ($.b = 2 || ($.c NOT EXISTS && (";
        format!("{{ {}$.d = *{} }}", open.repeat(n), ")))".repeat(n))
    };
    check_in(&nested(16), Language::Pattern);
    assert!(parse_in(&nested(16), Language::Pattern).is_ok());
    let chain = |n: usize, join: &str| format!("{{ {} }}", vec!["$.a = 1"; n].join(join));
    for join in [" || ", " && "] {
        check_in(&chain(400, join), Language::Pattern);
        assert!(parse_in(&chain(400, join), Language::Pattern).is_ok());
        assert_eq!(parse_in(&chain(100_000, join), Language::Pattern).diagnostics.len(), 1);
    }
    let mixed = format!("{{ {}$.a = 1 }}", "($.a = 1 || $.b = 2) && ".repeat(199));
    check_in(&mixed, Language::Pattern);
    assert!(parse_in(&mixed, Language::Pattern).is_ok());
    assert!(!parse_in(&nested(100_000), Language::Pattern).is_ok());
}

#[test]
fn long_chains_are_read_or_refused() {
    let chain = |n: usize| format!("filter {}", vec!["a = 1"; n].join(" or "));
    assert!(parse(&chain(400)).is_ok());
    let parsed = parse(&chain(100_000));
    assert!(!parsed.is_ok());
    assert!(parsed.diagnostics[0].help.contains(" in ["), "{:?}", parsed.diagnostics);
    let list = vec!["\"203.0.113.7\""; 50_000].join(", ");
    assert!(parse(&format!("filter a in [{list}]")).is_ok());
}
