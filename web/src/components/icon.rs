//! Icons, drawn inline in the colour of the text beside them. Decoration: what they stand on carries the name.

use yew::{Html, Properties, component, html};

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glyph {
    Logo,
    Lock,
    System,
    Light,
    Dark,
    Help,
    Close,
    Up,
    Chevron,
    Down,
    Caret,
    Plus,
    Minus,
    Search,
    Columns,
    Download,
    File,
    Folder,
    Paste,
    Spark,
    ZoomIn,
    ZoomOut,
    Clock,
    Filter,
    Copy,
    Warning,
    Turn,
}

#[derive(Properties, PartialEq)]
pub(crate) struct IconProps {
    pub(crate) glyph: Glyph,
}

/// One icon, 16 pixels square.
#[component]
pub(crate) fn Icon(props: &IconProps) -> Html {
    let path = match props.glyph {
        Glyph::Logo => {
            return html! {
                <svg class="icon logo" viewBox="0 0 20 20" aria-hidden="true">
                    <circle cx="8.5" cy="8.5" r="6" /><path d="M13 13l4.5 4.5" /><path d="M5.6 7h5.8M5.6 10h3.6" />
                </svg>
            };
        }
        Glyph::Lock => "M4.5 7V5.2a3.5 3.5 0 0 1 7 0V7M3.5 7h9v6.5h-9z",
        Glyph::System => "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
        Glyph::Light => {
            "M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 0 0 0-5.6M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"
        }
        Glyph::Dark => "M13.2 9.6A5.5 5.5 0 0 1 6.4 2.8a5.5 5.5 0 1 0 6.8 6.8z",
        Glyph::Help => "M5.8 6.2a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12.3v.2",
        Glyph::Close => "M4 4l8 8M12 4l-8 8",
        Glyph::Up => "M8 13V3.5M4 7.5l4-4l4 4",
        Glyph::Chevron => "M4.5 6.5L8 10l3.5-3.5",
        Glyph::Down => "M8 3v9.5M4 8.5l4 4l4-4",
        Glyph::Caret => "M4.5 6.5L8 10l3.5-3.5",
        Glyph::Plus => "M8 3.5v9M3.5 8h9",
        Glyph::Minus => "M3.5 8h9",
        Glyph::Search => "M7 2.8a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 0 0 0-8.4M10.2 10.2l3.3 3.3",
        Glyph::Columns => "M2.5 3.5h11v9h-11zM6.2 3.5v9M9.8 3.5v9",
        Glyph::Download => "M8 2.5v7.5M4.8 7L8 10.2L11.2 7M3 13.2h10",
        Glyph::File => "M4 2h5l3 3v9H4zM9 2v3h3",
        Glyph::Folder => "M2 4.2h4.2l1.4 1.6H14v7H2z",
        Glyph::Paste => "M4 3.5h8v10.5H4zM6.2 2h3.6v2.6H6.2z",
        Glyph::Spark => "M8 2l1.5 4.5L14 8l-4.5 1.5L8 14l-1.5-4.5L2 8l4.5-1.5z",
        Glyph::ZoomIn => {
            "M7 2.8a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 0 0 0-8.4M10.2 10.2l3.3 3.3M5.2 7h3.6M7 5.2v3.6"
        }
        Glyph::ZoomOut => "M7 2.8a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 0 0 0-8.4M10.2 10.2l3.3 3.3M5.2 7h3.6",
        Glyph::Clock => "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M8 5v3.2l2.2 1.3",
        Glyph::Filter => "M2.5 3.5h11L9.5 8.4v4.1l-3 1.5V8.4z",
        Glyph::Copy => "M5.5 5.5h7.5v8h-7.5zM10.5 5.5v-3H3v8h2.5",
        Glyph::Warning => "M8 2.5L14.2 13H1.8zM8 6.5v3M8 11.2v.2",
        Glyph::Turn => "M3 6h8.5M9 3.5L11.5 6L9 8.5M13 10H4.5M7 7.5L4.5 10L7 12.5",
    };
    html! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={path} /></svg> }
}
