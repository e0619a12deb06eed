//! What the app costs with years of events behind it: start, every page, the first load, memory, the log's room.
//!
//! The release build as its users start it, asked over the loopback as a browser asks. Times of a start are the least of several, those of a page the
//! median: on a machine with other work the worst of thirty says more about that work.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nape_store::Store;

use crate::bench::mib;
use crate::product::Product;
use crate::seed;
use crate::table::Table;

/// What is asked of a machine of today.
const START_MS: f64 = 150.0;
const PAGE_MS: f64 = 10.0;
const FIRST_LOAD_KB: f64 = 150.0;
const MEMORY_MIB: f64 = 60.0;
/// No page takes that long, even where much else runs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every page that shows something by itself, as it stands for somebody with a plan. A session is begun by a form and has no line here.
const PAGES: &[&str] = &[
    "/",
    "/care",
    "/care/massage",
    "/care/place/upper_trapezius",
    "/care/exercise/x01",
    "/care/heat",
    "/care/evidence",
    "/log",
    "/progress?days=7",
    "/progress",
    "/progress?days=90",
    "/check",
    "/check/result",
    "/check/changed",
    "/settings",
    "/about",
    "/sources",
    "/welcome",
    "/session/new?of=heat",
];

/// With what to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Years of events in the log
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..=50))]
    years: i64,
    /// How often the program is started
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    starts: u32,
    /// How often each page is asked for
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1000))]
    gets: u32,
}

/// Measures and prints.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let product = Product::build()?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let filled = seed::fill(&data, arguments.years)?;
    let load_before = load()?;

    // The first start lets a browser in; the others find everything in memory, as on any day but the first.
    let first = App::start(&product, &data)?;
    let cookie = first.let_in()?;
    first.stop()?;
    let mut start = Duration::MAX;
    for _ in 0..arguments.starts {
        let began = Instant::now();
        let app = App::start(&product, &data)?;
        app.browser(&cookie)?.page("/")?;
        start = start.min(began.elapsed());
        app.stop()?;
    }

    let app = App::start(&product, &data)?;
    let mut browser = app.browser(&cookie)?;
    let first_load = browser.first_load()?;
    let mut pages = Table::new(
        format!(
            "Pages with {} years, {} events, {} minutes of watching ({} times each)",
            arguments.years, filled.events, filled.minutes, arguments.gets
        ),
        &["", "median ms", "worst ms", "kB"],
    );
    let mut slowest = Duration::ZERO;
    for page in PAGES {
        let mut times = Vec::new();
        let mut bytes = 0;
        for _ in 0..arguments.gets {
            let began = Instant::now();
            bytes = browser.page(page)?.bytes;
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let median = times.get(times.len() / 2).copied().unwrap_or_default();
        slowest = slowest.max(median);
        pages.row(vec![
            (*page).into(),
            format!("{:.1}", ms(median)),
            format!("{:.1}", ms(times.last().copied().unwrap_or_default())),
            format!("{:.1}", kb(bytes)),
        ]);
    }
    let memory = mib(app.peak_bytes()?);
    app.stop()?;
    let size = Store::open(&data)?.size_bytes()?;
    let load_after = load()?;

    pages.print();
    let mut load_table = Table::new("First load, as sent", &["", "kB"]);
    for (name, bytes) in &first_load {
        load_table.row(vec![name.clone(), format!("{:.1}", kb(*bytes))]);
    }
    load_table.print();
    let mut table = Table::new("The app", &["", "measured", "target"]);
    let mut row = |name: String, measured: f64, target: f64, unit: &str| {
        let holds = if measured < target { "" } else { ", missed" };
        table.row(vec![
            name,
            format!("{measured:.1} {unit}"),
            format!("< {target:.0} {unit}{holds}"),
        ]);
    };
    row(
        format!("start to first page (least of {})", arguments.starts),
        ms(start),
        START_MS,
        "ms",
    );
    row("slowest page (median)".into(), ms(slowest), PAGE_MS, "ms");
    let all: u64 = first_load.iter().map(|(_, bytes)| bytes).sum();
    row("first load".into(), kb(all), FIRST_LOAD_KB, "kB");
    row("peak memory".into(), memory, MEMORY_MIB, "MiB");
    table.row(vec![
        "log on the disk".into(),
        format!("{:.1} MB", size as f64 / 1e6),
        String::new(),
    ]);
    table.print();
    println!();
    let cores = std::thread::available_parallelism()?;
    println!(
        "  {cores} cores; programs that wanted one on average over a minute: {load_before} before, {load_after} after"
    );
    Ok(())
}

/// The mean number of programs that run or wait to run, over the last minute, as the system prints it.
fn load() -> anyhow::Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg")
        .context("this measurement needs Linux: it reads /proc")?;
    let first = text.split(' ').next();
    first
        .map(str::to_owned)
        .context("/proc/loadavg is not what it should be")
}

fn ms(time: Duration) -> f64 {
    1000.0 * time.as_secs_f64()
}

fn kb(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}

/// The program, running. Dropping it ends it.
struct App {
    child: Child,
    /// Kept open: a program whose output nobody reads may end early.
    _out: BufReader<ChildStdout>,
    address: SocketAddr,
    invitation: String,
}

