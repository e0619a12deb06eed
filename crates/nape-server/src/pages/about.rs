//! What nape is and is not, and the sources of all it says.

use std::sync::Arc;

use axum::Router;

use crate::App;

pub(super) fn router() -> Router<Arc<App>> {
    Router::new()
}
