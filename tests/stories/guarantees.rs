//! One story for each guarantee that a hop gives.
