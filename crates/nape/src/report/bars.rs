//! Time in zones as one stacked bar.

use std::fmt::Write as _;

use super::format::{percent, span};
use super::words::Zone;

/// Narrower parts carry no label; the table next to the bar has every number.
const LABEL_FROM_PERCENT: f64 = 9.0;

/// Parts of 100% in the order of the zones, labelled where there is room. `None` where there is no time to show.
pub(super) fn stacked(name: &str, zones: &[Zone]) -> Option<String> {
    const HEIGHT: f64 = 34.0;
    let whole: f64 = zones.iter().map(|zone| zone.seconds).sum();
    if whole <= 0.0 {
        return None;
    }
    let present = || zones.iter().filter(|zone| zone.seconds > 0.0);
    let mut out = String::new();
    let described: Vec<String> = present()
        .map(|zone| format!("{}: {}", zone.range, percent(zone.seconds, whole)))
        .collect();
    let _ = write!(
        out,
        r#"<svg class="bar" role="img" width="100%" height="{}"><title>{name}: share of judged time in each zone</title><desc>{}.</desc>"#,
        HEIGHT + 18.0,
        described.join(", ")
    );
    let mut from = 0.0;
    for zone in present() {
        let share = 100.0 * zone.seconds / whole;
        let _ = write!(
            out,
            r#"<rect class="zone {}" x="{from:.2}%" y="0" width="{share:.2}%" height="{HEIGHT}"><title>{}, {}: {}</title></rect>"#,
            zone.class,
            zone.range,
            zone.meaning,
            span(zone.seconds)
        );
        if share >= LABEL_FROM_PERCENT {
            let _ = write!(
                out,
                r#"<text class="part" x="{from:.2}%" dx="1" y="{}">{}</text>"#,
                HEIGHT + 14.0,
                // The full range would not fit a narrow part on a phone.
                zone.range
                    .replace(" to ", "–")
                    .replace(" and more", "+")
                    .replace("below ", "&lt; ")
            );
        }
        from += share;
    }
    out.push_str("</svg>");
    Some(out)
}
