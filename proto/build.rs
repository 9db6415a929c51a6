//! Compiles the `.proto` files in Rust, so that nobody needs `protoc`.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message;

const FILES: &[&str] = &[
    "dutynet/record/v1/record.proto",
    "dutynet/record/v1/registry.proto",
    "dutynet/record/v1/destruction.proto",
    "dutynet/link/v1/link.proto",
    "dutynet/link/v1/question.proto",
    "dutynet/duty/v1/attached.proto",
    "dutynet/duty/v1/duty.proto",
    "dutynet/duty/v1/chased.proto",
    "dutynet/duty/v1/choice.proto",
    "dutynet/duty/v1/cut_off.proto",
    "dutynet/duty/v1/draft.proto",
    "dutynet/duty/v1/group.proto",
    "dutynet/duty/v1/notice.proto",
    "dutynet/duty/v1/rules.proto",
    "dutynet/duty/v1/secrecy.proto",
    "dutynet/duty/v1/special.proto",
    "dutynet/duty/v1/status.proto",
    "dutynet/duty/v1/step.proto",
    "dutynet/api/v1/accounts.proto",
    "dutynet/api/v1/api.proto",
    "dutynet/api/v1/attachment.proto",
    "dutynet/api/v1/backup.proto",
    "dutynet/api/v1/destruction.proto",
    "dutynet/api/v1/consultation.proto",
    "dutynet/api/v1/cut_offs.proto",
    "dutynet/api/v1/drafts.proto",
    "dutynet/api/v1/dues.proto",
    "dutynet/api/v1/finding.proto",
    "dutynet/api/v1/group.proto",
    "dutynet/api/v1/lines.proto",
    "dutynet/api/v1/notice.proto",
    "dutynet/api/v1/rollcall.proto",
    "dutynet/api/v1/rules.proto",
    "dutynet/api/v1/statuses.proto",
    "dutynet/api/v1/papers.proto",
    "dutynet/api/v1/periods.proto",
    "dutynet/api/v1/matter.proto",
    "dutynet/api/v1/retention.proto",
    "dutynet/api/v1/secrecy.proto",
    "dutynet/api/v1/upkeep.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = protox::compile(FILES, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure().bytes(".dutynet").compile_fds(descriptors)?;
    Ok(())
}
