//! Studies: folders of results, merging, tables, and results that come one by one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use parquet::data_type::{ByteArray, DoubleType};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::parser::parse_message_type;
use serde_json::Value;

use crate::tool::{at, folder, nape_in, program, rows, sample};

fn imu(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/imu")
        .join(name)
}

/// A head that bends to `bend` degrees from 20 s on, 50 rows a second for 90 s.
fn recording(bend: f64) -> String {
    let mut text = "t,head_qw,head_qx,head_qy,head_qz\n".to_owned();
    for n in 0..4500 {
        let t = f64::from(n) / 50.0;
        let sway = (t * 1.7).sin() + (t * 0.3).cos();
        let angle = sway + if t > 20.0 { bend } else { 0.0 };
        let half = angle.to_radians() / 2.0;
        text += &format!("{t},{:.9},0,{:.9},0\n", half.cos(), half.sin());
    }
    text
}

/// A study of three recordings, one of them broken.
fn study() -> tempfile::TempDir {
    let folder = folder();
    for (name, bend) in [("p1", 12.0), ("p2", 33.0)] {
        let place = folder.path().join(name);
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join("head.csv"), recording(bend)).unwrap();
    }
    std::fs::write(
        folder.path().join("broken.csv"),
        "t,qw,qx,qy,qz\nx,x,x,x,x\n",
    )
    .unwrap();
    folder
}

const INPUTS: [&str; 3] = ["p1/head.csv", "broken.csv", "p2/head.csv"];

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn modified(path: &Path) -> std::time::SystemTime {
    path.metadata().unwrap().modified().unwrap()
}

#[test]
fn a_folder_gets_one_result_an_input_and_a_second_run_measures_what_is_left() {
    let study = study();
    let folder = study.path();
    let run = |more: &[&str]| nape_in(folder, [&INPUTS[..], &["-o", "out/"], more].concat());
    let first = run(&[]);
    first.fails_with(1, &["broken.csv: None of its"]);
    assert_eq!(first.out, "");
    let results = [
        "broken.csv.json",
        "manifest.ndjson",
        "p1+head.csv.json",
        "p2+head.csv.json",
    ];
    assert_eq!(names(&folder.join("out")), results);
    let one = folder.join("out/p1+head.csv.json");
    let whole = nape_in(folder, [INPUTS[0], "--json"]);
    assert_eq!(std::fs::read_to_string(&one).unwrap(), whole.out);

    // The failed one is tried again, the others are left out.
    let before = modified(&one);
    run(&[]).fails_with(
        1,
        &[
            "2 of 3 inputs have been measured before",
            "broken.csv: None of",
        ],
    );
    assert_eq!(modified(&one), before);

    // Other settings, a result that is gone or cut off, and a changed recording are measured again.
    run(&["--neutral", "first:4"]).fails_with(1, &["broken.csv"]);
    assert!(modified(&one) > before);
    run(&["--neutral", "first:4"]).fails_with(1, &["2 of 3"]);
    std::fs::remove_file(&one).unwrap();
    let cut = folder.join("out/p2+head.csv.json");
    let text = std::fs::read_to_string(&cut).unwrap();
    std::fs::write(&cut, &text[..text.len() / 2]).unwrap();
    let again = run(&["--neutral", "first:4"]);
    assert!(!again.err.contains("measured before"), "{}", again.err);
    assert_eq!(std::fs::read_to_string(&cut).unwrap(), text);
    std::fs::write(folder.join(INPUTS[2]), recording(40.0)).unwrap();
    run(&["--neutral", "first:4"]).fails_with(1, &["1 of 3"]);
    assert_ne!(std::fs::read_to_string(&cut).unwrap(), text);
    let all = run(&["--neutral", "first:4", "--again"]);
    assert!(!all.err.contains("measured before"), "{}", all.err);

    // A manifest whose last line was cut off when the program ended costs one input.
    let manifest = folder.join("out/manifest.ndjson");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, &text[..text.len() - 40]).unwrap();
    assert!(matches!(run(&["--neutral", "first:4"]).status, Some(1)));
    run(&["--neutral", "first:4"]).fails_with(1, &["2 of 3"]);
}

