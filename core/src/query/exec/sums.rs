//! Counts of rows and sums of integers by keys that together fit 64 bits: what most questions ask for. Beside the
//! general way (`group`), in which a row becomes a group's number and the number finds the states, this one keeps key and
//! totals in one place and touches it once per row.
//!
//! Few possible keys are places of one table. Many are dealt to parts by their hash, in buffers: a part's groups are
//! looked at when its buffer is full, so that they are in the cache for all the rows that wait there, however many
//! groups there are in all.
//!
//! What travels to other shards are values, as from the general way: see [`Groups`].

use super::{
    super::{
        functions::AggregateKind,
        plan::{Group, Node, Stage},
    },
    bound::{Bound, Input},
    eval::Eval,
    group::MOST_GROUPS,
    keys::{Encoder, Parts, distinct, ones},
    partial::{Groups, KeyColumn, unify},
    state::State,
};
use crate::table::{Bitmap, Chunk, Data, Kind, Table, Value};

/// One number per group.
#[derive(Clone, Copy, PartialEq)]
enum Lane {
    /// How many rows; always the first lane.
    Rows,
    /// How many rows have a value in this column.
    Present(usize),
    /// The sum of this column.
    Sum(usize),
}

/// At most so many lanes: the loops over them are unrolled.
const LANES: usize = 4;

/// The groups of one table in the making.
pub(super) struct Sums {
    encoders: Vec<Encoder>,
    shifts: Vec<u32>,
    lanes: Vec<Lane>,
    /// Per aggregate: the lane of its value and that of the number of values.
    made: Vec<(AggregateKind, usize, usize)>,
    /// Per lane whether it can only grow.
    grows: Vec<bool>,
    index: Index,
    seed: u64,
    rows: Vec<u32>,
    keys: Vec<u64>,
    values: [Vec<u64>; LANES - 1],
}

enum Index {
    /// `LANES` numbers for each possible key.
    Direct(Vec<u64>),
    Parted(Parted),
}

/// Up to so many bits each possible key may have a place.
const DIRECT_BITS: u32 = 20;

impl Sums {
    /// Groups for `group`, if this way is open to it.
    pub(super) fn new(group: &Group, of: &Parts<'_>) -> Option<Sums> {
        let chunks = &of.table.chunks()[..of.chunks];
        let mut lanes = vec![Lane::Rows];
        let mut place = |lane: Lane| {
            lanes.iter().position(|l| *l == lane).unwrap_or_else(|| {
                lanes.push(lane);
                lanes.len() - 1
            })
        };
        let mut made = Vec::new();
        for call in &group.aggregates {
            let column = match &call.arg {
                Some(arg) => Some(stored(arg, of.stage, of.bound)?),
                None => None,
            };
            let has_all = |c: usize| {
                chunks.iter().all(|chunk| {
                    let column = chunk.column(c);
                    column.valid.is_none() && !matches!(column.data, Data::Nulls)
                })
            };
            let count = match column {
                Some(column) if !has_all(column) => place(Lane::Present(column)),
                _ => 0,
            };
            made.push(match (call.kind, column) {
                (AggregateKind::Count, _) => (call.kind, count, count),
                (AggregateKind::Sum | AggregateKind::Avg, Some(column))
                    if of.bound.kinds[column] == Kind::Int && fits(chunks, column) =>
                {
                    (call.kind, place(Lane::Sum(column)), count)
                }
                _ => return None,
            });
        }
        if group.keys.is_empty() || lanes.len() > LANES {
            return None;
        }
        let encoders: Vec<Encoder> = group.keys.iter().map(|key| Encoder::new(key, of)).collect();
        let mut bits = 0;
        let shift = |encoder: &Encoder| {
            bits += encoder.bits;
            bits - encoder.bits
        };
        let shifts = encoders.iter().map(shift).collect();
        if bits > 64 {
            return None;
        }
        let grows = |lane: &Lane| match lane {
            Lane::Sum(c) => chunks.iter().all(|chunk| chunk.column(*c).range().is_none_or(|r| r.0 >= 0)),
            _ => true,
        };
        let rows: usize = chunks.iter().map(|c| c.rows).sum();
        // A table of places is only worth its memory where it is not mostly empty.
        let direct = bits <= DIRECT_BITS && lanes.len() << bits <= rows.clamp(1 << 12, 1 << DIRECT_BITS);
        let index = match direct {
            true => Index::Direct(vec![0; lanes.len() << bits]),
            false => Index::Parted(Parted::new(rows, of.seed)),
        };
        Some(Sums {
            encoders,
            shifts,
            grows: lanes.iter().map(grows).collect(),
            lanes,
            made,
            index,
            seed: of.seed,
            rows: Vec::new(),
            keys: Vec::new(),
            values: Default::default(),
        })
    }

