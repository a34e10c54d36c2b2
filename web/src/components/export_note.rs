//! How far an export is, and its end.

use yew::{Callback, Html, Properties, component, html, use_node_ref};

use super::icon::{Glyph, Icon};
use crate::{
    hooks::use_style,
    state::{Action, ExportAction, model::Export, text},
};

#[derive(Properties, PartialEq)]
pub(crate) struct ExportNoteProps {
    pub(crate) export: Export,
    pub(crate) act: Callback<Action>,
}

/// How an export goes.
#[component]
pub(crate) fn ExportNote(props: &ExportNoteProps) -> Html {
    let ExportNoteProps { export: Export { done, total, file }, act } = props;
    let line = use_node_ref();
    let part = if *total > 0 { *done as f64 / *total as f64 } else { 1.0 };
    use_style(&line, vec![("--part", format!("{part:.4}"))]);
    html! {
        <div class="toast wide">
            if let Some(name) = file {
                <Icon glyph={Glyph::Download} /><span role="status">{ format!("Saved {name}") }</span>
                <button type="button" class="quiet square" aria-label="Dismiss" onclick={act.reform(|_| Action::Export(ExportAction::Seen))}><Icon glyph={Glyph::Close} /></button>
            } else {
                <span>{ format!("Writing {} of {}", text::grouped(*done), text::plural(*total, "row")) }</span>
                <span ref={line} class="line" role="progressbar" aria-label="Export" aria-valuemin="0" aria-valuemax="100" aria-valuenow={((part * 100.0) as u64).to_string()}></span>
                <button type="button" class="out small" onclick={act.reform(|_| Action::Export(ExportAction::Cancel))}>{ "Cancel" }</button>
            }
        </div>
    }
}
