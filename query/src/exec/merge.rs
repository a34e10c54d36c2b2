//! Merges partials of several shards, or of several tables of one. The merge is commutative and associative: any order
//! gives the same answer.

use super::{
    accumulators::Accumulators,
    interner::{Interner, KeyTable},
    partial::{Body, Groups, KeyColumn, Partial, Truncated},
};
use crate::limits::{Limits, TOO_MANY_VALUES};
use logloupe_table::sort;

/// The partial of several shards.
pub fn merge(limits: &Limits, partials: Vec<Partial>) -> Partial {
    let mut out: Option<Partial> = None;
    let mut groups: Vec<Groups> = Vec::new();
    for partial in partials {
        let failure = partial.failure;
        let out = out.get_or_insert_with(Partial::default);
        // Keeps the smallest message, so that the order of the merge does not matter.
        out.failure = match (out.failure.take(), failure) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        match (&mut out.body, partial.body) {
            (_, Body::Groups(g)) => groups.push(g),
            (Body::Rows(rows), Body::Rows(more)) => rows.extend(more),
            (body, Body::Rows(rows)) => *body = Body::Rows(rows),
            (_, Body::Selection) => {}
        }
    }
    let mut out = out.unwrap_or_default();
    if out.failure.is_some() {
        out.body = Body::Selection;
    } else if let Some(merged) = merge_groups(groups, limits) {
        if merged.groups > limits.groups {
            return Partial::failed(
                "the query makes too many groups; group by fewer or coarser keys".to_owned(),
            );
        }
        if merged.states.iter().map(Accumulators::weight).sum::<usize>() > limits.kept {
            return Partial::failed(TOO_MANY_VALUES.to_owned());
        }
        out.body = Body::Groups(merged);
    }
    out
}

fn merge_groups(mut all: Vec<Groups>, limits: &Limits) -> Option<Groups> {
    if all.len() < 2 {
        return all.pop();
    }
    // The largest comes first: its accumulators are kept as they are.
    sort::by_key(&mut all, |g| std::cmp::Reverse(g.groups));
    let keys = all[0].keys.len();
    let mut interners: Vec<Interner> = (0..keys).map(|k| Interner::new(k as u64 + 1)).collect();
    let mut tables: Vec<KeyTable> = (0..keys.max(1)).map(|k| KeyTable::new(0x9e37 + k as u64)).collect();
    let mut states: Option<Vec<Accumulators>> = None;
    let mut maps: Vec<Vec<u32>> = Vec::new();
    for part in &all {
        let numbers: Vec<Vec<u32>> = part
            .keys
            .iter()
            .zip(&mut interners)
            .map(|(key, interner)| key.values.iter().map(|v| interner.number(v)).collect())
            .collect();
        // Keys are folded two at a time into numbers of what stands before them.
        let map = (0..part.groups).map(|g| {
            let mut at = 0u32;
            for (k, key) in part.keys.iter().enumerate() {
                let number = numbers[k][key.index[g] as usize];
                at = tables[k].number((at as u64) << 32 | number as u64);
            }
            at
        });
        maps.push(map.collect());
    }
    let groups = if keys == 0 { 1 } else { tables[keys - 1].len() };
    let truncated = shortened(&all, &maps, groups);
    let mut index: Vec<Vec<u32>> = vec![vec![0; groups]; keys];
    let mut at: Vec<u32> = (0..groups as u32).collect();
    for k in (0..keys).rev() {
        for (at, index) in at.iter_mut().zip(&mut index[k]) {
            let key = tables[k].keys()[*at as usize];
            *index = key as u32;
            *at = (key >> 32) as u32;
        }
    }
    for (part, map) in all.into_iter().zip(&maps) {
        match &mut states {
            // Different keys of one shard may look the same, so that even its own groups can fall together.
            None if map.iter().enumerate().all(|(i, g)| i as u32 == *g) => {
                let mut own = part.states;
                own.iter_mut().for_each(|s| s.grow(groups));
                states = Some(own);
            }
            states => {
                let states = states.get_or_insert_with(|| {
                    let mut empty: Vec<Accumulators> = part.states.iter().map(Accumulators::empty).collect();
                    empty.iter_mut().for_each(|s| s.grow(groups));
                    empty
                });
                states.iter_mut().zip(part.states).for_each(|(a, b)| a.merge(b, map, limits));
            }
        }
    }
    let columns = interners.into_iter().zip(index);
    let keys = columns.map(|(interner, index)| KeyColumn { values: interner.into_values(), index }).collect();
    Some(Groups { groups, keys, states: states.unwrap_or_default(), truncated })
}

/// The error bounds of the merged groups, if one of the partials was truncated.
fn shortened(all: &[Groups], maps: &[Vec<u32>], groups: usize) -> Option<Truncated> {
    all.iter().any(|part| part.truncated.is_some()).then(|| {
        let threshold = |part: &Groups| part.truncated.as_ref().map_or(0, |s| s.threshold);
        let floor_of_all = all.iter().map(threshold).fold(0, u64::saturating_add);
        let mut missing = vec![floor_of_all; groups];
        for (part, map) in all.iter().zip(maps) {
            let Some(truncated) = &part.truncated else { continue };
            for (own, at) in truncated.missing.iter().zip(map) {
                missing[*at as usize] =
                    missing[*at as usize].saturating_sub(truncated.threshold).saturating_add(*own);
            }
        }
        Truncated { threshold: floor_of_all, missing }
    })
}

/// Groups whose keys look the same become one, as after a merge: within one table two entries of a dictionary can look
/// the same (invalid bytes are shown replaced).
pub(super) fn unify(groups: Groups, limits: &Limits) -> Groups {
    let empty = Groups {
        groups: 0,
        keys: groups.keys.iter().map(|_| KeyColumn::default()).collect(),
        states: groups.states.iter().map(Accumulators::empty).collect(),
        truncated: None,
    };
    merge_groups(vec![groups, empty], limits).unwrap_or_default()
}
