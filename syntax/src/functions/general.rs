//! Choices, missing values, the record itself.

use super::{ANY, Athena, Func, Spec, sql};

/// The functions of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum General {
    /// `ispresent(field)`
    Ispresent,
    /// `coalesce(value, …)`
    Coalesce,
    /// `if(condition, then [, else])`
    If,
    /// `case(condition, value, … [, else])`
    Case,
    /// `isNumeric(value)`
    IsNumeric,
    /// `nullif(value, other)`
    Nullif,
    /// `messageSize([text])`
    MessageSize,
}

/// What is known of them, in the order of the documentation.
pub(super) const SPECS: &[Spec] = &[
    Spec {
        func: Func::General(General::Ispresent),
        name: "ispresent",
        aliases: &[],
        signature: "ispresent(field)",
        arity: (1, 1),
        doc: "whether there is a value",
        examples: &[("ispresent(\"x\")", "true"), ("ispresent(abs(\"x\"))", "false")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::General(General::Coalesce),
        name: "coalesce",
        aliases: &[],
        signature: "coalesce(value, …)",
        arity: (1, ANY),
        doc: "the first value that is not missing",
        examples: &[("coalesce(abs(\"x\"), 2, 3)", "2")],
        insights: true,
        sql: &[sql("coalesce", 1, ANY)],
        athena: Athena::Special,
    },
    Spec {
        func: Func::General(General::If),
        name: "if",
        aliases: &[],
        signature: "if(condition, then [, else])",
        arity: (2, 3),
        doc: "the second value where the condition holds, else the third",
        examples: &[("if(1 < 2, \"yes\", \"no\")", "yes"), ("if(1 > 2, \"yes\")", "")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::General(General::Case),
        name: "case",
        aliases: &[],
        signature: "case(condition, value, … [, else])",
        arity: (2, ANY),
        doc: "the value after the first condition that holds, else the last one",
        examples: &[("case(1 > 2, \"a\", 2 > 1, \"b\", \"c\")", "b"), ("case(1 > 2, \"a\", \"c\")", "c")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::General(General::IsNumeric),
        name: "isNumeric",
        aliases: &[],
        signature: "isNumeric(value)",
        arity: (1, 1),
        doc: "whether the value is a number or reads as one",
        examples: &[("isNumeric(\"4.5\")", "true"), ("isNumeric(\"4.5.6\")", "false")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::General(General::Nullif),
        name: "nullif",
        aliases: &[],
        signature: "nullif(value, other)",
        arity: (2, 2),
        doc: "the value, missing if it equals the other",
        examples: &[("nullif(\"-\", \"-\")", ""), ("nullif(3, \"-\")", "3")],
        insights: false,
        sql: &[sql("nullif", 2, 2)],
        athena: Athena::Special,
    },
    Spec {
        func: Func::General(General::MessageSize),
        name: "messageSize",
        aliases: &[],
        signature: "messageSize([text])",
        arity: (0, 1),
        doc: "how many bytes the text has as UTF-8; without one, the record",
        examples: &[("messageSize(\"größe\")", "7")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
];
