//! The machinery of the check with a small questionnaire. What the real rules come to is tested with the content.

use std::collections::BTreeSet;

use super::dialogue::{Question, Turn, next, progress};
use super::*;
use crate::care::{Area, Care, Level, Limits, Movement, Place};
use crate::fixture::{basis, questionnaire, questionnaire_with, rule};
use crate::rule::{Class, RuleId};

fn aged(age: i64) -> Given {
    Given::new(Age::new(age).unwrap())
}

fn given(age: i64, answers: &[(&str, Answer)]) -> Given {
    let mut given = aged(age);
    for (id, answer) in answers {
        given.answers.insert((*id).to_owned(), *answer);
    }
    given
}

fn decide_with(questionnaire: &Questionnaire, given: Given) -> Triage {
    let answers = CompleteAnswers::new(questionnaire, given, Rest::No).unwrap();
    triage(questionnaire, &answers)
}

fn decide(answers: &[(&str, Answer)]) -> Triage {
    decide_with(&questionnaire(), given(40, answers))
}

fn id(text: &str) -> RuleId {
    text.parse().unwrap()
}

use Answer::{No, Unsure, Yes};

mod answers {
    use super::*;

    #[test]
    fn an_age_is_0_to_120() {
        assert_eq!(Age::new(0).unwrap().years(), 0);
        assert_eq!(Age::new(120).unwrap().years(), 120);
        for wrong in [-1, 121, 256 + 40, i64::MAX] {
            assert_eq!(Age::new(wrong), Err(NotAnAge(wrong)));
        }
        assert_eq!(
            NotAnAge(300).to_string(),
            "300 is not an age in whole years from 0 to 120"
        );
    }

    #[test]
    fn answers_have_names_and_health_data_is_never_printed() {
        for answer in Answer::ALL {
            assert_eq!(Answer::named(answer.name()), Some(answer));
        }
        assert_eq!(Answer::named("maybe"), None);
        let given = given(77, &[("E01", Yes), ("C01", No)]);
        let complete = CompleteAnswers::new(&questionnaire(), given.clone(), Rest::No).unwrap();
        let printed = format!("{given:?} {complete:?} {:?}", given.age);
        assert_eq!(printed, "Given(2 answers) CompleteGiven(6 answers) Age(..)");
    }

    fn missing(answers: &[(&str, Answer)]) -> Vec<String> {
        CompleteAnswers::new(&questionnaire(), given(40, answers), Rest::Missing)
            .err()
            .map(|incomplete| incomplete.missing)
            .unwrap_or_default()
    }

    const REST: [(&str, Answer); 5] = [
        ("S01", No),
        ("P01", No),
        ("P02", No),
        ("C01", No),
        ("C02", No),
    ];

    fn is_e01_answered(parts: &[(&str, Answer)]) -> bool {
        let answers: Vec<_> = REST.iter().chain(parts).copied().collect();
        missing(&answers).is_empty()
    }

    #[test]
    fn a_rule_is_answered_as_a_whole_or_by_its_parts() {
        assert_eq!(missing(&[]), ["E01", "S01", "P01", "P02", "C01", "C02"]);
        assert!(!is_e01_answered(&[]));
        assert!(is_e01_answered(&[("E01", Unsure)]));
        assert!(is_e01_answered(&[("E01.accident", No)]));
        assert!(!is_e01_answered(&[("E01.accident", Yes)]));
        assert!(!is_e01_answered(&[
            ("E01.accident", Unsure),
            ("E01.fall", No)
        ]));
        assert!(is_e01_answered(&[("E01.accident", Yes), ("E01.fall", Yes)]));
        assert!(is_e01_answered(&[
            ("E01.accident", Yes),
            ("E01.fall", Unsure)
        ]));
        assert!(is_e01_answered(&[
            ("E01.accident", Yes),
            ("E01.fall", No),
            ("E01.tingling", No)
        ]));
        // Lines without their gate are enough only when one of them holds.
        assert!(!is_e01_answered(&[("E01.fall", No), ("E01.tingling", No)]));
        assert!(is_e01_answered(&[
            ("E01.fall", No),
            ("E01.tingling", Unsure)
        ]));
        // What counts for nothing answers nothing.
        assert!(!is_e01_answered(&[("E01.nothing", Yes)]));
    }

    #[test]
    fn what_is_missing_and_what_nobody_asked_is_listed() {
        let mut strange = given(40, &[("E99", Yes), ("S01.headache", No), ("Q1", No)]);
        strange
            .areas
            .insert("C04.where".into(), [Area::Neck].into());
        let error = CompleteAnswers::new(&questionnaire(), strange, Rest::Missing).unwrap_err();
        assert_eq!(error.unknown, ["E99", "Q1", "C04.where"]);
        assert_eq!(
            error.to_string(),
            "no answer to E01, S01, P01, P02, C01, C02; no question is called E99, Q1, C04.where"
        );
        let only = Incomplete {
            missing: vec![],
            unknown: vec!["E99".into()],
        };
        assert_eq!(only.to_string(), "no question is called E99");
        let unknown = given(40, &[("E99", Yes)]);
        assert!(CompleteAnswers::new(&questionnaire(), unknown, Rest::No).is_err());
        let empty = CompleteAnswers::new(&questionnaire(), aged(40), Rest::No).unwrap();
        assert_eq!(empty.given().answers.len(), 6);
        assert!(empty.given().answers.values().all(|answer| *answer == No));
    }
}

