//! A stage bound to one table: which column each input is, and the memoised values of expressions per dictionary entry.

use std::sync::Arc;

use super::interner::Map;

use super::super::plan::{Node, Op, Stage};
use logloupe_table::{
    Kind, Shard, Source, Table, Value,
    schema::{LINE, RECORD, SOURCE},
};
use logloupe_table::{
    json_paths::{IN_MESSAGE, JsonPaths, NoJson, planned},
    partition::{Partition, S3Key},
    schema::BUILT_IN,
};

/// What an input is in one table.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Input {
    /// The same for every row, missing ones included.
    Const(Value),
    Column(usize),
    Message,
    Source,
    /// `@line` or `@record`.
    Position(usize),
    Duplicate,
}

/// What an expression depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Depends {
    Nothing,
    /// One stored column and nothing else.
    Column(usize),
    More,
}

impl Depends {
    fn and(self, other: Depends) -> Depends {
        match (self, other) {
            (Depends::Nothing, x) | (x, Depends::Nothing) => x,
            (a, b) if a == b => a,
            _ => Depends::More,
        }
    }
}

/// The memoised values of an expression per dictionary entry, computed as entries occur.
#[derive(Default)]
pub(super) struct Memo {
    pub(super) values: Vec<Option<Value>>,
    pub(super) missing: Option<Value>,
}

/// Truth of an expression per entry of a dictionary (0 not known yet, 1 false, 2 true), or per integer.
#[derive(Default)]
pub(super) struct Truth {
    pub(super) codes: Vec<u8>,
    pub(super) ints: Map<i64, bool>,
    pub(super) missing: Option<bool>,
}

/// A stage bound to a table.
pub(super) struct Bound {
    pub(super) inputs: Vec<Input>,
    pub(super) kinds: Vec<Kind>,
    defs: Vec<Depends>,
    /// Which columns and definitions may have several values in a row.
    several: (Vec<bool>, Vec<bool>),
    /// Keyed by the address of the expression, which stands still in the job's plan.
    pub(super) memos: Map<usize, Memo>,
    pub(super) truths: Map<usize, Truth>,
    /// Names of the shard's files.
    pub(super) sources: Arc<[Source]>,
    pub(super) names: Vec<Value>,
}

/// The identity of an expression.
pub(super) fn id(node: &Node) -> usize {
    std::ptr::from_ref(node) as usize
}

/// The column that a name means in a table; the name, if its values must be made first: of a JSON path, of a partition
/// column, and of a column that is computed from others.
pub(super) fn resolve(
    table: &Table,
    sources: &[Source],
    name: &str,
    json: &dyn JsonPaths,
) -> Result<Input, String> {
    if let Some((partition, plain)) = Partition::of_input(name) {
        if let Some(column) = table.derived(name) {
            return Ok(Input::Column(column));
        }
        let own = place_column(table, partition, plain);
        let complete = |column| {
            !partition.is_place()
                || table.chunks().iter().all(|chunk| chunk.column(column).is_full())
                || sources.iter().all(|source| S3Key::of(&source.name).place(partition).is_none())
        };
        return match own {
            Some(column) if !json.has_partitions(table.format()) || complete(column) => {
                Ok(Input::Column(column))
            }
            _ if json.has_partitions(table.format()) => Err(name.to_owned()),
            _ => resolve(table, sources, plain, json),
        };
    }
    let built_in = match BUILT_IN.iter().find(|own| own.eq_ignore_ascii_case(name)) {
        Some(&"@message") => Some(Input::Message),
        Some(&"@format") => Some(Input::Const(Value::text(table.format()))),
        Some(&"@source") => Some(Input::Source),
        Some(&"@line") => Some(Input::Position(LINE)),
        Some(&"@record") => Some(Input::Position(RECORD)),
        Some(&"@duplicate") => Some(Input::Duplicate),
        _ => None,
    };
    if let Some(input) = built_in {
        return Ok(input);
    }
    if let Some(column) = own_column(table, name) {
        return if table.is_uncomputed(column) { Err(name.to_owned()) } else { Ok(Input::Column(column)) };
    }
    if let Some(column) = table.derived(name) {
        return Ok(Input::Column(column));
    }
    if json.has_json(table.format())
        && (!name.starts_with('@') || name.starts_with(IN_MESSAGE) || planned(name).is_some())
    {
        return Err(name.to_owned());
    }
    Ok(Input::Const(Value::Null))
}

