//! A step form as its TOML file says it. Strict: an unknown word is an error.

use serde::Deserialize;

use dutynet_relay::{
    ids::{Lane, OfficeId},
    registry::Registry,
};

use super::prefill::{Prefill, WrittenPrefill};
use crate::domain::form::{DefinitionError, Field, FieldKind, WrittenField, read_fields};

/// What a matter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MatterKind {
    /// 突发事件
    Incident,
    /// 预警
    Warning,
    /// 核报: a question from above about an incident.
    Verification,
    /// 指示、通报、交办、督办、电话通知
    Directive,
    /// 演练
    Drill,
    /// 督查发现，表扬
    Finding,
    /// 会商
    Consultation,
    /// 点名、抽查
    RollCall,
}

/// From where an office may be brought a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// From anywhere.
    Anywhere,
    /// From above: it directs whoever has it.
    Above,
    /// From above or below: it is about an office below the one that began it, and is seen above, too.
    AboveOrBelow,
}

impl MatterKind {
    /// In the order in which people list them.
    pub const ALL: [Self; 8] = [
        Self::Incident,
        Self::Warning,
        Self::Verification,
        Self::Directive,
        Self::Drill,
        Self::Finding,
        Self::Consultation,
        Self::RollCall,
    ];

    /// Stable name; every form of this kind begins with it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Warning => "warning",
            Self::Verification => "verification",
            Self::Directive => "directive",
            Self::Drill => "drill",
            Self::Finding => "finding",
            Self::Consultation => "consultation",
            Self::RollCall => "rollcall",
        }
    }

    /// From where an office may be brought one.
    pub fn begins(self) -> Begins {
        match self {
            Self::Incident => Begins::Anywhere,
            Self::Warning | Self::Verification | Self::Directive | Self::Consultation => Begins::Above,
            Self::Drill | Self::Finding | Self::RollCall => Begins::AboveOrBelow,
        }
    }

    /// By its stable name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// Where the record of a step goes; nothing: it stays in its office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Goes {
    /// To the parent alone (逐级).
    Parent,
    /// To every tier above.
    Top,
    /// To the tier above that the step names, and every tier on the way to it (越级: with a copy to each that was skipped); to every tier
    /// above where it names none.
    Tier,
    /// To the offices that the step names, wherever they stand.
    Named,
    /// To everything below this office, or to those below it that the step names.
    Below,
    /// To the offices that the step names, or else that its own office has named in this matter, or else all that are below it, and to
    /// everything below each of them: whoever
    /// is given a part later has what it is a part of, and what is said to all finds those whom it does not know of.
    Within,
    /// To the office that began the matter.
    Opener,
    /// To the offices that the step names with which the matter began, and to everything below each of them, whoever takes this one.
    Invited,
    /// To every office that has sent or was sent a step of this matter that this office has.
    Holders,
    /// To every tier above this office, and above each of those.
    Overseers,
}

/// Whose step it may be, whatever program made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Only {
    /// That of the office that began the matter.
    Opener,
    /// That of the office that began the matter, or of one above it.
    Above,
}

/// How fast the record of a step travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneRule {
    /// Always so.
    Fixed(Lane),
    /// As the choice in this field says: `flash`, `urgent` or `routine`; routine when it is left out.
    Field(String),
}

/// Whether a step must name something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Naming {
    /// It must.
    Must,
    /// It may.
    May,
}

/// Another record that a step names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRole {
    /// Stable name of what it is to the step.
    pub role: String,
    /// Name for people.
    pub label: String,
    /// Whether it must be named.
    pub naming: Naming,
}

/// One kind of step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepForm {
    /// Stable id, e.g. `incident.call`; its records are of the kind `<id>/1`.
    pub id: String,
    /// Version of the fields, from 1.
    pub version: u32,
    /// Of which kind of matter.
    pub matter: MatterKind,
    /// Its command, e.g. `call`: the verb of its id unless the file says another.
    pub command: String,
    /// Name for people, e.g. 接报.
    pub title: String,
    /// It begins a matter.
    pub opens: bool,
    /// Whose it may be; `None`: its kind of matter says.
    pub only: Option<Only>,
    /// Where its record goes.
    pub goes: Vec<Goes>,
    /// Whether it names offices; `None`: it does not.
    pub names_offices: Option<Naming>,
    /// Whoever it names is to act on it: that office's node says by itself that it has it (送达).
    pub addresses: bool,
    /// How fast.
    pub lane: LaneRule,
    /// Other records that it names.
    pub links: Vec<LinkRole>,
    /// Regulation and article.
    pub source: String,
    /// In the order in which people read them.
    pub fields: Vec<Field>,
    /// Fields that need not be typed again.
    pub prefill: Vec<Prefill>,
}

