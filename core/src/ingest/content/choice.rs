//! How the records of a file are read: as which format, out of which envelope. The formats are asked about the first
//! records in each of the ways in which they may stand in the file.

use super::wrapped::Way;
use crate::{
    formats::{Format, Framing, Head, Precedence},
    ingest::detect::{Claim, advice, describe, detect, most_of_mixed},
};

/// The first records as formats are asked about them.
pub(super) struct Heads<'a> {
    /// As they stand in the file.
    pub(super) whole: Head<'a>,
    /// The ways in which they may be carried, and each as it is out of that.
    pub(super) ways: &'a [Way],
    pub(super) inside: Vec<Head<'a>>,
    /// With the `detail` in place of events of EventBridge that messages are; empty if none is.
    pub(super) bridge: Head<'a>,
    /// With the events of EventBridge whole that stand in the file; empty if none does.
    pub(super) event: Head<'a>,
}

/// How the records of a file are read.
pub(super) struct Choice<'a> {
    pub(super) format: &'static dyn Format,
    /// Of a file of several logs, the first records that are the format's; else none.
    pub(super) own: Vec<&'a [u8]>,
    pub(super) reason: String,
    /// The carriers that records are taken out of, among [`Heads::ways`].
    pub(super) way: Option<usize>,
    pub(super) bridged: bool,
    pub(super) by_event: bool,
}

impl<'a> Heads<'a> {
    /// The way to read the file as a format that was asked for.
    pub(super) fn asked(&self, format: &'static dyn Format) -> Choice<'a> {
        let claims = |head: &Head<'_>| !head.records.is_empty() && detect(&[format], head).is_some();
        // Where no way is its own, what a line has before it is taken off.
        let carried = || {
            let claimed = self.inside.iter().position(&claims);
            claimed.or_else(|| self.ways.iter().position(|way| way.layers.is_empty()))
        };
        let way = if claims(&self.whole) { None } else { carried() };
        let plain = claims(way.and_then(|way| self.inside.get(way)).unwrap_or(&self.whole));
        let bridged = !plain && claims(&self.bridge);
        let by_event = !plain && !bridged && claims(&self.event);
        Choice { format, own: Vec::new(), reason: "asked for".to_owned(), way, bridged, by_event }
    }
    /// The way to read the file as what it is, by what formats say of it; what it looks like if it is none of theirs. `outer` is
    /// the claim of the records as they stand. A table of events is said to be one.
    pub(super) fn choose(
        &self,
        mut outer: Option<Claim>,
        formats: &[&'static dyn Format],
        is_table: bool,
    ) -> Result<Choice<'a>, String> {
        let ask = |head: &Head<'_>| (!head.records.is_empty()).then(|| detect(formats, head)).flatten();
        let mut way = None;
        for (at, (head, carried)) in self.inside.iter().zip(self.ways).enumerate() {
            let Some(claim) = ask(head) else { continue };
            let better = outer.as_ref().is_none_or(|outer| {
                claim.rank() > outer.rank()
                    || carried.sure && outer.format.precedence() < Precedence::Own
                    || carried.converted && claim.rank() == outer.rank()
            });
            if better {
                (outer, way) = (Some(claim), Some(at));
            }
        }
        let within = ask(&self.bridge);
        // A function may print the events that it gets: they are its log's, if that is sure.
        let bridged = match (&outer, &within) {
            (Some(outer), Some(within)) => {
                let own = |claim: &Claim| claim.format.precedence() == Precedence::Own;
                within.certain && (!outer.certain || outer.format.meta().id == within.format.meta().id)
                    || !own(outer) && own(within)
            }
            (_, within) => within.is_some(),
        };
        let prefixed = self.ways.first().is_some_and(|way| way.layers.is_empty());
        let way = if bridged { prefixed.then_some(0) } else { way };
        let claim = if bridged { within } else { outer };
        // What reads a detail comes before what reads events of any kind.
        let by_event =
            ask(&self.event).filter(|of_event| claim.as_ref().is_none_or(|c| c.rank() < of_event.rank()));
        let is_event = by_event.is_some();
        let claim = by_event.or(claim);
        let weak = claim.as_ref().is_none_or(Claim::is_weak);
        let plain = [(None, &self.whole)].into_iter();
        let mut all = plain.chain(self.inside.iter().enumerate().map(|(at, head)| (Some(at), head)));
        if weak
            && let Some((way, (claim, own))) = all.find_map(|(w, h)| Some((w, most_of_mixed(formats, h)?)))
        {
            let Claim { format, reason, .. } = claim;
            return Ok(Choice { format, own, reason, way, bridged: false, by_event: false });
        }
        // Where a format knows the records and lacks the names of their fields, that is said, not what else they may be.
        let heads = self.inside.iter().chain([&self.whole]).filter(|head| weak && !head.records.is_empty());
        let advice = heads.into_iter().find_map(|head| advice(formats, head));
        let what = || match is_table {
            true => format!("a CSV file of events, {}", describe(&self.whole)),
            // What is told of records that are taken out of something is what they are themselves.
            false => describe(way.and_then(|way| self.inside.get(way)).unwrap_or(&self.whole)),
        };
        match (claim, advice) {
            (_, Some(advice)) => Err(format!("no format claims it: {advice}")),
            (None, None) => Err(format!("no format claims it: {}", what())),
            (Some(claim), None) => {
                let reason = match claim.format.precedence() {
                    Precedence::Text => format!("read as plain text, as no format claims it: {}", what()),
                    Precedence::Form if claim.format.meta().framing == Framing::Json => {
                        format!("read as any JSON, as no format claims it: {}", what())
                    }
                    _ => claim.reason,
                };
                let Claim { format, .. } = claim;
                Ok(Choice {
                    format,
                    own: Vec::new(),
                    reason,
                    way: way.filter(|_| !is_event),
                    bridged: bridged && !is_event,
                    by_event: is_event,
                })
            }
        }
    }
}
