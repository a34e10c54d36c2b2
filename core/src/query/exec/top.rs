//! The largest groups without all groups: where an answer is the `limit` groups with the largest count or sum, a shard
//! sends its own largest and says how much any other group can have there at most. Mostly that decides the answer; where
//! it does not, the shards are asked once more ([`wanted`]), for single groups or for all. Never approximate: an answer
//! is given only if no group that is not fully known could be part of it.

use serde::{Deserialize, Serialize};

use super::{
    super::{
        functions::AggregateKind,
        plan::{Node, Plan, Stage, Step},
    },
    partial::{Body, Groups, Partial, merge},
    sums::Sums,
};
use crate::table::{Shard, Table, Value};

/// A shard sends so many of its groups; few in tests, so that it matters.
const SENT: usize = if cfg!(test) { 2 } else { 4_096 };
/// Larger limits than this are answered from all groups.
const MOST: u64 = 1_000;
/// More groups than this are not asked for one by one.
const SINGLE: usize = 20_000;

/// The part of a plan that asks for the largest groups.
#[derive(Clone, Copy)]
pub(super) struct Top {
    /// Which aggregate they are the largest by.
    call: usize,
    limit: usize,
}

impl Top {
    /// What the plan asks for, if it is that.
    pub(super) fn of(plan: &Plan) -> Option<Top> {
        let (group, next) = (plan.stages[0].group.as_ref()?, plan.stages.get(1)?);
        let [Step::Sort(by), Step::Limit(limit), ..] = next.steps.as_slice() else { return None };
        let (node, true) = by.first()? else { return None };
        let call = input(node, next)?.checked_sub(group.keys.len())?;
        let kind = group.aggregates.get(call)?.kind;
        let grows = matches!(kind, AggregateKind::Count | AggregateKind::Sum);
        (plan.cut().is_none() && grows && (1..=MOST).contains(limit))
            .then_some(Top { call, limit: *limit as usize })
    }
}

/// The input that a node is under any name.
fn input(node: &Node, stage: &Stage) -> Option<usize> {
    match node {
        Node::Input(n) => Some(*n),
        Node::Def(n) => input(stage.defs.get(*n)?, stage),
        _ => None,
    }
}

/// Of groups that are not all: what may be missing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Short {
    /// A group that is not among them has less than this, over all parts that this was merged from.
    pub(super) floor: u64,
    /// What each of the groups has more is less than this; 0 if it is fully known.
    pub(super) missing: Vec<u64>,
}

/// What shards are asked for once more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Wanted {
    /// All groups.
    All,
    /// The groups of these keys, whatever they have.
    Groups(Vec<Vec<Value>>),
}

/// What must be asked before the merged `partial` can be finalized; nothing in most cases.
pub fn wanted(plan: &Plan, partial: &Partial) -> Option<Wanted> {
    let Body::Groups(groups) = &partial.body else { return None };
    let short = groups.short.as_ref()?;
    let Some(top) = Top::of(plan) else { return Some(Wanted::All) };
    let Some(known) = groups.states.get(top.call).and_then(|s| s.integers()) else {
        return Some(Wanted::All);
    };
    if known.len() < top.limit {
        return Some(Wanted::All);
    }
    let mut order = known.clone();
    let (_, &mut last, _) = order.select_nth_unstable_by(top.limit - 1, |a, b| b.cmp(a));
    // A group with as much as the last one may come before it by its key.
    if short.floor as i128 > last {
        return Some(Wanted::All);
    }
    let open = |g: &usize| short.missing[*g] > 0 && known[*g] + short.missing[*g] as i128 > last;
    let open: Vec<usize> = (0..known.len()).filter(open).collect();
    let key = |g: &usize| groups.keys.iter().map(|k| k.values[k.index[*g] as usize].clone()).collect();
    match open.len() {
        0 => None,
        n if n > SINGLE => Some(Wanted::All),
        _ => Some(Wanted::Groups(open.iter().map(key).collect())),
    }
}

/// What a shard keeps to be asked once more.
#[derive(Default)]
pub struct Rest {
    parts: Vec<Kept>,
    top: Option<Top>,
}

enum Kept {
    /// Of the table with this number.
    Sums(usize, Box<Sums>),
    Groups(Groups),
}

impl Rest {
    pub(super) fn new(top: Option<Top>) -> Rest {
        Rest { parts: Vec::new(), top }
    }
    /// Keeps what is sent of one table.
    pub(super) fn keep(&mut self, table: usize, sums: Box<Sums>) {
        self.parts.push(Kept::Sums(table, sums));
    }
    /// The same, already as it travels.
    pub(super) fn keep_groups(&mut self, groups: Groups) {
        self.parts.push(Kept::Groups(groups));
    }
    /// What to send in place of what was sent first.
    pub fn supply(&self, shard: &Shard, wanted: &Wanted) -> Partial {
        let part = |part: &Kept| match part {
            Kept::Groups(groups) => groups.clone(),
            Kept::Sums(at, sums) => match (shard.tables.get(*at), self.top, wanted) {
                (Some(table), Some(top), Wanted::Groups(wanted)) => largest(sums, table, top, wanted),
                (Some(table), _, _) => sums.all(table),
                (None, _, _) => Groups::default(),
            },
        };
        merge(self.parts.iter().map(part).map(Partial::of).collect())
    }
}

/// The largest groups of a table, with others that are wanted whether they are among them or not.
pub(super) fn largest(sums: &Sums, table: &Table, top: Top, wanted: &[Vec<Value>]) -> Groups {
    let Some(lane) = sums.growing(top.call, table) else { return sums.all(table) };
    let (mut chosen, left_out) = sums.best(lane, SENT.max(top.limit));
    let Some(left_out) = left_out else { return sums.all(table) };
    let sent: std::collections::HashSet<u64> = chosen.iter().map(|(key, _)| *key).collect();
    let mut absent = Vec::new();
    for values in wanted {
        match sums.find(table, values) {
            Some(group) if !sent.contains(&group.0) => chosen.push(group),
            Some(_) => {}
            None => absent.push(values),
        }
    }
    let (mut groups, _) = sums.groups(table, &chosen);
    groups.push_empty(&absent);
    groups.short = Some(Short { floor: left_out.saturating_add(1), missing: vec![0; groups.groups] });
    groups
}
