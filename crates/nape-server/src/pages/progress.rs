//! Progress: tightness and care on one time axis, and what changed.

use std::sync::Arc;

use axum::Router;

use crate::App;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
}
