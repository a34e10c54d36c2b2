//! Edits of a query's tree, as clicks make them: filters that are added, widened, inverted and removed, sorting that
//! is set. The query bar then shows the new canonical text. Not here: what a filter matches.
//!
//! A *filter* is one condition of those that all must hold: a part of a `filter` command's `and`, or one search term.
//! Only those before the first command that aggregates, reorders or cuts are meant: behind it a condition speaks of
//! other rows.

use crate::{
    Language, sql,
    tree::{Binary, Command, E, Expr, Pattern, Query, SortKey, Spanned, Term, Unary},
};
use logloupe_table::Value;

/// How a filter's field and value are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FilterOp {
    /// `field = value`
    Equal,
    /// `field != value`: rows without the field do not match, other than with a negated [`FilterOp::Equal`].
    NotEqual,
    /// `field < value`
    Less,
    /// `field <= value`
    LessEqual,
    /// `field > value`
    Greater,
    /// `field >= value`
    GreaterEqual,
    /// `field in [values]`; the value is a list.
    In,
    /// `field not in [values]`: rows without the field do not match.
    NotIn,
    /// `field like "text"`
    Like,
    /// `field not like "text"`: rows without the field do not match.
    NotLike,
    /// `field like /regex/`
    Matches,
    /// `field not like /regex/`: rows without the field do not match.
    NotMatches,
    /// `ispresent(field)`; the value is null.
    Present,
    /// A search term: `field:value`, or text in any field if the field is empty.
    Term,
    /// Any other condition, known only by its text; field and value are empty.
    Condition,
}

impl FilterOp {
    /// As a chip shows it between field and value.
    pub fn symbol(self) -> &'static str {
        match self {
            FilterOp::Equal => "=",
            FilterOp::NotEqual => "!=",
            FilterOp::Less => "<",
            FilterOp::LessEqual => "<=",
            FilterOp::Greater => ">",
            FilterOp::GreaterEqual => ">=",
            FilterOp::In => "in",
            FilterOp::NotIn => "not in",
            FilterOp::Like => "like",
            FilterOp::NotLike => "not like",
            FilterOp::Matches => "matches",
            FilterOp::NotMatches => "does not match",
            FilterOp::Present => "is present",
            FilterOp::Term => ":",
            FilterOp::Condition => "",
        }
    }

    /// The operator for the rows that have the field but do not match, where a query has one.
    fn opposite(self) -> Option<FilterOp> {
        Some(match self {
            FilterOp::NotEqual => FilterOp::Equal,
            FilterOp::NotIn => FilterOp::In,
            FilterOp::NotLike => FilterOp::Like,
            FilterOp::NotMatches => FilterOp::Matches,
            _ => return None,
        })
    }
}

/// One filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The field; empty for text in any field and for other conditions.
    pub field: String,
    /// How it is compared.
    pub op: FilterOp,
    /// With what.
    pub value: Value,
    /// Whether `not` stands before it all: the rows that it does not match, those without the field included.
    pub negated: bool,
}

impl Filter {
    /// `field op value`.
    pub fn new(field: impl Into<String>, op: FilterOp, value: Value) -> Filter {
        Filter { field: field.into(), op, value, negated: false }
    }
    /// The same with `not` before it.
    pub fn inverse(self) -> Filter {
        Filter { negated: !self.negated, ..self }
    }

    /// As an expression; `None` for a search term, and for a condition that is known only by its text.
    fn expr(&self) -> Option<Expr> {
        let item = made(Expr::Field(self.field.clone()));
        let value = || made(Expr::Literal(self.value.clone()));
        let binary = |op| Expr::Binary(op, item.clone(), value());
        let members = |negated| {
            let list = match &self.value {
                Value::List(items) => items.iter().map(|v| made(Expr::Literal(v.clone()))).collect(),
                _ => vec![value()],
            };
            Expr::In { negated, item: item.clone(), list }
        };
        let like = |negated, pattern: fn(String) -> Pattern| {
            let pattern = Spanned::made(pattern(self.value.to_string()));
            Expr::Like { negated, item: item.clone(), pattern }
        };
        let expr = match self.op {
            FilterOp::Equal => binary(Binary::Equal),
            FilterOp::NotEqual => binary(Binary::NotEqual),
            FilterOp::Less => binary(Binary::Less),
            FilterOp::LessEqual => binary(Binary::LessEqual),
            FilterOp::Greater => binary(Binary::Greater),
            FilterOp::GreaterEqual => binary(Binary::GreaterEqual),
            FilterOp::In => members(false),
            FilterOp::NotIn => members(true),
            FilterOp::Like => like(false, Pattern::Text),
            FilterOp::NotLike => like(true, Pattern::Text),
            FilterOp::Matches => like(false, Pattern::Regex),
            FilterOp::NotMatches => like(true, Pattern::Regex),
            FilterOp::Present => {
                Expr::Call { name: Spanned::made("ispresent".to_owned()), args: vec![item.clone()] }
            }
            FilterOp::Term | FilterOp::Condition => return None,
        };
        Some(if self.negated { Expr::Unary(Unary::Not, made(expr)) } else { expr })
    }

