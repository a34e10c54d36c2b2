//! The top line: where one is, what is loaded, how loading goes, that nothing leaves, theme and help.

use yew::{Callback, Html, Properties, classes, component, html, use_node_ref};

use super::{
    file_inputs::FileInputs,
    icon::{Glyph, Icon},
    picker::Picker,
    popover::{MenuItem, Popover},
};
use crate::{
    engine::{Loaded, Progress},
    hooks::use_style,
    state::{
        Action, FilesAction, FormatsAction, ScreenAction, Shared,
        ledger::Totals,
        model::{Overlay, Theme},
        text,
        url::Page,
    },
};

#[derive(Properties, PartialEq)]
pub(crate) struct HeaderProps {
    pub(crate) page: Page,
    /// Nothing is loaded: there is nowhere to go yet.
    pub(crate) empty: bool,
    pub(crate) loaded: Shared<Loaded>,
    pub(crate) progress: Progress,
    pub(crate) totals: Totals,
    pub(crate) theme: Theme,
    pub(crate) act: Callback<Action>,
}

/// The top line.
#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let HeaderProps { page, empty, loaded, progress, totals, theme, act } = props;
    let tab = |to: Page, words: Html| {
        let current = (*page == to).then_some("page");
        html! { <button type="button" class="tab" aria-current={current} onclick={act.reform(move |_| Action::Screen(ScreenAction::Go(to)))}>{ words }</button> }
    };
    let troubles = totals.rejected + totals.failed;
    let ledger = html! { <>{ "Ledger" }if troubles > 0 { <span class="count" title="rejected lines and files not read">{ text::grouped(troubles) }</span> }</> };
    let glyph = match theme {
        Theme::System => Glyph::System,
        Theme::Light => Glyph::Light,
        Theme::Dark => Glyph::Dark,
    };
    let next = theme.next().name();
    html! {
        <header class="top">
            <h1 class="brand"><Icon glyph={Glyph::Logo} />{ "Logloupe" }</h1>
            if !*empty {
                <nav aria-label="Screens">{ tab(Page::Explore, html! { "Explore" }) }{ tab(Page::Ledger, ledger) }</nav>
            }
            <FileInputs act={act.clone()} />
            <span class="grow"></span>
            if progress.loading {
                <Loading progress={progress.clone()} act={act.clone()} />
            } else if !*empty {
                <button type="button" class="quiet sources" onclick={act.reform(|_| Action::Screen(ScreenAction::Go(Page::Ledger)))} title="Open the ledger">
                    { text::plural(totals.files, "file") }{ " · " }{ text::plural(loaded.rows, "event") }
                    if totals.rejected > 0 { <span class="muted">{ " · " }{ text::grouped(totals.rejected) }{ " rejected" }</span> }
                </button>
            }
            if !*empty {
                <Popover face={html! { <Icon glyph={Glyph::Plus} /> }} label="Add logs" class={classes!("quiet", "square")} right={true}>
                    <div class="menu-part">
                        <Picker class="item" role="menuitem" />
                        <Picker folder={true} class="item" role="menuitem" />
                        <MenuItem onclick={act.reform(|()| Action::Screen(ScreenAction::Overlay(Overlay::Paste)))}><Icon glyph={Glyph::Paste} />{ "Paste text" }</MenuItem>
                        <MenuItem onclick={act.reform(|()| Action::Formats(FormatsAction::Open(None)))}><Icon glyph={Glyph::Filter} />{ "Try a pattern" }</MenuItem>
                        <hr />
                        <MenuItem onclick={act.reform(|()| Action::Files(FilesAction::Clear))}><Icon glyph={Glyph::Close} />{ "Close all logs" }</MenuItem>
                    </div>
                </Popover>
            }
            <span class="local" title="Nothing is sent anywhere. The page's security policy forbids it; the network tab of your browser's tools shows it."><Icon glyph={Glyph::Lock} /><span>{ "Local only" }</span></span>
            <button type="button" class="quiet square" aria-label="Theme" title={format!("Theme: {}. Click for {next}.", theme.name())}
                onclick={act.reform(|_| Action::Screen(ScreenAction::Theme))}><Icon {glyph} /></button>
            <button type="button" class="quiet square" aria-label="Shortcuts" title="Keys (?)"
                onclick={act.reform(|_| Action::Screen(ScreenAction::Overlay(Overlay::Keys)))}><Icon glyph={Glyph::Help} /></button>
        </header>
    }
}

#[derive(Properties, PartialEq)]
struct LoadingProps {
    progress: Progress,
    act: Callback<Action>,
}

/// How loading goes: files, bytes, rate, time left, and the thin line under the header.
#[component]
fn Loading(props: &LoadingProps) -> Html {
    let Progress { files, bytes, millis, .. } = props.progress;
    let line = use_node_ref();
    let part = if bytes.1 > 0 { bytes.0 as f64 / bytes.1 as f64 } else { 0.0 };
    use_style(&line, vec![("--part", format!("{part:.4}"))]);
    let percent = (part * 100.0).floor() as u64;
    let rate = if millis > 200.0 { bytes.0 as f64 / millis * 1000.0 } else { 0.0 };
    let left = if rate > 0.0 && millis > 800.0 {
        (bytes.1.saturating_sub(bytes.0)) as f64 / rate * 1000.0
    } else {
        0.0
    };
    html! {
        <span class="loading">
            <span class="loading-words">
                <span>{ format!("{} of {}", text::grouped(files.0), text::plural(files.1, "file")) }</span>
                <span class="wide-only">{ format!("{} of {}", text::bytes(bytes.0 as f64), text::bytes(bytes.1 as f64)) }</span>
                <span class="wide-only rate">{ if rate > 0.0 { format!("{}/s", text::bytes(rate)) } else { String::new() } }</span>
                <span class="wide-only left">{ if left > 900.0 { format!("{} left", text::millis(left)) } else { String::new() } }</span>
            </span>
            <button type="button" class="out small" onclick={props.act.reform(|_| Action::Files(FilesAction::Cancel))}>{ "Cancel" }</button>
            <span ref={line} class="loading-line" role="progressbar" aria-label="Loading" aria-valuemin="0" aria-valuemax="100" aria-valuenow={percent.to_string()}></span>
        </span>
    }
}
