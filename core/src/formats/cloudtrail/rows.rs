//! Events as rows of CSV: what the page "Event history" downloads, in its two generations, and query results of CloudTrail
//! Lake or of Athena, whose columns have the events' names in lower case.
//!
//! A row is written as an event in JSON and then read like any other, so that all columns mean the same. The row itself
//! stays the record's raw text: it has no JSON paths.
//!
//! Decisions:
//! - Event history of 2020 gives times of the browser's clock without a zone: they are read as if in UTC, and the ledger
//!   says so.
//! - A result is told only where the row tells it: rows of Event history have no error message, which is all that a failed
//!   sign-in has, and a query need not ask for errors.
//! - A row with fewer cells than the header is rejected, as the last one of a download that was cancelled; further cells
//!   may be there if they are empty, as spreadsheets leave them.
//!
//! Source: user guide, `view-cloudtrail-events-console`, `query-run-query`, `cloudtrail-lake`, read 2026-11-26.

use super::{
    Decoded, Decoder, EXTRA, Events, FIELDS, Fault, Head, Record, Sniff, derive,
    structs::{self, Spelling},
};
use crate::formats::field::{csv, json};
use logloupe_table::{RowWriter, Unit};

/// The columns of Event history, in lower case, and the members that they are.
const HISTORY: &[(&str, &str)] = &[
    ("user name", "Username"),
    ("aws access key", "AccessKeyId"),
    ("event time", "eventTime"),
    ("event source", "eventSource"),
    ("event name", "eventName"),
    ("aws region", "awsRegion"),
    ("source ip address", "sourceIPAddress"),
    ("user agent", "userAgent"),
    ("error code", "errorCode"),
    ("resource type", "ResourceType"),
    ("resources", "Resources"),
    ("request id", "requestID"),
    ("event id", "eventID"),
    ("read-only", "readOnly"),
    ("event type", "eventType"),
    ("recipient account id", "recipientAccountId"),
    ("event category", "eventCategory"),
];

/// The columns of a query's result of which there must be three beside `eventname` or an insight's.
const SIGNS: &[&str] = &[
    "eventversion",
    "useridentity",
    "eventtime",
    "eventsource",
    "awsregion",
    "sourceipaddress",
    "useragent",
    "errorcode",
    "requestparameters",
    "responseelements",
    "requestid",
    "eventid",
    "eventtype",
    "eventcategory",
    "recipientaccountid",
];

/// Columns that are maps: their members may have any name.
pub(super) const MAPS: &[&str] = &[
    "requestparameters",
    "responseelements",
    "additionaleventdata",
    "serviceeventdetails",
    "edgedevicedetails",
    "insightdetails",
];

/// Members of structs that no column has: where one begins, the value before it ends.
const OTHER_MEMBERS: &str = "ec2issuedinvpc.issuerType.sourceArn.sourceAccount.updatedFields.originalRequestID.originalEventID.ARNPrefix.insightValue.baselineValue.attributions.baselineDuration";

/// Longer first lines are no header.
const LONGEST_HEADER: usize = 4096;

/// Whose rows they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Event history, with times in UTC.
    History,
    /// Event history of 2020.
    LocalHistory,
    /// A query's result.
    Query,
}

/// What a column holds.
#[derive(Clone, Debug)]
struct Column {
    /// The member of the event that it is.
    member: String,
    map: bool,
}

/// The first line of such a file.
#[derive(Debug)]
pub(super) struct Header {
    line: Vec<u8>,
    origin: Origin,
    columns: Vec<Column>,
    spelling: Spelling,
}

