//! The engine against a naive interpreter: random small tables of several formats, random queries, random splits over
//! shards. The interpreter knows rows of values only; it shares the meaning of single operators with the engine (those
//! have their own tests) and nothing else: no chunks, no codes, no kernels, no partials.

use std::{cmp::Ordering, collections::BTreeMap};

use logloupe_golden::property;
use proptest::prelude::*;

use super::{oracle_queries::query, *};
use crate::{
    kernels::{Num, num, truthy},
    plan::{Node, Operator, Scope, Stage},
};
use logloupe_syntax::{functions::AggregateKind, parse};
use logloupe_table::{CHUNK_ROWS, Cell, Field, Kind, Role, Row, Value, json_paths::NoJson};

/// One random event; `None` is a missing value.
#[derive(Clone, Debug)]
pub(super) struct Event {
    format: usize,
    time: Option<i64>,
    text: Option<&'static str>,
    id: Option<&'static str>,
    int: Option<i64>,
    float: Option<f64>,
    flag: Option<bool>,
    /// Items of a list, each with two members.
    items: Vec<(Option<&'static str>, Option<i64>)>,
}

const TEXTS: &[&str] =
    &["", "a", "A", "10", "10.0", "1e1", "-3", "10.0.0.1", "x y", "true", "2026-03-05T00:00:00Z", "é"];
const INTS: &[i64] = &[0, 1, -3, 10, 10, 200, i64::MAX, i64::MIN, (1 << 53) + 1];
const FLOATS: &[f64] = &[0.0, 0.1, 0.2, 10.0, -3.0, 2.5, 1e300, 1e-300, -0.0];

pub(super) fn event() -> impl Strategy<Value = Event> {
    let maybe = |n: usize| proptest::option::weighted(0.8, 0..n);
    (
        0..2usize,
        maybe(40),
        maybe(TEXTS.len()),
        maybe(TEXTS.len()),
        maybe(INTS.len()),
        maybe(FLOATS.len()),
        maybe(2),
        prop::collection::vec((maybe(5), maybe(3)), 0..4),
    )
        .prop_map(|(format, time, text, id, int, float, flag, items)| Event {
            format,
            time: time.map(|t| 1_772_668_800_000_000 + t as i64 * 97_000_000),
            text: text.map(|i| TEXTS[i]),
            id: id.map(|i| TEXTS[i]),
            int: int.map(|i| INTS[i]),
            float: float.map(|i| FLOATS[i]),
            flag: flag.map(|f| f == 1),
            items: items.into_iter().map(|(a, b)| (a.map(|i| TEXTS[i]), b.map(|i| INTS[i]))).collect(),
        })
}

fn fields(format: usize) -> Vec<Field> {
    let mut fields = vec![
        Field::new("text", Kind::Text, Role::Dimension),
        Field::new("id", Kind::Text, Role::Identifier),
        // The same name means an integer in one format and a float in the other.
        Field::new("n", if format == 0 { Kind::Int } else { Kind::Float }, Role::Measure),
        Field::new("flag", Kind::Bool, Role::Status),
        // Never negative: what has the largest sums is told without all of them.
        Field::new("size", Kind::Int, Role::Measure),
        Field::new("tags", Kind::Text, Role::Dimension).each("items"),
        Field::new("ports", Kind::Int, Role::Dimension).each("items"),
    ];
    if format == 1 {
        fields.push(Field::new("more", Kind::Int, Role::Measure).aliases(&["m"]));
    }
    fields
}

/// Events as shards; `cuts` says to which shard each goes. A chunk is sealed now and then, so that there are several.
pub(super) fn shards(events: &[Event], of: &[usize], count: usize) -> Vec<Shard> {
    let mut shards: Vec<Shard> = (0..count).map(|s| Shard::new(s as u64 * 77)).collect();
    for shard in &mut shards {
        for source in ["b", "a"] {
            shard.add_source(source);
        }
    }
    for (i, event) in events.iter().enumerate() {
        let shard = &mut shards[of[i] % count];
        let mut row = shard.table(["flow", "web"][event.format], fields(event.format)).begin();
        event.time.into_iter().for_each(|t| row.timestamp(t));
        let text = |t: Option<&'static str>| t.map_or(Cell::Null, |t| Cell::Text(t.as_bytes()));
        row.set(0, text(event.text));
        row.set(1, text(event.id));
        row.set(
            2,
            match event.format {
                0 => event.int.map_or(Cell::Null, Cell::Int),
                _ => event.float.map_or(Cell::Null, Cell::Float),
            },
        );
        row.set(3, event.flag.map_or(Cell::Null, Cell::Bool));
        row.set(4, event.text.map_or(Cell::Null, |_| Cell::Int(i as i64 * 7919 % 40)));
        row.set_each(5, event.items.iter().map(|(tag, _)| text(*tag)));
        row.set_each(6, event.items.iter().map(|(_, port)| port.map_or(Cell::Null, Cell::Int)));
        row.set(7, event.int.map_or(Cell::Null, Cell::Int));
        row.commit(
            (i % 2) as u32,
            i as u64 + 1,
            i as u64 + 1,
            format!("row {i} {}", event.text.unwrap_or("-")).as_bytes(),
        );
        if i % 13 == 12 {
            shard.seal();
        }
    }
    shards.iter_mut().for_each(Shard::seal);
    shards
}

/// A row of values by name, with what orders it.
#[derive(Clone)]
pub(super) struct Naive<'p> {
    pub(super) stage: &'p Stage,
    pub(super) inputs: Vec<Value>,
    pub(super) order: (Option<i64>, String, i64, String),
    /// Definitions that steps filled.
    pub(super) made: BTreeMap<usize, Value>,
}

