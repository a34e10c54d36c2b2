//! What can be asked on the command line, and the texts that say so. Names here are scripted against: add, do not
//! rename.

mod help;

use std::{ffi::OsString, num::NonZeroUsize, path::PathBuf};

use lexopt::{Arg, Parser, ValueExt};
use logloupe_core::formats::Settings;
use logloupe_syntax::Language;

use help::{HELP, HELP_CONVERT, HELP_EXPLAIN, HELP_FORMATS, HELP_LEDGER, HELP_QUERY, HELP_SAMPLE, HELP_TRY};

/// One call, understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// `--help`, `help`, `COMMAND --help`.
    Help(&'static str),
    /// `--version`.
    Version,
    /// `formats [--json]`.
    Formats {
        /// As JSON.
        json: bool,
    },
    /// `try`.
    Try(Try),
    /// `convert`.
    Convert(Convert),
    /// `query`.
    Query(Query),
    /// `ledger`.
    Ledger(Ledger),
    /// `explain`.
    Explain(Explain),
    /// `sample DIR`.
    Sample {
        /// Where the files go.
        folder: PathBuf,
    },
}

/// `try [--json] [--template TEMPLATE] PATH`
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// As JSON.
    pub json: bool,
    /// The file, or `-`.
    pub path: PathBuf,
    /// What is said of it.
    pub files: Files,
}

/// `convert [--to ndjson|csv|parquet] [--partition-by KEYS] [--out DIR] [--format ID] [--fields NAMES] PATH…`
#[derive(Clone, Debug, PartialEq)]
pub struct Convert {
    /// As what rows are written.
    pub rows: RowsAs,
    /// Which files.
    pub files: Files,
}

/// As what `convert` writes rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RowsAs {
    /// One JSON object per line.
    #[default]
    Ndjson,
    /// Comma-separated values.
    Csv,
    /// Parquet files.
    Parquet {
        /// The names of the keys by which files are partitioned.
        keys: Vec<String>,
        /// The folder that they go into.
        out: PathBuf,
    },
}

/// `query [--sql | --pattern] [--output …] [--follow] QUERY PATH…`
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The query's text.
    pub text: String,
    /// The language that was asked for.
    pub language: Language,
    /// How the answer is written.
    pub output: Output,
    /// Whether files are read as they grow, and the answer is given anew.
    pub follow: bool,
    /// Which files.
    pub files: Files,
}

/// `explain [--sql | --pattern] [--to plan|athena|insights] [--layout aws|parquet] QUERY [PATH…]`
#[derive(Clone, Debug, PartialEq)]
pub struct Explain {
    /// The query's text.
    pub text: String,
    /// The language that was asked for.
    pub language: Language,
    /// As what it is explained.
    pub to: To,
    /// The keys of Parquet that Athena is to read, where it is not to read what AWS delivered.
    pub lake: Option<Vec<String>>,
    /// Which files, so that names are those that exist; all formats' names without any.
    pub files: Files,
}

/// As what a query is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum To {
    /// The plan in words.
    #[default]
    Plan,
    /// Athena SQL and its table.
    Athena,
    /// CloudWatch Logs Insights.
    Insights,
}

/// `ledger [--json] PATH…`
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// As JSON.
    pub json: bool,
    /// Which files.
    pub files: Files,
}

/// What every command that reads logs is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    /// Files, folders, archives, or `-`.
    pub paths: Vec<PathBuf>,
    /// The format they are read as; recognised by content if not given.
    pub format: Option<String>,
    /// Files that describe formats.
    pub format_files: Vec<PathBuf>,
    /// What a record of theirs looks like.
    pub template: Option<String>,
    /// What the user says of them all.
    pub settings: Settings,
    /// How many threads read; all processors if not given.
    pub threads: Option<NonZeroUsize>,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Aligned columns, for people.
    #[default]
    Table,
    /// An array of objects.
    Json,
    /// One object per line.
    Ndjson,
    /// Comma-separated, safe against spreadsheet formulas.
    Csv,
}

/// Why a call makes no sense, in one sentence.
#[derive(Debug, PartialEq)]
pub struct Usage(pub String);

impl From<lexopt::Error> for Usage {
    fn from(fault: lexopt::Error) -> Usage {
        Usage(fault.to_string())
    }
}

/// Understands the arguments after the program's name.
///
/// # Errors
/// What is wrong with the call.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Call, Usage> {
    let mut parser = Parser::from_args(args);
    let command = match parser.next()? {
        None => return Err(Usage("no command given".into())),
        Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Call::Help(HELP)),
        Some(Arg::Short('V') | Arg::Long("version")) => return Ok(Call::Version),
        Some(Arg::Value(command)) => command.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "help" => Ok(Call::Help(HELP)),
        "formats" => formats(&mut parser),
        "convert" => convert(&mut parser),
        "query" => query(&mut parser),
        "ledger" => ledger(&mut parser),
        "try" => attempt(&mut parser),
        "sample" => sample(&mut parser),
        "explain" => explain(&mut parser),
        other => Err(Usage(format!(
            "there is no command `{other}`; there are formats, query, explain, convert, ledger, try, sample"
        ))),
    }
}

