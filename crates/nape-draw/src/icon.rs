//! Small signs in one style: 24 by 24, a line of 1.75 in the colour of the text.

/// Joins the parts of a sign at compile time.
macro_rules! sign {
    ($inside:literal) => {
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">"#,
            $inside,
            "</svg>"
        )
    };
}

/// The names of all signs.
pub const ICONS: [&str; 30] = [
    "today",
    "check",
    "care",
    "log",
    "progress",
    "settings",
    "trial",
    "about",
    "play",
    "pause",
    "stop",
    "hurt",
    "feel",
    "sound-on",
    "sound-off",
    "left",
    "right",
    "plus",
    "warning",
    "phone",
    "calendar",
    "heat",
    "massage",
    "stretch",
    "strength",
    "break",
    "print",
    "globe",
    "info",
    "watch",
];

/// The sign of that name, `""` where there is none. It is not read out: words stand beside it.
#[must_use]
pub fn icon(name: &str) -> &'static str {
    match name {
        // A sun over the horizon.
        "today" => sign!(
            r#"<path d="M3 18.5h18M6.5 18.5a5.5 5.5 0 0 1 11 0M12 5v3M4.6 9.6l2 1.9M19.4 9.6l-2 1.9"/>"#
        ),
        // An eye.
        "watch" => sign!(
            r#"<path d="M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12z"/><circle cx="12" cy="12" r="3"/>"#
        ),
        // A list with a tick.
        "check" => sign!(
            r#"<rect x="5" y="4.5" width="14" height="16.5" rx="2.5"/><path d="M9 4.5a1.5 1.5 0 0 1 1.5-1.5h3a1.5 1.5 0 0 1 1.5 1.5V6H9zM8.7 13.5l2.5 2.5 4.4-5"/>"#
        ),
        // A heart in a hand.
        "care" => sign!(
            r#"<path d="M12 12.3c-3-2-4.7-3.6-4.7-5.7a2.5 2.5 0 0 1 4.7-1.2 2.5 2.5 0 0 1 4.7 1.2c0 2.1-1.7 3.7-4.7 5.7zM3 15.5h3.2l3.3 1.8h4a1.5 1.5 0 0 1 0 3H9.5M15 18.8l4.2-2.3a1.4 1.4 0 0 1 1.4 2.4L15.5 21.5H7.5L3 20"/>"#
        ),
        // A page with lines and a pen.
        "log" => sign!(
            r#"<path d="M13 20.5H6.5a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2V9M8 8h6M8 12h4.5M8 16h2.5M14 19l.5-2.5 5-5a1.4 1.4 0 0 1 2 2l-5 5z"/>"#
        ),
        // A line that goes down, with its points.
        "progress" => {
            sign!(r#"<path d="M4 4v14.5A1.5 1.5 0 0 0 5.5 20H20.5M7.5 8.5l4 4.5 3.5-2.5 5 5"/>"#)
        }
        // A pair of scales.
        "trial" => sign!(
            r#"<path d="M12 3.5v17M8 20.5h8M5 6.5h14M5 6.5l-2.8 7a3 3 0 0 0 5.6 0zM19 6.5l-2.8 7a3 3 0 0 0 5.6 0z"/>"#
        ),
        // Two sliders.
        "settings" => sign!(
            r#"<path d="M4 8h8.5M17.5 8H20M4 16h2.5M11.5 16H20"/><circle cx="15" cy="8" r="2.5"/><circle cx="9" cy="16" r="2.5"/>"#
        ),
        "about" | "info" => {
            sign!(r#"<circle cx="12" cy="12" r="8.75"/><path d="M12 11v5.5M12 7.5v.01"/>"#)
        }
        "play" => sign!(
            r#"<path d="M7.5 5.2v13.6a.8.8 0 0 0 1.2.7l10.6-6.8a.8.8 0 0 0 0-1.4L8.7 4.5a.8.8 0 0 0-1.2.7z"/>"#
        ),
        "pause" => sign!(
            r#"<rect x="6" y="5" width="4" height="14" rx="1.2"/><rect x="14" y="5" width="4" height="14" rx="1.2"/>"#
        ),
        "stop" => sign!(r#"<rect x="5.5" y="5.5" width="13" height="13" rx="2"/>"#),
        // A flash: this hurts.
        "hurt" => sign!(r#"<path d="M13.5 3L6 13.5h5.5L10.5 21 18 10.5h-5.5z"/>"#),
        // A finger that feels: a hand with waves.
        "feel" => sign!(
            r#"<path d="M9 12.5V5.7a1.6 1.6 0 0 1 3.2 0V11M12.2 10.5a1.5 1.5 0 0 1 3 0v1M15.2 11.5a1.5 1.5 0 0 1 3 0V15.5a5.5 5.5 0 0 1-5.5 5.5h-1c-2.2 0-3.3-1-4.3-2.7l-2.1-3.7a1.5 1.5 0 0 1 2.5-1.6l1.2 1.5M5.8 8.2a5 5 0 0 1 1-4M15.4 8.2a5 5 0 0 0-1-4"/>"#
        ),
        "sound-on" => sign!(
            r#"<path d="M4 9.5v5h3.2l4.3 3.8V5.7L7.2 9.5zM15 9.2a4 4 0 0 1 0 5.6M17.8 6.5a7.8 7.8 0 0 1 0 11"/>"#
        ),
        "sound-off" => {
            sign!(r#"<path d="M4 9.5v5h3.2l4.3 3.8V5.7L7.2 9.5zM15.5 9.7l5 5M20.5 9.7l-5 5"/>"#)
        }
        "left" => sign!(r#"<path d="M14.5 5.5L8 12l6.5 6.5"/>"#),
        "right" => sign!(r#"<path d="M9.5 5.5L16 12l-6.5 6.5"/>"#),
        "plus" => sign!(r#"<path d="M12 5v14M5 12h14"/>"#),
        "warning" => sign!(
            r#"<path d="M10.6 4.3L2.9 17.7A1.6 1.6 0 0 0 4.3 20.1h15.4a1.6 1.6 0 0 0 1.4-2.4L13.4 4.3a1.6 1.6 0 0 0-2.8 0zM12 9.5v4.5M12 16.8v.01"/>"#
        ),
        "phone" => sign!(
            r#"<path d="M5.5 3.8h3l1.7 4.2-2 1.5a12 12 0 0 0 6.3 6.3l1.5-2 4.2 1.7v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 3.5 6a2 2 0 0 1 2-2.2z"/>"#
        ),
        "calendar" => sign!(
            r#"<rect x="4" y="5.5" width="16" height="15" rx="2.5"/><path d="M4 10.5h16M8.5 3v4.5M15.5 3v4.5M8.5 14.5v.01M12 14.5v.01M15.5 14.5v.01M8.5 17.5v.01M12 17.5v.01"/>"#
        ),
        // Warmth that rises from a pad.
        "heat" => sign!(
            r#"<path d="M7.5 13.5c-1.5-1.8-1.5-3 0-4.8s1.5-3 0-4.7M12 13.5c-1.5-1.8-1.5-3 0-4.8s1.5-3 0-4.7M16.5 13.5c-1.5-1.8-1.5-3 0-4.8s1.5-3 0-4.7"/><rect x="4" y="16.5" width="16" height="4" rx="2"/>"#
        ),
        // Finger tips on a shoulder line.
        "massage" => sign!(
            r#"<path d="M3 20.5c2.5-4.5 6-6.2 9-6.2s6.5 1.7 9 6.2M7.7 11.8V8.2a1.3 1.3 0 0 1 2.6 0V11M10.3 10V6a1.3 1.3 0 0 1 2.6 0v4.5M12.9 10.5V6.7a1.3 1.3 0 0 1 2.6 0V11.5M7.7 8.2L9 3.5M15.5 7.5L15 3.5"/>"#
        ),
        // A person bending to the side.
        "stretch" => sign!(
            r#"<circle cx="8.2" cy="6.2" r="2.7"/><path d="M10.3 9.8c1.2 1.2 1.7 2.5 1.7 4.2M5.5 20.5v-2.5a4.5 4.5 0 0 1 4.5-4.5h4a4.5 4.5 0 0 1 4.5 4.5v2.5M13.5 3.5a7 7 0 0 1 4.5 5M18 8.5l-2.3-.6M18 8.5l.8-2.2"/>"#
        ),
        // A dumb-bell.
        "strength" => sign!(
            r#"<path d="M8.5 12h7M3 10.5v3M21 10.5v3"/><rect x="5" y="7" width="3.5" height="10" rx="1.2"/><rect x="15.5" y="7" width="3.5" height="10" rx="1.2"/>"#
        ),
        // A clock that starts over.
        "break" => {
            sign!(r#"<path d="M19.8 8.5A8.7 8.7 0 1 0 20.7 12M20.5 4.5v4h-4M12 7.5V12l3 2"/>"#)
        }
        "print" => sign!(
            r#"<path d="M7 8V3.5h10V8M7 17.5H5.5a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2h13a2 2 0 0 1 2 2v5.5a2 2 0 0 1-2 2H17"/><rect x="7" y="14" width="10" height="6.5" rx="1"/>"#
        ),
        "globe" => sign!(
            r#"<circle cx="12" cy="12" r="8.75"/><path d="M3.5 12h17M12 3.3c2.4 2.6 3.5 5.5 3.5 8.7s-1.1 6.1-3.5 8.7c-2.4-2.6-3.5-5.5-3.5-8.7s1.1-6.1 3.5-8.7z"/>"#
        ),
        _ => "",
    }
}
