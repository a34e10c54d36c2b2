//! The member names by which envelopes are told from records: the one table of them.

use std::ops::Range;

/// Lists of records: an object with a member of one of these names, whose value is an array that begins with an
/// object, is an envelope.
pub(crate) const LISTS: [&str; 14] = [
    "Records",
    "records",
    "Events",
    "events",
    "Findings",
    "findings",
    "logEvents",
    "configurationItems",
    "ConfigurationItems",
    "baseConfigurationItems",
    "auditEventRecords",
    "LogEvents",
    "PublicKeyList",
    ITEMS,
];

/// The list of Kubernetes' lists of audit events. The name is too plain to mean that by itself: [`EVENT_LIST`] stands before
/// it.
pub(super) const ITEMS: &str = "items";

/// The kind of a list of audit events.
pub(super) const EVENT_LIST: &[u8] = b"\"EventList\"";

/// Longest member name that is looked at.
pub(super) const NAME: usize = 64;

/// Longest name of a log group or stream: the vendor allows 512 characters.
pub(super) const ORIGIN: usize = 2048;

/// What the name of a record's own member means to ingest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A list of records, by its place in [`LISTS`].
    List(usize),
    /// `detail-type`: an EventBridge event, the record is its `detail`.
    DetailType,
    /// `detail`
    Detail,
    /// `message`: text that may be a record of its own.
    Message,
    /// `timestamp`
    Time,
    /// `messageType` of a subscription.
    MessageType,
    /// `awslogs`: what a Lambda function is called with; compressed and in base64.
    AwsLogs,
    /// `data`: the same by Firehose and Kinesis.
    Data,
    /// `owner` of a subscription: the account.
    Owner,
    /// `logGroup` of a subscription.
    Group,
    /// `logStream` of a subscription, `logStreamName` of an event.
    Stream,
    /// `ingestionTime` of an event.
    Ingested,
    /// `results` of a query.
    Results,
    /// `TopicArn` of a notification.
    Topic,
    /// `Message` of a notification: the event, as JSON text or as an object.
    Notified,
    /// `invokingEvent`: the same as AWS Config hands it to the function of a rule.
    Invoking,
    /// Another member that stands beside `message` in CloudWatch's own wrappers.
    Wrapper,
    /// Any other.
    Other,
}

impl Key {
    #[inline]
    pub(crate) fn of(name: &[u8]) -> Key {
        match name {
            b"detail-type" => Key::DetailType,
            b"detail" => Key::Detail,
            b"message" => Key::Message,
            b"timestamp" => Key::Time,
            b"messageType" => Key::MessageType,
            b"awslogs" => Key::AwsLogs,
            b"data" => Key::Data,
            b"owner" => Key::Owner,
            b"logGroup" => Key::Group,
            b"logStream" | b"logStreamName" => Key::Stream,
            b"ingestionTime" => Key::Ingested,
            b"results" => Key::Results,
            b"TopicArn" => Key::Topic,
            b"Message" => Key::Notified,
            b"invokingEvent" => Key::Invoking,
            b"id" | b"eventId" | b"extractedFields" => Key::Wrapper,
            _ => LISTS.iter().position(|list| list.as_bytes() == name).map_or(Key::Other, Key::List),
        }
    }
}

/// What was seen of a record's own members while it was cut. Ranges are offsets in the record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// It has a `detail-type`.
    pub(crate) detail_type: bool,
    /// The object that is its `detail`.
    pub(crate) detail: Option<Range<usize>>,
    /// The text of its `message`, between the quotes, escapes and all.
    pub(crate) message: Option<Range<usize>>,
    /// Where the name `timestamp` ends.
    pub(crate) time: Option<usize>,
    /// The text of its `logStreamName`.
    pub(crate) stream: Option<Range<usize>>,
    /// Where the name `ingestionTime` ends.
    pub(crate) ingested: Option<usize>,
    /// The object that is its `awslogs`.
    pub(crate) aws_logs: Option<Range<usize>>,
    /// The text of its `data`.
    pub(crate) data: Option<Range<usize>>,
    /// The array that is its `results`.
    pub(crate) results: Option<Range<usize>>,
    /// It has a `TopicArn` or an `invokingEvent`: it is a notification.
    pub(crate) notice: bool,
    /// The event in it: an object, or text between its quotes, escapes and all.
    pub(crate) notified: Option<Range<usize>>,
    /// It has an empty array under a name of [`LISTS`].
    pub(crate) empty_list: Option<usize>,
    /// It has members that CloudWatch's wrappers of a message do not have.
    pub(crate) others: bool,
    /// How many members it has.
    pub(crate) members: u32,
}