    /// Takes in the selected rows of a chunk; the error says which limit was met.
    pub(super) fn take<'b>(
        &mut self,
        group: &'b Group,
        eval: &mut Eval<'_, 'b>,
        rows: &Bitmap,
    ) -> Result<(), String> {
        self.rows.clear();
        match rows.all() {
            true => self.rows.extend(0..rows.len() as u32),
            false => rows.for_each(|i| self.rows.push(i as u32)),
        }
        self.keys.clear();
        self.keys.resize(self.rows.len(), 0);
        for ((encoder, node), shift) in self.encoders.iter_mut().zip(&group.keys).zip(&self.shifts) {
            encoder.encode(node, eval, &self.rows, *shift, &mut self.keys);
        }
        for (lane, values) in self.lanes[1..].iter().zip(&mut self.values) {
            lane.read(eval.chunk, &self.rows, values);
        }
        let (keys, values) = (&self.keys, &self.values);
        match self.lanes.len() {
            1 => self.index.add::<1>(keys, values),
            2 => self.index.add::<2>(keys, values),
            3 => self.index.add::<3>(keys, values),
            _ => self.index.add::<4>(keys, values),
        }
        match self.index.most() > MOST_GROUPS {
            true => Err(super::group::too_many_groups()),
            false => Ok(()),
        }
    }

    /// Adds some of the rows that wait in buffers and says whether all are added: they must be before the groups are
    /// looked at.
    pub(super) fn settle(&mut self) -> bool {
        self.keys = Vec::new();
        self.rows = Vec::new();
        self.values = Default::default();
        let Index::Parted(parted) = &mut self.index else { return true };
        match self.lanes.len() {
            1 => parted.settle::<1>(),
            2 => parted.settle::<2>(),
            3 => parted.settle::<3>(),
            _ => parted.settle::<4>(),
        }
    }

    /// All groups.
    pub(super) fn all(&self, table: &Table) -> Groups {
        let mut all = Vec::new();
        self.index.for_each(self.lanes.len(), |key, totals| all.push((key, totals)));
        let (groups, alike) = self.groups(table, &all);
        if alike { unify(groups) } else { groups }
    }

    /// The lane of an aggregate, if groups with the largest of them can be told before all rows are known: a count, or
    /// a sum without negative terms.
    pub(super) fn growing(&self, call: usize, table: &Table) -> Option<usize> {
        let &(kind, value, _) = self.made.get(call)?;
        let grows = kind != AggregateKind::Avg && self.grows[value];
        (grows && self.encoders.iter().all(|e| e.tells_apart(table))).then_some(value)
    }

    /// The `most` groups with the largest totals in `lane`, more or less, and the largest total of those left out.
    pub(super) fn best(&self, lane: usize, most: usize) -> (Vec<(u64, &[u64])>, Option<u64>) {
        let mut best: Vec<(u64, &[u64])> = Vec::new();
        let (mut least, mut left_out) = (0, None);
        let prune = |best: &mut Vec<(u64, &[u64])>, left_out: &mut Option<u64>| {
            if best.len() <= most {
                return 0;
            }
            let (_, &mut last, _) = best.select_nth_unstable_by(most, |a, b| b.1[lane].cmp(&a.1[lane]));
            *left_out = (*left_out).max(Some(last.1[lane]));
            best.truncate(most);
            last.1[lane]
        };
        self.index.for_each(self.lanes.len(), |key, totals| {
            if left_out.is_some() && totals[lane] <= least {
                left_out = left_out.max(Some(totals[lane]));
                return;
            }
            best.push((key, totals));
            if best.len() >= most * 2 {
                least = prune(&mut best, &mut left_out);
            }
        });
        prune(&mut best, &mut left_out);
        (best, left_out)
    }

    /// The key of these values and its totals, if there is such a group here.
    pub(super) fn find(&self, table: &Table, values: &[Value]) -> Option<(u64, &[u64])> {
        let mut key = 0;
        for ((encoder, value), shift) in self.encoders.iter().zip(values).zip(&self.shifts) {
            key |= encoder.number(table, value)? << shift;
        }
        Some((key, self.index.find(self.lanes.len(), key)?))
    }

    /// The groups of these keys with their totals; and whether some may look the same.
    pub(super) fn groups(&self, table: &Table, chosen: &[(u64, &[u64])]) -> (Groups, bool) {
        let mut alike = false;
        let column = |(encoder, shift): (&Encoder, &u32)| {
            let numbers = chosen.iter().map(|(key, _)| key >> shift & ones(encoder.bits));
            let (column, may) = distinct(encoder, numbers, table, self.seed);
            alike |= may;
            column
        };
        let keys: Vec<KeyColumn> = self.encoders.iter().zip(&self.shifts).map(column).collect();
        let state = |&(kind, value, count): &(AggregateKind, usize, usize)| match kind {
            AggregateKind::Count => State::Count(chosen.iter().map(|(_, t)| t[value]).collect()),
            _ => State::sums(chosen.iter().map(|(_, t)| (t[value] as i64, t[count]))),
        };
        let states = self.made.iter().map(state).collect();
        (Groups { groups: chosen.len(), keys, states, short: None }, alike)
    }
}

