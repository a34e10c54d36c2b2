//! The question explained: its plan in words, and the same question for AWS, to be copied.

use logloupe_syntax::explanation::{PlanStep, RunsAt};
use yew::{AttrValue, Callback, Html, Properties, component, html, use_state};

use super::{
    dialog::Dialog,
    icon::{Glyph, Icon},
};
use logloupe_protocol::text::Explained;

use crate::state::{Action, ScreenAction, Shared};

/// What the dialog shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Words,
    Athena,
    Insights,
}

const SIDES: [(Side, &str); 3] =
    [(Side::Words, "In words"), (Side::Athena, "Athena SQL"), (Side::Insights, "Insights")];

#[derive(Properties, PartialEq)]
pub(crate) struct ExplainProps {
    /// Nothing until a worker has answered.
    pub(crate) explained: Option<Shared<Explained>>,
    pub(crate) act: Callback<Action>,
}

/// The dialog "Explain".
#[component]
pub(crate) fn ExplainDialog(props: &ExplainProps) -> Html {
    let ExplainProps { explained, act } = props;
    let side = use_state(|| Side::Words);
    let tabs = SIDES.iter().map(|(this, name)| {
        let (this, side) = (*this, side.clone());
        let chosen = *side == this;
        html! { <button type="button" role="tab" aria-selected={chosen.to_string()} onclick={move |_| side.set(this)}>{ *name }</button> }
    });
    let body = match explained.as_deref() {
        None => html! { <p class="hint">{ "…" }</p> },
        Some(explained) => match (explained.steps(), *side) {
            (Err(message), _) => html! { <p class="hint">{ message }</p> },
            (Ok(steps), Side::Words) => html! { <Words steps={steps.to_vec()} /> },
            (Ok(_), Side::Athena) => match explained.athena() {
                Ok(athena) => html! {
                    <>
                        <Text name="Query" text={athena.sql.clone()} act={act.clone()} />
                        { for athena.notes.iter().map(|note| html! { <p class="hint" role="note">{ note }</p> }) }
                        <Text name="Its table, to create once with your bucket" text={athena.ddl.clone()} act={act.clone()} />
                    </>
                },
                Err(message) => html! { <p class="hint">{ message }</p> },
            },
            (Ok(_), Side::Insights) => match explained.insights() {
                Ok(insights) => html! {
                    <>
                        <Text name="Query" text={insights.text.clone()} act={act.clone()} />
                        <p class="hint" role="note">{ format!("Ask it of {}.", insights.group) }</p>
                        { for insights.notes.iter().map(|note| html! { <p class="hint" role="note">{ note }</p> }) }
                    </>
                },
                Err(message) => html! { <p class="hint">{ message }</p> },
            },
        },
    };
    html! {
        <Dialog title="Explain" act={act.clone()}>
            <div class="tabs" role="tablist" aria-label="Explain as">{ for tabs }</div>
            <div class="explained">{ body }</div>
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct WordsProps {
    steps: Vec<PlanStep>,
}

/// The steps, under where they run.
#[component]
fn Words(props: &WordsProps) -> Html {
    let mut groups: Vec<(RunsAt, usize, Vec<&PlanStep>)> = Vec::new();
    for (at, step) in props.steps.iter().enumerate() {
        match groups.last_mut() {
            Some((place, _, steps)) if *place == step.place => steps.push(step),
            _ => groups.push((step.place, at + 1, vec![step])),
        }
    }
    let groups = groups.into_iter().map(|(place, first, steps)| {
        let place = match place {
            RunsAt::Parts => "On each worker, over its part of the rows",
            RunsAt::Merge => "Between the workers",
            RunsAt::Whole => "Once, on the whole",
        };
        let steps = steps.into_iter().map(|step| html! { <li>{ &step.text }</li> });
        html! { <section><h3>{ place }</h3><ol start={first.to_string()}>{ for steps }</ol></section> }
    });
    html! { { for groups } }
}

#[derive(Properties, PartialEq)]
struct TextProps {
    name: &'static str,
    text: AttrValue,
    act: Callback<Action>,
}

/// Text to copy.
#[component]
fn Text(props: &TextProps) -> Html {
    let TextProps { name, text, act } = props;
    let copied = text.to_string();
    html! {
        <section aria-label={*name}>
            <div class="explained-head"><h3>{ *name }</h3><span class="grow"></span>
                <button type="button" class="out small" onclick={act.reform(move |_| Action::Screen(ScreenAction::Copy(copied.clone())))}><Icon glyph={Glyph::Copy} />{ "Copy" }</button></div>
            <pre tabindex="0">{ text }</pre>
        </section>
    }
}