impl Marks {
    /// Notes a member; `end` is the offset of its name's end.
    #[inline]
    pub(crate) fn member(&mut self, key: Key, end: usize) {
        self.members += 1;
        match key {
            Key::DetailType => self.detail_type = true,
            Key::Time => self.time = Some(end),
            Key::Topic | Key::Invoking => self.notice = true,
            Key::Ingested => {
                self.ingested = Some(end);
                return;
            }
            Key::Message | Key::Wrapper | Key::Owner | Key::Group | Key::Stream => return,
            _ => {}
        }
        self.others |= key != Key::Time;
    }
    /// Whether nothing about it says that it wraps another record.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        !self.detail_type
            && self.aws_logs.is_none()
            && self.data.is_none()
            && self.results.is_none()
            && !(self.notice && self.notified.is_some())
            && (self.others || self.message.is_none())
    }
    /// The event that a notification carries, and whether it is the text of a string.
    pub(crate) fn notification<'r>(&self, record: &'r [u8]) -> Option<(&'r [u8], bool)> {
        let range = self.notified.clone().filter(|_| self.notice)?;
        let text = record.get(range.start.checked_sub(1)?) == Some(&b'"');
        let event = record.get(range)?;
        event.trim_ascii_start().starts_with(b"{").then_some((event, text))
    }
    /// The bytes of the record that the text of the wrapped message takes, if `record` is no more than a message in a
    /// CloudWatch wrapper: nothing but the message, or beside it a time in milliseconds and the wrapper's own members.
    pub(crate) fn wrapped<'r>(&self, record: &'r [u8]) -> Option<(&'r [u8], Option<i64>)> {
        if self.others {
            return None;
        }
        let message = record.get(self.message.clone()?)?;
        if self.members == 1 {
            return Some((message, None));
        }
        Some((message, Some(micros(record, self.time?)?)))
    }
}

/// The time in milliseconds behind the name that ends at `end`, in microseconds.
pub(crate) fn micros(record: &[u8], end: usize) -> Option<i64> {
    let rest = record.get(end..)?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let millis: i64 = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
    millis.checked_mul(1000)
}

/// What an envelope of CloudWatch says of all events in it, as the text of JSON strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The account.
    pub(crate) owner: Vec<u8>,
    /// The log group.
    pub(crate) group: Vec<u8>,
    /// The log stream.
    pub(crate) stream: Vec<u8>,
}

impl Origin {
    /// The place for the text of a member, if it is one of these.
    pub(super) fn of(&mut self, key: Key) -> Option<&mut Vec<u8>> {
        match key {
            Key::Owner => Some(&mut self.owner),
            Key::Group => Some(&mut self.group),
            Key::Stream => Some(&mut self.stream),
            _ => None,
        }
    }
}

/// Writes the text of a JSON string to `out`, escapes undone; what is no escape is kept as it stands.
pub(crate) fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (plain, length) = match rest.get(at + 1) {
            Some(b'n') => (b'\n', 2),
            Some(b't') => (b'\t', 2),
            Some(b'r') => (b'\r', 2),
            Some(b'b') => (8, 2),
            Some(b'f') => (12, 2),
            Some(b'u') => {
                let length = unicode(&rest[at..], out);
                rest = &rest[at + length..];
                continue;
            }
            Some(&other) => (other, 2),
            None => (b'\\', 1),
        };
        out.push(plain);
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
}

/// Writes the character of the `\uXXXX` (or pair of them) that `text` begins with and says how long that was.
fn unicode(text: &[u8], out: &mut Vec<u8>) -> usize {
    let hex = |at: usize| -> Option<u32> {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |n, b| Some(n * 16 + (*b as char).to_digit(16)?))
    };
    let Some(first) = hex(0) else {
        out.push(b'\\');
        return 1;
    };
    let pair = match (first, hex(6)) {
        (0xd800..0xdc00, Some(low @ 0xdc00..0xe000)) => {
            char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00))
        }
        _ => None,
    };
    let character = pair.or(char::from_u32(first)).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    if pair.is_some() { 12 } else { 6 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_unescaped_and_nonsense_is_kept() {
        for (text, plain) in [
            (r#"a\"b\\c\/d\n"#, "a\"b\\c/d\n"),
            (r"\u00e9\u20AC\ud83d\ude00", "é€😀"),
            (r"\ud83d x \u12", "\u{fffd} x \\u12"),
            (r"\", "\\"),
            ("", ""),
        ] {
            let mut out = Vec::new();
            unescape(text.as_bytes(), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), plain, "{text}");
        }
    }

    #[test]
    fn only_wrappers_are_unwrapped() {
        let marks = |members, others, time| Marks {
            message: Some(12..13),
            members,
            others,
            time,
            ..Marks::default()
        };
        let record = br#"{"message":"2","timestamp": 1432826855000}"#;
        assert_eq!(marks(1, false, None).wrapped(record), Some((&b"2"[..], None)));
        assert_eq!(marks(2, false, Some(26)).wrapped(record), Some((&b"2"[..], Some(1_432_826_855_000_000))));
        assert_eq!(marks(2, true, Some(26)).wrapped(record), None);
        assert_eq!(marks(2, false, None).wrapped(record), None);
    }
}