    /// What an expression says as a filter.
    fn of(expr: &Expr) -> Filter {
        let filter = match expr {
            Expr::Unary(Unary::Not, inner) => Some(Filter::of(&inner.item).inverse()),
            Expr::Binary(op, left, right) => compared(*op, &left.item, &right.item),
            Expr::In { negated, item, list } => {
                let op = if *negated { FilterOp::NotIn } else { FilterOp::In };
                let values: Option<Vec<Value>> = list.iter().map(|e| literal(&e.item)).collect();
                values
                    .zip(field(&item.item))
                    .map(|(values, f)| Filter::new(f, op, Value::List(values.into())))
            }
            Expr::Like { negated, item, pattern } => {
                let (text, like, not_like) = match &pattern.item {
                    Pattern::Text(text) => (text, FilterOp::Like, FilterOp::NotLike),
                    Pattern::Regex(regex) => (regex, FilterOp::Matches, FilterOp::NotMatches),
                };
                let op = if *negated { not_like } else { like };
                field(&item.item).map(|f| Filter::new(f, op, Value::text(text)))
            }
            Expr::Call { name, args } if name.item == "ispresent" => match args.as_slice() {
                [arg] => field(&arg.item).map(|f| Filter::new(f, FilterOp::Present, Value::Null)),
                _ => None,
            },
            _ => None,
        };
        filter.unwrap_or_else(|| Filter::new("", FilterOp::Condition, Value::Null))
    }
}

fn made(expr: Expr) -> E {
    Box::new(Spanned::made(expr))
}

fn field(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Field(name) => Some(name),
        _ => None,
    }
}

fn literal(expr: &Expr) -> Option<Value> {
    match expr {
        Expr::Literal(value) => Some(value.clone()),
        _ => None,
    }
}

/// `field op literal`, or the same written the other way round.
fn compared(op: Binary, left: &Expr, right: &Expr) -> Option<Filter> {
    let (name, value, swapped) = match (left, right) {
        (Expr::Field(name), Expr::Literal(value)) => (name, value, false),
        (Expr::Literal(value), Expr::Field(name)) => (name, value, true),
        _ => return None,
    };
    let op = match (op, swapped) {
        (Binary::Equal, _) => FilterOp::Equal,
        (Binary::NotEqual, _) => FilterOp::NotEqual,
        (Binary::Less, false) | (Binary::Greater, true) => FilterOp::Less,
        (Binary::LessEqual, false) | (Binary::GreaterEqual, true) => FilterOp::LessEqual,
        (Binary::Greater, false) | (Binary::Less, true) => FilterOp::Greater,
        (Binary::GreaterEqual, false) | (Binary::LessEqual, true) => FilterOp::GreaterEqual,
        _ => return None,
    };
    Some(Filter::new(name, op, value.clone()))
}

/// A filter of a query as a chip shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterChip {
    /// Its place among the query's filters: what [`remove_filter`] and [`invert_filter`] take.
    pub index: usize,
    /// What it says.
    pub filter: Filter,
    /// As it stands in the canonical text.
    pub text: String,
}

/// Where a filter stands: the command, and which part of its condition or which term.
#[derive(Clone, Copy, PartialEq, Eq)]
struct FilterPosition {
    command: usize,
    part: usize,
}

/// The commands before the first one that aggregates, reorders or cuts.
fn leading(query: &Query) -> usize {
    let moves = |c: &Spanned<Command>| {
        makes_table(c) || matches!(c.item, Command::Sort(_) | Command::Limit(_) | Command::Dedup(_))
    };
    query.commands.iter().position(moves).unwrap_or(query.commands.len())
}

