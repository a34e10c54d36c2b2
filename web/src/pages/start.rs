//! The first screen: give logs, or try it with made-up ones; what is understood; that nothing leaves, and how to check.

use crate::format_info as formats;
use yew::{Callback, Html, Properties, component, html};

use crate::{
    components::{
        icon::{Glyph, Icon},
        picker::Picker,
    },
    state::{Action, FilesAction, ScreenAction, facets, model::Overlay},
};

#[derive(Properties, PartialEq)]
pub(crate) struct StartProps {
    /// How many formats are known by now: they are told a moment after the page is there.
    pub(crate) known: usize,
    pub(crate) act: Callback<Action>,
}

/// The start screen.
#[component]
pub(crate) fn Start(props: &StartProps) -> Html {
    let act = &props.act;
    let list = formats::all().iter().map(|format| {
        html! {
            <li><i class={format!("dot c{}", facets::format_colour(format.id))}></i><div><b>{ format.title }</b><span>{ format.summary }</span></div></li>
        }
    });
    html! {
        <main class="start">
            <div class="start-column">
                <p class="claim">{ "Ask your AWS logs. Here, in this page, without sending them anywhere." }</p>
                <div class="drop">
                    <p class="drop-words">{ "Drop log files, archives or a whole folder" }</p>
                    <p class="muted">{ ".json, .log, .gz, .zip, .tar, thousands at once" }</p>
                    <div class="drop-buttons">
                        <Picker class="primary tall" />
                        <Picker folder={true} class="out tall" />
                        <button type="button" class="out tall" onclick={act.reform(|_| Action::Screen(ScreenAction::Overlay(Overlay::Paste)))}><Icon glyph={Glyph::Paste} />{ "Paste" }</button>
                    </div>
                    <div class="or"><span>{ "or" }</span></div>
                    <button type="button" class="out tall" onclick={act.reform(|_| Action::Files(FilesAction::OpenSample))}><Icon glyph={Glyph::Spark} />{ "Try sample logs" }</button>
                    <p class="muted small-words">{ "A leaked key, told by four logs over a few days. Made up." }</p>
                </div>
                <section class="understood" aria-label="Logs that are understood">
                    <h2>{ "Understands" }</h2>
                    <ul>{ for list }</ul>
                </section>
                <details class="privacy">
                    <summary><Icon glyph={Glyph::Lock} /><span>{ "Your logs stay on this machine. " }</span><u>{ "How do I check that?" }</u></summary>
                    <ul>
                        <li>{ "Open your browser's developer tools (F12), tab Network, then load logs: after the page itself there is not one request." }</li>
                        <li>{ "The page carries a Content-Security-Policy that allows no other host. View the source: it is the second line of the head." }</li>
                        <li>{ "Go offline before you open a file. Everything still works." }</li>
                    </ul>
                </details>
            </div>
        </main>
    }
}
