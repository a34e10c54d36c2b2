//! Numbers.

use super::{ANY, Athena, Func, Spec, SqlType, sql};

/// The functions of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Number {
    /// `abs(number)`
    Abs,
    /// `ceil(number)`
    Ceil,
    /// `floor(number)`
    Floor,
    /// `round(number [, digits])`
    Round,
    /// `greatest(number, …)`
    Greatest,
    /// `least(number, …)`
    Least,
    /// `log(number [, base])`
    Log,
    /// `log10(number)`
    Log10,
    /// `sqrt(number)`
    Sqrt,
    /// `toNumber(value)`
    ToNumber,
    /// `toInt(value)`
    ToInt,
    /// `haversine(latitude, longitude, latitude, longitude)`
    Haversine,
}

/// What is known of them, in the order of the documentation.
pub(super) const SPECS: &[Spec] = &[
    Spec {
        func: Func::Number(Number::Abs),
        name: "abs",
        aliases: &[],
        signature: "abs(number)",
        arity: (1, 1),
        doc: "the number without its sign",
        examples: &[("abs(-3)", "3"), ("abs(\"-2.5\")", "2.5"), ("abs(\"x\")", "")],
        insights: true,
        sql: &[sql("abs", 1, 1)],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Number(Number::Ceil),
        name: "ceil",
        aliases: &[],
        signature: "ceil(number)",
        arity: (1, 1),
        doc: "rounds up to an integer",
        examples: &[("ceil(1.2)", "2"), ("ceil(-1.2)", "-1")],
        insights: true,
        sql: &[sql("ceil", 1, 1), sql("ceiling", 1, 1)],
        athena: Athena::Template("CAST(ceil({n0}) AS bigint)", SqlType::Int),
    },
    Spec {
        func: Func::Number(Number::Floor),
        name: "floor",
        aliases: &[],
        signature: "floor(number)",
        arity: (1, 1),
        doc: "rounds down to an integer",
        examples: &[("floor(1.8)", "1"), ("floor(-1.2)", "-2")],
        insights: true,
        sql: &[sql("floor", 1, 1)],
        athena: Athena::Template("CAST(floor({n0}) AS bigint)", SqlType::Int),
    },
    Spec {
        func: Func::Number(Number::Round),
        name: "round",
        aliases: &[],
        signature: "round(number [, digits])",
        arity: (1, 2),
        doc: "rounds to the nearest integer, or to that many digits after the point",
        examples: &[("round(2.5)", "3"), ("round(1234.567, 1)", "1234.6"), ("round(1234.567, -2)", "1200")],
        insights: true,
        sql: &[sql("round", 1, 2)],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Number(Number::Greatest),
        name: "greatest",
        aliases: &[],
        signature: "greatest(number, …)",
        arity: (1, ANY),
        doc: "the largest of the numbers",
        examples: &[("greatest(3, 11, 7)", "11"), ("greatest(3, \"x\")", "3")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Number(Number::Least),
        name: "least",
        aliases: &[],
        signature: "least(number, …)",
        arity: (1, ANY),
        doc: "the smallest of the numbers",
        examples: &[("least(3, 11, 7)", "3")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Number(Number::Log),
        name: "log",
        aliases: &[],
        signature: "log(number [, base])",
        arity: (1, 2),
        doc: "the natural logarithm, or the one to a base",
        examples: &[("log(1)", "0"), ("log(1000, 10)", "3"), ("log(0)", "")],
        insights: true,
        sql: &[sql("ln", 1, 1)],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Number(Number::Log10),
        name: "log10",
        aliases: &[],
        signature: "log10(number)",
        arity: (1, 1),
        doc: "the logarithm to the base 10",
        examples: &[("log10(1000)", "3"), ("log10(0)", "")],
        insights: false,
        sql: &[sql("log10", 1, 1)],
        athena: Athena::Template("CASE WHEN {c0} > 0 THEN log10({c0}) END", SqlType::Float),
    },
    Spec {
        func: Func::Number(Number::Sqrt),
        name: "sqrt",
        aliases: &[],
        signature: "sqrt(number)",
        arity: (1, 1),
        doc: "the square root",
        examples: &[("sqrt(9)", "3"), ("sqrt(-1)", "")],
        insights: true,
        sql: &[sql("sqrt", 1, 1)],
        athena: Athena::Template("CASE WHEN {c0} >= 0 THEN sqrt({c0}) END", SqlType::Float),
    },
    Spec {
        func: Func::Number(Number::ToNumber),
        name: "toNumber",
        aliases: &["toDouble"],
        signature: "toNumber(value)",
        arity: (1, 1),
        doc: "the number that the text reads as",
        examples: &[("toNumber(\"42\")", "42"), ("toNumber(\"4.5e1\")", "45"), ("toNumber(\"x\")", "")],
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Number(Number::ToInt),
        name: "toInt",
        aliases: &["toLong"],
        signature: "toInt(value)",
        arity: (1, 1),
        doc: "the number, its fraction cut off",
        examples: &[("toInt(\"42.9\")", "42"), ("toInt(-1.5)", "-1")],
        insights: true,
        sql: &[sql("truncate", 1, 1)],
        athena: Athena::Template("CAST(truncate({n0}) AS bigint)", SqlType::Int),
    },
    Spec {
        func: Func::Number(Number::Haversine),
        name: "haversine",
        aliases: &[],
        signature: "haversine(latitude, longitude, latitude, longitude)",
        arity: (4, 4),
        doc: "the distance between two places on the globe in kilometres, from degrees",
        examples: &[
            ("round(haversine(52.52, 13.405, 48.8566, 2.3522))", "877"),
            ("haversine(91, 0, 0, 0)", ""),
        ],
        insights: true,
        sql: &[],
        athena: Athena::Missing,
    },
];
