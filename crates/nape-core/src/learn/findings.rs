//! What may be said beside the word of a trial, so that nobody reads more into it than its interval allows.

use super::analysis::{Analysis, SURE, Verdict, Why};

/// The share of orders from which on chance alone explains a difference too easily to be passed over.
pub const EASILY_BY_CHANCE: f64 = 0.05;

/// One thing that is true of a result. Each has a sentence of its own on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    /// All of the 95 % interval is below zero.
    Lower,
    /// All of the 95 % interval is above zero.
    Higher,
    /// The 95 % interval holds zero.
    EitherWay,
    /// All of the interval is below zero, and all of it is smaller than the worthwhile change.
    LittleLower,
    /// A worthwhile help was said, and the interval also holds smaller ones.
    PerhapsSmaller,
    /// No worthwhile help was said, and the interval still holds one.
    HelpNotRuledOut,
    /// No worsening was said, and the interval still holds one as large as the worthwhile change.
    WorseNotRuledOut,
    /// No worthwhile difference was said, and the care raises ratings with a probability of 80 % or more.
    RatherHigher,
    /// What was really done leads to another word than what was drawn.
    DoneDiffers,
    /// With less weight on odd days the word is another one.
    OddDaysMatter,
    /// The draw alone gives a difference as large in more than 5 % of all orders, though a help or a worsening was said.
    EasilyByChance,
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Lower,
        Self::Higher,
        Self::EitherWay,
        Self::LittleLower,
        Self::PerhapsSmaller,
        Self::HelpNotRuledOut,
        Self::WorseNotRuledOut,
        Self::RatherHigher,
        Self::DoneDiffers,
        Self::OddDaysMatter,
        Self::EasilyByChance,
    ];

    /// The word for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::EitherWay => "either_way",
            Self::LittleLower => "little_lower",
            Self::PerhapsSmaller => "perhaps_smaller",
            Self::HelpNotRuledOut => "help_not_ruled_out",
            Self::WorseNotRuledOut => "worse_not_ruled_out",
            Self::RatherHigher => "rather_higher",
            Self::DoneDiffers => "done_differs",
            Self::OddDaysMatter => "odd_days_matter",
            Self::EasilyByChance => "easily_by_chance",
        }
    }
}

/// What is true of a result, in the order in which it is told. `delta` is the worthwhile change in points. Nothing, while the end has not come and where too much is
/// missing: what is missing may be missing for a reason, and then the interval does not hold what it says.
#[must_use]
pub fn findings(analysis: &Analysis, delta: f64) -> Vec<Finding> {
    if matches!(
        analysis.why,
        Why::BeforeEnd | Why::TooManyMissing | Why::TooFewPairs
    ) {
        return Vec::new();
    }
    let estimate = &analysis.as_drawn;
    let (low, high) = (estimate.low, estimate.high);
    let verdict = analysis.verdict;
    let mut found = Vec::new();
    found.push(if high < 0.0 && low > -delta {
        Finding::LittleLower
    } else if high < 0.0 {
        Finding::Lower
    } else if low > 0.0 {
        Finding::Higher
    } else {
        Finding::EitherWay
    });
    let is_help = verdict == Verdict::WorthwhileHelp;
    let is_worse = verdict == Verdict::MayWorsen;
    let mut add = |is_so: bool, finding| {
        if is_so {
            found.push(finding);
        }
    };
    add(is_help && high > -delta, Finding::PerhapsSmaller);
    add(!is_help && low < -delta, Finding::HelpNotRuledOut);
    add(!is_worse && high > delta, Finding::WorseNotRuledOut);
    add(
        verdict == Verdict::NoWorthwhileDifference && estimate.p_worse >= SURE && low <= 0.0,
        Finding::RatherHigher,
    );
    add(!analysis.done_agrees(), Finding::DoneDiffers);
    add(!analysis.robust_agrees(), Finding::OddDaysMatter);
    add(
        (is_help || is_worse) && analysis.redrawn.p > EASILY_BY_CHANCE,
        Finding::EasilyByChance,
    );
    found
}