#[test]
fn a_run_into_the_folder_of_the_recordings_does_not_measure_its_own_results() {
    let study = study();
    let folder = study.path();
    for format in ["csv", "parquet", "json"] {
        for _ in 0..2 {
            let ran = nape_in(folder, [".", "-o", ".", "--format", format]);
            ran.fails_with(1, &["broken.csv"]);
            assert_eq!(
                ran.err.matches("nape: ").count() - ran.err.matches("left out").count(),
                1
            );
        }
    }
    assert_eq!(names(folder).len(), 3 + 3 * 3 + 1);
    nape_in(folder, ["p1", "--again", "-o", "x.json"]).fails_with(2, &["-o FOLDER/"]);
}

#[test]
fn pieces_that_are_merged_are_what_one_run_gives_in_every_format() {
    let study = study();
    let folder = study.path();
    let whole = nape_in(folder, [&INPUTS[..], &["--json"]].concat());
    let pieces = [
        ("a.json", INPUTS[0]),
        ("b.ndjson", INPUTS[1]),
        ("c.parquet", INPUTS[2]),
    ];
    for (piece, input) in pieces {
        nape_in(folder, [input, "-o", piece]);
    }
    let merge = |more: &[&str]| {
        nape_in(
            folder,
            [&["--merge", "a.json", "b.ndjson", "c.parquet"], more].concat(),
        )
    };
    let merged = merge(&["--json"]);
    merged.fails_with(1, &["broken.csv: None of its"]);
    assert_eq!(merged.out, whole.out);
    for format in ["text", "csv", "ndjson"] {
        let whole = nape_in(folder, [&INPUTS[..], &["--format", format]].concat());
        assert_eq!(merge(&["--format", format]).out, whole.out, "{format}");
    }
    // The page has no curves, and the same figures.
    let groups = |page: &str| {
        let from = page.find("<h2>The group").expect("a group");
        page[from..from + page[from..].find("</section>").unwrap()].to_owned()
    };
    let page = nape_in(folder, [&INPUTS[..], &["--format", "html"]].concat()).out;
    assert_eq!(groups(&merge(&["--format", "html"]).out), groups(&page));
    // A folder of results is all of them; a later one replaces an earlier one.
    nape_in(folder, [&INPUTS[..], &["-o", "out/"]].concat());
    let all = nape_in(folder, ["--merge", "out", "a.json", "--json"]);
    all.fails_with(
        1,
        &["p1/head.csv: the result in a.json replaces the one in out/p1+head.csv.json"],
    );
    assert_eq!(all.json()["inputs"].as_array().unwrap().len(), 3);
}

#[test]
fn what_is_no_result_of_this_version_is_refused_by_name_and_reason() {
    let study = study();
    let folder = study.path();
    std::fs::write(folder.join("other.json"), r#"{"people": []}"#).unwrap();
    std::fs::write(
        folder.join("later.json"),
        r#"{"schema": "nape.analysis/2"}"#,
    )
    .unwrap();
    nape_in(folder, ["p1", "-o", "a.parquet", "--samples", "s.parquet"]);
    let bytes = std::fs::read(folder.join("a.parquet")).unwrap();
    std::fs::write(folder.join("cut.parquet"), &bytes[..bytes.len() / 2]).unwrap();
    for (file, words) in [
        ("other.json", "it is no result of `nape analyze`"),
        ("later.json", "it is of schema nape.analysis/2"),
        ("cut.parquet", "it is no whole Parquet file"),
        ("s.parquet", "it is no summary"),
        ("missing.json", "missing.json"),
        ("p1", "there is no result"),
    ] {
        nape_in(folder, ["--merge", file]).fails_with(2, &["--merge", words]);
    }
    nape_in(folder, ["p1", "--merge", "a.parquet"]).fails_with(2, &["cannot be used with"]);
}

#[test]
fn lines_come_in_order_while_later_inputs_wait() {
    let study = study();
    let one = nape_in(
        study.path(),
        [&INPUTS[..], &["--format", "ndjson", "--jobs", "1"]].concat(),
    );
    let many = nape_in(
        study.path(),
        [&INPUTS[..], &["--format", "ndjson", "--jobs", "3"]].concat(),
    );
    assert_eq!(one.out, many.out);
    let paths: Vec<String> = one
        .out
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["path"]
                .as_str()
                .unwrap()
                .into()
        })
        .collect();
    assert_eq!(paths, INPUTS);
}

