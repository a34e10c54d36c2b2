//! Lines of PostgreSQL as RDS, other prefixes, csvlog and pgaudit write them, the worst of each.

use super::*;
use crate::formats::{Format, line_log::shown};
use logloupe_table::time::parse_iso;

const RDS: &str = "2026-03-05 01:29:37 UTC:192.0.2.7(5432):app@shop:[48]:";

#[test]
fn prefixes_of_all_kinds() {
    let columns = [
        "user_name",
        "database_name",
        "source.ip",
        "source.port",
        "process_id",
        "application_name",
        "message",
    ];
    for (record, cells) in [
        (
            "2026-03-05 01:29:37 UTC:192.0.2.7(5432):app@shop:[48]:LOG:  x",
            ["app", "shop", "192.0.2.7", "5432", "48", "-", "x"],
        ),
        (
            "2026-03-05 01:29:37 UTC:2001:db8::7(5432):a@b@shop:[48]:LOG: x",
            ["a@b", "shop", "2001:db8::7", "5432", "48", "-", "x"],
        ),
        (
            "2026-03-05 01:29:37 UTC:192.0.2.7:app@shop:[48]:LOG:  x",
            ["app", "shop", "192.0.2.7", "-", "48", "-", "x"],
        ),
        ("2026-03-05 01:29:37 CET::@:[12760]:LOG:  x", ["-", "-", "-", "-", "12760", "-", "x"]),
        (
            "2026-03-05 01:29:37 CET:[local]:[unknown]@[unknown]:[7]:LOG:  x: [1]:LOG:  y",
            ["-", "-", "-", "-", "7", "-", "x: [1]:LOG:  y"],
        ),
        (
            "2026-03-05 01:29:37.123 UTC:192.0.2.7(5432):app@shop:[48]:4:00000:2026-03-05 01:29:36 UTC:3/4:0:65a1.30:CATALOGLOG:  x",
            ["app", "shop", "192.0.2.7", "5432", "48", "CATALOG", "x"],
        ),
        (
            "2026-03-05 01:29:37.123 UTC::@:[48]:4:00000:2026-03-05 01:29:36 UTC:3/4:0:65a1.30:LOG:  x",
            ["-", "-", "-", "-", "48", "-", "x"],
        ),
        (
            "2026-03-05 01:29:37 CET [130096]: [247-1] [0] usr=u,db=d,appli=a LOG:  x",
            ["u", "d", "-", "-", "130096", "a", "x"],
        ),
        ("2026-03-05 01:29:37.591 UTC [49] ERROR:  x", ["-", "-", "-", "-", "49", "-", "x"]),
    ] {
        assert_eq!(shown(&LOG, record, &columns), Ok(cells.map(str::to_owned).to_vec()), "{record}");
    }
}

#[test]
fn what_is_no_prefix_is_rejected() {
    for record in [
        "",
        "\tgoes on",
        "2026-03-05 01:29:37 LOG:  no zone, no process",
        "2026-03-05 01:29:37 UTC LOG:  no process",
        "2026-03-05T01:29:37Z [1] LOG:  another's",
        "2026-03-05 01:29:37 UTC:192.0.2.7(5432):app@shop:[x]:LOG:  x",
        "2026-03-05 01:29:37 UTC:192.0.2.7(5432):app@shop:[48]:NEWS:  x",
        "2026-03-05 01:29:37 UTC:192.0.2.7(5432):app@shop:[48]:4:00000:",
        "2026-13-05 01:29:37 UTC:192.0.2.7(5432):app@shop:[48]:LOG:  x",
    ] {
        assert_eq!(shown(&LOG, record, &[]).map_err(|fault| fault.0), Err(0), "{record}");
    }
}

