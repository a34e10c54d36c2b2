//! A static file server, as plain as the hosts that the page is made for: files, their types, nothing else.
//!
//! It can mount the folder under a sub-path and keeps a list of what was asked for, which the end-to-end tests read.
//! They also name it as the browser's proxy: then that list has everything, and nothing gets any further.
//! What it does not do: ranges, caching, compression, anything but GET and HEAD.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use percent_encoding::percent_decode_str;

/// A running server; it ends when this value is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    mount: String,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    root: PathBuf,
    /// `http://127.0.0.1:port`: what a browser puts before the path when we are its proxy.
    origin: String,
    mount: String,
    requests: Mutex<Vec<String>>,
    stopping: AtomicBool,
}

impl Server {
    /// Serves `root` at `http://127.0.0.1:port` + `mount`. The mount begins and ends with a slash; port 0 takes a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(root: &Path, mount: &str, port: u16) -> io::Result<Self> {
        assert!(mount.starts_with('/') && mount.ends_with('/'), "a mount is written as /path/");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            root: root.to_owned(),
            origin: format!("http://{address}"),
            mount: mount.to_owned(),
            requests: Mutex::default(),
            stopping: AtomicBool::new(false),
        });
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Ok(Self { address, mount: mount.to_owned(), shared, accepting: Some(accepting) })
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the mounted folder, with a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.mount)
    }

    /// Everything that was asked for so far, in order: a path with its query string, or what a browser asked us for
    /// as its proxy, `http://host/path` or `CONNECT host:port`.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves until the process is ended.
    pub fn wait(mut self) {
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // A connection to itself ends the `accept` that waits.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        // Browsers open connections ahead and leave them silent, so each has a thread.
        thread::spawn(move || answer(&stream, &shared));
    }
}

/// One request, one answer, then the connection is closed.
fn answer(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut lines = BufReader::new(stream).lines();
    let Some(first) = lines.next() else { return Ok(()) };
    let first = first?;
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}

    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let target = target.strip_prefix(shared.origin.as_str()).unwrap_or(target);
    let shown = if method == "CONNECT" { format!("CONNECT {target}") } else { target.to_owned() };
    shared.requests.lock().unwrap_or_else(PoisonError::into_inner).push(shown);

    let path = target.split(['?', '#']).next().unwrap_or_default();
    let found = shared.find(path).and_then(|file| Some((std::fs::read(&file).ok()?, mime(&file))));
    let (status, mime, body) = match found {
        Some((body, mime)) => ("200 OK", mime, body),
        None => ("404 Not Found", "text/plain; charset=utf-8", b"not found\n".to_vec()),
    };
    let mut out = io::BufWriter::new(stream);
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: {mime}\r\nContent-Length: {}\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if method != "HEAD" {
        out.write_all(&body)?;
    }
    out.flush()
}

impl Shared {
    /// The file for a request's path: inside the mount, never above the folder.
    fn find(&self, path: &str) -> Option<PathBuf> {
        let inside = percent_decode_str(path.strip_prefix(self.mount.as_str())?).decode_utf8().ok()?;
        let relative = Path::new(&*inside);
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return None;
        }
        let file = self.root.join(relative);
        Some(if inside.is_empty() || file.is_dir() { file.join("index.html") } else { file })
    }
}

/// The type by the file's ending. WASM must have its own, or browsers refuse to compile while loading.
fn mime(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "gz" => "application/gzip",
        "txt" | "md" | "log" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_folder() {
        let shared = Shared {
            root: PathBuf::from("site"),
            origin: "http://127.0.0.1:1".into(),
            mount: "/a/b/".into(),
            requests: Mutex::default(),
            stopping: AtomicBool::new(false),
        };
        assert_eq!(shared.find("/a/b/x%20y.css"), Some(PathBuf::from("site/x y.css")));
        assert_eq!(shared.find("/a/b/"), Some(PathBuf::from("site/index.html")));
        assert_eq!(shared.find("/a/b/../secret"), None);
        assert_eq!(shared.find("/a/b/%2e%2e/secret"), None);
        assert_eq!(shared.find("/a/b//etc/passwd"), None);
        assert_eq!(shared.find("/x.css"), None);
    }
}