mod rules {
    use super::*;

    fn with(change: impl FnOnce(&mut Vec<Rule>)) -> Result<Questionnaire, QuestionnaireError> {
        let mut rules = questionnaire().rules().to_vec();
        change(&mut rules);
        Questionnaire::new(rules, vec![], vec![], questionnaire().patterns().to_vec())
    }

    fn at(rules: &mut [Rule], wanted: &str) -> usize {
        rules.iter().position(|rule| rule.id == id(wanted)).unwrap()
    }

    #[test]
    fn the_fixture_is_accepted_and_rules_are_sorted_by_urgency() {
        let sorted = with(|rules| rules.reverse()).unwrap();
        let ids: Vec<String> = sorted
            .rules()
            .iter()
            .map(|rule| rule.id.to_string())
            .collect();
        assert_eq!(ids, ["E01", "S01", "P01", "P02", "C01", "C02"]);
        assert_eq!(sorted.rule(id("P01")).unwrap().id, id("P01"));
        assert!(sorted.rule(id("P09")).is_none());
    }

    #[test]
    fn a_family_without_rules_is_refused() {
        for (series, name) in [("E01", "E"), ("S01", "S")] {
            let error = with(|rules| {
                let at = at(rules, series);
                rules.remove(at);
            });
            assert_eq!(error.unwrap_err(), QuestionnaireError::NoSeries(name));
        }
        let error = with(|rules| rules.retain(|rule| !rule.id.to_string().starts_with('P')));
        assert_eq!(error.unwrap_err(), QuestionnaireError::NoSeries("P"));
        let error = with(|rules| rules.retain(|rule| !rule.id.to_string().starts_with('C')));
        assert_eq!(error.unwrap_err(), QuestionnaireError::NoSeries("C"));
    }

    #[test]
    fn ids_are_unique_across_everything_that_is_asked() {
        let error = with(|rules| {
            let twin = rules[0].clone();
            rules.push(twin);
        });
        assert_eq!(error.unwrap_err(), QuestionnaireError::Twice("E01".into()));
        let questionnaire = questionnaire();
        let clash = |quick: Vec<QuickQuestion>, pictures: Vec<PictureQuestion>| {
            Questionnaire::new(
                questionnaire.rules().to_vec(),
                quick,
                pictures,
                questionnaire.patterns().to_vec(),
            )
        };
        let q1 = QuickQuestion {
            id: "Q1".into(),
            like: vec![id("E01")],
        };
        let h1 = PictureQuestion {
            id: "Q1".into(),
            suggests: "band".into(),
        };
        assert!(clash(vec![q1.clone()], vec![]).is_ok());
        assert_eq!(
            clash(vec![q1], vec![h1]).unwrap_err(),
            QuestionnaireError::Twice("Q1".into())
        );
        let named_like_a_pattern = PictureQuestion {
            id: "band".into(),
            suggests: "band".into(),
        };
        assert!(clash(vec![], vec![named_like_a_pattern]).is_err());
        let unknown_rule = QuickQuestion {
            id: "Q9".into(),
            like: vec![id("E09")],
        };
        assert_eq!(
            clash(vec![unknown_rule], vec![]).unwrap_err(),
            QuestionnaireError::NoSuchRule {
                by: "Q9".into(),
                rule: id("E09")
            }
        );
        let unknown_pattern = PictureQuestion {
            id: "H9".into(),
            suggests: "nobody".into(),
        };
        assert_eq!(
            clash(vec![], vec![unknown_pattern])
                .unwrap_err()
                .to_string(),
            "H9 names the pattern \"nobody\", which does not exist"
        );
        let error = with(|rules| rules[0].pattern = Some("nobody".into()));
        assert!(matches!(
            error,
            Err(QuestionnaireError::NoSuchPattern { .. })
        ));
    }

    #[test]
    fn a_class_belongs_to_its_family() {
        let fits = |wanted: &str, class| {
            with(|rules| {
                let at = at(rules, wanted);
                rules[at].class = class;
                rules[at].blocks = Limits::block_everything();
            })
            .is_ok()
        };
        use Class::{Caution, Emergency, ProfessionalRoutine, ProfessionalSoon, SameDay, SelfCare};
        for (wanted, allowed) in [
            ("E01", &[Emergency][..]),
            ("P01", &[Caution, ProfessionalRoutine, ProfessionalSoon]),
            ("C01", &[Caution]),
        ] {
            for class in [
                SelfCare,
                Caution,
                ProfessionalRoutine,
                ProfessionalSoon,
                SameDay,
                Emergency,
            ] {
                assert_eq!(
                    fits(wanted, class),
                    allowed.contains(&class),
                    "{wanted} {class:?}"
                );
            }
        }
        // S01 has a follow-up that raises it to an emergency, so its class cannot be that.
        assert!(fits("S01", SameDay));
        assert!(!fits("S01", Emergency) && !fits("S01", ProfessionalSoon));
    }

