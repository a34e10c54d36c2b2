//! What is said beside the work: a worker that stopped, an export that goes on, a word for a moment; and what stands
//! where there is nothing to show.

use logloupe_core::ingest::ledger::Entry;
use logloupe_syntax::Language;
use yew::{AttrValue, Callback, Html, Properties, component, html, use_node_ref};

use super::icon::{Glyph, Icon};
use crate::{
    hooks::use_style,
    state::{
        Action, Shared,
        edits::{self, Asked},
        ledger,
        model::{Export, Stopped},
        text,
        time_axis::{self, Range},
        url::Page,
    },
};

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
            <button type="button" class="out small" onclick={act.reform(move |_| Action::Copy(copied.clone()))}>{ "Copy details" }</button>
            <button type="button" class="quiet square" aria-label="Dismiss" onclick={act.reform(|_| Action::StoppedSeen)}><Icon glyph={Glyph::Close} /></button>
        </div>
    }
}

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
                <button type="button" class="quiet square" aria-label="Dismiss" onclick={act.reform(|_| Action::ExportSeen)}><Icon glyph={Glyph::Close} /></button>
            } else {
                <span>{ format!("Writing {} of {}", text::grouped(*done), text::plural(*total, "row")) }</span>
                <span ref={line} class="line" role="progressbar" aria-label="Export" aria-valuemin="0" aria-valuemax="100" aria-valuenow={((part * 100.0) as u64).to_string()}></span>
                <button type="button" class="out small" onclick={act.reform(|_| Action::CancelExport)}>{ "Cancel" }</button>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct NoMatchProps {
    pub(crate) query: AttrValue,
    pub(crate) language: Language,
    pub(crate) range: Option<Range>,
    pub(crate) total: u64,
    pub(crate) act: Callback<Action>,
}

/// Stands where rows would be when none match: what asks for too much, and a way back.
#[component]
pub(crate) fn NoMatch(props: &NoMatchProps) -> Html {
    let NoMatchProps { query, language, range, total, act } = props;
    let chips = edits::chips(Asked { text: query, language: *language });
    let one = chips.len() == 1 && range.is_none();
    let items = chips.iter().map(|chip| {
        let index = chip.index;
        html! { <li><code>{ &chip.text }</code><button type="button" class="out small" onclick={act.reform(move |_| Action::RemoveFilter(index))}>{ "Remove" }</button>
            <button type="button" class="quiet small" onclick={act.reform(move |_| Action::InvertFilter(index))}>{ "Invert" }</button></li> }
    });
    let words = if chips.is_empty() && range.is_none() {
        "The query gives no events.".to_owned()
    } else if one {
        "This filter removes them all:".to_owned()
    } else {
        "Together these leave nothing. Take one away:".to_owned()
    };
    html! {
        <div class="empty">
            <h2>{ format!("0 of {} events", text::grouped(*total)) }</h2>
            <p>{ words }</p>
            <ul class="causes">
                { for items }
                if let Some(range) = range {
                    <li><code>{ time_axis::range_text(*range) }</code><button type="button" class="out small" onclick={act.reform(|_| Action::Brush(None))}>{ "All of the data" }</button></li>
                }
            </ul>
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct NothingReadProps {
    pub(crate) entries: Shared<Vec<Entry>>,
    pub(crate) act: Callback<Action>,
}

/// Stands where rows would be when no file gave any: for each file why.
#[component]
pub(crate) fn NothingRead(props: &NothingReadProps) -> Html {
    const SHOWN: usize = 6;
    let NothingReadProps { entries, act } = props;
    let items = entries.iter().take(SHOWN).map(|entry| {
        let name = entry.source.rsplit('/').next().unwrap_or(&entry.source);
        html! { <li title={entry.source.clone()}><code>{ name }</code><span>{ ledger::reason(entry) }</span></li> }
    });
    let left = entries.len().saturating_sub(SHOWN);
    html! {
        <div class="empty">
            <h2>{ "No event was read" }</h2>
            <p>{ "The start screen lists the logs that are understood, as they come from S3 or from CloudWatch." }</p>
            <ul class="causes reasons">{ for items }
                if left > 0 { <li>{ format!("and {} more", text::grouped(left as u64)) }</li> }
            </ul>
            <div class="empty-buttons">
                <button type="button" class="primary" onclick={act.reform(|_| Action::Go(Page::Ledger))}>{ "Open the ledger" }</button>
                <button type="button" class="out" onclick={act.reform(|_| Action::Clear)}>{ "Back to the start" }</button>
            </div>
        </div>
    }
}
