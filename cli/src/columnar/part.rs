//! One Parquet file: it appears whole or not at all. Until it is complete it has another name beside its own, which
//! Athena, Hive and Spark pass over because it begins with a dot.

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

use logloupe_table::{
    Schema,
    columnar::{Content, Layout, Leaf, Node, Origin, Type},
};
use parquet::{
    basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical},
    errors::{ParquetError, Result},
    file::{
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::types::{SchemaDescriptor, Type as SchemaType, TypePtr},
};

use super::buffer::{Buffer, Rows, Taken};

/// The columns of a file.
#[derive(Debug)]
pub(super) struct Columns {
    schema: TypePtr,
    leaves: Vec<Leaf>,
}

impl Columns {
    /// Those of a layout.
    pub(super) fn of(layout: &Layout) -> Result<Columns> {
        let schema =
            SchemaType::group_type_builder("schema").with_fields(members(layout.nodes())?).build()?;
        let leaves = layout.leaves().into_iter().cloned().collect();
        Ok(Columns { schema: Arc::new(schema), leaves })
    }
    /// Which column of a table each of them is, if one is.
    pub(super) fn of_table(&self, schema: &Schema) -> Vec<Option<usize>> {
        let fields = schema.fields().iter().enumerate();
        let places: HashMap<Leaf, usize> = fields.map(|(column, field)| (Leaf::of(field), column)).collect();
        self.leaves.iter().map(|leaf| places.get(leaf).copied()).collect()
    }
}

/// How the values of these columns are written: with a dictionary unless hardly any occurs twice. To look for each in one then
/// takes most of the time that writing takes, and for no use.
fn properties(schema: &TypePtr, buffers: &[Buffer]) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("logloupe ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::SNAPPY);
    let schema = SchemaDescriptor::new(schema.clone());
    for (column, buffer) in schema.columns().iter().zip(buffers) {
        let path = column.path().clone();
        if buffer.leaf.origin == Origin::Message || !buffer.repeats() {
            properties = properties.set_column_dictionary_enabled(path.clone(), false);
            properties = match buffer.leaf.ty {
                Type::Int | Type::Time => properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED),
                // Nothing is found or passed over by the smallest of texts that are all different.
                Type::Text => properties.set_column_statistics_enabled(path, EnabledStatistics::None),
                _ => properties,
            };
        }
    }
    properties.build()
}

fn members(nodes: &[Node]) -> Result<Vec<TypePtr>> {
    let mut members = Vec::new();
    for node in nodes {
        let member = match &node.content {
            Content::Leaf(leaf) if leaf.list => list(&node.name, leaf.ty)?,
            Content::Leaf(leaf) => single(&node.name, leaf.ty)?,
            // A struct is always there, so that whether a value is depends on the value alone.
            Content::Struct(inner) => SchemaType::group_type_builder(&node.name)
                .with_repetition(Repetition::REQUIRED)
                .with_fields(self::members(inner)?)
                .build()?,
            Content::Key => continue,
        };
        members.push(Arc::new(member));
    }
    Ok(members)
}

fn single(name: &str, ty: Type) -> Result<SchemaType> {
    let (physical, logical) = match ty {
        Type::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Type::Int => (Physical::INT64, None),
        Type::Float => (Physical::DOUBLE, None),
        Type::Bool => (Physical::BOOLEAN, None),
        Type::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
    };
    SchemaType::primitive_type_builder(name, physical)
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}

/// `optional group name (LIST) { repeated group list { optional … element } }`
fn list(name: &str, ty: Type) -> Result<SchemaType> {
    let items = SchemaType::group_type_builder("list")
        .with_repetition(Repetition::REPEATED)
        .with_fields(vec![Arc::new(single("element", ty)?)])
        .build()?;
    SchemaType::group_type_builder(name)
        .with_logical_type(Some(LogicalType::List))
        .with_repetition(Repetition::OPTIONAL)
        .with_fields(vec![Arc::new(items)])
        .build()
}

/// A file in the making.
pub(super) struct Part {
    path: PathBuf,
    columns: Arc<Columns>,
    buffers: Vec<Buffer>,
    rows: usize,
    bytes: usize,
    file: OpenFile,
}

/// A file of which something is written.
struct Begun {
    writer: SerializedFileWriter<File>,
    temporary: Temporary,
}

