//! Which column of a sensor file is what: from its name, or as the person says with `--columns`.

use std::collections::BTreeMap;
use std::str::FromStr;

/// A segment of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// The head.
    Head,
    /// The trunk.
    Trunk,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Quantity {
    /// Quaternion part: 0 is w, 1 to 3 are x to z.
    Quaternion(u8),
    /// Euler angle about the axes of the file's frame: 0 roll (x), 1 pitch (y), 2 yaw (z), applied yaw, pitch, roll.
    Euler(u8),
    /// Accelerometer, x to z.
    Force(u8),
    /// Gyroscope, x to z.
    Rate(u8),
}

/// A unit, as far as a file can have different ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
    Degrees,
    Radians,
    Gravities,
    MetresPerSecond2,
    DegreesPerSecond,
    RadiansPerSecond,
}

/// The axes that a file's numbers are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axes {
    /// World and segment: x forward, y left, z up.
    ForwardLeftUp,
    /// World north, east, down; segment forward, right, down.
    ForwardRightDown,
    /// Headphones: x right, y forward, z up.
    RightForwardUp,
}

impl Axes {
    /// A vector of these axes in ours: x to the left, y up, z forward.
    #[inline]
    pub(crate) fn ours(self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        match self {
            Self::ForwardLeftUp => [y, z, x],
            Self::ForwardRightDown => [-y, -z, x],
            Self::RightForwardUp => [-x, z, y],
        }
    }
}

/// `--columns`: settings and names that override what is read from the header.
///
/// `frame=ned` (or `enu`), `segment=trunk` for a file that does not name one, `time=ms`, `angles=deg|rad`, `rate=deg|rad`, `force=g|ms2`, and for a column with a
/// name of its own `head_qw=NAME`, `trunk_pitch=NAME`, `t=NAME` and so on. Of landmark files that do not say it: `hz=12` for frames a second, `aspect=1.778` for the
/// picture's width over its height.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    pub(crate) axes: Option<AxesChoice>,
    pub(crate) segment: Option<Segment>,
    pub(crate) time: Option<UnitChoice>,
    pub(crate) angles: Option<UnitChoice>,
    pub(crate) rate: Option<UnitChoice>,
    pub(crate) force: Option<UnitChoice>,
    pub(crate) hz: Option<f64>,
    pub(crate) aspect: Option<f64>,
    pub(crate) names: BTreeMap<String, String>,
}

/// Axes as chosen.
pub(crate) type AxesChoice = Axes;
/// A unit as chosen.
pub(crate) type UnitChoice = Unit;

impl FromStr for Columns {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut columns = Self::default();
        for entry in text.split(',').filter(|entry| !entry.trim().is_empty()) {
            let (key, value) = entry
                .split_once('=')
                .ok_or_else(|| format!("\"{entry}\" is not KEY=VALUE"))?;
            let (key, value) = (key.trim(), value.trim());
            let wrong = |known: &str| format!("{key}={value}: {key} is one of {known}");
            match key {
                "frame" => {
                    columns.axes = Some(match value.to_lowercase().as_str() {
                        "ned" => Axes::ForwardRightDown,
                        "enu" => Axes::ForwardLeftUp,
                        "headphones" => Axes::RightForwardUp,
                        _ => return Err(wrong("enu, ned, headphones")),
                    });
                }
                "segment" => {
                    columns.segment = Some(match value {
                        "head" => Segment::Head,
                        "trunk" => Segment::Trunk,
                        _ => return Err(wrong("head, trunk")),
                    });
                }
                "time" => {
                    columns.time = Some(match value {
                        "s" => Unit::Seconds,
                        "ms" => Unit::Milliseconds,
                        "us" => Unit::Microseconds,
                        "ns" => Unit::Nanoseconds,
                        _ => return Err(wrong("s, ms, us, ns")),
                    });
                }
                "angles" => {
                    columns.angles = Some(match value {
                        "deg" => Unit::Degrees,
                        "rad" => Unit::Radians,
                        _ => return Err(wrong("deg, rad")),
                    });
                }
                "rate" => {
                    columns.rate = Some(match value {
                        "deg" => Unit::DegreesPerSecond,
                        "rad" => Unit::RadiansPerSecond,
                        _ => return Err(wrong("deg, rad")),
                    });
                }
                "force" => {
                    columns.force = Some(match value {
                        "g" => Unit::Gravities,
                        "ms2" => Unit::MetresPerSecond2,
                        _ => return Err(wrong("g, ms2")),
                    });
                }
                "hz" => {
                    columns.hz = Some(
                        between(value, 0.01, 10_000.0)
                            .ok_or_else(|| wrong("the numbers from 0.01 to 10000"))?,
                    )
                }
                "aspect" => {
                    columns.aspect = Some(
                        between(value, 0.1, 10.0)
                            .ok_or_else(|| wrong("the numbers from 0.1 to 10"))?,
                    )
                }
                _ if key == "t" || role(key).is_some() => {
                    columns.names.insert(key.to_owned(), value.to_owned());
                }
                _ => {
                    return Err(format!(
                        "{key} is unknown; known are frame, segment, time, angles, rate, force, hz, aspect, t, and head_ or trunk_ with qw, qx, qy, qz, roll, pitch, yaw, ax, ay, az, gx, gy, gz"
                    ));
                }
            }
        }
        Ok(columns)
    }
}

