//! Where the rows of a sensor or landmark file come from, whatever its format.

use nape_core::inertial::{Reading, Row};
use nape_formats::landmarks::{self, Format, Note, Shows};
use nape_formats::sensor::device::Readings;
use nape_formats::sensor::{self, Error, parquet};

use super::find::{Found, is_table};
use super::measure::{Measured, Settings, warning};
use super::summary;
use crate::cli::ViewChoice;
use crate::wire;

/// Why a file cannot be measured.
pub(crate) enum Failure {
    Sensor(Error),
    Landmarks(landmarks::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Sensor(error)
    }
}

impl Failure {
    pub(crate) fn of(self, found: &Found) -> Measured {
        let (kind, reason) = match self {
            // A page of prose has no columns to speak of.
            Self::Sensor(Error::Columns { any_known: false, .. }) if !is_table(&found.path) => (
                None,
                "This is a text file, neither a picture nor a video nor a table of sensor readings, whatever its name says; choose the recording itself.".to_owned(),
            ),
            Self::Sensor(error) => (Some(wire::Kind::Imu), error.to_string()),
            Self::Landmarks(error) => (Some(wire::Kind::Landmarks), error.to_string()),
        };
        Measured {
            input: summary::nothing(&found.name, kind, reason),
            samples: Vec::new(),
        }
    }
}

/// Where rows come from.
pub(crate) enum Rows {
    Sensor(Readings),
    Parquet(Box<parquet::Table>),
    /// Rows that were made of points or of the angles of joints.
    Landmarks(Box<Points>),
}

/// A landmark file that was read.
pub(crate) struct Points {
    rows: std::vec::IntoIter<Row<Reading>>,
    found: sensor::Found,
    shows: Shows,
    notes: Vec<Note>,
}

impl Rows {
    pub(crate) fn open(found: &Found, settings: &Settings) -> Result<Self, Failure> {
        if parquet::is_parquet_file(&found.path) {
            let table = parquet::open(&found.path, &settings.columns)?;
            return Ok(Self::Parquet(Box::new(table)));
        }
        let Some(format) = Format::of(&found.path).filter(|_| found.trunk.is_none()) else {
            let readings = Readings::open(&found.path, found.trunk.as_deref(), &settings.columns)?;
            return Ok(Self::Sensor(readings));
        };
        let options = landmarks::Options {
            columns: &settings.columns,
            view: match settings.view {
                ViewChoice::Front => Some(landmarks::View::Front),
                ViewChoice::Side => Some(landmarks::View::Side),
                ViewChoice::Auto => None,
            },
        };
        let read = landmarks::open(&found.path, format, &options).map_err(Failure::Landmarks)?;
        let seen = sensor::Found {
            rows: read.rows.len() as u64,
            bad_rows: read.empty,
            ..sensor::Found::default()
        };
        Ok(Self::Landmarks(Box::new(Points {
            rows: read.rows.into_iter(),
            found: seen,
            shows: read.shows,
            notes: read.notes,
        })))
    }

    /// Appends up to `most` rows, and says whether there may be more.
    pub(crate) fn next_rows(
        &mut self,
        most: usize,
        out: &mut Vec<Row<Reading>>,
    ) -> Result<bool, Error> {
        match self {
            Self::Sensor(readings) => readings.next_rows(most, out),
            Self::Parquet(table) => table.next_rows(most, out),
            Self::Landmarks(points) => {
                out.extend(points.rows.by_ref().take(most));
                Ok(points.rows.len() > 0)
            }
        }
    }

    pub(crate) fn next_row(&mut self) -> Result<Option<Row<Reading>>, Error> {
        match self {
            Self::Sensor(readings) => readings.next_row(),
            Self::Parquet(table) => table.next_row(),
            Self::Landmarks(points) => Ok(points.rows.next()),
        }
    }

    pub(crate) fn found(&self) -> &sensor::Found {
        match self {
            Self::Sensor(readings) => readings.found(),
            Self::Parquet(table) => table.found(),
            Self::Landmarks(points) => &points.found,
        }
    }

    pub(crate) fn is_raw(&self) -> bool {
        match self {
            Self::Sensor(readings) => readings.is_raw(),
            Self::Parquet(table) => table.is_raw(),
            Self::Landmarks(..) => false,
        }
    }

    /// What the rows hold; sensors show how they are turned in space.
    pub(crate) fn shows(&self) -> Shows {
        match self {
            Self::Sensor(_) | Self::Parquet(_) => Shows::Sensors,
            Self::Landmarks(points) => points.shows,
        }
    }

    pub(crate) fn kind(&self) -> wire::Kind {
        match self.shows() {
            Shows::Sensors => wire::Kind::Imu,
            Shows::Space | Shows::Plane | Shows::Neck => wire::Kind::Landmarks,
        }
    }

    /// What was found on the way that is not about single rows.
    pub(crate) fn notes(&self) -> Vec<wire::Warning> {
        let notes = match self {
            Self::Sensor(_) | Self::Parquet(_) => [].as_slice(),
            Self::Landmarks(points) => &points.notes,
        };
        notes
            .iter()
            .map(|note| warning(note.code, &note.message, None))
            .collect()
    }
}
