//! Operators over fields with several values in a row ([`Several`]): an operator is computed for each single value.
//! - A condition holds if it holds for any value; one that is a negation (`!=`, `not in`, `not like`) if it holds for all,
//!   which is to say that no value matches. A function that answers true or false is a condition, too.
//! - Any other operator gives the several results.
//! - A function of lists gets the values as a list.
//! - `coalesce` is the first operand that has any value, with all of its values; what follows fills gaps only where it is
//!   of the same list.
//!
//! Values of one list go together, item by item; of different lists each stands with each.
//!
//! Not here: groups and distinct values, see [`exec`](crate::exec).

use std::{collections::HashSet, sync::Arc};

use super::{
    Op,
    join_index::{JoinKeys, MOST_BESIDE},
};
use crate::kernels::truthy;
use logloupe_syntax::{
    functions::{Func, General, Json, Sql},
    tree::Binary,
};
use logloupe_table::{Several, Value};

/// Values of different lists are put together up to so many combinations; beyond, there is no value.
const MOST: usize = 1 << 16;

/// What `op` gives for operands of which one has several values; `None` where none has, or where `op` looks at nothing
/// but their truth.
pub(super) fn apply(op: &Op, args: &[Value]) -> Option<Value> {
    if !args.iter().any(|a| matches!(a, Value::Several(_))) {
        return None;
    }
    Some(match op {
        Op::And | Op::Or | Op::Not => return None,
        Op::Compare(_) | Op::In(..) | Op::Contains(..) | Op::Matches(..) => condition(op, args),
        Op::Rows(keys, outer) => rows(keys, *outer, args),
        Op::Function(spec, function) if takes_list(spec.func) && matches!(args[0], Value::Several(_)) => {
            let list = Value::List(args[0].singles().cloned().collect());
            let args = [&[list], &args[1..]].concat();
            apply(op, &args).unwrap_or_else(|| function(&args))
        }
        Op::Function(spec, _) if spec.func == Func::General(General::Coalesce) => first(op, args),
        _ => each(op, args),
    })
}

/// The first operand that has a value. Of the others only those of its own list matter, item by item.
fn first(op: &Op, args: &[Value]) -> Value {
    let present: Vec<&Value> = args.iter().filter(|arg| arg.singles().next().is_some()).collect();
    let Some(list) = present.first().and_then(|arg| several(arg)).map(Several::list) else {
        return present.first().map_or(Value::Null, |value| (*value).clone());
    };
    let own = |arg: &&&Value| several(arg).is_some_and(|arg| arg.list() == list);
    let own: Vec<Value> = present.iter().filter(own).map(|arg| (*arg).clone()).collect();
    each(op, &own)
}

/// Whether the first argument of a function is a list.
fn takes_list(func: Func) -> bool {
    matches!(
        func,
        Func::Json(Json::JsonArraySize | Json::JsonArrayContains | Json::JsonStringify)
            | Func::Sql(Sql::ElementAt | Sql::ArrayJoin)
    )
}

fn condition(op: &Op, args: &[Value]) -> Value {
    let negated = matches!(
        op,
        Op::Compare(Binary::NotEqual) | Op::In(_, true) | Op::Contains(_, true) | Op::Matches(_, true)
    );
    let (mut any, mut all) = (false, true);
    let done = combinations(args, &mut |values| {
        let holds = truthy(&op.apply(values));
        any |= holds;
        all &= holds;
    });
    Value::Bool(done && any && (all || !negated))
}

fn rows(keys: &JoinKeys, outer: bool, args: &[Value]) -> Value {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    combinations(args, &mut |values| {
        let Value::List(rows) = keys.rows(values, false) else { return };
        // A row that fits two values stands beside this one once, or as often as it counts.
        let fresh: Vec<&Value> =
            rows.iter().filter(|r| r.integer().is_none_or(|r| !seen.contains(&r))).collect();
        if found.len() as u64 <= MOST_BESIDE {
            found.extend(fresh.into_iter().cloned());
        }
        seen.extend(rows.iter().filter_map(Value::integer));
    });
    if found.is_empty() && outer {
        found.push(Value::Null);
    }
    Value::List(found.into())
}

