//! The presets that are lines of text: CLF, CSV and XML.
//!
//! ```text
//! clf     = [ extended SP ] ip SP caller SP user SP "[" time "]" [ SP ] DQUOTE request DQUOTE SP
//!           [ status SP [ length SP ] ] id [ SP extended ]
//! request = method SP path SP protocol / method SP route SP protocol / event SP route [ SP connection ]
//! csv     = ip "," time "," method "," route "," protocol "," status "," length "," id              ; HTTP
//!         / ip "," caller "," user "," time "," method "," path "," protocol "," status "," length "," id [ "," extended ]
//!         / ip "," caller "," user "," time "," event "," route "," status "," connection "," id    ; WebSocket
//! xml     = "<request id=" DQUOTE id DQUOTE ">" *( "<" name ">" value "</" name ">" ) "</request>"
//! ```
//!
//! A blank between `]` and the quote is left out where the vendor's page does; several blanks are one. What stands behind
//! the last of these is left alone.

use std::borrow::Cow;

use memchr::{memchr, memmem, memrchr};

use super::{FIELDS, TIMES};
use crate::formats::{
    Fault,
    field::{cells, json::Json, time, whole},
};
use logloupe_table::{Cell, RowWriter, Unit};

/// What could not be read: where, and what was expected there.
type Bad = (usize, &'static str);

/// Takes the values of a line, each with the place of its column.
type Sink<'s, 'a> = &'s mut dyn FnMut(usize, &'a [u8]);

/// Whether a line is a preset's.
pub(super) fn is_preset(line: &[u8]) -> bool {
    let (mut ip, mut when, mut id) = (false, false, false);
    let parsed = preset(line, &mut |place, value| match place {
        IP => ip = is_ip(value),
        REQUEST_TIME => when = is_time(value),
        REQUEST_ID => id = is_id(value),
        _ => {}
    });
    parsed.is_ok() && ip && when && id
}

fn is_ip(text: &[u8]) -> bool {
    whole(cells::ip, text).is_some_and(|cell| cell != Cell::Null)
}

fn is_time(text: &[u8]) -> bool {
    whole(time::clf_time, text).is_some()
}

/// A UUID, the id of an HTTP API (`JKJaXmPLvHcESHA=`), or what stands for an id that was not valid.
fn is_id(text: &[u8]) -> bool {
    (10..=128).contains(&text.len())
        && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'=' | b'+' | b'/'))
        && !text.iter().all(u8::is_ascii_digit)
}

fn preset<'a>(line: &'a [u8], set: Sink<'_, 'a>) -> Result<(), Bad> {
    let text = line.trim_ascii_start();
    match (text.first(), memchr(b'[', line), memchr(b',', line)) {
        (Some(b'<'), ..) => xml(line, set),
        (_, Some(bracket), comma) if comma.is_none_or(|comma| bracket < comma) => clf(line, bracket, set),
        _ => csv(line, set),
    }
}

fn clf<'a>(line: &'a [u8], bracket: usize, set: Sink<'_, 'a>) -> Result<(), Bad> {
    let mut who = words(line.get(..bracket).unwrap_or_default());
    let (first, second) = (who.next(), who.next());
    let ip = match (first, second) {
        // The example for CloudFormation has it in front.
        (Some(id), Some(ip)) if !is_ip(id) && is_ip(ip) => {
            set(EXTENDED_REQUEST_ID, id);
            set(CALLER, who.next().unwrap_or_default());
            ip
        }
        (Some(ip), caller) => {
            set(CALLER, caller.unwrap_or_default());
            ip
        }
        _ => return Err((0, "an IP address")),
    };
    set(IP, ip);
    set(USER, who.next().unwrap_or_default());

    let from = bracket + 1;
    let rest = line.get(from..).unwrap_or_default();
    let length = memchr(b']', rest).ok_or((from, "a time and its closing bracket"))?;
    set(REQUEST_TIME, rest.get(..length).unwrap_or_default());

    let behind = from + length + 1;
    let quote = behind + line.get(behind..).unwrap_or_default().iter().take_while(|b| **b == b' ').count();
    if line.get(quote) != Some(&b'"') {
        return Err((quote, "the request in quotes"));
    }
    let inside = line.get(quote + 1..).unwrap_or_default();
    let end = memchr(b'"', inside).ok_or((quote, "closing quote"))?;
    request(inside.get(..end).unwrap_or_default(), set);

    let after = quote + end + 2;
    let rest = line.get(after..).unwrap_or_default();
    if memrchr(b'"', rest).is_some() {
        return Err((after, "no more quotes"));
    }
    let mut behind = words(rest).peekable();
    let is_number = |word: &&[u8]| *word == b"-" || word.iter().all(u8::is_ascii_digit);
    if let Some(status) = behind.next_if(is_number) {
        set(STATUS, status);
        if let Some(length) = behind.next_if(is_number) {
            set(RESPONSE_LENGTH, length);
        }
    }
    set(REQUEST_ID, behind.next().ok_or((line.len(), "request id"))?);
    set(EXTENDED_REQUEST_ID, behind.next().unwrap_or_default());
    Ok(())
}

