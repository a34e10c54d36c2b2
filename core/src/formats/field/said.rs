//! What programs that let users in say of it: sshd, sudo, su, PAM, cron, systemd-logind and those that add and change accounts. For
//! logs that carry messages of a machine's programs, whatever their form.
//!
//! Not for messages of other programs: those say nothing here, and stay text.
//!
//! Decisions: names of users are what a stranger sent, blanks and ` from ` among them; the address is what stands behind the last
//! ` from `, which the program wrote. Actions are called as Elastic's `system.auth` calls `ssh_login`.

use logloupe_table::{Cell, Computed, Field, Kind, Role, RowWriter};

use crate::formats::line_log;

/// What a message says. Nothing is copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said<'a> {
    /// Who did it, or tried.
    pub user: &'a [u8],
    /// As whom, or to whom it was done.
    pub target: &'a [u8],
    /// From where: an address or a name.
    pub address: &'a [u8],
    /// The port there.
    pub port: Option<i64>,
    /// What was done; empty if the message is none that is known.
    pub action: &'static str,
    /// Whether it was allowed; `None` if the message does not say.
    pub success: Option<bool>,
    /// How the user proved who they are.
    pub method: &'a [u8],
    /// What was to be run.
    pub command: &'a [u8],
    /// Where.
    pub directory: &'a [u8],
    /// The terminal.
    pub terminal: &'a [u8],
}

const fn text(name: &'static str, role: Role) -> Field {
    Field::new(name, Kind::Text, role).made()
}

/// Who.
pub const USER: Field =
    text("user.name", Role::Dimension).aliases(&["user"]).doc("who signed in, ran a command or tried to");
/// As whom.
pub const TARGET: Field = text("user.target.name", Role::Dimension)
    .aliases(&["user.effective.name"])
    .doc("the user that a command ran as, or the account that was added or changed");
/// From where.
pub const SOURCE: Field =
    text("source.address", Role::Dimension).aliases(&["rhost"]).doc("from where: an address or a name");
/// The port there.
pub const PORT: Field = Field::new("source.port", Kind::Int, Role::Identifier).made().doc("the port there");
/// What.
pub const ACTION: Field = text("event.action", Role::Dimension).doc(
    "what was done: ssh_login, sudo, su, authentication, session_open, user_add, password_change, cron and others",
);
/// Whether it was allowed.
pub const OUTCOME: Field =
    text("event.outcome", Role::Status).doc("success or failure, if the message says it");
/// How sshd knew the user.
pub const METHOD: Field = text("authentication.method", Role::Dimension)
    .doc("how sshd knew the user: publickey, password and others");
/// What ran.
pub const COMMAND: Field = text("process.command_line", Role::Identifier)
    .aliases(&["command"])
    .doc("the command that sudo or cron ran");
/// Where it ran.
pub const DIRECTORY: Field =
    text("process.working_directory", Role::Identifier).doc("where sudo ran the command");
/// The terminal.
pub const TERMINAL: Field = text("process.tty", Role::Dimension).aliases(&["tty"]).doc("the terminal");
/// The address there.
pub const IP: Field = Field::new("source.ip", Kind::Ip, Role::Dimension)
    .aliases(&["client.ip"])
    .computed(&ADDRESS)
    .doc("from where, if that is an address");

static ADDRESS: Computed = Computed { from: &["source.address"], value: line_log::address };

impl Said<'_> {
    /// Writes what is said to the columns from [`USER`] to [`TERMINAL`], which follow one another; the first is at `first`.
    pub fn write(&self, first: usize, row: &mut RowWriter<'_>) {
        if self.action.is_empty() {
            return;
        }
        let outcome: &[u8] = match self.success {
            Some(true) => b"success",
            Some(false) => b"failure",
            None => b"",
        };
        let cells = [
            self.user,
            self.target,
            self.address,
            b"",
            self.action.as_bytes(),
            outcome,
            self.method,
            self.command,
            self.directory,
            self.terminal,
        ];
        for (at, text) in cells.into_iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            row.set(first + at, Cell::Text(text));
        }
        if let Some(port) = self.port {
            row.set(first + 3, Cell::Int(port));
        }
    }
}

