//! Distributed top-k (a threshold algorithm): where an answer is the `limit` groups with the largest count or sum, a
//! shard sends its own largest and an upper bound of every other. Mostly that decides the answer; where it does not,
//! the shards are asked once more ([`refinement`]), for single groups or for all. Never approximate: an answer is given
//! only if no group that is not fully known could be part of it.

use serde::{Deserialize, Serialize};

use super::{
    super::plan::{Node, Op, Operator, Plan, Stage},
    merge::merge,
    packed_aggregate::PackedAggregate,
    partial::{Body, Groups, Partial, Truncated},
};
use logloupe_syntax::functions::AggregateKind;
use logloupe_table::{Shard, Table, Value, sort};

use crate::limits::Limits;

/// A plan's top-k over groups.
#[derive(Clone, Copy)]
pub(super) struct TopK {
    /// Which aggregate they are the largest by.
    call: usize,
    limit: usize,
    limits: Limits,
}

impl TopK {
    /// What the plan asks for, if it is that.
    pub(super) fn of(plan: &Plan) -> Option<TopK> {
        let (group, next) = (plan.stages[0].group.as_ref()?, plan.stages.get(1)?);
        let [Operator::Sort(by), Operator::Limit(limit), ..] = next.steps.as_slice() else { return None };
        let (node, true) = by.first()? else { return None };
        let call = input(node, next)?.checked_sub(group.keys.len())?;
        let kind = group.aggregates.get(call)?.kind;
        let grows = matches!(kind, AggregateKind::Count | AggregateKind::Sum);
        // Of values that look alike in one key the plainest stands for all, in whatever group it is: where a key chooses
        // among values of several kinds, all groups are needed to say which.
        let stage = &plan.stages[0];
        let mixed = group.keys.len() > 1 && group.keys.iter().any(|key| chooses(key, stage));
        (plan.cut().is_none() && grows && !mixed && (1..=plan.limits.top_k).contains(limit)).then_some(TopK {
            call,
            limit: *limit as usize,
            limits: plan.limits,
        })
    }
}

/// Whether an expression gives one of several values as it is.
fn chooses(node: &Node, stage: &Stage) -> bool {
    match node {
        Node::Def(n) => stage.defs.get(*n).is_some_and(|node| chooses(node, stage)),
        Node::Apply(Op::Function(function, _), _) => {
            matches!(function.name, "coalesce" | "if" | "case" | "greatest" | "least")
        }
        _ => false,
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

/// What shards are asked for once more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Refine {
    /// All groups.
    All,
    /// The groups of these keys, whatever they have.
    Groups(Vec<Vec<Value>>),
}

/// What must be asked before the merged `partial` can be finalized; nothing in most cases.
pub fn refinement(plan: &Plan, partial: &Partial) -> Option<Refine> {
    let Body::Groups(groups) = &partial.body else { return None };
    let truncated = groups.truncated.as_ref()?;
    let Some(top_k) = TopK::of(plan) else { return Some(Refine::All) };
    let Some(known) = groups.states.get(top_k.call).and_then(|s| s.integers()) else {
        return Some(Refine::All);
    };
    if known.len() < top_k.limit {
        return Some(Refine::All);
    }
    let mut order: Vec<u32> = (0..known.len() as u32).collect();
    sort::part_places(&mut order, top_k.limit - 1, &|a, b| known[b as usize].cmp(&known[a as usize]));
    let last = known[order[top_k.limit - 1] as usize];
    // A group with as much as the last one may come before it by its key.
    if truncated.threshold as i128 > last {
        return Some(Refine::All);
    }
    let open = |g: &usize| truncated.missing[*g] > 0 && known[*g] + truncated.missing[*g] as i128 > last;
    let open: Vec<usize> = (0..known.len()).filter(open).collect();
    let key = |g: &usize| groups.keys.iter().map(|k| k.values[k.index[*g] as usize].clone()).collect();
    match open.len() {
        0 => None,
        n if n > plan.limits.refined_groups => Some(Refine::All),
        _ => Some(Refine::Groups(open.iter().map(key).collect())),
    }
}

/// What a shard keeps for the second round.
#[derive(Default)]
pub struct Remainder {
    parts: Vec<KeptGroups>,
    top_k: Option<TopK>,
    limits: Limits,
}

enum KeptGroups {
    /// Of the table with this number.
    PackedAggregate(usize, Box<PackedAggregate>),
    Groups(Groups),
}

impl Remainder {
    pub(super) fn new(top_k: Option<TopK>, limits: Limits) -> Remainder {
        Remainder { parts: Vec::new(), top_k, limits }
    }
    /// Keeps what is sent of one table.
    pub(super) fn keep(&mut self, table: usize, sums: Box<PackedAggregate>) {
        self.parts.push(KeptGroups::PackedAggregate(table, sums));
    }
    /// The same, already as it travels.
    pub(super) fn keep_groups(&mut self, groups: Groups) {
        self.parts.push(KeptGroups::Groups(groups));
    }
    /// What to send in place of what was sent first.
    pub fn supply(&self, shard: &Shard, refinement: &Refine) -> Partial {
        let part = |part: &KeptGroups| match part {
            KeptGroups::Groups(groups) => groups.clone(),
            KeptGroups::PackedAggregate(at, sums) => match (shard.tables.get(*at), self.top_k, refinement) {
                (Some(table), Some(top_k), Refine::Groups(refinement)) => {
                    largest(sums, table, top_k, refinement)
                }
                (Some(table), _, _) => sums.all(table),
                (None, _, _) => Groups::default(),
            },
        };
        merge(&self.limits, self.parts.iter().map(part).map(Partial::of).collect())
    }
}

/// The largest groups of a table, with others that are wanted whether they are among them or not.
pub(super) fn largest(
    sums: &PackedAggregate,
    table: &Table,
    top_k: TopK,
    refinement: &[Vec<Value>],
) -> Groups {
    let Some(accumulator) = sums.growing(top_k.call, table) else { return sums.all(table) };
    let (mut chosen, left_out) = sums.best(accumulator, top_k.limits.sent_groups.max(top_k.limit));
    let Some(left_out) = left_out else { return sums.all(table) };
    let sent: std::collections::HashSet<u64> = chosen.iter().map(|(key, _)| *key).collect();
    let mut absent = Vec::new();
    for values in refinement {
        match sums.find(table, values) {
            Some(group) if !sent.contains(&group.0) => chosen.push(group),
            Some(_) => {}
            None => absent.push(values),
        }
    }
    let (mut groups, _) = sums.groups(table, &chosen);
    groups.push_empty(&absent);
    groups.truncated =
        Some(Truncated { threshold: left_out.saturating_add(1), missing: vec![0; groups.groups] });
    groups
}
