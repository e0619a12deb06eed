//! The summary as a Parquet table: one row an input, one column a figure of the JSON contract, typed, and back again without loss.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use nape_core::exposure::Histogram;
use nape_formats::foreign;
use parquet::basic::Compression;
use parquet::column::reader::ColumnReader;
use parquet::data_type::ByteArray;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::{Map, Value};

use super::samples::SAMPLES_KEY;
use crate::wire;

/// What a column holds. A list belongs to one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Float,
    Int,
    Text,
    Floats,
    Ints,
    Texts,
}

use Kind::{Float, Floats, Int, Ints, Text, Texts};

/// Every figure: where it is in an entry of `inputs`, and its type. `*` stands for the entries of a list. The column's name is the path, joined by `_`.
/// A figure that is added to the contract needs a line here, and nothing else to be in the table; a test compares with the schema.
const FIGURES: &[(&str, Kind)] = &[
    ("/path", Text),
    ("/kind", Text),
    ("/view", Text),
    ("/duration_s", Float),
    ("/observed_s", Float),
    ("/missing_s", Float),
    ("/samples", Int),
    ("/state_s/judged", Float),
    ("/state_s/bent_or_turned", Float),
    ("/state_s/away", Float),
    ("/state_s/unreliable", Float),
    ("/neutral/from", Text),
    ("/neutral/head_flexion_deg", Float),
    ("/neutral/head_lateral_deg", Float),
    ("/neutral/head_rotation_deg", Float),
    ("/neutral/trunk_flexion_deg", Float),
    ("/neutral/samples", Int),
    ("/head_inclination/zones_s/lt0", Float),
    ("/head_inclination/zones_s/0_10", Float),
    ("/head_inclination/zones_s/10_20", Float),
    ("/head_inclination/zones_s/20_25", Float),
    ("/head_inclination/zones_s/25_40", Float),
    ("/head_inclination/zones_s/40_60", Float),
    ("/head_inclination/zones_s/60_85", Float),
    ("/head_inclination/zones_s/ge85", Float),
    ("/head_inclination/ge25_s", Float),
    ("/head_inclination/ge25_s_low", Float),
    ("/head_inclination/ge25_s_high", Float),
    ("/head_inclination/mean_deg", Float),
    ("/head_inclination/p10_deg", Float),
    ("/head_inclination/p50_deg", Float),
    ("/head_inclination/p90_deg", Float),
    ("/head_inclination/p95_deg", Float),
    ("/head_inclination/holds/*/start_s", Floats),
    ("/head_inclination/holds/*/end_s", Floats),
    ("/head_inclination/holds/*/mean_deg", Floats),
    ("/head_inclination/holds/*/limit_s", Floats),
    ("/head_inclination/holds/*/ratio", Floats),
    ("/head_inclination/holds/*/recovery_wanted_s", Floats),
    ("/head_inclination/holds/*/recovery_s", Floats),
    ("/head_inclination/histogram/lower_deg", Floats),
    ("/head_inclination/histogram/ns", Ints),
    ("/neck_flexion/zones_s/lt0", Float),
    ("/neck_flexion/zones_s/0_10", Float),
    ("/neck_flexion/zones_s/10_20", Float),
    ("/neck_flexion/zones_s/20_25", Float),
    ("/neck_flexion/zones_s/25_40", Float),
    ("/neck_flexion/zones_s/40_60", Float),
    ("/neck_flexion/zones_s/60_85", Float),
    ("/neck_flexion/zones_s/ge85", Float),
    ("/neck_flexion/ge25_s", Float),
    ("/neck_flexion/ge25_s_low", Float),
    ("/neck_flexion/ge25_s_high", Float),
    ("/neck_flexion/mean_deg", Float),
    ("/neck_flexion/p10_deg", Float),
    ("/neck_flexion/p50_deg", Float),
    ("/neck_flexion/p90_deg", Float),
    ("/neck_flexion/p95_deg", Float),
    ("/neck_flexion/holds/*/start_s", Floats),
    ("/neck_flexion/holds/*/end_s", Floats),
    ("/neck_flexion/holds/*/mean_deg", Floats),
    ("/neck_flexion/holds/*/limit_s", Floats),
    ("/neck_flexion/holds/*/ratio", Floats),
    ("/neck_flexion/holds/*/recovery_wanted_s", Floats),
    ("/neck_flexion/holds/*/recovery_s", Floats),
    ("/why_null", Text),
    ("/trunk_inclination/zones_s/lt0", Float),
    ("/trunk_inclination/zones_s/0_20", Float),
    ("/trunk_inclination/zones_s/20_60", Float),
    ("/trunk_inclination/zones_s/ge60", Float),
    ("/trunk_inclination/mean_deg", Float),
    ("/trunk_inclination/p10_deg", Float),
    ("/trunk_inclination/p50_deg", Float),
    ("/trunk_inclination/p90_deg", Float),
    ("/trunk_inclination/holds/*/start_s", Floats),
    ("/trunk_inclination/holds/*/end_s", Floats),
    ("/trunk_inclination/holds/*/mean_deg", Floats),
    ("/trunk_inclination/holds/*/limit_s", Floats),
    ("/trunk_inclination/holds/*/ratio", Floats),
    ("/trunk_inclination/holds/*/recovery_wanted_s", Floats),
    ("/trunk_inclination/holds/*/recovery_s", Floats),
    ("/rotation/min_deg", Float),
    ("/rotation/max_deg", Float),
    ("/lateral_flexion/min_deg", Float),
    ("/lateral_flexion/max_deg", Float),
    ("/rula_neck/angle", Text),
    ("/rula_neck/seconds_at_score", Floats),
    ("/rula_neck/most_frequent", Int),
    ("/rula_neck/highest", Int),
    ("/rula_neck/muscle_use/held_s", Float),
    ("/rula_neck/muscle_use/repeated_minutes", Int),
    ("/movement/breaks", Int),
    ("/movement/per_hour", Float),
    ("/movement/longest_still_s", Float),
    ("/symmetry/symmetric_s", Float),
    ("/symmetry/asymmetric_s", Float),
    ("/symmetry/lateral_gt10_s", Float),
    ("/symmetry/rotation_gt45_s", Float),
    ("/reba_neck/angle", Text),
    ("/reba_neck/seconds_at_score", Floats),
    ("/reba_neck/most_frequent", Int),
    ("/reba_neck/highest", Int),
    ("/en_1005_4/acceptable_s", Float),
    ("/en_1005_4/conditional_s", Float),
    ("/en_1005_4/not_acceptable_s", Float),
    ("/en_1005_4/movements", Int),
    ("/variation/median_sd_deg", Float),
    ("/variation/sd_per_10_min_deg", Floats),
    ("/variation/entropy_bits", Float),
    ("/variation/stays_s/lt0", Floats),
    ("/variation/stays_s/0_10", Floats),
    ("/variation/stays_s/10_20", Floats),
    ("/variation/stays_s/20_25", Floats),
    ("/variation/stays_s/25_40", Floats),
    ("/variation/stays_s/40_60", Floats),
    ("/variation/stays_s/60_85", Floats),
    ("/variation/stays_s/ge85", Floats),
    ("/c7_moment/neutral/nm", Float),
    ("/c7_moment/neutral/low_nm", Float),
    ("/c7_moment/neutral/high_nm", Float),
    ("/c7_moment/mean/nm", Float),
    ("/c7_moment/mean/low_nm", Float),
    ("/c7_moment/mean/high_nm", Float),
    ("/c7_moment/p90/nm", Float),
    ("/c7_moment/p90/low_nm", Float),
    ("/c7_moment/p90/high_nm", Float),
    ("/c7_moment/ratio", Float),
    ("/c7_moment/ratio_low", Float),
    ("/warnings/*/code", Texts),
    ("/warnings/*/message", Texts),
    ("/warnings/*/at_s", Floats),
    ("/error", Text),
];

