//! Service `Lines`: was the line up?

use dutynet_proto::api::{self, lines_server::Lines};
use dutynet_relay::{
    ids::UnixMillis,
    lines::{Span, SpanState, Why},
};
use tonic::{Request, Response, Status};

use super::said;
use crate::usecase::{AskLineHistory, LineHistory, Office};

/// See `lines.proto`.
pub(super) struct LinesService(pub(super) Office);

#[tonic::async_trait]
impl Lines for LinesService {
    async fn history(&self, request: Request<api::LineHistoryRequest>) -> Result<Response<api::LineHistoryReply>, Status> {
        let asked = request.into_inner();
        let said_moment = |ms: i64| (ms != 0).then_some(UnixMillis(ms));
        let (from, to) = (said_moment(asked.from_ms), said_moment(asked.to_ms));
        let history = self.0.line_history(&AskLineHistory { office: asked.office, from, to }).map_err(said)?;
        Ok(Response::new(to_wire(&history)))
    }
}

fn to_wire(from: &LineHistory) -> api::LineHistoryReply {
    api::LineHistoryReply {
        office: from.office.to_string(),
        name: from.name.clone(),
        from_ms: from.from.0,
        to_ms: from.to.0,
        spans: from.spans.iter().map(span).collect(),
        up_ms: from.totals.up.unsigned_abs(),
        down_ms: from.totals.down.unsigned_abs(),
        unknown_ms: from.totals.unknown.unsigned_abs(),
    }
}

/// One stretch of a line's history.
pub(super) fn span(from: &Span) -> api::LineSpan {
    let (was, why, office) = match &from.state {
        SpanState::Up => (api::LineWas::Up, api::LineWhy::Unspecified, String::new()),
        SpanState::Down => (api::LineWas::Down, api::LineWhy::Unspecified, String::new()),
        SpanState::Unknown(why) => {
            let (why, office) = match why {
                Why::NotSeenYet => (api::LineWhy::NotSeenYet, String::new()),
                Why::Off(office) => (api::LineWhy::Off, office.to_string()),
                Why::Behind(office) => (api::LineWhy::Behind, office.to_string()),
                Why::Unsteady => (api::LineWhy::Unsteady, String::new()),
            };
            (api::LineWas::Unknown, why, office)
        }
    };
    api::LineSpan { from_ms: from.from.0, until_ms: from.until.0, was: was.into(), why: why.into(), office }
}
