//! A camera, live, through the `ffmpeg` program.
//!
//! ffmpeg asks the system for pictures and writes small ones to a pipe. A thread reads them all, so that ffmpeg never waits, and keeps the newest one: a picture that
//! nobody takes is overwritten by the next.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nape_core::picture::RgbImage;

use super::ffmpeg::{finish, for_lines, thread};

/// Height of the pictures, pixels. The width follows from the camera.
const HEIGHT: u32 = 240;
/// Pictures a second: twice as often as the guard ever looks, so that what it takes is at most a tenth of a second old.
const RATE: u32 = 10;
/// What the camera is asked for where it has to be asked.
const CAMERA_SIZE: &str = "640x480";
/// Largest side of a picture that is believed.
const LARGEST_SIDE: u32 = 4096;
/// Without a picture for this long, the camera does not work. Some need seconds to wake up.
const PATIENCE: Duration = Duration::from_secs(15);
/// Last lines of ffmpeg that are kept to tell what went wrong.
const KEPT_LINES: usize = 12;

/// The ways in which systems give pictures of a camera to ffmpeg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// `v4l2`.
    Linux,
    /// `avfoundation`.
    MacOs,
    /// `dshow`.
    Windows,
}

impl System {
    /// The one this program was built for; `None` where no way to a camera is known.
    #[must_use]
    pub const fn here() -> Option<Self> {
        if cfg!(target_os = "linux") {
            Some(Self::Linux)
        } else if cfg!(target_os = "macos") {
            Some(Self::MacOs)
        } else if cfg!(target_os = "windows") {
            Some(Self::Windows)
        } else {
            None
        }
    }
}

/// Why there are no pictures, or no more of them. Each message is a sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// There is no ffmpeg.
    #[error(
        "The camera is read with the ffmpeg program, which is not installed; install it {install}, then try again."
    )]
    FfmpegMissing {
        /// Where and how to install it, for the system at hand.
        install: String,
    },
    /// No way to a camera is known on this system.
    #[error("Cameras of this system cannot be read; use the app's page in a browser instead.")]
    NoWay,
    /// The camera is not there.
    #[error("There is no camera {device}; plug it in, or name another one with --source.")]
    Absent {
        /// As it was asked for.
        device: String,
    },
    /// Another program uses it.
    #[error(
        "Another program uses the camera; close that program or its camera, and the watch goes on."
    )]
    Busy,
    /// This person may not use it.
    #[error(
        "The camera may not be used; allow it in the system's settings (on Linux: sudo usermod -aG video $USER, then log in anew)."
    )]
    NotAllowed,
    /// It went away.
    #[error("The camera was unplugged; plug it in again, and the watch goes on.")]
    Unplugged,
    /// No picture came for a while.
    #[error("The camera gives no pictures; unplug it and plug it in again.")]
    Silent,
    /// ffmpeg failed in some other way.
    #[error(
        "ffmpeg cannot read the camera ({line}); try another program with it, or name another camera with --source."
    )]
    Ffmpeg {
        /// The most useful line it printed.
        line: String,
    },
}

/// What ffmpeg is asked for: small pictures of a camera on its standard output, each with its size before it.
#[must_use]
pub fn arguments(system: System, device: &OsStr) -> Vec<OsString> {
    let mut input = OsString::new();
    let ask: &[&str] = match system {
        System::Linux => {
            input.push(device);
            &["-f", "v4l2", "-video_size", CAMERA_SIZE]
        }
        System::MacOs => {
            input.push(device);
            input.push(":none");
            // Without a rate that the camera has, avfoundation refuses; nearly all have this one.
            &[
                "-f",
                "avfoundation",
                "-framerate",
                "30",
                "-video_size",
                CAMERA_SIZE,
            ]
        }
        System::Windows => {
            input.push("video=");
            input.push(device);
            &["-f", "dshow", "-video_size", CAMERA_SIZE]
        }
    };
    with_input(ask, &input)
}

