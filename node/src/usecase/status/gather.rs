//! What is known here of offices at this moment, from the same projections as boards and lists.

use std::collections::BTreeMap;

use dutynet_relay::{
    ids::{Lane, OfficeId, UnixMillis},
    record::Mode,
};

use crate::{
    domain::{
        beijing::Day,
        board::{DAILY, Filed, Filings, ZERO},
        form::{Answer, Forms, Value, said_to},
        incident::handling,
        matter::Step,
        number::Number,
        period::Period,
        secrecy::Written,
        status::{DutyNow, DutySource, IncidentNow, MachineNow, OpenIncident, Snapshot, incidents_of},
        step::MatterKind,
    },
    projection::{ListedMatter, Openness, Row},
    usecase::{Office, Refused, board::Reach, guard::refuse_marked},
};

/// What holds for all offices that are looked at together.
pub(super) struct Gathered {
    now: UnixMillis,
    /// Today, and yesterday.
    filings: [(Day, Filings); 2],
    incidents: Vec<OpenIncident>,
    overdue: BTreeMap<OfficeId, u32>,
}

impl Office {
    /// Reads the projections once; blocks.
    pub(super) fn gather(&self, reach: Reach, now: UnixMillis) -> Result<Gathered, Refused> {
        let registry = self.relay().registry();
        let today = Day::of(now);
        let of = |day: Day| Ok::<_, Refused>((day, self.inner.reports.filings(&registry, Mode::Real, Period::from(day))?));
        Ok(Gathered {
            now,
            filings: [of(today)?, of(today.previous())?],
            incidents: self.open_incidents()?,
            overdue: self.overdue_by_office(reach, now)?,
        })
    }

    /// This office, as it says itself.
    pub(super) fn own_snapshot(&self, gathered: &Gathered) -> Result<Snapshot, Refused> {
        let drafted = self.drafted_duty(gathered.now)?;
        let machine = Some(self.machine_now()?);
        Ok(Snapshot { machine, ..self.snapshot_of(self.own(), gathered, drafted)? })
    }

    /// Any office, as it is known here. A draft of today goes before a report of yesterday.
    pub(super) fn snapshot_of(
        &self,
        office: &OfficeId,
        gathered: &Gathered,
        drafted: Option<DutyNow>,
    ) -> Result<Snapshot, Refused> {
        let (today, on_duty) = (&gathered.filings[0], self.duty_of(office, &gathered.filings, drafted)?);
        let (incidents, incidents_open) = incidents_of(office, &gathered.incidents);
        let of = |form: &str| today.1.get(&(office.clone(), form.to_owned()));
        let (daily, zero) = (of(DAILY), of(ZERO));
        let filed = match (daily, zero) {
            (None, None) => Filed::Nothing,
            (Some(_), None) => Filed::Daily,
            (None, Some(_)) => Filed::Zero,
            (Some(_), Some(_)) => Filed::Both,
        };
        Ok(Snapshot {
            on_duty,
            incidents,
            incidents_open,
            overdue: gathered.overdue.get(office).copied().unwrap_or(0),
            filed,
            filed_at: daily.into_iter().chain(zero).map(|filing| filing.recorded_here).min(),
            machine: None,
        })
    }

    /// Who is on duty here.
    pub(in crate::usecase) fn own_duty(&self, now: UnixMillis) -> Result<Option<DutyNow>, Refused> {
        let (registry, today) = (self.relay().registry(), Day::of(now));
        let own = [self.own().clone()];
        let of = |day: Day| {
            let filings = self.inner.reports.filings_of(&registry, &[DAILY, ZERO], (&own, Period::from(day)))?;
            Ok::<_, Refused>((day, filings))
        };
        self.duty_of(self.own(), &[of(today)?, of(today.previous())?], self.drafted_duty(now)?)
    }

    /// Today's report says it, else a draft of today, else yesterday's report.
    fn duty_of(
        &self,
        office: &OfficeId,
        [today, yesterday]: &[(Day, Filings); 2],
        drafted: Option<DutyNow>,
    ) -> Result<Option<DutyNow>, Refused> {
        match self.reported_duty(office, today)?.or(drafted) {
            Some(duty) => Ok(Some(duty)),
            None => self.reported_duty(office, yesterday),
        }
    }

