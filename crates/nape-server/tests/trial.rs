//! The trial with oneself, as a person lives it: four questions, a week of ratings, the draw, days, evenings, harm.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use axum::http::StatusCode;
use jiff::Span;
use jiff::civil::time;
use nape_core::history::{Change, Event, Nrs, Symptom};
use nape_core::learn::course::{Drawn, Point, Step, Stopped};
use nape_core::learn::{Arm, Seed, Tried};
use support::trial::{ANSWERS, ago, over, ready, running, schedule, today, until, wish};
use support::{Answered, Browser, Site, all_no};

/// The four answers, one of them another or none.
fn answers(name: &str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    ANSWERS
        .into_iter()
        .map(|(field, given)| (field, if field == name { value } else { given }))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn steps(site: &Site) -> Vec<Step> {
    let events = site.events().into_iter();
    events
        .filter_map(|event| {
            if let Event::Trial(step) = event {
                Some(step)
            } else {
                None
            }
        })
        .collect()
}

fn evening(browser: &Browser, rating: &str) -> Answered {
    let page = browser.get("/trial");
    let day = page.text.split("name=\"day\" value=\"").nth(1).unwrap();
    let day = day.split('"').next().unwrap().to_owned();
    let once = page.once("/trial/answer");
    let form = [("once", once.as_str()), ("day", &day), ("rating", rating)];
    browser.post("/trial/answer", &form)
}

#[test]
fn four_answers_begin_a_week_of_ratings() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    let page = browser.get("/trial");
    assert!(page.text.contains("Set up a trial"));
    let page = browser.get("/trial/new");
    assert!(
        !page.text.contains("checked"),
        "no answer is given beforehand"
    );
    let once = page.once("/trial/new");
    let mut form = answers("", "");
    form.push(("once", &once));
    let page = browser.post("/trial/new", &form);
    assert_eq!(page.path, "/trial");
    assert!(page.text.contains("Does massage help on the same evening?"));
    assert!(page.text.contains("day 1 of 7"));
    assert_eq!(steps(&site), [Step::SetUp(wish(Tried::Massage))]);
    // Sent twice, it is set up once.
    browser.post("/trial/new", &form);
    assert_eq!(steps(&site).len(), 1);
    let page = browser.get("/trial/new");
    assert!(page.text.contains("One at a time"));
}

#[test]
fn what_is_missing_is_said_at_its_line_and_what_was_chosen_stays() {
    let site = Site::cleared(41);
    let browser = site.browser("en");
    for (field, value, words) in [
        ("tried", "", "id=\"tried-error\""),
        ("tried", "dancing", "id=\"tried-error\""),
        ("kind", "", "id=\"kind-error\""),
        ("worth", "12", "id=\"worth-error\""),
        ("care_at", "", "Type both times"),
        ("care_at", "25:00", "Type both times"),
        ("evening_at", "20:30", "at least an hour after"),
        ("evening_at", "01:00", "at least an hour after"),
    ] {
        let form = answers(field, value);
        let page = browser.post("/trial/new", &form);
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field} {value}"
        );
        assert!(page.text.contains(words), "{field} {value}");
        for (kept, _) in form.iter().filter(|(kept, _)| *kept != field) {
            let is_kept = match *kept {
                "care_at" => page.text.contains("value=\"20:00\""),
                "evening_at" => page.text.contains("value=\"22:00\""),
                "tried" => page.text.contains("value=\"massage\" checked"),
                "kind" => page.text.contains("value=\"same_day\" checked"),
                _ => page.text.contains("value=\"15\" checked"),
            };
            assert!(is_kept, "{kept} is lost when {field} is {value:?}");
        }
    }
    let training = answers("tried", "strengthening");
    let page = browser.post("/trial/new", &training);
    assert!(page.text.contains("only be asked week by week"));
    assert_eq!(steps(&site), []);
}

