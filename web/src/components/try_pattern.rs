//! The panel "Try a pattern": lines, what they are read as, and what comes of it at once. A template is written, or made by
//! marking parts of a line; what reads the lines well is kept as a format.
//!
//! Reading is the workers'; what is typed is a [`Form`].

mod kept;
mod result;

use logloupe_protocol::custom::{Described, Tried};
use logloupe_table::{
    custom::{Definition, FieldKind, Problem},
    ledger::Entry,
    settings::{Rule, Settings, alike},
};
use web_sys::{
    Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, InputEvent, MouseEvent, SubmitEvent,
};
use yew::{
    Callback, Html, Properties, TargetCast, component, html, use_effect_with, use_node_ref, use_state,
};

use super::dialog::Dialog;
use crate::state::{
    Action, FormatsAction, Shared,
    marking::{self, Marking},
    trying::{Form, Way, sentence},
};
use kept::Kept;
use result::{Outcome, Wrong};

/// How many files of the ledger are offered.
const FILES: usize = 200;

#[derive(Properties, PartialEq)]
pub(crate) struct TryPatternProps {
    /// What was typed when the panel was there last.
    pub(crate) draft: Shared<Form>,
    /// The formats that the user described.
    pub(crate) known: Shared<Vec<Described>>,
    /// What came of the lines.
    pub(crate) tried: Option<Shared<Tried>>,
    /// The first lines of a file that were asked for.
    pub(crate) lines: Shared<String>,
    /// That file.
    pub(crate) from: Option<String>,
    /// The id of the format that was kept last.
    pub(crate) kept: Option<String>,
    /// Why the format was not kept.
    pub(crate) refused: Option<Problem>,
    pub(crate) ledger: Shared<Vec<Entry>>,
    pub(crate) act: Callback<Action>,
}

const WAYS: [(Way, &str); 3] = [
    (Way::Recognised, "What they are recognised as"),
    (Way::Template, "A template"),
    (Way::Pattern, "A regular expression"),
];