/// The column that an aggregate's argument is, if it is one.
fn stored(node: &Node, stage: &Stage, bound: &Bound) -> Option<usize> {
    match node {
        Node::Def(n) => stored(stage.defs.get(*n)?, stage, bound),
        Node::Input(n) => match bound.inputs.get(*n)? {
            Input::Column(column) => Some(*column),
            _ => None,
        },
        _ => None,
    }
}

/// Whether no sum over the column can leave 64 bits.
fn fits(chunks: &[Chunk], column: usize) -> bool {
    let most = chunks.iter().filter_map(|chunk| {
        let (from, to) = chunk.column(column).range()?;
        Some(chunk.rows as u128 * from.unsigned_abs().max(to.unsigned_abs()) as u128)
    });
    most.sum::<u128>() <= i64::MAX as u128
}

impl Lane {
    /// What each row of `rows` adds.
    fn read(self, chunk: &Chunk, rows: &[u32], out: &mut Vec<u64>) {
        out.clear();
        let (Lane::Present(column) | Lane::Sum(column)) = self else { return };
        let column = chunk.column(column);
        match (self, &column.data) {
            (_, Data::Nulls) => out.resize(rows.len(), 0),
            (Lane::Sum(_), Data::Ints(values)) if rows.len() == chunk.rows => {
                values.for_each(|_, v| out.push(v as u64));
            }
            (Lane::Sum(_), Data::Ints(values)) => {
                out.extend(rows.iter().map(|i| values.get(*i as usize) as u64));
            }
            _ => out.resize(rows.len(), 1),
        }
        if let Some(valid) = &column.valid {
            let holes = out.iter_mut().zip(rows).filter(|(_, i)| !valid.get(**i as usize));
            holes.for_each(|(value, _)| *value = 0);
        }
    }
}

