//! What was read and what was not: one row per file, totals that add up, each rejected line with its place.

use logloupe_table::{
    ledger::Entry,
    settings::{Rule, last_about},
    shown,
};
use yew::{Callback, Html, Properties, classes, component, html, use_state};

use crate::{
    components::{
        family,
        icon::{Glyph, Icon},
        read_as::ReadAs,
    },
    engine::gave_nothing,
    state::{
        Action, FilesAction, FormatsAction, Shared, facets,
        ledger::{self, Tone, Totals},
        text, time_axis,
    },
};

/// How many rejected lines of a file are put on screen.
const SHOWN: usize = 100;
/// How many files are put on screen at first.
const FILES: usize = 300;

#[derive(Properties, PartialEq)]
pub(crate) struct LedgerPageProps {
    pub(crate) entries: Shared<Vec<Entry>>,
    pub(crate) totals: Totals,
    /// What the user says of files.
    pub(crate) rules: Shared<Vec<Rule>>,
    pub(crate) act: Callback<Action>,
}

/// The region "Ledger".
#[component]
pub(crate) fn LedgerPage(props: &LedgerPageProps) -> Html {
    let LedgerPageProps { entries, totals, rules, act } = props;
    let only_troubles = use_state(|| false);
    let shown = use_state(|| FILES);
    let is_trouble = |tone| matches!(tone, Tone::Bad | Tone::Notice);
    let has_trouble = |e: &Entry| {
        let found = ledger::verdict(e).is_some_and(|(_, tone, _)| is_trouble(tone));
        e.rejected > 0 || is_trouble(ledger::state_word(e).1) || found
    };
    let chosen: Vec<usize> =
        (0..entries.len()).filter(|i| !*only_troubles || has_trouble(&entries[*i])).collect();
    let rows = chosen
        .iter()
        .take(*shown)
        .map(|i| html! { <File key={*i} entries={entries.clone()} place={*i} rules={rules.clone()} act={act.clone()} /> });
    let toggle = {
        let only_troubles = only_troubles.clone();
        move |_| only_troubles.set(!*only_troubles)
    };
    let left = chosen.len().saturating_sub(*shown);
    let more = {
        let shown = shown.clone();
        move |_| shown.set(*shown + FILES * 3)
    };
    let count = |n: u64| html! { <td class="right mono">{ text::grouped(n) }</td> };
    let accounted = totals.rows + totals.rejected + totals.skipped == totals.records;
    html! {
        <main class="ledger-page">
            <section class="ledger" role="region" aria-label="Ledger">
                <div class="ledger-head">
                    <div>
                        <h2>{ "Ledger" }</h2>
                        <p class="muted">{ "Every file and every record: read, rejected or put aside. Nothing is dropped silently." }</p>
                        if let Some(found) = &totals.integrity { <p>{ format!("CloudTrail's digest files: {found}.") }</p> }
                    </div>
                    <span class="grow"></span>
                    <button type="button" class="out" aria-pressed={only_troubles.to_string()} onclick={toggle}>{ "Only with troubles" }</button>
                    <button type="button" class="out" onclick={act.reform(|_| Action::Formats(FormatsAction::Open(None)))}>{ "Try a pattern" }</button>
                    <button type="button" class="out" disabled={totals.rejected == 0} onclick={act.reform(|_| Action::Files(FilesAction::DownloadRejected))}><Icon glyph={Glyph::Download} />{ "Download rejected lines" }</button>
                </div>
                <div class="ledger-table"><table aria-label="Files">
                    <thead><tr>
                        <th scope="col">{ "File" }</th><th scope="col">{ "Taken for" }</th><th scope="col">{ "Why" }</th><th scope="col">{ "State" }</th>
                        <th scope="col" class="right">{ "Records" }</th><th scope="col" class="right">{ "Rows" }</th><th scope="col" class="right">{ "Rejected" }</th>
                        <th scope="col" class="right">{ "Aside" }</th><th scope="col" class="right">{ "Repeated" }</th><th scope="col" class="right">{ "Size" }</th><th scope="col">{ "First and last, UTC" }</th>
                    </tr></thead>
                    <tbody>{ for rows }</tbody>
                    <tfoot><tr>
                        <th scope="row">{ text::plural(totals.files, "file") }</th><td></td>
                        <td>{ if accounted { "records = rows + rejected + aside" } else { "still counting" } }</td><td></td>
                        { count(totals.records) }{ count(totals.rows) }{ count(totals.rejected) }{ count(totals.skipped) }{ count(totals.duplicates) }
                        <td class="right mono">{ text::bytes(totals.bytes as f64) }</td><td></td>
                    </tr></tfoot>
                </table></div>
                if left > 0 { <button type="button" class="more" onclick={more}>{ format!("Show more files ({} left)", text::grouped(left as u64)) }</button> }
            </section>
        </main>
    }
}

