//! The alert for workers that stopped, with the files whose rows are gone.

use yew::{Callback, Html, Properties, component, html};

use super::icon::{Glyph, Icon};
use crate::state::{Action, FilesAction, ScreenAction, Shared, model::Stopped, text};

#[derive(Properties, PartialEq)]
pub(crate) struct StoppedBannerProps {
    pub(crate) stopped: Shared<Vec<Stopped>>,
    pub(crate) act: Callback<Action>,
}

/// Says that a worker stopped, and what went with it.
#[component]
pub(crate) fn StoppedBanner(props: &StoppedBannerProps) -> Html {
    let StoppedBannerProps { stopped, act } = props;
    if stopped.is_empty() {
        return html! {};
    }
    let files: Vec<&String> = stopped.iter().flat_map(|s| &s.files).collect();
    let messages: Vec<&str> = stopped.iter().map(|s| s.message.as_str()).collect();
    let copied = format!(
        "{}\n{}",
        messages.join("\n"),
        files.iter().map(|f| f.as_str()).collect::<Vec<_>>().join("\n")
    );
    html! {
        <div class="banner bad" role="alert">
            <Icon glyph={Glyph::Warning} />
            <div>
                <b>{ "A worker stopped." }</b>{ format!(" The rows of {} are gone; everything else goes on. Give these files again to read them again.", text::plural(files.len() as u64, "file")) }
                <details><summary>{ "Which files, and what it said" }</summary>
                    <ul>{ for files.iter().take(200).map(|f| html! { <li class="mono">{ *f }</li> }) }</ul>
                    <pre>{ messages.join("\n") }</pre>
                </details>
            </div>
            <span class="grow"></span>
            <button type="button" class="out small" onclick={act.reform(move |_| Action::Screen(ScreenAction::Copy(copied.clone())))}>{ "Copy details" }</button>
            <button type="button" class="quiet square" aria-label="Dismiss" onclick={act.reform(|_| Action::Files(FilesAction::StoppedSeen))}><Icon glyph={Glyph::Close} /></button>
        </div>
    }
}
