//! Where the rows of a sensor or landmark file come from, whatever its format.

use std::io::Read;
use std::path::Path;

use nape_core::inertial::{Reading, Row};
use nape_formats::landmarks;
use nape_formats::sensor::device::Readings;
use nape_formats::sensor::{self, Error};

use super::find::{Found, is_table};
use super::measure::{Measured, Settings};
use super::summary;
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
    /// Rows that were made of points, and what was found on the way.
    Landmarks(std::vec::IntoIter<Row<Reading>>, sensor::Found),
}

impl Rows {
    pub(crate) fn open(found: &Found, settings: &Settings) -> Result<Self, Failure> {
        if !is_marker_file(&found.path) {
            let readings = Readings::open(&found.path, found.trunk.as_deref(), &settings.columns)?;
            return Ok(Self::Sensor(readings));
        }
        let read = std::fs::File::open(&found.path)
            .map_err(landmarks::Error::Io)
            .and_then(landmarks::trc::read)
            .map_err(Failure::Landmarks)?;
        let seen = sensor::Found {
            rows: read.rows.len() as u64,
            bad_rows: read.empty,
            ..sensor::Found::default()
        };
        Ok(Self::Landmarks(read.rows.into_iter(), seen))
    }

    pub(crate) fn next_row(&mut self) -> Result<Option<Row<Reading>>, Error> {
        match self {
            Self::Sensor(readings) => readings.next_row(),
            Self::Landmarks(rows, _) => Ok(rows.next()),
        }
    }

    pub(crate) fn found(&self) -> &sensor::Found {
        match self {
            Self::Sensor(readings) => readings.found(),
            Self::Landmarks(_, found) => found,
        }
    }

    pub(crate) fn is_raw(&self) -> bool {
        match self {
            Self::Sensor(readings) => readings.is_raw(),
            Self::Landmarks(..) => false,
        }
    }

    pub(crate) fn kind(&self) -> wire::Kind {
        match self {
            Self::Sensor(_) => wire::Kind::Imu,
            Self::Landmarks(..) => wire::Kind::Landmarks,
        }
    }
}

fn is_marker_file(path: &Path) -> bool {
    let mut head = [0; 16];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head));
    read.is_ok_and(|length| landmarks::trc::is_trc(&head[..length]))
}
