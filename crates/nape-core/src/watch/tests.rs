//! The guard in simulated time.
