//! Each edit as a user sees it: text before, a click, text after.

use super::*;
use crate::parse;

fn edited(text: &str, edit: impl FnOnce(&mut Query)) -> String {
    let mut query = parse(text).into_result().unwrap();
    edit(&mut query);
    let after = query.to_string();
    assert_eq!(parse(&after).into_result().unwrap(), query, "{after}");
    after
}

fn text(s: &str) -> Value {
    Value::text(s)
}

fn equal(field: &str, value: &str) -> Filter {
    Filter::new(field, FilterOp::Equal, text(value))
}

#[test]
fn filters_are_the_conditions_that_all_must_hold() {
    let query = parse(
        "AccessDenied -eventName:Get* | filter a = 1 and not (b like 'x') and 5 < c | fields d \
         | filter e not in [1, 'y'] and (f = 1 or g = 2) and not ispresent(h) and i != null and j not like /k/ \
         | stats count(*) by l | filter n > 3",
    )
    .into_result()
    .unwrap();
    let found: Vec<_> = filters(&query)
        .into_iter()
        .map(|c| (c.index, c.filter.field, c.filter.op, c.filter.value, c.filter.negated, c.text))
        .collect();
    let row = |i, field: &str, op, value, negated, text: &str| {
        (i, field.to_owned(), op, value, negated, text.to_owned())
    };
    let list = Value::List([Value::Int(1), text("y")].into());
    assert_eq!(
        found,
        [
            row(0, "", FilterOp::Term, text("AccessDenied"), false, "AccessDenied"),
            row(1, "eventName", FilterOp::Term, text("Get*"), true, "-eventName:Get*"),
            row(2, "a", FilterOp::Equal, Value::Int(1), false, "a = 1"),
            row(3, "b", FilterOp::Like, text("x"), true, "not (b like \"x\")"),
            row(4, "c", FilterOp::Greater, Value::Int(5), false, "5 < c"),
            row(5, "e", FilterOp::NotIn, list, false, "e not in [1, \"y\"]"),
            row(6, "", FilterOp::Condition, Value::Null, false, "f = 1 or g = 2"),
            row(7, "h", FilterOp::Present, Value::Null, true, "not ispresent(h)"),
            row(8, "i", FilterOp::NotEqual, Value::Null, false, "i != null"),
            row(9, "j", FilterOp::NotMatches, text("k"), false, "j not like /k/"),
        ]
    );
}

#[test]
fn a_filter_goes_before_what_aggregates_or_reorders() {
    let add = |before: &str| edited(before, |q| add_filter(q, &equal("x", "a")));
    assert_eq!(add(""), "filter x = \"a\"");
    assert_eq!(add("filter y = 1"), "filter y = 1 and x = \"a\"");
    assert_eq!(add("filter y = 1 or z = 2"), "filter (y = 1 or z = 2) and x = \"a\"");
    assert_eq!(add("stats count(*) by y | sort y"), "filter x = \"a\" | stats count(*) by y | sort y");
    assert_eq!(add("sort y | filter z = 1"), "filter x = \"a\" | sort y | filter z = 1");
    assert_eq!(add("limit 5"), "filter x = \"a\" | limit 5");
    assert_eq!(add("SOURCE cloudtrail | fields y"), "SOURCE cloudtrail | filter x = \"a\" | fields y");
    assert_eq!(add("error | stats count(*)"), "error | filter x = \"a\" | stats count(*)");
    assert_eq!(add("filter y = 1 | fields z | limit 5"), "filter y = 1 and x = \"a\" | fields z | limit 5");
}

#[test]
fn a_filter_goes_behind_what_makes_its_field() {
    let add = |before: &str| edited(before, |q| add_filter(q, &equal("x", "a")));
    assert_eq!(add("filter y = 1 | fields z as x"), "filter y = 1 | fields z as x | filter x = \"a\"");
    assert_eq!(
        add("parse @message \"x=*\" as x | filter y = 1 | sort y"),
        "parse @message \"x=*\" as x | filter y = 1 and x = \"a\" | sort y"
    );
    assert_eq!(add("parse @message /(?<x>.)/"), "parse @message /(?<x>.)/ | filter x = \"a\"");
}

