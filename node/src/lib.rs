//! The duty office.

pub mod api;
pub mod body;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod projection;
pub mod serve;
pub mod text;
pub mod usecase;
