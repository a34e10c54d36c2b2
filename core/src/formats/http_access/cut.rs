//! Where the fields of a line begin and end.
//!
//! ```text
//! line     = [ host [ ":" port ] SP ] [ *( word "," SP ) ] client SP ident SP user SP "[" time "]" SP request SP status SP size
//!            [ SP referer SP agent ] [ SP ( forwarded / ingress ) ] *( SP extra )
//! user     = *CHAR                                    ; blanks too
//! request  = DQUOTE *CHAR DQUOTE                      ; to the first quote not escaped that a status and a size follow
//! referer  = DQUOTE *CHAR DQUOTE                      ; to the first quote not escaped that another field follows
//! agent    = DQUOTE *CHAR [ DQUOTE ]
//! ingress  = length SP time SP "[" name "]" SP "[" name "]" SP list SP list SP list SP list SP id
//! list     = word *( ( "," / " :" ) SP word )
//! extra    = DQUOTE *CHAR DQUOTE / "[" *CHAR "]" / word
//! ```
//!
//! Servers of old do not escape quotes: where none fits that is not escaped, one that seems so is taken.

use memchr::{memchr, memchr2};

use crate::formats::{
    field::{Tokens, address},
    text_log::Cut,
};

/// What could not be read: where, and what was expected there.
type Bad = (usize, &'static str);

/// A [`Cut`].
pub(super) fn line(record: &[u8], tokens: &mut Tokens, most: usize) -> Result<(), Bad> {
    let record = record.get(..record.len().min(u32::MAX as usize)).unwrap_or_default();
    tokens.clear();
    let bracket = bracket(record).ok_or_else(|| no_time(record))?;
    let mut at = who(record, bracket, tokens)?;
    let end = at + memchr(b']', rest(record, at)).ok_or((at, "a time and its closing bracket"))?;
    tokens.push(at..end);
    at = end + 2;
    if rest(record, end + 1).first() != Some(&b' ') || rest(record, at).first() != Some(&b'"') {
        return Err(((end + 1).min(record.len()), "the request in quotes"));
    }
    let end = closing(record, at + 1, is_after_request).ok_or((at, "closing quote of the request"))?;
    tokens.push(at + 1..end);
    at = end + 2;
    for _ in 0..2 {
        at = word(record, at, tokens);
    }
    let is_combined = rest(record, at).first() == Some(&b'"');
    if is_combined {
        let end = closing(record, at + 1, |behind| behind.starts_with(b" \""))
            .or_else(|| closing(record, at + 1, ends))
            .ok_or((at, "closing quote of the referrer"))?;
        tokens.push(at + 1..end);
        at = end + 2;
    } else {
        missing(at, record, tokens, 1);
    }
    if is_combined && rest(record, at).first() == Some(&b'"') {
        // A line may be cut here.
        let end = closing(record, at + 1, ends).unwrap_or(record.len());
        tokens.push(at + 1..end);
        at = (end + 2).min(record.len());
    } else {
        missing(at, record, tokens, 1);
    }
    at = forwarded(record, at, tokens);
    at = ingress(record, at, tokens);
    while at < record.len() && tokens.len() < most {
        at = extra(record, at, tokens);
    }
    Ok(())
}

const _: Cut = line;

/// Enough of a line to be no other log's.
pub(super) fn is_line(record: &[u8]) -> bool {
    let Some(bracket) = bracket(record) else { return false };
    let mut tokens = Tokens::default();
    if who(record, bracket, &mut tokens).is_err() {
        return false;
    }
    let Some(end) = memchr(b']', rest(record, bracket)) else { return false };
    let at = bracket + end + 2;
    if rest(record, at).first() != Some(&b'"') {
        return false;
    }
    let Some(end) = closing(record, at + 1, is_after_request) else { return false };
    let at = word(record, word(record, end + 2, &mut tokens), &mut tokens);
    let behind = rest(record, at);
    let first = behind.split(|b| *b == b' ').next().unwrap_or_default();
    // API Gateway writes the same, and behind it a request id.
    let is_number = first.iter().all(|b| b.is_ascii_digit() || *b == b'.') && first.len() < 16;
    behind.is_empty() || behind.first() == Some(&b'"') || is_number || first == b"-"
}

fn rest(record: &[u8], at: usize) -> &[u8] {
    record.get(at..).unwrap_or_default()
}

/// Where the bracket before the time stands.
fn bracket(record: &[u8]) -> Option<usize> {
    // A time stands within the first few hundred bytes, if anywhere.
    let head = record.get(..record.len().min(4096)).unwrap_or_default();
    memchr::memchr_iter(b'[', head).find(|at| is_time(rest(record, at + 1)))
}

/// `06/Feb/2026:`, `2026-02-06T`.
fn is_time(text: &[u8]) -> bool {
    match text.get(..12) {
        Some([d, _, b'/', m, _, _, b'/', .., b':']) => d.is_ascii_digit() && m.is_ascii_alphabetic(),
        Some([y, _, _, _, b'-', _, _, b'-', _, _, b'T', _]) => y.is_ascii_digit(),
        _ => false,
    }
}

#[cold]
fn no_time(record: &[u8]) -> Bad {
    (memchr(b'[', record).unwrap_or(record.len()), "a time in brackets (06/Feb/2026:13:05:59 +0000)")
}

/// What stands before the bracket: host, client, identity and user. Gives where the time begins.
fn who(record: &[u8], bracket: usize, tokens: &mut Tokens) -> Result<usize, Bad> {
    let before = record.get(..bracket).unwrap_or_default();
    let word_end = |at: usize| memchr(b' ', before.get(at..)?).map(|space| at + space);
    let first = word_end(0).ok_or((bracket, "a client, an identity and a user before the time"))?;
    // The host stands in front where an address follows.
    let second = word_end(first + 1);
    let is_host = !is_address(record.get(..first).unwrap_or_default())
        && before.get(first.saturating_sub(1)) != Some(&b',')
        && second.is_some_and(|end| {
            let second = record.get(first + 1..end).unwrap_or_default();
            is_address(second.strip_suffix(b",").unwrap_or(second))
        });
    let mut at = 0;
    if is_host {
        tokens.push(0..first);
        at = first + 1;
    } else {
        tokens.push(0..0);
    }
    let mut end = word_end(at).ok_or((bracket, "an identity and a user before the time"))?;
    let client = at..end;
    tokens.push(at..before.get(at..end).and_then(|w| w.strip_suffix(b",")).map_or(end, |w| at + w.len()));
    // The X-Forwarded-For header in the client's place.
    while record.get(end.saturating_sub(1)) == Some(&b',') && end > client.start {
        end = word_end(end + 1).ok_or((bracket, "an identity and a user before the time"))?;
    }
    at = end + 1;
    let end = word_end(at).ok_or((bracket, "a user before the time"))?;
    tokens.push(at..end);
    let user = end + 1..bracket.saturating_sub(1).max(end + 1);
    if user.end + 1 != bracket {
        return Err((bracket, "a user before the time"));
    }
    match record.get(user.clone()) {
        Some(b"\"\"") => tokens.push(user.start..user.start),
        _ => tokens.push(user),
    }
    Ok(bracket + 1)
}

fn is_address(word: &[u8]) -> bool {
    // Names are told by their first byte, mostly.
    word.first().is_some_and(|b| b.is_ascii_hexdigit() || *b == b':')
        && address::ip_address(word).is_ok_and(|(rest, _)| rest.is_empty())
}

/// Takes a word, and gives where the next one begins.
fn word(record: &[u8], at: usize, tokens: &mut Tokens) -> usize {
    let at = at.min(record.len());
    let end = memchr(b' ', rest(record, at)).map_or(record.len(), |space| at + space);
    tokens.push(at..end);
    (end + 1).min(record.len())
}

/// Takes tokens without a value.
fn missing(at: usize, record: &[u8], tokens: &mut Tokens, count: usize) {
    let at = at.min(record.len());
    (0..count).for_each(|_| tokens.push(at..at));
}

/// The first quote from `from` on behind which the rest fits: one that is not escaped if there is one, else any.
fn closing(record: &[u8], from: usize, fits: fn(&[u8]) -> bool) -> Option<usize> {
    let mut at = from;
    let mut escaped = false;
    while let Some(found) = memchr2(b'"', b'\\', rest(record, at)) {
        let place = at + found;
        if record.get(place) == Some(&b'\\') {
            escaped |= record.get(place + 1) == Some(&b'"');
            at = place + 2;
            continue;
        }
        if fits(rest(record, place + 1)) {
            return Some(place);
        }
        at = place + 1;
    }
    if !escaped {
        return None;
    }
    memchr::memchr_iter(b'"', rest(record, from)).map(|i| from + i).find(|at| fits(rest(record, at + 1)))
}

fn ends(behind: &[u8]) -> bool {
    matches!(behind.first(), None | Some(b' '))
}

/// ` 200 512`, ` - -`, at the end or with a blank behind.
fn is_after_request(behind: &[u8]) -> bool {
    let Some(behind) = behind.strip_prefix(b" ") else { return false };
    let (status, behind) = match behind {
        [b'-', behind @ ..] => (true, behind),
        [a, b, c, behind @ ..] => ([a, b, c].iter().all(|b| b.is_ascii_digit()), behind),
        _ => return false,
    };
    let Some(size) = behind.strip_prefix(b" ").filter(|_| status) else { return false };
    let digits = size.iter().take(20).take_while(|b| b.is_ascii_digit()).count();
    let length = if size.first() == Some(&b'-') { 1 } else { digits };
    length > 0 && ends(size.get(length..).unwrap_or_default())
}

/// Takes the X-Forwarded-For header of nginx's `main`.
fn forwarded(record: &[u8], at: usize, tokens: &mut Tokens) -> usize {
    if rest(record, at).first() == Some(&b'"')
        && let Some(end) = closing(record, at + 1, ends)
    {
        let list = record.get(at + 1..end).unwrap_or_default();
        let first = list.split(|b| *b == b',').next().unwrap_or_default();
        if list == b"-" || is_address(first) || first == b"unknown" {
            tokens.push(at + 1..end);
            return (end + 2).min(record.len());
        }
    }
    missing(at, record, tokens, 1);
    at
}

/// Takes the nine fields of ingress-nginx, or none of them.
fn ingress(record: &[u8], at: usize, tokens: &mut Tokens) -> usize {
    let before = tokens.len();
    let taken = (|| {
        let behind = rest(record, at);
        let digits = behind.iter().take(20).take_while(|b| b.is_ascii_digit()).count();
        let after = behind.get(digits..)?.strip_prefix(b" ").filter(|_| digits > 0)?;
        let time = after.iter().take(20).take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        after.get(time..).filter(|behind| time > 0 && behind.starts_with(b" ["))?;
        let mut at = word(record, word(record, at, tokens), tokens);
        for _ in 0..2 {
            let inside = rest(record, at).strip_prefix(b"[")?;
            let end = at + 1 + memchr(b']', inside)?;
            tokens.push(at + 1..end);
            at = end + 2;
        }
        for _ in 0..4 {
            at = list(record, at, tokens);
        }
        Some(word(record, at, tokens))
    })();
    if taken.is_none() || tokens.get(record, before + INGRESS - 1).is_some_and(|(_, id)| id.is_empty()) {
        tokens.truncate(before);
        missing(at, record, tokens, INGRESS);
        return at;
    }
    taken.unwrap_or(at)
}

/// How many fields ingress-nginx adds.
const INGRESS: usize = 9;

/// Takes words of which all but the last end in a comma, or have a colon between them.
fn list(record: &[u8], at: usize, tokens: &mut Tokens) -> usize {
    let start = at.min(record.len());
    let mut at = start;
    loop {
        let end = memchr(b' ', rest(record, at)).map_or(record.len(), |space| at + space);
        let goes_on = record.get(end.saturating_sub(1)) == Some(&b',') && end > at;
        match rest(record, end) {
            [b' ', b':', b' ', ..] => at = end + 3,
            _ if goes_on && end < record.len() => at = end + 1,
            _ => {
                tokens.push(start..end);
                return (end + 1).min(record.len());
            }
        }
    }
}

/// Takes a field of the user's.
fn extra(record: &[u8], at: usize, tokens: &mut Tokens) -> usize {
    let end = match rest(record, at) {
        [b'"', ..] => closing(record, at + 1, ends),
        [b'[', inside @ ..] => {
            memchr(b']', inside).map(|end| at + 1 + end).filter(|end| ends(rest(record, end + 1)))
        }
        _ => None,
    };
    match end {
        Some(end) => {
            tokens.push(at + 1..end);
            (end + 2).min(record.len())
        }
        None => word(record, at, tokens),
    }
}
