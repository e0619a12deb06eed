//! The check asked in a terminal, keyboard only. Questions go to standard error, so that the result alone is on standard output.

use std::io::{BufRead, Write};

use nape_content::{Args, Content, Lang};
use nape_core::screen::dialogue::{Question, Turn, next, progress};
use nape_core::screen::{Age, Answer, Given, Triage};

/// The longest line that is read as an answer.
const LINE_CAP: usize = 1000;

/// What a typed line means.
#[derive(Debug, PartialEq, Eq)]
enum Typed {
    Answer(Answer),
    /// Numbers, from 1 as typed.
    Numbers(Vec<usize>),
    Back,
    Quit,
    Unclear,
}

/// Asks until there is a result, the person stops, or the input ends; the last two give `None`.
pub(super) fn ask(
    content: &Content,
    lang: Lang,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> anyhow::Result<Option<Triage>> {
    let mut terminal = Terminal {
        content,
        lang,
        input,
        output,
    };
    terminal.line("screen-title", &[])?;
    terminal.line("screen-intro", &[])?;
    terminal.line("screen-how", &[])?;
    let Some(age) = terminal.age()? else {
        terminal.line("screen-stop", &[])?;
        return Ok(None);
    };
    let mut given = Given::new(age);
    let mut before: Vec<Given> = Vec::new();
    loop {
        let question = match next(&content.questionnaire, &given) {
            Turn::Show(triage) => return Ok(Some(triage)),
            Turn::Ask(question) => question,
        };
        terminal.show(&question, age)?;
        loop {
            let Some(line) = terminal.read()? else {
                terminal.line("screen-stop", &[])?;
                return Ok(None);
            };
            let undo = given.clone();
            match understand(&line) {
                Typed::Quit => {
                    terminal.line("screen-stop", &[])?;
                    return Ok(None);
                }
                Typed::Back => {
                    match before.pop() {
                        Some(earlier) => given = earlier,
                        None => terminal.line("screen-nothing_before", &[])?,
                    }
                    break;
                }
                Typed::Answer(answer) if accepts(&question, answer) => {
                    question.answer(&mut given, answer);
                    before.push(undo);
                    break;
                }
                Typed::Numbers(numbers) => {
                    let most = choices(&question);
                    if most == 0 {
                        terminal.unclear(&question)?;
                    } else if numbers.iter().all(|n| (1..=most).contains(n)) {
                        let chosen: Vec<usize> = numbers.iter().map(|n| n - 1).collect();
                        question.choose(&mut given, &chosen);
                        before.push(undo);
                        break;
                    } else {
                        terminal.line("screen-number", &[("of", &most.to_string())])?;
                    }
                }
                Typed::Answer(_) | Typed::Unclear => terminal.unclear(&question)?,
            }
        }
    }
}

/// Yes to a list of lines does not say which one; "nowhere" is no answer to where.
fn accepts(question: &Question, answer: Answer) -> bool {
    match question {
        Question::One { .. } => true,
        Question::Lines { .. } => answer != Answer::Yes,
        Question::Where { .. } => answer == Answer::Unsure,
    }
}

fn choices(question: &Question) -> usize {
    match question {
        Question::One { .. } => 0,
        Question::Lines { lines, also, .. } => lines.len() + also.len(),
        Question::Where { areas, .. } => areas.len(),
    }
}

struct Terminal<'a> {
    content: &'a Content,
    lang: Lang,
    input: &'a mut dyn BufRead,
    output: &'a mut dyn Write,
}

