//! Aggregates: what `stats` computes over the rows of a group. Here are their names and meanings; their accumulators are
//! in the query crate's `exec`.

use super::{Athena, SqlName, SqlType, sql};

/// What is known of an aggregate.
#[derive(Debug)]
pub struct Aggregate {
    /// Which one.
    pub kind: AggregateKind,
    /// Its name as documented.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// How it is called.
    pub signature: &'static str,
    /// The smallest and the largest number of arguments.
    pub arity: (usize, usize),
    /// One sentence for people.
    pub doc: &'static str,
    /// A call over flow logs; the documentation shows its answer.
    pub example: &'static str,
    /// What it does to `{}`, for explanations: "sums {}". Empty where there is no short way to say it.
    pub prose: &'static str,
    /// Whether its answer has the unit of the field.
    pub keeps_unit: bool,
    /// Whether CloudWatch Logs Insights has it.
    pub insights: bool,
    /// What SQL calls it, if another name is all it takes; the first is how a tree is written back.
    pub sql: &'static [SqlName],
    /// How Athena writes it.
    pub athena: Athena,
}

/// The kinds of aggregates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AggregateKind {
    /// Rows, or rows that have the field.
    Count,
    /// Different values, exactly.
    CountDistinct,
    /// Sum of numbers.
    Sum,
    /// Mean of numbers.
    Avg,
    /// First value in the order of `sort`.
    Min,
    /// Last value in the order of `sort`.
    Max,
    /// A percentile; the percentage is the second argument.
    Percentile,
    /// A percentile with the percentage in its name (`p95`).
    FixedPercentile(f64),
    /// Standard deviation of the sample.
    Stddev,
    /// Variance of the sample.
    Variance,
    /// The value of the earliest event that has one.
    Earliest,
    /// The value of the latest event that has one.
    Latest,
    /// All different values as a list.
    Values,
    /// All values as a list, missing ones too, in the order of events.
    List,
    /// The most frequent values as a list, so many.
    TopK(u32),
    /// By how much a number changes in so many microseconds.
    Rate(i64),
    /// How numbers lie in so many ranges of one width.
    Histogram(u32),
    /// Bits that are set in any number.
    BitOr,
}

