//! Flow records without a header: which field is which, told by a record's version and number of fields, and checked
//! by what the fields hold. A record in an order of the user's own is told from these, and never guessed at.

use super::{Fault, FlowShape, Holds, Layout, TokenField, Tokens, field};
use crate::formats::shorten;
use logloupe_table::RowWriter;

/// One of a log's forms, ready to read.
pub(super) struct Form {
    version: &'static [u8],
    /// More tokens than any form of the log has.
    most: usize,
    layout: Layout,
    /// What text columns hold: which token is which column, and how it is known to be that. What is no number and no
    /// address is told by the layout.
    kinds: Vec<(usize, &'static str, Holds)>,
}

impl Form {
    /// The form at this place among the log's.
    pub(super) fn new(shape: &FlowShape, form: usize) -> Form {
        let (version, tokens) = shape.forms.get(form).copied().unwrap_or_default();
        let columns = columns(shape).take(tokens).enumerate();
        let kinds = columns.filter_map(|(i, c)| Some((i, &*c.field.name, (shape.holds)(&c.field.name)?)));
        let layout = Layout::fixed(shape.fields, tokens).exact().time_from(&["start", "end"]);
        Form { version, most: most(shape), layout, kinds: kinds.collect() }
    }
}

/// The columns that have a token of their own.
fn columns(shape: &FlowShape) -> impl Iterator<Item = &'static TokenField> + use<> {
    shape.fields.iter().filter(|c| !c.again)
}

/// More tokens than any form has.
fn most(shape: &FlowShape) -> usize {
    shape.forms.iter().map(|(_, tokens)| tokens + 1).max().unwrap_or_default()
}

/// Reads a record by the form that its version and its number of fields tell. `forms` are those met so far, the one
/// met last in front.
pub(super) fn read(
    shape: &FlowShape,
    forms: &mut Vec<Form>,
    bytes: &[u8],
    tokens: &mut Tokens,
    row: &mut RowWriter<'_>,
) -> Result<Option<i64>, Fault> {
    tokens.split(bytes, b' ', forms.first().map_or(1, |form| form.most));
    let version = tokens.get(bytes, 0).map_or(&b""[..], |t| t.1);
    if forms.first().is_none_or(|form| form.version != version) {
        bring_forward(shape, forms, version, count(bytes, tokens));
    }
    let Some(form) = forms.first_mut() else { return Ok(None) };
    if !is_default(shape, version)
        && version.iter().all(u8::is_ascii_digit)
        && (version != form.version || count(bytes, tokens) != form.layout.tokens())
    {
        return Err(order_unknown(shape, bytes, version));
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

/// Whether that is the version of the default format.
fn is_default(shape: &FlowShape, version: &[u8]) -> bool {
    shape.forms.first().is_some_and(|(default, _)| *default == version)
}

/// Puts the form of this version in front, made if it was not met before. A record that begins with something else
/// is judged by the form at hand.
#[cold]
fn bring_forward(shape: &FlowShape, forms: &mut Vec<Form>, version: &[u8], tokens: usize) {
    let Some(wanted) = shape.forms.iter().position(|(v, _)| *v == version) else { return };
    match forms.iter().position(|form| form.version == version) {
        Some(at) => forms.swap(0, at),
        // A damaged record makes no form.
        None if !is_default(shape, version) && tokens != shape.forms[wanted].1 => {}
        None => {
            forms.push(Form::new(shape, wanted));
            let last = forms.len() - 1;
            forms.swap(0, last);
        }
    }
}

/// Records of a custom format need a header.
#[cold]
fn order_unknown(shape: &FlowShape, record: &[u8], version: &[u8]) -> Fault {
    let version = shorten(version);
    let counts = shape.forms.iter().find(|(v, _)| *v == version.as_bytes());
    let all =
        counts.map_or(String::new(), |(_, count)| format!("all {count} fields up to version {version}, or "));
    let expected = format!("{all}a line before it with the names of its fields");
    Fault::new(record, 0, expected)
}

/// Which of the log's forms a line has: as many fields as the form, each of them of its column's kind.
pub(super) fn form_of(shape: &FlowShape, line: &[u8]) -> Option<usize> {
    let mut tokens = Tokens::default();
    tokens.split(line, b' ', most(shape));
    let token = |i: usize| tokens.get(line, i).map_or(&b""[..], |t| t.1);
    let form = shape.forms.iter().position(|(version, _)| *version == token(0))?;
    let count = count(line, &tokens);
    let fits = count == shape.forms[form].1
        && shape.told.iter().all(|(i, holds)| holds(token(*i)))
        && columns(shape).take(count).enumerate().all(|(i, c)| may_be(c, shape.holds, token(i)));
    fits.then_some(form)
}

/// Whether a token may be a value of the column. A dash is none, of any column.
pub(super) fn may_be(column: &TokenField, holds: fn(&str) -> Option<Holds>, token: &[u8]) -> bool {
    let held = || holds(&column.field.name).is_none_or(|holds| holds(token));
    token == b"-" || held() && field::whole(column.read, token).is_some()
}

/// How many fields a record has. A blank at the end is none.
pub(super) fn count(record: &[u8], tokens: &Tokens) -> usize {
    let last = tokens.len().saturating_sub(1);
    tokens.len() - tokens.get(record, last).is_some_and(|(_, token)| token.is_empty()) as usize
}
