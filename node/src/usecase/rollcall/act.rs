//! What else is done about a call: a second call, a call to a telephone, an explanation, a ruling, the end.

use dutynet_relay::{ids::RecordId, record::Person};

use crate::{
    domain::{
        form::{Answer, Value},
        matter::Step,
        rollcall::Course,
        rules::Duty,
    },
    text::refusal::Refusal,
    usecase::{Office, OnBehalf, Refused, TakeStep, TakenStep},
};

/// What is to be done about a call.
#[derive(Debug, Clone)]
pub struct ActOnRoll {
    /// Made by the client before its first attempt.
    pub id: RecordId,
    /// Number or reference of the call.
    pub call: String,
    /// What.
    pub act: RollAct,
    /// Who does it.
    pub by: Option<Person>,
}

/// What may be done about a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RollAct {
    /// 二次点名
    Again {
        /// Nobody: everybody who has not answered.
        to: Vec<String>,
        /// `None`: as the rules say.
        minutes: Option<u32>,
    },
    /// 电话点名
    Phone(PhoneResult),
    /// 说明情况
    Explain {
        /// Why.
        reason: String,
        /// `Some`: an office below has said it by telephone.
        on_behalf: Option<OnBehalf>,
    },
    /// 认定
    Rule {
        /// About which office.
        office: String,
        /// Stable code of the ruling.
        ruling: String,
        /// In words.
        words: String,
    },
    /// 结束点名
    Close {
        /// May be empty.
        words: String,
    },
}

/// What came of a call to a telephone; what is empty was not said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhoneResult {
    /// Which office was called.
    pub office: String,
    /// Stable code: `reached`, `unanswered`, `busy`, `fault`.
    pub result: String,
    /// At which number.
    pub phone: String,
    /// Rings until it was taken up, or given up.
    pub rings: Option<u32>,
    /// Who took it up.
    pub answered_by: String,
    /// Leader on duty.
    pub leader: String,
    /// Officer on duty.
    pub officer: String,
    /// Today's key work.
    pub work: String,
    /// Anything else.
    pub remark: String,
}

impl Office {
    /// Does it.
    pub async fn act_on_roll(&self, asked: ActOnRoll) -> Result<TakenStep, Refused> {
        let (form, said, to, on_behalf) = match asked.act {
            RollAct::Again { to, minutes } => {
                let minutes = match minutes {
                    Some(minutes) => i64::from(minutes),
                    None => self.rollcall_minutes(Duty::SecondCallAnswer)?,
                };
                let to = if to.is_empty() { self.silent(&asked.call, asked.id).await? } else { to };
                ("rollcall.again", vec![("minutes", Value::Number(minutes))], to, None)
            }
            RollAct::Phone(call) => {
                let office = vec![call.office.clone()];
                ("rollcall.phone", phone_answers(call), office, None)
            }
            RollAct::Explain { reason, on_behalf } => {
                ("rollcall.explain", vec![("reason", Value::Text(reason))], Vec::new(), on_behalf)
            }
            RollAct::Rule { office, ruling, words } => {
                ("rollcall.rule", vec![("ruling", code(ruling)), ("words", Value::Text(words))], vec![office], None)
            }
            RollAct::Close { words } => ("rollcall.close", vec![("words", Value::Text(words))], Vec::new(), None),
        };
        let is_said = |(_, value): &(&str, Value)| *value != Value::Text(String::new()) && *value != code(String::new());
        let answer = |(field, value): (&str, Value)| Answer { field: field.to_owned(), value };
        let step = TakeStep {
            id: asked.id,
            form: form.to_owned(),
            matter: asked.call,
            answers: said.into_iter().filter(is_said).map(answer).collect(),
            links: Vec::new(),
            to,
            by: asked.by,
            mode: None,
            on_behalf,
            corrects: String::new(),
        };
        self.take_step(step).await
    }

    /// Everybody who is called, has a node, and has neither answered nor been reached. A retry calls whom it called.
    async fn silent(&self, call: &str, id: RecordId) -> Result<Vec<String>, Refused> {
        if let Some((_, Step { to, .. })) = self.taken_before(id)? {
            return Ok(to.iter().map(ToString::to_string).collect());
        }
        let (_, steps) = self.roll_named(call).await?;
        let course = Course::of(&steps).ok_or(Refusal::Internal)?;
        let registry = self.relay().registry();
        let has_node = |office: &_| registry.entry(office).is_some_and(|entry| entry.key.is_some());
        let called = self.called_here(&course, &self.inner.offices.history()?).into_iter().filter(has_node);
        let silent = called.filter(|office| {
            let part = course.part(office, &registry);
            part.answered.is_none() && part.reached().is_none()
        });
        let silent: Vec<String> = silent.map(|office| office.to_string()).collect();
        if silent.is_empty() { Err(Refusal::RollAnswered.into()) } else { Ok(silent) }
    }
}

fn phone_answers(call: PhoneResult) -> Vec<(&'static str, Value)> {
    let mut said = vec![
        ("result", code(call.result)),
        ("phone", Value::Text(call.phone)),
        ("answered_by", Value::Text(call.answered_by)),
        ("leader", Value::Text(call.leader)),
        ("officer", Value::Text(call.officer)),
        ("work", Value::Text(call.work)),
        ("remark", Value::Text(call.remark)),
    ];
    said.extend(call.rings.map(|rings| ("rings", Value::Number(rings.into()))));
    said
}

fn code(key: String) -> Value {
    Value::Choices(vec![key])
}