/// The histogram in the contract, which the table holds as two columns: lower bounds and nanoseconds.
const HISTOGRAM: &str = "/head_inclination/histogram";

/// Keys of the file's own metadata.
const SCHEMA_KEY: &str = "nape.schema";
const VERSION_KEY: &str = "nape.version";
const MODELS_KEY: &str = "nape.models";

/// Inputs of one row group.
const GROUP_ROWS: usize = 1024;

/// The name of a figure's column.
fn name(pointer: &str) -> String {
    pointer
        .split('/')
        .filter(|part| !part.is_empty() && *part != "*")
        .collect::<Vec<_>>()
        .join("_")
}

fn message() -> String {
    let column = |(pointer, kind): &(&str, Kind)| {
        let name = name(pointer);
        let (of, text) = match kind {
            Float | Floats => ("double", ""),
            Int | Ints => ("int64", ""),
            Text | Texts => ("binary", " (STRING)"),
        };
        match kind {
            Float | Int | Text => format!("optional {of} {name}{text};"),
            Floats | Ints | Texts => format!(
                "optional group {name} (LIST) {{ repeated group list {{ optional {of} element{text}; }} }}"
            ),
        }
    };
    let columns: String = FIGURES.iter().map(column).collect();
    format!("message nape_summary {{ {columns} }}")
}

