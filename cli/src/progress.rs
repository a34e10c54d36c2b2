//! How far loading is, on stderr, and only where a person is looking.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Condvar, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// What the reading threads count.
#[derive(Debug, Default)]
pub struct Counts {
    /// Files read to their end.
    pub files: AtomicU64,
    /// Stored bytes read.
    pub bytes: AtomicU64,
}

impl Counts {
    /// Notes bytes that were read.
    pub fn add_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
    /// Notes a file that was read.
    pub fn add_file(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
    }
}

/// Does `work` and shows on a terminal how far it is, of so many files and bytes.
pub fn show<T>(counts: &Counts, files: u64, bytes: u64, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    let (done, wake) = (Mutex::new(false), Condvar::new());
    std::thread::scope(|scope| {
        scope.spawn(|| draw(counts, files, bytes, &done, &wake));
        let result = work();
        if let Ok(mut done) = done.lock() {
            *done = true;
        }
        wake.notify_all();
        result
    })
}

fn draw(counts: &Counts, files: u64, bytes: u64, done: &Mutex<bool>, wake: &Condvar) {
    // What is quick is not shown at all.
    let mut pause = Duration::from_millis(400);
    let mut drawn = false;
    let Ok(mut guard) = done.lock() else { return };
    loop {
        let Ok((next, _)) = wake.wait_timeout_while(guard, pause, |done| !*done) else { return };
        guard = next;
        // A terminal that has gone away is no reason to stop.
        if *guard {
            if drawn {
                let _ = write!(io::stderr(), "\r\x1b[K");
            }
            return;
        }
        let (read, of) = (counts.bytes.load(Ordering::Relaxed), megabytes(bytes));
        let at = counts.files.load(Ordering::Relaxed);
        let _ =
            write!(io::stderr(), "\r\x1b[Kreading: {at} of {files} files, {} of {of} MB", megabytes(read));
        drawn = true;
        pause = Duration::from_millis(150);
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
