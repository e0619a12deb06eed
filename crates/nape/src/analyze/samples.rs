//! `--samples`: one row a sample, in CSV or Parquet, written while the inputs are still being measured.
//!
//! Rows are in the order of the inputs, however many are measured at once: what is finished before its turn waits on the disk, not in memory. Until all is there, nothing has a
//! name, so that whatever ends the program leaves nothing behind.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use nape_core::sample::{Observation, Sample};
use nape_core::units::Measured as Angle;
use parquet::data_type::ByteArray;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::summary::degrees;
use super::table::{Cells, properties};
use crate::write::{cannot_write, folder_of, write_file};

/// The columns. What was not measured is empty in CSV and null in Parquet.
const COLUMNS: [&str; 9] = [
    "input",
    "t_s",
    "state",
    "head_flexion_deg",
    "head_lateral_deg",
    "head_rotation_deg",
    "trunk_flexion_deg",
    "neck_flexion_deg",
    "uncertainty_deg",
];
/// How many of them are angles.
const ANGLES: usize = 6;
/// Rows of one row group of Parquet: enough to compress well, and a few megabytes in memory.
const GROUP_ROWS: usize = 1 << 16;
/// Marks a table of samples in the metadata of a Parquet file.
pub(crate) const SAMPLES_KEY: &str = "nape.samples";

/// The states by number, for rows that wait.
const STATES: [&str; 4] = ["judged", "bent_or_turned", "away", "unreliable"];
/// Bytes of a row that waits: a time, a state, the angles.
const ROW_BYTES: usize = 8 + 1 + 8 * ANGLES;

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    Parquet,
}

impl Form {
    /// By the file's name. `None` for a name that says something else.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        match ending.as_deref().and_then(|ending| ending.to_str()) {
            None => Some(Self::Csv),
            Some("csv") => Some(Self::Csv),
            Some("parquet") => Some(Self::Parquet),
            Some(_) => None,
        }
    }
}

/// A sample as it is written: rounded, and absent what was not measured.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Row {
    t_s: f64,
    state: u8,
    angles: [Option<f64>; ANGLES],
}

impl Row {
    fn of(sample: &Sample) -> Self {
        let value = |angle: Option<Angle>| angle.map(|angle| degrees(angle.value.value()));
        let code = sample.observation.code();
        let state = STATES.iter().position(|state| *state == code);
        let angles = match &sample.observation {
            Observation::Judged(posture) => [
                value(posture.head_flexion),
                value(posture.head_lateral),
                value(posture.head_rotation),
                value(posture.trunk_flexion),
                value(posture.neck_flexion),
                posture
                    .head_flexion
                    .map(|angle| degrees(angle.uncertainty.value())),
            ],
            Observation::BentOrTurned | Observation::Away | Observation::Unreliable(_) => {
                [None; ANGLES]
            }
        };
        Self {
            t_s: (sample.t_s * 1e3).round() / 1e3 + 0.0,
            state: state.unwrap_or_default() as u8,
            angles,
        }
    }

    fn state(&self) -> &'static str {
        STATES[usize::from(self.state) % STATES.len()]
    }

    fn to_bytes(self) -> [u8; ROW_BYTES] {
        let mut bytes = [0; ROW_BYTES];
        bytes[..8].copy_from_slice(&self.t_s.to_le_bytes());
        bytes[8] = self.state;
        for (angle, place) in self.angles.iter().zip(bytes[9..].chunks_exact_mut(8)) {
            place.copy_from_slice(&angle.unwrap_or(f64::NAN).to_le_bytes());
        }
        bytes
    }

    fn of_bytes(bytes: &[u8; ROW_BYTES]) -> Self {
        let number = |at: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&bytes[at..at + 8]);
            f64::from_le_bytes(eight)
        };
        Self {
            t_s: number(0),
            state: bytes[8],
            angles: std::array::from_fn(|at| Some(number(9 + 8 * at)).filter(|a| !a.is_nan())),
        }
    }
}

/// Where rows go, in order.
enum Table {
    Csv(Box<csv::Writer<File>>),
    Parquet(Box<Group>),
}