#[test]
fn zones_move_times() {
    for (text, iso) in [
        ("2026-03-05 01:29:37 UTC:", "2026-03-05T01:29:37Z"),
        ("2026-03-05 01:29:37.5 CET ", "2026-03-05T00:29:37.5Z"),
        ("2026-03-05 01:29:37 EST:", "2026-03-05T06:29:37Z"),
        ("2026-03-05 01:29:37 -03:", "2026-03-05T04:29:37Z"),
        ("2026-03-05 01:29:37 XYZ:", "2026-03-05T01:29:37Z"),
    ] {
        assert_eq!(
            prefix::moment(text.as_bytes()).map(|(micros, _)| micros),
            parse_iso(iso.as_bytes()),
            "{text}"
        );
    }
}

#[test]
fn messages_tell_what_was_done() {
    let columns = ["event.action", "event.outcome", "event.duration", "db.operation", "db.statement"];
    for (message, cells) in [
        (
            "LOG:  duration: 0.117 ms  statement: select 1",
            ["statement", "success", "0.117", "SELECT", "select 1"],
        ),
        (
            "LOG: duration: 0.054 ms statement: SELECT 2",
            ["statement", "success", "0.054", "SELECT", "SELECT 2"],
        ),
        (
            "LOG:  duration: 1.5 ms  execute <unnamed>: DROP TABLE a",
            ["statement", "success", "1.5", "DROP TABLE", "DROP TABLE a"],
        ),
        ("LOG:  duration: 1.5 ms", ["-", "success", "1.5", "-", "-"]),
        ("LOG:  statement: ", ["statement", "unknown", "-", "-", "-"]),
        ("LOG:  execute fetch from s/c: SELECT ': '", ["statement", "unknown", "-", "SELECT", "SELECT ': '"]),
        (
            "LOG:  AUDIT: SESSION,1,1,DDL,CREATE TABLE,TABLE,public.t,\"create table t (a \"\"x\"\",\n\tb)\",<none>",
            ["audit", "unknown", "-", "CREATE TABLE", "create table t (a \"x\",\n\tb)"],
        ),
        (
            "LOG:  connection authorized: user=a database=b",
            ["connection authorized", "success", "-", "-", "-"],
        ),
        (
            "LOG:  disconnection: session time: 1:02:03.004 user=a",
            ["disconnection", "unknown", "3723004", "-", "-"],
        ),
        (
            "FATAL:  password authentication failed for user \"a\"",
            ["authentication failed", "failure", "-", "-", "-"],
        ),
        (
            "FATAL:  no pg_hba.conf entry for host \"192.0.2.7\"",
            ["connection refused", "failure", "-", "-", "-"],
        ),
        ("ERROR:  relation \"x\" does not exist", ["-", "failure", "-", "-", "-"]),
        ("LOG:  duration: long ms", ["-", "unknown", "-", "-", "-"]),
    ] {
        let record = format!("{RDS}{message}");
        assert_eq!(shown(&LOG, &record, &columns), Ok(cells.map(str::to_owned).to_vec()), "{record}");
    }
}

#[test]
fn clients_stand_in_prefixes_and_messages() {
    for (from, address, port) in [
        ("192.0.2.7(5432)", "192.0.2.7", "5432"),
        ("::ffff:192.0.2.7(5432)", "192.0.2.7", "5432"),
        ("2001:db8::7(5432)", "2001:db8::7", "5432"),
        ("db.example.com(5432)", "-", "5432"),
        ("[local]", "-", "-"),
    ] {
        let record = format!("2026-03-05 01:29:37 UTC:{from}:a@b:[1]:LOG:  x");
        let wanted = vec![address.to_owned(), port.to_owned()];
        assert_eq!(shown(&LOG, &record, &["source.ip", "source.port"]), Ok(wanted), "{from}");
    }
    let record = "2026-03-05 01:29:37 UTC [1] LOG:  connection received: host=192.0.2.7 port=5432";
    assert_eq!(
        shown(&LOG, record, &["source.ip", "source.port"]),
        Ok(vec!["192.0.2.7".to_owned(), "5432".to_owned()])
    );
}

