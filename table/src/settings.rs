//! What the user says of files and their content does not, and how that is written in a command or a form. A rule says it of
//! one file, or of all that are called like it.

use serde::{Deserialize, Serialize};

/// What the user says of a file. Where the content says it itself, the content is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The names of its fields in their order: for logs that do not name them themselves.
    pub fields: Vec<String>,
    /// What stands between the values of a record.
    pub delimiter: Option<u8>,
    /// How many seconds the clock of times without a zone is ahead of UTC.
    pub ahead: i32,
    /// The year of days without one.
    pub year: Option<i32>,
    /// The time now, in microseconds since 1970: days without a year are the last before it.
    pub now: Option<i64>,
}

/// Nothing was said.
pub static NONE: Settings = Settings::NONE;

impl Settings {
    /// Nothing was said.
    pub const NONE: Settings =
        Settings { fields: Vec::new(), delimiter: None, ahead: 0, year: None, now: None };

    /// The names of fields as people write them: with blanks or commas between them, also as the console has them
    /// (`${srcaddr}`).
    pub fn names(text: &str) -> Vec<String> {
        let names = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    }
    /// A delimiter as people write it: itself, or a word for one that cannot be seen.
    pub fn delimiter(text: &str) -> Option<u8> {
        match text {
            "tab" | "\\t" => Some(b'\t'),
            "space" => Some(b' '),
            "comma" => Some(b','),
            "semicolon" => Some(b';'),
            "bar" | "pipe" => Some(b'|'),
            _ => match text.as_bytes() {
                [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte) => {
                    Some(*byte)
                }
                _ => None,
            },
        }
    }
    /// How many seconds a time zone is ahead of UTC: `UTC`, `Z`, `+02:00`, `-0530`, `+2`. A zone by its place has no one offset.
    pub fn ahead(text: &str) -> Option<i32> {
        if matches!(text, "UTC" | "utc" | "Z" | "z" | "GMT") {
            return Some(0);
        }
        let (sign, rest) = match text.strip_prefix('+') {
            Some(rest) => (1, rest),
            None => (-1, text.strip_prefix(['-', '−'])?),
        };
        let (hours, minutes) = match rest.split_once(':') {
            Some(parts) => parts,
            None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
            None => (rest, "0"),
        };
        let number = |text: &str, most: i32| {
            let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<i32>().ok().filter(|number| digits && *number <= most)
        };
        Some(sign * (number(hours, 14)? * 3600 + number(minutes, 59)? * 60))
    }
    /// A year as people write it.
    pub fn year(text: &str) -> Option<i32> {
        text.parse().ok().filter(|year| (1970..=9999).contains(year))
    }
}

/// What is said of some files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The path of a file, as the ledger has it, or what [`alike`] makes of it: then it holds for all that are called like it.
    pub files: String,
    /// The format that they are read as; recognised by content if none.
    pub format: Option<String>,
    /// What they do not say themselves.
    pub settings: Settings,
}

impl Rule {
    /// Whether it is about the file with this path.
    pub fn is_about(&self, path: &str) -> bool {
        self.files == path || self.files.contains('#') && self.files == alike(path)
    }
}

/// The last of the rules that is about the file with this path.
pub fn last_about<'r>(rules: &'r [Rule], path: &str) -> Option<&'r Rule> {
    // What it is called like is found once, not for each of many rules.
    let pattern = rules.iter().any(|rule| rule.files.contains('#')).then(|| alike(path));
    rules.iter().rev().find(|rule| rule.files == path || pattern.as_deref() == Some(rule.files.as_str()))
}

/// What paths of one kind of file have in common: each word with a digit in it (numbers, dates, ids) is a `#`.
pub fn alike(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        if end == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (word, behind) = rest.split_at(end);
        out.push_str(if word.bytes().any(|b| b.is_ascii_digit()) { "#" } else { word });
        rest = behind;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_understood() {
        assert_eq!(Settings::names("a, b\tc,,"), ["a", "b", "c"]);
        for (text, byte) in [
            ("tab", Some(b'\t')),
            (",", Some(b',')),
            ("^", Some(b'^')),
            ("a", None),
            ("\"", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(Settings::delimiter(text), byte, "{text}");
        }
        for (text, seconds) in [
            ("UTC", Some(0)),
            ("+02:00", Some(7200)),
            ("-0530", Some(-19_800)),
            ("+2", Some(7200)),
            ("+15:00", None),
            ("+1:60", None),
            ("Europe/Berlin", None),
            ("+é1", None),
            ("", None),
        ] {
            assert_eq!(Settings::ahead(text), seconds, "{text}");
        }
        assert_eq!(
            (Settings::year("2019"), Settings::year("19"), Settings::year("x")),
            (Some(2019), None, None)
        );
    }

    #[test]
    fn files_of_one_kind_are_called_alike() {
        let path = |day: u32, id: &str| {
            format!("logs/AWSLogs/111122223333/vpcflowlogs/eu-central-1/2026/03/{day:02}/x_fl-{id}_é.log.gz")
        };
        let rule = Rule { files: alike(&path(5, "0a1b2c")), ..Rule::default() };
        assert_eq!(rule.files, "logs/AWSLogs/#/vpcflowlogs/eu-central-#/#/#/#/x_fl-#_é.log.gz");
        assert!(rule.is_about(&path(6, "9d8e7f")) && !rule.is_about("logs/x.log"));
        let rules = [rule, Rule { files: path(5, "0a"), ..Rule::default() }];
        assert_eq!(last_about(&rules, &path(5, "0a")), Some(&rules[1]));
        assert_eq!(last_about(&rules, &path(6, "0b")), Some(&rules[0]));
        assert_eq!((last_about(&rules, "x.log"), last_about(&[], "x.log")), (None, None));
        let one = Rule { files: "app.log".to_owned(), ..Rule::default() };
        assert!(one.is_about("app.log") && !one.is_about("app2.log"));
        assert_eq!(alike(""), "");
    }
}
