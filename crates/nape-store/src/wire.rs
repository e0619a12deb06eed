//! How events are written in the file: a kind and a JSON object, both kept for good. The core's types stay free of it.
//!
//! What is written once must be readable for ever. A new kind, or a new name in one, is an addition that older versions report as unreadable. A changed meaning
//! needs a higher [`VERSION`] and a reader for the old one.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;
use nape_core::care::{Area, Care};
use nape_core::escalate::Reaction;
use nape_core::history::{Change, End, Event, Nrs, Symptom};
use nape_core::learn::course::{Did, Drawn, Point, Step, Stopped, Wish, Worthwhile};
use nape_core::learn::{Commitment, Kind as Question, Seed, Tried};
use nape_core::screen::{Age, Answer, Given};
use serde::{Deserialize, Serialize};

use crate::entry::{Entry, Why};
use crate::id::EventId;

/// The form that this version writes.
pub(crate) const VERSION: i64 = 1;

/// A kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Checked,
    QuickChecked,
    Changed,
    Reported,
    ProfessionalCleared,
    Began,
    Ended,
    Reaction,
    Tightness,
    Pain,
    HeadacheDay,
    Sleep,
    Active,
    Moved,
    TrialSetUp,
    TrialDrawn,
    TrialRated,
    TrialDid,
    TrialRested,
    TrialStopped,
    Setting,
    Withdrawn,
}

impl Kind {
    pub(crate) const ALL: [Self; 22] = [
        Self::Checked,
        Self::QuickChecked,
        Self::Changed,
        Self::Reported,
        Self::ProfessionalCleared,
        Self::Began,
        Self::Ended,
        Self::Reaction,
        Self::Tightness,
        Self::Pain,
        Self::HeadacheDay,
        Self::Sleep,
        Self::Active,
        Self::Moved,
        Self::TrialSetUp,
        Self::TrialDrawn,
        Self::TrialRated,
        Self::TrialDid,
        Self::TrialRested,
        Self::TrialStopped,
        Self::Setting,
        Self::Withdrawn,
    ];

