//! A file that gave nothing, read once more as the user says: as which log, and what its fields are called.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::{Callback, Html, Properties, SubmitEvent, component, html, use_node_ref};

use crate::{
    format_info as formats,
    state::{Action, FilesAction},
};

#[derive(Properties, PartialEq)]
pub(crate) struct ReadAsProps {
    /// The file's path, as the ledger has it.
    pub(crate) source: String,
    pub(crate) act: Callback<Action>,
}

/// The form below a file of the ledger.
#[component]
pub(crate) fn ReadAs(props: &ReadAsProps) -> Html {
    let (format, names) = (use_node_ref(), use_node_ref());
    let onsubmit = {
        let (format, names, act, source) =
            (format.clone(), names.clone(), props.act.clone(), props.source.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let format = format.cast::<HtmlSelectElement>().map(|s| s.value()).filter(|id| !id.is_empty());
            let names = names.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            let fields = names_of(&names);
            act.emit(Action::Files(FilesAction::ReadAs { source: source.clone(), format, fields }));
        })
    };
    let all =
        formats::all().iter().map(|format| html! { <option value={format.id}>{ format.title }</option> });
    html! {
        <form class="read-as" aria-label={format!("Read {} once more", props.source)} {onsubmit}>
            <label><span>{ "Read as" }</span><select ref={format} class="field"><option value="">{ "what it is recognised as" }</option>{ for all }</select></label>
            <label class="grow"><span>{ "Names of its fields, in their order" }</span><input ref={names} type="text" class="field mono" spellcheck="false" placeholder="timestamp c-ip sc-status …" /></label>
            <button type="submit" class="primary">{ "Read" }</button>
        </form>
    }
}

/// The names in a text, with blanks or commas between them.
fn names_of(text: &str) -> Vec<String> {
    let names = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::names_of;

    #[test]
    fn names_have_blanks_or_commas_between_them() {
        for (text, names) in [
            ("timestamp c-ip", vec!["timestamp", "c-ip"]),
            ("${srcaddr},${dstaddr},\n", vec!["${srcaddr}", "${dstaddr}"]),
            ("cs(Host),\tx", vec!["cs(Host)", "x"]),
            (" , ", vec![]),
        ] {
            assert_eq!(names_of(text), names, "{text}");
        }
    }
}