/// The panel.
#[component]
pub(crate) fn TryPattern(props: &TryPatternProps) -> Html {
    let TryPatternProps { draft, known, tried, lines, from, kept, refused, ledger, act } = props;
    let form = {
        let draft = draft.clone();
        use_state(move || (*draft).clone())
    };
    let marks = use_state(Marking::default);
    let area = use_node_ref();
    let part = use_state(|| (String::new(), None::<FieldKind>));
    let hint = use_state(|| None::<&'static str>);
    // Lines of a file take the place of those that stand there.
    {
        let form = form.clone();
        use_effect_with(lines.clone(), move |lines| {
            if !lines.is_empty() {
                form.set(Form { text: (**lines).clone(), ..(*form).clone() });
            }
        });
    }
    // Whatever is typed is tried.
    {
        let act = act.clone();
        use_effect_with((*form).clone(), move |form| {
            act.emit(Action::Formats(FormatsAction::Try(Box::new(form.clone()))));
        });
    }
    let typed = |set: fn(&mut Form, String)| {
        let form = form.clone();
        Callback::from(move |event: InputEvent| {
            let area = event.target_dyn_into::<HtmlTextAreaElement>().map(|area| area.value());
            let value = area.or_else(|| Some(event.target_dyn_into::<HtmlInputElement>()?.value()));
            let mut new = (*form).clone();
            set(&mut new, value.unwrap_or_default());
            form.set(new);
        })
    };
    let ways = WAYS.iter().map(|(way, words)| {
        let (way, form) = (*way, form.clone());
        let checked = form.way == way;
        html! { <label class="check"><input type="radio" name="way" {checked} onchange={move |_: Event| form.set(Form { way, ..(*form).clone() })} /><span>{ *words }</span></label> }
    });
    let mark = {
        let (form, marks, area, part, hint) =
            (form.clone(), marks.clone(), area.clone(), part.clone(), hint.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(area) = area.cast::<HtmlTextAreaElement>() else { return };
            let place = |found: Result<Option<u32>, _>| found.ok().flatten().unwrap_or(0);
            let text = area.value();
            let (from, to) = (place(area.selection_start()), place(area.selection_end()));
            let Some((line, from, to)) = marking::selected(&text, from, to) else {
                return hint.set(Some("Select a part of a line first."));
            };
            let (name, kind) = (*part).clone();
            let kind = kind.unwrap_or_else(|| marking::guess(line.get(from..to).unwrap_or_default()));
            let mut new = (*marks).clone();
            new.mark(line, from, to, kind, name.trim());
            form.set(Form { way: Way::Template, template: new.template(), ..(*form).clone() });
            marks.set(new);
            part.set((String::new(), None));
            hint.set(None);
        })
    };
    let name_part = {
        let part = part.clone();
        Callback::from(move |event: InputEvent| {
            let name = event.target_dyn_into::<HtmlInputElement>().map(|input| input.value());
            part.set((name.unwrap_or_default(), part.1));
        })
    };
    let kind_part = {
        let part = part.clone();
        Callback::from(move |event: Event| {
            let word = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value());
            part.set((part.0.clone(), FieldKind::of(&word.unwrap_or_default())));
        })
    };
    let kinds = FieldKind::ALL.into_iter().map(|kind| {
        html! { <option value={kind.word()} selected={part.1 == Some(kind)} title={kind.doc()}>{ kind.word() }</option> }
    });
    // Those in archives have no handle of their own.
    let plain =
        |entry: &&Entry| !entry.containers.iter().any(|container| container == "zip" || container == "tar");
    let files = ledger.iter().filter(plain).take(FILES).map(|entry| {
        let chosen = from.as_deref() == Some(entry.source.as_str());
        html! { <option value={entry.source.clone()} selected={chosen}>{ &entry.source }</option> }
    });
    let take = act.reform(|event: Event| {
        let path =
            event.target_dyn_into::<HtmlSelectElement>().map(|select| select.value()).unwrap_or_default();
        Action::Formats(FormatsAction::FirstLines(path))
    });
    let read_too = use_node_ref();
    let keep = {
        let (form, act, from, read_too) = (form.clone(), act.clone(), from.clone(), read_too.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(definition) = form.definition().filter(|_| form.fault().is_none()) else { return };
            let wanted = read_too.cast::<HtmlInputElement>().is_some_and(|input| input.checked());
            let rule = from.clone().filter(|_| wanted).map(|path| Rule {
                files: alike(&path),
                format: Some(definition.id.clone()),
                settings: Settings::NONE,
            });
            act.emit(Action::Formats(FormatsAction::Keep(Box::new(definition), rule)));
        })
    };
    let edit = {
        let (form, marks) = (form.clone(), marks.clone());
        Callback::from(move |definition: Definition| {
            marks.set(Marking::default());
            form.set(Form::of(&definition, &form.text));
        })
    };
    let problem =
        tried.as_ref().and_then(|tried| tried.problem.clone()).filter(|_| form.way != Way::Recognised);
    let described = form.way != Way::Recognised;
    let id = marking::id_of(&form.name);
    html! {
        <Dialog title="Try a pattern" wide={true} act={act.clone()}>
            <div class="try">
                <section class="try-side" aria-label="Lines and pattern">
                    <label class="try-field"><span>{ "Lines" }</span>
                        <textarea ref={area} class="field mono" rows="7" spellcheck="false" wrap="off" placeholder="Paste some lines of a log." value={form.text.clone()} oninput={typed(|form, text| form.text = text)} /></label>
                    if !ledger.is_empty() {
                        <label class="try-field"><span>{ "Use first lines of" }</span><select class="field" onchange={take}>
                            <option value="" selected={from.is_none()} disabled={true}>{ "a file" }</option>{ for files }</select></label>
                    }
                    <fieldset class="try-ways"><legend>{ "Read the lines as" }</legend>{ for ways }</fieldset>
                    if described {
                        if form.way == Way::Template {
                            <label class="try-field"><span>{ "Template" }</span>
                                <textarea class="field mono" rows="3" spellcheck="false" placeholder={"%{time} %{level} [%{word:thread}] %{rest:message}"} value={form.template.clone()} oninput={typed(|form, text| form.template = text)} /></label>
                        } else {
                            <label class="try-field"><span>{ "Regular expression with named groups" }</span>
                                <textarea class="field mono" rows="3" spellcheck="false" placeholder={r"(?P<time>\S+) (?P<level>\w+) (?P<message>.*)"} value={form.pattern.clone()} oninput={typed(|form, text| form.pattern = text)} /></label>
                            <label class="try-field"><span>{ "Kinds of groups, where their names do not tell" }</span>
                                <input type="text" class="field mono" spellcheck="false" placeholder="ms=duration size=bytes" value={form.kinds.clone()} oninput={typed(|form, text| form.kinds = text)} /></label>
                        }
                        if let Some(problem) = problem { <Wrong {problem} text={definition_text(&form)} /> }
                    }
                    <fieldset class="try-mark"><legend>{ "Or by example: select a part of a line above and name it" }</legend>
                        <label><span>{ "Name of the part" }</span><input type="text" class="field mono" spellcheck="false" placeholder="client" value={part.0.clone()} oninput={name_part} /></label>
                        <label><span>{ "Its kind" }</span><select class="field" onchange={kind_part}><option value="" selected={part.1.is_none()}>{ "as it looks" }</option>{ for kinds }</select></label>
                        <button type="button" class="out" onclick={mark}>{ "Mark the selection" }</button>
                        if let Some(words) = *hint { <p class="hint bad" role="alert">{ words }</p> }
                    </fieldset>
                    if described {
                        <form class="try-keep" onsubmit={keep} aria-label="Keep the format">
                            <label class="grow"><span>{ "Records that go over several lines start with" }</span><input type="text" class="field mono" spellcheck="false" placeholder={if form.way == Way::Template { "%{time}" } else { r"\d{4}-" }} value={form.starts.clone()} oninput={typed(|form, text| form.starts = text)} /></label>
                            <label><span>{ "Zone of its times" }</span><input type="text" class="field mono short" spellcheck="false" placeholder="UTC, +02:00" value={form.zone.clone()} oninput={typed(|form, text| form.zone = text)} /></label>
                            <label><span>{ "Year" }</span><input type="text" inputmode="numeric" class="field mono short" placeholder="the last" value={form.year.clone()} oninput={typed(|form, text| form.year = text)} /></label>
                            <label class="grow"><span>{ "Name of the format" }</span><input type="text" class="field" placeholder="My app" value={form.name.clone()} oninput={typed(|form, text| form.name = text)} /></label>
                            <button type="submit" class="primary" disabled={id.is_empty()}>{ "Save format" }</button>
                            if let Some(path) = from { <label class="check"><input ref={read_too} type="checkbox" checked={true} /><span>{ "and read all files like this one as it: " }<code>{ alike(path) }</code></span></label> }
                            if let Some(words) = form.fault() { <p class="hint bad" role="alert">{ words }</p> }
                            if let Some(problem) = refused { <p class="hint bad" role="alert">{ format!("{}. {}", sentence(&problem.message), sentence(&problem.help)) }</p> }
                            if let Some(id) = kept { <p class="hint" role="status">{ "Kept. Queries name it " }<code>{ id }</code>{ "; files that it fits are read with it." }</p> }
                        </form>
                    }
                </section>
                <section class="try-side" aria-label="Result" aria-live="polite">
                    if form.text.trim().is_empty() {
                        <p class="hint">{ "What comes of the lines is shown here: fields, rejections with their place, and what each format says of them. Nothing leaves this page." }</p>
                    } else if let Some(attempt) = tried.as_ref().and_then(|tried| tried.attempt.clone()) {
                        <Outcome {attempt} />
                    }
                    <Kept known={known.clone()} {edit} act={act.clone()} />
                </section>
            </div>
        </Dialog>
    }
}

/// The text of what is described.
fn definition_text(form: &Form) -> [(String, String); 2] {
    let (part, text) = match form.way {
        Way::Pattern => ("pattern", &form.pattern),
        _ => ("template", &form.template),
    };
    [(part.to_owned(), text.clone()), ("starts".to_owned(), form.starts.clone())]
}
