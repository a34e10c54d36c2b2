//! `logloupe query --follow`: the answer over streams and files that grow, anew whenever there is more of them.
//!
//! Events are written once each, as they come, and forgotten; memory does not grow with them. Every other answer is asked of all
//! rows again: on a terminal it stays in its place, elsewhere it follows the one before after a blank line.
//!
//! Not here: where more is to be had than in files and stdin. A program that fetches is put before it with a pipe.

mod source;

use std::{
    collections::HashSet,
    io::{self, IsTerminal, Write},
    mem, thread,
    time::{Duration, Instant},
};

use logloupe_core::{
    formats::ALL,
    ingest::{duplicates, history},
};
use logloupe_table::{Shard, time};

use crate::{
    Failure, Outcome, Status,
    args::{Output, Query},
    definitions, load, output,
    query::{self, Answer, Found},
    report,
};
use source::Sources;

/// How long to wait where there is nothing new.
const PAUSE: Duration = Duration::from_millis(100);
/// Answers come at least so far apart, and their making takes at most one part in [`SHARE`] of the time.
const EVERY: Duration = Duration::from_secs(1);
const SHARE: u32 = 4;
/// Most rows that are kept to be asked again.
const MOST_ROWS: usize = 20_000_000;

/// Answers until the streams end, or for ever.
///
/// # Errors
/// What is wrong with the query or the call, or when stdout cannot be written.
pub fn run(call: &Query, out: &mut dyn Write) -> Outcome {
    let tree = query::parse(call)?;
    let (files, formats) = definitions::resolve(&call.files)?;
    let mut sources = Sources::open(&files, formats)?;
    let mut view = View::new(call.output);
    // People see at once that it reads; programs get what there is.
    let (mut dirty, mut shown, mut next) = (io::stdout().is_terminal(), false, Instant::now());
    loop {
        let news = sources.read();
        dirty |= sources.settle() | news;
        let ended = sources.ended();
        if (dirty || !shown && ended) && (ended || Instant::now() >= next) {
            let begun = Instant::now();
            (dirty, shown) = (false, true);
            let mut shards = sources.take_shards();
            mark(&mut shards);
            let answered = query::answer(call, tree.clone(), &mut shards, &sources.lookups(), formats)
                .and_then(|answer| view.show(answer, call, &mut shards, out));
            let rows = sources.give_back(shards);
            answered?;
            if rows > MOST_ROWS {
                eprintln!(
                    "logloupe: it follows no further: {MOST_ROWS} rows are kept at most. A `filter` alone keeps none"
                );
                return Ok(Status::Unread);
            }
            next = Instant::now() + EVERY.max(begun.elapsed() * SHARE);
        }
        if ended && !dirty {
            return Ok(report::remarks(&sources.into_ledger()));
        }
        if !news {
            thread::sleep(PAUSE);
        }
    }
}

/// Marks repeats and fills what follows from earlier records, as for files that are read once.
fn mark(shards: &mut [Shard]) {
    let seed = load::seed();
    let identities: Vec<_> =
        shards.iter_mut().map(|shard| duplicates::identities(shard, ALL, seed)).collect();
    let all: Vec<_> = shards
        .iter()
        .zip(&identities)
        .map(|(shard, own)| (shard.sources.as_slice(), own.as_slice()))
        .collect();
    let found = duplicates::find(&all);
    for (shard, repeats) in shards.iter_mut().zip(found) {
        duplicates::mark(shard, &repeats);
    }
    history::fill_all(&mut shards.iter_mut().collect::<Vec<_>>(), ALL, seed);
}

/// What of the answers stands on stdout.
struct View {
    form: Output,
    /// The terminal is drawn over.
    drawn: bool,
    /// What writes events one after the other.
    events: output::Writer,
    /// The last whole answer.
    last: Vec<u8>,
    /// What was said of the query on stderr.
    said: HashSet<String>,
    /// Events that were written.
    written: u64,
}