/// The conditions that are joined by `and`, in order. Without recursion, as chains are long and lean to the left.
fn parts(condition: &E) -> Vec<&E> {
    let (mut found, mut open) = (Vec::new(), vec![condition]);
    while let Some(next) = open.pop() {
        match &next.item {
            Expr::Binary(Binary::And, left, right) => open.extend([right, left]),
            _ => found.push(next),
        }
    }
    found
}

/// The conditions joined by `and`.
fn joined(parts: Vec<E>) -> Option<E> {
    parts.into_iter().reduce(|left, right| made(Expr::Binary(Binary::And, left, right)))
}

/// Every filter with its place.
fn placed(query: &Query) -> Vec<(FilterPosition, FilterChip)> {
    let mut found: Vec<(FilterPosition, FilterChip)> = Vec::new();
    for (command, step) in query.commands.iter().take(leading(query)).enumerate() {
        let mut add = |part, filter, text| {
            let index = found.len();
            found.push((FilterPosition { command, part }, FilterChip { index, filter, text }));
        };
        match &step.item {
            Command::Filter(condition) => {
                for (part, expr) in parts(condition).into_iter().enumerate() {
                    add(part, Filter::of(&expr.item), expr.item.to_string());
                }
            }
            Command::Search(terms) => {
                for (part, term) in terms.iter().enumerate() {
                    let field = term.field.as_ref().map_or("", |f| &f.item);
                    let filter = Filter::new(field, FilterOp::Term, Value::text(&term.text.item));
                    add(part, Filter { negated: term.negated, ..filter }, term.to_string());
                }
            }
            _ => {}
        }
    }
    found
}

/// The query's filters, in order.
pub fn filters(query: &Query) -> Vec<FilterChip> {
    placed(query).into_iter().map(|(_, chip)| chip).collect()
}

/// The same, each with its text in a language; in Insights where that language has no words for it.
pub fn filters_in(query: &Query, language: Language) -> Vec<FilterChip> {
    let mut chips = filters(query);
    if language != Language::Sql {
        return chips;
    }
    let all = placed(query);
    for (chip, (place, _)) in chips.iter_mut().zip(&all) {
        let Some(Command::Filter(condition)) = query.commands.get(place.command).map(|c| &c.item) else {
            continue;
        };
        let part = parts(condition).into_iter().nth(place.part);
        if let Some(Ok(text)) = part.map(sql::display::display_value) {
            chip.text = text;
        }
    }
    chips
}

/// Changes the parts of the filter command or the terms at a place; a command that loses all of them goes.
fn change(query: &mut Query, place: FilterPosition, with: Option<&Filter>) {
    let Some(step) = query.commands.get_mut(place.command) else { return };
    let empty = match &mut step.item {
        Command::Filter(condition) => {
            let mut all: Vec<E> = parts(condition).into_iter().cloned().collect();
            match (all.get_mut(place.part), with.and_then(Filter::expr)) {
                (Some(part), Some(expr)) => *part = made(expr),
                (Some(_), None) => {
                    all.remove(place.part);
                }
                (None, _) => {}
            }
            match joined(all) {
                Some(rest) => {
                    *condition = rest;
                    false
                }
                None => true,
            }
        }
        Command::Search(terms) => {
            match (terms.get_mut(place.part), with) {
                (Some(term), Some(filter)) => {
                    *term = Term {
                        negated: filter.negated,
                        field: Some(filter.field.clone()).filter(|f| !f.is_empty()).map(Spanned::made),
                        text: Spanned::made(filter.value.to_string()),
                    };
                }
                (Some(_), None) => {
                    terms.remove(place.part);
                }
                (None, _) => {}
            }
            terms.is_empty()
        }
        _ => false,
    };
    if empty {
        query.commands.remove(place.command);
    }
}

/// Takes a filter away; the last one of a command takes the command with it.
pub fn remove_filter(query: &mut Query, index: usize) {
    if let Some((place, _)) = placed(query).get(index) {
        change(query, *place, None);
    }
}

/// Takes every filter away.
pub fn clear_filters(query: &mut Query) {
    while !placed(query).is_empty() {
        remove_filter(query, 0);
    }
}

/// Turns a filter round: the rows that it does not match. `x != "a"`, `not in` and `not like` become their positive.
pub fn invert_filter(query: &mut Query, index: usize) {
    let all = placed(query);
    let Some((place, chip)) = all.get(index) else { return };
    let filter = chip.filter.clone();
    match (filter.op, filter.op.opposite()) {
        (FilterOp::Condition, _) => invert_condition(query, *place),
        (_, Some(op)) if !filter.negated => change(query, *place, Some(&Filter { op, ..filter })),
        _ => change(query, *place, Some(&filter.inverse())),
    }
}

