//! The rules as a whole: every flag alone, every pair, every age boundary, and random answers beyond.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::date;
use nape_content::Content;
use nape_core::care::Care;
use nape_core::history::{Event, History, Moment, Standing, standing};
use nape_core::rule::{Class, RuleId, Series};
use nape_core::screen::dialogue::{Question, Turn, next};
use nape_core::screen::{
    Age, Answer, CompleteAnswers, Given, Questionnaire, Rest, Rule, Then, Triage, triage,
};
use proptest::prelude::*;

static CONTENT: LazyLock<Content> = LazyLock::new(|| Content::embedded().unwrap());

fn questionnaire() -> &'static Questionnaire {
    &CONTENT.questionnaire
}

fn aged(years: i64) -> Given {
    Given::new(Age::new(years).unwrap())
}

fn decide(given: Given) -> Triage {
    let answers = CompleteAnswers::new(questionnaire(), given, Rest::No).unwrap();
    triage(questionnaire(), &answers)
}

fn with(years: i64, answers: &[(&str, Answer)]) -> Triage {
    let mut given = aged(years);
    for (id, answer) in answers {
        given.answers.insert((*id).to_owned(), *answer);
    }
    decide(given)
}

/// Every id that takes yes, no or unsure.
fn ids() -> Vec<String> {
    questionnaire().answer_ids().into_iter().collect()
}

fn rule_of(id: &str) -> Option<&'static Rule> {
    let rule: RuleId = id.split('.').next()?.parse().ok()?;
    questionnaire().rule(rule)
}

/// What a "yes" or "not sure" to a rule alone must come to: the table of the clinical basis, written down a second time.
fn expected(rule: RuleId, answer: Answer) -> Class {
    let text = rule.to_string();
    match (rule.series(), text.as_str(), answer) {
        (_, _, Answer::No) => Class::SelfCare,
        (Series::E, _, _) => Class::Emergency,
        // Follow-ups that nobody answered take the more urgent reading.
        (Series::S, "S10", _) => Class::Emergency,
        (Series::S, _, _) => Class::SameDay,
        (_, "P01", _) => Class::SameDay,
        (_, "P07" | "P16" | "P17" | "P18" | "P19" | "P21", _) => Class::ProfessionalRoutine,
        (_, "P15", Answer::Yes) | (Series::C, _, Answer::Yes) => Class::Caution,
        (_, "P15", Answer::Unsure) | (Series::C, _, Answer::Unsure) => Class::ProfessionalRoutine,
        (Series::P, _, _) => Class::ProfessionalSoon,
    }
}

/// The blocks column of the clinical basis: M massage, T stretch, X strength, H heat, in whole or in part.
fn expected_blocks(rule: &str) -> &'static str {
    match rule {
        "P01" => "MTXH",
        "P02" | "P03" => "MTX",
        "P04" | "P05" | "P06" | "P07" | "P08" | "P12" | "P13" => "MT",
        "P09" => "M",
        "P10" | "P11" | "P21" | "C04" | "C06" => "MH",
        "P14" | "P15" | "P16" | "P17" | "P18" => "",
        "P19" => "T",
        "P20" => "MTXH",
        "C05" | "C11" => "H",
        _ if rule.starts_with(['E', 'S']) => "MTXH",
        _ => "",
    }
}

fn letters(triage: &Triage) -> String {
    triage
        .blocked()
        .map(|care| match care {
            Care::Massage => 'M',
            Care::Stretch => 'T',
            Care::Strength => 'X',
            Care::Heat => 'H',
        })
        .collect()
}

#[test]
fn the_table_has_all_its_rules() {
    let ids: Vec<String> = questionnaire()
        .rules()
        .iter()
        .map(|r| r.id.to_string())
        .collect();
    let table: Vec<String> = [('E', 15), ('S', 10), ('P', 21), ('C', 12)]
        .into_iter()
        .flat_map(|(series, last)| (1..=last).map(move |n| format!("{series}{n:02}")))
        .collect();
    assert_eq!(ids, table);
    assert_eq!(questionnaire().quick().len(), 5);
}

#[test]
fn nothing_answered_with_yes_is_self_care_and_blocks_nothing() {
    let result = with(41, &[]);
    assert_eq!(result.class(), Class::SelfCare);
    assert!(result.fired().is_empty());
    assert_eq!(letters(&result), "");
    assert_eq!(result.limits(), &nape_core::care::Limits::default());
}

