//! The time that is looked at: in words, with ranges relative to the end of the data and two fields to type one.

use web_sys::{HtmlInputElement, SubmitEvent};
use yew::{Callback, Html, Properties, TargetCast, classes, component, html, use_state};

use super::{
    icon::{Glyph, Icon},
    popover::{MenuItem, Popover},
};
use crate::state::{
    Action, QueryAction,
    time_axis::{self, Range},
};

#[derive(Properties, PartialEq)]
pub(crate) struct TimeRangeProps {
    /// The brush.
    pub(crate) range: Option<Range>,
    /// From the first to the last event.
    pub(crate) times: Option<Range>,
    pub(crate) act: Callback<Action>,
}

/// The button that says the range, and what can be chosen instead.
#[component]
pub(crate) fn TimeRange(props: &TimeRangeProps) -> Html {
    let TimeRangeProps { range, times, act } = props;
    let Some(times) = *times else { return html! {} };
    let shown = range.unwrap_or(times);
    let words = html! { <span title={time_axis::range_text(shown)}>{ time_axis::short_range(shown) }</span> };
    let face = html! { <><Icon glyph={Glyph::Clock} />{ words }<Icon glyph={Glyph::Caret} /></> };
    let presets = time_axis::presets(times).into_iter().map(|(name, range)| {
        html! { <MenuItem onclick={act.reform(move |()| Action::Query(QueryAction::Brush(Some(range))))}>{ name }</MenuItem> }
    });
    html! {
        <span class="time-range">
            <Popover {face} right={true} role="dialog" class={classes!("quiet", "small", range.is_some().then_some("set"))}>
                <div class="menu-part">
                    <MenuItem onclick={act.reform(|()| Action::Query(QueryAction::Brush(None)))}>{ "All of the data" }</MenuItem>
                    { for presets }
                </div>
                <Typed key={format!("{shown:?}")} {shown} act={act.clone()} />
            </Popover>
            if range.is_some() {
                <button type="button" class="quiet small square" aria-label="Remove time range" title="Remove time range"
                    onclick={act.reform(|_| Action::Query(QueryAction::Brush(None)))}><Icon glyph={Glyph::Close} /></button>
            }
        </span>
    }
}

#[derive(Properties, PartialEq)]
struct TypedProps {
    shown: Range,
    act: Callback<Action>,
}

/// Two fields to type a range.
#[component]
fn Typed(props: &TypedProps) -> Html {
    let from = use_state(|| time_axis::brief(props.shown.0));
    let to = use_state(|| time_axis::brief(props.shown.1));
    let typed = time_axis::parse(&from).zip(time_axis::parse(&to));
    let valid = typed.filter(|(from, to)| from < to);
    let trouble = match (typed, valid) {
        (None, _) => Some("write times as 2026-03-05 01:30"),
        (_, None) => Some("the end is not after the start"),
        _ => None,
    };
    let onsubmit = {
        let act = props.act.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if valid.is_some() {
                act.emit(Action::Query(QueryAction::Brush(valid)));
            }
        })
    };
    let edit = |state: yew::UseStateSetter<String>| {
        Callback::from(move |event: yew::InputEvent| {
            state.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    html! {
        <form class="typed-range" {onsubmit}>
            <label><span>{ "From, UTC" }</span><input type="text" class="field mono" value={(*from).clone()} oninput={edit(from.setter())} /></label>
            <label><span>{ "To, UTC" }</span><input type="text" class="field mono" value={(*to).clone()} oninput={edit(to.setter())} /></label>
            <p class="hint" aria-live="polite">{ trouble.unwrap_or("") }</p>
            <button type="submit" class="primary" disabled={valid.is_none()}>{ "Apply" }</button>
        </form>
    }
}
