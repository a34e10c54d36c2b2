//! The naive interpreter's steps over rows side by side, and random commands that need them.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::oracle::Naive;
use crate::{
    exec::{exact_sum, interner::rank},
    kernels::{Num, num},
    plan::{Node, Over, OverFunction, Stage, WindowOperator},
};
use logloupe_syntax::tree::{FrameBound, FrameUnit, SetKind};
use logloupe_table::Value;

/// What becomes of the rows.
pub(super) fn step<'p>(step: &WindowOperator, mut rows: Vec<Naive<'p>>, stage: &'p Stage) -> Vec<Naive<'p>> {
    match step {
        WindowOperator::Unnest { list, into } => {
            let each = |row: &Naive<'p>| -> Vec<Naive<'p>> {
                let items = match row.get(list) {
                    Value::Null => Vec::new(),
                    Value::List(items) => items.to_vec(),
                    Value::Text(text) => match serde_json::from_str(&text) {
                        Ok(serde_json::Value::Array(_)) => panic!("no list is stored as text here"),
                        _ => vec![Value::Text(text)],
                    },
                    other => vec![other],
                };
                let with = |item| {
                    let mut row = row.clone();
                    row.made.insert(*into, item);
                    row
                };
                items.into_iter().map(with).collect()
            };
            rows.iter().flat_map(each).collect()
        }
        WindowOperator::FillDown(fields) => {
            for (of, into) in fields {
                for at in 0..rows.len() {
                    let last = (0..=at).rev().map(|i| rows[i].get(of)).find(|v| !v.is_null());
                    rows[at].made.insert(*into, last.unwrap_or_default());
                }
            }
            rows
        }
        WindowOperator::Accumulate { of, into } => {
            for at in 0..rows.len() {
                let value = sum(rows[..=at].iter().map(|r| r.get(of)));
                rows[at].made.insert(*into, value);
            }
            rows
        }
        WindowOperator::Lag { of, into } => {
            for (lag, into) in into {
                for at in 0..rows.len() {
                    let before = at.checked_sub(*lag as usize).map(|i| rows[i].get(of));
                    rows[at].made.insert(*into, before.unwrap_or_default());
                }
            }
            rows
        }
        WindowOperator::Totals { of, named, rows: into, columns } => {
            assert!(*named && !*columns, "not asked here");
            for row in &mut rows {
                let value = sum(of.iter().map(|node| row.get(node)));
                into.iter().for_each(|into| _ = row.made.insert(*into, value.clone()));
            }
            rows
        }
        WindowOperator::Outlier { fields, how, mark } => {
            let mut far = vec![false; rows.len()];
            let old = rows.clone();
            for (node, into) in fields {
                let number = |row: &Naive<'_>| num(&row.get(node)).map(Num::float);
                let mut all: Vec<f64> = old.iter().filter_map(number).collect();
                all.sort_by(f64::total_cmp);
                let rank = |part: f64| {
                    (0..all.len()).find(|i| (i + 1) as f64 >= part * all.len() as f64).map(|i| all[i])
                };
                let (Some(first), Some(third)) = (rank(0.25), rank(0.75)) else {
                    rows.iter_mut().zip(&old).for_each(|(row, old)| {
                        into.iter().for_each(|into| _ = row.made.insert(*into, old.get(node)));
                    });
                    continue;
                };
                let high = third + (third - first) * how.factor;
                let low = first - (third - first) * how.factor;
                for (at, row) in rows.iter_mut().enumerate() {
                    let moved = match number(&old[at]) {
                        Some(n) if n > high => Some(high),
                        Some(n) if n < low && how.lower => Some(low),
                        _ => None,
                    };
                    far[at] |= moved.is_some();
                    let value = moved.map_or_else(|| old[at].get(node), Value::Float);
                    into.iter().for_each(|into| _ = row.made.insert(*into, value.clone()));
                }
            }
            for (row, far) in rows.iter_mut().zip(&far) {
                mark.iter().for_each(|mark| _ = row.made.insert(*mark, Value::Bool(*far)));
            }
            rows.into_iter().zip(far).filter(|(_, far)| !(how.remove && *far)).map(|(row, _)| row).collect()
        }
        WindowOperator::Set { kind, all, of, into, rows: others, times, .. } => {
            let looks = |row: &[Value]| -> Vec<(bool, String)> {
                row.iter().map(|v| (v.is_null(), v.to_string())).collect()
            };
            let own: Vec<Vec<Value>> = rows.iter().map(|r| of.iter().map(|n| r.get(n)).collect()).collect();
            let mut other: Vec<Vec<Value>> = Vec::new();
            for (n, row) in others.iter().enumerate() {
                (0..times.get(n).copied().unwrap_or(1)).for_each(|_| other.push(row.clone()));
            }
            let mut all_rows: Vec<Vec<Value>> = Vec::new();
            match kind {
                SetKind::Union => all_rows.extend(own.into_iter().chain(other)),
                SetKind::Except | SetKind::Intersect => {
                    for row in own {
                        let partner = other.iter().position(|o| looks(o) == looks(&row));
                        if partner.is_some() == (*kind == SetKind::Intersect) {
                            all_rows.push(row);
                        }
                        if let (true, Some(partner)) = (*all, partner) {
                            other.remove(partner);
                        }
                    }
                }
            }
            let mut seen = BTreeSet::new();
            all_rows.retain(|row| *all || seen.insert(looks(row)));

            let with = |row: Vec<Value>| Naive {
                stage,
                inputs: vec![Value::Null; stage.inputs.len()],
                order: (None, String::new(), 0, String::new()),
                made: into.iter().copied().zip(row).collect(),
            };
            all_rows.into_iter().map(with).collect()
        }
        WindowOperator::Unmatched { row: place, left, held, rows: others, times } => {
            let beside: Vec<Option<i64>> = rows.iter().map(|r| r.get(&Node::Def(*place)).integer()).collect();
            for row in &mut rows {
                // What the row has is settled before its definitions see that it is one of several.
                let settled: Vec<(usize, Value)> = left
                    .iter()
                    .filter_map(|n| if let Node::Def(at) = n { Some((*at, row.get(n))) } else { None })
                    .chain([(*place, row.get(&Node::Def(*place)))])
                    .collect();
                row.made.extend(settled);
                row.made.insert(*held, Value::Bool(true));
            }
            for other in (0..*others).filter(|o| !beside.contains(&Some(*o as i64))) {
                for _ in 0..times.get(other).copied().unwrap_or(1) {
                    let nothing =
                        left.iter().filter_map(|n| if let Node::Def(at) = n { Some(*at) } else { None });
                    let mut made: BTreeMap<usize, Value> = nothing.map(|at| (at, Value::Null)).collect();
                    made.insert(*place, Value::Int(other as i64));
                    made.insert(*held, Value::Null);
                    rows.push(Naive {
                        stage,
                        inputs: vec![Value::Null; stage.inputs.len()],
                        order: (None, String::new(), 0, String::new()),
                        made,
                    });
                }
            }
            rows
        }
        WindowOperator::Over(over) => {
            let values: Vec<Value> = (0..rows.len()).map(|at| over_row(over, &rows, at)).collect();
            rows.iter_mut().zip(values).for_each(|(row, value)| _ = row.made.insert(over.into, value));
            rows
        }
        WindowOperator::Shapes { .. } | WindowOperator::Relevance { .. } => panic!("not asked here"),
        WindowOperator::Sessions { keys, pause, into } => {
            let mut order: Vec<usize> = (0..rows.len()).collect();
            order.sort_by_key(|i| {
                let (time, source, record, _) = &rows[*i].order;
                (*time, source.clone(), *record)
            });
            let mut last: BTreeMap<Vec<String>, (i64, i64)> = BTreeMap::new();
            let mut sessions = 0;
            for i in order {
                let key: Vec<Value> = keys.iter().map(|k| rows[i].get(k)).collect();
                let mut session = Value::Null;
                if let (Some(time), false) = (rows[i].order.0, key.iter().any(Value::is_null)) {
                    let key = key.iter().map(Value::to_string).collect();
                    let number = match last.get(&key) {
                        Some((at, number)) if time - at <= *pause => *number,
                        _ => {
                            sessions += 1;
                            sessions
                        }
                    };
                    last.insert(key, (time, number));
                    session = Value::Int(number);
                }
                rows[i].made.insert(*into, session);
            }
            rows
        }
        WindowOperator::FillMissing { keys, bin, binning, values } => {
            let others = |row: &Naive<'_>| -> Vec<Value> {
                (0..*keys).filter(|k| k != bin).map(|k| row.inputs[k].clone()).collect()
            };
            let timed: Vec<(Naive<'p>, i64)> =
                rows.iter().filter_map(|r| Some((r.clone(), r.inputs[*bin].time()?))).collect();
            let Some(last) = timed.iter().map(|(_, t)| *t).max() else { return rows };
            let mut at = timed.iter().map(|(_, t)| *t).min().unwrap_or(last);
            let mut combinations: Vec<Vec<Value>> = Vec::new();
            for (row, _) in &timed {
                if !combinations.iter().any(|c| same(c, &others(row))) {
                    combinations.push(others(row));
                }
            }
            let mut seen: BTreeSet<(usize, i64)> = BTreeSet::new();
            for (row, time) in &timed {
                let combination = combinations.iter().position(|c| same(c, &others(row))).unwrap();
                seen.insert((combination, *time));
            }
            while at <= last {
                for (c, combination) in combinations.iter().enumerate() {
                    if seen.contains(&(c, at)) {
                        continue;
                    }
                    let mut row = rows[0].clone();
                    row.inputs.fill(Value::Null);
                    row.made.clear();
                    let places = (0..*keys).filter(|k| k != bin);
                    places.zip(combination).for_each(|(k, value)| row.inputs[k] = value.clone());
                    row.inputs[*bin] = Value::Time(at);
                    for (node, value) in values {
                        match node {
                            Node::Input(n) => row.inputs[*n] = value.clone(),
                            Node::Def(n) => _ = row.made.insert(*n, value.clone()),
                            _ => {}
                        }
                    }
                    rows.push(row);
                }
                at = binning.ceil(at + 1);
            }
            rows.sort_by(|a, b| {
                let by = |k: usize| {
                    let (a, b) = (&a.inputs[k], &b.inputs[k]);
                    a.sort_cmp(b).then_with(|| a.to_string().cmp(&b.to_string()))
                };
                (0..*keys).map(by).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
            });
            rows
        }
    }
}

