//! The schema of a file: the tree of its columns, and how the values of each are written.
//! <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md>, read 2026-11-27.
//!
//! Lists and maps have three levels, or two as writers of before 2015 have them (AWS's own do to this day); which one it is
//! follows the rules for compatibility of that page.

use super::{
    Bad,
    footer::{Element, Logical, Repetition},
    write::{How, Unit, quoted},
};

/// How deep columns may nest.
const NESTING: u32 = 64;
/// How much of a column's path is kept: names may be as long as a footer.
const LONGEST: usize = 200;

/// A schema: what a row is.
pub(super) struct Schema {
    pub(super) row: Vec<Member>,
    pub(super) leaves: Vec<Leaf>,
}

/// A member of a structure.
pub(super) struct Member {
    pub(super) name: String,
    /// Its name with quotes and colon, as it stands in JSON.
    pub(super) key: Vec<u8>,
    pub(super) node: Node,
}

/// A value of a row, which may hold others.
pub(super) struct Node {
    /// The definition level from which on it is there.
    pub(super) there: u32,
    /// Its leaves: from here to before there. Never none.
    pub(super) leaves: (usize, usize),
    pub(super) shape: Shape,
}

pub(super) enum Shape {
    Leaf,
    Struct(Vec<Member>),
    List(Repeated, Box<Node>),
    /// With a leaf as its keys.
    Map(Repeated, Box<Node>, Option<Box<Node>>),
}

/// What repeats: the repetition level of one more item, and the definition level from which on there is one.
#[derive(Clone, Copy)]
pub(super) struct Repeated {
    pub(super) level: u32,
    pub(super) item: u32,
}

/// A column that has values.
pub(super) struct Leaf {
    /// Its names from the row on, with dots between them; of long ones the beginning.
    pub(super) path: String,
    pub(super) physical: Physical,
    pub(super) how: How,
    /// It is a member of the row itself.
    pub(super) outermost: bool,
    pub(super) definition: u32,
    pub(super) repetition: u32,
}

/// How values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Physical {
    Boolean,
    Int32,
    Int64,
    Int96,
    Float,
    Double,
    Bytes,
    /// Of so many bytes.
    Fixed(usize),
}

impl Physical {
    fn of(element: &Element) -> Result<Physical, Bad> {
        Ok(match element.physical {
            Some(0) => Physical::Boolean,
            Some(1) => Physical::Int32,
            Some(2) => Physical::Int64,
            Some(3) => Physical::Int96,
            Some(4) => Physical::Float,
            Some(5) => Physical::Double,
            Some(6) => Physical::Bytes,
            Some(7) if (1..1 << 20).contains(&element.length) => Physical::Fixed(element.length as usize),
            _ => return Err(Bad::Damaged("a column of an unknown type")),
        })
    }
    /// Its number in the file.
    pub(super) fn number(self) -> i64 {
        match self {
            Physical::Boolean => 0,
            Physical::Int32 => 1,
            Physical::Int64 => 2,
            Physical::Int96 => 3,
            Physical::Float => 4,
            Physical::Double => 5,
            Physical::Bytes => 6,
            Physical::Fixed(_) => 7,
        }
    }
    /// How many bytes a value has, where that is fixed and whole.
    pub(super) fn width(self) -> Option<usize> {
        match self {
            Physical::Boolean | Physical::Bytes => None,
            Physical::Int32 | Physical::Float => Some(4),
            Physical::Int64 | Physical::Double => Some(8),
            Physical::Int96 => Some(12),
            Physical::Fixed(length) => Some(length),
        }
    }
}

impl Schema {
    pub(super) fn of(elements: &[Element]) -> Result<Schema, Bad> {
        let mut tree = Tree { elements, at: 1, leaves: Vec::new(), path: Vec::new() };
        let row = match elements.first() {
            Some(root) => tree.members(root, Levels::default(), 0)?,
            None => Vec::new(),
        };
        match tree.at < elements.len() {
            true => Err(Bad::Damaged("the schema has elements outside its tree")),
            false => Ok(Schema { row, leaves: tree.leaves }),
        }
    }
    /// The names of a row's members, if each is a word.
    pub(super) fn names(&self) -> Option<Vec<&str>> {
        let is_word = |name: &str| {
            name.bytes().all(|b| b.is_ascii_graphic()) && !name.is_empty() && name.len() < LONGEST
        };
        let names = self.row.iter().map(|member| member.name.as_str());
        (!self.row.is_empty() && names.clone().all(is_word)).then(|| names.collect())
    }
}