/// What `message` of this program says.
pub fn said<'a>(program: &[u8], message: &'a [u8]) -> Said<'a> {
    let program = program.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let message = message.trim_ascii();
    if message.starts_with(b"pam_") {
        return pam(message).unwrap_or_default();
    }
    let known = match program {
        b"sshd" | b"sshd-session" | b"sshd-auth" => ssh(message),
        b"sudo" => sudo(message),
        b"su" => su(message),
        b"cron" | b"CRON" | b"crond" | b"CROND" => cron(message),
        b"systemd-logind" => logind(message),
        b"useradd" | b"userdel" | b"usermod" | b"groupadd" | b"passwd" | b"chpasswd" | b"adduser" => {
            account(message)
        }
        _ => None,
    };
    known.unwrap_or_default()
}

/// What stands before `mark`, and what behind it.
fn cut<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::find(text, mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// The same of the last `mark`.
fn cut_last<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = memchr::memmem::rfind(text, mark)?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// The word that `text` begins with, and what follows it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, b""))
}

fn number(text: &[u8]) -> Option<i64> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    (1..=5).contains(&digits).then_some(())?;
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}

/// `peer = address [ SP "port" SP port ]`, into what is known.
fn from<'a>(text: &'a [u8], said: Said<'a>) -> Said<'a> {
    let (address, rest) = word(text);
    let (port, rest) = word(rest);
    let port = if port == b"port" { number(word(rest).0) } else { None };
    Said { address: address.strip_suffix(b":").unwrap_or(address), port, ..said }
}

/// `[ "invalid user" / "user" / "authenticating user" ] name`
fn of_user(text: &[u8]) -> &[u8] {
    let prefixes = [&b"invalid user "[..], b"authenticating user ", b"user "];
    let name = prefixes.iter().find_map(|prefix| text.strip_prefix(*prefix));
    name.unwrap_or(text).trim_ascii()
}

fn ssh(message: &[u8]) -> Option<Said<'_>> {
    let message = message.strip_prefix(b"error: ").unwrap_or(message);
    let login = Said { action: "ssh_login", success: Some(false), ..Said::default() };
    for (prefix, success) in [(&b"Accepted "[..], true), (b"Failed ", false), (b"Postponed ", false)] {
        if let Some(rest) = message.strip_prefix(prefix) {
            let (method, rest) = cut(rest, b" for ")?;
            let (user, peer) = cut_last(rest, b" from ")?;
            let success = (prefix != b"Postponed ").then_some(success);
            return Some(from(peer, Said { method, user: of_user(user), success, ..login }));
        }
    }
    if let Some(rest) = message.strip_prefix(b"Invalid user ") {
        let (user, peer) = match rest.strip_prefix(b"from ") {
            // An empty name.
            Some(peer) if !peer.windows(6).any(|six| six == b" from ") => (&b""[..], peer),
            _ => cut_last(rest, b" from ")?,
        };
        return Some(from(peer, Said { user, ..login }));
    }
    if let Some(rest) = message.strip_prefix(b"maximum authentication attempts exceeded for ") {
        let (user, peer) = cut_last(rest, b" from ")?;
        return Some(from(peer, Said { user: of_user(user), ..login }));
    }
    if let Some(rest) = message.strip_prefix(b"User ")
        && let Some((who, _)) = cut_last(rest, b" not allowed because ")
    {
        let (user, peer) = cut_last(who, b" from ")?;
        return Some(from(peer, Said { user, ..login }));
    }
    if let Some(rest) = message.strip_prefix(b"Connection from ") {
        return Some(from(rest, Said { action: "ssh_connect", ..Said::default() }));
    }
    let ends = [
        &b"Connection closed by "[..],
        b"Connection reset by ",
        b"Disconnected from ",
        b"Disconnecting ",
        b"Received disconnect from ",
        b"Unable to negotiate with ",
    ];
    let rest = ends.iter().find_map(|prefix| message.strip_prefix(*prefix))?;
    let (who, port) = match cut_last(rest, b" port ") {
        Some((who, port)) => (who, number(port)),
        None => (rest.strip_suffix(b" [preauth]").unwrap_or(rest), None),
    };
    let (user, address) = match memchr::memrchr(b' ', who) {
        Some(at) => (of_user(who.get(..at)?), who.get(at + 1..)?),
        None => (&b""[..], who),
    };
    let address = address.strip_suffix(b":").unwrap_or(address);
    Some(Said { action: "ssh_disconnect", user, address, port, ..Said::default() })
}

