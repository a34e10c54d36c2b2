//! The filters of the query, one by one: each can be turned around or removed.

use logloupe_syntax::{Language, edit::FilterOp};
use logloupe_table::{Value, shown};
use yew::{AttrValue, Callback, Html, Properties, classes, component, html};

use super::icon::{Glyph, Icon};
use crate::state::{
    Action, QueryAction,
    edits::{self, QueryText},
};

#[derive(Properties, PartialEq)]
pub(crate) struct ChipsProps {
    /// The query that runs.
    pub(crate) query: AttrValue,
    pub(crate) language: Language,
    pub(crate) act: Callback<Action>,
}

/// The list "Active filters".
#[component]
pub(crate) fn Chips(props: &ChipsProps) -> Html {
    let chips = edits::chips(QueryText { text: &props.query, language: props.language });
    let many = chips.len() > 1;
    let items = chips.into_iter().map(|chip| {
        let filter = &chip.filter;
        let index = chip.index;
        let said_no = filter.negated
            || matches!(
                filter.op,
                FilterOp::NotEqual | FilterOp::NotIn | FilterOp::NotLike | FilterOp::NotMatches
            );
        let words = match filter.op {
            FilterOp::Condition => html! { <span class="mono">{ &chip.text }</span> },
            op => html! {
                <>
                    if filter.negated { <span class="not-word">{ "not" }</span> }
                    if !filter.field.is_empty() { <b>{ &filter.field }</b> }
                    if !filter.field.is_empty() && op != FilterOp::Equal && op != FilterOp::Term { <span class="op">{ op.symbol() }</span> }
                    if filter.value != Value::Null { <span class="what">{ shown::line(&list_text(&filter.value)) }</span> }
                </>
            },
        };
        html! {
            <li key={index} class={classes!("chip", said_no.then_some("not"))} title={chip.text.clone()}>
                <button type="button" class="words" onclick={props.act.reform(move |_| Action::Query(QueryAction::InvertFilter(index)))}
                    aria-label={format!("Invert filter {}", chip.text)}>{ words }</button>
                <button type="button" class="remove" onclick={props.act.reform(move |_| Action::Query(QueryAction::RemoveFilter(index)))}
                    aria-label={format!("Remove filter {}", chip.text)}><Icon glyph={Glyph::Close} /></button>
            </li>
        }
    });
    html! {
        <ul class="chips" aria-label="Active filters">
            { for items }
            if many {
                <li><button type="button" class="quiet small" onclick={props.act.reform(|_| Action::Query(QueryAction::RemoveFilters))}>{ "Clear all" }</button></li>
            }
        </ul>
    }
}

fn list_text(value: &Value) -> String {
    match value {
        Value::List(items) => items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        value => value.to_string(),
    }
}
