//! Window functions as SQL, and the keys of an order.

use super::{
    super::{
        over::{expression, window_of},
        replace::never_missing,
        write::{Dialect::Own, Expression, OrderKey},
    },
    Written,
    value::{Made, Values},
};
use crate::{
    Unsupported,
    tree::{E, Expr, FrameBound, SortKey, Spanned, WindowCall, WindowFrame},
};

/// A window function as an expression of a `SELECT`.
pub(super) fn as_expression(window: &WindowCall, span: &std::ops::Range<usize>) -> E {
    Box::new(Spanned::new(expression(window, None), span.clone()))
}

/// The keys behind `ORDER BY`: `ispresent(x) desc, x` says where missing values go.
pub(super) fn order_keys(
    keys: &[SortKey],
    mut write: impl FnMut(&E) -> Written,
    mut is_certain: impl FnMut(&E) -> Result<bool, Unsupported>,
) -> Result<Vec<OrderKey>, Unsupported> {
    let mut order = Vec::new();
    let mut keys = keys.iter().peekable();
    while let Some(key) = keys.next() {
        let present = match &key.expr.item {
            Expr::Call { name, args } if name.item == "ispresent" => args.first(),
            _ => None,
        };
        if let (Some(item), Some(next)) = (present, keys.peek())
            && item == &next.expr
            && key.descending != next.descending
        {
            let text = write(item)?;
            order.push(OrderKey { text, descending: next.descending, nulls_first: next.descending });
            keys.next();
            continue;
        }
        let text = write(&key.expr)?;
        let nulls_first = !key.descending && !is_certain(&key.expr)?;
        order.push(OrderKey { text, descending: key.descending, nulls_first });
    }
    Ok(order)
}

/// A frame as SQL: `ROWS BETWEEN 2 PRECEDING AND CURRENT ROW`.
pub fn frame(frame: &WindowFrame) -> String {
    let bound = |bound: FrameBound| match bound {
        FrameBound::Start => "UNBOUNDED PRECEDING".to_owned(),
        FrameBound::End => "UNBOUNDED FOLLOWING".to_owned(),
        FrameBound::At(0) => "CURRENT ROW".to_owned(),
        FrameBound::At(n) if n < 0 => format!("{} PRECEDING", n.unsigned_abs()),
        FrameBound::At(n) => format!("{n} FOLLOWING"),
    };
    format!("{} BETWEEN {} AND {}", frame.unit.word().to_uppercase(), bound(frame.from), bound(frame.to))
}

impl Values {
    /// A window function, the expression that `as_expression` makes.
    pub(super) fn over(&self, e: &Expr) -> Option<Made> {
        let (window, named) = window_of(e)?;
        Some(self.window(&window, named))
    }

    fn window(&self, window: &WindowCall, named: Option<&str>) -> Made {
        let call: E = Box::new(Spanned::new(window.call(), window.function.span.clone()));
        let is_own = crate::functions::window::is_window_function(&window.function.item);
        let mut text = match is_own {
            true => Expression::call(&window.function.item, self.write_all(&window.args)?).text,
            false => self.write(&call)?.text,
        };
        if window.ignore_nulls {
            text.push_str(" IGNORE NULLS");
        }
        if let Some(name) = named {
            return Ok(Expression::atom(format!("{text} OVER {}", Own.name(name))));
        }
        let mut parts = Vec::new();
        if !window.by.is_empty() {
            let by: Vec<String> = self.write_all(&window.by)?.into_iter().map(|e| e.text).collect();
            parts.push(format!("PARTITION BY {}", by.join(", ")));
        }
        if !window.order.is_empty() {
            let write = |e: &E| Ok(self.write(e)?.text);
            let order = order_keys(&window.order, write, |e| Ok(never_missing(&e.item)))?;
            parts.push(format!("ORDER BY {}", OrderKey::list(&order, Own)));
        }
        parts.extend(window.frame.as_ref().map(frame));
        Ok(Expression::atom(format!("{text} OVER ({})", parts.join(" "))))
    }
}