impl StepForm {
    /// Kind of the records that carry it.
    pub fn record_kind(&self) -> String {
        format!("{}/1", self.id)
    }

    /// The fields that a person answers.
    pub fn typed(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.by_node)
    }

    /// What a node says of itself: nothing in it is a person's to say.
    pub fn is_the_nodes(&self) -> bool {
        self.typed().next().is_none() && !self.fields.is_empty() && self.links.is_empty()
    }

    /// Whether an office may take it, of a matter that another or the same began.
    pub fn is_for(&self, office: &OfficeId, opener: &OfficeId, tree: &Registry) -> bool {
        match self.only {
            Some(Only::Opener) => office == opener,
            Some(Only::Above) => office == opener || tree.is_ancestor(office, opener),
            None => true,
        }
    }

    /// A field by its key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// Several step forms.
#[derive(Debug)]
pub struct StepForms {
    pub(super) forms: Vec<StepForm>,
}

impl StepForms {
    /// Reads a file of steps.
    pub fn parse(text: &str) -> Result<Self, DefinitionError> {
        let written: WrittenSteps = toml::from_str(text)?;
        let forms = written.step.into_iter().map(|step| step.read(written.matter)).collect::<Result<_, _>>()?;
        Ok(Self { forms })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSteps {
    matter: MatterKind,
    #[serde(default)]
    step: Vec<WrittenStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    id: String,
    version: u32,
    command: Option<String>,
    title: String,
    #[serde(default)]
    opens: bool,
    only: Option<Only>,
    #[serde(default)]
    goes: Vec<Goes>,
    offices: Option<Naming>,
    #[serde(default)]
    addresses: bool,
    lane: WrittenLane,
    lane_field: Option<String>,
    #[serde(default)]
    link: Vec<LinkRole>,
    source: String,
    #[serde(default)]
    field: Vec<WrittenField>,
    #[serde(default)]
    prefill: Vec<WrittenPrefill>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum WrittenLane {
    Flash,
    Urgent,
    Routine,
    Field,
}

impl WrittenStep {
    fn read(self, matter: MatterKind) -> Result<StepForm, DefinitionError> {
        let wrong = |allowed| DefinitionError::Content { place: self.id.clone(), allowed };
        let verb = self.id.strip_prefix(matter.key()).and_then(|rest| rest.strip_prefix('.'));
        let verb = verb.filter(|verb| is_verb(verb)).ok_or_else(|| wrong("id = \"<matter>.<verb>\", the verb of a-z and -"))?;
        let command = self.command.unwrap_or_else(|| verb.to_owned());
        if !is_verb(&command) {
            return Err(wrong("command = \"<verb>\", of a-z and -"));
        }
        if self.version == 0 {
            return Err(wrong("version from 1"));
        }
        let fields = read_fields(self.field, &self.id)?;
        let chosen = |key: &str| fields.iter().any(|f| f.key == key && matches!(f.kind, FieldKind::Choice { .. }));
        let lane = match (self.lane, self.lane_field) {
            (WrittenLane::Flash, None) => LaneRule::Fixed(Lane::Flash),
            (WrittenLane::Urgent, None) => LaneRule::Fixed(Lane::Urgent),
            (WrittenLane::Routine, None) => LaneRule::Fixed(Lane::Routine),
            (WrittenLane::Field, Some(field)) if chosen(&field) => LaneRule::Field(field),
            (WrittenLane::Field, _) => return Err(wrong("lane = \"field\" goes with lane_field, a choice of the form")),
            (WrittenLane::Flash | WrittenLane::Urgent | WrittenLane::Routine, Some(_)) => {
                return Err(wrong("lane_field goes with lane = \"field\""));
            }
        };
        if self.goes.contains(&Goes::Named) && self.offices.is_none() {
            return Err(wrong("goes = [\"named\"] goes with offices = \"must\" or \"may\""));
        }
        let prefill = self.prefill.into_iter().map(WrittenPrefill::read).collect::<Option<Vec<_>>>();
        let prefill = prefill.ok_or_else(|| wrong("prefill: from = [\"<step>.<field>\"]"))?.into_iter().flatten().collect();
        if self.addresses && self.offices.is_none() {
            return Err(wrong("addresses = true goes with offices = \"must\" or \"may\""));
        }
        Ok(StepForm {
            id: self.id,
            version: self.version,
            matter,
            command,
            title: self.title,
            opens: self.opens,
            only: self.only,
            goes: self.goes,
            names_offices: self.offices,
            addresses: self.addresses,
            lane,
            links: self.link,
            source: self.source,
            fields,
            prefill,
        })
    }
}

fn is_verb(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}
