//! The commands that look at rows side by side or make other rows of them: their tree, their arguments and their
//! canonical text. Not here: what they do, see [`plan`](crate::query::plan).
//!
//! ```text
//! command = "unnest" expression "into" name
//!         | "expand" field
//! ```

use std::fmt::{self, Display, Formatter};

use super::{
    display::Name,
    insights::{Parser, Reported, Step},
    lexer::{Lexeme, Symbol},
    tree::{E, Expr, Spanned},
    words::CommandWord,
};
use crate::query::diagnostic::Diagnostic;

/// A command over rows or over a table of results.
#[derive(Clone, Debug, PartialEq)]
pub enum TableCommand {
    /// `unnest list into name`: a row for each item of a list.
    Unnest {
        /// The list.
        list: E,
        /// What an item is called; the list's own name if left out (`expand`).
        name: Option<Spanned<String>>,
    },
}

/// Which table command a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableVerb {
    Unnest,
    Expand,
}

impl TableCommand {
    /// Its expressions, in the order of the text.
    pub fn expressions(&self) -> Vec<&E> {
        match self {
            TableCommand::Unnest { list, .. } => vec![list],
        }
    }
    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        false
    }
}

impl Display for TableCommand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            TableCommand::Unnest { list, name: Some(name) } => {
                write!(f, "unnest {} into {}", list.item, Name(&name.item))
            }
            TableCommand::Unnest { list, name: None } => write!(f, "expand {}", list.item),
        }
    }
}

impl Parser<'_> {
    /// What stands behind the name of a table command.
    pub(super) fn table_command(&mut self, verb: TableVerb, known: &CommandWord) -> Step<TableCommand> {
        Ok(match verb {
            TableVerb::Unnest | TableVerb::Expand => self.unnest(verb, known)?,
        })
    }

    fn unnest(&mut self, verb: TableVerb, known: &CommandWord) -> Step<TableCommand> {
        if self.is_word_at(0, "into") && self.peek_at(1).kind == Lexeme::Word {
            return Err(self.unexpected("a list"));
        }
        let list = self.expression()?;
        if self.is_symbol(Symbol::Comma) {
            let help = format!("for the second list write `| {}` once more", known.name);
            let message = format!("`{}` takes one list", known.name);
            self.report(Diagnostic::error(self.peek().span(), message).help(help));
            return Err(Reported);
        }
        if self.eat_word("into") || self.eat_word("as") {
            return Ok(TableCommand::Unnest { list, name: Some(self.new_name()?) });
        }
        if verb == TableVerb::Unnest && self.at_end_of_command() {
            let help = format!("write, for example, `{} {} into item`", known.name, list.item);
            let message = "expected `into` and a name for the items";
            self.report(Diagnostic::error(self.end()..self.end(), message).help(help));
            return Err(Reported);
        }
        if !matches!(list.item, Expr::Field(_)) {
            let message = format!("`{}` takes a field, not an expression", known.name);
            let help = "write `unnest … into name`";
            self.report(Diagnostic::error(list.span, message).help(help));
            return Err(Reported);
        }
        Ok(TableCommand::Unnest { list, name: None })
    }
}
