//! The formats that the user described: to be changed, exported, deleted.

use logloupe_protocol::custom::Described;
use logloupe_table::custom::Definition;
use yew::{Callback, Html, Properties, component, html};

use crate::state::{Action, FormatsAction, Shared};

#[derive(Properties, PartialEq)]
pub(super) struct KeptProps {
    pub(super) known: Shared<Vec<Described>>,
    /// Takes a format into the form.
    pub(super) edit: Callback<Definition>,
    pub(super) act: Callback<Action>,
}

/// The list of them.
#[component]
pub(super) fn Kept(props: &KeptProps) -> Html {
    let KeptProps { known, edit, act } = props;
    let items = known.iter().filter_map(|described| {
        let definition = described.definition.clone()?;
        let (id, name) = (definition.id.clone(), definition.name.clone());
        let name = if name.is_empty() { id.clone() } else { name };
        let (export, forget) = (id.clone(), id.clone());
        let wrong = described.problem.as_ref().map(|problem| problem.to_string());
        Some(html! {
            <li key={id.clone()}>
                <b>{ &name }</b><code>{ &id }</code><span class="grow"></span>
                <button type="button" class="out small" aria-label={format!("Change {name}")} onclick={edit.reform(move |_| definition.clone())}>{ "Change" }</button>
                <button type="button" class="out small" aria-label={format!("Export {name}")} onclick={act.reform(move |_| Action::Formats(FormatsAction::Export(export.clone())))}>{ "Export" }</button>
                <button type="button" class="out small" aria-label={format!("Delete {name}")} onclick={act.reform(move |_| Action::Formats(FormatsAction::Forget(forget.clone())))}>{ "Delete" }</button>
                if let Some(wrong) = wrong { <p class="hint bad">{ wrong }</p> }
            </li>
        })
    });
    html! {
        <section class="kept" aria-label="Your formats">
            <h3>{ "Your formats" }</h3>
            if known.is_empty() {
                <p class="hint">{ "None yet. Drop the file of one on the page to use it; “Export” makes such a file." }</p>
            } else {
                <ul>{ for items }</ul>
            }
        </section>
    }
}
