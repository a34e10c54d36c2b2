//! Names inside one stage: what was defined before, what the stage reads, and what to say of a name that is neither.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet, hash_map::Entry},
    rc::Rc,
};

use super::{Node, Stage, asked::Asked, catalog::Catalog};
use logloupe_syntax::{Diagnostic, diagnostic::suggest, of_side};
use logloupe_table::{Unit, json_paths::IN_MESSAGE, partition::Partition, schema::BUILT_IN, sort};

/// For how many unknown names of a query a like one is looked for, and among how many: each look is at all names.
const MOST_LOOKS: u32 = 100;
const MOST_CANDIDATES: usize = 2000;

/// The names that a stage has so far.
#[derive(Clone)]
pub(super) struct Names<'c> {
    catalog: &'c Catalog,
    /// Defined by `as`, `parse`, or the `stats` before.
    defined: HashMap<String, (Node, Unit)>,
    /// In small letters: the smallest of the defined names that differ in nothing but letter case.
    folded: HashMap<String, String>,
    /// How often a like name was looked for, by all stages of the query.
    looks: Rc<Cell<u32>>,
    /// The names that the first stage reads, by all stages of the query.
    asked: Rc<RefCell<Vec<Asked>>>,
    /// The formats that are asked; all if `None`.
    formats: Option<Rc<[String]>>,
    /// What a partition column says of which the query itself tells how it is spelled, by its name in small letters.
    partitions: Rc<HashMap<String, Partition>>,
    /// Inputs of the first stage by name.
    inputs: HashMap<String, usize>,
    /// Only defined names exist: the stage follows a `stats`.
    closed: bool,
    /// Names that joins gave to the rows before them: `left.x` is `x`.
    sides: Vec<String>,
    /// Names that mean a field of a join's other side as long as no side stands before them.
    beside: HashSet<String>,
    /// Names of which was said what they mean.
    remarked: HashSet<String>,
}

