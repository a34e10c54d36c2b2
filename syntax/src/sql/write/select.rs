//! Statements as text: the clauses of a `SELECT` in their order, each left out if it is empty.

use super::{Dialect, Expression, Level};
use crate::tree::JoinKind;

/// A query: what `WITH` names, and the `SELECT` that follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// The queries before the last one, by name.
    pub with: Vec<(String, Select)>,
    /// The query whose rows are the answer.
    pub select: Select,
}

/// One `SELECT`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Select {
    /// Whether equal rows are one.
    pub distinct: bool,
    /// The columns; `*` if there are none.
    pub columns: Vec<Column>,
    /// A table, or a query in brackets, with its alias.
    pub from: String,
    /// What is joined to it.
    pub joins: Vec<Join>,
    /// Conditions that all must hold.
    pub filter: Vec<Expression>,
    /// The keys of groups, or places of columns.
    pub group: Vec<String>,
    /// Conditions on groups that all must hold.
    pub having: Vec<Expression>,
    /// The queries behind `UNION` and its like: the words, and the query.
    pub others: Vec<(String, String)>,
    /// The keys of `ORDER BY`.
    pub order: Vec<OrderKey>,
    /// The most rows.
    pub limit: Option<u64>,
}

/// A column of a `SELECT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is made of.
    pub text: String,
    /// The name behind `AS`.
    pub name: Option<String>,
}

/// What stands behind the first table of `FROM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Join {
    /// A row for each item of a list.
    Unnest {
        /// The list.
        list: String,
        /// The name of the column with the items.
        name: String,
    },
    /// Another table.
    On {
        /// Which rows without a partner stay.
        kind: JoinKind,
        /// A table, or a query in brackets, with its alias.
        right: String,
        /// The conditions; without any every row stands beside every other.
        on: Vec<Expression>,
    },
}

/// A key of `ORDER BY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderKey {
    /// The name of a column, its place, or an expression.
    pub text: String,
    /// Whether the largest comes first.
    pub descending: bool,
    /// Whether rows without a value come first.
    pub nulls_first: bool,
}

impl Statement {
    /// The statement.
    pub fn text(&self, dialect: Dialect) -> String {
        let last = self.select.text(dialect);
        if self.with.is_empty() {
            return last;
        }
        let with: Vec<String> = (self.with.iter())
            .map(|(name, select)| format!("{} AS {}", dialect.name(name), select.in_brackets(dialect)))
            .collect();
        match dialect {
            Dialect::Own => format!("WITH {} {last}", with.join(", ")),
            Dialect::Athena => format!("WITH {}\n{last}", with.join(",\n")),
        }
    }
}

impl Select {
    /// The query: in one line for our own query bar, a clause per line for Athena.
    pub fn text(&self, dialect: Dialect) -> String {
        self.indented(dialect, "")
    }

    /// The query inside another.
    pub fn in_brackets(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Own => format!("({})", self.text(dialect)),
            Dialect::Athena => format!("(\n  {}\n)", self.indented(dialect, "  ")),
        }
    }

    /// The query, with blanks before each line but the first. Text in quotes keeps its own lines as they are.
    fn indented(&self, dialect: Dialect, indent: &str) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| column.text(dialect)).collect();
        let line = format!("\n{indent}");
        let mut out = String::from(if self.distinct { "SELECT DISTINCT" } else { "SELECT" });
        out.push_str(&match (dialect, columns.as_slice()) {
            (_, []) => " *".to_owned(),
            (Dialect::Athena, [_, _, ..]) => format!("{line}  {}", columns.join(&format!(",{line}  "))),
            _ => format!(" {}", columns.join(", ")),
        });
        let conditions = |all: &[Expression]| match (dialect, all) {
            (Dialect::Own, [one]) => one.text.clone(),
            (Dialect::Own, all) => Expression::all(all).text,
            // On a line of its own each holds together by itself.
            (Dialect::Athena, all) => {
                let all: Vec<String> = all.iter().map(|condition| condition.at(Level::Not)).collect();
                all.join(&format!("{line}  AND "))
            }
        };
        let mut clause = |words: &str, content: &str| {
            if !content.is_empty() {
                out.push_str(if dialect == Dialect::Athena { &line } else { " " });
                out.push_str(words);
                out.push(' ');
                out.push_str(content);
            }
        };
        let mut from = self.from.clone();
        self.joins.iter().for_each(|join| join.write(&mut from, dialect));
        clause("FROM", &from);
        clause("WHERE", &conditions(&self.filter));
        clause("GROUP BY", &self.group.join(", "));
        clause("HAVING", &conditions(&self.having));
        self.others.iter().for_each(|(words, query)| clause(words, query));
        clause("ORDER BY", &OrderKey::list(&self.order, dialect));
        clause("LIMIT", &self.limit.map_or_else(String::new, |rows| rows.to_string()));
        out
    }
}

