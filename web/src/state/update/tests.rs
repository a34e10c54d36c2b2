//! The page's behaviour without a page: what follows from what.

use logloupe_syntax::Diagnostic;
use logloupe_view::{Answer, Detail, GridRow, RowId, ViewRequest};

use super::*;
use crate::{
    engine::{Loaded, ResultView, Viewed},
    state::{
        edits::ValueAct,
        keys::Key,
        model::{GridModel, Overlay},
        url::{Page, View},
    },
};

fn loaded() -> Loaded {
    Loaded {
        rows: 1000,
        formats: vec![("vpc_flow".into(), 1000)],
        times: Some((0, 1_000_000)),
        ..Loaded::default()
    }
}

fn viewed(view: u32, rows: u64) -> Viewed {
    let answer = Answer { total: 1000, matched: rows, ..Answer::default() };
    Viewed { view, rows, answer, ..Viewed::default() }
}

fn rows(count: u32, cells: usize) -> Vec<GridRow> {
    let row = |i| GridRow {
        id: RowId { row: i, ..RowId::default() },
        cells: vec![logloupe_table::Value::Null; cells],
        ..GridRow::default()
    };
    (0..count).map(row).collect()
}

/// A page that shows the first rows of a view of 1000.
fn shown() -> Model {
    let mut model =
        Model { grid: GridModel { viewport: (0, 20), ..GridModel::default() }, ..Model::default() };
    let _ = model.update(Action::Engine(Event::Changed(loaded())));
    let _ = model.update(Action::Engine(Event::Answered(Box::new(viewed(1, 1000)))));
    let cells = model.grid.pending_rows.as_ref().map_or(0, |c| c.columns.len());
    let _ = model.update(Action::Engine(Event::Rows { view: 1, from: 0, rows: rows(256, cells) }));
    assert!(model.grid.rows.get(255).is_some());
    model
}

fn asked(effects: &[Effect]) -> Option<&ViewRequest> {
    effects.iter().find_map(|e| match e {
        Effect::Engine(Command::View(request)) => Some(request),
        _ => None,
    })
}

#[test]
fn the_address_is_asked_once_logs_are_there() {
    let view = View { query: "filter a = 1".into(), range: Some((5, 10)), ..View::default() };
    let mut model = Model { view, ..Model::default() };
    assert!(model.is_empty());
    let effects = model.update(Action::Engine(Event::Changed(loaded())));
    let request = asked(&effects).expect("a question");
    assert_eq!((request.query.as_str(), request.time), ("filter a = 1", Some((5, 10))));
    assert_eq!(request.facets, model.facet_fields());
}

#[test]
fn the_old_rows_stay_until_the_new_ones_are_here() {
    let mut model = shown();
    let effects = model.update(Action::Query(QueryAction::Run("filter a = 1".into())));
    assert!(asked(&effects).is_some() && effects.contains(&Effect::Address(true)));
    let effects = model.update(Action::Engine(Event::Answered(Box::new(viewed(2, 10)))));
    let Some(Effect::Engine(Command::Rows { view: 2, from: 0, count: 10, columns })) = effects.first() else {
        panic!("asks for the rows: {effects:?}");
    };
    assert_eq!((model.grid.rows.view, model.grid.rows.total), (1, 1000), "still the old ones");
    let _ = model.update(Action::Engine(Event::Rows { view: 2, from: 0, rows: rows(10, columns.len()) }));
    assert_eq!((model.grid.rows.view, model.grid.rows.total), (2, 10));
    assert_eq!(model.grid.scroll_epoch, 1, "another question begins at the top");
}

#[test]
fn rows_of_an_older_view_are_not_mixed_in() {
    let mut model = shown();
    let cells = model.grid.rows.columns.len();
    let _ = model.update(Action::Engine(Event::Answered(Box::new(viewed(2, 500)))));
    let _ = model.update(Action::Engine(Event::Rows { view: 1, from: 0, rows: rows(5, cells) }));
    assert_eq!(model.grid.rows.view, 1);
    let _ = model.update(Action::Engine(Event::Rows { view: 2, from: 0, rows: rows(5, cells) }));
    assert_eq!(model.grid.rows.view, 2);
}

