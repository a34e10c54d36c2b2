//! `ROLLUP`, `CUBE` and `GROUPING SETS`: several sets of keys in one `GROUP BY`. Such a `SELECT` is one for each set, and
//! the rows of all of them (`UNION ALL`); keys that a set lacks are missing values.

use super::{
    Parser, Relation,
    expression::{call, made},
    lexer::{Lexeme, Symbol},
    replace::{map, same},
    select::{Key, Select, SelectItem, field},
};
use crate::{
    insights::{ParseResult, short},
    tree::{Binary, Command, E, Expr, Query, SetKind, SetOperation, Spanned},
};
use logloupe_table::Value;

/// More sets than anybody reads: each is a query.
const MOST_SETS: usize = 64;

/// The call that says which of the keys a set lacks.
pub(super) const GROUPING: &str = "sql.grouping";

impl Parser<'_> {
    /// Reads sets of keys, if some stand here.
    pub(super) fn grouping(&mut self, select: &mut Select) -> ParseResult<bool> {
        let token = self.peek();
        let open = self.peek_at(1).kind == Lexeme::Symbol(Symbol::Open);
        let sets = if open && (self.is_word("rollup") || self.is_word("cube")) {
            let rollup = self.is_word("rollup");
            self.advance();
            let parts = self.key_lists(select)?;
            match rollup {
                // From all keys to none.
                true => (0..=parts.len())
                    .rev()
                    .map(|n| parts.iter().take(n).flatten().copied().collect())
                    .collect(),
                false if parts.len() > 6 => {
                    return self.fail(token.span(), format!("more than {MOST_SETS} sets of keys"), "");
                }
                false => {
                    let choose = |mask: usize| {
                        let chosen = parts.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 0);
                        chosen.flat_map(|(_, part)| part.iter().copied()).collect()
                    };
                    (0..1usize << parts.len()).map(choose).collect()
                }
            }
        } else if self.is_word("grouping") && self.is_word_at(1, "sets") {
            self.at += 2;
            self.key_lists(select)?
        } else {
            return Ok(false);
        };
        let before = select.sets.take().unwrap_or_else(|| {
            // The keys that stand alone before it are in every set.
            let known: Vec<usize> = sets.iter().flatten().copied().collect();
            vec![(0..select.group.len()).filter(|k| !known.contains(k)).collect()]
        });
        let both: Vec<Vec<usize>> = (before.iter())
            .flat_map(|one| sets.iter().map(move |two: &Vec<usize>| [one.as_slice(), two].concat()))
            .collect();
        if both.len() > MOST_SETS {
            return self.fail(token.span(), format!("more than {MOST_SETS} sets of keys"), "");
        }
        select.sets = Some(both);
        Ok(true)
    }

    /// `( key, ( key, key ), ( ) )`: lists of keys, by their places among all keys.
    fn key_lists(&mut self, select: &mut Select) -> ParseResult<Vec<Vec<usize>>> {
        let open = self.peek();
        if !self.eat(Symbol::Open) {
            return Err(self.unexpected("`(`"));
        }
        let mut lists = Vec::new();
        loop {
            let inner = self.peek();
            let mut list = Vec::new();
            if self.eat(Symbol::Open) {
                if !self.eat(Symbol::Close) {
                    loop {
                        let key = self.value()?.expr;
                        list.push(Self::place_of(select, key));
                        if !self.eat(Symbol::Comma) {
                            break;
                        }
                    }
                    self.close(inner)?;
                }
            } else {
                let key = self.value()?.expr;
                list.push(Self::place_of(select, key));
            }
            lists.push(list);
            if lists.len() > MOST_SETS {
                return self.fail(inner.span(), format!("more than {MOST_SETS} sets of keys"), "");
            }
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        self.close(open)?;
        Ok(lists)
    }

    fn place_of(select: &mut Select, key: E) -> usize {
        let known = select.group.iter().position(|k| same(&k.item, &key.item));
        known.unwrap_or_else(|| {
            select.group.push(key);
            select.group.len() - 1
        })
    }

    /// A key that stands alone: it is in every set.
    pub(super) fn add_key(&mut self, select: &mut Select, key: E) {
        match &mut select.sets {
            None => select.group.push(key),
            Some(_) => {
                let place = Self::place_of(select, key);
                select.sets.iter_mut().flatten().for_each(|set| set.push(place));
            }
        }
    }

    /// A `SELECT` with sets of keys as one for each set.
    pub(super) fn grouping_sets(&mut self, mut select: Select, sets: &[Vec<usize>]) -> ParseResult<Relation> {
        if let Some(star) = &select.star {
            let help = "name the keys and aggregates";
            return self.fail(star.clone(), "`*` cannot stand in a query with groups", help);
        }
        // Places and names of columns are the same in every set: keys are written out before they are left out.
        for at in 0..select.group.len() {
            let Some(key) = select.group.get(at).cloned() else { continue };
            let items = std::mem::take(&mut select.items);
            let chosen = match &key.item {
                Expr::Field(name) => items
                    .iter()
                    .position(|i| i.named && i.name.eq_ignore_ascii_case(name) && !is_field(&i.expr)),
                _ => self.ordinal(&key, &items, "GROUP BY")?,
            };
            if let (Some(item), Some(key)) = (chosen.and_then(|n| items.get(n)), select.group.get_mut(at)) {
                *key = item.expr.clone();
            }
            select.items = items;
        }
        let (order, limit) = (std::mem::take(&mut select.order), select.limit.take());
        let mut order_by = Vec::new();
        for Key { expr, descending, missing_first } in order {
            let place = match self.ordinal(&expr, &select.items, "ORDER BY")? {
                Some(n) => Some(n),
                None => select.items.iter().position(|i| {
                    same(&i.expr.item, &expr.item)
                        || matches!(&expr.item, Expr::Field(n) if i.name.eq_ignore_ascii_case(n))
                }),
            };
            let Some(item) = place.and_then(|n| select.items.get(n)) else {
                let help = "give it a name after `SELECT`, and sort by that";
                let span = expr.span.clone();
                return self.fail(
                    span,
                    "with several sets of keys `ORDER BY` takes columns of the answer",
                    help,
                );
            };
            order_by.push(Key { expr: field(&item.name), descending, missing_first });
        }
        let mut whole: Option<Relation> = None;
        for set in sets {
            let relation = self.lowered(Self::with_set(&select, set))?;
            match &mut whole {
                None => whole = Some(relation),
                Some(whole) => {
                    let query = Query { commands: relation.commands };
                    let union = SetOperation { kind: SetKind::Union, all: !select.distinct, query };
                    whole.commands.push(Spanned::made(Command::Set(union)));
                }
            }
        }
        let from = whole.unwrap_or_default();
        self.scope.columns = from.columns.clone();
        self.lowered(Select { star: Some(0..0), from, order: order_by, limit, ..Select::default() })
    }

    /// The `SELECT` of one set of keys.
    fn with_set(select: &Select, set: &[usize]) -> Select {
        let is_lacking = |e: &E| {
            let key = select.group.iter().position(|k| same(&k.item, &e.item));
            key.is_some_and(|k| {
                !set.contains(&k)
                    && !select
                        .group
                        .iter()
                        .enumerate()
                        .any(|(i, k)| set.contains(&i) && same(&k.item, &e.item))
            })
        };
        let without = |e: &E| {
            map(e, &mut |part| match &part.item {
                Expr::Call { name, args } if name.item == GROUPING => {
                    let bits = args.iter().fold(0i64, |bits, arg| bits << 1 | i64::from(is_lacking(arg)));
                    Some(made(Expr::Literal(Value::Int(bits))))
                }
                other if super::replace::is_aggregate(other) => Some(part.clone()),
                _ if is_lacking(part) => {
                    Some(Box::new(Spanned::new(Expr::Literal(Value::Null), part.span.clone())))
                }
                _ => None,
            })
        };
        let item = |item: &SelectItem| {
            let expr = without(&item.expr);
            let changed = !same(&expr.item, &item.expr.item);
            let alias = match changed {
                true => Some(Spanned::made(item.name.clone())),
                false => item.alias.clone(),
            };
            SelectItem { expr, alias, name: item.name.clone(), named: item.named }
        };
        let group: Vec<E> = set.iter().filter_map(|k| select.group.get(*k).cloned()).collect();
        let mut having = select.having.as_ref().map(without);
        if group.is_empty() && having.is_none() {
            // One group of all rows, though no aggregate may stand in the columns.
            let count = made(call("count", vec![made(Expr::Star)]));
            having =
                Some(made(Expr::Binary(Binary::GreaterEqual, count, made(Expr::Literal(Value::Int(0))))));
        }
        Select { items: select.items.iter().map(item).collect(), group, sets: None, having, ..select.clone() }
    }

    /// `grouping(a, b)`: a bit for each key, set where the row's set lacks it.
    pub(super) fn grouping_call(&mut self) -> ParseResult<super::expression::Subtree> {
        let word = self.advance();
        let open = self.advance();
        let mut args = Vec::new();
        loop {
            args.push(self.value()?);
            if args.len() > 32 {
                let name = short(self.text_of(word)).to_owned();
                return self.fail(word.span(), format!("`{name}` takes at most 32 keys"), "");
            }
            if !self.eat(Symbol::Comma) {
                break;
            }
        }
        self.close(open)?;
        self.over(word.start, args, |args| call(GROUPING, args))
    }
}

fn is_field(e: &E) -> bool {
    matches!(e.item, Expr::Field(_))
}
