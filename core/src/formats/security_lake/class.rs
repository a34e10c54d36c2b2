//! Classes of OCSF in words. Source: <https://schema.ocsf.io/classes>, read 2026-11-26.

use logloupe_table::Cell;

/// The classes by number.
const CLASSES: &[(i64, &str)] = &[
    (1001, "File System Activity"),
    (1002, "Kernel Extension Activity"),
    (1003, "Kernel Activity"),
    (1004, "Memory Activity"),
    (1005, "Module Activity"),
    (1006, "Scheduled Job Activity"),
    (1007, "Process Activity"),
    (1008, "Event Log Activity"),
    (1009, "Script Activity"),
    (2001, "Security Finding"),
    (2002, "Vulnerability Finding"),
    (2003, "Compliance Finding"),
    (2004, "Detection Finding"),
    (2005, "Incident Finding"),
    (2006, "Data Security Finding"),
    (2007, "Application Security Posture Finding"),
    (3001, "Account Change"),
    (3002, "Authentication"),
    (3003, "Authorize Session"),
    (3004, "Entity Management"),
    (3005, "User Access Management"),
    (3006, "Group Management"),
    (3007, "User Management"),
    (3008, "Role Management"),
    (4001, "Network Activity"),
    (4002, "HTTP Activity"),
    (4003, "DNS Activity"),
    (4004, "DHCP Activity"),
    (4005, "RDP Activity"),
    (4006, "SMB Activity"),
    (4007, "SSH Activity"),
    (4008, "FTP Activity"),
    (4009, "Email Activity"),
    (4010, "Network File Activity"),
    (4011, "Email File Activity"),
    (4012, "Email URL Activity"),
    (4013, "NTP Activity"),
    (4014, "Tunnel Activity"),
    (5001, "Device Inventory Info"),
    (5002, "Device Config State"),
    (5003, "User Inventory Info"),
    (6001, "Web Resources Activity"),
    (6002, "Application Lifecycle"),
    (6003, "API Activity"),
    (6004, "Web Resource Access Activity"),
    (6005, "Datastore Activity"),
    (6006, "File Hosting Activity"),
    (6007, "Scan Activity"),
];

/// The class in words: its name, or else what its number means in that version.
pub(super) fn class<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [name @ Cell::Text(_), ..] => *name,
        [_, Cell::Int(3005), Cell::Text(version)] if version.starts_with(b"1.0.0-rc") => {
            Cell::Text(b"API Activity")
        }
        [_, Cell::Int(number), _] => {
            let class = CLASSES.iter().find(|(n, _)| n == number);
            class.map_or(Cell::Null, |(_, name)| Cell::Text(name.as_bytes()))
        }
        _ => Cell::Null,
    }
}

/// What became of it. Findings have a `status` that says how far somebody got with them: of these, what a check came to.
pub(super) fn outcome<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    let [class, status_id, status_code, compliance, disposition, action, rcode] = cells else {
        return Cell::Null;
    };
    let is = |cell: &Cell<'_>, words: &[&str]| match cell {
        Cell::Text(text) => words.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes())),
        _ => false,
    };
    let (good, bad) = match class {
        Cell::Int(2000..3000) => {
            let either = |words: &[&str]| is(status_code, words) || is(compliance, words);
            (either(&["PASS", "PASSED"]), either(&["FAIL", "FAILED"]))
        }
        _ => {
            let refused = is(disposition, &["Blocked", "Denied", "Dropped", "Rejected", "Unauthorized"])
                || is(action, &["Denied"]);
            match (status_id, rcode) {
                _ if refused => (false, true),
                (Cell::Int(1 | 2), _) => (*status_id == Cell::Int(1), *status_id == Cell::Int(2)),
                (_, Cell::Text(_)) => {
                    let answered = is(rcode, &["NoError"]);
                    (answered, !answered)
                }
                _ => (is(action, &["Allowed"]) || is(disposition, &["Allowed"]), false),
            }
        }
    };
    Cell::Text(match (good, bad) {
        (_, true) => b"failure",
        (true, _) => b"success",
        _ => b"unknown",
    })
}

/// Who acted: the user, or else the role of the session, or else whom it is about, or else an id.
pub(super) fn user<'a>(cells: &[Cell<'a>], _: &'a mut Vec<u8>) -> Cell<'a> {
    match cells {
        [name @ Cell::Text(_), ..] => *name,
        [_, Cell::Text(issuer), ..] => Cell::Text(issuer.rsplit(|b| *b == b'/').next().unwrap_or(issuer)),
        [_, _, target @ Cell::Text(_), _] => *target,
        [.., uid] => *uid,
        [] => Cell::Null,
    }
}
