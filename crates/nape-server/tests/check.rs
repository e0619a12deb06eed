//! The welcome and the check, as somebody goes through them with a browser.

// Clippy's leave for tests ends at the functions that they share.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use nape_content::{Content, Lang, Verdict};
use nape_core::history::Symptom;
use nape_core::rule::Class;
use nape_core::screen::dialogue::{Question, Turn, next};
use nape_core::screen::{Age, Answer, Given, WithAge};
use nape_server::{App, Clock, router};
use nape_store::Store;
use proptest::prelude::*;
use tower::ServiceExt;

static CONTENT: LazyLock<Content> = LazyLock::new(|| Content::embedded().unwrap());

const HOST: &str = "127.0.0.1:7340";

/// The words of a key.
fn say(lang: Lang, key: &str, args: &[(&str, &str)]) -> String {
    assert!(CONTENT.words.has(key), "{key} has no words");
    CONTENT.words.say(lang, key, args).into_owned()
}

fn en(key: &str) -> String {
    say(Lang::En, key, &[])
}

/// As it stands in a page.
fn escaped(text: &str) -> String {
    text.replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    /// Where it leads, if it does.
    to: String,
    html: String,
}

impl Reply {
    fn says(&self, words: &str) -> bool {
        self.html.contains(&escaped(words))
    }

    fn says_key(&self, key: &str) -> bool {
        self.says(&en(key))
    }

