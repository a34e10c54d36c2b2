//! Errors in what a function's log says: those that ended an invocation or a start, each as its runtime or the platform
//! writes it, and those that the function only logged.
//!
//! A report is one event, whose lines end in LF, or in CR as older runtimes write them so that it stays one event:
//!
//! ```text
//! report = timeout / exit / document / named / started / panic / typed
//! end    = CR / LF / end of the event
//! type   = 1*( ALPHA / DIGIT / one of "._$`+<>" )        ; begins with a letter
//! ```
//!
//! What is told here by a form alone has a form that functions do not write by chance; what looks like an ordinary
//! sentence counts only behind a level.

use std::borrow::Cow;

use logloupe_table::{Cell, RowWriter};
use memchr::memmem;

use super::{fields::column, lines::is_grave};
use crate::formats::field::json;

/// What a message says of an error.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Report<'a> {
    /// The error's type.
    pub(super) kind: Option<Cow<'a, [u8]>>,
    /// It ended an invocation or a start; otherwise the function logged it and went on.
    pub(super) unhandled: bool,
}

impl<'a> Report<'a> {
    fn unhandled(kind: &'a [u8]) -> Report<'a> {
        Report { kind: (!kind.is_empty()).then_some(Cow::Borrowed(kind)), unhandled: true }
    }
    fn logged(kind: &'a [u8]) -> Report<'a> {
        Report { kind: Some(Cow::Borrowed(kind)), unhandled: false }
    }
    /// What `message` says, behind a request's id if `request`, at this level.
    pub(super) fn of(message: &'a [u8], request: bool, level: Option<&[u8]>) -> Report<'a> {
        let grave = level.is_some_and(is_grave);
        let mut report = document(message);
        if level.is_none() {
            report = report
                .or_else(|| request.then(|| by_platform(message)).flatten())
                .or_else(|| named(message))
                .or_else(|| started(message))
                .or_else(|| panic(message));
        }
        let mut report = report.or_else(|| typed(message, grave)).unwrap_or_default();
        // A function that logs an error below that level goes on.
        report.unhandled &= level.is_none() || grave;
        report
    }
    /// Writes the type, and the level of an error for which the runtime writes none.
    pub(super) fn write(&self, level: Option<&[u8]>, row: &mut RowWriter<'_>) {
        if let Some(kind) = &self.kind {
            row.set(column::ERROR_TYPE, Cell::Text(kind));
        }
        if self.unhandled && level.is_none() {
            row.set(column::LEVEL, Cell::Text(b"ERROR"));
        }
    }
}

/// The platform's own words, behind a request's id.
///
/// ```text
/// timeout = [ "Error: " ] "Task timed out after " *any
/// exit    = "Process exited before completing request" *any
///         / "Error: " *any end type                      ; with "Runtime." or "Extension." in front
///         / "Error: Runtime exited" *any
/// ```
fn by_platform(message: &[u8]) -> Option<Report<'_>> {
    let error = message.strip_prefix(b"Error: ");
    if error.unwrap_or(message).starts_with(b"Task timed out after ") {
        return Some(Report::unhandled(b"Sandbox.Timedout"));
    }
    if message.starts_with(b"Process exited before completing request") {
        return Some(Report::unhandled(b"Runtime.ExitError"));
    }
    let error = error?;
    let last = lines(error.trim_ascii_end()).last().unwrap_or_default();
    if is_platforms(last) {
        return Some(Report::unhandled(last));
    }
    error.starts_with(b"Runtime exited").then(|| Report::unhandled(b"Runtime.ExitError"))
}

/// The error document that runtimes send to the platform, as they log it: Node.js, Ruby, Go, PHP and custom ones.
///
/// ```text
/// document = [ word ] object                             ; the object has an errorType
/// word     = "Invoke Error" / "Uncaught Exception" / "Unhandled Promise Rejection" / … / go-date
/// ```
///
/// Behind other words it is one that the function logged.
fn document(message: &[u8]) -> Option<Report<'_>> {
    memmem::find(message, b"\"errorType\"")?;
    let (word, object) = message.split_at(memchr::memchr(b'{', message)?);
    let mut kind = Vec::new();
    if !json::extract(object, "errorType", &mut kind) || kind.is_empty() {
        return None;
    }
    let word = word.trim_ascii();
    // Some write the request's id in front.
    let word = word.split(|b| *b == b'\t').next_back().unwrap_or(word);
    let known = [
        &b"Invoke Error"[..],
        b"Uncaught Exception",
        b"Unhandled Promise Rejection",
        b"Error raised from handler method",
        b"Init error when loading handler",
        b"Fatal error",
    ];
    let is_date = word.iter().all(|b| b.is_ascii_digit() || b"/: .".contains(b));
    let unhandled = is_date || known.iter().any(|known| word.starts_with(known));
    Some(Report { kind: Some(Cow::Owned(kind)), unhandled })
}

/// Java, and the first runtimes of .NET, Python and Go.
///
/// ```text
/// named = *any ": " type end ( type *any                 ; Java: the trace, which begins with the type
///                            / *blank "at " *any         ; .NET
///                            / "Traceback (" *any        ; Python 2
///                            / "null" )                  ; Go 1.x
///       / *any ": " type                                 ; one line, of a qualified type
/// ```
fn named(message: &[u8]) -> Option<Report<'_>> {
    /// Messages of several lines are this long at most.
    const MOST: usize = 64;
    let mut all = lines(message).take(MOST).peekable();
    let mut first = true;
    while let Some(line) = all.next() {
        let next = all.peek().copied().filter(|next| !next.is_empty());
        let kind = memmem::rfind(line, b": ").and_then(|at| line.get(at + 2..)).filter(|kind| is_type(kind));
        if let Some(kind) = kind {
            let told = match next {
                Some(next) if is_frame(next) => has_ending(kind) && !has_type_in_front(line),
                Some(next) if next.starts_with(b"Traceback (") => has_ending(kind) || humps(kind) > 1,
                Some(next) => next.starts_with(kind) || next == b"null",
                None => first && kind.contains(&b'.') && has_ending(kind),
            };
            if told {
                return Some(Report::unhandled(kind));
            }
        }
        first = false;
    }
    None
}

