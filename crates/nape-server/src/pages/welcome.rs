//! The first visit: what nape is, and the little it has to know.

use std::sync::Arc;

use axum::Router;

use crate::App;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
}