/// The words between blanks.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| *b == b' ').filter(|word| !word.is_empty())
}

/// What stands in the quotes of CLF.
fn request<'a>(text: &'a [u8], set: Sink<'_, 'a>) {
    let (first, rest) = match memchr(b' ', text) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, &b""[..]),
    };
    let (middle, last) = match memrchr(b' ', rest) {
        Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default()),
        None => (rest, &b""[..]),
    };
    if matches!(first, b"CONNECT" | b"MESSAGE" | b"DISCONNECT") && !last.starts_with(b"HTTP/") {
        set(EVENT_TYPE, first);
        set(ROUTE_KEY, middle);
        set(CONNECTION_ID, last);
        return;
    }
    set(HTTP_METHOD, first);
    let (what, protocol) =
        if last == b"-" || last.starts_with(b"HTTP/") { (middle, last) } else { (rest, &b""[..]) };
    set(PROTOCOL, protocol);
    set(place(what), what);
}

/// A path, or a route: a method and a path, or `$default`.
fn place(what: &[u8]) -> usize {
    if what.starts_with(b"/") { RESOURCE_PATH } else { ROUTE_KEY }
}

fn csv<'a>(line: &'a [u8], set: Sink<'_, 'a>) -> Result<(), Bad> {
    let mut cells: [&[u8]; 11] = [b""; 11];
    let mut count = 0;
    for (cell, text) in cells.iter_mut().zip(line.split(|b| *b == b',')) {
        *cell = text.trim_ascii();
        count += 1;
    }
    let [ip, second, third, fourth, ..] = cells;
    if !is_ip(ip) && ip != b"-" {
        return Err((0, "an IP address"));
    }
    let is_event = matches!(cells[4], b"CONNECT" | b"MESSAGE" | b"DISCONNECT");
    let places: &[usize] = match () {
        () if is_time(second) => {
            &[REQUEST_TIME, HTTP_METHOD, PATH, PROTOCOL, STATUS, RESPONSE_LENGTH, REQUEST_ID]
        }
        () if is_time(fourth) && is_event => {
            &[CALLER, USER, REQUEST_TIME, EVENT_TYPE, ROUTE_KEY, STATUS, CONNECTION_ID, REQUEST_ID]
        }
        () if is_time(fourth) => &[
            CALLER,
            USER,
            REQUEST_TIME,
            HTTP_METHOD,
            PATH,
            PROTOCOL,
            STATUS,
            RESPONSE_LENGTH,
            REQUEST_ID,
            EXTENDED_REQUEST_ID,
        ],
        () => return Err((ip.len() + second.len() + third.len() + 3, TIME)),
    };
    // Only the second id is of newer presets.
    let least = places.len() + 1 - usize::from(places.last() == Some(&EXTENDED_REQUEST_ID));
    if count < least {
        return Err((line.len(), "more fields"));
    }
    set(IP, ip);
    for (at, cell) in places.iter().zip(cells.iter().skip(1)) {
        set(if *at == PATH { place(cell) } else { *at }, cell);
    }
    Ok(())
}

