//! The remarks on a query, under its text field.

use logloupe_syntax::{Diagnostic, Severity};
use yew::{AttrValue, Html, Properties, component, html};

use crate::state::{Shared, text};

/// How many are shown.
const SHOWN: usize = 4;

#[derive(Properties, PartialEq)]
pub(crate) struct RemarksProps {
    pub(crate) text: AttrValue,
    pub(crate) remarks: Shared<Vec<Diagnostic>>,
}

/// What is wrong with the query: the words, the place, what to do.
#[component]
pub(crate) fn Remarks(props: &RemarksProps) -> Html {
    let RemarksProps { text: query, remarks } = props;
    let left = remarks.len().saturating_sub(SHOWN);
    let more = (left > 0).then(|| html! { <p class="remark warn">{ format!("and {} more", text::plural(left as u64, "remark")) }</p> });
    let items = remarks.iter().take(SHOWN).map(|remark| {
        let error = remark.severity == Severity::Error;
        let place = query.get(remark.span.clone()).unwrap_or("").trim();
        let short: String = place.chars().take(60).collect();
        html! {
            <p class={if error { "remark bad" } else { "remark warn" }}>
                <b>{ if error { "Error" } else { "Note" } }</b>
                <span>
                    { &remark.message }
                    if !short.is_empty() { <>{ " at " }<code>{ short }</code></> }
                    if !remark.help.is_empty() { <span class="help">{ ": " }{ &remark.help }</span> }
                </span>
            </p>
        }
    });
    let wrong = remarks.iter().any(|d| d.severity == Severity::Error);
    html! {
        <div id="query-remarks" class="remarks">
            if wrong {
                <div role="alert">{ for items }{ more }</div>
            } else if !remarks.is_empty() {
                <div>{ for items }{ more }</div>
            }
        </div>
    }
}
