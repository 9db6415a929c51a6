//! The program `dutynet` (值守通). Everything is in the library.

use std::{env, process::ExitCode};

fn main() -> ExitCode {
    dutynet_node::cli::main(env::args_os())
}