/// The value of a window function for row `at`: its partition is sorted, and its frame looked at row by row.
fn over_row(over: &Over, rows: &[Naive<'_>], at: usize) -> Value {
    let keys = |row: &Naive<'_>| -> Vec<Value> { over.by.iter().map(|node| row.get(node)).collect() };
    let compare = |a: usize, b: usize| {
        let by = |(node, descending): &(Node, bool)| {
            let order = rows[a].get(node).sort_cmp(&rows[b].get(node));
            if *descending { order.reverse() } else { order }
        };
        over.order.iter().map(by).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    };
    let mut all: Vec<usize> = (0..rows.len()).filter(|i| same(&keys(&rows[*i]), &keys(&rows[at]))).collect();
    all.sort_by(|a, b| compare(*a, *b));
    let here = all.iter().position(|i| *i == at).unwrap();
    let peer = |place: usize| compare(all[place], at).is_eq();
    let first_peer = (0..all.len()).find(|p| peer(*p)).unwrap();
    let last_peer = (0..all.len()).rfind(|p| peer(*p)).unwrap();
    // The number of each row's group of peers.
    let group =
        |place: usize| -> i64 { (1..=place).filter(|p| compare(all[p - 1], all[*p]).is_ne()).count() as i64 };
    let inside = |place: usize| {
        let Some(frame) = &over.frame else { return over.order.is_empty() || place <= last_peer };
        let distance = match frame.unit {
            FrameUnit::Rows => place as i64 - here as i64,
            FrameUnit::Range | FrameUnit::Groups => group(place) - group(here),
        };
        let from = match frame.from {
            FrameBound::At(from) => distance >= from,
            _ => true,
        };
        from && match frame.to {
            FrameBound::At(to) => distance <= to,
            _ => true,
        }
    };
    let value = |place: usize| over.arg.as_ref().map_or(Value::Null, |arg| rows[all[place]].get(arg));
    let counts = |place: &usize| !over.ignore_nulls || !value(*place).is_null();
    let frame: Vec<usize> = (0..all.len()).filter(|p| inside(*p)).collect();
    let chosen: Vec<Value> = frame.iter().copied().filter(counts).map(value).collect();
    let present = || frame.iter().map(|p| value(*p)).filter(|v| !v.is_null());
    let best = |last: bool| {
        let order = |a: &Value, b: &Value| {
            let order = a.sort_cmp(b).then_with(|| rank(a).cmp(&rank(b)));
            order.then_with(|| a.to_string().cmp(&b.to_string()))
        };
        let reverse = |a: &Value, b: &Value| a.sort_cmp(b).reverse().then_with(|| order(a, b));
        let least = match last {
            true => present().min_by(reverse),
            false => present().min_by(order),
        };
        least.unwrap_or_default()
    };
    let shifted = |rows_between: u64, before: bool| {
        let away = |place: &usize| if before { *place < here } else { *place > here };
        let mut others: Vec<usize> = (0..all.len()).filter(away).filter(counts).collect();
        if before {
            others.reverse();
        }
        match rows_between {
            0 => value(here),
            n => match (others.get(n as usize - 1), &over.default) {
                (Some(place), _) => value(*place),
                (None, Some(default)) => rows[at].get(default),
                (None, None) => Value::Null,
            },
        }
    };
    let whole = |n: usize| Value::Int(n as i64);
    match over.function {
        OverFunction::RowNumber => whole(here + 1),
        OverFunction::Rank => whole(first_peer + 1),
        OverFunction::DenseRank => Value::Int(group(here) + 1),
        OverFunction::PercentRank if all.len() == 1 => Value::Float(0.0),
        OverFunction::PercentRank => Value::Float(first_peer as f64 / (all.len() - 1) as f64),
        OverFunction::CumeDist => Value::Float((last_peer + 1) as f64 / all.len() as f64),
        OverFunction::Ntile(shares) => {
            // Rows are dealt to the shares one after the other, then put together again in order.
            let mut sizes = vec![0; shares as usize];
            (0..all.len()).for_each(|i| sizes[i % shares as usize] += 1);
            let mut end = 0;
            let share = sizes.iter().position(|size| {
                end += size;
                here < end
            });
            whole(share.unwrap() + 1)
        }
        OverFunction::Lag(n) => shifted(n, true),
        OverFunction::Lead(n) => shifted(n, false),
        OverFunction::FirstValue => chosen.first().cloned().unwrap_or_default(),
        OverFunction::LastValue => chosen.last().cloned().unwrap_or_default(),
        OverFunction::NthValue(n) => chosen.get(n as usize - 1).cloned().unwrap_or_default(),
        OverFunction::Count if over.arg.is_none() => whole(frame.len()),
        OverFunction::Count => whole(present().count()),
        OverFunction::Sum => sum(present()),
        OverFunction::Avg => {
            let numbers = present().filter(|v| num(v).is_some()).count();
            match num(&sum(present())) {
                Some(sum) if numbers > 0 => Num::Float(sum.float() / numbers as f64).value(),
                _ => Value::Null,
            }
        }
        OverFunction::Min => best(false),
        OverFunction::Max => best(true),
    }
}

/// Random window functions: every function, frames of every form, peers and missing values.
pub(super) fn window() -> BoxedStrategy<String> {
    let call = prop::sample::select(vec![
        "row_number()",
        "rank()",
        "dense_rank()",
        "percent_rank()",
        "cume_dist()",
        "ntile(3)",
        "ntile(100)",
        "lag(A)",
        "lag(A, 2, \"none\")",
        "lag(A) ignore nulls",
        "lag(A, 0) ignore nulls",
        "lead(A, 3)",
        "lead(A, 2, n) ignore nulls",
        "first_value(A)",
        "first_value(A) ignore nulls",
        "last_value(A)",
        "last_value(A) ignore nulls",
        "nth_value(A, 2)",
        "nth_value(A, 2) ignore nulls",
        "count(*)",
        "count(A)",
        "sum(A)",
        "avg(A)",
        "min(A)",
        "max(A)",
    ]);
    let field = || prop::sample::select(vec!["text", "id", "n", "flag", "more", "n * 2", "@source"]);
    let by = prop_oneof![
        1 => Just(String::new()),
        2 => field().prop_map(|f| format!(" by {f}")),
        1 => (field(), field()).prop_map(|(a, b)| format!(" by {a}, {b}")),
    ]
    .boxed();
    let key = || {
        (field(), any::<bool>(), any::<bool>()).prop_map(|(f, descending, last)| {
            let way = if descending { " desc" } else { "" };
            if last {
                format!("ispresent({f}){}, {f}{way}", if descending { "" } else { " desc" })
            } else {
                format!("{f}{way}")
            }
        })
    };
    let order = prop_oneof![
        1 => Just(String::new()),
        2 => key().prop_map(|k| format!(" sort {k}")),
        1 => (key(), key()).prop_map(|(a, b)| format!(" sort {a}, {b}")),
    ]
    .boxed();
    let bound = || {
        prop_oneof![Just("start".to_owned()), (-3..4i64).prop_map(|n| n.to_string()), Just("end".to_owned())]
    };
    let frame = prop_oneof![
        1 => Just(String::new()),
        2 => (prop::sample::select(vec!["rows", "groups"]), bound(), bound()).prop_map(|(unit, a, b)| {
            match (a.parse::<i64>(), b.parse::<i64>()) {
                (Ok(a), Ok(b)) => format!(" {unit} {} to {}", a.min(b), a.max(b)),
                _ if a == "end" || b == "start" => format!(" {unit} start to end"),
                _ => format!(" {unit} {a} to {b}"),
            }
        }),
        1 => prop::sample::select(vec![" range 0 to end", " range 0 to 0", " range start to end"]).prop_map(str::to_owned),
    ]
    .boxed();
    (call, field(), by, order, frame)
        .prop_map(|(call, field, by, order, frame)| {
            let shift = call.starts_with("la") && !call.starts_with("last") || call.starts_with("lead");
            let order = if shift && order.is_empty() { " sort n".to_owned() } else { order };
            let frame = if shift { String::new() } else { frame };
            format!(" | window {}{by}{order}{frame} as w", call.replace('A', field))
        })
        .boxed()
}

/// Whether values look the same: what groups go by.
fn same(a: &[Value], b: &[Value]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.is_null() == b.is_null() && a.to_string() == b.to_string())
}