impl Part {
    /// A file that will be here, with these columns.
    pub(super) fn new(path: PathBuf, columns: Arc<Columns>) -> Part {
        let buffers = buffers(&columns);
        Part { path, columns, buffers, rows: 0, bytes: 0, file: OpenFile::None }
    }
    /// Whether something is written, so that its columns are settled.
    pub(super) fn has_begun(&self) -> bool {
        !matches!(self.file, OpenFile::None)
    }
    /// How many rows wait for their row group.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }
    /// About how many bytes wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
    /// Gives it these columns, of which it has some.
    pub(super) fn widen(&mut self, columns: &Arc<Columns>) {
        let mut old = std::mem::take(&mut self.buffers);
        self.buffers = buffers(columns);
        for buffer in &mut self.buffers {
            match old.iter().position(|o| o.leaf == buffer.leaf) {
                Some(at) => *buffer = old.swap_remove(at),
                None => buffer.pad(self.rows),
            }
        }
        self.columns = columns.clone();
        self.weigh();
    }
    fn weigh(&mut self) {
        self.bytes = self.buffers.iter().map(|buffer| buffer.bytes() + size_of::<Buffer>()).sum();
    }
    /// Takes these rows.
    pub(super) fn take(&mut self, taken: &Taken<'_>, rows: &Rows<'_>) {
        let buffers = self.buffers.iter_mut().zip(taken.columns);
        buffers.for_each(|(buffer, column)| buffer.take(taken, *column, rows));
        self.rows += rows.len();
        self.weigh();
    }
    /// Writes what waits as a row group; on a thread of its own where one is free.
    ///
    /// # Errors
    /// When the file cannot be written, now or the last time.
    pub(super) fn write_group(&mut self, free: &Free) -> io::Result<()> {
        let fresh = buffers(&self.columns);
        let full = std::mem::replace(&mut self.buffers, fresh);
        (self.rows, self.bytes) = (0, 0);
        let mut begun = match self.file.settled()? {
            Some(begun) => begun,
            None => Begun::new(&self.path, &self.columns, &full).map_err(|fault| at(&self.path, fault))?,
        };
        let path = self.path.clone();
        let write = move || match begun.write(full) {
            Ok(()) => Ok(begun),
            Err(fault) => Err(at(&path, io_error(fault))),
        };
        self.file = match free.take() {
            Some(place) => OpenFile::Written(Writing(Some(thread::spawn(move || {
                let _place = place;
                write()
            })))),
            None => OpenFile::Idle(write()?),
        };
        Ok(())
    }
    /// Completes the file and gives its path.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn finish(mut self) -> io::Result<PathBuf> {
        if self.rows > 0 || !self.has_begun() {
            self.write_group(&Free::default())?;
        }
        if let Some(Begun { writer, mut temporary }) = self.file.settled()? {
            let closed = writer.into_inner().map_err(io_error).map(drop);
            closed.and_then(|()| temporary.become_file(&self.path)).map_err(|fault| at(&self.path, fault))?;
        }
        Ok(self.path)
    }
}

/// The file of a part.
enum OpenFile {
    /// Nothing is written yet.
    None,
    /// Nothing is being written.
    Idle(Begun),
    /// A thread writes a row group.
    Written(Writing),
}

impl OpenFile {
    /// The file with nothing being written, if there is one; `None` is left in its place.
    fn settled(&mut self) -> io::Result<Option<Begun>> {
        match std::mem::replace(self, OpenFile::None) {
            OpenFile::None => Ok(None),
            OpenFile::Idle(begun) => Ok(Some(begun)),
            OpenFile::Written(mut writing) => match writing.0.take().map(JoinHandle::join) {
                None => Ok(None),
                Some(Ok(written)) => written.map(Some),
                // A panic there is a fault of ours: it ends the run as it would have here.
                Some(Err(panic)) => std::panic::resume_unwind(panic),
            },
        }
    }
}

/// A thread that writes, and gives the file back.
struct Writing(Option<JoinHandle<io::Result<Begun>>>);

impl Drop for Writing {
    /// Waits for it: a file that was not completed is gone when the program ends.
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            drop(thread.join());
        }
    }
}

/// How many threads may write besides the one that reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Free(Arc<AtomicUsize>);

impl Free {
    pub(super) fn new(threads: usize) -> Free {
        Free(Arc::new(AtomicUsize::new(threads)))
    }
    /// A place for a thread, which is free again when that is dropped.
    fn take(&self) -> Option<Place> {
        let less = |free: usize| free.checked_sub(1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).ok().map(|_| Place(self.clone()))
    }
}

struct Place(Free);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn buffers(columns: &Columns) -> Vec<Buffer> {
    columns.leaves.iter().cloned().map(Buffer::new).collect()
}

impl Begun {
    fn new(path: &Path, columns: &Columns, first: &[Buffer]) -> io::Result<Begun> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = Temporary(Some(path.with_file_name(format!(".{name}.incomplete"))));
        let file = match &temporary.0 {
            Some(path) => File::create_new(path)?,
            None => return Err(io::ErrorKind::NotFound.into()),
        };
        let properties = properties(&columns.schema, first);
        let writer = SerializedFileWriter::new(file, columns.schema.clone(), properties.into());
        Ok(Begun { writer: writer.map_err(io_error)?, temporary })
    }
    fn write(&mut self, buffers: Vec<Buffer>) -> Result<()> {
        let mut group = self.writer.next_row_group()?;
        for buffer in buffers {
            let Some(mut column) = group.next_column()? else { break };
            buffer.write(&mut column)?;
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

/// The file under its other name; removed unless it became the file that it was to be.
struct Temporary(Option<PathBuf>);

impl Temporary {
    fn become_file(&mut self, path: &Path) -> io::Result<()> {
        if let Some(temporary) = &self.0 {
            fs::rename(temporary, path)?;
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // Nothing can be done about a file that cannot be removed; the run has failed and says so.
            let _ = fs::remove_file(path);
        }
    }
}

/// A fault with the file in which it happened.
fn at(path: &Path, fault: io::Error) -> io::Error {
    io::Error::new(fault.kind(), format!("{}: {fault}", path.display()))
}

/// What the crate says, as what the system said where that is the reason.
pub(super) fn io_error(fault: ParquetError) -> io::Error {
    match fault {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(fault) => *fault,
            Err(inner) => io::Error::other(inner),
        },
        other => io::Error::other(other.to_string()),
    }
}
