//! What lies over the page: the keys, text to paste. One dialog each, closed by Escape and by a click beside it.

use web_sys::{HtmlTextAreaElement, KeyboardEvent, SubmitEvent};
use yew::{Callback, Html, Properties, component, html, use_effect_with, use_node_ref};

use super::{
    icon::{Glyph, Icon},
    popover::focus_first,
};
use crate::{
    engine::Given,
    platform::browser,
    state::{Action, keys, model::Sheet},
};

#[derive(Properties, PartialEq)]
pub(super) struct DialogProps {
    pub(super) title: &'static str,
    pub(super) act: Callback<Action>,
    pub(super) children: Html,
}

/// A panel over the page.
#[component]
pub(super) fn Dialog(props: &DialogProps) -> Html {
    let DialogProps { title, act, children } = props;
    let panel = use_node_ref();
    let close = act.reform(|()| Action::Sheet(Sheet::None));
    {
        let panel = panel.clone();
        use_effect_with((), move |()| focus_first(&panel));
    }
    let onkeydown = {
        let close = close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                close.emit(());
            }
        })
    };
    html! {
        <div class="dialog-ground">
            <div class="backdrop dim" onclick={close.reform(|_| ())}></div>
            <div ref={panel} class="dialog" role="dialog" aria-modal="true" aria-label={*title} tabindex="-1" {onkeydown}>
                <div class="dialog-head"><h2>{ *title }</h2><span class="grow"></span>
                    <button type="button" class="quiet square" aria-label="Close" onclick={close.reform(|_| ())}><Icon glyph={Glyph::Close} /></button></div>
                { children.clone() }
            </div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct SheetProps {
    pub(crate) act: Callback<Action>,
}

/// Every key.
#[component]
pub(crate) fn KeysDialog(props: &SheetProps) -> Html {
    let lines = keys::SHEET.iter().map(|(keys, words)| {
        html! { <div><dt>{ for keys.iter().map(|k| html! { <kbd>{ *k }</kbd> }) }</dt><dd>{ *words }</dd></div> }
    });
    html! { <Dialog title="Keys" act={props.act.clone()}><dl class="keys">{ for lines }</dl></Dialog> }
}

/// A field to paste log lines into.
#[component]
pub(crate) fn PasteDialog(props: &SheetProps) -> Html {
    let area = use_node_ref();
    let onsubmit = {
        let (area, act) = (area.clone(), props.act.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = area.cast::<HtmlTextAreaElement>().map(|a| a.value()).unwrap_or_default();
            if text.trim().is_empty() {
                return;
            }
            if let Some(file) = browser::text_file(&text, "pasted.log") {
                act.emit(Action::Open(vec![Given { path: "pasted.log".to_owned(), file }]));
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
