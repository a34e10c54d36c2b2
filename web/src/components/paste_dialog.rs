//! The dialog "Paste log lines".

use web_sys::{HtmlTextAreaElement, SubmitEvent};
use yew::{Callback, Html, Properties, component, html, use_node_ref};

use super::dialog::Dialog;
use crate::{
    engine::InputFile,
    platform::browser,
    state::{Action, FilesAction},
};

#[derive(Properties, PartialEq)]
pub(crate) struct PasteDialogProps {
    /// How many texts were pasted before, and one.
    pub(crate) number: usize,
    pub(crate) act: Callback<Action>,
}

/// A field to paste log lines into.
#[component]
pub(crate) fn PasteDialog(props: &PasteDialogProps) -> Html {
    let area = use_node_ref();
    let onsubmit = {
        let (area, act, number) = (area.clone(), props.act.clone(), props.number);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = area.cast::<HtmlTextAreaElement>().map(|a| a.value()).unwrap_or_default();
            if text.trim().is_empty() {
                return;
            }
            // Numbered, so that what is said of one is remembered of all.
            let name = format!("pasted-{number}.log");
            if let Some(file) = browser::text_file(&text, &name) {
                act.emit(Action::Files(FilesAction::Open(vec![InputFile::new(name, file)])));
            }
        })
    };
    html! {
        <Dialog title="Paste log lines" act={props.act.clone()}>
            <form class="paste" {onsubmit}>
                <textarea ref={area} class="field mono" rows="12" spellcheck="false" aria-label="Log lines" placeholder="Lines of any of the logs that are understood, or JSON." />
                <div class="dialog-foot"><span class="hint">{ "They stay in this page, like files." }</span><span class="grow"></span><button type="submit" class="primary">{ "Read" }</button></div>
            </form>
        </Dialog>
    }
}
