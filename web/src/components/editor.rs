//! The query's text field: a plain text area over the same text in colours, so that selecting, undoing and typing in
//! any script are the browser's own.

use logloupe_core::query::{Diagnostic, Severity, syntax::Language};
use web_sys::{HtmlTextAreaElement, KeyboardEvent};
use yew::{
    AttrValue, Callback, Html, Properties, TargetCast, classes, component, html, use_effect_with,
    use_node_ref,
};

use crate::state::{Action, Shared, painted::painted};

#[derive(Properties, PartialEq)]
pub(crate) struct EditorProps {
    pub(crate) text: AttrValue,
    /// The text that ran last; its remarks are only shown under itself.
    pub(crate) ran: AttrValue,
    pub(crate) language: Language,
    pub(crate) remarks: Shared<Vec<Diagnostic>>,
    pub(crate) act: Callback<Action>,
}

/// The text box "Query".
#[component]
pub(crate) fn Editor(props: &EditorProps) -> Html {
    let EditorProps { text, ran, language, remarks, act } = props;
    let area = use_node_ref();
    {
        // The value is set only when it differs: setting it moves the cursor to the end.
        let area = area.clone();
        use_effect_with(text.clone(), move |text| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>().filter(|a| a.value() != text.as_str()) {
                area.set_value(text);
            }
        });
    }
    let oninput = act.reform(|event: yew::InputEvent| {
        Action::Draft(event.target_unchecked_into::<HtmlTextAreaElement>().value())
    });
    let onkeydown = {
        let act = act.clone();
        Callback::from(move |event: KeyboardEvent| {
            let area = event.target_unchecked_into::<HtmlTextAreaElement>();
            if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                event.prevent_default();
                act.emit(Action::Run(area.value()));
            } else if event.key() == "Escape" {
                let _ = area.blur();
            }
        })
    };
    let same = text.trim() == ran.as_str();
    let shown: &[Diagnostic] = if same { remarks } else { &[] };
    let wrong = shown.iter().any(|d| d.severity == Severity::Error);
    let pieces = painted(text, shown).into_iter().map(|piece| {
        let fault = piece.fault.map(|f| if f == Severity::Error { "fault" } else { "doubt" });
        html! { <span class={classes!(format!("syn-{}", piece.kind), fault)}>{ piece.text }</span> }
    });
    html! {
        <div class={classes!("editor", wrong.then_some("wrong"))}>
            // The blank keeps the height of a last empty line.
            <pre aria-hidden="true">{ for pieces }{ "\u{200b}" }</pre>
            <textarea ref={area} id="query" class="query-text" rows="1" spellcheck="false" autocomplete="off" autocapitalize="off"
                aria-label="Query" aria-invalid={wrong.to_string()} aria-describedby="query-remarks"
                placeholder={example(*language)}
                {oninput} {onkeydown} />
        </div>
    }
}

/// What stands in the empty field.
fn example(language: Language) -> &'static str {
    match language {
        Language::Insights => "Search, or filter event.outcome = \"failure\" | stats count(*) by source.ip",
        Language::Sql => {
            "SELECT sourceip, COUNT(*) AS n FROM cloudtrail_logs GROUP BY sourceip ORDER BY n DESC"
        }
        Language::Pattern => "{ ($.eventName = ConsoleLogin) && ($.errorMessage = \"Failed*\") }",
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct RemarksProps {
    pub(crate) text: AttrValue,
    pub(crate) remarks: Shared<Vec<Diagnostic>>,
}

/// What is wrong with the query: the words, the place, what to do.
#[component]
pub(crate) fn Remarks(props: &RemarksProps) -> Html {
    let RemarksProps { text, remarks } = props;
    let items = remarks.iter().take(4).map(|remark| {
        let error = remark.severity == Severity::Error;
        let place = text.get(remark.span.clone()).unwrap_or("").trim();
        let short: String = place.chars().take(60).collect();
        html! {
            <p class={if error { "remark bad" } else { "remark warn" }}>
                <b>{ if error { "Error" } else { "Note" } }</b>
                <span>
                    { &remark.message }
                    if !short.is_empty() { <>{ " at " }<code>{ short }</code></> }
                    if !remark.help.is_empty() { <span class="help">{ ": " }{ &remark.help }</span> }
                </span>
            </p>
        }
    });
    let wrong = remarks.iter().any(|d| d.severity == Severity::Error);
    html! {
        <div id="query-remarks" class="remarks">
            if wrong {
                <div role="alert">{ for items }</div>
            } else if !remarks.is_empty() {
                <div>{ for items }</div>
            }
        </div>
    }
}
