//! Where the fields of a step come from that need not be typed again (一次录入), as the TOML file says it.
//!
//! ```toml
//! [[step.prefill]]
//! fields = ["title", "place"]              # the fields that are filled in
//! steps = ["incident.call"]                # from the field of the same name of these steps
//! from = ["incident.oral.said"]            # or from this very field
//! every = [{ step = "incident.action", fields = ["done_at", "action"] }]   # or from all of these steps, a line each
//! again = true                             # what this same step said before counts as well; else it bars what is older
//! own = true                               # only what the office itself has said
//! ```

use serde::Deserialize;

/// Where one field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefill {
    /// Key of the field that is filled in.
    pub field: String,
    /// Fields of other steps; the newest word counts.
    pub from: Vec<SaidAt>,
    /// Steps of which each gives a line; what they say counts before `from`.
    pub every: Vec<Gathered>,
    /// What the office has said to this field by the same step is said again. `false`: it was said, and only what is newer is filled in.
    pub again: bool,
    /// Whose words count.
    pub whose: Whose,
}

/// A field of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidAt {
    /// Id of the step's form.
    pub step: String,
    /// Key of the field.
    pub field: String,
}

/// Several fields of each step of a kind, in one line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gathered {
    /// Id of the step's form.
    pub step: String,
    /// Keys of its fields, in the order of the line.
    pub fields: Vec<String>,
}

/// Whose words are said again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Those of every office.
    Anybodys,
    /// Those of the office whose step it is.
    Own,
}

/// As the file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPrefill {
    fields: Vec<String>,
    #[serde(default)]
    steps: Vec<String>,
    #[serde(default)]
    from: Vec<String>,
    #[serde(default)]
    every: Vec<Gathered>,
    #[serde(default)]
    again: bool,
    #[serde(default)]
    own: bool,
}

impl SaidAt {
    /// Reads `<step>.<field>`; a step's id has a dot itself.
    pub fn parse(text: &str) -> Option<Self> {
        let (step, field) = text.rsplit_once('.').filter(|(step, _)| step.contains('.'))?;
        Some(Self { step: step.to_owned(), field: field.to_owned() })
    }
}

impl WrittenPrefill {
    /// One for each field; `None`: a source that is not `<step>.<field>`.
    pub(super) fn read(self) -> Option<Vec<Prefill>> {
        let named = self.from.iter().map(|text| SaidAt::parse(text)).collect::<Option<Vec<_>>>()?;
        let one = |field: String| {
            let same = self.steps.iter().map(|step| SaidAt { step: step.clone(), field: field.clone() });
            Prefill {
                from: same.chain(named.iter().cloned()).collect(),
                every: self.every.clone(),
                again: self.again,
                whose: if self.own { Whose::Own } else { Whose::Anybodys },
                field,
            }
        };
        Some(self.fields.clone().into_iter().map(one).collect())
    }
}
