//! The dialog "Keys".

use yew::{Callback, Html, Properties, component, html};

use super::dialog::Dialog;
use crate::state::{Action, keys};

#[derive(Properties, PartialEq)]
pub(crate) struct KeysDialogProps {
    pub(crate) act: Callback<Action>,
}

/// Every key.
#[component]
pub(crate) fn KeysDialog(props: &KeysDialogProps) -> Html {
    let lines = keys::HELP.iter().map(|(keys, words)| {
        html! { <div><dt>{ for keys.iter().map(|k| html! { <kbd>{ *k }</kbd> }) }</dt><dd>{ *words }</dd></div> }
    });
    html! { <Dialog title="Keys" act={props.act.clone()}><dl class="keys">{ for lines }</dl></Dialog> }
}
