//! What notices there are, what needs this office first, and one of them in full.

use std::cmp::Reverse;

use dutynet_relay::{ids::UnixMillis, link::frame::Hop, record::Person, writer::RecordState};

use crate::{
    body::notice::NoticeBody,
    domain::{
        notice::Addressed,
        sign_for::{Delivery, SignTiming, Signature, timing},
        then::{History, Then},
    },
    projection::Notice,
    text::refusal::Refusal,
    usecase::{Office, Refused},
};

/// Most notices that need nothing more, newest first.
const SETTLED_MAX: usize = 50;

/// What stands on top of every page about a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeHead {
    /// Number and times.
    pub notice: Notice,
    /// One line; empty where it was removed or cannot be read any more.
    pub title: String,
    /// Name of the sender at that time.
    pub from: String,
}

/// What a notice is to this office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// 待签收
    ToSign,
    /// 已签收
    Signed,
    /// 本单位发出
    Sent,
    /// 转送: addressed to offices below only.
    PassedOn,
    /// 内容已按规定清除: nobody can sign for it any more.
    Removed,
}

/// One notice of a list.
#[derive(Debug, Clone)]
pub struct NoticeRow {
    /// Which.
    pub head: NoticeHead,
    /// What it is to this office.
    pub relation: Relation,
    /// Whether this office has signed in time.
    pub timing: SignTiming,
    /// How many offices of this subtree are on its list.
    pub addressed: usize,
    /// For how many of them somebody has signed.
    pub signed: usize,
}

/// One notice in full.
#[derive(Debug, Clone)]
pub struct ShownNotice {
    /// Which.
    pub head: NoticeHead,
    /// What it says.
    pub body: NoticeBody,
    /// Who sent it.
    pub by: Option<Person>,
    /// To whom.
    pub addressed: Addressed,
    /// What it is to this office.
    pub relation: Relation,
    /// Whether this office has signed in time.
    pub timing: SignTiming,
    /// Of this office.
    pub signatures: Vec<Signature>,
    /// Which offices had it when, each by its own clock; earlier first.
    pub hops: Vec<Hop>,
    /// `None`: another office's.
    pub state: Option<RecordState>,
}

/// A notice, with what this office has signed for it.
type Signed = (Notice, Vec<Signature>);

impl Office {
    /// What needs this office first, most urgent first; then the rest, newest first.
    pub async fn notices(&self) -> Result<Vec<NoticeRow>, Refused> {
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || office.notice_rows());
        made.await.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    /// What this office is still to sign for, most urgent first.
    pub async fn notices_to_sign(&self) -> Result<Vec<NoticeRow>, Refused> {
        self.caught_up().await?;
        let office = self.clone();
        let made = tokio::task::spawn_blocking(move || office.notice_rows_of(office.sorted()?.0)).await;
        made.map_err(|error| Refused::because(Refusal::Internal, error))?
    }

    fn notice_rows(&self) -> Result<Vec<NoticeRow>, Refused> {
        let (to_sign, mut settled) = self.sorted()?;
        settled.truncate(SETTLED_MAX);
        self.notice_rows_of(to_sign.into_iter().chain(settled).collect())
    }

    /// What is to be signed for, and the rest.
    fn sorted(&self) -> Result<(Vec<Signed>, Vec<Signed>), Refused> {
        let (mut to_sign, mut settled) = (Vec::new(), Vec::new());
        for notice in self.inner.notices.all()? {
            let signatures = self.own_signatures(&notice)?;
            match self.relation(&notice, &signatures) {
                Relation::ToSign => to_sign.push((notice, signatures)),
                Relation::Signed | Relation::Sent | Relation::PassedOn | Relation::Removed => settled.push((notice, signatures)),
            }
        }
        to_sign.sort_by_key(|(notice, _)| (notice.urgency, notice.sign_by.map_or(i64::MAX, |at| at.0), notice.received_at));
        settled.sort_by_key(|(notice, _)| Reverse(notice.received_at));
        Ok((to_sign, settled))
    }

    fn notice_rows_of(&self, notices: Vec<Signed>) -> Result<Vec<NoticeRow>, Refused> {
        let (history, now) = (self.inner.offices.history()?, self.now());
        let rows = notices.into_iter().map(|(notice, signatures)| {
            let (relation, timing) = (self.relation(&notice, &signatures), own_timing(&notice, &signatures, now));
            let (title, (addressed, signed)) = self.title_and_counts(notice.clone(), &history);
            NoticeRow { head: self.head(&notice, &title, &history), relation, timing, addressed, signed }
        });
        Ok(rows.collect())
    }

    /// Of one that cannot be read any more there are none; it does not hide the others.
    fn title_and_counts(&self, notice: Notice, history: &History) -> (String, (usize, usize)) {
        let read = self.held_notice(notice).and_then(|held| {
            let counts = self.how_many_signed(&held, history)?;
            Ok((held.body.title, counts))
        });
        read.unwrap_or_else(|refused| {
            tracing::warn!(%refused, "a notice cannot be read");
            (String::new(), (0, 0))
        })
    }

    /// One notice, with its way here.
    pub async fn notice(&self, notice: &str) -> Result<ShownNotice, Refused> {
        let notice = self.notice_named(notice).await?;
        let (history, now) = (self.inner.offices.history()?, self.now());
        let signatures = self.own_signatures(&notice)?;
        let held = self.held_notice(notice)?;
        let (notice, stored) = (&held.notice, &held.stored);
        let own = (notice.reference.origin == *self.own()).then_some(&notice.reference);
        Ok(ShownNotice {
            head: self.head(notice, &held.body.title, &history),
            by: stored.record.header().person.clone(),
            relation: self.relation(notice, &signatures),
            timing: own_timing(notice, &signatures, now),
            hops: self.way_of(stored),
            state: own.map(|reference| self.relay().state_of(reference)).transpose()?.flatten(),
            body: held.body,
            addressed: held.addressed,
            signatures,
        })
    }

    /// First one first.
    fn own_signatures(&self, notice: &Notice) -> Result<Vec<Signature>, Refused> {
        let signatures = self.signatures(&notice.reference, Some(self.own()))?;
        Ok(signatures.into_iter().map(|(_, signature)| signature).collect())
    }

    fn relation(&self, notice: &Notice, own_signatures: &[Signature]) -> Relation {
        match (notice.reference.origin == *self.own(), notice.to_us, own_signatures.is_empty()) {
            (false, true, true) if notice.removed => Relation::Removed,
            (true, ..) => Relation::Sent,
            (false, true, true) => Relation::ToSign,
            (false, true, false) => Relation::Signed,
            (false, false, _) => Relation::PassedOn,
        }
    }

    pub(super) fn head(&self, notice: &Notice, title: &str, history: &History) -> NoticeHead {
        let (origin, tree) = (&notice.reference.origin, self.relay().registry());
        let then = Then::at(history, &notice.moment);
        let now = || tree.entry(origin).map(|entry| entry.name.clone());
        let from = then.name(origin).map(str::to_owned).or_else(now);
        let from = from.unwrap_or_else(|| origin.to_string());
        NoticeHead { notice: notice.clone(), title: title.to_owned(), from }
    }
}

/// Whether this office signed in time; what is not addressed to it has no limit for it.
fn own_timing(notice: &Notice, signatures: &[Signature], now: UnixMillis) -> SignTiming {
    let sign_by = notice.sign_by.filter(|_| notice.to_us);
    let at = notice.received_at;
    let came = Ok(Delivery { at, here: at, known_at: at });
    timing(sign_by, signatures.first().map(|first| first.here), now).beyond(sign_by, &came)
}
