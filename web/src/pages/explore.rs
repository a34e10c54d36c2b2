//! Three questions from top to bottom: what is asked, when it was, which events they are.

use std::rc::Rc;

use yew::{Callback, Html, Properties, classes, component, html};

use crate::{
    components::{
        chips::Chips,
        detail::DetailPanel,
        facets::Facets,
        grid::Grid,
        icon::{Glyph, Icon},
        no_match::NoMatch,
        nothing_read::NothingRead,
        query_bar::QueryBar,
        remarks::Remarks,
        results::Results,
        status_line::StatusLine,
        time_range::TimeRange,
        timeline::Timeline,
    },
    state::{
        Action, Model, ScreenAction,
        edits::{self, QueryText},
        facets,
        model::Overlay,
    },
};

#[derive(Clone)]
pub(crate) struct ModelRef(pub(crate) Rc<std::cell::RefCell<Model>>);

impl PartialEq for ModelRef {
    /// The page passes its state down on every change; what has not changed is found out further below.
    fn eq(&self, _: &ModelRef) -> bool {
        false
    }
}

#[derive(Properties, PartialEq)]
pub(crate) struct ExploreProps {
    pub(crate) model: ModelRef,
    pub(crate) act: Callback<Action>,
}

/// The main screen.
#[component]
pub(crate) fn Explore(props: &ExploreProps) -> Html {
    let act = &props.act;
    let model = props.model.0.borrow();
    let query = model.view.query.clone();
    let language = model.view.language;
    let viewed = &model.question.viewed;
    // Of the answer on screen: the text above may be a later one that cannot run.
    let sort = viewed
        .as_ref()
        .and_then(|v| edits::sort(QueryText { text: &v.request.query, language: v.request.language }));
    // Answers in the time of a blink are not announced as waiting.
    let busy = model.question.asking && viewed.is_some();
    let nothing =
        viewed.as_ref().is_some_and(|v| v.rows == 0 && v.table.is_none()) && !model.files.progress.loading;
    let middle = match viewed {
        Some(viewed) if viewed.table.is_some() => html! {
            <Results viewed={viewed.clone()} {sort} kind={model.screen.chart} {busy} act={act.clone()} />
        },
        Some(viewed) if nothing => html! {
            <NoMatch query={query.clone()} {language} range={model.view.range} total={viewed.answer.total} absent={viewed.answer.absent.clone()} act={act.clone()} />
        },
        Some(_) => html! {
            <Grid rows={model.grid.rows.clone()} columns={Rc::new(model.columns())} choice={Rc::new(facets::all_fields(&model.files.loaded.formats))}
                {sort} selected={model.grid.selected} scroll_epoch={model.grid.scroll_epoch} {busy} act={act.clone()} />
        },
        None if model.has_error() => {
            html! { <div class="empty"><h2>{ "The query cannot run yet" }</h2><p>{ "The place is underlined above; beside it stands what was expected." }</p></div> }
        }
        None if !model.files.progress.loading && model.files.loaded.rows == 0 => {
            html! { <NothingRead entries={model.files.ledger.clone()} act={act.clone()} /> }
        }
        None => html! { <div class="empty quiet-wait"><p>{ "Reading…" }</p></div> },
    };
    let is_open = model.grid.open.is_some() && !model.has_table();
    let facets_sheet = model.screen.overlay == Overlay::Facets;
    html! {
        <main class={classes!("explore", is_open.then_some("with-detail"), facets_sheet.then_some("with-facets"))}>
            <QueryBar draft={model.question.draft.clone()} ran={query.clone()} {language} remarks={model.question.diagnostics.clone()} suggestions={model.question.suggestions.clone()} loaded={model.files.loaded.clone()}
                answered={viewed.is_some()} act={act.clone()} />
            <div class="under-query">
                <Remarks text={query.clone()} remarks={model.question.diagnostics.clone()} />
                <Chips query={query.clone()} {language} act={act.clone()} />
                <span class="grow"></span>
                <TimeRange range={model.view.range} times={model.files.loaded.times} act={act.clone()} />
            </div>
            <Timeline viewed={viewed.clone()} span={model.span()} zoomed={model.view.span.is_some()} range={model.view.range} times={model.files.loaded.times} act={act.clone()} />
            <div class="which">
                <div class="side">
                    <div class="sheet-head narrow-only"><h2>{ "Facets" }</h2><span class="grow"></span>
                        <button type="button" class="quiet square" aria-label="Close facets" onclick={act.reform(|_| Action::Screen(ScreenAction::Overlay(Overlay::None)))}><Icon glyph={Glyph::Close} /></button></div>
                    <Facets viewed={viewed.clone()} loaded={model.files.loaded.clone()} fields={model.facet_fields()} long={model.facets.long.clone()} act={act.clone()} />
                </div>
                <div class={classes!("middle", model.is_stale().then_some("stale"))}>{ middle }</div>
                if is_open { <DetailPanel detail={model.grid.detail.clone()} tab={model.grid.tab} act={act.clone()} /> }
            </div>
            <StatusLine viewed={viewed.clone()} status={model.status()} is_stale={model.is_stale()} loaded={model.files.loaded.clone()} act={act.clone()} />
        </main>
    }
}
