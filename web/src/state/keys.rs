//! Keys that act on the whole page. Keys inside a control are that control's own.

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    FocusQuery,
    NextRow,
    PreviousRow,
    OpenRow,
    Back,
    Help,
    Theme,
}

/// What is said of each key in the dialog "Keys".
pub(crate) const HELP: [(&[&str], &str); 13] = [
    (&["/"], "go to the query"),
    (&["Enter"], "run the query; Shift+Enter starts a new line"),
    (&["j", "↓"], "next row"),
    (&["k", "↑"], "previous row"),
    (&["PgDn", "PgUp"], "a screen of rows further or back"),
    (&["Home", "End"], "first or last row"),
    (&["Enter"], "open the row"),
    (&["]", "["], "next or previous event while one is open"),
    (&["Esc"], "close what is open"),
    (&["←", "→"], "in the histogram: move the selected time; with Shift widen it"),
    (&["+", "−"], "in the histogram: zoom in or out"),
    (&["t"], "theme: system, light, dark"),
    (&["?"], "this sheet"),
];

/// Where a key is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// Where text is entered.
    Text,
    /// On a button, a row, any other control.
    Control,
    /// On the page itself.
    Page,
}

/// What a key pressed anywhere means. `held`: Ctrl, Alt or Meta is held.
pub(crate) fn pressed(key: &str, place: Where, held: bool) -> Option<Key> {
    if key == "Escape" {
        return Some(Key::Back);
    }
    if place == Where::Text || held {
        return None;
    }
    Some(match key {
        "/" => Key::FocusQuery,
        "j" | "]" => Key::NextRow,
        "k" | "[" => Key::PreviousRow,
        "Enter" if place == Where::Page => Key::OpenRow,
        "?" => Key::Help,
        "t" => Key::Theme,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_typed_are_letters() {
        assert_eq!(pressed("j", Where::Text, false), None);
        assert_eq!(pressed("t", Where::Page, true), None, "the browser's own shortcuts stay its own");
        assert_eq!(pressed("j", Where::Control, false), Some(Key::NextRow));
        assert_eq!(pressed("Escape", Where::Text, false), Some(Key::Back));
        assert_eq!(pressed("Enter", Where::Control, false), None, "a button is pressed with it");
        assert_eq!(pressed("Enter", Where::Page, false), Some(Key::OpenRow));
    }
}
