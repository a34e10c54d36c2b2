//! One event in full: its fields with what can be done with each, the record as JSON, the record as it was read.

use logloupe_table::{Value, shown};
use logloupe_view::{Detail, DetailField};
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::{Callback, Html, Properties, TargetCast, component, html, use_memo, use_state};

use super::{
    family,
    grid_row::sentence,
    icon::{Glyph, Icon},
    value::opens_menu,
};
use crate::state::{
    Action, GridAction, ScreenAction, Shared, changes, facets,
    json::{self, JsonTokenKind},
    keys::Key,
    model::Tab,
    text, time_axis,
};

/// How much of a raw record is put on screen.
const SHOWN: usize = 200_000;

#[derive(Properties, PartialEq)]
pub(crate) struct DetailPanelProps {
    /// The event; nothing until it is here.
    pub(crate) detail: Option<Shared<Detail>>,
    pub(crate) tab: Tab,
    pub(crate) act: Callback<Action>,
}

/// The aside "Event detail".
#[component]
pub(crate) fn DetailPanel(props: &DetailPanelProps) -> Html {
    let DetailPanelProps { detail, tab, act } = props;
    let tools = html! {
        <span class="detail-tools">
            <button type="button" class="quiet square" aria-label="Previous event" title="Previous ([)" onclick={act.reform(|_| Action::Screen(ScreenAction::Key(Key::PreviousRow)))}><Icon glyph={Glyph::Up} /></button>
            <button type="button" class="quiet square" aria-label="Next event" title="Next (])" onclick={act.reform(|_| Action::Screen(ScreenAction::Key(Key::NextRow)))}><Icon glyph={Glyph::Down} /></button>
            <button type="button" class="quiet square" aria-label="Close event" title="Close (Esc)" onclick={act.reform(|_| Action::Grid(GridAction::CloseDetail))}><Icon glyph={Glyph::Close} /></button>
        </span>
    };
    let Some(detail) = detail else {
        return html! {
            <aside class="detail" aria-label="Event detail">
                <div class="detail-head"><div class="detail-line"><i class="bone w1"></i><span class="grow"></span>{ tools }</div></div>
                <div class="waiting">{ for (0..8).map(|i| html! { <i class={format!("bone w{}", i % 4)}></i> }) }</div>
            </aside>
        };
    };
    let tab_button = |this: Tab, words: &'static str| {
        let on = *tab == this;
        html! {
            <button type="button" role="tab" id={format!("tab-{words}")} aria-selected={on.to_string()} aria-controls="detail-panel"
                tabindex={if on { "0" } else { "-1" }} onclick={act.reform(move |_| Action::Grid(GridAction::Tab(this)))}>{ words }</button>
        }
    };
    let turn = {
        let (act, tab) = (act.clone(), *tab);
        Callback::from(move |event: KeyboardEvent| {
            let order = [Tab::Fields, Tab::Json, Tab::Raw];
            let now = order.iter().position(|t| *t == tab).unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowRight" => (now + 1) % 3,
                "ArrowLeft" => (now + 2) % 3,
                _ => return,
            };
            event.prevent_default();
            act.emit(Action::Grid(GridAction::Tab(order[next])));
        })
    };
    let when = detail.time.map_or_else(|| "no time".to_owned(), |t| format!("{} UTC", time_axis::full(t)));
    let panel = match tab {
        Tab::Fields => html! { <Fields detail={detail.clone()} act={act.clone()} /> },
        Tab::Json => html! { <Json detail={detail.clone()} /> },
        Tab::Raw => html! { <Raw detail={detail.clone()} act={act.clone()} /> },
    };
    let label = match tab {
        Tab::Fields => "tab-Fields",
        Tab::Json => "tab-JSON",
        Tab::Raw => "tab-Raw",
    };
    html! {
        <aside class="detail" aria-label="Event detail">
            <div class="detail-head">
                <div class="detail-line"><span class="tag">{ family::mark(facets::family(&detail.format)) }{ &detail.title }</span><span class="grow"></span>{ tools }</div>
                <h2>{ sentence(&detail.summary) }</h2>
                <p class="where mono"><span>{ when }</span><span class="source" title={shown::line(&detail.source)}>{ shown::line(&detail.source) }</span>
                    <span>{ format!("line {}, record {}", text::grouped(detail.line), text::grouped(detail.record)) }</span></p>
                <div class="tabs" role="tablist" aria-label="How to show the event" onkeydown={turn}>
                    { tab_button(Tab::Fields, "Fields") }{ tab_button(Tab::Json, "JSON") }{ tab_button(Tab::Raw, "Raw") }
                </div>
            </div>
            <div class="detail-body" id="detail-panel" role="tabpanel" aria-labelledby={label} tabindex="0">{ panel }</div>
        </aside>
    }
}

