//! Which fields are counted at the side, and which names a field has across logs.

use logloupe_table::{
    Family,
    schema::{Field, Kind, Role},
};

use crate::format_info as formats;

/// The common names worth counting, best first: they join different logs in one list.
const COMMON: [&str; 13] = [
    "event.action",
    "user.name",
    "source.ip",
    "event.outcome",
    "http.response.status_code",
    "cloud.region",
    "event.provider",
    "http.request.method",
    "url.path",
    "destination.port",
    "destination.ip",
    "user_agent.original",
    "cloud.account.id",
];
/// How many fields are counted unasked.
const MOST: usize = 10;
/// How many of them are common names where several logs are loaded: the rest is the largest log's own.
const MOST_COMMON: usize = 8;
/// How many values of a field are shown before "More…".
pub(crate) const SHORT: usize = 5;
/// How many values are asked for when a field is opened.
pub(crate) const LONG: usize = 200;

/// The fields counted when these formats are loaded and nobody chose: common names, which join logs, then those of the log
/// that has most rows. Of several logs a name counts as common if two have it.
pub(crate) fn default_fields(loaded: &[(String, u64)]) -> Vec<String> {
    let mut loaded: Vec<&(String, u64)> = loaded.iter().collect();
    loaded.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    let tables: Vec<&[Field]> =
        loaded.iter().filter_map(|(id, _)| formats::by_id(id)).map(|f| f.fields.as_slice()).collect();
    let mut names: Vec<&str> = Vec::new();
    if loaded.len() > 1 {
        names.push("@format");
    }
    let shared = loaded.len().clamp(1, 2);
    let answered =
        |name: &str| tables.iter().filter(|t| t.iter().any(|f| f.answers_to(name))).count() >= shared;
    names.extend(COMMON.into_iter().filter(|name| answered(name)));
    names.truncate(if loaded.len() > 1 { MOST_COMMON } else { MOST });
    let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    for field in tables.iter().copied().flatten().filter(|f| matches!(f.role, Role::Dimension | Role::Status))
    {
        if names.len() >= MOST {
            break;
        }
        if field.kind != Kind::Float && !names.iter().any(|n| field.answers_to(n)) {
            names.push(field.name.to_string());
        }
    }
    names
}

/// Every field that can be named, for "Find a field": built-in ones, then by format, each once.
pub(crate) fn all_fields(loaded: &[(String, u64)]) -> Vec<(String, &'static str)> {
    let mut all: Vec<(String, &'static str)> = vec![
        ("@format".to_owned(), "which log"),
        ("@source".to_owned(), "the file, with the path inside an archive"),
    ];
    for (id, _) in loaded {
        for field in formats::by_id(id).map(|f| f.fields.as_slice()).unwrap_or_default() {
            if !all.iter().any(|(name, _)| *name == field.name) {
                all.push((field.name.to_string(), field.doc));
            }
        }
    }
    all
}

/// The name that reaches the same thing in other logs, where the format's table of fields gives one.
pub(crate) fn common_name(format: &str, name: &str) -> Option<&'static str> {
    let fields = formats::by_id(format)?.fields.as_slice();
    let field = fields.iter().find(|f| f.answers_to(name))?;
    let aliases = field.aliases;
    COMMON.into_iter().find(|common| *common != name && aliases.iter().any(|a| a == common))
}

/// The title of a format, or its id if it is unknown.
pub(crate) fn format_title(id: &str) -> String {
    formats::by_id(id).map_or_else(|| id.to_owned(), |f| f.title.to_owned())
}

/// What a log is about; logs that nobody knows are "other".
pub(crate) fn family(id: &str) -> Family {
    formats::by_id(id).map_or(Family::Other, |f| f.family)
}

/// The class that sets a family's colour.
pub(crate) fn family_class(family: Family) -> String {
    format!("family-{}", family.letter())
}

/// These logs by family, in the order of families; within one, in theirs.
pub(crate) fn by_family<T>(
    logs: impl IntoIterator<Item = T>,
    id: impl Fn(&T) -> &str,
) -> Vec<(Family, Vec<T>)> {
    let mut groups: Vec<(Family, Vec<T>)> = Vec::new();
    for log in logs {
        let family = family(id(&log));
        match groups.iter_mut().find(|(of, _)| *of == family) {
            Some((_, group)) => group.push(log),
            None => groups.push((family, vec![log])),
        }
    }
    groups.sort_by_key(|(family, _)| *family);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_few_and_each_thing_once() {
        let one = default_fields(&[("vpc_flow".to_owned(), 10)]);
        assert!(one.len() <= MOST && one.contains(&"source.ip".to_owned()), "{one:?}");
        assert!(!one.contains(&"@format".to_owned()), "one log needs no choice of logs");
        let fields = formats::by_id("vpc_flow").expect("a format").fields.as_slice();
        for field in fields {
            let reached = one.iter().filter(|n| field.answers_to(n)).count();
            assert!(reached <= 1, "{} is counted {reached} times", field.name);
        }
        assert_eq!(default_fields(&[]), [""; 0]);
    }

    #[test]
    fn fields_are_listed_once() {
        let all = all_fields(&[("vpc_flow".to_owned(), 1), ("vpc_flow".to_owned(), 1)]);
        let mut names: Vec<_> = all.iter().map(|f| f.0.as_str()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn an_unknown_format_has_a_colour_of_its_own() {
        assert_eq!(family("nothing"), Family::Other);
        assert_eq!(format_title("nothing"), "nothing");
    }
}