    #[test]
    fn an_urgent_rule_leaves_no_session_open() {
        for urgent in ["E01", "S01"] {
            let error = with(|rules| {
                let at = at(rules, urgent);
                rules[at].blocks = Limits::default().without_massage();
            });
            assert_eq!(
                error.unwrap_err(),
                QuestionnaireError::UrgentButOpen(id(urgent))
            );
        }
    }

    #[test]
    fn a_follow_up_raises_and_never_lowers() {
        let raising = |class| {
            with(|rules| {
                let at = at(rules, "S01");
                rules[at].follow_ups[0].then = Then::RaisesTo(class);
            })
        };
        assert!(raising(Class::Emergency).is_ok());
        for class in [Class::SameDay, Class::Caution] {
            assert_eq!(
                raising(class).unwrap_err(),
                QuestionnaireError::FollowUpLowers {
                    rule: id("S01"),
                    follow_up: "headache".into()
                }
            );
        }
    }

    #[test]
    fn what_counts_without_the_gate_is_one_of_the_lines() {
        let unsure = |line: &str| UnsureWithoutGate {
            lines: vec![line.into()],
            class: Class::ProfessionalRoutine,
            blocks: Limits::default(),
        };
        assert!(with(|rules| rules[0].unsure_without_gate = Some(unsure("fall"))).is_ok());
        for (rule, line) in [("E01", "accident"), ("S01", "fall")] {
            let error = with(|rules| {
                let at = at(rules, rule);
                rules[at].unsure_without_gate = Some(unsure(line));
            });
            assert_eq!(
                error.unwrap_err(),
                QuestionnaireError::NoSuchLine {
                    rule: id(rule),
                    line: line.into()
                }
            );
        }
    }

    #[test]
    fn the_ids_that_take_yes_no_or_unsure() {
        let mut rules = questionnaire().rules().to_vec();
        let place = at(&mut rules, "C01");
        rules[place].follow_ups = vec![FollowUp {
            id: "where".into(),
            then: Then::Where([Area::Neck].into()),
        }];
        let picture = PictureQuestion {
            id: "H1".into(),
            suggests: "band".into(),
        };
        let questionnaire = Questionnaire::new(
            rules,
            vec![],
            vec![picture],
            questionnaire().patterns().to_vec(),
        )
        .unwrap();
        let ids: Vec<String> = questionnaire.answer_ids().into_iter().collect();
        assert_eq!(
            ids,
            [
                "C01",
                "C02",
                "E01",
                "E01.accident",
                "E01.fall",
                "E01.nothing",
                "E01.tingling",
                "H1",
                "P01",
                "P02",
                "S01",
                "S01.headache",
            ]
        );
        assert!(questionnaire.asks_where("C01.where"));
        assert!(!questionnaire.asks_where("S01.headache"));
        assert!(!questionnaire.asks_where("S01.where"));
    }

    #[test]
    fn a_band_of_ages() {
        let age = |years| Age::new(years).unwrap();
        assert!(WithAge::Under(age(18)).holds(age(17)) && !WithAge::Under(age(18)).holds(age(18)));
        assert!(WithAge::From(age(65)).holds(age(65)) && !WithAge::From(age(65)).holds(age(64)));
    }

    #[test]
    fn patterns_are_sorted_by_rank() {
        let mut patterns = questionnaire().patterns().to_vec();
        patterns.reverse();
        let sorted =
            Questionnaire::new(questionnaire().rules().to_vec(), vec![], vec![], patterns).unwrap();
        assert_eq!(sorted.patterns()[0].id, "cord");
        assert_eq!(sorted.pattern("band").unwrap().rank, 2);
    }
}

