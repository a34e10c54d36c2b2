//! Which values how often, exactly, over all that matches. A click on a value offers what can be done with it.

use logloupe_table::shown;
use logloupe_view::Facet;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, Properties, TargetCast, component, html, use_state};

use super::{
    family,
    icon::{Glyph, Icon},
    value::opens_menu,
};
use crate::{
    charts::draw::px,
    engine::{Loaded, Viewed},
    state::{
        Action, FacetsAction, QueryAction, Shared,
        columns::FORMAT,
        edits::ValueAct,
        facets::{self, SHORT},
        text,
    },
};

#[derive(Properties, PartialEq)]
pub(crate) struct FacetsProps {
    pub(crate) viewed: Option<Shared<Viewed>>,
    pub(crate) loaded: Shared<Loaded>,
    /// The fields in order, also those that no answer has counted yet.
    pub(crate) fields: Vec<String>,
    /// The field that is shown with many values.
    pub(crate) long: Option<String>,
    pub(crate) act: Callback<Action>,
}

/// The region "Facets".
#[component]
pub(crate) fn Facets(props: &FacetsProps) -> Html {
    let FacetsProps { viewed, loaded, fields, long, act } = props;
    let sought = use_state(String::new);
    let oninput = {
        let sought = sought.clone();
        Callback::from(move |event: yew::InputEvent| {
            sought.set(event.target_unchecked_into::<HtmlInputElement>().value());
        })
    };
    let needle = sought.trim().to_lowercase();
    let matched = viewed.as_ref().map_or(0, |v| v.answer.matched);
    let groups = fields.iter().filter_map(|field| {
        let facet = viewed.as_ref().and_then(|v| v.answer.facets.iter().find(|f| f.field == *field));
        let named = needle.is_empty() || field.to_lowercase().contains(&needle);
        let valued = facet.is_some_and(|f| f.values.iter().any(|v| v.0.to_lowercase().contains(&needle)));
        if !named && !valued {
            return None;
        }
        // A field that no matching event has would be an empty heading; while waiting it keeps its place.
        if facet.is_some_and(|f| f.present == 0) && needle.is_empty() {
            return None;
        }
        Some(html! {
            <FacetGroup key={field.clone()} field={field.clone()} facet={facet.cloned()} {matched} act={act.clone()}
                long={long.as_ref() == Some(field)} sought={if named { String::new() } else { needle.clone() }} />
        })
    });
    let others = (!needle.is_empty()).then(|| {
        let add = |name: String, doc: &str| {
            let field = name.clone();
            let sought = sought.clone();
            let onclick = act.reform(move |_| {
                sought.set(String::new());
                Action::Facets(FacetsAction::Add(field.clone()))
            });
            html! { <button type="button" class="add-facet" title={doc.to_owned()} {onclick}><Icon glyph={Glyph::Plus} /><span>{ name }</span></button> }
        };
        let known: Vec<_> = (facets::all_fields(&loaded.formats).into_iter())
            .filter(|(name, _)| name.to_lowercase().contains(&needle) && !fields.contains(name))
            .take(12)
            .collect();
        // Any path of a JSON record is a field, whether or not a table of fields knows it.
        let typed = sought.trim().to_owned();
        let is_path = typed.contains('.') && !typed.contains(' ') && !fields.contains(&typed);
        let exact = known.iter().any(|k| k.0 == typed);
        let list: Vec<Html> = known.into_iter().map(|(name, doc)| add(name, doc)).collect();
        html! {
            <div class="other-fields">
                if !list.is_empty() || (is_path && !exact) { <h2>{ "Count another field" }</h2> }
                { for list }
                if is_path && !exact { { add(typed, "a path of the JSON records") } }
            </div>
        }
    });
    html! {
        <section class="facets" role="region" aria-label="Facets">
            <div class="find"><Icon glyph={Glyph::Search} /><input type="search" placeholder="Find a field or value" aria-label="Find a field or value" value={(*sought).clone()} {oninput} /></div>
            // Lists of their own: among children whose number changes, the field above would be made anew and lose the keyboard.
            <>{ for groups }</>
            if needle.is_empty() && viewed.is_some() && matched == 0 { <p class="hint pad">{ "Nothing matches, so there is nothing to count." }</p> }
            <>{ for others }</>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct FacetGroupProps {
    field: String,
    facet: Option<Facet>,
    matched: u64,
    long: bool,
    /// Only values with this text, lower case.
    sought: String,
    act: Callback<Action>,
}

/// One field and its commonest values.
#[component]
fn FacetGroup(props: &FacetGroupProps) -> Html {
    let FacetGroupProps { field, facet, matched, long, sought, act } = props;
    let inner = use_state(String::new);
    let filter = if sought.is_empty() { inner.to_lowercase() } else { sought.clone() };
    let hide = {
        let field = field.clone();
        act.reform(move |_| Action::Facets(FacetsAction::Hide(field.clone())))
    };
    let count_by = {
        let field = field.clone();
        act.reform(move |_| {
            Action::Query(QueryAction::Value(ValueAct::CountBy, field.clone(), String::new()))
        })
    };
    let body = match facet {
        None => html! { <div class="waiting">{ for (0..3).map(|_| html! { <i class="bone"></i> }) }</div> },
        Some(facet) => {
            // Which logs there are is told at a glance, by family.
            let are_logs = field == FORMAT;
            let most = if *long || !sought.is_empty() || are_logs { facets::LONG } else { SHORT };
            let top = facet.values.first().map_or(1, |v| v.1).max(1);
            let values =
                facet.values.iter().filter(|v| filter.is_empty() || v.0.to_lowercase().contains(&filter));
            let row = |(value, count): &(String, u64)| {
                let part = *count as f64 / top as f64 * 100.0;
                let quick = |what: ValueAct, glyph: Glyph, word: &str| {
                    let (field, value) = (field.clone(), value.clone());
                    let name = format!("{word} {value}");
                    let onclick = act.reform(move |_| {
                        Action::Query(QueryAction::Value(what, field.clone(), value.clone()))
                    });
                    html! { <button type="button" class="quick" tabindex="-1" aria-hidden="true" title={name} {onclick}><Icon {glyph} /></button> }
                };
                let shown = &*if value.is_empty() { "(empty)".to_owned() } else { shown::line(value) };
                html! {
                    <div class="facet-row" key={value.clone()}>
                        <button type="button" class="facet-value" aria-haspopup="menu" title={shown::lines(value)}
                            aria-label={format!("{shown}, {} events", text::grouped(*count))}
                            onclick={opens_menu(act, field, value, None)} oncontextmenu={opens_menu(act, field, value, None)}>
                            if are_logs { <span class="name">{ family::log(shown) }</span> } else { <span class="name">{ shown }</span> }
                            <span class="number" data-text={text::grouped(*count)}></span><span class="share" data-text={text::share(*count, *matched)}></span>
                            <svg class="bar" aria-hidden="true"><rect width={format!("{}%", px(part))} height="2" rx="1" /></svg>
                        </button>
                        <span class="quicks">{ quick(ValueAct::Only, Glyph::Plus, "Only") }{ quick(ValueAct::Exclude, Glyph::Minus, "Exclude") }</span>
                    </div>
                }
            };
            let values = values.take(most);
            let rows: Vec<Html> = match are_logs && facet.values.len() > SHORT {
                true => facets::by_family(values, |value| &value.0)
                    .into_iter()
                    .flat_map(|(of, logs)| {
                        let total: u64 = logs.iter().map(|log| log.1).sum();
                        let head = html! {
                            <div class="facet-family" key={of.letter()}>{ of.name() }<span class="number" data-text={text::grouped(total)}></span></div>
                        };
                        std::iter::once(head).chain(logs.into_iter().map(row)).collect::<Vec<_>>()
                    })
                    .collect(),
                false => values.map(row).collect(),
            };
            let more = match facet.distinct {
                _ if are_logs => false,
                Some(distinct) => distinct > SHORT as u64,
                None => facet.values.len() >= SHORT,
            };
            let toggle = {
                let target = (!*long).then(|| field.clone());
                act.reform(move |_| Action::Facets(FacetsAction::Long(target.clone())))
            };
            let search = long.then(|| {
                let inner = inner.clone();
                let oninput = Callback::from(move |event: yew::InputEvent| {
                    inner.set(event.target_unchecked_into::<HtmlInputElement>().value());
                });
                html! { <input type="search" class="inner-find" placeholder="Find a value" aria-label={format!("Find a value of {field}")} {oninput} /> }
            });
            let cut = *long && facet.distinct.is_some_and(|d| d > facets::LONG as u64);
            html! {
                <>
                    <>{ for search }</>
                    <>{ for rows }</>
                    if cut { <p class="hint">{ format!("The {} commonest of {}.", facets::LONG, text::grouped(facet.distinct.unwrap_or(0))) }</p> }
                    if more && sought.is_empty() {
                        <button type="button" class="more" onclick={toggle}>{ if *long { "Less" } else { "More…" } }</button>
                    }
                </>
            }
        }
    };
    let distinct = facet.as_ref().and_then(|f| f.distinct).map(text::grouped).unwrap_or_default();
    html! {
        <div class="facet" role="group" aria-label={field.clone()}>
            <h2>
                <span class="name" title={field.clone()}>{ field }</span>
                <span class="tools">
                    <button type="button" class="quick" title={format!("Count by {field}")} aria-label={format!("Count by {field}")} onclick={count_by}><Icon glyph={Glyph::Spark} /></button>
                    <button type="button" class="quick" title="Hide this field" aria-label={format!("Hide {field}")} onclick={hide}><Icon glyph={Glyph::Close} /></button>
                </span>
                <span class="distinct" title="different values">{ distinct }</span>
            </h2>
            { body }
        </div>
    }
}
