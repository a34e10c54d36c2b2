//! The walk from tree to plan for what compares rows with other rows of the same logs: `diff` and `logcompare` (now and
//! before), `relevantfields` (inside and outside a condition).
//!
//! `diff` needs no step of its own: the `stats` before it counts twice, each time only the rows of one time, and what
//! it shows is computed of the two. Rows of neither time are left out.

use std::ops::Range;

use super::{
    AggregateCall, Group, Node, Op, Operator, Output, Stage, WindowOperator, binning::Binning, lower::Lower,
    lower_join::call, subquery,
};
use logloupe_syntax::{
    Diagnostic,
    functions::AggregateKind,
    tree::{Baseline, Binary, E, Expr, Period, PeriodUnit, Projection, Spanned},
};
use logloupe_table::{
    Role, Unit, Value,
    time::{DAY, civil_from_days, days_from_civil},
};

/// So many fields are looked at.
const MOST_FIELDS: usize = 1000;
/// The columns of `relevantfields`, as the vendor calls them.
const FIELD: &str = "@fieldName";
const COLUMNS: [&str; 4] =
    ["@relevanceScore", "@topRelevanceContributors", "@conditionalMedian", "@baselineMedian"];

/// While a `stats` is lowered that a `diff` follows.
pub(super) struct DiffLowering {
    now: Node,
    before: Node,
    /// Of the aggregates at hand: which rows they see.
    seen: Option<Node>,
    /// Of the keys at hand: the time of each row as if the earlier time were now. Nothing if the two times overlap.
    shifted: Option<Node>,
    /// Whether keys are at hand.
    in_keys: bool,
    span: Range<usize>,
}

