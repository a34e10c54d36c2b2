//! Lines of a CloudWatch Logs export to S3: `YYYY-MM-DDTHH:MM:SS.mmmZ <message>`. A line without the time goes on with
//! the message before it.

use logloupe_table::time;

/// The length of the time and the space behind it.
const PREFIX: usize = 25;

/// The time and the message of a line that begins with one.
#[inline]
pub(crate) fn prefix(line: &[u8]) -> Option<(i64, &[u8])> {
    let (prefix, message) = line.split_at_checked(PREFIX)?;
    let shaped = prefix[4] == b'-' && prefix[10] == b'T' && prefix[19] == b'.' && prefix[23] == b'Z';
    (shaped && prefix[24] == b' ').then_some(())?;
    Some((time::parse_iso(&prefix[..24])?, message))
}

/// The messages of `lines` if they look like an export: the first begins with a time, or the second where the first is
/// a header that somebody put in front.
pub(crate) fn messages(lines: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    for line in lines {
        match (prefix(line), messages.last_mut()) {
            (Some((_, message)), _) => messages.push(message.to_vec()),
            (None, None) => match lines.get(1) {
                Some(second) if prefix(second).is_some() => messages.push(line.to_vec()),
                _ => return messages,
            },
            (None, Some(last)) => {
                last.push(b'\n');
                last.extend_from_slice(line);
            }
        }
    }
    // A file of pretty-printed JSON has many more lines than messages; one message tells as much as many.
    messages
}
