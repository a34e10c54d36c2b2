//! The frame of a dialog: a panel over the page, closed by Escape and by a click beside it.

use web_sys::KeyboardEvent;
use yew::{Callback, Html, Properties, classes, component, html, use_effect_with, use_node_ref};

use super::{
    icon::{Glyph, Icon},
    popover::focus_first,
};
use crate::state::{Action, ScreenAction, model::Overlay};

#[derive(Properties, PartialEq)]
pub(super) struct DialogProps {
    pub(super) title: &'static str,
    #[prop_or_default]
    pub(super) wide: bool,
    pub(super) act: Callback<Action>,
    pub(super) children: Html,
}

/// A panel over the page.
#[component]
pub(super) fn Dialog(props: &DialogProps) -> Html {
    let DialogProps { title, wide, act, children } = props;
    let panel = use_node_ref();
    let close = act.reform(|()| Action::Screen(ScreenAction::Overlay(Overlay::None)));
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
            <div ref={panel} class={classes!("dialog", wide.then_some("wide"))} role="dialog" aria-modal="true" aria-label={*title} tabindex="-1" {onkeydown}>
                <div class="dialog-head"><h2>{ *title }</h2><span class="grow"></span>
                    <button type="button" class="quiet square" aria-label="Close" onclick={close.reform(|_| ())}><Icon glyph={Glyph::Close} /></button></div>
                { children.clone() }
            </div>
        </div>
    }
}
