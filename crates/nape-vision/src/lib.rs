//! Pixels to landmarks to head rotation.
