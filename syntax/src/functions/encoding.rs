//! Encodings and digests.

use super::{Athena, Func, Spec, SqlType, sql};

/// The functions of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `urlencode(text)`
    Urlencode,
    /// `urldecode(text)`
    Urldecode,
    /// `base64encode(text)`
    Base64encode,
    /// `base64decode(text)`
    Base64decode,
    /// `md5(text)`
    Md5,
    /// `sha256(text)`
    Sha256,
}

/// What is known of them, in the order of the documentation.
pub(super) const SPECS: &[Spec] = &[
    Spec {
        func: Func::Encoding(Encoding::Urlencode),
        name: "urlencode",
        aliases: &["url_encode"],
        signature: "urlencode(text)",
        arity: (1, 1),
        doc: "as a part of a URL's query: a space becomes `+`, other special bytes `%` and two digits",
        examples: &[("urlencode(\"a b&c=ö\")", "a+b%26c%3D%C3%B6")],
        insights: true,
        sql: &[sql("url_encode", 1, 1)],
        athena: Athena::Template("url_encode({t0})", SqlType::Text),
    },
    Spec {
        func: Func::Encoding(Encoding::Urldecode),
        name: "urldecode",
        aliases: &["url_decode"],
        signature: "urldecode(text)",
        arity: (1, 1),
        doc: "the text of a part of a URL's query; what is no escape stays as it is",
        examples: &[
            ("urldecode(\"1%27+OR+%271%27%3D%271\")", "1' OR '1'='1"),
            ("urldecode(\"100%\")", "100%"),
        ],
        insights: true,
        sql: &[sql("url_decode", 1, 1)],
        athena: Athena::Template("url_decode({t0})", SqlType::Text),
    },
    Spec {
        func: Func::Encoding(Encoding::Base64encode),
        name: "base64encode",
        aliases: &[],
        signature: "base64encode(text)",
        arity: (1, 1),
        doc: "the text in base64",
        examples: &[("base64encode(\"user:pass\")", "dXNlcjpwYXNz"), ("base64encode(\"a\")", "YQ==")],
        insights: true,
        sql: &[],
        athena: Athena::Template("to_base64(to_utf8({t0}))", SqlType::Text),
    },
    Spec {
        func: Func::Encoding(Encoding::Base64decode),
        name: "base64decode",
        aliases: &[],
        signature: "base64decode(text)",
        arity: (1, 1),
        doc: "the text that base64 stands for, with or without padding, of URLs too; missing if it is none",
        examples: &[("base64decode(\"dXNlcjpwYXNz\")", "user:pass"), ("base64decode(\"#\")", "")],
        insights: true,
        sql: &[],
        athena: Athena::Template("from_utf8(from_base64({t0}))", SqlType::Text),
    },
    Spec {
        func: Func::Encoding(Encoding::Md5),
        name: "md5",
        aliases: &[],
        signature: "md5(text)",
        arity: (1, 1),
        doc: "the MD5 digest as 32 hexadecimal digits",
        examples: &[("md5(\"abc\")", "900150983cd24fb0d6963f7d28e17f72")],
        insights: true,
        sql: &[],
        athena: Athena::Template("lower(to_hex(md5(to_utf8({t0}))))", SqlType::Text),
    },
    Spec {
        func: Func::Encoding(Encoding::Sha256),
        name: "sha256",
        aliases: &[],
        signature: "sha256(text)",
        arity: (1, 1),
        doc: "the SHA-256 digest as 64 hexadecimal digits",
        examples: &[("sha256(\"abc\")", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")],
        insights: true,
        sql: &[],
        athena: Athena::Template("lower(to_hex(sha256(to_utf8({t0}))))", SqlType::Text),
    },
];