fn between(text: &str, low: f64, high: f64) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    (low..=high).contains(&value).then_some(value)
}

/// `head_qw` and the like.
fn role(key: &str) -> Option<(Segment, Quantity)> {
    let (segment, part) = key.split_once('_')?;
    let segment = match segment {
        "head" => Segment::Head,
        "trunk" => Segment::Trunk,
        _ => return None,
    };
    Some((segment, quantity(part)?))
}

fn axis(name: &str) -> Option<u8> {
    ["x", "y", "z"]
        .iter()
        .zip(0..)
        .find_map(|(known, at)| (*known == name).then_some(at))
}

/// What a name without its segment and unit means.
fn quantity(name: &str) -> Option<Quantity> {
    match name {
        "roll" => return Some(Quantity::Euler(0)),
        "pitch" => return Some(Quantity::Euler(1)),
        "yaw" | "heading" => return Some(Quantity::Euler(2)),
        _ => {}
    }
    let part = |prefixes: &[&str]| prefixes.iter().find_map(|prefix| name.strip_prefix(prefix));
    if let Some(rest) = part(&["quaternion", "quat", "qw", "qx", "qy", "qz", "q"]) {
        // The short prefixes carry the part in themselves.
        let rest = if name.starts_with("quat") {
            rest
        } else {
            &name[1..]
        };
        return match rest {
            "w" | "0" => Some(Quantity::Quaternion(0)),
            "1" => Some(Quantity::Quaternion(1)),
            "2" => Some(Quantity::Quaternion(2)),
            "3" => Some(Quantity::Quaternion(3)),
            _ => axis(rest).map(|at| Quantity::Quaternion(at + 1)),
        };
    }
    if let Some(rest) = part(&["accelerometer", "acceleration", "accel", "acc", "a"])
        && let Some(at) = axis(rest)
    {
        return Some(Quantity::Force(at));
    }
    if let Some(rest) = part(&["gyroscope", "angularvelocity", "gyro", "gyr", "omega", "g"])
        && let Some(at) = axis(rest)
    {
        return Some(Quantity::Rate(at));
    }
    None
}

/// A name in lower-case words; `quatW` is two, `Head Yaw [deg]` is three.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let starts = c.is_uppercase() && before.is_lowercase();
        if !c.is_alphanumeric() && c != '²' && c != 'µ' {
            words.push(String::new());
        } else {
            if starts {
                words.push(String::new());
            }
            if let Some(last) = words.last_mut() {
                last.extend(c.to_lowercase());
            }
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "s" | "sec" | "seconds" => Unit::Seconds,
        "ms" | "msec" | "milliseconds" => Unit::Milliseconds,
        "us" | "µs" | "microseconds" => Unit::Microseconds,
        "ns" | "nanoseconds" => Unit::Nanoseconds,
        "deg" | "degrees" | "grad" => Unit::Degrees,
        "rad" | "radians" => Unit::Radians,
        "g" => Unit::Gravities,
        "ms2" | "mps2" => Unit::MetresPerSecond2,
        "dps" | "degs" => Unit::DegreesPerSecond,
        "rads" | "rps" => Unit::RadiansPerSecond,
        _ => return None,
    })
}