/// Points with their sign and one decimal, as they are shown everywhere; a difference that rounds to nothing has no sign.
#[must_use]
pub fn shown_points(value: f64) -> String {
    let text = format!("{value:+.1}");
    if text == "-0.0" || text == "+0.0" {
        "0.0".into()
    } else {
        text
    }
}

/// Whole percent, as they are shown everywhere; what is not certain is never called 0 or 100.
#[must_use]
pub fn shown_percent(share: f64) -> String {
    if share < 0.005 {
        "< 1".into()
    } else if share > 0.995 && share < 1.0 {
        "> 99".into()
    } else {
        format!("{:.0}", 100.0 * share)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::learn::simulate::{self, Answers, Chance, Truth};
    use crate::learn::{Design, Kind, Layout, Settings, Trial, analyse};

    fn analysis(kind: Kind, effect: f64, sd: f64, seed: u64) -> Option<Analysis> {
        let truth = Truth {
            effect,
            sd,
            ..Truth::NOTHING
        };
        let design = Design::usual(kind);
        let mut chance = Chance::new(seed);
        let days = simulate::days(design, truth, 0.1, Answers::Whole, &mut chance);
        let planned = Some(u32::from(design.days()));
        let trial = Trial::new(&days, Some(Layout::of(kind)), planned).ok()?;
        Some(analyse(&trial, Settings::default()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(120))]
        /// Whatever a trial finds, exactly one sentence says where zero lies, and none promises what the interval does not hold.
        #[test]
        fn nothing_is_said_that_the_interval_does_not_hold(
            kind in prop::sample::select(&Kind::ALL[..]),
            effect in -5.0..5.0_f64,
            sd in 0.3..3.0_f64,
            seed in any::<u64>(),
        ) {
            let Some(analysis) = analysis(kind, effect, sd, seed) else { return Ok(()) };
            let delta = Settings::default().delta();
            let found = findings(&analysis, delta);
            if matches!(analysis.why, Why::TooManyMissing | Why::TooFewPairs) {
                prop_assert_eq!(found, []);
                return Ok(());
            }
            let (low, high) = (analysis.as_drawn.low, analysis.as_drawn.high);
            let has = |finding| found.contains(&finding);
            let places = [Finding::Lower, Finding::Higher, Finding::EitherWay, Finding::LittleLower];
            prop_assert_eq!(places.iter().filter(|place| has(**place)).count(), 1);
            prop_assert_eq!(has(Finding::EitherWay), low <= 0.0 && high >= 0.0);
            prop_assert!(!has(Finding::Lower) || high < 0.0);
            prop_assert!(!has(Finding::LittleLower) || (high < 0.0 && low > -delta));
            prop_assert!(!has(Finding::Higher) || low > 0.0);
            if analysis.verdict != Verdict::WorthwhileHelp {
                prop_assert_eq!(has(Finding::HelpNotRuledOut), low < -delta);
            }
            if analysis.verdict == Verdict::NoWorthwhileDifference {
                prop_assert_eq!(has(Finding::WorseNotRuledOut), high > delta);
            }
            prop_assert!(analysis.verdict != Verdict::WorthwhileHelp || has(Finding::PerhapsSmaller) || high <= -delta);
        }
    }

    #[test]
    fn names_are_all_different() {
        let names: std::collections::BTreeSet<_> = Finding::ALL.map(Finding::name).into();
        assert_eq!(names.len(), Finding::ALL.len());
    }

    #[test]
    fn numbers_are_shown_without_more_than_they_hold() {
        for (value, text) in [
            (-0.04, "0.0"),
            (0.04, "0.0"),
            (-1.25, "-1.2"),
            (2.0, "+2.0"),
        ] {
            assert_eq!(shown_points(value), text);
        }
        for (share, text) in [
            (0.0, "< 1"),
            (0.004, "< 1"),
            (0.2, "20"),
            (0.999, "> 99"),
            (1.0, "100"),
        ] {
            assert_eq!(shown_percent(share), text);
        }
    }
}
