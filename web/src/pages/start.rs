//! The first screen: give logs, or try it with made-up ones; what is understood; that nothing leaves, and how to check.

use crate::format_info as formats;
use yew::{Callback, Html, Properties, component, html};

use crate::{
    components::{
        family,
        icon::{Glyph, Icon},
        picker::Picker,
    },
    state::{Action, FilesAction, FormatsAction, ScreenAction, facets, model::Overlay},
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
    let families = facets::by_family(formats::all(), |format| format.id);
    let logs = formats::all().len();
    let list = families.into_iter().map(|(of, logs)| {
        let names: Vec<&str> = logs.iter().map(|format| short(format.title)).collect();
        let each = logs.iter().map(|format| html! { <li><b>{ format.title }</b><span>{ format.summary }</span></li> });
        html! {
            <details key={of.letter()} name="family">
                <summary>{ family::mark(of) }<b>{ of.name() }</b><span class="muted names">{ names.join(", ") }</span><Icon glyph={Glyph::Chevron} /></summary>
                <ul>{ for each }</ul>
            </details>
        }
    });
    html! {
        <main class="start">
            <div class="start-column">
                <p class="claim">{ "Ask your AWS logs. Here, in this page, without sending them anywhere." }</p>
                <div class="drop">
                    <p class="drop-words">{ "Drop log files, archives or a whole folder" }</p>
                    <p class="muted">{ ".json, .log, .gz, .zip, .tar, .parquet, thousands at once" }</p>
                    <div class="drop-buttons">
                        <Picker class="primary tall" />
                        <Picker folder={true} class="out tall" />
                        <button type="button" class="out tall" onclick={act.reform(|_| Action::Screen(ScreenAction::Overlay(Overlay::Paste)))}><Icon glyph={Glyph::Paste} />{ "Paste" }</button>
                    </div>
                    <div class="or"><span>{ "or" }</span></div>
                    <button type="button" class="out tall" onclick={act.reform(|_| Action::Files(FilesAction::OpenSample))}><Icon glyph={Glyph::Spark} />{ "Try sample logs" }</button>
                    <p class="muted small-words">{ "A leaked key, told by eleven logs over a week. Made up." }</p>
                    <button type="button" class="quiet pattern" onclick={act.reform(|_| Action::Formats(FormatsAction::Open(None)))}>{ "Try a pattern on lines of your own" }</button>
                </div>
                <section class="understood" aria-label="Logs that are understood">
                    <h2>{ if logs > 0 { format!("Understands {logs} logs") } else { "Understands".to_owned() } }</h2>
                    { for list }
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

/// A log's title without the words that all have in common.
fn short(title: &str) -> &str {
    let title = title.strip_prefix("AWS ").or(title.strip_prefix("Amazon ")).unwrap_or(title);
    title.strip_suffix(" access logs").or(title.strip_suffix(" logs")).unwrap_or(title)
}
