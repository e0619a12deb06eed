//! Numbers as people read them: times, shares, angles.

use nape_core::units::Measured;

/// `12 s`, `2 min 5 s`, `17 min`, `1 h 12 min`. Below ten seconds one decimal, unless it is a whole number; from ten minutes on whole minutes,
/// because more would promise what the angles' uncertainty does not keep.
pub(super) fn span(seconds: f64) -> String {
    let seconds = seconds.max(0.0);
    let tenths = (seconds * 10.0).round();
    if tenths < 100.0 {
        let decimals = usize::from(tenths % 10.0 != 0.0);
        return format!("{:.decimals$} s", tenths / 10.0);
    }
    let whole = seconds.round() as u64;
    let whole = if whole < 600 {
        whole
    } else {
        (whole + 30) / 60 * 60
    };
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    match (hours, minutes, rest) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, 0, _) => format!("{h} h"),
        (h, m, _) => format!("{h} h {m} min"),
    }
}

/// `18 to 27 s`, `50 s to 1 min 2 s`: the unit is said once where both ends share it.
pub(super) fn span_range(low: f64, high: f64) -> String {
    let (low, high) = (span(low), span(high));
    for unit in [" s", " min"] {
        if let (Some(number), Some(other)) = (low.strip_suffix(unit), high.strip_suffix(unit))
            && !number.contains(' ')
            && !other.contains(' ')
        {
            return format!("{number} to {high}");
        }
    }
    format!("{low} to {high}")
}

/// A place in the recording: `0:23`, `1:02:03`.
pub(super) fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{rest:02}")
    } else {
        format!("{minutes}:{rest:02}")
    }
}

/// Share of a whole. Something is never rounded away to nothing, nor nearly everything up to everything.
pub(super) fn percent(part: f64, whole: f64) -> String {
    if whole <= 0.0 {
        return "–".into();
    }
    let share = 100.0 * part / whole;
    if share > 0.0 && share < 0.5 {
        "<1%".into()
    } else if (99.5..99.999).contains(&share) {
        ">99%".into()
    } else {
        format!("{share:.0}%")
    }
}

/// Whole degrees with a true minus sign.
pub(super) fn degrees(value: f64) -> String {
    let rounded = value.round() + 0.0;
    let sign = if rounded < 0.0 { "−" } else { "" };
    format!("{sign}{:.0}°", rounded.abs())
}

/// `41° ± 5°`.
pub(super) fn with_uncertainty(measured: Measured) -> String {
    format!(
        "{} ± {}",
        degrees(measured.value.value()),
        degrees(measured.uncertainty.value().ceil())
    )
}

/// The two directions of an angle in words.
#[derive(Clone, Copy)]
pub(super) struct Directions {
    /// Where positive values lead.
    pub(super) plus: &'static str,
    /// Where negative values lead.
    pub(super) minus: &'static str,
}

pub(super) const SAGITTAL: Directions = Directions {
    plus: "forward",
    minus: "backward",
};
pub(super) const ROTATION: Directions = Directions {
    plus: "left",
    minus: "right",
};
pub(super) const LATERAL: Directions = Directions {
    plus: "right",
    minus: "left",
};

impl Directions {
    /// `58° right`; plain `0°` where there is no direction.
    pub(super) fn say(self, value: f64) -> String {
        let rounded = value.round();
        let size = degrees(rounded.abs());
        if rounded > 0.0 {
            format!("{size} {}", self.plus)
        } else if rounded < 0.0 {
            format!("{size} {}", self.minus)
        } else {
            size
        }
    }

    /// `58° right ± 5°`.
    pub(super) fn say_measured(self, measured: Measured) -> String {
        format!(
            "{} ± {}",
            self.say(measured.value.value()),
            degrees(measured.uncertainty.value().ceil())
        )
    }

    /// `58° right to 62° left`.
    pub(super) fn say_range(self, min: f64, max: f64) -> String {
        format!("{} to {}", self.say(min), self.say(max))
    }
}

/// Where the neutral posture came from, in words; the short forms are those of `--neutral`.
pub(super) fn neutral_source(from: &str) -> String {
    let seconds = |text: &str| text.trim().parse::<f64>().ok().filter(|s| s.is_finite());
    if let Some(length) = from.strip_prefix("first:").and_then(seconds) {
        return format!("the first {} of the recording", span(length));
    }
    if let Some((start, end)) = from.split_once("..")
        && let (Some(start), Some(end)) = (seconds(start), seconds(end))
    {
        return format!("{} to {} of the recording", clock(start), clock(end));
    }
    from.to_owned()
}

/// Text for an SVG node or an attribute in double quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML forbids most control characters, and a file name may hold them.
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_carry_into_the_next_unit() {
        let cases = [
            (0.0, "0 s"),
            (3.24, "3.2 s"),
            (9.97, "10 s"),
            (59.6, "1 min"),
            (61.0, "1 min 1 s"),
            (1019.0, "17 min"),
            (3599.9, "1 h"),
            (4320.0, "1 h 12 min"),
        ];
        for (seconds, expect) in cases {
            assert_eq!(span(seconds), expect, "{seconds}");
        }
        assert_eq!(span_range(18.0, 27.0), "18 to 27 s");
        assert_eq!(span_range(1680.0, 2040.0), "28 to 34 min");
        assert_eq!(span_range(50.0, 62.0), "50 s to 1 min 2 s");
        assert_eq!(clock(3723.0), "1:02:03");
    }

    #[test]
    fn shares_keep_a_trace_of_what_is_small() {
        assert_eq!(percent(0.0, 60.0), "0%");
        assert_eq!(percent(0.1, 60.0), "<1%");
        assert_eq!(percent(59.9, 60.0), ">99%");
        assert_eq!(percent(60.0, 60.0), "100%");
        assert_eq!(percent(1.0, 0.0), "–");
    }

    #[test]
    fn angles_never_show_a_negative_zero() {
        assert_eq!(degrees(-0.3), "0°");
        assert_eq!(degrees(-12.4), "−12°");
        assert_eq!(ROTATION.say_range(-58.0, 62.0), "58° right to 62° left");
        assert_eq!(LATERAL.say(-0.2), "0°");
    }

    #[test]
    fn the_neutral_is_described_in_words() {
        assert_eq!(neutral_source("first:5"), "the first 5 s of the recording");
        assert_eq!(neutral_source("4..10"), "0:04 to 0:10 of the recording");
        assert_eq!(neutral_source("sitting.jpg"), "sitting.jpg");
    }
}
