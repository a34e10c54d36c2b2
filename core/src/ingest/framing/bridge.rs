//! EventBridge's envelope in a message that another service carries: an event whose target is a log group is one message
//! there, and the record is its `detail`.

use std::ops::Range;

use super::{Damage, Sink, json::JsonCutter, keys::Marks};

/// Where the `detail` stands in `message`, if that is one event of EventBridge and nothing else.
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
    only.detail.map(|detail| start + detail.start..start + detail.end)
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
    fn the_detail_of_one_whole_event_is_found() {
        for (message, found) in [
            (r#"{"detail-type":"x","detail":{"n":1}}"#, Some(r#"{"n":1}"#)),
            (r#" {"detail":{"n":[{"a":"}"}]},"detail-type":"x","id":"1"} "#, Some(r#"{"n":[{"a":"}"}]}"#)),
            ("{\n \"detail-type\": \"x\",\n \"detail\": {\n}\n}\n", Some("{\n}")),
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