struct Tree<'e> {
    elements: &'e [Element],
    at: usize,
    leaves: Vec<Leaf>,
    path: Vec<&'e str>,
}

#[derive(Clone, Copy, Default)]
struct Levels {
    definition: u32,
    repetition: u32,
}

impl Levels {
    fn under(self, element: &Element) -> Levels {
        Levels {
            definition: self.definition + (element.repetition != Repetition::Required) as u32,
            repetition: self.repetition + (element.repetition == Repetition::Repeated) as u32,
        }
    }
}

impl<'e> Tree<'e> {
    fn next(&mut self) -> Result<&'e Element, Bad> {
        let element = self.elements.get(self.at).ok_or(Bad::Damaged("the schema ends within its tree"))?;
        self.at += 1;
        Ok(element)
    }
    fn members(&mut self, parent: &'e Element, levels: Levels, depth: u32) -> Result<Vec<Member>, Bad> {
        let mut members = Vec::new();
        for _ in 0..parent.children {
            let element = self.next()?;
            if let Some(node) = self.field(element, levels, depth + 1)? {
                let name = element.name.clone();
                members.push(Member { key: quoted(&name), name, node });
            }
        }
        Ok(members)
    }
    /// A field; of a group without columns there is nothing to be read.
    fn field(&mut self, element: &'e Element, levels: Levels, depth: u32) -> Result<Option<Node>, Bad> {
        if depth > NESTING {
            return Err(Bad::Limit(format!("columns that nest deeper than {NESTING} levels")));
        }
        self.path.push(&element.name);
        let under = levels.under(element);
        let node = self.value(element, under, depth)?;
        self.path.pop();
        // What repeats without being called a list is one, and always there.
        Ok(match element.repetition {
            Repetition::Repeated => node.map(|node| list(levels.definition, under, node)),
            _ => node,
        })
    }
    /// The value of an element, as if it did not repeat.
    fn value(&mut self, element: &'e Element, levels: Levels, depth: u32) -> Result<Option<Node>, Bad> {
        if element.physical.is_some() && element.children <= 0 {
            return self.leaf(element, levels).map(Some);
        }
        let repeats = element.children == 1
            && self.elements.get(self.at).is_some_and(|child| child.repetition == Repetition::Repeated);
        let logical = element.logical.map(|logical| logical.id);
        if repeats && (element.converted == Some(3) || logical == Some(3)) {
            return self.list(element, levels, depth);
        }
        if repeats && (matches!(element.converted, Some(1 | 2)) || logical == Some(2)) {
            return self.map(levels, depth);
        }
        let first = self.leaves.len();
        let members = self.members(element, levels, depth)?;
        let leaves = (first, self.leaves.len());
        let node = Node { there: levels.definition, leaves, shape: Shape::Struct(members) };
        Ok((leaves.0 < leaves.1).then_some(node))
    }
    fn list(&mut self, outer: &'e Element, levels: Levels, depth: u32) -> Result<Option<Node>, Bad> {
        let repeated = self.next()?;
        let under = levels.under(repeated);
        self.path.push(&repeated.name);
        let old = repeated.name == "array" || repeated.name.strip_suffix("_tuple") == Some(&outer.name);
        let inner = self.elements.get(self.at).map(|inner| inner.repetition);
        let is_item = repeated.physical.is_some() && repeated.children <= 0
            || repeated.children != 1
            || old
            || inner == Some(Repetition::Repeated);
        let item = match is_item {
            true => self.value(repeated, under, depth + 1)?,
            false => {
                let element = self.next()?;
                self.field(element, under, depth + 1)?
            }
        };
        self.path.pop();
        Ok(item.map(|item| list(levels.definition, under, item)))
    }
    fn map(&mut self, levels: Levels, depth: u32) -> Result<Option<Node>, Bad> {
        let repeated = self.next()?;
        let under = levels.under(repeated);
        self.path.push(&repeated.name);
        let first = self.leaves.len();
        let mut members = self.members(repeated, under, depth + 1)?;
        self.path.pop();
        let leaves = (first, self.leaves.len());
        let keys_are_plain = members.first().is_some_and(|key| matches!(key.node.shape, Shape::Leaf));
        if !keys_are_plain || members.len() > 2 {
            // Whatever that is, it is a list of structures.
            let node = Node { there: under.definition, leaves, shape: Shape::Struct(members) };
            return Ok((leaves.0 < leaves.1).then(|| list(levels.definition, under, node)));
        }
        let value = if members.len() > 1 { members.pop() } else { None };
        let key = members.pop();
        Ok(key.map(|key| {
            let (key, value) = (Box::new(key.node), value.map(|value| Box::new(value.node)));
            let shape = Shape::Map(under.into(), key, value);
            Node { there: levels.definition, leaves, shape }
        }))
    }
    fn leaf(&mut self, element: &Element, levels: Levels) -> Result<Node, Bad> {
        let physical = Physical::of(element)?;
        let at = self.leaves.len();
        self.leaves.push(Leaf {
            path: short(&self.path),
            physical,
            how: how(physical, element),
            outermost: self.path.len() == 1 && levels.repetition == 0,
            definition: levels.definition,
            repetition: levels.repetition,
        });
        Ok(Node { there: levels.definition, leaves: (at, at + 1), shape: Shape::Leaf })
    }
}

