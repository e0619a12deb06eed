//! Sensor files as people have them.

use std::io::{Cursor, Write};

use nape_core::inertial::fuse::GRAVITY;
use proptest::prelude::*;

use super::*;

fn all(text: &str, columns: &str) -> Result<(Vec<Row<Reading>>, Found), Error> {
    bytes(text.as_bytes().to_vec(), columns)
}

fn bytes(bytes: Vec<u8>, columns: &str) -> Result<(Vec<Row<Reading>>, Found), Error> {
    let mut sensor = read(Cursor::new(bytes), &columns.parse().unwrap())?;
    let mut rows = vec![];
    while let Some(row) = sensor.next_row()? {
        rows.push(row);
    }
    Ok((rows, sensor.found().clone()))
}

fn angles(reading: Option<Reading>) -> [f64; 3] {
    match reading {
        Some(Reading::Oriented(q)) => q.angles().map(f64::to_degrees),
        other => panic!("{other:?}"),
    }
}

fn near(found: [f64; 3], wanted: [f64; 3]) {
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-3, "{found} {wanted}");
    }
}

/// Thirty degrees about an axis of the file, as w and the axis' part.
const W: f64 = 0.965_925_826;
const S: f64 = 0.258_819_045;

#[test]
fn a_quaternion_is_read_in_the_axes_of_its_file() {
    let file =
        |parts: String| format!("t_s,head_qw,head_qx,head_qy,head_qz\n0.0,{parts}\n0.02,{parts}\n");
    let read = |x: f64, y: f64, z: f64, columns: &str| {
        let (rows, _) = all(&file(format!("{W},{x},{y},{z}")), columns).unwrap();
        angles(rows[1].head)
    };
    // About y, which points left: nose down. About z, up: to the left. About x, forward: ear to the right shoulder.
    near(read(0.0, S, 0.0, ""), [30.0, 0.0, 0.0]);
    near(read(0.0, 0.0, S, ""), [0.0, 0.0, 30.0]);
    near(read(S, 0.0, 0.0, ""), [0.0, 30.0, 0.0]);
    // With y to the right and z down two of the three change their sign.
    near(read(0.0, S, 0.0, "frame=ned"), [-30.0, 0.0, 0.0]);
    near(read(0.0, 0.0, S, "frame=ned"), [0.0, 0.0, -30.0]);
    near(read(S, 0.0, 0.0, "frame=ned"), [0.0, 30.0, 0.0]);
    // Headphones: x to the right.
    near(read(S, 0.0, 0.0, "frame=headphones"), [-30.0, 0.0, 0.0]);
}

#[test]
fn euler_angles_semicolons_decimal_commas_and_a_byte_order_mark() {
    let text = "\u{feff}Zeit [s];Head Yaw [deg];Head Pitch [deg];Head Roll [deg];Trunk Yaw [deg];Trunk Pitch [deg];Trunk Roll [deg]\r\n0,00;-10,5;20,25;5,0;0,0;1,5;0,0\r\n0,02;-10,5;20,25;5,0;0,0;1,5;0,0\r\n";
    let (rows, found) = all(text, "").unwrap();
    assert_eq!(rows.len(), 2);
    near(angles(rows[0].head), [20.25, 5.0, -10.5]);
    near(angles(rows[0].trunk), [1.5, 0.0, 0.0]);
    assert!((rows[1].t_s - 0.02).abs() < 1e-12);
    assert_eq!(found.assumed, Vec::<String>::new());
}

#[test]
fn units_that_no_name_states_are_told_from_the_numbers_and_said() {
    let (rows, found) = all(
        "timestamp,yaw,pitch,roll\n1760000000000,0,30,0\n1760000000040,0,30,0\n",
        "",
    )
    .unwrap();
    assert!((rows[1].t_s - 0.04).abs() < 1e-9);
    near(angles(rows[0].head), [30.0, 0.0, 0.0]);
    assert_eq!(
        found.assumed,
        ["times in milliseconds", "angles in degrees"]
    );
    let (rows, _) = all("timestamp,yaw,pitch,roll\n5,0,0.5,0\n6,0,0.5,0\n", "").unwrap();
    near(angles(rows[0].head), [0.5_f64.to_degrees(), 0.0, 0.0]);
    let (rows, _) = all(
        "timestamp,yaw,pitch,roll\n5,0,0.5,0\n6,0,0.5,0\n",
        "angles=deg,time=ms",
    )
    .unwrap();
    near(angles(rows[0].head), [0.5, 0.0, 0.0]);
    assert!((rows[1].t_s - 0.001).abs() < 1e-12);
}