/// A column and the unit that its name states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) at: usize,
    pub(crate) unit: Option<Unit>,
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) time: Column,
    pub(crate) head: SegmentColumns,
    pub(crate) trunk: SegmentColumns,
    pub(crate) axes: Axes,
    /// The header is one that headphones write.
    pub(crate) is_headphones: bool,
}

impl Layout {
    /// The places of the columns that rows are made of.
    pub(crate) fn read(&self) -> Vec<usize> {
        let mut columns = vec![self.time];
        for segment in [&self.head, &self.trunk] {
            if let Some(quaternion) = segment.quaternion {
                columns.extend(quaternion);
            } else if let Some(euler) = segment.euler {
                columns.extend(euler);
            } else {
                columns.extend(
                    [segment.force, segment.rate]
                        .into_iter()
                        .flatten()
                        .flatten(),
                );
            }
        }
        columns.iter().map(|column| column.at).collect()
    }
}

/// The columns of one segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SegmentColumns {
    pub(crate) quaternion: Option<[Column; 4]>,
    pub(crate) euler: Option<[Column; 3]>,
    pub(crate) force: Option<[Column; 3]>,
    pub(crate) rate: Option<[Column; 3]>,
}

impl SegmentColumns {
    /// Whether a rotation can be had from it.
    pub(crate) fn is_oriented(&self) -> bool {
        self.quaternion.is_some()
            || self.euler.is_some()
            || (self.force.is_some() && self.rate.is_some())
    }
}

/// What a name means: a time, a part of a segment, or nothing that is used.
enum Meaning {
    Time(Option<Unit>),
    Part(Option<Segment>, Quantity, Option<Unit>),
}

fn meaning(name: &str) -> Option<Meaning> {
    let mut words = words(name);
    let segment = words.iter().position(|word| {
        matches!(
            word.as_str(),
            "head"
                | "kopf"
                | "cranium"
                | "forehead"
                | "trunk"
                | "torso"
                | "thorax"
                | "sternum"
                | "chest"
                | "rumpf"
        )
    });
    let segment = segment.map(|at| match words.remove(at).as_str() {
        "head" | "kopf" | "cranium" | "forehead" => Segment::Head,
        _ => Segment::Trunk,
    });
    let first = words.first()?.clone();
    if matches!(
        first.as_str(),
        "t" | "time" | "timestamp" | "zeit" | "uptime"
    ) {
        let unit = words.get(1).and_then(|word| unit(word));
        return Some(Meaning::Time(unit));
    }
    // Units of two words, such as "deg/s" and "m/s²".
    for (pair, together) in [
        (["deg", "s"], "dps"),
        (["rad", "s"], "rads"),
        (["m", "s2"], "ms2"),
        (["m", "s²"], "ms2"),
    ] {
        if words.len() > 2 && words[words.len() - 2..] == pair {
            words.truncate(words.len() - 2);
            words.push(together.to_owned());
        }
    }
    let stated = (words.len() > 1)
        .then(|| words.last().and_then(|word| unit(word)))
        .flatten();
    if stated.is_some() {
        words.pop();
    }
    let joined = words.concat();
    let bare = match joined.as_str() {
        "w" => Some(Quantity::Quaternion(0)),
        _ => axis(&joined).map(|at| Quantity::Quaternion(at + 1)),
    };
    let quantity = bare.or_else(|| quantity(&joined))?;
    Some(Meaning::Part(segment, quantity, stated))
}

/// Whether any name means something.
pub(crate) fn is_any_known(header: &[String]) -> bool {
    header.iter().any(|name| meaning(name).is_some())
}

/// What was looked for and not found.
pub(crate) const LOOKED_FOR: &str = "a time (t, time or timestamp) and for head or trunk a quaternion (qw, qx, qy, qz), Euler angles (yaw, pitch, roll), or accelerometer and gyroscope (ax, ay, az, gx, gy, gz)";

