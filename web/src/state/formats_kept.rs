//! The formats of this browser: the texts of the files that describe them, kept from visit to visit. The page keeps them without
//! lines of logs.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// How many formats are kept.
const MOST: usize = 100;

/// Files as text, one per line.
pub(crate) fn write<'f>(files: impl Iterator<Item = &'f str>) -> String {
    let lines: Vec<String> =
        files.take(MOST).map(|file| utf8_percent_encode(file, NON_ALPHANUMERIC).to_string()).collect();
    lines.join("\n")
}

/// The files in a text; a line that is none is passed over.
pub(crate) fn read(kept: &str) -> Vec<String> {
    let file = |line: &str| Some(percent_decode_str(line).decode_utf8().ok()?.into_owned());
    kept.lines().filter(|line| !line.is_empty()).take(MOST).filter_map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_as_they_are() {
        let files = ["{\n  \"id\": \"a%\u{e9}\"\n}\n", "b"];
        assert_eq!(read(&write(files.into_iter())), files);
        assert_eq!((read(""), read("%ff\nx")), (Vec::<String>::new(), vec!["x".to_owned()]));
    }
}