fn sum(values: impl Iterator<Item = Value>) -> Value {
    let numbers: Vec<Num> = values.filter_map(|v| num(&v)).collect();
    let whole: i128 = numbers.iter().map(|n| if let Num::Int(v) = n { *v as i128 } else { 0 }).sum();
    let floats: Vec<f64> =
        numbers.iter().filter_map(|n| if let Num::Float(v) = n { Some(*v) } else { None }).collect();
    match floats.as_slice() {
        _ if numbers.is_empty() => Value::Null,
        [] => i64::try_from(whole).map_or(Value::Float(whole as f64), Value::Int),
        // Rounded once: a later step may group by it, and then the last bit decides.
        floats => {
            let mut exact = exact_sum::Expansion::new();
            floats.iter().for_each(|v| exact_sum::add(&mut exact, *v));
            exact_sum::add_int(&mut exact, whole);
            Num::Float(exact_sum::round(&exact)).value()
        }
    }
}

/// Commands behind the filters of a query over events.
pub(super) fn commands() -> impl Strategy<Value = String> {
    let field = || prop::sample::select(vec!["text", "id", "n", "flag", "@source", "@message", "@timestamp"]);
    let number = || prop::sample::select(vec!["n", "more", "text", "n * 2"]);
    let truth = || prop::sample::select(vec!["true", "false"]);
    let table = prop_oneof![
        2 => field().prop_map(|f| format!(" | unnest split({f}, \"0\") as text")),
        1 => field().prop_map(|f| format!(" | filldown {f} n")),
        1 => number().prop_map(|f| format!(" | accum ({f}) as n")),
        1 => (number(), 1..4u32, 0..3u32).prop_map(|(f, a, b)| format!(" | autoregress ({f}) as p p={a}-{}", a + b)),
        1 => (number(), number()).prop_map(|(a, b)| format!(" | addtotals fieldname=n ({a}), ({b})")),
        1 => (number(), number(), truth(), 0..8u32, any::<bool>()).prop_map(|(a, b, truth, factor, remove)| {
            let action = if remove { "remove" } else { "transform" };
            let factor = factor as f64 / 4.0;
            format!(" | outlier action={action} param={factor} uselower={truth} mark=true {a} {b}")
                .replace("n * 2", "id")
        }),
        1 => (field(), field(), 1..9u32).prop_map(|(a, b, n)| format!(" | sessionize {a}, {b} maxspan {n}m as id")),
        1 => (field(), 1..9u32).prop_map(|(a, n)| format!(" | sessionize {a} maxspan {n}m")),
        6 => (window(), any::<bool>()).prop_map(|(w, twice)| if twice { format!("{w} | window sum(w) by text sort w") } else { w }),
    ];
    let after = prop_oneof![
        3 => Just(String::new()),
        1 => (1..9u32).prop_map(|n| format!(" | limit {n}")),
        1 => field().prop_map(|f| format!(" | sort {f} desc | limit 3")),
        1 => field().prop_map(|f| format!(" | dedup {f}")),
        1 => field().prop_map(|f| format!(" | filter ispresent({f}) and text != \"a\"")),
        1 => field().prop_map(|f| format!(" | unnest split(concat({f}, text), \"1\") into id")),
        1 => field().prop_map(|f| format!(" | accum n | sort {f} | autoregress n_accum as text")),
    ];
    (table, after).prop_map(|(a, b)| a + &b)
}

/// Commands behind a `stats count(*) as c …`.
pub(super) fn commands_on_groups() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        " | accum c as s",
        " | window rank() sort c desc as place | filter place <= 2",
        " | window sum(c) rows -1 to 1 as s | sort s desc",
        " | window row_number() by c | limit 3",
        " | sort c desc | accum c | autoregress c p=2",
        " | filldown c",
        " | addtotals fieldname=t c, c",
        " | outlier action=remove param=0.5 c | stats sum(c)",
        " | outlier mark=true param=0 c",
        " | unnest split(c, \"1\") into part | stats count(*) by part",
    ])
    .prop_map(str::to_owned)
}