impl Index {
    #[inline(never)]
    fn add<const L: usize>(&mut self, keys: &[u64], values: &[Vec<u64>; LANES - 1]) {
        match self {
            Index::Direct(totals) => {
                for (i, key) in keys.iter().enumerate() {
                    let totals = &mut totals[*key as usize * L..][..L];
                    totals[0] += 1;
                    for lane in 1..L {
                        totals[lane] = totals[lane].wrapping_add(values[lane - 1][i]);
                    }
                }
            }
            Index::Parted(parted) => parted.add::<L>(keys, values),
        }
    }
    /// How many groups there are at most.
    fn most(&self) -> usize {
        match self {
            Index::Direct(_) => 0,
            Index::Parted(parted) => parted.groups,
        }
    }
    fn for_each<'i>(&'i self, lanes: usize, mut f: impl FnMut(u64, &'i [u64])) {
        match self {
            Index::Direct(totals) => {
                let used = totals.chunks_exact(lanes).enumerate().filter(|(_, t)| t[0] > 0);
                used.for_each(|(key, totals)| f(key as u64, totals));
            }
            Index::Parted(parted) => {
                let groups = parted.parts.iter().flat_map(|p| p.groups.chunks_exact(lanes + 1));
                groups.for_each(|group| f(group[0], &group[1..]));
            }
        }
    }
    fn find(&self, lanes: usize, key: u64) -> Option<&[u64]> {
        match self {
            Index::Direct(totals) => {
                totals.chunks_exact(lanes).nth(usize::try_from(key).ok()?).filter(|t| t[0] > 0)
            }
            Index::Parted(parted) => {
                let hash = parted.hash(key);
                let part = &parted.parts[(hash >> parted.shift) as usize];
                let group = part.find(hash, key, lanes + 1).ok()?;
                part.groups.get(group * (lanes + 1) + 1..(group + 1) * (lanes + 1))
            }
        }
    }
}

/// Keys dealt to parts by the first bits of their hash.
struct Parted {
    /// A power of two: about one for every few thousand rows, so that the groups of each stay in the cache.
    parts: Vec<Part>,
    /// The part of a key is what is left of its hash.
    shift: u32,
    /// Blocks of `BLOCK` records of `L` numbers: a key, and what it adds to the lanes after the first.
    blocks: Vec<Box<[u64]>>,
    /// Blocks that no part uses.
    free: Vec<u32>,
    groups: usize,
    /// How many parts have taken in their last records.
    settled: usize,
    seed: u64,
}

/// Records in a block; few in tests, so that blocks fill.
const BLOCK: usize = if cfg!(test) { 2 } else { 512 };
/// Blocks that a part lets wait before it looks at its groups.
const WAITING: usize = if cfg!(test) { 2 } else { 8 };
/// Parts that take in their last records in one step.
const SETTLED: usize = 32;

impl Parted {
    fn new(rows: usize, seed: u64) -> Parted {
        let bits = (rows.max(1).ilog2().saturating_sub(12)).clamp(4, 10);
        let parts = 1 << bits;
        // Not all at once: work is then even from step to step.
        let part = |number: usize| Part {
            slots: vec![EMPTY; 16],
            patience: 1 + number * WAITING / parts,
            ..Part::default()
        };
        Parted {
            parts: (0..parts).map(part).collect(),
            shift: 64 - bits,
            blocks: Vec::new(),
            free: Vec::new(),
            groups: 0,
            settled: 0,
            seed,
        }
    }
    /// Keys come from attackers too, and the seed is not known to them.
    #[inline]
    fn hash(&self, key: u64) -> u64 {
        let mixed = (key ^ self.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93)
    }
    fn add<const L: usize>(&mut self, keys: &[u64], values: &[Vec<u64>; LANES - 1]) {
        for (i, key) in keys.iter().enumerate() {
            let number = (self.hash(*key) >> self.shift) as usize;
            let part = &self.parts[number];
            let (mut block, mut fill) = (part.open as usize, part.fill as usize);
            if fill == 0 {
                block = self.open::<L>(number);
            }
            let record = &mut self.blocks[block][fill * L..][..L];
            record[0] = *key;
            for lane in 1..L {
                record[lane] = values[lane - 1][i];
            }
            fill += 1;
            self.parts[number].fill = (fill % BLOCK) as u32;
        }
    }
    /// Gives a part a block to fill; first it takes in those that wait, if they are many.
    #[cold]
    #[inline(never)]
    fn open<const L: usize>(&mut self, number: usize) -> usize {
        if self.parts[number].waiting.len() >= self.parts[number].patience {
            self.flush::<L>(number);
            self.parts[number].patience = WAITING;
        }
        let block = self.free.pop().unwrap_or_else(|| {
            self.blocks.push(vec![0; BLOCK * L].into());
            self.blocks.len() as u32 - 1
        });
        let part = &mut self.parts[number];
        part.waiting.push(block);
        part.open = block;
        block as usize
    }
    /// Adds the records that wait for a part to its groups.
    #[inline(never)]
    fn flush<const L: usize>(&mut self, number: usize) {
        let mut part = std::mem::take(&mut self.parts[number]);
        let before = part.groups.len() / (L + 1);
        let last = part.waiting.len().wrapping_sub(1);
        for (i, block) in std::mem::take(&mut part.waiting).into_iter().enumerate() {
            let full = i < last || part.fill == 0;
            let records = if full { BLOCK } else { part.fill as usize };
            for record in self.blocks[block as usize][..records * L].chunks_exact(L) {
                part.add::<L>(record, self.hash(record[0]), |key| self.hash(key));
            }
            self.free.push(block);
        }
        part.fill = 0;
        self.groups += part.groups.len() / (L + 1) - before;
        self.parts[number] = part;
    }
    fn settle<const L: usize>(&mut self) -> bool {
        let end = (self.settled + SETTLED).min(self.parts.len());
        (self.settled..end).for_each(|part| self.flush::<L>(part));
        self.settled = end;
        if end < self.parts.len() {
            return false;
        }
        (self.blocks, self.free) = (Vec::new(), Vec::new());
        true
    }
}