#[test]
fn a_trial_holds_only_what_the_check_leaves_open() {
    let site = Site::new();
    let browser = site.browser("en");
    assert!(
        browser
            .get("/trial/new")
            .text
            .contains("First go through the check")
    );
    let mut site = Site::cleared(41);
    let mut given = all_no(41);
    given
        .answers
        .insert("E02".into(), nape_core::screen::Answer::Yes);
    let now = site.clock().moment();
    site.past(vec![(now, Event::Checked(given))]);
    let browser = site.browser("en");
    let page = browser.get("/trial/new");
    assert!(page.text.contains("Somebody should see you first"));
    assert!(page.text.contains("href=\"/check/result\""));
    browser.post("/trial/new", &ANSWERS);
    assert_eq!(steps(&site), []);
}

#[test]
fn a_course_of_massage_that_is_nearly_over_leaves_no_room() {
    let mut site = Site::cleared(41);
    let began = Event::Began {
        care: nape_core::care::Care::Massage,
        what: String::new(),
        planned_s: 300,
    };
    let first = ago(&site, 75);
    site.past(vec![(first, began)]);
    let ended = Event::Ended {
        care: nape_core::care::Care::Massage,
        lasted_s: 300,
        end: nape_core::history::End::Done,
    };
    site.past(vec![(first, ended)]);
    let browser = site.browser("en");
    let page = browser.post("/trial/new", &ANSWERS);
    assert!(page.text.contains("Twelve weeks of massage are over"));
    let page = browser.post("/trial/new", &answers("tried", "heat"));
    assert_eq!(page.path, "/trial");
}