impl View {
    fn new(form: Output) -> View {
        let events = output::Writer::new(form);
        View { form, drawn: false, events, last: Vec::new(), said: HashSet::new(), written: 0 }
    }
    /// Shows an answer; events are forgotten behind it.
    fn show(
        &mut self,
        mut answer: Answer,
        call: &Query,
        shards: &mut [Shard],
        out: &mut dyn Write,
    ) -> Result<(), Failure> {
        let warnings = mem::take(&mut answer.warnings);
        if !warnings.is_empty() && self.said.insert(warnings.clone()) {
            eprint!("{warnings}");
        }
        let streams = |plan: &logloupe_query::plan::Plan| plan.is_selection() && plan.sort().is_empty();
        if !answer.plan.as_deref().is_some_and(streams) {
            return Ok(self.whole(answer, call, shards, out)?);
        }
        let whole_rows = answer.plan.as_deref().is_some_and(|plan| plan.output().is_empty());
        if self.form == Output::Csv && whole_rows {
            let why = "logloupe: --follow writes the header of a CSV before it knows the rows: name their fields with `fields`";
            return Err(Failure::Refused(why.to_owned()));
        }
        if let Found::Rows(rows) = &mut answer.found {
            // Without a `sort` the newest are first, and here the oldest were.
            rows.reverse();
            self.written += rows.len() as u64;
            if !rows.is_empty() {
                answer.write(call, shards, &mut self.events, out)?;
                out.flush()?;
            }
        }
        shards.iter_mut().for_each(Shard::clear);
        Ok(())
    }
    /// An answer in place of the one before.
    fn whole(
        &mut self,
        answer: Answer,
        call: &Query,
        shards: &[Shard],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut text = Vec::new();
        answer.write(call, shards, &mut output::Writer::new(self.form), &mut text)?;
        if self.form == Output::Table && io::stdout().is_terminal() {
            let rows: usize = shards.iter().map(Shard::rows).sum();
            let now = time::format_iso(load::now());
            let status = format!("{rows} rows, {}Z  (Ctrl-C ends)", now.get(..19).unwrap_or(&now));
            return self.draw(&status, &text, out);
        }
        if text == self.last {
            return Ok(());
        }
        if !self.last.is_empty() {
            out.write_all(b"\n")?;
        }
        out.write_all(&text)?;
        self.last = text;
        out.flush()
    }
    /// Draws over what stands on the terminal as much as there is room for.
    fn draw(&mut self, status: &str, text: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let size = terminal_size::terminal_size();
        let (wide, high) = size.map_or((120, 40), |(wide, high)| (wide.0 as usize, high.0 as usize));
        out.write_all(&screen(status, &String::from_utf8_lossy(text), wide, high, self.drawn))?;
        self.drawn = true;
        out.flush()
    }
}

/// The bytes that draw a status and a text into so many columns and lines of a terminal, `over` what was drawn before.
fn screen(status: &str, text: &str, wide: usize, high: usize, over: bool) -> Vec<u8> {
    const HOME: &str = "\x1b[H";
    const CLEAR_SCREEN: &str = "\x1b[2J\x1b[H";
    const CLEAR_LINE: &str = "\x1b[K";
    const CLEAR_REST: &str = "\x1b[J";
    let mut drawn = String::new();
    drawn.push_str(if over { HOME } else { CLEAR_SCREEN });
    let room = high.saturating_sub(3).max(1);
    let count = text.lines().count();
    let shown = if count > room { room - 1 } else { count };
    let more = (count > room).then(|| format!("… and {} lines more", count - shown));
    for line in [status, ""].into_iter().chain(text.lines().take(shown)).chain(more.as_deref()) {
        drawn.push_str(&output::plain(line, wide.max(1)));
        drawn.push_str(CLEAR_LINE);
        drawn.push('\n');
    }
    drawn.push_str(CLEAR_REST);
    drawn.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_holds_what_there_is_room_for() {
        let text: String = (0..50).map(|n| format!("line {n} {}\n", "x".repeat(n))).collect();
        let drawn = String::from_utf8(screen("7 rows", &text, 20, 10, true)).expect("text");
        let lines: Vec<&str> = drawn.lines().map(|line| line.trim_end_matches("\x1b[K")).collect();
        assert_eq!(lines[0], "\x1b[H7 rows");
        assert_eq!(lines[8], "… and 44 lines more");
        assert_eq!(lines.len(), 10, "and the rest is cleared: {lines:?}");
        assert!(lines.iter().all(|line| line.trim_start_matches("\x1b[H").chars().count() <= 20));
        let drawn = String::from_utf8(screen("7 rows", "a\nb\n", 20, 10, false)).expect("text");
        assert!(drawn.starts_with("\x1b[2J\x1b[H7 rows\x1b[K\n\x1b[K\na\x1b[K\nb\x1b[K\n"), "{drawn:?}");
    }
}