#[derive(Properties, PartialEq)]
struct FileProps {
    entries: Shared<Vec<Entry>>,
    place: usize,
    rules: Shared<Vec<Rule>>,
    act: Callback<Action>,
}

#[component]
fn File(props: &FileProps) -> Html {
    let open = use_state(|| false);
    let asking = use_state(|| false);
    let Some(entry) = props.entries.get(props.place) else { return html! {} };
    // Offered where nothing came of a file; for others at hand when it is pointed at.
    let needed = gave_nothing(entry);
    let rule = last_about(&props.rules, &entry.source);
    let ask = (needed || entry.format.is_some()).then(|| {
        let flip = {
            let asking = asking.clone();
            move |_| asking.set(!*asking)
        };
        html! { <button type="button" class={classes!("link", (!needed && rule.is_none() && !*asking).then_some("at-hand"))} aria-expanded={asking.to_string()} onclick={flip}>{ "Read as…" }</button> }
    });
    let form = (ask.is_some() && *asking).then(|| {
        html! { <tr class="rejections"><td colspan="11"><ReadAs source={entry.source.clone()} format={entry.format.clone()} rule={rule.cloned()} act={props.act.clone()} /></td></tr> }
    });
    let (word, tone) = ledger::state_word(entry);
    let verdict = ledger::verdict(entry);
    let told = verdict.filter(|(_, tone, _)| *tone != Tone::Good).map(|(_, _, why)| why.to_owned());
    let verdict = verdict.map(|(word, tone, why)| {
        html! { <>{ " " }<span class={classes!("label", tone.class())} title={why.to_owned()}>{ word }</span></> }
    });
    let (folder, name) = entry.source.rsplit_once('/').unwrap_or(("", &entry.source));
    let wrapping = ledger::wrapping(entry);
    let taken_for = match &entry.format {
        Some(id) => {
            html! { <span class="tag" title={facets::format_title(id)}>{ family::log(id) }</span> }
        }
        None => html! { <span class="muted">{ "–" }</span> },
    };
    let times = match (entry.first_time, entry.last_time) {
        (Some(first), Some(last)) => {
            html! { <><span>{ time_axis::seconds(first) }</span><span>{ time_axis::seconds(last) }</span></> }
        }
        _ => html! { "–" },
    };
    let number = |n: u64| html! { <td class={classes!("right", "mono", (n == 0).then_some("muted"))}>{ text::grouped(n) }</td> };
    let rejected = if entry.rejected > 0 {
        let flip = {
            let open = open.clone();
            move |_| open.set(!*open)
        };
        html! { <td class="right mono"><button type="button" class="link bad" aria-expanded={open.to_string()} onclick={flip}>{ text::grouped(entry.rejected) }</button></td> }
    } else {
        number(0)
    };
    let lines = open.then(|| {
        let items = entry.rejections.iter().take(SHOWN).map(|rejection| {
            let (before, here, after) = ledger::marked(rejection);
            html! {
                <li>
                    <p><span class="mono muted">{ format!("line {}, column {}", text::grouped(rejection.line), text::grouped(rejection.column)) }</span>
                        { " expected " }<b>{ shown::line(&rejection.expected) }</b>{ ", found " }<code>{ shown::line(&rejection.found) }</code></p>
                    <pre>{ shown::lines(&before) }<mark>{ shown::line(&here) }</mark>{ shown::lines(&after) }</pre>
                </li>
            }
        });
        let left = entry.rejected.saturating_sub(SHOWN.min(entry.rejections.len()) as u64);
        html! {
            <tr class="rejections"><td colspan="11"><ol>{ for items }</ol>
                if left > 0 { <p class="hint">{ format!("{} more; the download has all that were kept.", text::grouped(left)) }</p> }
            </td></tr>
        }
    });
    html! {
        <>
            <tr>
                <th scope="row" class="source" title={shown::line(&entry.source)}><span class="mono">{ shown::line(name) }</span><span class="folder">{ shown::line(folder) }</span></th>
                <td>{ taken_for }if !wrapping.is_empty() { <span class="muted wrapping">{ wrapping }</span> }</td>
                <td class="why">{ shown::line(&ledger::reason(entry)) }{ " " }{ ask }if let Some(told) = told { <span class="muted wrapping">{ told }</span> }</td>
                <td><span class={classes!("label", tone.class())}>{ word }</span>{ for verdict }</td>
                { number(entry.records) }{ number(entry.rows) }{ rejected }{ number(entry.skipped) }{ number(entry.duplicates) }
                <td class="right mono">{ text::bytes(entry.bytes_stored as f64) }</td>
                <td class="mono times">{ times }</td>
            </tr>
            { for form }
            { for lines }
        </>
    }
}
