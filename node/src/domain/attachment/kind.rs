//! The formats that are taken. What an extension promises, the first bytes must keep.

/// What people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// 照片
    Photo,
    /// 录音
    Audio,
    /// 录像
    Video,
    /// 文件
    Document,
}

/// What first bytes say. Some containers hold several kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Jpeg,
    Png,
    Gif,
    Webp,
    Heic,
    Tiff,
    Mp3,
    Aac,
    Wav,
    Amr,
    IsoMedia,
    Avi,
    Pdf,
    Word,
    Sheet,
    Slides,
    Ofd,
    Ole,
    Text,
}

/// One format.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// As records name it, e.g. `image/jpeg`.
    pub media_type: &'static str,
    /// What people call it.
    pub class: Class,
    pub(super) shape: Shape,
    extensions: &'static [&'static str],
}

const KINDS: [Kind; 22] = [
    kind("image/jpeg", Class::Photo, Shape::Jpeg, &["jpg", "jpeg"]),
    kind("image/png", Class::Photo, Shape::Png, &["png"]),
    kind("image/gif", Class::Photo, Shape::Gif, &["gif"]),
    kind("image/webp", Class::Photo, Shape::Webp, &["webp"]),
    kind("image/heic", Class::Photo, Shape::Heic, &["heic", "heif"]),
    kind("image/tiff", Class::Photo, Shape::Tiff, &["tif", "tiff"]),
    kind("audio/mpeg", Class::Audio, Shape::Mp3, &["mp3"]),
    kind("audio/aac", Class::Audio, Shape::Aac, &["aac"]),
    kind("audio/wav", Class::Audio, Shape::Wav, &["wav"]),
    kind("audio/amr", Class::Audio, Shape::Amr, &["amr"]),
    kind("audio/mp4", Class::Audio, Shape::IsoMedia, &["m4a"]),
    kind("video/mp4", Class::Video, Shape::IsoMedia, &["mp4", "m4v"]),
    kind("video/quicktime", Class::Video, Shape::IsoMedia, &["mov"]),
    kind("video/3gpp", Class::Video, Shape::IsoMedia, &["3gp"]),
    kind("video/x-msvideo", Class::Video, Shape::Avi, &["avi"]),
    kind("application/pdf", Class::Document, Shape::Pdf, &["pdf"]),
    kind("application/ofd", Class::Document, Shape::Ofd, &["ofd"]),
    kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", Class::Document, Shape::Word, &["docx"]),
    kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Class::Document, Shape::Sheet, &["xlsx"]),
    kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", Class::Document, Shape::Slides, &["pptx"]),
    kind("application/x-ole-storage", Class::Document, Shape::Ole, &["doc", "xls", "ppt", "wps", "et", "dps"]),
    kind("text/plain", Class::Document, Shape::Text, &["txt", "csv"]),
];

const fn kind(media_type: &'static str, class: Class, shape: Shape, extensions: &'static [&'static str]) -> Kind {
    Kind { media_type, class, shape, extensions }
}

impl Kind {
    /// The one whose files bear this extension, in lower case.
    pub fn of_extension(extension: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.extensions.contains(&extension))
    }

    /// Every extension that is taken.
    pub fn extensions() -> impl Iterator<Item = &'static str> {
        KINDS.iter().flat_map(|kind| kind.extensions).copied()
    }
}