impl Header {
    /// The header that a file begins with, if its rows are events.
    pub(super) fn of(head: &Head<'_>) -> Option<Header> {
        let line = head.records.first().filter(|line| line.len() <= LONGEST_HEADER)?;
        // Most files are none of these: a look at the first letters spares them the rest.
        let first = line.iter().find(|b| **b != b'"')?;
        if !first.is_ascii_alphabetic() || memchr::memchr(b',', line).is_none() {
            return None;
        }
        let names: Vec<String> = (csv::cells(line).ok()?.iter())
            .map(|cell| String::from_utf8_lossy(cell).trim().to_ascii_lowercase())
            .collect();
        let has = |name: &str| names.iter().any(|n| n == name);
        let origin = if ["event id", "event time", "event name"].into_iter().all(has) {
            if has("event source") { Origin::History } else { Origin::LocalHistory }
        } else if (has("eventname") || has("insighttype") || has("eventjson"))
            && SIGNS.iter().filter(|name| has(name)).count() >= 3
        {
            Origin::Query
        } else {
            return None;
        };
        let spelling = Spelling::new(
            (FIELDS.iter().filter(|f| !f.derived))
                .flat_map(|f| match &f.field.name {
                    std::borrow::Cow::Borrowed(name) => {
                        Some(*name).into_iter().chain(f.field.also.iter().copied())
                    }
                    std::borrow::Cow::Owned(_) => None.into_iter().chain([].iter().copied()),
                })
                .chain(EXTRA.iter().copied())
                .chain(derive::paths())
                .chain([OTHER_MEMBERS]),
        );
        let column = |name: &String| {
            let history = HISTORY.iter().find(|(known, _)| known == name).map(|(_, member)| *member);
            let member = match origin {
                Origin::Query if name == "eventjson" => Some("CloudTrailEvent"),
                Origin::Query => spelling.of(name.as_bytes()),
                _ => history,
            };
            let map = MAPS.contains(&name.as_str());
            Column { member: member.unwrap_or(name).to_owned(), map }
        };
        let columns = names.iter().map(column).collect();
        Some(Header { line: line.to_vec(), origin, columns, spelling })
    }
    /// Why these rows are CloudTrail's.
    pub(super) fn sniff(&self) -> Sniff {
        let columns = self.columns.len();
        Sniff::Certain(match self.origin {
            Origin::History => format!("header of Event history's download, {columns} columns"),
            Origin::LocalHistory => format!(
                "header of Event history's download of 2020, {columns} columns, whose times are the browser's: read as if in UTC"
            ),
            Origin::Query => format!("header of a query's result with CloudTrail's names, {columns} columns"),
        })
    }
    fn has(&self, member: &str) -> bool {
        self.columns.iter().any(|column| column.member == member)
    }
}

/// Reads the rows of one file.
pub(super) struct Rows {
    header: Header,
    open: csv::OpenCell,
    events: Events,
    /// The row as an event.
    event: Vec<u8>,
    has_errors: bool,
    has_messages: bool,
}