fn with_input(ask: &[&str], input: &OsStr) -> Vec<OsString> {
    let filter = format!("fps={RATE},scale=-2:{HEIGHT}:flags=bilinear,format=rgb24");
    let mut list: Vec<OsString> = Vec::new();
    let mut add = |words: &[&str]| list.extend(words.iter().map(OsString::from));
    add(&[
        "-nostdin",
        "-hide_banner",
        "-nostats",
        "-loglevel",
        "warning",
    ]);
    add(&["-fflags", "nobuffer"]);
    add(ask);
    add(&["-i"]);
    list.push(input.to_owned());
    let mut add = |words: &[&str]| list.extend(words.iter().map(OsString::from));
    add(&["-map", "0:v:0", "-an", "-vf", &filter]);
    add(&["-f", "image2pipe", "-c:v", "ppm", "pipe:1"]);
    list
}

/// The camera to use when none was named: the first one.
///
/// # Errors
/// When there is none, or no ffmpeg to ask.
pub fn first_device(system: System, ffmpeg: &Path) -> Result<OsString, CaptureError> {
    match system {
        System::Linux => Ok(first_of_linux(Path::new("/sys/class/video4linux")).into()),
        System::MacOs => Ok("0".into()),
        System::Windows => {
            let listed = command(ffmpeg)
                .args(["-nostdin", "-hide_banner", "-list_devices", "true"])
                .args(["-f", "dshow", "-i", "dummy"])
                .stdout(Stdio::null())
                .output()
                .map_err(|error| missing(&error))?;
            first_of_dshow(&String::from_utf8_lossy(&listed.stderr)).map_or_else(
                || {
                    Err(CaptureError::Absent {
                        device: "at all".to_owned(),
                    })
                },
                |name| Ok(name.into()),
            )
        }
    }
}

/// One camera has several devices; the one of index 0 gives pictures.
fn first_of_linux(class: &Path) -> String {
    let mut numbers: Vec<u32> = std::fs::read_dir(class)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter(|entry| {
            std::fs::read_to_string(entry.path().join("index"))
                .is_ok_and(|index| index.trim() == "0")
        })
        .filter_map(|entry| {
            entry
                .file_name()
                .to_str()?
                .strip_prefix("video")?
                .parse()
                .ok()
        })
        .collect();
    numbers.sort_unstable();
    format!("/dev/video{}", numbers.first().unwrap_or(&0))
}

/// In `[dshow @ 0] "Integrated Camera" (video)`, and of older versions the first name after the heading of video devices.
fn first_of_dshow(said: &str) -> Option<String> {
    let name = |line: &str| {
        let (_, rest) = line.split_once('"')?;
        let (name, _) = rest.split_once('"')?;
        (!name.starts_with('@')).then(|| name.to_owned())
    };
    said.lines()
        .find(|line| line.trim_end().ends_with("(video)"))
        .and_then(name)
        .or_else(|| {
            said.lines()
                .skip_while(|line| !line.contains("DirectShow video devices"))
                .take_while(|line| !line.contains("DirectShow audio devices"))
                .skip(1)
                .find_map(name)
        })
}

/// A picture and when it came.
pub struct Shot {
    /// The picture, as the camera sees it.
    pub image: RgbImage,
    /// When it was read.
    pub at: Instant,
}

/// What the reading thread and whoever takes pictures share.
#[derive(Default)]
struct Shared {
    newest: Mutex<Newest>,
    changed: Condvar,
}

#[derive(Default)]
struct Newest {
    shot: Option<Shot>,
    /// Pictures that were read, taken or not.
    count: u64,
    ended: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running camera. Dropping it ends ffmpeg, and with it the camera's light.
pub struct Camera {
    child: Child,
    threads: Vec<JoinHandle<()>>,
    shared: Arc<Shared>,
    said: Arc<Mutex<VecDeque<String>>>,
    device: String,
    /// When the last picture was taken, or the camera opened.
    heard: Instant,
}

impl std::fmt::Debug for Camera {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Camera({})", self.device)
    }
}

