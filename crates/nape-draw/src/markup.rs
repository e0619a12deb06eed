//! Small pieces of SVG text.

use std::fmt::Write as _;

/// Text as it may stand between tags and in attributes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Characters that XML cannot hold at all.
            c if c.is_control() && !matches!(c, '\n' | '\t' | '\r') => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// `<path class=".." d=".."/>`.
pub(crate) fn path(class: &str, d: &str) -> String {
    format!(r#"<path class="{class}" d="{d}"/>"#)
}

/// A group with a class.
pub(crate) fn group(class: &str, inside: &str) -> String {
    format!(r#"<g class="{class}">{inside}</g>"#)
}

/// A group turned about a point by an amount that is in the name of a class, so that the style sheet can move it there: `nd-turn-12` or `nd-turn-m12`.
/// Degrees, clockwise on the screen.
pub(crate) fn turned(degrees: i32, (x, y): (f64, f64), inside: &str) -> String {
    let (x, y) = (crate::shape::number(x), crate::shape::number(y));
    let name = signed(degrees);
    format!(
        r#"<g transform="translate({x} {y})"><g class="nd-pose nd-turn-{name}" transform="rotate({degrees})"><g transform="translate({} {})">{inside}</g></g></g>"#,
        minus(&x),
        minus(&y),
    )
}

/// A group turned about a point, degrees clockwise on the screen, with no movement of its own.
pub(crate) fn tilted(degrees: f64, (x, y): (f64, f64), inside: &str) -> String {
    let [degrees, x, y] = [degrees, x, y].map(crate::shape::number);
    format!(r#"<g transform="rotate({degrees} {x} {y})">{inside}</g>"#)
}

/// A group moved by whole units: `nd-shift-8-m4`.
pub(crate) fn shifted((x, y): (i32, i32), inside: &str) -> String {
    let (a, b) = (signed(x), signed(y));
    format!(r#"<g class="nd-pose nd-shift-{a}-{b}" transform="translate({x} {y})">{inside}</g>"#)
}

fn minus(number: &str) -> String {
    match number.strip_prefix('-') {
        Some(positive) => positive.to_owned(),
        None if number == "0" => "0".to_owned(),
        None => format!("-{number}"),
    }
}

fn signed(value: i32) -> String {
    if value < 0 {
        format!("m{}", value.unsigned_abs())
    } else {
        value.to_string()
    }
}

/// The drawing as a whole, not for screen readers: the words beside it say the same.
pub(crate) fn figure(class: &str, view: [f64; 4], inside: &str) -> String {
    let mut out = String::with_capacity(inside.len() + 160);
    let [x, y, w, h] = view.map(crate::shape::number);
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" class="nd {class}" viewBox="{x} {y} {w} {h}" aria-hidden="true" focusable="false">{inside}</svg>"#
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_become_tags() {
        assert_eq!(
            escaped("<b title=\"a\">'&'\u{1}"),
            "&lt;b title=&quot;a&quot;&gt;&#39;&amp;&#39; "
        );
        assert_eq!(escaped("脖子"), "脖子");
    }

    #[test]
    fn a_turn_is_named_after_its_degrees() {
        let text = turned(-12, (100.0, -5.5), "");
        assert!(text.contains("nd-turn-m12") && text.contains("rotate(-12)"));
        assert!(text.contains("translate(-100 5.5)"), "{text}");
        assert!(shifted((-3, 0), "").contains("nd-shift-m3-0"));
    }
}