/// A Parquet table as rows of column name to value.
fn table(path: &Path) -> Vec<BTreeMap<String, Field>> {
    let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| {
            let row = row.unwrap();
            row.get_column_iter()
                .map(|(name, field)| (name.clone(), field.clone()))
                .collect()
        })
        .collect()
}

fn double(field: &Field) -> Option<f64> {
    if let Field::Double(value) = field {
        return Some(*value);
    }
    assert_eq!(*field, Field::Null);
    None
}

#[test]
fn the_parquet_tables_hold_what_json_and_csv_say() {
    let study = study();
    let folder = study.path();
    let run = |result: &str, samples: &str| {
        nape_in(
            folder,
            [&INPUTS[..], &["-o", result, "--samples", samples]].concat(),
        );
    };
    run("r.json", "s.csv");
    run("r.parquet", "s.parquet");
    let json: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("r.json")).unwrap()).unwrap();
    let summary = table(&folder.join("r.parquet"));
    assert_eq!(summary.len(), 3);
    for (row, input) in summary.iter().zip(json["inputs"].as_array().unwrap()) {
        assert_eq!(
            row["path"],
            Field::Str(input["path"].as_str().unwrap().into())
        );
        let ge25 = input
            .pointer("/head_inclination/ge25_s")
            .and_then(Value::as_f64);
        assert_eq!(double(&row["head_inclination_ge25_s"]), ge25);
        let Field::ListInternal(nanoseconds) = &row["head_inclination_histogram_ns"] else {
            assert!(ge25.is_none());
            continue;
        };
        let sum: f64 = nanoseconds
            .elements()
            .iter()
            .map(|field| {
                let Field::Long(nanoseconds) = field else {
                    panic!("{field:?}");
                };
                *nanoseconds as f64 / 1e9
            })
            .sum();
        assert!((sum - at(input, "/state_s/judged")).abs() < 1e-3);
    }
    let csv = rows(&std::fs::read_to_string(folder.join("s.csv")).unwrap());
    let samples = table(&folder.join("s.parquet"));
    assert_eq!((csv.len(), samples.len()), (9000, 9000));
    for (csv, row) in csv.iter().zip(&samples) {
        assert_eq!(row.len(), csv.len());
        for (name, field) in csv {
            if let Field::Str(text) = &row[name] {
                assert_eq!(text, field);
            } else {
                assert_eq!(double(&row[name]), field.parse().ok(), "{name}");
            }
        }
    }
}