#[derive(Properties, PartialEq)]
struct FieldsProps {
    detail: Shared<Detail>,
    act: Callback<Action>,
}

/// Every field that has a value.
#[component]
fn Fields(props: &FieldsProps) -> Html {
    let FieldsProps { detail, act } = props;
    let sought = use_state(String::new);
    let oninput = {
        let sought = sought.clone();
        Callback::from(move |event: yew::InputEvent| {
            sought.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let needle = sought.trim().to_lowercase();
    let fits = |field: &&DetailField| {
        needle.is_empty()
            || field.name.to_lowercase().contains(&needle)
            || field.value.to_string().to_lowercase().contains(&needle)
    };
    let line = |field: &DetailField| {
        let beside = match (field.unit.as_str(), field.value.number()) {
            ("B", Some(number)) if number >= 1000.0 => text::bytes(number),
            ("B" | "", _) => String::new(),
            (unit, Some(_)) => unit.to_owned(),
            _ => String::new(),
        };
        // Each of several values can be asked for.
        let button = |value: &Value| {
            let shown = match value {
                Value::Time(at) => time_axis::full(*at),
                value => shown::lines(&value.to_string()),
            };
            let open = opens_menu(act, &field.name, &value.to_string(), Some(&detail.format));
            html! { <button type="button" class="value" aria-haspopup="menu" onclick={open.clone()} oncontextmenu={open}>{ shown }</button> }
        };
        html! {
            <div class="field-line">
                <dt title={if field.doc.is_empty() { field.name.clone() } else { format!("{}: {}", field.name, field.doc) }}>{ breakable(&field.name) }</dt>
                <dd>{ for field.value.singles().map(button) }
                    if !beside.is_empty() { <span class="muted">{ beside }</span> }</dd>
            </div>
        }
    };
    let (changed, all) = changes::rows(&detail.fields);
    let in_rows = |field: &DetailField| !changed.is_empty() && changes::FIELDS.contains(&field.name.as_str());
    let fields = || detail.fields.iter().filter(fits);
    let table = (!changed.is_empty() && fields().any(in_rows)).then(|| change_table(&changed, all));
    let columns: Vec<Html> = fields().filter(|f| f.column && !in_rows(f)).map(line).collect();
    let paths: Vec<Html> = detail.fields.iter().filter(|f| !f.column).filter(fits).map(line).collect();
    let nothing = columns.is_empty() && paths.is_empty() && table.is_none();
    html! {
        <>
            if detail.fields.len() > 12 {
                <div class="find"><Icon glyph={Glyph::Search} /><input type="search" placeholder="Find in this event" aria-label="Find in this event" {oninput} /></div>
            }
            { for table }
            <dl class="fields">{ for columns }</dl>
            if !paths.is_empty() { <><h2 class="part">{ "Other paths of the record" }</h2><dl class="fields">{ for paths }</dl></> }
            if nothing { <p class="hint pad">{ "No field of this event holds that." }</p> }
        </>
    }
}

/// What changed: path, before, after.
fn change_table(changed: &[changes::ChangeRow], all: usize) -> Html {
    let row = |change: &changes::ChangeRow| {
        html! {
            <tr>
                <th scope="row">{ breakable(&change.path) }
                    if !change.item.is_empty() { <span class="muted">{ shown::line(&change.item) }</span> }</th>
                <td class="gone">{ shown::lines(&change.before) }</td>
                <td class="new">{ shown::lines(&change.after) }</td>
            </tr>
        }
    };
    html! {
        <>
            <table class="changes">
                <thead><tr><th scope="col">{ "Changed" }</th><th scope="col">{ "Before" }</th><th scope="col">{ "After" }</th></tr></thead>
                <tbody>{ for changed.iter().map(row) }</tbody>
            </table>
            if all > changed.len() { <p class="hint pad">{ format!("The first {} of {all} changes.", changed.len()) }</p> }
        </>
    }
}

/// A long name that may be broken behind its separators, not in the midst of a word.
fn breakable(name: &str) -> Html {
    let name = shown::line(name);
    let parts = name.split_inclusive(['.', '_', '-']).enumerate();
    html! { { for parts.map(|(i, part)| html! { <>if i > 0 { <wbr /> }{ part }</> }) } }
}

#[derive(Properties, PartialEq)]
struct JsonProps {
    detail: Shared<Detail>,
}

/// The record laid out as JSON; a record that is not JSON as the object that an export would write.
#[component]
fn Json(props: &JsonProps) -> Html {
    let laid_out = use_memo(props.detail.clone(), |detail| {
        if detail.json { json::lines(&detail.raw) } else { json::lines(&as_object(&detail.fields)) }
    });
    let (lines, cut) = &*laid_out;
    let lines = lines.iter().map(|line| {
        let pieces = line.pieces.iter().map(|(piece, words)| {
            let class = match piece {
                JsonTokenKind::Key => "js-key",
                JsonTokenKind::Text => "js-text",
                JsonTokenKind::Number => "js-number",
                JsonTokenKind::Word => "js-word",
                JsonTokenKind::Mark => "js-mark",
            };
            html! { <span {class}>{ shown::line(words) }</span> }
        });
        html! { <div class={format!("d{}", line.depth.min(12))}>{ for pieces }</div> }
    });
    html! {
        <>
            if !props.detail.json { <p class="hint pad">{ "This log is not JSON. This is the row as an export writes it." }</p> }
            <pre class="json">{ for lines }</pre>
            if *cut { <p class="hint pad">{ "Cut here; the Raw tab has the whole record." }</p> }
        </>
    }
}

fn as_object(fields: &[DetailField]) -> String {
    let text = |name: &str| Value::text(name).to_json().to_string();
    let members: Vec<String> =
        fields.iter().map(|f| format!("{}:{}", text(&f.name), f.value.to_json())).collect();
    format!("{{{}}}", members.join(","))
}

#[derive(Properties, PartialEq)]
struct RawProps {
    detail: Shared<Detail>,
    act: Callback<Action>,
}

/// The record as it was read.
#[component]
fn Raw(props: &RawProps) -> Html {
    let raw = &props.detail.raw;
    let copy = {
        let raw = raw.clone();
        props.act.reform(move |_| Action::Screen(ScreenAction::Copy(raw.clone())))
    };
    let mut end = raw.len().min(SHOWN);
    while !raw.is_char_boundary(end) {
        end -= 1;
    }
    html! {
        <>
            <div class="raw-tools"><button type="button" class="out small" onclick={copy}><Icon glyph={Glyph::Copy} />{ "Copy" }</button>
                <span class="muted">{ text::bytes(raw.len() as f64) }</span></div>
            <pre class="raw">{ shown::lines(raw.get(..end).unwrap_or("")) }</pre>
            if end < raw.len() { <p class="hint pad">{ "Only the beginning is shown; Copy takes all of it." }</p> }
        </>
    }
}