/// What runtimes say when they could not start a function, or their program ended by an exception.
fn started(message: &[u8]) -> Option<Report<'_>> {
    let begins = |with: &str| message.starts_with(with.as_bytes());
    if begins("Unable to import module '") {
        return Some(Report::unhandled(b"Runtime.ImportModuleError"));
    }
    if begins("Syntax error in module '") {
        return Some(Report::unhandled(b"Runtime.UserCodeSyntaxError"));
    }
    if begins("Handler '") && memmem::find(message, b"' missing on module '").is_some() {
        return Some(Report::unhandled(b"Runtime.HandlerNotFound"));
    }
    if begins("module initialization error") || begins("Init error when loading handler") {
        return Some(Report::unhandled(b""));
    }
    if begins("Error raised from handler method") {
        return Some(Report::unhandled(b""));
    }
    let thread = (message.strip_prefix(b"Exception in thread \""))
        .and_then(|rest| rest.get(memmem::find(rest, b"\" ")? + 2..));
    let error = thread.or_else(|| message.strip_prefix(b"Unhandled exception. "))?;
    let (kind, _) = leading_type(error)?;
    Some(Report::unhandled(kind))
}

/// Go and Rust, which have no type of what is panicked with.
///
/// ```text
/// panic = ( "panic: " / "fatal error: " ) *any / "thread '" *any "' panicked at " *any
/// ```
fn panic(message: &[u8]) -> Option<Report<'_>> {
    let first = lines(message).next().unwrap_or_default();
    let rust = first.starts_with(b"thread '") && memmem::find(first, b" panicked at ").is_some();
    let go = first.starts_with(b"panic: ")
        || (first.starts_with(b"fatal error: ") && memmem::find(message, b"goroutine ").is_some());
    (rust || go).then(|| Report::unhandled(b"panic"))
}

/// Python, .NET and what loggers write of an error.
///
/// ```text
/// typed = type [ ":" *any ] end *any                     ; with a trace behind it, or at a grave level
/// ```
fn typed(message: &[u8], grave: bool) -> Option<Report<'_>> {
    let (kind, _) = leading_type(message)?;
    let named = has_ending(kind) || is_platforms(kind) || (grave && humps(kind) > 1);
    let traced = || {
        lines(message)
            .skip(1)
            .take(8)
            .any(|line| is_frame(line) || line.starts_with(b"Traceback (most recent"))
    };
    let alone = is_platforms(kind) && kind.len() == message.trim_ascii_end().len();
    (alone || (grave && named) || traced()).then(|| Report::logged(kind))
}

