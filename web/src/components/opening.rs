//! Ways to give files: the two pickers, and dropping them anywhere on the page.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, HtmlInputElement};
use yew::{
    Callback, Html, Properties, TargetCast, component, html, use_effect_with, use_node_ref, use_state,
};

use super::icon::{Glyph, Icon};
use crate::{
    platform::{
        browser,
        files::{self, Dropped},
        listen::Listener,
    },
    state::Action,
};

#[derive(Properties, PartialEq)]
pub(crate) struct OpeningProps {
    pub(crate) act: Callback<Action>,
}

/// The two file inputs. They are always there, so that a menu which opens one may close while the browser's own
/// window is still open.
#[component]
pub(crate) fn FileInputs(props: &OpeningProps) -> Html {
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
            act.emit(Action::Open(given));
        })
    };
    html! {
        <div class="unseen">
            <input id="open-files" type="file" tabindex="-1" multiple={true} aria-label="Open log files" onchange={onchange.clone()} />
            <input id="open-folder" ref={folder} type="file" tabindex="-1" multiple={true} aria-label="Open folder" {onchange} />
        </div>
    }
}

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

/// Takes files that are dropped anywhere, and says so while they hover.
#[component]
pub(crate) fn DropAnywhere(props: &OpeningProps) -> Html {
    let hovering = use_state(|| false);
    {
        let act = props.act.clone();
        let set = hovering.setter();
        use_effect_with((), move |()| {
            let over = {
                let set = set.clone();
                Listener::on_window("dragover", move |event| {
                    event.prevent_default();
                    set.set(holds_files(&event));
                })
            };
            let leave = {
                let set = set.clone();
                Listener::on_window("dragleave", move |event| {
                    // Leaving one element for another inside the page has a target to go to.
                    let drag = event.unchecked_ref::<DragEvent>();
                    if drag.related_target().is_none() {
                        set.set(false);
                    }
                })
            };
            let drop_here = Listener::on_window("drop", move |event| {
                event.prevent_default();
                set.set(false);
                let Some(transfer) = event.unchecked_ref::<DragEvent>().data_transfer() else { return };
                let dropped = Dropped::of(&transfer);
                let act = act.clone();
                spawn_local(async move { act.emit(Action::Open(dropped.files().await)) });
            });
            move || drop((over, leave, drop_here))
        });
    }
    html! {
        if *hovering {
            <div class="drop-overlay" aria-hidden="true"><div><Icon glyph={Glyph::Download} />{ "Drop logs, archives or folders" }</div></div>
        }
    }
}

fn holds_files(event: &web_sys::Event) -> bool {
    let transfer = event.unchecked_ref::<DragEvent>().data_transfer();
    transfer.is_none_or(|t| t.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}
