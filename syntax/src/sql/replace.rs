//! Walks over expressions that put others in the place of parts of them.

use crate::{
    functions::aggregate,
    tree::{E, Expr, Spanned},
};

/// `e` with every part for which `f` gives something replaced by that; what is replaced is not looked into.
pub(super) fn map(e: &E, f: &mut dyn FnMut(&E) -> Option<E>) -> E {
    if let Some(found) = f(e) {
        return found;
    }
    let expr = match &e.item {
        Expr::Unary(op, a) => Expr::Unary(*op, map(a, f)),
        Expr::Binary(op, a, b) => Expr::Binary(*op, map(a, f), map(b, f)),
        Expr::In { negated, item, list } => {
            Expr::In { negated: *negated, item: map(item, f), list: list.iter().map(|e| map(e, f)).collect() }
        }
        Expr::InQuery { negated, strict, item, query } => {
            Expr::InQuery { negated: *negated, strict: *strict, item: map(item, f), query: query.clone() }
        }
        Expr::Like { negated, item, pattern } => {
            Expr::Like { negated: *negated, item: map(item, f), pattern: pattern.clone() }
        }
        Expr::Call { name, args } => {
            Expr::Call { name: name.clone(), args: args.iter().map(|a| map(a, f)).collect() }
        }
        Expr::Literal(_)
        | Expr::Period(_)
        | Expr::Star
        | Expr::Field(_)
        | Expr::Query(_)
        | Expr::Exists(_) => return e.clone(),
    };
    Box::new(Spanned::new(expr, e.span.clone()))
}

/// Calls `f` with every part of `e`, itself included; does not look into parts for which `f` says no.
pub(super) fn visit(e: &E, f: &mut dyn FnMut(&E) -> bool) {
    if !f(e) {
        return;
    }
    match &e.item {
        Expr::Unary(_, a) => visit(a, f),
        Expr::Binary(_, a, b) => {
            visit(a, f);
            visit(b, f);
        }
        Expr::In { item, list, .. } => {
            visit(item, f);
            list.iter().for_each(|e| visit(e, f));
        }
        Expr::InQuery { item, .. } | Expr::Like { item, .. } => visit(item, f),
        Expr::Call { args, .. } => args.iter().for_each(|a| visit(a, f)),
        Expr::Literal(_)
        | Expr::Period(_)
        | Expr::Star
        | Expr::Field(_)
        | Expr::Query(_)
        | Expr::Exists(_) => {}
    }
}

/// Whether two expressions are the same, letter case of names aside.
pub(super) fn same(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Field(a), Expr::Field(b)) => a.eq_ignore_ascii_case(b),
        (Expr::Unary(o, a), Expr::Unary(p, b)) => o == p && same(&a.item, &b.item),
        (Expr::Binary(o, a, b), Expr::Binary(p, c, d)) => {
            o == p && same(&a.item, &c.item) && same(&b.item, &d.item)
        }
        (Expr::In { negated: n, item: a, list: x }, Expr::In { negated: m, item: b, list: y }) => {
            n == m && same(&a.item, &b.item) && all_same(x, y)
        }
        (Expr::Like { negated: n, item: a, pattern: x }, Expr::Like { negated: m, item: b, pattern: y }) => {
            n == m && x == y && same(&a.item, &b.item)
        }
        (Expr::Call { name: n, args: x }, Expr::Call { name: m, args: y }) => n == m && all_same(x, y),
        (a, b) => a == b,
    }
}

fn all_same(a: &[E], b: &[E]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(&a.item, &b.item))
}

/// Whether an expression is an aggregate itself.
pub(super) fn is_aggregate(expr: &Expr) -> bool {
    matches!(expr, Expr::Call { name, .. } if aggregate::find(&name.item).is_some())
}

/// The place of the first aggregate in an expression.
pub(super) fn aggregate_in(e: &E) -> Option<std::ops::Range<usize>> {
    let mut found = None;
    visit(e, &mut |part| {
        if found.is_none() && is_aggregate(&part.item) {
            found = Some(part.span.clone());
        }
        found.is_none()
    });
    found
}

/// Whether an expression always has a value.
pub(super) fn never_missing(expr: &Expr) -> bool {
    match expr {
        over if super::over::is_never_missing(over) => true,
        Expr::Call { name, .. } => matches!(name.item.as_str(), "count" | "count_distinct" | "ispresent"),
        Expr::Literal(value) => !value.is_null(),
        _ => false,
    }
}