mod triage_of_answers {
    use super::*;
    use crate::screen::triage::triage_of_settled;
    use crate::screen::triage_of_past;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn old_answers_come_to_the_same_when_rules_that_are_all_no_are_passed_over(
            age in 0i64..=120,
            said in proptest::collection::vec(0usize..5, 64),
        ) {
            let questionnaire = questionnaire();
            let mut given = Given::new(Age::new(age).unwrap());
            for (id, said) in questionnaire.answer_ids().into_iter().zip(said.iter().cycle()) {
                if let Some(answer) = [None, Some(No), Some(No), Some(Unsure), Some(Yes)][*said] {
                    given.answers.insert(id, answer);
                }
            }
            let all = triage_of_settled(&questionnaire, &given, |_| true);
            prop_assert_eq!(triage_of_past(&questionnaire, &given), all);
        }
    }

    #[test]
    fn nothing_said_is_nothing_found() {
        let result = decide(&[]);
        assert_eq!(result.class(), Class::SelfCare);
        assert!(result.fired().is_empty() && result.blocked().next().is_none());
        assert_eq!(result.limits(), &Limits::default());
        assert_eq!(result.pattern(), None);
    }

    #[test]
    fn a_gate_a_line_and_an_age() {
        let class = |age, answers: &[(&str, Answer)]| {
            decide_with(&questionnaire(), given(age, answers)).class()
        };
        let accident = |gate| [("E01.accident", gate)];
        assert_eq!(class(64, &accident(Yes)), Class::SelfCare);
        assert_eq!(class(65, &accident(Yes)), Class::Emergency);
        assert_eq!(class(65, &accident(Unsure)), Class::Emergency);
        assert_eq!(class(65, &accident(No)), Class::SelfCare);
        for (gate, line, fires) in [
            (Yes, Yes, true),
            (Yes, Unsure, true),
            (Unsure, Yes, true),
            (Unsure, Unsure, true),
            (Yes, No, false),
            (No, Yes, false),
            (No, Unsure, false),
        ] {
            let answers = [("E01.accident", gate), ("E01.fall", line)];
            let expected = if fires {
                Class::Emergency
            } else {
                Class::SelfCare
            };
            assert_eq!(class(40, &answers), expected, "{gate:?} {line:?}");
        }
        assert_eq!(class(40, &[("E01.tingling", Unsure)]), Class::Emergency);
    }

    #[test]
    fn it_says_why_a_rule_fired() {
        let because = |age, answers: &[(&str, Answer)]| {
            decide_with(&questionnaire(), given(age, answers)).fired()[0].because
        };
        assert_eq!(because(40, &[("C01", Yes)]), Because::Yes);
        assert_eq!(because(40, &[("C01", Unsure)]), Because::Unsure);
        assert_eq!(because(17, &[]), Because::Age);
        assert_eq!(because(17, &[("P02", Yes)]), Because::Yes);
        assert_eq!(because(17, &[("P02", Unsure)]), Because::Age);
        assert_eq!(
            because(40, &[("E01.accident", Yes), ("E01.fall", Unsure)]),
            Because::Unsure
        );
        assert_eq!(
            because(40, &[("E01.accident", Unsure), ("E01.fall", Yes)]),
            Because::Unsure
        );
        assert_eq!(
            because(40, &[("E01.accident", Yes), ("E01.fall", Yes)]),
            Because::Yes
        );
    }

    #[test]
    fn of_contradicting_answers_the_more_urgent_counts() {
        assert_eq!(
            decide(&[("E01", No), ("E01.fall", Yes)]).class(),
            Class::Emergency
        );
        assert_eq!(
            decide(&[("E01", Yes), ("E01.fall", No)]).class(),
            Class::Emergency
        );
    }

    #[test]
    fn a_rule_that_was_not_asked_counts_as_not_sure() {
        let questionnaire = questionnaire();
        let old = CompleteAnswers::new(&questionnaire, aged(40), Rest::No).unwrap();
        let mut rules = questionnaire.rules().to_vec();
        rules.push(rule("C03", Class::Caution));
        let newer =
            Questionnaire::new(rules, vec![], vec![], questionnaire.patterns().to_vec()).unwrap();
        let result = triage(&newer, &old);
        assert_eq!(result.class(), Class::ProfessionalRoutine);
        assert_eq!(result.fired()[0].because, Because::NotAsked);
        // To read a history it stays silent: an old check is no new warning.
        let past = triage_of_past(&newer, old.given());
        assert_eq!(past.class(), Class::SelfCare);
    }

    #[test]
    fn not_sure_about_a_caution_asks_for_a_professional_before_massage() {
        let reduces = Limits {
            half_dose: true,
            ..Limits::default()
        };
        let questionnaire = questionnaire_with(Limits::default().without_heat(), reduces);
        let yes = decide_with(&questionnaire, given(40, &[("C01", Yes)]));
        assert_eq!(yes.class(), Class::Caution);
        assert!(yes.limits().half_dose && yes.blocked().next().is_none());
        let unsure = decide_with(&questionnaire, given(40, &[("C01", Unsure)]));
        assert_eq!(unsure.class(), Class::ProfessionalRoutine);
        assert_eq!(unsure.blocked().collect::<Vec<_>>(), [Care::Massage]);
        assert!(unsure.limits().half_dose);
        // A rule that asks for a professional anyway keeps its own class and blocks.
        let unsure = decide_with(&questionnaire, given(40, &[("P01", Unsure)]));
        assert_eq!(unsure.class(), Class::ProfessionalSoon);
        assert_eq!(unsure.blocked().collect::<Vec<_>>(), [Care::Heat]);
        let mut rules = questionnaire.rules().to_vec();
        let p01 = rules.iter_mut().find(|rule| rule.id == id("P01")).unwrap();
        p01.class = Class::ProfessionalRoutine;
        let patterns = questionnaire.patterns().to_vec();
        let routine = Questionnaire::new(rules, vec![], vec![], patterns).unwrap();
        let unsure = decide_with(&routine, given(40, &[("P01", Unsure)]));
        assert_eq!(unsure.class(), Class::ProfessionalRoutine);
        assert_eq!(unsure.blocked().collect::<Vec<_>>(), [Care::Heat]);
    }

    #[test]
    fn the_worst_class_wins_and_blocks_are_united() {
        let reduces = Limits {
            max_level: Level::One,
            ..Limits::default()
        };
        let mut blocks = Limits::default();
        blocks.end_range.insert(Movement::Rotation);
        let questionnaire = questionnaire_with(blocks, reduces);
        let result = decide_with(&questionnaire, given(40, &[("C01", Yes), ("P01", Yes)]));
        assert_eq!(result.class(), Class::ProfessionalSoon);
        let ids: Vec<RuleId> = result.fired().iter().map(|fired| fired.id).collect();
        assert_eq!(ids, [id("P01"), id("C01")], "the most urgent first");
        assert_eq!(
            result.blocks().max_level,
            Level::Three,
            "a reduction is no block"
        );
        assert_eq!(result.limits().max_level, Level::One);
        assert!(result.limits().end_range.contains(&Movement::Rotation));
        assert!(result.blocks().end_range.contains(&Movement::Rotation));
        assert!(result.limits().covers(result.blocks()));
        let urgent = decide_with(&questionnaire, given(40, &[("C01", Yes), ("S01", Yes)]));
        assert!(urgent.limits().everything);
        assert_eq!(urgent.blocked().count(), 4);
    }

    #[test]
    fn a_follow_up_that_raises_raises_unless_it_is_no() {
        let class = |follow_up: Option<Answer>| {
            let mut answers = vec![("S01", Yes)];
            answers.extend(follow_up.map(|answer| ("S01.headache", answer)));
            decide(&answers).class()
        };
        assert_eq!(class(Some(No)), Class::SameDay);
        for raised in [None, Some(Unsure), Some(Yes)] {
            assert_eq!(class(raised), Class::Emergency);
        }
        assert_eq!(decide(&[("S01.headache", Yes)]).class(), Class::SelfCare);
    }

    fn with_follow_up(then: Then) -> Questionnaire {
        let mut rules = questionnaire().rules().to_vec();
        let c01 = rules.iter_mut().find(|rule| rule.id == id("C01")).unwrap();
        c01.reduces.half_dose = true;
        c01.reduces.max_level = Level::One;
        if matches!(then, Then::Where(_)) {
            c01.blocks = Limits::default().without_massage().without_heat();
        }
        c01.follow_ups = vec![FollowUp {
            id: "more".into(),
            then,
        }];
        Questionnaire::new(rules, vec![], vec![], questionnaire().patterns().to_vec()).unwrap()
    }

    #[test]
    fn a_follow_up_that_adds_adds_unless_it_is_no() {
        let questionnaire = with_follow_up(Then::Adds(Limits::default().without_heat()));
        let heat = |answers: &[(&str, Answer)]| {
            decide_with(&questionnaire, given(40, answers))
                .blocked()
                .any(|care| care == Care::Heat)
        };
        assert!(!heat(&[("C01", Yes), ("C01.more", No)]));
        assert!(heat(&[("C01", Yes)]));
        assert!(heat(&[("C01", Yes), ("C01.more", Unsure)]));
        assert!(heat(&[("C01", Yes), ("C01.more", Yes)]));
        assert!(!heat(&[("C01", No), ("C01.more", Yes)]));
    }

    #[test]
    fn a_follow_up_that_relaxes_needs_a_yes() {
        let relaxed = Limits {
            max_level: Level::Two,
            half_dose: true,
            ..Limits::default()
        };
        let questionnaire = with_follow_up(Then::Relaxes(relaxed));
        let level = |answers: &[(&str, Answer)]| {
            decide_with(&questionnaire, given(40, answers))
                .limits()
                .max_level
        };
        assert_eq!(level(&[("C01", Yes), ("C01.more", Yes)]), Level::Two);
        assert_eq!(level(&[("C01", Yes)]), Level::One);
        assert_eq!(level(&[("C01", Yes), ("C01.more", Unsure)]), Level::One);
        assert_eq!(level(&[("C01", Yes), ("C01.more", No)]), Level::One);
    }

    #[test]
    fn a_follow_up_that_asks_where_narrows_only_to_what_was_named() {
        let questionnaire = with_follow_up(Then::Where(Area::ALL.into()));
        let of = |areas: Option<&[Area]>| {
            let mut given = given(40, &[("C01", Yes)]);
            if let Some(areas) = areas {
                given
                    .areas
                    .insert("C01.more".into(), areas.iter().copied().collect());
            }
            decide_with(&questionnaire, given).limits().clone()
        };
        let everywhere = of(None);
        assert!(everywhere.forbids(Care::Massage) && everywhere.forbids(Care::Heat));
        let nowhere = of(Some(&[]));
        assert!(nowhere.forbids(Care::Massage) && nowhere.forbids(Care::Heat));
        let back = of(Some(&[Area::UpperBack]));
        assert_eq!(back.heat, BTreeSet::from([Area::UpperBack]));
        assert_eq!(
            back.massage,
            Area::UpperBack.places().iter().copied().collect()
        );
        assert!(!back.massage.contains(&Place::Suboccipital));
        let only_neck_is_offered = with_follow_up(Then::Where([Area::Neck].into()));
        let mut given = given(40, &[("C01", Yes)]);
        given
            .areas
            .insert("C01.more".into(), [Area::Shoulders].into());
        let narrowed = decide_with(&only_neck_is_offered, given);
        assert!(narrowed.limits().heat.is_empty());
    }

    #[test]
    fn unsure_lines_without_the_gate_ask_for_a_professional() {
        let mut rules = questionnaire().rules().to_vec();
        rules[0].unsure_without_gate = Some(UnsureWithoutGate {
            lines: vec!["fall".into()],
            class: Class::ProfessionalRoutine,
            blocks: Limits::default().without_stretch(),
        });
        let questionnaire =
            Questionnaire::new(rules, vec![], vec![], questionnaire().patterns().to_vec()).unwrap();
        let of = |line: &str, answer| {
            decide_with(
                &questionnaire,
                given(40, &[("E01.accident", No), (line, answer)]),
            )
        };
        let unsure = of("E01.fall", Unsure);
        assert_eq!(unsure.class(), Class::ProfessionalRoutine);
        assert_eq!(unsure.blocked().collect::<Vec<_>>(), [Care::Stretch]);
        assert_eq!(unsure.fired()[0].because, Because::Unsure);
        assert_eq!(of("E01.fall", Yes).class(), Class::SelfCare);
        assert_eq!(of("E01.tingling", Unsure).class(), Class::SelfCare);
    }

    fn with_pictures(class: Option<Class>) -> Questionnaire {
        let pattern = |id: &str, rank, class, blocks| Pattern {
            id: id.into(),
            rank,
            class,
            blocks,
            basis: basis(),
        };
        let ask = |id: &str, suggests: &str| PictureQuestion {
            id: id.into(),
            suggests: suggests.into(),
        };
        Questionnaire::new(
            questionnaire().rules().to_vec(),
            vec![],
            vec![ask("H1", "band"), ask("H2", "racing")],
            vec![
                pattern("cord", 1, None, Limits::default()),
                pattern("racing", 2, class, Limits::default().without_heat()),
                pattern("band", 3, None, Limits::default()),
            ],
        )
        .unwrap()
    }

    #[test]
    fn the_worst_picture_that_fits_is_shown() {
        let questionnaire = with_pictures(Some(Class::ProfessionalRoutine));
        let of = |answers: &[(&str, Answer)]| decide_with(&questionnaire, given(40, answers));
        assert_eq!(of(&[("H1", Yes)]).pattern(), Some("band"));
        assert_eq!(of(&[("H1", Unsure)]).pattern(), None);
        assert_eq!(of(&[("H1", Yes)]).class(), Class::SelfCare);
        let both = of(&[("H1", Yes), ("H2", Yes)]);
        assert_eq!(
            (both.pattern(), both.class()),
            (Some("racing"), Class::ProfessionalRoutine)
        );
        assert_eq!(both.blocked().collect::<Vec<_>>(), [Care::Heat]);
        // Not sure of a picture that has a class is enough for the class.
        let unsure = of(&[("H2", Unsure)]);
        assert_eq!(unsure.class(), Class::ProfessionalRoutine);
        assert_eq!(of(&[("H2", No)]).class(), Class::SelfCare);
        // A rule suggests its pattern, too, and a worse class stays.
        let rule = of(&[("P01", Yes), ("H1", Yes), ("H2", Yes)]);
        assert_eq!(
            (rule.pattern(), rule.class()),
            (Some("cord"), Class::ProfessionalSoon)
        );
        // Beside an urgent result a label would only distract.
        assert_eq!(of(&[("E01", Yes), ("H1", Yes)]).pattern(), None);
        assert_eq!(
            of(&[("S01", Yes), ("S01.headache", No), ("H1", Yes)]).pattern(),
            None
        );
    }

    #[test]
    fn a_picture_without_a_class_takes_nothing_away() {
        let questionnaire = with_pictures(None);
        let unsure = decide_with(&questionnaire, given(40, &[("H2", Unsure)]));
        assert_eq!((unsure.class(), unsure.pattern()), (Class::SelfCare, None));
        assert!(unsure.blocked().next().is_none());
    }

    #[test]
    fn an_emergency_is_known_before_everything_was_asked() {
        let questionnaire = questionnaire();
        let so_far = |answers: &[(&str, Answer)]| {
            emergency_so_far(&questionnaire, &given(40, answers)).map(|triage| triage.class())
        };
        assert_eq!(so_far(&[]), None);
        assert_eq!(so_far(&[("E01.accident", Yes)]), None, "a gate alone");
        assert_eq!(
            so_far(&[("E01.accident", Yes), ("E01.fall", Yes)]),
            Some(Class::Emergency)
        );
        assert_eq!(so_far(&[("E01", Unsure)]), Some(Class::Emergency));
        assert_eq!(so_far(&[("E01", No), ("P01", Yes)]), None);
        assert_eq!(so_far(&[("S01", Yes)]), None, "its follow-up comes first");
        assert_eq!(so_far(&[("S01", Yes), ("S01.headache", No)]), None);
        assert_eq!(
            so_far(&[("S01", Yes), ("S01.headache", Unsure)]),
            Some(Class::Emergency)
        );
    }
}

