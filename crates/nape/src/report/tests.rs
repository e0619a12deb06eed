//! Whole pages and whole terminal texts.

use std::path::PathBuf;

use nape_core::sample::Sample;
use quick_xml::events::Event;

use super::fixture::{
    HOSTILE, analysis, empty, face, failed, minute, picture, samples, side_samples, video,
};
use super::{Drawing, draw, html, text};
use crate::wire;

/// Renders, checks what every page must keep, and leaves the page in the temporary folder to look at.
fn page(name: &str, inputs: Vec<(wire::Input, Vec<Sample>)>) -> String {
    let (inputs, samples): (Vec<_>, Vec<_>) = inputs.into_iter().unzip();
    let analysis = analysis(inputs);
    let count = analysis.inputs.len();
    let drawings: Vec<Drawing> = (analysis.inputs.iter().zip(&samples).enumerate())
        .map(|(at, (input, samples))| draw(input, samples, at, count))
        .collect();
    let page = html(&analysis, &drawings, &face()).expect("renders");
    let folder = std::env::temp_dir().join("nape-report-pages");
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    std::fs::write(folder.join(format!("{name}.html")), &page).expect("written");
    well_formed(&page);
    let page = without_own_script(&page);
    keeps_to_itself(&page);
    says_nothing_forbidden(&page);
    page
}

fn well_formed(page: &str) {
    let mut reader = quick_xml::Reader::from_str(page);
    let mut depth = 0_i32;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!(
                "at {}: {error}: {:?}",
                reader.error_position(),
                &page[reader.error_position() as usize..].get(..80)
            ),
        }
    }
    assert_eq!(depth, 0);
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is used twice");
}

/// The page without the lines that sort a cohort's table, which do nothing else.
fn without_own_script(page: &str) -> String {
    let Some((before, rest)) = page.split_once("<script>") else {
        return page.to_owned();
    };
    let (script, after) = rest.split_once("</script>").expect("it ends");
    assert!(script.trim_start().starts_with("(function ()"), "{script}");
    assert!(script.len() < 2_500, "{}", script.len());
    for forbidden in [
        "fetch",
        "XML",
        "import",
        "eval",
        "innerHTML",
        "cookie",
        "torage",
        "location",
        "open(",
        "://",
        "navigator",
        "{{",
    ] {
        assert!(!script.contains(forbidden), "{forbidden}");
    }
    format!("{before}{after}")
}