#[test]
fn accelerometer_and_gyroscope_come_in_metres_and_radians() {
    let text = "Timestamp (us),Gyroscope X (deg/s),Gyroscope Y (deg/s),Gyroscope Z (deg/s),Accelerometer X (g),Accelerometer Y (g),Accelerometer Z (g)\n0,90,0,0,0,0,1\n10000,90,0,0,0,0,1\n";
    let (rows, _) = all(text, "").unwrap();
    let Some(Reading::Raw { force, rate }) = rows[1].head else {
        panic!("{rows:?}")
    };
    assert!((force[1] - GRAVITY).abs() < 1e-9 && force[0].abs() < 1e-9);
    assert!((rate[2] - 90.0_f64.to_radians()).abs() < 1e-9);
    let silent = "t,head_ax,head_ay,head_az,head_gx,head_gy,head_gz\n0,0,0,9.8,0,0,0.1\n0.01,0,0,9.8,0,0,0.1\n";
    let (rows, found) = all(silent, "").unwrap();
    let Some(Reading::Raw { force, rate }) = rows[0].head else {
        panic!()
    };
    assert!((force[1] - 9.8).abs() < 1e-9 && (rate[1] - 0.1).abs() < 1e-9);
    assert_eq!(
        found.assumed,
        ["times in seconds", "turning rates in radians a second"]
    );
}

#[test]
fn bad_rows_are_skipped_and_counted_with_their_line() {
    let text = "t_s,head_qw,head_qx,head_qy,head_qz\n0,1,0,0,0\n0.02,NaN,0,0,0\n0.04,1,0,0,0\n0.06,,,,\n0.08,5,0,0,0\n0.10,1.02,0,0,0\n0.12,1,0,0,0\n0.14,1,0,";
    let (rows, found) = all(text, "").unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(
        (found.rows, found.bad_rows, found.first_bad),
        (8, 3, Some(3))
    );
    assert!(found.truncated);
    assert_eq!(found.unnormalised, 1);
}

#[test]
fn a_row_that_is_short_in_the_middle_is_bad_and_not_cut_off() {
    let (_, found) = all("t,yaw,pitch,roll\n0,1,2,3\n1,1\n2,1,2,3\n", "").unwrap();
    assert_eq!(
        (found.bad_rows, found.truncated, found.first_bad),
        (1, false, Some(3))
    );
}

#[test]
fn what_cannot_be_used_at_all_says_why() {
    let error = |text: &str| all(text, "").map(|_| ()).unwrap_err().to_string();
    assert!(error("").contains("empty"));
    assert!(error("t_s,head_qw,head_qx,head_qy,head_qz\n").contains("no samples"));
    assert!(error("t_s,head_qw,head_qx,head_qy,head_qz").contains("no samples"));
    let columns = error("time,foo,bar\n1,2,3\n");
    assert!(
        columns.contains("time, foo, bar") && columns.contains("qw, qx, qy, qz"),
        "{columns}"
    );
    let rubbish = error("t_s,head_qw,head_qx,head_qy,head_qz\na,b,c,d,e\n");
    assert!(rubbish.contains("line 2: a b c d e"), "{rubbish}");
    let long = error(&format!("t,yaw,pitch,roll\n{}", "1".repeat(100_000)));
    assert!(long.contains("Line 2 has more than 64 KiB"), "{long}");
    assert!(error(&"x".repeat(100_000)).contains("Line 1"));
}

#[test]
fn comments_and_empty_lines_before_the_header_are_skipped() {
    let (rows, found) = all(
        "# made by a device\n\nt,yaw,pitch,roll\n0,0,1,0\n0.1,x,1,0\n",
        "",
    )
    .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(found.first_bad, Some(5));
}

#[test]
fn gravity_that_points_down_is_noticed() {
    let file = |z: f64| {
        format!(
            "t,head_qw,head_qx,head_qy,head_qz,head_ax,head_ay,head_az\n0,1,0,0,0,0,0,{z}\n0.01,1,0,0,0,0,0,{z}\n"
        )
    };
    assert!(!all(&file(9.8), "").unwrap().1.upside_down);
    assert!(all(&file(-9.8), "").unwrap().1.upside_down);
    assert!(!all(&file(-9.8), "frame=ned").unwrap().1.upside_down);
}