/// ```text
/// sudo = user " : " [ reason " ; " ] "TTY=" tty " ; PWD=" directory " ; USER=" target [ " ; " more ] " ; COMMAND=" command
/// ```
fn sudo(message: &[u8]) -> Option<Said<'_>> {
    let (user, rest) = cut(message, b" : ")?;
    let (before, command) = cut(rest, b"COMMAND=").unwrap_or((rest, b""));
    let part = |name: &[u8]| {
        let (_, value) = cut(before, name)?;
        Some(cut(value, b" ;").map_or(value, |(value, _)| value).trim_ascii())
    };
    let (terminal, target) = (part(b"TTY="), part(b"USER="));
    if terminal.is_none() && target.is_none() {
        return None;
    }
    // What stands before is why it was refused.
    let allowed = before.starts_with(b"TTY=") || before.starts_with(b"HOST=") || before.starts_with(b"PWD=");
    Some(Said {
        user,
        target: target.unwrap_or_default(),
        action: "sudo",
        success: Some(allowed),
        command,
        directory: part(b"PWD=").unwrap_or_default(),
        terminal: terminal.unwrap_or_default(),
        ..Said::default()
    })
}

fn su(message: &[u8]) -> Option<Said<'_>> {
    let (failed, rest) = match message.strip_prefix(b"FAILED ") {
        Some(rest) => (true, rest.strip_prefix(b"SU ").unwrap_or(rest)),
        None => (false, message),
    };
    let said = Said { action: "su", success: Some(!failed), ..Said::default() };
    if let Some(rest) = rest.strip_prefix(b"(to ") {
        let (target, rest) = cut(rest, b") ")?;
        let (user, rest) = word(rest);
        let terminal = rest.strip_prefix(b" on ").unwrap_or_default();
        return Some(Said { user, target, terminal, ..said });
    }
    if let Some(rest) = rest.strip_prefix(b"Successful su for ").or(rest.strip_prefix(b"su for ")) {
        let (target, user) = cut(rest, b" by ")?;
        return Some(Said { user, target, ..said });
    }
    if let Some(rest) = message.strip_prefix(b"'su ") {
        let (target, rest) = cut(rest, b"' ")?;
        let (verb, rest) = cut(rest, b" for ")?;
        let (user, rest) = word(rest);
        let terminal = rest.strip_prefix(b" on ").unwrap_or_default();
        return Some(Said { user, target, terminal, success: Some(verb == b"succeeded"), ..said });
    }
    None
}

/// A name without the id behind it: `root(uid=0)`.
fn bare(name: &[u8]) -> &[u8] {
    cut(name, b"(").map_or(name, |(name, _)| name).trim_ascii()
}

