//! A button that opens the browser's picker of files or folders.

use yew::{Callback, Html, Properties, component, html};

use super::icon::{Glyph, Icon};
use crate::platform::browser;

#[derive(Properties, PartialEq)]
pub(crate) struct PickerProps {
    /// Picks a folder instead of files.
    #[prop_or_default]
    pub(crate) folder: bool,
    #[prop_or_default]
    pub(crate) class: yew::Classes,
    /// Its role, where it stands in a menu.
    #[prop_or_default]
    pub(crate) role: Option<&'static str>,
}

/// A button that opens the browser's own picker.
#[component]
pub(crate) fn Picker(props: &PickerProps) -> Html {
    let (glyph, words, input) = match props.folder {
        false => (Glyph::File, "Open files", "#open-files"),
        true => (Glyph::Folder, "Open folder", "#open-folder"),
    };
    let onclick = Callback::from(move |_| browser::click(input));
    html! {
        <button type="button" role={props.role} class={props.class.clone()} {onclick}><Icon {glyph} /><span>{ words }</span></button>
    }
}