    /// The values of all inputs with a name, and whether they are chosen.
    fn inputs(&self, name: &str) -> Vec<(String, bool)> {
        self.html
            .split("<input ")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap())
            .filter(|input| input.contains(&format!("name=\"{name}\"")))
            .map(|input| {
                let value = input.split("value=\"").nth(1).unwrap();
                let value = value.split('"').next().unwrap().to_owned();
                (value, input.contains(" checked"))
            })
            .collect()
    }

    fn input(&self, name: &str) -> String {
        self.inputs(name).first().unwrap().0.clone()
    }

    fn chosen(&self) -> Vec<String> {
        ["answer", "line", "age"]
            .iter()
            .flat_map(|name| self.inputs(name))
            .filter_map(|(value, chosen)| chosen.then_some(value))
            .collect()
    }

    /// The text without tags.
    fn text(&self) -> String {
        let mut text = String::new();
        for part in self.html.split('<') {
            text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
            text.push('\n');
        }
        text
    }

    /// The rules whose reasons are shown.
    fn reasons(&self) -> Vec<String> {
        self.html
            .split("<article class=\"card reason\" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    }

    fn class(&self) -> &str {
        let rest = self.html.split("data-class=\"").nth(1).unwrap();
        rest.split('"').next().unwrap()
    }
}

/// The app with one browser.
struct Site {
    router: Router,
    cookie: String,
    languages: &'static str,
}

impl Site {
    async fn at(folder: &Path) -> Self {
        let address: SocketAddr = HOST.parse().unwrap();
        let store = Store::open(folder).unwrap();
        let content = Content::embedded().unwrap();
        let app = Arc::new(App::new(address, store, content, Clock::system()).unwrap());
        let invitation = app.invitation().unwrap();
        let router = router(app);
        let request = Request::get(invitation.split(HOST).nth(1).unwrap());
        let request = request.header(header::HOST, HOST).body(Body::empty());
        let response = router.clone().oneshot(request.unwrap()).await.unwrap();
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        Self {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            router,
            languages: "en-US,en;q=0.9",
        }
    }

    async fn ask(&self, request: axum::http::request::Builder, body: Body) -> Reply {
        let request = request
            .header(header::HOST, HOST)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, self.languages)
            .body(body)
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let to = response
            .headers()
            .get(header::LOCATION)
            .map(|to| to.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let html = String::from_utf8(bytes.to_vec()).unwrap();
        let reply = Reply { status, to, html };
        says_nothing_forbidden(&reply);
        reply
    }

    async fn get(&self, path: &str) -> Reply {
        self.ask(Request::get(path), Body::empty()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let request = Request::post(path)
            .header(header::ORIGIN, format!("http://{HOST}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body.join("&"))).await
    }

    /// Answers a question as its page does.
    async fn reply(&self, page: &Reply, path: &str, fields: &[(&str, &str)]) -> Reply {
        let (draft, question) = (page.input("draft"), page.input("question"));
        let mut all = vec![("draft", draft.as_str()), ("question", question.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    /// The welcome and the beginning; gives the first question's page.
    async fn begin(&self, age: &str) -> String {
        let fields = [("age", age), ("region", "US")];
        assert_eq!(self.post("/welcome", &fields).await.to, "/check");
        self.post("/check/begin", &[]).await.to
    }

    /// Goes on from a page with "no" to all but these, until there is a result or a certain question.
    async fn walk(&self, from: &str, these: &[(&str, &str)], until: &str) -> String {
        let mut path = from.to_owned();
        for _ in 0..120 {
            if path == "/check/result" {
                return path;
            }
            let page = self.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path} leads to {}", page.to);
            let question = page.input("question");
            if question == until {
                return path;
            }
            let these = these.iter().find(|(id, _)| *id == question);
            let answer = these.map_or("no", |(_, answer)| answer);
            let reply = self.reply(&page, &path, &[("answer", answer)]).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{question}");
            path = reply.to;
        }
        panic!("there is no end to the questions");
    }

    /// A whole check.
    async fn check(&self, age: &str, these: &[(&str, &str)]) -> Reply {
        let first = self.begin(age).await;
        let end = self.walk(&first, these, "").await;
        let result = self.get(&end).await;
        assert_eq!(result.status, StatusCode::OK, "leads to {}", result.to);
        result
    }
}

async fn site() -> (tempfile::TempDir, Site) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::at(folder.path()).await;
    (folder, site)
}

const NOTHING: [&str; 0] = [];

static AVOIDED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = nape_content::embedded_files();
    let lines = files["claims.toml"].lines();
    let words: Vec<String> = lines
        .filter_map(|line| line.strip_prefix("words = \""))
        .map(|words| words.trim_end_matches('"').to_lowercase())
        .collect();
    assert!(words.len() > 20);
    words
});

/// No page says what must not be said, and none shows a key instead of words.
fn says_nothing_forbidden(reply: &Reply) {
    let text = reply.text().to_lowercase();
    let more = ["healthy", "you are fine", "健康"];
    for words in AVOIDED.iter().map(String::as_str).chain(more) {
        assert!(!text.contains(words), "a page says {words}");
    }
    let kinds = [
        "age", "change", "changed", "check", "class", "limits", "region", "result", "screen",
        "seen", "symptom", "today", "welcome",
    ];
    let is_key = |line: &&str| {
        line.split_once('-').is_some_and(|(kind, rest)| {
            kinds.contains(&kind) && !rest.is_empty() && !rest.contains(' ')
        })
    };
    assert_eq!(
        text.lines().map(str::trim).find(is_key),
        None,
        "a page shows a key"
    );
}

#[tokio::test]
async fn from_the_welcome_to_the_first_session_with_nothing_on_the_list() {
    let (_folder, site) = site().await;
    assert_eq!(site.get("/").await.to, "/welcome");
    assert_eq!(site.get("/check").await.to, "/welcome");
    let welcome = site.get("/welcome").await;
    for key in [
        "claim-decide",
        "claim-guides",
        "claim-local",
        "claim-no_clinician",
    ] {
        assert!(welcome.says_key(key), "{key}");
    }
    assert_eq!(welcome.chosen(), NOTHING);
    let fields = [("age", "18"), ("region", "US")];
    assert_eq!(site.post("/welcome", &fields).await.to, "/check");
    let start = site.get("/check").await;
    assert!(start.says_key("screen-intro") && start.says_key("check-how"));
    let first = site.post("/check/begin", &[]).await.to;
    assert_eq!(first, "/check/1");
    let page = site.get(&first).await;
    assert_eq!(page.chosen(), NOTHING);
    assert!(page.says_key("E01-accident"));
    assert!(page.html.contains("<progress value=\"1\" max="));
    let end = site.walk(&first, &[], "").await;
    let result = site.get(&end).await;
    assert_eq!(result.class(), "self_care");
    assert!(result.says_key("class-self_care.first") && result.says_key("class-self_care.note"));
    assert!(result.says(&say(Lang::En, "result-check_again", &[("days", "28")])));
    assert!(result.html.contains("href=\"/session/new?of="));
    let today = site.get("/").await;
    assert!(today.says_key("today-plan") && today.html.contains("/session/new?of="));
    let start = site.get("/check").await;
    assert!(start.says_key("check-valid") && !start.says_key("check-begun"));
}

#[tokio::test]
async fn the_age_bands_are_cut_exactly_where_a_rule_uses_an_age() {
    let mut cuts = BTreeSet::from([0]);
    for rule in CONTENT.questionnaire.rules() {
        let ask = &rule.ask;
        let in_lines = ask.lines.iter().filter_map(|lines| lines.age_from);
        cuts.extend(ask.asked_from.into_iter().chain(in_lines).map(Age::years));
        cuts.extend(ask.by_age.map(|band| match band {
            WithAge::Under(age) | WithAge::From(age) => age.years(),
        }));
    }
    let (_folder, site) = site().await;
    let welcome = site.get("/welcome").await;
    let bands = welcome.inputs("age");
    let bands: Vec<u8> = bands.iter().map(|(age, _)| age.parse().unwrap()).collect();
    assert_eq!(bands, cuts.iter().copied().collect::<Vec<_>>());
    // The ages of today, so that a cut that gets lost in reading the rules is seen as well.
    assert_eq!(bands, [0, 18, 50, 55, 65, 71]);
    for label in [
        "Under 18",
        "18 to 49",
        "50 to 54",
        "55 to 64",
        "65 to 70",
        "71 or older",
    ] {
        assert!(welcome.says(label), "{label}");
    }
}

#[tokio::test]
async fn the_age_has_to_be_chosen_and_the_country_is_kept_meanwhile() {
    let (_folder, site) = site().await;
    for age in [("x", "x"), ("age", "19"), ("age", "x")] {
        let again = site.post("/welcome", &[("region", "NZ"), age]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.says_key("welcome-age_missing"));
        assert!(again.html.contains("aria-describedby=\"age-error\""));
        assert!(again.html.contains("<option value=\"NZ\" selected>"));
        assert_eq!(site.get("/").await.to, "/welcome");
    }
}

#[tokio::test]
async fn the_country_comes_from_the_browser_and_sets_the_emergency_number() {
    let (_folder, mut site) = site().await;
    site.languages = "en-NZ,en;q=0.9";
    let welcome = site.get("/welcome").await;
    assert!(welcome.html.contains("<option value=\"NZ\" selected>"));
    assert!(welcome.html.contains("<strong>111</strong>"));
    site.post("/welcome", &[("age", "18"), ("region", "CN")])
        .await;
    let page = site.get("/check").await;
    assert!(page.html.contains("<strong>120</strong>"));
    // A country that is not in the list is not the one of the browser either.
    site.post("/welcome", &[("age", "18"), ("region", "ZZ")])
        .await;
    let page = site.get("/check").await;
    assert!(page.html.contains("<strong>112</strong>") && page.says("do not know the number"));
    let welcome = site.get("/welcome").await;
    assert!(welcome.html.contains("<option value=\"ZZ\" selected>"));
    for (code, _) in CONTENT.regions() {
        let key = format!("region-{code}");
        assert!(CONTENT.words.has(&key), "{code} has no name");
    }
}

#[tokio::test]
async fn each_class_has_its_page_with_its_first_sentence() {
    let call = |key: &str| say(Lang::En, key, &[("number", "911")]);
    type Case = (
        Class,
        &'static str,
        &'static [(&'static str, &'static str)],
        String,
    );
    let blow = &[("E01.accident", "yes"), ("E01", "unsure")];
    let cases: [Case; 9] = [
        (
            Class::Emergency,
            "18",
            &[("E02", "yes")],
            call("class-emergency.first"),
        ),
        (Class::Emergency, "18", blow, call("E01.first")),
        (
            Class::SameDay,
            "18",
            &[("S08", "unsure")],
            en("class-same_day.first"),
        ),
        (
            Class::ProfessionalSoon,
            "18",
            &[("P02", "yes")],
            en("class-professional_soon.first"),
        ),
        (
            Class::ProfessionalRoutine,
            "18",
            &[("P07", "yes")],
            en("class-professional_routine.first"),
        ),
        (
            Class::Caution,
            "18",
            &[("C09", "yes")],
            en("class-caution.first"),
        ),
        (Class::Caution, "18", &[("C06", "yes")], en("C06.first")),
        (Class::Caution, "71", &[], en("class-caution.first")),
        (Class::SelfCare, "50", &[], en("class-self_care.first")),
    ];
    for (class, age, these, first) in cases {
        let (_folder, site) = site().await;
        let result = site.check(age, these).await;
        assert_eq!(result.class(), class.name(), "{these:?}");
        assert!(result.says(&first), "{these:?}: {first}");
        assert_eq!(
            result.html.contains("href=\"tel:911\""),
            class == Class::Emergency
        );
        let is_open = result.html.contains("/session/new") || result.says_key("check-to_plan");
        assert_eq!(is_open, !class.is_urgent(), "{these:?}");
        assert_eq!(result.html.contains("/check/seen"), class.is_urgent());
        let today = site.get("/").await;
        assert_eq!(today.says_key("today-refer"), class.is_urgent());
        assert_eq!(today.says_key("today-plan"), !class.is_urgent());
    }
}

#[tokio::test]
async fn what_is_left_out_and_why_stands_on_the_result_with_its_sources() {
    let (_folder, site) = site().await;
    let first = site.begin("18").await;
    let at = site.walk(&first, &[], "P03").await;
    let page = site.get(&at).await;
    let to = site.reply(&page, &at, &[("line", "P03.tingling")]).await.to;
    let at = site.walk(&to, &[], "C01").await;
    let page = site.get(&at).await;
    let two = [("line", "C01.medicine"), ("line", "C01.disorder")];
    let to = site.reply(&page, &at, &two).await.to;
    let end = site.walk(&to, &[], "").await;
    let result = site.get(&end).await;
    assert_eq!(result.class(), "professional_routine");
    assert_eq!(result.reasons(), ["P03", "C01"]);
    for key in [
        "P03.why",
        "C01.why",
        "C01.do",
        "limits-half_dose",
        "limits-no_heavy",
    ] {
        assert!(result.says_key(key), "{key}");
    }
    assert!(result.says_key("pattern-arm-symptom") && result.says_key("pattern-only_clinician"));
    assert!(result.says(&CONTENT.sources["cks-ref"].cite));
    assert!(result.says_key("check-mark_V"));
    // Names of places hold commas themselves, so that other signs stand between them.
    assert!(result.says("beside the spine; Just under the skull"));
    let first_session = result.html.find("/session/new?of=").unwrap();
    let left_out = result.html.find(&en("check-left_out")).unwrap();
    assert!(
        left_out < first_session,
        "what to leave out comes before the way on"
    );
}

#[tokio::test]
async fn somebody_under_18_is_asked_about_urgent_signs_and_then_sent_to_an_adult() {
    let (_folder, site) = site().await;
    assert!(site.get("/welcome").await.says_key("P20.why"));
    let result = site.check("0", &[]).await;
    assert_eq!(result.class(), "professional_soon");
    assert_eq!(result.reasons(), ["P20"]);
    assert!(result.says_key("P20.why") && result.says_key("P20.do"));
    assert!(!result.html.contains("/session/new") && !result.html.contains("/check/seen"));
    assert!(site.get("/check").await.says_key("P20.do"));
    assert!(!site.get("/").await.html.contains("/session/new"));
}

#[tokio::test]
async fn a_question_that_is_not_answered_stays_and_says_what_is_missing() {
    let (_folder, site) = site().await;
    let path = site.begin("18").await;
    let page = site.get(&path).await;
    for wrong in ["", "maybe", "not_applicable"] {
        let again = site.reply(&page, &path, &[("answer", wrong)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(again.says_key("check-missing") && again.says_key("E01-accident"));
        assert!(again.html.contains("aria-describedby=\"missing\""));
    }
    let path = site.walk(&path, &[], "E03").await;
    let page = site.get(&path).await;
    assert!(
        site.reply(&page, &path, &[])
            .await
            .says_key("check-missing_lines")
    );
    let both = [("line", "E03.face"), ("answer", "no")];
    let again = site.reply(&page, &path, &both).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.says_key("check-both"));
    assert_eq!(again.chosen(), ["no", "E03.face"]);
    // Yes to a list does not say which line, and a line of another question is none.
    for wrong in [("answer", "yes"), ("line", "E05.rash")] {
        let again = site.reply(&page, &path, &[wrong]).await;
        assert!(again.says_key("check-missing_lines"), "{wrong:?}");
    }
    assert_eq!(site.get(&path).await.input("question"), "E03");
    let path = site.walk(&path, &[("C04", "yes")], "C04.where").await;
    let page = site.get(&path).await;
    let again = site.reply(&page, &path, &[("answer", "no")]).await;
    assert!(again.says_key("check-missing_where"));
    let to = site.reply(&page, &path, &[("line", "neck")]).await.to;
    let end = site.walk(&to, &[], "").await;
    let neck = say(Lang::En, "limits-heat_areas", &[("places", "neck")]);
    assert!(site.get(&end).await.says(&neck));
}

#[tokio::test]
async fn the_last_answer_sent_twice_is_recorded_once() {
    let (_folder, site) = site().await;
    let first = site.begin("18").await;
    let path = site.walk(&first, &[], "E02").await;
    let page = site.get(&path).await;
    for _ in 0..2 {
        let to = site.reply(&page, &path, &[("answer", "yes")]).await.to;
        assert_eq!(to, "/check/result");
    }
    let once = site.get("/check/seen").await.input("once");
    site.post("/check/seen", &[("once", &once)]).await;
    assert!(
        site.get("/check")
            .await
            .says_key("check-needed-after_professional")
    );
    // A third time, long after: it would bring the emergency back.
    let to = site.reply(&page, &path, &[("answer", "yes")]).await.to;
    assert_eq!(to, "/check");
    assert!(
        site.get("/check")
            .await
            .says_key("check-needed-after_professional")
    );
}

#[tokio::test]
async fn an_answer_that_is_changed_keeps_the_later_ones_while_the_same_questions_come() {
    let (_folder, site) = site().await;
    let first = site.begin("18").await;
    let p02 = site.walk(&first, &[], "P02").await;
    let p06 = site.walk(&p02, &[], "P06").await;
    let page = site.get(&p02).await;
    assert_eq!(page.chosen(), ["no"]);
    let to = site.reply(&page, &p02, &[("answer", "yes")]).await.to;
    assert_eq!(site.get(&to).await.chosen(), ["no"]);
    assert_eq!(site.get(&p06).await.input("question"), "P06");
    assert_eq!(site.get(&p02).await.chosen(), ["yes"]);
    // A question that comes in between cuts what came after it.
    let page = site.get(&first).await;
    assert_eq!(page.chosen(), ["no"]);
    let to = site.reply(&page, &first, &[("answer", "yes")]).await.to;
    let lines = site.get(&to).await;
    assert_eq!(
        (lines.input("question").as_str(), lines.chosen().len()),
        ("E01", 0)
    );
    assert_eq!(site.get(&p06).await.to, to);
    let to = site.reply(&lines, &to, &[("answer", "no")]).await.to;
    let page = site.get(&to).await;
    assert_eq!(
        (page.input("question").as_str(), page.chosen().len()),
        ("E02", 0)
    );
    // Back leads to the page before, and from the first to the start.
    assert!(page.html.contains("href=\"/check/2\""));
    assert!(site.get(&first).await.html.contains("href=\"/check\""));
}

#[tokio::test]
async fn a_form_of_another_tab_never_answers_a_question_that_it_did_not_show() {
    let (_folder, site) = site().await;
    let first = site.begin("18").await;
    let page = site.get(&first).await;
    let second = site.reply(&page, &first, &[("answer", "yes")]).await.to;
    let lines = site.get(&second).await;
    let third = site.reply(&lines, &second, &[("answer", "no")]).await.to;
    let pain = site.get(&third).await;
    assert_eq!(pain.input("question"), "E02");
    // In another tab the accident is taken back: the lines are gone, E02 moves up.
    site.reply(&page, &first, &[("answer", "no")]).await;
    let to = site
        .reply(&lines, &second, &[("line", "E01.fall")])
        .await
        .to;
    assert_eq!(to, second);
    let to = site.reply(&pain, &third, &[("answer", "yes")]).await.to;
    assert_eq!(to, second);
    let now = site.get(&second).await;
    assert_eq!(
        (now.input("question").as_str(), now.chosen().len()),
        ("E02", 0)
    );
    assert_eq!(
        site.reply(&pain, &second, &[("answer", "no")]).await.to,
        third
    );
    // From a page where it no longer stands it leads to the one where it does.
    let to = site.reply(&pain, "/check/9", &[("answer", "yes")]).await.to;
    assert_eq!(to, second);
    assert_eq!(site.get(&second).await.chosen(), ["no"]);
}

#[tokio::test]
async fn beginning_again_leaves_the_forms_of_before_without_effect() {
    let (_folder, site) = site().await;
    let first = site.begin("18").await;
    let page = site.get(&first).await;
    site.reply(&page, &first, &[("answer", "no")]).await;
    let start = site.get("/check").await;
    assert!(start.says_key("check-begun") && start.says("One question is answered."));
    let token = start.input("again");
    assert_eq!(site.post("/check/begin", &[]).await.to, "/check/2");
    let again = [("again", token.as_str())];
    assert_eq!(site.post("/check/begin", &again).await.to, "/check/1");
    assert_eq!(site.get("/check/1").await.chosen(), NOTHING);
    let to = site.reply(&page, &first, &[("answer", "yes")]).await.to;
    assert_eq!(to, "/check/1");
    let page = site.get("/check/1").await;
    assert_eq!(page.chosen(), NOTHING);
    // The same button in an old tab does not take back what was answered since.
    site.reply(&page, "/check/1", &[("answer", "no")]).await;
    assert_eq!(site.post("/check/begin", &again).await.to, "/check/2");
}

#[tokio::test]
async fn after_a_restart_in_the_middle_the_check_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = {
        let site = Site::at(folder.path()).await;
        let first = site.begin("18").await;
        site.walk(&first, &[], "E05.fever").await
    };
    let site = Site::at(folder.path()).await;
    assert_eq!(site.post("/check/begin", &[]).await.to, path);
    assert_eq!(site.get(&path).await.input("question"), "E05.fever");
    assert_eq!(site.get("/check/1").await.chosen(), ["no"]);
    assert_eq!(site.walk(&path, &[], "").await, "/check/result");
}

#[tokio::test]
async fn another_language_in_the_middle_keeps_page_and_answers() {
    let (_folder, site) = site().await;
    let first = site.begin("18").await;
    site.walk(&first, &[], "E05.fever").await;
    let page = site.get("/check/2").await;
    assert!(page.says_key("E02") && page.input("back") == "/check/2");
    let chinese = [("lang", "zh-Hans"), ("back", "/check/2")];
    let to = site.post("/language", &chinese).await.to;
    assert_eq!(to, "/check/2");
    let page = site.get(&to).await;
    assert!(page.says(&say(Lang::ZhHans, "E02", &[])) && !page.says_key("E02"));
    assert_eq!(page.chosen(), ["no"]);
    let to = site.reply(&page, &to, &[("answer", "unsure")]).await.to;
    assert!(site.get(&to).await.says("请立即拨打 911。"));
}

#[tokio::test]
async fn the_whole_way_can_be_gone_in_chinese() {
    let (_folder, mut site) = site().await;
    site.languages = "zh-CN,zh;q=0.9,en;q=0.8";
    let welcome = site.get("/welcome").await;
    assert!(welcome.html.contains("<html lang=\"zh-Hans\"") && welcome.says("18 至 49 岁"));
    assert!(welcome.html.contains("<option value=\"CN\" selected>"));
    let result = site.check("18", &[("P18", "not_applicable")]).await;
    assert!(result.says(&say(Lang::ZhHans, "class-self_care.first", &[])));
    let start = site.get("/check").await;
    assert!(start.says(&say(Lang::ZhHans, "check-valid", &[])));
    let changed = site.get("/check/changed").await;
    for symptom in Symptom::ALL {
        let key = format!("symptom-{}", symptom.name());
        assert!(changed.says(&say(Lang::ZhHans, &key, &[])), "{key}");
    }
}

#[tokio::test]
async fn a_symptom_that_is_an_emergency_leads_to_what_to_do_at_once() {
    for symptom in Symptom::ALL {
        let (_folder, site) = site().await;
        site.begin("18").await;
        let page = site.get("/check/changed").await;
        let felt = en(&format!("symptom-{}", symptom.name()));
        assert!(page.says(&felt));
        let once = page.input("once");
        let fields = [("once", once.as_str()), ("symptom", symptom.name())];
        let to = site.post("/check/changed", &fields).await.to;
        let again = site.post("/check/changed", &fields).await.to;
        let today = site.get("/").await;
        assert!(!today.html.contains("/session/new"), "{symptom:?}");
        if symptom.class() == Class::Emergency {
            assert_eq!([to.as_str(), &again], ["/check/result"; 2]);
            let result = site.get(&to).await;
            assert_eq!(result.class(), "emergency");
            assert!(result.says("Call 911 now.") && result.html.contains("tel:911"));
            assert!(result.says_key("E03.title") && result.says_key("E03.why"));
            assert!(result.says(&felt) && today.says_key("today-refer"));
        } else {
            assert_eq!(
                [to.as_str(), &again],
                ["/check?said=logged", "/check?said=again"]
            );
            assert!(site.get(&to).await.says_key("alarm-symptom"));
            assert_eq!(site.get("/check/result").await.to, "/check");
        }
    }
}

#[tokio::test]
async fn what_is_felt_after_a_check_closes_what_it_had_opened() {
    let (_folder, site) = site().await;
    site.check("18", &[]).await;
    site.post("/check/changed", &[("once", "a"), ("symptom", "tingling")])
        .await;
    assert!(site.get("/check").await.says_key("check-needed-since"));
    assert!(!site.get("/").await.html.contains("/session/new"));
    site.post("/check/changed", &[("once", "b"), ("symptom", "vision")])
        .await;
    assert_eq!(site.get("/check/result").await.class(), "emergency");
    // Answering the check well does not open anything after an emergency.
    let first = site.post("/check/begin", &[]).await.to;
    let end = site.walk(&first, &[], "").await;
    assert_eq!(site.get(&end).await.class(), "emergency");
    assert!(!site.get("/").await.html.contains("/session/new"));
}

#[tokio::test]
async fn of_several_things_that_changed_all_count() {
    let (_folder, site) = site().await;
    site.check("18", &[]).await;
    let page = site.get("/check/changed").await;
    let unknown = [("once", "a"), ("change", "weather")];
    let nothing = site.post("/check/changed", &unknown).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.says_key("changed-missing"));
    assert_eq!(site.get("/check/result").await.class(), "self_care");
    for change in ["diagnosis", "injury", "surgery", "pregnancy", "medicine"] {
        assert!(page.says_key(&format!("change-{change}")), "{change}");
    }
    let all = [
        ("once", "b"),
        ("symptom", "speech"),
        ("symptom", "nausea"),
        ("change", "injury"),
    ];
    assert_eq!(site.post("/check/changed", &all).await.to, "/check/result");
    assert!(site.get("/check/result").await.says_key("symptom-speech"));
}

#[tokio::test]
async fn what_is_felt_in_the_middle_of_a_check_begins_it_again() {
    let (_folder, site) = site().await;
    let first = site.begin("18").await;
    let path = site.walk(&first, &[], "P01").await;
    let felt = [("once", "a"), ("symptom", "tingling")];
    site.post("/check/changed", &felt).await;
    assert!(!site.get("/check").await.says_key("check-begun"));
    assert_eq!(site.get(&path).await.to, "/check");
    assert_eq!(site.post("/check/begin", &[]).await.to, "/check/1");
    assert_eq!(site.get("/check/1").await.chosen(), NOTHING);
}

#[tokio::test]
async fn only_after_an_urgent_result_can_somebody_say_that_they_were_seen() {
    let (_folder, site) = site().await;
    site.check("18", &[]).await;
    assert_eq!(site.get("/check/seen").await.to, "/check");
    assert_eq!(
        site.post("/check/seen", &[("once", "a")]).await.to,
        "/check"
    );
    assert_eq!(site.get("/check/result").await.class(), "self_care");
    let first = site.post("/check/begin", &[]).await.to;
    let end = site.walk(&first, &[("S08", "yes")], "").await;
    assert!(site.get(&end).await.html.contains("/check/seen"));
    let page = site.get("/check/seen").await;
    assert!(page.says_key("seen-text") && page.html.contains("href=\"/check/result\""));
    let once = page.input("once");
    let to = site.post("/check/seen", &[("once", &once)]).await.to;
    assert_eq!(to, "/check?said=logged");
    let first = site.post("/check/begin", &[]).await.to;
    let end = site.walk(&first, &[], "").await;
    assert_eq!(site.get(&end).await.class(), "self_care");
}

#[tokio::test]
async fn an_address_that_leads_nowhere_leads_back() {
    let (_folder, site) = site().await;
    let first = site.begin("18").await;
    for beyond in ["/check/0", "/check/7"] {
        assert_eq!(site.get(beyond).await.to, first);
    }
    for no_page in ["/check/99999999999999999999999", "/check/x"] {
        assert_eq!(site.get(no_page).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(site.get("/check/result").await.to, "/check");
    assert_eq!(site.post("/check/0", &[("answer", "no")]).await.to, first);
}

/// A reply that somebody could give, in the core and as a form, chosen by a number: mostly "no", so that many walks are long.
fn any_reply(question: &Question, given: &mut Given, by: u8) -> Vec<(&'static str, String)> {
    let answer = match by % 16 {
        0 => Answer::Yes,
        1 => Answer::Unsure,
        _ => Answer::No,
    };
    let (known, ticks) = match question {
        Question::One { .. } => (Vec::new(), false),
        Question::Lines { lines, also, .. } => {
            let known: Vec<String> = lines.iter().chain(also).cloned().collect();
            (known, answer == Answer::Yes)
        }
        Question::Where { areas, .. } => {
            let known = areas.iter().map(|area| area.name().to_owned()).collect();
            (known, answer != Answer::Unsure)
        }
    };
    if !ticks {
        question.answer(given, answer);
        return vec![("answer", answer.name().to_owned())];
    }
    let at = usize::from(by / 16) % known.len();
    let chosen: Vec<usize> = (at..known.len()).take(2).collect();
    question.choose(given, &chosen);
    chosen
        .iter()
        .map(|at| ("line", known[*at].clone()))
        .collect()
}

fn as_fields<'a>(reply: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    reply.iter().map(|(k, v)| (*k, v.as_str())).collect()
}

async fn walk_both(age: u8, choices: &[u8]) {
    let (_folder, site) = site().await;
    let mut path = site.begin(&age.to_string()).await;
    let mut given = Given::new(Age::new(age.into()).unwrap());
    type Sent = (String, String, Vec<(&'static str, String)>);
    let mut before: Option<Sent> = None;
    let mut choices = choices.iter().cycle();
    let triage = loop {
        let question = match next(&CONTENT.questionnaire, &given) {
            Turn::Ask(question) => question,
            Turn::Show(triage) => break triage,
        };
        let page = site.get(&path).await;
        assert_eq!(page.input("question"), question.id());
        assert_eq!(page.chosen(), NOTHING);
        let by = *choices.next().unwrap();
        // Now and then somebody goes back, looks, and sends the page before once more.
        if let Some((path, id, reply)) = before.as_ref().filter(|_| by % 5 == 4) {
            let earlier = site.get(path).await;
            assert_eq!(&earlier.input("question"), id);
            let sent: Vec<&str> = reply.iter().map(|(_, value)| value.as_str()).collect();
            assert_eq!(earlier.chosen(), sent);
            site.reply(&earlier, path, &as_fields(reply)).await;
        }
        let reply = any_reply(&question, &mut given, by);
        let to = site.reply(&page, &path, &as_fields(&reply)).await.to;
        before = Some((path, question.id().to_owned(), reply));
        path = to;
    };
    assert_eq!(path, "/check/result");
    let verdict = Verdict {
        content: &CONTENT,
        lang: Lang::En,
        region: Some("US"),
        triage: &triage,
    };
    let result = site.get(&path).await;
    assert_eq!(result.class(), triage.class().name());
    assert!(result.says(&verdict.say_first()));
    let reasons: Vec<String> = verdict.reasons().iter().map(|r| r.id.to_string()).collect();
    assert_eq!(result.reasons(), reasons);
    for limit in verdict.limits() {
        assert!(result.says(&limit), "{limit}");
    }
    let pattern = verdict.resembles().map(|pattern| pattern.words);
    assert_eq!(result.html.contains("id=\"pattern\""), pattern.is_some());
    assert!(pattern.is_none_or(|words| result.says(&words)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_pages_come_to_what_the_dialogue_comes_to(
        age in prop::sample::select(vec![0_u8, 18, 50, 55, 65, 71]),
        choices in prop::collection::vec(any::<u8>(), 1..120),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(walk_both(age, &choices));
    }
}
