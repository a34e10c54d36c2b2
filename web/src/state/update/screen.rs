//! What lies over the page and around it: the page shown, menus, dialogs, notices, theme, keys.

use super::{Effect, GridAction};
use crate::{
    charts::data::ChartKind,
    state::{
        keys::Key,
        model::{Menu, Model, Overlay},
        url::Page,
    },
};

/// What happens around the question and its answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ScreenAction {
    Go(Page),
    Menu(Option<Menu>),
    Overlay(Overlay),
    Copy(String),
    Chart(ChartKind),
    /// Light, dark, as the system has it: the next of them.
    Theme,
    Key(Key),
    NoticeSeen,
}

impl Model {
    pub(super) fn update_screen(&mut self, action: ScreenAction) -> Vec<Effect> {
        match action {
            ScreenAction::Go(page) => {
                self.view.page = page;
                return vec![Effect::Address(true)];
            }
            ScreenAction::Menu(menu) => self.screen.menu = menu,
            ScreenAction::Overlay(overlay) => self.screen.overlay = overlay,
            ScreenAction::Copy(text) => {
                self.screen.menu = None;
                return self.say("Copied", vec![Effect::Copy(text)]);
            }
            ScreenAction::Chart(kind) => self.screen.chart = Some(kind),
            ScreenAction::Theme => {
                self.screen.theme = self.screen.theme.next();
                return vec![Effect::Theme(self.screen.theme)];
            }
            ScreenAction::Key(key) => return self.key(key),
            ScreenAction::NoticeSeen => self.screen.notice = None,
        }
        Vec::new()
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        match key {
            Key::FocusQuery => vec![Effect::FocusQuery],
            Key::NextRow => self.move_selection(1),
            Key::PreviousRow => self.move_selection(-1),
            Key::OpenRow => self.update_grid(GridAction::OpenSelected),
            Key::Help => {
                let overlay = &mut self.screen.overlay;
                *overlay = if *overlay == Overlay::Keys { Overlay::None } else { Overlay::Keys };
                Vec::new()
            }
            Key::Theme => self.update_screen(ScreenAction::Theme),
            // The uppermost closes first.
            Key::Back => {
                if self.screen.menu.take().is_some() {
                    return Vec::new();
                }
                if self.screen.overlay != Overlay::None {
                    self.screen.overlay = Overlay::None;
                    return Vec::new();
                }
                self.update_grid(GridAction::CloseDetail)
            }
        }
    }

    /// Says something for a moment.
    pub(super) fn say(&mut self, words: &str, mut effects: Vec<Effect>) -> Vec<Effect> {
        self.screen.notice = Some(words.to_owned());
        effects.push(Effect::NoticeSoonSeen);
        effects
    }
}
