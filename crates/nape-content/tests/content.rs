//! The content as it is compiled in is complete, and a wrong edit is caught with file, line and reason.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use nape_content::{Content, Files, Lang, embedded_files, reading};
use proptest::prelude::*;

#[test]
fn the_content_that_is_compiled_in_can_be_used() {
    let content = Content::embedded().unwrap();
    assert!(content.version.starts_with("1+"), "{}", content.version);
    assert!(content.reviewed_by.is_empty());
    assert_eq!(content.library.exercises.len(), 15);
    assert!(content.statements.len() >= 20);
}

#[test]
fn every_file_of_the_folder_is_compiled_in() {
    fn collect(root: &Path, folder: &Path, names: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(root, &path, names);
            } else {
                let name = path.strip_prefix(root).unwrap();
                let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
                names.insert(parts.join("/"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    let mut names = BTreeSet::new();
    collect(&root, &root, &mut names);
    let embedded: BTreeSet<String> = embedded_files().into_keys().collect();
    assert_eq!(names, embedded);
}

/// The problems after one edit, as they are printed.
fn after(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut files = embedded_files();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{file} has no {from}");
    *text = text.replacen(from, to, 1);
    problems(&files)
}

fn problems(files: &Files) -> Vec<String> {
    match Content::from_files(files) {
        Ok(_) => vec![],
        Err(problems) => problems.0.iter().map(ToString::to_string).collect(),
    }
}

/// The line of the first place where `what` stands.
fn line(file: &str, what: &str) -> usize {
    let files = embedded_files();
    let text = &files[file];
    text[..text.find(what).unwrap()].matches('\n').count() + 1
}

fn expect(file: &str, from: &str, to: &str, at: &str, reason: &str) {
    let found = after(file, from, to);
    let place = format!("{file}:{}: ", line(file, at));
    assert!(
        found
            .iter()
            .any(|problem| problem.starts_with(&place) && problem.contains(reason)),
        "{from} -> {to}: no {place}..{reason} in {found:#?}"
    );
}

#[test]
fn a_rule_without_a_source_does_not_load() {
    expect(
        "screening/emergency.toml",
        "blocks = { everything = true }\nbasis = { V = [\"ccr1\", \"ccr2\"] }",
        "blocks = { everything = true }",
        "\"E01\"",
        "E01: nothing to rest on",
    );
    expect(
        "screening/emergency.toml",
        "basis = { V = [\"ccr1\", \"ccr2\"] }",
        "basis = {}",
        "\"E01\"",
        "E01: nothing to rest on",
    );
    expect(
        "care/massage.toml",
        "cap = 60\nbasis = { D = [\"nape-design\"] }",
        "cap = 60",
        "\"press_s\"",
        "press_s: nothing to rest on",
    );
}

#[test]
fn a_source_that_does_not_exist_or_does_not_fit_its_mark_is_named() {
    let at = "basis = { V = [\"ccr1\", \"ccr2\"] }";
    expect(
        "screening/emergency.toml",
        "\"ccr2\"",
        "\"ccr3\"",
        at,
        "no source is called \"ccr3\"",
    );
    expect(
        "screening/emergency.toml",
        at,
        "basis = { V = [\"ccr1\", \"nape-design\"] }",
        at,
        "cannot carry the mark V",
    );
    expect(
        "screening/emergency.toml",
        at,
        "basis = { D = [\"ccr1\"] }",
        at,
        "cannot carry the mark D",
    );
}

#[test]
fn an_urgent_rule_that_leaves_a_session_open_does_not_load() {
    expect(
        "screening/same-day.toml",
        "blocks = { everything = true }",
        "blocks = { massage = \"all\" }",
        "\"S01\"",
        "does not block everything",
    );
    expect(
        "screening/same-day.toml",
        "class = \"same_day\"",
        "class = \"caution\"",
        "\"S01\"",
        "cannot be of the class caution",
    );
}

#[test]
fn a_dose_above_what_the_code_enforces_does_not_load() {
    expect(
        "care/massage.toml",
        "cap = 60",
        "cap = 90",
        "\"press_s\"",
        "differ from what the code enforces",
    );
    expect(
        "care/heat.toml",
        "cap = 42",
        "cap = 50",
        "\"surface_c\"",
        "differ from what the code enforces",
    );
    expect(
        "care/exercises.toml",
        "timed_s = 120",
        "timed_s = 600",
        "\"x14\"",
        "600 is more than 120",
    );
    expect(
        "care/exercises.toml",
        "hold_s = [20, 30]",
        "hold_s = [20, 90]",
        "\"x03\"",
        "90 is more than 60",
    );
    expect(
        "care/exercises.toml",
        "hold_s = [20, 30]",
        "hold_s = [30, 20]",
        "\"x03\"",
        "the dose is empty",
    );
}

#[test]
fn what_must_not_be_done_cannot_be_written_down() {
    expect(
        "care/massage.toml",
        "id = \"effleurage\"",
        "id = \"thrust\"",
        "\"effleurage\"",
        "no stroke is called \"thrust\"",
    );
    expect(
        "care/massage.toml",
        "places = [\"beside_spine\", \"upper_trapezius\", \"upper_back\"]",
        "places = [\"beside_spine\", \"throat\", \"upper_back\"]",
        "places = [\"beside_spine\"",
        "no place is called \"throat\"",
    );
    expect(
        "care/massage.toml",
        "level = 3",
        "level = 2",
        "\"static_hold\"",
        "differ from what the code allows",
    );
    expect(
        "screening/caution.toml",
        "max_level = 1 }",
        "max_level = 4 }",
        "max_level = 1 }",
        "a level is 1, 2 or 3",
    );
}

#[test]
fn a_typing_error_is_found_with_its_line() {
    expect(
        "screening/emergency.toml",
        "class = \"emergency\"",
        "clas = \"emergency\"",
        "class = \"emergency\"",
        "unknown field `clas`",
    );
    expect(
        "screening/emergency.toml",
        "class = \"emergency\"",
        "class = \"emergancy\"",
        "class = \"emergency\"",
        "no class is called \"emergancy\"",
    );
    expect(
        "screening/emergency.toml",
        "id = \"E01\"",
        "id = \"F01\"",
        "id = \"E01\"",
        "\"F01\" is not a rule id",
    );
    expect(
        "screening/emergency.toml",
        "id = \"E02\"",
        "id = \"E01\"",
        "id = \"E01\"",
        "E01 is there twice",
    );
    expect(
        "screening/professional.toml",
        "pattern = \"cord-warning\"",
        "pattern = \"cord\"",
        "id = \"P01\"",
        "names the pattern \"cord\"",
    );
    expect(
        "screening/emergency.toml",
        "[[rule]]",
        "[rule",
        "[[rule]]",
        "",
    );
    expect(
        "regions.toml",
        "US = \"911\"",
        "US = \"nine\"",
        "US = \"911\"",
        "is not two capital letters",
    );
    let missing_stroke = after(
        "care/massage.toml",
        "[[stroke]]\nid = \"effleurage\"\nplaces = [\"beside_spine\", \"upper_trapezius\", \"upper_back\"]\nlevel = 1\nbasis = { V = [\"carotid\", \"carotid2\"], D = [\"nape-design\"] }\n",
        "",
    );
    assert!(
        missing_stroke
            .iter()
            .any(|p| p.contains("the stroke effleurage is missing")),
        "{missing_stroke:#?}"
    );
}

#[test]
fn words_that_are_missing_left_over_or_forbidden_are_found() {
    let missing = after("i18n/zh-Hans/urgent.ftl", "\nE02 = ", "\nE02x = ");
    assert!(
        missing
            .iter()
            .any(|p| p.contains("E02 has no words in every language")),
        "{missing:#?}"
    );
    assert!(
        missing.iter().any(|p| p.contains("nothing uses E02x")),
        "{missing:#?}"
    );
    expect(
        "i18n/en/screen.ftl",
        "class-emergency = Emergency",
        "class-emergency = Emergency { $who }",
        "class-emergency = ",
        "nobody fills in",
    );
    let claimed = after(
        "i18n/en/screen.ftl",
        "screen-stop = Stopped.",
        "screen-stop = You are safe. Stopped.",
    );
    assert!(
        claimed
            .iter()
            .any(|p| p.contains("which claims.toml rules out")),
        "{claimed:#?}"
    );
    let broken = after(
        "i18n/en/screen.ftl",
        "class-emergency = Emergency",
        "class-emergency = { $",
    );
    assert!(
        broken.iter().any(|p| p.contains("not Fluent")),
        "{broken:#?}"
    );
    let twice = after(
        "i18n/en/screen.ftl",
        "class-emergency = Emergency",
        "screen-stop = Twice\nclass-emergency = Emergency",
    );
    assert!(
        twice.iter().any(|p| p.contains("screen-stop is also in")),
        "{twice:#?}"
    );
}

#[test]
fn a_missing_file_and_a_source_that_nothing_cites_are_named() {
    let mut files = embedded_files();
    files.remove("screening/caution.toml");
    assert!(problems(&files).contains(&"screening/caution.toml: the file is missing".to_owned()));
    let mut files = embedded_files();
    files.get_mut("sources.toml").unwrap().push_str(
        "\n[[source]]\nid = \"nobody\"\nkind = \"page\"\ncite = \"A page\"\nread = \"page\"\n",
    );
    let found = problems(&files);
    assert!(
        found.iter().any(|p| p.contains("nothing cites nobody")),
        "{found:#?}"
    );
}

#[test]
fn every_problem_is_reported_at_once() {
    let mut files = embedded_files();
    for (file, from, to) in [
        ("screening/emergency.toml", "\"ccr2\"", "\"ccr3\""),
        ("care/massage.toml", "cap = 60", "cap = 90"),
        (
            "screening/caution.toml",
            "class = \"caution\"",
            "class = \"mild\"",
        ),
    ] {
        let text = files.get_mut(file).unwrap();
        *text = text.replacen(from, to, 1);
    }
    let found = problems(&files);
    for needle in ["ccr3", "cap 90", "mild"] {
        assert!(
            found.iter().any(|p| p.contains(needle)),
            "{needle}: {found:#?}"
        );
    }
}

/// Names of diagnoses, medicines and acts that a question about them cannot avoid.
const UNAVOIDABLE: &[&str] = &[
    "osteoporosis",
    "fibromuscular",
    "dysplasia",
    "ankylosing",
    "psoriatic",
    "spondylitis",
    "rheumatoid",
    "arthritis",
    "myelopathy",
    "stenosis",
    "odontoideum",
    "ehlers",
    "danlos",
    "cholesterol",
    "diabetes",
    "opioids",
    "triptans",
    "radiotherapy",
    "pacemaker",
    "stimulator",
    "physiotherapist",
    "physiotherapists",
    "professional",
    "professionals",
    "emergency",
    "migraine",
    "chemotherapy",
    "dialysis",
    "tuberculosis",
    "immune",
    "immunity",
    "aneurysm",
    "injection",
    "medicine",
    "medicines",
    "cortisone",
    "activity",
    "electric",
    "celsius",
    "massage",
    "exercise",
    "exercises",
];

#[test]
fn english_is_plain_enough_for_a_reader_of_twelve() {
    let content = Content::embedded().unwrap();
    let mut hard = Vec::new();
    let mut all = reading("", UNAVOIDABLE);
    for (key, text) in content.words.texts(Lang::En) {
        let counts = reading(text, UNAVOIDABLE);
        all = all.and(counts);
        if counts.longest > 27 {
            hard.push(format!("{key}: a sentence of {} words", counts.longest));
        }
        // A label of a few words has no meaningful grade.
        if counts.words >= 12 && counts.grade().is_some_and(|grade| grade > 9.0) {
            hard.push(format!(
                "{key}: grade {:.1}: {text}",
                counts.grade().unwrap()
            ));
        }
    }
    let grade = all.grade().unwrap();
    assert!(grade < 6.0, "grade {grade:.2} over all");
    assert!(hard.is_empty(), "{hard:#?}");
}

#[test]
fn chinese_is_chinese_and_has_no_long_sentences() {
    let content = Content::embedded().unwrap();
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for (key, text) in content.words.texts(Lang::ZhHans) {
        assert!(han(text), "{key}: {text}");
        let longest = text
            .split(['。', '？', '！', '；', '：'])
            .map(|s| s.chars().count())
            .max();
        assert!(longest.unwrap_or(0) <= 75, "{key}: {text}");
        // A half-width comma between Chinese characters is a slip of the keyboard.
        let characters: Vec<char> = text.chars().collect();
        for window in characters.windows(2) {
            let slip = matches!(window[1], ',' | ';' | '?' | '!') && han(&window[0].to_string());
            assert!(!slip, "{key}: {text}");
        }
    }
}

/// Tests that a clinician does by hand. Done by oneself they can hurt, so no text names one or asks for it.
#[test]
fn nobody_is_asked_to_examine_themselves() {
    let content = Content::embedded().unwrap();
    let tests = [
        "spurling",
        "sharp-purser",
        "hoffmann",
        "babinski",
        "lhermitte",
        "tilt your head back as far",
        "turn your head as far",
        "hold that end",
        "try it now",
        "旋颈试验",
        "椎间孔挤压",
        "臂丛牵拉",
        "霍夫曼",
    ];
    for lang in Lang::ALL {
        for (key, text) in content.words.texts(lang) {
            let lower = text.to_lowercase();
            for test in tests {
                assert!(!lower.contains(test), "{key} names {test}");
            }
        }
    }
    // The questions about movements that could hurt say so themselves.
    for key in ["S01", "P02", "P13"] {
        let english = content.words.say(Lang::En, key, &[]);
        assert!(english.contains("Please do not"), "{key}: {english}");
        let chinese = content.words.say(Lang::ZhHans, key, &[]);
        assert!(chinese.contains("请不要"), "{key}: {chinese}");
    }
}

#[test]
fn the_pattern_types_have_their_chinese_names() {
    let content = Content::embedded().unwrap();
    for (pattern, name) in [
        ("neck-muscle", "颈型"),
        ("arm-symptom", "神经根型"),
        ("cord-warning", "脊髓型"),
        ("dizziness", "椎动脉型"),
        ("mixed-autonomic", "交感型"),
    ] {
        let key = format!("pattern-{pattern}.chinese_type");
        assert_eq!(content.words.say(Lang::ZhHans, &key, &[]), name);
    }
}

#[test]
fn the_emergency_number_is_that_of_the_region() {
    let content = Content::embedded().unwrap();
    assert_eq!(content.emergency_number(Some("us")), ("911", true));
    assert_eq!(content.emergency_number(Some("CN")), ("120", true));
    assert_eq!(content.emergency_number(Some("XX")), ("112", false));
    assert_eq!(content.emergency_number(None), ("112", false));
}

#[test]
fn locales_lead_to_a_language() {
    for (locale, lang) in [
        ("zh_CN.UTF-8", Lang::ZhHans),
        ("zh-Hant-TW", Lang::ZhHans),
        ("ZH", Lang::ZhHans),
        ("en_GB", Lang::En),
        ("fr_FR", Lang::En),
        ("", Lang::En),
    ] {
        assert_eq!(Lang::for_locale(locale), lang, "{locale}");
    }
}

#[test]
fn a_key_without_words_says_its_own_name_and_values_are_filled_in() {
    let content = Content::embedded().unwrap();
    assert_eq!(
        content.words.say(Lang::En, "no-such-key", &[]),
        "no-such-key"
    );
    let said = content
        .words
        .say(Lang::En, "class-emergency.first", &[("number", "911")]);
    assert_eq!(said, "Call 911 now.");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Rubbish in a content file is refused with a reason, never with a panic.
    #[test]
    fn rubbish_is_refused(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), cut in 0_usize..400, rubbish in "\\PC{0,12}") {
        let mut files = embedded_files();
        let names: Vec<String> = files.keys().cloned().collect();
        let name = &names[file.index(names.len())];
        let text = files.get_mut(name).unwrap();
        let mut from = at.index(text.len());
        while !text.is_char_boundary(from) { from -= 1; }
        let mut to = (from + cut).min(text.len());
        while !text.is_char_boundary(to) { to -= 1; }
        text.replace_range(from..to.max(from), &rubbish);
        if let Err(problems) = Content::from_files(&files) {
            prop_assert!(!problems.0.is_empty());
        }
    }
}