#[test]
fn no_filter_stands_twice_or_beside_its_opposite() {
    let twice = |before: &str, filter: Filter| edited(before, |q| add_filter(q, &filter));
    assert_eq!(twice("filter x = \"a\"", equal("x", "a")), "filter x = \"a\"");
    assert_eq!(
        twice("filter x = \"a\" and y = 1", equal("x", "a").inverse()),
        "filter not (x = \"a\") and y = 1"
    );
    assert_eq!(twice("filter x != \"a\"", equal("x", "a")), "filter x = \"a\"");
    let present = Filter::new("x", FilterOp::Present, Value::Null);
    assert_eq!(twice("filter not ispresent(x)", present), "filter ispresent(x)");
    let term = Filter::new("", FilterOp::Term, text("b c"));
    assert_eq!(twice("error -\"b c\"", term.clone()), "error \"b c\"");
    assert_eq!(twice("filter x = 1", term.clone()), "\"b c\" | filter x = 1");
    assert_eq!(twice("SOURCE a | limit 1", term), "SOURCE a | search \"b c\" | limit 1");
}

#[test]
fn every_operator_can_be_added() {
    let add = |op, value| edited("", |q| add_filter(q, &Filter::new("x", op, value)));
    assert_eq!(add(FilterOp::GreaterEqual, Value::Int(-3)), "filter x >= -3");
    assert_eq!(add(FilterOp::Less, Value::Float(0.5)), "filter x < 0.5");
    assert_eq!(add(FilterOp::Like, text("a\"b")), "filter x like \"a\\\"b\"");
    assert_eq!(add(FilterOp::NotMatches, text("a/b")), "filter x not like /a\\/b/");
    assert_eq!(add(FilterOp::In, Value::List([Value::Int(1), text("b")].into())), "filter x in [1, \"b\"]");
    assert_eq!(add(FilterOp::Condition, Value::Null), "");
    let time = edited("", |q| add_filter(q, &equal("cs(User-Agent)", "curl")));
    assert_eq!(time, "filter `cs(User-Agent)` = \"curl\"");
}

#[test]
fn removing_the_last_filter_leaves_nothing() {
    assert_eq!(edited("filter x = 1", |q| remove_filter(q, 0)), "");
    assert_eq!(edited("error", |q| remove_filter(q, 0)), "");
    assert_eq!(edited("filter a = 1 and b = 2 and c = 3", |q| remove_filter(q, 1)), "filter a = 1 and c = 3");
    assert_eq!(
        edited("filter a = 1 | filter b = 2 | sort c", |q| remove_filter(q, 1)),
        "filter a = 1 | sort c"
    );
    assert_eq!(edited("filter a = 1", |q| remove_filter(q, 7)), "filter a = 1");
    assert_eq!(edited("a b | filter c = 1 and d = 2 | limit 3", clear_filters), "limit 3");
}

#[test]
fn inverting_twice_gives_the_same_rows() {
    let invert = |before: &str| edited(before, |q| invert_filter(q, 0));
    for (a, b) in [
        ("filter x = 1", "filter not (x = 1)"),
        ("filter x like \"a\" and y = 1", "filter not (x like \"a\") and y = 1"),
        ("filter x in [1, 2]", "filter not (x in [1, 2])"),
        ("filter ispresent(x)", "filter not ispresent(x)"),
        ("filter x > 1", "filter not (x > 1)"),
        ("filter x = 1 or y = 2", "filter not (x = 1 or y = 2)"),
        ("error", "-error"),
    ] {
        assert_eq!(invert(a), b);
        assert_eq!(invert(b), a);
    }
    assert_eq!(invert("filter x != 1"), "filter x = 1");
    assert_eq!(invert("filter x not in [1]"), "filter x in [1]");
}

#[test]
fn including_and_excluding_values() {
    assert_eq!(edited("filter x = \"a\"", |q| include_also(q, "x", text("b"))), "filter x in [\"a\", \"b\"]");
    assert_eq!(edited("filter x in [1]", |q| include_also(q, "x", Value::Int(2))), "filter x in [1, 2]");
    assert_eq!(edited("filter x in [1]", |q| include_also(q, "x", Value::Int(1))), "filter x in [1]");
    assert_eq!(edited("filter y = 1", |q| include_also(q, "x", text("b"))), "filter y = 1 and x = \"b\"");
    assert_eq!(edited("filter not (x = \"b\")", |q| include_also(q, "x", text("b"))), "");
    assert_eq!(
        edited("filter x in [1, 2] and y = 1", |q| include_only(q, "x", Value::Int(3))),
        "filter y = 1 and x = 3"
    );
    assert_eq!(edited("filter x in [1, 2]", |q| exclude(q, "x", Value::Int(2))), "filter x = 1");
    assert_eq!(edited("filter x = 2", |q| exclude(q, "x", Value::Int(2))), "filter not (x = 2)");
    assert_eq!(edited("", |q| exclude(q, "x", text("a"))), "filter not (x = \"a\")");
}