impl Rows {
    pub(super) fn new(header: Header) -> Rows {
        let has_errors = header.has("errorCode") || header.has("CloudTrailEvent");
        let has_messages = header.has("errorMessage") || header.has("CloudTrailEvent");
        let (open, events) = (csv::OpenCell::default(), Events::new());
        Rows { header, open, events, event: Vec::new(), has_errors, has_messages }
    }
    /// Writes the row as an event.
    fn write(&mut self, row: &[u8], cells: &[std::borrow::Cow<'_, [u8]>]) -> Result<(), Fault> {
        let (out, header) = (&mut self.event, &self.header);
        let is_query = header.origin == Origin::Query;
        let cell = |member: &str| {
            let at = header.columns.iter().position(|column| column.member == member)?;
            cells.get(at).map(|cell| &**cell).filter(|cell| !cell.is_empty())
        };
        let sign_in = cell("eventSource").is_some_and(|source| source.starts_with(b"signin."));
        let tells = cell("errorCode").is_some() || self.has_errors && (self.has_messages || !sign_in);
        out.clear();
        let mut sign = b'{';
        for (i, (column, text)) in header.columns.iter().zip(cells).enumerate() {
            let text = text.as_ref();
            if text.is_empty() || is_query && text == b"null" {
                continue;
            }
            let member = match column.member.as_str() {
                // Without its event's name a row says nothing of a result: so do lookups that have no event.
                "eventName" if !tells => "EventName",
                // Read with the names.
                "ResourceType" if header.origin != Origin::Query => continue,
                "CloudTrailEvent" if !structs::is_json(text) => continue,
                member => member,
            };
            out.push(std::mem::replace(&mut sign, b','));
            structs::write_text(member.as_bytes(), out);
            out.push(b':');
            match member {
                "eventTime" => match time(text) {
                    Some(time) => structs::write_text(time.as_bytes(), out),
                    None => return Err(Fault::new(row, start_of(row, i), "a time of an event")),
                },
                "Resources" if header.origin == Origin::LocalHistory => {
                    out.extend_from_slice(b"[{\"ResourceName\":");
                    structs::write_text(text, out);
                    if let Some(kind) = cell("ResourceType") {
                        out.extend_from_slice(b",\"ResourceType\":");
                        structs::write_text(kind, out);
                    }
                    out.extend_from_slice(b"}]");
                }
                "CloudTrailEvent" => structs::write_text(text, out),
                _ if is_query => structs::write(text, &header.spelling, column.map, out),
                "Resources" if structs::is_json(text) => out.extend_from_slice(text),
                _ => structs::write_text(text, out),
            }
        }
        if sign == b'{' {
            out.push(b'{');
        }
        out.push(b'}');
        Ok(())
    }
}

impl Decoder for Rows {
    fn goes_on(&mut self, line: &[u8]) -> bool {
        self.open.goes_on(line)
    }
    fn decode(&mut self, record: &Record<'_>, row: &mut RowWriter<'_>) -> Result<Decoded, Fault> {
        let text = record.bytes;
        if text == self.header.line {
            return Ok(Decoded::Form);
        }
        let wrong = |at| Fault::new(text, at, "a comma or the closing quote of the cell");
        let cells = csv::cells(text).map_err(wrong)?;
        let columns = self.header.columns.len();
        if cells.len() < columns {
            let expected = format!("{columns} cells, as the header has, not {}", cells.len());
            return Err(Fault::new(text, text.len(), expected));
        }
        if cells.get(columns..).is_some_and(|more| more.iter().any(|cell| !cell.trim_ascii().is_empty())) {
            let expected = format!("the end of the row behind {columns} cells");
            return Err(Fault::new(text, start_of(text, columns), expected));
        }
        self.write(text, &cells)?;
        let event = Record { bytes: &self.event, envelope_time: record.envelope_time };
        // Places in the event that was written are none in the row.
        self.events.decode(&event, row).map_err(|fault| Fault::new(text, 0, fault.expected))
    }
}

/// Where cell `n` begins; asked only to tell of a fault.
fn start_of(row: &[u8], n: usize) -> usize {
    let mut quoted = false;
    let mut commas = 0;
    for (i, byte) in row.iter().enumerate() {
        match byte {
            _ if commas == n => return i,
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            _ => {}
        }
    }
    row.len()
}

/// A time as it is or, where it is the browser's (`2020-05-13, 04:52:01 PM`), in ISO 8601.
fn time(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if json::point(text.as_bytes(), Unit::None).is_some() {
        return Some(text.to_owned());
    }
    let (day, clock) = text.split_once(", ")?;
    let (clock, half) = clock.split_once([' ', '\u{202f}']).unwrap_or((clock, ""));
    let (hour, rest) = clock.split_once(':')?;
    let hour: u8 = hour.parse().ok()?;
    let hour = match half.to_ascii_uppercase().as_str() {
        "" => hour,
        "AM" if (1..=12).contains(&hour) => hour % 12,
        "PM" if (1..=12).contains(&hour) => hour % 12 + 12,
        _ => return None,
    };
    let iso = format!("{day}T{hour:02}:{rest}Z");
    json::point(iso.as_bytes(), Unit::None).map(|_| iso)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        formats::{Format, cloudtrail::CloudTrail, trial::load_as},
        ingest::Entry,
    };
    use logloupe_table::Shard;

    const NAME: &str = "event_history.csv";

    fn sample(name: &str) -> (Shard, Entry) {
        load_as(NAME, CloudTrail.samples().iter().find(|s| s.name == name).expect("a sample").content)
    }

    #[track_caller]
    fn shows(shard: &Shard, row: usize, expected: &[(&str, &str)]) {
        let row = shard.tables[0].row(row).expect("a row");
        for (name, value) in expected {
            assert_eq!(row.show(name), *value, "{name}");
        }
    }

    fn told(shard: &Shard) -> Vec<String> {
        let row = |i| CloudTrail.summary(&shard.tables[0].row(i).expect("a row"));
        (0..shard.rows()).map(|i| row(i).into_iter().map(|span| span.text).collect()).collect()
    }