#[test]
fn the_length_is_chosen_from_the_persons_own_evenings_and_the_order_drawn_once() {
    let site = ready();
    let browser = site.browser("en");
    let page = browser.get("/trial/length");
    assert!(page.text.contains("Your evenings differ by about"));
    for days in [28, 42, 56] {
        assert!(
            page.text
                .contains(&format!("{days} days find a difference of about"))
        );
    }
    assert_eq!(
        page.text.matches("long enough for what you want").count(),
        1
    );
    let once = page.once("/trial/length");
    let nothing = browser.post("/trial/length", &[("once", &once)]);
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let other = browser.post("/trial/length", &[("once", &once), ("pairs", "15")]);
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.post("/trial/length", &[("once", &once), ("pairs", "14")]);
    assert_eq!(page.path, "/trial");
    assert!(page.text.contains("The order is drawn"));
    browser.post("/trial/length", &[("once", "another"), ("pairs", "21")]);
    let drawn: Vec<Drawn> = steps(&site)
        .into_iter()
        .filter_map(|step| {
            if let Step::Drawn(drawn) = step {
                Some(drawn)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(drawn.len(), 1, "once drawn it stays");
    assert_eq!(
        drawn[0].start,
        today(&site).saturating_add(Span::new().days(1))
    );
    assert!(page.text.contains(drawn[0].commitment.as_str()));
    let seed = format!("{:016x}", drawn[0].seed.value());
    assert!(!page.text.contains(&seed) && !page.text.contains(&drawn[0].seed.value().to_string()));
}

/// All of a page but its tokens, which differ each time.
fn shown(browser: &Browser, path: &str) -> String {
    let text = browser.get(path).text;
    let mut parts = text.split("name=\"once\" value=\"");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |all, part| all + part.split_once('"').unwrap().1)
}

#[test]
fn no_page_tells_today_what_tomorrow_holds() {
    // Two trials that differ from the second pair on: until then nobody can tell them apart but by the fingerprint of the order.
    let pages = |first_of_second: Arm| {
        let mut site = ready();
        let start = today(&site).saturating_add(Span::new().days(1));
        let third = start.saturating_add(Span::new().days(2));
        let drawn = (0..)
            .map(|seed| Drawn::new(&wish(Tried::Massage), 14, start, Seed::new(seed)).unwrap())
            .find(|drawn| {
                let schedule = schedule(drawn);
                schedule.arm_on(start, third) == Ok(Arm::Care)
                    && schedule.arm_on(third, third) == Ok(first_of_second)
            })
            .unwrap();
        let hash = drawn.commitment.to_string();
        let now = site.clock().moment();
        site.past(vec![(now, Event::Trial(Step::Drawn(drawn)))]);
        until(&site, 2, time(8, 0, 0, 0));
        let browser = site.browser("en");
        ["/", "/trial", "/log", "/progress", "/trial/stop"]
            .map(|path| shown(&browser, path).replace(&hash, "HASH"))
    };
    for (one, other) in pages(Arm::Care).iter().zip(&pages(Arm::Comparator)) {
        assert_eq!(one, other);
    }
}

#[test]
fn an_evening_is_asked_from_its_hour_until_noon_and_then_it_is_missing() {
    let site = running(Arm::Comparator);
    let browser = site.browser("en");
    assert!(
        !browser
            .get("/trial")
            .text
            .contains("How tight is it this evening?")
    );
    until(&site, 0, time(22, 30, 0, 0));
    assert!(
        browser
            .get("/")
            .text
            .contains("How tight is it this evening?")
    );
    let page = evening(&browser, "4");
    assert!(page.text.contains("This evening you noted 4."));
    // What was done is asked where nobody saw it.
    assert!(page.text.contains("What did you do today?"));
    let form = [
        ("day", today(&site).to_string()),
        ("did", "rest".to_owned()),
    ];
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let page = browser.post("/trial/did", &form);
    assert!(!page.text.contains("What did you do today?"));
    // The next evening is forgotten, and remembered at noon.
    until(&site, 2, time(11, 0, 0, 0));
    assert!(
        browser
            .get("/trial")
            .text
            .contains("How tight was it yesterday evening?")
    );
    let missed = today(&site).saturating_sub(Span::new().days(1)).to_string();
    until(&site, 0, time(12, 0, 1, 0));
    assert!(!browser.get("/trial").text.contains("yesterday evening"));
    let late = browser.post("/trial/answer", &[("day", &missed), ("rating", "3")]);
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.text.contains("until noon of the next day"));
    let page = browser.get("/trial");
    assert!(page.text.contains("evening missing") && page.text.contains("One evening is noted."));
    assert_eq!(
        steps(&site)
            .iter()
            .filter(|s| matches!(s, Step::Rated(..)))
            .count(),
        9
    );
}

#[test]
fn another_number_takes_the_place_of_the_first_and_the_log_shows_one() {
    let site = running(Arm::Care);
    let browser = site.browser("en");
    until(&site, 0, time(22, 5, 0, 0));
    evening(&browser, "7");
    let again = browser.get("/trial?again=1");
    let once = again.once("/trial/answer");
    let day = today(&site).to_string();
    let form = [("once", once.as_str()), ("day", &day), ("rating", "3")];
    browser.post("/trial/answer", &form);
    browser.post("/trial/answer", &form);
    let log = browser.get("/log").text;
    assert!(log.contains("Tightness 3 of 10 in the evening (your trial)"));
    assert!(!log.contains("Tightness 7 of 10"));
    // Rubbish is refused and changes nothing.
    for (name, value) in [("rating", "11"), ("rating", ""), ("rating", "x")] {
        let page = browser.post("/trial/answer", &[("day", &day), (name, value)]);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let page = browser.post("/trial/answer", &[("day", "2026-99-01"), ("rating", "3")]);
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(browser.get("/log").text.contains("Tightness 3 of 10"));
}

#[test]
fn the_optional_ratings_are_taken_on_the_day_and_only_then() {
    let site = running(Arm::Comparator);
    let browser = site.browser("en");
    let page = browser.get("/trial");
    assert!(page.text.contains("How tight is it just before?"));
    assert!(
        !page.text.contains("half an hour after?"),
        "nothing was done yet"
    );
    browser.post("/trial/rate", &[("point", "before"), ("rating", "6")]);
    browser.post("/trial/did", &[("did", "rest")]);
    let page = browser.get("/trial");
    assert!(page.text.contains("How tight is it half an hour after?"));
    let page = browser.post("/trial/rate", &[("point", "noon"), ("rating", "6")]);
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let rated = Step::Rated(Point::Before, Nrs::new(6).unwrap());
    assert!(steps(&site).contains(&rated));
}

#[test]
fn quiet_minutes_run_on_the_screen_and_stand_still_while_nobody_looks() {
    let site = running(Arm::Comparator);
    let browser = site.browser("en");
    assert!(browser.get("/").text.contains("Begin the quiet minutes"));
    let page = browser.get("/trial/quiet");
    assert!(page.text.contains("It lasts 10 minutes."));
    let page = browser.post("/trial/quiet", &[]);
    assert_eq!(page.path, "/session");
    assert!(page.text.contains("Quiet minutes") && !page.text.contains("id=\"hurts\""));
    // No care begins beside it.
    assert_eq!(browser.get("/session/new?of=massage").path, "/session");
    for _ in 0..5 {
        site.clock().advance(Duration::from_secs(60));
        browser.get("/session/state");
    }
    // The page is closed for an hour: 75 s of it count, then it stands still.
    site.clock().advance(Duration::from_secs(500));
    site.app().tick();
    let page = browser.get("/session");
    assert!(page.text.contains("id=\"resume\""));
    browser.post("/session/input", &[("do", "resume")]);
    for _ in 0..5 {
        site.clock().advance(Duration::from_secs(60));
        browser.get("/session/state");
    }
    let page = browser.get("/session");
    assert!(page.text.contains("The quiet minutes are over."));
    assert!(steps(&site).contains(&Step::Rested(600)));
    assert!(browser.get("/trial").text.contains("Done for today"));
    until(&site, 0, time(22, 0, 1, 0));
    let page = evening(&browser, "2");
    assert!(!page.text.contains("What did you do today?"), "it was seen");
}

#[test]
fn quiet_minutes_are_only_there_on_their_day() {
    let site = running(Arm::Care);
    let browser = site.browser("en");
    assert_eq!(browser.get("/trial/quiet").path, "/trial");
    assert_eq!(browser.post("/trial/quiet", &[]).path, "/trial");
    assert!(
        browser
            .get("/trial")
            .text
            .contains("href=\"/session/new?of=massage\"")
    );
}

#[test]
fn todays_plan_goes_with_the_trial() {
    let site = running(Arm::Comparator);
    let browser = site.browser("en");
    let mut rests = 0;
    for _ in 0..7 {
        let page = browser.get("/");
        let offers = page
            .text
            .matches("href=\"/session/new?of=massage\"")
            .count();
        let others = page.text.matches("href=\"/session/new?of=x").count();
        assert!(others >= 2, "everything else goes on");
        assert!(!page.text.contains("Massage rests today"));
        if page.text.contains("Today: quiet minutes") {
            rests += 1;
            assert_eq!(offers, 0);
        } else {
            assert!(page.text.contains("Today: massage") && page.text.contains("For your trial"));
            assert!(offers >= 1, "massage is offered on every day of care");
        }
        until(&site, 1, time(8, 0, 0, 0));
    }
    assert!((3..=4).contains(&rests), "one of each pair: {rests}");
}

#[test]
fn a_harm_ends_it_at_once_and_for_good() {
    for urgent in [false, true] {
        let mut site = running(Arm::Care);
        let browser = site.browser("en");
        let symptom = if urgent {
            Symptom::Speech
        } else {
            Symptom::Tingling
        };
        let form = [("symptom", symptom.name())];
        browser.post("/check/changed", &form);
        let page = browser.get("/trial");
        assert!(page.text.contains("The trial was ended"), "{}", page.text);
        let stopped = |site: &Site| {
            let steps = steps(site).into_iter();
            steps
                .filter(|s| matches!(s, Step::Stopped(_)))
                .collect::<Vec<_>>()
        };
        let why = if urgent {
            Stopped::Referral
        } else {
            Stopped::Symptom
        };
        assert_eq!(stopped(&site), [Step::Stopped(why)]);
        // A professional's word and a new check do not begin it again.
        let now = site.clock().moment();
        site.past(vec![
            (now, Event::ProfessionalCleared),
            (now, Event::Checked(all_no(41))),
        ]);
        until(&site, 0, time(22, 30, 0, 0));
        let browser = site.browser("en");
        let page = browser.get("/trial");
        assert!(page.text.contains("The trial was ended"));
        assert!(!page.text.contains("this evening"));
        let late = browser.post("/trial/answer", &[("rating", "3")]);
        assert!(late.text.contains("No trial asks for it now."));
        assert_eq!(stopped(&site).len(), 1);
        assert_eq!(browser.get("/trial/new").path, "/trial/new");
    }
}

#[test]
fn a_check_that_is_due_or_a_changed_medicine_ends_nothing() {
    let mut site = running(Arm::Care);
    let now = site.clock().moment();
    site.past(vec![(now, Event::Changed(Change::Treatment))]);
    let browser = site.browser("en");
    let page = browser.get("/trial");
    assert!(page.text.contains("Day 1 of 28"));
    assert!(
        page.text.contains("href=\"/check\""),
        "the check comes before the care"
    );
    until(&site, 0, time(22, 0, 1, 0));
    assert!(
        evening(&browser, "5")
            .text
            .contains("This evening you noted 5.")
    );
}

#[test]
fn the_person_can_stop_and_is_asked_once() {
    let site = running(Arm::Care);
    let browser = site.browser("en");
    let page = browser.get("/trial/stop");
    assert!(page.text.contains("A trial that ends early has no result"));
    browser.post("/trial/stop", &[("once", &page.once("/trial/stop"))]);
    let page = browser.get("/trial");
    assert!(page.text.contains("You stopped it.") && page.text.contains("Set up another trial"));
    assert_eq!(browser.get("/trial/stop").path, "/trial");
}

#[test]
fn every_state_speaks_both_languages_and_nothing_is_written_where_nothing_can_be() {
    let mut site = running(Arm::Comparator);
    until(&site, 0, time(22, 30, 0, 0));
    let english = site.browser("en").get("/trial").text;
    let chinese = site.browser("zh-CN").get("/trial").text;
    assert!(english.contains("Day 1 of 28") && chinese.contains("第 1 天，共 28 天"));
    site.start_read_only();
    let browser = site.browser("en");
    let page = browser.get("/trial");
    assert!(page.text.contains("Day 1 of 28"));
    assert!(
        !page.text.contains("action=\"/trial"),
        "no form that cannot be kept"
    );
    let day = today(&site).to_string();
    let answered = browser.post("/trial/answer", &[("day", &day), ("rating", "3")]);
    assert_eq!(answered.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.post("/trial/quiet", &[]).path, "/trial");
}

/// What a reader sees of a page in running text: no tables, no drawings, nothing folded away.
fn running_text(page: &str) -> String {
    let main = page
        .split("<main")
        .nth(1)
        .unwrap()
        .split("</main>")
        .next()
        .unwrap();
    let mut text = main.to_owned();
    for tag in ["svg", "table", "details", "pre"] {
        while let Some(from) = text.find(&format!("<{tag}")) {
            let end = format!("</{tag}>");
            let to = text[from..].find(&end).unwrap() + from + end.len();
            text.replace_range(from..to, " ");
        }
    }
    let mut plain = String::new();
    let mut inside = true;
    for letter in text.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                plain.push(' ');
            }
            _ if inside => {}
            _ => plain.push(letter),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Flesch and Kincaid's grade, as for all words of the app.
fn grade(text: &str) -> f64 {
    let sentences = text
        .split(['.', '?', '!', ':'])
        .filter(|s| s.split_whitespace().count() > 1);
    let sentences = sentences.count() as f64;
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    let syllables = |word: &&&str| {
        let word = word.to_lowercase();
        let mut count = 0;
        let mut was_vowel = false;
        for letter in word.chars().filter(|letter| letter.is_alphabetic()) {
            let is_vowel = "aeiouy".contains(letter);
            count += u32::from(is_vowel && !was_vowel);
            was_vowel = is_vowel;
        }
        if word.ends_with('e') && count > 1 {
            count - 1
        } else {
            count.max(1)
        }
    };
    let all: u32 = words.iter().map(|word| syllables(&word)).sum();
    let count = words.len() as f64;
    0.39 * count / sentences + 11.8 * f64::from(all) / count - 15.59
}

#[test]
fn each_word_of_a_result_has_its_page_and_a_reader_of_twelve_understands_it() {
    for (lower, answered_every, word, also) in [
        (
            4,
            1,
            "Probably a worthwhile help for you.",
            "Evenings were less tight on days with massage.",
        ),
        (
            0,
            1,
            "Probably no worthwhile difference for you.",
            "your trial cannot tell a small change from none",
        ),
        (
            -4,
            1,
            "It may be making things worse for you: stop.",
            "Leave it off for now.",
        ),
        (3, 2, "Not enough data yet", "At least 7 of 10 are needed."),
    ] {
        let site = over(lower, answered_every);
        let browser = site.browser("en");
        assert!(browser.get("/trial").text.contains("See what it found"));
        let page = browser.get("/trial/result").text;
        assert!(page.contains(word), "{lower} {}", running_text(&page));
        assert!(page.contains(also), "{lower} {}", running_text(&page));
        assert!(page.contains("You knew which day was which"));
        let words = page.find("id=\"words\"").unwrap();
        let picture = page.find("class=\"trial-picture\"").unwrap();
        let numbers = page.find("class=\"trial-numbers\"").unwrap();
        let cannot = page.find("id=\"cannot\"").unwrap();
        assert!(words < picture && picture < numbers && numbers < cannot);
        assert!(!page.contains("NaN") && !page.contains("inf "));
        let text = running_text(&page);
        assert!(grade(&text) < 7.0, "grade {:.1}: {text}", grade(&text));
        let chinese = site.browser("zh-CN").get("/trial/result").text;
        assert!(chinese.contains("您知道哪天做了什么"));
    }
}

#[test]
fn before_the_end_and_after_a_stop_there_is_nothing_to_see() {
    let mut site = running(Arm::Care);
    let browser = site.browser("en");
    until(&site, 0, time(22, 30, 0, 0));
    evening(&browser, "7");
    for path in ["/trial/result", "/trial/report", "/trial/result?of=1"] {
        let page = browser.get(path).text;
        assert!(
            page.contains("Nothing is compared before the last day."),
            "{path}"
        );
        assert!(!page.contains("<svg class=\"trial-picture\"") && !page.contains("95 %"));
    }
    assert_eq!(
        browser.get("/trial/result?of=2").status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        browser.get("/trial/result?of=x").status,
        StatusCode::NOT_FOUND
    );
    let json = browser.get("/trial/export.json").text;
    assert!(json.contains("\"status\": \"open\"") && json.contains("\"analysis\": null"));
    let now = site.clock().moment();
    site.past(vec![(now, Event::Trial(Step::Stopped(Stopped::Hurt)))]);
    let browser = site.browser("en");
    let page = browser.get("/trial/result").text;
    assert!(page.contains("A trial that ends early has no result"));
}

#[test]
fn a_trial_can_be_kept_as_a_table_a_file_and_a_printed_page() {
    let site = over(4, 1);
    let browser = site.browser("en");
    let table = browser.get("/trial/export.csv?of=1");
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    assert!(
        table.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("attachment")
    );
    assert_eq!(table.text.lines().count(), 29);
    let read = nape_formats::trial::read(table.text.as_bytes()).unwrap();
    assert_eq!(read.days.len(), 28);
    let json = browser.get("/trial/export.json").text;
    assert!(json.contains("\"verdict\": \"worthwhile_help\""));
    let report = browser.get("/trial/report").text;
    for words in [
        "N-of-1",
        "Drawn by chance before the first day",
        "95 %",
        "Only the quiet minutes",
    ] {
        assert!(report.contains(words), "{words}");
    }
}
