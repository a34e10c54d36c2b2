//! Window functions for Athena: a SELECT of their own in the WITH, as what comes after them may be a condition on them.

use super::{
    Printer, SelectItem,
    functions::{ORDER, alike},
    typed::Typed,
};
use crate::transpile::Unsupported;
use logloupe_query::plan::{Node, Operator, Over, OverFunction, WindowOperator};
use logloupe_syntax::{
    functions::SqlType,
    sql::{
        display::frame,
        write::{Dialect, Expression, OrderKey},
    },
};
use logloupe_table::Value;

impl<'p> Printer<'p> {
    /// Adds the columns of the windows from step `at` on that look at the same rows, and not at each other.
    pub(super) fn over(&mut self, at: usize) -> Result<(), Unsupported> {
        let plan = self.plan;
        let Some(stage) = plan.stages.get(self.stage) else { return Ok(()) };
        let steps = stage.steps.get(at..).unwrap_or_default();
        let mut windows: Vec<&'p Over> = Vec::new();
        for step in steps {
            let Operator::Window(operator @ WindowOperator::Over(over)) = step else { break };
            let is_there = |n: usize| matches!(self.relation.defs.get(n), Some(Some(_)));
            let later = |node: &&Node| match node {
                Node::Def(n) => stage.late.get(*n).copied().unwrap_or(false) && !is_there(*n),
                _ => false,
            };
            let depends = !windows.is_empty() && operator.reads().iter().any(later);
            if is_there(over.into) || depends {
                break;
            }
            windows.push(over);
        }
        // Written with the windows before it.
        if windows.is_empty() {
            return Ok(());
        }
        if self.relation.is_closed() {
            self.layer("limited", at, Vec::new())?;
        }
        let (mut items, mut types) = (Vec::new(), Vec::new());
        for over in &windows {
            let (sql, ty) = self.over_window(over)?;
            let is_last = self.stage + 1 == plan.stages.len();
            let is_own = |node: &Node| is_last && matches!(node, Node::Def(n) if *n == over.into);
            let name = plan.shown.iter().find(|output| is_own(&output.node));
            let name = name.map_or_else(|| "window_value".to_owned(), |output| output.name.clone());
            items.push(SelectItem { sql, name });
            types.push(ty);
        }
        let names = self.layer("windowed", at + windows.len(), items)?;
        for ((over, name), ty) in windows.iter().zip(names).zip(types) {
            if let Some(slot) = self.relation.defs.get_mut(over.into) {
                *slot = Some(Typed::atom(Dialect::Athena.name(&name), ty));
            }
        }
        Ok(())
    }

    /// A call with its window, and what it gives.
    fn over_window(&mut self, over: &Over) -> Result<(String, SqlType), Unsupported> {
        let (call, ty) = self.over_call(over)?;
        let mut parts = Vec::new();
        let mut by = Vec::new();
        for key in &over.by {
            by.push(self.value(key)?);
        }
        let by: Vec<String> = by.into_iter().filter(|k| k.constant.is_none()).map(|k| k.expr.text).collect();
        if !by.is_empty() {
            parts.push(format!("PARTITION BY {}", by.join(", ")));
        }
        let mut keys = Vec::new();
        for (node, descending) in &over.order {
            let key = self.value(node)?;
            if key.ty == SqlType::Text {
                self.note(ORDER);
            }
            keys.push((key, *descending));
        }
        let order = Self::written_order(&keys, &[]);
        if !order.is_empty() {
            parts.push(format!("ORDER BY {}", OrderKey::list(&order, Dialect::Athena)));
        }
        if !matches!(
            over.function,
            OverFunction::Rank | OverFunction::DenseRank | OverFunction::PercentRank | OverFunction::CumeDist
        ) {
            self.note(
                "rows that are equal by the order of a window are in no order in Athena; in Logloupe, in that of all rows",
            );
        }
        parts.extend(over.frame.as_ref().map(frame));
        let nulls = if over.ignore_nulls { " IGNORE NULLS" } else { "" };
        Ok((format!("{call}{nulls} OVER ({})", parts.join(" ")), ty))
    }

    /// The call before `OVER`, and what it gives.
    fn over_call(&mut self, over: &Over) -> Result<(Expression, SqlType), Unsupported> {
        let arg = match &over.arg {
            Some(arg) => self.value(arg)?,
            None => Typed::atom("*", SqlType::Nothing),
        };
        let number = || arg.number().unwrap_or_else(|| Typed::constant(&Value::Null));
        let none = |name: &str, ty| (Expression::call(name, Vec::<String>::new()), ty);
        let counted = |name: &str, n: u64| (Expression::call(name, [n.to_string()]), SqlType::Int);
        Ok(match over.function {
            OverFunction::RowNumber => none("row_number", SqlType::Int),
            OverFunction::Rank => none("rank", SqlType::Int),
            OverFunction::DenseRank => none("dense_rank", SqlType::Int),
            OverFunction::PercentRank => none("percent_rank", SqlType::Float),
            OverFunction::CumeDist => none("cume_dist", SqlType::Float),
            OverFunction::Ntile(shares) => counted("ntile", shares),
            OverFunction::Lag(rows) | OverFunction::Lead(rows) => {
                let name = if matches!(over.function, OverFunction::Lag(_)) { "lag" } else { "lead" };
                match &over.default {
                    Some(default) => {
                        let (values, ty) = alike(vec![arg.clone(), self.value(default)?]);
                        let [value, default] = values.as_slice() else { return Ok(none(name, ty)) };
                        let args = [value.expr.text.clone(), rows.to_string(), default.expr.text.clone()];
                        (Expression::call(name, args), ty)
                    }
                    None if rows == 1 => (Expression::call(name, [&arg]), arg.ty),
                    None => (Expression::call(name, [arg.expr.text.clone(), rows.to_string()]), arg.ty),
                }
            }
            OverFunction::FirstValue => (Expression::call("first_value", [&arg]), arg.ty),
            OverFunction::LastValue => (Expression::call("last_value", [&arg]), arg.ty),
            OverFunction::NthValue(n) => {
                (Expression::call("nth_value", [arg.expr.text.clone(), n.to_string()]), arg.ty)
            }
            OverFunction::Count => (Expression::call("count", [&arg]), SqlType::Int),
            OverFunction::Sum => (Expression::call("sum", [number()]), number().ty),
            OverFunction::Avg => (Expression::call("avg", [number()]), SqlType::Float),
            OverFunction::Min | OverFunction::Max => {
                if arg.ty == SqlType::Text {
                    self.note(ORDER);
                }
                let name = if over.function == OverFunction::Min { "min" } else { "max" };
                (Expression::call(name, [&arg]), arg.ty)
            }
        })
    }
}
