//! The journal of systemd as JSON: `journalctl -o json`, and agents that forward its entries as they are.
//!
//! Not these: `journalctl -o export` and its text forms; those that look like syslog are `syslog`.
//!
//! Decisions: names are the journal's own. The time is when the program said it (`_SOURCE_REALTIME_TIMESTAMP`), where the journal knows
//! that, else when it was received. A message that is no UTF-8 comes as a list of its bytes and is read as text. What programs that let
//! users in say is read further ([`said`](super::field::said)).

use super::{
    Family, Fault, Framing, JsonLog, Meta, Preset, Sample, Span, ask,
    field::{
        json::{self, Json, JsonField, JsonRow, text},
        said::{self, said},
        usual,
    },
    program_log::EXTERNAL,
    tell,
};
use logloupe_table::{Cell, Computed, Field, Kind, Role, Row, RowWriter};

/// The journal.
pub static LOG: JsonLog = JsonLog {
    fields: &[FIELDS],
    marks: &["__REALTIME_TIMESTAMP", "_BOOT_ID", "__CURSOR", "_TRANSPORT"],
    is: |marks| marks.get(0).is_some() && (1..4).any(|mark| marks.get(mark).is_some()),
    what: "have the journal's time, boot and transport",
    time: &["_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"],
    extra: &["MESSAGE", "SYSLOG_IDENTIFIER", "_COMM"],
    derived: &["MESSAGE", "user.name"],
    derive,
    summary,
    sources: &["journal"],
    identity: &["__CURSOR"],
    external: Some(&EXTERNAL),
    presets: PRESETS,
    samples: SAMPLES,
    ..JsonLog::new(META)
};

const fn of(field: Field) -> JsonField {
    JsonField { field, derived: true }
}

static FIELDS: &[JsonField] = &[
    text("PRIORITY", Role::Status)
        .aliases(&["log.syslog.severity.code", "priority"])
        .doc("0 emerg, 1 alert, 2 crit, 3 err, 4 warning, 5 notice, 6 info, 7 debug"),
    JsonField::computed("log.level", Kind::Text, Role::Status, &LEVEL)
        .aliases(&["level"])
        .doc("debug, info, notice, warn, error or fatal, of the priority"),
    text("_HOSTNAME", Role::Dimension).aliases(&["host.name", "hostname", "host"]).doc("the machine"),
    text("SYSLOG_IDENTIFIER", Role::Dimension)
        .aliases(&["process.name", "program", "service.name"])
        .doc("the program, as it calls itself"),
    JsonField::new("_PID", Kind::Int, Role::Identifier).aliases(&["process.pid", "pid"]).doc("its process"),
    text("_UID", Role::Dimension).aliases(&["user.id", "uid"]).doc("the number of the user as which it runs"),
    text("_COMM", Role::Dimension).doc("the name of its executable"),
    text("_EXE", Role::Dimension).aliases(&["process.executable"]).doc("its executable"),
    text("_CMDLINE", Role::Identifier).doc("its command line"),
    text("_SYSTEMD_UNIT", Role::Dimension)
        .aliases(&["systemd.unit", "unit"])
        .doc("the unit that it belongs to"),
    text("_TRANSPORT", Role::Dimension)
        .aliases(&["systemd.transport"])
        .doc("how the journal got it: syslog, journal, stdout, kernel, audit, driver"),
    text("_BOOT_ID", Role::Identifier).doc("the boot of the machine"),
    text("__CURSOR", Role::Identifier).doc("the entry's place in the journal"),
    text("MESSAGE_ID", Role::Dimension).aliases(&["event.code"]).doc("the kind of message"),
    text("SYSLOG_FACILITY", Role::Dimension)
        .aliases(&["log.syslog.facility.code", "facility"])
        .doc("the facility's number: 4 auth, 10 authpriv, 9 cron"),
    JsonField::derived("MESSAGE", Kind::Text, Role::Identifier)
        .aliases(&["message", "msg"])
        .doc("what is said"),
    of(said::USER),
    of(said::TARGET),
    of(said::SOURCE),
    of(said::PORT),
    of(said::ACTION),
    of(said::OUTCOME),
    of(said::METHOD),
    of(said::COMMAND),
    of(said::DIRECTORY),
    of(said::TERMINAL),
    of(said::IP),
];

static LEVEL: Computed = Computed {
    from: &["PRIORITY"],
    value: |cells, _| match cells {
        [Cell::Text(number)] => {
            usual::level("PRIORITY", number).map_or(Cell::Null, |level| Cell::Text(level.as_bytes()))
        }
        _ => Cell::Null,
    },
};

/// The message, and what it says.
fn derive(read: &mut JsonRow<'_>, places: &[usize], row: &mut RowWriter<'_>) -> Result<(), Fault> {
    let &[message_at, said_at] = places else { return Ok(()) };
    let program = [1, 2].into_iter().find_map(|name| read.extra(name).text()).unwrap_or_default();
    let value = read.extra(0);
    let mut bytes = Vec::new();
    if let Json::Array(list) = value {
        json::each(list, |item| {
            let byte = item.text().and_then(|text| std::str::from_utf8(&text).ok()?.parse::<u8>().ok());
            bytes.extend(byte.filter(|_| matches!(item, Json::Number(_))));
            true
        });
    }
    let message = match bytes.is_empty() {
        true => value.text().unwrap_or_default(),
        false => bytes.into(),
    };
    if !message.is_empty() {
        row.set(message_at, Cell::Text(&message));
        said(&program, &message).write(said_at, row);
    }
    Ok(())
}

const META: Meta = Meta {
    id: "journald",
    family: Family::Compute,
    title: "systemd journal",
    summary: "What a machine's programs say, as the journal of systemd has it: sign-ins, sudo, services, the kernel.",
    framing: Framing::Json,
    page: "https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html",
    read_on: "2026-11-27",
    key_shape: "the output of journalctl -o json, or what an agent makes of it",
    versions: "journalctl -o json, json-pretty and json-seq without its separators; messages as bytes",
    not_read: "journalctl -o export; entries whose time an agent took away, which are json_lines",
};

static PRESETS: &[Preset] = &[
    ask(
        "Failed sign-ins by address",
        "filter event.action in [\"ssh_login\", \"authentication\"] and event.outcome = \"failure\"\n| stats count(*) as failed, count_distinct(user.name) as users, earliest(@timestamp) as first, latest(@timestamp) as last by source.address, _HOSTNAME\n| sort failed desc\n| limit 50",
    ),
    ask(
        "Who got in, from where and how",
        "filter event.action = \"ssh_login\" and event.outcome = \"success\"\n| stats count(*) as times, earliest(@timestamp) as first, latest(@timestamp) as last by user.name, source.address, authentication.method\n| sort first",
    ),
    ask(
        "Commands through sudo",
        "filter event.action = \"sudo\"\n| fields @timestamp, _HOSTNAME, user.name, user.target.name, process.command_line, event.outcome\n| sort @timestamp desc",
    ),
    ask(
        "Errors by unit",
        "filter log.level in [\"error\", \"fatal\"]\n| stats count(*) as times, latest(MESSAGE) as example by _SYSTEMD_UNIT, SYSLOG_IDENTIFIER\n| sort times desc",
    ),
];

/// Written for this project.
static SAMPLES: &[Sample] =
    &[Sample { name: "journal.json", content: crate::sample!("journald.ndjson"), rows: 6, rejected: 3 }];

fn summary(row: &Row<'_>) -> Vec<Span> {
    tell(row, "[{SYSLOG_IDENTIFIER|_COMM}: ]**{line:MESSAGE|=no message}**[, on {_HOSTNAME}]")
}
