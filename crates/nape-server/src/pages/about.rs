//! What nape is and is not, and the sources of all it says.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use nape_content::{Read, SourceKind};
use nape_core::rule::Basis;

use crate::App;
use crate::page::{Asked, Page, Place, Words, show};

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/about", get(about))
        .route("/sources", get(sources))
}

/// A source where it is cited.
pub(super) struct Cited<'a> {
    pub(super) id: &'a str,
    /// V, M or D.
    pub(super) letter: &'static str,
    /// What the letter means.
    pub(super) mark: String,
    pub(super) cite: &'a str,
    /// The place where it was read is of weak quality.
    pub(super) weak: bool,
}

/// What something rests on.
pub(super) fn cited<'a>(words: Words<'a>, basis: &'a Basis) -> Vec<Cited<'a>> {
    basis
        .citations()
        .iter()
        .filter_map(|citation| {
            let source = words.content.sources.get(&citation.source)?;
            let letter = citation.mark.letter();
            Some(Cited {
                id: &source.id,
                letter,
                mark: words.say(&format!("mark-{letter}")),
                cite: &source.cite,
                weak: source.weak,
            })
        })
        .collect()
}

const NOTICE: &str = include_str!("../../../../NOTICE");
const MIT: &str = include_str!("../../../../LICENSE-MIT");
const APACHE: &str = include_str!("../../../../LICENSE-APACHE");

#[derive(Template)]
#[template(path = "about.html")]
struct About<'a> {
    p: Page<'a>,
    version: &'static str,
    content: &'a str,
    reviewed_by: String,
    folder: String,
    address: String,
    notice: Vec<&'static str>,
    mit: &'static str,
    apache: &'static str,
}

async fn about(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let book = app.book();
    let page = About {
        p: Page::new(&app, &book, &asked, Place::About, "nav-about"),
        version: env!("CARGO_PKG_VERSION"),
        content: &app.content.version,
        reviewed_by: app.content.reviewed_by.join(", "),
        folder: book.store().folder().display().to_string(),
        address: app.authority().to_owned(),
        notice: NOTICE.split("\n\n").collect(),
        mit: MIT,
        apache: APACHE,
    };
    show(StatusCode::OK, &page)
}

/// Something that cites a source: its words and where they stand.
struct Use {
    words: String,
    to: Option<String>,
}

struct SourceRow<'a> {
    id: &'a str,
    cite: &'a str,
    place: Option<&'a str>,
    kind: String,
    read: String,
    weak: bool,
    uses: Vec<Use>,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct Sources<'a> {
    p: Page<'a>,
    rows: Vec<SourceRow<'a>>,
    weak: usize,
}

async fn sources(State(app): State<Arc<App>>, asked: Asked) -> Response {
    let book = app.book();
    let p = Page::new(&app, &book, &asked, Place::About, "nav-sources");
    let words = p.words;
    let all = uses(words);
    let rows: Vec<SourceRow<'_>> = app
        .content
        .sources
        .values()
        .map(|source| SourceRow {
            id: &source.id,
            cite: &source.cite,
            place: source.place.as_deref(),
            kind: words.say(kind(source.kind)),
            read: words.say(read(source.read)),
            weak: source.weak,
            uses: all
                .iter()
                .filter(|(basis, _)| basis.citations().iter().any(|c| c.source == source.id))
                .map(|(_, used)| Use {
                    words: used.words.clone(),
                    to: used.to.clone(),
                })
                .collect(),
        })
        .collect();
    let page = Sources {
        weak: rows.iter().filter(|row| row.weak).count(),
        rows,
        p,
    };
    show(StatusCode::OK, &page)
}

/// All that rests on sources, in the order in which people meet it.
fn uses(words: Words<'_>) -> Vec<(&Basis, Use)> {
    let content = words.content;
    let mut all = Vec::new();
    let mut add = |basis, words: String, to: Option<String>| all.push((basis, Use { words, to }));
    for rule in content.questionnaire.rules() {
        let title = words.say(&format!("{}.title", rule.id));
        let said = words.with("sources-question", &[("title", &title)]);
        add(&rule.basis, said, None);
    }
    for pattern in content.questionnaire.patterns() {
        let name = words.say(&format!("pattern-{}.name", pattern.id));
        let said = words.with("sources-pattern", &[("name", &name)]);
        add(&pattern.basis, said, None);
    }
    for stroke in &content.strokes {
        let to = format!("/care/massage#stroke-{}", stroke.id);
        add(
            &stroke.basis,
            words.say(&format!("stroke-{}", stroke.id)),
            Some(to),
        );
    }
    let forbidden = [
        ("forbidden_place", &content.forbidden_places),
        ("forbidden_act", &content.forbidden_acts),
    ];
    for (kind, list) in forbidden {
        for entry in list {
            let to = format!("/care/massage#{kind}");
            add(
                &entry.basis,
                words.say(&format!("{kind}-{}", entry.id)),
                Some(to),
            );
        }
    }
    for exercise in &content.exercises {
        let to = format!("/care/exercise/{}", exercise.id);
        add(
            &exercise.basis,
            words.say(&format!("exercise-{}", exercise.id)),
            Some(to),
        );
    }
    for line in &content.doses {
        let said = words.say(&format!("dose-line-{}", line.id));
        add(&line.basis, said, None);
    }
    for statement in &content.statements {
        let to = format!("/care/evidence#{}", statement.id);
        let about = words.say(&format!("library-about-{}", statement.about));
        let said = words.with("sources-statement", &[("about", &about)]);
        add(&statement.basis, said, Some(to));
    }
    all
}

fn kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Guideline => "sources-kind-guideline",
        SourceKind::Review => "sources-kind-review",
        SourceKind::Trial => "sources-kind-trial",
        SourceKind::Cohort => "sources-kind-cohort",
        SourceKind::Case => "sources-kind-case",
        SourceKind::Standard => "sources-kind-standard",
        SourceKind::Criteria => "sources-kind-criteria",
        SourceKind::Reference => "sources-kind-reference",
        SourceKind::Page => "sources-kind-page",
        SourceKind::Memory => "sources-kind-memory",
        SourceKind::Design => "sources-kind-design",
    }
}

fn read(read: Read) -> &'static str {
    match read {
        Read::Full => "sources-read-full",
        Read::Abstract => "sources-read-abstract",
        Read::Page => "sources-read-page",
        Read::None => "sources-read-none",
    }
}
