//! Formats that the user describes: `--format-file` and `--template` to the formats that files are read as.
//!
//! Not what such a description means: that is `formats::custom` of the parser crate.

use std::{fs::File, io::Read, path::Path};

use logloupe_core::formats::{
    ALL, Format,
    custom::{Registry, file},
};
use logloupe_syntax::{Diagnostic, diagnostic};
use logloupe_table::custom::{Definition, Problem, Shape};

use crate::{Failure, args::Files};

/// The id of the format that `--template` describes.
pub const QUICK: &str = "template";

/// What files are read as.
#[derive(Clone, Copy)]
pub struct Formats {
    /// The formats that are asked, those of the crate first.
    pub all: &'static [&'static dyn Format],
}

impl Default for Formats {
    fn default() -> Formats {
        Formats { all: ALL }
    }
}

/// Reads the descriptions that a call names. The files are then read as the format that was asked for, which may be one of
/// these.
///
/// # Errors
/// What is wrong with a description, or an id that no format has.
pub fn resolve(files: &Files) -> Result<(Files, Formats), Failure> {
    let mut files = files.clone();
    let mut described = Vec::new();
    let mut registry = Registry::default();
    let template = quick(files.template.as_deref());
    for path in &files.format_files {
        let (definition, text) = read(path)?;
        let name = path.display().to_string();
        let format = registry.define(&definition);
        described.push(format.map_err(|problem| refused(&problem, &definition, &name, &text))?);
    }
    if let Some(definition) = &template {
        let format = registry.define(definition);
        described.push(format.map_err(|problem| refused(&problem, definition, "--template", ""))?);
        files.format = Some(QUICK.to_owned());
    }
    let all = registry.all(&described).0;
    if let Some(id) = &files.format
        && !all.iter().any(|format| format.meta().id == id)
    {
        let own: Vec<&str> = described.iter().map(|format| format.meta().id).collect();
        let message = format!(
            "logloupe: there is no format `{id}`; `logloupe formats` lists them, and the files given have {}",
            own.join(", ")
        );
        return Err(Failure::Refused(message));
    }
    Ok((files, Formats { all }))
}

/// The description that a template alone is.
pub fn quick(template: Option<&str>) -> Option<Definition> {
    let shape = Shape::Template(template?.to_owned());
    Some(Definition {
        id: QUICK.to_owned(),
        name: "the template given".to_owned(),
        shape,
        ..Definition::default()
    })
}

/// The description in a file, and the file's text.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn read(path: &Path) -> Result<(Definition, String), Failure> {
    let name = path.display();
    let mut text = Vec::new();
    // One byte more than there may be is enough to refuse it.
    let most = file::LONGEST as u64 + 1;
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut text));
    read.map_err(|fault| Failure::Refused(format!("logloupe: {name}: {fault}")))?;
    let definition = file::read(&text);
    let text = String::from_utf8_lossy(&text).into_owned();
    match definition {
        Ok(definition) => Ok((definition, text)),
        Err(problem) => Err(refused(&problem, &Definition::default(), &name.to_string(), &text)),
    }
}

/// What is wrong with a description, with the place underlined.
pub fn refused(problem: &Problem, definition: &Definition, source: &str, file: &str) -> Failure {
    let text = match problem.part.as_str() {
        "template" | "pattern" => definition.shape.text(),
        "starts" => definition.starts.as_deref().unwrap_or_default(),
        "id" => &definition.id,
        "file" if problem.to > problem.from => file,
        _ => "",
    };
    let said = source.starts_with("--") || problem.part == "file";
    let part = if said { String::new() } else { format!("{}: ", problem.part) };
    let message = format!("{source}: {part}{}", problem.message);
    let shown = match text.is_empty() {
        false => {
            let at = text.floor_char_boundary(problem.from)..text.floor_char_boundary(problem.to);
            diagnostic::render(text, &[Diagnostic::error(at, message).help(&problem.help)])
        }
        true if problem.help.is_empty() => format!("error: {message}"),
        true => format!("error: {message}\n  help: {}", problem.help),
    };
    Failure::Refused(shown.trim_end().to_owned())
}
