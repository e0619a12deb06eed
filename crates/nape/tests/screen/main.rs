//! `nape screen` and `nape content` as somebody uses them: the built program, its exit status, what it prints.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used)]

#[path = "../shared/program.rs"]
mod program;

use std::path::PathBuf;
use std::process::Output;

use serde_json::{Value, json};

use program::nape;

/// Every rule id.
fn rules() -> impl Iterator<Item = String> {
    [('E', 15), ('S', 10), ('P', 21), ('C', 12)]
        .into_iter()
        .flat_map(|(series, last)| (1..=last).map(move |n| format!("{series}{n:02}")))
}

/// Answers with every rule "no" but these.
fn answers(age: u32, these: &[(&str, &str)]) -> Value {
    let mut all: serde_json::Map<String, Value> = rules().map(|rule| (rule, json!("no"))).collect();
    for (id, answer) in these {
        all.insert((*id).to_owned(), json!(answer));
    }
    json!({"answers": all, "age": age})
}

fn screen(answers: &Value, more: &[&str]) -> Output {
    let mut arguments = vec!["screen", "--answers", "-"];
    arguments.extend(more);
    nape(&arguments, &answers.to_string())
}

fn verdict(answers: &Value, more: &[&str]) -> (Option<i32>, Value) {
    let mut arguments = vec!["--json"];
    arguments.extend(more);
    let output = screen(answers, &arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "", "nothing goes to standard error");
    let value = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code(), value)
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_json_has_the_keys_of_the_contract() {
    let (status, value) = verdict(&answers(41, &[("P03", "yes"), ("C10", "yes")]), &[]);
    assert_eq!(status, Some(1));
    for key in [
        "disposition",
        "blocks",
        "fired",
        "say_first",
        "pattern",
        "content_version",
    ] {
        assert!(value.get(key).is_some(), "{key}");
    }
    assert_eq!(value["disposition"], "professional_soon");
    assert_eq!(value["blocks"], json!(["massage", "stretch", "strength"]));
    assert_eq!(value["fired"][0]["id"], "P03");
    assert_eq!(value["fired"][0]["class"], "professional_soon");
    assert!(value["fired"][0]["reason"].as_str().unwrap().len() > 20);
    assert!(!value["fired"][0]["sources"].as_array().unwrap().is_empty());
    assert_eq!(value["fired"][1]["id"], "C10");
    assert_eq!(value["pattern"]["id"], "arm-symptom");
    assert!(
        value["pattern"]["note"]
            .as_str()
            .unwrap()
            .contains("not a diagnosis")
    );
}

#[test]
fn nothing_on_the_list_is_self_care_with_status_0() {
    let (status, value) = verdict(&answers(41, &[]), &[]);
    assert_eq!(status, Some(0));
    assert_eq!(value["disposition"], "self_care");
    assert_eq!(value["blocks"], json!([]));
    assert_eq!(value["fired"], json!([]));
    assert_eq!(value["pattern"], Value::Null);
    let text = stdout(&screen(&answers(41, &[]), &[]));
    assert!(
        text.starts_with("None of your answers is on our warning list.\n"),
        "{text}"
    );
    assert!(text.contains("cannot rule out illness"), "{text}");
}

#[test]
fn a_smaller_program_is_no_referral() {
    let (status, value) = verdict(&answers(70, &[]), &[]);
    assert_eq!(status, Some(0));
    assert_eq!(value["disposition"], "caution");
    assert_eq!(value["fired"][0]["because"], "age");
    assert!(!value["limits"].as_array().unwrap().is_empty());
}

#[test]
fn a_rules_own_first_sentence_is_for_its_own_class() {
    let first = |answer| {
        let text = stdout(&screen(&answers(41, &[("C06", answer)]), &["--lang", "en"]));
        text.lines().next().unwrap().to_owned()
    };
    assert!(first("yes").starts_with("Rest today"), "{}", first("yes"));
    // Not sure of it asks for a professional, and that comes first.
    assert!(
        first("unsure").starts_with("Make an appointment"),
        "{}",
        first("unsure")
    );
}

#[test]
fn an_emergency_says_the_number_of_the_region_first() {
    let emergency = answers(41, &[("E03", "unsure")]);
    for (region, number) in [("US", "911"), ("CN", "120"), ("GB", "999"), ("ZZ", "112")] {
        let output = screen(&emergency, &["--region", region]);
        assert_eq!(output.status.code(), Some(1));
        let text = stdout(&output);
        let first = text.lines().next().unwrap();
        assert!(first.contains(number), "{region}: {first}");
    }
    let unknown = stdout(&screen(&emergency, &["--region", "ZZ"]));
    assert!(unknown.contains("do not know the number"), "{unknown}");
    let (status, value) = verdict(&emergency, &["--lang", "zh-Hans", "--region", "cn"]);
    assert_eq!(status, Some(1));
    assert_eq!(value["say_first"], "请立即拨打 120。");
    assert_eq!(value["pattern"], Value::Null);
    assert_eq!(
        value["blocks"],
        json!(["massage", "stretch", "strength", "heat"])
    );
    // The file may say the region, and the option wins.
    let mut file = emergency.clone();
    file["region"] = json!("GB");
    assert_eq!(verdict(&file, &[]).1["emergency_number"], "999");
    assert_eq!(
        verdict(&file, &["--region", "US"]).1["emergency_number"],
        "911"
    );
}

