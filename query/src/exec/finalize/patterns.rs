//! `pattern`: shapes of texts that differ in one word only fall together where they are many.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{
    super::{
        super::kernels::{VARIABLE, is_word},
        interner::Map,
    },
    frame::{Frame, FrameColumn},
};
use logloupe_table::{Value, sort};

/// From so many distinct words in one place on the place is variable.
const MANY: usize = 10;
/// More words than this, of all shapes together, are not compared.
const MOST_WORDS: usize = 5_000_000;
/// A shape in which several places change is found place by place.
const ROUNDS: usize = 4;

/// How often a shape occurs, and in an earlier time.
type Counts = [i64; 2];

/// Words that say how bad something is, the worst first.
const SEVERITIES: &[(&str, &[&str])] = &[
    ("Critical", &["critical", "fatal", "panic", "emergency", "alert"]),
    ("Error", &["error", "err", "exception", "failed", "failure", "severe"]),
    ("Warning", &["warning", "warn"]),
    ("Info", &["info", "notice"]),
    ("Debug", &["debug", "trace", "verbose"]),
];

impl Frame {
    /// Rows of shapes (input 0) and counts (input 1; of an earlier time in input 2, where times are compared): folded,
    /// the most frequent first, with their part of all and a word for how bad they are. Texts that are missing have no
    /// shape.
    pub(super) fn shapes(&mut self, ratio: usize, severity: usize) {
        let column = |n: usize| self.inputs.get(n).and_then(Option::as_ref);
        let (Some(texts), Some(counts)) = (column(0), column(1)) else { return };
        let (earlier, compared) = (column(2), column(2).is_some());
        let row = |row: &u32| {
            let earlier = earlier.and_then(|c| c.get(*row).integer()).unwrap_or(0);
            Some((texts.get(*row).as_text()?.to_owned(), [counts.get(*row).integer()?, earlier]))
        };
        let mut shapes = fold(self.order.iter().filter_map(row).collect());
        sort::by(&mut shapes, |a, b| b.1[0].cmp(&a.1[0]).then_with(|| a.0.cmp(&b.0)));
        let all: i64 = shapes.iter().map(|(_, n)| n[0]).sum();
        let rows = shapes.len();
        let part = |(_, n): &(String, Counts)| {
            if all == 0 { Value::Null } else { Value::Float(n[0] as f64 / all as f64) }
        };
        let words = |(text, _): &(String, Counts)| how_bad(text).map_or(Value::Null, Value::text);
        *self = Frame {
            rows,
            defs: (0..self.defs.len()).map(|_| None).collect(),
            order: (0..rows as u32).collect(),
            inputs: vec![
                Some(FrameColumn::Values(shapes.iter().map(|(text, _)| Value::text(text)).collect())),
                Some(FrameColumn::Values(shapes.iter().map(|(_, n)| Value::Int(n[0])).collect())),
            ],
            limits: self.limits,
            ..Frame::default()
        };
        if compared {
            self.inputs
                .push(Some(FrameColumn::Values(shapes.iter().map(|(_, n)| Value::Int(n[1])).collect())));
        }
        self.defs[ratio] = Some(FrameColumn::Values(shapes.iter().map(part).collect()));
        self.defs[severity] = Some(FrameColumn::Values(shapes.iter().map(words).collect()));
    }
}

/// How bad a message of this shape is: the worst of its words.
fn how_bad(text: &str) -> Option<&'static str> {
    let says = |words: &[&str]| {
        text.split(|c: char| !c.is_ascii_alphabetic())
            .any(|word| words.iter().any(|w| w.eq_ignore_ascii_case(word)))
    };
    SEVERITIES.iter().find(|(_, words)| says(words)).map(|(label, _)| *label)
}

/// The words of a shape and where they stand.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|r| !r.is_empty()) {
        if rest.starts_with(VARIABLE) {
            at += VARIABLE.len();
            continue;
        }
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        if end > 0 {
            out.push((at, &rest[..end]));
        }
        at += if end > 0 { end } else { rest.chars().next().map_or(1, char::len_utf8) };
    }
    out
}