impl Column {
    fn text(&self, dialect: Dialect) -> String {
        match &self.name {
            Some(name) => dialect.aliased(&self.text, name),
            None => self.text.clone(),
        }
    }
}

impl Join {
    fn write(&self, out: &mut String, dialect: Dialect) {
        match self {
            Join::Unnest { list, name } => {
                out.push_str(&format!(" CROSS JOIN UNNEST({list}) AS t ({})", dialect.name(name)));
            }
            Join::On { right, on, .. } if on.is_empty() => out.push_str(&format!(" CROSS JOIN {right}")),
            Join::On { kind, right, on } => {
                let word = match kind {
                    JoinKind::Inner => String::new(),
                    kind => format!("{} ", kind.word().to_uppercase()),
                };
                out.push_str(&format!(" {word}JOIN {right} ON {}", Expression::all(on)));
            }
        }
    }
}

impl OrderKey {
    /// Keys, as they stand behind `ORDER BY`.
    pub fn list(keys: &[OrderKey], dialect: Dialect) -> String {
        keys.iter().map(|key| key.text(dialect)).collect::<Vec<_>>().join(", ")
    }

    /// Our own SQL leaves out what is the default: ascending, missing values last.
    fn text(&self, dialect: Dialect) -> String {
        let way = match (dialect, self.descending) {
            (_, true) => " DESC",
            (Dialect::Own, false) => "",
            (Dialect::Athena, false) => " ASC",
        };
        let nulls = match (dialect, self.nulls_first) {
            (_, true) => " NULLS FIRST",
            (Dialect::Own, false) => "",
            (Dialect::Athena, false) => " NULLS LAST",
        };
        format!("{}{way}{nulls}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::write;

    #[test]
    fn a_query_in_brackets_is_indented_and_a_text_is_not() {
        let column = |text: &str| Column { text: text.to_owned(), name: None };
        let named = Select {
            columns: vec![column("a"), column("b")],
            from: "t".to_owned(),
            filter: vec![
                Expression::atom("a").compared("=", &Expression::atom(write::text("x\ny"))),
                Expression::any(&[Expression::atom("b"), Expression::atom("c")]),
            ],
            ..Select::default()
        };
        let order = vec![OrderKey { text: "a".to_owned(), descending: false, nulls_first: false }];
        let select = Select { from: "events".to_owned(), order, ..Select::default() };
        let statement = Statement { with: vec![("events".to_owned(), named)], select };
        assert_eq!(
            statement.text(Dialect::Athena),
            "WITH events AS (\n  SELECT\n    a,\n    b\n  FROM t\n  WHERE a = 'x\ny'\n    AND (b OR c)\n)\n\
             SELECT *\nFROM events\nORDER BY a ASC NULLS LAST"
        );
        assert_eq!(
            statement.text(Dialect::Own),
            "WITH events AS (SELECT a, b FROM t WHERE a = 'x\ny' AND (b OR c)) SELECT * FROM events ORDER BY a"
        );
    }
}
