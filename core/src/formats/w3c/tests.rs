//! Lines of the log, the ugly ones first.

use super::{
    W3c,
    decode::{cut, known, names},
};
use crate::formats::{Decoded, Format, Framing, Head, Record, Settings, field::Tokens};
use logloupe_table::Table;

/// The times of the rows of some lines, with what the user says of the file; what is rejected is its place.
fn times(lines: &[&str], settings: &Settings) -> Vec<Result<String, usize>> {
    let records: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    let mut decoder = W3c.decoder(&Head { settings, ..Head::of(Framing::Lines, &records) });
    let mut table = Table::new("w3c", W3c.fields(), 1);
    let mut found = Vec::new();
    for bytes in records {
        let mut row = table.begin();
        match decoder.decode(&Record { bytes, envelope_time: None }, &mut row) {
            Ok(Decoded::Row) => {
                row.commit(0, 1, 1, bytes);
                found.push(Ok(String::new()));
            }
            Ok(_) => {}
            Err(fault) => found.push(Err(fault.at)),
        }
    }
    table.seal();
    let mut rows = 0..table.rows();
    let mut show = || table.row(rows.next().unwrap()).unwrap().show("@timestamp");
    found.into_iter().map(|line| line.map(|_| show())).collect()
}

#[test]
fn days_come_from_the_record_or_from_the_directive_and_go_on_at_midnight() {
    let found = times(
        &[
            "#Date: 2026-03-05 23:00:00",
            "#Fields: time c-ip cs-method",
            "23:59:58 192.0.2.1 GET",
            "23:59:57 192.0.2.1 GET",
            "00:00:01 192.0.2.1 GET",
            "00:00:00 192.0.2.1 GET",
            "#Date: 2026-03-09 00:00:00",
            "01:00:00 192.0.2.1 GET",
            "#Fields: date time c-ip cs-method",
            "2026-03-01 01:00:00 192.0.2.1 GET",
            "2026-03-0x 01:00:00 192.0.2.1 GET",
        ],
        &Settings { ahead: 3600, ..Settings::NONE },
    );
    let days = [
        "2026-03-05T23:59:58Z",
        "2026-03-05T23:59:57Z",
        "2026-03-06T00:00:01Z",
        "2026-03-06T00:00:00Z",
        "2026-03-09T01:00:00Z",
        "2026-03-01T01:00:00Z",
    ];
    let ok: Vec<_> = days.iter().map(|day| Ok((*day).to_owned())).collect();
    assert_eq!(found.get(..6), Some(&ok[..]));
    assert_eq!(found.get(6..), Some(&[Err(0)][..]));
    let local = ["#Time Format: Local", "#Fields: date time src-ip action", "2026-03-05 01:30:00 - DROP"];
    let settings = Settings { ahead: 3600, ..Settings::NONE };
    assert_eq!(times(&local, &settings), [Ok("2026-03-05T00:30:00Z".to_owned())]);
    let without = ["#Fields: time c-ip cs-method", "01:30:00 - GET"];
    assert_eq!(times(&without, &settings), [Err(0)]);
    assert_eq!(times(&["01:30:00 - GET"], &settings), [Err(0)]);
}

#[test]
fn values_end_at_blanks_tabs_or_quotes() {
    let mut tokens = Tokens::default();
    for (line, count, expected) in [
        ("a b c", 3, &["a", "b", "c"][..]),
        ("a  c", 3, &["a", "", "c"]),
        ("a 444  d\\u ::1", 4, &["a", "444", "d\\u", "::1"]),
        ("a   b   c", 3, &["a", "b", "c"]),
        ("a b c d", 3, &["a", "b", "c", "d"]),
        ("a b\tc", 2, &["a b", "c"]),
        (r#""a b" c "" "d ""e"" f""#, 4, &["a b", "c", "", r#"d ""e"" f"#]),
        (r#"x="{A B}" c"#, 3, &["x=\"{A", "B}\"", "c"]),
        (r#""open b "c d"#, 4, &["\"open", "b", "\"c", "d"]),
        ("", 1, &[""]),
    ] {
        cut(line.as_bytes(), &mut tokens, count);
        let found: Vec<&str> = (0..tokens.len())
            .map(|i| std::str::from_utf8(tokens.get(line.as_bytes(), i).unwrap().1).unwrap())
            .collect();
        assert_eq!(found, expected, "{line}");
    }
}

#[test]
fn fields_tell_the_log() {
    let of = |line: &str| names(line.as_bytes()).and_then(known);
    assert_eq!(of("#Fields: date time s-ip cs-method x-own "), Some(4));
    assert_eq!(of("#fields:\ttime\tc-ip\tsc-status"), Some(3));
    for line in [
        "#Fields: date time x-edge-location sc-bytes c-ip cs-method",
        "#Fields: date time level message",
        "#Fields: c-ip cs-method sc-status",
        "#Fields: ",
        "#Version: 1.0",
        "date time s-ip cs-method",
    ] {
        assert_eq!(of(line), None, "{line}");
    }
}