impl App {
    fn start(product: &Product, data: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(&product.program)
            .args(["--no-open", "--port", "0", "--data-dir"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", product.program.display()))?;
        let mut out = BufReader::new(child.stdout.take().context("no output")?);
        let mut line = String::new();
        let rest = loop {
            line.clear();
            if out.read_line(&mut line)? == 0 {
                bail!("nape ended before it said where its pages are");
            }
            if let Some(rest) = line.trim().strip_prefix("http://") {
                break rest;
            }
        };
        let (address, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Ok(Self {
            address: address.parse().context("that is no address")?,
            invitation: path.to_owned(),
            child,
            _out: out,
        })
    }

    /// Opens the invitation and gives the cookie back.
    fn let_in(&self) -> anyhow::Result<String> {
        let answer = self.browser("")?.get(&self.invitation)?;
        let cookie = answer.header("set-cookie").context("no cookie was given")?;
        Ok(cookie.split(';').next().unwrap_or_default().to_owned())
    }

    fn browser(&self, cookie: &str) -> anyhow::Result<Browser> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Browser {
            stream: BufReader::new(stream),
            host: self.address,
            cookie: cookie.to_owned(),
        })
    }

    /// The most memory that it had at once.
    fn peak_bytes(&self) -> anyhow::Result<u64> {
        let file = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {file}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib: u64 = line
            .and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok())
            .with_context(|| format!("{file} has no VmHWM"))?;
        Ok(1024 * kib)
    }

    /// Asks it to end, as a system that shuts down does, and waits until it has left its files.
    fn stop(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill")
            .args(["-s", "TERM", &self.child.id().to_string()])
            .status()
            .context("cannot run kill")?;
        let ended = self.child.wait()?;
        if asked.success() && ended.success() {
            Ok(())
        } else {
            bail!("nape did not end as it should: {ended}")
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // After `stop` there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is kept open, with a cookie.
struct Browser {
    stream: BufReader<TcpStream>,
    host: SocketAddr,
    cookie: String,
}

/// What came back.
struct Answer {
    status: u16,
    /// Names in small letters.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// All of it, head included.
    bytes: u64,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find_map(|(known, value)| (known == name).then_some(value.as_str()))
    }
}

impl Browser {
    /// A page or a part of one, which has to be there.
    fn page(&mut self, path: &str) -> anyhow::Result<Answer> {
        let answer = self.get(path)?;
        if answer.status == 200 {
            Ok(answer)
        } else {
            let to = answer.header("location").unwrap_or("nowhere");
            bail!("{path} answers {} and leads to {to}", answer.status)
        }
    }

    fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nAccept-Language: en\r\n\r\n",
            self.host, self.cookie
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        self.answer()
            .with_context(|| format!("the answer to {path} is not HTTP"))
    }

    fn answer(&mut self) -> anyhow::Result<Answer> {
        let mut bytes = 0;
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            let read = self.stream.read_line(&mut line)?;
            if read == 0 {
                bail!("it ends early");
            }
            bytes += read as u64;
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            head.push(line.to_owned());
        }
        let mut lines = head.into_iter();
        let status = lines.next().context("no status")?;
        let status = status.split(' ').nth(1).context("no status")?.parse()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| {
                let (name, value) = line.split_once(':')?;
                Some((name.to_ascii_lowercase(), value.trim().to_owned()))
            })
            .collect();
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
            bytes,
        };
        let length = answer.header("content-length").context("no length")?;
        answer.body = vec![0; length.parse()?];
        self.stream.read_exact(&mut answer.body)?;
        answer.bytes += answer.body.len() as u64;
        Ok(answer)
    }

    /// What a browser asks for when it opens Today for the first time: each part and its bytes.
    fn first_load(&mut self) -> anyhow::Result<Vec<(String, u64)>> {
        let page = self.page("/")?;
        let html = String::from_utf8(page.body).context("the page is not text")?;
        let mut parts = vec![("the page".to_owned(), page.bytes)];
        for address in assets(&html) {
            let bytes = self.page(address)?.bytes;
            let name = address.rsplit('/').next().unwrap_or(address);
            parts.push((name.to_owned(), bytes));
        }
        Ok(parts)
    }
}

/// The styles, scripts and pictures that a page asks for, each once.
fn assets(html: &str) -> BTreeSet<&str> {
    html.split('"')
        .filter(|value| value.starts_with("/assets/"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn each_part_of_a_page_is_asked_for_once() {
        let html = r#"<link href="/assets/1/a.css"><script src="/assets/2/b.js"></script><img src="/assets/1/a.css"><a href="/log">"#;
        assert_eq!(
            assets(html).into_iter().collect::<Vec<_>>(),
            ["/assets/1/a.css", "/assets/2/b.js"]
        );
    }

    #[test]
    fn answers_are_told_apart_on_one_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap();
        let mut browser = Browser {
            stream: BufReader::new(TcpStream::connect(host).unwrap()),
            host,
            cookie: "nape=1".into(),
        };
        let (mut server, _) = listener.accept().unwrap();
        let answers = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 303 See Other\r\nLocation: /x\r\ncontent-length: 0\r\n\r\n";
        server.write_all(answers.as_bytes()).unwrap();
        let first = browser.page("/a").unwrap();
        assert_eq!((first.body.as_slice(), first.bytes), (&b"abc"[..], 41));
        let refused = browser.page("/b").err().unwrap().to_string();
        assert_eq!(refused, "/b answers 303 and leads to /x");
        drop(server);
        assert!(browser.get("/c").is_err());
    }
}
