//! The page's two file inputs, out of sight; a [`Picker`](super::picker::Picker) clicks them.

use web_sys::HtmlInputElement;
use yew::{Callback, Html, Properties, TargetCast, component, html, use_effect_with, use_node_ref};

use crate::{
    platform::files,
    state::{Action, FilesAction},
};

#[derive(Properties, PartialEq)]
pub(crate) struct FileInputsProps {
    pub(crate) act: Callback<Action>,
}

/// The two file inputs. They are always there, so that a menu which opens one may close while the browser's own
/// window is still open.
#[component]
pub(crate) fn FileInputs(props: &FileInputsProps) -> Html {
    let folder = use_node_ref();
    use_effect_with(folder.clone(), |folder| {
        if let Some(input) = folder.cast::<HtmlInputElement>() {
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    let onchange = {
        let act = props.act.clone();
        Callback::from(move |event: yew::Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            let given = input.files().map(|list| files::chosen(&list)).unwrap_or_default();
            // Emptied, so that choosing the same file again is a change.
            input.set_value("");
            act.emit(Action::Files(FilesAction::Open(given)));
        })
    };
    html! {
        <div class="unseen">
            <input id="open-files" type="file" tabindex="-1" multiple={true} aria-label="Open log files" onchange={onchange.clone()} />
            <input id="open-folder" ref={folder} type="file" tabindex="-1" multiple={true} aria-label="Open folder" {onchange} />
        </div>
    }
}