    #[test]
    fn event_history_reads_as_events() {
        let (shard, entry) = sample("cloudtrail_history.csv");
        assert_eq!(entry.reason, "header of Event history's download, 16 columns");
        shows(
            &shard,
            0,
            &[
                ("@timestamp", "2026-03-05T09:14:00Z"),
                ("user.name", "alice"),
                ("event.outcome", "success"),
                ("userAgent", "aws-cli/2.24.1 md/awscrt#0.23.8, ua/2.1 \"os/linux\""),
                ("accessKeyId", "AKIAIOSFODNN7EXAMPLE"),
                ("source.ip", "2001:db8::5:1"),
                ("resource.name", "eve, AKIAI44QH8DHBEXAMPLE"),
                ("resource.type", "AWS::IAM::User, AWS::IAM::AccessKey"),
                ("recipientAccountId", "000111122223"),
                ("cloud.account.id", "000111122223"),
                ("readOnly", "false"),
                ("eventID", "5a3b0101-1111-4222-8333-0123456789ab"),
            ],
        );
        // A failed sign-in has a message only, which Event history leaves out.
        shows(&shard, 1, &[("user.name", "root"), ("eventName", "ConsoleLogin"), ("event.outcome", "")]);
        shows(
            &shard,
            1,
            &[("userAgent", "=HYPERLINK(\"https://example.com\")\nsecond line, of the same cell")],
        );
        shows(&shard, 2, &[("event.outcome", "failure"), ("errorCode", "AccessDenied")]);
        // What a spreadsheet made of an account stays as it is.
        shows(&shard, 3, &[("readOnly", "false"), ("recipientAccountId", "1.11122E+11"), ("user.name", "")]);
        let raw = String::from_utf8_lossy(&shard.tables[0].row(3).expect("a row").raw()).into_owned();
        assert!(raw.starts_with(",,2026-03-05T09:09:00Z,kms.amazonaws.com,RotateKey,"), "{raw}");
        let faults: Vec<(u64, u64, &str)> =
            entry.rejections.iter().map(|r| (r.line, r.column, r.expected.as_str())).collect();
        let expected = [(7, 6, "a time of an event"), (8, 52, "16 cells, as the header has, not 5")];
        assert_eq!(faults, expected);
        assert_eq!(told(&shard)[0], "alice called CreateUser on iam from 2001:db8::5:1");
    }

    #[test]
    fn event_history_of_2020_has_the_browsers_times() {
        let (shard, entry) = sample("cloudtrail_history_2020.csv");
        assert!(
            entry.reason.ends_with("whose times are the browser's: read as if in UTC"),
            "{}",
            entry.reason
        );
        shows(
            &shard,
            0,
            &[
                ("@timestamp", "2020-05-13T16:52:01Z"),
                ("resource.type", "Instance"),
                ("resource.name", "i-0aaaaaaaaaaaaaaa1, i-0aaaaaaaaaaaaaaa2"),
                ("awsRegion", "us-east-1"),
                ("eventSource", ""),
            ],
        );
        shows(&shard, 1, &[("@timestamp", "2020-05-13T00:00:09Z"), ("event.outcome", "failure")]);
    }

    #[test]
    fn results_of_queries_have_the_events_names_in_lower_case() {
        let (shard, _) = sample("cloudtrail_lake.csv");
        shows(
            &shard,
            0,
            &[
                ("@timestamp", "2026-03-05T09:26:37Z"),
                ("userIdentity.type", "AssumedRole"),
                ("userIdentity.principalId", "AROADBQP57FF2AEXAMPLE:Doe, John"),
                ("user.name", "Doe, John"),
                ("user.roles", "Admin"),
                ("userIdentity.sessionContext.attributes.creationDate", "2026-03-05T08:41:10Z"),
                ("userIdentity.sessionContext.attributes.mfaAuthenticated", "true"),
                ("userAgent", "[S3Console/0.4, aws-internal/3]"),
                ("bucketName", "amzn-s3-demo-bucket"),
                ("additionalEventData.bytesTransferredIn", "312"),
                ("resource.name", "arn:aws:s3:::amzn-s3-demo-bucket"),
                ("event.outcome", "failure"),
                ("tls.version", "1.3"),
                ("managementEvent", "true"),
            ],
        );
        shows(
            &shard,
            1,
            &[
                ("user.arn", "arn:aws:iam::111122223333:user/alice"),
                ("event.outcome", "failure"),
                ("responseElements.ConsoleLogin", "Failure"),
                ("errorMessage", "Failed authentication"),
            ],
        );
    }

    #[test]
    fn results_of_queries_tell_only_what_was_asked_for() {
        for (text, name, value) in [
            (
                "eventtime,eventname,eventid,eventsource\n2026-03-05 09:00:00.000,A,e,s3.amazonaws.com",
                "event.outcome",
                "",
            ),
            (
                "eventtime,eventname,eventid,errorcode\n2026-03-05 09:00:00.000,A,e,null",
                "event.outcome",
                "success",
            ),
            (
                "eventID,eventTime,eventName,errorCode\ne,2026-03-05 09:00:00.000,A,X",
                "event.outcome",
                "failure",
            ),
            (
                "eventtime,eventid,eventsource,eventjson\n2026-03-05 09:00:00.000,e,x,\"{\"\"eventName\"\":\"\"B\"\",\"\"eventID\"\":\"\"e\"\",\"\"userIdentity\"\":{\"\"userName\"\":\"\"bob\"\"}}\"",
                "user.name",
                "bob",
            ),
            ("eventtime,eventid,eventsource,eventjson\n2026-03-05 09:00:00.000,e,x,{cut", "eventSource", "x"),
            (
                "insighttype,insightstate,eventid,eventtime,eventcategory,insighteventname\nApiCallRateInsight,Start,e,2026-03-05 09:00:00.000,Insight,RunInstances",
                "eventName",
                "RunInstances",
            ),
        ] {
            let (shard, entry) = load_as(NAME, text.as_bytes());
            assert_eq!((entry.rows, entry.rejected), (1, 0), "{text}: {entry:?}");
            shows(&shard, 0, &[(name, value)]);
            told(&shard);
        }
    }