/// The groups of one part: records of a key and its totals, and a table of their numbers.
#[derive(Default)]
struct Part {
    slots: Vec<u32>,
    groups: Vec<u64>,
    /// Blocks of records that were not looked at yet; the last of them is `open`, with `fill` records, unless it is
    /// full.
    waiting: Vec<u32>,
    open: u32,
    fill: u32,
    /// How many may wait.
    patience: usize,
}

const EMPTY: u32 = u32::MAX;

impl Part {
    #[inline]
    fn add<const L: usize>(&mut self, record: &[u64], hash: u64, rehash: impl Fn(u64) -> u64) {
        let group = match self.find(hash, record[0], L + 1) {
            Ok(group) => group,
            Err(slot) => self.insert::<L>(slot, record[0], rehash),
        };
        let group = &mut self.groups[group * (L + 1)..][..L + 1];
        group[1] += 1;
        for lane in 1..L {
            group[lane + 1] = group[lane + 1].wrapping_add(record[lane]);
        }
    }
    /// The number of the group of `key`, or the slot where it belongs. Records have `width` numbers.
    #[inline]
    fn find(&self, hash: u64, key: u64, width: usize) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 24) as usize & mask;
        loop {
            let group = self.slots[at];
            if group == EMPTY {
                return Err(at);
            }
            if self.groups[group as usize * width] == key {
                return Ok(group as usize);
            }
            at = (at + 1) & mask;
        }
    }
    #[inline]
    fn insert<const L: usize>(&mut self, slot: usize, key: u64, rehash: impl Fn(u64) -> u64) -> usize {
        let group = self.groups.len() / (L + 1);
        self.slots[slot] = group as u32;
        self.groups.push(key);
        self.groups.extend_from_slice(&[0; L]);
        if group * 2 > self.slots.len() {
            self.grow(L + 1, rehash);
        }
        group
    }
    #[cold]
    #[inline(never)]
    fn grow(&mut self, width: usize, rehash: impl Fn(u64) -> u64) {
        let slots = self.slots.len() * 4;
        self.slots.clear();
        self.slots.resize(slots, EMPTY);
        for (group, record) in self.groups.chunks_exact(width).enumerate() {
            let mut at = (rehash(record[0]) >> 24) as usize & (slots - 1);
            while self.slots[at] != EMPTY {
                at = (at + 1) & (slots - 1);
            }
            self.slots[at] = group as u32;
        }
    }
}
