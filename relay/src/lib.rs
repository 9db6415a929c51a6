//! Carries signed records between offices, and knows nothing of what they say.
//!
//! # What it promises
//!
//! - Whoever is told that a record is made, or that a neighbour has it, is told so after the sync of the disk that holds it.
//! - Each hop delivers at least once, each office keeps a record once: a retry folds onto what is held.
//! - Within a lane order holds on a link; control goes before everything, and flash waits for no more than the credit in flight.
//! - A record that cannot be taken is refused by name, parked at its sender, and the lane goes on.
//! - When two stores meet again they compare positions by hash: one that was restored, replaced or copied is recognised there, counted, and
//!   gets back what had left it.
//! - Everything is bounded; a full disk refuses what is new and keeps what was taken.
//!
//! It does not promise delivery past an office that is off, one order for the whole network, or two machines for one office.
//!
//! # The picture
//!
//! ```text
//!   children ──TLS──> session ──batch──> verify ──judged──┐                ┌──> journal (true)
//!                     │  ▲                                ├──> writer ─────┤
//!   a program above ──│──│──draft─────────────────────────┘   one thread   └──> heads + index (looked up, rebuilt at will)
//!                     │  │                                                              │
//!   parent   <──TLS── session <──items── outbox <───────────────────────────────────────┘
//! ```
//!
//! # The life of a record
//!
//! A program above makes a [`Draft`](writer::intent::Draft). The [`writer`] fills in the header, finds the neighbours that it goes to
//! ([`route`]), gives it a position in the lane of each, signs what one commit made under one [`Seal`](record::Seal), appends it all as
//! one group to the [`journal`], syncs, applies it to the [`index`], and answers. The [`session`](relay) of each neighbour is woken, reads
//! from its outbox and sends a batch; the [`link`] machine says how much and in which order. The neighbour [`verify`]s every seal, its
//! writer decides whether the sender may say this and whether it is new, and custody comes back after its sync. When the last office of
//! the way has it, arrival comes back hop by hop.
//!
//! # Who may speak
//!
//! A [`registry`] of signed entries leads from a pinned root key to every office. [`tls`] proves a key and nothing else; what a proven key
//! may do is [`link::standing`]. A record is taken from a child if its origin is below that child, from the parent if its origin is above
//! or its audience reaches here, and in both cases only under a seal that verifies with the key that the registry gives.
//!
//! # Reading order
//!
//! [`ids`], [`record`], [`registry`], [`route`]; then [`journal`] and [`index`] with [`disk`] below them; then [`writer`], which puts
//! these together; then [`link`], the pure machine, and [`lines`], what is remembered of lines; last [`relay`], [`hub`] and the sessions,
//! which run it all, [`live`], what is asked and answered beside the records, [`join`], how an office comes into being, and [`backup`], how it
//! comes back.

pub mod backup;
pub mod clock;
pub mod disk;
pub mod feed;
pub mod files;
pub mod folder;
pub mod hub;
pub mod ids;
pub mod index;
pub mod inspect;
pub mod invitation;
pub mod join;
pub mod journal;
pub mod lines;
pub mod link;
pub mod live;
pub mod random;
pub mod record;
pub mod registry;
pub mod relay;
pub mod route;
mod session;
pub mod tls;
pub mod upkeep;
pub mod verify;
pub mod writer;
