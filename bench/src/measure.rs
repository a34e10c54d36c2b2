//! Repeat, take the median, print a row.
//!
//! Work on one thread is measured in the thread's own processor time where the system tells it (Linux): what else the
//! machine does then counts for less. Elsewhere, and for the page, it is the clock on the wall.

use std::{
    fs,
    sync::OnceLock,
    time::{Duration, Instant},
};

/// How long something took, over several runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took {
    pub(crate) median: Duration,
    pub(crate) best: Duration,
}

impl Took {
    /// Milliseconds.
    pub(crate) fn millis(self) -> (f64, f64) {
        (self.median.as_secs_f64() * 1e3, self.best.as_secs_f64() * 1e3)
    }
    /// Megabytes (10^6) per second.
    pub(crate) fn rate(self, bytes: u64) -> (f64, f64) {
        let per_second = |took: Duration| bytes as f64 / 1e6 / took.as_secs_f64();
        (per_second(self.median), per_second(self.best))
    }
    /// Of runs that were timed elsewhere, in milliseconds.
    pub(crate) fn of(mut runs: Vec<f64>) -> Took {
        runs.sort_by(f64::total_cmp);
        let at = |i: usize| Duration::from_secs_f64(runs.get(i).copied().unwrap_or(0.0).max(0.0) / 1e3);
        Took { median: at(runs.len() / 2), best: at(0) }
    }
}

/// Times `work` on fresh input `runs` times; making the input and dropping the result are not timed.
pub(crate) fn time<I, O>(runs: usize, mut input: impl FnMut() -> I, mut work: impl FnMut(I) -> O) -> Took {
    let took = (0..runs).map(|_| {
        let input = input();
        let start = now();
        let output = work(input);
        let took = now() - start;
        drop(output);
        took.as_secs_f64() * 1e3
    });
    Took::of(took.collect())
}

/// Times `work` `runs` times, each run long enough that the clock's own steps do not show.
pub(crate) fn time_short<O>(runs: usize, mut work: impl FnMut() -> O) -> Took {
    const LONG_ENOUGH: Duration = Duration::from_millis(100);
    drop(work());
    let start = Instant::now();
    drop(work());
    // By the clock on the wall: a step of the processor clock may be longer than the work.
    let once = start.elapsed().max(Duration::from_micros(10));
    let repeats = (LONG_ENOUGH.as_secs_f64() / once.as_secs_f64()).ceil().max(1.0);
    let all = time(runs, || (), |()| (0..repeats as usize).for_each(|_| drop(work())));
    let each = |took: Duration| took.div_f64(repeats);
    Took { median: each(all.median), best: each(all.best) }
}

/// Processor time of this thread, or else the clock on the wall.
fn now() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanos.map(Duration::from_nanos).unwrap_or_else(|| {
        static BEGIN: OnceLock<Instant> = OnceLock::new();
        BEGIN.get_or_init(Instant::now).elapsed()
    })
}

/// The printed table: Markdown, so that it can be kept as it is.
#[derive(Debug, Default)]
pub(crate) struct FigureTable {
    begun: bool,
}

impl FigureTable {
    /// A row with the median, the best, and what they are.
    pub(crate) fn row(&mut self, what: &str, unit: &str, (median, best): (f64, f64), note: &str) {
        if !std::mem::replace(&mut self.begun, true) {
            println!("| what | unit | median | best | note |\n|---|---|--:|--:|---|");
        }
        println!("| {what} | {unit} | {} | {} | {note} |", short(median), short(best));
    }
    /// A row with one figure.
    pub(crate) fn figure(&mut self, what: &str, unit: &str, figure: f64, note: &str) {
        self.row(what, unit, (figure, f64::NAN), note);
    }
}

/// Three digits are what such figures are good for.
fn short(figure: f64) -> String {
    match figure {
        f if f.is_nan() => String::new(),
        f if f >= 100.0 => format!("{f:.0}"),
        f if f >= 10.0 => format!("{f:.1}"),
        f => format!("{f:.2}"),
    }
}