impl<'c> Names<'c> {
    pub(super) fn new(catalog: &'c Catalog) -> Names<'c> {
        Names {
            catalog,
            defined: HashMap::new(),
            folded: HashMap::new(),
            looks: Rc::default(),
            asked: Rc::default(),
            formats: None,
            partitions: Rc::default(),
            inputs: HashMap::new(),
            closed: false,
            sides: Vec::new(),
            beside: HashSet::new(),
            remarked: HashSet::new(),
        }
    }
    /// The names of a stage behind this one: only those that are given to [`define`](Self::define).
    pub(super) fn behind(&self) -> Names<'c> {
        Names {
            looks: self.looks.clone(),
            asked: self.asked.clone(),
            formats: self.formats.clone(),
            partitions: self.partitions.clone(),
            closed: true,
            ..Names::new(self.catalog)
        }
    }
    /// How the query spells partition columns.
    pub(super) fn set_partitions(&mut self, partitions: HashMap<String, Partition>) {
        self.partitions = Rc::new(partitions);
    }
    /// Says which formats are asked.
    pub(super) fn set_formats(&mut self, formats: Option<&[String]>) {
        self.formats = formats.map(Rc::from);
    }
    /// The names that the first stage reads.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }
    /// Adds to what is said of a name of which no row has a value.
    pub(super) fn add_help(&self, name: &str, span: &std::ops::Range<usize>, help: &str) {
        if let Some(asked) = self.asked.borrow_mut().iter_mut().find(|asked| asked.input == name) {
            asked.add_help(span, help);
        }
    }
    /// Lets `side.x` mean `x`.
    pub(super) fn add_side(&mut self, side: &str) {
        self.sides.push(side.to_owned());
    }
    /// The name without the side of a join that it begins with.
    fn without_side(&self, name: &str) -> Option<String> {
        if self.defined.contains_key(name) {
            return None;
        }
        self.sides.iter().find_map(|side| of_side(name, side))
    }
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }
    pub(super) fn define(&mut self, name: &str, node: Node, unit: Unit) {
        self.defined.insert(name.to_owned(), (node, unit));
        match self.folded.entry(name.to_ascii_lowercase()) {
            Entry::Occupied(mut smallest) if name < smallest.get().as_str() => {
                _ = smallest.insert(name.to_owned())
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(none) => _ = none.insert(name.to_owned()),
        }
    }
    /// Names a field of a join's other side without that side.
    pub(super) fn define_beside(&mut self, name: &str, node: Node, unit: Unit) {
        self.define(name, node, unit);
        self.beside.insert(name.to_owned());
    }
    /// The names that mean constants.
    pub(super) fn constants(&self) -> Vec<(String, Node, Unit)> {
        let constants = self.defined.iter().filter(|(_, (node, _))| matches!(node, Node::Const(_)));
        let mut constants: Vec<(String, Node, Unit)> =
            constants.map(|(name, (node, unit))| (name.clone(), node.clone(), *unit)).collect();
        sort::by(&mut constants, |a, b| a.0.cmp(&b.0));
        constants
    }
    /// The definitions that names mean.
    pub(super) fn nodes(&self) -> Vec<Node> {
        let defs = self
            .defined
            .values()
            .filter_map(|(node, _)| if let Node::Def(n) = node { Some(*n) } else { None });
        let mut defs: Vec<usize> = defs.collect();
        sort::plain(&mut defs);
        defs.dedup();
        defs.into_iter().map(Node::Def).collect()
    }
    /// All names that were defined, in order.
    pub(super) fn all_defined(&self) -> Vec<String> {
        let mut names: Vec<String> = self.defined.keys().cloned().collect();
        sort::plain(&mut names);
        names
    }
    /// A name that was defined, exactly as written.
    pub(super) fn defined(&self, name: &str) -> Option<(Node, Unit)> {
        self.defined.get(name).cloned()
    }
    /// Whether the name itself is one: defined, or of a field that is loaded.
    pub(super) fn is_known(&self, name: &str) -> bool {
        self.defined.contains_key(name) || !self.closed && self.catalog.find(name).is_some()
    }
    /// What `name` means, and a remark if it hardly means anything.
    pub(super) fn find(
        &mut self,
        name: &str,
        span: std::ops::Range<usize>,
        stage: &mut Stage,
    ) -> (Node, Unit, Option<Diagnostic>) {
        let plain = self.without_side(name);
        let other = plain.is_some() && !self.closed;
        let name = plain.as_deref().unwrap_or(name);
        if let Some((node, unit)) =
            self.defined.get(name).filter(|_| !other || !self.beside.contains(name)).cloned()
        {
            let remark = self.shadows(name, span, stage);
            return (node, unit, remark);
        }
        let partition = if self.closed { None } else { self.partition(name) };
        let known = !self.closed && (partition.is_some() || self.catalog.has(name));
        // Names are the same in any letter case unless two of them differ in nothing else; the smallest one is
        // taken so that every worker takes the same.
        let any_case = || self.defined.get(self.folded.get(&name.to_ascii_lowercase())?).cloned();
        if !known && let Some((node, unit)) = any_case() {
            return (node, unit, None);
        }
        if self.closed {
            let near = self.like(name, self.sorted_names());
            let diagnostic = Diagnostic::error(span, format!("there is no field `{name}` after `stats`"));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("`stats` leaves {}", quoted(&self.sorted_names())),
            };
            return (Node::Const(logloupe_table::Value::Null), Unit::None, Some(diagnostic.help(help)));
        }
        let input = partition.map_or_else(|| name.to_owned(), |partition| partition.input(name));
        let unit = self.catalog.find(name).map_or(Unit::None, |k| k.unit);
        let next = stage.inputs.len();
        let index = *self.inputs.entry(input.clone()).or_insert(next);
        if index < next {
            return (Node::Input(index), unit, None);
        }
        stage.inputs.push(input.clone());
        let (mut asked, remark) = match known {
            true => (Asked::new(input, span.clone()), self.hidden(name, span)),
            false => (Asked::new(input, span.clone()), self.unknown(name, span)),
        };
        if remark.is_none() && partition.is_none() {
            self.doubt(&mut asked);
        }
        self.asked.borrow_mut().push(asked);
        (Node::Input(index), unit, remark)
    }
    /// What a name says as a partition column.
    fn partition(&self, name: &str) -> Option<Partition> {
        let partition = self.catalog.partition(name, self.formats.as_deref())?;
        Some(self.partitions.get(&name.to_ascii_lowercase()).copied().unwrap_or(partition))
    }
    /// A remark if `name` was defined here although a field has it, which was not what it was defined by.
    fn shadows(&mut self, name: &str, span: std::ops::Range<usize>, stage: &Stage) -> Option<Diagnostic> {
        let field = !self.closed && self.catalog.is_own(name);
        if !field || !self.remarked.insert(name.to_owned()) {
            return None;
        }
        // `fields toUpper(userAgent) as userAgent` is meant so.
        if stage.inputs.iter().any(|input| input.eq_ignore_ascii_case(name)) {
            return None;
        }
        let message = format!("`{name}` is what this query defined, not the field of that name");
        Some(Diagnostic::warning(span, message).help("give it another name after `as` to reach the field"))
    }
    /// A remark on a name that is taken for a column, while some record has a key of that name.
    fn hidden(&mut self, name: &str, span: std::ops::Range<usize>) -> Option<Diagnostic> {
        let column = self.catalog.hides(name)?;
        let message =
            format!("`{name}` means the field `{column}`, and some records have a key `{name}` besides");
        let help = format!("write `{IN_MESSAGE}{name}` for the key");
        self.remarked.insert(name.to_owned()).then(|| Diagnostic::warning(span, message).help(help))
    }
    /// Notes what a name may be a slip of. Whether it is one is known once all rows were looked at.
    fn doubt(&self, asked: &mut Asked) {
        let name = &asked.name().to_owned();
        let is_path = self.catalog.has(name);
        let homes: Vec<String> = self.catalog.formats_with(name).map(str::to_owned).collect();
        if !homes.is_empty() && !self.catalog.is_loaded(&homes) {
            asked.help = format!("it is a field of {}, of which no record is loaded", homes.join(", "));
            return;
        }
        let doubtful = || name.contains('.') && self.catalog.is_doubtful(name);
        if self.looks.get() >= MOST_LOOKS || is_path && !doubtful() {
            return;
        }
        let Some(near) = self.near(name) else { return };
        asked.help = format!("did you mean `{near}`?");
        if !is_path {
            asked.guess = Some(format!("no loaded log has a field `{name}`"));
        } else if self.catalog.has_observed() {
            asked.guess = Some(format!("no record that was looked at has a field `{name}`"));
        }
    }
    /// The name that exists and that `name` is likely a slip of; one that ends with it if there is none.
    fn near(&self, name: &str) -> Option<&str> {
        if self.looks.get() > MOST_LOOKS {
            return None;
        }
        let own = || self.catalog.names().filter(|(_, k)| k.own).map(|(n, _)| n).chain(self.catalog.paths());
        let last = |path: &str| path.rsplit_once('.').is_some_and(|(_, key)| key.eq_ignore_ascii_case(name));
        self.like(
            name,
            own()
                .chain(self.sorted_names())
                .chain(BUILT_IN.iter().copied())
                .chain(self.catalog.partition_names()),
        )
        .or_else(|| self.like(name, self.catalog.names().map(|(n, _)| n)))
        .or_else(|| own().take(MOST_CANDIDATES).filter(|path| last(path)).min_by_key(|path| path.len()))
    }
    /// An error on a name that no log can have.
    fn unknown(&self, name: &str, span: std::ops::Range<usize>) -> Option<Diagnostic> {
        if self.catalog.has_json() {
            // It may be a key of a JSON record that no one listed.
            return None;
        }
        let help = self.near(name).map_or(String::new(), |near| format!("did you mean `{near}`?"));
        Some(Diagnostic::error(span, format!("no loaded log has a field `{name}`")).help(help))
    }
    /// The candidate that `name` was likely meant to be, as long as somebody may read all these remarks.
    fn like<'n>(&self, name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        let looks = self.looks.get() + 1;
        self.looks.set(looks);
        if looks > MOST_LOOKS { None } else { suggest(name, candidates.into_iter().take(MOST_CANDIDATES)) }
    }
    fn sorted_names(&self) -> Vec<&str> {
        if self.looks.get() > MOST_LOOKS {
            return Vec::new();
        }

        let mut names: Vec<&str> = self.defined.keys().map(String::as_str).collect();
        sort::plain(&mut names);
        names
    }
}

fn quoted(names: &[&str]) -> String {
    let all: Vec<String> = names.iter().take(8).map(|n| format!("`{n}`")).collect();
    all.join(", ")
}