/// How every table of nape is written.
pub(crate) fn properties(metadata: Vec<(&str, String)>) -> WriterPropertiesPtr {
    let entries = metadata
        .into_iter()
        .map(|(key, value)| KeyValue::new(key.to_owned(), value))
        .collect();
    Arc::new(
        WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("nape {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(entries))
            .build(),
    )
}

/// The values of one column of one row group, as Parquet lays them out: levels say what is missing and where a list begins.
#[derive(Default)]
pub(crate) struct Cells {
    definition: Vec<i16>,
    repetition: Vec<i16>,
    floats: Vec<f64>,
    ints: Vec<i64>,
    texts: Vec<ByteArray>,
}

impl Cells {
    pub(crate) fn float(&mut self, value: Option<f64>) {
        self.definition.push(i16::from(value.is_some()));
        self.floats.extend(value);
    }

    pub(crate) fn text(&mut self, value: ByteArray) {
        self.definition.push(1);
        self.texts.push(value);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Number(number) => {
                self.floats.extend(number.as_f64());
                self.ints.extend(number.as_i64());
            }
            Value::String(text) => self.texts.push(ByteArray::from(text.as_bytes().to_vec())),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {}
        }
    }

    fn one(&mut self, value: Option<&Value>) {
        let there = value.filter(|value| !value.is_null());
        self.definition.push(i16::from(there.is_some()));
        if let Some(value) = there {
            self.value(value);
        }
    }

    fn list(&mut self, values: Option<Vec<Option<&Value>>>) {
        let Some(values) = values else {
            self.definition.push(0);
            self.repetition.push(0);
            return;
        };
        if values.is_empty() {
            self.definition.push(1);
            self.repetition.push(0);
        }
        for (at, value) in values.into_iter().enumerate() {
            self.repetition.push(i16::from(at > 0));
            let there = value.filter(|value| !value.is_null());
            self.definition.push(if there.is_some() { 3 } else { 2 });
            if let Some(value) = there {
                self.value(value);
            }
        }
    }

    pub(crate) fn write<W: Write + Send>(
        &self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> parquet::errors::Result<()> {
        let Some(mut column) = group.next_column()? else {
            return Ok(());
        };
        let levels = Some(self.definition.as_slice());
        let starts = (!self.repetition.is_empty()).then_some(self.repetition.as_slice());
        use parquet::column::writer::ColumnWriter as Typed;
        match column.untyped() {
            Typed::DoubleColumnWriter(out) => out.write_batch(&self.floats, levels, starts)?,
            Typed::Int64ColumnWriter(out) => out.write_batch(&self.ints, levels, starts)?,
            Typed::ByteArrayColumnWriter(out) => out.write_batch(&self.texts, levels, starts)?,
            Typed::BoolColumnWriter(_)
            | Typed::Int32ColumnWriter(_)
            | Typed::Int96ColumnWriter(_)
            | Typed::FloatColumnWriter(_)
            | Typed::FixedLenByteArrayColumnWriter(_) => {
                unreachable!("nape's tables hold no such column")
            }
        };
        column.close()
    }
}

/// The value at a path, or for a path with `*` the values in the list.
fn entries<'a>(input: &'a Value, pointer: &str) -> Option<Vec<Option<&'a Value>>> {
    let (list, rest) = pointer.split_once("/*").unwrap_or((pointer, ""));
    let entries = input.pointer(list)?.as_array()?;
    Some(entries.iter().map(|entry| entry.pointer(rest)).collect())
}

