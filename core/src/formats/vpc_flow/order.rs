//! Flow records without a header: which field is which, told by a record's version and number of fields, and checked
//! by what the fields hold. A record in an order of the user's own is told from these, and never guessed at.

use super::{FIELDS, Fault, Layout, Tokens, field};
use crate::formats::shorten;
use logloupe_table::RowWriter;

/// How many fields there are up to each version, in AWS's order: what a record of that version without a header has.
/// Up to version 2 it is the default format. Version 6 added fields of transit gateways only.
pub(super) const FORMS: [(&[u8], usize); 9] = [
    (b"2", 14),
    (b"3", 21),
    (b"4", 25),
    (b"5", 29),
    (b"7", 39),
    (b"8", 40),
    (b"9", 41),
    (b"10", 42),
    (b"11", MOST_TOKENS),
];

/// How many fields there are in all.
pub(super) const MOST_TOKENS: usize = 54;

/// One of [`FORMS`].
pub(super) struct Form {
    version: &'static [u8],
    layout: Layout,
    /// What text columns hold: which token is which column, and how it is known to be that. What is no number and no
    /// address is told by the layout.
    kinds: Vec<(usize, &'static str, Holds)>,
}

/// Whether a token may be a value of its column.
type Holds = fn(&[u8]) -> bool;

impl Form {
    pub(super) fn new(form: usize) -> Form {
        let (version, tokens) = FORMS[form];
        let columns = FIELDS.iter().filter(|c| !c.again).take(tokens).enumerate();
        let kinds = columns.filter_map(|(i, c)| Some((i, &*c.field.name, holds(&c.field.name)?)));
        let layout = Layout::fixed(FIELDS, tokens).exact().time_from(&["start", "end"]);
        Form { version, layout, kinds: kinds.collect() }
    }
}

/// Reads a record by the form that its version and its number of fields tell. `forms` are those met so far, the one
/// met last in front.
pub(super) fn read(
    forms: &mut Vec<Form>,
    bytes: &[u8],
    tokens: &mut Tokens,
    row: &mut RowWriter<'_>,
) -> Result<Option<i64>, Fault> {
    tokens.split(bytes, b' ', MOST_TOKENS + 1);
    let version = tokens.get(bytes, 0).map_or(&b""[..], |t| t.1);
    if forms.first().is_none_or(|form| form.version != version) {
        bring_forward(forms, version, count(bytes, tokens));
    }
    let Some(form) = forms.first_mut() else { return Ok(None) };
    if version != DEFAULT_VERSION
        && version.iter().all(u8::is_ascii_digit)
        && (version != form.version || count(bytes, tokens) != form.layout.tokens())
    {
        return Err(order_unknown(bytes, version));
    }
    for (token, name, holds) in &form.kinds {
        if let Some((start, token)) = tokens.get(bytes, *token)
            && !matches!(token, b"-" | b"")
            && !holds(token)
        {
            return Err(Fault::new(bytes, start, format!("a value of {name}")));
        }
    }
    form.layout.read(bytes, tokens, row)
}

/// The version of the default format.
pub(super) const DEFAULT_VERSION: &[u8] = FORMS[0].0;

/// Puts the form of this version in front, made if it was not met before. A record that begins with something else
/// is judged by the form at hand.
#[cold]
fn bring_forward(forms: &mut Vec<Form>, version: &[u8], tokens: usize) {
    let Some(wanted) = FORMS.iter().position(|(v, _)| *v == version) else { return };
    match forms.iter().position(|form| form.version == version) {
        Some(at) => forms.swap(0, at),
        // A damaged record makes no form.
        None if version != DEFAULT_VERSION && tokens != FORMS[wanted].1 => {}
        None => {
            forms.push(Form::new(wanted));
            let last = forms.len() - 1;
            forms.swap(0, last);
        }
    }
}

/// Records of a custom format need a header.
#[cold]
fn order_unknown(record: &[u8], version: &[u8]) -> Fault {
    let version = shorten(version);
    let counts = FORMS.iter().find(|(v, _)| *v == version.as_bytes());
    let all =
        counts.map_or(String::new(), |(_, count)| format!("all {count} fields up to version {version}, or "));
    let expected = format!("{all}a line before it with the names of its fields");
    Fault::new(record, 0, expected)
}

/// Which of [`FORMS`] a line has: as many fields as there are up to its version, each of them of its column's kind.
pub(super) fn form_of(line: &[u8]) -> Option<usize> {
    let mut tokens = Tokens::default();
    tokens.split(line, b' ', MOST_TOKENS + 1);
    let token = |i: usize| tokens.get(line, i).map_or(&b""[..], |t| t.1);
    let form = FORMS.iter().position(|(version, _)| *version == token(0))?;
    let count = count(line, &tokens);
    let columns = FIELDS.iter().filter(|c| !c.again).take(count).enumerate();
    let fits = count == FORMS[form].1
        && matches!(token(12), b"ACCEPT" | b"REJECT" | b"-")
        && is_status(token(13))
        && columns.clone().all(|(i, c)| {
            let held = holds(&c.field.name).is_none_or(|holds| holds(token(i)));
            token(i) == b"-" || held && field::whole(c.read, token(i)).is_some()
        });
    fits.then_some(form)
}

/// How many fields a record has. A blank at the end is none.
fn count(record: &[u8], tokens: &Tokens) -> usize {
    let last = tokens.len().saturating_sub(1);
    tokens.len() - tokens.get(record, last).is_some_and(|(_, token)| token.is_empty()) as usize
}

/// How values of a text column are known, if they are.
fn holds(column: &str) -> Option<Holds> {
    Some(match column {
        "account-id" => |t| t == b"unknown" || t.len() >= 6 && t.iter().all(u8::is_ascii_digit),
        "interface-id" | "next-hop-interface-id" => |t| t.starts_with(b"eni-"),
        "action" => |t| t.iter().all(u8::is_ascii_uppercase) && !is_status(t),
        "log-status" => is_status,
        "vpc-id" | "next-hop-vpc-id" => |t| t.starts_with(b"vpc-"),
        "subnet-id" | "next-hop-subnet-id" => |t| t.starts_with(b"subnet-"),
        "instance-id" => |t| t.starts_with(b"i-"),
        "type" => |t| matches!(t, b"IPv4" | b"IPv6" | b"EFA"),
        "region" => |t| t.iter().filter(|b| **b == b'-').count() >= 2 && t.iter().all(is_slug),
        "az-id" | "next-hop-az-id" => |t| t.windows(3).any(|w| w == b"-az") && t.iter().all(is_slug),
        "sublocation-type" => |t| t.iter().all(u8::is_ascii_lowercase),
        "pkt-src-aws-service" | "pkt-dst-aws-service" => {
            |t| t.first().is_some_and(u8::is_ascii_uppercase) && t.iter().all(|b| !b.is_ascii_lowercase())
        }
        "flow-direction" => |t| matches!(t, b"ingress" | b"egress"),
        "ecs-cluster-arn" | "ecs-container-instance-arn" | "ecs-task-definition-arn" | "ecs-task-arn" => {
            |t| t.starts_with(b"arn:")
        }
        "interface-type" | "next-hop-interface-type" => |t| t.iter().all(|b| is_slug(b) || *b == b'_'),
        _ => return None,
    })
}

fn is_status(token: &[u8]) -> bool {
    matches!(token, b"OK" | b"NODATA" | b"SKIPDATA")
}

fn is_slug(byte: &u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-'
}

/// Whether a line is a flow record in some order: an interface, how it was recorded, what became of it, whence and
/// whereto, three of these at least.
pub(super) fn is_like_a_flow(line: &[u8]) -> bool {
    let (mut interface, mut status, mut action, mut addresses) = (false, false, false, 0);
    for token in line.split(|b| *b == b' ').take(MOST_TOKENS) {
        interface |= token.starts_with(b"eni-");
        status |= is_status(token);
        action |= matches!(token, b"ACCEPT" | b"REJECT");
        addresses += field::whole(field::address::ip_address, token).is_some() as usize;
    }
    interface as usize + status as usize + action as usize + (addresses >= 2) as usize >= 3
}
