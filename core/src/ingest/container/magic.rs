//! Magic numbers: the first bytes of containers, and of files that are recognised only to be refused by name.

use super::{codec::CodecKind, snappy};

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Magic {
    /// Gzip.
    Gzip,
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A compression that a codec decodes.
    Codec(CodecKind),
    /// Base64 text of a container.
    Base64,
    /// Text in UTF-16; with `big`, of which the higher byte comes first.
    Utf16 { big: bool },
    /// May hold logs, but cannot be opened: the sentence's subject.
    Unread(&'static str),
    /// Holds no logs.
    NoLog(&'static str),
}

impl Magic {
    /// Whether it is a container that is opened.
    pub(super) fn is_opened(self) -> bool {
        !matches!(self, Magic::Unread(_) | Magic::NoLog(_))
    }
}

/// First bytes and what they mean. The order does not matter: none is the beginning of another.
const TABLE: &[(&[u8], Magic)] = &[
    (b"\x1f\x8b", Magic::Gzip),
    (b"PK\x03\x04", Magic::Zip),
    (b"PK\x05\x06", Magic::Zip),
    (b"\x28\xb5\x2f\xfd", Magic::Codec(CodecKind::Zstd)),
    (b"\xfd7zXZ\0", Magic::Codec(CodecKind::Xz)),
    (b"\xff\x06\0\0sNaPpY", Magic::Codec(CodecKind::Snappy)),
    (b"\x04\x22\x4d\x18", Magic::Unread("LZ4-compressed data")),
    (b"\x1f\x9d", Magic::Unread("compress (.Z) data")),
    (b"7z\xbc\xaf\x27\x1c", Magic::Unread("a 7-Zip archive")),
    (b"Rar!\x1a\x07", Magic::Unread("a RAR archive")),
    (b"PAR1", Magic::Codec(CodecKind::Parquet)),
    (b"PARE", Magic::Unread("an encrypted Parquet file")),
    (b"ORC\x00", Magic::Unread("an ORC file")),
    (b"Obj\x01", Magic::Unread("an Avro file")),
    (b"\xff\xfe\0\0", Magic::Unread("text in UTF-32")),
    (b"\0\0\xfe\xff", Magic::Unread("text in UTF-32")),
    (b"SQLite format 3\0", Magic::Unread("an SQLite database")),
    (b"ElfFile\0", Magic::Unread("a Windows event log")),
    (b"\xd4\xc3\xb2\xa1", Magic::Unread("a packet capture")),
    (b"\xa1\xb2\xc3\xd4", Magic::Unread("a packet capture")),
    (b"\x0a\x0d\x0d\x0a", Magic::Unread("a packet capture")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Magic::NoLog("an Office document")),
    (b"\x89PNG\r\n\x1a\n", Magic::NoLog("a PNG picture")),
    (b"\xff\xd8\xff", Magic::NoLog("a JPEG picture")),
    (b"GIF87a", Magic::NoLog("a GIF picture")),
    (b"GIF89a", Magic::NoLog("a GIF picture")),
    (b"%PDF-", Magic::NoLog("a PDF document")),
    (b"\x7fELF", Magic::NoLog("a program")),
    (b"MZ\x90\0", Magic::NoLog("a program")),
    (b"\0asm", Magic::NoLog("a WebAssembly module")),
    (b"\0\x05\x16\x07", Magic::NoLog("macOS metadata of a file")),
    (b"\0\0\0\x01Bud1", Magic::NoLog("macOS metadata of a folder")),
];

/// What `head` is, unless it is content.
pub(super) fn recognise(head: &[u8]) -> Option<Magic> {
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(Magic::NoLog("a WebP picture"));
    }
    if super::tar::is_header(head) {
        return Some(Magic::Tar);
    }
    if super::base64::is_encoded(head) {
        return Some(Magic::Base64);
    }
    if let Some(big) = super::utf16::order(head) {
        return Some(Magic::Utf16 { big });
    }
    of_bytes(head)
}

/// The same, of what is told by its very first bytes.
pub(super) fn of_bytes(head: &[u8]) -> Option<Magic> {
    let known = TABLE.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what);
    known.or_else(|| compression(head).map(Magic::Codec))
}

/// The compressions that more than fixed bytes tell.
fn compression(head: &[u8]) -> Option<CodecKind> {
    match head {
        // Its level, then a block or the end.
        [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] => {
            let known = |magic: &[u8]| rest.starts_with(magic) || magic.starts_with(rest);
            (known(b"1AY&SY") || known(b"\x17\x72\x45\x38\x50\x90")).then_some(CodecKind::Bzip2)
        }
        // A frame to be skipped.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(CodecKind::Zstd),
        _ => snappy::recognise(head),
    }
}
