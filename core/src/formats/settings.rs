//! What the user says of a file and its content does not, and how that is written in a command or a form.

/// What the user says of a file. Where the content says it itself, the content is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
pub(super) static NONE: Settings = Settings::NONE;

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
}
