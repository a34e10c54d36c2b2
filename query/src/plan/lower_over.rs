//! The walk from tree to plan for window functions: what is called, over which rows, and whether that can be done.

use std::ops::Range;

use super::{
    Node, Operator, WindowOperator,
    lower::Lower,
    window::{Over, OverFunction},
};
use logloupe_syntax::{
    functions::{
        aggregate,
        window::{self, WindowFunction, WindowKind, moves},
    },
    label,
    tree::{E, Expr, WindowCall},
};
use logloupe_table::{Unit, Value};

impl Lower<'_> {
    /// `window rank() by a sort b as n`.
    pub(super) fn over(&mut self, window: &WindowCall, span: &Range<usize>) {
        let place = match window.function.span.is_empty() {
            true => span.clone(),
            false => window.function.span.clone(),
        };
        if let Some(fault) = window.frame.as_ref().and_then(|frame| frame.fault()) {
            self.error(span, fault.0, fault.1);
        }
        let mut arguments = window.args.iter().filter(|arg| arg.item != Expr::Star);
        let arg = arguments.next().map(|arg| self.looked_at(arg));
        let by = window.by.iter().map(|key| self.looked_at(key)).collect();
        let order = window.order.iter().map(|key| (self.looked_at(&key.expr), key.descending)).collect();
        let mut over = Over {
            function: OverFunction::Count,
            arg,
            default: None,
            ignore_nulls: window.ignore_nulls,
            by,
            order,
            frame: window.frame,
            into: 0,
        };
        let mut unit = Unit::None;
        let name = &window.function.item;
        if let Some(found) = window::find(name) {
            if !self.arity(&place, found.name, found.signature, window.args.len(), found.arity) {
                return;
            }
            let Some(function) = self.window_function(found, window, &place) else { return };
            over.function = function;
            if found.kind.takes_a_value()
                && let Some(arg) = window.args.first()
            {
                unit = self.unit(&arg.item);
            }
            if let Some(default) = window.args.get(2) {
                over.default = Some(self.defined(default));
            }
        } else if let Some((found, kind)) = aggregate::find(name) {
            let Some(function) = OverFunction::of(kind).filter(|_| moves(kind)) else {
                let help =
                    "the aggregates over windows are count, sum, avg, min and max; compute others by `stats`";
                self.error(&place, format!("`{}` is not offered over a window", found.name), help);
                return;
            };
            if !self.arity(&place, found.name, found.signature, window.args.len(), found.arity) {
                return;
            }
            if found.keeps_unit
                && let Some(arg) = window.args.first()
            {
                unit = self.unit(&arg.item);
            }
            over.function = function;
        } else {
            let names = window::WINDOW_FUNCTIONS.iter().map(|f| f.name);
            let help = match self.like(name, names.chain(["count", "sum", "avg", "min", "max"])) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a window function or an aggregate stands behind `window`".to_owned(),
            };
            self.error(&place, format!("there is no window function `{name}`"), help);
            return;
        }
        if over.ignore_nulls && !window::find(name).is_some_and(|f| f.kind.takes_a_value()) {
            self.error(&place, "only functions of the values of other rows pass missing values over", "");
        }
        over.into = self.made();
        let name = window.name.as_ref().map_or_else(|| label(&window.call()), |name| name.item.clone());
        let into = Node::Def(over.into);
        self.show(&name, into, unit);
        self.stage.steps.push(Operator::Window(WindowOperator::Over(Box::new(over))));
    }

    /// An expression that a window looks at; a field is shown where no command names the fields of events.
    fn looked_at(&mut self, e: &E) -> Node {
        match &e.item {
            Expr::Field(_) => self.field_of_row(e),
            _ => self.defined(e),
        }
    }

    fn window_function(
        &mut self,
        found: &WindowFunction,
        window: &WindowCall,
        span: &Range<usize>,
    ) -> Option<OverFunction> {
        let (kind, name) = (found.kind, found.name);
        let at = |n: usize| window.args.get(n);
        if kind.is_shift() && window.order.is_empty() {
            let help = "say which row is the one before: `ORDER BY` in SQL, `sort` here";
            self.error(span, format!("`{name}` needs an order of rows"), help);
            return None;
        }
        if kind.is_shift() && window.frame.is_some() {
            self.error(
                span,
                format!("`{name}` looks at the whole partition and takes no frame"),
                "leave the frame out",
            );
            return None;
        }
        Some(match kind {
            WindowKind::RowNumber => OverFunction::RowNumber,
            WindowKind::Rank => OverFunction::Rank,
            WindowKind::DenseRank => OverFunction::DenseRank,
            WindowKind::PercentRank => OverFunction::PercentRank,
            WindowKind::CumeDist => OverFunction::CumeDist,
            WindowKind::Ntile => OverFunction::Ntile(self.whole(at(0)?, 1)?),
            WindowKind::Lag => OverFunction::Lag(self.whole_or(at(1), 1)?),
            WindowKind::Lead => OverFunction::Lead(self.whole_or(at(1), 1)?),
            WindowKind::FirstValue => OverFunction::FirstValue,
            WindowKind::LastValue => OverFunction::LastValue,
            WindowKind::NthValue => OverFunction::NthValue(self.whole(at(1)?, 1)?),
        })
    }

    fn whole_or(&mut self, e: Option<&E>, other: u64) -> Option<u64> {
        match e {
            Some(e) => self.whole(e, 0),
            None => Some(other),
        }
    }

    /// A whole number that stands in the query.
    fn whole(&mut self, e: &E, least: u64) -> Option<u64> {
        let number = match &e.item {
            Expr::Literal(Value::Int(n)) => u64::try_from(*n).ok(),
            _ => None,
        };
        let fits = number.filter(|n| *n >= least);
        if fits.is_none() {
            let message = format!("expected a whole number in the query, {least} or more");
            self.error(&e.span, message, "a number that changes from row to row is not offered");
        }
        fits
    }
}