/// Whether a line of a trace's kind begins with a type: then what it ends in is a word of the message.
fn has_type_in_front(line: &[u8]) -> bool {
    leading_type(line).is_some_and(|(kind, _)| has_ending(kind))
}

/// The type that a message begins with, and what stands behind it.
fn leading_type(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = message.iter().position(|b| !is_type_byte(*b)).unwrap_or(message.len());
    let (kind, rest) = message.split_at(end);
    let ends =
        rest.is_empty() || rest.starts_with(b":") || rest.starts_with(b"\r") || rest.starts_with(b"\n");
    (ends && is_type(kind)).then_some((kind, rest))
}

fn is_type_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"._$`+<>".contains(&b)
}

fn is_type(text: &[u8]) -> bool {
    text.len() <= 256
        && text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.last().is_some_and(|b| *b != b'.')
        && text.iter().all(|b| is_type_byte(*b))
}

/// Names of the platform's own types.
fn is_platforms(kind: &[u8]) -> bool {
    let begins = |with: &[u8]| kind.strip_prefix(with).is_some_and(|rest| !rest.is_empty());
    is_type(kind) && [&b"Runtime."[..], b"Extension.", b"Sandbox.", b"Function."].iter().any(|w| begins(w))
}

/// How the names of nearly all types of errors end.
fn has_ending(kind: &[u8]) -> bool {
    let kind = kind.strip_suffix(b">").unwrap_or(kind);
    [&b"Error"[..], b"Exception", b"Fault", b"Failure", b"Interrupt", b"Exit"]
        .iter()
        .any(|e| kind.ends_with(e))
}

/// How many words stand in a name like `NoSuchKey`.
fn humps(kind: &[u8]) -> usize {
    kind.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count() + 1
}

/// `frame = *blank "at " *any`, indented: a line of a trace.
fn is_frame(line: &[u8]) -> bool {
    let rest = line.trim_ascii_start();
    rest.len() < line.len() && rest.starts_with(b"at ")
}