#[test]
fn a_missing_rule_is_an_error_that_lists_it_unless_the_rest_is_no() {
    let mut file = answers(41, &[]);
    for id in ["E05", "S01"] {
        file["answers"].as_object_mut().unwrap().remove(id);
    }
    let output = screen(&file, &["--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "");
    let said = stderr(&output);
    assert!(said.contains("no answer to E05, S01"), "{said}");
    assert!(said.contains("--rest no"), "{said}");
    let (status, value) = verdict(&file, &["--rest", "no"]);
    assert_eq!(
        (status, value["disposition"].as_str()),
        (Some(0), Some("self_care"))
    );
}

#[test]
fn an_unknown_id_is_an_error_that_lists_the_ids() {
    for (id, near) in [("E99", "E01, E02"), ("P03.left", "P03, P03.shooting")] {
        let mut file = answers(41, &[]);
        file["answers"][id] = json!("no");
        let output = screen(&file, &[]);
        assert_eq!(output.status.code(), Some(2), "{id}");
        let said = stderr(&output);
        assert!(said.contains(id) && said.contains(near), "{said}");
    }
}

#[test]
fn rubbish_is_refused_with_status_2_and_without_a_result() {
    for text in [
        "",
        "{",
        "[]",
        "{\"answers\": {}}",
        "{\"answers\": {\"E01\": \"maybe\"}, \"age\": 41}",
        "\u{0}",
    ] {
        let output = nape(&["screen", "--answers", "-", "--json"], text);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert_eq!(stdout(&output), "");
        assert!(stderr(&output).starts_with("nape: "), "{}", stderr(&output));
    }
    let nowhere = nape(&["screen", "--answers", "no-such-file.json"], "");
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(stderr(&nowhere).contains("no-such-file.json"));
}

#[test]
fn asked_in_the_terminal_a_young_adult_without_trouble_ends_with_self_care() {
    let typed = format!("30\n{}", "n\n".repeat(90));
    let output = nape(&["screen", "--json", "--lang", "en"], &typed);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["disposition"], "self_care");
    let asked = stderr(&output);
    assert!(asked.contains("How old are you"), "{asked}");
    assert!(asked.contains("Question 1 of"), "{asked}");
}

#[test]
fn asked_in_chinese_with_a_chinese_keyboard() {
    // Full-width digits and 没有, then the third line of E03: trouble speaking.
    let output = nape(
        &["screen", "--lang", "zh-Hans", "--region", "CN"],
        "３０\n没有\n没有\n３\n",
    );
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stdout(&output).starts_with("请立即拨打 120。"),
        "{}",
        stdout(&output)
    );
    assert!(
        stderr(&output).contains("您今年多少周岁"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn going_back_takes_an_answer_back() {
    // E01's gate "no", E02 "yes" by mistake would end it; back from E02 to E01 and on again.
    let typed = format!("30\nn\nb\nn\n{}", "n\n".repeat(90));
    let output = nape(&["screen", "--json"], &typed);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).matches("Question 1 of").count() == 2);
    let first = nape(&["screen"], "30\nb\nq\n");
    assert!(
        stderr(&first).contains("This is the first question."),
        "{}",
        stderr(&first)
    );
}

#[test]
fn stopping_or_the_end_of_the_input_gives_no_result() {
    for typed in ["", "30\n", "30\nq\n", "q\n", "30\nn\nn\n"] {
        let output = nape(&["screen", "--json"], typed);
        assert_eq!(output.status.code(), Some(2), "{typed}");
        assert_eq!(stdout(&output), "", "{typed}");
        assert!(stderr(&output).contains("Nothing was saved"), "{typed}");
    }
}

#[test]
fn what_is_not_understood_is_asked_again() {
    let typed = format!("old\n130\n30\nhm\n7\n{}", "n\n".repeat(90));
    let output = nape(&["screen", "--json"], &typed);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = stderr(&output);
    assert_eq!(said.matches("whole years, 0 to 120").count(), 2, "{said}");
    assert_eq!(
        said.matches("I did not understand that").count(),
        2,
        "{said}"
    );
}

#[test]
fn the_content_is_checked_and_a_wrong_edit_is_named() {
    let good = nape(&["content", "check"], "");
    assert_eq!(good.status.code(), Some(0), "{}", stderr(&good));
    assert!(stdout(&good).contains("58 rules"), "{}", stdout(&good));
    assert!(
        stdout(&good).contains("No clinician has reviewed it yet"),
        "{}",
        stdout(&good)
    );

    let folder = tempfile::tempdir().unwrap();
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../nape-content/content");
    copy(&source, folder.path());
    let dir = folder.path().to_str().unwrap();
    assert_eq!(nape(&["content", "check", dir], "").status.code(), Some(0));
    let file = folder.path().join("care/massage.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("cap = 60", "cap = 600", 1)).unwrap();
    let bad = nape(&["content", "check", dir], "");
    assert_eq!(bad.status.code(), Some(2));
    let said = stderr(&bad);
    assert!(said.contains("care/massage.toml:"), "{said}");
    assert!(
        said.contains("press_s: default 20 and cap 600 differ"),
        "{said}"
    );
    let empty = tempfile::tempdir().unwrap();
    let nothing = nape(&["content", "check", empty.path().to_str().unwrap()], "");
    assert_eq!(nothing.status.code(), Some(2));
    assert!(
        stderr(&nothing).contains("name a content folder"),
        "{}",
        stderr(&nothing)
    );
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn the_review_document_holds_every_rule_in_both_languages_with_its_sources() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("review.html");
    let output = nape(&["content", "report", "-o", path.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let page = std::fs::read_to_string(&path).unwrap();
    for rule in rules() {
        assert!(page.contains(&format!("<h3>{rule} · ")), "{rule}");
    }
    for words in [
        "No clinician has reviewed it yet",
        "颈型",
        "Canadian C-spine rule",
        "blocks everything",
        "x14",
        "press_s",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "the page loads nothing"
    );
    assert_eq!(nape(&["content", "report"], "").stdout, page.as_bytes());
}
