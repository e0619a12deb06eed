//! What is written is read back as it was, and what nobody wrote is refused.

use nape_core::history::{Change, End};
use proptest::prelude::*;

use super::*;

/// Any entry that can be recorded.
pub(crate) fn any_entry() -> impl Strategy<Value = Entry> {
    let setting = (any::<String>(), any::<Option<String>>())
        .prop_map(|(name, value)| Entry::Setting { name, value });
    let withdrawn = (0..4_000_000_000_i64).prop_map(|second| {
        let at = jiff::Timestamp::from_second(second).unwrap();
        Entry::Withdrawn(EventId::new(at))
    });
    prop_oneof![8 => any_event().prop_map(Entry::Event), 1 => setting, 1 => withdrawn]
}

fn any_of<T: Copy + std::fmt::Debug + 'static>(
    all: &'static [T],
) -> impl Strategy<Value = T> + Clone {
    prop::sample::select(all)
}

fn any_end() -> impl Strategy<Value = End> {
    prop_oneof![
        Just(End::Done),
        Just(End::ByPerson),
        Just(End::Pain),
        any_of(&Symptom::ALL).prop_map(End::Symptom),
        Just(End::Skin),
        Just(End::Paused),
    ]
}

fn any_given() -> impl Strategy<Value = Given> {
    let answers = prop::collection::btree_map(any::<String>(), any_of(&Answer::ALL), 0..20);
    let areas = prop::collection::btree_set(any_of(&Area::ALL), 0..4);
    let areas = prop::collection::btree_map(any::<String>(), areas, 0..4);
    (0..=120_i64, answers, areas).prop_map(|(age, answers, areas)| Given {
        age: Age::new(age).unwrap(),
        answers,
        areas,
    })
}

fn any_event() -> impl Strategy<Value = Event> {
    let rating = || (0..=10_u8).prop_map(|rating| Nrs::new(rating).unwrap());
    prop_oneof![
        any_given().prop_map(Event::Checked),
        prop::collection::vec(any_of(&Answer::ALL), 0..9).prop_map(Event::QuickChecked),
        any_of(&CHANGES).prop_map(Event::Changed),
        any_of(&Symptom::ALL).prop_map(Event::Reported),
        Just(Event::ProfessionalCleared),
        (any_of(&Care::ALL), any::<String>(), any::<u32>()).prop_map(|(care, what, planned_s)| {
            Event::Began {
                care,
                what,
                planned_s,
            }
        }),
        (any_of(&Care::ALL), any::<u32>(), any_end()).prop_map(|(care, lasted_s, end)| {
            Event::Ended {
                care,
                lasted_s,
                end,
            }
        }),
        (any::<u8>(), any::<u16>(), any::<bool>()).prop_map(|(next_day_rise, sore_h, attack)| {
            Event::Reaction(Reaction {
                next_day_rise,
                sore_h,
                attack,
            })
        }),
        rating().prop_map(Event::Tightness),
        rating().prop_map(Event::Pain),
        any::<bool>().prop_map(|medicine| Event::HeadacheDay { medicine }),
        rating().prop_map(Event::Sleep),
        any::<u16>().prop_map(|minutes| Event::Active { minutes }),
        (any::<String>(), any::<u32>())
            .prop_map(|(what, lasted_s)| Event::Moved { what, lasted_s }),
        any_step().prop_map(Event::Trial),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let wish = (
        any_of(&Tried::ALL),
        any_of(&Question::ALL),
        any_of(&Worthwhile::CHOICES),
        0_u16..1440,
        0_u16..1440,
    );
    let wish = wish.prop_filter_map(
        "a trial has a question that fits and times in order",
        |(tried, kind, worthwhile, care, evening)| {
            let (care_at, evening_at) = (time(care).unwrap(), time(evening).unwrap());
            Wish::new(tried, kind, worthwhile, care_at, evening_at).ok()
        },
    );
    let drawn = (any::<u16>(), 0_i64..20_000, any::<u64>(), any::<[u8; 32]>());
    let drawn = drawn.prop_map(|(pairs, day, seed, hash)| {
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Drawn {
            pairs,
            start: jiff::civil::date(2000, 1, 1) + jiff::Span::new().days(day),
            seed: Seed::new(seed),
            commitment: Commitment::parse(&hash).unwrap(),
        }
    });
    prop_oneof![
        wish.prop_map(Step::SetUp),
        drawn.prop_map(Step::Drawn),
        (any_of(&Point::ALL), 0..=10_u8)
            .prop_map(|(point, rating)| Step::Rated(point, Nrs::new(rating).unwrap())),
        any_of(&Did::ALL).prop_map(Step::Did),
        any::<u32>().prop_map(Step::Rested),
        any_of(&Stopped::ALL).prop_map(Step::Stopped),
    ]
}

proptest! {
    #[test]
    fn every_entry_is_read_back_as_it_was_written(entry in any_entry()) {
        let body = write(&entry).unwrap();
        let read = read(kind_of(&entry).name(), &body, VERSION);
        prop_assert_eq!(read, Ok(entry));
    }

    #[test]
    fn no_debug_output_says_more_than_the_kind(entry in any_entry()) {
        let said = format!("{entry:?}");
        prop_assert_eq!(said, format!("Entry({})", kind_of(&entry).name()));
    }
}

#[test]
fn kinds_and_their_names_lead_to_each_other() {
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.name()), Some(kind));
    }
    assert_eq!(Kind::named("Tightness"), None);
}