fn formats(parser: &mut Parser) -> Result<Call, Usage> {
    let mut json = false;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("json") => json = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(Call::Help(HELP_FORMATS)),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Call::Formats { json })
}

fn convert(parser: &mut Parser) -> Result<Call, Usage> {
    const FORMS: [(&str, &str); 3] = [("ndjson", "ndjson"), ("csv", "csv"), ("parquet", "parquet")];
    let (mut to, mut keys, mut out, mut files) = ("ndjson", None, None, Files::default());
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("to") => to = choice(parser, "--to", &FORMS)?,
            Arg::Long("partition-by") => keys = Some(partition_keys(parser)?),
            Arg::Long("out") => out = Some(parser.value()?.into()),
            Arg::Short('h') | Arg::Long("help") => return Ok(Call::Help(HELP_CONVERT)),
            Arg::Value(path) => files.paths.push(path.into()),
            Arg::Long(option) if Files::has(option) => {
                let option = option.to_owned();
                files.option(&option, parser)?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let rows = match to {
        "parquet" => {
            RowsAs::Parquet { keys: keys.unwrap_or_default(), out: out.unwrap_or_else(|| "parquet".into()) }
        }
        _ if keys.is_some() || out.is_some() => {
            return Err(Usage("--partition-by and --out go with --to parquet".into()));
        }
        "csv" => RowsAs::Csv,
        _ => RowsAs::Ndjson,
    };
    Ok(Call::Convert(Convert { rows, files: files.given()? }))
}

/// Names with commas between them.
fn partition_keys(parser: &mut Parser) -> Result<Vec<String>, Usage> {
    let text = parser.value()?.string()?;
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    let same = |(at, name): (usize, &String)| names.iter().skip(at + 1).any(|n| n.eq_ignore_ascii_case(name));
    if names.iter().any(String::is_empty) || names.iter().enumerate().any(same) {
        return Err(Usage(format!(
            "--partition-by is names with commas between them, each once, such as day,account,region; not `{text}`"
        )));
    }
    Ok(names)
}

fn query(parser: &mut Parser) -> Result<Call, Usage> {
    const OUTPUTS: [(&str, Output); 4] =
        [("table", Output::Table), ("json", Output::Json), ("ndjson", Output::Ndjson), ("csv", Output::Csv)];
    let (mut text, mut language, mut output) = (None, Language::default(), Output::default());
    let (mut files, mut follow) = (Files::default(), false);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("sql") => language = Language::Sql,
            Arg::Long("pattern") => language = Language::Pattern,
            Arg::Long("output") => output = choice(parser, "--output", &OUTPUTS)?,
            Arg::Short('f') | Arg::Long("follow") => follow = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(Call::Help(HELP_QUERY)),
            Arg::Value(value) if text.is_none() => text = Some(value.string()?),
            Arg::Value(path) => files.paths.push(path.into()),
            Arg::Long(option) if Files::has(option) => {
                let option = option.to_owned();
                files.option(&option, parser)?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let text = text.ok_or_else(|| Usage("no query given".into()))?;
    if follow && output == Output::Json {
        return Err(Usage(
            "--follow never ends an array: --output is one of table, ndjson, csv with it".into(),
        ));
    }
    Ok(Call::Query(Query { text, language, output, follow, files: files.given()? }))
}

fn explain(parser: &mut Parser) -> Result<Call, Usage> {
    const FORMS: [(&str, To); 3] = [("plan", To::Plan), ("athena", To::Athena), ("insights", To::Insights)];
    let (mut text, mut language, mut to) = (None, Language::default(), To::default());
    let (mut files, mut parquet, mut keys) = (Files::default(), false, None);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("sql") => language = Language::Sql,
            Arg::Long("pattern") => language = Language::Pattern,
            Arg::Long("to") => to = choice(parser, "--to", &FORMS)?,
            Arg::Long("layout") => {
                parquet = choice(parser, "--layout", &[("aws", false), ("parquet", true)])?;
            }
            Arg::Long("partition-by") => keys = Some(partition_keys(parser)?),
            Arg::Short('h') | Arg::Long("help") => return Ok(Call::Help(HELP_EXPLAIN)),
            Arg::Value(value) if text.is_none() => text = Some(value.string()?),
            Arg::Value(path) => files.paths.push(path.into()),
            Arg::Long(option) if Files::has(option) => {
                let option = option.to_owned();
                files.option(&option, parser)?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let text = text.ok_or_else(|| Usage("no query given".into()))?;
    if (parquet || keys.is_some()) && to != To::Athena || keys.is_some() && !parquet {
        return Err(Usage("--layout goes with --to athena, --partition-by with --layout parquet".into()));
    }
    let lake = parquet.then(|| keys.unwrap_or_default());
    Ok(Call::Explain(Explain { text, language, to, lake, files: files.checked()? }))
}

fn ledger(parser: &mut Parser) -> Result<Call, Usage> {
    let (mut json, mut files) = (false, Files::default());
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("json") => json = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(Call::Help(HELP_LEDGER)),
            Arg::Value(path) => files.paths.push(path.into()),
            Arg::Long(option) if Files::has(option) => {
                let option = option.to_owned();
                files.option(&option, parser)?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Call::Ledger(Ledger { json, files: files.given()? }))
}

fn attempt(parser: &mut Parser) -> Result<Call, Usage> {
    let (mut json, mut path, mut files) = (false, None, Files::default());
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("json") => json = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(Call::Help(HELP_TRY)),
            Arg::Value(value) if path.is_none() => path = Some(value.into()),
            Arg::Long(option) if Files::has(option) && option != "threads" => {
                let option = option.to_owned();
                files.option(&option, parser)?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let path = path.ok_or_else(|| Usage("no file given; give one, or - for stdin".into()))?;
    Ok(Call::Try(Try { json, path, files: files.checked()? }))
}

fn sample(parser: &mut Parser) -> Result<Call, Usage> {
    let mut folder = None;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Call::Help(HELP_SAMPLE)),
            Arg::Value(path) if folder.is_none() => folder = Some(path.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    let folder = folder.ok_or_else(|| Usage("no folder given".into()))?;
    Ok(Call::Sample { folder })
}

/// The value of an option, understood by `parse`; `what` it is, if it is not.
fn read<T>(parser: &mut Parser, parse: impl Fn(&str) -> Option<T>, what: &str) -> Result<T, Usage> {
    let value = parser.value()?.string()?;
    parse(&value).ok_or_else(|| Usage(format!("{what}; not `{value}`")))
}

/// The value of an option that has only these.
fn choice<T: Copy>(parser: &mut Parser, option: &str, choices: &[(&str, T)]) -> Result<T, Usage> {
    let value = parser.value()?.string()?;
    let known = choices.iter().find(|(name, _)| *name == value);
    known.map(|(_, choice)| *choice).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        Usage(format!("{option} is one of {}, not `{value}`", names.join(", ")))
    })
}

impl Files {
    /// Whether this is an option of every command that reads.
    fn has(option: &str) -> bool {
        ["format", "format-file", "template", "fields", "delimiter", "timezone", "year", "threads"]
            .contains(&option)
    }
    fn option(&mut self, option: &str, parser: &mut Parser) -> Result<(), Usage> {
        let settings = &mut self.settings;
        match option {
            "format" => self.format = Some(parser.value()?.string()?),
            "format-file" => self.format_files.push(parser.value()?.into()),
            "template" => self.template = Some(parser.value()?.string()?),
            "threads" => return self.threads(parser),
            "fields" => {
                settings.fields = Settings::names(&parser.value()?.string()?);
                if settings.fields.is_empty() {
                    let what =
                        "--fields is the names of a log's fields, such as \"timestamp c-ip sc-status\"";
                    return Err(Usage(what.into()));
                }
            }
            "delimiter" => {
                let what = "--delimiter is what stands between values: one character, `tab` or `space`";
                settings.delimiter = Some(read(parser, Settings::delimiter, what)?);
            }
            "timezone" => {
                let what = "--timezone is UTC or an offset from it, such as +02:00";
                settings.ahead = read(parser, Settings::ahead, what)?;
            }
            _ => settings.year = Some(read(parser, Settings::year, "--year is a year, such as 2026")?),
        }
        Ok(())
    }
    /// The format is one that there is, unless a file may describe it.
    fn checked(self) -> Result<Files, Usage> {
        match &self.format {
            Some(_) if self.template.is_some() => {
                Err(Usage("--format and --template both say what files are read as; give one of them".into()))
            }
            Some(id) if self.format_files.is_empty() && logloupe_core::formats::by_id(id).is_none() => {
                let file = if id.ends_with(".json") {
                    "; a file that describes one goes with --format-file"
                } else {
                    ""
                };
                Err(Usage(format!("there is no format `{id}`; `logloupe formats` lists them{file}")))
            }
            _ => Ok(self),
        }
    }
    fn threads(&mut self, parser: &mut Parser) -> Result<(), Usage> {
        let value = parser.value()?.string()?;
        let wrong = |_| Usage(format!("--threads is a number of threads from 1, not `{value}`"));
        self.threads = Some(value.parse().map_err(wrong)?);
        Ok(())
    }
    fn given(self) -> Result<Files, Usage> {
        if self.paths.is_empty() {
            return Err(Usage("no file given; give files, folders or - for stdin".into()));
        }
        self.checked()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(args: &[&str]) -> Result<Call, Usage> {
        parse(args.iter().map(OsString::from))
    }
    fn refusal(args: &[&str]) -> String {
        call(args).expect_err("makes no sense").0
    }

    #[test]
    fn a_query_is_the_first_word_and_paths_are_the_rest() {
        let Ok(Call::Query(query)) =
            call(&["query", "--output=csv", "a = -1", "x", "--threads", "2", "--", "-y"])
        else {
            panic!("understood");
        };
        assert_eq!(query.text, "a = -1");
        assert_eq!((query.output, query.language), (Output::Csv, Language::Insights));
        assert_eq!(query.files.paths, [PathBuf::from("x"), PathBuf::from("-y")]);
        assert_eq!(query.files.threads.map(NonZeroUsize::get), Some(2));
    }

    #[test]
    fn a_switch_names_the_language() {
        for (switch, language) in [("--sql", Language::Sql), ("--pattern", Language::Pattern)] {
            let Ok(Call::Query(query)) = call(&["query", switch, "ERROR -x", "a"]) else {
                panic!("understood")
            };
            assert_eq!(query.language, language);
            let Ok(Call::Explain(explain)) = call(&["explain", "ERROR", switch]) else {
                panic!("understood")
            };
            assert_eq!(explain.language, language);
        }
    }

    #[test]
    fn a_dash_is_a_path() {
        let Ok(Call::Convert(convert)) = call(&["convert", "--to", "csv", "-"]) else { panic!("understood") };
        assert_eq!((convert.rows, convert.files.paths), (RowsAs::Csv, vec![PathBuf::from("-")]));
    }

    #[test]
    fn names_of_fields_have_blanks_or_commas_between_them() {
        for text in ["timestamp c-ip  cs(Host)", "timestamp,c-ip, cs(Host)", "\ttimestamp\nc-ip,,cs(Host),"] {
            for command in [vec!["convert"], vec!["ledger"], vec!["query", "x"], vec!["explain", "x"]] {
                let args = [command, vec!["--fields", text, "a"]].concat();
                let files = match call(&args) {
                    Ok(Call::Convert(Convert { files, .. }))
                    | Ok(Call::Ledger(Ledger { files, .. }))
                    | Ok(Call::Query(Query { files, .. }))
                    | Ok(Call::Explain(Explain { files, .. })) => files,
                    other => panic!("{args:?}: {other:?}"),
                };
                assert_eq!(files.settings.fields, ["timestamp", "c-ip", "cs(Host)"], "{args:?}");
            }
        }
        assert!(refusal(&["ledger", "--fields", " , ", "a"]).starts_with("--fields is the names"));
    }

    #[test]
    fn what_files_do_not_say_may_be_said() {
        let args = [
            "query",
            "x",
            "a",
            "--delimiter",
            "tab",
            "--timezone",
            "-05:30",
            "--year",
            "2019",
            "--format",
            "csv",
        ];
        let Ok(Call::Query(Query { files, .. })) = call(&args) else { panic!("understood") };
        let settings = &files.settings;
        assert_eq!((settings.delimiter, settings.ahead, settings.year), (Some(b'\t'), -19_800, Some(2019)));
        for (option, value) in [("--delimiter", "ab"), ("--timezone", "Berlin"), ("--year", "19")] {
            let refused = refusal(&["ledger", option, value, "a"]);
            assert!(refused.starts_with(&format!("{option} is ")), "{refused}");
        }
    }

    #[test]
    fn refusals_say_what_there_is() {
        assert_eq!(refusal(&[]), "no command given");
        assert_eq!(refusal(&["query", "x"]), "no file given; give files, folders or - for stdin");
        assert_eq!(
            refusal(&["query", "--output", "xml", "x", "y"]),
            "--output is one of table, json, ndjson, csv, not `xml`"
        );
        assert_eq!(
            refusal(&["ledger", "--threads", "0", "x"]),
            "--threads is a number of threads from 1, not `0`"
        );
        assert_eq!(
            refusal(&["convert", "--format", "nope", "x"]),
            "there is no format `nope`; `logloupe formats` lists them"
        );
        assert_eq!(refusal(&["explain"]), "no query given");
        assert!(refusal(&["quarry"]).starts_with("there is no command `quarry`"));
        assert!(refusal(&["formats", "--yaml"]).contains("--yaml"));
    }
}
