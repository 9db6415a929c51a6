//! The duty office.

pub mod body;
pub mod config;
pub mod demo;
pub mod domain;
pub mod text;