mod dialogue_order {
    use super::*;

    fn ask(questionnaire: &Questionnaire, given: &Given) -> Question {
        match next(questionnaire, given) {
            Turn::Ask(question) => question,
            Turn::Show(triage) => panic!("over: {triage:?}"),
        }
    }

    fn show(questionnaire: &Questionnaire, given: &Given) -> Triage {
        match next(questionnaire, given) {
            Turn::Show(triage) => triage,
            Turn::Ask(question) => panic!("asks {question:?}"),
        }
    }

    fn one(id: &str) -> Question {
        Question::One {
            id: id.into(),
            not_applicable: false,
        }
    }

    fn e01_lines() -> Question {
        Question::Lines {
            id: "E01".into(),
            lines: vec!["E01.fall".into(), "E01.tingling".into()],
            also: vec!["E01.nothing".into()],
        }
    }

    /// Answers "no" from here to the end and says what was asked.
    fn all_no(questionnaire: &Questionnaire, mut given: Given) -> (Vec<String>, Triage) {
        let mut asked = vec![];
        loop {
            match next(questionnaire, &given) {
                Turn::Show(triage) => return (asked, triage),
                Turn::Ask(question) => {
                    asked.push(question.id().to_owned());
                    question.answer(&mut given, No);
                }
            }
        }
    }

