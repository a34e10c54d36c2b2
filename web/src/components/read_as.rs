//! What the user says of a file of the ledger, and of all that are called like it: as which log it is read, and what it does
//! not say itself.

use logloupe_table::settings::{Rule, Settings, alike};
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};
use yew::{
    Callback, Html, NodeRef, Properties, SubmitEvent, TargetCast, component, html, use_effect_with,
    use_node_ref, use_state,
};

use crate::{
    format_info as formats,
    state::{Action, FilesAction, FormatsAction},
};

#[derive(Properties, PartialEq)]
pub(crate) struct ReadAsProps {
    /// The file's path, as the ledger has it.
    pub(crate) source: String,
    /// What it is read as now.
    pub(crate) format: Option<String>,
    /// What was said of it before.
    pub(crate) rule: Option<Rule>,
    pub(crate) act: Callback<Action>,
}

/// The form below a file of the ledger.
#[component]
pub(crate) fn ReadAs(props: &ReadAsProps) -> Html {
    let format = use_node_ref();
    let [names, delimiter, zone, year, like] =
        [use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref()];
    let fault = use_state(|| None::<&'static str>);
    let pattern = alike(&props.source);
    let has_like = pattern != props.source;
    let onsubmit = {
        let (format, act, source, fault, pattern) =
            (format.clone(), props.act.clone(), props.source.clone(), fault.clone(), pattern.clone());
        let inputs = [names.clone(), delimiter.clone(), zone.clone(), year.clone()];
        let like = like.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let format = format.cast::<HtmlSelectElement>().map(|s| s.value()).filter(|id| !id.is_empty());
            let texts = inputs.each_ref().map(text_of);
            let all = like.cast::<HtmlInputElement>().is_some_and(|input| input.checked());
            match settings(texts) {
                Ok(settings) => {
                    fault.set(None);
                    let files = if all { pattern.clone() } else { source.clone() };
                    act.emit(Action::Files(FilesAction::AddRule(Rule { files, format, settings })));
                }
                Err(why) => fault.set(Some(why)),
            }
        })
    };
    let said = props.rule.as_ref().map(|rule| rule.settings.clone()).unwrap_or_default();
    let chosen = props.rule.as_ref().and_then(|rule| rule.format.clone());
    // An option that is said not to be selected would be for the browser.
    {
        let format = format.clone();
        use_effect_with(chosen, move |chosen| {
            if let Some(select) = format.cast::<HtmlSelectElement>() {
                select.set_value(chosen.as_deref().unwrap_or_default());
            }
        });
    }
    let option =
        |format: &'static formats::FormatInfo| html! { <option value={format.id}>{ format.title }</option> };
    let all = formats::all().iter().map(option);
    let own: Vec<Html> = formats::custom().into_iter().map(option).collect();
    let now = props.format.as_deref().and_then(formats::by_id).map(|f| format!(" (now {})", f.title));
    let zone_said = match said.ahead {
        0 => String::new(),
        ahead => format!(
            "{}{:02}:{:02}",
            if ahead < 0 { '-' } else { '+' },
            ahead.abs() / 3600,
            ahead.abs() / 60 % 60
        ),
    };
    let delimiter_said = match said.delimiter {
        Some(b'\t') => "tab".to_owned(),
        Some(byte) => (byte as char).to_string(),
        None => String::new(),
    };
    let year_said = said.year.map(|year| year.to_string()).unwrap_or_default();
    // Where a log has orders that are known, they need not be typed.
    let orders: Vec<(&'static str, String, String)> = formats::all()
        .iter()
        .flat_map(|format| {
            format
                .orders
                .iter()
                .map(|(title, names)| (format.id, format!("{}, {title}", format.title), names.clone()))
        })
        .collect();
    let options = orders
        .iter()
        .enumerate()
        .map(|(i, (_, title, _))| html! { <option value={i.to_string()}>{ title }</option> });
    let options: Vec<Html> = options.collect();
    let choose = {
        let (format, names) = (format.clone(), names.clone());
        Callback::from(move |event: Event| {
            let chosen =
                event.target_dyn_into::<HtmlSelectElement>().and_then(|s| s.value().parse::<usize>().ok());
            let Some((id, _, order)) = chosen.and_then(|chosen| orders.get(chosen)) else { return };
            if let (Some(select), Some(input)) =
                (format.cast::<HtmlSelectElement>(), names.cast::<HtmlInputElement>())
            {
                select.set_value(id);
                input.set_value(order);
            }
        })
    };
    let source = props.source.clone();
    html! {
        <form class="read-as" aria-label={format!("Read {} once more", props.source)} {onsubmit}>
            <label><span>{ "Read as" }</span><select ref={format} class="field"><option value="">{ format!("what it is recognised as{}", now.unwrap_or_default()) }</option>if !own.is_empty() { <optgroup label="Your formats">{ for own }</optgroup> }{ for all }</select></label>
            <label class="grow"><span>{ "Names of its fields, in their order" }</span><input ref={names} type="text" class="field mono" spellcheck="false" value={said.fields.join(" ")} placeholder="timestamp c-ip sc-status …" /></label>
            if !options.is_empty() { <label><span>{ "A known order" }</span><select class="field order" onchange={choose}><option value="">{ "none of these" }</option>{ for options }</select></label> }
            <label><span>{ "Between values" }</span><input ref={delimiter} type="text" class="field mono short" spellcheck="false" value={delimiter_said} placeholder="found" /></label>
            <label><span>{ "Zone of its times" }</span><input ref={zone} type="text" class="field mono short" spellcheck="false" value={zone_said} placeholder="UTC, +02:00" /></label>
            <label><span>{ "Year" }</span><input ref={year} type="text" inputmode="numeric" class="field mono short" value={year_said} placeholder="the last" /></label>
            if has_like { <label class="check"><input ref={like} type="checkbox" checked={true} /><span>{ "for all files like it, in later visits too: " }<code>{ &pattern }</code></span></label> }
            <button type="submit" class="primary">{ "Read" }</button>
            <button type="button" class="out" onclick={props.act.reform(move |_| Action::Formats(FormatsAction::Open(Some(source.clone()))))}>{ "Try a pattern on its lines" }</button>
            if let Some(why) = *fault { <p class="hint bad" role="alert">{ why }</p> }
        </form>
    }
}

