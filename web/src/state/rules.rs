//! The rules of this browser: what the user said of files, kept from visit to visit. Only rules about all files of a kind are
//! kept, whose digits are gone from their names: a setting, no log data.

use logloupe_table::settings::{Rule, Settings};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// How many rules are kept.
const MOST: usize = 200;

/// Rules as text: one per line, its parts behind tabs.
pub(crate) fn write(rules: &[Rule]) -> String {
    let kept: Vec<&Rule> = rules.iter().filter(|rule| rule.files.contains('#')).collect();
    let last = kept.iter().skip(kept.len().saturating_sub(MOST));
    let line = |rule: &&&Rule| {
        let Settings { fields, delimiter, ahead, year, .. } = &rule.settings;
        let part = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        [
            part(&rule.files),
            part(rule.format.as_deref().unwrap_or_default()),
            part(&fields.join(" ")),
            delimiter.map(|byte| byte.to_string()).unwrap_or_default(),
            ahead.to_string(),
            year.map(|year| year.to_string()).unwrap_or_default(),
        ]
        .join("\t")
    };
    last.map(|rule| line(&rule)).collect::<Vec<_>>().join("\n")
}

/// The rules in a text; a line that is none is passed over.
pub(crate) fn read(kept: &str) -> Vec<Rule> {
    let rule = |line: &str| {
        let mut parts = line.split('\t');
        let mut part = || Some(percent_decode_str(parts.next()?).decode_utf8().ok()?.into_owned());
        let (files, format, fields) = (part()?, part()?, part()?);
        let (delimiter, ahead, year) = (part()?, part()?, part()?);
        let settings = Settings {
            fields: Settings::names(&fields),
            delimiter: delimiter.parse().ok(),
            ahead: ahead.parse().ok()?,
            year: year.parse().ok(),
            now: None,
        };
        Some(Rule { files, format: Some(format).filter(|id| !id.is_empty()), settings })
    };
    kept.lines().take(MOST).filter_map(rule).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_about_kinds_of_files_are_kept() {
        let settings = Settings {
            fields: vec!["a".to_owned(), "cs(Host)".to_owned()],
            delimiter: Some(b'\t'),
            ahead: -19_800,
            year: Some(2019),
            now: None,
        };
        let kind = Rule { files: "a b/#.log".to_owned(), format: Some("csv".to_owned()), settings };
        let plain = Rule { files: "x#".to_owned(), ..Rule::default() };
        let one = Rule { files: "secret.log".to_owned(), ..Rule::default() };
        let text = write(&[kind.clone(), one, plain.clone()]);
        assert!(!text.contains("secret"), "{text}");
        assert_eq!(read(&text), [kind, plain]);
        assert_eq!(read("nonsense\n\t\t\n"), Vec::<Rule>::new());
        let many: Vec<Rule> = (0..300).map(|i| Rule { files: format!("#{i}"), ..Rule::default() }).collect();
        assert_eq!(read(&write(&many)), many[100..]);
    }
}