/// The column of the log itself that a name means.
pub(super) fn own_column(table: &Table, name: &str) -> Option<usize> {
    table.schema().find(name).filter(|c| *c != SOURCE && !is_derived(table, *c))
}

/// The column of the log that answers for a partition column: by its name, or as the region or account that the common
/// schema knows.
pub(super) fn place_column(table: &Table, partition: Partition, name: &str) -> Option<usize> {
    own_column(table, name).or_else(|| own_column(table, partition.field()?))
}

fn is_derived(table: &Table, column: usize) -> bool {
    let name = &table.schema().field(column).name;
    table.derived_names().any(|n| n == name)
}

impl Bound {
    /// Binds `stage` to `table`, or says which columns must be made first: of JSON paths, partition columns, computed ones.
    pub(super) fn new(
        stage: &Stage,
        shard: &Shard,
        table: &Table,
        json: &dyn JsonPaths,
    ) -> Result<Bound, Vec<String>> {
        let mut inputs = Vec::new();
        let mut paths = Vec::new();
        for name in &stage.inputs {
            match resolve(table, &shard.sources, name, json) {
                Ok(input) => inputs.push(input),
                Err(path) => paths.push(path),
            }
        }
        if paths.is_empty() { Ok(Bound::with(stage, shard, table, inputs)) } else { Err(paths) }
    }
    /// Binds `stage` to `table` for reading single rows: a JSON path that is no column has no values, and what is computed
    /// is computed for the row that is read.
    pub(super) fn to_rows(stage: &Stage, shard: &Shard, table: &Table) -> Bound {
        let input = |name: &String| match resolve(table, &shard.sources, name, &NoJson) {
            Ok(input) => input,
            Err(name) => table.schema().find(&name).map_or(Input::Const(Value::Null), Input::Column),
        };
        let inputs = stage.inputs.iter().map(input).collect();
        Bound::with(stage, shard, table, inputs)
    }
    fn with(stage: &Stage, shard: &Shard, table: &Table, inputs: Vec<Input>) -> Bound {
        let columns = table.schema().fields().len();
        let mut bound = Bound {
            inputs,
            kinds: table.schema().fields().iter().map(|f| f.kind).collect(),
            defs: Vec::new(),
            several: ((0..columns).map(|c| table.dictionary(c).has_several()).collect(), Vec::new()),
            memos: Map::default(),
            truths: Map::default(),
            sources: shard.sources.clone().into(),
            names: shard.sources.iter().map(|s| Value::text(&s.name)).collect(),
        };
        for def in &stage.defs {
            let depends = bound.depends(def);
            bound.defs.push(depends);
            let several = bound.may_have_several(def);
            bound.several.1.push(several);
        }
        bound
    }
    /// What `node` depends on.
    pub(super) fn depends(&self, node: &Node) -> Depends {
        match node {
            Node::Const(_) => Depends::Nothing,
            Node::Input(n) => match self.inputs.get(*n) {
                Some(Input::Const(_)) => Depends::Nothing,
                Some(Input::Column(column)) => Depends::Column(*column),
                _ => Depends::More,
            },
            Node::Def(n) => self.defs.get(*n).copied().unwrap_or(Depends::More),
            Node::Apply(_, args) => args.iter().fold(Depends::Nothing, |all, a| {
                if all == Depends::More { all } else { all.and(self.depends(a)) }
            }),
        }
    }
    /// Whether `node` may have several values in a row: it reads a field that may.
    pub(super) fn may_have_several(&self, node: &Node) -> bool {
        let (columns, defs) = &self.several;
        match node {
            Node::Const(_) => false,
            Node::Input(n) => match self.inputs.get(*n) {
                Some(Input::Column(column)) => columns.get(*column).copied().unwrap_or(false),
                _ => false,
            },
            Node::Def(n) => defs.get(*n).copied().unwrap_or(false),
            // A table of a lookup or a join may have such a field, too.
            Node::Apply(Op::Cell(values), _) if values.iter().any(|v| matches!(v, Value::Several(_))) => true,
            Node::Apply(_, args) => args.iter().any(|a| self.may_have_several(a)),
        }
    }
    /// Whether a column is kept in a dictionary where it repeats.
    pub(super) fn is_text(&self, column: usize) -> bool {
        matches!(self.kinds[column], Kind::Text | Kind::Ip) || self.several.0[column]
    }
}