impl Layout {
    /// Reads a header. `Err` says what is missing.
    pub(crate) fn of(header: &[String], columns: &Columns) -> Result<Self, String> {
        let mut time = None;
        let mut parts: BTreeMap<(Option<Segment>, Quantity), Column> = BTreeMap::new();
        for (at, name) in header.iter().enumerate() {
            match meaning(name) {
                Some(Meaning::Time(unit)) if time.is_none() => time = Some(Column { at, unit }),
                Some(Meaning::Part(segment, quantity, unit)) => {
                    parts
                        .entry((segment, quantity))
                        .or_insert(Column { at, unit });
                }
                Some(Meaning::Time(_)) | None => {}
            }
        }
        for (key, name) in &columns.names {
            let at = header
                .iter()
                .position(|known| known.trim() == name)
                .ok_or_else(|| {
                    format!("--columns names \"{name}\", which the file does not have")
                })?;
            let unit = match meaning(name) {
                Some(Meaning::Time(unit) | Meaning::Part(_, _, unit)) => unit,
                None => None,
            };
            match role(key) {
                Some((segment, quantity)) => {
                    parts.insert((Some(segment), quantity), Column { at, unit });
                }
                None => time = Some(Column { at, unit }),
            }
        }
        let of = |segment: Option<Segment>| {
            let three = |make: fn(u8) -> Quantity| -> Option<[Column; 3]> {
                let column = |at| parts.get(&(segment, make(at))).copied();
                Some([column(0)?, column(1)?, column(2)?])
            };
            let column = |at| parts.get(&(segment, Quantity::Quaternion(at))).copied();
            let quaternion = match (column(0), column(1), column(2), column(3)) {
                (Some(w), Some(x), Some(y), Some(z)) => Some([w, x, y, z]),
                _ => None,
            };
            SegmentColumns {
                quaternion,
                euler: three(Quantity::Euler),
                force: three(Quantity::Force),
                rate: three(Quantity::Rate),
            }
        };
        let (mut head, mut trunk) = (of(Some(Segment::Head)), of(Some(Segment::Trunk)));
        if !head.is_oriented() && !trunk.is_oriented() {
            let unnamed = of(None);
            match columns.segment {
                None | Some(Segment::Head) => head = unnamed,
                Some(Segment::Trunk) => trunk = unnamed,
            }
        }
        if !head.is_oriented() && !trunk.is_oriented() {
            return Err(format!("it has no rotation. Looked for {LOOKED_FOR}"));
        }
        let time = time.ok_or_else(|| format!("it has no time. Looked for {LOOKED_FOR}"))?;
        let is_headphones = ["quatW", "gravX", "pitch"]
            .iter()
            .all(|name| header.iter().any(|known| known.trim() == *name));
        Ok(Self {
            time,
            head,
            trunk,
            axes: columns.axes.unwrap_or(Axes::ForwardLeftUp),
            is_headphones,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(header: &str, columns: &str) -> Result<Layout, String> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        Layout::of(&header, &columns.parse().unwrap())
    }

    fn at(columns: &[Column]) -> Vec<usize> {
        columns.iter().map(|column| column.at).collect()
    }

    #[test]
    fn headers_of_many_makers_are_understood() {
        let plain = layout(
            "t_s,head_qw,head_qx,head_qy,head_qz,trunk_qw,trunk_qx,trunk_qy,trunk_qz,head_ax",
            "",
        )
        .unwrap();
        assert_eq!(
            plain.time,
            Column {
                at: 0,
                unit: Some(Unit::Seconds)
            }
        );
        assert_eq!(at(&plain.head.quaternion.unwrap()), [1, 2, 3, 4]);
        assert_eq!(at(&plain.trunk.quaternion.unwrap()), [5, 6, 7, 8]);
        let last = layout("t_s,head_x,head_y,head_z,head_w", "").unwrap();
        assert_eq!(at(&last.head.quaternion.unwrap()), [4, 1, 2, 3]);
        let german = layout(
            "Zeit [s],Head Yaw [deg],Head Pitch [deg],Head Roll [deg]",
            "",
        )
        .unwrap();
        assert_eq!(at(&german.head.euler.unwrap()), [3, 2, 1]);
        assert_eq!(german.head.euler.unwrap()[0].unit, Some(Unit::Degrees));
        let xio = layout("Timestamp (us),Gyroscope X (deg/s),Gyroscope Y (deg/s),Gyroscope Z (deg/s),Accelerometer X (g),Accelerometer Y (g),Accelerometer Z (g)", "").unwrap();
        assert_eq!(xio.time.unit, Some(Unit::Microseconds));
        assert_eq!(at(&xio.head.rate.unwrap()), [1, 2, 3]);
        assert_eq!(xio.head.rate.unwrap()[0].unit, Some(Unit::DegreesPerSecond));
        assert_eq!(xio.head.force.unwrap()[2].unit, Some(Unit::Gravities));
        let phones = layout(
            "timestamp,pitch,roll,yaw,quatW,quatX,quatY,quatZ,gravX,gravY,gravZ",
            "",
        )
        .unwrap();
        assert_eq!(at(&phones.head.quaternion.unwrap()), [4, 5, 6, 7]);
        assert!(phones.is_headphones && !plain.is_headphones);
        assert_eq!(phones.time.unit, None);
        let raw = layout(
            "t_s,head_ax,head_ay,head_az,head_gx,head_gy,head_gz,acc_x_g,gyr_x_dps",
            "",
        )
        .unwrap();
        assert!(
            raw.head.quaternion.is_none() && raw.head.is_oriented() && !raw.trunk.is_oriented()
        );
        let metric = layout(
            "time,ax [m/s²],ay [m/s2],az [m/s²],gx [rad/s],gy [rad/s],gz [rad/s]",
            "",
        )
        .unwrap();
        assert_eq!(
            metric.head.force.unwrap()[0].unit,
            Some(Unit::MetresPerSecond2)
        );
        assert_eq!(
            metric.head.force.unwrap()[1].unit,
            Some(Unit::MetresPerSecond2)
        );
        assert_eq!(
            metric.head.rate.unwrap()[0].unit,
            Some(Unit::RadiansPerSecond)
        );
        let numbered = layout("timestamp_ms,q0,q1,q2,q3", "segment=trunk").unwrap();
        assert_eq!(at(&numbered.trunk.quaternion.unwrap()), [1, 2, 3, 4]);
        assert!(!numbered.head.is_oriented());
    }

    #[test]
    fn a_person_can_say_what_a_column_is() {
        let said = layout(
            "when,a,b,c,d",
            "t=when,head_qw=a,head_qx=b,head_qy=c,head_qz=d,time=ms,frame=ned",
        )
        .unwrap();
        assert_eq!(said.time.at, 0);
        assert_eq!(at(&said.head.quaternion.unwrap()), [1, 2, 3, 4]);
        assert_eq!(said.axes, Axes::ForwardRightDown);
        assert!(
            layout("when,a", "t=when,head_qw=z")
                .unwrap_err()
                .contains("\"z\"")
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        let error = layout("time,foo,bar", "").unwrap_err();
        assert!(
            error.contains("no rotation") && error.contains("qw, qx, qy, qz"),
            "{error}"
        );
        let error = layout("head_qw,head_qx,head_qy,head_qz", "").unwrap_err();
        assert!(error.contains("no time"), "{error}");
        assert!(layout("t,head_qw,head_qx,head_qy", "").is_err());
        assert!(layout("", "").is_err());
    }

    #[test]
    fn a_wrong_setting_is_refused_with_what_is_known() {
        for (text, said) in [
            ("frame=up", "enu, ned"),
            ("ned", "is not KEY=VALUE"),
            ("colour=red", "is unknown; known are frame"),
            ("time=h", "s, ms, us, ns"),
            ("head_q9=a", "is unknown"),
            ("hz=0", "0.01 to 10000"),
            ("hz=NaN", "0.01 to 10000"),
            ("aspect=16:9", "0.1 to 10"),
        ] {
            let error = text.parse::<Columns>().unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
        assert_eq!("".parse::<Columns>(), Ok(Columns::default()));
    }
}