/// Writes the table.
pub(crate) fn write<W: Write + Send>(out: W, analysis: &wire::Analysis) -> anyhow::Result<()> {
    let schema = Arc::new(parse_message_type(&message())?);
    let metadata = vec![
        (SCHEMA_KEY, analysis.schema.clone()),
        (VERSION_KEY, analysis.nape.clone()),
        (MODELS_KEY, serde_json::to_string(&analysis.models)?),
    ];
    let mut writer = SerializedFileWriter::new(out, schema, properties(metadata))?;
    for inputs in analysis.inputs.chunks(GROUP_ROWS) {
        let mut columns: Vec<Cells> = FIGURES.iter().map(|_| Cells::default()).collect();
        for input in inputs {
            let mut value = serde_json::to_value(input)?;
            if let Some(histogram) = value.pointer_mut(HISTOGRAM) {
                *histogram = as_columns(input);
            }
            for ((pointer, kind), cells) in FIGURES.iter().zip(&mut columns) {
                match kind {
                    Float | Int | Text => cells.one(value.pointer(pointer)),
                    Floats | Ints | Texts => cells.list(entries(&value, pointer)),
                }
            }
        }
        let mut group = writer.next_row_group()?;
        for cells in &columns {
            cells.write(&mut group)?;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

fn as_columns(input: &wire::Input) -> Value {
    let histogram = input
        .head_inclination
        .as_ref()
        .and_then(|head| head.histogram.as_ref());
    let bins = histogram.map_or(&[][..], |histogram| &histogram.bins);
    serde_json::json!({
        "lower_deg": bins.iter().map(|(bin, _)| lower_deg(*bin)).collect::<Vec<f64>>(),
        "ns": bins.iter().map(|(_, ns)| *ns).collect::<Vec<u64>>(),
    })
}

/// Lower bound of a bin: the double nearest to the tenth of a degree, so that equal bins of two files are equal numbers.
fn lower_deg(bin: u32) -> f64 {
    ((f64::from(bin) * Histogram::STEP_DEG + Histogram::FROM_DEG) * 10.0).round() / 10.0
}

fn bin_of(lower_deg: f64) -> u32 {
    ((lower_deg - Histogram::FROM_DEG) / Histogram::STEP_DEG).round() as u32
}

/// Whether a Parquet file is one that nape itself wrote.
pub(crate) fn is_own(path: &Path) -> bool {
    // A file that trips its reader is not nape's.
    foreign::caught(|| {
        let reader = SerializedFileReader::new(File::open(path).ok()?).ok()?;
        let entries = reader.metadata().file_metadata().key_value_metadata()?;
        let own = |entry: &KeyValue| [SCHEMA_KEY, SAMPLES_KEY].contains(&entry.key.as_str());
        Some(entries.iter().any(own))
    })
    .ok()
    .flatten()
    .unwrap_or(false)
}

/// A Parquet file is no summary of nape.
#[derive(Debug)]
pub(crate) struct Foreign;

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it is no summary of `nape analyze --format parquet`")
    }
}

impl std::error::Error for Foreign {}

/// Reads a table that [`write`] wrote.
///
/// # Errors
/// When it is another table, of another version, or broken.
pub(crate) fn read(path: &Path) -> anyhow::Result<wire::Analysis> {
    let file = File::open(path)?;
    let reader = SerializedFileReader::new(file)
        .map_err(|error| anyhow!("it is no whole Parquet file ({error})"))?;
    let metadata = reader.metadata().file_metadata();
    let entry = |key: &str| {
        let entries = metadata.key_value_metadata()?;
        entries.iter().find(|entry| entry.key == key)?.value.clone()
    };
    let Some(schema) = entry(SCHEMA_KEY) else {
        bail!(Foreign);
    };
    if schema != wire::SCHEMA {
        bail!(
            "it is of schema {schema}, and this version reads {}",
            wire::SCHEMA
        );
    }
    let columns: Vec<usize> = metadata
        .schema_descr()
        .columns()
        .iter()
        .map(|column| {
            let parts = column.path().parts();
            FIGURES
                .iter()
                .position(|(pointer, _)| parts.first().is_some_and(|part| *part == name(pointer)))
                .ok_or_else(|| anyhow!("its column {} is unknown to this version", column.path()))
        })
        .collect::<anyhow::Result<_>>()?;
    let models = entry(MODELS_KEY).unwrap_or_else(|| "[]".into());
    let mut analysis = wire::Analysis {
        schema,
        nape: entry(VERSION_KEY).unwrap_or_default(),
        models: serde_json::from_str(&models).context("its list of models is broken")?,
        inputs: Vec::new(),
    };
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group)?;
        let rows = usize::try_from(group.metadata().num_rows())?;
        let mut inputs = Vec::new();
        for (at, figure) in columns.iter().enumerate() {
            column(group.as_ref(), at, &FIGURES[*figure], rows, &mut inputs)
                .with_context(|| format!("its column {} is broken", name(FIGURES[*figure].0)))?;
        }
        for mut input in inputs {
            if let Some(histogram) = input.pointer_mut(HISTOGRAM) {
                *histogram = as_bins(histogram);
            }
            let input = serde_json::from_value(input)
                .with_context(|| format!("its row {} is broken", analysis.inputs.len() + 1))?;
            analysis.inputs.push(input);
        }
    }
    Ok(analysis)
}