fn xml<'a>(line: &'a [u8], set: Sink<'_, 'a>) -> Result<(), Bad> {
    let start = line.len() - line.trim_ascii_start().len();
    let mut at = start + b"<request".len();
    if !line.get(start..).unwrap_or_default().starts_with(b"<request") {
        return Err((start, "<request id=\"…\">"));
    }
    let head = line.get(at..).unwrap_or_default();
    let end = memchr(b'>', head).ok_or((at, "the end of <request …>"))?;
    let attributes = head.get(..end).unwrap_or_default();
    let id = memmem::find(attributes, b"id=").and_then(|id| attributes.get(id + 3..)).unwrap_or_default();
    set(REQUEST_ID, id.trim_ascii().strip_prefix(b"\"").and_then(|id| id.strip_suffix(b"\"")).unwrap_or(id));
    at += end + 1;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let open = at + memchr(b'<', rest).ok_or((line.len(), "</request>"))?;
        let tag = line.get(open + 1..).unwrap_or_default();
        if tag.starts_with(b"/request") {
            return Ok(());
        }
        let name = tag.get(..memchr(b'>', tag).ok_or((open, "the end of a tag"))?).unwrap_or_default();
        let value = open + name.len() + 2;
        let rest = line.get(value..).unwrap_or_default();
        // A value may have brackets of its own: nothing is escaped.
        let ends = |at: &usize| {
            let close = rest.get(at + 2..).unwrap_or_default();
            close.starts_with(name) && close.get(name.len()) == Some(&b'>')
        };
        let length = memmem::find_iter(rest, b"</").find(ends).ok_or((value, "a closing tag"))?;
        if let Some(place) = column(name) {
            set(place, rest.get(..length).unwrap_or_default());
        }
        at = value + length + name.len() + 3;
    }
}

/// The place of the column that a template's name for a value means.
fn column(name: &[u8]) -> Option<usize> {
    let is = |known: &&str| known.as_bytes() == name;
    if TIMES.iter().any(is) {
        return Some(REQUEST_TIME);
    }
    let own = FIELDS.iter().position(|f| !f.derived && is(&f.field.name.as_ref()));
    own.or_else(|| FIELDS.iter().position(|f| !f.derived && f.field.also.iter().any(is)))
}

/// Reads a line into `row` and gives its time.
pub(super) fn read(
    line: &[u8],
    scratch: &mut Vec<u8>,
    row: &mut RowWriter<'_>,
) -> Result<Option<i64>, Fault> {
    let (mut time, mut bad, mut is_known) = (None, None, false);
    let start =
        |value: &[u8]| (value.as_ptr() as usize).saturating_sub(line.as_ptr() as usize).min(line.len());
    preset(line, &mut |place, value| {
        if value.is_empty() || value == b"-" {
            return;
        }
        if place == REQUEST_TIME {
            time = whole(time::clf_time, value);
            if time.is_none() {
                bad.get_or_insert((start(value), TIME));
            }
            return;
        }
        is_known |= matches!(place, REQUEST_ID | EXTENDED_REQUEST_ID);
        let Some(field) = FIELDS.get(place) else { return };
        let cell = Json::Plain(value).cell(field.field.kind, Unit::None, scratch);
        if cell == Cell::Null {
            let what = if place == IP { "an IP address" } else { "a number" };
            bad.get_or_insert((start(value), what));
        }
        row.set(place, cell);
    })
    .map_err(|(at, what)| Fault::new(line, at.min(line.len()), what))?;
    if !is_known {
        bad.get_or_insert((line.len(), "request id"));
    }
    match bad {
        Some((at, what)) => Err(Fault::new(line, at, what)),
        None => Ok(time),
    }
}

/// What is expected of a time.
const TIME: &str = "a time as in 05/Mar/2026:01:30:00 +0000";

const IP: usize = place_of("ip");
const CALLER: usize = place_of("caller");
const USER: usize = place_of("user");
pub(super) const REQUEST_TIME: usize = place_of("requestTime");
const HTTP_METHOD: usize = place_of("httpMethod");
const RESOURCE_PATH: usize = place_of("resourcePath");
const ROUTE_KEY: usize = place_of("routeKey");
const PROTOCOL: usize = place_of("protocol");
const STATUS: usize = place_of("status");
const RESPONSE_LENGTH: usize = place_of("responseLength");
const REQUEST_ID: usize = place_of("requestId");
const EXTENDED_REQUEST_ID: usize = place_of("extendedRequestId");
const EVENT_TYPE: usize = place_of("eventType");
const CONNECTION_ID: usize = place_of("connectionId");
/// Stands for a path or a route.
const PATH: usize = usize::MAX;

/// The place of a column.
const fn place_of(name: &str) -> usize {
    let mut at = 0;
    while at < FIELDS.len() {
        if let Cow::Borrowed(own) = &FIELDS[at].field.name
            && same(own.as_bytes(), name.as_bytes())
        {
            return at;
        }
        at += 1;
    }
    panic!("no such column")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}
