//! Paths into JSON as Athena writes them.

use std::fmt::Write;

use logloupe_query::kernels::path_steps;

/// A path in JSON text: `$.a[0]["b c"]`.
pub(super) fn json_path(path: &str) -> String {
    let mut out = "$".to_owned();
    for part in path_steps(path).iter().map(AsRef::as_ref) {
        let plain = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let part: &str = part;
        let _ = match part.parse::<usize>() {
            Ok(index) => write!(out, "[{index}]"),
            Err(_) if plain => write!(out, ".{part}"),
            Err(_) => write!(out, "[\"{}\"]", part.replace('"', "\\\"")),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_that_are_no_names_stand_in_quotes() {
        assert_eq!(json_path("a.`b.c`.0"), "$.a[\"b.c\"][0]");
        assert_eq!(json_path("a.0.b c.d"), "$.a[0][\"b c\"].d");
    }
}