/// ```text
/// pam = module "(" service ":" type "): " text
/// ```
fn pam(message: &[u8]) -> Option<Said<'_>> {
    let (_, text) = cut(message, b"): ")?;
    let open = text.strip_prefix(b"session opened for user ");
    if let Some(rest) = open.or(text.strip_prefix(b"session closed for user ")) {
        let action = if open.is_some() { "session_open" } else { "session_close" };
        let (target, by) = cut(rest, b" by").unwrap_or((rest, b""));
        let (target, by) = (bare(target), bare(by));
        let (user, target) = if by.is_empty() { (target, &b""[..]) } else { (by, target) };
        return Some(Said { user, target, action, success: Some(true), ..Said::default() });
    }
    if let Some(user) = text.strip_prefix(b"password changed for ") {
        let success = Some(true);
        return Some(Said { target: user, action: "password_change", success, ..Said::default() });
    }
    let failed = Said { action: "authentication", success: Some(false), ..Said::default() };
    if text.starts_with(b"authentication failure;") {
        let part = |name: &[u8]| cut(text, name).map_or(&b""[..], |(_, value)| word_here(value));
        let user = cut_last(text, b" user=").map_or(&b""[..], |(_, value)| value.trim_ascii());
        return Some(Said { user, address: part(b" rhost="), terminal: part(b" tty="), ..failed });
    }
    if text.starts_with(b"check pass; user unknown") {
        return Some(failed);
    }
    None
}

/// The word at the very beginning: none where a blank stands.
fn word_here(text: &[u8]) -> &[u8] {
    text.split(u8::is_ascii_whitespace).next().unwrap_or_default()
}

/// `"(" user ") CMD (" command ")"`
fn cron(message: &[u8]) -> Option<Said<'_>> {
    let (user, rest) = cut(message.strip_prefix(b"(")?, b") CMD (")?;
    let command = rest.strip_suffix(b")").unwrap_or(rest).trim_ascii();
    Some(Said { user, command, action: "cron", ..Said::default() })
}

fn logind(message: &[u8]) -> Option<Said<'_>> {
    let rest = message.strip_prefix(b"New session ")?;
    let (_, user) = cut_last(rest, b" of user ")?;
    let user = cut(user, b" with ").map_or(user, |(user, _)| user);
    let user = user.strip_suffix(b".").unwrap_or(user).trim_ascii();
    let user = user.strip_prefix(b"'").and_then(|user| user.strip_suffix(b"'")).unwrap_or(user);
    Some(Said { user, action: "session_open", success: Some(true), ..Said::default() })
}

