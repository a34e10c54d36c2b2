//! What came of the lines that were tried: rows, rejections with their place, what each format says.

use logloupe_table::{
    Unit,
    custom::{Attempt, Problem, Verdict},
};
use yew::{Html, Properties, classes, component, html};

use crate::state::{ledger, text, trying::sentence};

/// How many rows and rejections are shown, and formats before the rest is asked for.
const ROWS: usize = 20;
const REJECTIONS: usize = 10;
const FORMATS: usize = 6;

#[derive(Properties, PartialEq)]
pub(super) struct OutcomeProps {
    pub(super) attempt: Attempt,
}

/// What came of the lines.
#[component]
pub(super) fn Outcome(props: &OutcomeProps) -> Html {
    let attempt = &props.attempt;
    let title = match &attempt.format {
        Some((id, title)) => html! { <><b>{ if title.is_empty() { id } else { title } }</b>{ ": " }</> },
        None => html! { <b>{ "Not read: " }</b> },
    };
    let heads = attempt.fields.iter().map(|field| {
        let kind = match field.unit {
            Unit::None => field.kind.name().to_owned(),
            unit => format!("{}, {}", field.kind.name(), unit.symbol()),
        };
        html! { <th scope="col">{ &field.name }<span class="muted">{ kind }</span></th> }
    });
    let rows = attempt.rows.iter().take(ROWS).map(|row| {
        let cells = row.values.iter().map(|value| html! { <td>{ value.to_string() }</td> });
        html! { <tr><th scope="row">{ row.line }</th>{ for cells }</tr> }
    });
    let rejections = attempt.rejections.iter().take(REJECTIONS).map(|rejection| {
        let (before, here, after) = ledger::marked(rejection);
        html! {
            <li>
                <p><span class="mono muted">{ format!("line {}, column {}", text::grouped(rejection.line), text::grouped(rejection.column)) }</span>
                    { " expected " }<b>{ &rejection.expected }</b></p>
                <pre>{ before }<mark>{ here }</mark>{ after }</pre>
            </li>
        }
    });
    let says = attempt.considered.iter().map(|considered| {
        let chosen = considered.verdict == Verdict::Chosen;
        html! { <li><b>{ &considered.title }</b><span class={classes!("label", chosen.then_some("good"))}>{ considered.verdict.word() }</span><span class="muted">{ &considered.reason }</span></li> }
    });
    let mut says: Vec<Html> = says.collect();
    let others = says.split_off(says.len().min(FORMATS));
    let count = others.len() as u64;
    html! {
        <div class="outcome">
            <p class="outcome-words">{ title }{ &attempt.reason }{ "." }</p>
            <p class="muted">{ text::plural(attempt.row_count, "row") }{ format!(", {} rejected", text::grouped(attempt.rejected)) }</p>
            if !attempt.rows.is_empty() {
                <div class="table-area"><table class="try-rows" aria-label="Rows"><thead><tr><th scope="col">{ "line" }</th>{ for heads }</tr></thead><tbody>{ for rows }</tbody></table></div>
            }
            if attempt.rejected > 0 { <h3>{ "Rejected" }</h3><ol class="rejections" aria-label="Rejected lines">{ for rejections }</ol> }
            <h3>{ "Formats considered" }</h3>
            <ul class="considered" aria-label="Formats considered">{ for says }</ul>
            if count > 0 { <details><summary>{ format!("{count} more") }</summary><ul class="considered">{ for others }</ul></details> }
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct WrongProps {
    pub(super) problem: Problem,
    /// The parts that it may be about, with their texts.
    pub(super) text: [(String, String); 2],
}

/// What is wrong with a pattern, with the place marked.
#[component]
pub(super) fn Wrong(props: &WrongProps) -> Html {
    let WrongProps { problem, text } = props;
    let place = text.iter().find(|(part, _)| *part == problem.part).map(|(_, text)| {
        let at = |byte: usize| text.floor_char_boundary(byte);
        let (from, to) = (at(problem.from), at(problem.to));
        let here = if from < to { &text[from..to] } else { "⏎" };
        html! { <pre>{ &text[..from] }<mark>{ here }</mark>{ &text[to..] }</pre> }
    });
    html! {
        <div class="wrong" role="alert">
            <p><b>{ sentence(&problem.message) }{ "." }</b>{ " " }{ sentence(&problem.help) }</p>
            { for place }
        </div>
    }
}