fn text_of(input: &NodeRef) -> String {
    input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

/// What the form says: names of fields, delimiter, zone and year; the first that makes no sense, in a sentence.
fn settings([names, delimiter, zone, year]: [String; 4]) -> Result<Settings, &'static str> {
    fn given<T>(
        text: &str,
        parse: impl Fn(&str) -> Option<T>,
        wrong: &'static str,
    ) -> Result<Option<T>, &'static str> {
        match text.trim_matches(' ') {
            "" => Ok(None),
            text => parse(text).map(Some).ok_or(wrong),
        }
    }
    let delimiter =
        given(&delimiter, Settings::delimiter, "Between values stands one character, or “tab” or “space”.")?;
    let ahead = given(&zone, Settings::ahead, "A zone is UTC or an offset from it, such as +02:00.")?;
    let year = given(&year, Settings::year, "A year has four digits, such as 2026.")?;
    Ok(Settings { fields: Settings::names(&names), delimiter, ahead: ahead.unwrap_or(0), year, now: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_says_is_understood_or_told() {
        let said = |texts: [&str; 4]| settings(texts.map(str::to_owned));
        let all = said(["a, b", "tab", "+02:00", "2019"]).unwrap();
        assert_eq!(
            (all.fields.len(), all.delimiter, all.ahead, all.year),
            (2, Some(b'\t'), 7200, Some(2019))
        );
        assert_eq!(said(["", "", " ", ""]), Ok(Settings::NONE));
        for (texts, word) in
            [(["", "ab", "", ""], "Between"), (["", "", "Berlin", ""], "zone"), (["", "", "", "19"], "year")]
        {
            assert!(said(texts).unwrap_err().contains(word), "{texts:?}");
        }
    }
}
