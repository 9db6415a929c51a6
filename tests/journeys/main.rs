//! Journeys: what people do at the console, in a real browser, against real nodes.
//!
//! Each journey has offices of its own (`dutynet serve` in processes of their own, lines that can be cut) and windows of its own; it types,
//! presses and reads as a person does: by the words that stand on the page. When one fails, a picture and the text of every window stand in
//! `target/journeys`. Needs Chromium, its driver and a font with Chinese characters: `tests/run` installs them.
//!
//! - [`dutynet_tests::browser`]: the browser and its windows; [`offices`]: offices, their lines and their accounts; [`journey`]: what a journey begins and ends with.

mod demo;
mod doors;
mod everywhere;
mod incidents;
mod journey;
mod notices;
mod offices;
mod operators;
mod pictures;
mod prints;
mod reports;
mod rolls;
mod sessions;
mod warnings;