#[test]
fn each_flag_alone_has_the_class_and_the_blocks_of_the_table() {
    for rule in questionnaire().rules() {
        for answer in Answer::ALL {
            let id = rule.id.to_string();
            let result = with(41, &[(&id, answer)]);
            assert_eq!(result.class(), expected(rule.id, answer), "{id} {answer:?}");
            if answer == Answer::No {
                continue;
            }
            let mut blocks = expected_blocks(&id).to_owned();
            let is_mild = rule.class < Class::ProfessionalRoutine;
            if answer == Answer::Unsure && is_mild && !blocks.contains('M') {
                blocks.insert(0, 'M');
            }
            assert_eq!(letters(&result), blocks, "{id} {answer:?}");
            assert_eq!(result.fired().len(), 1, "{id} {answer:?}");
            assert_eq!(result.fired()[0].id, rule.id);
        }
    }
}

#[test]
fn every_pair_of_flags_comes_to_the_worse_class_and_the_united_blocks() {
    let one: Vec<(String, Answer, Triage)> = questionnaire()
        .rules()
        .iter()
        .flat_map(|rule| {
            [Answer::Yes, Answer::Unsure].map(|answer| {
                let id = rule.id.to_string();
                let alone = with(41, &[(&id, answer)]);
                (id, answer, alone)
            })
        })
        .collect();
    for (a, a_answer, a_alone) in &one {
        for (b, b_answer, b_alone) in &one {
            if a >= b {
                continue;
            }
            let both = with(41, &[(a, *a_answer), (b, *b_answer)]);
            assert_eq!(
                both.class(),
                a_alone.class().max(b_alone.class()),
                "{a} {b}"
            );
            let mut united = a_alone.limits().clone();
            united.join(b_alone.limits());
            assert_eq!(both.limits(), &united, "{a} {b}");
            let mut blocks = a_alone.blocks().clone();
            blocks.join(b_alone.blocks());
            assert_eq!(both.blocks(), &blocks, "{a} {b}");
        }
    }
}

#[test]
fn each_part_counts_for_its_rule_with_its_gate_and_without() {
    for rule in questionnaire().rules() {
        let Some(lines) = &rule.ask.lines else {
            continue;
        };
        for line in &lines.any_of {
            let line = format!("{}.{line}", rule.id);
            for answer in [Answer::Yes, Answer::Unsure] {
                let alone = with(41, &[(&line, answer)]);
                assert_eq!(
                    alone.class(),
                    expected(rule.id, answer),
                    "{line} {answer:?}"
                );
                if let Some(gate) = &lines.gate {
                    let gate = format!("{}.{gate}", rule.id);
                    let held = with(41, &[(&gate, Answer::Yes), (&line, answer)]);
                    assert_eq!(held.class(), expected(rule.id, answer), "{line} {answer:?}");
                    let not_held = with(41, &[(&gate, Answer::No), (&line, Answer::Yes)]);
                    assert_eq!(not_held.class(), Class::SelfCare, "{line}");
                }
            }
        }
        for also in &lines.also {
            let also = format!("{}.{also}", rule.id);
            assert_eq!(
                with(41, &[(&also, Answer::Yes)]).class(),
                Class::SelfCare,
                "{also}"
            );
        }
        if let Some(gate) = &lines.gate {
            let gate = format!("{}.{gate}", rule.id);
            assert_eq!(
                with(41, &[(&gate, Answer::Yes)]).class(),
                Class::SelfCare,
                "{gate}"
            );
        }
    }
}

#[test]
fn unsure_about_the_trigger_of_a_familiar_pain_asks_for_a_professional() {
    for trigger in [
        "E04.knock",
        "E04.manipulation",
        "E04.massage",
        "E04.infection",
    ] {
        let result = with(41, &[("E04.unlike", Answer::No), (trigger, Answer::Unsure)]);
        assert_eq!(result.class(), Class::ProfessionalRoutine, "{trigger}");
        assert_eq!(letters(&result), "MT", "{trigger}");
    }
    for sign in ["E04.eyelid", "E04.pupil", "E04.whoosh"] {
        let result = with(41, &[("E04.unlike", Answer::No), (sign, Answer::Unsure)]);
        assert_eq!(result.class(), Class::SelfCare, "{sign}");
    }
}