/// `not` before a condition that is known only by its text, or away from it.
fn invert_condition(query: &mut Query, place: FilterPosition) {
    let Some(Spanned { item: Command::Filter(condition), .. }) = query.commands.get_mut(place.command) else {
        return;
    };
    let mut all: Vec<E> = parts(condition).into_iter().cloned().collect();
    if let Some(part) = all.get_mut(place.part) {
        *part = match &part.item {
            Expr::Unary(Unary::Not, inner) => inner.clone(),
            _ => made(Expr::Unary(Unary::Not, part.clone())),
        };
    }
    if let Some(rest) = joined(all) {
        *condition = rest;
    }
}

/// Adds a filter, before anything that aggregates or reorders and behind what makes its field. One that says the same
/// stays alone; one that says the opposite is replaced. A [`FilterOp::Condition`] cannot be added.
pub fn add_filter(query: &mut Query, filter: &Filter) {
    let all = placed(query);
    if all.iter().any(|(_, chip)| chip.filter == *filter) {
        return;
    }
    let opposed = |chip: &&(FilterPosition, FilterChip)| {
        let found = &chip.1.filter;
        *found == filter.clone().inverse()
            || found.op.opposite().is_some_and(|op| Filter { op, ..found.clone() } == *filter)
            || filter.op.opposite().is_some_and(|op| Filter { op, ..filter.clone() } == *found)
    };
    if let Some((place, _)) = all.iter().find(opposed) {
        return change(query, *place, Some(filter));
    }
    match filter.op {
        FilterOp::Term => add_term(query, filter),
        _ => {
            if let Some(expr) = filter.expr() {
                add_condition(query, made(expr), &filter.field);
            }
        }
    }
}

fn add_term(query: &mut Query, filter: &Filter) {
    let term = Term {
        negated: filter.negated,
        field: Some(filter.field.clone()).filter(|f| !f.is_empty()).map(Spanned::made),
        text: Spanned::made(filter.value.to_string()),
    };
    let end = leading(query);
    for step in query.commands.iter_mut().take(end) {
        if let Command::Search(terms) = &mut step.item {
            terms.push(term);
            return;
        }
    }
    let at = usize::from(matches!(query.commands.first(), Some(Spanned { item: Command::Source(_), .. })));
    query.commands.insert(at, Spanned::made(Command::Search(vec![term])));
}

fn add_condition(query: &mut Query, condition: E, field: &str) {
    let end = leading(query);
    let makes = |step: &Spanned<Command>| match &step.item {
        Command::Fields(items) | Command::Select(items) => {
            items.iter().any(|p| p.alias.as_ref().is_some_and(|a| a.item == field))
        }
        Command::Parse { pattern, .. } => match pattern {
            crate::tree::ParsePattern::Glob { names, .. } => names.iter().any(|n| n.item == field),
            crate::tree::ParsePattern::Regex(regex) => regex.item.contains(&format!("<{field}>")),
        },
        _ => false,
    };
    let from = query.commands.iter().take(end).rposition(makes).map_or(0, |i| i + 1);
    let here = query.commands.iter_mut().take(end).skip(from).find_map(|step| match &mut step.item {
        Command::Filter(found) => Some(found),
        _ => None,
    });
    if let Some(found) = here {
        let before = std::mem::replace(found, made(Expr::Star));
        *found = made(Expr::Binary(Binary::And, before, condition));
        return;
    }
    // Behind the tables and the free text, which can only begin a query.
    let begins = |s: &Spanned<Command>| matches!(s.item, Command::Source(_) | Command::Search(_));
    let at = query.commands.iter().take_while(|s| begins(s)).count().max(from);
    query.commands.insert(at, Spanned::made(Command::Filter(condition)));
}

/// Whether a filter keeps only named values of a field.
fn keeps_values(filter: &Filter, field: &str) -> bool {
    filter.field == field && !filter.negated && matches!(filter.op, FilterOp::Equal | FilterOp::In)
}

/// Only rows with this value: replaces what chose other values of the field.
pub fn include_only(query: &mut Query, field: &str, value: Value) {
    let wanted = Filter::new(field, FilterOp::Equal, value);
    while let Some((place, _)) =
        placed(query).iter().find(|(_, c)| keeps_values(&c.filter, field) && c.filter != wanted)
    {
        change(query, *place, None);
    }
    add_filter(query, &wanted);
}

