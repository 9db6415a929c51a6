//! Service `Papers`: papers as files.

use dutynet_proto::api::{self, make_paper_request::What, papers_server::Papers};
use tonic::{Request, Response, Status};

use super::{convert, convert_due, said};
use crate::{
    export::Shape,
    text::refusal::Refusal,
    usecase::{AskPaper, Office, Refused, ShowReport},
};

/// See `papers.proto`.
pub(super) struct PapersService(pub(super) Office);

#[tonic::async_trait]
impl Papers for PapersService {
    async fn make(&self, request: Request<api::MakePaperRequest>) -> Result<Response<api::MakePaperReply>, Status> {
        let (asked, shape) = asked(request.into_inner()).map_err(said)?;
        let file = self.0.paper_file(&asked, shape).await.map_err(said)?;
        Ok(Response::new(api::MakePaperReply { file: file.bytes.into() }))
    }
}

fn asked(from: api::MakePaperRequest) -> Result<(AskPaper, Shape), Refused> {
    let shape = Shape::from_key(&from.shape).ok_or(Refusal::RequestUnreadable)?;
    let asked = match from.what.ok_or(Refusal::RequestUnreadable)? {
        What::Form(form) => AskPaper::Form { paper: form.paper, matter: form.matter },
        What::Report(asked) => AskPaper::Report(ShowReport { form: asked.form, period: asked.period, office: asked.office }),
        What::Board(asked) => AskPaper::Board { mode: convert::mode(asked.mode)?, form: asked.form, day: asked.period },
        What::SignFor(asked) => AskPaper::SignFor(asked.notice),
        What::Roll(asked) => AskPaper::Roll(asked.call),
        What::Dues(asked) => AskPaper::Dues(convert_due::asked(asked)),
        What::Stats(asked) => AskPaper::Stats(convert_due::ask_stats(&asked)?),
        What::Duty(asked) => AskPaper::Duty(asked.day),
    };
    Ok((asked, shape))
}
