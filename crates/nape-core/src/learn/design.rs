//! What is compared, in which order of days, and for how long.

/// Which of the two a day belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arm {
    /// The care that is tried: A.
    Care,
    /// What it is compared with: B.
    Comparator,
}

impl Arm {
    /// The letter in files: A or B.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Care => 'A',
            Self::Comparator => 'B',
        }
    }

    /// The arm of a letter; small letters count as well.
    #[must_use]
    pub const fn of_letter(letter: char) -> Option<Self> {
        match letter {
            'A' | 'a' => Some(Self::Care),
            'B' | 'b' => Some(Self::Comparator),
            _ => None,
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Care => Self::Comparator,
            Self::Comparator => Self::Care,
        }
    }
}

/// What a trial can try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tried {
    /// Self-massage.
    Massage,
    /// Warmth on the skin.
    Heat,
    /// Stretching.
    Stretching,
    /// Strengthening.
    Strengthening,
    /// Movement breaks.
    Breaks,
}

impl Tried {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Massage,
        Self::Heat,
        Self::Stretching,
        Self::Strengthening,
        Self::Breaks,
    ];

    /// The word for programs and for the protocol.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Massage => "massage",
            Self::Heat => "heat",
            Self::Stretching => "stretching",
            Self::Strengthening => "strengthening",
            Self::Breaks => "breaks",
        }
    }

    /// What a word names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tried| tried.name() == name)
    }
}

/// The two questions, which are not to be mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Relief on the same day: each day is drawn, in blocks of two days.
    SameDay,
    /// What builds up over a week: periods of seven days, in pairs.
    BuildUp,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::SameDay, Self::BuildUp];

    /// The word for programs and for the protocol.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameDay => "same_day",
            Self::BuildUp => "build_up",
        }
    }

    /// What a word names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Days in a row with the same arm.
    #[must_use]
    pub const fn period_days(self) -> u16 {
        match self {
            Self::SameDay => 1,
            Self::BuildUp => 7,
        }
    }

    /// Days at the start of each period that the analysis leaves out, because the period before may still be felt.
    #[must_use]
    pub const fn washout_days(self) -> u16 {
        match self {
            Self::SameDay => 0,
            Self::BuildUp => 2,
        }
    }

    /// Days of rating before the first day that is drawn.
    #[must_use]
    pub const fn run_in_days(self) -> u16 {
        7
    }

    /// Fewest pairs of periods that a trial may have.
    #[must_use]
    pub const fn least_pairs(self) -> u16 {
        match self {
            Self::SameDay => 10,
            Self::BuildUp => 3,
        }
    }

    /// Pairs where nothing else is asked for.
    #[must_use]
    pub const fn default_pairs(self) -> u16 {
        match self {
            Self::SameDay => 14,
            Self::BuildUp => 3,
        }
    }

    /// Most pairs: nobody keeps up a longer one.
    #[must_use]
    pub const fn most_pairs(self) -> u16 {
        match self {
            Self::SameDay => 30,
            Self::BuildUp => 8,
        }
    }
}

/// How a trial is built: its kind, and how many pairs of periods. A pair of single days is a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Design {
    kind: Kind,
    pairs: u16,
}

/// Why a design cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pairs} pairs of {} days: at least {} are needed and at most {} make sense", kind.period_days(), kind.least_pairs(), kind.most_pairs())]
pub struct DesignError {
    kind: Kind,
    pairs: u16,
}

impl Design {
    /// A design of so many pairs.
    ///
    /// # Errors
    /// With fewer pairs than [`Kind::least_pairs`] or more than [`Kind::most_pairs`].
    pub fn new(kind: Kind, pairs: u16) -> Result<Self, DesignError> {
        if (kind.least_pairs()..=kind.most_pairs()).contains(&pairs) {
            Ok(Self { kind, pairs })
        } else {
            Err(DesignError { kind, pairs })
        }
    }

    /// The usual length of a kind.
    #[must_use]
    pub const fn usual(kind: Kind) -> Self {
        Self {
            kind,
            pairs: kind.default_pairs(),
        }
    }

    /// Which question it answers.
    #[must_use]
    pub const fn kind(self) -> Kind {
        self.kind
    }

    /// Pairs of periods.
    #[must_use]
    pub const fn pairs(self) -> u16 {
        self.pairs
    }

    /// Days that are drawn, without the run-in.
    #[must_use]
    pub const fn days(self) -> u16 {
        2 * self.pairs * self.kind.period_days()
    }
}