#[test]
fn lines_go_on_and_parts_of_the_same_process_too() {
    let head = [RDS.as_bytes()];
    let mut decoder = LOG.decoder(&Head::of(Framing::Lines, &head));
    for (line, on) in [
        (format!("{RDS}ERROR:  x"), false),
        ("\tmore".to_owned(), true),
        ("more".to_owned(), true),
        (format!("{RDS}STATEMENT:  select"), true),
        ("\t1".to_owned(), true),
        (format!("{}HINT:  of another", RDS.replace("[48]", "[49]")), false),
        (format!("{RDS}DETAIL:  late"), false),
        (END.to_vec().iter().map(|b| *b as char).collect(), false),
    ] {
        assert_eq!(decoder.goes_on(line.as_bytes()), on, "{line}");
    }
    let record =
        format!("{RDS}ERROR:  a\n\tb\n{RDS}DETAIL:  c\n\td\n{RDS}HINT: e\n{RDS}STATEMENT:  select\n 1\n");
    let cells = ["a\n\tb", "c\n\td", "e", "select\n 1", "SELECT"].map(str::to_owned).to_vec();
    assert_eq!(shown(&LOG, &record, &["message", "detail", "hint", "query", "db.operation"]), Ok(cells));
}

#[test]
fn rows_of_csvlog() {
    let row = |time: &str, rest: &str| {
        format!(
            "{time},\"a\",\"b\",7,\"2001:db8::7:5432\",s.1,2,\"SELECT\",2026-03-05 01:00:00 UTC,1/2,0,ERROR,42P01,{rest}"
        )
    };
    let full = row(
        "2026-03-05 01:29:37.5 UTC",
        "\"say \"\"x\"\",\ny\",,,,,,\"select, 1\",8,,\"psql\",\"client backend\",,-12,more",
    );
    let columns =
        ["source.ip", "source.port", "message", "query", "query_pos", "application_name", "query_id"];
    let cells =
        ["2001:db8::7", "5432", "say \"x\",\ny", "select, 1", "8", "psql", "-12"].map(str::to_owned).to_vec();
    let read = |record: &str, columns: &[&str]| {
        let first = full.lines().next().unwrap().as_bytes();
        let mut decoder = LOG.decoder(&Head::of(Framing::Lines, &[first]));
        let mut table = logloupe_table::Table::new("postgresql", LOG.fields(), 1);
        let mut row = table.begin();
        let record = Record { bytes: record.as_bytes(), envelope_time: None };
        decoder.decode(&record, &mut row).map_err(|fault| fault.at)?;
        row.commit(0, 1, 1, record.bytes);
        table.seal();
        let row = table.row(0).unwrap();
        Ok::<_, usize>(columns.iter().map(|name| row.show(name)).collect::<Vec<_>>())
    };
    assert_eq!(read(&full, &columns), Ok(cells));
    for (record, at) in [
        (row("soon", "x"), 0),
        (row("2026-03-05 01:29:37 UTC", "x"), row("2026-03-05 01:29:37 UTC", "x").len()),
        (row("2026-03-05 01:29:37 UTC", "\"open"), row("2026-03-05 01:29:37 UTC", "\"open").len()),
        (row("2026-03-05 01:29:37 UTC", "\"x\"y,"), row("2026-03-05 01:29:37 UTC", "\"x\"y,").len() - 2),
    ] {
        assert_eq!(read(&record, &[]), Err(at), "{record}");
    }
    assert!(prefix::is_csv(full.lines().next().unwrap().as_bytes()));
    for line in [
        "",
        "2026-03-05 01:29:37 UTC,a",
        "\"2026-03-05 01:29:37 UTC\",a,b,c,d,e,f,g,h,i,j,NEWS,",
        "a,b,c,d,e,f,g,h,i,j,k,LOG,",
    ] {
        assert!(!prefix::is_csv(line.as_bytes()), "{line}");
    }
}