impl Scope for Naive<'_> {
    fn input(&mut self, n: usize) -> Value {
        self.inputs[n].clone()
    }
    fn def(&mut self, n: usize) -> Value {
        if let Some(made) = self.made.get(&n) {
            return made.clone();
        }
        let stage = self.stage;
        stage.defs[n].value(self)
    }
}

impl Naive<'_> {
    pub(super) fn get(&self, node: &Node) -> Value {
        node.value(&mut self.clone())
    }
}

fn read(shard: &Shard, row: &Row<'_>, name: &str) -> Value {
    logloupe_table::builtin::value(shard, row, name)
}

/// The whole pipeline on rows of values.
pub(super) fn interpret(plan: &Plan, shards: &[Shard]) -> Vec<Vec<Value>> {
    let first = &plan.stages[0];
    let mut rows: Vec<Naive<'_>> = Vec::new();
    for shard in shards {
        for table in &shard.tables {
            if plan.sources.as_ref().is_some_and(|s| !s.iter().any(|id| id == table.format())) {
                continue;
            }
            for row in (0..table.rows()).filter_map(|r| table.row(r)) {
                let get = |name: &str| read(shard, &row, name);
                let order = (
                    if let Value::Time(t) = get("@timestamp") { Some(t) } else { None },
                    get("@source").to_string(),
                    get("@record").integer().unwrap(),
                    table.format().to_owned(),
                );
                rows.push(Naive {
                    stage: first,
                    inputs: first.inputs.iter().map(|n| get(n)).collect(),
                    order,
                    made: BTreeMap::new(),
                });
            }
        }
    }
    rows.sort_by(|a, b| b.order.0.cmp(&a.order.0).then_with(|| place(a).cmp(&place(b))));
    for (s, stage) in plan.stages.iter().enumerate() {
        for step in &stage.steps {
            match step {
                Operator::Filter(node) => rows.retain(|r| truthy(&r.get(node))),
                Operator::Limit(n) => rows.truncate(*n as usize),
                Operator::Sort(keys) => rows.sort_by(|a, b| {
                    let by = keys.iter().map(|(node, descending)| {
                        let order = a.get(node).sort_cmp(&b.get(node));
                        if *descending { order.reverse() } else { order }
                    });
                    by.fold(Ordering::Equal, Ordering::then)
                        .then_with(|| if s == 0 { place(a).cmp(&place(b)) } else { Ordering::Equal })
                }),
                Operator::Window(step) => rows = super::oracle_window::step(step, rows, stage),
                Operator::Dedup(keys) => {
                    let mut seen = std::collections::HashSet::new();
                    rows.retain(|r| {
                        let key: Vec<Value> = keys.iter().map(|k| r.get(k)).collect();
                        key.iter().any(Value::is_null)
                            || seen.insert(key.iter().map(Value::to_string).collect::<Vec<_>>())
                    });
                }
            }
        }
        let Some(group) = &stage.group else { break };
        type Members<'r, 'p> = (Vec<Value>, Vec<&'r Naive<'p>>);
        let mut groups: BTreeMap<Vec<(bool, String)>, Members<'_, '_>> = BTreeMap::new();
        // Of values that look the same in one key the plainest stands for all.
        let mut plainest: BTreeMap<(usize, String), Value> = BTreeMap::new();
        let keys = |row: &Naive<'_>| singles(&group.keys.iter().map(|k| row.get(k)).collect::<Vec<_>>());
        for (row, key) in rows.iter().flat_map(|row| keys(row).into_iter().map(move |key| (row, key))) {
            for (k, value) in key.iter().enumerate().filter(|(_, v)| !v.is_null()) {
                let held = plainest.entry((k, value.to_string())).or_insert_with(|| value.clone());
                if super::interner::rank(value) < super::interner::rank(held) {
                    *held = value.clone();
                }
            }
            let looks = key.iter().map(|v| (!v.is_null(), v.to_string())).collect();
            let members = &mut groups.entry(looks).or_insert_with(|| (key, Vec::new())).1;
            if !members.last().is_some_and(|last| std::ptr::eq(*last, row)) {
                members.push(row);
            }
        }
        for (key, _) in groups.values_mut() {
            for (k, value) in key.iter_mut().enumerate().filter(|(_, v)| !v.is_null()) {
                *value = plainest[&(k, value.to_string())].clone();
            }
        }
        if group.keys.is_empty() && groups.is_empty() {
            groups.insert(Vec::new(), (Vec::new(), Vec::new()));
        }
        let mut next: Vec<(Vec<Value>, usize)> = Vec::new();
        for (key, members) in groups.into_values() {
            let keys = key.len();
            let mut inputs = key;
            for call in &group.aggregates {
                let values: Option<Vec<(Value, &Naive<'_>)>> = call.arg.as_ref().map(|arg| {
                    members.iter().map(|r| (r.get(arg), *r)).filter(|(v, _)| !v.is_null()).collect()
                });
                if call.kind == AggregateKind::List {
                    // Missing values too, by time, file and place; without a time first.
                    let mut all = members.clone();
                    all.sort_by_key(|r| (r.order.0.unwrap_or(i64::MIN), r.order.1.clone(), r.order.2));
                    let arg = call.arg.as_ref().unwrap();
                    let list: Vec<Value> = all.iter().map(|r| r.get(arg)).collect();
                    inputs.push(if list.is_empty() { Value::Null } else { Value::List(list.into()) });
                    continue;
                }
                inputs.push(match values {
                    None => Value::Int(members.len() as i64),
                    // These ask for a row's value, all others for each of several.
                    Some(values)
                        if matches!(
                            call.kind,
                            AggregateKind::Count
                                | AggregateKind::Earliest
                                | AggregateKind::Latest
                                | AggregateKind::Rate(_)
                        ) =>
                    {
                        aggregate(call.kind, call.percent, values)
                    }
                    Some(values) => {
                        let each = |(value, row): &(Value, _)| {
                            value.singles().map(|v| (v.clone(), *row)).collect::<Vec<_>>()
                        };
                        aggregate(call.kind, call.percent, values.iter().flat_map(each).collect())
                    }
                });
            }
            next.push((inputs, keys));
        }
        next.sort_by(|a, b| {
            let by = |(a, b): (&Value, &Value)| a.sort_cmp(b).then_with(|| a.to_string().cmp(&b.to_string()));
            a.0[..a.1].iter().zip(&b.0[..b.1]).map(by).fold(Ordering::Equal, Ordering::then)
        });
        let order = || (None, String::new(), 0, String::new());
        rows = next
            .into_iter()
            .map(|(inputs, _)| Naive {
                stage: &plan.stages[s + 1],
                inputs,
                order: order(),
                made: BTreeMap::new(),
            })
            .collect();
    }
    rows.iter().map(|r| plan.output().iter().map(|o| r.get(&o.node)).collect()).collect()
}

