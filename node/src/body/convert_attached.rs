//! Between `attached.proto` and the words of the domain. The generated types stop here.

use std::collections::BTreeSet;

use bytes::Bytes;
use dutynet_proto::duty as wire;
use dutynet_relay::ids::{Digest, FileRef};
use prost::Message as _;

use super::{
    NotABody,
    attached::{Attached, AttachedBody},
    convert_form::{reference_from_wire, reference_to_wire},
};
use crate::domain::{
    attachment::{FILES_MAX, FileName, STATED_CHARS_MAX},
    form::{Lines, words},
};

/// Longest name of a format.
const MEDIA_TYPE_BYTES_MAX: usize = 128;

impl AttachedBody {
    /// The bytes of the record's body.
    pub fn encode(&self) -> Bytes {
        let attached = |from: &Attached| wire::Attached {
            digest: Bytes::copy_from_slice(&from.file.digest.0),
            name: from.name.as_str().to_owned(),
            media_type: from.media_type.clone(),
            size: from.file.bytes,
            stated_plain_by: from.stated_plain_by.clone(),
        };
        let record = Some(reference_to_wire(&self.record));
        wire::FilesAttached { record, files: self.files.iter().map(attached).collect() }.encode_to_vec().into()
    }

    /// Reads what another office's program made.
    pub fn decode(bytes: &Bytes) -> Result<Self, NotABody> {
        let from = wire::FilesAttached::decode(bytes.clone()).map_err(|_| NotABody::Encoding)?;
        let record = from.record.and_then(reference_from_wire).ok_or(NotABody::Field("record"))?;
        if from.files.is_empty() || from.files.len() > FILES_MAX {
            return Err(NotABody::Field("files"));
        }
        let files = from.files.into_iter().map(attached).collect::<Result<Vec<_>, _>>()?;
        let names: BTreeSet<_> = files.iter().map(|file| &file.name).collect();
        if names.len() == files.len() { Ok(Self { record, files }) } else { Err(NotABody::Field("name")) }
    }
}

fn attached(from: wire::Attached) -> Result<Attached, NotABody> {
    let digest = Digest::from_slice(&from.digest).map_err(|_| NotABody::Field("digest"))?;
    let name = FileName::parse(&from.name).map_err(|_| NotABody::Field("name"))?;
    let stated = words(&from.stated_plain_by, STATED_CHARS_MAX, Lines::One).ok().filter(|by| !by.is_empty());
    let stated_plain_by = stated.ok_or(NotABody::Field("stated_plain_by"))?;
    let fits = (1..=MEDIA_TYPE_BYTES_MAX).contains(&from.media_type.len()) && from.media_type.is_ascii();
    if !fits {
        return Err(NotABody::Field("media_type"));
    }
    Ok(Attached { file: FileRef { digest, bytes: from.size }, name, media_type: from.media_type, stated_plain_by })
}

#[cfg(test)]
mod tests {
    use dutynet_relay::ids::{OfficeId, RecordId, RecordRef};

    use super::*;

    fn body() -> AttachedBody {
        let file = |n: u8, name: &str| Attached {
            file: FileRef { digest: Digest([n; 32]), bytes: u64::from(n) },
            name: FileName::parse(name).unwrap(),
            media_type: "image/jpeg".into(),
            stated_plain_by: "张三".into(),
        };
        let record = RecordRef { origin: OfficeId::parse("440881").unwrap(), id: RecordId([3; 16]) };
        AttachedBody { record, files: vec![file(1, "现场.jpg"), file(2, "b.jpg")] }
    }

    #[test]
    fn it_comes_back_as_it_went_in() {
        assert_eq!(AttachedBody::decode(&body().encode()), Ok(body()));
    }

    #[test]
    fn what_is_none_is_said_to_be_none() {
        let bent = |bend: fn(&mut wire::FilesAttached)| {
            let mut from = wire::FilesAttached::decode(body().encode()).unwrap();
            bend(&mut from);
            AttachedBody::decode(&from.encode_to_vec().into())
        };
        assert_eq!(AttachedBody::decode(&Bytes::from_static(b"\xff\xff")), Err(NotABody::Encoding));
        assert_eq!(bent(|from| from.record = None), Err(NotABody::Field("record")));
        assert_eq!(bent(|from| from.files.clear()), Err(NotABody::Field("files")));
        assert_eq!(bent(|from| from.files = vec![from.files[0].clone(); FILES_MAX + 1]), Err(NotABody::Field("files")));
        assert_eq!(bent(|from| from.files[1].name = "现场.jpg".into()), Err(NotABody::Field("name")), "twice");
        assert_eq!(bent(|from| from.files[0].name = "../x.jpg".into()), Err(NotABody::Field("name")));
        assert_eq!(bent(|from| from.files[0].digest = vec![1; 31].into()), Err(NotABody::Field("digest")));
        assert_eq!(bent(|from| from.files[0].stated_plain_by = " ".into()), Err(NotABody::Field("stated_plain_by")));
        assert_eq!(bent(|from| from.files[0].media_type.clear()), Err(NotABody::Field("media_type")));
    }
}
