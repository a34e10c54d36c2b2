//! Aggregates: what `stats` computes over the rows of a group. Here are their names and meanings; their accumulators are
//! in the query crate's `exec`.

use super::{SqlName, sql};

/// One aggregate.
#[derive(Debug)]
pub struct Aggregate {
    /// Its name as documented.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// How it is called.
    pub signature: &'static str,
    /// One sentence for people.
    pub doc: &'static str,
    /// The smallest number of arguments.
    pub least: usize,
    /// The largest number of arguments.
    pub most: usize,
    /// Which one.
    pub kind: AggregateKind,
    /// What SQL calls it, if another name is all it takes; the first is how a tree is written back.
    pub sql: &'static [SqlName],
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
    /// The most frequent values as a list, so many.
    TopK(u32),
    /// By how much a number changes in so many microseconds.
    Rate(i64),
    /// How numbers lie in so many ranges of one width.
    Histogram(u32),
}

/// All aggregates in the order of the documentation. Percentiles by name (`p50`, `p99.9`) are found by [`find`].
pub const AGGREGATES: &[Aggregate] = &[
    Aggregate {
        sql: &[sql("count", 0, 1)],
        ..aggregate(
            "count",
            "count(*) or count(field)",
            (0, 1),
            AggregateKind::Count,
            "how many rows, or rows that have the field",
        )
    },
    Aggregate {
        aliases: &["countDistinct", "dc", "approx_distinct"],
        ..aggregate(
            "count_distinct",
            "count_distinct(field)",
            (1, 1),
            AggregateKind::CountDistinct,
            "how many different values",
        )
    },
    Aggregate {
        sql: &[sql("sum", 1, 1)],
        ..aggregate("sum", "sum(number)", (1, 1), AggregateKind::Sum, "the sum, exact for integers")
    },
    Aggregate {
        aliases: &["mean"],
        sql: &[sql("avg", 1, 1)],
        ..aggregate("avg", "avg(number)", (1, 1), AggregateKind::Avg, "the mean")
    },
    Aggregate {
        sql: &[
            sql("min", 1, 1),
            sql("arbitrary", 1, 1),
            sql("any_value", 1, 1),
            sql("bool_and", 1, 1),
            sql("every", 1, 1),
        ],
        ..aggregate(
            "min",
            "min(field)",
            (1, 1),
            AggregateKind::Min,
            "the smallest value; text comes before numbers",
        )
    },
    Aggregate {
        sql: &[sql("max", 1, 1), sql("bool_or", 1, 1)],
        ..aggregate(
            "max",
            "max(field)",
            (1, 1),
            AggregateKind::Max,
            "the largest value; numbers come after text",
        )
    },
    Aggregate {
        aliases: &["percentile"],
        ..aggregate(
            "pct",
            "pct(number, percent)",
            (2, 2),
            AggregateKind::Percentile,
            "the smallest value that at least so many per cent of the values do not exceed (nearest rank)",
        )
    },
    Aggregate {
        sql: &[sql("stddev", 1, 1), sql("stddev_samp", 1, 1)],
        ..aggregate(
            "stddev",
            "stddev(number)",
            (1, 1),
            AggregateKind::Stddev,
            "the standard deviation of the sample (n - 1)",
        )
    },
    Aggregate {
        sql: &[sql("variance", 1, 1), sql("var_samp", 1, 1)],
        ..aggregate(
            "variance",
            "variance(number)",
            (1, 1),
            AggregateKind::Variance,
            "the variance of the sample (n - 1)",
        )
    },
    aggregate(
        "earliest",
        "earliest(field)",
        (1, 1),
        AggregateKind::Earliest,
        "the value in the earliest event that has one",
    ),
    aggregate(
        "latest",
        "latest(field)",
        (1, 1),
        AggregateKind::Latest,
        "the value in the latest event that has one",
    ),
    aggregate("sortsFirst", "sortsFirst(field)", (1, 1), AggregateKind::Min, "the value that sorts first"),
    aggregate("sortsLast", "sortsLast(field)", (1, 1), AggregateKind::Max, "the value that sorts last"),
    Aggregate {
        aliases: &["any_value"],
        ..aggregate(
            "arbitrary",
            "arbitrary(field)",
            (1, 1),
            AggregateKind::Min,
            "one of the values: always the first in order",
        )
    },
    Aggregate {
        sql: &[sql("array_agg", 1, 1)],
        ..aggregate(
            "values",
            "values(field)",
            (1, 1),
            AggregateKind::Values,
            "the different values as a list, in order",
        )
    },
    aggregate(
        "topk",
        "topk(field [, number])",
        (1, 2),
        AggregateKind::TopK(10),
        "the most frequent values as a list, 10 if no number is given; equally frequent ones in order",
    ),
    aggregate(
        "rate",
        "rate(number [, period])",
        (1, 2),
        AggregateKind::Rate(1_000_000),
        "by how much the number changed per period (a second) from the earliest event to the latest",
    ),
    Aggregate {
        aliases: &["countOverTime"],
        ..aggregate(
            "count_over_time",
            "count_over_time(field)",
            (0, 1),
            AggregateKind::Count,
            "`count` under another name, for `by bin(5m)`",
        )
    },
    Aggregate {
        aliases: &["sumOverTime"],
        ..aggregate(
            "sum_over_time",
            "sum_over_time(number)",
            (1, 1),
            AggregateKind::Sum,
            "`sum` under another name, for `by bin(5m)`",
        )
    },
    aggregate(
        "histogram",
        "histogram(number, ranges)",
        (2, 2),
        AggregateKind::Histogram(10),
        "how many numbers lie in each of so many ranges of one width, as JSON text",
    ),
];

const NAMED_PERCENTILE: Aggregate = aggregate(
    "p50",
    "p50(number), p99.9(number)",
    (1, 1),
    AggregateKind::FixedPercentile(50.0),
    "a percentile with the percentage in its name",
);

const fn aggregate(
    name: &'static str,
    signature: &'static str,
    arity: (usize, usize),
    kind: AggregateKind,
    doc: &'static str,
) -> Aggregate {
    Aggregate { name, aliases: &[], signature, doc, least: arity.0, most: arity.1, kind, sql: &[] }
}

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
