//! The first records of a file, kept until a format has claimed them.

use std::ops::Range;

use super::super::carried::Carried;
use crate::{formats::custom::file as definition, ingest::framing::bridge};

/// The first records, in the order of the content.
#[derive(Default)]
pub(in crate::ingest::content) struct Gathered {
    pub(super) bytes: Vec<u8>,
    pub(super) items: Vec<HeadRecord>,
    pub(super) records: usize,
}

pub(in crate::ingest::content) struct HeadRecord {
    pub(super) range: Range<usize>,
    pub(super) line: u64,
    pub(super) time: Option<i64>,
    pub(super) carried: Carried,
    pub(super) what: HeadKind,
}

pub(in crate::ingest::content) enum HeadKind {
    Record,
    /// An event of EventBridge, and where its `detail` stands: the record is one or the other.
    Event(Range<usize>),
    Damage {
        at: usize,
        expected: String,
        found: String,
    },
    Skipped(&'static str),
}

impl Gathered {
    /// The only record, if it is the description of a format.
    pub(super) fn definition(&self) -> Option<&[u8]> {
        let [only] = self.items.as_slice() else { return None };
        let text = self.bytes.get(only.range.clone()).filter(|text| text.len() <= definition::LONGEST)?;
        (matches!(only.what, HeadKind::Record) && definition::is_definition(text)).then_some(text)
    }
    pub(super) fn add(
        &mut self,
        bytes: &[u8],
        line: u64,
        time: Option<i64>,
        carried: Carried,
        what: HeadKind,
    ) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.items.push(HeadRecord { range: start..self.bytes.len(), line, time, carried, what });
    }
    /// The records, of events of EventBridge their `detail`, of a list of findings the first.
    pub(super) fn records(&self, nesting: usize) -> impl Iterator<Item = &[u8]> {
        self.items.iter().filter_map(move |item| {
            let bytes = &self.bytes[item.range.clone()];
            match &item.what {
                HeadKind::Record => Some(bytes),
                HeadKind::Event(detail) => {
                    let detail = bytes.get(detail.clone())?;
                    let first = bridge::findings(detail, nesting).into_iter().next();
                    Some(first.and_then(|first| detail.get(first)).unwrap_or(detail))
                }
                _ => None,
            }
        })
    }
    /// The records with the events of EventBridge whole; none if there is no such event.
    pub(super) fn events(&self) -> Vec<&[u8]> {
        if !self.items.iter().any(|item| matches!(item.what, HeadKind::Event(_))) {
            return Vec::new();
        }
        let is_record = |item: &&HeadRecord| matches!(item.what, HeadKind::Record | HeadKind::Event(_));
        self.items.iter().filter(is_record).map(|item| &self.bytes[item.range.clone()]).collect()
    }
}
