//! The packed aggregate: counts of rows and sums of integers by keys that together fit 64 bits, which is what most
//! queries ask for. The hash aggregate looks up a group's number and then its accumulators; here key and totals are one
//! record, touched once per row.
//!
//! Where few keys are possible, the key is an index into one array. Where many are, rows are partitioned by the hash of
//! their key (radix partitioning) and buffered: a partition's hash table is probed when its buffer is full, so that it
//! is in the cache for all rows of the buffer, however many groups there are in all.
//!
//! The partial that travels to other shards holds values, as the hash aggregate's does: see [`Groups`].

use super::{
    super::plan::{Group, Node, Stage},
    accumulators::Accumulators,
    bound::{Bound, Input},
    eval::Eval,
    keys::{Encoder, TableContext, distinct, ones},
    merge::unify,
    partial::{Groups, KeyColumn},
};
use crate::Error;
use crate::limits::Limits;
use logloupe_syntax::functions::AggregateKind;
use logloupe_table::{Bitmap, Chunk, Data, Kind, Table, Value};

/// One number per group.
#[derive(Clone, Copy, PartialEq)]
enum Accumulator {
    /// How many rows; always the first of them.
    Rows,
    /// How many rows have a value in this column.
    Present(usize),
    /// The sum of this column.
    Sum(usize),
}

/// At most so many accumulators: the loops over them are unrolled.
const MAX_ACCUMULATORS: usize = 4;

/// The packed aggregate of one table.
pub(super) struct PackedAggregate {
    encoders: Vec<Encoder>,
    shifts: Vec<u32>,
    accumulators: Vec<Accumulator>,
    /// Per aggregate: the accumulator of its value and that of the number of values.
    made: Vec<(AggregateKind, usize, usize)>,
    /// Per accumulator whether it can only grow.
    grows: Vec<bool>,
    index: GroupIndex,
    seed: u64,
    limits: Limits,
    rows: Vec<u32>,
    keys: Vec<u64>,
    values: [Vec<u64>; MAX_ACCUMULATORS - 1],
}

enum GroupIndex {
    /// `MAX_ACCUMULATORS` numbers for each possible key.
    Direct(Vec<u64>),
    Partitioned(Partitioned),
}

/// Keys of up to so many bits may be indices of an array.
const DIRECT_BITS: u32 = 20;

