//! Readers for recordings: pictures, video.
