//! What `--help` says, of the program and of each command. Not how arguments are understood.

pub(super) const HELP: &str = "\
logloupe reads exported AWS logs where they lie and answers questions about them.

  logloupe formats [--json]                           the logs that it reads
  logloupe query [--output FORM] QUERY PATH…          the answer to an Insights query
  logloupe explain [--to FORM] QUERY [PATH…]          the plan in words, or the query for Athena or Insights
  logloupe convert [--to ndjson|csv|parquet] PATH…    every row as JSON, CSV or Parquet
  logloupe ledger [--json] PATH…                      what was read of each file, what was not, and why
  logloupe try [--template T] PATH                    how the first lines of a file parse, and as what
  logloupe sample DIR                                 writes a small made-up incident to try all this on

PATH is a file, an archive (gzip, zip, tar), a folder with everything in it, or - for stdin.
Formats are recognised by content. Nothing is sent anywhere.

Try:
  logloupe sample incident
  logloupe query 'stats count(*) as events by @format' incident
  logloupe query 'filter eventName = \"RunInstances\" | stats count(*) as calls by awsRegion' incident

Options of every command that reads:
  --format ID      read all files as this format (see `logloupe formats`)
  --format-file F  know the format that this file describes, too; may be given several times. Files that it fits are
                   read as it; with --format and its id, all are
  --template T     read all files as records that look like this: '%{ip:client} [%{time}] %{rest:message}'
  --fields NAMES   the names of a log's fields in their order, with blanks or commas between them, for files that do
                   not name them themselves: flow logs of an order of your own, CloudFront real-time logs, tables
                   without a header
  --delimiter C    what stands between the values of a table: one character, `tab` or `space`
  --timezone ZONE  the zone of times that have none: UTC (the default) or an offset such as +02:00
  --year YEAR      the year of days without one (syslog); the last in which they are not in the future, if not given
  --threads N      read with N threads instead of one per processor; answers are the same
  --help           more about one command: logloupe query --help
  --version        the version

Exit status: 0 answered; 1 at least one file could not be read at all (it is named on stderr, the others are
answered) or, of `ledger`, was altered, as CloudTrail's digest files say; 2 the call or the query makes no sense.
";

pub(super) const HELP_FORMATS: &str = "\
logloupe formats [--json]

The logs that can be read. With --json: for each its id, title, vendor page, columns (with kind, unit, role, other
names and a sentence), presets (questions with their query) and samples.
";

pub(super) const HELP_CONVERT: &str = "\
logloupe convert [--to ndjson|csv] [--format ID] [--fields NAMES] PATH…
logloupe convert --to parquet [--partition-by KEYS] [--out DIR] [--format ID] [--fields NAMES] PATH…

Every row of every file on stdout, file after file: the columns by the vendor's names, and @timestamp (RFC 3339, UTC),
@format, @source, @line and @message (the raw text). As ndjson (the default) JSON types are kept and a missing value
is left out. As csv there is one header for all files, and cells that a spreadsheet would run as a formula are defused.

As parquet the rows go into files, one per log (DIR/vpc_flow.parquet), or into a folder per value of the keys as Hive
lays them out (DIR/vpc_flow/day=2026-03-05/region=us-east-1/part-0.parquet). Columns have real types; where the vendor's
name has what Athena does not take, a `_` stands, a name with dots is a struct (userIdentity.type), and @timestamp is
log_timestamp. DuckDB, ClickHouse, Spark, Trino and Athena (`logloupe explain --to athena --layout parquet`) read them.

  --partition-by KEYS  names with commas between them: day (2026-03-05), month, year, hour, account, region, service, or
                       any column. A day is UTC. No value is __HIVE_DEFAULT_PARTITION__
  --out DIR            where the files go, `parquet` if not given; a folder that is new or empty: nothing is overwritten