/// The combinations of single values: of one list item by item, of different lists each with each.
fn singles(keys: &[Value]) -> Vec<Vec<Value>> {
    fn each(keys: &[Value], out: &mut Vec<Vec<Value>>) {
        let several = |v: &Value| if let Value::Several(several) = v { Some(several.clone()) } else { None };
        let Some(first) = keys.iter().find_map(several) else { return out.push(keys.to_vec()) };
        let of_list = keys.iter().map(|k| several(k).filter(|s| s.list() == first.list()));
        let of_list: Vec<_> = of_list.collect();
        for i in 0..of_list.iter().flatten().map(|s| s.items().len()).max().unwrap_or(0) {
            let at = |(key, of_list): (&Value, &Option<Arc<logloupe_table::Several>>)| match of_list {
                Some(several) => several.items().get(i).cloned().unwrap_or_default(),
                None => key.clone(),
            };
            each(&keys.iter().zip(&of_list).map(at).collect::<Vec<_>>(), out);
        }
    }
    let mut out = Vec::new();
    each(keys, &mut out);
    let several: Vec<usize> = (0..keys.len()).filter(|k| matches!(keys[*k], Value::Several(_))).collect();
    // An item of which no key has a value is in no group.
    out.retain(|keys| several.is_empty() || several.iter().any(|k| !keys[*k].is_null()));
    out
}

