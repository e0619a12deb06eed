//! `--install` and `--uninstall`: the watch starts whenever the person logs in.
//!
//! Each system has a text of its own that says what to start; making it is a function of the command alone.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::cli::{EveryChoice, Watch};
use crate::serve::complain;
use crate::write;

/// What the service is called.
const NAME: &str = "nape-watch";
/// What it is called on macOS.
const LABEL: &str = "nape.watch";

/// What is to be started: the program and its arguments.
fn command(program: &Path, arguments: &Watch) -> anyhow::Result<Vec<String>> {
    let text = |path: &Path| {
        path.to_str().map(str::to_owned).with_context(|| {
            format!(
                "{} is no text; choose a path of ordinary letters",
                path.display()
            )
        })
    };
    let mut list = vec![text(program)?, "watch".to_owned()];
    let mut add = |name: &str, value: String| list.extend([name.to_owned(), value]);
    if let Some(source) = &arguments.source {
        add("--source", text(source)?);
    }
    if let Some(every) = arguments.every {
        let minutes = match every {
            EveryChoice::Twenty => "20",
            EveryChoice::Thirty => "30",
        };
        add("--every", minutes.to_owned());
    }
    for quiet in &arguments.quiet {
        let (from, until) = (quiet.from.strftime("%H:%M"), quiet.until.strftime("%H:%M"));
        add("--quiet", format!("{from}-{until}"));
    }
    if let Some(folder) = &arguments.data_dir {
        add("--data-dir", text(&whole(folder)?)?);
    }
    if let Some(crate::analyze::neutral::NeutralSpec::Files(files)) = &arguments.neutral {
        let files = files
            .iter()
            .map(|file| text(&whole(file)?))
            .collect::<anyhow::Result<Vec<_>>>()?;
        add("--neutral", files.join(","));
    }
    if let Some(fps) = arguments.fps {
        add("--fps", fps.to_string());
    }
    if arguments.ffmpeg != Path::new("ffmpeg") {
        add("--ffmpeg", text(&arguments.ffmpeg)?);
    }
    if arguments.no_store {
        list.push("--no-store".to_owned());
    }
    Ok(list)
}

/// A service is started from somewhere else.
fn whole(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot tell where {} is", path.display()))
}

/// The unit of systemd. What it prints is about somebody's health and does not belong into the system's journal; complaints do.
///
/// It may open no socket but those of this machine's own files. What needs a namespace of its own is left out, since not every system gives one to a person's services;
/// and ffmpeg scales pictures with code that it writes itself, so memory may become code.
fn unit(command: &[String]) -> String {
    let words: Vec<String> = command.iter().map(|word| systemd_word(word)).collect();
    format!(
        "[Unit]
Description=nape watch: says when it is time to move

[Service]
ExecStart={}
StandardOutput=null
Restart=on-failure
RestartSec=30
Nice=5
UMask=0077
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
",
        words.join(" ")
    )
}

