//! The door: which requests are answered at all.
//!
//! Other pages in the same browser can send requests to this port, under a name of their own that leads here. So a request counts only with the right `Host`, an `Origin` that is ours where
//! something is changed, and a cookie that was given for a key. Everything else learns nothing, not even that it was nape that refused.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::key::Key;

/// The cookie's name.
pub(crate) const COOKIE: &str = "nape";
/// A browser is remembered for this long, seconds: the longest that browsers keep a cookie.
const COOKIE_S: u32 = 400 * 24 * 3600;

/// No script, style, picture or connection from anywhere else, nothing inline, no frame around it.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// Lets a request through, or not.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&app, &request) {
        None => next.run(request).await,
        Some(refusal) => refusal,
    };
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // `no-referrer` would make the origin of a posted form unknown, which is then refused.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::CACHE_CONTROL, "no-store");
    set(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    set(
        header::HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    set(
        header::HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    );
    response
}

/// What a request is refused with; `None` lets it in.
fn refusal(app: &App, request: &Request) -> Option<Response> {
    let (headers, uri) = (request.headers(), request.uri());
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let host = single(headers, &header::HOST);
    if host != Some(app.authority()) {
        // One spelling, because the browser keeps cookie and camera permission for each by itself.
        if is_read && host.is_some_and(|host| app.is_alias(host)) {
            return Some(redirect_to(&app.address(path_of(uri))));
        }
        return Some(StatusCode::MISDIRECTED_REQUEST.into_response());
    }
    let ours = format!("http://{}", app.authority());
    let origin = headers
        .contains_key(header::ORIGIN)
        .then(|| single(headers, &header::ORIGIN));
    match origin {
        Some(Some(origin)) if origin == ours => {}
        Some(_) => return Some(StatusCode::FORBIDDEN.into_response()),
        // Every browser names the origin of what it posts.
        None if is_read => {}
        None => return Some(StatusCode::FORBIDDEN.into_response()),
    }
    // Who only asks about an address must not use up its key.
    if uri.path() == "/open" && *request.method() == Method::GET {
        return Some(open(app, uri));
    }
    let site = headers
        .get("sec-fetch-site")
        .map(|site| site.to_str().unwrap_or_default());
    if !matches!(site, None | Some("same-origin" | "none")) {
        return Some(locked());
    }
    if cookie(app, headers).is_some() {
        None
    } else {
        Some(locked())
    }
}

/// A header that is there exactly once and readable.
fn single<'h>(headers: &'h HeaderMap, name: &header::HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The value of our cookie: the one that was given out. Another program of this machine may have set one of the same name, for browsers share cookies between ports.
pub(crate) fn cookie<'h>(app: &App, headers: &'h HeaderMap) -> Option<&'h str> {
    let ring = app.ring();
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE && ring.knows(value)).then_some(value))
}

fn path_of(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |path| path.as_str())
}

/// Uses up the key of the address and lets the browser in.
fn open(app: &App, uri: &Uri) -> Response {
    let key = uri
        .query()
        .and_then(|query| query.strip_prefix("key="))
        .unwrap_or_default();
    let Ok(secret) = Key::random() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if !app.open(key, &secret) {
        return locked();
    }
    let mut response = redirect_to("/");
    let cookie = format!(
        "{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/; Max-Age={COOKIE_S}",
        secret.text()
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn redirect_to(place: &str) -> Response {
    HeaderValue::from_str(place).map_or_else(
        |_| StatusCode::BAD_REQUEST.into_response(),
        |place| {
            let mut response = StatusCode::SEE_OTHER.into_response();
            response.headers_mut().insert(header::LOCATION, place);
            response
        },
    )
}

/// For a browser without the cookie: says how to get in, in both languages, and nothing else.
fn locked() -> Response {
    const PAGE: &str = include_str!("../templates/locked.html");
    let mut response = Response::new(Body::from(PAGE));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
}