    #[test]
    fn urgent_questions_come_first_and_what_does_not_matter_is_not_asked() {
        let questionnaire = questionnaire();
        let (asked, result) = all_no(&questionnaire, aged(40));
        assert_eq!(asked, ["E01.accident", "S01", "P01", "C01", "C02", "H1"]);
        assert_eq!(result.class(), Class::SelfCare);
        // Under 18 nothing else would change the result.
        let (asked, result) = all_no(&questionnaire, aged(17));
        assert_eq!(asked, ["E01.accident", "S01"]);
        assert_eq!(result.class(), Class::ProfessionalSoon);
    }

    #[test]
    fn a_gate_opens_its_lines() {
        let questionnaire = questionnaire();
        for gate in [Yes, Unsure] {
            let given = given(40, &[("E01.accident", gate)]);
            assert_eq!(ask(&questionnaire, &given), e01_lines());
        }
        let partly = given(40, &[("E01.accident", Yes), ("E01.fall", No)]);
        assert_eq!(ask(&questionnaire, &partly), e01_lines());
        let closed = given(40, &[("E01.accident", No)]);
        assert_eq!(ask(&questionnaire, &closed), one("S01"));
        let as_a_whole = given(40, &[("E01", No)]);
        assert_eq!(ask(&questionnaire, &as_a_whole), one("S01"));
    }