fn place<'r>(row: &'r Naive<'_>) -> (&'r str, i64, &'r str) {
    (&row.order.1, row.order.2, &row.order.3)
}

fn aggregate(kind: AggregateKind, percent: f64, values: Vec<(Value, &Naive<'_>)>) -> Value {
    let numbers: Vec<Num> = values.iter().filter_map(|(v, _)| num(v)).collect();
    let n = numbers.len() as f64;
    // What is whole is summed exactly; the naive sum of the rest depends on the order, so that answers with floats are
    // compared with a tolerance.
    let exactly = |v: &Num| match v {
        Num::Int(v) => Some(*v as i128),
        Num::Float(v) => (v.fract() == 0.0 && v.abs() < 1e30).then_some(*v as i128),
    };
    let whole: i128 = numbers.iter().filter_map(exactly).sum();
    let integers = numbers.iter().all(|v| matches!(v, Num::Int(_)));
    let sum = whole as f64 + numbers.iter().filter(|v| exactly(v).is_none()).map(|v| v.float()).sum::<f64>();
    let best = |last: bool| {
        let better = |a: Value, b: Value| {
            let order = a.sort_cmp(&b);
            if order.is_eq() || order.is_gt() == last { a } else { b }
        };
        values.iter().map(|(v, _)| v.clone()).reduce(better).unwrap_or_default()
    };
    let first_last = |last: bool| {
        let timed = values.iter().filter(|(_, r)| r.order.0.is_some());
        let key = |r: &Naive<'_>| (r.order.0, r.order.1.clone(), r.order.2);
        // Of rows of one event the first one counts.
        let found =
            if last { timed.rev().max_by_key(|(_, r)| key(r)) } else { timed.min_by_key(|(_, r)| key(r)) };
        found.map_or(Value::Null, |(v, _)| v.clone())
    };
    match kind {
        AggregateKind::Count => Value::Int(values.len() as i64),
        AggregateKind::CountDistinct => {
            let all: std::collections::HashSet<String> = values.iter().map(|(v, _)| v.to_string()).collect();
            Value::Int(all.len() as i64)
        }
        _ if matches!(kind, AggregateKind::Sum | AggregateKind::Avg) && numbers.is_empty() => Value::Null,
        AggregateKind::Sum if integers => i64::try_from(whole).map_or(Value::Float(whole as f64), Value::Int),
        AggregateKind::Sum => Value::Float(sum),
        AggregateKind::Avg => Value::Float(sum / n),
        AggregateKind::Min => best(false),
        AggregateKind::Max => best(true),
        AggregateKind::Percentile | AggregateKind::FixedPercentile(_) => {
            let mut all: Vec<f64> = numbers.iter().map(|v| v.float()).collect();
            all.sort_by(f64::total_cmp);
            let reached = |i: &usize| (*i + 1) as f64 * 100.0 >= percent * all.len() as f64;
            (0..all.len()).find(reached).map_or(Value::Null, |i| Value::Float(all[i]))
        }
        AggregateKind::Stddev | AggregateKind::Variance => {
            // Squares that outgrow floats leave no answer.
            if numbers.len() < 2 || numbers.iter().any(|v| v.float().abs() > 1e150) {
                return Value::Null;
            }
            // Distances from one of the numbers, so that large ones keep their last digits.
            let far: Vec<f64> = numbers.iter().map(|v| v.float() - numbers[0].float()).collect();
            let squares: f64 = far.iter().map(|d| d * d).sum();
            let variance = (squares - far.iter().sum::<f64>().powi(2) / n) / (n - 1.0);
            Value::Float(if kind == AggregateKind::Stddev { variance.sqrt() } else { variance })
        }
        AggregateKind::Earliest => first_last(false),
        AggregateKind::Latest => first_last(true),
        AggregateKind::List => panic!("made of all rows"),
        AggregateKind::Values | AggregateKind::TopK(_) => {
            // Values that look the same are the plainest of them.
            let mut all: BTreeMap<String, (Value, usize)> = BTreeMap::new();
            for (value, _) in &values {
                let held = all.entry(value.to_string()).or_insert_with(|| (value.clone(), 0));
                held.1 += 1;
                if super::interner::rank(value) < super::interner::rank(&held.0) {
                    held.0 = value.clone();
                }
            }
            if all.is_empty() {
                return Value::Null;
            }
            let mut all: Vec<(String, (Value, usize))> = all.into_iter().collect();
            all.sort_by(|a, b| {
                let rank = |v: &Value| super::interner::rank(v);
                let (x, y) = (&a.1.0, &b.1.0);
                x.sort_cmp(y).then_with(|| rank(x).cmp(&rank(y))).then_with(|| a.0.cmp(&b.0))
            });
            if let AggregateKind::TopK(most) = kind {
                all.sort_by_key(|(_, (_, n))| std::cmp::Reverse(*n));
                all.truncate(most as usize);
            }
            Value::List(all.into_iter().map(|(_, (value, _))| value).collect())
        }
        AggregateKind::Rate(period) => {
            let timed = values.iter().filter(|(v, r)| r.order.0.is_some() && num(v).is_some());
            let key = |r: &Naive<'_>| (r.order.0, r.order.1.clone(), r.order.2);
            let first = timed.clone().min_by_key(|(_, r)| key(r));
            // Of rows of one event the first one counts.
            let last = timed.rev().max_by_key(|(_, r)| key(r));
            let (Some((a, from)), Some((b, to))) = (first, last) else { return Value::Null };
            let time = |r: &Naive<'_>| r.order.0.unwrap_or(0);
            let (a, b) = (num(a).map_or(0.0, Num::float), num(b).map_or(0.0, Num::float));
            let rate = (b - a) / ((time(to) - time(from)) as f64 / period as f64);
            if rate.is_finite() { Value::Float(rate) } else { Value::Null }
        }
        AggregateKind::Histogram(_) => Value::Null,
        AggregateKind::BitOr => {
            let int = |v: &Num| if let Num::Int(v) = v { Some(*v) } else { None };
            numbers.iter().filter_map(int).reduce(|a, b| a | b).map_or(Value::Null, Value::Int)
        }
    }
}

/// Equal, or numbers that differ by rounding only.
fn alike(a: &Value, b: &Value) -> bool {
    if a == b || a.to_string() == b.to_string() {
        return true;
    }
    match (num(a), num(b)) {
        (Some(a), Some(b)) => {
            (a.float() - b.float()).abs() <= 1e-9 * a.float().abs().max(b.float().abs()).max(1e-9)
        }
        // Overflow on the way is missing in one and infinite in the other.
        (None, None) => !matches!((a, b), (Value::Text(_), _) | (_, Value::Text(_))),
        (Some(x), None) | (None, Some(x)) => x.float().abs() > 1e280,
    }
}

/// The engine's answer; with `truncated`, shards give only their largest groups where they can.
pub(super) fn engine(
    plan: &Arc<Plan>,
    shards: &mut [Shard],
    backwards: bool,
    truncated: bool,
) -> (Vec<Vec<Value>>, u64) {
    let mut partials = Vec::new();
    let mut selections = Vec::new();
    let mut rests = Vec::new();
    let sent = |partial: Partial, shard: usize| -> Partial {
        let bytes = postcard::to_stdvec(&partial.at_shard(shard as u32)).unwrap();
        postcard::from_bytes(&bytes).unwrap()
    };
    for (s, shard) in shards.iter_mut().enumerate() {
        let job = Job::new(plan.clone(), None, shard, &NoJson);
        let mut job = if truncated { job.allow_truncated() } else { job };
        while !job.step(shard, 1) {}
        let (selection, partial, rest) = job.finish_truncated();
        partials.push(sent(partial, s));
        selections.push(selection);
        rests.push(rest);
    }
    let matched = selections.iter().map(|s| s.matched).sum();
    if let Some(wanted) = refinement(plan, &merge(plan.limits(), partials.clone())) {
        let supplied = rests.iter().zip(&*shards).enumerate();
        partials = supplied.map(|(s, (rest, shard))| sent(rest.supply(shard, &wanted), s)).collect();
        assert!(
            super::refinement(plan, &merge(plan.limits(), partials.clone())).is_none(),
            "nobody is asked a third time"
        );
    }
    if backwards {
        partials.reverse();
        let last = partials.pop();
        partials = vec![merge(plan.limits(), partials)];
        partials.extend(last);
    }
    let partial = merge(plan.limits(), partials);
    if !plan.is_rows() {
        return (finalize(plan, partial).unwrap().rows, matched);
    }
    let rows = match survivors(plan, partial) {
        Some(rows) => rows,
        // All selected rows: in order within each shard.
        None => (0u32..)
            .zip(shards.iter().zip(&selections))
            .flat_map(|(n, (shard, selection))| {
                rows(plan, shard, selection).into_iter().map(move |row| RowRef { shard: n, ..row })
            })
            .collect(),
    };
    let readers: Vec<Reader<'_>> = shards.iter().map(|s| Reader::new(plan, s)).collect();
    (rows.iter().map(|r| readers[r.shard as usize].values(*r)).collect(), matched)
}

proptest! {
    #![proptest_config(property(400, "tests/regressions/oracle.txt"))]

    #[test]
    fn engine_and_interpreter_agree(
        events in prop::collection::vec(event(), 0..60),
        split in prop::collection::vec(0..7usize, 60),
        text in query(),
    ) {
        const { assert!(CHUNK_ROWS > 60) };
        let query = parse(&text);
        prop_assert!(query.is_ok(), "{text}: {:?}", query.diagnostics);
        let mut catalog = Catalog::open();
        catalog.bindings.limits = SMALL;
        let plan = plan(&query.query, &catalog);
        prop_assert!(plan.is_ok(), "{text}: {plan:?}");
        let plan = Arc::new(plan.unwrap());
        let mut one = shards(&events, &split, 1);
        let expected = interpret(&plan, &one);
        let (found, matched) = engine(&plan, &mut one, false, false);
        prop_assert_eq!(found.len(), expected.len(), "{}", text);
        for (a, b) in found.iter().zip(&expected) {
            prop_assert!(a.iter().zip(b).all(|(a, b)| alike(a, b)), "{text}\n{found:?}\n{expected:?}");
        }
        // All selected rows of several shards are put in order by whoever shows them.
        if !plan.is_selection() {
            for (count, backwards, truncated) in
                [(1, false, true), (3, false, false), (3, true, true), (4, false, true), (7, false, false)]
            {
                let (split, others) = engine(&plan, &mut shards(&events, &split, count), backwards, truncated);
                prop_assert_eq!(&split, &found, "{}", text);
                prop_assert_eq!(others, matched);
            }
        }
    }
}
