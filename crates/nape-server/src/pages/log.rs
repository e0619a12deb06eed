//! The log: what was felt, in a tap or two.

use std::sync::Arc;

use axum::Router;

use crate::App;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
}
