//! Files on their way in, as whoever sends them brings them: one after the other, each in pieces, with little of it in memory at a time.

use std::io::{self, Read};

use bytes::Bytes;
use tokio::sync::mpsc;

/// Pieces that wait to be written.
const WAITING_MAX: usize = 4;

/// Files, and the word that there are no more. Without that word they have broken off.
pub type Incoming = mpsc::Receiver<SentFile>;

/// What is sent.
#[derive(Debug)]
pub enum SentFile {
    /// The next file.
    Begins {
        /// As it was typed.
        name: String,
        /// How long it is said to be; `None`: its end will tell.
        bytes: Option<u64>,
        /// What is in it.
        pieces: Pieces,
    },
    /// One that is here already, of a matter, a notice or a record.
    Passes {
        /// Number or reference.
        record: String,
        /// Its name, or the beginning of its digest.
        file: String,
    },
    /// That was all.
    Ended,
}

/// One file's content. Reads as a file does; one that breaks off is an error, not an end.
#[derive(Debug)]
pub struct Pieces {
    from: mpsc::Receiver<Option<Bytes>>,
    now: Bytes,
    left: Option<u64>,
    ended: bool,
}

/// A way for files.
pub fn incoming() -> (mpsc::Sender<SentFile>, Incoming) {
    mpsc::channel(1)
}

/// A way for the pieces of one file of that length, if it is known; `None` is its end.
pub fn pieces(bytes: Option<u64>) -> (mpsc::Sender<Option<Bytes>>, Pieces) {
    let (to, from) = mpsc::channel(WAITING_MAX);
    (to, Pieces { from, now: Bytes::new(), left: bytes, ended: false })
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.now.is_empty() && !self.ended {
            match self.from.blocking_recv() {
                Some(Some(piece)) => self.now = piece,
                Some(None) => self.ended = true,
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let count = self.now.len().min(into.len());
        if let Some(left) = &mut self.left {
            if count as u64 > *left || (self.ended && *left > 0) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            *left -= count as u64;
        }
        into[..count].copy_from_slice(&self.now.split_to(count));
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: Option<u64>, sent: Vec<Option<&'static [u8]>>) -> Result<Vec<u8>, io::ErrorKind> {
        let (to, mut pieces) = pieces(bytes);
        for piece in sent {
            to.try_send(piece.map(Bytes::from_static)).unwrap();
        }
        drop(to);
        let mut all = Vec::new();
        pieces.read_to_end(&mut all).map(|_| all).map_err(|error| error.kind())
    }

    #[test]
    fn a_file_is_what_was_said_of_it_or_nothing() {
        assert_eq!(read(Some(5), vec![Some(b"ab"), Some(b""), Some(b"cde"), None]).unwrap(), b"abcde");
        let broken = Err(io::ErrorKind::UnexpectedEof);
        assert_eq!(read(Some(5), vec![Some(b"abcde")]), broken, "no end");
        assert_eq!(read(Some(5), vec![Some(b"abcd"), None]), broken, "too short");
        assert_eq!(read(Some(5), vec![Some(b"abcdef"), None]), broken, "too long");
        assert_eq!(read(None, vec![Some(b"abc"), Some(b"de"), None]).unwrap(), b"abcde");
        assert_eq!(read(None, vec![Some(b"abcde")]), broken, "no end");
    }
}
