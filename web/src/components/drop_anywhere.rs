//! Files and folders that are dropped anywhere on the page.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::DragEvent;
use yew::{Callback, Html, Properties, component, html, use_effect_with, use_state};

use super::icon::{Glyph, Icon};
use crate::{
    platform::{files::Dropped, listen::Listener},
    state::{Action, FilesAction},
};

#[derive(Properties, PartialEq)]
pub(crate) struct DropAnywhereProps {
    pub(crate) act: Callback<Action>,
}

/// Takes files that are dropped anywhere, and says so while they hover.
#[component]
pub(crate) fn DropAnywhere(props: &DropAnywhereProps) -> Html {
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
                spawn_local(async move { act.emit(Action::Files(FilesAction::Open(dropped.files().await))) });
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