fn command(ffmpeg: &Path) -> Command {
    let mut command = Command::new(ffmpeg);
    command.stdin(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // Ctrl-C in a terminal is for this program, which ends ffmpeg in its own time.
        command.process_group(0);
    }
    command
}

fn missing(error: &std::io::Error) -> CaptureError {
    let absent = [
        std::io::ErrorKind::NotFound,
        std::io::ErrorKind::PermissionDenied,
    ];
    if absent.contains(&error.kind()) {
        CaptureError::FfmpegMissing {
            install: super::install::ffmpeg(),
        }
    } else {
        CaptureError::Ffmpeg {
            line: format!("it does not start: {error}"),
        }
    }
}

impl Camera {
    /// Starts the camera. What is wrong with it shows when pictures are taken.
    ///
    /// # Errors
    /// When there is no ffmpeg, or it does not start.
    pub fn open(system: System, device: &OsStr, ffmpeg: &Path) -> Result<Self, CaptureError> {
        Self::start(&arguments(system, device), device, ffmpeg)
    }

    fn start(arguments: &[OsString], device: &OsStr, ffmpeg: &Path) -> Result<Self, CaptureError> {
        let mut child = command(ffmpeg)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| missing(&error))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        // Held from here on, so that the child is ended whatever happens.
        let mut camera = Self {
            child,
            threads: Vec::new(),
            shared: Arc::default(),
            said: Arc::default(),
            device: device.to_string_lossy().into_owned(),
            heard: Instant::now(),
        };
        let (Some(stdout), Some(stderr)) = (stdout, stderr) else {
            return Err(CaptureError::Ffmpeg {
                line: "its output cannot be read".to_owned(),
            });
        };
        let failed = |error: super::VideoError| CaptureError::Ffmpeg {
            line: error.to_string(),
        };
        let shared = Arc::clone(&camera.shared);
        let pictures = thread("camera-pictures", move || read_all(stdout, &shared));
        camera.threads.push(pictures.map_err(failed)?);
        let said = Arc::clone(&camera.said);
        let messages = thread("camera-messages", move || {
            for_lines(stderr, |line| {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                if said.len() >= KEPT_LINES {
                    said.pop_front();
                }
                said.push_back(line.to_owned());
                true
            });
        });
        camera.threads.push(messages.map_err(failed)?);
        Ok(camera)
    }

    /// Takes the newest picture that was not taken yet. `None` when none came within `wait`.
    ///
    /// # Errors
    /// When the camera gives no more pictures. It does not come back: open it anew.
    pub fn newest(&mut self, wait: Duration) -> Result<Option<Shot>, CaptureError> {
        let guard = self.shared.lock();
        let (mut newest, _) = self
            .shared
            .changed
            .wait_timeout_while(guard, wait, |newest| newest.shot.is_none() && !newest.ended)
            .unwrap_or_else(PoisonError::into_inner);
        let (shot, ended, count) = (newest.shot.take(), newest.ended, newest.count);
        drop(newest);
        if let Some(shot) = shot {
            self.heard = shot.at;
            return Ok(Some(shot));
        }
        if ended {
            return Err(self.why(count > 0));
        }
        if self.heard.elapsed() >= PATIENCE {
            return Err(CaptureError::Silent);
        }
        Ok(None)
    }

    /// The process that holds the camera.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    fn why(&mut self, gave_pictures: bool) -> CaptureError {
        finish(&mut self.child);
        // Both pipes are closed now, so both threads end, and the last words are there.
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<&str> = said.iter().map(String::as_str).collect();
        reason(&lines, gave_pictures, &self.device)
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        finish(&mut self.child);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// What ffmpeg's last words mean.
fn reason(said: &[&str], gave_pictures: bool, device: &str) -> CaptureError {
    let has = |words: &[&str]| {
        said.iter()
            .any(|line| words.iter().any(|word| line.contains(word)))
    };
    if has(&["Device or resource busy", "already in use"]) {
        CaptureError::Busy
    } else if has(&[
        "Permission denied",
        "Operation not permitted",
        "not authorized",
    ]) {
        CaptureError::NotAllowed
    } else if gave_pictures && (said.is_empty() || has(&["No such device", "Input/output error"])) {
        CaptureError::Unplugged
    } else if has(&[
        "No such file or directory",
        "No such device",
        "Could not find video device",
        "Video device not found",
        "Invalid device index",
    ]) {
        CaptureError::Absent {
            device: device.to_owned(),
        }
    } else {
        CaptureError::Ffmpeg {
            line: super::ffmpeg::useful_line(said.iter().copied(), device),
        }
    }
}

