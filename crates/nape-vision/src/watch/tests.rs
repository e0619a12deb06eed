//! The watcher on made-up pictures.