    /// The word in the file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::QuickChecked => "quick_checked",
            Self::Changed => "changed",
            Self::Reported => "reported",
            Self::ProfessionalCleared => "professional_cleared",
            Self::Began => "began",
            Self::Ended => "ended",
            Self::Reaction => "reaction",
            Self::Tightness => "tightness",
            Self::Pain => "pain",
            Self::HeadacheDay => "headache_day",
            Self::Sleep => "sleep",
            Self::Active => "active",
            Self::Moved => "moved",
            Self::TrialSetUp => "trial_set_up",
            Self::TrialDrawn => "trial_drawn",
            Self::TrialRated => "trial_rated",
            Self::TrialDid => "trial_did",
            Self::TrialRested => "trial_rested",
            Self::TrialStopped => "trial_stopped",
            Self::Setting => "setting",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Whether a mistaken entry can be taken back: what the core lets a person take back.
pub(crate) const fn may_be_withdrawn(entry: &Entry) -> bool {
    match entry {
        Entry::Event(event) => event.can_be_withdrawn(),
        Entry::Setting { .. } | Entry::Withdrawn(_) => false,
    }
}

/// The kind of an entry.
pub(crate) const fn kind_of(entry: &Entry) -> Kind {
    match entry {
        Entry::Event(Event::Checked(_)) => Kind::Checked,
        Entry::Event(Event::QuickChecked(_)) => Kind::QuickChecked,
        Entry::Event(Event::Changed(_)) => Kind::Changed,
        Entry::Event(Event::Reported(_)) => Kind::Reported,
        Entry::Event(Event::ProfessionalCleared) => Kind::ProfessionalCleared,
        Entry::Event(Event::Began { .. }) => Kind::Began,
        Entry::Event(Event::Ended { .. }) => Kind::Ended,
        Entry::Event(Event::Reaction(_)) => Kind::Reaction,
        Entry::Event(Event::Tightness(_)) => Kind::Tightness,
        Entry::Event(Event::Pain(_)) => Kind::Pain,
        Entry::Event(Event::HeadacheDay { .. }) => Kind::HeadacheDay,
        Entry::Event(Event::Sleep(_)) => Kind::Sleep,
        Entry::Event(Event::Active { .. }) => Kind::Active,
        Entry::Event(Event::Moved { .. }) => Kind::Moved,
        Entry::Event(Event::Trial(step)) => match step {
            Step::SetUp(_) => Kind::TrialSetUp,
            Step::Drawn(_) => Kind::TrialDrawn,
            Step::Rated(..) => Kind::TrialRated,
            Step::Did(_) => Kind::TrialDid,
            Step::Rested(_) => Kind::TrialRested,
            Step::Stopped(_) => Kind::TrialStopped,
        },
        Entry::Setting { .. } => Kind::Setting,
        Entry::Withdrawn(_) => Kind::Withdrawn,
    }
}

/// Text that is borrowed from the row wherever JSON allows it.
#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checked<'a> {
    age: u8,
    #[serde(borrow)]
    answers: BTreeMap<Text<'a>, Text<'a>>,
    #[serde(borrow)]
    areas: BTreeMap<Text<'a>, BTreeSet<Text<'a>>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuickChecked<'a> {
    #[serde(borrow)]
    answers: Vec<Text<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed<'a> {
    #[serde(borrow)]
    what: Text<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reported<'a> {
    #[serde(borrow)]
    symptom: Text<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Began<'a> {
    #[serde(borrow)]
    care: Text<'a>,
    #[serde(borrow)]
    what: Text<'a>,
    planned_s: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ended<'a> {
    #[serde(borrow)]
    care: Text<'a>,
    lasted_s: u32,
    #[serde(borrow)]
    end: Text<'a>,
    /// Present exactly when `end` is `symptom`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    symptom: Option<Text<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reacted {
    next_day_rise: u8,
    sore_h: u16,
    attack: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rated {
    rating: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadacheDay {
    medicine: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Active {
    minutes: u16,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moved<'a> {
    #[serde(borrow)]
    what: Text<'a>,
    lasted_s: u32,
}

/// Times of day are minutes since midnight.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialSetUp<'a> {
    #[serde(borrow)]
    tried: Text<'a>,
    #[serde(borrow)]
    design: Text<'a>,
    worthwhile_tenths: u8,
    care_min: u16,
    evening_min: u16,
}

/// The seed as 16 hexadecimal digits: JSON numbers of other programs do not hold 64 bits.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialDrawn<'a> {
    pairs: u16,
    #[serde(borrow)]
    start: Text<'a>,
    #[serde(borrow)]
    seed: Text<'a>,
    #[serde(borrow)]
    sha256: Text<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialRated<'a> {
    #[serde(borrow)]
    point: Text<'a>,
    rating: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialDid<'a> {
    #[serde(borrow)]
    did: Text<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialRested {
    lasted_s: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialStopped<'a> {
    #[serde(borrow)]
    why: Text<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    value: Option<Text<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawn<'a> {
    #[serde(borrow)]
    id: Text<'a>,
}

const CHANGES: [Change; 6] = [
    Change::Diagnosis,
    Change::Injury,
    Change::Surgery,
    Change::Pregnancy,
    Change::Medicine,
    Change::Treatment,
];

const fn change_name(change: Change) -> &'static str {
    match change {
        Change::Diagnosis => "diagnosis",
        Change::Injury => "injury",
        Change::Surgery => "surgery",
        Change::Pregnancy => "pregnancy",
        Change::Medicine => "medicine",
        Change::Treatment => "treatment",
    }
}

fn end_name(end: End) -> (&'static str, Option<Symptom>) {
    match end {
        End::Done => ("done", None),
        End::ByPerson => ("by_person", None),
        End::Pain => ("pain", None),
        End::Symptom(symptom) => ("symptom", Some(symptom)),
        End::Skin => ("skin", None),
        End::Paused => ("paused", None),
    }
}

fn end_named(name: &str, symptom: Option<Symptom>) -> Option<End> {
    match (name, symptom) {
        ("done", None) => Some(End::Done),
        ("by_person", None) => Some(End::ByPerson),
        ("pain", None) => Some(End::Pain),
        ("symptom", Some(symptom)) => Some(End::Symptom(symptom)),
        ("skin", None) => Some(End::Skin),
        ("paused", None) => Some(End::Paused),
        (_, Some(_) | None) => None,
    }
}

fn find<T: Copy>(all: &[T], name: fn(T) -> &'static str, wanted: &Text<'_>) -> Result<T, Why> {
    all.iter()
        .copied()
        .find(|value| name(*value) == wanted.0)
        .ok_or(Why::Body)
}

/// The body of an entry. No entry can be built that JSON cannot hold, so an error is a fault of this file.
pub(crate) fn write(entry: &Entry) -> Result<String, serde_json::Error> {
    let event = match entry {
        Entry::Event(event) => event,
        Entry::Setting { name, value } => {
            return serde_json::to_string(&Setting {
                name: name.as_str().into(),
                value: value.as_deref().map(Text::from),
            });
        }
        Entry::Withdrawn(id) => {
            return serde_json::to_string(&Withdrawn {
                id: Text(Cow::Owned(id.to_string())),
            });
        }
    };
    match event {
        Event::Checked(given) => serde_json::to_string(&Checked {
            age: given.age.years(),
            answers: given
                .answers
                .iter()
                .map(|(id, answer)| (id.as_str().into(), answer.name().into()))
                .collect(),
            areas: given
                .areas
                .iter()
                .map(|(id, areas)| {
                    let areas = areas.iter().map(|area| area.name().into()).collect();
                    (id.as_str().into(), areas)
                })
                .collect(),
        }),
        Event::QuickChecked(answers) => serde_json::to_string(&QuickChecked {
            answers: answers.iter().map(|answer| answer.name().into()).collect(),
        }),
        Event::Changed(change) => serde_json::to_string(&Changed {
            what: change_name(*change).into(),
        }),
        Event::Reported(symptom) => serde_json::to_string(&Reported {
            symptom: symptom.name().into(),
        }),
        Event::ProfessionalCleared => serde_json::to_string(&Nothing {}),
        Event::Began {
            care,
            what,
            planned_s,
        } => serde_json::to_string(&Began {
            care: care.name().into(),
            what: what.as_str().into(),
            planned_s: *planned_s,
        }),
        Event::Ended {
            care,
            lasted_s,
            end,
        } => {
            let (end, symptom) = end_name(*end);
            serde_json::to_string(&Ended {
                care: care.name().into(),
                lasted_s: *lasted_s,
                end: end.into(),
                symptom: symptom.map(|symptom| symptom.name().into()),
            })
        }
        Event::Reaction(reaction) => serde_json::to_string(&Reacted {
            next_day_rise: reaction.next_day_rise,
            sore_h: reaction.sore_h,
            attack: reaction.attack,
        }),
        Event::Tightness(rating) | Event::Pain(rating) | Event::Sleep(rating) => {
            serde_json::to_string(&Rated {
                rating: rating.value(),
            })
        }
        Event::HeadacheDay { medicine } => serde_json::to_string(&HeadacheDay {
            medicine: *medicine,
        }),
        Event::Active { minutes } => serde_json::to_string(&Active { minutes: *minutes }),
        Event::Moved { what, lasted_s } => serde_json::to_string(&Moved {
            what: what.as_str().into(),
            lasted_s: *lasted_s,
        }),
        Event::Trial(step) => write_step(step),
    }
}

fn write_step(step: &Step) -> Result<String, serde_json::Error> {
    match step {
        Step::SetUp(wish) => serde_json::to_string(&TrialSetUp {
            tried: wish.tried().name().into(),
            design: wish.kind().name().into(),
            worthwhile_tenths: wish.worthwhile().tenths(),
            care_min: minutes(wish.care_at()),
            evening_min: minutes(wish.evening_at()),
        }),
        Step::Drawn(drawn) => serde_json::to_string(&TrialDrawn {
            pairs: drawn.pairs,
            start: Text(Cow::Owned(drawn.start.to_string())),
            seed: Text(Cow::Owned(format!("{:016x}", drawn.seed.value()))),
            sha256: drawn.commitment.as_str().into(),
        }),
        Step::Rated(point, rating) => serde_json::to_string(&TrialRated {
            point: point.name().into(),
            rating: rating.value(),
        }),
        Step::Did(did) => serde_json::to_string(&TrialDid {
            did: did.name().into(),
        }),
        Step::Rested(lasted_s) => serde_json::to_string(&TrialRested {
            lasted_s: *lasted_s,
        }),
        Step::Stopped(why) => serde_json::to_string(&TrialStopped {
            why: why.name().into(),
        }),
    }
}

/// Minutes since midnight. Seconds are never asked for.
fn minutes(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

fn time(minutes: u16) -> Result<Time, Why> {
    let hour = i8::try_from(minutes / 60).map_err(|_| Why::Body)?;
    let minute = i8::try_from(minutes % 60).map_err(|_| Why::Body)?;
    Time::new(hour, minute, 0, 0).map_err(|_| Why::Body)
}

fn wish(set_up: &TrialSetUp<'_>) -> Result<Wish, Why> {
    Wish::new(
        find(&Tried::ALL, Tried::name, &set_up.tried)?,
        find(&Question::ALL, Question::name, &set_up.design)?,
        Worthwhile::of_tenths(set_up.worthwhile_tenths).ok_or(Why::Body)?,
        time(set_up.care_min)?,
        time(set_up.evening_min)?,
    )
    .map_err(|_| Why::Body)
}

fn drawn(drawn: &TrialDrawn<'_>) -> Result<Drawn, Why> {
    let seed = &drawn.seed.0;
    let is_seed = seed.len() == 16 && seed.bytes().all(|byte| byte.is_ascii_hexdigit());
    let seed = u64::from_str_radix(seed, 16).map_err(|_| Why::Body)?;
    if !is_seed {
        return Err(Why::Body);
    }
    Ok(Drawn {
        pairs: drawn.pairs,
        start: drawn.start.0.parse().map_err(|_| Why::Body)?,
        seed: Seed::new(seed),
        commitment: Commitment::parse(&drawn.sha256.0).ok_or(Why::Body)?,
    })
}

fn parse<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Why> {
    // What serde says may quote the value; it is dropped on purpose.
    serde_json::from_str(body).map_err(|_| Why::Body)
}

fn rating(body: &str) -> Result<Nrs, Why> {
    Nrs::new(parse::<Rated>(body)?.rating).ok_or(Why::Body)
}

/// The entry of a kind and a body.
///
/// # Errors
/// With what this version does not understand.
pub(crate) fn read(kind: &str, body: &str, version: i64) -> Result<Entry, Why> {
    let kind = Kind::named(kind).ok_or(Why::UnknownKind)?;
    if version > VERSION {
        return Err(Why::Newer);
    }
    let event = match kind {
        Kind::Checked => Event::Checked(given(parse(body)?)?),
        Kind::QuickChecked => {
            let answers = parse::<QuickChecked<'_>>(body)?.answers;
            let answers: Result<Vec<Answer>, Why> = answers.iter().map(answer).collect();
            Event::QuickChecked(answers?)
        }
        Kind::Changed => {
            let what = parse::<Changed<'_>>(body)?.what;
            Event::Changed(find(&CHANGES, change_name, &what)?)
        }
        Kind::Reported => {
            let symptom = parse::<Reported<'_>>(body)?.symptom;
            Event::Reported(find(&Symptom::ALL, Symptom::name, &symptom)?)
        }
        Kind::ProfessionalCleared => {
            parse::<Nothing>(body)?;
            Event::ProfessionalCleared
        }
        Kind::Began => {
            let began: Began<'_> = parse(body)?;
            Event::Began {
                care: find(&Care::ALL, Care::name, &began.care)?,
                what: began.what.0.into_owned(),
                planned_s: began.planned_s,
            }
        }
        Kind::Ended => {
            let ended: Ended<'_> = parse(body)?;
            let symptom = ended
                .symptom
                .map(|symptom| find(&Symptom::ALL, Symptom::name, &symptom))
                .transpose()?;
            Event::Ended {
                care: find(&Care::ALL, Care::name, &ended.care)?,
                lasted_s: ended.lasted_s,
                end: end_named(&ended.end.0, symptom).ok_or(Why::Body)?,
            }
        }
        Kind::Reaction => {
            let reacted: Reacted = parse(body)?;
            Event::Reaction(Reaction {
                next_day_rise: reacted.next_day_rise,
                sore_h: reacted.sore_h,
                attack: reacted.attack,
            })
        }
        Kind::Tightness => Event::Tightness(rating(body)?),
        Kind::Pain => Event::Pain(rating(body)?),
        Kind::HeadacheDay => Event::HeadacheDay {
            medicine: parse::<HeadacheDay>(body)?.medicine,
        },
        Kind::Sleep => Event::Sleep(rating(body)?),
        Kind::Active => Event::Active {
            minutes: parse::<Active>(body)?.minutes,
        },
        Kind::Moved => {
            let moved: Moved<'_> = parse(body)?;
            Event::Moved {
                what: moved.what.0.into_owned(),
                lasted_s: moved.lasted_s,
            }
        }
        Kind::TrialSetUp => Event::Trial(Step::SetUp(wish(&parse(body)?)?)),
        Kind::TrialDrawn => Event::Trial(Step::Drawn(drawn(&parse(body)?)?)),
        Kind::TrialRated => {
            let rated: TrialRated<'_> = parse(body)?;
            let point = find(&Point::ALL, Point::name, &rated.point)?;
            Event::Trial(Step::Rated(point, Nrs::new(rated.rating).ok_or(Why::Body)?))
        }
        Kind::TrialDid => {
            let did = parse::<TrialDid<'_>>(body)?.did;
            Event::Trial(Step::Did(find(&Did::ALL, Did::name, &did)?))
        }
        Kind::TrialRested => Event::Trial(Step::Rested(parse::<TrialRested>(body)?.lasted_s)),
        Kind::TrialStopped => {
            let why = parse::<TrialStopped<'_>>(body)?.why;
            Event::Trial(Step::Stopped(find(&Stopped::ALL, Stopped::name, &why)?))
        }
        Kind::Setting => {
            let setting: Setting<'_> = parse(body)?;
            return Ok(Entry::Setting {
                name: setting.name.0.into_owned(),
                value: setting.value.map(|value| value.0.into_owned()),
            });
        }
        Kind::Withdrawn => {
            let id = parse::<Withdrawn<'_>>(body)?.id;
            let id: EventId = id.0.parse().map_err(|_| Why::Body)?;
            return Ok(Entry::Withdrawn(id));
        }
    };
    Ok(Entry::Event(event))
}

fn answer(name: &Text<'_>) -> Result<Answer, Why> {
    find(&Answer::ALL, Answer::name, name)
}

fn given(checked: Checked<'_>) -> Result<Given, Why> {
    let mut given = Given::new(Age::new(checked.age.into()).map_err(|_| Why::Body)?);
    for (id, name) in checked.answers {
        given.answers.insert(id.0.into_owned(), answer(&name)?);
    }
    for (id, names) in checked.areas {
        let areas: Result<BTreeSet<Area>, Why> = names
            .iter()
            .map(|name| find(&Area::ALL, Area::name, name))
            .collect();
        given.areas.insert(id.0.into_owned(), areas?);
    }
    Ok(given)
}

#[cfg(test)]
pub(crate) mod tests;