/// The numbers of a text table as a Parquet file.
fn as_parquet(text: &str, path: &Path) {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut columns: Vec<Vec<Option<f64>>> = vec![Vec::new(); names.len()];
    for line in lines {
        for (column, cell) in columns.iter_mut().zip(line.split(',')) {
            column.push(
                cell.trim()
                    .parse()
                    .ok()
                    .filter(|value: &f64| value.is_finite()),
            );
        }
    }
    let fields: String = names
        .iter()
        .map(|name| format!("optional double {name};"))
        .collect();
    let schema =
        parse_message_type(&format!("message m {{ {fields} optional binary note; }}")).unwrap();
    let properties = WriterProperties::builder()
        .set_compression(parquet::basic::Compression::SNAPPY)
        .build();
    let mut writer = SerializedFileWriter::new(
        File::create(path).unwrap(),
        schema.into(),
        properties.into(),
    )
    .unwrap();
    let count = columns[0].len();
    for from in (0..count).step_by(7001) {
        let to = count.min(from + 7001);
        let mut group = writer.next_row_group().unwrap();
        for column in &columns {
            let part = &column[from..to];
            let levels: Vec<i16> = part
                .iter()
                .map(|value| i16::from(value.is_some()))
                .collect();
            let values: Vec<f64> = part.iter().flatten().copied().collect();
            let mut out = group.next_column().unwrap().unwrap();
            out.typed::<DoubleType>()
                .write_batch(&values, Some(&levels), None)
                .unwrap();
            out.close().unwrap();
        }
        let notes = vec![ByteArray::from("n"); to - from];
        let mut out = group.next_column().unwrap().unwrap();
        out.typed::<parquet::data_type::ByteArrayType>()
            .write_batch(&notes, Some(&vec![1; to - from]), None)
            .unwrap();
        out.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
}

#[test]
fn the_same_recording_as_text_and_as_parquet_gives_the_same_figures() {
    use std::io::Read;
    for name in [
        "clean_short_100hz",
        "m01_nan",
        "raw_acc_gyro_100hz",
        "m07_ms_epoch_g_dps",
    ] {
        let folder = folder();
        let packed = std::fs::read(imu(&format!("{name}.csv.zst"))).unwrap();
        let mut text = String::new();
        ruzstd::decoding::StreamingDecoder::new(packed.as_slice())
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert!(!text.lines().next().unwrap().contains(';'), "{name}");
        std::fs::write(folder.path().join("r.csv"), &text).unwrap();
        as_parquet(&text, &folder.path().join("r.parquet"));
        let run = |file: &str| {
            let ran = nape_in(folder.path(), [file, "--json"]);
            assert_eq!(ran.status, Some(0), "{name}: {}", ran.err);
            let mut input = ran.json()["inputs"][0].clone();
            input["path"] = Value::Null;
            // A text file has lines, a table rows.
            input["warnings"]
                .as_array_mut()
                .unwrap()
                .retain(|w| w["code"] != "bad_rows");
            input
        };
        assert_eq!(run("r.parquet"), run("r.csv"), "{name}");
        // In a folder it counts like any other recording.
        std::fs::remove_file(folder.path().join("r.csv")).unwrap();
        let found = nape_in(folder.path(), [".", "--format", "csv"]);
        assert_eq!((found.status, rows(&found.out).len()), (Some(0), 1));
    }
}

#[test]
fn a_line_is_printed_and_a_result_kept_while_the_next_input_is_still_being_measured() {
    let study = study();
    let front = sample("desk-front.mp4");
    let inputs = [INPUTS[0].as_ref(), front.as_os_str()];
    let start = |more: &[&str]| {
        program()
            .current_dir(study.path())
            .args(inputs)
            .args(more)
            .args(["--jobs", "1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut printing = start(&["--format", "ndjson"]);
    let mut line = String::new();
    BufReader::new(printing.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(printing.try_wait().unwrap().is_none(), "it is not over");
    printing.kill().unwrap();
    printing.wait().unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["path"], INPUTS[0]);

    // A run that is killed goes on where it ended.
    let mut writing = start(&["-o", "out/", "--fps", "4"]);
    let manifest = study.path().join("out/manifest.ndjson");
    while !std::fs::read_to_string(&manifest).is_ok_and(|text| text.ends_with('\n')) {
        assert!(writing.try_wait().unwrap().is_none(), "it is not over");
        std::thread::sleep(Duration::from_millis(5));
    }
    writing.kill().unwrap();
    writing.wait().unwrap();
    assert_eq!(
        names(&study.path().join("out")),
        ["manifest.ndjson", "p1+head.csv.json"]
    );
    let again = nape_in(
        study.path(),
        [
            inputs[0],
            inputs[1],
            "-o".as_ref(),
            "out/".as_ref(),
            "--fps".as_ref(),
            "4".as_ref(),
        ],
    );
    again.fails_with(0, &["1 of 2 inputs have been measured before"]);
    assert_eq!(names(&study.path().join("out")).len(), 3);
}
