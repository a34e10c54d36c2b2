//! The steps that look at rows side by side or make other rows of them. Not here: how a command becomes a step (see
//! `lower_table`), and how a step runs (see [`exec`](crate::query::exec)).

use super::Node;

/// One such step. Definitions that it makes have no expression; the step fills them.
#[derive(Clone, Debug)]
pub(crate) enum TableStep {
    /// A row for each item of a list; none for a row whose list is empty or missing. What is no list is one item.
    Unnest {
        /// The list.
        list: Node,
        /// The definition that is the item.
        into: usize,
    },
}

impl TableStep {
    /// Everything that the step reads, each an input or a definition.
    pub(crate) fn reads(&self) -> Vec<&Node> {
        match self {
            TableStep::Unnest { list, .. } => vec![list],
        }
    }
    /// Whether what becomes of a row depends on that row alone.
    pub(crate) fn is_row_by_row(&self) -> bool {
        matches!(self, TableStep::Unnest { .. })
    }
}
