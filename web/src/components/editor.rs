//! The query's text field: a plain text area over the same text in colours, so that selecting, undoing and typing in
//! any script are the browser's own.

use logloupe_syntax::{Diagnostic, Language, Severity};
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};
use yew::{
    AttrValue, Callback, Html, Properties, TargetCast, classes, component, html, use_effect_with,
    use_node_ref, use_state,
};

use super::suggestions::SuggestionList;
use crate::state::{
    Action, QueryAction, Shared,
    completion::{self, ListKey, Suggestions},
    highlighting::highlighted,
};

#[derive(Properties, PartialEq)]
pub(crate) struct EditorProps {
    pub(crate) text: AttrValue,
    /// The text that ran last; its remarks are only shown under itself.
    pub(crate) ran: AttrValue,
    pub(crate) language: Language,
    pub(crate) remarks: Shared<Vec<Diagnostic>>,
    /// What may stand at the cursor.
    pub(crate) suggestions: Option<Shared<Suggestions>>,
    pub(crate) act: Callback<Action>,
}

/// The text box "Query".
#[component]
pub(crate) fn Editor(props: &EditorProps) -> Html {
    let EditorProps { text, ran, language, remarks, suggestions, act } = props;
    let (area, mark) = (use_node_ref(), use_node_ref());
    let chosen = use_state(|| None::<usize>);
    let place = use_state(|| (0.0, 0.0));
    {
        let (chosen, place, mark) = (chosen.setter(), place.setter(), mark.clone());
        use_effect_with(suggestions.clone(), move |_| {
            chosen.set(None);
            if let Some(mark) = mark.cast::<HtmlElement>() {
                place.set((mark.offset_left() as f64, (mark.offset_top() + mark.offset_height()) as f64));
            }
        });
    }
    {
        // The value is set only when it differs: setting it moves the cursor to the end.
        let area = area.clone();
        use_effect_with(text.clone(), move |text| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>().filter(|a| a.value() != text.as_str()) {
                area.set_value(text);
            }
        });
    }
    let typed = |area: &HtmlTextAreaElement| {
        let text = area.value();
        let cursor = area.selection_start().ok().flatten().unwrap_or(0) as usize;
        let cursor = byte_of(&text, cursor);
        Action::Query(QueryAction::Typed(text, cursor))
    };
    let oninput = act.reform(move |event: yew::InputEvent| typed(&event.target_unchecked_into()));
    let accept = {
        let (area, suggestions, act) = (area.clone(), suggestions.clone(), act.clone());
        Callback::from(move |index: usize| {
            let accepted = suggestions.as_ref().and_then(|o| o.accepted(index));
            if let (Some((text, cursor)), Some(area)) = (accepted, area.cast::<HtmlTextAreaElement>()) {
                area.set_value(&text);
                let at = text.get(..cursor).map_or(0, |t| t.encode_utf16().count()) as u32;
                let _ = area.set_selection_range(at, at);
                act.emit(Action::Query(QueryAction::Draft(text)));
            }
        })
    };
    let onkeydown = {
        let (act, accept, chosen, suggestions) =
            (act.clone(), accept.clone(), chosen.clone(), suggestions.clone());
        Callback::from(move |event: KeyboardEvent| {
            let area = event.target_unchecked_into::<HtmlTextAreaElement>();
            let plain = !event.shift_key() && !event.is_composing();
            // Offers for a text that has changed since are not put in.
            let suggestions = suggestions.as_ref().filter(|o| plain && o.text == area.value());
            let count = suggestions.map_or(0, |o| o.completions.items.len());
            if let Some(key) = completion::key(&event.key(), *chosen, count) {
                event.prevent_default();
                match key {
                    ListKey::Choose(index) => chosen.set(Some(index)),
                    ListKey::Accept(index) => accept.emit(index),
                    ListKey::Close => act.emit(Action::Query(QueryAction::Draft(area.value()))),
                }
            } else if event.key() == "Enter" && plain {
                event.prevent_default();
                act.emit(Action::Query(QueryAction::Run(area.value())));
            } else if event.key() == " " && event.ctrl_key() {
                event.prevent_default();
                act.emit(typed(&area));
            } else if event.key() == "Escape" {
                let _ = area.blur();
            }
        })
    };
    let onblur = {
        let area = area.clone();
        act.reform(move |_| {
            Action::Query(QueryAction::Draft(
                area.cast::<HtmlTextAreaElement>().map_or_else(String::new, |a| a.value()),
            ))
        })
    };
    let same = text.trim() == ran.as_str();
    let shown: &[Diagnostic] = if same { remarks } else { &[] };
    let wrong = shown.iter().any(|d| d.severity == Severity::Error);
    let pieces = highlighted(text, Language::of(text, *language), shown).into_iter().map(|piece| {
        let fault = piece.fault.map(|f| if f == Severity::Error { "fault" } else { "doubt" });
        html! { <span class={classes!(format!("syn-{}", piece.kind), fault)}>{ piece.text }</span> }
    });
    let before = suggestions.as_ref().and_then(|o| o.text.get(..o.completions.replace.start)).unwrap_or("");
    let current = chosen.filter(|_| suggestions.is_some()).map(|index| format!("suggestion-{index}"));
    html! {
        <div class="editing">
        <div class={classes!("editor", wrong.then_some("wrong"))}>
            // The blank keeps the height of a last empty line.
            <pre aria-hidden="true">{ for pieces }{ "\u{200b}" }</pre>
            <textarea ref={area} id="query" class="query-text" rows="1" spellcheck="false" autocomplete="off" autocapitalize="off"
                aria-label="Query" aria-invalid={wrong.to_string()} aria-describedby="query-remarks"
                placeholder={example(*language)}
                aria-autocomplete="list" aria-controls={suggestions.as_ref().map(|_| "suggestions")} aria-activedescendant={current}
                {oninput} {onkeydown} {onblur} />
            // Where the word begins that is completed.
            <pre class="measure" aria-hidden="true">{ before }<span ref={mark}>{ "\u{200b}" }</span></pre>
        </div>
        if let Some(suggestions) = suggestions {
            <SuggestionList suggestions={suggestions.clone()} chosen={*chosen} place={*place} {accept} />
        }
        </div>
    }
}

/// The byte at which a place counted in UTF-16 units stands, as the browser counts.
fn byte_of(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(c.len_utf16());
    }
    text.len()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_the_browser_counts() {
        assert_eq!(byte_of("a😀é|", 0), 0);
        assert_eq!(byte_of("a😀é|", 3), 5);
        assert_eq!(byte_of("a😀é|", 4), 7);
        assert_eq!(byte_of("a😀é|", 99), 8);
    }
}
