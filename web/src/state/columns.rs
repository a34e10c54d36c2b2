//! The columns of the event grid: which ones, how wide, what stands over them. A column is named by the field that
//! it shows; the four that every row carries have short labels.

use logloupe_table::schema::{Kind, Role};

use crate::format_info as formats;

/// When the event happened.
pub(crate) const TIME: &str = "@timestamp";
/// Which log it stands in.
pub(crate) const FORMAT: &str = "@format";
/// The event told in one sentence.
pub(crate) const SUMMARY: &str = "summary";
/// Whether it went well.
pub(crate) const OUTCOME: &str = "event.outcome";

/// What a column shows and how.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GridColumn {
    /// The field.
    pub(crate) name: String,
    /// What stands over it.
    pub(crate) label: String,
    /// Its width in pixels; the least width of the one that takes what is left.
    pub(crate) width: f64,
    /// Whether it takes what the others leave.
    pub(crate) wide: bool,
    /// Whether its values are measured, set to the right.
    pub(crate) number: bool,
    /// Whether its numbers are bytes.
    pub(crate) bytes: bool,
    /// The place of its value among those that rows bring along; `None` for what every row has by itself, and while
    /// the rows here were fetched without it.
    pub(crate) cell: Option<usize>,
}

/// The columns shown when nobody chose any.
pub(crate) fn default_names(formats: &[(String, u64)]) -> Vec<String> {
    let has = |name: &&str| formats.iter().any(|(id, _)| format_has(id, name));
    let mut names = vec![TIME, FORMAT, SUMMARY];
    names.extend(["source.ip"].into_iter().filter(has));
    names.push(OUTCOME);
    // The name by which most of the loaded logs count bytes.
    let counted = |name: &&str| formats.iter().filter(|(id, _)| format_has(id, name)).count();
    let bytes = ["network.bytes", "http.response.bytes", "bytes"].into_iter().max_by_key(counted);
    names.extend(bytes.filter(has));
    names.into_iter().map(str::to_owned).collect()
}

/// Whether a format has a field of this name or alias.
pub(crate) fn format_has(id: &str, name: &str) -> bool {
    formats::by_id(id).is_some_and(|f| f.fields.iter().any(|field| field.answers_to(name)))
}

/// The fields whose values rows must bring along.
pub(crate) fn asked(names: &[String]) -> Vec<String> {
    names.iter().filter(|n| !is_carried(n)).cloned().collect()
}

fn is_carried(name: &str) -> bool {
    [TIME, FORMAT, SUMMARY, OUTCOME].contains(&name)
}

/// The columns of these names. `carried`: the names of the values that rows bring along, in their order; `width` knows
/// what the user dragged.
pub(crate) fn columns(
    names: &[String],
    carried: &[String],
    formats: &[(String, u64)],
    width: impl Fn(&str) -> Option<f64>,
) -> Vec<GridColumn> {
    let has_summary = names.iter().any(|n| n == SUMMARY);
    let last = names.last();
    (names.iter())
        .map(|name| {
            let field = formats
                .iter()
                .find_map(|(id, _)| formats::by_id(id)?.fields.iter().find(|field| field.answers_to(name)));
            // A port or a status is a number that nobody adds up: it is shown as it is written.
            let number = field.as_ref().is_some_and(|f| f.kind.is_number() && f.role == Role::Measure);
            let is_ip = field.as_ref().is_some_and(|f| f.kind == Kind::Ip);
            let bytes = number && super::text::is_bytes(name);
            let (label, default): (&str, f64) = match name.as_str() {
                TIME => (TIME, 196.0),
                FORMAT => ("log", 148.0),
                SUMMARY => (SUMMARY, 260.0),
                OUTCOME => ("outcome", 96.0),
                _ if is_ip => (name.as_str(), 132.0),
                _ if number => (name.as_str(), 104.0),
                _ => (name.as_str(), 168.0),
            };
            let label = if bytes { name.rsplit('.').next().unwrap_or(label) } else { label };
            // Room for the field's name, so that no header is cut before the user makes it so.
            let named = (label.chars().count() as f64 * 7.2 + 34.0).min(240.0);
            let wide = name == SUMMARY || (!has_summary && Some(name) == last && !number);
            let cell = carried.iter().position(|c| c == name);
            GridColumn {
                name: name.clone(),
                label: label.to_owned(),
                width: width(name).unwrap_or(default.max(named)),
                wide: wide && width(name).is_none(),
                number,
                bytes,
                cell,
            }
        })
        .collect()
}

/// The CSS grid template of these columns.
pub(crate) fn template(columns: &[GridColumn]) -> String {
    let tracks = columns.iter().map(|c| match c.wide {
        true => format!("minmax({:.0}px, 1fr)", c.width),
        false => format!("{:.0}px", c.width),
    });
    tracks.collect::<Vec<_>>().join(" ")
}

/// The least width at which no column is cut.
pub(crate) fn least_width(columns: &[GridColumn]) -> f64 {
    columns.iter().map(|c| c.width).sum()
}

/// `names` with one moved by `by` places.
pub(crate) fn moved(names: &[String], name: &str, by: isize) -> Vec<String> {
    let mut names = names.to_vec();
    if let Some(at) = names.iter().position(|n| n == name) {
        let to = at.saturating_add_signed(by).min(names.len() - 1);
        let taken = names.remove(at);
        names.insert(to, taken);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn defaults_follow_the_logs() {
        let flow = [("vpc_flow".to_owned(), 5)];
        let chosen = default_names(&flow);
        assert_eq!(chosen[..3], names(&[TIME, FORMAT, SUMMARY]));
        assert!(chosen.contains(&"source.ip".to_owned()), "{chosen:?}");
        assert_eq!(default_names(&[]), names(&[TIME, FORMAT, SUMMARY, OUTCOME]));
    }

    #[test]
    fn only_what_rows_do_not_carry_is_asked_for() {
        let chosen = names(&[TIME, "source.ip", SUMMARY, "bytes", OUTCOME]);
        assert_eq!(asked(&chosen), names(&["source.ip", "bytes"]));
        let columns = columns(&chosen, &asked(&chosen), &[("vpc_flow".to_owned(), 1)], |_| None);
        assert_eq!(columns.iter().map(|c| c.cell).collect::<Vec<_>>(), [None, Some(0), None, Some(1), None]);
        assert!(columns[3].number && columns[3].bytes && columns[2].wide);
        assert!(template(&columns).contains("1fr"));
    }

    #[test]
    fn moving_a_column_stays_inside() {
        let chosen = names(&["a", "b", "c"]);
        assert_eq!(moved(&chosen, "a", 1), names(&["b", "a", "c"]));
        assert_eq!(moved(&chosen, "a", -1), chosen);
        assert_eq!(moved(&chosen, "c", 5), chosen);
        assert_eq!(moved(&chosen, "x", 1), chosen);
    }
}