fn keeps_to_itself(page: &str) {
    for forbidden in [
        "http", "<script", "<link", "<img", "@import", "src=", "onload",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    // Every url() is a pattern of the page.
    for rest in page.split("url(").skip(1) {
        assert!(rest.starts_with('#'), "{}", &rest[..20.min(rest.len())]);
    }
    for broken in ["NaN", "null", "inf ", "inf\"", "-0°", "−0°", "None"] {
        assert!(!page.contains(broken), "{broken}");
    }
}

/// The left column of clinical.md 9.2 and the words that the product never uses.
fn says_nothing_forbidden(said: &str) {
    let said = said.to_lowercase();
    for word in [
        "diagnos",
        "detects",
        "monitors",
        "spondylosis",
        "myelopathy",
        "treats",
        "relieves",
        "cures",
        "prevents",
        "safe",
        "unsafe",
        "cleared",
        "red flag",
        "you are healthy",
        "corrects",
        "degenerat",
        "27 kg",
        "clinically proven",
        "medical grade",
        "medical-grade",
        "abnormal",
        "bad posture",
        "poor posture",
        "damage",
        "posture score",
        "/100",
    ] {
        assert!(!said.contains(word), "{word}");
    }
}

fn front(path: &str) -> (wire::Input, Vec<Sample>) {
    let samples = samples(60.0, 12.0, 1.0);
    (video(path, &samples, 12.0, 1.0), samples)
}

fn side(path: &str) -> (wire::Input, Vec<Sample>) {
    let samples = side_samples();
    (video(path, &samples, 12.0, 1.0), samples)
}

#[test]
fn one_video() {
    let page = page("front", vec![front("recordings/desk-front.mp4")]);
    assert!(page.contains("Head bent 25° or more for"));
    assert!(page.contains("RULA neck sub-score"));
    assert!(page.contains("from head inclination"));
    assert!(page.contains("seen from the front"));
    assert!(page.contains("Turned furthest left"));
    assert!(page.contains("the first 5 s of the recording"));
    assert!(page.len() < 450_000, "{}", page.len());
}

#[test]
fn a_side_view_shows_neck_and_trunk() {
    let page = page("side", vec![side("desk-side.mp4")]);
    assert!(page.contains("<h4>Neck flexion</h4>"));
    assert!(page.contains("<h4>Trunk inclination</h4>"));
    assert!(page.contains("from neck flexion"));
    assert!(!page.contains("Turned furthest"));
}

#[test]
fn a_picture_has_angles_and_no_time() {
    let page = page("picture", vec![picture("at-desk.jpg")]);
    assert!(page.contains("Head bent forward 32° ± 5°: in the time-limited zone of ISO 11226"));
    assert!(page.contains("21° right"));
    assert!(!page.contains("over time"));
    assert!(!page.contains("Time in each zone"));
}

#[test]
fn several_inputs_have_an_overview_and_failures_are_plain() {
    let page = page(
        "several",
        vec![
            front("a/desk-front.mp4"),
            side("a/desk-side.mp4"),
            picture("a/at-desk.jpg"),
            (failed("a/broken.mp4"), Vec::new()),
        ],
    );
    assert!(page.contains("4 inputs"));
    assert!(page.contains("href=\"#r3\""));
    assert!(page.contains("it ends after 18 bytes"));
    assert!(page.contains("This input could not be measured."));
    // What sorting needs: names of columns with a scope, numbers to sort by, and nothing for what was not measured.
    assert!(page.contains(r#"<th scope="col" class="n" data-sort="number">Median</th>"#));
    assert!(page.contains(r#"<th scope="row" data-v="desk-front.mp4">"#));
    assert!(page.contains(r#"<td class="n" data-v="">–</td>"#));
    assert!(page.contains("Percentiles over the recordings"));
}

#[test]
fn with_many_inputs_there_is_the_cohort_alone() {
    let inputs = |count: usize| -> Vec<_> {
        let path = |i| format!("study/p{i:02}/head.csv");
        (0..count).map(|i| front(&path(i))).collect()
    };
    let fifty = page("fifty", inputs(50));
    assert_eq!(fifty.matches("<article").count(), 50);
    let more = page("fifty-one", inputs(51));
    assert_eq!(more.matches("<article").count(), 0);
    assert_eq!(more.matches("class=\"spark\"").count(), 51);
    assert!(more.contains("no part for each of them") && !more.contains("href=\"#r"));
    assert!(
        more.contains(">p07/head.csv<"),
        "the folder tells them apart"
    );
    assert!(more.len() < 51 * 4_000 + 60_000, "{}", more.len());
}

#[test]
fn earlier_results_have_bars_for_a_curve_and_their_time_is_pooled() {
    let inputs: Vec<wire::Input> = [(10.0, 3.0), (30.0, 1.0)]
        .iter()
        .map(|(angle, minutes)| {
            let mut histogram = nape_core::exposure::Histogram::default();
            histogram.add(*angle, 60.0 * minutes);
            let mut input = front(&format!("{angle}.csv")).0;
            let head = input.head_inclination.as_mut().expect("was measured");
            head.histogram = Some(wire::Histogram::of(&histogram));
            head.p50_deg = Some(*angle);
            input
        })
        .collect();
    let page = page(
        "merged",
        inputs
            .into_iter()
            .map(|input| (input, Vec::new()))
            .collect(),
    );
    assert_eq!(page.matches("Share of the time at each angle").count(), 2);
    assert!(page.contains("The 4 min of judged time of 2 recordings"));
    assert!(page.contains("median 10°, 90th percentile 30°; 25% of it at 25° or more"));
    // Between two recordings the median is in the middle.
    assert!(page.contains(r#"Median inclination</th><td class="n">2</td><td class="n">12°</td><td class="n">15°</td><td class="n">20°</td>"#));
    assert!(page.contains("Postures held") && !page.contains("<h3>Head inclination over time"));
}

#[test]
fn a_hostile_name_stays_text() {
    let mut input = front(HOSTILE);
    input.0.warnings[0].message = "<b onload=x>\u{7}".replace("onload", "on load");
    input.0.neutral.as_mut().expect("has one").from = "<i>".into();
    let page = page("hostile", vec![input, (failed(HOSTILE), Vec::new())]);
    assert!(!page.contains("<script"));
    assert!(!page.contains("<b on"));
    assert!(!page.contains("<i>"));
    assert!(page.contains("&#60;script&#62;&#38;&#34;"));
}

#[test]
fn an_hour_stays_small() {
    let samples = samples(3600.0, 12.0, 4.0);
    let input = video("long.mp4", &samples, 12.0, 4.0);
    let page = page("hour", vec![(input, samples)]);
    let curves: usize = page
        .split("<svg class=\"timeline\"")
        .skip(1)
        .filter_map(|rest| rest.split("</div>").next())
        .map(str::len)
        .sum();
    assert!(curves < 400_000, "{curves}");
    let figures: usize = page
        .split("<svg class=\"head\"")
        .skip(1)
        .filter_map(|rest| rest.split("</svg>").next())
        .map(str::len)
        .sum();
    assert!(figures < 250_000, "{figures}");
}

#[test]
fn flicker_between_states_does_not_blow_the_page_up() {
    let mut samples = samples(3600.0, 12.0, 1.0);
    for sample in samples.iter_mut().step_by(2) {
        sample.observation = nape_core::sample::Observation::Away;
    }
    let input = video("flicker.mp4", &samples, 12.0, 1.0);
    let page = page("flicker", vec![(input, samples)]);
    assert!(page.len() < 700_000, "{}", page.len());
}

#[test]
fn many_inputs_fold_and_their_figures_share_a_budget() {
    let page = page(
        "many",
        (0..24).map(|i| front(&format!("p{i:02}.mp4"))).collect(),
    );
    let figures: usize = page
        .split("<svg class=\"head\"")
        .skip(1)
        .filter_map(|rest| rest.split("</svg>").next())
        .map(str::len)
        .sum();
    assert!(figures < 250_000, "{figures}");
    assert_eq!(page.matches("class=\"folded\"").count(), 4);
}

#[test]
fn nothing_judged_and_nothing_given_are_pages_too() {
    let unseen: Vec<Sample> = (0..100)
        .map(|i| Sample {
            t_s: f64::from(i) / 10.0,
            observation: minute(57.0),
        })
        .collect();
    let mut input = empty("turned.mp4", Some(wire::Kind::Video));
    input.duration_s = 10.0;
    input.observed_s = 10.0;
    input.samples = 100;
    input.state_s.bent_or_turned = 10.0;
    let page_unseen = page("unseen", vec![(input, unseen)]);
    assert!(page_unseen.contains("could not be judged at any moment"));
    let page_none = page("none", Vec::new());
    assert!(page_none.contains("No input was found"));
}

/// Relative luminance contrast after WCAG 2, of two tokens of one colour scheme.
#[test]
fn text_colours_have_contrast_in_light_and_dark() {
    let css = include_str!("../../templates/analysis.css");
    let dark_from = css.find("@media screen").expect("a dark scheme");
    let token = |part: &str, name: &str| -> [f64; 3] {
        let from = part.find(&format!("--{name}: #")).expect("a token") + name.len() + 5;
        [0, 2, 4].map(|i| {
            let value = u8::from_str_radix(&part[from + i..from + i + 2], 16).expect("hex");
            let c = f64::from(value) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        })
    };
    let luminance = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    for part in [&css[..dark_from], &css[dark_from..]] {
        for (text, ground) in [
            ("ink", "paper"),
            ("muted", "paper"),
            ("accent", "paper"),
            ("error", "paper"),
            ("ink", "warn-wash"),
            ("warn", "warn-wash"),
        ] {
            let (a, b) = (luminance(token(part, text)), luminance(token(part, ground)));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 4.5, "{text} on {ground}: {contrast:.2}");
        }
    }
}

/// Compares with the kept text; `NAPE_UPDATE_SNAPSHOTS=1` keeps the new one instead.
fn snapshot(name: &str, said: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("src/report/snapshots")
        .join(format!("{name}.txt"));
    if std::env::var_os("NAPE_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, said).expect("written");
    }
    let kept = std::fs::read_to_string(&path).expect("a kept text");
    assert_eq!(said, kept);
}

fn tidy(said: &str) {
    says_nothing_forbidden(said);
    for line in said.lines() {
        assert_eq!(line, line.trim_end());
        assert!(line.chars().count() <= 100, "{line}");
        assert!(!line.contains("NaN"));
    }
}

#[test]
fn text_of_one_video() {
    let said = text(&analysis(vec![front("desk-front.mp4").0]), false);
    tidy(&said);
    snapshot("one", &said);
}

#[test]
fn text_of_a_picture_and_a_failure() {
    let inputs = vec![picture("at-desk.jpg").0, failed("broken.mp4")];
    let said = text(&analysis(inputs), false);
    tidy(&said);
    snapshot("picture", &said);
}

#[test]
fn text_of_many_is_a_table() {
    let mut inputs = vec![front("desk-front.mp4").0, side("desk-side.mp4").0];
    inputs.push(picture("a/very/long/path/to/a/folder/of/pictures/at-desk.jpg").0);
    inputs.push(failed("broken.mp4"));
    let said = text(&analysis(inputs), false);
    tidy(&said);
    snapshot("many", &said);
}

#[test]
fn colour_changes_nothing_but_colour() {
    let analysis = analysis(vec![front("desk-front.mp4").0, failed("x\u{1b}[2Jy.mp4")]);
    let plain = text(&analysis, false);
    let mut bare = String::new();
    let coloured = text(&analysis, true);
    let mut rest = coloured.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        bare.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('m').expect("a colour") + 1..];
    }
    bare.push_str(rest);
    assert_eq!(plain, bare);
    assert!(!plain.contains('\u{1b}'));
}
