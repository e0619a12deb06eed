//! What is known about a person at one moment of a recording: the one currency between readers, the exposure engine and every output.

use crate::units::Measured;

/// Why a moment with a visible person could not be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// The face does not fit a face well, or jumped against its own recent past.
    Residual,
    /// Too dark.
    Dark,
    /// Too blurred.
    Blur,
    /// More than one person could be meant.
    SeveralPeople,
    /// Turned so far that the measured errors exceed use.
    ExtremeYaw,
    /// The sensor repeats itself to the last digit.
    Stuck,
}

impl Doubt {
    /// A stable word for files: lower case, underscores.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Residual => "residual",
            Self::Dark => "dark",
            Self::Blur => "blur",
            Self::SeveralPeople => "several_people",
            Self::ExtremeYaw => "extreme_yaw",
            Self::Stuck => "stuck",
        }
    }
}

/// The angles of a judged moment, deviations from the person's own neutral. What was not measured is absent, never 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Posture {
    /// Head inclination in the sagittal plane: + is nose down. ISO 11226's head inclination when the reference is the neutral posture.
    pub head_flexion: Option<Measured>,
    /// Lateral flexion of the head: + is ear to the right shoulder.
    pub head_lateral: Option<Measured>,
    /// Axial rotation of the head: + is to the person's left.
    pub head_rotation: Option<Measured>,
    /// Trunk inclination: + is forward.
    pub trunk_flexion: Option<Measured>,
    /// Neck flexion: head inclination minus trunk inclination (ISO 11226). Only where both were measured.
    pub neck_flexion: Option<Measured>,
}

/// What could be said about one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Observation {
    /// Measured and trusted.
    Judged(Posture),
    /// A person is there, the face cannot be read: bent far down or turned away. Never "fine", never "away".
    BentOrTurned,
    /// Nobody is there.
    Away,
    /// A person is there but the measurement is not trusted.
    Unreliable(Doubt),
}

impl Observation {
    /// The state's stable word for files.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Judged(_) => "judged",
            Self::BentOrTurned => "bent_or_turned",
            Self::Away => "away",
            Self::Unreliable(_) => "unreliable",
        }
    }
}

/// One moment of a recording.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Seconds from the start of the recording, finite.
    pub t_s: f64,
    /// What could be said.
    pub observation: Observation,
}