fn as_bins(columns: &Value) -> Value {
    let list = |key: &str| columns[key].as_array().map_or(&[][..], Vec::as_slice);
    let bins: Vec<(u32, u64)> = list("lower_deg")
        .iter()
        .zip(list("ns"))
        .map(|(lower, ns)| {
            (
                bin_of(lower.as_f64().unwrap_or_default()),
                ns.as_u64().unwrap_or_default(),
            )
        })
        .collect();
    serde_json::json!({
        "from_deg": Histogram::FROM_DEG,
        "step_deg": Histogram::STEP_DEG,
        "bins": bins,
    })
}

/// Puts the values of a column into the inputs that they belong to. There are as many inputs as the first column has rows.
fn column(
    group: &dyn RowGroupReader,
    at: usize,
    (pointer, kind): &(&str, Kind),
    rows: usize,
    inputs: &mut Vec<Value>,
) -> anyhow::Result<()> {
    let (mut definition, mut repetition) = (Vec::new(), Vec::new());
    let (levels, starts) = (Some(&mut definition), Some(&mut repetition));
    let values: Vec<Value> = match group.get_column_reader(at)? {
        ColumnReader::DoubleColumnReader(mut reader) => {
            let mut values = Vec::new();
            reader.read_records(rows, levels, starts, &mut values)?;
            values.into_iter().map(Value::from).collect()
        }
        ColumnReader::Int64ColumnReader(mut reader) => {
            let mut values = Vec::new();
            reader.read_records(rows, levels, starts, &mut values)?;
            values.into_iter().map(Value::from).collect()
        }
        ColumnReader::ByteArrayColumnReader(mut reader) => {
            let mut values = Vec::new();
            reader.read_records(rows, levels, starts, &mut values)?;
            values
                .iter()
                .map(|text| Ok(Value::from(std::str::from_utf8(text.data())?)))
                .collect::<anyhow::Result<_>>()?
        }
        ColumnReader::BoolColumnReader(_)
        | ColumnReader::Int32ColumnReader(_)
        | ColumnReader::Int96ColumnReader(_)
        | ColumnReader::FloatColumnReader(_)
        | ColumnReader::FixedLenByteArrayColumnReader(_) => bail!("it has another type"),
    };
    let mut values = values.into_iter();
    let mut next = || values.next().ok_or_else(|| anyhow!("a value is missing"));
    let is_list = matches!(kind, Floats | Ints | Texts);
    let mut row = 0;
    let mut entry = 0;
    for (place, level) in definition.iter().enumerate() {
        let continues = is_list && repetition.get(place).is_some_and(|level| *level > 0);
        if continues {
            entry += 1;
        } else {
            row += usize::from(place > 0);
            entry = 0;
        }
        if row >= inputs.len() {
            inputs.push(Value::Object(Map::new()));
        }
        let Some(input) = inputs.get_mut(row) else {
            bail!("it has more rows than the others");
        };
        if !is_list {
            if *level > 0 {
                put(input, pointer, next()?);
            }
            continue;
        }
        let (list, rest) = pointer.split_once("/*").unwrap_or((pointer, ""));
        if *level > 0 {
            let found = at_or_new(input, list);
            if !found.is_array() {
                *found = Value::Array(Vec::new());
            }
            let Some(found) = found.as_array_mut().filter(|_| *level > 1) else {
                continue;
            };
            let value = if *level > 2 { next()? } else { Value::Null };
            if entry >= found.len() {
                found.push(Value::Null);
            }
            if let Some(there) = found.get_mut(entry) {
                put(there, rest, value);
            }
        }
    }
    Ok(())
}