#[test]
fn sorting_replaces_sorting_of_the_result() {
    let by = |before: &str| edited(before, |q| set_sort(q, "x", true));
    assert_eq!(by(""), "sort x desc");
    assert_eq!(by("filter a = 1 | sort b, c | limit 5"), "filter a = 1 | sort x desc | limit 5");
    assert_eq!(by("filter a = 1 | limit 5"), "filter a = 1 | sort x desc | limit 5");
    assert_eq!(
        by("sort a | limit 9 | stats count(*) as x by b"),
        "sort a | limit 9 | stats count(*) as x by b | sort x desc"
    );
    assert_eq!(edited("sort a | stats count(*) by b | sort b", clear_sort), "sort a | stats count(*) by b");
    let sorted = |t: &str| sort(&parse(t).query);
    assert_eq!(sorted("sort `a b` desc, c"), Some(("a b".to_owned(), true)));
    assert_eq!(sorted("sort a | stats count(*)"), None);
    assert!(has_stats(&parse("filter a = 1 | stats count(*)").query));
    assert!(!has_stats(&parse("filter a = 1").query));
}

#[test]
fn clicks_edit_sql_too() {
    use crate::{Language, parse_in, text};
    let edited = |sql: &str, edit: &dyn Fn(&mut Query)| {
        let mut query = parse_in(sql, Language::Sql).into_result().unwrap();
        edit(&mut query);
        let after = text(&query, Language::Sql).unwrap();
        let again = parse_in(&after, Language::Sql).into_result().unwrap();
        assert_eq!(text(&again, Language::Sql).unwrap(), after);
        after
    };
    let only = |q: &mut Query| include_only(q, "action", Value::text("REJECT"));
    let not = |q: &mut Query| exclude(q, "action", Value::text("REJECT"));
    assert_eq!(edited("", &only), "SELECT * FROM logs WHERE action = 'REJECT'");
    assert_eq!(
        edited("SELECT a FROM flow WHERE b = 1 OR c = 2 LIMIT 5", &only),
        "SELECT a FROM flow WHERE (b = 1 OR c = 2) AND action = 'REJECT' LIMIT 5"
    );
    let excluded = edited("SELECT a, count(*) AS n FROM flow GROUP BY a ORDER BY n DESC", &not);
    assert_eq!(
        excluded,
        "SELECT a, count(*) AS n FROM flow WHERE action IS DISTINCT FROM 'REJECT' GROUP BY a ORDER BY n DESC"
    );
    let query = parse_in(&excluded, Language::Sql).query;
    let chips = filters_in(&query, Language::Sql);
    assert_eq!(chips.len(), 1);
    assert_eq!(chips[0].text, "action IS DISTINCT FROM 'REJECT'");
    assert_eq!(chips[0].filter, Filter::new("action", FilterOp::Equal, Value::text("REJECT")).inverse());
    assert_eq!(sort(&query), Some(("n".to_owned(), true)));
    assert_eq!(
        edited(&excluded, &|q| remove_filter(q, 0)),
        "SELECT a, count(*) AS n FROM flow GROUP BY a ORDER BY n DESC"
    );
    assert_eq!(edited("SELECT a FROM t", &|q| set_sort(q, "a", true)), "SELECT a FROM t ORDER BY a DESC");
    let ascending = parse_in("SELECT a FROM t ORDER BY a", Language::Sql).query;
    assert_eq!(sort(&ascending), Some(("a".to_owned(), false)));
    assert_eq!(
        edited("SELECT lower(a) AS l FROM t", &|q| include_only(q, "l", Value::text("x"))),
        "SELECT * FROM (SELECT lower(a) AS l FROM t) WHERE l = 'x'"
    );
}
