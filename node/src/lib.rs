//! The duty office.

pub mod body;
pub mod config;
pub mod domain;
pub mod text;
