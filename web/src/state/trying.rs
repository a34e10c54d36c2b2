//! What is typed into the panel "Try a pattern", and what that asks and describes.

use logloupe_protocol::custom::Try;
use logloupe_table::{
    custom::{Definition, Shape},
    settings::Settings,
};

use super::marking;

/// How much text is tried.
const LONGEST: usize = 64 << 10;

/// What the lines are read as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Way {
    #[default]
    Recognised,
    Template,
    Pattern,
}

/// What is typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Form {
    pub(crate) text: String,
    pub(crate) way: Way,
    pub(crate) template: String,
    pub(crate) pattern: String,
    pub(crate) kinds: String,
    pub(crate) starts: String,
    pub(crate) zone: String,
    pub(crate) year: String,
    pub(crate) name: String,
}

impl Form {
    /// What a worker is asked; nothing without lines.
    pub(crate) fn request(&self) -> Option<Try> {
        let text = self.text.get(..self.text.floor_char_boundary(LONGEST))?;
        let said = !text.trim().is_empty();
        said.then(|| Try { text: text.to_owned(), definition: self.definition(), ..Try::default() })
    }
    /// What is described, whatever its id.
    pub(crate) fn definition(&self) -> Option<Definition> {
        let shape = match self.way {
            Way::Recognised => return None,
            Way::Template => Shape::Template(self.template.clone()),
            Way::Pattern => Shape::Pattern(self.pattern.clone()),
        };
        let kinds = if self.way == Way::Pattern { self.kinds.as_str() } else { "" };
        let kinds = kinds.split([',', ' ']).filter_map(|pair| pair.split_once('='));
        let id = marking::id_of(&self.name);
        Some(Definition {
            id: if id.is_empty() { "described".to_owned() } else { id },
            name: self.name.trim().to_owned(),
            shape,
            starts: Some(self.starts.clone()).filter(|starts| !starts.trim().is_empty()),
            kinds: kinds.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect(),
            ahead: Settings::ahead(self.zone.trim()).unwrap_or(0),
            year: Settings::year(self.year.trim()),
            samples: Vec::new(),
        })
    }
    /// The form in which a format is changed.
    pub(crate) fn of(definition: &Definition, text: &str) -> Form {
        let (way, template, pattern) = match &definition.shape {
            Shape::Template(template) => (Way::Template, template.clone(), String::new()),
            Shape::Pattern(pattern) => (Way::Pattern, String::new(), pattern.clone()),
        };
        let kinds: Vec<String> =
            definition.kinds.iter().map(|(name, kind)| format!("{name}={kind}")).collect();
        let (sign, size) = (if definition.ahead < 0 { '-' } else { '+' }, definition.ahead.unsigned_abs());
        let zone = format!("{sign}{:02}:{:02}", size / 3600, size / 60 % 60);
        let name = if definition.name.is_empty() { &definition.id } else { &definition.name };
        Form {
            text: text.to_owned(),
            way,
            template,
            pattern,
            kinds: kinds.join(" "),
            starts: definition.starts.clone().unwrap_or_default(),
            zone: if definition.ahead == 0 { String::new() } else { zone },
            year: definition.year.map(|year| year.to_string()).unwrap_or_default(),
            name: name.clone(),
        }
    }
    /// What is wrong with what is typed besides the pattern.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let said = |text: &str| !text.trim().is_empty();
        if said(&self.zone) && Settings::ahead(self.zone.trim()).is_none() {
            return Some("A zone is UTC or an offset from it, such as +02:00.");
        }
        if said(&self.year) && Settings::year(self.year.trim()).is_none() {
            return Some("A year has four digits, such as 2026.");
        }
        None
    }
}

/// Words as a sentence begins.
pub(crate) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_a_definition_and_back() {
        let form = Form {
            way: Way::Pattern,
            pattern: "(?P<ms>x)".to_owned(),
            kinds: "ms=duration, n=int".to_owned(),
            zone: "-05:30".to_owned(),
            name: "My app".to_owned(),
            ..Form::default()
        };
        let definition = form.definition().unwrap();
        assert_eq!(
            (definition.id.as_str(), definition.ahead, definition.kinds.len()),
            ("my_app", -19_800, 2)
        );
        assert_eq!(Form::of(&definition, "").definition(), Some(definition));
        assert_eq!(Form::default().definition(), None);
        assert!(Form { zone: "Berlin".to_owned(), ..Form::default() }.fault().is_some());
        assert_eq!(sentence("the x"), "The x");
    }
}
