//! Model tests: long random lists of actions against a small picture in memory that cannot be wrong.

mod index;
mod journal;
mod lines;
mod link;
mod matters;
mod outbox;