/// Shapes that are the same but for one word fall together where there are [`MANY`] of them and other words remain.
/// The answer depends on the set of shapes alone.
fn fold(mut shapes: Vec<(String, Counts)>) -> Vec<(String, Counts)> {
    for _ in 0..ROUNDS {
        let words: Vec<Vec<(usize, &str)>> = shapes.iter().map(|(text, _)| words(text)).collect();
        if words.iter().map(Vec::len).sum::<usize>() > MOST_WORDS {
            break;
        }
        // How many shapes are the same but for this word.
        let mut alike: Map<(u64, u64), u32> = Map::default();
        for ((text, _), words) in shapes.iter().zip(&words).filter(|(_, w)| w.len() > 1) {
            without_each(text, words).for_each(|key| *alike.entry(key).or_default() += 1);
        }
        let mut folded: Map<String, Counts> = Map::default();
        let mut changed = false;
        for ((text, count), words) in shapes.iter().zip(&words) {
            let place = match words.len() > 1 {
                true => (without_each(text, words).enumerate())
                    .map(|(i, key)| (alike.get(&key).copied().unwrap_or(0), i))
                    .filter(|(n, _)| *n as usize >= MANY)
                    .max_by_key(|(n, i)| (*n, std::cmp::Reverse(*i))),
                false => None,
            };
            let shape = match place.and_then(|(_, i)| words.get(i)) {
                Some((at, word)) => {
                    changed = true;
                    format!("{}{VARIABLE}{}", &text[..*at], &text[at + word.len()..])
                }
                None => text.clone(),
            };
            let sum = folded.entry(shape).or_default();
            sum.iter_mut().zip(count).for_each(|(sum, n)| *sum += n);
        }
        if !changed {
            break;
        }
        shapes = folded.into_iter().collect();
    }
    shapes
}

/// For each word, what identifies the rest of the text.
fn without_each<'a>(text: &'a str, words: &'a [(usize, &'a str)]) -> impl Iterator<Item = (u64, u64)> + 'a {
    // What stands before a word is hashed on the way; what stands behind it, before.
    let mut hasher = DefaultHasher::new();
    let mut behind: Vec<u64> = words
        .iter()
        .rev()
        .scan(text.len(), |end, (at, word)| {
            text[at + word.len()..*end].hash(&mut hasher);
            let hash = hasher.finish();
            word.hash(&mut hasher);
            *end = *at;
            Some(hash)
        })
        .collect();
    let mut hasher = DefaultHasher::new();
    let mut from = 0;
    words.iter().map(move |(at, word)| {
        text[from..*at].hash(&mut hasher);
        let before = hasher.finish();
        word.hash(&mut hasher);
        from = at + word.len();
        (before, behind.pop().unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(shapes: &[(&str, i64)]) -> Vec<(String, i64)> {
        let out = fold(shapes.iter().map(|(t, n)| ((*t).to_owned(), [*n, 2 * n])).collect());
        assert!(out.iter().all(|(_, n)| n[1] == 2 * n[0]), "{out:?}");
        let mut out: Vec<(String, i64)> = out.into_iter().map(|(t, n)| (t, n[0])).collect();
        out.sort();
        out
    }

    #[test]
    fn many_names_in_one_place_fall_together() {
        let names = ["ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "ian", "joe"];
        let texts: Vec<String> = names.iter().map(|n| format!("user {n} logged in")).collect();
        let mut shapes: Vec<(&str, i64)> = texts.iter().map(|t| (t.as_str(), 2)).collect();
        assert_eq!(folded(&shapes), [("user <*> logged in".to_owned(), 20)]);
        shapes.pop();
        assert_eq!(folded(&shapes).len(), 9, "too few to say that it changes");
        let texts: Vec<String> =
            names.iter().flat_map(|a| names.map(|b| format!("{a} calls {b}: <*>"))).collect();
        let shapes: Vec<(&str, i64)> = texts.iter().map(|t| (t.as_str(), 1)).collect();
        assert_eq!(folded(&shapes), [("<*> calls <*>: <*>".to_owned(), 100)]);
        let shapes: Vec<(&str, i64)> = names.iter().map(|n| (*n, 1)).collect();
        assert_eq!(folded(&shapes).len(), 10, "no word would remain");
    }

    #[test]
    fn severity_is_the_worst_word() {
        assert_eq!(how_bad("INFO request failed"), Some("Error"));
        assert_eq!(how_bad("[warn] x"), Some("Warning"));
        assert_eq!(how_bad("information"), None);
    }
}
