//! Icons, drawn here: one stroke of the same width, 24 by 24. They say nothing to a screen reader; words stand beside them.

use leptos::prelude::*;

/// What to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Info,
    Check,
    Warning,
    Error,
    Search,
    Forward,
    Back,
    Up,
    Down,
    Lock,
    Eye,
    Copy,
    Upload,
    Calm,
    Log,
    Today,
    Report,
    Pupils,
    Inbox,
    Pattern,
    Staff,
    Roster,
    Route,
    Settings,
    Person,
    Hide,
    Erase,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Icon::Info => "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 11v6M12 7v.5",
            Icon::Check => "M5 12.5l4.5 4.5L19 7.5",
            Icon::Warning => "M12 3.5L22 20.5H2zM12 10v5M12 17.5v.5",
            Icon::Error => "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7.5v5.5M12 16v.5",
            Icon::Search => "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L21 21",
            Icon::Forward => "M9 5l7 7l-7 7",
            Icon::Back => "M15 5l-7 7l7 7",
            Icon::Up => "M12 20V5M5.5 11L12 4.5L18.5 11",
            Icon::Down => "M12 4v15M5.5 13l6.5 6.5l6.5-6.5",
            Icon::Lock => "M5 11h14v10H5zM8 11V8a4 4 0 0 1 8 0v3",
            Icon::Eye => {
                "M2 12c3-5 6.500-7 10-7s7 2 10 7c-3 5-6.500 7-10 7s-7-2-10-7zM12 9a3 3 0 1 0 0 6a3 3 0 1 0 0-6"
            }
            Icon::Copy => "M9 9h11v12H9zM5 15H4V3h11v2",
            Icon::Upload => "M12 16V4M6.500 9L12 3.500L17.500 9M4 16v4h16v-4",
            Icon::Calm => {
                "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M8 14c1 1.600 2.400 2.400 4 2.400s3-.8 4-2.400M9 9.500v.5M15 9.500v.5"
            }
            Icon::Log => "M12 5v14M5 12h14",
            Icon::Today => "M4 6h16v15H4zM4 10.500h16M8.500 3v4M15.500 3v4",
            Icon::Report => "M3 5h18v14H3zM3 6l9 8l9-8",
            Icon::Pupils => {
                "M9 4.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 1 0 0-7M2.500 20c0-4 2.500-6 6.500-6s6.500 2 6.500 6M15.500 5a3.300 3.300 0 0 1 0 6.400M18 14.600c2.200.8 3.500 2.600 3.500 5.400"
            }
            Icon::Inbox => {
                "M3 13l3-9h12l3 9v7H3zM3 13h5.500c.3 2 1.500 3 3.500 3s3.200-1 3.500-3H21"
            }
            Icon::Pattern => "M3 20h18M6 16v-4M11 16V8M16 16V4M20 16v-6",
            Icon::Staff => {
                "M12 3.500a4 4 0 1 0 0 8a4 4 0 1 0 0-8M4.500 21c0-4.500 3-7 7.500-7s7.500 2.500 7.500 7M12 14v4"
            }
            Icon::Roster => {
                "M8.500 6H21M8.500 12H21M8.500 18H21M3.500 6h.5M3.500 12h.5M3.500 18h.5"
            }
            Icon::Route => "M3 12h7M10 12l5.500-6H21M10 12l5.500 6H21M18 3l3 3l-3 3M18 15l3 3l-3 3",
            Icon::Settings => {
                "M3 7h9M17 7h4M3 17h4M12 17h9M14.500 4.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 1 0 0-5M9.500 14.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 1 0 0-5"
            }
            Icon::Person => {
                "M12 3.500a4 4 0 1 0 0 8a4 4 0 1 0 0-8M4.500 21c0-4.500 3-7 7.500-7s7.500 2.500 7.500 7"
            }
            Icon::Erase => "M4 7h16M9 7V4h6v3M6.500 7l1 14h9l1-14M10 11v6M14 11v6",
            Icon::Hide => {
                "M4 4l16 16M10 6c4.500-.8 8.500 1.200 12 6c-.9 1.400-2 2.600-3 3.500M6.500 8C4.900 9 3.400 10.300 2 12c3.600 5.500 8.500 7.500 13 6"
            }
        }
    }

    /// The drawing, as high as a line of text and a half.
    pub fn view(self) -> AnyView {
        view! {
            <svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"
                stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
                <path d=self.path()/>
            </svg>
        }
        .into_any()
    }
}