/// A word in quotes, with everything that systemd would replace written twice.
fn systemd_word(word: &str) -> String {
    let mut quoted = String::from("\"");
    for character in word.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '%' | '$' => quoted.extend([character, character]),
            '\n' => quoted.push_str("\\n"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// The property list of launchd.
fn plist(command: &[String]) -> String {
    let words: String = command
        .iter()
        .map(|word| format!("\t\t<string>{}</string>\n", xml(word)))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">
<plist version=\"1.0\">
<dict>
\t<key>Label</key>
\t<string>{LABEL}</string>
\t<key>ProgramArguments</key>
\t<array>
{words}\t</array>
\t<key>RunAtLoad</key>
\t<true/>
\t<key>KeepAlive</key>
\t<dict>
\t\t<key>SuccessfulExit</key>
\t\t<false/>
\t</dict>
\t<key>ProcessType</key>
\t<string>Background</string>
\t<key>StandardOutPath</key>
\t<string>/dev/null</string>
</dict>
</plist>
"
    )
}

/// The task of Windows, as `schtasks /Create /XML` reads it.
fn task(command: &[String]) -> String {
    let (program, arguments) = command
        .split_first()
        .map_or(("", [].as_slice()), |(first, rest)| (first.as_str(), rest));
    let arguments: Vec<String> = arguments.iter().map(|word| windows_word(word)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">
  <RegistrationInfo>
    <Description>nape watch: says when it is time to move</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
    </LogonTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>10</Count>
    </RestartOnFailure>
  </Settings>
  <Actions>
    <Exec>
      <Command>{}</Command>
      <Arguments>{}</Arguments>
    </Exec>
  </Actions>
</Task>
",
        xml(program),
        xml(&arguments.join(" "))
    )
}

/// A word in quotes where Windows needs them: backslashes count only before a quote.
fn windows_word(word: &str) -> String {
    if !word.is_empty() && !word.contains([' ', '\t', '"']) {
        return word.to_owned();
    }
    let mut quoted = String::from("\"");
    let mut backslashes = 0;
    for character in word.chars() {
        if character == '\\' {
            backslashes += 1;
            continue;
        }
        let doubled = if character == '"' {
            2 * backslashes + 1
        } else {
            backslashes
        };
        quoted.push_str(&"\\".repeat(doubled));
        backslashes = 0;
        quoted.push(character);
    }
    quoted.push_str(&"\\".repeat(2 * backslashes));
    quoted.push('"');
    quoted
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// How a system starts something at every login.
struct Way {
    /// The file that says what to start.
    file: PathBuf,
    text: String,
    /// Run after it was written.
    begin: Vec<Vec<OsString>>,
    /// Run before it is taken away.
    end: Vec<Vec<OsString>>,
    /// Run after it was taken away.
    after: Vec<Vec<OsString>>,
    /// What `begin` may have made beside it, links first.
    traces: Vec<PathBuf>,
}

fn words(list: &[&str]) -> Vec<OsString> {
    list.iter().map(OsString::from).collect()
}

/// The folders of the person that services are kept in.
struct Folders {
    config: PathBuf,
    home: PathBuf,
}

fn systemd(folders: &Folders, command: &[String]) -> Way {
    let unit_name = format!("{NAME}.service");
    let folder = folders.config.join("systemd").join("user");
    let wants = folder.join("default.target.wants");
    Way {
        file: folder.join(&unit_name),
        text: unit(command),
        begin: vec![
            words(&["systemctl", "--user", "daemon-reload"]),
            words(&["systemctl", "--user", "enable", &unit_name]),
            // An older one that runs with other options starts anew.
            words(&["systemctl", "--user", "restart", &unit_name]),
        ],
        end: vec![words(&[
            "systemctl",
            "--user",
            "disable",
            "--now",
            &unit_name,
        ])],
        after: vec![words(&["systemctl", "--user", "daemon-reload"])],
        traces: vec![wants.join(&unit_name), wants, folder],
    }
}

fn launchd(folders: &Folders, command: &[String]) -> Way {
    let folder = folders.home.join("Library").join("LaunchAgents");
    let file = folder.join(format!("{LABEL}.plist"));
    let path = file.as_os_str().to_owned();
    let with_path = |list: &[&str]| {
        let mut list = words(list);
        list.push(path.clone());
        list
    };
    Way {
        text: plist(command),
        begin: vec![with_path(&["launchctl", "load", "-w"])],
        end: vec![with_path(&["launchctl", "unload", "-w"])],
        after: Vec::new(),
        traces: Vec::new(),
        file,
    }
}

fn schtasks(folders: &Folders, command: &[String]) -> Way {
    let file = folders.config.join("nape").join(format!("{NAME}.xml"));
    let mut create = words(&["schtasks", "/Create", "/F", "/TN", NAME, "/XML"]);
    create.push(file.as_os_str().to_owned());
    Way {
        text: task(command),
        begin: vec![create, words(&["schtasks", "/Run", "/TN", NAME])],
        end: vec![
            words(&["schtasks", "/End", "/TN", NAME]),
            words(&["schtasks", "/Delete", "/F", "/TN", NAME]),
        ],
        after: Vec::new(),
        traces: Vec::new(),
        file,
    }
}

fn way(command: &[String]) -> anyhow::Result<Way> {
    use etcetera::BaseStrategy;
    let strategy = etcetera::choose_base_strategy()
        .context("this computer does not say where your home is; set HOME")?;
    let folders = Folders {
        config: strategy.config_dir(),
        home: strategy.home_dir().to_owned(),
    };
    if cfg!(target_os = "linux") {
        Ok(systemd(&folders, command))
    } else if cfg!(target_os = "macos") {
        Ok(launchd(&folders, command))
    } else if cfg!(target_os = "windows") {
        Ok(schtasks(&folders, command))
    } else {
        bail!(
            "how this system starts something at a login is not known; let it run `nape watch` yourself"
        )
    }
}

/// Runs a command. Whether it went well; `None` if there is no such program.
fn run(list: &[OsString]) -> Option<bool> {
    let (program, arguments) = list.split_first()?;
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()
        .map(|status| status.success())
}

fn as_typed(list: &[OsString]) -> String {
    let words: Vec<_> = list.iter().map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

/// Runs all commands, and says which the person has to run where that was not possible.
fn run_all(commands: &[Vec<OsString>], what_for: &str) {
    let left: Vec<String> = commands
        .iter()
        .skip_while(|list| run(list) == Some(true))
        .map(|list| as_typed(list))
        .collect();
    if !left.is_empty() {
        complain(&format!("to {what_for}, run: {}", left.join(" && ")));
    }
}

/// Writes what the system needs, and starts the watch. Doing it again takes the new options.
pub(super) fn install(arguments: &Watch) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let way = way(&command(&program, arguments)?)?;
    if let Some(folder) = way.file.parent() {
        std::fs::create_dir_all(folder).with_context(|| write::cannot_write(folder))?;
    }
    write::write_file(&way.file, |out| Ok(out.write_all(way.text.as_bytes())?))?;
    run_all(&way.begin, "start the watch now and at each login");
    complain(&format!(
        "the watch starts whenever you log in; {} says how, and `nape watch --uninstall` takes it away",
        way.file.display()
    ));
    Ok(())
}

/// Takes away what [`install`] made. Nothing to take away is fine, too.
pub(super) fn uninstall() -> anyhow::Result<()> {
    let way = way(&[])?;
    if !way.file.exists() {
        complain("the watch was not installed; there is nothing to take away");
        return Ok(());
    }
    run_all(&way.end, "end the watch");
    std::fs::remove_file(&way.file)
        .with_context(|| format!("cannot take away {}", way.file.display()))?;
    for trace in &way.traces {
        // Links that the system did not take away, and folders with nothing in them. What holds something else stays.
        let is_link = trace.is_symlink();
        let _ = if is_link {
            std::fs::remove_file(trace)
        } else {
            std::fs::remove_dir(trace)
        };
    }
    run_all(&way.after, "let the system know");
    complain("the watch no longer starts when you log in; what it kept is still there");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command as Chosen};

    fn command_of(typed: &[&str]) -> Vec<String> {
        let cli = Cli::try_parse_from(["nape", "watch"].iter().chain(typed)).unwrap();
        let Some(Chosen::Watch(arguments)) = cli.command else {
            panic!("not the watch");
        };
        command(Path::new("/opt/nape dir/nape"), &arguments).unwrap()
    }

    #[test]
    fn what_is_installed_runs_with_the_same_options() {
        let command = command_of(&[
            "--install",
            "--every",
            "20",
            "--quiet",
            "22:00-07:00",
            "--quiet",
            "12:00-13:00",
            "--data-dir",
            "/data/100% mine",
            "--no-store",
        ]);
        assert_eq!(
            command,
            [
                "/opt/nape dir/nape",
                "watch",
                "--every",
                "20",
                "--quiet",
                "22:00-07:00",
                "--quiet",
                "12:00-13:00",
                "--data-dir",
                "/data/100% mine",
                "--no-store",
            ]
        );
        assert_eq!(command_of(&["--install"]), ["/opt/nape dir/nape", "watch"]);
    }

    #[test]
    fn the_unit_of_systemd_is_as_reviewed() {
        let command = [
            "/opt/nape dir/nape",
            "watch",
            "--data-dir",
            "/data/100% \"$mine\"",
        ]
        .map(String::from);
        let unit = unit(&command);
        let wanted = include_str!("../../tests/data/nape-watch.service");
        assert_eq!(unit, wanted);
    }

    #[test]
    fn the_property_list_of_launchd_is_as_reviewed() {
        let command = [
            "/opt/nape dir/nape",
            "watch",
            "--data-dir",
            "/data/<you & me>",
        ]
        .map(String::from);
        assert_eq!(
            plist(&command),
            include_str!("../../tests/data/nape.watch.plist")
        );
    }

    #[test]
    fn the_task_of_windows_is_as_reviewed() {
        let command = [
            r"C:\Program Files\nape.exe",
            "watch",
            "--data-dir",
            r#"D:\my "data"\"#,
        ]
        .map(String::from);
        assert_eq!(
            task(&command),
            include_str!("../../tests/data/nape-watch.xml")
        );
    }

    #[test]
    fn systemd_itself_finds_nothing_wrong_with_the_unit() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("nape-watch.service");
        let program = std::env::current_exe().unwrap();
        let command = [program.to_str().unwrap(), "watch"].map(String::from);
        std::fs::write(&file, unit(&command)).unwrap();
        let verified = Command::new("systemd-analyze")
            .args([OsStr::new("verify"), OsStr::new("--user"), file.as_os_str()])
            .output();
        match verified {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let about: Vec<&str> = said.lines().filter(|line| line.contains(NAME)).collect();
                assert!(about.is_empty(), "{about:?}");
            }
            Err(error) => eprintln!("not verified, since systemd-analyze is not there: {error}"),
        }
    }

    #[test]
    fn words_of_windows_keep_their_backslashes() {
        assert_eq!(windows_word(r"C:\data"), r"C:\data");
        assert_eq!(windows_word(r"C:\my data\"), r#""C:\my data\\""#);
        assert_eq!(windows_word(""), "\"\"");
    }
}