impl From<Levels> for Repeated {
    fn from(levels: Levels) -> Repeated {
        Repeated { level: levels.repetition, item: levels.definition }
    }
}

/// The names with dots between them, up to about [`LONGEST`] bytes.
fn short(names: &[&str]) -> String {
    let mut path = String::new();
    for (at, name) in names.iter().enumerate() {
        path.push_str(if at > 0 { "." } else { "" });
        path.extend(name.chars().take(LONGEST));
        if path.len() > LONGEST {
            break;
        }
    }
    path
}

fn list(there: u32, under: Levels, item: Node) -> Node {
    Node { there, leaves: item.leaves, shape: Shape::List(under.into(), Box::new(item)) }
}

/// How values of a column are written, by its newer annotation, its older one, or its type alone.
fn how(physical: Physical, element: &Element) -> How {
    let logical = element.logical.unwrap_or_default();
    let old = element.converted;
    let is = |new: i64, older: i64| logical.id == new || logical.id == 0 && old == Some(older);
    match physical {
        Physical::Boolean => How::Bool,
        Physical::Int96 => How::Int96,
        Physical::Float => How::Float,
        Physical::Double => How::Double,
        Physical::Int32 | Physical::Int64 => {
            let unsigned =
                logical.id == 10 && !logical.signed || logical.id == 0 && matches!(old, Some(11..=14));
            if is(5, 5) {
                decimal(element, &logical).map_or(How::Int, How::Decimal)
            } else if is(6, 6) {
                How::Date
            } else if let Some(unit) = time(&logical, old) {
                unit
            } else if unsigned && physical == Physical::Int32 {
                How::Unsigned32
            } else if unsigned {
                How::Unsigned64
            } else {
                How::Int
            }
        }
        Physical::Bytes | Physical::Fixed(_) => {
            let fixed = |length| physical == Physical::Fixed(length);
            if is(5, 5) {
                decimal(element, &logical).map_or(How::Bytes, How::Decimal)
            } else if logical.id == 14 && fixed(16) {
                How::Uuid
            } else if logical.id == 15 && fixed(2) {
                How::Half
            } else if old == Some(21) && fixed(12) {
                How::Interval
            } else if is(1, 0) || is(4, 4) || is(12, 19) {
                How::Text
            } else {
                How::Bytes
            }
        }
    }
}

/// The scale of a decimal, if it is one that numbers have.
fn decimal(element: &Element, logical: &Logical) -> Option<u32> {
    let scale = if logical.id == 5 { logical.scale } else { element.scale };
    (0..=76).contains(&scale).then_some(scale as u32)
}

fn time(logical: &Logical, old: Option<i64>) -> Option<How> {
    let unit = match logical.unit {
        1 => Unit::Milli,
        2 => Unit::Micro,
        _ => Unit::Nano,
    };
    Some(match (logical.id, old) {
        (7, _) => How::Time(unit),
        (8, _) => How::Timestamp(unit, logical.utc),
        (0, Some(7)) => How::Time(Unit::Milli),
        (0, Some(8)) => How::Time(Unit::Micro),
        (0, Some(9)) => How::Timestamp(Unit::Milli, true),
        (0, Some(10)) => How::Timestamp(Unit::Micro, true),
        _ => return None,
    })
}
