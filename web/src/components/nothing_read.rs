//! What stands in the place of the rows when no file gave any.

use logloupe_table::{ledger::Entry, shown};
use yew::{Callback, Html, Properties, component, html};

use crate::state::{Action, FilesAction, ScreenAction, Shared, ledger, text, url::Page};

#[derive(Properties, PartialEq)]
pub(crate) struct NothingReadProps {
    pub(crate) entries: Shared<Vec<Entry>>,
    pub(crate) act: Callback<Action>,
}

/// Stands where rows would be when no file gave any: for each file why.
#[component]
pub(crate) fn NothingRead(props: &NothingReadProps) -> Html {
    const SHOWN: usize = 6;
    let NothingReadProps { entries, act } = props;
    let items = entries.iter().take(SHOWN).map(|entry| {
        let name = entry.source.rsplit('/').next().unwrap_or(&entry.source);
        html! { <li title={shown::line(&entry.source)}><code>{ shown::line(name) }</code><span>{ shown::line(&ledger::reason(entry)) }</span></li> }
    });
    let left = entries.len().saturating_sub(SHOWN);
    html! {
        <div class="empty">
            <h2>{ "No event was read" }</h2>
            <p>{ "The start screen lists the logs that are understood, as they come from S3 or from CloudWatch." }</p>
            <ul class="causes reasons">{ for items }
                if left > 0 { <li>{ format!("and {} more", text::grouped(left as u64)) }</li> }
            </ul>
            <div class="empty-buttons">
                <button type="button" class="primary" onclick={act.reform(|_| Action::Screen(ScreenAction::Go(Page::Ledger)))}>{ "Open the ledger" }</button>
                <button type="button" class="out" onclick={act.reform(|_| Action::Files(FilesAction::Clear))}>{ "Back to the start" }</button>
            </div>
        </div>
    }
}
