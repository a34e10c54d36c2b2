//! The question: language, text, run, presets, export.

use logloupe_syntax::{Diagnostic, Language};
use yew::{AttrValue, Callback, Html, Properties, classes, component, html};

use super::{
    editor::Editor,
    icon::{Glyph, Icon},
    popover::{MenuItem, Popover},
};
use crate::{
    engine::{ExportAs, Loaded},
    format_info as formats,
    state::{Action, ExportAction, QueryAction, Shared, completion::Suggestions, edits},
};

/// The languages and what they are. A pasted text of another one switches by itself.
const LANGUAGES: [(Language, &str); 3] = [
    (Language::Insights, "CloudWatch Logs Insights, or words to search for"),
    (Language::Sql, "SQL as in Athena"),
    (Language::Pattern, "CloudWatch filter pattern: { $.eventName = \"ConsoleLogin\" }"),
];

#[derive(Properties, PartialEq)]
pub(crate) struct QueryBarProps {
    pub(crate) draft: AttrValue,
    pub(crate) ran: AttrValue,
    /// What it is written in.
    pub(crate) language: Language,
    pub(crate) remarks: Shared<Vec<Diagnostic>>,
    pub(crate) suggestions: Option<Shared<Suggestions>>,
    pub(crate) loaded: Shared<Loaded>,
    /// Whether there is something to export.
    pub(crate) answered: bool,
    pub(crate) act: Callback<Action>,
}

/// The row of the query.
#[component]
pub(crate) fn QueryBar(props: &QueryBarProps) -> Html {
    let QueryBarProps { draft, ran, language, remarks, suggestions, loaded, answered, act } = props;
    let run = {
        let draft = draft.clone();
        act.reform(move |_| Action::Query(QueryAction::Run(draft.to_string())))
    };
    let languages = LANGUAGES.iter().map(|(this, title)| {
        let this = *this;
        html! {
            <button type="button" role="radio" aria-checked={(this == *language).to_string()} title={*title}
                onclick={act.reform(move |_| Action::Query(QueryAction::Language(this)))}>{ edits::name(this) }</button>
        }
    });
    let presets = loaded.formats.iter().filter_map(|(id, _)| formats::by_id(id)).map(|format| {
        let items = format.presets.iter().map(|preset| {
            let query = preset.query;
            html! {
                <MenuItem onclick={act.reform(move |()| Action::Query(QueryAction::Preset(query)))}>
                    <span class="preset"><span>{ preset.title }</span><code>{ preset.query }</code></span>
                </MenuItem>
            }
        });
        html! { <><div class="menu-title">{ format.title }</div>{ for items }</> }
    });
    let presets_face = html! { <>{ "Presets" }<Icon glyph={Glyph::Caret} /></> };
    let export_face =
        html! { <><Icon glyph={Glyph::Download} /><span class="wide-only">{ "Export" }</span></> };
    html! {
        <div class="query">
            <div class="seg language" role="radiogroup" aria-label="Query language">
                { for languages }
            </div>
            <Editor text={draft.clone()} ran={ran.clone()} language={*language} remarks={remarks.clone()} suggestions={suggestions.clone()} act={act.clone()} />
            <button type="button" class={classes!("primary", "tall", (draft.trim() != ran.as_str()).then_some("due"))} onclick={run}>
                { "Run" }<kbd>{ "⏎" }</kbd>
            </button>
            <Popover face={presets_face} class={classes!("out", "tall")} right={true}>
                <div class="scrolling">{ for presets }</div>
            </Popover>
            <button type="button" class="out tall wide-only" onclick={act.reform(|_| Action::Query(QueryAction::Explain))}>{ "Explain" }</button>
            <Popover face={export_face} label="Export" class={classes!("out", "tall")} right={true}>
                <div class="menu-title">{ "Everything that matches" }</div>
                <MenuItem disabled={!*answered} onclick={act.reform(|()| Action::Export(ExportAction::Start(ExportAs::Csv)))}>{ "CSV" }<span class="muted">{ "safe in spreadsheets" }</span></MenuItem>
                <MenuItem disabled={!*answered} onclick={act.reform(|()| Action::Export(ExportAction::Start(ExportAs::Ndjson)))}>{ "NDJSON" }<span class="muted">{ "one object per line" }</span></MenuItem>
                <div class="menu-title">{ "The question" }</div>
                <MenuItem onclick={act.reform(|()| Action::Query(QueryAction::Explain))}>{ "In words, for Athena, for Insights" }</MenuItem>
            </Popover>
        </div>
    }
}