A log whose columns are not known beforehand (JSON, CSV) goes on in a further file when it gets new ones; the same
happens when there are many folders at once. Each file appears when it is complete.

  logloupe convert --to parquet --partition-by day,account,region --out lake AWSLogs
  duckdb -c \"SELECT action, count(*) FROM read_parquet('lake/vpc_flow/**/*.parquet', union_by_name = true) GROUP BY 1\"
";

pub(super) const HELP_QUERY: &str = "\
logloupe query [--sql | --pattern] [--output table|json|ndjson|csv] [--follow] [--format ID] [--fields NAMES]
               QUERY PATH…

Runs a CloudWatch Logs Insights query over all rows of all files. Fields go by the vendor's name, by the name that
Insights or Athena give them, by the common name of the Elastic Common Schema (source.ip, user.name), or by any path
in a JSON event (requestParameters.bucketName). A word without a command searches everywhere.

  --sql            the query is SQL as Athena users write it; a text that is clearly SQL needs no switch
  --pattern        the query is a filter pattern of CloudWatch; `{ $.… }`, `[…, …]` and `?A ?B` need no switch
  --output table   aligned columns (the default); on a terminal long cells are cut
  --output json    an array of objects with typed values
  --output ndjson  one object per line
  --output csv     with a header line, safe against spreadsheet formulas
  --follow, -f     goes on as files grow, new ones come into folders, and stdin brings more. Events are written as they
                   come, oldest first, and forgotten; any other answer is given anew when it has changed: in its place
                   on a terminal, else after a blank line. Ends with stdin if that is all, else with Ctrl-C

    aws logs tail GROUP --follow | logloupe query -f 'stats count(*) by level' -
    logloupe query -f 'filter status >= 500' /var/log/nginx
";

pub(super) const HELP_EXPLAIN: &str = "\
logloupe explain [--sql | --pattern] [--to plan|athena|insights] QUERY [PATH…]
logloupe explain --to athena --layout parquet [--partition-by KEYS] QUERY [PATH…]

What the query does, without running it. Without files every name of every format is known; with files, the names
that are in them.

  --to plan        the steps in words, in the order in which they run (the default)
  --to athena      the same query as Athena SQL, with the CREATE EXTERNAL TABLE that AWS documents for the log
  --to insights    the same query as CloudWatch Logs Insights accepts it
  --layout parquet Athena reads what `convert --to parquet` wrote (with the same --partition-by), not what AWS delivered:
                   the statement has exactly the names and types of these files
  --sql            the query is SQL
  --pattern        the query is a filter pattern of CloudWatch

Where the other engine cannot express the query, the reason is on stderr and the exit status is 2.
";

pub(super) const HELP_LEDGER: &str = "\
logloupe ledger [--json] PATH…

What became of every file: the format and why, containers, bytes, records, rows and rejections. For every file
records = rows + rejected + aside. With --json also every rejection with its line, its column, what was expected,
what was found and the record itself.

Where CloudTrail's digest files are among the files, each log file is held against them: verified, altered, missing or
not covered. With the output of `aws cloudtrail list-public-keys` among the files, signatures are checked too.
";

pub(super) const HELP_TRY: &str = "\
logloupe try [--json] [--template TEMPLATE | --format-file FILE | --format ID] PATH

How the first lines of a file parse (256 KiB of it; - is stdin): the fields with their kinds and values, the lines that
do not fit with the place at which they stop fitting, and what each format says of them. Without a format they are read
as what they are recognised.

A template is a line with its fields in place of what differs: %{kind:name}. Kinds are text, word, int, float, ip, time,
duration, bytes, status, level, json, quoted, rest and skip; docs/custom-formats.md tells more.

  logloupe try --template '%{ip:client} - %{word:user} [%{time}] %{quoted:request} %{status} %{bytes:size}' access.log

Exit status 1: no line became a row.
";

pub(super) const HELP_SAMPLE: &str = "\
logloupe sample DIR

Writes a made-up incident of about 9,000 events into DIR: a leaked access key, seen by eleven logs from CloudTrail and
VPC flow logs to GuardDuty. It is always the same, and nothing in it is real.
";