    #[test]
    fn an_emergency_ends_the_questions_at_once() {
        let questionnaire = questionnaire();
        let mut fell = given(40, &[("E01.accident", Yes)]);
        e01_lines().choose(&mut fell, &[0]);
        let result = show(&questionnaire, &fell);
        assert_eq!(
            (result.class(), result.fired().len()),
            (Class::Emergency, 1)
        );
        assert_eq!(
            show(&questionnaire, &given(65, &[("E01.accident", Yes)])).class(),
            Class::Emergency
        );
    }

    #[test]
    fn a_same_day_result_waits_for_its_follow_up_and_the_other_urgent_questions() {
        let questionnaire = questionnaire();
        let high = given(40, &[("E01", No), ("S01", Yes)]);
        assert_eq!(ask(&questionnaire, &high), one("S01.headache"));
        let mut denied = high.clone();
        one("S01.headache").answer(&mut denied, No);
        assert_eq!(show(&questionnaire, &denied).class(), Class::SameDay);
        let mut raised = high;
        one("S01.headache").answer(&mut raised, Unsure);
        assert_eq!(show(&questionnaire, &raised).class(), Class::Emergency);
    }

    #[test]
    fn a_later_rule_that_turns_urgent_ends_the_questions_as_well() {
        let mut rules = questionnaire().rules().to_vec();
        let p01 = rules.iter_mut().find(|rule| rule.id == id("P01")).unwrap();
        p01.follow_ups = vec![FollowUp {
            id: "fast".into(),
            then: Then::RaisesTo(Class::SameDay),
        }];
        let questionnaire =
            Questionnaire::new(rules, vec![], vec![], questionnaire().patterns().to_vec()).unwrap();
        let given = given(40, &[("E01", No), ("S01", No), ("P01", Yes)]);
        assert_eq!(ask(&questionnaire, &given), one("P01.fast"));
        let mut fast = given.clone();
        one("P01.fast").answer(&mut fast, Yes);
        assert_eq!(show(&questionnaire, &fast).class(), Class::SameDay);
        let mut slow = given;
        one("P01.fast").answer(&mut slow, No);
        assert_eq!(ask(&questionnaire, &slow), one("C01"));
    }

