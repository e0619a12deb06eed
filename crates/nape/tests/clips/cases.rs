//! Scripted clips, and what the guard has to make of each.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use nape_core::picture::RgbImage;
use nape_core::watch::{Effect, Now, Nudge, Policy, Reason};
use nape_vision::Models;
use nape_vision::watch::{Asks, Watcher};

use crate::timeline::{Script, Shot, Stage};

/// What one clip has to come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wanted {
    /// A nudge for bending, when the holding time that it names is over.
    Bent,
    /// The same, for a face out of sight.
    Hidden,
    /// Nothing is said.
    Nothing,
    /// Nothing is said, and the person is asked about the place.
    Question,
}

/// A clip.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) script: Script,
    pub(crate) wanted: Wanted,
    /// The setups whose pictures show it.
    pub(crate) stages: &'static str,
}

/// The neutral posture is taken while somebody sits at ease.
pub(crate) const EASE_S: f64 = 8.0;

fn after_ease(shots: impl IntoIterator<Item = (f64, Shot)>) -> Script {
    [(EASE_S, Shot::Ease)].into_iter().chain(shots).collect()
}

fn often(times: usize, shots: &[(f64, Shot)]) -> Script {
    after_ease(std::iter::repeat_n(shots, times).flatten().cloned())
}

/// All clips that can be made of still pictures.
pub(crate) fn cases() -> Vec<Case> {
    use Shot::{Dark, Ease, Pushed, Standing, Still, WalkBehind};
    use Wanted::{Bent, Hidden, Nothing, Question};
    let case = |name, wanted, script| Case {
        name,
        script,
        wanted,
        // In setup b the deep bend stays in sight.
        stages: if wanted == Hidden { "ac" } else { "abc" },
    };
    vec![
        case(
            "bent for long",
            Bent,
            after_ease([(60.4, Ease), (440.0, Still("bent"))]),
        ),
        case(
            "bent for long, with short looks up",
            Bent,
            often(12, &[(40.4, Still("bent")), (0.9, Ease)]),
        ),
        case(
            "bent down out of sight",
            Hidden,
            after_ease([(60.4, Ease), (2.0, Still("bent")), (330.0, Still("deep"))]),
        ),
        case(
            "glances at the keyboard, 15 s each",
            Nothing,
            often(30, &[(15.0, Still("bent")), (10.0, Ease)]),
        ),
        case(
            "drinking",
            Nothing,
            often(20, &[(5.0, Still("back")), (25.0, Ease)]),
        ),
        case(
            "turned to a second screen",
            Nothing,
            after_ease([(30.0, Ease), (600.0, Still("turned"))]),
        ),
        case(
            "leaning back",
            Nothing,
            after_ease([(30.0, Ease), (600.0, Still("back"))]),
        ),
        case(
            "somebody walks behind",
            Nothing,
            after_ease([(30.0, Ease), (200.0, WalkBehind)]),
        ),
        case(
            "the light goes out",
            Nothing,
            after_ease([(30.0, Ease), (400.0, Dark), (60.0, Ease)]),
        ),
        case(
            "left, and only the chair is there",
            Nothing,
            after_ease([(30.0, Ease), (600.0, Still("empty")), (120.0, Ease)]),
        ),
        case(
            "stood up",
            Question,
            after_ease([(30.0, Ease), (120.0, Standing)]),
        ),
        case(
            "the camera was pushed aside",
            Question,
            after_ease([(30.0, Ease), (120.0, Pushed)]),
        ),
    ]
}

/// What a clip came to.
#[derive(Debug, Default)]
pub(crate) struct Came {
    /// When each nudge was given, seconds.
    pub(crate) nudges: Vec<(f64, Nudge)>,
    /// Seconds until a question about the place was first asked.
    pub(crate) asked_s: Option<f64>,
    /// Looks, and those of them at which the networks were not asked.
    pub(crate) looks: usize,
    pub(crate) skipped: usize,
    /// Looks by state.
    pub(crate) states: BTreeMap<&'static str, usize>,
}

fn now(t_s: f64) -> Now {
    let start: Timestamp = Timestamp::from_second(1_795_424_400).unwrap();
    let gone = SignedDuration::from_nanos((1e9 * t_s).round() as i64);
    Now {
        t_s,
        at: start + gone,
        local: date(2026, 11, 23).at(9, 0, 0, 0).checked_add(gone).unwrap(),
    }
}

