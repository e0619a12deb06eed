//! What a typed line means.

use super::*;

#[test]
fn both_languages_and_both_keyboards_are_understood() {
    for (typed, means) in [
        ("y", Typed::Answer(Answer::Yes)),
        (" YES \r\n", Typed::Answer(Answer::Yes)),
        ("ｙ", Typed::Answer(Answer::Yes)),
        ("是", Typed::Answer(Answer::Yes)),
        ("n", Typed::Answer(Answer::No)),
        ("都没有", Typed::Answer(Answer::No)),
        ("不适用", Typed::Answer(Answer::No)),
        ("u", Typed::Answer(Answer::Unsure)),
        ("？", Typed::Answer(Answer::Unsure)),
        ("不确定", Typed::Answer(Answer::Unsure)),
        ("b", Typed::Back),
        ("q", Typed::Quit),
        ("1 3", Typed::Numbers(vec![1, 3])),
        ("１，３", Typed::Numbers(vec![1, 3])),
        ("2、4", Typed::Numbers(vec![2, 4])),
    ] {
        assert_eq!(understand(typed), means, "{typed}");
    }
}

#[test]
fn what_could_mean_two_things_means_nothing() {
    for typed in [
        "",
        "  ",
        "maybe",
        "y n",
        "1 n",
        "-1",
        "1.5",
        "ye",
        "99999999999999999999999",
    ] {
        assert_eq!(understand(typed), Typed::Unclear, "{typed}");
    }
}

#[test]
fn yes_to_a_list_and_nowhere_are_not_accepted() {
    let lines = Question::Lines {
        id: "E03".into(),
        lines: vec!["E03.face".into()],
        also: vec![],
    };
    assert!(!accepts(&lines, Answer::Yes));
    assert!(accepts(&lines, Answer::No) && accepts(&lines, Answer::Unsure));
    let place = Question::Where {
        id: "C04.where".into(),
        areas: vec![nape_core::care::Area::Neck],
    };
    assert!(!accepts(&place, Answer::No) && !accepts(&place, Answer::Yes));
    assert!(accepts(&place, Answer::Unsure));
}