fn each(op: &Op, args: &[Value]) -> Value {
    let mut results = Vec::new();
    let Some(list) = all(args, &mut |values, blank| {
        results.push(if blank { Value::Null } else { op.apply(values) });
    }) else {
        return Value::Null;
    };
    let mut truths = results.iter().filter(|r| !r.is_null()).map(|r| matches!(r, Value::Bool(_)));
    if truths.next() == Some(true) && truths.all(|is| is) {
        return Value::Bool(results.iter().any(truthy));
    }
    if results.iter().any(|r| matches!(r, Value::Several(_))) {
        // Several of several are a list of their own.
        let items = results.iter().flat_map(|r| r.singles().cloned()).collect();
        return Several::value(&format!("{list}, ").into(), items);
    }
    Several::value(&list, results)
}

/// Calls `f` with each combination of single values. Says `false` if they are too many: then it called `f` not at all.
pub fn combinations(values: &[Value], f: &mut dyn FnMut(&[Value])) -> bool {
    let called = all(values, &mut |values, blank| {
        if !blank {
            f(values);
        }
    });
    called.is_some()
}

/// The same with the combinations of which all that could have a value lack it, too; gives the name of the list that the
/// combinations are.
fn all(values: &[Value], f: &mut dyn FnMut(&[Value], bool)) -> Option<Arc<str>> {
    let mut lists: Vec<(Arc<str>, usize)> = Vec::new();
    for several in values.iter().filter_map(several) {
        match lists.iter_mut().find(|(list, _)| list == several.list()) {
            Some((_, length)) => *length = several.items().len().max(*length),
            None => lists.push((several.list().clone(), several.items().len())),
        }
    }
    if lists.is_empty() {
        f(values, false);
        return Some("".into());
    }
    let total = lists.iter().try_fold(1usize, |all, (_, length)| all.checked_mul(*length));
    let total = total.filter(|total| lists.len() < 2 || *total <= MOST)?;
    let mut single = values.to_vec();
    for number in 0..total {
        let mut blank = true;
        for (value, single) in values.iter().zip(&mut single) {
            let Some(several) = several(value) else { continue };
            let mut rest = number;
            for (list, length) in &lists {
                if list == several.list() {
                    *single = several.items().get(rest % length).cloned().unwrap_or_default();
                    blank &= single.is_null();
                    break;
                }
                rest /= length;
            }
        }
        f(&single, blank);
    }
    match lists.as_slice() {
        [(list, _)] => Some(list.clone()),
        more => Some(more.iter().map(|(list, _)| &**list).collect::<Vec<_>>().join(" × ").into()),
    }
}