#[test]
fn a_new_column_fetches_the_rows_again_and_refuses_those_without_it() {
    let mut model = shown();
    let before = model.grid.rows.columns.len();
    let effects = model.update(Action::Grid(GridAction::AddColumn("dstport".into())));
    assert!(
        effects.iter().any(
            |e| matches!(e, Effect::Engine(Command::Rows { columns, .. }) if columns.len() == before + 1)
        )
    );
    let _ = model.update(Action::Engine(Event::Rows { view: 1, from: 0, rows: rows(256, before) }));
    assert_eq!(
        model.grid.rows.columns.len(),
        before,
        "rows on their way without the column are not taken for new"
    );
    let _ = model.update(Action::Engine(Event::Rows { view: 1, from: 0, rows: rows(256, before + 1) }));
    assert_eq!(model.grid.rows.columns.len(), before + 1);
    let effects = model.update(Action::Grid(GridAction::RemoveColumn("dstport".into())));
    assert!(
        !effects.iter().any(|e| matches!(e, Effect::Engine(Command::Rows { .. }))),
        "taking one away fetches nothing"
    );
}

#[test]
fn while_an_answer_is_out_a_change_waits_but_is_not_forgotten() {
    let mut model = shown();
    assert!(asked(&model.update(Action::Engine(Event::Changed(loaded())))).is_some());
    assert!(asked(&model.update(Action::Engine(Event::Changed(loaded())))).is_none());
    let effects = model.update(Action::Engine(Event::Answered(Box::new(viewed(2, 1000)))));
    assert!(asked(&effects).is_some());
    assert_eq!(model.grid.scroll_epoch, 0, "loading does not throw the user to the top");
}

#[test]
fn a_query_error_keeps_the_last_answer() {
    let mut model = shown();
    let _ = model.update(Action::Query(QueryAction::Run("filter (".into())));
    let _ = model.update(Action::Engine(Event::Diagnosed(vec![Diagnostic::error(7..8, "no")])));
    assert!(model.has_error() && !model.question.asking && model.question.viewed.is_some());
    // A click on a value has nothing to go into; it says so and leaves the text alone.
    let effects = model.update(Action::Query(QueryAction::Value(ValueAct::Only, "a".into(), "b".into())));
    assert!(asked(&effects).is_none() && model.screen.notice.is_some());
    assert_eq!(model.question.draft, "filter (");
    let _ = model.update(Action::Query(QueryAction::Run(String::new())));
    let _ = model.update(Action::Engine(Event::Answered(Box::new(viewed(3, 1000)))));
    assert!(model.question.diagnostics.is_empty());
}

#[test]
fn remarks_stay_with_their_answer() {
    let mut model = shown();
    let _ = model.update(Action::Query(QueryAction::Run("filter a = 1".into())));
    let _ = model.update(Action::Engine(Event::Diagnosed(vec![Diagnostic::warning(7..8, "hm")])));
    let _ = model.update(Action::Engine(Event::Answered(Box::new(viewed(2, 0)))));
    assert_eq!(model.question.diagnostics.len(), 1);
}

