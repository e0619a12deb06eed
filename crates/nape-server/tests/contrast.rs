//! Colours: they are told apart by everybody, in light and in dark, and there are no others than the tokens.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

type Tokens = BTreeMap<String, String>;

fn assets() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "css"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    // Figures are drawn elsewhere and use the same tokens.
    files.push(("draw.css".to_owned(), nape_draw::CSS.to_owned()));
    files
}

fn nape() -> String {
    include_str!("../assets/nape.css").to_owned()
}

/// The blocks of the colour tokens: what stands before the braces and what stands in them.
fn blocks(css: &str) -> Vec<(String, String)> {
    css.split('}')
        .filter_map(|block| block.rsplit_once('{'))
        .filter(|(_, inside)| inside.contains("--paper:"))
        .map(|(before, inside)| {
            let start = before.rfind(['{', '\n']).map_or(0, |at| at + 1);
            (before[start..].trim().to_owned(), inside.to_owned())
        })
        .collect()
}

fn tokens(block: &str) -> Tokens {
    block
        .split(';')
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .filter(|(_, value)| value.starts_with('#'))
        .collect()
}

/// Light and both dark blocks, in this order.
fn themes() -> [Tokens; 3] {
    let blocks = blocks(&nape());
    let of: Vec<&str> = blocks.iter().map(|(of, _)| of.as_str()).collect();
    assert_eq!(
        of,
        [
            ":root",
            ":root:not([data-theme=\"light\"])",
            ":root[data-theme=\"dark\"]"
        ]
    );
    [0, 1, 2].map(|at| tokens(&blocks[at].1))
}

/// Relative luminance, after WCAG 2.2.
fn luminance(colour: &str) -> f64 {
    let digits = colour.strip_prefix('#').unwrap();
    assert_eq!(digits.len(), 6, "{colour}");
    let part = |at: usize| {
        let part = u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

/// Contrast of two colours, from 1 to 21.
fn contrast(one: &str, two: &str) -> f64 {
    let (one, two) = (luminance(one), luminance(two));
    (one.max(two) + 0.05) / (one.min(two) + 0.05)
}

/// The pairs that fall short, each with its contrast.
fn short(tokens: &Tokens, pairs: &[(&str, &[&str])], least: f64) -> Vec<String> {
    let mut short = Vec::new();
    for (front, backs) in pairs {
        for back in *backs {
            let found = contrast(
                &tokens[&format!("--{front}")],
                &tokens[&format!("--{back}")],
            );
            if found < least {
                short.push(format!("{front} on {back}: {found:.2}"));
            }
        }
    }
    short
}

const PLAIN: [&str; 3] = ["paper", "card", "sunk"];

/// Text and what it stands on.
const TEXT: [(&str, &[&str]); 13] = [
    ("ink", &PLAIN),
    ("ink", &["accent-sunk", "warn-sunk", "urgent-sunk"]),
    ("soft", &PLAIN),
    ("soft", &["accent-sunk", "warn-sunk", "urgent-sunk"]),
    ("accent", &PLAIN),
    ("accent", &["accent-sunk", "warn-sunk", "urgent-sunk"]),
    ("warn", &PLAIN),
    ("warn", &["warn-sunk", "accent-sunk"]),
    ("urgent", &PLAIN),
    ("urgent", &["urgent-sunk"]),
    ("good", &PLAIN),
    ("accent-ink", &["accent"]),
    ("urgent-ink", &["urgent"]),
];

/// Shapes that are to be seen, and what they stand on.
const SHAPES: [(&str, &[&str]); 8] = [
    ("edge", &PLAIN),
    ("accent", &PLAIN),
    ("warn", &["card", "paper", "warn-sunk"]),
    ("urgent", &["card", "paper", "urgent-sunk"]),
    (
        "focus",
        &[
            "paper",
            "card",
            "sunk",
            "accent-sunk",
            "warn-sunk",
            "urgent-sunk",
        ],
    ),
    ("series-1", &["card", "paper"]),
    ("series-2", &["card", "paper"]),
    ("series-3", &["card", "paper"]),
];

#[test]
fn contrast_is_computed_as_it_is_defined() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("#777777", "#ffffff") - 4.48).abs() < 0.01);
    assert!((contrast("#336699", "#336699") - 1.0).abs() < 1e-9);
}

#[test]
fn text_is_read_on_everything_that_it_stands_on() {
    for (name, tokens) in ["light", "dark"].iter().zip(&themes()) {
        let short = short(tokens, &TEXT, 4.5);
        assert!(short.is_empty(), "{name}: {short:#?}");
    }
}

#[test]
fn shapes_are_seen_on_everything_that_they_stand_on() {
    for (name, tokens) in ["light", "dark"].iter().zip(&themes()) {
        let short = short(tokens, &SHAPES, 3.0);
        assert!(short.is_empty(), "{name}: {short:#?}");
    }
}

#[test]
fn dark_is_the_same_whether_the_system_or_the_person_asks_for_it() {
    let [light, system, person] = themes();
    assert_eq!(system, person);
    let names = |tokens: &Tokens| tokens.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&light), names(&system), "every colour has its twin");
}

/// The declarations of a file without its token blocks and without what is only for paper and for forced colours, where the colours of the medium count.
fn declarations(css: &str) -> Vec<(String, String)> {
    let mut rest = css.to_owned();
    while let Some(start) = rest.find("/*") {
        let end = start + rest[start..].find("*/").unwrap() + 2;
        rest.replace_range(start..end, "");
    }
    for (_, inside) in blocks(&rest) {
        rest = rest.replace(&inside, "");
    }
    for medium in ["@media print", "@media (forced-colors: active)"] {
        while let Some(start) = rest.find(medium) {
            let mut depth = 0;
            let length = rest[start..].find(|letter| {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                letter == '}' && depth == 0
            });
            rest.replace_range(start..=start + length.unwrap(), "");
        }
    }
    rest.split(['{', '}', ';'])
        .filter_map(|part| part.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

#[test]
fn every_colour_is_a_token() {
    const NAMED: [&str; 16] = [
        "white", "black", "red", "green", "blue", "gray", "grey", "silver", "yellow", "orange",
        "purple", "navy", "teal", "brown", "pink", "gold",
    ];
    let known = &themes()[0];
    let mut wrong = Vec::new();
    let mut used = 0;
    let all: String = assets().into_iter().map(|(_, css)| css).collect();
    for (file, css) in assets() {
        // The figures have tokens of their own, which are tested where they are drawn.
        let defines = file == "draw.css";
        for (name, value) in declarations(&css) {
            let words: Vec<&str> = value
                .split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-'))
                .collect();
            let is_own = value.contains('#')
                || ["rgb", "rgba", "hsl", "hsla", "oklch", "lab", "color-mix"]
                    .iter()
                    .any(|function| value.contains(&format!("{function}(")))
                || (!name.starts_with("font") && words.iter().any(|word| NAMED.contains(word)));
            if is_own && !(defines && name.starts_with("--")) {
                wrong.push(format!("{file}: {name}: {value}"));
            }
            for token in words.iter().filter(|word| word.starts_with("--")) {
                if known.contains_key(*token) {
                    used += 1;
                }
                let is_defined = all.contains(&format!("{token}:"));
                assert!(is_defined, "{file}: there is no {token}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(used > 100, "{used}");
}