#[test]
fn follow_ups_raise_unless_they_are_denied() {
    use Answer::{No, Unsure, Yes};
    for (rule, follow_up, denied, raised) in [
        ("S10", "S10.headache", Class::SameDay, Class::Emergency),
        ("P01", "P01.fast", Class::ProfessionalSoon, Class::SameDay),
    ] {
        assert_eq!(with(41, &[(rule, Yes)]).class(), raised);
        assert_eq!(with(41, &[(rule, Yes), (follow_up, Yes)]).class(), raised);
        assert_eq!(
            with(41, &[(rule, Yes), (follow_up, Unsure)]).class(),
            raised
        );
        assert_eq!(with(41, &[(rule, Yes), (follow_up, No)]).class(), denied);
        assert_eq!(
            with(41, &[(rule, No), (follow_up, Yes)]).class(),
            Class::SelfCare
        );
    }
    let arm = |recent, weak, severe| {
        with(
            41,
            &[
                ("P03", Yes),
                ("P03.recent", recent),
                ("P03.weak", weak),
                ("P03.severe", severe),
            ],
        )
        .class()
    };
    assert_eq!(arm(No, No, No), Class::ProfessionalRoutine);
    for soon in [arm(Yes, No, No), arm(No, Unsure, No), arm(No, No, Yes)] {
        assert_eq!(soon, Class::ProfessionalSoon);
    }
    // A slow myelopathy still blocks, but not heat.
    assert_eq!(letters(&with(41, &[("P01", Yes), ("P01.fast", No)])), "MTX");
    assert_eq!(letters(&with(41, &[("C05", Yes), ("C05.numb", No)])), "");
}

#[test]
fn aspirin_alone_allows_light_kneading_and_nothing_else_does() {
    use nape_core::care::Level;
    let level = |answers: &[(&str, Answer)]| with(41, answers).limits().max_level;
    assert_eq!(level(&[("C01", Answer::Yes)]), Level::One);
    assert_eq!(
        level(&[("C01", Answer::Yes), ("C01.aspirin_only", Answer::Yes)]),
        Level::Two
    );
    for not_yes in [Answer::No, Answer::Unsure] {
        let answers = [("C01", Answer::Yes), ("C01.aspirin_only", not_yes)];
        assert_eq!(level(&answers), Level::One);
    }
}

#[test]
fn every_age_boundary_decides_on_its_year() {
    use Answer::Yes;
    let class = |age, answers: &[(&str, Answer)]| with(age, answers).class();
    assert_eq!(class(17, &[]), Class::ProfessionalSoon);
    assert_eq!(letters(&with(17, &[])), "MTXH");
    assert_eq!(class(18, &[]), Class::SelfCare);
    assert_eq!(class(64, &[]), Class::SelfCare);
    assert_eq!(class(65, &[]), Class::Caution);
    assert_eq!(class(64, &[("E01.accident", Yes)]), Class::SelfCare);
    assert_eq!(class(65, &[("E01.accident", Yes)]), Class::Emergency);
    assert_eq!(class(70, &[("S07.sudden", Yes)]), Class::Caution);
    assert_eq!(class(71, &[("S07.sudden", Yes)]), Class::SameDay);
    for age in [0, 17, 18, 49, 50, 64, 65, 70, 71, 120] {
        // An answer that is given counts at every age, also where the question is not asked.
        assert_eq!(class(age, &[("S02", Yes)]), Class::SameDay, "{age}");
        assert_eq!(class(age, &[("E10", Yes)]), Class::Emergency, "{age}");
    }
}

/// Answers by chance, the most telling ones often, with the rest "no".
fn some_answers() -> impl Strategy<Value = Given> {
    let ids = ids();
    let count = ids.len();
    let answer = prop_oneof![Just(Answer::Yes), Just(Answer::Unsure), Just(Answer::No)];
    (
        0_i64..=120,
        prop::collection::vec((0..count, answer), 0..12),
    )
        .prop_map(move |(age, chosen)| {
            let mut given = aged(age);
            for (at, answer) in chosen {
                given.answers.insert(ids[at].clone(), answer);
            }
            given
        })
}

/// Whether raising an answer must never make the result milder. Not for the few answers that speak against a flag by their meaning.
fn raises(id: &str) -> bool {
    let Some(rule) = rule_of(id) else {
        return true;
    };
    let part = id.split_once('.').map(|(_, part)| part);
    let relaxes = rule
        .follow_ups
        .iter()
        .any(|f| Some(f.id.as_str()) == part && matches!(f.then, Then::Relaxes(_)));
    let also = rule
        .ask
        .lines
        .as_ref()
        .is_some_and(|lines| lines.also.iter().any(|also| Some(also.as_str()) == part));
    !relaxes && !also
}

