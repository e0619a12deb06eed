//! The socket between the page Watch and the program: pictures come in one at a time, what was seen goes out in words.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use nape_content::Lang;
use serde::Deserialize;

use super::{Given, live, setups};
use crate::App;
use crate::page::{Asked, Words};

/// The longest message: a picture of 320 by 240 is a tenth of it.
const MOST_BYTES: usize = 256 * 1024;
/// The longest name of a camera that is kept, characters.
const MOST_NAME: usize = 120;
/// Milliseconds until the next picture after one that was dropped because the last is still looked at.
const BUSY_MS: u64 = 500;

/// What a page says.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    /// It wants to give pictures.
    Want(Want),
    /// Its camera begins.
    Hello(Hello),
    /// So many frames came since the camera began.
    Alive(u64),
    /// There is no camera any more.
    Gone(Gone),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Want {
    Start,
    Take,
}

#[derive(Deserialize)]
struct Hello {
    camera: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Gone {
    Refused,
    Unplugged,
    Stopped,
}

/// Opens the socket. Every browser names the origin of a socket's page; the door has compared it.
pub(crate) async fn feed(
    State(app): State<Arc<App>>,
    asked: Asked,
    headers: HeaderMap,
    socket: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    if !headers.contains_key(header::ORIGIN) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let socket = match socket {
        Ok(socket) => socket,
        Err(refusal) => return refusal.into_response(),
    };
    // The language of the page that opened it.
    let tag = asked.query("lang");
    let lang = Lang::ALL
        .into_iter()
        .find(|lang| Some(lang.tag()) == tag)
        .unwrap_or_else(|| asked.lang(&app.book()));
    socket
        .max_message_size(MOST_BYTES)
        .max_frame_size(MOST_BYTES)
        .on_upgrade(move |socket| talk(app, socket, lang))
}

async fn talk(app: Arc<App>, mut socket: WebSocket, lang: Lang) {
    let id = app.watch.page();
    let mut changes = app.watch.changes();
    let mut line = Line {
        id,
        lang,
        answered: 0,
        last: String::new(),
    };
    loop {
        if !line.tell(&app, &mut socket, false).await {
            break;
        }
        tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Binary(jpeg))) => {
                    if app.give(id, jpeg) == Given::Busy && !line.tell(&app, &mut socket, true).await {
                        break;
                    }
                }
                Some(Ok(Message::Text(text))) => hear(&app, id, &text),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                // Closed, cut off, or more than a picture.
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            },
            // The sender lives as long as the app.
            _ = changes.changed() => {}
        }
    }
    {
        let (mut engine, now) = app.watching();
        engine.leave(id, &now);
    }
    app.keep_watched();
    app.watch.tell();
}

/// Takes what a page says. What cannot be read is left alone.
fn hear(app: &App, id: u64, text: &str) {
    let Ok(said) = serde_json::from_str::<Said>(text) else {
        return;
    };
    match said {
        Said::Want(want) => {
            let (mut engine, now) = app.watching();
            engine.want(id, matches!(want, Want::Take), &now);
        }
        Said::Hello(hello) => {
            let camera: String = hello.camera.chars().take(MOST_NAME).collect();
            // The book's lock comes first.
            let book = app.book();
            let known = setups::of(&book, &camera);
            app.watch.engine().hello(id, &camera, known);
        }
        Said::Alive(frames) => {
            let (mut engine, now) = app.watching();
            engine.alive(id, frames, &now);
            return;
        }
        Said::Gone(Gone::Refused | Gone::Stopped) => {
            let (mut engine, now) = app.watching();
            engine.leave(id, &now);
        }
        // It may be plugged in again: the page keeps its place.
        Said::Gone(Gone::Unplugged) => {
            let (mut engine, now) = app.watching();
            engine.unplugged(id, &now);
        }
    }
    app.watch.tell();
}

/// One page's end of the socket.
struct Line {
    id: u64,
    lang: Lang,
    /// Pictures of this page that were answered.
    answered: u64,
    /// What was told last: the same is not told twice.
    last: String,
}

impl Line {
    /// Tells how it stands. False when nobody hears it.
    async fn tell(&mut self, app: &App, socket: &mut WebSocket, is_busy: bool) -> bool {
        let words = Words {
            content: &app.content,
            lang: self.lang,
        };
        let (text, is_answer) = {
            let (engine, now) = app.watching();
            if engine.ended {
                return false;
            }
            let mut live = live::of(words, &engine, &now, Some(self.id));
            let answered = engine
                .feed()
                .filter(|feed| feed.id == self.id)
                .map_or(0, |feed| feed.answered);
            let is_answer = answered != self.answered;
            self.answered = answered;
            if is_busy {
                live.next_ms = Some(BUSY_MS);
            } else if !is_answer {
                live.next_ms = None;
            }
            // Numbers and strings have no way to fail.
            (
                serde_json::to_string(&live).unwrap_or_default(),
                is_answer || is_busy,
            )
        };
        if !is_answer && text == self.last {
            return true;
        }
        let sent = Message::Text(Utf8Bytes::from(text.as_str()));
        self.last = text;
        socket.send(sent).await.is_ok()
    }
}
