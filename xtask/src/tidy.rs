//! Rules of the tree that no compiler checks. Each test names what to do about a violation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::product::{cargo, root};

/// Which crates of the workspace a crate may depend on: the whole list (ARCHITECTURE.md draws it).
const ARROWS: &[(&str, &[&str])] = &[
    ("nape-core", &[]),
    ("nape-content", &["nape-core"]),
    ("nape-nn", &[]),
    ("nape-vision", &["nape-core", "nape-nn"]),
    ("nape-formats", &["nape-core"]),
    ("nape-store", &["nape-core"]),
    ("nape-draw", &["nape-core"]),
    (
        "nape-server",
        &[
            "nape-content",
            "nape-core",
            "nape-draw",
            "nape-formats",
            "nape-store",
            "nape-vision",
        ],
    ),
    (
        "nape",
        &[
            "nape-content",
            "nape-core",
            "nape-formats",
            "nape-server",
            "nape-store",
            "nape-vision",
        ],
    ),
    (
        "nape-e2e",
        &[
            "nape-content",
            "nape-core",
            "nape-formats",
            "nape-server",
            "nape-store",
        ],
    ),
    ("nape-fuzz", &["nape-content", "nape-core", "nape-formats"]),
    ("xtask", &["nape-content", "nape-core", "nape-store"]),
];

/// What the pure core may use from outside. It is decisions and arithmetic: each addition is a decision too.
const CORE_MAY_USE: &[&str] = &[
    "jiff",
    "nalgebra",
    "pulp",
    "rand_chacha",
    "sha2",
    "statrs",
    "thiserror",
];
/// The same for its tests and benchmarks.
const CORE_TESTS_MAY_USE: &[&str] = &["divan", "proptest"];

/// Clients of the network. nape sends nothing anywhere, so none of them is ever linked.
const NETWORK: &[&str] = &["reqwest", "curl", "ureq", "native-tls", "rustls"];
/// Crates that answer requests and can make them: they are linked without the features that make them.
const SERVERS: &[&str] = &["hyper", "hyper-util"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `null` for an ordinary dependency, `dev` or `build` else.
    kind: Option<String>,
    path: Option<PathBuf>,
}

fn workspace() -> Vec<Package> {
    let output = Command::new(cargo())
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root().unwrap())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Metadata = serde_json::from_slice(&output.stdout).unwrap();
    metadata.packages
}

#[test]
fn crates_depend_only_along_the_allowed_arrows() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut wrong = String::new();
    let packages = workspace();
    for package in &packages {
        let Some(may) = allowed.get(package.name.as_str()) else {
            let _ = writeln!(wrong, "{} is not in ARROWS", package.name);
            continue;
        };
        for dependency in package.dependencies.iter().filter(|d| d.path.is_some()) {
            if !may.contains(&dependency.name.as_str()) {
                let _ = writeln!(wrong, "{} -> {}", package.name, dependency.name);
            }
        }
    }
    for (name, _) in ARROWS {
        if !packages.iter().any(|package| package.name == *name) {
            let _ = writeln!(wrong, "{name} is in ARROWS but not in the workspace");
        }
    }
    assert!(wrong.is_empty(), "arrows that are not allowed:\n{wrong}");
}

#[test]
fn the_core_uses_nothing_it_should_not() {
    let packages = workspace();
    let core = packages.iter().find(|p| p.name == "nape-core").unwrap();
    for dependency in &core.dependencies {
        let list = match dependency.kind.as_deref() {
            None => CORE_MAY_USE,
            Some("dev") => CORE_TESTS_MAY_USE,
            Some(kind) => panic!("nape-core has a {kind} dependency: {}", dependency.name),
        };
        assert!(
            list.contains(&dependency.name.as_str()),
            "nape-core depends on {}; it may use {list:?}",
            dependency.name
        );
    }
}

#[test]
fn no_client_of_the_network_is_locked() {
    let lock = std::fs::read_to_string(root().unwrap().join("Cargo.lock")).unwrap();
    let found: Vec<&str> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .filter(|name| NETWORK.contains(name))
        .collect();
    assert!(
        found.is_empty(),
        "nape opens no connection, but Cargo.lock has {found:?}"
    );
}

