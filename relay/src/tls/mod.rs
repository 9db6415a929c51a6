//! Who is at the other end: keys, leaf certificates and TLS 1.3 between neighbours. The only folder that names rustls, rcgen and
//! x509-parser.
//!
//! - [`identity`]: key files on disk;
//! - [`leaf`]: the certificate that an office shows, and [`Proven`](leaf::Proven), what one says;
//! - [`renewal`]: how long one is good for, and when it is made anew;
//! - [`config`]: TLS 1.3, mutual, that accepts any proven Ed25519 key;
//! - [`accept`] and [`connect`]: the two ends of a link's connection, ready for tonic;
//! - [`front`]: what browsers are shown, which has nothing to do with links.
//!
//! A finished handshake proves possession of a key and nothing else. It neither looks at dates nor asks whose the key is, so that a
//! certificate that ended, or a machine whose clock says 1970, can still be told in words what is wrong. What a proven key may do is
//! decided in [`crate::link::standing`].

pub mod accept;
pub mod config;
pub mod connect;
pub mod front;
pub mod identity;
pub mod leaf;
pub mod renewal;

#[cfg(test)]
mod tests;
