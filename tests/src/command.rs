//! The command as its users start it: arguments and stdin in; status, stdout and stderr out. And folders of files to
//! give it.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use serde_json::Value;

/// How a run ended and what it said.
#[derive(Debug)]
pub struct Said {
    /// The exit status.
    pub status: i32,
    /// Its answer.
    pub out: String,
    /// Its remarks.
    pub err: String,
}

impl Said {
    /// The answer as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|fault| panic!("no JSON: {fault}\n{self:?}"))
    }
    /// The answer as one JSON object per line.
    #[track_caller]
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
        self.out.lines().map(parse).collect()
    }
}

/// Runs a program with these arguments and this stdin to its end.
#[track_caller]
pub fn run(program: &str, args: &[&str], stdin: &[u8]) -> Said {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|fault| panic!("{program}: {fault}"));
    let mut pipe = child.stdin.take().expect("stdin is piped");
    let stdin = stdin.to_vec();
    // It may end without reading all of it; that is its right.
    let writer = std::thread::spawn(move || pipe.write_all(&stdin).ok());
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer does not panic");
    Said {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A folder that is gone when the test ends.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new, empty one.
    #[expect(clippy::new_without_default, reason = "a folder on disk is no default value")]
    pub fn new() -> Folder {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("logloupe-test-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }
    /// One with the sample incident.
    pub fn incident() -> Folder {
        let folder = Folder::new();
        for file in logloupe_sample::incident() {
            folder.write(&file.path, &file.bytes);
        }
        folder
    }
    /// Writes a file, folders on its way included.
    pub fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder");
        fs::write(&path, content).expect("a file");
        path
    }
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
    /// Where it is, as an argument.
    pub fn arg(&self) -> &str {
        self.0.to_str().expect("a temporary folder has a plain name")
    }
    /// The path of a file in it, as an argument.
    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a plain name").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