#[test]
fn every_change_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = CHANGES.into_iter().map(change_name).collect();
    assert_eq!(names.len(), CHANGES.len());
    // The core's last one stands at the end: one that is added after it has to be added here.
    assert_eq!(CHANGES.last(), Some(&Change::Treatment));
    assert_eq!(Change::Treatment as usize + 1, CHANGES.len());
}

/// These bodies are in people's files: they may be added to and never changed.
#[test]
fn the_form_of_each_step_of_a_trial_stays_as_it_is() {
    let hash = "5f1d7a84db00d2fce00b31a7fc73224f1c5b1a5fe0d5bd3d7ac3a0ef3fbd6d51";
    let wish = Wish::new(
        Tried::Massage,
        Question::SameDay,
        Worthwhile::of_tenths(15).unwrap(),
        time(1200).unwrap(),
        time(1335).unwrap(),
    );
    let drawn = Drawn {
        pairs: 14,
        start: jiff::civil::date(2026, 12, 1),
        seed: Seed::new(0xdead_beef_0000_0001),
        commitment: Commitment::parse(hash).unwrap(),
    };
    let drawn_body = format!(
        r#"{{"pairs":14,"start":"2026-12-01","seed":"deadbeef00000001","sha256":"{hash}"}}"#
    );
    for (kind, body, step) in [
        (
            "trial_set_up",
            r#"{"tried":"massage","design":"same_day","worthwhile_tenths":15,"care_min":1200,"evening_min":1335}"#,
            Step::SetUp(wish.unwrap()),
        ),
        ("trial_drawn", &drawn_body, Step::Drawn(drawn)),
        (
            "trial_rated",
            r#"{"point":"evening","rating":4}"#,
            Step::Rated(Point::Evening, Nrs::new(4).unwrap()),
        ),
        ("trial_did", r#"{"did":"neither"}"#, Step::Did(Did::Neither)),
        ("trial_rested", r#"{"lasted_s":600}"#, Step::Rested(600)),
        (
            "trial_stopped",
            r#"{"why":"taken_away"}"#,
            Step::Stopped(Stopped::TakenAway),
        ),
    ] {
        let entry = Entry::Event(Event::Trial(step));
        assert_eq!(write(&entry).unwrap(), body);
        assert_eq!(read(kind, body, 1), Ok(entry));
    }
}

#[test]
fn what_no_version_writes_is_refused() {
    let wrong = [
        ("tightness", r#"{"rating":11}"#),
        ("trial_rated", r#"{"point":"noon","rating":1}"#),
        ("trial_rated", r#"{"point":"evening","rating":11}"#),
        (
            "trial_set_up",
            r#"{"tried":"strengthening","design":"same_day","worthwhile_tenths":15,"care_min":1200,"evening_min":1320}"#,
        ),
        (
            "trial_set_up",
            r#"{"tried":"massage","design":"same_day","worthwhile_tenths":15,"care_min":1200,"evening_min":1440}"#,
        ),
        (
            "trial_drawn",
            r#"{"pairs":14,"start":"2026-12-01","seed":"+0000000000004d2","sha256":"0000000000000000000000000000000000000000000000000000000000000000"}"#,
        ),
        (
            "trial_drawn",
            r#"{"pairs":14,"start":"2026-13-01","seed":"00000000000004d2","sha256":"0000000000000000000000000000000000000000000000000000000000000000"}"#,
        ),
        ("tightness", r#"{"rating":-1}"#),
        ("tightness", r#"{"rating":3,"more":1}"#),
        ("tightness", r#"{"rating":"3"}"#),
        ("tightness", r"{}"),
        ("tightness", ""),
        ("tightness", r#"{"rating":3}x"#),
        ("checked", r#"{"age":121,"answers":{},"areas":{}}"#),
        (
            "checked",
            r#"{"age":40,"answers":{"E01":"maybe"},"areas":{}}"#,
        ),
        (
            "checked",
            r#"{"age":40,"answers":{},"areas":{"C04.where":["throat"]}}"#,
        ),
        ("quick_checked", r#"{"answers":["No"]}"#),
        ("changed", r#"{"what":"weather"}"#),
        ("reported", r#"{"symptom":"joy"}"#),
        ("professional_cleared", r#"{"by":"x"}"#),
        ("began", r#"{"care":"thrust","what":"","planned_s":60}"#),
        ("ended", r#"{"care":"heat","lasted_s":60,"end":"symptom"}"#),
        (
            "ended",
            r#"{"care":"heat","lasted_s":60,"end":"done","symptom":"nausea"}"#,
        ),
        ("withdrawn", r#"{"id":"1"}"#),
    ];
    for (kind, body) in wrong {
        assert_eq!(read(kind, body, VERSION), Err(Why::Body), "{kind} {body}");
    }
    assert_eq!(read("posture", "{}", VERSION), Err(Why::UnknownKind));
    assert_eq!(
        read("tightness", r#"{"rating":3}"#, VERSION + 1),
        Err(Why::Newer)
    );
}

#[test]
fn the_form_of_each_kind_stays_as_it_is() {
    let given = {
        let mut given = Given::new(Age::new(44).unwrap());
        given.answers.insert("E03".to_owned(), Answer::Unsure);
        given
            .areas
            .insert("C04.where".to_owned(), [Area::UpperBack, Area::Neck].into());
        given
    };
    let written = [
        (
            Event::Checked(given),
            r#"{"age":44,"answers":{"E03":"unsure"},"areas":{"C04.where":["neck","upper_back"]}}"#,
        ),
        (
            Event::QuickChecked(vec![Answer::No, Answer::Yes]),
            r#"{"answers":["no","yes"]}"#,
        ),
        (Event::Changed(Change::Surgery), r#"{"what":"surgery"}"#),
        (
            Event::Reported(Symptom::NightPain),
            r#"{"symptom":"night_pain"}"#,
        ),
        (Event::ProfessionalCleared, "{}"),
        (
            Event::Began {
                care: Care::Stretch,
                what: "x02".to_owned(),
                planned_s: 90,
            },
            r#"{"care":"stretch","what":"x02","planned_s":90}"#,
        ),
        (
            Event::Ended {
                care: Care::Massage,
                lasted_s: 120,
                end: End::ByPerson,
            },
            r#"{"care":"massage","lasted_s":120,"end":"by_person"}"#,
        ),
        (
            Event::Ended {
                care: Care::Massage,
                lasted_s: 120,
                end: End::Symptom(Symptom::Nausea),
            },
            r#"{"care":"massage","lasted_s":120,"end":"symptom","symptom":"nausea"}"#,
        ),
        (
            Event::Reaction(Reaction {
                next_day_rise: 1,
                sore_h: 6,
                attack: false,
            }),
            r#"{"next_day_rise":1,"sore_h":6,"attack":false}"#,
        ),
        (
            Event::HeadacheDay { medicine: true },
            r#"{"medicine":true}"#,
        ),
        (Event::Pain(Nrs::new(2).unwrap()), r#"{"rating":2}"#),
        (Event::Sleep(Nrs::new(7).unwrap()), r#"{"rating":7}"#),
        (Event::Active { minutes: 30 }, r#"{"minutes":30}"#),
        (
            Event::Moved {
                what: String::new(),
                lasted_s: 20,
            },
            r#"{"what":"","lasted_s":20}"#,
        ),
    ];
    for (event, body) in written {
        assert_eq!(write(&Entry::Event(event)).unwrap(), body);
    }
}
