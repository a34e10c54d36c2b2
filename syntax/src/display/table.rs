//! The canonical text of commands that look at rows side by side.

use std::fmt::{self, Display, Formatter};

use super::{Name, list};
use crate::tree::{E, Expr, FieldNames, FrameBound, Outliers, Spanned, TableCommand, WindowFrame};

impl Display for TableCommand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let named = |f: &mut Formatter<'_>, name: &Option<Spanned<String>>| match name {
            Some(name) => write!(f, " as {}", Name(&name.item)),
            None => Ok(()),
        };
        let option = |f: &mut Formatter<'_>, given: bool, name: &str, value: &dyn Display| match given {
            true => write!(f, " {name}={value}"),
            false => Ok(()),
        };
        match self {
            TableCommand::Unnest { list, name: Some(name) } => {
                write!(f, "unnest {} into {}", list.item, Name(&name.item))
            }
            TableCommand::Unnest { list, name: None } => write!(f, "expand {}", list.item),
            TableCommand::Pattern(text) => write!(f, "pattern {}", text.item),
            TableCommand::Sessionize { keys, pause, name } => {
                f.write_str("sessionize ")?;
                list(f, keys, |f, e| e.item.fmt(f))?;
                if let Some(pause) = pause {
                    write!(f, " maxspan {pause}")?;
                }
                named(f, name)
            }
            TableCommand::CountFrequent(fields) => {
                f.write_str("countFrequent ")?;
                list(f, fields, |f, e| e.item.fmt(f))
            }
            TableCommand::FillMissing(values) => {
                f.write_str("fillmissing")?;
                if !values.is_empty() {
                    f.write_str(" with ")?;
                }
                list(f, values, |f, (value, name)| {
                    write!(f, "{} for {}", Expr::Literal(value.item.clone()), Name(&name.item))
                })
            }
            TableCommand::FillDown(names) => {
                f.write_str("filldown")?;
                names.iter().try_for_each(|name| match &name.item {
                    FieldNames::One(name) => write!(f, " {}", Name(name)),
                    FieldNames::Like(form) => write!(f, " {form}"),
                })
            }
            TableCommand::Accumulate { field, name } => {
                write!(f, "accum {}", ColumnName(field))?;
                named(f, name)
            }
            TableCommand::AddTotals { fields, name, rows, columns } => {
                f.write_str("addtotals")?;
                if let Some(name) = name {
                    write!(f, " fieldname={}", Name(&name.item))?;
                }
                option(f, !rows, "row", &false)?;
                option(f, *columns, "col", &true)?;
                f.write_str(if fields.is_empty() { "" } else { " " })?;
                list(f, fields, |f, e| ColumnName(e).fmt(f))
            }
            TableCommand::Autoregress { field, name, lags: (from, to) } => {
                write!(f, "autoregress {}", ColumnName(field))?;
                named(f, name)?;
                match (from, to) {
                    (1, 1) => Ok(()),
                    _ if from == to => write!(f, " p={from}"),
                    _ => write!(f, " p={from}-{to}"),
                }
            }
            TableCommand::Outlier { fields, how } => {
                f.write_str("outlier")?;
                option(f, how.remove, "action", &"remove")?;
                option(f, how.factor != Outliers::default().factor, "param", &how.factor)?;
                option(f, how.lower, "uselower", &true)?;
                option(f, how.mark, "mark", &true)?;
                f.write_str(" ")?;
                list(f, fields, |f, e| ColumnName(e).fmt(f))
            }
            TableCommand::Window(window) => {
                write!(f, "window {}", window.call())?;
                f.write_str(if window.ignore_nulls { " ignore nulls" } else { "" })?;
                if !window.by.is_empty() {
                    f.write_str(" by ")?;
                    list(f, &window.by, |f, e| e.item.fmt(f))?;
                }
                if !window.order.is_empty() {
                    f.write_str(" sort ")?;
                    list(f, &window.order, |f, key| key.fmt(f))?;
                }
                if let Some(frame) = &window.frame {
                    write!(f, " {frame}")?;
                }
                named(f, &window.name)
            }
        }
    }
}

impl Display for WindowFrame {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} to {}", self.unit.word(), self.from, self.to)
    }
}

impl Display for FrameBound {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            FrameBound::Start => f.write_str("start"),
            FrameBound::At(distance) => distance.fmt(f),
            FrameBound::End => f.write_str("end"),
        }
    }
}

/// One of several fields that stand side by side.
struct ColumnName<'a>(&'a E);

impl Display for ColumnName<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.item {
            field @ (Expr::Field(_) | Expr::Call { .. }) => field.fmt(f),
            other => write!(f, "({other})"),
        }
    }
}