#[test]
fn a_yes_beside_a_not_sure_leaves_what_the_not_sure_asks_for() {
    let unsure = with(41, &[("C03.steroids", Answer::Unsure)]);
    let both = with(
        41,
        &[
            ("C03.steroids", Answer::Unsure),
            ("C03.osteoporosis", Answer::Yes),
        ],
    );
    assert_eq!(unsure.class(), Class::ProfessionalRoutine);
    assert_eq!(both.class(), Class::ProfessionalRoutine);
    assert!(both.limits().covers(unsure.limits()));
    let whole = with(
        41,
        &[("C03", Answer::Unsure), ("C03.osteoporosis", Answer::Yes)],
    );
    assert_eq!(whole.class(), Class::ProfessionalRoutine);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn one_more_yes_or_not_sure_never_lowers_urgency_nor_takes_a_block_away(
        given in some_answers(),
        at in any::<prop::sample::Index>(),
        yes in any::<bool>(),
    ) {
        let ids = ids();
        let id = &ids[at.index(ids.len())];
        prop_assume!(raises(id));
        // From "no" or from nothing: knowing more may well be milder than not being sure.
        prop_assume!(given.answers.get(id).is_none_or(|answer| *answer == Answer::No));
        let mut before = given.clone();
        if let Some(rule) = rule_of(id)
            && id.contains('.')
            && rule.ask.lines.as_ref().is_some_and(|l| l.gate.as_ref().is_some_and(|g| *id == format!("{}.{g}", rule.id)))
        {
            // A gate that was not answered is taken as holding, so the step is from "no".
            before.answers.insert(id.clone(), Answer::No);
        }
        let mut after = before.clone();
        after.answers.insert(id.clone(), if yes { Answer::Yes } else { Answer::Unsure });
        let is_follow_up = rule_of(id).is_some_and(|rule| {
            rule.follow_ups.iter().any(|f| *id == format!("{}.{}", rule.id, f.id))
        });
        if is_follow_up {
            // Not answered is the most urgent reading already.
            before.answers.entry(id.clone()).or_insert(Answer::No);
        }
        let (before, after) = (decide(before), decide(after));
        // A familiar pain with an unsure trigger asks for a professional; a gate that turns out to hold may replace that by the rule itself, never by less.
        prop_assert!(after.class() >= before.class(), "{id}: {:?} -> {:?}", before.class(), after.class());
        prop_assert!(after.blocks().covers(before.blocks()), "{id}");
        prop_assert!(after.limits().covers(before.limits()), "{id}");
    }

    #[test]
    fn unsure_counts_as_yes_for_emergency_and_same_day(given in some_answers(), at in any::<prop::sample::Index>()) {
        let urgent: Vec<String> = ids().into_iter().filter(|id| id.starts_with(['E', 'S'])).collect();
        let id = &urgent[at.index(urgent.len())];
        let mut yes = given.clone();
        yes.answers.insert(id.clone(), Answer::Yes);
        let mut unsure = given;
        unsure.answers.insert(id.clone(), Answer::Unsure);
        let (yes, unsure) = (decide(yes), decide(unsure));
        prop_assert!(unsure.class() >= yes.class());
        prop_assert!(unsure.limits().covers(yes.limits()));
    }

    #[test]
    fn an_urgent_answer_never_leaves_a_session(given in some_answers()) {
        let result = decide(given.clone());
        let urgent = result.class().is_urgent();
        let urgent_rule = result.fired().iter().any(|fired| {
            matches!(fired.id.series(), Series::E | Series::S) && fired.class.is_urgent()
        });
        prop_assert!(!urgent_rule || urgent);
        let when = Moment::new(Timestamp::UNIX_EPOCH, date(1970, 1, 1));
        let mut complete = given;
        for rule in questionnaire().rules() {
            let id = rule.id.to_string();
            let answered = CompleteAnswers::new(questionnaire(), complete.clone(), Rest::Missing);
            if answered.is_err_and(|incomplete| incomplete.missing.contains(&id)) {
                complete.answers.insert(id, Answer::No);
            }
        }
        let mut history = History::new();
        history.record(when, Event::Checked(complete));
        match standing(&history, questionnaire(), when) {
            Standing::Cleared(clearance) => {
                prop_assert!(!urgent);
                prop_assert!(!clearance.limits().everything);
            }
            Standing::Refer(referral) => {
                prop_assert!(urgent || result.limits().everything);
                prop_assert_eq!(referral.class, result.class());
            }
            Standing::CheckNeeded(why) => prop_assert!(false, "{why:?}"),
        }
        if urgent {
            for care in Care::ALL {
                prop_assert!(result.limits().forbids(care));
            }
            prop_assert_eq!(result.pattern(), None);
        }
    }

    /// Whoever answers the dialogue comes to the same result as a file with the same answers.
    #[test]
    fn the_dialogue_ends_and_agrees_with_the_file(age in 0_i64..=120, replies in prop::collection::vec(0_u8..12, 200)) {
        let mut given = aged(age);
        let mut replies = replies.into_iter().cycle();
        let mut asked = BTreeSet::new();
        let result = loop {
            match next(questionnaire(), &given) {
                Turn::Show(result) => break result,
                Turn::Ask(question) => {
                    prop_assert!(asked.insert(question.id().to_owned()), "{} was asked twice", question.id());
                    let reply = replies.next().unwrap_or(0);
                    answer(&question, &mut given, reply);
                }
            }
        };
        let complete = decide(given);
        prop_assert_eq!(result.class(), complete.class());
        if result.limits().everything {
            // The questions ended there; what the rest would have made smaller is not known and does not matter.
            prop_assert!(complete.limits().everything);
        } else {
            prop_assert_eq!(result.limits(), complete.limits());
            prop_assert_eq!(result.fired(), complete.fired());
        }
    }
}

