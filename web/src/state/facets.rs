//! Which fields are counted at the side, and which names a field has across logs.

use logloupe_table::schema::{Field, Kind, Role};

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
/// How many values of a field are shown before "More…".
pub(crate) const SHORT: usize = 5;
/// How many values are asked for when a field is opened.
pub(crate) const LONG: usize = 200;

/// The fields counted when these formats are loaded and nobody chose.
pub(crate) fn default_fields(loaded: &[(String, u64)]) -> Vec<String> {
    let tables: Vec<&[Field]> =
        loaded.iter().filter_map(|(id, _)| formats::by_id(id)).map(|f| f.fields.as_slice()).collect();
    let mut names: Vec<&str> = Vec::new();
    if loaded.len() > 1 {
        names.push("@format");
    }
    let answered = |name: &str| tables.iter().any(|t| t.iter().any(|f| f.answers_to(name)));
    names.extend(COMMON.into_iter().filter(|name| answered(name)));
    names.truncate(MOST);
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

/// The place of a format's colour: 1 to 8, the same for a format in every picture.
pub(crate) fn format_colour(id: &str) -> usize {
    let place = formats::all().iter().position(|f| f.id == id);
    place.map_or(7, |place| place % 7) + 1
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
        assert_eq!(format_colour("nothing"), 8);
        assert_eq!(format_title("nothing"), "nothing");
    }
}
