//! Stories: several real nodes on loopback, with real certificates, stores and links. The name of each is a sentence.

mod carriage;
mod coming_back;
mod guarantees;
mod tree;
