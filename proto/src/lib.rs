//! What crosses a wire between duty offices, and between a node and the machines of its own office.
//!
//! - [`record`]: the record, its header, its seal, and the registry entries that say who is who. Carried unchanged over every hop.
//! - [`link`]: the hop protocol between a node and its parent.
//! - [`duty`]: bodies of duty records; only the ends of a journey read them.
//! - [`api`]: the local API of one node.
//!
//! The `.proto` files are the reading matter: every field comment there is a contract. There is no logic here.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

pub use dutynet::{api::v1 as api, duty::v1 as duty, link::v1 as link, record::v1 as record};

/// The generated packages, nested as their names are: generated code finds its neighbours by relative path.
mod dutynet {
    pub mod record {
        pub mod v1 {
            tonic::include_proto!("dutynet.record.v1");
        }
    }
    pub mod link {
        pub mod v1 {
            tonic::include_proto!("dutynet.link.v1");
        }
    }
    pub mod duty {
        pub mod v1 {
            tonic::include_proto!("dutynet.duty.v1");
        }
    }
    pub mod api {
        pub mod v1 {
            tonic::include_proto!("dutynet.api.v1");
        }
    }
}

/// Encoded `FileDescriptorSet` of everything above, for reflection and for the schema test.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