/// The lines of an event, whatever they end in; a CR before a LF makes no line of its own.
fn lines(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(message);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(at) = memchr::memchr2(b'\r', b'\n', text) else {
            rest = None;
            return Some(text);
        };
        let after = if text[at..].starts_with(b"\r\n") { at + 2 } else { at + 1 };
        rest = text.get(after..);
        text.get(..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &str, request: bool, level: &str) -> (String, bool) {
        let level = (!level.is_empty()).then_some(level.as_bytes());
        let report = Report::of(message.as_bytes(), request, level);
        (String::from_utf8(report.kind.unwrap_or_default().into_owned()).unwrap(), report.unhandled)
    }

    #[test]
    fn unhandled_errors_have_the_form_of_their_runtime() {
        for (message, request, level, kind) in [
            // The platform.
            ("Task timed out after 3.00 seconds\n\n", true, "", "Sandbox.Timedout"),
            ("Error: Task timed out after 3.00 seconds", true, "", "Sandbox.Timedout"),
            ("Process exited before completing request", true, "", "Runtime.ExitError"),
            (
                "Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n",
                true,
                "",
                "Runtime.ExitError",
            ),
            ("Error: Runtime exited with error: signal: killed", true, "", "Runtime.ExitError"),
            (
                "Error: fork/exec /var/task/bootstrap: no such file\rRuntime.InvalidEntrypoint",
                true,
                "",
                "Runtime.InvalidEntrypoint",
            ),
            ("Error: exit status 2\nExtension.Crash", true, "", "Extension.Crash"),
            // Node.js.
            (
                r#"Invoke Error 	{"errorType":"TypeError","errorMessage":"no","stack":["a"]}"#,
                true,
                "ERROR",
                "TypeError",
            ),
            (
                r#"Uncaught Exception 	{"errorType":"Runtime.ImportModuleError","errorMessage":"no"}"#,
                false,
                "ERROR",
                "Runtime.ImportModuleError",
            ),
            (
                r#"Unhandled Promise Rejection 	{"reason":{"errorType":"Error"},"errorType":"Runtime.UnhandledPromiseRejection"}"#,
                true,
                "ERROR",
                "Runtime.UnhandledPromiseRejection",
            ),
            (r#"{"errorMessage":"no","errorType":"Error","stackTrace":[]}"#, true, "", "Error"),
            // Ruby, Go, PHP.
            (
                "Error raised from handler method\n{\n  \"errorMessage\": \"no\",\n  \"errorType\": \"Function<KeyError>\"\n}",
                false,
                "",
                "Function<KeyError>",
            ),
            (
                "Init error when loading handler app.run\n{\"errorType\": \"Init<LoadError>\"}",
                false,
                "",
                "Init<LoadError>",
            ),
            (
                r#"2026/03/05 01:30:00 {"errorMessage":"no","errorType":"errorString"}"#,
                false,
                "",
                "errorString",
            ),
            ("order 7 not found: errorString\nnull", false, "", "errorString"),
            (
                "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:",
                false,
                "",
                "panic",
            ),
            (
                r#"8edab1f8-7d34-4a8e-a965-15ccbbb78d4c	Invoke Error	{"errorType":"RuntimeException"}"#,
                false,
                "",
                "RuntimeException",
            ),
            // Java.
            (
                "no: java.lang.IllegalStateException\njava.lang.IllegalStateException: no\n\tat a.B.c(B.java:1)",
                false,
                "",
                "java.lang.IllegalStateException",
            ),
            ("two\nlines: a.b.C$Bad\ra.b.C$Bad: two\rlines", false, "", "a.b.C$Bad"),
            ("Java heap space: java.lang.OutOfMemoryError", false, "", "java.lang.OutOfMemoryError"),
            ("Exception in thread \"main\" java.lang.Error: no", false, "", "java.lang.Error"),
            // .NET, Python of old, Rust.
            ("no: ArgumentNullException\n   at A.B.C()", false, "", "ArgumentNullException"),
            (
                "Unhandled exception. System.IO.IOException: no\n   at A.B()",
                false,
                "",
                "System.IO.IOException",
            ),
            ("'a': KeyError\nTraceback (most recent call last):\n", false, "", "KeyError"),
            ("Unable to import module 'app': No module named x", false, "", "Runtime.ImportModuleError"),
            ("Handler 'run' missing on module 'app'", false, "", "Runtime.HandlerNotFound"),
            ("module initialization error: name 'x' is not defined", false, "", ""),
            ("thread 'main' panicked at src/main.rs:3:5:\nno", false, "", "panic"),
        ] {
            assert_eq!(of(message, request, level), (kind.to_owned(), true), "{message}");
        }
    }

    #[test]
    fn errors_that_a_function_logs_have_a_type_and_end_nothing() {
        for (message, level, kind) in [
            (
                "ValueError: no\rTraceback (most recent call last):\r\u{a0}\u{a0}File \"/var/task/app.py\"",
                "ERROR",
                "ValueError",
            ),
            ("NoSuchKey: An error occurred", "ERROR", "NoSuchKey"),
            (
                "Runtime.HandlerNotFound: Handler 'x' missing on module 'y'",
                "ERROR",
                "Runtime.HandlerNotFound",
            ),
            ("Error: no\n    at run (/var/task/index.js:3:9)", "WARN", "Error"),
            ("System.Exception: no\n   at A.B.C()", "fail", "System.Exception"),
            ("java.io.IOException: no\n\tat a.B.c(B.java:1)", "", "java.io.IOException"),
            ("java.io.IOException: Failure\n\tat a.B.c(B.java:1)", "", "java.io.IOException"),
            ("Runtime.ExitError", "", "Runtime.ExitError"),
            (r#"answer {"errorType":"Throttled"}"#, "", "Throttled"),
            (r#"{"errorType":"Throttled","errorMessage":"m"}"#, "INFO", "Throttled"),
        ] {
            assert_eq!(of(message, true, level), (kind.to_owned(), false), "{message}");
        }
    }

    #[test]
    fn ordinary_sentences_are_no_errors() {
        for (message, level) in [
            ("", ""),
            ("Database: not reachable", "ERROR"),
            ("Error: no such order", ""),
            ("ValueError: no", ""),
            ("status: null", ""),
            ("status: done\nnext: more", ""),
            ("don't panic: all is well", ""),
            ("fatal error: none", ""),
            ("the \"errorType\" of it", ""),
            ("\"errorType\" {", ""),
            ("Runtime.", ""),
            ("a: b.c", ""),
        ] {
            assert_eq!(of(message, true, level), (String::new(), false), "{message}");
        }
        assert_eq!(of("Task timed out after 3.00 seconds", false, ""), (String::new(), false));
    }
}
