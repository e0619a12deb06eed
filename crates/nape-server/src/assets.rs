//! Styles and scripts, compiled in. Each has the fingerprint of its bytes in its address, so that a browser may keep it for good.

use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::key::fingerprint;

struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const ASSETS: &[Asset] = &[
    Asset {
        name: "nape.css",
        kind: CSS,
        text: include_str!("../assets/nape.css"),
    },
    Asset {
        name: "draw.css",
        kind: CSS,
        text: nape_draw::CSS,
    },
    Asset {
        name: "app.js",
        kind: JS,
        text: include_str!("../assets/app.js"),
    },
    Asset {
        name: "icon.svg",
        kind: "image/svg+xml",
        text: include_str!("../assets/icon.svg"),
    },
    Asset {
        name: "check.css",
        kind: CSS,
        text: include_str!("../assets/check.css"),
    },
    Asset {
        name: "care.css",
        kind: CSS,
        text: include_str!("../assets/care.css"),
    },
    Asset {
        name: "session.css",
        kind: CSS,
        text: include_str!("../assets/session.css"),
    },
    Asset {
        name: "log.css",
        kind: CSS,
        text: include_str!("../assets/log.css"),
    },
    Asset {
        name: "settings.css",
        kind: CSS,
        text: include_str!("../assets/settings.css"),
    },
    Asset {
        name: "trial.css",
        kind: CSS,
        text: include_str!("../assets/trial.css"),
    },
    Asset {
        name: "watch.css",
        kind: CSS,
        text: include_str!("../assets/watch.css"),
    },
    Asset {
        name: "watch.js",
        kind: JS,
        text: include_str!("../assets/watch.js"),
    },
    Asset {
        name: "watch-worker.js",
        kind: JS,
        text: include_str!("../assets/watch-worker.js"),
    },
    Asset {
        name: "nudge.js",
        kind: JS,
        text: include_str!("../assets/nudge.js"),
    },
    Asset {
        name: "session.js",
        kind: JS,
        text: include_str!("../assets/session.js"),
    },
    Asset {
        name: "care.js",
        kind: JS,
        text: include_str!("../assets/care.js"),
    },
];

/// Addresses in the order of [`ASSETS`].
static ADDRESSES: LazyLock<Vec<String>> = LazyLock::new(|| {
    ASSETS
        .iter()
        .map(|asset| format!("/assets/{}/{}", &fingerprint(asset.text)[..12], asset.name))
        .collect()
});

/// Where an asset is. A name that does not exist is a mistake in a template, which the tests of all pages find.
pub(crate) fn address(name: &str) -> &'static str {
    let at = ASSETS.iter().position(|asset| asset.name == name);
    at.map_or("/assets/missing", |at| &ADDRESSES[at])
}

/// Gives an asset out.
pub(crate) async fn get(Path((version, name)): Path<(String, String)>) -> Response {
    let address = format!("/assets/{version}/{name}");
    let Some(at) = ADDRESSES.iter().position(|known| *known == address) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Response::new(Body::from(ASSETS[at].text));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(ASSETS[at].kind),
    );
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=31536000, immutable"),
    );
    response
}
