//! The footer of a file: its schema, and where the columns of each row group stand.
//! <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>, read 2026-11-27.
//!
//! Row groups are found at once and read when their turn comes: a footer may name a hundred thousand columns.

use super::{
    Bad,
    store::Store,
    thrift::{BINARY, STRUCT, TRUE, Thrift},
};

const MAGIC: &[u8] = b"PAR1";
/// Length and magic behind a footer.
const TAIL: usize = 8;
/// The longest footer that is read.
const MOST: usize = 64 << 20;

/// The most elements of a schema, and the most row groups.
const ELEMENTS: usize = 10_000;
const GROUPS: usize = 1_000_000;

/// What a footer says.
pub(super) struct Footer {
    bytes: Vec<u8>,
    pub(super) schema: Vec<Element>,
    /// Where in `bytes` each row group is described.
    groups: Vec<usize>,
    /// Where in the file the footer begins: no column reaches beyond.
    pub(super) at: usize,
}

/// An element of a schema, which comes as a tree told from its root on.
#[derive(Default)]
pub(super) struct Element {
    pub(super) name: String,
    /// Of a leaf: how its values are stored.
    pub(super) physical: Option<i64>,
    /// How many bytes each value has, of those that say so.
    pub(super) length: i64,
    pub(super) repetition: Repetition,
    pub(super) children: i64,
    /// The older annotation of what values mean.
    pub(super) converted: Option<i64>,
    pub(super) scale: i64,
    pub(super) logical: Option<Logical>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Repetition {
    #[default]
    Required,
    Optional,
    Repeated,
}

/// The newer annotation of what values mean: its number in the union of annotations, and its own fields.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Logical {
    pub(super) id: i64,
    pub(super) scale: i64,
    /// Of times: whether they are in UTC.
    pub(super) utc: bool,
    /// Of times: 1 for milliseconds, 2 for microseconds, 3 for nanoseconds.
    pub(super) unit: i64,
    pub(super) signed: bool,
    pub(super) bits: i64,
}

/// A row group.
#[derive(Default)]
pub(super) struct Group {
    pub(super) rows: i64,
    pub(super) columns: Vec<Chunk>,
}

/// Where a column of a row group stands, and how it is packed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chunk {
    pub(super) physical: i64,
    pub(super) codec: i64,
    pub(super) values: i64,
    pub(super) bytes: i64,
    pub(super) data: i64,
    pub(super) dictionary: i64,
    pub(super) encrypted: bool,
    /// It stands in another file.
    pub(super) elsewhere: bool,
}