/// A Parquet file and the row group that is being filled.
struct Group {
    writer: SerializedFileWriter<BufWriter<File>>,
    cells: [Cells; COLUMNS.len()],
    rows: usize,
    /// The name of the input, shared by its rows.
    input: ByteArray,
    states: [ByteArray; STATES.len()],
}

impl Group {
    fn new(file: File) -> anyhow::Result<Self> {
        let [input, t_s, state, angles @ ..] = COLUMNS;
        let mut message = format!(
            "message nape_samples {{ required binary {input} (STRING); required double {t_s}; required binary {state} (STRING); "
        );
        for angle in angles {
            message += &format!("optional double {angle}; ");
        }
        let schema = Arc::new(parse_message_type(&(message + "}"))?);
        let metadata = vec![(SAMPLES_KEY, env!("CARGO_PKG_VERSION").to_owned())];
        let writer = SerializedFileWriter::new(BufWriter::new(file), schema, properties(metadata))?;
        Ok(Self {
            writer,
            cells: Default::default(),
            rows: 0,
            input: ByteArray::from(""),
            states: STATES.map(ByteArray::from),
        })
    }

    fn push(&mut self, input: &str, row: &Row) -> anyhow::Result<()> {
        let [name, t_s, state, angles @ ..] = &mut self.cells;
        if self.input.data() != input.as_bytes() {
            self.input = ByteArray::from(input.as_bytes().to_vec());
        }
        name.text(self.input.clone());
        t_s.float(Some(row.t_s));
        state.text(self.states[usize::from(row.state) % STATES.len()].clone());
        for (cells, angle) in angles.iter_mut().zip(row.angles) {
            cells.float(angle);
        }
        self.rows += 1;
        if self.rows == GROUP_ROWS {
            self.end_group()?;
        }
        Ok(())
    }

    fn end_group(&mut self) -> anyhow::Result<()> {
        let cells = std::mem::take(&mut self.cells);
        let rows = std::mem::take(&mut self.rows);
        if rows > 0 {
            let mut group = self.writer.next_row_group()?;
            for column in &cells {
                column.write(&mut group)?;
            }
            group.close()?;
        }
        Ok(())
    }
}

impl Table {
    fn push(&mut self, input: &str, row: &Row) -> anyhow::Result<()> {
        match self {
            Self::Csv(csv) => {
                let mut fields = [const { String::new() }; COLUMNS.len()];
                fields[0] = input.to_owned();
                fields[1] = format!("{:.3}", row.t_s);
                fields[2] = row.state().to_owned();
                for (field, angle) in fields[3..].iter_mut().zip(row.angles) {
                    if let Some(angle) = angle {
                        *field = angle.to_string();
                    }
                }
                csv.write_record(fields)?;
                Ok(())
            }
            Self::Parquet(group) => group.push(input, row),
        }
    }