/// Shows a clip to the guard with a camera of so many pictures a second. The guard says when it looks next; the first picture from then on is taken.
pub(crate) fn watch(
    models: &Arc<Models>,
    frame: impl Fn(f64) -> Option<RgbImage>,
    seconds: f64,
    fps: f64,
) -> Came {
    let mut watcher = Watcher::new(Arc::clone(models), Policy::default());
    watcher.set_camera(Vec::new());
    watcher.calibrate("desk".into(), "Desk".into());
    let mut came = Came::default();
    let mut next_s = 0.0;
    for picture in 0..(seconds * fps).round() as u64 {
        let t_s = picture as f64 / fps;
        if t_s + 1e-9 < next_s {
            continue;
        }
        let Some(image) = frame(t_s) else { break };
        if let Some(due_s) = watcher.due_s().filter(|due_s| *due_s < t_s) {
            came.hear(due_s, &watcher.wait(&now(due_s)));
        }
        let looked = watcher.look(image, &now(t_s)).unwrap();
        next_s = t_s + looked.next_s;
        came.looks += 1;
        came.skipped += usize::from(looked.skipped);
        *came.states.entry(looked.observation.code()).or_default() += 1;
        if looked.asks == Some(Asks::NewPlace) {
            came.asked_s.get_or_insert(t_s);
        }
        if let Some(calibrated) = &looked.calibrated {
            assert!(calibrated.is_ok(), "{calibrated:?}");
        }
        came.hear(t_s, &looked.effects);
    }
    came
}

/// The same for a setup's pictures.
pub(crate) fn watch_stage(models: &Arc<Models>, stage: &Stage, script: &Script, fps: f64) -> Came {
    let seconds = script.iter().map(|(seconds, _)| seconds).sum();
    watch(models, |t_s| stage.frame(script, t_s), seconds, fps)
}

/// So far from its time a nudge may be, seconds, at any rate.
const ROOM_S: f64 = 1.0;

/// What is wrong with what a clip came to; nothing when it is as wanted.
pub(crate) fn fault(case: &Case, came: &Came) -> Option<String> {
    let bent = came
        .nudges
        .iter()
        .find_map(|(_, nudge)| match nudge.reason {
            Reason::Bent {
                bent_s,
                limit_s,
                kind,
                ..
            } => Some((bent_s, limit_s, kind.code())),
            Reason::NoBreak { .. } => None,
        });
    match case.wanted {
        Wanted::Nothing | Wanted::Question => {
            if !came.nudges.is_empty() {
                return Some(format!("it said something: {:?}", came.nudges));
            }
            if case.wanted == Wanted::Question && came.asked_s.is_none() {
                return Some("it did not ask about the place".into());
            }
            if case.wanted == Wanted::Nothing
                && let Some(asked_s) = came.asked_s
            {
                return Some(format!("it asked about the place at {asked_s} s"));
            }
            None
        }
        Wanted::Bent | Wanted::Hidden => {
            let Some((bent_s, limit_s, kind)) = bent else {
                return Some("it said nothing".into());
            };
            let wanted_kind = if case.wanted == Wanted::Bent {
                "measured"
            } else {
                "hidden"
            };
            let off_s = came.off_s(case).unwrap_or(f64::INFINITY);
            if kind != wanted_kind {
                Some(format!("the bend is called {kind}"))
            } else if (bent_s - limit_s).abs() > ROOM_S {
                Some(format!("bent for {bent_s:.1} s of {limit_s:.1} s"))
            } else if off_s.abs() > ROOM_S {
                Some(format!("{off_s:.1} s after its time"))
            } else {
                None
            }
        }
    }
}

impl Came {
    fn hear(&mut self, t_s: f64, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Nudge(nudge) = effect {
                self.nudges.push((t_s, *nudge));
            }
        }
    }

    /// How long after the holding time that it names the first nudge for bending came, counted from where the script begins to show bending. The
    /// short looks up belong to it.
    pub(crate) fn off_s(&self, case: &Case) -> Option<f64> {
        let (t_s, limit_s) = self
            .nudges
            .iter()
            .find_map(|(t_s, nudge)| match nudge.reason {
                Reason::Bent { limit_s, .. } => Some((*t_s, limit_s)),
                Reason::NoBreak { .. } => None,
            })?;
        let ease = case
            .script
            .iter()
            .take_while(|(_, shot)| *shot == Shot::Ease);
        let began_s = ease.map(|(seconds, _)| seconds).sum::<f64>();
        Some(t_s - began_s - limit_s)
    }
}