#[test]
fn what_answers_requests_cannot_make_any() {
    let output = Command::new(cargo())
        .args([
            "tree",
            "--package=nape",
            "--edges=normal,features",
            "--prefix=none",
            "--format={p} {f}",
            "--offline",
            "--locked",
        ])
        .current_dir(root().unwrap())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).unwrap();
    for name in SERVERS {
        let start = format!("{name} v");
        let lines: Vec<&str> = tree
            .lines()
            .filter(|line| line.starts_with(&start))
            .collect();
        assert!(
            !lines.is_empty(),
            "{name} is no longer linked; take it off the list"
        );
        for line in lines {
            let features = line.rsplit(' ').next().unwrap_or_default();
            assert!(
                !features
                    .split(',')
                    .any(|feature| feature.starts_with("client")),
                "{name} is linked with the means to open connections: {line}"
            );
        }
    }
}

/// Every file of the tree, below the root; not what git ignores by name.
fn files() -> Vec<PathBuf> {
    fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                let skipped = [".git", "target", "out"].contains(&name.as_str())
                    // A folder that cargo builds into carries this tag, whatever its name.
                    || path.join("CACHEDIR.TAG").exists();
                if !skipped {
                    collect(&path, files);
                }
            } else if name != ".git" {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    collect(&root().unwrap(), &mut files);
    files.sort();
    files
}

/// The text files, with their paths below the root.
fn texts() -> impl Iterator<Item = (String, String)> {
    let root = root().unwrap();
    files().into_iter().filter_map(move |path| {
        let text = std::fs::read_to_string(&path).ok()?;
        let name = path.strip_prefix(&root).unwrap().to_string_lossy();
        Some((name.replace('\\', "/"), text))
    })
}

#[test]
fn every_source_file_says_what_it_is() {
    let silent: Vec<String> = texts()
        .filter(|(name, text)| name.ends_with(".rs") && !text.starts_with("//!"))
        .map(|(name, _)| name)
        .collect();
    assert!(
        silent.is_empty(),
        "files that do not start with //! and a sentence: {silent:#?}"
    );
}

/// Lines of text files that hold one of `needles`, as `file:line: text`.
fn lines_with(
    needles: &[String],
    is_hit: fn(line: &str, at: usize, needle: &str) -> bool,
) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in texts().filter(|(name, _)| name != "Cargo.lock") {
        for (number, line) in text.lines().enumerate() {
            let hit = needles.iter().any(|needle| {
                line.match_indices(needle.as_str())
                    .any(|(at, _)| is_hit(line, at, needle))
            });
            if hit {
                let start: String = line.trim().chars().take(100).collect();
                found.push(format!("{name}:{}: {start}", number + 1));
            }
        }
    }
    found
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[test]
fn nothing_is_left_to_do_in_the_tree() {
    // In pieces, or this file would be the first to be found.
    let needles = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["todo", "!"].concat(),
        ["unimplemented", "!"].concat(),
    ];
    let found = lines_with(&needles, |line, at, needle| {
        let before = line[..at].chars().next_back();
        let after = line[at + needle.len()..].chars().next();
        !before.is_some_and(is_word) && (needle.ends_with('!') || !after.is_some_and(is_word))
    });
    assert!(
        found.is_empty(),
        "finish it, or file an issue and say it there: {found:#?}"
    );
}

#[test]
fn no_file_knows_a_registry_or_the_machine_it_was_written_on() {
    let hosts = [
        ["crates", "io"],
        ["pypi", "org"],
        ["pythonhosted", "org"],
        ["npmjs", "org"],
        ["npmjs", "com"],
        ["deb.debian", "org"],
        ["proxy.golang", "org"],
    ];
    let hosts: Vec<String> = hosts.iter().map(|parts| parts.join(".")).collect();
    let mut found = lines_with(&hosts, |_, _, _| true);
    let folders = ["work", "root"].map(|folder| format!("/{folder}"));
    found.extend(lines_with(&folders, |line, at, needle| {
        // The start of a path, and the whole of its first part.
        let before = line[..at].chars().next_back();
        let after = line[at + needle.len()..].chars().next();
        let starts = !before.is_some_and(|c| is_word(c) || "./-~}*)>".contains(c));
        starts && after.is_none_or(|c| c == '/' || (!is_word(c) && c != '-' && c != '.'))
    }));
    assert!(
        found.is_empty(),
        "name packages without their host, and paths from the root of the repository: {found:#?}"
    );
}

fn models_folder() -> PathBuf {
    root().unwrap().join("crates/nape-vision/models")
}