impl Lower<'_> {
    /// The `stats` that comes next is compared with an earlier time; `span` is the `diff`.
    pub(super) fn compare(&mut self, baseline: Baseline, span: &Range<usize>) {
        if self.names.is_closed() {
            let message = "only the first `stats` can be compared: later ones know no times";
            self.error(span, message, "leave the others out, or write `diff` behind the first");
            return;
        }
        let (now, shift) = self.times(baseline);
        let before = now.start.saturating_sub(shift)..now.end.saturating_sub(shift);
        let time = self.field("@timestamp", span);
        let either = Node::apply(Op::Or, vec![within(&time, &now), within(&time, &before)]);
        self.stage.steps.push(Operator::Filter(either));
        let overlap = before.end > now.start && !now.is_empty();
        let shifted = (!overlap)
            .then(|| self.define(Node::apply(Op::Moved(before.clone(), shift), vec![time.clone()])));
        self.comparing = Some(DiffLowering {
            now: self.define(within(&time, &now)),
            before: self.define(within(&time, &before)),
            seen: None,
            shifted,
            in_keys: true,
            span: span.clone(),
        });
        self.is_diff = true;
    }

    /// The time that is asked, and how long before it the other one lies. Where no time is asked: the second half of
    /// what is loaded against the first, or its last day (week, month) against the one before.
    fn times(&self, baseline: Baseline) -> (Range<i64>, i64) {
        let loaded = match (self.catalog.first_time(), self.catalog.last_time()) {
            (Some(first), Some(last)) => first..last.saturating_add(1),
            _ => 0..0,
        };
        let asked = self.catalog.bindings.time.clone();
        let length = |time: &Range<i64>| time.end.saturating_sub(time.start).max(0);
        // Months and longer have the length that they have before the end.
        let shift = |end: i64| match baseline {
            Baseline::Before => 0,
            Baseline::Day => DAY,
            Baseline::Week => 7 * DAY,
            Baseline::Month => months(end, 1),
            Baseline::Shift(Period { count, unit }) => {
                let count = i64::from(count);
                match unit {
                    PeriodUnit::Month => months(end, count),
                    PeriodUnit::Quarter => months(end, count.saturating_mul(3)),
                    PeriodUnit::Year => months(end, count.saturating_mul(12)),
                    _ => Binning::new(Period { count: count as u32, unit })
                        .and_then(|b| b.length())
                        .unwrap_or(DAY),
                }
            }
        };
        match (asked, baseline) {
            (Some(asked), Baseline::Before) => (asked.clone(), length(&asked)),
            (Some(asked), _) => (asked.clone(), shift(asked.start)),
            (None, Baseline::Before) => {
                // Rounded up, so that the first event is in.
                let half = (length(&loaded) + 1) / 2;
                (loaded.end - half..loaded.end, half)
            }
            (None, _) => {
                let shift = shift(loaded.end);
                (loaded.end.saturating_sub(shift)..loaded.end, shift)
            }
        }
    }

    /// `@timestamp` in a key of what is compared: rows of the earlier time stand beside those of now.
    pub(super) fn compared_time(&mut self, name: &str) -> Option<Node> {
        let comparing = self.comparing.as_ref().filter(|c| c.in_keys)?;
        if !name.eq_ignore_ascii_case("@timestamp") {
            return None;
        }
        if comparing.shifted.is_none() {
            let message =
                "the two times overlap, so that intervals of one cannot stand beside those of the other";
            let help = "choose a shorter range of time, or leave `bin` out";
            let span = comparing.span.clone();
            self.error(&span, message, help);
            return Some(Node::Const(Value::Null));
        }
        comparing.shifted.clone()
    }

    /// The keys are lowered; aggregates come next.
    pub(super) fn keys_compared(&mut self) {
        if let Some(comparing) = &mut self.comparing {
            comparing.in_keys = false;
        }
    }

    /// The argument of an aggregate, missing for rows of the other time.
    pub(super) fn seen(&mut self, arg: Option<Node>) -> Option<Node> {
        let Some(seen) = self.comparing.as_ref().and_then(|c| c.seen.clone()) else { return arg };
        let arg = arg.unwrap_or(Node::Const(Value::Bool(true)));
        Some(self.define(call("if", vec![seen, arg])))
    }

    /// The aggregates of a `stats` that is compared: each as it is now, as it was, the difference and the change in
    /// per cent (of nothing there is none).
    pub(super) fn compared(&mut self, aggregates: &[Projection]) -> Vec<Output> {
        let Some(DiffLowering { now, before, .. }) = &self.comparing else { return Vec::new() };
        let (now, before) = (now.clone(), before.clone());
        let see = |lower: &mut Self, rows: &Node| {
            if let Some(comparing) = &mut lower.comparing {
                comparing.seen = Some(rows.clone());
            }
        };
        // The names of the earlier aggregates end here: what follows speaks of now.
        let names = self.post_names();
        see(self, &before);
        let earlier: Vec<Node> = aggregates.iter().map(|item| self.projection(item).node).collect();
        self.set_post_names(names);
        see(self, &now);
        let mut shown = Vec::new();
        for (item, before) in aggregates.iter().zip(earlier) {
            let output = self.projection(item);
            let (name, unit, now) = (output.name.clone(), output.unit, output.node.clone());
            shown.push(output);
            for output in self.changes(&name, unit, now, before) {
                self.define_post(&output.name, output.node.clone(), output.unit);
                shown.push(output);
            }
        }
        self.comparing = None;
        shown
    }

    /// What a number was, the difference and the change in per cent.
    fn changes(&mut self, name: &str, unit: Unit, now: Node, before: Node) -> [Output; 3] {
        let arithmetic = |op, a: &Node, b: &Node| Node::apply(Op::Arithmetic(op), vec![a.clone(), b.clone()]);
        let difference = self.define(arithmetic(Binary::Subtract, &now, &before));
        let share = arithmetic(Binary::Divide, &difference, &before);
        let percent = self.define(arithmetic(Binary::Multiply, &share, &Node::Const(Value::Int(100))));
        let output = |what: &str, unit, node| Output { name: format!("{name}.{what}"), unit, node };
        [
            output("previous", unit, before),
            output("difference", unit, difference),
            output("percent", Unit::None, percent),
        ]
    }

    /// What counts the rows of now and of the earlier time, if the `pattern` at hand is compared.
    pub(super) fn compared_counts(&mut self) -> Option<[Node; 2]> {
        let DiffLowering { now, before, .. } = self.comparing.take()?;
        Some([now, before].map(|seen| {
            let counted = call("if", vec![seen, Node::Const(Value::Bool(true))]);
            self.define(counted)
        }))
    }

    /// Shows the earlier counts of what `pattern` counted, input 2, beside those of now, input 1.
    pub(super) fn show_changes(&mut self, name: &str) {
        for output in self.changes(name, Unit::None, Node::Input(1), Node::Input(2)) {
            self.names.define(&output.name, output.node.clone(), output.unit);
            self.fields.push(output);
        }
    }

    /// Which fields tell the rows of a condition from the others: counts of every value of every field on either side,
    /// in one pass over the rows, and a step that makes one row of each field.
    pub(super) fn relevant_fields(&mut self, fields: &[E], condition: &E, span: &Range<usize>) {
        let ordered = |s: &Operator| !matches!(s, Operator::Filter(_) | Operator::Sort(_));
        if self.names.is_closed() || self.stage.steps.iter().any(ordered) {
            let help = "put it before `stats`, `limit`, `dedup` and `unnest`";
            self.error(span, "`relevantfields` looks at all events that were found", help);
            return;
        }
        let holds = self.defined(condition);
        let not = Node::apply(Op::Not, vec![holds.clone()]);
        let sides = [holds, not].map(|side| {
            let counted = call("if", vec![side, Node::Const(Value::Bool(true))]);
            self.define(counted)
        });
        // A field of the condition tells its rows by definition.
        let mut asked = Vec::new();
        subquery::names_in(condition, &mut |name| asked.push(name.to_owned()));
        let telling: Vec<(String, Range<usize>)> = match fields.is_empty() {
            true => {
                let others = self
                    .catalog
                    .telling()
                    .filter(|(name, _)| !asked.iter().any(|a| a.eq_ignore_ascii_case(name)));
                others.map(|(name, _)| (name.to_owned(), span.clone())).take(MOST_FIELDS).collect()
            }
            false => fields
                .iter()
                .filter_map(|f| match &f.item {
                    Expr::Field(name) => Some((name.clone(), f.span.clone())),
                    _ => None,
                })
                .take(MOST_FIELDS)
                .collect(),
        };
        let (mut groups, mut measures) = (Vec::new(), Vec::new());
        for (name, span) in telling {
            let is_measure = match self.names.defined(&name) {
                Some(_) => false,
                None => {
                    self.catalog.find(&name).is_some_and(|k| k.kind.is_number() && k.role == Role::Measure)
                }
            };
            let node = self.field(&name, &span);
            let value = self.define(node);
            let counts = sides.iter().map(|side| AggregateCall {
                kind: AggregateKind::Count,
                arg: Some(side.clone()),
                percent: 0.0,
                label: String::new(),
                same_as: None,
            });
            groups.push(Group {
                keys: vec![Node::Const(Value::text(&name)), value],
                aggregates: counts.collect(),
            });
            if is_measure {
                measures.push(name);
            }
        }
        let mut groups = groups.into_iter();
        let Some(first) = groups.next() else {
            self.error(
                span,
                "no other field is known",
                "name the fields that may tell: `relevantfields a, b where …`",
            );
            return;
        };
        let inputs = [FIELD, "#value", "#inside", "#outside"].map(str::to_owned).to_vec();
        let next = Stage { inputs, ..Stage::default() };
        let mut finished = std::mem::replace(&mut self.stage, next);
        (finished.group, finished.also) = (Some(first), groups.collect());
        self.done.push(finished);
        self.names = self.names.behind();
        (self.bins, self.fields, self.display) = (vec![None; 2], Vec::new(), None);
        let into = [(); 4].map(|()| self.made());
        let made = COLUMNS.into_iter().zip(into).map(|(name, into)| (name, Node::Def(into)));
        for (name, node) in std::iter::once((FIELD, Node::Input(0))).chain(made) {
            self.names.define(name, node.clone(), Unit::None);
            self.fields.push(Output { name: name.to_owned(), unit: Unit::None, node });
        }
        self.stage.steps.push(Operator::Window(WindowOperator::Relevance { measures, into }));
    }

    /// `diff` that stands behind no `stats`: the events of each log are compared.
    pub(super) fn compare_events(&mut self, baseline: Baseline, span: &Range<usize>) {
        if self.names.is_closed() {
            let message = "`diff` and `logcompare` stand right behind the `stats` that they compare";
            self.diagnostics.push(
                Diagnostic::error(span.clone(), message).help("`stats count(*) as n by action | diff`"),
            );
            return;
        }
        let made = |e: Expr| Box::new(Spanned::made(e));
        let count = Expr::Call { name: Spanned::made("count".to_owned()), args: vec![made(Expr::Star)] };
        let count = Projection { expr: made(count), alias: Some(Spanned::made("events".to_owned())) };
        let by = Projection { expr: made(Expr::Field("@format".to_owned())), alias: None };
        self.compare(baseline, span);
        self.stats(&[count], &[by]);
    }
}

