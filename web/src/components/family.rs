//! What a log is about, as a letter on a colour: wherever logs are told apart.

use logloupe_table::Family;
use yew::{Html, html};

use crate::state::facets;

/// The letter of a family on its colour.
pub(crate) fn mark(family: Family) -> Html {
    html! { <i class={format!("family {}", facets::family_class(family))} title={family.name()} data-text={family.letter()} aria-hidden="true"></i> }
}

/// The mark of a log's family, and the log's id.
pub(crate) fn log(id: &str) -> Html {
    html! { <>{ mark(facets::family(id)) }{ id }</> }
}