/// Rows with this value too: `x = "a"` becomes `x in ["a", "b"]`. If the value was excluded, it no longer is.
pub fn include_also(query: &mut Query, field: &str, value: Value) {
    let all = placed(query);
    let excluded = Filter::new(field, FilterOp::Equal, value.clone()).inverse();
    if let Some((place, _)) = all.iter().find(|(_, c)| c.filter == excluded) {
        return change(query, *place, None);
    }
    let Some((place, chip)) = all.iter().find(|(_, c)| keeps_values(&c.filter, field)) else {
        return add_filter(query, &Filter::new(field, FilterOp::Equal, value));
    };
    let mut values = match &chip.filter.value {
        Value::List(values) => values.to_vec(),
        one => vec![one.clone()],
    };
    if !values.contains(&value) {
        values.push(value);
        change(query, *place, Some(&Filter::new(field, FilterOp::In, Value::List(values.into()))));
    }
}

/// Rows without this value, those without the field included: takes it out of a list of wanted values, else adds
/// `not (field = value)`.
pub fn exclude(query: &mut Query, field: &str, value: Value) {
    let listed = placed(query).into_iter().find_map(|(place, chip)| match &chip.filter.value {
        Value::List(values)
            if keeps_values(&chip.filter, field) && values.contains(&value) && values.len() > 1 =>
        {
            Some((place, values.iter().filter(|v| **v != value).cloned().collect::<Vec<_>>()))
        }
        _ => None,
    });
    match listed {
        Some((place, rest)) => {
            let filter = match rest.as_slice() {
                [one] => Filter::new(field, FilterOp::Equal, one.clone()),
                _ => Filter::new(field, FilterOp::In, Value::List(rest.into())),
            };
            change(query, place, Some(&filter));
        }
        None => add_filter(query, &Filter::new(field, FilterOp::Equal, value).inverse()),
    }
}

/// Whether the query answers with a table instead of events.
pub fn has_stats(query: &Query) -> bool {
    query.commands.iter().any(makes_table)
}

/// Whether the command's rows are no events any more.
fn makes_table(command: &Spanned<Command>) -> bool {
    matches!(command.item, Command::Stats { .. } | Command::Table(_) | Command::Set(_) | Command::Values(_))
}

/// Where sorting of the result belongs: behind the last command that made a table.
fn after_stats(query: &Query) -> usize {
    query.commands.iter().rposition(makes_table).map_or(0, |i| i + 1)
}

/// The field that the result is sorted by first, and whether the largest comes first.
pub fn sort(query: &Query) -> Option<(String, bool)> {
    query.commands.iter().skip(after_stats(query)).rev().find_map(|c| match &c.item {
        // `ispresent(x) desc, x` is sorting by x, missing values last.
        Command::Sort(keys) => key_that_counts(keys).map(|k| {
            let name = field(&k.expr.item).map_or_else(|| k.expr.item.to_string(), str::to_owned);
            (name, k.descending)
        }),
        _ => None,
    })
}

/// The first key, but for one that only says where missing values go.
fn key_that_counts(keys: &[SortKey]) -> Option<&SortKey> {
    match keys {
        [present, key, ..] => match &present.expr.item {
            Expr::Call { name, args } if name.item == "ispresent" && args.first() == Some(&key.expr) => {
                Some(key)
            }
            _ => Some(present),
        },
        _ => keys.first(),
    }
}

/// Sorts the result by one field, instead of what it was sorted by; before a `limit`, so that it is the first rows of
/// the new order that remain.
pub fn set_sort(query: &mut Query, field: &str, descending: bool) {
    let keys = vec![SortKey { expr: made(Expr::Field(field.to_owned())), descending }];
    let from = after_stats(query);
    let tail = query.commands.get_mut(from..).unwrap_or_default();
    if let Some(step) = tail.iter_mut().rev().find(|c| matches!(c.item, Command::Sort(_))) {
        step.item = Command::Sort(keys);
        return;
    }
    let limit = query.commands.iter().skip(from).position(|c| matches!(c.item, Command::Limit(_)));
    let at = limit.map_or(query.commands.len(), |i| from + i);
    query.commands.insert(at, Spanned::made(Command::Sort(keys)));
}

/// Leaves the result in its own order.
pub fn clear_sort(query: &mut Query) {
    let from = after_stats(query);
    let mut index = 0;
    query.commands.retain(|c| {
        index += 1;
        index <= from || !matches!(c.item, Command::Sort(_))
    });
}

#[cfg(test)]
mod tests;