#[test]
fn rows_are_walked_and_opened() {
    let mut model = shown();
    assert!(model.update(Action::Screen(ScreenAction::Key(Key::NextRow))).is_empty(), "nothing is open yet");
    assert_eq!(model.grid.selected, Some(0));
    let effects = model.update(Action::Grid(GridAction::OpenSelected));
    let first = RowId::default();
    assert_eq!(effects, [Effect::Engine(Command::Detail(first))]);
    let detail = |id| Event::Detailed(Box::new(Detail { id, ..Detail::default() }));
    let _ = model.update(Action::Engine(detail(first)));
    let effects = model.update(Action::Screen(ScreenAction::Key(Key::NextRow)));
    assert_eq!(effects, [Effect::Engine(Command::Detail(RowId { row: 1, ..first }))]);
    let _ = model.update(Action::Engine(detail(first)));
    assert_eq!(
        model.grid.open,
        Some(RowId { row: 1, ..first }),
        "a late answer for another row changes nothing"
    );
    let _ = model.update(Action::Grid(GridAction::Move(-5)));
    assert_eq!(model.grid.selected, Some(0));
    let _ = model.update(Action::Screen(ScreenAction::Key(Key::Back)));
    assert!(model.grid.open.is_none() && model.grid.detail.is_none());
}

#[test]
fn walking_begins_where_one_looks() {
    let mut model = shown();
    let _ = model.update(Action::Grid(GridAction::Viewport(200, 20)));
    let _ = model.update(Action::Screen(ScreenAction::Key(Key::NextRow)));
    assert_eq!(model.grid.selected, Some(200));
    for (by, place) in [(1000, 999), (-1000, 0), (40, 240)] {
        model.grid.selected = None;
        let _ = model.update(Action::Grid(GridAction::Move(by)));
        assert_eq!(model.grid.selected, Some(place));
    }
}

#[test]
fn a_row_that_is_not_here_yet_opens_when_it_comes() {
    let mut model = shown();
    let _ = model.update(Action::Grid(GridAction::Select(0)));
    let effects = model.update(Action::Grid(GridAction::Move(600)));
    assert!(effects.is_empty() && model.grid.open_on_arrival);
    let cells = model.grid.rows.columns.len();
    for effect in model.update(Action::Grid(GridAction::Viewport(590, 20))) {
        let Effect::Engine(Command::Rows { view, from, count, .. }) = effect else { continue };
        let arrived =
            model.update(Action::Engine(Event::Rows { view, from, rows: rows(count as u32, cells) }));
        assert!(arrived.iter().any(|e| matches!(e, Effect::Engine(Command::Detail(_)))));
    }
    assert!(!model.grid.open_on_arrival);
}

#[test]
fn escape_closes_the_uppermost_first() {
    let mut model = shown();
    let _ = model.update(Action::Grid(GridAction::Select(3)));
    let _ = model.update(Action::Screen(ScreenAction::Key(Key::Help)));
    let _ = model.update(Action::Screen(ScreenAction::Key(Key::Back)));
    assert!(model.screen.overlay == Overlay::None && model.grid.open.is_some());
    let _ = model.update(Action::Screen(ScreenAction::Key(Key::Back)));
    assert!(model.grid.open.is_none());
}

#[test]
fn back_and_forward_ask_only_when_the_question_differs() {
    let mut model = shown();
    let ledger = View { page: Page::Ledger, ..model.view.clone() };
    assert!(model.update(Action::Query(QueryAction::Arrived(ledger))).is_empty());
    let other = View { query: "filter b = 2".into(), ..View::default() };
    assert!(asked(&model.update(Action::Query(QueryAction::Arrived(other)))).is_some());
    assert_eq!(model.question.draft, "filter b = 2");
}

#[test]
fn a_stats_answer_has_no_rows_to_fetch() {
    let mut model = shown();
    let table = Some(ResultView { columns: vec![("n".into(), true)], rows: Vec::new(), remarks: Vec::new() });
    let answer = Viewed { table, ..viewed(2, 1000) };
    assert!(model.update(Action::Engine(Event::Answered(Box::new(answer)))).is_empty());
    assert!(model.has_table() && model.grid.rows.total == 0);
}