impl PackedAggregate {
    /// The packed aggregate of `group`, if its keys and aggregates allow one.
    pub(super) fn new(group: &Group, of: &TableContext<'_>) -> Option<PackedAggregate> {
        let chunks = &of.table.chunks()[..of.chunks];
        // A row may be in several groups of such keys, and is one row in each.
        if group.keys.iter().any(|key| of.bound.may_have_several(key)) {
            return None;
        }
        let mut accumulators = vec![Accumulator::Rows];
        let mut place = |accumulator: Accumulator| {
            accumulators.iter().position(|l| *l == accumulator).unwrap_or_else(|| {
                accumulators.push(accumulator);
                accumulators.len() - 1
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
                Some(column) if !has_all(column) => place(Accumulator::Present(column)),
                _ => 0,
            };
            made.push(match (call.kind, column) {
                (AggregateKind::Count, _) => (call.kind, count, count),
                (AggregateKind::Sum | AggregateKind::Avg, Some(column))
                    if of.bound.kinds[column] == Kind::Int
                        && !of.table.dictionary(column).has_several()
                        && fits(chunks, column) =>
                {
                    (call.kind, place(Accumulator::Sum(column)), count)
                }
                _ => return None,
            });
        }
        if group.keys.is_empty() || accumulators.len() > MAX_ACCUMULATORS {
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
        let grows = |accumulator: &Accumulator| match accumulator {
            Accumulator::Sum(c) => {
                chunks.iter().all(|chunk| chunk.column(*c).range().is_none_or(|r| r.0 >= 0))
            }
            _ => true,
        };
        let rows: usize = chunks.iter().map(|c| c.rows).sum();
        // The array is only worth its memory where it is not mostly empty.
        let direct =
            bits <= DIRECT_BITS && accumulators.len() << bits <= rows.clamp(1 << 12, 1 << DIRECT_BITS);
        let index = match direct {
            true => GroupIndex::Direct(vec![0; accumulators.len() << bits]),
            false => GroupIndex::Partitioned(Partitioned::new(rows, of.seed, of.limits)),
        };
        Some(PackedAggregate {
            encoders,
            shifts,
            grows: accumulators.iter().map(grows).collect(),
            accumulators,
            made,
            index,
            seed: of.seed,
            limits: *of.limits,
            rows: Vec::new(),
            keys: Vec::new(),
            values: Default::default(),
        })
    }

    /// Takes in the selected rows of a chunk; the error says which limit was reached.
    pub(super) fn take<'b>(
        &mut self,
        group: &'b Group,
        eval: &mut Eval<'_, 'b>,
        rows: &Bitmap,
    ) -> Result<(), Error> {
        self.rows.clear();
        match rows.all() {
            true => self.rows.extend(0..rows.len() as u32),
            false => rows.for_each(|i| self.rows.push(i as u32)),
        }
        self.keys.clear();
        self.keys.resize(self.rows.len(), 0);
        for ((encoder, node), shift) in self.encoders.iter_mut().zip(&group.keys).zip(&self.shifts) {
            encoder.encode(node, eval, &self.rows, *shift, None, &mut self.keys);
        }
        for (accumulator, values) in self.accumulators[1..].iter().zip(&mut self.values) {
            accumulator.read(eval.chunk, &self.rows, values);
        }
        let (keys, values) = (&self.keys, &self.values);
        match self.accumulators.len() {
            1 => self.index.add::<1>(keys, values),
            2 => self.index.add::<2>(keys, values),
            3 => self.index.add::<3>(keys, values),
            _ => self.index.add::<4>(keys, values),
        }
        match self.index.most() > self.limits.groups {
            true => Err(self.limits.too_many_groups().into()),
            false => Ok(()),
        }
    }

    /// Adds some of the rows that wait in buffers and says whether all are added: they must be before the groups are
    /// looked at.
    pub(super) fn settle(&mut self) -> bool {
        self.keys = Vec::new();
        self.rows = Vec::new();
        self.values = Default::default();
        let GroupIndex::Partitioned(partitioned) = &mut self.index else { return true };
        match self.accumulators.len() {
            1 => partitioned.settle::<1>(),
            2 => partitioned.settle::<2>(),
            3 => partitioned.settle::<3>(),
            _ => partitioned.settle::<4>(),
        }
    }

    /// All groups.
    pub(super) fn all(&self, table: &Table) -> Groups {
        let mut all = Vec::new();
        self.index.for_each(self.accumulators.len(), |key, totals| all.push((key, totals)));
        let (groups, alike) = self.groups(table, &all);
        if alike { unify(groups, &self.limits) } else { groups }
    }

    /// The accumulator of an aggregate, if groups with the largest of them can be told before all rows are known: a
    /// count, or a sum without negative terms.
    pub(super) fn growing(&self, call: usize, table: &Table) -> Option<usize> {
        let &(kind, value, _) = self.made.get(call)?;
        let grows = kind != AggregateKind::Avg && self.grows[value];
        (grows && self.encoders.iter().all(|e| e.tells_apart(table))).then_some(value)
    }

    /// The `most` groups with the largest totals in `accumulator`, more or less, and the largest total of those left
    /// out.
    pub(super) fn best(&self, accumulator: usize, most: usize) -> (Vec<(u64, &[u64])>, Option<u64>) {
        let mut best: Vec<(u64, &[u64])> = Vec::new();
        let (mut least, mut left_out) = (0, None);
        let prune = |best: &mut Vec<(u64, &[u64])>, left_out: &mut Option<u64>| {
            if best.len() <= most {
                return 0;
            }
            let (_, &mut last, _) =
                best.select_nth_unstable_by(most, |a, b| b.1[accumulator].cmp(&a.1[accumulator]));
            *left_out = (*left_out).max(Some(last.1[accumulator]));
            best.truncate(most);
            last.1[accumulator]
        };
        self.index.for_each(self.accumulators.len(), |key, totals| {
            if left_out.is_some() && totals[accumulator] <= least {
                left_out = left_out.max(Some(totals[accumulator]));
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
        Some((key, self.index.find(self.accumulators.len(), key)?))
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
        let accumulators = |&(kind, value, count): &(AggregateKind, usize, usize)| match kind {
            AggregateKind::Count => Accumulators::counts(chosen.iter().map(|(_, t)| t[value])),
            _ => Accumulators::sums(chosen.iter().map(|(_, t)| (t[value] as i64, t[count]))),
        };
        let states = self.made.iter().map(accumulators).collect();
        (Groups { groups: chosen.len(), keys, states, truncated: None }, alike)
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

impl Accumulator {
    /// What each row of `rows` adds.
    fn read(self, chunk: &Chunk, rows: &[u32], out: &mut Vec<u64>) {
        out.clear();
        let (Accumulator::Present(column) | Accumulator::Sum(column)) = self else { return };
        let column = chunk.column(column);
        match (self, &column.data) {
            (_, Data::Nulls) => out.resize(rows.len(), 0),
            (Accumulator::Sum(_), Data::Ints(values)) if rows.len() == chunk.rows => {
                values.for_each(|_, v| out.push(v as u64));
            }
            (Accumulator::Sum(_), Data::Ints(values)) => {
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

impl GroupIndex {
    #[inline(never)]
    fn add<const L: usize>(&mut self, keys: &[u64], values: &[Vec<u64>; MAX_ACCUMULATORS - 1]) {
        match self {
            GroupIndex::Direct(totals) => {
                for (i, key) in keys.iter().enumerate() {
                    let totals = &mut totals[*key as usize * L..][..L];
                    totals[0] += 1;
                    for accumulator in 1..L {
                        totals[accumulator] = totals[accumulator].wrapping_add(values[accumulator - 1][i]);
                    }
                }
            }
            GroupIndex::Partitioned(partitioned) => partitioned.add::<L>(keys, values),
        }
    }
    /// How many groups there are at most.
    fn most(&self) -> usize {
        match self {
            GroupIndex::Direct(_) => 0,
            GroupIndex::Partitioned(partitioned) => partitioned.groups,
        }
    }
    fn for_each<'i>(&'i self, accumulators: usize, mut f: impl FnMut(u64, &'i [u64])) {
        match self {
            GroupIndex::Direct(totals) => {
                let used = totals.chunks_exact(accumulators).enumerate().filter(|(_, t)| t[0] > 0);
                used.for_each(|(key, totals)| f(key as u64, totals));
            }
            GroupIndex::Partitioned(partitioned) => {
                let groups =
                    partitioned.partitions.iter().flat_map(|p| p.groups.chunks_exact(accumulators + 1));
                groups.for_each(|group| f(group[0], &group[1..]));
            }
        }
    }
    fn find(&self, accumulators: usize, key: u64) -> Option<&[u64]> {
        match self {
            GroupIndex::Direct(totals) => {
                totals.chunks_exact(accumulators).nth(usize::try_from(key).ok()?).filter(|t| t[0] > 0)
            }
            GroupIndex::Partitioned(partitioned) => {
                let hash = partitioned.hash(key);
                let partition = &partitioned.partitions[(hash >> partitioned.shift) as usize];
                let group = partition.find(hash, key, accumulators + 1).ok()?;
                partition.groups.get(group * (accumulators + 1) + 1..(group + 1) * (accumulators + 1))
            }
        }
    }
}

/// Rows partitioned by the first bits of their key's hash.
struct Partitioned {
    /// A power of two: about one for every few thousand rows, so that the groups of each stay in the cache.
    partitions: Vec<Partition>,
    /// The partition of a key is what is left of its hash.
    shift: u32,
    /// Blocks of `block` records of `L` numbers: a key, and what it adds to the accumulators after the first.
    blocks: Vec<Box<[u64]>>,
    /// Blocks that no partition uses.
    free: Vec<u32>,
    groups: usize,
    /// How many partitions have taken in their last records.
    settled: usize,
    seed: u64,
    /// [`Limits::block_records`] and [`Limits::waiting_blocks`].
    block: usize,
    waiting: usize,
}

/// Partitions that take in their last records in one step.
const SETTLED: usize = 32;

impl Partitioned {
    fn new(rows: usize, seed: u64, limits: &Limits) -> Partitioned {
        let waiting = limits.waiting_blocks;
        let bits = (rows.max(1).ilog2().saturating_sub(12)).clamp(4, 10);
        let partitions = 1 << bits;
        // Not all at once: work is then even from step to step.
        let partition = |number: usize| Partition {
            slots: vec![EMPTY; 16],
            patience: 1 + number * waiting / partitions,
            ..Partition::default()
        };
        Partitioned {
            partitions: (0..partitions).map(partition).collect(),
            shift: 64 - bits,
            blocks: Vec::new(),
            free: Vec::new(),
            groups: 0,
            settled: 0,
            seed,
            block: limits.block_records.next_power_of_two(),
            waiting,
        }
    }
    /// Keys come from attackers too, and the seed is not known to them.
    #[inline]
    fn hash(&self, key: u64) -> u64 {
        let mixed = (key ^ self.seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93)
    }
    fn add<const L: usize>(&mut self, keys: &[u64], values: &[Vec<u64>; MAX_ACCUMULATORS - 1]) {
        for (i, key) in keys.iter().enumerate() {
            let number = (self.hash(*key) >> self.shift) as usize;
            let partition = &self.partitions[number];
            let (mut block, mut fill) = (partition.open as usize, partition.fill as usize);
            if fill == 0 {
                block = self.open::<L>(number);
            }
            let record = &mut self.blocks[block][fill * L..][..L];
            record[0] = *key;
            for accumulator in 1..L {
                record[accumulator] = values[accumulator - 1][i];
            }
            fill += 1;
            self.partitions[number].fill = (fill & (self.block - 1)) as u32;
        }
    }
    /// Gives a partition a block to fill; first it takes in those that wait, if they are many.
    #[cold]
    #[inline(never)]
    fn open<const L: usize>(&mut self, number: usize) -> usize {
        if self.partitions[number].waiting.len() >= self.partitions[number].patience {
            self.flush::<L>(number);
            self.partitions[number].patience = self.waiting;
        }
        let block = self.free.pop().unwrap_or_else(|| {
            self.blocks.push(vec![0; self.block * L].into());
            self.blocks.len() as u32 - 1
        });
        let partition = &mut self.partitions[number];
        partition.waiting.push(block);
        partition.open = block;
        block as usize
    }
    /// Adds the records that wait for a partition to its groups.
    #[inline(never)]
    fn flush<const L: usize>(&mut self, number: usize) {
        let mut partition = std::mem::take(&mut self.partitions[number]);
        let before = partition.groups.len() / (L + 1);
        let last = partition.waiting.len().wrapping_sub(1);
        for (i, block) in std::mem::take(&mut partition.waiting).into_iter().enumerate() {
            let full = i < last || partition.fill == 0;
            let records = if full { self.block } else { partition.fill as usize };
            for record in self.blocks[block as usize][..records * L].chunks_exact(L) {
                partition.add::<L>(record, self.hash(record[0]), |key| self.hash(key));
            }
            self.free.push(block);
        }
        partition.fill = 0;
        self.groups += partition.groups.len() / (L + 1) - before;
        self.partitions[number] = partition;
    }
    fn settle<const L: usize>(&mut self) -> bool {
        let end = (self.settled + SETTLED).min(self.partitions.len());
        (self.settled..end).for_each(|partition| self.flush::<L>(partition));
        self.settled = end;
        if end < self.partitions.len() {
            return false;
        }
        (self.blocks, self.free) = (Vec::new(), Vec::new());
        true
    }
}

/// The groups of one partition: records of a key and its totals, and a table of their numbers.
#[derive(Default)]
struct Partition {
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

impl Partition {
    #[inline]
    fn add<const L: usize>(&mut self, record: &[u64], hash: u64, rehash: impl Fn(u64) -> u64) {
        let group = match self.find(hash, record[0], L + 1) {
            Ok(group) => group,
            Err(slot) => self.insert::<L>(slot, record[0], rehash),
        };
        let group = &mut self.groups[group * (L + 1)..][..L + 1];
        group[1] += 1;
        for accumulator in 1..L {
            group[accumulator + 1] = group[accumulator + 1].wrapping_add(record[accumulator]);
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