/// File name and checksum of each `model_file!("name", "sha256")` in models.rs.
fn stated_models() -> BTreeMap<String, String> {
    let source = root().unwrap().join("crates/nape-vision/src/models.rs");
    let source = std::fs::read_to_string(source).unwrap();
    let mut stated = BTreeMap::new();
    for call in source.split("model_file!(").skip(1) {
        let mut quoted = call.split('"').skip(1).step_by(2);
        let (name, sum) = (quoted.next().unwrap(), quoted.next().unwrap());
        stated.insert(name.to_owned(), sum.to_owned());
    }
    assert!(
        !stated.is_empty(),
        "models.rs names its files in another way now; teach this test"
    );
    stated
}

#[test]
fn embedded_models_are_the_released_ones() {
    for (name, stated) in stated_models() {
        let bytes = std::fs::read(models_folder().join(&name)).unwrap();
        let mut found = String::new();
        for byte in Sha256::digest(&bytes) {
            let _ = write!(found, "{byte:02x}");
        }
        assert_eq!(found, stated, "{name} is not the file that models.rs names");
    }
}

#[test]
fn every_model_has_a_licence_and_an_origin() {
    let stated: BTreeSet<String> = stated_models().into_keys().collect();
    let text = |name: &str| {
        Path::new(name)
            .extension()
            .is_some_and(|e| e == "md" || e == "txt")
    };
    let present: BTreeSet<String> = std::fs::read_dir(models_folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !text(name))
        .collect();
    assert_eq!(
        present, stated,
        "models/ and models.rs list different files"
    );

    let readme = std::fs::read_to_string(models_folder().join("README.md"))
        .expect("models/README.md has to name origin and licence of each file");
    assert!(
        ["Apache", "MIT", "BSD", "CC0", "CC BY"]
            .iter()
            .any(|licence| readme.contains(licence)),
        "models/README.md names no licence"
    );
    for name in stated {
        let says_origin = readme.lines().any(|line| {
            // A row of a table, | file | origin | .. |, or any line that goes on after the name.
            line.split_once(name.as_str())
                .is_some_and(|(_, rest)| rest.chars().filter(|c| c.is_alphanumeric()).count() >= 5)
        });
        assert!(
            says_origin,
            "models/README.md does not say where {name} comes from"
        );
    }
}

/// The banned paths of a clippy.toml.
fn bans(file: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split("path = \"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_crates_own_clippy_file_repeats_the_bans_of_the_root() {
    let root = root().unwrap();
    let of_root = bans(&root.join("clippy.toml"));
    assert!(!of_root.is_empty());
    let mut seen_core = false;
    for folder in std::fs::read_dir(root.join("crates")).unwrap() {
        let file = folder.unwrap().path().join("clippy.toml");
        if !file.is_file() {
            continue;
        }
        seen_core |= file.to_string_lossy().contains("nape-core");
        // Clippy reads the nearest file only.
        let own = bans(&file);
        let missing: Vec<&String> = of_root.difference(&own).collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", file.display());
    }
    assert!(seen_core, "nape-core has lost its own clippy.toml");
}

/// The tests that `docs/hazards.md` names, as `path#name`.
fn named_proofs(text: &str) -> Vec<(&str, &str)> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|code| code.split_once('#'))
        .filter(|(path, _)| path.ends_with(".rs"))
        .collect()
}

#[test]
fn every_hazard_is_proved_by_tests_that_exist() {
    let root = root().unwrap();
    let text = std::fs::read_to_string(root.join("docs/hazards.md")).unwrap();
    let mut wrong = String::new();
    let hazards = text.split("\n## ").skip(1);
    for hazard in hazards.filter(|hazard| hazard.starts_with('H')) {
        let title = hazard.lines().next().unwrap_or_default();
        let proofs = named_proofs(hazard);
        if proofs.is_empty() {
            let _ = writeln!(wrong, "{title}: no test is named");
        }
        for (path, name) in proofs {
            let source = std::fs::read_to_string(root.join(path)).unwrap_or_default();
            let needle = if name.starts_with("compile_fail") {
                format!("```{name}")
            } else {
                format!("fn {name}(")
            };
            let is_there = source.lines().any(|line| {
                line.trim_start()
                    .trim_start_matches("//")
                    .trim_start_matches(['/', '!', ' '])
                    .starts_with(&needle)
            });
            if !is_there {
                let _ = writeln!(wrong, "{title}: {path} has no {name}");
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "write the test, or correct docs/hazards.md:\n{wrong}"
    );
}

#[test]
fn a_named_proof_is_told_from_other_code() {
    let text = "`a.rs#one`, `b/c.rs#compile_fail,E0061` and `path#name`, `D`";
    assert_eq!(
        named_proofs(text),
        [("a.rs", "one"), ("b/c.rs", "compile_fail,E0061")]
    );
}