    /// The finished file, at its beginning.
    fn end(self) -> anyhow::Result<File> {
        let mut file = match self {
            Self::Csv(csv) => csv
                .into_inner()
                .map_err(|error| io::Error::new(error.error().kind(), error.error().to_string()))?,
            Self::Parquet(mut group) => {
                group.end_group()?;
                let out = group.writer.into_inner()?;
                out.into_inner().map_err(io::IntoInnerError::into_error)?
            }
        };
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// The samples of a run on their way to their file.
pub(crate) struct Samples {
    path: PathBuf,
    table: Table,
    /// The input whose turn it is.
    next: usize,
    /// Rows of inputs that were finished early, and where they are: first byte and number of rows.
    early: Option<File>,
    waiting: BTreeMap<usize, (String, u64, u64)>,
}

impl Samples {
    pub(crate) fn create(path: &Path, form: Form) -> anyhow::Result<Self> {
        let cannot = || cannot_write(path);
        let file = unnamed(path).with_context(cannot)?;
        let table = match form {
            Form::Csv => {
                let mut csv = csv::Writer::from_writer(file);
                csv.write_record(COLUMNS).with_context(cannot)?;
                Table::Csv(Box::new(csv))
            }
            Form::Parquet => Table::Parquet(Box::new(Group::new(file).with_context(cannot)?)),
        };
        Ok(Self {
            path: path.to_owned(),
            table,
            next: 0,
            early: None,
            waiting: BTreeMap::new(),
        })
    }

    /// Takes an input's samples. Every input comes once, with or without any.
    pub(crate) fn take(
        &mut self,
        index: usize,
        input: &str,
        samples: &[Sample],
    ) -> anyhow::Result<()> {
        self.place(index, input, samples)
            .with_context(|| cannot_write(&self.path))
    }

    fn place(&mut self, index: usize, input: &str, samples: &[Sample]) -> anyhow::Result<()> {
        if index != self.next {
            return self.keep(index, input, samples);
        }
        for sample in samples {
            self.table.push(input, &Row::of(sample))?;
        }
        self.next += 1;
        while let Some((input, from, rows)) = self.waiting.remove(&self.next) {
            if let Some(early) = &mut self.early {
                early.seek(SeekFrom::Start(from))?;
                let mut early = BufReader::new(early);
                let mut bytes = [0; ROW_BYTES];
                for _ in 0..rows {
                    early.read_exact(&mut bytes)?;
                    self.table.push(&input, &Row::of_bytes(&bytes))?;
                }
            }
            self.next += 1;
        }
        if self.waiting.is_empty() {
            // Gives the space back.
            self.early = None;
        }
        Ok(())
    }

    fn keep(&mut self, index: usize, input: &str, samples: &[Sample]) -> anyhow::Result<()> {
        let early = match &mut self.early {
            Some(early) => early,
            None => self.early.insert(unnamed(&self.path)?),
        };
        let from = early.seek(SeekFrom::End(0))?;
        let mut out = BufWriter::new(early);
        for sample in samples {
            out.write_all(&Row::of(sample).to_bytes())?;
        }
        out.flush()?;
        let entry = (input.to_owned(), from, samples.len() as u64);
        self.waiting.insert(index, entry);
        Ok(())
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let cannot = || cannot_write(&self.path);
        let mut file = self.table.end().with_context(cannot)?;
        write_file(&self.path, |out| {
            io::copy(&mut file, out)?;
            Ok(())
        })
    }
}

/// A file without a name, where the one with a name will be: there is where the space is.
fn unnamed(path: &Path) -> io::Result<File> {
    // A device or pipe may be where nobody can create files.
    tempfile::tempfile_in(folder_of(path)).or_else(|_| tempfile::tempfile())
}

#[cfg(test)]
mod tests {
    use nape_core::sample::Posture;
    use nape_core::units::Degrees;
    use proptest::prelude::*;

    use super::*;

    fn sample(t_s: f64, flexion: Option<f64>) -> Sample {
        Sample {
            t_s,
            observation: match flexion {
                Some(flexion) => Observation::Judged(Posture {
                    head_flexion: Some(Angle {
                        value: Degrees::new(flexion).unwrap(),
                        uncertainty: Degrees::new(2.0).unwrap(),
                    }),
                    ..Posture::default()
                }),
                None => Observation::Away,
            },
        }
    }

    fn written(form: Form, order: &[usize], inputs: &[Vec<Sample>]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("samples");
        let mut samples = Samples::create(&path, form).unwrap();
        for index in order {
            let name = format!("{index}.csv");
            samples.take(*index, &name, &inputs[*index]).unwrap();
        }
        samples.finish().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        std::fs::read(path).unwrap()
    }

    proptest! {
        #[test]
        fn the_order_of_finishing_changes_no_byte(
            inputs in prop::collection::vec(
                prop::collection::vec((0.0..1e6, prop::option::of(-90.0..90.0)), 0..5), 4),
            order in Just([0usize, 1, 2, 3]).prop_shuffle(),
        ) {
            let inputs: Vec<Vec<Sample>> = inputs
                .iter()
                .map(|rows| rows.iter().map(|(t, flexion)| sample(*t, *flexion)).collect())
                .collect();
            for form in [Form::Csv, Form::Parquet] {
                let in_order = written(form, &[0, 1, 2, 3], &inputs);
                prop_assert_eq!(&written(form, &order, &inputs), &in_order);
            }
        }
    }
}
