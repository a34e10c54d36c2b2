//! JSON text and lists.

use super::{Athena, Func, Spec, SqlType, sql};

/// The functions of this group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Json {
    /// `jsonParse(text [, path])`
    JsonParse,
    /// `jsonStringify(value)`
    JsonStringify,
    /// `jsonArraySize(list)`
    JsonArraySize,
    /// `jsonArrayContains(list, value)`
    JsonArrayContains,
    /// `jsonHas(field)`
    JsonHas,
    /// `jsonNull(field)`
    JsonNull,
    /// `jsonScalar(field)`
    JsonScalar,
    /// `jsonAny(text, path [, comparison, value])`
    JsonAny,
    /// `jsonAnyMatch(text, regex, path [, matches])`
    JsonAnyMatch,
}

/// What is known of them, in the order of the documentation.
pub(super) const SPECS: &[Spec] = &[
    Spec {
        func: Func::Json(Json::JsonParse),
        name: "jsonParse",
        aliases: &[],
        signature: "jsonParse(text [, path])",
        arity: (1, 2),
        doc: "the value in JSON text, or the one at a dotted path in it; an array is a list, an object stays JSON text",
        examples: &[
            ("jsonParse('{\"a\":{\"b\":[1,2]}}', 'a.b.1')", "2"),
            ("jsonParse('{\"a\":{\"b.c\":3}}', 'a.`b.c`')", "3"),
            ("jsonParse('[1,\"x\"]')", "[1, x]"),
            ("jsonParse('not json')", ""),
        ],
        insights: true,
        sql: &[sql("json_parse", 1, 1)],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Json(Json::JsonStringify),
        name: "jsonStringify",
        aliases: &[],
        signature: "jsonStringify(value)",
        arity: (1, 1),
        doc: "the value as JSON text",
        examples: &[("jsonStringify(jsonParse('[1, \"x\"]'))", "[1,\"x\"]")],
        insights: true,
        sql: &[],
        athena: Athena::Missing,
    },
    Spec {
        func: Func::Json(Json::JsonArraySize),
        name: "jsonArraySize",
        aliases: &[],
        signature: "jsonArraySize(list)",
        arity: (1, 1),
        doc: "how many items the list has",
        examples: &[("jsonArraySize('[1,2,3]')", "3"), ("jsonArraySize('{}')", "")],
        insights: true,
        sql: &[sql("cardinality", 1, 1), sql("json_array_length", 1, 1)],
        athena: Athena::Template("json_array_length({t0})", SqlType::Int),
    },
    Spec {
        func: Func::Json(Json::JsonArrayContains),
        name: "jsonArrayContains",
        aliases: &[],
        signature: "jsonArrayContains(list, value)",
        arity: (2, 2),
        doc: "whether the list has the value",
        examples: &[
            ("jsonArrayContains('[\"a\",\"b\"]', 'b')", "true"),
            ("jsonArrayContains('[1]', 2)", "false"),
        ],
        insights: true,
        sql: &[sql("json_array_contains", 2, 2)],
        athena: Athena::Template("json_array_contains({t0}, {1})", SqlType::Bool),
    },
    Spec {
        func: Func::Json(Json::JsonHas),
        name: "jsonHas",
        aliases: &[],
        signature: "jsonHas(field)",
        arity: (1, 1),
        doc: "whether the record has the field, `null` included, which `ispresent` takes for missing",
        examples: &[("jsonHas('x')", "true")],
        insights: false,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Json(Json::JsonNull),
        name: "jsonNull",
        aliases: &[],
        signature: "jsonNull(field)",
        arity: (1, 1),
        doc: "whether the record has the field and it is `null`",
        examples: &[("jsonNull('x')", "false")],
        insights: false,
        sql: &[],
        athena: Athena::Missing,
    },
    Spec {
        func: Func::Json(Json::JsonScalar),
        name: "jsonScalar",
        aliases: &[],
        signature: "jsonScalar(field)",
        arity: (1, 1),
        doc: "the field's value; of a field that is an object or a list, nothing",
        examples: &[("jsonScalar('x')", "x"), ("jsonScalar(jsonParse('[1]'))", "")],
        insights: false,
        sql: &[],
        athena: Athena::Special,
    },
    Spec {
        func: Func::Json(Json::JsonAny),
        name: "jsonAny",
        aliases: &[],
        signature: "jsonAny(text, path [, comparison, value])",
        arity: (2, 4),
        doc: "whether any value at a path fits, of which a step `*` is every key and every place; comparisons are `=`, `!=`, \
              `<`, `<=`, `>`, `>=`, which objects, lists and `null` do not fit, and `is` with null, true or false",
        examples: &[
            ("jsonAny('{\"a\":[{\"n\":1},{\"n\":2}]}', 'a.*.n', '=', 2)", "true"),
            ("jsonAny('{\"a\":[1,2]}', 'a.*', '>', 2)", "false"),
            ("jsonAny('{\"a\":[1,null]}', 'a.*', 'is', null)", "true"),
            ("jsonAny('{\"a\":[]}', 'a.*')", "false"),
        ],
        insights: false,
        sql: &[],
        athena: Athena::Missing,
    },
    Spec {
        func: Func::Json(Json::JsonAnyMatch),
        name: "jsonAnyMatch",
        aliases: &[],
        signature: "jsonAnyMatch(text, regex, path [, matches])",
        arity: (3, 4),
        doc: "whether a regular expression is found in any value at such a path; with `false`, whether it is not found in any",
        examples: &[
            ("jsonAnyMatch('{\"a\":[\"x1\",\"y\"]}', '^x[0-9]', 'a.*')", "true"),
            ("jsonAnyMatch('{\"a\":[\"x1\",\"x2\"]}', '^x', 'a.*', false)", "false"),
        ],
        insights: false,
        sql: &[],
        athena: Athena::Missing,
    },
];