/// Reads pictures until they end, keeping the newest.
fn read_all(stdout: impl Read, shared: &Shared) {
    let mut reader = BufReader::new(stdout);
    while let Some(image) = read_ppm(&mut reader) {
        let mut newest = shared.lock();
        newest.shot = Some(Shot {
            image,
            at: Instant::now(),
        });
        newest.count += 1;
        drop(newest);
        shared.changed.notify_all();
    }
    shared.lock().ended = true;
    shared.changed.notify_all();
}

/// Reads one picture as ffmpeg writes it: `P6`, width, height and 255 in lines, then the bytes.
fn read_ppm(reader: &mut impl BufRead) -> Option<RgbImage> {
    const LONGEST_LINE: u64 = 32;
    let line = |reader: &mut dyn BufRead| {
        let mut text = Vec::new();
        reader
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut text)
            .ok()?;
        String::from_utf8(text).ok()
    };
    if line(reader)?.trim_end() != "P6" {
        return None;
    }
    let size = line(reader)?;
    let (width, height) = size.trim_end().split_once(' ')?;
    let (width, height) = (width.parse::<u32>().ok()?, height.parse::<u32>().ok()?);
    let is_sane = (1..=LARGEST_SIDE).contains(&width) && (1..=LARGEST_SIDE).contains(&height);
    if !is_sane || line(reader)?.trim_end() != "255" {
        return None;
    }
    let mut data = vec![0; width as usize * height as usize * 3];
    reader.read_exact(&mut data).ok()?;
    RgbImage::new(width, height, data)
}