/// Whether a time lies in a range.
fn within(time: &Node, range: &Range<i64>) -> Node {
    let compare = |op, at| Node::apply(Op::Compare(op), vec![time.clone(), Node::Const(Value::Time(at))]);
    Node::apply(Op::And, vec![compare(Binary::GreaterEqual, range.start), compare(Binary::Less, range.end)])
}

/// How long before `end` so many months begin: to the same day and time, or the last day of a shorter month.
fn months(end: i64, count: i64) -> i64 {
    let days = end.div_euclid(DAY);
    let (year, month, day) = civil_from_days(days);
    let index = (year * 12 + i64::from(month) - 1).saturating_sub(count.min(12 * 5000));
    let (year, month) = (index.div_euclid(12), index.rem_euclid(12) as u32 + 1);
    let next =
        if month == 12 { days_from_civil(year + 1, 1, 1) } else { days_from_civil(year, month + 1, 1) };
    let first = days_from_civil(year, month, 1);
    let there = (first + i64::from(day) - 1).min(next - 1);
    (days - there).saturating_mul(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe_table::time::parse_iso;

    #[test]
    fn a_month_before_is_the_same_day() {
        for (end, count, before) in [
            ("2026-03-05T01:00:00Z", 1, "2026-02-05T01:00:00Z"),
            ("2026-03-31T00:00:00Z", 1, "2026-02-28T00:00:00Z"),
            ("2024-02-29T23:59:59Z", 12, "2023-02-28T23:59:59Z"),
            ("2026-01-15T00:00:00Z", 3, "2025-10-15T00:00:00Z"),
        ] {
            let at = |text: &str| parse_iso(text.as_bytes()).unwrap();
            assert_eq!(at(end) - months(at(end), count), at(before), "{end}");
        }
    }
}