    /// Who is on duty by what stands of an office's reports of a day.
    fn reported_duty(&self, office: &OfficeId, (day, filings): &(Day, Filings)) -> Result<Option<DutyNow>, Refused> {
        for form in [DAILY, ZERO] {
            if !filings.contains_key(&(office.clone(), form.to_owned())) {
                continue;
            }
            let row = Row { mode: Mode::Real, period: Period::from(*day), form: form.to_owned(), office: office.clone() };
            let versions = self.versions(&row)?;
            let Some(entry) = versions.stands() else { continue };
            let origin = &entry.reference.origin;
            let said = Said { source: DutySource::Report, day: *day, at: entry.recorded_here };
            let entered_by = (origin != office).then(|| origin.clone());
            if let Some(duty) = duty(&self.body_at(entry)?.filled.answers, said, entered_by) {
                return Ok(Some(duty));
            }
        }
        Ok(None)
    }

    /// Who is on duty by this office's draft of today.
    fn drafted_duty(&self, now: UnixMillis) -> Result<Option<DutyNow>, Refused> {
        let today = Day::of(now);
        let Some(form) = Forms::built_in().get(DAILY) else { return Ok(None) };
        let Some(draft) = self.saved_draft(form, (Mode::Real, Period::from(today)))? else { return Ok(None) };
        let own = draft.edits.own.into_iter().map(|(field, value)| Answer { field, value });
        let said = Said { source: DutySource::Draft, day: today, at: draft.saved_at };
        Ok(duty(&own.collect::<Vec<_>>(), said, None))
    }

    fn open_incidents(&self) -> Result<Vec<OpenIncident>, Refused> {
        let listed = self.inner.matters.listed(MatterKind::Incident, Openness::Open)?;
        let mut open = Vec::new();
        for ListedMatter { matter, summary } in listed {
            let steps = self.steps_of(&matter)?;
            let real = steps.first().is_some_and(|step| step.mode == Mode::Real);
            if !real {
                continue;
            }
            let title = steps.iter().find(|step| step.reference == summary.titled_by).and_then(|step| step.text("title"));
            open.push(OpenIncident {
                shown: IncidentNow {
                    number: Number::of(&matter),
                    grade: summary.grade,
                    title: title.map(shown_title).unwrap_or_default(),
                    handles: false,
                    last_at: summary.last_at,
                },
                handler: handling(&steps).handler.clone(),
                offices: steps.iter().map(|step: &Step| step.office.clone()).collect(),
            });
        }
        Ok(open)
    }

    fn machine_now(&self) -> Result<MachineNow, Refused> {
        let links = self.relay().links();
        let parent = links.iter().find(|link| link.is_parent);
        let waits = |lane: &Lane| parent.map_or(0, |link| link.lanes[*lane].last.0.saturating_sub(link.lanes[*lane].custody.0));
        let children = links.iter().filter(|link| !link.is_parent);
        let down = children.clone().filter(|link| !link.state.up).count();
        Ok(MachineNow {
            waiting: Lane::ALL.iter().map(waits).sum(),
            parked: parent.map_or(0, |link| link.parked),
            children: u32::try_from(children.count()).unwrap_or(u32::MAX),
            children_down: u32::try_from(down).unwrap_or(u32::MAX),
            software: concat!("dutynet ", env!("CARGO_PKG_VERSION")).to_owned(),
            rules: self.packs()?.in_force().stamp(),
        })
    }

    /// When an office was last heard of, or else registered; of one without a node everything that can be known is known here, now.
    pub(super) fn last_known(&self, office: &OfficeId, now: UnixMillis) -> Result<Option<UnixMillis>, Refused> {
        let registry = self.relay().registry();
        let Some(entry) = registry.entry(office) else { return Ok(None) };
        if entry.key.is_none() {
            return Ok(Some(now));
        }
        Ok(Some(self.inner.offices.last_heard(office)?.unwrap_or(entry.valid_from)))
    }
}

/// Where and when something was said.
struct Said {
    source: DutySource,
    day: Day,
    at: UnixMillis,
}

/// Who is on duty by answers of a form; `None`: they do not say.
fn duty(answers: &[Answer], said: Said, entered_by: Option<OfficeId>) -> Option<DutyNow> {
    let word = |field: &str, chars_max: usize| match said_to(answers, field) {
        Some(Value::Text(text)) => one_line(text, chars_max),
        Some(Value::Number(_) | Value::Nil | Value::Unknown | Value::Time(_) | Value::Choices(_) | Value::Rows(_)) | None => {
            String::new()
        }
    };
    let (leader, officer, phone) = (word("leader", 64), word("officer", 128), word("phone", 32));
    let says = !leader.is_empty() || !officer.is_empty();
    says.then_some(DutyNow { leader, officer, phone, source: said.source, day: said.day, said_at: said.at, entered_by })
}

fn one_line(text: &str, chars_max: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(chars_max).collect()
}

/// A title that bears a mark of secrecy goes nowhere.
fn shown_title(title: &str) -> String {
    if refuse_marked(title, Written::Text).is_ok() { one_line(title, 100) } else { String::new() }
}