#[test]
fn headphones_tell_by_their_pitch_which_axis_goes_from_ear_to_ear() {
    let file = |parts: &str| {
        format!(
            "timestamp,pitch,roll,yaw,quatW,quatX,quatY,quatZ,gravX,gravY,gravZ\n5.0,-0.5236,0,0,{parts},0,0,-1\n5.04,-0.5236,0,0,{parts},0,0,-1\n"
        )
    };
    // Nose down by 30 degrees, once about y to the left and once about x to the right.
    let (rows, _) = all(&file(&format!("{W},0,{S},0")), "").unwrap();
    near(angles(rows[0].head), [30.0, 0.0, 0.0]);
    let (rows, _) = all(&file(&format!("{W},-{S},0,0")), "").unwrap();
    near(angles(rows[0].head), [30.0, 0.0, 0.0]);
}

#[test]
fn compressed_files_are_read_as_they_are() {
    let text = b"t,yaw,pitch,roll\n0,0,10,0\n0.1,0,10,0\n";
    let folder = tempfile::tempdir().unwrap();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(text).unwrap();
    let zst = ruzstd::encoding::compress_to_vec(
        text.as_slice(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    for (name, bytes) in [
        ("a.csv", text.to_vec()),
        ("a.csv.gz", gz.finish().unwrap()),
        ("a.csv.zst", zst),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(is_compressed(&bytes), name != "a.csv");
        let mut sensor = open(&path, &Columns::default()).unwrap();
        assert!(sensor.has(Segment::Head) && !sensor.has(Segment::Trunk) && !sensor.is_raw());
        assert!(sensor.next_row().unwrap().is_some() && sensor.next_row().unwrap().is_some());
        assert!(sensor.next_row().unwrap().is_none());
        // Cut off in the middle it is an error, or what came before; never a panic.
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        if let Ok(mut sensor) = open(&path, &Columns::default()) {
            while let Ok(Some(_)) = sensor.next_row() {}
        }
    }
}

proptest! {
    /// Rubbish is refused or skipped; whatever comes out is finite.
    #[test]
    fn rubbish_never_panics(text in "(t,yaw,pitch,roll\n|t_s,head_qw,head_qx,head_qy,head_qz\n)?([0-9eE+\\-.,;\"\n\r\t nNaA]{0,300})", tail in prop::collection::vec(any::<u8>(), 0..100)) {
        let mut all_bytes = text.into_bytes();
        all_bytes.extend(tail);
        if let Ok((rows, found)) = bytes(all_bytes, "") {
            prop_assert!(rows.len() as u64 + found.bad_rows + u64::from(found.truncated) == found.rows);
            for row in rows {
                prop_assert!(row.t_s.is_finite());
            }
        }
    }
}

#[test]
fn asking_again_after_the_end_changes_nothing() {
    let text = "t_s,head_qw,head_qx,head_qy,head_qz\n0.0,1,0,0,0\n0.02,1,0,0,0\n0.04,1,0,";
    let mut sensor = read(Cursor::new(text), &Columns::default()).unwrap();
    while sensor.next_row().unwrap().is_some() {}
    let found = sensor.found().clone();
    assert_eq!((found.bad_rows, found.first_bad), (0, None));
    assert!(found.truncated);
    for _ in 0..3 {
        assert_eq!(sensor.next_row().unwrap(), None);
        assert_eq!(*sensor.found(), found);
    }
}

#[test]
fn a_force_or_rate_that_no_sensor_gives_is_no_reading() {
    for wild in [
        "0,0,9.8,0.9e157,0,0",
        "0,1e300,9.8,0,0,0",
        "0,0,9.8,0,0,2000",
    ] {
        let text =
            format!("t_s,ax,ay,az,gx,gy,gz\n0.0,0,0,9.8,0,0,0\n0.01,{wild}\n0.02,0,0,9.8,0,0,0\n");
        let (rows, found) = all(&text, "force=ms2,rate=rad").unwrap();
        assert_eq!(
            (rows.len(), found.bad_rows, found.first_bad),
            (2, 1, Some(3)),
            "{wild}"
        );
    }
}