impl Terminal<'_> {
    fn say(&self, key: &str, args: Args<'_>) -> String {
        self.content.words.say(self.lang, key, args).into_owned()
    }

    fn line(&mut self, key: &str, args: Args<'_>) -> anyhow::Result<()> {
        let words = self.say(key, args);
        writeln!(self.output, "{words}")?;
        Ok(())
    }

    fn read(&mut self) -> anyhow::Result<Option<String>> {
        write!(self.output, "> ")?;
        self.output.flush()?;
        let mut bytes = Vec::new();
        if self.input.read_until(b'\n', &mut bytes)? == 0 {
            writeln!(self.output)?;
            return Ok(None);
        }
        bytes.truncate(LINE_CAP);
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn age(&mut self) -> anyhow::Result<Option<Age>> {
        writeln!(self.output)?;
        self.line("screen-age", &[])?;
        loop {
            let Some(line) = self.read()? else {
                return Ok(None);
            };
            if understand(&line) == Typed::Quit {
                return Ok(None);
            }
            let years = narrow(&line).trim().parse().ok();
            match years.map(Age::new) {
                Some(Ok(age)) => return Ok(Some(age)),
                Some(Err(_)) | None => self.line("screen-age-wrong", &[])?,
            }
        }
    }

    fn show(&mut self, question: &Question, age: Age) -> anyhow::Result<()> {
        let (number, of) = progress(&self.content.questionnaire, question, age);
        writeln!(self.output)?;
        self.line(
            "screen-progress",
            &[("number", &number.to_string()), ("of", &of.to_string())],
        )?;
        self.line(&question.id().replace('.', "-"), &[])?;
        match question {
            Question::One { not_applicable, .. } => {
                let mut keys = vec![
                    format!("y = {}", self.say("screen-yes", &[])),
                    format!("n = {}", self.say("screen-no", &[])),
                ];
                if *not_applicable {
                    keys.push(format!("n = {}", self.say("screen-does_not_apply", &[])));
                }
                keys.push(format!("u = {}", self.say("screen-unsure", &[])));
                writeln!(self.output, "  {}", keys.join("   "))?;
            }
            Question::Lines {
                lines, also, id, ..
            } => {
                for (at, line) in lines.iter().chain(also).enumerate() {
                    let words = self.say(&line.replace('.', "-"), &[]);
                    writeln!(self.output, "  {}  {words}", at + 1)?;
                }
                let not_applicable = self
                    .content
                    .questionnaire
                    .rules()
                    .iter()
                    .any(|rule| rule.id.to_string() == *id && rule.ask.not_applicable);
                let mut keys = vec![format!("n = {}", self.say("screen-none", &[]))];
                if not_applicable {
                    keys.push(format!("n = {}", self.say("screen-does_not_apply", &[])));
                }
                keys.push(format!("u = {}", self.say("screen-unsure", &[])));
                writeln!(self.output, "  {}", keys.join("   "))?;
                self.line("screen-lines", &[])?;
            }
            Question::Where { id, areas } => {
                for (at, area) in areas.iter().enumerate() {
                    let key = format!("{}-{}", id.replace('.', "-"), area.name());
                    let words = self.say(&key, &[]);
                    writeln!(self.output, "  {}  {words}", at + 1)?;
                }
                let unsure = self.say("screen-unsure", &[]);
                writeln!(self.output, "  u = {unsure}")?;
            }
        }
        Ok(())
    }

    fn unclear(&mut self, question: &Question) -> anyhow::Result<()> {
        let keys = match question {
            Question::One { .. } => "y, n, u, b, q".to_owned(),
            Question::Lines { .. } => format!("1-{}, n, u, b, q", choices(question)),
            Question::Where { .. } => format!("1-{}, u, b, q", choices(question)),
        };
        self.line("screen-again", &[("keys", &keys)])
    }
}

/// Full-width digits and letters, as a Chinese keyboard types them, as plain ones.
fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => c,
        })
        .collect()
}

fn understand(line: &str) -> Typed {
    let line = narrow(line).trim().to_lowercase();
    match line.as_str() {
        "y" | "yes" | "是" | "有" => return Typed::Answer(Answer::Yes),
        "n" | "no" | "none" | "否" | "不是" | "没有" | "都没有" | "不适用" => {
            return Typed::Answer(Answer::No);
        }
        "u" | "?" | "not sure" | "unsure" | "不确定" => return Typed::Answer(Answer::Unsure),
        "b" | "back" | "返回" => return Typed::Back,
        "q" | "quit" | "退出" => return Typed::Quit,
        _ => {}
    }
    let parts: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || ",、;".contains(c))
        .filter(|part| !part.is_empty())
        .collect();
    let numbers: Option<Vec<usize>> = parts.iter().map(|part| part.parse().ok()).collect();
    match numbers {
        Some(numbers) if !numbers.is_empty() => Typed::Numbers(numbers),
        Some(_) | None => Typed::Unclear,
    }
}

#[cfg(test)]
mod tests;
