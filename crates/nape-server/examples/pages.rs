//! The app on a folder and a port, for looking at pages while they are written: `cargo run -p nape-server --example pages FOLDER PORT`.
//!
//! With a third argument, an age, somebody of that age has answered every question of the check with "no".

use std::error::Error;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use nape_content::Content;
use nape_core::history::Event;
use nape_core::screen::{Age, Answer, Given};
use nape_server::{App, Clock, serve};
use nape_store::{Entry, Store};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let port = arguments.next().ok_or("which port?")?.parse()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = tokio::net::TcpListener::bind(address).await?;
    let store = Store::open(Path::new(&folder))?;
    let content = Content::embedded()?;
    let clock = Clock::system();
    if let Some(age) = arguments.next() {
        let mut given = Given::new(Age::new(age.parse()?)?);
        let rules = content.questionnaire.rules().iter();
        let ids = rules.map(|rule| rule.id.to_string());
        let pictures = content.questionnaire.pictures().iter();
        for id in ids.chain(pictures.map(|picture| picture.id.clone())) {
            given.answers.insert(id, Answer::No);
        }
        let age_from = Entry::Setting {
            name: "age_from".into(),
            value: Some(age),
        };
        let checked = Entry::Event(Event::Checked(given));
        store.append(clock.moment(), None, &[age_from, checked])?;
    }
    let app = Arc::new(App::new(address, store, content, clock)?);
    let mut out = std::io::stdout();
    for _ in 0..4 {
        writeln!(out, "{}", app.invitation()?)?;
    }
    let stop = async {
        // Without a handler the program ends at once, which is fine here too.
        let _ = tokio::signal::ctrl_c().await;
    };
    serve(listener, app, stop).await?;
    Ok(())
}
