//! Care: the body map, the library, and how each thing is done.

use std::sync::Arc;

use axum::Router;

use crate::App;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
}
