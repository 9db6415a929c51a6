//! One of each reply about attachments, for what is compared with files.

use dutynet_proto::record;

use super::*;

fn reference(n: u8) -> Option<record::RecordRef> {
    let id = (n..n + 16).collect::<Vec<u8>>().into();
    Some(record::RecordRef { origin: "440825103".into(), id })
}

fn row() -> api::AttachmentRow {
    api::AttachmentRow {
        digest: vec![0xab; 32].into(),
        name: "现场.jpg".into(),
        media_type: "image/jpeg".into(),
        bytes: 3_145_728,
        place: AttachmentPlace::Coming.into(),
        have_bytes: 65_536,
        record: reference(2),
        belongs_to: reference(1),
        stated_plain_by: "张三".into(),
        recorded_at_ms: 1_782_867_600_000,
        by: Some(record::Person { id: "zhangsan".into(), name: "张三".into() }),
    }
}

fn gone() -> api::AttachmentRow {
    let place = AttachmentPlace::Gone.into();
    api::AttachmentRow { digest: vec![0xcd; 32].into(), bytes: 9, place, record: reference(3), ..api::AttachmentRow::default() }
}

pub(in crate::cli) fn shapes() -> Vec<(&'static str, String)> {
    let added = api::AddAttachmentsReply { record: reference(2), folded: false, files: vec![row()] };
    let listed = api::ListAttachmentsReply { files: vec![row(), gone()] };
    vec![
        ("attachment add", printed(&json::Added::from(&added))),
        ("attachment list", printed(&json::Attachments::from(&listed))),
        ("attachment fetch", printed(&json::Attachment::from(&row()))),
        ("attachment save", printed(&json::Saved { path: "/tmp/现场.jpg".into(), bytes: 3_145_728 })),
    ]
}

#[test]
fn people_see_where_each_file_is() {
    let said = table(&[row(), gone()]);
    for word in ["现场.jpg", "3 MiB", "已到 64 KiB / 3 MiB", "（已销毁）", "已按规定销毁", "abababababababab"] {
        assert!(said.contains(word), "{word}: {said}");
    }
}
