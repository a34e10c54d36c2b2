//! The page's loop: actions change the state, effects are carried out, the screen is drawn again.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};

use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;
use yew::{Callback, Component, Context, Html, html};

use crate::{
    components::{
        drop_anywhere::DropAnywhere, explain::ExplainDialog, export_note::ExportNote, header::Header,
        keys_dialog::KeysDialog, paste_dialog::PasteDialog, stopped_banner::StoppedBanner,
        try_pattern::TryPattern, value::ValueMenu,
    },
    engine::{Command, Engine},
    format_info,
    pages::{
        explore::{Explore, ModelRef},
        ledger::LedgerPage,
        start::Start,
    },
    platform::{browser, listen::Listener},
    state::{
        Action, Effect, Model, QueryAction, ScreenAction, Shared, formats_kept, keys, ledger,
        model::{Files, GridModel, Overlay, Question, Screen, Theme},
        rules,
        url::{self, Page},
    },
};

/// Holds the state, the engine and the listeners of the whole window.
pub(crate) struct Shell {
    model: Rc<RefCell<Model>>,
    engine: Engine,
    act: Callback<Action>,
    _listeners: Vec<Option<Listener>>,
}

impl Component for Shell {
    type Message = Action;
    type Properties = ();

    fn create(ctx: &Context<Shell>) -> Shell {
        let act = ctx.link().callback(|action| action);
        let engine = Engine::start(ctx.link().callback(Action::Engine));
        let view = url::read(&browser::address());
        let theme = Theme::named(&browser::recall("theme").unwrap_or_default());
        browser::show_theme(theme.name());
        let widths = browser::recall("widths").map(|kept| read_widths(&kept)).unwrap_or_default();
        let kept = browser::recall("rules").map(|kept| rules::read(&kept)).unwrap_or_default();
        engine.send(Command::Rules(kept.clone()));
        let described = browser::recall("formats").map(|kept| formats_kept::read(&kept)).unwrap_or_default();
        engine.send(Command::Formats(described));
        let model = Model {
            files: Files { rules: Shared::new(kept), ..Files::default() },
            question: Question { draft: view.query.clone(), most_bars: 120, ..Question::default() },
            grid: GridModel { widths, ..GridModel::default() },
            screen: Screen { theme, ..Screen::default() },
            view,
            ..Model::default()
        };
        let listeners = vec![
            {
                let act = act.clone();
                Listener::on_window("popstate", move |_| {
                    act.emit(Action::Query(QueryAction::Arrived(url::read(&browser::address()))));
                })
            },
            {
                let act = act.clone();
                Listener::on_window("keydown", move |event| {
                    let key = event.unchecked_ref::<KeyboardEvent>();
                    if event.default_prevented() {
                        return;
                    }
                    let held = key.ctrl_key() || key.meta_key() || key.alt_key();
                    let place = browser::key_place(event.target());
                    if let Some(key) = keys::pressed(&key.key(), place, held) {
                        if key == keys::Key::FocusQuery {
                            event.prevent_default();
                        }
                        act.emit(Action::Screen(ScreenAction::Key(key)));
                    }
                })
            },
        ];
        Shell { model: Rc::new(RefCell::new(model)), engine, act, _listeners: listeners }
    }

    fn update(&mut self, _: &Context<Shell>, action: Action) -> bool {
        let effects = self.model.borrow_mut().update(action);
        for effect in effects {
            self.carry_out(effect);
        }
        true
    }

    fn view(&self, _: &Context<Shell>) -> Html {
        let model = self.model.borrow();
        let act = &self.act;
        let empty = model.is_empty();
        let totals = ledger::totals(&model.files.ledger);
        let page = match (empty, model.view.page) {
            (true, _) => html! { <Start known={format_info::all().len()} act={act.clone()} /> },
            (_, Page::Explore) => {
                html! { <Explore model={ModelRef(self.model.clone())} act={act.clone()} /> }
            }
            (_, Page::Ledger) => {
                html! { <LedgerPage entries={model.files.ledger.clone()} rules={model.files.rules.clone()} totals={totals.clone()} act={act.clone()} /> }
            }
        };
        html! {
            <>
                <Header page={model.view.page} {empty} loaded={model.files.loaded.clone()} progress={model.files.progress.clone()} {totals} theme={model.screen.theme} act={act.clone()} />
                <StoppedBanner stopped={model.files.stopped.clone()} act={act.clone()} />
                { page }
                if let Some(menu) = &model.screen.menu { <section aria-label="Value"><ValueMenu menu={menu.clone()} act={act.clone()} /></section> }
                if model.screen.overlay == Overlay::Keys { <KeysDialog act={act.clone()} /> }
                if model.screen.overlay == Overlay::Explain { <ExplainDialog explained={model.question.explained.clone()} act={act.clone()} /> }
                if model.screen.overlay == Overlay::Try { <TryPattern draft={model.formats.draft.clone()} known={model.formats.known.clone()} tried={model.formats.tried.clone()} lines={model.formats.lines.clone()} from={model.formats.from.clone()} kept={model.formats.kept.clone()} refused={model.formats.refused.clone()} ledger={model.files.ledger.clone()} act={act.clone()} /> }
                if model.screen.overlay == Overlay::Paste { <PasteDialog number={model.files.pasted()} act={act.clone()} /> }
                if let Some(export) = &model.screen.export { <ExportNote export={export.clone()} act={act.clone()} /> }
                if let Some(words) = &model.screen.notice { <div class="toast" role="status">{ words }</div> }
                <DropAnywhere act={act.clone()} />
            </>
        }
    }
}

impl Shell {
    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Engine(command) => self.engine.send(command),
            Effect::Address(new_entry) => {
                browser::set_address(&url::write(&self.model.borrow().view), new_entry);
            }
            Effect::FocusQuery => browser::focus("#query"),
            Effect::Copy(text) => browser::copy(&text),
            Effect::Download(url, name) => browser::download(&url, &name),
            Effect::Save(bytes, name) => browser::save(&bytes, &name),
            Effect::Theme(theme) => {
                browser::remember("theme", theme.name());
                browser::show_theme(theme.name());
            }
            Effect::RememberRules => {
                browser::remember("rules", &rules::write(&self.model.borrow().files.rules));
            }
            Effect::RememberFormats => {
                let known = self.model.borrow().formats.known.clone();
                browser::remember(
                    "formats",
                    &formats_kept::write(known.iter().map(|known| known.file.as_str())),
                );
            }
            Effect::RememberWidths => {
                browser::remember("widths", &write_widths(&self.model.borrow().grid.widths));
            }
            Effect::NoticeSoonSeen => {
                let act = self.act.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    yew::platform::time::sleep(Duration::from_millis(1800)).await;
                    act.emit(Action::Screen(ScreenAction::NoticeSeen));
                });
            }
        }
    }
}

fn write_widths(widths: &BTreeMap<String, f64>) -> String {
    widths.iter().map(|(name, width)| format!("{width:.0} {name}")).collect::<Vec<_>>().join("\n")
}

fn read_widths(kept: &str) -> BTreeMap<String, f64> {
    let one = |line: &str| {
        let (width, name) = line.split_once(' ')?;
        Some((name.to_owned(), width.parse().ok()?))
    };
    kept.lines().filter_map(one).collect()
}