/// All aggregates in the order of the documentation. Percentiles by name (`p50`, `p99.9`) are found by [`find`].
pub const AGGREGATES: &[Aggregate] = &[
    Aggregate {
        kind: AggregateKind::Count,
        name: "count",
        aliases: &[],
        signature: "count(*) or count(field)",
        arity: (0, 1),
        doc: "how many rows, or rows that have the field",
        example: "count(*)",
        prose: "",
        keeps_unit: false,
        insights: true,
        sql: &[sql("count", 0, 1)],
        athena: Athena::Template("count({0})", SqlType::Int),
    },
    Aggregate {
        kind: AggregateKind::CountDistinct,
        name: "count_distinct",
        aliases: &["countDistinct", "dc", "approx_distinct"],
        signature: "count_distinct(field)",
        arity: (1, 1),
        doc: "how many different values",
        example: "count_distinct(srcAddr)",
        prose: "counts the different values of {}",
        keeps_unit: false,
        insights: true,
        sql: &[],
        athena: Athena::Template("count(DISTINCT {0})", SqlType::Int),
    },
    Aggregate {
        kind: AggregateKind::Sum,
        name: "sum",
        aliases: &[],
        signature: "sum(number)",
        arity: (1, 1),
        doc: "the sum, exact for integers",
        example: "sum(bytes)",
        prose: "sums {}",
        keeps_unit: true,
        insights: true,
        sql: &[sql("sum", 1, 1)],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Avg,
        name: "avg",
        aliases: &["mean"],
        signature: "avg(number)",
        arity: (1, 1),
        doc: "the mean",
        example: "avg(bytes)",
        prose: "takes the mean of {}",
        keeps_unit: true,
        insights: true,
        sql: &[sql("avg", 1, 1)],
        athena: Athena::Template("avg({n0})", SqlType::Float),
    },
    Aggregate {
        kind: AggregateKind::Min,
        name: "min",
        aliases: &[],
        signature: "min(field)",
        arity: (1, 1),
        doc: "the smallest value; text comes before numbers",
        example: "min(bytes)",
        prose: "takes the smallest {}",
        keeps_unit: true,
        insights: true,
        sql: &[
            sql("min", 1, 1),
            sql("arbitrary", 1, 1),
            sql("any_value", 1, 1),
            sql("bool_and", 1, 1),
            sql("every", 1, 1),
        ],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Max,
        name: "max",
        aliases: &[],
        signature: "max(field)",
        arity: (1, 1),
        doc: "the largest value; numbers come after text",
        example: "max(bytes)",
        prose: "takes the largest {}",
        keeps_unit: true,
        insights: true,
        sql: &[sql("max", 1, 1), sql("bool_or", 1, 1)],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Percentile,
        name: "pct",
        aliases: &["percentile"],
        signature: "pct(number, percent)",
        arity: (2, 2),
        doc: "the smallest value that at least so many per cent of the values do not exceed (nearest rank)",
        example: "pct(bytes, 90)",
        prose: "",
        keeps_unit: true,
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Stddev,
        name: "stddev",
        aliases: &[],
        signature: "stddev(number)",
        arity: (1, 1),
        doc: "the standard deviation of the sample (n - 1)",
        example: "stddev(bytes)",
        prose: "",
        keeps_unit: true,
        insights: true,
        sql: &[sql("stddev", 1, 1), sql("stddev_samp", 1, 1)],
        athena: Athena::Template("stddev_samp({n0})", SqlType::Float),
    },
    Aggregate {
        kind: AggregateKind::Variance,
        name: "variance",
        aliases: &[],
        signature: "variance(number)",
        arity: (1, 1),
        doc: "the variance of the sample (n - 1)",
        example: "variance(bytes)",
        prose: "",
        keeps_unit: false,
        insights: true,
        sql: &[sql("variance", 1, 1), sql("var_samp", 1, 1)],
        athena: Athena::Template("var_samp({n0})", SqlType::Float),
    },
    Aggregate {
        kind: AggregateKind::Earliest,
        name: "earliest",
        aliases: &[],
        signature: "earliest(field)",
        arity: (1, 1),
        doc: "the value in the earliest event that has one",
        example: "earliest(srcAddr)",
        prose: "takes {} of the earliest event that has one",
        keeps_unit: true,
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Latest,
        name: "latest",
        aliases: &[],
        signature: "latest(field)",
        arity: (1, 1),
        doc: "the value in the latest event that has one",
        example: "latest(srcAddr)",
        prose: "takes {} of the latest event that has one",
        keeps_unit: true,
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Min,
        name: "sortsFirst",
        aliases: &[],
        signature: "sortsFirst(field)",
        arity: (1, 1),
        doc: "the value that sorts first",
        example: "sortsFirst(action)",
        prose: "takes the smallest {}",
        keeps_unit: true,
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Max,
        name: "sortsLast",
        aliases: &[],
        signature: "sortsLast(field)",
        arity: (1, 1),
        doc: "the value that sorts last",
        example: "sortsLast(action)",
        prose: "takes the largest {}",
        keeps_unit: true,
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Min,
        name: "arbitrary",
        aliases: &["any_value"],
        signature: "arbitrary(field)",
        arity: (1, 1),
        doc: "one of the values: always the first in order",
        example: "arbitrary(action)",
        prose: "takes the smallest {}",
        keeps_unit: true,
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Values,
        name: "values",
        aliases: &[],
        signature: "values(field)",
        arity: (1, 1),
        doc: "the different values as a list, in order",
        example: "values(action)",
        prose: "",
        keeps_unit: false,
        insights: true,
        sql: &[],
        athena: Athena::Template(
            "array_sort(array_agg(DISTINCT {0}) FILTER (WHERE {r0} IS NOT NULL))",
            SqlType::List,
        ),
    },
    Aggregate {
        kind: AggregateKind::List,
        name: "array_agg",
        aliases: &[],
        signature: "array_agg(field)",
        arity: (1, 1),
        doc: "all values as a list, missing ones too, the earliest event's first",
        example: "array_agg(action)",
        prose: "",
        keeps_unit: false,
        insights: false,
        sql: &[sql("array_agg", 1, 1)],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::TopK(10),
        name: "topk",
        aliases: &[],
        signature: "topk(field [, number])",
        arity: (1, 2),
        doc: "the most frequent values as a list, 10 if no number is given; equally frequent ones in order",
        example: "topk(srcAddr, 2)",
        prose: "",
        keeps_unit: false,
        insights: true,
        sql: &[],
        athena: Athena::Missing,
    },
    Aggregate {
        kind: AggregateKind::Rate(1_000_000),
        name: "rate",
        aliases: &[],
        signature: "rate(number [, period])",
        arity: (1, 2),
        doc: "by how much the number changed per period (a second) from the earliest event to the latest",
        example: "rate(bytes, 1s)",
        prose: "",
        keeps_unit: false,
        insights: true,
        sql: &[],
        athena: Athena::Missing,
    },
    Aggregate {
        kind: AggregateKind::Count,
        name: "count_over_time",
        aliases: &["countOverTime"],
        signature: "count_over_time(field)",
        arity: (0, 1),
        doc: "`count` under another name, for `by bin(5m)`",
        example: "count_over_time(bytes)",
        prose: "",
        keeps_unit: false,
        insights: true,
        sql: &[],
        athena: Athena::Template("count({0})", SqlType::Int),
    },
    Aggregate {
        kind: AggregateKind::Sum,
        name: "sum_over_time",
        aliases: &["sumOverTime"],
        signature: "sum_over_time(number)",
        arity: (1, 1),
        doc: "`sum` under another name, for `by bin(5m)`",
        example: "sum_over_time(bytes)",
        prose: "sums {}",
        keeps_unit: true,
        insights: true,
        sql: &[],
        athena: Athena::Special,
    },
    Aggregate {
        kind: AggregateKind::Histogram(10),
        name: "histogram",
        aliases: &[],
        signature: "histogram(number, ranges)",
        arity: (2, 2),
        doc: "how many numbers lie in each of so many ranges of one width, as JSON text",
        example: "histogram(bytes, 4)",
        prose: "",
        keeps_unit: false,
        insights: true,
        sql: &[],
        athena: Athena::Missing,
    },
    Aggregate {
        kind: AggregateKind::BitOr,
        name: "bitOr",
        aliases: &[],
        signature: "bitOr(number)",
        arity: (1, 1),
        doc: "the bits that are set in any of the integers: all flags of `tcpFlags` that were seen",
        example: "bitOr(protocol)",
        prose: "takes the bits set in any {}",
        keeps_unit: false,
        insights: false,
        sql: &[sql("bitwise_or_agg", 1, 1)],
        athena: Athena::Template("bitwise_or_agg(CAST({n0} AS bigint))", SqlType::Int),
    },
];

const NAMED_PERCENTILE: Aggregate = Aggregate {
    kind: AggregateKind::FixedPercentile(50.0),
    name: "p50",
    aliases: &[],
    signature: "p50(number), p99.9(number)",
    arity: (1, 1),
    doc: "a percentile with the percentage in its name",
    example: "p50(bytes)",
    prose: "",
    keeps_unit: true,
    insights: true,
    sql: &[],
    athena: Athena::Special,
};

/// The aggregate called `name` in any letter case, and which kind the name asks for.
pub fn find(name: &str) -> Option<(&'static Aggregate, AggregateKind)> {
    let answers = |a: &&Aggregate| {
        a.name.eq_ignore_ascii_case(name) || a.aliases.iter().any(|n| n.eq_ignore_ascii_case(name))
    };
    if let Some(found) = AGGREGATES.iter().find(answers) {
        return Some((found, found.kind));
    }
    let digits = name.strip_prefix(['p', 'P'])?;
    let starts = digits.bytes().next().is_some_and(|b| b.is_ascii_digit());
    let percent: f64 = digits.parse().ok().filter(|p| starts && (0.0..=100.0).contains(p))?;
    Some((&NAMED_PERCENTILE, AggregateKind::FixedPercentile(percent)))
}