    #[test]
    fn damaged_rows_are_rejected_at_their_place() {
        let header = "Event ID,Event time,Event name,Event source\n";
        for (row, column, expected) in [
            ("e,2026-03-05T09:00:00Z,A", 25, "4 cells, as the header has, not 3"),
            ("e,2026-03-05T09:00:00Z,A,s,more", 28, "the end of the row behind 4 cells"),
            ("e,2026-03-05T09:00:00Z,\"A\"x,s", 27, "a comma or the closing quote of the cell"),
            ("e,2026-03-05T09:00:00Z,\"A,s", 28, "a comma or the closing quote of the cell"),
            ("e,never,A,s", 3, "a time of an event"),
            (",2026-03-05T09:00:00Z,,", 1, "an event with eventName, eventSource or eventID"),
        ] {
            let (_, entry) = load_as(NAME, format!("{header}{row}").as_bytes());
            let rejected: Vec<(u64, &str)> =
                entry.rejections.iter().map(|r| (r.column, r.expected.as_str())).collect();
            assert_eq!(rejected, [(column, expected)], "{row}");
        }
        // A header that stands again, as where files were put together, is none of them.
        let row = "e,2026-03-05T09:00:00Z,A,s\n";
        let (_, entry) = load_as(NAME, format!("{header}{row}{header}{row}").as_bytes());
        assert_eq!((entry.rows, entry.records), (2, 2));
        // A byte order mark, line ends of Windows, a header in quotes.
        let text = "\u{feff}\"Event ID\",\"Event time\",\"Event name\",\"Event source\"\r\ne,2026-03-05T09:00:00Z,A,s\r\n";
        let (shard, _) = load_as(NAME, text.as_bytes());
        shows(&shard, 0, &[("eventSource", "s"), ("eventName", "A")]);
    }

    #[test]
    fn other_tables_are_left_to_others() {
        for header in [
            "eventname,count",
            "eventname,eventsource,_col2",
            "Event ID,Level,Date and Time",
            "event time,name,value",
            "user,eventtime,eventsource,useragent",
            "timestamp,message",
            "eventname",
            "\"eventname\"x,eventtime,eventid,eventsource",
            "",
        ] {
            let line = header.as_bytes();
            let records = [line];
            let head = Head::of(crate::formats::Framing::Lines, &records);
            assert!(Header::of(&head).is_none(), "{header}");
        }
    }

    #[test]
    fn times_of_both_generations_are_read() {
        for (text, iso) in [
            ("2024-04-16T22:18:03Z", Some("2024-04-16T22:18:03Z")),
            ("2023-06-11 16:26:37.000", Some("2023-06-11 16:26:37.000")),
            ("2020-05-13, 04:52:01 PM", Some("2020-05-13T16:52:01Z")),
            ("2020-05-13, 12:00:00 AM", Some("2020-05-13T00:00:00Z")),
            ("2020-05-13, 12:00:00 PM", Some("2020-05-13T12:00:00Z")),
            ("2020-05-13, 1:02:03 am", Some("2020-05-13T01:02:03Z")),
            ("2020-05-13, 16:52:01", Some("2020-05-13T16:52:01Z")),
            ("2020-05-13, 16:52:01 PM", None),
            ("2020-05-13, 00:52:01 AM", None),
            ("13.05.2020, 04:52:01", None),
            ("2020-05-13, 04:52:01 Uhr", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(time(text.as_bytes()).as_deref(), iso, "{text}");
        }
    }

    #[test]
    fn cells_are_found_again() {
        let row = b"a,\"b,\"\"c\",,d";
        assert_eq!([0, 1, 2, 3, 4].map(|n| start_of(row, n)), [0, 2, 10, 11, 12]);
    }
}
