//! Requests about formats that the user describes, and about a few lines that are tried. The page keeps descriptions as the
//! text of their files, which only workers read and write.

use logloupe_table::{
    custom::{Attempt, Definition, Problem},
    settings::Settings,
};
use serde::{Deserialize, Serialize};

use crate::formats::FormatMessage;

crate::request::requests! {
    Custom, CustomRequest, CustomResponse;
    SetFormats -> Vec<Described>,
    Describe -> DescribedFile,
    Try -> Tried,
    FirstLines -> String,
}

/// Know the formats that these files describe, and no others beside those that are always known. Answered with what each
/// describes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SetFormats {
    /// The texts of the files; of one id, the last.
    pub files: Vec<String>,
}

/// What a file describes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Described {
    /// The text of the file.
    pub file: String,
    /// The description, if the file is one.
    pub definition: Option<Definition>,
    /// The format, if it is understood.
    pub format: Option<FormatMessage>,
    /// What is wrong with it otherwise.
    pub problem: Option<Problem>,
}

/// Write the file of this description.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Describe {
    /// The description.
    pub definition: Definition,
}

/// The file of a description, or what is wrong with that.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DescribedFile {
    /// The text of the file.
    pub file: String,
    /// What is wrong with the description.
    pub problem: Option<Problem>,
}

/// Read these lines: as described, as a format, or as what they are recognised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Try {
    /// The lines.
    pub text: String,
    /// The description to read them by.
    pub definition: Option<Definition>,
    /// The format to read them as.
    pub format: Option<String>,
    /// What they do not say.
    pub settings: Settings,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// What came of reading, if the description is one.
    pub attempt: Option<Attempt>,
    /// What is wrong with it otherwise.
    pub problem: Option<Problem>,
}

/// The first lines of the file whose handle stands beside the message, taken out of what it is packed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FirstLines {
    /// The file's size.
    pub size: u64,
}
