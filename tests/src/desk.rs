//! The duty part of an office of a story, over its running relay: what an officer can do there, and what the node does by itself.

use std::{collections::BTreeMap, sync::Arc};

use dutynet_node::{
    domain::sign_for::SignForRow,
    projection::Follower,
    usecase::{
        AddAttachments, AddedAttachments, AnswersLive, AttachmentRow, FilePlace, NoticeBoard, Office, Refused, SendNotice,
        SentFile, SentNotice, SignNotice, SignedNotice, To, confirm_by_itself, deliver_by_itself, incoming, pieces,
    },
};
use dutynet_relay::{
    ids::{OfficeId, RecordId},
    journal::Cursor,
    live::Answerer,
    record::Mode,
};
use tokio::{sync::watch, task::JoinHandle};

use crate::net::{Network, clerk, draft, office, until_seen};

/// One office's desk.
pub struct Desk {
    /// What an officer can do.
    pub office: Office,
    /// It answers live questions for as long as it is open.
    _answers: Arc<dyn Answerer>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Desk {
    /// Opens a desk at an office that is on.
    pub fn at(net: &Network, id: &str) -> Self {
        let relay = net.relay(id);
        let (follower, caught_up) = Follower::new(relay).expect("a projection that can be read");
        let office = Office::new(relay.clone(), caught_up, Vec::new());
        let answers: Arc<dyn Answerer> = Arc::new(AnswersLive(office.clone()));
        relay.answer_with(&answers);
        let (stop, stopped) = watch::channel(false);
        let by_itself = deliver_by_itself(office.clone(), stopped.clone());
        let confirms = confirm_by_itself(office.clone(), stopped.clone());
        let tasks = vec![tokio::spawn(follower.run(stopped)), tokio::spawn(by_itself), tokio::spawn(confirms)];
        Self { office, _answers: answers, stop, tasks }
    }

    /// Closes it, before its office is stopped.
    pub async fn close(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            task.await.expect("a desk that does not panic");
        }
    }

    /// Sends an urgent notice.
    pub async fn send(&self, title: &str, to: To) -> SentNotice {
        self.office.send_notice(notice(title, to)).await.expect("a notice is sent")
    }

    /// Signs for the office itself.
    pub async fn sign(&self, number: &str, by: &str) -> SignedNotice {
        self.office.sign_notice(signature(number, by)).await.expect("a notice is signed for")
    }

    /// Adds files to what the office has said.
    pub async fn attach(&self, record: &str, files: &[(&str, &[u8])]) -> Result<AddedAttachments, Refused> {
        let asked = AddAttachments { id: new_id(), record: record.into(), stated_plain_by: clerk().name, by: Some(clerk()) };
        let (to, from) = incoming();
        let sending = async move {
            for (name, content) in files {
                let (file, pieces) = pieces(Some(content.len() as u64));
                let begins = SentFile::Begins { name: (*name).into(), bytes: Some(content.len() as u64), pieces };
                // Whatever is refused is taken no further.
                let _ = to.send(begins).await;
                for piece in content.chunks(256 * 1024) {
                    let _ = file.send(Some(bytes::Bytes::copy_from_slice(piece))).await;
                }
                let _ = file.send(None).await;
            }
            let _ = to.send(SentFile::Ended).await;
        };
        tokio::join!(self.office.add_attachments(asked, from), sending).0
    }

    /// Adds a file of a matter that is here already to what the office has said about it.
    pub async fn pass(&self, matter: &str, file: &str) -> Result<AddedAttachments, Refused> {
        let asked = AddAttachments { id: new_id(), record: matter.into(), stated_plain_by: clerk().name, by: Some(clerk()) };
        let (to, from) = incoming();
        let sending = async move {
            for sent in [SentFile::Passes { record: matter.into(), file: file.into() }, SentFile::Ended] {
                // Whatever is refused is taken no further.
                let _ = to.send(sent).await;
            }
        };
        tokio::join!(self.office.add_attachments(asked, from), sending).0
    }

    /// Where the only file of a matter, a notice or a record is, once it is known here and stands so.
    pub async fn attachment_when(&self, record: &str, what: &str, holds: impl Fn(FilePlace) -> bool) -> AttachmentRow {
        // What is still to come is no fault.
        let is_so = |rows: &Result<Vec<AttachmentRow>, Refused>| matches!(rows.as_deref(), Ok([row]) if holds(row.place));
        let mut rows =
            until_seen(what, async || self.office.attachments(record).await, is_so).await.expect("what holds is shown");
        rows.remove(0)
    }

    /// The sign-for list.
    pub async fn board(&self, number: &str) -> NoticeBoard {
        self.office.notice_board(number).await.expect("a list is made")
    }

    /// Its rows by office, once they are as they should be.
    pub async fn board_when(&self, number: &str, what: &str, holds: impl Fn(&Rows) -> bool) -> Rows {
        let ask = async || {
            let board = self.office.notice_board(number).await?;
            Ok::<_, Refused>(Rows(board.rows.into_iter().map(|row| (row.seat.office.clone(), row)).collect()))
        };
        // A notice that is still to come is no fault.
        until_seen(what, ask, |rows| rows.as_ref().is_ok_and(&holds)).await.expect("what holds is shown")
    }
}

/// Rows of a sign-for list.
#[derive(Debug)]
pub struct Rows(BTreeMap<OfficeId, SignForRow>);

impl Rows {
    /// Who stands on it.
    pub fn offices(&self) -> Vec<&str> {
        self.0.keys().map(OfficeId::as_str).collect()
    }

    /// How many have it, and for how many somebody signed.
    pub fn counts(&self) -> (usize, usize) {
        let delivered = self.0.values().filter(|row| row.delivery.is_ok()).count();
        (delivered, self.0.values().filter(|row| !row.signatures.is_empty()).count())
    }

    /// One of them.
    pub fn of(&self, id: &str) -> &SignForRow {
        &self.0[&office(id)]
    }
}

/// An urgent notice, as it would be typed.
pub fn notice(title: &str, to: To) -> SendNotice {
    SendNotice {
        id: new_id(),
        title: title.into(),
        text: "请做好准备。".into(),
        urgency: Some(dutynet_node::domain::notice::Urgency::Urgent),
        sign_by: None,
        to: Some(to),
        by: Some(clerk()),
        mode: Mode::Real,
    }
}

/// A person's signature for the own office.
pub fn signature(number: &str, by: &str) -> SignNotice {
    let by = dutynet_relay::record::Person { id: by.into(), name: by.into() };
    SignNotice {
        id: new_id(),
        notice: number.into(),
        remark: String::new(),
        by: Some(by),
        on_behalf_of: String::new(),
        told_by: None,
    }
}

/// A record id as a client makes it.
pub fn new_id() -> RecordId {
    draft(dutynet_relay::ids::Lane::Routine, Vec::new(), b"").id
}

/// How many records of a kind an office holds.
pub fn records_of(net: &Network, at: &str, kind: &str) -> usize {
    let (feed, mut cursor, mut count) = (net.relay(at).feed(), Cursor::default(), 0);
    loop {
        let groups = feed.after(cursor, 1024 * 1024).expect("a journal that can be read");
        let Some(last) = groups.last() else { return count };
        cursor = last.end;
        count += groups.iter().flat_map(|group| &group.records).filter(|stored| stored.record.header().kind == kind).count();
    }
}
