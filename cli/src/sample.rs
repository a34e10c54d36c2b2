//! `logloupe sample DIR`: the made-up incident as files, to try everything on.

use std::{fs, io::Write, path::Path};

use crate::{Failure, Outcome, Status};

/// Writes the files and says how many.
///
/// # Errors
/// When the folder cannot be written.
pub fn run(folder: &Path, out: &mut dyn Write) -> Outcome {
    let files = logloupe_sample::incident();
    let mut bytes = 0;
    for file in &files {
        let path = folder.join(&file.path);
        let written =
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, &file.bytes));
        written.map_err(|fault| Failure::Refused(format!("logloupe: {}: {fault}", path.display())))?;
        bytes += file.bytes.len();
    }
    writeln!(out, "{} files, {} KB, in {}", files.len(), bytes / 1000, folder.display())?;
    Ok(Status::Answered)
}
