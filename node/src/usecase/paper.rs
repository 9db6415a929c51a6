//! Papers (单子、表) as this office prints them or keeps them as files: what it knows, put on a [`Document`]; nothing is written by it.
//!
//! - `form`: forms of a matter, and reports. `tables`: the board, the sign-for list, roll calls, who is on duty. `dues`: what is due, and counts.

mod dues;
mod form;
mod tables;

use super::{AskDueStats, AskDues, Office, Refused, ShowReport};
use crate::{
    export::{Document, ExportFault, Shape, make},
    text::{paper as text, refusal::Refusal},
};
use dutynet_relay::record::Mode;

/// Which paper.
#[derive(Debug, Clone)]
pub enum AskPaper {
    /// A form of a matter.
    Form {
        /// Id or name of the form, e.g. `handling-slip`.
        paper: String,
        /// Number or reference of the matter.
        matter: String,
    },
    /// What one office has said.
    Report(ShowReport),
    /// The board of a period.
    Board {
        /// Id of the form; empty: 日报告 and 零报告.
        form: String,
        /// A day; empty: today.
        day: String,
        /// Real, exercise or test.
        mode: Mode,
    },
    /// The sign-for list of a notice, by number or reference.
    SignFor(String),
    /// The table of a roll call, by number or reference.
    Roll(String),
    /// What is due.
    Dues(AskDues),
    /// Counts of what was due.
    Stats(AskDueStats),
    /// Who is on duty on a day; empty: today.
    Duty(String),
}

/// A paper as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperFile {
    /// Its name, with ending.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Office {
    /// A paper, as it stands now.
    pub async fn printed(&self, asked: &AskPaper) -> Result<Document, Refused> {
        let document = match asked {
            AskPaper::Form { paper, matter } => form::of_matter(&self.paper(paper, matter).await?),
            AskPaper::Report(asked) => self.report_printed(asked).await?,
            AskPaper::Board { form, day, mode } => tables::board(&self.board_of(*mode, form, day).await?),
            AskPaper::SignFor(notice) => tables::sign_for(&self.notice_board(notice).await?),
            AskPaper::Roll(call) => tables::roll(&self.roll_table(call).await?),
            AskPaper::Dues(asked) => dues::list(&self.dues(asked.clone()).await?, asked, &self.own_name()),
            AskPaper::Stats(asked) => dues::stats(&self.due_stats(asked.clone()).await?, asked, &self.own_name()),
            AskPaper::Duty(day) => self.duty_list(day).await?,
        };
        Ok(document.cleaned())
    }

    /// The same as a file.
    pub async fn paper_file(&self, asked: &AskPaper, shape: Shape) -> Result<PaperFile, Refused> {
        let document = self.printed(asked).await?;
        if !document.shapes().contains(&shape) {
            return Err(Refused::about(Refusal::PaperShape, text::endings(document.shapes())));
        }
        let made = tokio::task::spawn_blocking(move || {
            let bytes = make(&document, shape)?;
            Ok(PaperFile { name: format!("{}.{}", document.file_name, shape.key()), bytes })
        });
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?.map_err(|fault: ExportFault| match fault {
            ExportFault::NoFont(_) => Refused::because(Refusal::PaperNoFont, fault),
            ExportFault::Unsuited | ExportFault::Library(_) => Refused::because(Refusal::Internal, fault),
        })
    }

    fn own_name(&self) -> String {
        self.name(self.own())
    }
}

/// A name for a file, of what an office calls it: nothing that leads to another folder, and not longer than file systems take.
fn file_name(parts: &[&str]) -> String {
    let kept = parts.join("-");
    let odd = |c: char| c.is_control() || c.is_whitespace() || "/\\:*?\"<>|".contains(c);
    kept.chars().map(|c| if odd(c) { '_' } else { c }).take(60).collect()
}