#[test]
fn facets_are_added_hidden_and_brought_back() {
    let mut model = shown();
    let usual = model.facet_fields();
    let _ = model.update(Action::Facets(FacetsAction::Add("a.b.c".into())));
    assert_eq!(model.facet_fields()[0], "a.b.c");
    let _ = model.update(Action::Facets(FacetsAction::Hide("a.b.c".into())));
    assert_eq!(model.facet_fields(), usual);
    let _ = model.update(Action::Facets(FacetsAction::Hide(usual[0].clone())));
    assert!(!model.facet_fields().contains(&usual[0]));
    let _ = model.update(Action::Facets(FacetsAction::Add(usual[0].clone())));
    assert!(model.facet_fields().contains(&usual[0]));
}

#[test]
fn closing_all_logs_keeps_the_settings() {
    let mut model = shown();
    model.screen.theme = Theme::Dark;
    let _ = model.update(Action::Grid(GridAction::Widen("@timestamp".into(), 300.0)));
    let effects = model.update(Action::Files(FilesAction::Clear));
    assert!(effects.contains(&Effect::Engine(Command::Clear)) && model.is_empty());
    assert_eq!((model.screen.theme, model.grid.widths.len()), (Theme::Dark, 1));
}

#[test]
fn suggestions_that_come_after_the_query_was_run_stay_away() {
    use logloupe_syntax::completion::{CompletionItem, CompletionKind, Completions};
    let text = "filter ispresent(action)";
    let (text_of, kind) = ("and".to_owned(), CompletionKind::Keyword);
    let item = CompletionItem { text: text_of, kind, label: String::new(), doc: String::new(), count: None };
    let offered = || Completions { replace: text.len()..text.len(), items: vec![item.clone()] };
    let mut model = shown();
    let typed = || Action::Query(QueryAction::Typed(text.into(), text.len()));
    let _ = model.update(typed());
    let _ = model.update(Action::Engine(Event::Completed(text.into(), offered())));
    assert!(model.question.suggestions.is_some());
    let _ = model.update(typed());
    let _ = model.update(Action::Query(QueryAction::Run(text.into())));
    let _ = model.update(Action::Engine(Event::Completed(text.into(), offered())));
    assert!(model.question.suggestions.is_none());
}

#[test]
fn a_format_that_is_kept_is_remembered_and_reads_its_file() {
    use logloupe_protocol::custom::Described;
    use logloupe_table::{custom::Definition, settings::Rule};
    let mut model = shown();
    let open = model.update(Action::Formats(FormatsAction::Open(Some("app.log".to_owned()))));
    assert_eq!(open, [Effect::Engine(Command::FirstLines("app.log".to_owned()))]);
    assert_eq!(model.screen.overlay, Overlay::Try);
    let definition = Definition { id: "my_app".to_owned(), ..Definition::default() };
    let rule = Rule { files: "app.log".to_owned(), format: Some("my_app".to_owned()), ..Rule::default() };
    let keep = FormatsAction::Keep(Box::new(definition.clone()), Some(rule.clone()));
    let asked = model.update(Action::Formats(keep));
    assert_eq!(asked, [Effect::Engine(Command::Describe(Box::new(definition.clone()), false))]);
    // The rule holds once the format is known.
    let done = model.update(Action::Engine(Event::Kept("my_app".to_owned())));
    assert!(done.contains(&Effect::Engine(Command::AddRule(rule))) && done.contains(&Effect::RememberRules));
    let known = Described { file: "{}".to_owned(), definition: Some(definition), ..Described::default() };
    let told = || Action::Engine(Event::Described(vec![known.clone()]));
    assert_eq!(model.update(told()), [Effect::RememberFormats]);
    // The same again is no news.
    assert_eq!(model.update(told()), []);
    let exported = model.update(Action::Formats(FormatsAction::Export("my_app".to_owned())));
    assert_eq!(exported, [Effect::Save(b"{}".to_vec(), "my_app.logloupe.json".to_owned())]);
    // Closing all logs forgets no format.
    let _ = model.update(Action::Files(FilesAction::Clear));
    assert_eq!(model.formats.known.len(), 1);
}