fn put(place: &mut Value, pointer: &str, value: Value) {
    *at_or_new(place, pointer) = value;
}

/// The place at a path, made on the way.
fn at_or_new<'a>(value: &'a mut Value, pointer: &str) -> &'a mut Value {
    let mut place = value;
    for key in pointer.split('/').skip(1) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = &mut place[key];
    }
    place
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every path of a part of the schema that holds no other parts.
    fn leaves(schema: &Value, part: &Value, path: &str, found: &mut Vec<String>) {
        if let Some(name) = part["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            leaves(schema, &schema["$defs"][name], path, found);
        } else if let Some(any) = part["anyOf"].as_array() {
            for part in any.iter().filter(|part| part["type"] != "null") {
                leaves(schema, part, path, found);
            }
        } else if let Some(properties) = part["properties"].as_object() {
            for (key, part) in properties {
                leaves(schema, part, &format!("{path}/{key}"), found);
            }
        } else if part["items"]["$ref"].is_string() {
            leaves(schema, &part["items"], &format!("{path}/*"), found);
        } else {
            found.push(path.to_owned());
        }
    }

    #[test]
    fn every_figure_of_the_schema_has_a_column_and_every_column_is_one() {
        let schema = include_str!("../../../../docs/schema/nape.analysis.1.json");
        let schema: Value = serde_json::from_str(schema).unwrap();
        let mut wanted = Vec::new();
        leaves(&schema, &schema["$defs"]["input"], "", &mut wanted);
        let histogram: Vec<_> = ["from_deg", "step_deg", "bins"]
            .iter()
            .map(|key| format!("{HISTOGRAM}/{key}"))
            .collect();
        // Of neck flexion there is none, though the schema shares the object.
        wanted.retain(|path| !path.contains("/histogram/") || histogram.contains(path));
        let mut columns: Vec<String> = FIGURES.iter().map(|(path, _)| (*path).to_owned()).collect();
        for column in ["lower_deg", "ns"] {
            let at = columns
                .iter()
                .position(|path| *path == format!("{HISTOGRAM}/{column}"));
            columns.remove(at.unwrap());
        }
        columns.extend(histogram);
        wanted.sort();
        columns.sort();
        assert_eq!(columns, wanted);
        let mut names: Vec<_> = FIGURES.iter().map(|(path, _)| name(path)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), FIGURES.len(), "two columns of one name");
    }

    fn seconds() -> impl Strategy<Value = f64> {
        (0u64..100_000_000).prop_map(|ms| ms as f64 / 1e3)
    }

    fn degrees() -> impl Strategy<Value = f64> {
        (-9000i64..18000).prop_map(|hundredths| hundredths as f64 / 1e2)
    }

    fn hold() -> impl Strategy<Value = wire::Hold> {
        (
            seconds(),
            seconds(),
            degrees(),
            prop::option::of(seconds()),
            prop::option::of((0u32..90_000).prop_map(|r| f64::from(r) / 1e4)),
        )
            .prop_map(|(start_s, end_s, mean_deg, limit_s, ratio)| wire::Hold {
                start_s,
                end_s,
                mean_deg,
                limit_s,
                ratio,
                recovery_wanted_s: ratio,
                recovery_s: limit_s,
            })
    }

    fn histogram() -> impl Strategy<Value = wire::Histogram> {
        prop::collection::btree_map(0u32..2700, 1u64..1 << 53, 1..20).prop_map(|bins| {
            wire::Histogram {
                from_deg: Histogram::FROM_DEG,
                step_deg: Histogram::STEP_DEG,
                bins: bins.into_iter().collect(),
            }
        })
    }

    fn inclination(
        histogram: impl Strategy<Value = Option<wire::Histogram>>,
    ) -> impl Strategy<Value = wire::HeadInclination> {
        (
            prop::array::uniform12(seconds()),
            prop::array::uniform5(prop::option::of(degrees())),
            prop::collection::vec(hold(), 0..4),
            histogram,
        )
            .prop_map(
                |(s, [mean_deg, p10_deg, p50_deg, p90_deg, p95_deg], holds, histogram)| {
                    wire::HeadInclination {
                        zones_s: wire::HeadZones {
                            lt0: s[0],
                            z0_10: s[1],
                            z10_20: s[2],
                            z20_25: s[3],
                            z25_40: s[4],
                            z40_60: s[5],
                            z60_85: s[6],
                            ge85: s[7],
                        },
                        ge25_s: s[8],
                        ge25_s_low: s[9],
                        ge25_s_high: s[10],
                        mean_deg,
                        p10_deg,
                        p50_deg,
                        p90_deg,
                        p95_deg,
                        holds,
                        histogram,
                    }
                },
            )
    }

    fn warning() -> impl Strategy<Value = wire::Warning> {
        (".{0,9}", ".{0,9}", prop::option::of(seconds())).prop_map(|(code, message, at_s)| {
            wire::Warning {
                code,
                message,
                at_s,
            }
        })
    }

    /// Any result there can be.
    pub(crate) fn input(path: impl Strategy<Value = String>) -> impl Strategy<Value = wire::Input> {
        let range = || {
            prop::option::of((degrees(), degrees()))
                .prop_map(|range| range.map(|(min_deg, max_deg)| wire::Range { min_deg, max_deg }))
        };
        let kind = prop::sample::select(vec![
            None,
            Some(wire::Kind::Image),
            Some(wire::Kind::Video),
            Some(wire::Kind::Imu),
            Some(wire::Kind::Landmarks),
        ]);
        let view =
            prop::sample::select(vec![None, Some(wire::View::Front), Some(wire::View::Side)]);
        let neutral = (
            ".{0,9}",
            prop::array::uniform4(prop::option::of(degrees())),
            any::<u32>(),
        )
            .prop_map(
                |(from, [head, lateral, rotation, trunk], samples)| wire::Neutral {
                    from,
                    head_flexion_deg: head,
                    head_lateral_deg: lateral,
                    head_rotation_deg: rotation,
                    trunk_flexion_deg: trunk,
                    samples: u64::from(samples),
                },
            );
        let rula = (
            prop::sample::select(vec!["neck_flexion", "head_inclination"]),
            prop::array::uniform6(seconds()),
            1u8..7,
            1u8..7,
        )
            .prop_map(
                |(angle, seconds_at_score, most_frequent, highest)| wire::RulaNeck {
                    angle: angle.into(),
                    seconds_at_score,
                    most_frequent,
                    highest,
                    muscle_use: (highest > 3).then_some(wire::MuscleUse {
                        held_s: seconds_at_score[0],
                        repeated_minutes: u64::from(most_frequent),
                    }),
                },
            );
        let movement = (any::<u32>(), prop::option::of(seconds()), seconds()).prop_map(
            |(breaks, per_hour, longest_still_s)| wire::Movement {
                breaks: u64::from(breaks),
                per_hour,
                longest_still_s,
            },
        );
        let trunk = (
            prop::array::uniform4(seconds()),
            prop::option::of(degrees()),
            prop::collection::vec(hold(), 0..3),
        )
            .prop_map(|([lt0, z0_20, z20_60, ge60], mean_deg, holds)| {
                wire::TrunkInclination {
                    zones_s: wire::TrunkZones {
                        lt0,
                        z0_20,
                        z20_60,
                        ge60,
                    },
                    mean_deg,
                    p10_deg: mean_deg,
                    p50_deg: None,
                    p90_deg: mean_deg,
                    holds,
                }
            });
        let symmetry = prop::array::uniform4(seconds()).prop_map(|s| wire::Symmetry {
            symmetric_s: s[0],
            asymmetric_s: s[1],
            lateral_gt10_s: s[2],
            rotation_gt45_s: s[3],
        });
        let reba = prop::array::uniform3(seconds()).prop_map(|seconds_at_score| wire::RebaNeck {
            angle: "neck_flexion".into(),
            seconds_at_score,
            most_frequent: 1,
            highest: 3,
        });
        let sight = (prop::array::uniform3(seconds()), any::<u32>()).prop_map(|(s, movements)| {
            wire::LineOfSight {
                acceptable_s: s[0],
                conditional_s: s[1],
                not_acceptable_s: s[2],
                movements: u64::from(movements),
            }
        });
        let variation = (
            prop::option::of(degrees()),
            prop::collection::vec(degrees(), 0..4),
            prop::array::uniform6(seconds()),
        )
            .prop_map(
                |(median_sd_deg, sd_per_10_min_deg, stays)| wire::Variation {
                    median_sd_deg,
                    sd_per_10_min_deg,
                    entropy_bits: stays[0],
                    stays_s: wire::Stays {
                        lt0: stays,
                        z25_40: stays.map(|s| s / 2.0),
                        ..wire::Stays::default()
                    },
                },
            );
        let moment = prop::array::uniform5(seconds()).prop_map(|s| {
            let of = |nm: f64| wire::Moment {
                nm,
                low_nm: nm / 2.0,
                high_nm: nm * 2.0,
            };
            wire::C7Moment {
                neutral: of(s[0]),
                mean: of(s[1]),
                p90: of(s[2]),
                ratio: s[3],
                ratio_low: s[4],
            }
        });
        let more = (
            prop::option::of(symmetry),
            prop::option::of(reba),
            prop::option::of(sight),
            prop::option::of(variation),
            prop::option::of(moment),
        );
        let measured = (
            prop::option::of(neutral),
            prop::option::of(inclination(prop::option::of(histogram()))),
            prop::option::of(inclination(Just(None))),
            prop::option::of(trunk),
            range(),
            range(),
            prop::option::of(rula),
            prop::option::of(movement),
            more,
        );
        let said = (
            prop::option::of(".{0,9}"),
            prop::collection::vec(warning(), 0..3),
            prop::option::of(".{0,9}"),
        );
        (
            path,
            kind,
            view,
            prop::array::uniform7(seconds()),
            any::<u32>(),
            measured,
            said,
        )
            .prop_map(
                |(path, kind, view, s, samples, measured, (why_null, warnings, error))| {
                    let (neutral, head, neck, trunk, rotation, lateral, rula_neck, movement, more) =
                        measured;
                    let (symmetry, reba_neck, en_1005_4, variation, c7_moment) = more;
                    wire::Input {
                        path,
                        kind,
                        view,
                        duration_s: s[0],
                        observed_s: s[1],
                        missing_s: s[2],
                        samples: u64::from(samples),
                        state_s: wire::StateSeconds {
                            judged: s[3],
                            bent_or_turned: s[4],
                            away: s[5],
                            unreliable: s[6],
                        },
                        neutral,
                        head_inclination: head,
                        neck_flexion: neck,
                        why_null,
                        trunk_inclination: trunk,
                        rotation,
                        lateral_flexion: lateral,
                        rula_neck,
                        movement,
                        symmetry,
                        reba_neck,
                        en_1005_4,
                        variation,
                        c7_moment,
                        warnings,
                        error,
                    }
                },
            )
    }

    fn analysis(inputs: Vec<wire::Input>) -> wire::Analysis {
        wire::Analysis {
            schema: wire::SCHEMA.into(),
            nape: "9.8.7".into(),
            models: vec![wire::Model {
                name: "m".into(),
                sha256: "0".repeat(64),
            }],
            inputs,
        }
    }

    fn read_back(bytes: &[u8]) -> anyhow::Result<wire::Analysis> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(file.path())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_table_loses_nothing(inputs in prop::collection::vec(input(".{1,9}".boxed()), 0..6)) {
            let analysis = analysis(inputs);
            let mut bytes = Vec::new();
            write(&mut bytes, &analysis).unwrap();
            prop_assert_eq!(read_back(&bytes).unwrap(), analysis);
        }

        #[test]
        fn a_table_that_was_tampered_with_is_an_error_or_a_table(
            input in input(".{1,9}".boxed()),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
            keep in any::<prop::sample::Index>(),
        ) {
            let mut bytes = Vec::new();
            write(&mut bytes, &analysis(vec![input])).unwrap();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            // A panic of the Parquet reader is caught where files are opened; see `merge`.
            let _ = std::panic::catch_unwind(|| read_back(&bytes));
            bytes.truncate(keep.index(bytes.len()));
            prop_assert!(read_back(&bytes).is_err());
        }
    }

    #[test]
    fn more_rows_than_a_row_group_stay_in_order() {
        let one = |at: usize| crate::analyze::summary::nothing(&at.to_string(), None, "no".into());
        let analysis = analysis((0..2 * GROUP_ROWS + 3).map(one).collect());
        let mut bytes = Vec::new();
        write(&mut bytes, &analysis).unwrap();
        assert_eq!(read_back(&bytes).unwrap(), analysis);
    }
}
