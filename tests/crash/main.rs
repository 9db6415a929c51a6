//! Crash tests: folders as a power cut would have left them, made of what was really written since the last syncs.

mod damage;
mod destroyed;
mod double;
mod images;
mod journal;
mod kills;
mod writer;
