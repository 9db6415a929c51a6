//! One story for each guarantee that a hop gives.

mod bounds;
mod durable;
mod lanes;
mod refusals;
