//! Slotted patterns: `[ip, user, …, status = 4*, size > 1000]`. The slots are found first, so that a condition may name
//! any of them; each becomes `word(@message, place)`.

use std::collections::HashSet;

use super::{LONGEST, Parser, at, call, message};
use crate::{
    diagnostic::Diagnostic,
    insights::short,
    quoting::is_blank,
    tree::{Binary, E, Expr, Spanned},
};
use logloupe_table::{Value, sort};

/// One slot of `[a, b = 4*, …]`.
pub(super) struct Slot<'a> {
    name: &'a str,
    place: i64,
}

/// A slot as it stands in the text.
struct Found<'a> {
    start: usize,
    end: usize,
    name: &'a str,
    condition: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn slots(&mut self) -> Option<E> {
        let open = self.at;
        self.at += 1;
        let slots = self.scan_slots(open)?;
        let slots = self.with_implied(slots);
        let dots = slots.iter().position(|s| s.name == "...");
        let count = slots.len() as i64;
        let mut named: Vec<Slot<'a>> = Vec::new();
        for (i, slot) in slots.iter().enumerate() {
            let place = if dots.is_some_and(|d| i > d) { i as i64 - count } else { i as i64 + 1 };
            named.push(Slot { name: slot.name, place });
        }
        // Of two slots with one name the first counts; looked up by name, however many there are.
        named.retain(|s| !s.name.is_empty() && s.name != "...");
        sort::by(&mut named, |a, b| a.name.cmp(b.name));
        self.slots = Some(named);
        self.last = if dots.is_none() { count } else { 0 };
        let words = call(open..open, "wordcount", vec![message()]);
        let least = count - dots.is_some() as i64;
        // Of more words than slots the last slot takes all that are left.
        let op = Binary::GreaterEqual;
        let number = at(open..open, Expr::Literal(Value::Int(least)));
        let mut all = Some(at(open..open, Expr::Binary(op, words, number)));
        let end = self.at;
        for slot in slots.iter().filter(|s| s.condition) {
            self.joined += 1;
            if self.joined > LONGEST || self.full {
                self.too_much();
                return None;
            }
            self.at = slot.start;
            let next = self.any();
            if next.is_some() && !(self.eat(",") || self.eat("]")) {
                self.unexpected("`&&`, `||`, `,` or `]`", "");
                all = None;
            }
            all = match (all, next) {
                (Some(left), Some(right)) => Some(at(open..end, Expr::Binary(Binary::And, left, right))),
                _ => None,
            };
        }
        self.at = end;
        all
    }

    /// Where each slot begins, what it is called and whether it has a condition; stops behind the closing bracket.
    fn scan_slots(&mut self, open: usize) -> Option<Vec<Found<'a>>> {
        let mut found: Vec<Found<'a>> = Vec::new();
        let mut seen_dots = false;
        self.slots = Some(Vec::new());
        loop {
            self.blanks();
            let start = self.at;
            let rest = self.rest();
            let dots = rest.starts_with("...") || rest.starts_with('…');
            if dots {
                let length = if rest.starts_with('…') { '…'.len_utf8() } else { 3 };
                if seen_dots {
                    let help = "there is no telling where the second one ends";
                    self.report(
                        Diagnostic::error(start..start + length, "`...` stands in a pattern once").help(help),
                    );
                    self.at = self.text.len();
                    return None;
                }
                seen_dots = true;
                self.at += length;
                found.push(Found { start, end: self.at, name: "...", condition: false });
            } else {
                let opened = rest.find(|c| c != '(' && !is_blank(c)).unwrap_or(rest.len());
                let inner = rest.get(opened..).unwrap_or("");
                let name = inner.get(..self.word_length(inner)).unwrap_or("");
                self.at += opened + name.len();
                let named = self.at;
                self.skip_slot();
                let condition = opened > 0
                    || self
                        .text
                        .get(named..self.at)
                        .is_some_and(|more| !more.trim_matches(is_blank).is_empty());
                found.push(Found { start, end: self.at, name, condition });
            }
            self.blanks();
            if self.eat("]") {
                return Some(found);
            }
            if !self.eat(",") {
                if self.next().is_none() {
                    self.report(Diagnostic::error(open..open + 1, "the pattern has no closing `]`"));
                } else {
                    self.unexpected("`,` or `]`", "`...` stands alone between commas");
                }
                self.at = self.text.len();
                return None;
            }
        }
    }

    /// The slots with those behind them that only a condition names: `[…, status = 4* && size > 1000]` has a slot for
    /// `size`, as the vendor's guide wrote such patterns once.
    fn with_implied(&mut self, slots: Vec<Found<'a>>) -> Vec<Found<'a>> {
        let mut named: HashSet<&str> = slots.iter().map(|s| s.name).collect();
        let mut all = Vec::with_capacity(slots.len());
        for slot in slots {
            let (start, end, condition) = (slot.start, slot.end, slot.condition);
            let before = slot.name;
            all.push(slot);
            let names = if condition { self.subjects(start, end) } else { Vec::new() };
            for (at, name) in names {
                if before.is_empty() || !named.insert(name) {
                    continue;
                }
                let message = format!(
                    "`{}` has no slot: it is taken for the one behind `{}`",
                    short(name),
                    short(before)
                );
                let help = format!(
                    "give it a slot of its own, as CloudWatch wants it: `{}, {}`",
                    short(before),
                    short(name)
                );
                self.report(Diagnostic::warning(at..at + name.len(), message).help(help));
                all.push(Found { start: end, end, name, condition: false });
            }
        }
        all
    }

    /// What the conditions between two places are about: the words that begin them.
    fn subjects(&mut self, start: usize, end: usize) -> Vec<(usize, &'a str)> {
        let behind = std::mem::replace(&mut self.at, start);
        let mut found = Vec::new();
        while self.at < end {
            self.blanks();
            while self.eat("(") {
                self.blanks();
            }
            let name = self.rest().get(..self.word_length(self.rest())).unwrap_or("");
            if !name.is_empty() {
                found.push((self.at, name));
            }
            self.at += name.len();
            // To behind the next operator.
            while let Some(c) = self.next().filter(|_| self.at < end) {
                if self.rest().starts_with("&&") || self.rest().starts_with("||") {
                    break;
                }
                self.at += c.len_utf8();
                if matches!(c, '"' | '%') {
                    self.at = self.until(c).map_or(end, |close| close + 1);
                }
            }
            self.at = (self.at + 2).min(end.max(self.at));
        }
        self.at = behind;
        found
    }

    /// To the `,` or `]` that ends a slot.
    fn skip_slot(&mut self) {
        while let Some(c) = self.next() {
            match c {
                ',' | ']' => return,
                '"' | '%' => {
                    self.at += 1;
                    self.at = self.until(c).map_or(self.text.len(), |end| end + 1);
                }
                _ => self.at += c.len_utf8(),
            }
        }
    }

    pub(super) fn slot_subject(&mut self) -> Option<Spanned<Expr>> {
        let start = self.at;
        let name = self.rest().get(..self.word_length(self.rest())).unwrap_or("");
        if name.is_empty() {
            self.unexpected("the name of a slot", "for example `[ip, status = 4*, size > 1000]`");
            return None;
        }
        self.at += name.len();
        let slots = self.slots.as_deref().unwrap_or_default();
        let first = slots.partition_point(|s| s.name < name);
        let Some(slot) = slots.get(first).filter(|s| s.name == name) else {
            let message = format!("no slot is called `{}`", short(name));
            self.report(
                Diagnostic::error(start..self.at, message).help("give it a slot of its own: `[…, name, …]`"),
            );
            return None;
        };
        let place = at(start..start, Expr::Literal(Value::Int(slot.place)));
        let word = if slot.place == self.last { "wordsfrom" } else { "word" };
        Some(*call(start..self.at, word, vec![message(), place]))
    }
}
