//! A draw laid open, so that anybody can make it again.

use dutynet_relay::ids::{Digest, OfficeId};

use crate::{
    domain::{
        number::Number,
        rollcall::{Course, drawn},
    },
    text::refusal::Refusal,
    usecase::{Office, Refused},
};

/// Everything that a draw is made of, and what it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawProof {
    /// Number of the call.
    pub number: Number,
    /// Digest of its record.
    pub seed: Digest,
    /// How many are drawn.
    pub count: usize,
    /// From whom, by id.
    pub eligible: Vec<OfficeId>,
    /// Who was drawn, by id.
    pub drawn: Vec<OfficeId>,
}

impl Office {
    /// The draw of a call.
    pub async fn draw_of(&self, call: &str) -> Result<DrawProof, Refused> {
        let (matter, steps) = self.roll_named(call).await?;
        let course = Course::of(&steps).ok_or(Refusal::Internal)?;
        let count = course.draws().ok_or(Refusal::RollNoDraw)?;
        let seed = course.call.digest;
        let drawn = drawn(&seed, &course.call.to, count).into_iter().collect();
        Ok(DrawProof { number: Number::of(&matter), seed, count, eligible: course.call.to.clone(), drawn })
    }
}