fn account(message: &[u8]) -> Option<Said<'_>> {
    let done = Said { success: Some(true), ..Said::default() };
    let named = |rest: &'static [u8]| {
        let (_, value) = cut(message, rest)?;
        let end = value.iter().position(|b| matches!(b, b',' | b' ' | b'\'' | b'"'));
        value.get(..end.unwrap_or(value.len()))
    };
    for (prefix, name, action, success) in [
        (&b"new user: "[..], &b"name="[..], "user_add", true),
        (b"new group: ", b"name=", "group_add", true),
        (b"failed adding user", b"user '", "user_add", false),
        (b"delete user '", b"user '", "user_delete", true),
        (b"change user '", b"user '", "user_change", true),
        (b"password for ", b"for '", "password_change", true),
        (b"password changed for ", b"for ", "password_change", true),
        // `add 'fred' to group 'sudo'`: the account is what changes.
        (b"add '", b"add '", "group_change", true),
    ] {
        if message.starts_with(prefix) {
            return Some(Said { target: named(name)?, action, success: Some(success), ..done });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(program: &str, message: &str) -> String {
        let said = said(program.as_bytes(), message.as_bytes());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        [
            said.action.to_owned(),
            said.success.map_or("?", |yes| if yes { "ok" } else { "no" }).to_owned(),
            text(said.user),
            text(said.target),
            text(said.address),
            said.port.map(|port| port.to_string()).unwrap_or_default(),
            text(said.method),
            text(said.command),
        ]
        .join("|")
    }

    #[test]
    fn messages_of_programs_that_let_users_in() {
        for (program, message, expected) in [
            (
                "sshd",
                "Accepted publickey for fred from 192.0.2.60 port 60594 ssh2: RSA SHA256:5xyQ",
                "ssh_login|ok|fred||192.0.2.60|60594|publickey|",
            ),
            (
                "sshd-session",
                "Failed password for invalid user root from 203.0.113.9 port 22 ssh2",
                "ssh_login|no|root||203.0.113.9|22|password|",
            ),
            (
                "sshd",
                "Failed password for invalid user x from 198.51.100.1 port 1 from 203.0.113.9 port 22 ssh2",
                "ssh_login|no|x from 198.51.100.1 port 1||203.0.113.9|22|password|",
            ),
            ("sshd", "Invalid user  from 2001:db8::1", "ssh_login|no|||2001:db8::1|||"),
            (
                "/usr/sbin/sshd",
                "Invalid user a b from 203.0.113.9 port 7",
                "ssh_login|no|a b||203.0.113.9|7||",
            ),
            (
                "sshd",
                "Connection closed by authenticating user root 203.0.113.9 port 4711 [preauth]",
                "ssh_disconnect|?|root||203.0.113.9|4711||",
            ),
            ("sshd", "Connection closed by 203.0.113.9", "ssh_disconnect|?|||203.0.113.9|||"),
            (
                "sshd",
                "Received disconnect from 203.0.113.9 port 4711:11: Bye Bye [preauth]",
                "ssh_disconnect|?|||203.0.113.9|4711||",
            ),
            (
                "sshd",
                "Connection from 203.0.113.9 port 5 on 10.0.0.4 port 22",
                "ssh_connect|?|||203.0.113.9|5||",
            ),
            (
                "sshd",
                "error: maximum authentication attempts exceeded for root from 203.0.113.9 port 5 ssh2 [preauth]",
                "ssh_login|no|root||203.0.113.9|5||",
            ),
            (
                "sudo",
                " fred : TTY=pts/6 ; PWD=/u/fred ; USER=root ; COMMAND=/bin/sh -c a ; b",
                "sudo|ok|fred|root||||/bin/sh -c a ; b",
            ),
            (
                "sudo",
                "fred : 3 incorrect password attempts ; TTY=pts/6 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
                "sudo|no|fred|root||||/bin/ls",
            ),
            (
                "sudo",
                "pam_unix(sudo:session): session opened for user root(uid=0) by fred(uid=1000)",
                "session_open|ok|fred|root||||",
            ),
            ("CRON", "pam_unix(cron:session): session closed for user root", "session_close|ok|root|||||"),
            (
                "sshd",
                "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user=root",
                "authentication|no|root||203.0.113.9|||",
            ),
            ("su", "(to root) fred on pts/1", "su|ok|fred|root||||"),
            ("su", "FAILED SU (to root) fred on pts/1", "su|no|fred|root||||"),
            ("su", "'su root' failed for luser on /dev/pts/8", "su|no|luser|root||||"),
            ("CRON", "(root) CMD (   cd / && ls)", "cron|?|root|||||cd / && ls"),
            ("systemd-logind", "New session 3 of user fred.", "session_open|ok|fred|||||"),
            ("useradd", "new user: name=mallory, UID=1002, GID=1002", "user_add|ok||mallory||||"),
            ("usermod", "add 'mallory' to group 'sudo'", "group_change|ok||mallory||||"),
            ("userdel", "delete user 'mallory'", "user_delete|ok||mallory||||"),
            (
                "passwd",
                "pam_unix(passwd:chauthtok): password changed for fred",
                "password_change|ok||fred||||",
            ),
            ("kernel", "Accepted password for root from 1.2.3.4 port 1", "|?||||||"),
            ("sshd", "Server listening on 0.0.0.0 port 22.", "|?||||||"),
            ("sshd", "Failed ", "|?||||||"),
            ("sudo", " : ", "|?||||||"),
            ("su", "(to ", "|?||||||"),
            ("", "", "|?||||||"),
        ] {
            assert_eq!(told(program, message), expected, "{program}: {message}");
        }
    }
}