/// What the system calls a camera; `None` where it does not say. The same for the same camera, wherever it is plugged in.
#[must_use]
pub fn name_of(system: System, device: &OsStr) -> Option<String> {
    match system {
        System::Linux => {
            let device = std::fs::canonicalize(PathBuf::from(device)).ok()?;
            let file = Path::new("/sys/class/video4linux")
                .join(device.file_name()?)
                .join("name");
            let name = std::fs::read_to_string(file).ok()?;
            Some(name.trim().to_owned()).filter(|name| !name.is_empty())
        }
        System::MacOs => None,
        System::Windows => device.to_str().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(system: System, device: &str) -> String {
        let list = arguments(system, OsStr::new(device));
        let list: Vec<String> = list
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        list.join(" ")
    }

    #[test]
    fn each_system_is_asked_in_its_own_way() {
        let rest = "-map 0:v:0 -an -vf fps=10,scale=-2:240:flags=bilinear,format=rgb24 -f image2pipe -c:v ppm pipe:1";
        let begin = "-nostdin -hide_banner -nostats -loglevel warning -fflags nobuffer";
        assert_eq!(
            words(System::Linux, "/dev/video2"),
            format!("{begin} -f v4l2 -video_size 640x480 -i /dev/video2 {rest}")
        );
        assert_eq!(
            words(System::MacOs, "0"),
            format!("{begin} -f avfoundation -framerate 30 -video_size 640x480 -i 0:none {rest}")
        );
        assert_eq!(
            words(System::Windows, "Integrated Camera"),
            format!("{begin} -f dshow -video_size 640x480 -i video=Integrated Camera {rest}")
        );
    }

    #[test]
    fn a_device_is_never_taken_for_an_option() {
        let list = arguments(System::Linux, OsStr::new("-y"));
        let at = list.iter().position(|word| word == "-y").unwrap();
        assert_eq!(list[at - 1], "-i");
    }

    #[test]
    fn the_first_camera_of_linux_is_one_that_gives_pictures() {
        let class = tempfile::tempdir().unwrap();
        for (device, index) in [("video3", "0"), ("video10", "0"), ("video2", "1")] {
            let folder = class.path().join(device);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join("index"), format!("{index}\n")).unwrap();
        }
        assert_eq!(first_of_linux(class.path()), "/dev/video3");
        assert_eq!(first_of_linux(&class.path().join("none")), "/dev/video0");
    }

    #[test]
    fn the_first_camera_of_windows_is_read_from_new_and_old_lists() {
        let new = "[dshow @ 0] \"Mic\" (audio)\n[dshow @ 0] \"Integrated Camera\" (video)\n[dshow @ 0]   Alternative name \"@device_pnp\"\n";
        assert_eq!(first_of_dshow(new).as_deref(), Some("Integrated Camera"));
        let old = "[dshow @ 0] DirectShow video devices\n[dshow @ 0]  \"HD Webcam\"\n[dshow @ 0] DirectShow audio devices\n[dshow @ 0]  \"Mic\"\n";
        assert_eq!(first_of_dshow(old).as_deref(), Some("HD Webcam"));
        let none = "[dshow @ 0] DirectShow video devices\n[dshow @ 0] DirectShow audio devices\n[dshow @ 0]  \"Mic\"\n";
        assert_eq!(first_of_dshow(none), None);
    }

    #[test]
    fn last_words_become_one_sentence_that_says_what_to_do() {
        let absent = CaptureError::Absent {
            device: "/dev/video9".into(),
        };
        for (said, gave_pictures, wanted) in [
            (
                "/dev/video0: Device or resource busy",
                false,
                CaptureError::Busy,
            ),
            (
                "[video4linux2] ioctl(VIDIOC_STREAMON): Device or resource busy",
                false,
                CaptureError::Busy,
            ),
            (
                "[dshow @ 0] Could not run graph (sometimes caused by a device already in use by other application)",
                false,
                CaptureError::Busy,
            ),
            (
                "/dev/video0: Permission denied",
                false,
                CaptureError::NotAllowed,
            ),
            (
                "[video4linux2] ioctl(VIDIOC_DQBUF): No such device",
                true,
                CaptureError::Unplugged,
            ),
            (
                "/dev/video0: Input/output error",
                true,
                CaptureError::Unplugged,
            ),
            (
                "/dev/video9: No such file or directory",
                false,
                absent.clone(),
            ),
            (
                "[dshow @ 0] Could not find video device with name [x] among source devices of type video.",
                false,
                absent,
            ),
        ] {
            assert_eq!(
                reason(&[said], gave_pictures, "/dev/video9"),
                wanted,
                "{said}"
            );
        }
        let other = reason(
            &["[v4l2 @ 0x5] The format is not known"],
            false,
            "/dev/video9",
        );
        assert_eq!(
            other.to_string(),
            "ffmpeg cannot read the camera (The format is not known); try another program with it, or name another camera with --source."
        );
    }

    #[test]
    fn what_is_no_picture_ends_the_reading() {
        let read = |bytes: &[u8]| read_ppm(&mut BufReader::new(bytes)).is_some();
        assert!(read(b"P6\n2 1\n255\n123456"));
        for wrong in [
            b"P6\n2 1\n255\n12345".as_slice(),
            b"P6\n0 1\n255\n",
            b"P6\n99999 99999\n255\n",
            b"P6\n2 1\n65535\n123456123456",
            b"P5\n2 1\n255\n12",
            b"P6 and no end of the line, for as long as it takes and longer than that",
            b"",
        ] {
            assert!(!read(wrong), "{}", String::from_utf8_lossy(wrong));
        }
    }

    /// A camera whose ffmpeg is a script.
    #[cfg(unix)]
    fn open(script: &str) -> Camera {
        let arguments = ["-c", script].map(OsString::from);
        Camera::start(&arguments, OsStr::new("/dev/video0"), Path::new("/bin/sh")).unwrap()
    }

    #[cfg(unix)]
    const LONG: Duration = Duration::from_secs(60);

    #[cfg(unix)]
    #[test]
    fn only_the_newest_picture_counts() {
        let folder = tempfile::tempdir().unwrap();
        let go = folder.path().join("go");
        // Three pictures at once, of one pixel each; then it waits to be told to end.
        let script = format!(
            "printf 'P6\\n1 1\\n255\\naaaP6\\n1 1\\n255\\nbbbP6\\n1 1\\n255\\nccc'; while [ ! -e {0} ]; do sleep 0.02; done",
            go.display()
        );
        let mut camera = open(&script);
        while camera.shared.lock().count < 3 {
            std::thread::sleep(Duration::from_millis(5));
        }
        let shot = camera.newest(LONG).unwrap().unwrap();
        assert_eq!(shot.image.data(), b"ccc");
        assert!(
            camera.newest(Duration::from_millis(20)).unwrap().is_none(),
            "it is given once"
        );
        std::fs::write(&go, "").unwrap();
        assert_eq!(camera.newest(LONG).err(), Some(CaptureError::Unplugged));
    }

    #[cfg(unix)]
    #[test]
    fn a_camera_that_is_unplugged_or_busy_says_so() {
        let picture = "printf 'P6\\n1 1\\n255\\nabc'";
        let script = format!(
            "{picture}; echo '[video4linux2] ioctl(VIDIOC_DQBUF): No such device' >&2; exit 1"
        );
        let mut camera = open(&script);
        let mut outcome = camera.newest(LONG);
        if outcome.is_ok() {
            outcome = camera.newest(LONG);
        }
        assert_eq!(outcome.err(), Some(CaptureError::Unplugged));
        let mut camera = open("echo '/dev/video0: Device or resource busy' >&2; exit 1");
        assert_eq!(camera.newest(LONG).err(), Some(CaptureError::Busy));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_program_that_holds_the_camera_ends_with_it() {
        let camera = open("exec sleep 1000");
        let process = PathBuf::from(format!("/proc/{}", camera.process()));
        assert!(process.exists());
        drop(camera);
        assert!(!process.exists());
    }

    #[test]
    fn without_ffmpeg_it_says_how_to_get_it() {
        let outcome = Camera::open(
            System::Linux,
            OsStr::new("/dev/video0"),
            Path::new("no-such-ffmpeg"),
        );
        let Err(CaptureError::FfmpegMissing { install }) = outcome else {
            panic!("it started");
        };
        assert!(install.contains("ffmpeg"));
    }

    #[test]
    fn a_real_ffmpeg_gives_small_pictures_of_any_camera() {
        let ask = ["-f", "lavfi"];
        let input = OsStr::new("testsrc=size=1280x720:rate=30");
        let camera = Camera::start(&with_input(&ask, input), input, Path::new("ffmpeg"));
        let mut camera = match camera {
            Ok(camera) => camera,
            Err(CaptureError::FfmpegMissing { install }) => panic!("install ffmpeg {install}"),
            Err(error) => panic!("{error}"),
        };
        for _ in 0..3 {
            let shot = camera.newest(Duration::from_secs(60)).unwrap().unwrap();
            assert_eq!((shot.image.width(), shot.image.height()), (426, 240));
        }
    }
}
