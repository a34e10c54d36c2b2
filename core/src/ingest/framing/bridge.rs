//! EventBridge's envelope. In a message that another service carries: an event whose target is a log group is one message
//! there, and the record is its `detail`. And the list of findings that a `detail` may be.

use std::ops::Range;

use super::{Damage, Sink, json::JsonCutter, keys::Marks};

/// Where the `detail` stands in `message`, if that is one event of EventBridge and nothing else. Of a `detail` that is a
/// list of one finding, where the finding stands.
pub(crate) fn detail(message: &[u8], nesting: usize) -> Option<Range<usize>> {
    let text = message.trim_ascii_start();
    if !text.starts_with(b"{") || memchr::memmem::find(text, b"\"detail-type\"").is_none() {
        return None;
    }
    let start = message.len() - text.len();
    let text = text.trim_ascii_end();
    let mut only = Only { length: text.len(), detail: None };
    let mut cutter = JsonCutter::new(text.len(), nesting);
    cutter.push(text, &mut only);
    cutter.finish(&mut only);
    let detail = only.detail.map(|detail| start + detail.start..start + detail.end)?;
    match findings(message.get(detail.clone())?, nesting).as_slice() {
        [one] => Some(detail.start + one.start..detail.start + one.end),
        _ => Some(detail),
    }
}

/// Where findings stand in a `detail` that is a list of them, as Security Hub's are: an object with the list `findings`.
/// Nothing where it is none or is damaged.
pub(crate) fn findings(detail: &[u8], nesting: usize) -> Vec<Range<usize>> {
    if memchr::memmem::find(detail, b"\"findings\"").is_none() {
        return Vec::new();
    }
    let mut list = List { start: detail.as_ptr() as usize, open: false, ranges: Vec::new(), damaged: false };
    let mut cutter = JsonCutter::new(detail.len(), nesting);
    cutter.push(detail, &mut list);
    let unended = cutter.finish(&mut list).is_some();
    if list.damaged || unended { Vec::new() } else { list.ranges }
}

/// Takes the items of the list `findings`.
struct List {
    /// Where the content begins in memory: objects that lie in one piece are not copied.
    start: usize,
    open: bool,
    ranges: Vec<Range<usize>>,
    damaged: bool,
}

impl Sink for List {
    fn line(&mut self, _: &[u8], _: u64) {}
    fn object(&mut self, bytes: &[u8], _: &Marks, _: u64, _: bool) {
        if self.open {
            let from = (bytes.as_ptr() as usize).saturating_sub(self.start);
            self.ranges.push(from..from + bytes.len());
        }
    }
    fn damage(&mut self, _: Damage<'_>) {
        self.damaged = true;
    }
    fn envelope(&mut self, name: &'static str) {
        // Another list beside it is not known to be of findings.
        self.damaged |= name != "findings";
        self.open = true;
    }
}

/// Takes the object that is all of the message.
struct Only {
    length: usize,
    detail: Option<Range<usize>>,
}

impl Sink for Only {
    fn line(&mut self, _: &[u8], _: u64) {}
    fn object(&mut self, bytes: &[u8], marks: &Marks, _: u64, _: bool) {
        if bytes.len() == self.length && marks.detail_type {
            self.detail.clone_from(&marks.detail);
        }
    }
    fn damage(&mut self, _: Damage<'_>) {}
    fn envelope(&mut self, _: &'static str) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_findings_of_a_detail_are_found() {
        for (detail, found) in [
            (r#"{"findings":[{"Id":"1"}]}"#, &[r#"{"Id":"1"}"#][..]),
            (
                r#"{"actionName":"a","findings": [ {"Id":"1"} , {"Id":{"}":2}}],"x":1}"#,
                &[r#"{"Id":"1"}"#, r#"{"Id":{"}":2}}"#],
            ),
            (r#"{"findings":[]}"#, &[]),
            (r#"{"findings":["a"]}"#, &[]),
            (r#"{"findings":{"a":[{"b":1}]}}"#, &[]),
            (r#"{"a":{"findings":[{"b":1}]}}"#, &[]),
            (r#"{"a":"\"findings\":[{}]"}"#, &[]),
            (r#"{"records":[{"n":1}],"findings":[{"n":2}]}"#, &[]),
            (r#"{"findings":[{"Id":"1"},{"Id":]}"#, &[]),
            (r#"{"findings":[{"Id":"1"}"#, &[]),
            ("", &[]),
        ] {
            let ranges = findings(detail.as_bytes(), 64);
            let texts: Vec<&str> = ranges.into_iter().map(|range| &detail[range]).collect();
            assert_eq!(texts, found, "{detail}");
        }
    }

    #[test]
    fn the_detail_of_one_whole_event_is_found() {
        for (message, found) in [
            (r#"{"detail-type":"x","detail":{"n":1}}"#, Some(r#"{"n":1}"#)),
            (r#" {"detail":{"n":[{"a":"}"}]},"detail-type":"x","id":"1"} "#, Some(r#"{"n":[{"a":"}"}]}"#)),
            ("{\n \"detail-type\": \"x\",\n \"detail\": {\n}\n}\n", Some("{\n}")),
            (r#" {"detail-type":"x","detail":{"findings":[{"n":1}]}}"#, Some(r#"{"n":1}"#)),
            (
                r#"{"detail-type":"x","detail":{"findings":[{"n":1},{"n":2}]}}"#,
                Some(r#"{"findings":[{"n":1},{"n":2}]}"#),
            ),
            (r#"{"detail-type":"x","detail":"n"}"#, None),
            (r#"{"detail-type":"x"}"#, None),
            (r#"{"detail":{"n":1}}"#, None),
            (r#"{"a":{"detail-type":"x","detail":{"n":1}}}"#, None),
            (r#"{"detail-type":"x","detail":{"n":1}}{"n":2}"#, None),
            (r#"{"detail-type":"x","detail":{"n":1}"#, None),
            (r#"event {"detail-type":"x","detail":{"n":1}}"#, None),
            ("", None),
        ] {
            let range = detail(message.as_bytes(), 64);
            assert_eq!(range.map(|range| &message[range]), found, "{message}");
        }
    }
}