    #[test]
    fn a_question_for_an_age_is_asked_from_that_age() {
        let mut rules = questionnaire().rules().to_vec();
        let c01 = rules.iter_mut().find(|rule| rule.id == id("C01")).unwrap();
        c01.ask.asked_from = Some(Age::new(50).unwrap());
        c01.ask.not_applicable = true;
        let questionnaire =
            Questionnaire::new(rules, vec![], vec![], questionnaire().patterns().to_vec()).unwrap();
        let asked = |age| all_no(&questionnaire, aged(age)).0;
        assert_eq!(asked(49), ["E01.accident", "S01", "P01", "C02"]);
        assert_eq!(asked(50), ["E01.accident", "S01", "P01", "C01", "C02"]);
        let at_c01 = given(50, &[("E01", No), ("S01", No), ("P01", No)]);
        let question = Question::One {
            id: "C01".into(),
            not_applicable: true,
        };
        assert_eq!(ask(&questionnaire, &at_c01), question);
        let age = |years| Age::new(years).unwrap();
        assert_eq!(progress(&questionnaire, &question, age(50)), (4, 5));
        assert_eq!(progress(&questionnaire, &one("C02"), age(49)), (4, 4));
        assert_eq!(progress(&questionnaire, &e01_lines(), age(49)), (1, 4));
        assert_eq!(
            progress(&questionnaire, &one("S01.headache"), age(49)),
            (2, 4)
        );
        assert_eq!(
            progress(&super::questionnaire(), &one("H1"), age(49)),
            (6, 6)
        );
    }

    #[test]
    fn lines_take_numbers_none_or_not_sure() {
        let mut given = aged(40);
        e01_lines().choose(&mut given, &[1, 2, 9]);
        let expected = [
            ("E01.fall", No),
            ("E01.nothing", Yes),
            ("E01.tingling", Yes),
        ];
        let answers: Vec<(&str, Answer)> = given
            .answers
            .iter()
            .map(|(id, answer)| (id.as_str(), *answer))
            .collect();
        assert_eq!(answers, expected);
        let mut unsure = aged(40);
        e01_lines().answer(&mut unsure, Unsure);
        assert_eq!(
            unsure.answers.len(),
            2,
            "what counts for nothing is left alone"
        );
        assert!(unsure.answers.values().all(|answer| *answer == Unsure));
        let mut nothing = aged(40);
        one("S01").choose(&mut nothing, &[0]);
        assert!(nothing.answers.is_empty());
    }

    #[test]
    fn where_takes_areas_and_nothing_named_is_everywhere() {
        let question = Question::Where {
            id: "C01.where".into(),
            areas: vec![Area::Neck, Area::UpperBack],
        };
        assert_eq!(question.id(), "C01.where");
        let named = |chosen: &[usize]| {
            let mut given = aged(40);
            question.choose(&mut given, chosen);
            given.areas["C01.where"].clone()
        };
        assert_eq!(named(&[1]), BTreeSet::from([Area::UpperBack]));
        assert_eq!(named(&[]), BTreeSet::from([Area::Neck, Area::UpperBack]));
        assert_eq!(named(&[7]), BTreeSet::from([Area::Neck, Area::UpperBack]));
        let mut given = aged(40);
        question.answer(&mut given, Unsure);
        assert_eq!(given.areas["C01.where"].len(), 2);
    }

    #[test]
    fn follow_ups_are_asked_when_their_rule_fired_and_only_then() {
        let mut rules = questionnaire().rules().to_vec();
        let c01 = rules.iter_mut().find(|rule| rule.id == id("C01")).unwrap();
        c01.follow_ups = vec![
            FollowUp {
                id: "where".into(),
                then: Then::Where([Area::Neck].into()),
            },
            FollowUp {
                id: "numb".into(),
                then: Then::Adds(Limits::default().without_heat()),
            },
        ];
        let questionnaire =
            Questionnaire::new(rules, vec![], vec![], questionnaire().patterns().to_vec()).unwrap();
        let before = [("E01", No), ("S01", No), ("P01", No)];
        let with = |answer| {
            let mut given = given(40, &before);
            given.answers.insert("C01".into(), answer);
            given
        };
        assert_eq!(ask(&questionnaire, &with(No)), one("C02"));
        for fired in [Yes, Unsure] {
            let mut given = with(fired);
            let question = ask(&questionnaire, &given);
            let place = Question::Where {
                id: "C01.where".into(),
                areas: vec![Area::Neck],
            };
            assert_eq!(question, place);
            question.answer(&mut given, Unsure);
            assert_eq!(ask(&questionnaire, &given), one("C01.numb"));
            one("C01.numb").answer(&mut given, No);
            assert_eq!(ask(&questionnaire, &given), one("C02"));
        }
    }
}
