//! Log formats as the page needs them, from the first message of a worker.

use logloupe_table::{Family, Kind, Role, Unit};
use serde::{Deserialize, Serialize};

/// One format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FormatMessage {
    /// The id.
    pub id: String,
    /// What it is about.
    pub family: Family,
    /// The vendor's name for the log.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// Its columns.
    pub fields: Vec<FieldMessage>,
    /// Title and query of each preset.
    pub presets: Vec<(String, String)>,
    /// Orders in which its fields are known to stand where a file does not name them: what each is called, and the names.
    pub orders: Vec<(String, String)>,
}

/// One column of a format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldMessage {
    /// The vendor's name.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
    /// What its numbers mean.
    pub unit: Unit,
    /// How it is used.
    pub role: Role,
    /// Other names.
    pub aliases: Vec<String>,
    /// One sentence.
    pub doc: String,
}