fn answer(question: &Question, given: &mut Given, reply: u8) {
    match (question, reply) {
        (Question::One { .. }, 0) => question.answer(given, Answer::Yes),
        (Question::Lines { .. } | Question::Where { .. }, 0) => question.choose(given, &[0]),
        (_, 1) => question.answer(given, Answer::Unsure),
        (Question::One { .. } | Question::Lines { .. }, _) => question.answer(given, Answer::No),
        (Question::Where { .. }, _) => question.choose(given, &[1, 2]),
    }
}

#[test]
fn somebody_with_an_emergency_is_not_asked_on() {
    let mut given = aged(41);
    let mut asked = 0;
    let result = loop {
        match next(questionnaire(), &given) {
            Turn::Show(result) => break result,
            Turn::Ask(question) => {
                asked += 1;
                let is_stroke = question.id() == "E03";
                if is_stroke {
                    question.choose(&mut given, &[2]);
                } else {
                    question.answer(&mut given, Answer::No);
                }
            }
        }
    };
    assert_eq!(result.class(), Class::Emergency);
    // E01's gate, E02 and E03.
    assert_eq!(asked, 3);
    assert_eq!(given.answers["E03.speech"], Answer::Yes);
    assert_eq!(given.answers["E03.face"], Answer::No);
}

#[test]
fn high_blood_pressure_without_headache_is_asked_about_before_it_is_judged() {
    let mut given = aged(41);
    let mut asked = vec![];
    let result = loop {
        match next(questionnaire(), &given) {
            Turn::Show(result) => break result,
            Turn::Ask(question) => {
                asked.push(question.id().to_owned());
                let answer = if question.id() == "S10" {
                    Answer::Yes
                } else {
                    Answer::No
                };
                question.answer(&mut given, answer);
            }
        }
    };
    assert_eq!(asked.last().map(String::as_str), Some("S10.headache"));
    assert_eq!(result.class(), Class::SameDay);
}

#[test]
fn a_child_is_asked_the_urgent_questions_and_no_more() {
    let mut given = aged(16);
    let result = loop {
        match next(questionnaire(), &given) {
            Turn::Show(result) => break result,
            Turn::Ask(question) => {
                assert!(question.id().starts_with(['E', 'S']), "{}", question.id());
                question.answer(&mut given, Answer::No);
            }
        }
    };
    assert_eq!(result.class(), Class::ProfessionalSoon);
    assert_eq!(letters(&result), "MTXH");
}

#[test]
fn a_missing_rule_and_an_unknown_id_are_named() {
    let mut given = aged(41);
    given.answers.insert("E01".into(), Answer::No);
    given.answers.insert("P03.left".into(), Answer::No);
    let error = CompleteAnswers::new(questionnaire(), given, Rest::Missing).unwrap_err();
    assert_eq!(error.unknown, ["P03.left"]);
    assert_eq!(error.missing.len(), questionnaire().rules().len() - 1);
    assert!(!error.missing.contains(&"E01".to_owned()));
    assert!(
        error.to_string().contains("no answer to E02, E03"),
        "{error}"
    );
}

#[test]
fn the_dialogue_asks_every_follow_up_of_a_rule_that_fired() {
    for rule in questionnaire().rules() {
        for follow_up in &rule.follow_ups {
            let wanted = format!("{}.{}", rule.id, follow_up.id);
            let mut given = aged(60);
            let mut asked = BTreeSet::new();
            while let Turn::Ask(question) = next(questionnaire(), &given) {
                asked.insert(question.id().to_owned());
                if question.id() != rule.id.to_string() {
                    question.answer(&mut given, Answer::No);
                } else if matches!(question, Question::Lines { .. }) {
                    question.choose(&mut given, &[0]);
                } else {
                    question.answer(&mut given, Answer::Yes);
                }
            }
            assert!(asked.contains(&wanted), "{wanted} was never asked");
        }
    }
}
