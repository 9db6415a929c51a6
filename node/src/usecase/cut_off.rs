//! Cut-offs: set for everything below, and which one is in force; the rule itself is [`crate::domain::cut_off`].

use dutynet_relay::{
    ids::{Lane, OfficeId, RecordId, RecordRef},
    record::{Audience, Mode, Person},
    writer::intent::Draft,
};

use super::{Office, Refused, form, person, shown};
use crate::{
    body::{CUT_OFF_KIND, CutOffBody},
    domain::{
        beijing::{Day, TimeOfDay},
        cut_off::{CutOffs, earliest},
        form::{Form, Forms},
        period::Period,
        report::Window,
    },
    projection::CutOffEntry,
    text::refusal::Refusal,
};

/// A cut-off to be set.
#[derive(Debug, Clone)]
pub struct SetCutOff {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Id of the form.
    pub form: String,
    /// `HH:MM`.
    pub time: String,
    /// First day of which it decides; empty: tomorrow.
    pub from: String,
    /// Who sets it.
    pub by: Option<Person>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAs {
    /// Its record.
    pub reference: RecordRef,
    /// True: it was held already.
    pub folded: bool,
    /// What it says.
    pub body: CutOffBody,
}

/// What is known of cut-offs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCutOffs {
    /// Every one, by form and first day, with the name of who set it.
    pub cut_offs: Vec<(CutOffEntry, String)>,
    /// What is in force today, for each form.
    pub today: Vec<InForce>,
}

/// A form's cut-off today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// Id of the form.
    pub form: String,
    /// For this office.
    pub here: (TimeOfDay, Option<OfficeId>),
    /// For its children.
    pub below: (TimeOfDay, Option<OfficeId>),
}

impl Office {
    /// Sets a cut-off for everything below this office, from tomorrow at the earliest.
    pub async fn set_cut_off(&self, asked: SetCutOff) -> Result<SetAs, Refused> {
        let by = person(asked.by.clone())?;
        let form = form(&asked.form)?;
        let time = TimeOfDay::parse(&asked.time).map_err(|_| Refused::about(Refusal::CutOffInvalid, shown(&asked.time)))?;
        let earliest = earliest(self.now());
        let from = match asked.from.as_str() {
            "" => earliest,
            text => Day::parse(text).map_err(|_| Refused::about(Refusal::PeriodInvalid, shown(text)))?,
        };
        if from < earliest {
            return Err(Refused::about(Refusal::CutOffTooEarly, from));
        }
        if self.relay().registry().children(self.own()).next().is_none() {
            return Err(Refusal::NoChildren.into());
        }
        let body = CutOffBody { form: form.id.clone(), time, from };
        let draft = Draft {
            id: asked.id,
            kind: CUT_OFF_KIND.to_owned(),
            subject: body.subject(),
            lane: Lane::Routine,
            audience: self.upwards().into_iter().chain([Audience::Subtree(self.own().clone())]).collect(),
            mode: Mode::Real,
            happened_at: None,
            learnt_at: None,
            person: Some(by),
            corrects: None,
            on_behalf_of: None,
            body: body.encode(),
        };
        let made = self.submit(draft).await?;
        self.read_what_was_written().await;
        Ok(SetAs { reference: made.reference, folded: made.folded, body })
    }

    /// Every cut-off that is known here, and what is in force today.
    pub async fn list_cut_offs(&self) -> Result<KnownCutOffs, Refused> {
        self.caught_up().await?;
        let (registry, today) = (self.relay().registry(), Day::of(self.now()));
        let mut known = self.inner.reports.cut_offs()?;
        known.sort_by(|a, b| {
            let order = |e: &CutOffEntry| (e.cut_off.form.clone(), e.cut_off.from, e.cut_off.recorded_at);
            order(a).cmp(&order(b))
        });
        let cut_offs = self.cut_offs()?;
        let in_force = |form: &Form| {
            let of = |above: Vec<OfficeId>| {
                let (time, set) = cut_offs.time(form, &above.iter().collect::<Vec<_>>(), today);
                (time, set.office().cloned())
            };
            let path: Vec<OfficeId> = registry.path_up(self.own()).cloned().collect();
            let above = path.iter().skip(1).cloned().collect();
            InForce { form: form.id.clone(), here: of(above), below: of(path) }
        };
        let today = Forms::built_in().iter().map(in_force).collect();
        let name = |office: &OfficeId| registry.entry(office).map(|entry| entry.name.clone()).unwrap_or_default();
        Ok(KnownCutOffs { cut_offs: known.into_iter().map(|e| (e.clone(), name(&e.cut_off.by))).collect(), today })
    }

    /// When a period is due from an office, and when it closes.
    pub(super) fn window(&self, form: &Form, office: &OfficeId, period: Period) -> Result<Window, Refused> {
        let registry = self.relay().registry();
        let above: Vec<&OfficeId> = registry.path_up(office).skip(1).collect();
        Ok(self.cut_offs()?.window(form, above.iter().copied(), period))
    }

    pub(super) fn cut_offs(&self) -> Result<CutOffs, Refused> {
        let set = self.inner.reports.cut_offs()?.into_iter().map(|entry| entry.cut_off).collect();
        Ok(CutOffs::new(set).beside(self.specials()?))
    }
}
