//! Papers that leave the screen: one neutral [`Document`], and the shapes that it can be kept in.
//!
//! - [`Document`]: what stands on the paper, in words that are already those of people; no line breaks, no colours, no file.
//! - `lines`, `layout`: where a line ends and a page begins; pure, told how wide a letter is.
//! - `font`: the Chinese fonts of this machine; `pdf`: a layout drawn with them, embedded as far as they are used.
//! - `xlsx`: tables for counting on; `csv`: the same for any other program; `docx`: forms for writing on. The page for a browser's printer is a template of the console.
//!
//! Words never become anything else on the way: no formula, no markup, no control character.

mod csv;
mod document;
mod docx;
mod font;
mod layout;
mod lines;
mod pdf;
#[cfg(test)]
mod tests;
mod xlsx;

pub use document::{Body, Cell, Column, Document, FormCell, Head, Kind, Sheet, Table, beside, clean};

use std::{
    error::Error,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// Fonts are some twenty megabytes each while they are read, so papers are made one after the other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// What a paper is kept as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// To be printed or sent; every kind of paper.
    Pdf,
    /// A table to count on.
    Xlsx,
    /// The same table for a program that reads no other.
    Csv,
    /// A form to write on.
    Docx,
}

impl Shape {
    /// In the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Xlsx, Self::Csv, Self::Docx];

    /// Stable name, which is also how a file's name ends.
    pub fn key(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Docx => "docx",
        }
    }

    /// The other way round; large letters mean the same.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.key().eq_ignore_ascii_case(key))
    }

    /// As browsers are told.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }
}

impl Document {
    /// What it can be kept as.
    pub fn shapes(&self) -> &'static [Shape] {
        match self.body {
            Body::Form(_) => &[Shape::Pdf, Shape::Docx],
            Body::Table(_) => &[Shape::Pdf, Shape::Xlsx, Shape::Csv],
        }
    }
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// A form is no table, and a table no form.
    #[error("this kind of paper is not kept in that shape")]
    Unsuited,
    /// Nothing on this machine can draw Chinese.
    #[error("no Chinese font in {0:?}")]
    NoFont(Vec<PathBuf>),
    /// A library could not.
    #[error("the file could not be made")]
    Library(#[source] Box<dyn Error + Send + Sync>),
}

impl ExportFault {
    fn library(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Library(error.into())
    }
}

/// The bytes of a file. Reads the machine's fonts where it needs them; blocks while another one is made.
pub fn make(document: &Document, shape: Shape) -> Result<Vec<u8>, ExportFault> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    match (shape, &document.body) {
        (Shape::Pdf, _) => pdf::make(document, &font::folders()),
        (Shape::Xlsx, Body::Table(table)) => xlsx::make(document, table),
        (Shape::Csv, Body::Table(table)) => Ok(csv::make(document, table)),
        (Shape::Docx, Body::Form(lines)) => docx::make(document, lines),
        (Shape::Xlsx | Shape::Csv, Body::Form(_)) | (Shape::Docx, Body::Table(_)) => Err(ExportFault::Unsuited),
    }
}