impl Footer {
    /// Finds and reads the footer of a file.
    pub(super) fn read(file: &Store) -> Result<Footer, Bad> {
        let missing = Bad::Cut;
        if file.len() < MAGIC.len() + TAIL {
            return Err(missing);
        }
        let tail = file.bytes(file.len() - TAIL, TAIL).ok_or(Bad::Cut)?;
        match &tail[4..] {
            b"PAR1" => {}
            b"PARE" => return Err(encrypted()),
            _ => return Err(missing),
        }
        let length = u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]) as usize;
        if length > file.len() - MAGIC.len() - TAIL {
            return Err(Bad::Damaged("the stated length of its footer is more than the file has"));
        }
        if length > MOST {
            let most = MOST >> 20;
            return Err(Bad::Limit(format!("a footer of more than {most} MiB")));
        }
        let at = file.len() - TAIL - length;
        let bytes = file.bytes(at, length).ok_or(Bad::Short)?.into_owned();
        let (mut schema, mut groups, mut locked) = (Vec::new(), Vec::new(), false);
        Thrift::new(&bytes, 0).structure(|thrift, id, kind| {
            match id {
                2 => {
                    for _ in 0..thrift.structs(kind)? {
                        if schema.len() == ELEMENTS {
                            return Err(Bad::Limit(format!("a schema of more than {ELEMENTS} elements")));
                        }
                        schema.push(element(thrift)?);
                    }
                }
                4 => {
                    for _ in 0..thrift.structs(kind)? {
                        if groups.len() == GROUPS {
                            return Err(Bad::Limit(format!("more than {GROUPS} row groups")));
                        }
                        groups.push(thrift.at);
                        thrift.skip(STRUCT, 0)?;
                    }
                }
                8 => {
                    locked = true;
                    return Ok(false);
                }
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        let footer = Footer { bytes, schema, groups, at };
        // With a footer that can be read, single columns may be locked: they are named where they come.
        if locked && footer.schema.is_empty() {
            return Err(encrypted());
        }
        Ok(footer)
    }
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }
    /// The row group of this number, which must have so many columns.
    pub(super) fn group(&self, number: usize, columns: usize) -> Result<Group, Bad> {
        let mut group = Group::default();
        let Some(at) = self.groups.get(number) else { return Ok(group) };
        Thrift::new(&self.bytes, *at).structure(|thrift, id, kind| {
            match id {
                1 => {
                    if thrift.structs(kind)? != columns {
                        return Err(Bad::Damaged("it has another number of columns than the schema"));
                    }
                    for _ in 0..columns {
                        group.columns.push(chunk(thrift)?);
                    }
                }
                3 => group.rows = thrift.int(kind)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if group.columns.len() != columns {
            return Err(Bad::Damaged("it has another number of columns than the schema"));
        }
        Ok(group)
    }
}

/// What a file says that is encrypted as a whole.
fn encrypted() -> Bad {
    Bad::Unsupported("an encrypted Parquet file, which is not read here".to_owned())
}

fn element(thrift: &mut Thrift<'_>) -> Result<Element, Bad> {
    let mut element = Element::default();
    thrift.structure(|thrift, id, kind| {
        match id {
            1 => element.physical = Some(thrift.int(kind)?),
            2 => element.length = thrift.int(kind)?,
            3 => {
                element.repetition = match thrift.int(kind)? {
                    0 => Repetition::Required,
                    1 => Repetition::Optional,
                    2 => Repetition::Repeated,
                    _ => return Err(Bad::Damaged("a repetition of an unknown kind")),
                }
            }
            4 => element.name = String::from_utf8_lossy(thrift.binary(kind)?).into_owned(),
            5 => element.children = thrift.int(kind)?,
            6 => element.converted = Some(thrift.int(kind)?),
            7 => element.scale = thrift.int(kind)?,
            10 if kind == STRUCT => element.logical = Some(logical(thrift)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(element)
}

/// A union: a structure of which one field is there.
fn logical(thrift: &mut Thrift<'_>) -> Result<Logical, Bad> {
    let mut logical = Logical { signed: true, ..Logical::default() };
    thrift.structure(|thrift, id, kind| {
        if kind != STRUCT {
            return Ok(false);
        }
        logical.id = id;
        thrift.structure(|thrift, member, kind| {
            match (id, member) {
                (5, 1) => logical.scale = thrift.int(kind)?,
                (7 | 8, 1) => logical.utc = kind == TRUE,
                (7 | 8, 2) if kind == STRUCT => thrift.structure(|_, unit, _| {
                    logical.unit = unit;
                    Ok(false)
                })?,
                (10, 1) => logical.bits = thrift.int(kind)?,
                (10, 2) => logical.signed = kind == TRUE,
                _ => return Ok(false),
            }
            // Truths have no bytes of their own, what was read is behind them.
            Ok(true)
        })?;
        Ok(true)
    })?;
    Ok(logical)
}

fn chunk(thrift: &mut Thrift<'_>) -> Result<Chunk, Bad> {
    let mut chunk = Chunk::default();
    let mut there = false;
    thrift.structure(|thrift, id, kind| {
        match id {
            1 if kind == BINARY => chunk.elsewhere = !thrift.binary(kind)?.is_empty(),
            3 if kind == STRUCT => {
                there = true;
                thrift.structure(|thrift, id, kind| {
                    let number = match id {
                        1 => &mut chunk.physical,
                        4 => &mut chunk.codec,
                        5 => &mut chunk.values,
                        7 => &mut chunk.bytes,
                        9 => &mut chunk.data,
                        11 => &mut chunk.dictionary,
                        _ => return Ok(false),
                    };
                    *number = thrift.int(kind)?;
                    Ok(true)
                })?;
            }
            8 | 9 => {
                chunk.encrypted = true;
                return Ok(false);
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    match there || chunk.encrypted {
        true => Ok(chunk),
        false => Err(Bad::Damaged("a column is not described")),
    }
}
