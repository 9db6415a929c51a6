//! Stories: several real nodes on loopback, with real certificates, stores and links. The name of each is a sentence.

mod backup;
mod backup_storms;
mod carriage;
mod clocks;
mod coming_back;
mod desk_commands;
mod destroying;
mod doors;
mod dormancy;
mod dues;
mod files;
mod full_disk;
mod guarantees;
mod incidents;
mod kills;
mod line_history;
mod lines;
mod matters;
mod notices;
mod program;
mod renewal;
mod reports;
mod rules;
mod scrubbing;
mod secrecy;
mod tree;