fn several(value: &Value) -> Option<&Several> {
    if let Value::Several(several) = value { Some(several) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Node, join_index::JoinIndex};
    use logloupe_syntax::functions;

    fn of(list: &str, items: &[&str]) -> Value {
        let item = |t: &&str| if t.is_empty() { Value::Null } else { Value::text(t) };
        Several::value(&list.into(), items.iter().map(item).collect())
    }

    #[test]
    fn a_condition_holds_for_any_and_a_negation_for_none() {
        let ips = of("l", &["10.0.0.1", "", "192.0.2.7"]);
        let index =
            |values: &[&str]| Arc::new(JoinIndex::new(values.iter().map(|v| Value::text(v)).collect()));
        let pattern = |p: &str| Arc::new(regex::bytes::Regex::new(p).unwrap());
        for (op, other, holds) in [
            (Op::Compare(Binary::Equal), Some("192.0.2.7"), true),
            (Op::Compare(Binary::Equal), Some("192.0.2.8"), false),
            (Op::Compare(Binary::NotEqual), Some("192.0.2.7"), false),
            (Op::Compare(Binary::NotEqual), Some("192.0.2.8"), true),
            (Op::Compare(Binary::Less), Some("10.0.0.2"), true),
            (Op::Compare(Binary::Less), Some("10.0.0.0"), false),
            (Op::In(index(&["x", "10.0.0.1"]), false), None, true),
            (Op::In(index(&["x", "10.0.0.1"]), true), None, false),
            (Op::In(index(&["x"]), true), None, true),
            (Op::Contains("0.2.".into(), false), None, true),
            (Op::Contains("0.2.".into(), true), None, false),
            (Op::Matches(pattern("^10"), false), None, true),
            (Op::Matches(pattern("^10"), true), None, false),
            (Op::Matches(pattern("^11"), true), None, true),
            (Op::Not, None, true),
        ] {
            let args: Vec<Value> = [ips.clone()].into_iter().chain(other.map(Value::text)).collect();
            assert_eq!(op.apply(&args), Value::Bool(holds), "{op:?}");
        }
        let inside = Op::function(functions::find("isIpv4InSubnet").unwrap()).unwrap();
        for (network, holds) in [("10.0.0.0/8", true), ("192.0.2.0/24", true), ("172.16.0.0/12", false)] {
            let args = [ips.clone(), Value::text(network)];
            assert_eq!(inside.apply(&args), Value::Bool(holds), "{network}");
        }
    }

    #[test]
    fn values_of_one_list_go_together() {
        let concat = Op::function(functions::find("concat").unwrap()).unwrap();
        let shown = |args: &[Value]| concat.apply(args).to_string();
        let (a, b) = (of("l", &["a", "b", "c"]), of("l", &["1", "", "3"]));
        assert_eq!(shown(&[a.clone(), b.clone()]), "a1, b, c3");
        assert_eq!(shown(&[a.clone(), Value::text("-"), a.clone()]), "a-a, b-b, c-c");
        assert_eq!(shown(&[b, of("m", &["x", "y"])]), "1x, x, 3x, 1y, y, 3y");
        let many: Vec<String> = (0..1000).map(|i| i.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(concat.apply(&[of("l", &many), of("m", &many)]), Value::Null, "a million");
        let size = Op::function(functions::find("jsonArraySize").unwrap()).unwrap();
        assert_eq!(size.apply(std::slice::from_ref(&a)), Value::Int(3));
        let holds = Op::function(functions::find("jsonArrayContains").unwrap()).unwrap();
        assert_eq!(holds.apply(&[a, of("m", &["x", "c"])]), Value::Bool(true));
    }

    #[test]
    fn coalesce_is_the_first_operand_with_all_its_values() {
        let coalesce = Op::function(functions::find("coalesce").unwrap()).unwrap();
        let shown = |args: &[Value]| coalesce.apply(args).to_string();
        let (a, gaps) = (of("l", &["a", "b"]), of("m", &["x", "", "z"]));
        let many: Vec<String> = (0..1000).map(|i| i.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (args, expected) in [
            (vec![a.clone(), gaps.clone()], "a, b"),
            (vec![gaps.clone(), a.clone()], "x, z"),
            (vec![Value::Null, a.clone(), Value::text("n")], "a, b"),
            (vec![Value::text("n"), a.clone()], "n"),
            (vec![gaps.clone(), Value::text("n")], "x, z"),
            (vec![gaps, of("m", &["1", "2", "3"])], "x, 2, z"),
            (vec![of("l", &["", ""]), a], "a, b"),
        ] {
            assert_eq!(shown(&args), expected, "{args:?}");
        }
        // Combinations of lists that differ are too many to be made, and none is needed.
        let long = coalesce.apply(&[of("l", &many), of("m", &many)]);
        assert_eq!(long.singles().count(), 1000);
    }

    #[test]
    fn any_value_joins() {
        let column = [of("r", &["a", "b"]), Value::text("c"), of("r", &["a", "d"]), Value::Null].to_vec();
        let keys = Arc::new(JoinKeys::new(vec![column], Vec::new()));
        let rows = |left: Value, outer| Op::Rows(keys.clone(), outer).apply(&[left]).to_string();
        assert_eq!(rows(of("l", &["a", "b"]), false), "[0, 2]");
        assert_eq!(rows(of("l", &["c", "d"]), false), "[1, 2]");
        assert_eq!(rows(of("l", &["x", "y"]), false), "[]");
        assert_eq!(rows(of("l", &["x", "y"]), true), "[]");
        assert_eq!(rows(Value::text("d"), false), "[2]");
        assert!(!keys.is_unique());
        let lookup = Op::Row(keys).apply(&[of("l", &["d", "x", "c"])]);
        assert_eq!(lookup.to_string(), "2, 1");
        let long: Vec<Value> = (0..20).map(|i| of("r", &[&format!("{i}"), &format!("x{i}")])).collect();
        let index = JoinIndex::new(long);
        assert!(index.holds(&Value::text("x17")) && !index.holds(&Value::text("x20")));
        let node = Node::apply(
            Op::Compare(Binary::Equal),
            vec![Node::Const(of("l", &["a", "b"])), Node::Const(Value::text("b"))],
        );
        assert!(matches!(node, Node::Const(Value::Bool(true))));
    }
}
